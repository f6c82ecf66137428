#include "metrics/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

int bootstrap_block(int spans)
{
	int block = (int)lround(cbrt(spans));

	return block < 1 ? 1 : block;
}

double bootstrap_freedom(int spans)
{
	return fmax(1, (double)spans / bootstrap_block(spans) - 1);
}

static void draw(struct rng *rng, int spans, uint32_t times[])
{
	int block = bootstrap_block(spans);

	memset(times, 0, (size_t)spans * sizeof *times);
	for (int drawn = 0; drawn < spans; drawn += block) {
		int first = (int)rng_below(rng, (uint64_t)spans);

		for (int i = 0; i < block && drawn + i < spans; i++)
			times[(first + i) % spans]++;
	}
}

double bootstrap_deviation(int spans, uint64_t seed, bootstrap_figure *figure, const void *of)
{
	uint32_t times[BOOTSTRAP_SPANS_MAX];
	double sum = 0, squares = 0, first = NAN;
	int n = 0;
	struct rng rng;

	rng_seed(&rng, seed, 0);
	for (int i = 0; i < BOOTSTRAP_DRAWS; i++) {
		double x;

		draw(&rng, spans, times);
		x = figure(of, times);
		if (!isfinite(x))
			continue;
		if (!n++)
			first = x;
		sum += x - first;
		squares += (x - first) * (x - first);
	}
	if (n < BOOTSTRAP_DRAWS / 2)
		return NAN;
	return sqrt(fmax(0, (squares - sum * sum / n) / (n - 1)));
}

struct ranked {
	double p;
	int at;
};

static int by_p(const void *a, const void *b)
{
	double x = ((const struct ranked *)a)->p, y = ((const struct ranked *)b)->p;

	return (x > y) - (x < y);
}

void holm_adjust(double p[], int n)
{
	struct ranked *ranked = xcalloc((size_t)n + 1, sizeof *ranked);
	double most = 0;

	for (int i = 0; i < n; i++)
		ranked[i] = (struct ranked){p[i], i};
	qsort(ranked, (size_t)n, sizeof *ranked, by_p);
	for (int i = 0; i < n; i++) {
		most = fmax(most, fmin(1, ranked[i].p * (n - i)));
		p[ranked[i].at] = most;
	}
	free(ranked);
}
