#include "windows.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

static const int sum_seconds[SUMS] = {WINDOW_SHORT_S, WINDOW_LONG_S};

/* --- slices --------------------------------------------------------------- */

void slice_init(struct slice *s, struct hdr_pool *pool)
{
	memset(&s->n, 0, sizeof s->n);
	for (int c = 0; c < CLOCK_KINDS; c++)
		hdr_init(&s->clock[c], pool, 2);
	hdr_init(&s->failed, pool, 2);
}

void slice_fini(struct slice *s)
{
	for (int c = 0; c < CLOCK_KINDS; c++)
		hdr_fini(&s->clock[c]);
	hdr_fini(&s->failed);
}

void slice_reset(struct slice *s)
{
	memset(&s->n, 0, sizeof s->n);
	for (int c = 0; c < CLOCK_KINDS; c++)
		if (s->clock[c].count)
			hdr_reset(&s->clock[c]);
	if (s->failed.count)
		hdr_reset(&s->failed);
}

static void slice_add(struct slice *to, const struct slice *from)
{
	for (int o = 0; o < OUTCOME_COUNT; o++)
		to->n.of[o] += from->n.of[o];
	to->n.answered += from->n.answered;
	for (int c = 0; c < CLOCK_KINDS; c++)
		hdr_add(&to->clock[c], &from->clock[c]);
	hdr_add(&to->failed, &from->failed);
}

static void slice_subtract(struct slice *from, const struct slice *what)
{
	for (int o = 0; o < OUTCOME_COUNT; o++)
		from->n.of[o] -= what->n.of[o];
	from->n.answered -= what->n.answered;
	for (int c = 0; c < CLOCK_KINDS; c++)
		hdr_subtract(&from->clock[c], &what->clock[c]);
	hdr_subtract(&from->failed, &what->failed);
}

static struct slice *slices_new(size_t n, struct hdr_pool *pool)
{
	struct slice *s = xcalloc(n, sizeof *s);

	for (size_t i = 0; i < n; i++)
		slice_init(&s[i], pool);
	return s;
}

static void slices_free(struct slice *s, size_t n)
{
	for (size_t i = 0; s && i < n; i++)
		slice_fini(&s[i]);
	free(s);
}

/* --- the windows ---------------------------------------------------------- */

static size_t slots(const struct windows *w)
{
	return (size_t)w->scopes * WINDOW_LONG_S;
}

static struct slice *slot(const struct windows *w, int64_t second, int scope)
{
	return &w->slot[second % WINDOW_LONG_S * w->scopes + scope];
}

void windows_init(struct windows *w, int scopes, struct hdr_pool *pool)
{
	*w = (struct windows){.scopes = scopes};
	w->slot = slices_new(slots(w), pool);
	for (int k = 0; k < SUMS; k++)
		w->sum[k] = slices_new((size_t)scopes, pool);
	w->before = slices_new((size_t)scopes, pool);
}

void windows_fini(struct windows *w)
{
	slices_free(w->slot, slots(w));
	for (int k = 0; k < SUMS; k++)
		slices_free(w->sum[k], (size_t)w->scopes);
	slices_free(w->before, (size_t)w->scopes);
}

static void forget(struct windows *w)
{
	for (size_t i = 0; i < slots(w); i++)
		slice_reset(&w->slot[i]);
	for (int k = 0; k < SUMS; k++)
		for (int i = 0; i < w->scopes; i++)
			slice_reset(&w->sum[k][i]);
}

void windows_restart(struct windows *w, int64_t second)
{
	forget(w);
	for (int i = 0; i < w->scopes; i++)
		slice_reset(&w->before[i]);
	w->second = second;
	w->since_us = 0;
}

struct slice *windows_open(const struct windows *w, int scope)
{
	return slot(w, w->second, scope);
}

