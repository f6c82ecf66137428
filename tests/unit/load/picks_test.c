/* Which exchanges a worker keeps: few of many, and never not the slowest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/load/picks.h"
#include "base/clock.h"
#include "base/rng.h"

static struct picks picks;

static int fresh(void **state)
{
	(void)state;
	picks_init(&picks, 3, 1);
	return 0;
}

static int over(void **state)
{
	(void)state;
	picks_fini(&picks);
	return 0;
}

static bool ok(int task, int64_t latency_us, int64_t te_us)
{
	return picks_take(&picks, task, ERROR_NONE, 0, latency_us, te_us, "", 0);
}

static bool failed(enum error_class error, int32_t code, int64_t te_us, const char *message)
{
	return picks_take(&picks, 0, error, code, 1000, te_us, message, strlen(message));
}

/* 1000 s of 1000 requests each. */
static void a_million_requests_are_few_picks(void **state)
{
	struct rng rng;
	int64_t slowest = 0, kept_slowest = 0;
	int kept = 0, late = 0;

	(void)state;
	rng_seed(&rng, 1, 1);
	for (int i = 0; i < 1000000; i++) {
		int64_t us = (int64_t)(1000 / (1.0001 - rng_double(&rng)));
		bool taken = ok((int)rng_below(&rng, 3), us, i * 1000LL);

		kept += taken;
		late += taken && i >= 900000;
		if (us > slowest)
			slowest = us;
		if (taken && us > kept_slowest)
			kept_slowest = us;
	}
	assert_int_equal(kept_slowest, slowest);
	assert_in_range(kept, 1000, 60000);
	assert_in_range(late, 100, 6000);
}

/* Nothing else is kept any more, but what is much slower is. */
static void growing_latencies_stay_within_bounds(void **state)
{
	int kept = 0;

	(void)state;
	for (int i = 0; i < 100000; i++)
		kept += ok(0, 1000 + i, i * 10LL); /* within a second */
	/* The budget of two seconds, and 1000 * (1 + 1/64)^n = 101000. */
	assert_in_range(kept, 300, 650);
	assert_true(picks.task[0].slowest_us > 101000 * 63 / 64 - 1000);
}

static void the_first_failures_of_each_class_are_kept(void **state)
{
	(void)state;
	/* The budget is gone. */
	for (int i = 0; i < 1000; i++) {
		char message[32];

		snprintf(message, sizeof message, "%c%c trouble", 'a' + i % 26, 'a' + i / 26 % 26);
		failed(ERROR_HTTP_5XX, 503, 1, message);
	}
	for (int i = 0; i < 4; i++) {
		assert_true(failed(ERROR_RESET, 104, 2, "reset"));
		assert_true(failed(ERROR_CHECK, 0, 2, "check"));
	}
	assert_false(failed(ERROR_RESET, 104, 3, "reset"));
}

static void of_a_stretch_one_of_each_kind_is_kept(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		assert_true(failed(ERROR_HTTP_4XX, 429, 10, "first"));
	assert_true(failed(ERROR_HTTP_4XX, 429, 10, "slow down: retry in 17 s"));
	assert_false(failed(ERROR_HTTP_4XX, 429, 11, "slow down: retry in 18 s"));
	assert_true(failed(ERROR_HTTP_4XX, 429, 12, "no such model"));
	assert_true(failed(ERROR_HTTP_4XX, 400, 12, "no such model"));
	assert_true(failed(ERROR_HTTP_4XX, 429, 12 + US_PER_S, "no such model"));
}

static void the_next_takes_the_place_of_one_undone(void **state)
{
	(void)state;
	assert_true(ok(0, 5000, 1));
	picks_undo(&picks);
	assert_true(ok(0, 4999, 2));
	assert_true(failed(ERROR_DNS, 0, 3, ""));
	picks_undo(&picks);
	assert_int_equal(picks.first[ERROR_DNS], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_million_requests_are_few_picks, fresh, over),
		cmocka_unit_test_setup_teardown(growing_latencies_stay_within_bounds, fresh, over),
		cmocka_unit_test_setup_teardown(the_first_failures_of_each_class_are_kept, fresh, over),
		cmocka_unit_test_setup_teardown(of_a_stretch_one_of_each_kind_is_kept, fresh, over),
		cmocka_unit_test_setup_teardown(the_next_takes_the_place_of_one_undone, fresh, over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
