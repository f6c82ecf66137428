#include "metrics/verdict.h"

#include <math.h>
#include <stdbool.h>

#define ALPHA 0.02 /* leaves room for what is estimated: the number of draws */
#define FAR 10.0
#define FAR_LEAST 3.0
#define FAR_COUNT 100.0
#define PRIOR 10   /* draws' worth of belief in `allowed` */
#define DRAWS_MOST 1e15
#define TIMES_MOST 1e6

static double log_beta(double a, double b)
{
	int sign; /* lgamma() has it in a global, and models run in several threads */

	return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

double verdict_far(double count)
{
	return fmax(FAR_LEAST, FAR / pow(fmax(count / FAR_COUNT, 1), 0.25));
}

double verdict_far_count(double below)
{
	if (below >= FAR)
		return 0;
	return below < FAR_LEAST ? INFINITY : FAR_COUNT * pow(FAR / below, 4);
}

static bool certain(double hits, double draws, double allowed)
{
	double a = allowed * PRIOR, b = (1 - allowed) * PRIOR;

	return log_beta(a + hits, b + draws - hits) - log_beta(a, b) - hits * log(allowed) -
		       (draws - hits) * log1p(-allowed) >= -log(ALPHA);
}

int verdict_share(double hits, double draws, double allowed)
{
	if (!(draws > 0) || !(allowed > 0 && allowed < 1) || !certain(hits, draws, allowed))
		return 0;
	return hits > allowed * draws ? 1 : -1;
}

bool verdict_mean(double off, double df, double draws)
{
	double z, of_prior = (draws + PRIOR) / PRIOR;

	if (!(draws > 0) || !(df > 0))
		return false;
	z = (8 * df + 1) / (8 * df + 3) * sqrt(df * log1p(off * off / df));
	return z * z / 2 * (draws / (draws + PRIOR)) - log(of_prior) / 2 >= -log(ALPHA);
}

double verdict_mean_times(double off, double df, double draws)
{
	double least = 1, most = 2;

	if (verdict_mean(off, df, draws))
		return 1;
	if (!(fabs(off) >= 1))
		return INFINITY;
	while (!verdict_mean(off * sqrt(most), df, draws * most)) {
		most *= 2;
		if (most > TIMES_MOST)
			return INFINITY;
	}
	while (most - least > least / 1000) {
		double middle = (least + most) / 2;

		if (verdict_mean(off * sqrt(middle), df, draws * middle))
			most = middle;
		else
			least = middle;
	}
	return most;
}

double verdict_share_more(double hits, double draws, double allowed)
{
	double prior = fmin(PRIOR, sqrt(draws)), share = (hits + prior * allowed) / (draws + prior);
	double least = draws, most;
	double seen = draws * fmin(allowed, 1 - allowed);

	if (!(draws > 0) || !(allowed > 0 && allowed < 1))
		return INFINITY;
	if (certain(hits, draws, allowed))
		return 0;
	/* Where not even one was to be expected, the first is still to come. */
	if (seen >= 1 && fabs(hits - allowed * draws) < sqrt(allowed * (1 - allowed) * draws))
		return INFINITY;
	for (most = 2 * draws; !certain(share * most, most, allowed); most *= 2)
		if (most > DRAWS_MOST)
			return INFINITY;
	while (most - least > fmax(0.1, least / 1000)) {
		double middle = (least + most) / 2;

		if (certain(share * middle, middle, allowed))
			most = middle;
		else
			least = middle;
	}
	return most - draws;
}
