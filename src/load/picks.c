#include "picks.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* As the heatmap's columns: they double as the run grows. */
#define STRETCH_US (US_PER_S / 2)
#define STRETCHES 256
#define RUN_PER_S 160.0 /* of all workers together */
#define LEAST_PER_S 4.0
#define BURST_S 1.0
#define FIRST_FAILURES 4
/* Beyond the budget only so much more is slower: so there cannot be many. */
#define MUCH_SLOWER(us) ((us) + (us) / 64)

void picks_init(struct picks *p, int tasks, int workers)
{
	double per_s = RUN_PER_S / workers;

	*p = (struct picks){.stretch_us = STRETCH_US, .stretch = -1, .tasks = tasks};
	p->per_s = per_s < LEAST_PER_S ? LEAST_PER_S : per_s;
	p->budget = p->per_s * BURST_S;
	p->task = xcalloc((size_t)tasks, sizeof *p->task);
}

void picks_fini(struct picks *p)
{
	free(p->task);
}

static void go_on(struct picks *p, int64_t te_us)
{
	int64_t stretch;

	while (te_us / p->stretch_us >= STRETCHES)
		p->stretch_us *= 2;
	stretch = te_us / p->stretch_us;
	if (stretch == p->stretch)
		return;
	p->stretch = stretch;
	memset(p->failure, 0, sizeof p->failure);
	for (int i = 0; i < p->tasks; i++)
		memset(p->task[i].seen, 0, sizeof p->task[i].seen);
}

static bool afford(struct picks *p, int64_t te_us)
{
	if (te_us > p->budget_us) {
		p->budget += (double)(te_us - p->budget_us) / US_PER_S * p->per_s;
		if (p->budget > p->per_s * BURST_S)
			p->budget = p->per_s * BURST_S;
		p->budget_us = te_us;
	}
	if (p->budget < 1)
		return false;
	p->budget -= 1;
	return true;
}

/* Numbers, and what has a number in it, tell nothing of the kind. */
static uint32_t kind_of_failure(int task, enum error_class error, int32_t code, const char *message,
				size_t bytes)
{
	uint32_t hash = 2166136261u, word = 2166136261u; /* FNV-1a */
	bool number = false;

	for (size_t i = 0; i <= bytes; i++) {
		unsigned char c = i < bytes ? (unsigned char)message[i] : ' ';

		if (c > ' ' && c != '"' && c != ':' && c != ',') {
			number |= c >= '0' && c <= '9';
			word = (word ^ c) * 16777619u;
			continue;
		}
		if (!number)
			hash = (hash ^ word) * 16777619u;
		word = 2166136261u;
		number = false;
	}
	hash = (hash ^ (uint32_t)task) * 16777619u;
	hash = (hash ^ (uint32_t)error) * 16777619u;
	hash = (hash ^ (uint32_t)code) * 16777619u;
	return hash | 1;
}

static bool take_failure(struct picks *p, int task, enum error_class error, int32_t code, int64_t te_us,
			 const char *message, size_t bytes)
{
	uint32_t kind, *slot;

	if (p->first[error] < FIRST_FAILURES) {
		p->first_before = &p->first[error];
		p->first[error]++;
		return true;
	}
	kind = kind_of_failure(task, error, code, message, bytes);
	slot = &p->failure[(kind >> 8) % PICKS_FAILURES];
	if (*slot == kind || !afford(p, te_us))
		return false;
	*slot = kind;
	return true;
}

bool picks_take(struct picks *p, int task, enum error_class error, int32_t code, int64_t latency_us,
		int64_t te_us, const char *message, size_t bytes)
{
	struct pick_task *t = &p->task[task];
	int cell = loggrid_bin(latency_us) / PICKS_CELL_BINS;
	uint64_t bit = UINT64_C(1) << cell % 64, *seen = &t->seen[cell / 64];
	bool slower;

	go_on(p, te_us);
	p->before = t;
	p->slowest_before_us = t->slowest_us;
	p->first_before = NULL;
	slower = latency_us > t->slowest_us;
	/* What did not get to an answer is in no cell. */
	if (error != ERROR_NONE && error != ERROR_TIMEOUT && error != ERROR_ABORTED)
		return take_failure(p, task, error, code, te_us, message, bytes);
	if (error != ERROR_NONE && take_failure(p, task, error, code, te_us, message, bytes))
		return true;
	if (!slower && *seen & bit)
		return false;
	if (!afford(p, te_us) && !(slower && latency_us > MUCH_SLOWER(t->slowest_us)))
		return false;
	*seen |= bit;
	if (slower)
		t->slowest_us = latency_us;
	return true;
}

void picks_undo(struct picks *p)
{
	p->before->slowest_us = p->slowest_before_us;
	if (p->first_before)
		--*p->first_before;
}
