/* What one finished exchange adds to the figures: the counts that windows and
 * summaries keep beside their histograms.
 *
 * What counts for whom, beside its times (run/exchange.h):
 * - tokens, cache and goodput: of successes alone;
 * - tokens and goodput, as throughput: what came within measured time;
 * - quality: of every answer that was checked, those that failed a check too;
 * - streams, events, reads: of every answer read as a stream. */
#ifndef RUN_EXCHANGE_COUNTS_H
#define RUN_EXCHANGE_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/record.h"
#include "run/exchange.h"
#include "run/result.h"

#define QUALITY_UNIT 1e6 /* sums are of whole millionths, so that they can be taken back */

/* All uint64_t: they are added and subtracted as an array. */
struct counts {
	uint64_t of[OUTCOME_COUNT]; /* requests = succeeded + failed + censored */
	uint64_t answered; /* complete answers, of any status */
	uint64_t ok;       /* successes within measured time, as answered is */
	uint64_t redirects; /* successes with 301, 302, 303, 307 or 308 */
	uint64_t sessions; /* of answered: the first turns */
	uint64_t good;     /* those of them that meet what the SLOs ask of each */
	uint64_t checked, quality; /* answers; the sum of theirs in QUALITY_UNIT */
	uint64_t told_in, tokens_in;   /* answers that said so; tokens */
	uint64_t told_out, tokens_out;
	uint64_t by_events; /* of told_out: how many counted events */
	uint64_t streams, events, reads;
	uint64_t hits, misses;
	uint64_t error_of[ERROR_CLASS_COUNT];
};

/* Times that summaries and windows both have a distribution of. The first ones
 * are there by each clock: timing_by(). Those of RESPONSE and TIMING_TTFB are of
 * succeeded and censored; CENSORED is of the latter alone: their ages. */
enum timing {
	TIMING_RESPONSE, TIMING_SERVICE, TIMING_QUEUE, /* in the order of the clocks */
	TIMING_FAILED,
	TIMING_CENSORED = TIMING_FAILED + CLOCK_KINDS,
	TIMING_HIT = TIMING_CENSORED + CLOCK_KINDS,
	TIMING_MISS = TIMING_HIT + CLOCK_KINDS,
	TIMING_TTFT = TIMING_MISS + CLOCK_KINDS, TIMING_TPOT, TIMING_ITL,
	/* Windows have these only where an SLO asks for them. */
	TIMING_TTFB, TIMING_TTFO, TIMING_CONNECT,
	TIMINGS
};

/* The timing of RESPONSE, FAILED, CENSORED, HIT or MISS by a clock. */
static inline enum timing timing_by(enum timing timing, enum clock_kind clock)
{
	return (enum timing)((int)timing + (int)clock);
}

uint64_t counts_requests(const struct counts *n);
struct archive;
void counts_archive(struct counts *n, struct archive *a);
void counts_add(struct counts *to, const struct counts *from);
void counts_subtract(struct counts *from, const struct counts *what);
/* `measured`: it came within measured time. */
void counts_exchange(struct counts *n, const struct exchange *x, bool measured);
/* Dropped samples: what succeeded had an answer; of the rest it is unknown. */
void counts_drops(struct counts *n, const struct rec_drops *drops, bool measured);
/* All of *out but its distributions, which become empty. `asked`: some SLO asks
 * something of single requests. */
void counts_metrics(const struct counts *n, int64_t measured_us, bool asked,
		    struct metrics *out);

#endif
