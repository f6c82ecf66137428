#include "series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/mem.h"

enum { P50, P95, P99, MAX, FIGURES };

/* Second s is at s modulo SERIES_SECONDS. */
struct series_lane {
	float rps[SERIES_SECONDS], errors[SERIES_SECONDS], ok[SERIES_SECONDS];
	float figure[CLOCK_KINDS][FIGURES][SERIES_SECONDS];
	float tokens[SERIES_SECONDS], hit_ratio[SERIES_SECONDS];
	float ttft_p95[SERIES_SECONDS], itl_p99[SERIES_SECONDS];
	uint16_t errors_of[ERROR_CLASS_COUNT][SERIES_SECONDS];
};

/* A second's figures beside those of the clocks. */
struct point {
	float rps, errors, ok, tokens, hit_ratio, ttft_p95, itl_p99;
	uint16_t errors_of[ERROR_CLASS_COUNT];
};

void series_init(struct series *s, int scopes)
{
	*s = (struct series){.scopes = scopes};
	s->lane = xcalloc((size_t)scopes, sizeof *s->lane);
	s->users = xcalloc(SERIES_SECONDS, sizeof *s->users);
	s->incomplete = xcalloc(SERIES_SECONDS, sizeof *s->incomplete);
}

void series_fini(struct series *s)
{
	free(s->lane);
	free(s->users);
	free(s->incomplete);
}

static void lane_archive(struct series_lane *lane, int at, struct archive *a)
{
	float *value[] = {
		&lane->rps[at], &lane->errors[at], &lane->ok[at], &lane->tokens[at],
		&lane->hit_ratio[at], &lane->ttft_p95[at], &lane->itl_p99[at],
	};

	for (size_t i = 0; i < sizeof value / sizeof *value; i++)
		archive_float(a, value[i]);
	for (int c = 0; c < CLOCK_KINDS; c++)
		for (int f = 0; f < FIGURES; f++)
			archive_float(a, &lane->figure[c][f][at]);
	for (int e = 0; e < ERROR_CLASS_COUNT; e++)
		archive_u16(a, &lane->errors_of[e][at]);
}

void series_archive(struct series *s, struct archive *a)
{
	int64_t next = s->next, first;

	archive_i64(a, &next, 0, ARCHIVE_TIME_MAX);
	if (archive_restoring(a))
		series_restart(s, next);
	first = next > SNAP_SECONDS ? next - SNAP_SECONDS : 0;
	for (int64_t i = first; i < next; i++) {
		int at = (int)(i % SERIES_SECONDS);
		bool incomplete = s->incomplete[at];

		archive_u32(a, &s->users[at]);
		archive_bool(a, &incomplete);
		s->incomplete[at] = incomplete;
		for (int scope = 0; scope < s->scopes; scope++)
			lane_archive(&s->lane[scope], at, a);
	}
}

static float quantile(const struct hdr *h, double q)
{
	return h->count ? (float)hdr_quantile_us(h, q) : NAN;
}

static void point_of(const struct slice *s, struct point *out)
{
	const struct counts *n = &s->n;
	uint64_t told = n->hits + n->misses;

	*out = (struct point){
		.rps = (float)n->answered,
		.errors = (float)(n->of[OUTCOME_FAILED] + n->of[OUTCOME_CENSORED]),
		.ok = (float)n->of[OUTCOME_SUCCEEDED],
		.tokens = (float)n->tokens_out,
		.hit_ratio = told ? (float)n->hits / (float)told : NAN,
		.ttft_p95 = quantile(&s->time[TIMING_TTFT], 0.95),
		.itl_p99 = quantile(&s->time[TIMING_ITL], 0.99),
	};
	for (int e = 0; e < ERROR_CLASS_COUNT; e++)
		out->errors_of[e] = (uint16_t)(n->error_of[e] < UINT16_MAX ? n->error_of[e]
									   : UINT16_MAX);
}

static void put_point(struct series_lane *lane, int at, const struct point *p)
{
	lane->rps[at] = p->rps;
	lane->errors[at] = p->errors;
	lane->ok[at] = p->ok;
	lane->tokens[at] = p->tokens;
	lane->hit_ratio[at] = p->hit_ratio;
	lane->ttft_p95[at] = p->ttft_p95;
	lane->itl_p99[at] = p->itl_p99;
	/* Pages of classes that do not occur stay untouched. */
	for (int e = 0; e < ERROR_CLASS_COUNT; e++)
		if (lane->errors_of[e][at] != p->errors_of[e])
			lane->errors_of[e][at] = p->errors_of[e];
}

