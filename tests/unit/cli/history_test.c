#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cli/history.h"

#define S INT64_C(1000000)

/* A picture of that second; `noise` of its bytes do not pack. */
static void draw(struct snapshot *s, int64_t second, size_t noise)
{
	struct rng rng;

	memset(s, 0, sizeof *s);
	rng_seed(&rng, (uint64_t)second, 0);
	for (size_t i = 0; i < noise / sizeof(uint64_t); i++)
		((uint64_t *)(void *)&s->series)[i] = rng_next(&rng);
	s->t_us = second * S + 7;
	s->number = (uint64_t)second;
}

static void a_picture_a_second(void **state)
{
	struct history *h = history_new();
	struct snapshot *s = malloc(sizeof *s), *got = malloc(sizeof *got);

	(void)state;
	assert_false(history_at(h, 5 * S, got));
	assert_int_equal(history_since_us(h), -1);
	for (int64_t i = 3; i < 50; i++) {
		draw(s, i, 4000);
		history_take(h, s);
		s->number = 999;
		s->t_us += 1; /* the second's first one is kept */
		history_take(h, s);
	}
	assert_int_equal(history_since_us(h), 3 * S + 7);
	for (int64_t i = 3; i < 50; i++) {
		draw(s, i, 4000);
		assert_true(history_at(h, i * S + 7, got));
		assert_memory_equal(s, got, sizeof *s);
		assert_true(history_at(h, (i + 1) * S, got));
		assert_int_equal(got->number, i);
	}
	/* Before the first there is the first. */
	assert_true(history_at(h, 0, got));
	assert_int_equal(got->number, 3);
	assert_true(history_at(h, 1000 * S, got));
	assert_int_equal(got->number, 49);
	free(s);
	free(got);
	history_free(h);
}

/* Large and small ones in turn, twenty times what there is room for. */
static void the_oldest_make_room(void **state)
{
	struct history *h = history_new();
	struct snapshot *s = malloc(sizeof *s), *got = malloc(sizeof *got);
	struct rng rng;
	int64_t last = 6000;

	(void)state;
	rng_seed(&rng, 1, 0);
	for (int64_t i = 0; i <= last; i++) {
		draw(s, i, i % 3 ? 1000 : 60000 + (size_t)(i % 1000) * 8);
		history_take(h, s);
		if (i % 10)
			continue;
		/* Whatever is there is whole. */
		int64_t since = history_since_us(h) / S, at = since + (int64_t)rng_below(&rng, (uint64_t)(i - since + 1));

		draw(s, at, at % 3 ? 1000 : 60000 + (size_t)(at % 1000) * 8);
		assert_true(history_at(h, at * S + 7, got));
		assert_memory_equal(s, got, sizeof *s);
	}
	assert_true(history_since_us(h) / S > last - 1000);
	assert_true(history_since_us(h) / S < last - 300);
	free(s);
	free(got);
	history_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_picture_a_second),
		cmocka_unit_test(the_oldest_make_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
