#include "base/append.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void pieces_stand_behind_each_other_and_are_cut_at_the_end(void **state)
{
	char out[12] = "";

	(void)state;
	append(out, sizeof out, "%d users", 8);
	append(out, sizeof out, ", %s", "");
	assert_string_equal(out, "8 users, ");
	append(out, sizeof out, "settling");
	assert_string_equal(out, "8 users, se");
	append(out, sizeof out, "more");
	assert_string_equal(out, "8 users, se");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_stand_behind_each_other_and_are_cut_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
