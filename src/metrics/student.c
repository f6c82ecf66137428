#include "metrics/student.h"

#include <math.h>

#define TERMS 300
#define TINY 1e-300
#define ENOUGH 1e-12

double student_point(double df)
{
	const double z = 1.959963985, z3 = z * z * z, z5 = z3 * z * z;

	return z + (z3 + z) / (4 * df) + (5 * z5 + 16 * z3 + 3 * z) / (96 * df * df);
}

/* Of the incomplete beta function, by Lentz's method; x < (a + 1) / (a + b + 2). */
static double fraction(double x, double a, double b)
{
	double c = 1, d = 1 - (a + b) * x / (a + 1), value;

	d = 1 / (fabs(d) < TINY ? TINY : d);
	value = d;
	for (int m = 1; m < TERMS; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
		double term[2] = {even, odd};

		for (int i = 0; i < 2; i++) {
			d = 1 + term[i] * d;
			c = 1 + term[i] / c;
			d = 1 / (fabs(d) < TINY ? TINY : d);
			c = fabs(c) < TINY ? TINY : c;
			value *= d * c;
		}
		if (fabs(d * c - 1) < ENOUGH)
			break;
	}
	return value;
}

static double incomplete_beta(double x, double a, double b)
{
	double front;
	int sign;

	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	/* lgamma() has the sign in a global, and models run in several threads. */
	front = exp(lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign) + a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * fraction(x, a, b) / a;
	return 1 - front * fraction(1 - x, b, a) / b;
}

double student_beyond(double t, double df)
{
	return incomplete_beta(df / (df + t * t), df / 2, 0.5);
}
