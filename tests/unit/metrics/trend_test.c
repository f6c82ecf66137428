#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/rng.h"
#include "metrics/trend.h"

#define near(a, b, off) assert_true(fabs((a) - (b)) <= (off))

/* Latencies a + b n + c n^2, off by so much. */
static struct trend fit_of(struct rng *rng, int count, double a, double b, double c, double off)
{
	struct dot dot[DOTS_MAX];
	struct trend line;

	for (int i = 0; i < count; i++) {
		double n = 8 * (i + 1);

		dot[i] = (struct dot){.level = n, .x = 1, .x_off = off, .r_off = fmax(off, DOT_OFF_LEAST),
				      .r_s = (a + b * n + c * n * n) * (1 + off * rng_normal(rng))};
	}
	trend_fit(dot, count, &line);
	return line;
}

static void an_exact_line(void **state)
{
	struct rng rng;
	struct trend l;

	(void)state;
	rng_seed(&rng, 1, 0);
	l = fit_of(&rng, 6, 0.2, 0.07, 0, 0);
	assert_int_equal(l.shape, TREND_STRAIGHT);
	near(l.slope, 0.07, 1e-9);
	near(l.at_zero, 0.2, 1e-9);
	near(l.r2, 1, 1e-9);
	near(l.from, 8, 0);
	near(l.to, 48, 0);
	assert_int_equal(l.levels, 6);
}

static void shapes_are_told_apart(void **state)
{
	int flat = 0, straight = 0, up = 0, down = 0, covered = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 2, 0);
	for (int round = 0; round < 200; round++) {
		struct trend l = fit_of(&rng, 8, 0.5, 0, 0, 0.02);

		flat += l.shape == TREND_FLAT;
		l = fit_of(&rng, 8, 0.5, 0.02, 0, 0.02);
		straight += l.shape == TREND_STRAIGHT;
		covered += fabs(l.slope - 0.02) < 2 * l.slope_off;
		assert_true(l.r2 > 0.9);
		up += fit_of(&rng, 8, 0.5, 0, 0.001, 0.02).shape == TREND_BENDS_UP;
		down += fit_of(&rng, 8, 0.5, 0.05, -0.00035, 0.02).shape == TREND_BENDS_DOWN;
	}
	assert_true(flat >= 190);
	assert_true(straight >= 195);
	assert_true(covered >= 185);
	assert_true(up >= 195);
	assert_true(down >= 195);
}

static void two_levels_are_no_test(void **state)
{
	struct dot dot[] = {{4, 1, 0.5, 0.01, 0.01}, {4, 1, 0.5, 0.01, 0.01}, {8, 1, 0.9, 0.01, 0.01}};
	struct trend l;

	(void)state;
	trend_fit(dot, 3, &l);
	assert_int_equal(l.levels, 2);
	assert_int_equal(l.shape, TREND_UNKNOWN);
	near(l.slope, 0.1, 1e-9);
	trend_fit(dot, 2, &l);
	assert_int_equal(l.levels, 1);
	assert_true(isnan(l.slope) && isnan(l.r2));
	trend_fit(dot, 0, &l);
	assert_int_equal(l.levels, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_exact_line),
		cmocka_unit_test(shapes_are_told_apart),
		cmocka_unit_test(two_levels_are_no_test),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
