/* How much latency changed with time alone, while one load was held: a straight line
 * through the mean latencies of a dot's windows, each with the weight of its answers. Pure. */
#ifndef METRICS_DRIFT_H
#define METRICS_DRIFT_H

#include <stdbool.h>

#include "metrics/dots.h"

struct drift {
	double per_s; /* seconds of latency a second */
	double error; /* its standard error */
};

/* `seconds`: how long all windows are together. False: too few of them have answers. */
bool drift_of(const struct dot_windows *windows, double seconds, struct drift *out);

#endif
