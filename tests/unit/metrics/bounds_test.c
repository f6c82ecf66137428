#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "metrics/bounds.h"

#define near(a, b, off) assert_true(fabs((a) - (b)) <= (off))

/* Slots: everybody is served at once up to `slots`. */
static int slots(struct dot dot[], const double *level, int count, double slots_, double cycle, double off)
{
	for (int i = 0; i < count; i++) {
		double x = fmin(level[i], slots_) / cycle;

		dot[i] = (struct dot){.level = level[i], .x = x, .r_s = level[i] / x, .x_off = off, .r_off = off};
	}
	return count;
}

static void the_knee_of_slots(void **state)
{
	static const double level[] = {1, 2, 4, 8, 16, 32};
	struct dot dot[6];
	struct bounds b;

	(void)state;
	bounds_fit(dot, slots(dot, level, 6, 8, 0.5, 0.01), &b);
	assert_true(b.reached);
	assert_false(b.passed);
	near(b.knee, 8, 1e-9);
	near(b.x_max, 16, 1e-9);
	near(b.cycle_s, 0.5, 1e-9);
	near(b.r_min_s, 0.5, 1e-9);
	near(b.light_to, 8, 0);
	near(b.plateau_from, 8, 0);
	near(b.plateau_to, 32, 0);
	near(bounds_x(&b, 4), 8, 1e-9);
	near(bounds_x(&b, 64), 16, 1e-9);
}

/* With think time a user is as long out of the system; only Little's law knows. */
static void think_time_follows_from_the_throughput(void **state)
{
	static const double level[] = {1, 4, 10, 40, 80};
	struct dot dot[5];
	struct bounds b;

	(void)state;
	slots(dot, level, 5, 20, 2.0, 0.01);
	for (int i = 0; i < 5; i++)
		dot[i].r_s = fmax(0.5, dot[i].level / 10 - 1.5);
	bounds_fit(dot, 5, &b);
	near(b.knee, 20, 1e-9);
	near(b.cycle_s, 2, 1e-9);
	near(b.r_min_s, 0.5, 1e-9);
}

static void what_still_grows_has_no_knee(void **state)
{
	static const double up[] = {1, 2, 4, 8}, by_one[] = {4, 5, 6, 7, 8}, to_the_knee[] = {1, 2, 4, 8, 16};
	struct dot dot[5];
	struct bounds b;

	(void)state;
	bounds_fit(dot, slots(dot, up, 4, 32, 0.5, 0.01), &b);
	assert_false(b.reached);
	assert_true(isnan(b.knee));
	near(b.x_max, 16, 1e-9); /* the most so far */
	bounds_fit(dot, slots(dot, by_one, 5, 32, 0.5, 0.01), &b);
	assert_false(b.reached);
	/* The knee itself is the last that was tried. */
	bounds_fit(dot, slots(dot, to_the_knee, 5, 16, 0.5, 0.01), &b);
	assert_false(b.reached);
}

/* Whoever begins beyond the knee has seen nobody who does not wait. */
static void levels_beyond_the_knee_tell_no_knee(void **state)
{
	static const double beyond[] = {16, 32, 64}, at_it[] = {7, 16, 32}, below[] = {4, 7, 16, 32};
	struct dot dot[4];
	struct bounds b;

	(void)state;
	bounds_fit(dot, slots(dot, beyond, 3, 8, 0.5, 0.01), &b);
	assert_true(b.reached);
	assert_false(b.light);
	assert_true(isnan(b.knee));
	near(b.x_max, 16, 1e-9);
	bounds_fit(dot, slots(dot, at_it, 3, 8, 0.5, 0.01), &b);
	assert_true(b.reached && !b.light && isnan(b.knee));
	bounds_fit(dot, slots(dot, below, 4, 8, 0.5, 0.01), &b);
	assert_true(b.light);
	near(b.knee, 8, 1e-9);
}

/* 16 and 17 users the same: so close together that growth would not show. */
static void close_levels_are_no_plateau(void **state)
{
	static const double close[] = {1, 4, 16, 17}, apart[] = {1, 4, 16, 20};
	struct dot dot[4];
	struct bounds b;

	(void)state;
	bounds_fit(dot, slots(dot, close, 4, 16, 0.5, 0.01), &b);
	assert_false(b.reached);
	bounds_fit(dot, slots(dot, apart, 4, 16, 0.5, 0.01), &b);
	assert_true(b.reached);
	/* Apart, and too unsure to tell. */
	bounds_fit(dot, slots(dot, apart, 4, 16, 0.5, 0.2), &b);
	assert_false(b.reached);
}

static void a_peak_that_lies_behind_is_reached(void **state)
{
	struct dot dot[] = {
		{1, 2, 0.5, 0.01, 0.01}, {4, 8, 0.5, 0.01, 0.01}, {8, 12, 0.7, 0.01, 0.01}, {16, 9, 1.8, 0.01, 0.01},
	};
	struct bounds b;

	(void)state;
	bounds_fit(dot, 4, &b);
	assert_true(b.reached && b.passed);
	near(b.x_max, 12, 1e-9);
	near(b.knee, 6, 1e-9);
	near(b.plateau_to, 8, 0);
}

/* The surer one of two visits counts for more. */
static void visits_of_one_level_are_pooled(void **state)
{
	struct dot dot[] = {
		{1, 2, 0.5, 0.01, 0.01}, {4, 8, 0.5, 0.01, 0.01}, {16, 10.0, 1.6, 0.01, 0.01}, {16, 10.2, 1.6, 0.03, 0.01},
		{32, 10, 3.2, 0.01, 0.01},
	};
	struct bounds b;

	(void)state;
	bounds_fit(dot, 5, &b);
	assert_true(b.reached);
	near(b.x_max, 10.01, 0.01);
	bounds_fit(dot, 1, &b);
	assert_false(b.reached);
	near(b.r_min_s, 0.5, 1e-9);
}

/* Where a batch fills, nobody waits at the level that gives most a user. */
static void the_cheapest_level_is_the_light_one(void **state)
{
	struct dot dot[] = {
		{1, 2, 0.5, 0.01, 0.01}, {2, 5, 0.4, 0.01, 0.01}, {4, 10, 0.4, 0.01, 0.01}, {16, 12, 1.3, 0.01, 0.01},
		{32, 12, 2.6, 0.01, 0.01},
	};
	struct bounds b;

	(void)state;
	bounds_fit(dot, 5, &b);
	near(b.cycle_s, 0.4, 1e-9);
	near(b.light_to, 4, 0);
	near(b.knee, 4.8, 1e-9);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_knee_of_slots),
		cmocka_unit_test(think_time_follows_from_the_throughput),
		cmocka_unit_test(what_still_grows_has_no_knee),
		cmocka_unit_test(levels_beyond_the_knee_tell_no_knee),
		cmocka_unit_test(close_levels_are_no_plateau),
		cmocka_unit_test(a_peak_that_lies_behind_is_reached),
		cmocka_unit_test(visits_of_one_level_are_pooled),
		cmocka_unit_test(the_cheapest_level_is_the_light_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
