/* What is counted of a set of finished exchanges, for one task or all: counts
 * and histograms of 3 figures. A summary has one per task and in total, the
 * present operating point has one. */
#ifndef RUN_TALLY_H
#define RUN_TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/hdr.h"
#include "metrics/record.h"
#include "run/result.h"

/* requests = succeeded + failed + censored. */
struct counts {
	uint64_t of[OUTCOME_COUNT];
	uint64_t answered; /* complete answers, of any status */
};

/* A sample's derived times, worked out once; microseconds, never negative. */
struct exchange {
	const struct rec_sample *sample;
	enum outcome outcome;
	bool answered;
	int64_t latency_us, service_us, queue_us;
	int64_t ttfb_us; /* -1: no byte came */
};

struct tally {
	struct counts n;
	uint64_t bytes_in, bytes_out;
	struct hdr latency, service, queue, ttfb, connect, tls, dns, failed;
};

uint64_t counts_requests(const struct counts *n);
void counts_exchange(struct counts *n, const struct exchange *x, bool answered);
/* Dropped samples: what succeeded had an answer; of the rest it is unknown. */
void counts_drops(struct counts *n, const struct rec_drops *drops, bool answered);

void exchange_of(struct exchange *x, const struct rec_sample *sample);

void tally_init(struct tally *t, struct hdr_pool *pool);
void tally_reset(struct tally *t);
void tally_fini(struct tally *t);
/* `measured`: the answer came within measured time, so it is throughput. */
void tally_exchange(struct tally *t, const struct exchange *x, bool measured);
void tally_metrics(const struct tally *t, int64_t measured_us, struct metrics *out);

#endif
