/* Modes of known distributions, over many seeds: those that are there are found, and
 * nothing is found where there is one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "metrics/loggrid.h"
#include "metrics/modes.h"

#define BINS (LOGGRID_BINS * MODES_PER_OCTAVE / LOGGRID_PER_OCTAVE)
#define SEEDS 400

static uint64_t count[BINS];
static uint32_t seconds[BINS];
static int last[BINS];

static double normal(struct rng *rng)
{
	double u = 1 - rng_double(rng), v = rng_double(rng);

	return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static int bin_of(double us)
{
	return loggrid_bin((int64_t)(us < 1e12 ? us : 1e12)) * MODES_PER_OCTAVE / LOGGRID_PER_OCTAVE;
}

static void clear(void)
{
	memset(count, 0, sizeof count);
	memset(seconds, 0, sizeof seconds);
	memset(last, 0xff, sizeof last);
}

/* Ten a second. */
static void put(double us, int i)
{
	int bin = bin_of(us);

	count[bin]++;
	seconds[bin] += last[bin] != i / 10;
	last[bin] = i / 10;
}

static int found(struct modes *modes)
{
	modes_find(count, seconds, BINS, bin_of(32), modes);
	return modes->count;
}

enum shape { LOGNORMAL, WIDE, NARROW, EXPONENTIAL, PARETO, GAMMA, UNIFORM, SHIFTED, TAILED, SHAPES };

static double draw(struct rng *rng, enum shape shape)
{
	switch (shape) {
	case LOGNORMAL:
		return 150e3 * exp(0.5 * normal(rng));
	case WIDE:
		return 150e3 * exp(1.5 * normal(rng));
	case NARROW:
		return 150e3 * exp(0.02 * normal(rng));
	case EXPONENTIAL:
		return -100e3 * log(1 - rng_double(rng));
	case PARETO:
		return 20e3 * pow(1 - rng_double(rng), -1 / 1.2);
	case GAMMA:
		return -30e3 * (log(1 - rng_double(rng)) + log(1 - rng_double(rng)) + log(1 - rng_double(rng)));
	case UNIFORM:
		return 1e3 + 200e3 * rng_double(rng);
	case SHIFTED: /* a fixed part, and a queue */
		return 40e3 - 60e3 * log(1 - rng_double(rng));
	default: /* a body, and one of twenty from a tail that begins in it */
		return rng_double(rng) < 0.95 ? 150e3 * exp(0.3 * normal(rng)) : 150e3 * pow(1 - rng_double(rng), -1);
	}
}

/* Not once in more than ten thousand. */
static void one_mode_is_one(void **state)
{
	static const int sizes[] = {60, 300, 2000, 20000};
	struct modes modes;
	int false_alarms = 0;

	(void)state;
	for (int shape = 0; shape < SHAPES; shape++)
		for (int k = 0; k < 4; k++)
			for (int seed = 0; seed < (k < 3 ? SEEDS : 40); seed++) {
				struct rng rng;

				rng_seed(&rng, (uint64_t)(seed * 100 + shape * 10 + k), 0);
				clear();
				for (int i = 0; i < sizes[k]; i++)
					put(draw(&rng, (enum shape)shape), i);
				false_alarms += found(&modes) != 1;
			}
	assert_int_equal(false_alarms, 0);
}

/* As of a microsecond's clock, a few ticks long. */
static void ticks_are_no_modes(void **state)
{
	struct modes modes;

	(void)state;
	for (int seed = 0; seed < 100; seed++) {
		struct rng rng;

		rng_seed(&rng, (uint64_t)seed, 0);
		clear();
		for (int i = 0; i < 5000; i++)
			put(floor(20 * exp(0.8 * normal(&rng))), i);
		assert_int_equal(found(&modes), 1);
	}
}

static double mass(int from, int to)
{
	uint64_t n = 0;

	for (int i = from; i < to; i++)
		n += count[i];
	return (double)n;
}

static void two_are_two(void **state)
{
	static const struct {
		int n;
		double slow, share, sigma;
	} of[] = {
		{200, 412e3, 0.19, 0.15}, {1000, 412e3, 0.19, 0.4}, {5000, 412e3, 0.02, 0.15}, {1000, 90e3, 0.5, 0.1},
	};
	struct modes modes;
	int missed = 0;

	(void)state;
	for (int k = 0; k < 4; k++)
		for (int seed = 0; seed < 100; seed++) {
			struct rng rng;
			int slow = 0;

			rng_seed(&rng, (uint64_t)(seed + 1000 * k), 0);
			clear();
			for (int i = 0; i < of[k].n; i++) {
				bool is_slow = rng_double(&rng) < of[k].share;

				slow += is_slow;
				put((is_slow ? of[k].slow : 38e3) * exp(of[k].sigma * normal(&rng)), i);
			}
			/* Of 200 some have too few slow ones to be sure. */
			if (found(&modes) == 1 && !k) {
				missed++;
				continue;
			}
			assert_int_equal(modes.count, 2);
			assert_true(fabs(mass(modes.end[0], modes.end[1]) - slow) <= 0.02 * of[k].n);
		}
	assert_in_range(missed, 0, 3);
}

static void three_are_three(void **state)
{
	static const double middle[] = {2e3, 38e3, 412e3};
	struct modes modes;

	(void)state;
	for (int seed = 0; seed < 100; seed++) {
		struct rng rng;

		rng_seed(&rng, (uint64_t)seed, 0);
		clear();
		for (int i = 0; i < 900; i++)
			put(middle[i % 3] * exp(0.2 * normal(&rng)), i);
		assert_int_equal(found(&modes), 3);
		for (int m = 0; m < 3; m++)
			assert_true(fabs(mass(m ? modes.end[m - 1] : 0, modes.end[m]) - 300) <= 5);
	}
}

/* 60 streams that paused together are an event. */
static void one_moment_is_no_mode(void **state)
{
	struct rng rng;
	struct modes modes;

	(void)state;
	rng_seed(&rng, 1, 0);
	clear();
	for (int i = 0; i < 2000; i++)
		put(38e3 * exp(0.2 * normal(&rng)), i);
	for (int i = 0; i < 60; i++)
		put(820e3 * exp(0.05 * normal(&rng)), 1500);
	assert_int_equal(found(&modes), 1);
	for (int i = 0; i < 60; i++)
		put(820e3 * exp(0.05 * normal(&rng)), 30 * i);
	assert_int_equal(found(&modes), 2);
}

static void few_say_nothing(void **state)
{
	struct modes modes;

	(void)state;
	clear();
	assert_int_equal(found(&modes), 0);
	for (int i = 0; i < MODES_LEAST - 1; i++)
		put(i % 2 ? 10e3 : 900e3, 10 * i);
	assert_int_equal(found(&modes), 0);
	put(10e3, 9999);
	assert_int_equal(found(&modes), 2);
	/* As large as counts come. */
	for (int i = 0; i < BINS; i++)
		count[i] = UINT64_MAX;
	assert_int_equal(found(&modes), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_mode_is_one),
		cmocka_unit_test(ticks_are_no_modes),
		cmocka_unit_test(two_are_two),
		cmocka_unit_test(three_are_three),
		cmocka_unit_test(one_moment_is_no_mode),
		cmocka_unit_test(few_say_nothing),
	};

	return cmocka_run_group_tests_name("modes", tests, NULL, NULL);
}
