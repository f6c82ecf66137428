#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void set_formats_and_fails(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(err_set(&err, "--threads: %d is %s", 7, "too many"), -1);
	assert_string_equal(err.text, "--threads: 7 is too many");
	assert_int_equal(err_set(NULL, "%s", "nobody reads this"), -1);
	assert_int_equal(err_prefix(NULL, "%s", "nor this"), -1);
}

static void prefixes_pile_up(void **state)
{
	struct err err;

	(void)state;
	err_set(&err, "expected a number");
	assert_int_equal(err_prefix(&err, "line %d", 12), -1);
	assert_int_equal(err_prefix(&err, "%s", "a%sb.json"), -1);
	assert_string_equal(err.text, "a%sb.json: line 12: expected a number");
}

static void long_texts_are_cut(void **state)
{
	char text[2 * sizeof(struct err)];
	struct err err;

	(void)state;
	for (size_t length = 500; length < 520; length++) {
		memset(text, 'x', length);
		text[length] = '\0';
		err_set(&err, "%s", text);
		assert_int_equal(strlen(err.text), length < sizeof err.text ? length : sizeof err.text - 1);
		/* A long text gives way to its prefix. */
		err_prefix(&err, "file");
		assert_memory_equal(err.text, "file: xxx", 9);
		assert_true(strlen(err.text) < sizeof err.text);
		/* A prefix too long keeps its own beginning. */
		err_set(&err, "why");
		err_prefix(&err, "%s", text);
		assert_memory_equal(err.text, text, 500);
		assert_true(strlen(err.text) < sizeof err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_formats_and_fails),
		cmocka_unit_test(prefixes_pile_up),
		cmocka_unit_test(long_texts_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
