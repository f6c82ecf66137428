#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "exemplars_priv.h"

#define NEAREST 8 /* that are offered where nothing fits */
#define SLOWEST_FIRST (SNAP_EXEMPLARS / 2)
/* Another message of the same class is further off than any other time or latency. */
#define OTHER_CODE 2e6
#define OTHER_MESSAGE 1e6

struct found {
	const struct rec_exemplar *rec;
	double off; /* from what was asked for; 0: it fits */
	int64_t order; /* the highest first */
};

/* What cannot be stretched. */
static bool is_asked(const struct exemplar_query *q, const struct rec_sample *s)
{
	return (q->task < 0 || s->task == q->task) && s->rec.t_us <= q->until_us &&
	       (!q->ok_only || s->outcome == OUTCOME_SUCCEEDED) &&
	       (q->class == ERROR_NONE || s->error == q->class) &&
	       (!q->failures_only || s->outcome != OUTCOME_SUCCEEDED) &&
	       (!q->timed_only || s->outcome != OUTCOME_FAILED) && (q->error < 0 || s->error == q->error);
}

/* In octaves. */
static double latency_off(const struct exemplar_query *q, const struct rec_sample *s)
{
	int64_t us = exemplar_latency_us(s, q->clock);

	if (us >= q->low_us && us < q->high_us)
		return 0;
	us = us < 1 ? 1 : us;
	/* An edge is not in the range: never 0. */
	return 1e-6 + fabs(log2((double)us / (double)(us < q->low_us ? q->low_us : q->high_us)));
}

/* In lengths of the span, of which four weigh as much as an octave. */
static double time_off(const struct exemplar_query *q, const struct rec_sample *s)
{
	int64_t t = s->rec.t_us;

	if (t >= q->from_us && t < q->to_us)
		return 0;
	return 1e-6 + (double)(t < q->from_us ? q->from_us - t : t - q->to_us) / (double)(q->to_us - q->from_us) / 4;
}

static double off(const struct exemplar_query *q, const struct rec_sample *s, bool same_message)
{
	double d = latency_off(q, s) + time_off(q, s);

	if (q->error >= 0 && s->code != q->code)
		d += OTHER_CODE;
	else if (q->error >= 0 && !same_message)
		d += OTHER_MESSAGE;
	return d;
}

static int by_order(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	if (x->off != y->off && (x->off > 0 || y->off > 0))
		return x->off < y->off ? -1 : 1;
	return x->order > y->order ? -1 : x->order < y->order;
}

/* All that may be shown, the best first; returns how many fit. */
static int collect(struct exemplars *k, const struct exemplar_query *q, struct found *found, struct exemplar_list *out)
{
	uint64_t message = exemplar_message_hash(q->message, strnlen(q->message, sizeof q->message));
	int n = 0, fitting = 0;

	for (int i = 0; i < EXEMPLARS_MAX; i++) {
		const struct rec_exemplar *e = k->entry[i].rec;
		const struct rec_sample *s = e ? rec_exemplar_sample(e) : NULL;

		if (!s || s->rec.t_us > q->until_us)
			continue;
		out->kept++;
		if (!is_asked(q, s))
			continue;
		found[n] = (struct found){.rec = e, .off = off(q, s, k->entry[i].message == message)};
		found[n].order = q->error >= 0 || q->failures_only ? s->rec.t_us : exemplar_latency_us(s, q->clock);
		fitting += found[n++].off <= 0;
	}
	qsort(found, (size_t)n, sizeof *found, by_order);
	out->fitting = fitting;
	out->nearest = !fitting && n;
	return fitting ? fitting : n < NEAREST ? n : NEAREST;
}

/* Of more than can be shown the first half as they are, of the rest evenly. */
static int pick(int i, int all)
{
	int rest = SNAP_EXEMPLARS - SLOWEST_FIRST;

	if (all <= SNAP_EXEMPLARS || i < SLOWEST_FIRST)
		return i;
	return SLOWEST_FIRST + (i - SLOWEST_FIRST) * (all - SLOWEST_FIRST - 1) / (rest - 1);
}

static void copy(struct exemplars *k, const struct found *found, int all, struct exemplar_list *out)
{
	size_t bytes = 0;
	char *at;

	out->count = all < SNAP_EXEMPLARS ? all : SNAP_EXEMPLARS;
	for (int i = 0; i < out->count; i++)
		bytes += found[pick(i, all)].rec->rec.bytes;
	out->own = at = xmalloc(bytes ? bytes : 1);
	for (int i = 0; i < out->count; i++) {
		const struct rec_exemplar *e = found[pick(i, all)].rec;
		int slowest = k->slowest[rec_exemplar_sample(e)->task % SNAP_TASKS];

		out->rec[i] = memcpy(at, e, e->rec.bytes);
		out->slowest[i] = slowest >= 0 && k->entry[slowest].rec == e;
		at += e->rec.bytes;
	}
}

void exemplars_find(struct exemplars *k, const struct exemplar_query *q, struct exemplar_list *out)
{
	struct found *found = xcalloc(EXEMPLARS_MAX, sizeof *found);
	int all;

	*out = (struct exemplar_list){.count = 0};
	pthread_mutex_lock(&k->lock);
	all = collect(k, q, found, out);
	copy(k, found, all, out);
	pthread_mutex_unlock(&k->lock);
	free(found);
}

void exemplars_list_fini(struct exemplar_list *list)
{
	free(list->own);
	*list = (struct exemplar_list){.count = 0};
}
