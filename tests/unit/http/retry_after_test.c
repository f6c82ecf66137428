#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/http/retry_after.h"
#include "base/clock.h"

/* 1994-11-06 08:49:37 UTC, of RFC 9110's examples */
#define THEN_S 784111777LL

static void what_it_asks_for(void **state)
{
	static const struct {
		const char *value;
		int64_t seconds; /* at THEN_S; -1: not understood */
	} table[] = {
		{"0", 0},
		{"1", 1},
		{"120", 120},
		{"999999999999999999999999999", 366LL * 86400},
		{"Sun, 06 Nov 1994 08:49:37 GMT", 0},
		{"Sun, 06 Nov 1994 08:49:36 GMT", 0},
		{"Sun, 06 Nov 1994 08:49:47 GMT", 10},
		{"Sunday, 06-Nov-94 08:50:37 GMT", 60},
		{"Sun Nov  6 08:49:40 1994", 3},
		{"Tue, 06 Nov 2094 08:49:37 GMT", 366LL * 86400},
		{"", -1},
		{"-1", -1},
		{"1.5", -1},
		{"1 s", -1},
		{"soon", -1},
		{"Sun, 06 Foo 1994 08:49:37 GMT", -1},
		{"Sun, 06 Nov 1994", -1},
		{"Sun, 06 Nov 1994 08:49:37 GMT and a great deal more than any date needs", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		int64_t want = table[i].seconds < 0 ? -1 : table[i].seconds * NS_PER_S;

		if (retry_after_ns(table[i].value, strlen(table[i].value), THEN_S * NS_PER_S) != want)
			fail_msg("\"%s\"", table[i].value);
	}
	assert_int_equal(retry_after_ns("1\0002", 3, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_it_asks_for)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
