#include "windows.h"

#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/mem.h"

static const int sum_seconds[SUMS] = {WINDOW_SHORT_S, WINDOW_LONG_S};

/* --- slices --------------------------------------------------------------- */

void slice_init(struct slice *s, struct hdr_pool *pool)
{
	*s = (struct slice){.n = {{0}}};
	for (int t = 0; t < TIMINGS; t++)
		hdr_init(&s->time[t], pool, 2);
}

void slice_fini(struct slice *s)
{
	for (int t = 0; t < TIMINGS; t++)
		hdr_fini(&s->time[t]);
	phase_sums_fini(&s->phases);
}

void slice_reset(struct slice *s)
{
	s->n = (struct counts){0};
	for (int t = 0; t < TIMINGS; t++)
		if (s->time[t].count)
			hdr_reset(&s->time[t]);
	phase_sums_reset(&s->phases);
}

static bool slice_is_empty(const struct slice *s)
{
	static const struct counts none;

	for (int t = 0; t < TIMINGS; t++)
		if (s->time[t].count)
			return false;
	return !memcmp(&s->n, &none, sizeof none);
}

void slice_archive(struct slice *s, struct archive *a)
{
	bool some = !slice_is_empty(s);

	archive_bool(a, &some);
	if (!some) {
		if (archive_restoring(a))
			slice_reset(s);
		return;
	}
	counts_archive(&s->n, a);
	for (int t = 0; t < TIMINGS; t++)
		hdr_archive(&s->time[t], a);
	phase_sums_archive(&s->phases, a);
}

static void slice_add(struct slice *to, const struct slice *from)
{
	counts_add(&to->n, &from->n);
	for (int t = 0; t < TIMINGS; t++)
		hdr_add(&to->time[t], &from->time[t]);
	phase_sums_add(&to->phases, &from->phases);
}

