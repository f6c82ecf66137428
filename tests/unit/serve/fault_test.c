#include "../../../src/serve/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

#define DRAWS 100000

static void each_fault_has_its_rate(void **state)
{
	struct serve_faults faults = {.reject = 0.1, .fail = 0.2, .reset = 0.05, .truncate = 0.3,
				      .inband_error = 0.25, .stall = 0.15, .slow_start = 0.4};
	/* Of those that end a request the first one that hits counts. */
	double wanted[SERVE_FAULTS] = {
		[SERVE_FAULT_REJECT] = 0.1,
		[SERVE_FAULT_FAIL] = 0.9 * 0.2,
		[SERVE_FAULT_RESET] = 0.9 * 0.8 * 0.05,
		[SERVE_FAULT_TRUNCATE] = 0.9 * 0.8 * 0.95 * 0.3,
		[SERVE_FAULT_INBAND] = 0.9 * 0.8 * 0.95 * 0.7 * 0.25,
		[SERVE_FAULT_STALL] = 0.15,
		[SERVE_FAULT_SLOW_START] = 0.4,
	};
	double seen[SERVE_FAULTS] = {0};
	int unavailable = 0;

	(void)state;
	for (uint64_t n = 0; n < DRAWS; n++) {
		struct serve_fate fate = serve_fate_draw(&faults, 9, n);

		seen[fate.ends]++;
		seen[SERVE_FAULT_STALL] += fate.stalls;
		seen[SERVE_FAULT_SLOW_START] += fate.starts_slowly;
		if (fate.ends == SERVE_FAULT_REJECT)
			assert_int_equal(fate.status, 429);
		else if (fate.ends == SERVE_FAULT_FAIL)
			unavailable += fate.status == 503;
		else
			assert_int_equal(fate.status, 0);
	}
	for (int i = SERVE_FAULT_REJECT; i < SERVE_FAULTS; i++)
		assert_float_equal((seen[i] / DRAWS), wanted[i], 0.006);
	assert_float_equal((unavailable / seen[SERVE_FAULT_FAIL]), 0.5, 0.02);
}

static void zero_and_one_are_never_and_always(void **state)
{
	struct serve_faults none = {0}, all = {.truncate = 1, .stall = 1};

	(void)state;
	for (uint64_t n = 0; n < 1000; n++) {
		struct serve_fate fate = serve_fate_draw(&none, 1, n);

		assert_true(fate.ends == SERVE_FAULT_NONE && !fate.stalls && !fate.starts_slowly);
		fate = serve_fate_draw(&all, 1, n);
		assert_true(fate.ends == SERVE_FAULT_TRUNCATE && fate.stalls);
	}
}

/* One rate more, and the others hit the same requests. */
static void a_rate_moves_no_other(void **state)
{
	struct serve_faults one = {.stall = 0.2, .slow_start = 0.3};
	struct serve_faults two = {.stall = 0.2, .slow_start = 0.3, .reset = 0.5};
	int differ = 0;

	(void)state;
	for (uint64_t n = 0; n < 1000; n++) {
		struct serve_fate a = serve_fate_draw(&one, 4, n), b = serve_fate_draw(&two, 4, n);
		struct serve_fate c = serve_fate_draw(&one, 5, n);

		assert_int_equal(a.stalls, b.stalls);
		assert_int_equal(a.starts_slowly, b.starts_slowly);
		differ += a.stalls != c.stalls;
	}
	assert_true(differ > 100);
}

static void the_model_stands_still_in_a_common_pause(void **state)
{
	struct serve_faults faults = {.common_every_ns = 100, .common_length_ns = 30};
	static const int64_t pairs[][2] = {/* real, model */
		{0, 0}, {99, 99}, {100, 100}, {115, 100}, {130, 100}, {131, 101},
		{199, 169}, {200, 170}, {229, 170}, {230, 170}, {299, 239}, {300, 240},
		{330, 240}, {331, 241}};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		assert_int_equal(serve_fault_model_ns(&faults, pairs[i][0]), pairs[i][1]);
	assert_int_equal(serve_fault_real_ns(&faults, 99), 99);
	assert_int_equal(serve_fault_real_ns(&faults, 100), 130);
	assert_int_equal(serve_fault_real_ns(&faults, 101), 131);
	assert_int_equal(serve_fault_real_ns(&faults, 169), 199);
	assert_int_equal(serve_fault_real_ns(&faults, 170), 230);
	for (int64_t model = 0; model < 10000; model++) {
		int64_t real = serve_fault_real_ns(&faults, model);

		assert_int_equal(serve_fault_model_ns(&faults, real), model);
		assert_true(serve_fault_real_ns(&faults, model + 1) > real);
	}
	faults.common_length_ns = 0;
	assert_int_equal(serve_fault_model_ns(&faults, 12345), 12345);
	assert_int_equal(serve_fault_real_ns(&faults, 12345), 12345);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_fault_has_its_rate),
		cmocka_unit_test(zero_and_one_are_never_and_always),
		cmocka_unit_test(a_rate_moves_no_other),
		cmocka_unit_test(the_model_stands_still_in_a_common_pause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
