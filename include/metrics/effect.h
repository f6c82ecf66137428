/* Estimates that know how sure they are: a ratio, a line, and what is worked out of these.
 * What was measured comes in pieces (spans of time), and each estimate carries how much
 * each piece pulls at it (its influence), so that sums, products and quotients of estimates
 * from the same pieces have the right deviation: that of least squares with errors in common
 * within a piece ("sandwich" errors by cluster; Liang and Zeger, 1986). Pure, no allocation. */
#ifndef METRICS_EFFECT_H
#define METRICS_EFFECT_H

#include <stdbool.h>

#define EFFECT_PIECES 128

struct effect {
	double value; /* NAN: there is none */
	double pull[EFFECT_PIECES];
};

/* Sums over what a piece has: how many, x, y, x^2, x y. */
struct effect_piece {
	double n, x, y, xx, xy;
};

/* `in` NULL: all pieces. The sum of y over the sum of x. */
void effect_ratio(const double y[], const double x[], const bool in[], int pieces, struct effect *out);
/* y = at_zero + slope x by least squares; NAN where x is always the same. */
void effect_line(const struct effect_piece piece[], const bool in[], int pieces, struct effect *slope,
		 struct effect *at_zero);
/* a * of_a + b * of_b. `out` may be one of them, here and below. */
void effect_add(const struct effect *a, double of_a, const struct effect *b, double of_b, int pieces,
		struct effect *out);
void effect_times(const struct effect *a, const struct effect *b, int pieces, struct effect *out);
void effect_over(const struct effect *a, const struct effect *b, int pieces, struct effect *out);
/* Half of the 95 % interval; `fitted`: figures that were worked out of all pieces together,
 * `freedom`: Student's. */
double effect_half(const struct effect *e, int pieces, int fitted, double freedom);

#endif
