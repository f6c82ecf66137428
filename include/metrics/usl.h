/* The Universal Scalability Law (Gunther, Guerrilla Capacity Planning, 2007, eq. 4.33):
 * X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)); its peak is at N* =
 * sqrt((1 - sigma) / kappa). kappa is not to be had from levels below the peak: a fit
 * there is off by several times at a few percent of noise. So it is refused, and the
 * reason said, rather than drawn. Pure, no allocation. */
#ifndef METRICS_USL_H
#define METRICS_USL_H

#include "metrics/dots.h"

#define USL_LEVELS 6 /* different ones that a fit needs */

enum usl_says {
	USL_HOLDS,
	USL_FEW_LEVELS,
	USL_SUPERLINEAR, /* more users give more each: a batch fills, a cache warms */
	USL_MISFIT,      /* it is off by more than 5 % and more than chance */
	USL_NO_PEAK      /* no level lies beyond the peak */
};

struct usl {
	enum usl_says says;
	int levels;
	double lambda, sigma, kappa; /* per second; 0 <= sigma < 1; kappa >= 0 */
	double peak; /* N*; INFINITY: kappa is 0 */
	double off;  /* root mean square of the relative residuals */
	double worst_level, worst; /* where it is off most, by so much of what was measured: + above it */
};

/* Least squares of N / X on 1, N - 1, N (N - 1), weights X^4 / N^2 / deviation^2 (so that
 * errors of X count as they are), coefficients no less than 0. `dot` in order of level. Fills
 * what it can even where it says no: NAN are unknown. */
void usl_fit(const struct dot *dot, int count, struct usl *out);
/* The coefficients alone, for draws of dots that a fit holds of. */
void usl_refit(const struct dot *dot, int count, struct usl *out);
double usl_x(const struct usl *usl, double level);

#endif
