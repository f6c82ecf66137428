/* `--arrival trace`: the times of a trace's rows as a plan of arrivals. */
#ifndef CLI_TRACE_H
#define CLI_TRACE_H

#include "base/err.h"
#include "load/arrivals.h"
#include "scenario/scenario.h"

/* The first data set of the scenario whose rows have timestamps. On success
 * *place is to be freed when the load has ended; *rate_rps is the trace's own mean
 * rate, *length_ns how long it lasts at that rate. */
int trace_arrivals(const struct scenario *scenario, struct arrival_plan *plan, double **place,
		   double *rate_rps, int64_t *length_ns, struct err *err);

#endif
