/* A status is a number, an errno has a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "metrics/error_code.h"

static void as_people_read_it(void **state)
{
	char out[ERROR_CODE_TEXT];

	(void)state;
	assert_string_equal(error_code_text(ERROR_HTTP_5XX, 503, out), "503");
	/* Of the same value, and yet no status or none that is meant. */
	assert_string_equal(error_code_text(ERROR_HTTP_4XX, ETIMEDOUT, out), "110");
	assert_string_equal(error_code_text(ERROR_CONNECT, ETIMEDOUT, out), "ETIMEDOUT");
	assert_string_equal(error_code_text(ERROR_RESET, ECONNRESET, out), "ECONNRESET");
	assert_string_equal(error_code_text(ERROR_TRUNCATED, 0, out), "");
	assert_string_equal(error_code_text(ERROR_RESET, -7, out), "-7");
	assert_string_equal(error_code_text(ERROR_RESET, INT32_MIN, out), "-2147483648");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_people_read_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
