/* What the dots of a closed system say together, each figure with its 95 % interval: the
 * bounds and their knee, how latency grows, the Universal Scalability Law where it holds.
 * The intervals come from the dots' windows drawn anew, in blocks (metrics/dots.h). Pure,
 * no allocation; the same dots and seed give the same answer. */
#ifndef METRICS_SCALE_H
#define METRICS_SCALE_H

#include "metrics/bounds.h"
#include "metrics/trend.h"
#include "metrics/usl.h"

#define SCALE_CURVE 64 /* places at which a fit is given */

struct scale_range {
	double low, high; /* NAN: unknown */
};

enum scale_fit {
	SCALE_NO_FIT, /* fewer than two levels */
	SCALE_BOUNDS,
	SCALE_USL
};

struct scale {
	int dots, levels; /* that it is made of */
	struct bounds bounds; /* `reached` only where nine draws in ten reach it, too */
	struct scale_range knee, x_max, r_min_s;
	struct trend whole;  /* of all dots */
	struct trend beyond; /* of those from the knee on; without a knee: 0 levels */
	struct usl usl;
	struct scale_range peak; /* of USL's N*, where it holds */
	/* The fit of X at levels (i + 1) / SCALE_CURVE of `to`, with its band. */
	enum scale_fit fit;
	double to;
	double curve[SCALE_CURVE], low[SCALE_CURVE], high[SCALE_CURVE];
};

/* `dot` in order of level, each with its windows, at most DOTS_MAX; `to`: the level up to
 * which the curve goes, the highest at least. */
void scale_fit(const struct dot *dot, const struct dot_windows *windows, int count, double to, struct scale *out);

/* Did the system change between two visits of one level? Their throughputs or latencies
 * differ by more than a tenth and more than Student's 99.5 % point. */
bool scale_changed(const struct dot *before, const struct dot_windows *before_windows,
		   const struct dot *after, const struct dot_windows *after_windows);

#endif
