/* A straight line through dots, and whether it is one: "does latency grow linearly with
 * the users?" Past saturation R = N / X_max - Z (Little's law), so its slope is 1 / X_max.
 * Pure, no allocation. */
#ifndef METRICS_TREND_H
#define METRICS_TREND_H

#include "metrics/dots.h"

enum trend_shape {
	TREND_UNKNOWN,   /* fewer than three levels, or all too unsure */
	TREND_FLAT,      /* it does not grow: within 5 % over all levels, or by no more than chance */
	TREND_STRAIGHT,
	TREND_BENDS_UP,  /* grows faster than linearly */
	TREND_BENDS_DOWN /* more slowly */
};

struct trend {
	enum trend_shape shape;
	int levels, dots;
	double slope, slope_off; /* seconds a user; its standard deviation */
	double at_zero;          /* seconds */
	double r2;               /* share of the variance that it explains, 0-1; NAN: there is none */
	double from, to;         /* levels */
};

/* Weighted least squares of r_s over the level; weights from the dots' own deviations and
 * 2 % more, so that none counts as exact. A bend is the quadratic term of a parabola
 * through the same dots, where it is more than three standard deviations from none
 * and its arc more than a tenth of the whole rise. */
void trend_fit(const struct dot *dot, int count, struct trend *out);

#endif
