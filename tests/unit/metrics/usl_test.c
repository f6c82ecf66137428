#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/rng.h"
#include "metrics/usl.h"

#define near(a, b, off) assert_true(fabs((a) - (b)) <= (off))

static const double octaves[] = {1, 2, 4, 8, 16, 32, 64, 128};

static void of_usl(struct rng *rng, struct dot dot[], int count, double sigma, double kappa, double off)
{
	const struct usl truth = {.lambda = 100, .sigma = sigma, .kappa = kappa};

	for (int i = 0; i < count; i++)
		dot[i] = (struct dot){.level = octaves[i], .r_s = 1, .r_off = off, .x_off = fmax(off, DOT_OFF_LEAST),
				      .x = usl_x(&truth, octaves[i]) * (1 + off * rng_normal(rng))};
}

static void its_own_curve_comes_back(void **state)
{
	struct dot dot[8];
	struct rng rng;
	struct usl u;

	(void)state;
	rng_seed(&rng, 1, 0);
	of_usl(&rng, dot, 8, 0.05, 0.0004, 0);
	usl_fit(dot, 8, &u);
	assert_int_equal(u.says, USL_HOLDS);
	near(u.lambda, 100, 1e-6);
	near(u.sigma, 0.05, 1e-8);
	near(u.kappa, 0.0004, 1e-10);
	near(u.peak, sqrt(0.95 / 0.0004), 1e-3);
	near(u.off, 0, 1e-9);
}

static void through_noise_past_the_peak(void **state)
{
	int holds = 0, close = 0;
	struct dot dot[8];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 2, 0);
	for (int round = 0; round < 200; round++) {
		struct usl u;

		of_usl(&rng, dot, 8, 0.05, 0.0004, 0.02);
		usl_fit(dot, 8, &u);
		holds += u.says == USL_HOLDS;
		close += fabs(u.peak / sqrt(0.95 / 0.0004) - 1) < 0.15;
	}
	assert_true(holds >= 195);
	assert_true(close >= 190);
}

/* Half way to the peak nothing is known of it. */
static void below_the_peak_it_says_no(void **state)
{
	struct dot dot[8];
	struct rng rng;
	struct usl u;

	(void)state;
	rng_seed(&rng, 3, 0);
	of_usl(&rng, dot, 6, 0.05, 0.0004, 0);
	usl_fit(dot, 6, &u);
	assert_int_equal(u.says, USL_NO_PEAK);
	near(u.peak, 48.7, 0.1);
	of_usl(&rng, dot, 8, 0.05, 0, 0);
	usl_fit(dot, 8, &u);
	assert_int_equal(u.says, USL_NO_PEAK);
	assert_true(isinf(u.peak) || u.peak > 1e4);
}

static void few_levels_say_nothing(void **state)
{
	struct dot dot[8];
	struct rng rng;
	struct usl u;

	(void)state;
	rng_seed(&rng, 4, 0);
	of_usl(&rng, dot, 5, 0.05, 0.01, 0);
	usl_fit(dot, 5, &u);
	assert_int_equal(u.says, USL_FEW_LEVELS);
	assert_int_equal(u.levels, 5);
	/* A level twice is one. */
	dot[5] = dot[6] = dot[7] = dot[4];
	usl_fit(dot, 8, &u);
	assert_int_equal(u.says, USL_FEW_LEVELS);
}

/* Slots have a corner, which no such curve has. */
static void slots_are_no_usl(void **state)
{
	struct dot dot[8];
	struct usl u;

	(void)state;
	for (int i = 0; i < 8; i++)
		dot[i] = (struct dot){octaves[i], fmin(octaves[i], 8), 1, 0.01, 0.01};
	usl_fit(dot, 8, &u);
	assert_int_equal(u.says, USL_MISFIT);
	assert_true(u.off > 0.05);
	assert_true(fabs(u.worst) >= u.off);
	assert_true(u.worst_level > 0);
}

/* A batch that fills: 1.3 times as much a user at 4 as at 1. */
static void more_a_user_is_no_usl(void **state)
{
	struct dot dot[8];
	struct usl u;

	(void)state;
	for (int i = 0; i < 8; i++)
		dot[i] = (struct dot){octaves[i], fmin(pow(octaves[i], 1.2), 30), 1, 0.01, 0.01};
	usl_fit(dot, 8, &u);
	assert_int_equal(u.says, USL_SUPERLINEAR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_own_curve_comes_back),
		cmocka_unit_test(through_noise_past_the_peak),
		cmocka_unit_test(below_the_peak_it_says_no),
		cmocka_unit_test(few_levels_say_nothing),
		cmocka_unit_test(slots_are_no_usl),
		cmocka_unit_test(more_a_user_is_no_usl),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
