/* What is counted of a set of finished exchanges, for one task or all: counts
 * and histograms of 3 figures. A summary has one per task and in total, the
 * present operating point has one. */
#ifndef RUN_TALLY_H
#define RUN_TALLY_H

#include "exchange.h"
#include "metrics/batches.h"
#include "metrics/hdr.h"

struct tally {
	struct counts n;
	bool asked; /* some SLO asks something of its single requests */
	uint64_t bytes_in, bytes_out;
	struct hdr latency, service, queue, ttfb, connect, tls, dns, failed;
	struct hdr ttft, ttfo, tpot, itl, hit, miss;
	struct hdr censored; /* their ages; these are in latency too */
	/* What the screen shows by the other clocks; not in the result. */
	struct hdr failed_service, failed_queue, censored_service, censored_queue;
	struct hdr hit_service, hit_queue, miss_service, miss_queue;
};

void tally_init(struct tally *t, struct hdr_pool *pool, bool asked);
void tally_reset(struct tally *t);
void tally_fini(struct tally *t);
struct archive;
void tally_archive(struct tally *t, struct archive *a);
/* `measured`: the answer came within measured time, so it is throughput. */
void tally_exchange(struct tally *t, const struct exchange *x, bool measured);
/* Ahead of it: see hdr_fetch(). */
void tally_fetch(const struct tally *t, const struct exchange *x);
const struct hdr *tally_timing(const struct tally *t, enum timing timing);
void tally_metrics(const struct tally *t, int64_t measured_us, struct metrics *out);

/* The batches of the same exchanges, of those within measured time; at_us of it. */
void tally_batch(struct batches *b, const struct exchange *x, int64_t at_us);
/* How sure the latency's percentiles are. */
void tally_intervals(const struct tally *t, const struct batches *b, struct metrics *out);

#endif
