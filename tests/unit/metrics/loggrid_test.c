#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rng.h"
#include "metrics/hdr.h"
#include "metrics/loggrid.h"

static void anchored_at_one_second(void **state)
{
	(void)state;
	assert_true(loggrid_edge_us(LOGGRID_ANCHOR_BIN) == 1e6);
	assert_true(loggrid_edge_us(LOGGRID_ANCHOR_BIN - 16) == 5e5);
	assert_true(loggrid_edge_us(LOGGRID_ANCHOR_BIN + 16) == 2e6);
	assert_true(loggrid_edge_us(0) == 1e6 / 1048576);
	assert_true(loggrid_edge_us(LOGGRID_BINS) == 1e6 * 131072);
	assert_int_equal(loggrid_bin(1000000), LOGGRID_ANCHOR_BIN);
	assert_int_equal(loggrid_bin(999999), LOGGRID_ANCHOR_BIN - 1);
	assert_int_equal(loggrid_bin(500000), LOGGRID_ANCHOR_BIN - 16);
	assert_int_equal(loggrid_bin(2000000), LOGGRID_ANCHOR_BIN + 16);
	assert_int_equal(loggrid_bin(1999999), LOGGRID_ANCHOR_BIN + 15);
	/* sqrt(2) s and sqrt(1/2) s */
	assert_int_equal(loggrid_bin(1414214), LOGGRID_ANCHOR_BIN + 8);
	assert_int_equal(loggrid_bin(1414213), LOGGRID_ANCHOR_BIN + 7);
	assert_int_equal(loggrid_bin(707107), LOGGRID_ANCHOR_BIN - 8);
	assert_int_equal(loggrid_bin(707106), LOGGRID_ANCHOR_BIN - 9);
}

static void edges_are_the_powers_they_should_be(void **state)
{
	(void)state;
	for (int bin = 0; bin <= LOGGRID_BINS; bin++) {
		double want = 1e6 * exp2((bin - LOGGRID_ANCHOR_BIN) / 16.0);
		double got = loggrid_edge_us(bin);

		assert_true(fabs(got / want - 1) < 1e-14);
		if (bin)
			assert_true(got > loggrid_edge_us(bin - 1));
	}
}

static void check_value(int64_t us)
{
	int bin = loggrid_bin(us);

	assert_in_range(bin, 0, LOGGRID_BINS - 1);
	if (us >= 1)
		assert_true(loggrid_edge_us(bin) <= (double)us);
	if ((double)us < loggrid_edge_us(LOGGRID_BINS))
		assert_true((double)us < loggrid_edge_us(bin + 1));
}

static void every_value_lies_in_its_bin(void **state)
{
	struct rng rng;

	(void)state;
	for (int64_t us = 1; us < 100000; us++)
		check_value(us);
	/* Both sides of every edge. */
	for (int bin = 1; bin < LOGGRID_BINS; bin++) {
		int64_t at = (int64_t)ceil(loggrid_edge_us(bin));

		check_value(at - 1);
		check_value(at);
		if (at > 100) {
			assert_int_equal(loggrid_bin(at), bin);
			assert_int_equal(loggrid_bin(at - 1), bin - 1);
		}
	}
	rng_seed(&rng, 1, 0);
	for (int i = 0; i < 200000; i++)
		check_value((int64_t)(rng_next(&rng) >> (20 + rng_below(&rng, 44))));
}

static void clamps_to_the_ends(void **state)
{
	(void)state;
	assert_int_equal(loggrid_bin(0), 0);
	assert_int_equal(loggrid_bin(-5), 0);
	assert_int_equal(loggrid_bin(INT64_MIN), 0);
	assert_int_equal(loggrid_bin(1), 1);
	assert_int_equal(loggrid_bin(131072000000 - 1), LOGGRID_BINS - 1);
	assert_int_equal(loggrid_bin(131072000000), LOGGRID_BINS - 1);
	assert_int_equal(loggrid_bin(INT64_MAX), LOGGRID_BINS - 1);
	/* The whole range of the histograms is on the grid, unclamped. */
	assert_true(loggrid_bin(HDR_MAX_US) < LOGGRID_BINS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(anchored_at_one_second),
		cmocka_unit_test(edges_are_the_powers_they_should_be),
		cmocka_unit_test(every_value_lies_in_its_bin),
		cmocka_unit_test(clamps_to_the_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