void series_restart(struct series *s, int64_t next)
{
	static const struct point nothing = {.hit_ratio = NAN, .ttft_p95 = NAN, .itl_p99 = NAN};

	s->next = next;
	/* Seconds that were jumped over had nothing in them. */
	for (int64_t i = next > SERIES_SECONDS ? next - SERIES_SECONDS : 0; i < next; i++) {
		int at = (int)(i % SERIES_SECONDS);

		s->users[at] = 0;
		s->incomplete[at] = 0;
		for (int scope = 0; scope < s->scopes; scope++) {
			struct series_lane *lane = &s->lane[scope];

			put_point(lane, at, &nothing);
			for (int c = 0; c < CLOCK_KINDS; c++)
				for (int f = 0; f < FIGURES; f++)
					lane->figure[c][f][at] = NAN;
		}
	}
}

static void figures_of(const struct hdr *h, float out[FIGURES])
{
	struct dist d;

	if (!h->count) {
		for (int f = 0; f < FIGURES; f++)
			out[f] = NAN;
		return;
	}
	hdr_dist(h, &d);
	out[P50] = (float)d.p50_us;
	out[P95] = (float)d.p95_us;
	out[P99] = (float)d.p99_us;
	out[MAX] = (float)d.max_us;
}

void series_put(struct series *s, int scope, const struct slice *second)
{
	struct series_lane *lane = &s->lane[scope];
	int at = (int)(s->next % SERIES_SECONDS);
	struct point p;

	point_of(second, &p);
	put_point(lane, at, &p);
	for (int c = 0; c < CLOCK_KINDS; c++) {
		float figure[FIGURES];

		figures_of(&second->time[c], figure);
		for (int f = 0; f < FIGURES; f++)
			lane->figure[c][f][at] = figure[f];
	}
}

void series_close(struct series *s, uint32_t users, bool incomplete)
{
	int at = (int)(s->next % SERIES_SECONDS);

	s->users[at] = users;
	s->incomplete[at] = incomplete;
	s->next++;
}

/* `count` values from second `first` on, in at most two pieces. */
static void copy_ring(void *to, const void *from, size_t item, int64_t first, int count)
{
	size_t at = (size_t)(first % SERIES_SECONDS), n = (size_t)count;
	size_t head = n < SERIES_SECONDS - at ? n : SERIES_SECONDS - at;

	memcpy(to, (const char *)from + at * item, head * item);
	memcpy((char *)to + head * item, from, (n - head) * item);
}

static void copy_open(const struct slice *open, int at, enum clock_kind clock,
		      struct snap_series *out)
{
	float figure[FIGURES];
	struct point p;

	figures_of(&open->time[clock], figure);
	out->p50[at] = figure[P50];
	out->p95[at] = figure[P95];
	out->p99[at] = figure[P99];
	out->max[at] = figure[MAX];
	point_of(open, &p);
	out->rps[at] = p.rps;
	out->errors[at] = p.errors;
	out->ok[at] = p.ok;
	out->tokens[at] = p.tokens;
	out->hit_ratio[at] = p.hit_ratio;
	out->ttft_p95[at] = p.ttft_p95;
	out->itl_p99[at] = p.itl_p99;
	for (int e = 0; e < ERROR_CLASS_COUNT; e++)
		out->errors_of[e][at] = p.errors_of[e];
}

void series_copy(const struct series *s, int scope, enum clock_kind clock,
		 const struct slice *open, uint32_t users, bool incomplete,
		 struct snap_series *out)
{
	const struct series_lane *lane = &s->lane[scope];
	int room = SNAP_SECONDS - (open != NULL);
	int n = s->next < room ? (int)s->next : room;
	int64_t first = s->next - n;

	out->first = first;
	out->count = n + (open != NULL);
	out->open = open != NULL;
#define COPY(field, from) copy_ring(out->field, from, sizeof *out->field, first, n)
	COPY(rps, lane->rps);
	COPY(errors, lane->errors);
	COPY(ok, lane->ok);
	COPY(p50, lane->figure[clock][P50]);
	COPY(p95, lane->figure[clock][P95]);
	COPY(p99, lane->figure[clock][P99]);
	COPY(max, lane->figure[clock][MAX]);
	COPY(users, s->users);
	COPY(incomplete, s->incomplete);
	COPY(tokens, lane->tokens);
	COPY(hit_ratio, lane->hit_ratio);
	COPY(ttft_p95, lane->ttft_p95);
	COPY(itl_p99, lane->itl_p99);
	for (int e = 0; e < ERROR_CLASS_COUNT; e++)
		COPY(errors_of[e], lane->errors_of[e]);
#undef COPY
	if (open) {
		copy_open(open, n, clock, out);
		out->users[n] = users;
		out->incomplete[n] = incomplete;
	}
}
