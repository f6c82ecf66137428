#include "stalls.h"

#include <stdlib.h>

#include "base/archive.h"
#include "base/mem.h"

#define COMMON_SHARE 4 /* one in so many streams under way */

void stalls_init(struct stalls *s, struct hdr_pool *pool)
{
	*s = (struct stalls){0};
	hdr_init(&s->gap, pool, 2);
}

void stalls_fini(struct stalls *s)
{
	hdr_fini(&s->gap);
	free(s->ended);
}

void stalls_reset(struct stalls *s)
{
	hdr_reset(&s->gap);
	s->streams = 0;
	s->gaps = 0;
	s->longest_us = 0;
	s->kept_count = 0;
	s->lone_count = 0;
	s->lone_next = 0;
}

static void stall_archive(struct stall *s, struct archive *a)
{
	archive_time(a, &s->from_us);
	archive_time(a, &s->to_us);
	archive_time(a, &s->longest_us);
	archive_u32(a, &s->paused);
	archive_u32(a, &s->open);
	archive_count(a, &s->last);
}

/* Neighbours are near each other, so what is kept are distances. */
static void ended_archive(struct stalls *s, struct archive *a)
{
	uint64_t n = s->streams < STALLS_ENDED ? s->streams : STALLS_ENDED;
	int64_t last_us = 0;

	if (n && !s->ended)
		s->ended = xcalloc(STALLS_ENDED, sizeof *s->ended);
	for (uint64_t i = 0; i < n; i++) {
		struct stall_stream *e = &s->ended[i];
		int64_t from_last = e->t1_us - last_us, length = e->tn_us - e->t1_us;

		archive_time(a, &from_last);
		archive_time(a, &length);
		e->t1_us = last_us + from_last;
		e->tn_us = e->t1_us + length;
		last_us = e->t1_us;
	}
}

void stalls_archive(struct stalls *s, struct archive *a)
{
	hdr_archive(&s->gap, a);
	archive_count(a, &s->streams);
	archive_count(a, &s->gaps);
	archive_time(a, &s->longest_us);
	archive_int(a, &s->kept_count, 0, STALLS_KEPT);
	archive_u32(a, &s->lone_count);
	archive_u32(a, &s->lone_next);
	if (s->lone_count > STALLS_LONE || s->lone_next >= STALLS_LONE) {
		a->bad = true;
		s->lone_count = s->lone_next = 0;
	}
	for (int i = 0; i < s->kept_count; i++)
		stall_archive(&s->kept[i], a);
	for (uint32_t i = 0; i < s->lone_count; i++)
		stall_archive(&s->lone[i], a);
	ended_archive(s, a);
}

