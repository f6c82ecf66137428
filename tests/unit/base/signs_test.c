#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/signs.h"

static const struct signs ascii = {.arrow = "->", .times = "x", .plus_minus = "+-"};

static void each_sign_has_its_place(void **state)
{
	char out[64];

	(void)state;
	assert_string_equal(signs_set("p95 x 2.4, 8 -> 16 ms +- 3 of +-4 %", &signs_unicode, out, sizeof out),
			    "p95 × 2.4, 8 → 16 ms ± 3 of ±4 %");
	assert_string_equal(signs_set("p95 x 2.4, 8 -> 16 ms +- 3", &ascii, out, sizeof out), "p95 x 2.4, 8 -> 16 ms +- 3");
}

static void what_is_no_sign_stays(void **state)
{
	char out[64];

	(void)state;
	assert_string_equal(signs_set("x max 2x 4, a->b, + - ; x or", &signs_unicode, out, sizeof out),
			    "x max 2x 4, a->b, + - ; x or");
	assert_string_equal(signs_set("", &signs_unicode, out, sizeof out), "");
}

static void a_sign_is_not_cut(void **state)
{
	char out[8];

	(void)state;
	assert_string_equal(signs_set("ab +-", &signs_unicode, out, 5), "ab ");
	assert_string_equal(signs_set("a +-1", &signs_unicode, out, 6), "a ±1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_sign_has_its_place),
		cmocka_unit_test(what_is_no_sign_stays),
		cmocka_unit_test(a_sign_is_not_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
