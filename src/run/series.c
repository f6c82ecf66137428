#include "series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { P50, P95, P99, MAX, FIGURES };

/* Second s is at s modulo SERIES_SECONDS. */
struct series_lane {
	float rps[SERIES_SECONDS], errors[SERIES_SECONDS];
	float figure[CLOCK_KINDS][FIGURES][SERIES_SECONDS];
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

void series_restart(struct series *s, int64_t next)
{
	s->next = next;
	/* Seconds that were jumped over had nothing in them. */
	for (int64_t i = next > SERIES_SECONDS ? next - SERIES_SECONDS : 0; i < next; i++) {
		int at = (int)(i % SERIES_SECONDS);

		s->users[at] = 0;
		s->incomplete[at] = 0;
		for (int scope = 0; scope < s->scopes; scope++) {
			struct series_lane *lane = &s->lane[scope];

			lane->rps[at] = 0;
			lane->errors[at] = 0;
			for (int c = 0; c < CLOCK_KINDS; c++)
				for (int f = 0; f < FIGURES; f++)
					lane->figure[c][f][at] = NAN;
		}
	}
}

static float errors_of(const struct slice *s)
{
	return (float)(s->n.of[OUTCOME_FAILED] + s->n.of[OUTCOME_CENSORED]);
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

	lane->rps[at] = (float)second->n.answered;
	lane->errors[at] = errors_of(second);
	for (int c = 0; c < CLOCK_KINDS; c++) {
		float figure[FIGURES];

		figures_of(&second->clock[c], figure);
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
	copy_ring(out->rps, lane->rps, sizeof *out->rps, first, n);
	copy_ring(out->errors, lane->errors, sizeof *out->errors, first, n);
	copy_ring(out->p50, lane->figure[clock][P50], sizeof *out->p50, first, n);
	copy_ring(out->p95, lane->figure[clock][P95], sizeof *out->p95, first, n);
	copy_ring(out->p99, lane->figure[clock][P99], sizeof *out->p99, first, n);
	copy_ring(out->max, lane->figure[clock][MAX], sizeof *out->max, first, n);
	copy_ring(out->users, s->users, sizeof *out->users, first, n);
	copy_ring(out->incomplete, s->incomplete, sizeof *out->incomplete, first, n);
	if (open) {
		float figure[FIGURES];

		figures_of(&open->clock[clock], figure);
		out->rps[n] = (float)open->n.answered;
		out->errors[n] = errors_of(open);
		out->p50[n] = figure[P50];
		out->p95[n] = figure[P95];
		out->p99[n] = figure[P99];
		out->max[n] = figure[MAX];
		out->users[n] = users;
		out->incomplete[n] = incomplete;
	}
}