int64_t stalls_threshold_us(const struct stalls *s)
{
	int64_t us;

	if (s->gap.count < STALL_LEAST_GAPS)
		return 0;
	us = STALL_FACTOR * hdr_quantile_us(&s->gap, 0.5);
	return us > STALL_LEAST_US ? us : STALL_LEAST_US;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* --- what streams have in common ------------------------------------------- */

static bool is_common(const struct stall *stall)
{
	return stall->paused * COMMON_SHARE >= stall->open;
}

static bool under_way(const struct stall *stall, int64_t t1_us, int64_t tn_us)
{
	return t1_us <= stall->from_us && stall->from_us <= tn_us;
}

static bool shares(const struct stall *stall, int64_t from_us, int64_t to_us)
{
	int64_t both = least(stall->to_us, to_us) - most(stall->from_us, from_us);

	return 2 * both >= most(stall->longest_us, to_us - from_us);
}

static void join(struct stall *stall, int64_t from_us, int64_t to_us)
{
	stall->from_us = most(stall->from_us, from_us);
	stall->to_us = least(stall->to_us, to_us);
	stall->longest_us = most(stall->longest_us, to_us - from_us);
}

/* A place for one more: the end, or the oldest that is not common, or the
 * oldest. */
static struct stall *room_for_one(struct stalls *s)
{
	struct stall *oldest = &s->kept[0];

	if (s->kept_count < STALLS_KEPT)
		return &s->kept[s->kept_count++];
	for (int i = 1; i < STALLS_KEPT; i++) {
		struct stall *k = &s->kept[i];
		bool lesser = is_common(oldest) && !is_common(k);

		if (lesser || (is_common(oldest) == is_common(k) && k->from_us < oldest->from_us))
			oldest = k;
	}
	return oldest;
}

/* Those of the ended streams that were under way. `paused` of them are in the
 * stall, and the present one, which is not among them yet. */
static uint32_t count_open(const struct stalls *s, const struct stall *stall)
{
	uint64_t n = s->streams < STALLS_ENDED ? s->streams : STALLS_ENDED;
	uint32_t open = 1;

	for (uint64_t i = 0; i < n; i++)
		open += under_way(stall, s->ended[i].t1_us, s->ended[i].tn_us);
	return open > stall->paused ? open : stall->paused;
}

static void take_gap(struct stalls *s, int64_t from_us, int64_t to_us)
{
	uint64_t stream = s->streams + 1;

	for (int i = 0; i < s->kept_count; i++) {
		struct stall *k = &s->kept[i];

		if (!shares(k, from_us, to_us))
			continue;
		if (k->last != stream) {
			k->paused++;
			k->open++;
		}
		k->last = stream;
		join(k, from_us, to_us);
		return;
	}
	for (uint32_t i = 0; i < s->lone_count; i++) {
		struct stall *l = &s->lone[i];

		if (l->last == stream || !shares(l, from_us, to_us))
			continue;
		join(l, from_us, to_us);
		l->paused = 2;
		l->last = stream;
		l->open = count_open(s, l);
		*room_for_one(s) = *l;
		*l = s->lone[--s->lone_count];
		return;
	}
	if (s->lone_count < STALLS_LONE)
		s->lone_next = s->lone_count++;
	else
		s->lone_next = (s->lone_next + 1) % STALLS_LONE;
	s->lone[s->lone_next] = (struct stall){
		.from_us = from_us, .to_us = to_us, .longest_us = to_us - from_us,
		.paused = 1, .last = stream};
}

/* It ran on while others paused. */
static void count_in(struct stalls *s, int64_t t1_us, int64_t tn_us)
{
	for (int i = 0; i < s->kept_count; i++) {
		struct stall *k = &s->kept[i];

		if (k->last != s->streams + 1 && under_way(k, t1_us, tn_us))
			k->open++;
	}
}

void stalls_take(struct stalls *s, const struct exchange *x)
{
	int64_t t1_us = x->sample->t1_us, t_us = t1_us, threshold_us;

	if (t1_us < 0 || !x->gaps)
		return;
	if (!s->ended)
		s->ended = xcalloc(STALLS_ENDED, sizeof *s->ended);
	for (uint32_t i = 0; i < x->gaps; i++)
		hdr_record(&s->gap, x->gap_us[i]);
	threshold_us = stalls_threshold_us(s);
	for (uint32_t i = 0; i < x->gaps; i++) {
		int64_t gap_us = x->gap_us[i];

		if (threshold_us && gap_us > threshold_us) {
			s->gaps++;
			s->longest_us = most(s->longest_us, gap_us);
			take_gap(s, t_us, t_us + gap_us);
		}
		t_us += gap_us;
	}
	/* Where not all gaps were kept, it went on all the same. */
	t_us = most(t_us, x->sample->tn_us);
	count_in(s, t1_us, t_us);
	s->ended[s->streams % STALLS_ENDED] = (struct stall_stream){t1_us, t_us};
	s->streams++;
}

int stalls_common(const struct stalls *s, struct snap_stall *out, int room)
{
	int n = 0;

	/* Few and seldom: sorted by insertion. */
	for (int i = 0; i < s->kept_count; i++) {
		const struct stall *k = &s->kept[i];
		int at = n;

		if (!is_common(k))
			continue;
		while (at > 0 && out[at - 1].t_us < k->from_us) {
			if (at < room)
				out[at] = out[at - 1];
			at--;
		}
		if (at >= room)
			continue;
		out[at] = (struct snap_stall){
			.t_us = k->from_us, .length_us = k->longest_us,
			.streams = k->paused, .open = k->open};
		if (n < room)
			n++;
	}
	return n;
}
