/* A run cut into spans of equal measured time, each with the counts and histograms of
 * what ended in it, in total and per task: what the uncertainty of a comparison follows
 * from. All spans together are what the run's summary is of, but for the stretches whose
 * requests a micro-experiment altered: those are of another system. One thread. */
#ifndef RUN_SPANS_H
#define RUN_SPANS_H

#include "metrics/record.h"

struct spans;
struct result;

/* `result`: of the whole run; it is looked at here only. */
struct spans *spans_new(int tasks, const struct result *result);
void spans_free(struct spans *spans);
/* A run's records, in order, to its end. What comes while draining is in the last
 * span's latencies and not in its throughput. */
void spans_feed(struct spans *spans, const struct rec *rec);
/* How many requests are left out because they were altered, and for how long that was. */
uint64_t spans_left_out(const struct spans *spans, int64_t *us);

#endif