static void slice_subtract(struct slice *from, const struct slice *what)
{
	counts_subtract(&from->n, &what->n);
	for (int t = 0; t < TIMINGS; t++)
		hdr_subtract(&from->time[t], &what->time[t]);
	phase_sums_subtract(&from->phases, &what->phases);
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

static struct slice *slot(const struct windows *w, int64_t place, int scope)
{
	return &w->slot[place % WINDOW_LONG_S * w->scopes + scope];
}

void windows_init(struct windows *w, int scopes, unsigned wanted, struct hdr_pool *pool)
{
	*w = (struct windows){.scopes = scopes, .wanted = wanted};
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
	memset(w->load_us, 0, sizeof w->load_us);
}

void windows_restart(struct windows *w, int64_t second)
{
	forget(w);
	for (int i = 0; i < w->scopes; i++)
		slice_reset(&w->before[i]);
	w->second = second;
	w->place = 0;
	w->empty_to = 0;
	w->from_us[0] = second * US_PER_S;
	w->since_us = 0;
}

/* The open second and the one before, into which fold() puts what comes in a pause. */
static int64_t first_that_changes(const struct windows *w)
{
	return w->place > 0 ? w->place - 1 : 0;
}

void windows_archive(struct windows *w, struct archive *a)
{
	archive_i64(a, &w->second, 0, ARCHIVE_TIME_MAX);
	archive_i64(a, &w->place, 0, ARCHIVE_TIME_MAX);
	archive_i64(a, &w->empty_to, 0, w->place);
	archive_time(a, &w->since_us);
	for (int i = 0; i < WINDOW_LONG_S; i++) {
		archive_i64(a, &w->load_us[i], 0, ARCHIVE_TIME_MAX);
		archive_i64(a, &w->from_us[i], 0, ARCHIVE_TIME_MAX);
	}
	if (archive_restoring(a))
		for (size_t i = 0; i < slots(w); i++)
			slice_reset(&w->slot[i]);
	for (int64_t p = first_that_changes(w); p <= w->place; p++)
		for (int i = 0; i < w->scopes; i++)
			slice_archive(slot(w, p, i), a);
	for (int i = 0; i < w->scopes; i++)
		slice_archive(&w->before[i], a);
}

static int64_t oldest_place(const struct windows *w, int seconds)
{
	int64_t place = w->place - seconds + 1;

	return place > 0 ? place : 0;
}

/* The place of a final second that began after `after`; -1: none. */
static int64_t final_place(const struct windows *w, int64_t after)
{
	int64_t p = oldest_place(w, WINDOW_LONG_S);

	for (p = p > w->empty_to ? p : w->empty_to; p < first_that_changes(w); p++)
		if (w->from_us[p % WINDOW_LONG_S] / US_PER_S > after)
			return p;
	return -1;
}

int64_t windows_final(const struct windows *w, int64_t after)
{
	int64_t p = final_place(w, after);

	return p < 0 ? -1 : w->from_us[p % WINDOW_LONG_S] / US_PER_S;
}

void windows_second_archive(struct windows *w, int64_t second, struct archive *a)
{
	int64_t p = final_place(w, second - 1);

	if (p < 0) {
		a->bad = true;
		return;
	}
	archive_mark(a, (uint64_t)second);
	for (int i = 0; i < w->scopes; i++)
		slice_archive(slot(w, p, i), a);
}

/* What windows_next() would have left in the sums. They are not taken on trust: seconds
 * are subtracted from them. */
void windows_restored(struct windows *w)
{
	for (int k = 0; k < SUMS; k++)
		for (int i = 0; i < w->scopes; i++) {
			slice_reset(&w->sum[k][i]);
			for (int64_t p = oldest_place(w, sum_seconds[k]); p < w->place; p++)
				slice_add(&w->sum[k][i], slot(w, p, i));
		}
}

struct slice *windows_open(const struct windows *w, int scope)
{
	return slot(w, w->place, scope);
}

static void record_if(struct slice *s, enum timing timing, int64_t us)
{
	if (us >= 0)
		hdr_record(&s->time[timing], us);
}

static void record_clocks(struct slice *s, enum timing timing, const struct exchange *x)
{
	for (int c = 0; c < CLOCK_KINDS; c++)
		hdr_record(&s->time[timing_by(timing, (enum clock_kind)c)], exchange_by(x, (enum clock_kind)c));
}

static void record_success(struct slice *s, const struct exchange *x)
{
	record_if(s, TIMING_TTFT, x->ttft_us);
	record_if(s, TIMING_TPOT, x->tpot_us);
	for (uint32_t i = 0; i < x->gaps; i++)
		hdr_record(&s->time[TIMING_ITL], x->gap_us[i]);
	if (x->sample->cache == CACHE_HIT)
		record_clocks(s, TIMING_HIT, x);
	else if (x->sample->cache == CACHE_MISS)
		record_clocks(s, TIMING_MISS, x);
}

static void record_wanted(struct slice *s, const struct exchange *x, unsigned wanted)
{
	if ((wanted & 1U << TIMING_TTFB) && x->outcome != OUTCOME_FAILED)
		record_if(s, TIMING_TTFB, x->ttfb_us);
	if (wanted & 1U << TIMING_TTFO)
		record_if(s, TIMING_TTFO, x->ttfo_us);
	if ((wanted & 1U << TIMING_CONNECT) && exchange_connected(x))
		hdr_record(&s->time[TIMING_CONNECT], x->sample->connect_us);
}

void windows_exchange(struct windows *w, int scope, const struct exchange *x, bool load)
{
	struct slice *s = windows_open(w, scope);

	counts_exchange(&s->n, x, load);
	if (w->wanted)
		record_wanted(s, x, w->wanted);
	if (x->outcome == OUTCOME_FAILED) {
		record_clocks(s, TIMING_FAILED, x);
		return;
	}
	record_clocks(s, TIMING_RESPONSE, x);
	phase_sums_exchange(&s->phases, x);
	if (x->outcome == OUTCOME_CENSORED)
		record_clocks(s, TIMING_CENSORED, x);
	if (x->outcome == OUTCOME_SUCCEEDED && !x->plain)
		record_success(s, x);
}

void windows_drops(struct windows *w, int scope, const struct rec_drops *drops, bool load)
{
	counts_drops(&windows_open(w, scope)->n, drops, load);
}

void windows_pass(struct windows *w, int64_t us)
{
	w->load_us[w->place % WINDOW_LONG_S] += us;
}

/* The open second had no load: what came in it goes to the one before, which is
 * there. */
static void fold(struct windows *w)
{
	for (int i = 0; i < w->scopes; i++) {
		struct slice *open = windows_open(w, i);

		slice_add(slot(w, w->place - 1, i), open);
		for (int k = 0; k < SUMS; k++)
			slice_add(&w->sum[k][i], open);
		slice_reset(open);
		slice_reset(&w->before[i]);
	}
	w->second++;
	w->from_us[w->place % WINDOW_LONG_S] = w->second * US_PER_S;
}

void windows_next(struct windows *w)
{
	int64_t closed = w->place, opened = w->place + 1;

	if (closed > 0 && !w->load_us[closed % WINDOW_LONG_S]) {
		fold(w);
		return;
	}
	for (int i = 0; i < w->scopes; i++) {
		for (int k = 0; k < SUMS; k++) {
			int64_t leaves = opened - sum_seconds[k];

			slice_add(&w->sum[k][i], slot(w, closed, i));
			/* Slots from before a fresh window are empty. */
			if (leaves >= 0)
				slice_subtract(&w->sum[k][i], slot(w, leaves, i));
		}
		/* The oldest second's slot is the new one's. */
		slice_reset(slot(w, opened, i));
		slice_reset(&w->before[i]);
	}
	w->second++;
	w->place = opened;
	w->load_us[opened % WINDOW_LONG_S] = 0;
	w->from_us[opened % WINDOW_LONG_S] = w->second * US_PER_S;
}

void windows_fresh(struct windows *w, int64_t t_us)
{
	for (int i = 0; i < w->scopes; i++)
		slice_add(&w->before[i], windows_open(w, i));
	forget(w);
	w->empty_to = first_that_changes(w);
	w->since_us = t_us;
}

static int sum_of(enum window_kind kind)
{
	return kind == WINDOW_10S ? SUM_SHORT : SUM_LONG;
}

/* The place of its oldest second. */
static int64_t oldest(const struct windows *w, enum window_kind kind)
{
	return oldest_place(w, sum_seconds[sum_of(kind)]);
}

int64_t windows_since(const struct windows *w, enum window_kind kind)
{
	int64_t from = w->from_us[oldest(w, kind) % WINDOW_LONG_S];

	return from > w->since_us ? from : w->since_us;
}

int64_t windows_load_us(const struct windows *w, enum window_kind kind)
{
	int64_t us = 0;

	for (int64_t p = oldest(w, kind); p <= w->place; p++)
		us += w->load_us[p % WINDOW_LONG_S];
	return us;
}

bool windows_fresh_in(const struct windows *w, enum window_kind kind)
{
	return w->since_us > 0 && windows_since(w, kind) == w->since_us;
}

struct counts windows_counts(const struct windows *w, int scope, enum window_kind kind)
{
	struct counts n = w->sum[sum_of(kind)][scope].n;

	counts_add(&n, &windows_open(w, scope)->n);
	return n;
}

/* Subtracting left the sums' bounds wide; the seconds have exact ones. */
static void exact_bounds(const struct windows *w, int scope, enum window_kind kind,
			 enum timing timing, struct hdr *out)
{
	bool first = true;

	if (!out->count)
		return;
	for (int64_t p = w->place; p >= oldest(w, kind); p--) {
		const struct hdr *h = &slot(w, p, scope)->time[timing];

		if (!h->count)
			continue;
		if (first || h->min_us < out->min_us)
			out->min_us = h->min_us;
		if (first || h->max_us > out->max_us)
			out->max_us = h->max_us;
		first = false;
	}
}

void windows_histogram(const struct windows *w, int scope, enum window_kind kind,
		       enum timing timing, struct hdr *out)
{
	hdr_reset(out);
	hdr_add(out, &w->sum[sum_of(kind)][scope].time[timing]);
	hdr_add(out, &windows_open(w, scope)->time[timing]);
	exact_bounds(w, scope, kind, timing, out);
}

void windows_phases(const struct windows *w, int scope, enum window_kind kind, struct phase_sums *out)
{
	phase_sums_reset(out);
	phase_sums_add(out, &w->sum[sum_of(kind)][scope].phases);
	phase_sums_add(out, &windows_open(w, scope)->phases);
}

void windows_second(const struct windows *w, int scope, struct slice *out)
{
	slice_reset(out);
	slice_add(out, &w->before[scope]);
	slice_add(out, windows_open(w, scope));
}
