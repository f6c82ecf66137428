/* How sure the value of an SLO is. */
#ifndef RUN_SLO_INTERVAL_H
#define RUN_SLO_INTERVAL_H

#include "metrics/batches.h"
#include "model_priv.h"
#include "run/result.h"

/* A number a second, and the sum it is of. */
static inline bool slo_is_rate(const struct slo *slo)
{
	return slo->metric == SLO_THROUGHPUT || slo->metric == SLO_GOODPUT || slo->metric == SLO_OUTPUT_TOKENS;
}

static inline enum batch_sum slo_rate_sum(const struct slo *slo)
{
	return slo->metric == SLO_GOODPUT ? BATCH_GOOD : slo->metric == SLO_OUTPUT_TOKENS ? BATCH_TOKENS : BATCH_ANSWERED;
}

/* The 95 % interval of SLO `i`'s value, in its unit; `x` is its scope's metrics with the
 * intervals of percentiles. NAN where there is none: of the latency's p50, p95, p99 and
 * mean, of quality and of rates it is known where enough came, which simulated queues
 * that are 80 % busy need for 90 of 100 intervals to cover the truth. */
void slo_interval(const struct model *m, int i, const struct metrics *x, double *low, double *high);

#endif
