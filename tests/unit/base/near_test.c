#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/near.h"

static int distance(const char *a, const char *b)
{
	return near_distance(a, strlen(a), b, strlen(b));
}

static void distances_count_changes(void **state)
{
	static const struct {
		const char *a, *b;
		int distance;
	} rows[] = {
		{"abc", "abc", 0}, {"abc", "ab", 1}, {"abc", "abcd", 1}, {"abc", "axc", 1}, {"abc", "acb", 1},
		{"", "ab", 2},	   {"ca", "abc", 3}, {"abcdef", "ghijkl", 6}, {"Poisson", "poisson", 0},
	};
	char longest[NEAR_WORD + 2];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(distance(rows[i].a, rows[i].b), rows[i].distance);
		assert_int_equal(distance(rows[i].b, rows[i].a), rows[i].distance);
	}
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(distance(longest, "a"), -1);
	assert_int_equal(distance(longest + 1, longest + 1), 0);
	assert_int_equal(distance(longest + 1, ""), NEAR_WORD);
}

static void the_nearest_is_meant(void **state)
{
	static const struct {
		const char *word, *list, *nearest; /* nearest "": none */
	} rows[] = {
		{"concurency", "rate, concurrency or stages", "concurrency"},
		{"jsno", "json|jsonl", "json"},
		{"tmeout_s", "timeout, timeout_s", "timeout_s"},
		{"GET", "post, get, put", "get"},
		{"p59", "p50, p95, p99", "p50"}, /* the first of several as near */
		{"fsh", "bash|zsh|fish", "fish"}, /* or the one that begins so */
		/* one is the other's beginning */
		{"conc", "connect, concurrency", "concurrency"},
		{"head", "header|headless", "header"},
		{"tim3", "dns, timeout", "timeout"},
		{"mulit", "interview-qa, multi-turn", "multi-turn"},
		{"timeout_seconds", "think, timeout", "timeout"},
		{"user_id", "user, uuid", "user"},
		/* so few changes that it is that word, not one that begins so */
		{"text", "texture, test", "test"},
		/* none */
		{"quux", "name, weight, slo", ""},
		{"x", "a, b, or", ""},
		{"", "a, bc, def", ""},
		{"xml", "text|json|csv|html", ""},
		{"co", "concurrency", ""},
		{"im3e", "timeout", ""},
		{"timeouts", "time", ""},
		{"abcd", "", ""},
		/* what joins the list is no word of it */
		{"or", "a, b or c", ""},
		{"ant", "a, b and c", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct near near = near_to(rows[i].word, strlen(rows[i].word));

		near_offer_list(&near, rows[i].list);
		assert_int_equal(near.best ? near.best_bytes : 0, strlen(rows[i].nearest));
		if (near.best)
			assert_memory_equal(near.best, rows[i].nearest, near.best_bytes);
	}
}

static void names_are_whole(void **state)
{
	struct near near = near_to("multi turn?", 10);

	(void)state;
	near_offer(&near, "");
	near_offer(&near, "multi or turn");
	assert_string_equal(near.best, "multi or turn");
	assert_int_equal(near.best_bytes, 13);
	near_offer(&near, "multi-turn");
	assert_string_equal(near.best, "multi-turn");
	near_offer(&near, "multi_turn");
	assert_string_equal(near.best, "multi-turn");
}

static void words_too_long_are_near_to_nothing(void **state)
{
	char name[NEAR_WORD + 2];
	struct near near;

	(void)state;
	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	near = near_to(name, NEAR_WORD);
	near_offer(&near, name);
	assert_null(near.best);
	near_offer(&near, name + 1);
	assert_non_null(near.best);
	near = near_to(name, NEAR_WORD + 1);
	near_offer(&near, name + 1);
	assert_null(near.best);
}

static void one_wording(void **state)
{
	struct near near = near_to("chta", 4);
	char said[NEAR_SAID];

	(void)state;
	assert_string_equal(near_or(&near, said, "expected %s or %d", "a", 2), "expected a or 2");
	near_offer(&near, "ch\x1b" "at");
	assert_string_equal(near_or(&near, said, "expected"), "did you mean \"ch at\"?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances_count_changes),
		cmocka_unit_test(the_nearest_is_meant),
		cmocka_unit_test(names_are_whole),
		cmocka_unit_test(words_too_long_are_near_to_nothing),
		cmocka_unit_test(one_wording),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