void windows_exchange(struct windows *w, int scope, const struct exchange *x)
{
	struct slice *s = windows_open(w, scope);

	counts_exchange(&s->n, x, true);
	if (x->outcome == OUTCOME_FAILED) {
		hdr_record(&s->failed, x->latency_us);
		return;
	}
	hdr_record(&s->clock[CLOCK_RESPONSE], x->latency_us);
	hdr_record(&s->clock[CLOCK_SERVICE], x->service_us);
	hdr_record(&s->clock[CLOCK_QUEUE], x->queue_us);
}

void windows_drops(struct windows *w, int scope, const struct rec_drops *drops)
{
	counts_drops(&windows_open(w, scope)->n, drops, true);
}

void windows_next(struct windows *w)
{
	int64_t closed = w->second, opened = w->second + 1;

	for (int i = 0; i < w->scopes; i++) {
		for (int k = 0; k < SUMS; k++) {
			int64_t leaves = opened - sum_seconds[k];

			slice_add(&w->sum[k][i], slot(w, closed, i));
			/* Slots of seconds before the run or before a fresh
			 * window are empty. */
			if (leaves >= 0)
				slice_subtract(&w->sum[k][i], slot(w, leaves, i));
		}
		/* The oldest second's slot is the new one's. */
		slice_reset(slot(w, opened, i));
		slice_reset(&w->before[i]);
	}
	w->second = opened;
}

void windows_fresh(struct windows *w, int64_t t_us)
{
	for (int i = 0; i < w->scopes; i++)
		slice_add(&w->before[i], windows_open(w, i));
	forget(w);
	w->since_us = t_us;
}

static int sum_of(enum window_kind kind)
{
	return kind == WINDOW_10S ? SUM_SHORT : SUM_LONG;
}

int64_t windows_since(const struct windows *w, enum window_kind kind, int64_t t_us)
{
	int64_t from = (t_us / US_PER_S - sum_seconds[sum_of(kind)] + 1) * US_PER_S;

	return from > w->since_us ? from : w->since_us;
}

struct counts windows_counts(const struct windows *w, int scope, enum window_kind kind)
{
	struct counts n = w->sum[sum_of(kind)][scope].n;
	const struct counts *open = &windows_open(w, scope)->n;

	for (int o = 0; o < OUTCOME_COUNT; o++)
		n.of[o] += open->of[o];
	n.answered += open->answered;
	return n;
}

#define FAILED (-1) /* beside the clocks */

/* Subtracting left the sums' bounds wide; the seconds have exact ones. */
static void exact_bounds(const struct windows *w, int scope, enum window_kind kind,
			 int clock, struct hdr *out)
{
	bool first = true;

	if (!out->count)
		return;
	for (int64_t s = w->second; s > w->second - sum_seconds[sum_of(kind)] && s >= 0; s--) {
		const struct slice *from = slot(w, s, scope);
		const struct hdr *h = clock == FAILED ? &from->failed : &from->clock[clock];

		if (!h->count)
			continue;
		if (first || h->min_us < out->min_us)
			out->min_us = h->min_us;
		if (first || h->max_us > out->max_us)
			out->max_us = h->max_us;
		first = false;
	}
}

void windows_histograms(const struct windows *w, int scope, enum window_kind kind,
			enum clock_kind which, struct hdr *clock, struct hdr *failed)
{
	const struct slice *sum = &w->sum[sum_of(kind)][scope];
	const struct slice *open = windows_open(w, scope);

	hdr_reset(clock);
	hdr_reset(failed);
	hdr_add(clock, &sum->clock[which]);
	hdr_add(clock, &open->clock[which]);
	hdr_add(failed, &sum->failed);
	hdr_add(failed, &open->failed);
	exact_bounds(w, scope, kind, (int)which, clock);
	exact_bounds(w, scope, kind, FAILED, failed);
}

void windows_second(const struct windows *w, int scope, struct slice *out)
{
	slice_reset(out);
	slice_add(out, &w->before[scope]);
	slice_add(out, windows_open(w, scope));
}
