/* Series whose correlation is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "metrics/alike.h"

/* Each value follows from the one before by phi: the variance of its mean is (1 + phi) /
 * (1 - phi) times that of independent ones. */
static double inflation_of(double phi, int n, uint64_t seed)
{
	struct alike a = {0};
	struct rng rng;
	double x = 0;

	rng_seed(&rng, seed, 0);
	for (int i = 0; i < n; i++) {
		x = phi * x + rng_double(&rng) - 0.5;
		alike_add(&a, 1000 + x);
	}
	return alike_inflation(&a);
}

static void series_of_known_correlation(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		double none = inflation_of(0, 20000, seed), half = inflation_of(0.5, 20000, seed);
		double much = inflation_of(0.9, 20000, seed);

		assert_true(none >= 1 && none < 2.5);
		assert_true(half > 2.5 && half < 8);
		assert_true(much > 15 && much < 45);
	}
}

static void few_values_tell_it_already(void **state)
{
	double alone = 0, alike = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		alone += inflation_of(0, 50, seed) / 50;
		alike += inflation_of(0.95, 50, seed) / 50;
	}
	assert_true(alone < 1.5);
	assert_true(alike > 8);
}

static void at_the_edges(void **state)
{
	struct alike a = {0};

	(void)state;
	assert_true(alike_inflation(&a) == 1);
	for (int i = 0; i < 3; i++)
		alike_add(&a, 0.1 * i);
	assert_true(alike_inflation(&a) == 3);

	/* A ramp: no more than its number. */
	for (int i = 3; i < 100; i++)
		alike_add(&a, 0.1 * i);
	assert_true(alike_inflation(&a) > 20 && alike_inflation(&a) <= 100);

	a = (struct alike){0};
	for (int i = 0; i < 100; i++)
		alike_add(&a, 12.7);
	assert_true(alike_inflation(&a) == 1);

	a = (struct alike){0};
	for (int i = 0; i < 100; i++)
		alike_add(&a, i % 2);
	assert_true(alike_inflation(&a) == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(series_of_known_correlation),
		cmocka_unit_test(few_values_tell_it_already),
		cmocka_unit_test(at_the_edges),
	};

	return cmocka_run_group_tests_name("alike", tests, NULL, NULL);
}
