#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "metrics/bootstrap.h"
#include "metrics/student.h"

#define near(a, b, off) assert_true(fabs((a) - (b)) <= (off))

static void student_by_the_tables(void **state)
{
	(void)state;
	/* Published two-sided 5 % and 1 % points. */
	near(student_beyond(2.131, 15), 0.05, 1e-4);
	near(student_beyond(2.947, 15), 0.01, 1e-4);
	near(student_beyond(12.706, 1), 0.05, 1e-5);
	near(student_beyond(1.960, 1e6), 0.05, 1e-4);
	near(student_beyond(0, 7), 1, 1e-12);
	near(student_beyond(1.372, 10), 0.2, 1e-4);
	assert_true(student_beyond(60, 15) < 1e-15 && student_beyond(60, 15) >= 0);
	near(student_point(15), 2.131, 0.002);
	near(student_point(1e9), 1.96, 1e-4);
}

struct values {
	int n;
	double at[BOOTSTRAP_SPANS_MAX];
};

static void mean(const void *of, const uint32_t times[], double out[])
{
	const struct values *v = of;
	double sum = 0, n = 0;

	for (int i = 0; i < v->n; i++) {
		sum += times[i] * v->at[i];
		n += times[i];
	}
	out[0] = sum / n;
	out[1] = 2 * sum / n;
}

static double deviation(int spans, uint64_t seed, bootstrap_figures *figures, const void *of)
{
	double out[2];

	bootstrap_deviations(spans, seed, figures, of, 1, out);
	return out[0];
}

/* Of independent values: sd / sqrt(n), less what n - 1 and blocks take. */
static void the_deviation_of_a_mean(void **state)
{
	double sum = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5, 0);
	for (int round = 0; round < 50; round++) {
		struct values v = {.n = 64};

		for (int i = 0; i < v.n; i++)
			v.at[i] = 10 + rng_normal(&rng);
		sum += deviation(v.n, (uint64_t)round, mean, &v);
	}
	near(sum / 50, 1.0 / 8, 0.02);
}

/* Neighbours that are alike count as fewer: a mean of n values of which each run of
 * 8 is the same varies as one of n / 8 does. */
static void neighbours_stay_together(void **state)
{
	double alone = 0, alike = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 6, 0);
	for (int round = 0; round < 50; round++) {
		struct values a = {.n = 64}, b = {.n = 64};

		for (int i = 0; i < 64; i++) {
			a.at[i] = rng_normal(&rng);
			b.at[i] = i % 8 ? b.at[i - 1] : rng_normal(&rng);
		}
		alone += deviation(64, 1, mean, &a);
		alike += deviation(64, 1, mean, &b);
	}
	assert_true(alike > 1.6 * alone);
}

static void none(const void *of, const uint32_t times[], double out[])
{
	(void)of;
	out[0] = times[0] ? NAN : 1;
}

static void every_span_is_as_likely_and_no_draw_is_larger(void **state)
{
	struct values v = {.n = 7, .at = {1, 1, 1, 1, 1, 1, 1}};
	double both[2];

	(void)state;
	near(deviation(7, 3, mean, &v), 0, 1e-12);
	assert_int_equal(bootstrap_block(64), 8);
	assert_int_equal(bootstrap_block(2), 1);
	near(bootstrap_freedom(64), 7, 1e-9);
	assert_true(isnan(deviation(2, 3, none, &v)));
	/* Twice as much varies twice as much. */
	v.at[2] = 3;
	bootstrap_deviations(7, 3, mean, &v, 2, both);
	near(both[1], 2 * both[0], 1e-12);
	/* The same again. */
	v.at[3] = 9;
	assert_true(deviation(7, 3, mean, &v) == deviation(7, 3, mean, &v));
}

static void holm_by_hand(void **state)
{
	double p[] = {0.01, 0.04, 0.03, 0.005}, one[] = {0.2};

	(void)state;
	holm_adjust(p, 4);
	near(p[0], 0.03, 1e-12);
	near(p[1], 0.06, 1e-12); /* not less than the one before it */
	near(p[2], 0.06, 1e-12);
	near(p[3], 0.02, 1e-12);
	holm_adjust(one, 1);
	near(one[0], 0.2, 1e-12);
	holm_adjust(one, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(student_by_the_tables),
		cmocka_unit_test(the_deviation_of_a_mean),
		cmocka_unit_test(neighbours_stay_together),
		cmocka_unit_test(every_span_is_as_likely_and_no_draw_is_larger),
		cmocka_unit_test(holm_by_hand),
	};

	return cmocka_run_group_tests_name("bootstrap", tests, NULL, NULL);
}
