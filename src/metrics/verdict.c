#include "metrics/verdict.h"

#include <math.h>

#define ALPHA 0.02 /* leaves room for what is estimated: the number of draws */
#define FAR 10.0
#define FAR_LEAST 3.0
#define FAR_COUNT 100.0
#define PRIOR 10   /* draws' worth of belief in `allowed` */

static double log_beta(double a, double b)
{
	int sign; /* lgamma() has it in a global, and models run in several threads */

	return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

double verdict_far(double count)
{
	return fmax(FAR_LEAST, FAR / pow(fmax(count / FAR_COUNT, 1), 0.25));
}

int verdict_share(double hits, double draws, double allowed)
{
	double a = allowed * PRIOR, b = (1 - allowed) * PRIOR, log_ratio;

	if (!(draws > 0) || !(allowed > 0 && allowed < 1))
		return 0;
	log_ratio = log_beta(a + hits, b + draws - hits) - log_beta(a, b) -
		    hits * log(allowed) - (draws - hits) * log1p(-allowed);
	if (log_ratio < -log(ALPHA))
		return 0;
	return hits > allowed * draws ? 1 : -1;
}
