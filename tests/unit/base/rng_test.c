#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"

static void generator_is_xoshiro256starstar(void **state)
{
	static const uint64_t want[] = {
		11520, 0, 1509978240, 1215971899390074240U, 1216172134540287360U,
		607988272756665600U, 16172922978634559625U, 8476171486693032832U,
		10595114339597558777U, 2904607092377533576U,
	};
	struct rng rng = {.s = {1, 2, 3, 4}};

	(void)state;
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		assert_int_equal(rng_next(&rng), want[i]);
}

static void same_seed_same_numbers(void **state)
{
	struct rng a, b;

	(void)state;
	rng_seed(&a, 42, 7);
	rng_seed(&b, 42, 7);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(rng_next(&a), rng_next(&b));
	/* Written down, so that a run can be repeated with a later version. */
	rng_seed(&a, 1, 0);
	assert_int_equal(rng_next(&a), 0xef75d62a19ba94edULL);
}

/* Two streams agree in half of their bits, as chance has it: 64,000 bits with
 * a standard deviation of 126. */
static void assert_unrelated(uint64_t seed_a, uint64_t stream_a, uint64_t seed_b, uint64_t stream_b)
{
	struct rng a, b;
	int same = 0, equal = 0;

	rng_seed(&a, seed_a, stream_a);
	rng_seed(&b, seed_b, stream_b);
	for (int i = 0; i < 1000; i++) {
		uint64_t x = rng_next(&a), y = rng_next(&b);

		equal += x == y;
		same += __builtin_popcountll(~(x ^ y));
	}
	assert_int_equal(equal, 0);
	assert_in_range(same, 32000 - 6 * 127, 32000 + 6 * 127);
}

static void streams_are_unrelated(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 20; i++)
		for (uint64_t k = i + 1; k < 20; k++) {
			assert_unrelated(1, i, 1, k);
			assert_unrelated(i, 0, k, 0);
			assert_unrelated(i, k, k, i);
			assert_unrelated(i, i, k, k);
		}
	assert_unrelated(0, 0, UINT64_MAX, UINT64_MAX);
}

static void below_is_even(void **state)
{
	enum { DRAWS = 70000 };
	int hits[7] = {0};
	struct rng rng;
	double chi2 = 0;

	(void)state;
	rng_seed(&rng, 5, 0);
	for (int i = 0; i < DRAWS; i++) {
		uint64_t x = rng_below(&rng, 7);

		assert_true(x < 7);
		hits[x]++;
	}
	for (int i = 0; i < 7; i++)
		chi2 += pow(hits[i] - DRAWS / 7, 2) / (DRAWS / 7);
	assert_true(chi2 < 30); /* 6 degrees of freedom: p < 0.0001 */
	for (int i = 0; i < 100; i++)
		assert_int_equal(rng_below(&rng, 1), 0);
}

/* Of 3 * 2^62 numbers a plain remainder would hit the lowest third in half of
 * all draws. */
static void below_has_no_bias_for_large_bounds(void **state)
{
	const uint64_t third = 1ULL << 62;
	int low = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 6, 0);
	for (int i = 0; i < 30000; i++) {
		uint64_t x = rng_below(&rng, 3 * third);

		assert_true(x < 3 * third);
		low += x < third;
	}
	assert_in_range(low, 10000 - 500, 10000 + 500);
	for (int i = 0; i < 1000; i++)
		assert_true(rng_below(&rng, UINT64_MAX) < UINT64_MAX);
}

static void doubles_lie_in_the_unit_interval(void **state)
{
	double sum = 0, least = 1, most = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7, 0);
	for (int i = 0; i < 100000; i++) {
		double x = rng_double(&rng);

		assert_true(x >= 0 && x < 1);
		sum += x;
		least = fmin(least, x);
		most = fmax(most, x);
	}
	assert_true(fabs(sum / 100000 - 0.5) < 0.005);
	assert_true(least < 0.001 && most > 0.999);
	/* The ends: all bits clear, all bits set. */
	struct rng lowest = {.s = {1, 0, 3, 4}};
	assert_true(rng_double(&lowest) == 0);
}

static void normals_are_normal(void **state)
{
	enum { N = 100000 };
	double sum = 0, squares = 0;
	int beyond_2 = 0, positive = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 8, 0);
	for (int i = 0; i < N; i++) {
		double x = rng_normal(&rng);

		assert_true(isfinite(x));
		sum += x;
		squares += x * x;
		beyond_2 += fabs(x) > 2;
		positive += x > 0;
	}
	assert_true(fabs(sum / N) < 0.02);
	assert_true(fabs(squares / N - 1) < 0.03);
	assert_in_range(beyond_2, 4550 - 400, 4550 + 400);
	assert_in_range(positive, 50000 - 1000, 50000 + 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(generator_is_xoshiro256starstar),
		cmocka_unit_test(same_seed_same_numbers),
		cmocka_unit_test(streams_are_unrelated),
		cmocka_unit_test(below_is_even),
		cmocka_unit_test(below_has_no_bias_for_large_bounds),
		cmocka_unit_test(doubles_lie_in_the_unit_interval),
		cmocka_unit_test(normals_are_normal),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
