/* Exit codes of a run with a baseline: the first that applies. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/versus.h"

static struct contrast_row row;

static struct contrast with(enum contrast_verdict verdict, double low)
{
	struct contrast c = {.row = &row, .count = 1};

	row = (struct contrast_row){.verdict = verdict, .low = low};
	c.of[verdict] = 1;
	return c;
}

static void what_the_figures_ask_for(void **state)
{
	struct contrast worse = with(CONTRAST_WORSE, 1.5), undecided;

	(void)state;
	assert_int_equal(versus_code(&worse, false, 0), 4);
	assert_int_equal(versus_code(&worse, false, 5), 4); /* an SLO without a verdict */
	assert_int_equal(versus_code(&worse, false, 3), 3);
	assert_int_equal(versus_code(&worse, false, 1), 1);
	assert_int_equal(versus_code(&worse, false, 70), 70);
	undecided = with(CONTRAST_UNDECIDED, 0.8);
	assert_int_equal(versus_code(&undecided, false, 0), 0);
	assert_int_equal(versus_code(&undecided, false, 5), 5);
	undecided = with(CONTRAST_UNDECIDED, NAN);
	assert_int_equal(versus_code(&undecided, false, 0), 5); /* nothing can be told */
	assert_int_equal(versus_code(NULL, false, 0), 5);
	assert_int_equal(versus_code(NULL, false, 3), 3);
}

static void brunt_was_the_limit(void **state)
{
	struct contrast worse = with(CONTRAST_WORSE, 1.5);

	(void)state;
	assert_int_equal(versus_code(&worse, true, 0), 5);
	assert_int_equal(versus_code(&worse, true, 3), 5);
	assert_int_equal(versus_code(&worse, true, 1), 1);
	assert_int_equal(versus_code(&worse, true, 70), 70);
	worse = with(CONTRAST_BETTER, 0.5);
	assert_int_equal(versus_code(&worse, true, 0), 5);
	assert_int_equal(versus_code(&worse, false, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_the_figures_ask_for),
		cmocka_unit_test(brunt_was_the_limit),
	};

	return cmocka_run_group_tests_name("versus", tests, NULL, NULL);
}
