/* The plan of an open loop against plain arithmetic, also under changes by hand
 * at random moments. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "load/arrivals.h"

#define T0 (5000 * NS_PER_S)

static const struct arrival_plan constant = {.kind = ARRIVAL_CONSTANT}, poisson = {.kind = ARRIVAL_POISSON};
static struct control control;

static struct load_level rate(double per_second)
{
	return (struct load_level){.mode = MODE_OPEN, .level = per_second};
}

static int teardown(void **state)
{
	(void)state;
	control_fini(&control);
	return 0;
}

static double seconds(int64_t ns)
{
	return (double)(ns - T0) / NS_PER_S;
}

static void constant_is_exact_after_hours(void **state)
{
	struct arrivals a;

	(void)state;
	control_init(&control, T0, rate(3));
	arrivals_init(&a, &constant, &control, 1, 0, 1);
	for (int64_t k = 0; k < 3 * 3600 * 4; k++, arrivals_next(&a))
		assert_int_equal(arrivals_due_ns(&a) - T0, llround((double)k / 3 * NS_PER_S));
}

static void workers_share_one_plan(void **state)
{
	struct arrivals a[3];

	(void)state;
	control_init(&control, T0, rate(100));
	for (int w = 0; w < 3; w++)
		arrivals_init(&a[w], &constant, &control, 1, w, 3);
	for (int64_t k = 0; k < 1000; k++) {
		assert_int_equal(arrivals_due_ns(&a[k % 3]) - T0, k * 10 * NS_PER_MS);
		arrivals_next(&a[k % 3]);
	}
}

/* From 10 to 30 a second in 10 s: A(t) = 10 t + t^2. */
static void a_ramp_follows_its_integral(void **state)
{
	static const struct load_stage ramp = {.mode = MODE_OPEN, .from = 10, .to = 30, .length_ns = 10 * NS_PER_S};
	struct arrivals a;
	double last = -1;

	(void)state;
	control_init(&control, T0, rate(10));
	control_plan(&control, &ramp, 1, T0);
	arrivals_init(&a, &constant, &control, 1, 0, 1);
	for (int k = 0; k < 260; k++, arrivals_next(&a)) {
		double t = seconds(arrivals_due_ns(&a));

		if (t <= 10)
			assert_true(fabs(10 * t + t * t - k) < 1e-6);
		else
			assert_true(fabs(200 + 30 * (t - 10) - k) < 1e-6);
		assert_true(t > last);
		last = t;
	}
}

static void a_ramp_down_to_nothing_ends(void **state)
{
	static const struct load_stage ramp = {.mode = MODE_OPEN, .from = 10, .to = 0, .length_ns = 2 * NS_PER_S};
	struct arrivals a;

	(void)state;
	control_init(&control, T0, rate(10));
	control_plan(&control, &ramp, 1, T0);
	arrivals_init(&a, &constant, &control, 1, 0, 1);
	for (int k = 0; k < 10; k++, arrivals_next(&a))
		assert_true(seconds(arrivals_due_ns(&a)) < 2);
	arrivals_next(&a);
	assert_true(arrivals_due_ns(&a) == INT64_MAX);
}

/* 200 changes by hand, told to the reader only when their time has come, as a
 * worker learns of them: no gap or burst beyond 2 x the mean spacing. */
static void live_changes_leave_no_gap_and_no_burst(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7, 0);
	for (int run = 0; run < 20; run++) {
		double r = 50, expected = 0;
		int64_t change_ns = T0, last_ns = -1;
		struct arrivals a;
		uint64_t k = 0;

		control_fini(&control);
		control_init(&control, T0, rate(r));
		arrivals_init(&a, &constant, &control, 1, 0, 1);
		for (int change = 0; change < 200; change++) {
			double before = r;
			bool arrived = false;
			int64_t until_ns = change_ns + (int64_t)rng_below(&rng, NS_PER_S);

			for (; arrivals_due_ns(&a) < until_ns; arrivals_next(&a), k++) {
				int64_t due_ns = arrivals_due_ns(&a);
				double at = expected + r * (double)(due_ns - change_ns) / NS_PER_S;

				assert_true(fabs(at - (double)k) < 1e-4);
				assert_true(last_ns < 0 || due_ns > last_ns);
				last_ns = due_ns;
				arrived = true;
			}
			expected += r * (double)(until_ns - change_ns) / NS_PER_S;
			r = 1 + (double)rng_below(&rng, 400);
			control_set(&control, rate(r), until_ns);
			change_ns = until_ns;
			/* Across the change: between the gaps of the two rates. */
			double gap = (double)(arrivals_due_ns(&a) - last_ns) / NS_PER_S;

			if (!arrived)
				continue;
			assert_true(gap <= 1.0001 / fmin(before, r));
			assert_true(gap >= 0.9999 / fmax(before, r));
		}
	}
}

