#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/baseline.h"

static void targets_have_room_and_are_round(void **state)
{
	static const struct {
		double measured_us, target_us;
	} row[] = {
		{2090000, 3000000}, {2370000, 4000000}, {1000000, 1500000}, {700, 1000},
		{715, 1500},        {0, 1},             {0.5, 1},           {7142857, 10000000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++)
		assert_true(fabs(baseline_target_us(row[i].measured_us) - row[i].target_us) <
			    1e-6 * row[i].target_us);
}

static struct task tasks[] = {{.name = "a", .cases = 3}, {.name = "b", .cases = 1}};
static const struct scenario scenario = {.task = tasks, .task_count = 2};

static void every_case_once_task_by_task(void **state)
{
	uint64_t count;
	struct script_item *script = baseline_script(&scenario, &count);

	(void)state;
	assert_int_equal(count, 4);
	for (uint64_t i = 0; i < 4; i++) {
		assert_int_equal(script[i].task, i == 3);
		assert_int_equal(script[i].number, i == 3 ? 0 : i);
	}
	free(script);
}

static struct metrics measured(uint64_t succeeded, uint64_t failed, int64_t us, double quality)
{
	return (struct metrics){
		.requests = succeeded + failed, .succeeded = succeeded, .failed = failed,
		.quality = quality,
		.latency = {.count = succeeded, .mean_us = (double)us, .p95_us = us, .max_us = us},
	};
}

static const char *printed(bool partial)
{
	static char text[4000];
	struct metrics task[] = {measured(5, 1, 500000, 91.2), measured(0, 0, 0, NAN)};
	struct result result = {.duration_us = 2500000, .summary = measured(5, 1, 500000, 91.2),
				.task_count = 2, .task = task};
	struct run_meta meta = {.scenario = "s", .target = "http://h"};
	FILE *out = fmemopen(text, sizeof text, "w");

	baseline_print(out, &scenario, &meta, &result, partial);
	fclose(out);
	return text;
}

static void a_failure_is_a_lost_case(void **state)
{
	(void)state;
	assert_non_null(strstr(printed(false), "\n  a                            2 of 3    500 ms"
					       "    500 ms    500 ms     2.00     91.2\n"));
	/* What never answered has no figures. */
	assert_non_null(strstr(printed(false), "         -         -         -        -        -\n"));
	assert_non_null(strstr(printed(false), "\n  all                          3 of 4 "));
	assert_non_null(strstr(printed(false), "\"slo\": [\"success>=95%\", \"p95<800ms\", \"quality>=90\"]"));
}

static void an_interruption_is_said(void **state)
{
	(void)state;
	assert_non_null(strstr(printed(true), "interrupted: not all cases were tried"));
	assert_non_null(strstr(printed(true), " 1 failed "));
	assert_null(strstr(printed(true), " of 3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_have_room_and_are_round),
		cmocka_unit_test(every_case_once_task_by_task),
		cmocka_unit_test(a_failure_is_a_lost_case),
		cmocka_unit_test(an_interruption_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
