#include "../../../src/serve/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"

static struct serve_cache cache;

static int teardown(void **state)
{
	(void)state;
	serve_cache_fini(&cache);
	return 0;
}

static void make_key(unsigned char key[SERVE_KEY_BYTES], int number)
{
	memset(key, 0, SERVE_KEY_BYTES);
	/* Many share a bucket. */
	key[SERVE_KEY_BYTES - 1] = (unsigned char)number;
	key[0] = (unsigned char)(number % 3);
}

static void put(int number, const char *text, int64_t now_ns)
{
	struct serve_cached answer = {.text = (char[64]){0}, .tokens = number, .turn = 2};

	strcpy(answer.text, text);
	answer.bytes = strlen(text);
	make_key(answer.key, number);
	serve_cache_put(&cache, &answer, now_ns);
}

static const char *find(int number, int64_t now_ns)
{
	unsigned char key[SERVE_KEY_BYTES];
	const struct serve_cached *found;

	make_key(key, number);
	found = serve_cache_find(&cache, key, now_ns);
	if (found)
		assert_int_equal(found->tokens, number);
	return found ? found->text : NULL;
}

static void an_answer_comes_back(void **state)
{
	(void)state;
	serve_cache_init(&cache, 100, 10);
	assert_null(find(1, 0));
	put(1, "one", 0);
	put(4, "four", 0);
	assert_string_equal(find(1, 5), "one");
	assert_string_equal(find(4, 5), "four");
	assert_null(find(7, 5));
	assert_int_equal(cache.hits, 2);
	assert_int_equal(cache.misses, 2);
	put(1, "one again", 10);
	assert_string_equal(find(1, 11), "one again");
	assert_int_equal(cache.count, 2);
}

static void it_is_gone_after_its_time_to_live(void **state)
{
	(void)state;
	serve_cache_init(&cache, 100, 10);
	put(1, "one", 1000);
	assert_non_null(find(1, 1099));
	/* Being read does not make it younger. */
	assert_null(find(1, 1100));
	assert_int_equal(cache.count, 0);
	assert_int_equal(cache.evicted, 0);
	put(1, "one", 1100);
	assert_non_null(find(1, 1199));
}

static void the_least_recently_used_leaves(void **state)
{
	(void)state;
	serve_cache_init(&cache, 100, 3);
	put(1, "1", 0);
	put(2, "2", 0);
	put(3, "3", 0);
	assert_non_null(find(1, 1));
	put(4, "4", 2);
	assert_null(find(2, 3));
	assert_non_null(find(1, 3));
	assert_non_null(find(3, 3));
	assert_non_null(find(4, 3));
	/* In place of an older one: nobody else leaves. */
	put(3, "three", 4);
	assert_int_equal(cache.count, 3);
	assert_int_equal(cache.evicted, 1);
	assert_non_null(find(1, 5));
}

static void no_time_to_live_means_no_cache(void **state)
{
	(void)state;
	serve_cache_init(&cache, 0, 3);
	put(1, "1", 0);
	assert_null(find(1, 0));
}

/* Against a list that is searched from end to end. */
static void agrees_with_a_simple_one(void **state)
{
	enum { KEYS = 40, LIMIT = 16, TTL = 300 };
	struct {
		int number;
		int64_t stored, used;
	} simple[LIMIT];
	int count = 0;
	int64_t now = 0, uses = 0;
	struct rng rng;

	(void)state;
	serve_cache_init(&cache, TTL, LIMIT);
	rng_seed(&rng, 3, 0);
	for (int step = 0; step < 50000; step++) {
		int number = (int)rng_below(&rng, KEYS), at = 0;
		char text[16];

		now += (int64_t)rng_below(&rng, 8);
		while (at < count && simple[at].number != number)
			at++;
		if (at < count && now - simple[at].stored >= TTL) {
			/* The cache drops it when it looks. */
			simple[at] = simple[--count];
			at = count;
		}
		snprintf(text, sizeof text, "%d", number);
		if (at < count) {
			assert_string_equal(find(number, now), text);
			simple[at].used = ++uses;
			continue;
		}
		assert_null(find(number, now));
		put(number, text, now);
		if (count == LIMIT) {
			at = 0;
			for (int i = 1; i < count; i++)
				if (simple[i].used < simple[at].used)
					at = i;
			simple[at] = simple[--count];
		}
		simple[count].number = number;
		simple[count].stored = now;
		simple[count++].used = ++uses;
		assert_int_equal(cache.count, count);
	}
	assert_true(cache.hits > 5000 && cache.evicted > 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(an_answer_comes_back, teardown),
		cmocka_unit_test_teardown(it_is_gone_after_its_time_to_live, teardown),
		cmocka_unit_test_teardown(the_least_recently_used_leaves, teardown),
		cmocka_unit_test_teardown(no_time_to_live_means_no_cache, teardown),
		cmocka_unit_test_teardown(agrees_with_a_simple_one, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