static void poisson_is_poisson(void **state)
{
	enum { WORKERS = 3, N = 200000 };
	struct arrivals a[WORKERS];
	double sum = 0, squares = 0;
	int64_t last_ns = T0;

	(void)state;
	control_init(&control, T0, rate(2000));
	for (int w = 0; w < WORKERS; w++)
		arrivals_init(&a[w], &poisson, &control, 42, w, WORKERS);
	/* All workers together, in order of time. */
	for (int i = 0; i < N; i++) {
		int first = 0;

		for (int w = 1; w < WORKERS; w++)
			if (arrivals_due_ns(&a[w]) < arrivals_due_ns(&a[first]))
				first = w;
		double gap = (double)(arrivals_due_ns(&a[first]) - last_ns);

		sum += gap;
		squares += gap * gap;
		last_ns = arrivals_due_ns(&a[first]);
		arrivals_next(&a[first]);
	}
	double mean = sum / N, deviation = sqrt(squares / N - mean * mean);

	assert_true(fabs(mean / (NS_PER_S / 2000.0) - 1) < 0.01);
	assert_true(fabs(deviation / mean - 1) < 0.02);
}

static void poisson_is_seeded(void **state)
{
	struct arrivals a, b, c;
	int same = 0;

	(void)state;
	control_init(&control, T0, rate(10));
	arrivals_init(&a, &poisson, &control, 1, 0, 2);
	arrivals_init(&b, &poisson, &control, 1, 0, 2);
	arrivals_init(&c, &poisson, &control, 2, 0, 2);
	for (int i = 0; i < 100; i++) {
		assert_true(arrivals_due_ns(&a) == arrivals_due_ns(&b));
		same += arrivals_due_ns(&a) == arrivals_due_ns(&c);
		arrivals_next(&a);
		arrivals_next(&b);
		arrivals_next(&c);
	}
	assert_true(same < 3);
}

static void a_trace_gives_the_times(void **state)
{
	static const double place[] = {0, 0.5, 0.5, 2, 3};
	const struct arrival_plan trace = {.kind = ARRIVAL_TRACE, .place = place, .places = 5};
	struct arrivals a;

	(void)state;
	control_init(&control, T0, rate(2));
	arrivals_init(&a, &trace, &control, 1, 0, 1);
	for (int i = 0; i < 5; i++, arrivals_next(&a))
		assert_int_equal(arrivals_due_ns(&a) - T0, llround(place[i] / 2 * NS_PER_S));
	assert_true(arrivals_due_ns(&a) == INT64_MAX);
}

static const struct load_stage stages[] = {
	{.mode = MODE_OPEN, .from = 10, .to = 10, .length_ns = 2 * NS_PER_S},
	{.mode = MODE_OPEN, .from = 10, .to = 30, .length_ns = 4 * NS_PER_S},
	{.mode = MODE_CLOSED, .from = 5, .to = 5, .length_ns = NS_PER_S},
};

static double level_at(double t)
{
	return stretch_level(&control_at(&control, T0 + llround(t * NS_PER_S))->stretch, T0 + llround(t * NS_PER_S));
}

static void near(double a, double b)
{
	assert_true(fabs(a - b) < 1e-6);
}

static void stages_come_one_after_another(void **state)
{
	(void)state;
	control_init(&control, T0, rate(3));
	control_plan(&control, stages, 3, T0 + NS_PER_S); /* after a warm-up */
	near(level_at(0.5), 3);
	near(level_at(1.5), 10);
	near(level_at(5), 20);
	near(level_at(7.5), 5);
	assert_int_equal(control_at(&control, T0 + 8 * NS_PER_S)->stretch.mode, MODE_CLOSED);
	near(level_at(99), 5); /* the last one stands */
}

static void a_pause_shifts_what_is_planned(void **state)
{
	(void)state;
	control_init(&control, T0, rate(3));
	control_plan(&control, stages, 3, T0);
	control_pause(&control, T0 + 4 * NS_PER_S);
	assert_true(control_at(&control, T0 + 50 * NS_PER_S)->stretch.paused);
	near(level_at(50), 20);
	near(stretch_arrived(&control_at(&control, T0 + 50 * NS_PER_S)->stretch, T0 + 50 * NS_PER_S), 20 + 30);
	control_resume(&control, T0 + 104 * NS_PER_S);
	near(level_at(104), 20);
	near(level_at(105), 25);
	near(level_at(106.5), 5);
	assert_false(control_at(&control, T0 + 106 * NS_PER_S)->stretch.paused);
}

