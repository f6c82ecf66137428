/* What an SLO speaks of, found among the figures. */
#ifndef RUN_SLO_EVAL_H
#define RUN_SLO_EVAL_H

#include "metrics/slo.h"
#include "run/result.h"

/* Where a time's distribution is among the metrics. */
struct dist *slo_dist(enum slo_metric metric, struct metrics *m);
/* Microseconds, shares, rates as in slo.h; NAN: unknown. */
double slo_value(const struct slo *slo, const struct metrics *m);
/* How many values that one is of: requests, answers, gaps. */
uint64_t slo_values(const struct slo *slo, const struct metrics *m);

#endif
