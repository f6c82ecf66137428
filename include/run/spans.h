/* A run cut into spans of equal measured time, each with the counts and histograms of
 * what ended in it, in total and per task: what the uncertainty of a comparison follows
 * from. All spans together are what the run's summary is of. One thread. */
#ifndef RUN_SPANS_H
#define RUN_SPANS_H

#include "metrics/record.h"

struct spans;

/* `measured_us`: of the whole run (result.duration_us). */
struct spans *spans_new(int tasks, int64_t measured_us);
void spans_free(struct spans *spans);
/* A run's records, in order, to its end. What comes while draining is in the last
 * span's latencies and not in its throughput. */
void spans_feed(struct spans *spans, const struct rec *rec);

#endif
