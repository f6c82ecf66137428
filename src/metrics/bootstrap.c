#include "metrics/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"

int bootstrap_block(int spans)
{
	return spans < 16 ? 1 : spans / 8;
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

struct moments {
	double first, sum, squares;
	int n;
};

/* Around the first, so that little is lost of small differences. */
static void moments_add(struct moments *m, double x)
{
	if (!isfinite(x))
		return;
	if (!m->n++)
		m->first = x;
	x -= m->first;
	m->sum += x;
	m->squares += x * x;
}

void bootstrap_deviations(int spans, uint64_t seed, bootstrap_figures *figures, const void *of, int count,
			  double out[])
{
	struct moments moments[BOOTSTRAP_FIGURES_MAX] = {{0}};
	uint32_t times[BOOTSTRAP_SPANS_MAX];
	double x[BOOTSTRAP_FIGURES_MAX];
	struct rng rng;

	rng_seed(&rng, seed, 0);
	for (int i = 0; i < BOOTSTRAP_DRAWS; i++) {
		draw(&rng, spans, times);
		figures(of, times, x);
		for (int k = 0; k < count; k++)
			moments_add(&moments[k], x[k]);
	}
	for (int k = 0; k < count; k++) {
		const struct moments *m = &moments[k];

		out[k] = m->n < BOOTSTRAP_DRAWS / 2
				 ? NAN
				 : sqrt(fmax(0, (m->squares - m->sum * m->sum / m->n) / (m->n - 1)));
	}
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
