#include "base/pointer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void what_a_pointer_is(void **state)
{
	(void)state;
	assert_true(pointer_ok(""));
	assert_true(pointer_ok("/"));
	assert_true(pointer_ok("/a/0/b~1c~0/"));
	assert_false(pointer_ok("a"));
	assert_false(pointer_ok("a/b"));
	assert_false(pointer_ok("/~"));
	assert_false(pointer_ok("/~2"));
	assert_false(pointer_ok("/~1/~"));
}

static void steps_are_counted_and_measured(void **state)
{
	size_t longest = 99;

	(void)state;
	assert_int_equal(pointer_steps("", &longest), 0);
	assert_int_equal(longest, 0);
	assert_int_equal(pointer_steps("/", &longest), 1);
	assert_int_equal(longest, 0);
	assert_int_equal(pointer_steps("/a//b~1cd/0", &longest), 4);
	assert_int_equal(longest, 5);
}

static void a_step_is_unescaped_once(void **state)
{
	char out[8];

	(void)state;
	assert_int_equal(pointer_step("a~1b~0", 6, out), 4);
	assert_memory_equal(out, "a/b~", 4);
	/* RFC 6901: "~01" is "~1", not "/". */
	assert_int_equal(pointer_step("~01", 3, out), 2);
	assert_memory_equal(out, "~1", 2);
	/* One that is none stays inside its bytes. */
	assert_int_equal(pointer_step("~1", 1, out), 1);
	assert_int_equal(pointer_step("", 0, out), 0);
}

static void an_index_has_no_leading_zeros(void **state)
{
	(void)state;
	assert_int_equal(pointer_index("0", 1), 0);
	assert_int_equal(pointer_index("10", 2), 10);
	assert_int_equal(pointer_index("999999999", 9), 999999999);
	assert_int_equal(pointer_index("1000000000", 10), -1);
	assert_int_equal(pointer_index("01", 2), -1);
	assert_int_equal(pointer_index("-", 1), -1);
	assert_int_equal(pointer_index("1a", 2), -1);
	assert_int_equal(pointer_index("", 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_pointer_is),
		cmocka_unit_test(steps_are_counted_and_measured),
		cmocka_unit_test(a_step_is_unescaped_once),
		cmocka_unit_test(an_index_has_no_leading_zeros),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
