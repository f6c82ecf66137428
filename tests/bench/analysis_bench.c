/* CPU of the analysis while a run goes on: of one fit of X(N) and R(N) over twenty loads,
 * and of all that is worked out anew each second (fits, verdict, modes, advice), which is
 * what a first snapshot of a second takes beyond a second one, and the end of the second
 * itself. One line a figure: name, value, unit. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../src/run/model_priv.h"
#include "../../src/run/scaling_of.h"
#include "base/clock.h"
#include "metrics/slo.h"
#include "run/model.h"
#include "samples.h"

enum { LEVELS = 20, SECONDS = 10, RATE = 2000, FITS = 50, ALL_SECONDS = LEVELS * SECONDS };

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double ms_since(int64_t from_ns)
{
	return (double)(clock_thread_cpu_ns() - from_ns) / NS_PER_MS;
}

static void feed(struct model *m, struct rng *rng, int second, int i, int level)
{
	struct rec_sample s;
	/* Eight slots of 18 ms: beyond them it grows with the load. */
	double mean = 18000 * fmax(1, level / 8.0);

	fill_sample(&s, rng, (uint64_t)i, (int64_t)(mean * exp(0.3 * rng_normal(rng))));
	s.rec.t_us = second * US_PER_S + (int64_t)(i + 1) * US_PER_S / (RATE + 1);
	s.t0_us += s.rec.t_us - (1 + (int64_t)i * 1000000 / PACE);
	s.ts_us = s.t0_us;
	s.th_us = s.rec.t_us - 1;
	if (s.t0_us < 0)
		s.t0_us = s.ts_us = 0;
	model_feed(m, &s.rec);
}

static void change(struct model *m, int second, int level)
{
	struct rec_point p = {
		.rec = {sizeof p, REC_POINT, 0, second * US_PER_S}, .level = level, .from = level, .phase = PHASE_LOAD,
	};

	model_feed(m, &p.rec);
}

int main(void)
{
	static double took[ALL_SECONDS], fit[FITS];
	static struct snapshot snapshot;
	static struct scaling scaling;
	struct run_meta meta = bench_meta();
	struct slo parsed[SLO_MAX];
	struct model_config config = model_config_of(&meta, parsed);
	struct model *m = model_new(&config);
	struct view_query query = {.task = -1, .window = WINDOW_AUTO};
	double sum = 0;
	struct rng rng;

	rng_seed(&rng, 1, 0);
	for (int second = 0; second < ALL_SECONDS; second++) {
		int level = 1 + second / SECONDS;
		int64_t start;
		double again;

		if (second % SECONDS == 0)
			change(m, second, level);
		for (int i = 1; i < RATE; i++)
			feed(m, &rng, second, i, level);
		start = clock_thread_cpu_ns();
		feed(m, &rng, second + 1, 0, level);
		model_snapshot(m, query, &snapshot);
		took[second] = ms_since(start);
		start = clock_thread_cpu_ns();
		model_snapshot(m, query, &snapshot);
		again = ms_since(start);
		took[second] = fmax(0, took[second] - again);
		sum += took[second];
	}
	for (int i = 0; i < FITS; i++) {
		int64_t start = clock_thread_cpu_ns();

		scaling_of(&m->points, m->t_us, false, &scaling);
		fit[i] = ms_since(start);
	}
	qsort(fit, FITS, sizeof *fit, by_size);
	printf("fit %.2f ms, of %d dots\n", fit[FITS / 2], scaling.count);
	printf("analysis %.2f %% of a core\n", sum / ALL_SECONDS / 10);
	model_free(m);
	return 0;
}