static void pauses_are_not_measured(void **state)
{
	static const struct load_stage with_a_pause[] = {
		{.mode = MODE_OPEN, .from = 5, .to = 5, .length_ns = 2 * NS_PER_S},
		{.mode = MODE_OPEN, .from = 5, .to = 5, .length_ns = 3 * NS_PER_S, .paused = true},
		{.mode = MODE_OPEN, .from = 5, .to = 5, .length_ns = 4 * NS_PER_S}};

	(void)state;
	control_init(&control, T0, rate(5));
	control_plan(&control, with_a_pause, 3, T0);
	assert_int_equal(control_end_ns(&control, T0, 6 * NS_PER_S), T0 + 9 * NS_PER_S);
	assert_int_equal(control_end_ns(&control, T0, 2 * NS_PER_S), T0 + 2 * NS_PER_S);
	assert_int_equal(control_measured_ns(&control, T0, T0 + 9 * NS_PER_S), 6 * NS_PER_S);
	assert_int_equal(control_measured_ns(&control, T0 + 3 * NS_PER_S, T0 + 9 * NS_PER_S), 4 * NS_PER_S);
	/* Somebody ends the planned pause a second early: what follows comes earlier. */
	control_resume(&control, T0 + 4 * NS_PER_S);
	assert_false(control_at(&control, T0 + 4 * NS_PER_S)->stretch.paused);
	assert_int_equal(control_end_ns(&control, T0 + 4 * NS_PER_S, 4 * NS_PER_S), T0 + 8 * NS_PER_S);
	/* A pause by hand has no end that is known. */
	control_pause(&control, T0 + 6 * NS_PER_S);
	assert_true(control_end_ns(&control, T0 + 6 * NS_PER_S, 2 * NS_PER_S) == INT64_MAX);
	assert_int_equal(control_measured_ns(&control, T0 + 4 * NS_PER_S, T0 + 99 * NS_PER_S), 2 * NS_PER_S);
	control_resume(&control, T0 + 50 * NS_PER_S);
	assert_int_equal(control_end_ns(&control, T0 + 50 * NS_PER_S, 2 * NS_PER_S), T0 + 52 * NS_PER_S);
}

static void a_hand_takes_over(void **state)
{
	(void)state;
	control_init(&control, T0, rate(3));
	control_plan(&control, stages, 3, T0);
	control_set(&control, rate(7), T0 + 4 * NS_PER_S);
	near(level_at(3.5), 17.5);
	near(level_at(50), 7);
	/* Levels set in a pause are a new beginning. */
	control_pause(&control, T0 + 60 * NS_PER_S);
	control_set(&control, rate(9), T0 + 61 * NS_PER_S);
	assert_true(control_at(&control, T0 + 62 * NS_PER_S)->stretch.paused);
	control_resume(&control, T0 + 63 * NS_PER_S);
	near(level_at(64), 9);
	assert_false(control_at(&control, T0 + 64 * NS_PER_S)->stretch.paused);
}

/* A worker that looked a moment ahead of main finds the change all the same. */
static void a_reader_ahead_finds_the_change(void **state)
{
	const struct load_change *ahead;

	(void)state;
	control_init(&control, T0, rate(3));
	control_plan(&control, stages, 3, T0);
	ahead = control_at(&control, T0 + 2 * NS_PER_S);
	control_set(&control, rate(7), T0 + 2 * NS_PER_S - 1);
	near(control_next(ahead)->stretch.to, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(constant_is_exact_after_hours, teardown),
		cmocka_unit_test_teardown(workers_share_one_plan, teardown),
		cmocka_unit_test_teardown(a_ramp_follows_its_integral, teardown),
		cmocka_unit_test_teardown(a_ramp_down_to_nothing_ends, teardown),
		cmocka_unit_test_teardown(live_changes_leave_no_gap_and_no_burst, teardown),
		cmocka_unit_test_teardown(poisson_is_poisson, teardown),
		cmocka_unit_test_teardown(poisson_is_seeded, teardown),
		cmocka_unit_test_teardown(a_trace_gives_the_times, teardown),
		cmocka_unit_test_teardown(stages_come_one_after_another, teardown),
		cmocka_unit_test_teardown(a_pause_shifts_what_is_planned, teardown),
		cmocka_unit_test_teardown(pauses_are_not_measured, teardown),
		cmocka_unit_test_teardown(a_hand_takes_over, teardown),
		cmocka_unit_test_teardown(a_reader_ahead_finds_the_change, teardown),
	};

	return cmocka_run_group_tests_name("arrivals", tests, NULL, NULL);
}
