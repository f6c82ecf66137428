#include <stdlib.h>

#include "base/mem.h"
#include "run/result.h"
#include "spans_priv.h"
#include "tried.h"

struct spans *spans_new(int tasks, const struct result *result)
{
	struct spans *s = xcalloc(1, sizeof *s);
	int64_t measured_us = result->duration_us;

	for (int i = 0; i < result->point_count; i++)
		measured_us -= result->point[i].altered ? result->point[i].duration_us : 0;

	s->tasks = tasks;
	s->count = BOOTSTRAP_SPANS_MAX;
	s->measured_us = measured_us > 0 ? measured_us : 1;
	s->pool = hdr_pool_new();
	s->phase = PHASE_WARMUP;
	s->tally = xcalloc((size_t)s->count * (size_t)(tasks + 1), sizeof *s->tally);
	for (int i = 0; i < s->count * (tasks + 1); i++)
		tally_init(&s->tally[i], s->pool, false);
	return s;
}

void spans_free(struct spans *s)
{
	if (!s)
		return;
	for (int i = 0; i < s->count * (s->tasks + 1); i++)
		tally_fini(&s->tally[i]);
	hdr_pool_free(s->pool);
	free(s->gaps.us);
	free(s->tally);
	free(s);
}

static void move_to(struct spans *s, int64_t t_us)
{
	if (t_us <= s->t_us)
		return;
	if (s->phase == PHASE_LOAD && s->altered)
		s->altered_us += t_us - s->t_us;
	else if (s->phase == PHASE_LOAD)
		s->passed_us += t_us - s->t_us;
	s->t_us = t_us;
}

static int span_now(const struct spans *s)
{
	double share = (double)s->passed_us / (double)s->measured_us;
	int span = (int)(share * s->count);

	return share >= 1 || span >= s->count ? s->count - 1 : span;
}

static void feed_sample(struct spans *s, const struct rec_sample *sample)
{
	bool measured = s->phase == PHASE_LOAD;
	int span = span_now(s);
	struct exchange x;

	exchange_of(&x, sample);
	exchange_gaps(&x, &s->gaps);
	tally_exchange(spans_tally(s, 0, span), &x, measured);
	if (sample->task < s->tasks)
		tally_exchange(spans_tally(s, 1 + sample->task, span), &x, measured);
}

static void feed_drops(struct spans *s, const struct rec_drops *drops)
{
	bool measured = s->phase == PHASE_LOAD;
	int span = span_now(s);

	counts_drops(&spans_tally(s, 0, span)->n, drops, measured);
	if (drops->task < (uint32_t)s->tasks)
		counts_drops(&spans_tally(s, 1 + (int)drops->task, span)->n, drops, measured);
}

void spans_feed(struct spans *s, const struct rec *rec)
{
	move_to(s, rec->t_us);
	if (rec->kind == REC_POINT && ((const struct rec_point *)rec)->phase <= PHASE_END) {
		s->phase = ((const struct rec_point *)rec)->phase;
		s->counting |= s->phase == PHASE_LOAD;
		s->altered = false;
	} else if (rec->kind == REC_EVENT) {
		s->altered |= tried_alters((const struct rec_event *)rec);
	} else if (rec->kind == REC_SAMPLE && s->altered) {
		s->left_out++;
	} else if (rec->kind == REC_SAMPLE && s->counting) {
		feed_sample(s, (const struct rec_sample *)rec);
	} else if (rec->kind == REC_DROPS && s->counting && !s->altered) {
		feed_drops(s, (const struct rec_drops *)rec);
	}
}

uint64_t spans_left_out(const struct spans *s, int64_t *us)
{
	*us = s->altered_us;
	return s->left_out;
}
