#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/rng.h"
#include "metrics/dots.h"

#define near(a, b, off) assert_true(fabs((a) - (b)) <= (off))

static struct dot_windows random_windows(struct rng *rng, int count, double answers, double off)
{
	struct dot_windows w = {.count = count};

	for (int i = 0; i < count; i++) {
		w.answers[i] = (float)(answers * (1 + off * rng_normal(rng)));
		w.times_s[i] = w.answers[i] * (float)(0.5 * (1 + off * rng_normal(rng)));
	}
	return w;
}

static void independent_windows_tell_the_deviation(void **state)
{
	double x = 0, r = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1, 0);
	for (int round = 0; round < 400; round++) {
		struct dot_windows w = random_windows(&rng, 32, 50, 0.2);
		struct dot dot = {.level = 8, .x = 100, .r_s = 0.5};

		assert_true(dot_sure(&dot, &w));
		x += dot.x_off * dot.x_off / 400;
		r += dot.r_off * dot.r_off / 400;
	}
	near(sqrt(x), 0.2 / sqrt(32), 0.003);
	near(sqrt(r), 0.2 / sqrt(32), 0.003);
}

static void draws_vary_as_the_deviation_says(void **state)
{
	struct dot dot = {.level = 8, .x = 100, .r_s = 0.5}, again;
	double sum = 0, squares = 0;
	struct dot_draws draws;
	struct dot_windows w;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 2, 0);
	w = random_windows(&rng, 32, 50, 0.2);
	assert_true(dot_sure(&dot, &w));
	dot_draws_init(&draws, &w);
	for (int i = 0; i < 4000; i++) {
		dot_redraw(&dot, &draws, &rng, &again);
		sum += again.x - dot.x;
		squares += (again.x - dot.x) * (again.x - dot.x);
		assert_true(again.level >= 8 && again.level <= 8);
	}
	near(sum / 4000 / 100, 0, 0.003);
	near(sqrt(squares / 4000) / 100 / dot.x_off, 1, 0.05);
}

/* What runs of neighbours have in common does not average out. */
static void neighbours_that_are_alike_count_as_fewer(void **state)
{
	double alone = 0, alike = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3, 0);
	for (int round = 0; round < 100; round++) {
		struct dot_windows w = random_windows(&rng, 32, 50, 0.2);
		struct dot dot = {.level = 1, .x = 1, .r_s = 1};

		assert_true(dot_sure(&dot, &w));
		alone += dot.x_off;
		for (int i = 0; i < 32; i++)
			w.answers[i] = w.answers[i / 4 * 4];
		assert_true(dot_sure(&dot, &w));
		alike += dot.x_off;
	}
	near(alike / alone, 2, 0.5);
}

static void few_windows_say_nothing(void **state)
{
	struct dot dot = {.level = 1, .x = 1, .r_s = 1};
	struct dot_windows w = {.count = DOT_WINDOWS};
	struct rng rng;

	(void)state;
	assert_false(dot_sure(&dot, &w)); /* all empty */
	assert_true(isnan(dot.x_off) && isnan(dot.r_off));
	rng_seed(&rng, 4, 0);
	w = random_windows(&rng, DOT_WINDOWS_LEAST - 1, 50, 0.2);
	assert_false(dot_sure(&dot, &w));
	w.count = 0;
	assert_false(dot_sure(&dot, &w));
	w = random_windows(&rng, DOT_WINDOWS_LEAST, 50, 0);
	assert_true(dot_sure(&dot, &w));
	near(dot.x_off, DOT_OFF_LEAST, 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(independent_windows_tell_the_deviation),
		cmocka_unit_test(draws_vary_as_the_deviation_says),
		cmocka_unit_test(neighbours_that_are_alike_count_as_fewer),
		cmocka_unit_test(few_windows_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
