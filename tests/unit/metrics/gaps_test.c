#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "metrics/gaps.h"

static uint8_t room[REC_GAPS_MAX];

static void the_bytes_are_as_written_down(void **state)
{
	static const int64_t gap[] = {0, 1, 32, 20000, 19999, 200000, 9000000000, 0};
	/* To the means 0, 0, 0, 8, 5006, 8754, 56565, 2250042423: of one byte, two, three, more. */
	static const uint8_t expected[] = {0x00, 0x02, 0x40, 0x00, 0xdb, 0xf0, 0xb4, 0xe2, 0xfd, 0x1d, 0xdc, 0xff, 0xd6, 0x83, 0xe3, 0x86, 0x43, 0xff, 0xad, 0xc0, 0xc8, 0xe1, 0x10};
	struct gaps gaps;

	(void)state;
	gaps_init(&gaps, room);
	for (size_t i = 0; i < sizeof gap / sizeof *gap; i++)
		gaps_put(&gaps, gap[i]);
	assert_int_equal(gaps.count, 8);
	assert_int_equal(gaps.used, sizeof expected);
	assert_memory_equal(room, expected, sizeof expected);
	assert_false(gaps.cut);
}

static void what_is_put_is_read(void **state)
{
	enum { COUNT = 4000 };
	static int64_t gap[COUNT];
	struct gaps gaps;
	struct gaps_reader reader;
	struct rng rng;
	int64_t us;

	(void)state;
	rng_seed(&rng, 7, 0);
	gaps_init(&gaps, room);
	for (int i = 0; i < COUNT; i++) {
		/* Of every size, up to the largest. */
		gap[i] = (int64_t)(rng_next(&rng) >> (1 + rng_below(&rng, 63)));
		if (i == 17)
			gap[i] = INT64_MAX;
		gaps_put(&gaps, gap[i]);
	}
	assert_int_equal(gaps.count, COUNT);
	gaps_read(&reader, room, gaps.used);
	for (int i = 0; i < COUNT; i++) {
		assert_true(gaps_next(&reader, &us));
		assert_int_equal(us, gap[i]);
	}
	assert_false(gaps_next(&reader, &us));
	assert_false(gaps_next(&reader, &us));
}

static void a_steady_stream_is_small(void **state)
{
	struct gaps gaps;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1, 0);
	gaps_init(&gaps, room);
	for (int i = 0; i < 1000; i++)
		gaps_put(&gaps, 20000 + (int64_t)rng_below(&rng, 4000));
	assert_true(gaps.used <= 2 * 1000 + 2);
}

static void what_does_not_fit_is_cut(void **state)
{
	struct gaps gaps;
	struct gaps_reader reader;
	uint32_t count = 0;
	int64_t us;

	(void)state;
	gaps_init(&gaps, room);
	for (uint32_t i = 0; i < REC_GAPS_MAX - 1; i++)
		gaps_put(&gaps, 0);
	assert_false(gaps.cut);
	gaps_put(&gaps, 1000000); /* takes more than the one byte left */
	assert_true(gaps.cut);
	gaps_put(&gaps, 0); /* would fit, but would follow a hole */
	assert_int_equal(gaps.used, REC_GAPS_MAX - 1);
	assert_int_equal(gaps.count, REC_GAPS_MAX - 1);
	for (gaps_read(&reader, room, gaps.used); gaps_next(&reader, &us); count++)
		assert_int_equal(us, 0);
	assert_int_equal(count, gaps.count);

	gaps_init(&gaps, room);
	for (uint32_t i = 0; i < REC_GAPS_MAX; i++)
		gaps_put(&gaps, 0);
	assert_false(gaps.cut);
	assert_int_equal(gaps.used, REC_GAPS_MAX);
}

struct damaged {
	const char *bytes;
	uint32_t count;
	int64_t gap[3];
	int gaps;
};

static void check_damaged(const struct damaged *cases, size_t count,
			  void (*start)(struct gaps_reader *, const uint8_t *, uint32_t))
{
	for (size_t i = 0; i < count; i++) {
		struct gaps_reader reader;
		int64_t us;

		start(&reader, (const uint8_t *)cases[i].bytes, cases[i].count);
		for (int n = 0; n < cases[i].gaps; n++) {
			assert_true(gaps_next(&reader, &us));
			assert_int_equal(us, cases[i].gap[n]);
		}
		assert_false(gaps_next(&reader, &us));
		assert_false(gaps_next(&reader, &us));
	}
}

static void damaged_bytes_end_it(void **state)
{
	static const struct damaged cases[] = {
		{"", 0, {0}, 0},
		{"\x40", 1, {0}, 0}, /* more is promised */
		{"\xf8\x01", 2, {0}, 0},
		{"\xff", 1, {0}, 0},
		{"\xff\x80", 2, {0}, 0},
		{"\x02\xf8\x01", 3, {1}, 1},
		{"\x01\x04", 2, {0, 2}, 2}, /* a negative gap reads as 0 */
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x02", 12, {0}, 0}, /* 65 bits */
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02", 12, {0}, 0}, /* with what it counts from */
		/* INT64_MAX, then a step beyond it. */
		{"\xff\xbe\x8f\xe1\xff\xff\xff\xff\xff\xff\x01\x02", 12, {INT64_MAX}, 1},
	};

	(void)state;
	check_damaged(cases, sizeof cases / sizeof *cases, gaps_read);
}

static void the_former_text_is_read(void **state)
{
	static const struct damaged cases[] = {
		{"", 0, {0}, 0},
		{"\x80", 1, {0}, 0},                 /* more is promised */
		{"\x02\x80", 2, {1}, 1},
		{"\x01\x04", 2, {0, 2}, 2},          /* a negative gap reads as 0 */
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\x02", 11, {0}, 0}, /* 65 bits */
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 11, {0}, 0},
		{"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02", 11, {INT64_MAX}, 1}, /* overflow */
		{"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02", 11, {0, 1}, 2}, /* INT64_MIN */
	};

	static const struct damaged whole[] = {
		{"\x00\x02\x80\x01", 4, {0, 1, 65}, 3},
		{"\x80\xc4\x13\x00\x01", 5, {160000, 160000, 159999}, 3},
	};

	(void)state;
	check_damaged(cases, sizeof cases / sizeof *cases, gaps_read_former);
	check_damaged(whole, sizeof whole / sizeof *whole, gaps_read_former);
}

static void a_part_has_whole_gaps(void **state)
{
	struct gaps_reader reader;
	struct gaps gaps;
	struct rng rng;
	int64_t us;

	(void)state;
	rng_seed(&rng, 9, 0);
	gaps_init(&gaps, room);
	for (int i = 0; i < 40; i++)
		gaps_put(&gaps, (int64_t)(rng_next(&rng) >> rng_below(&rng, 63)) / 2);
	for (uint32_t most = 0; most <= gaps.used + 1; most++) {
		uint32_t n = gaps_fit(room, gaps.used, most), end = 0;

		assert_true(n <= most && n <= gaps.used);
		if (n < gaps.used)
			assert_true(most - n < 11);
		gaps_read(&reader, room, n);
		while (reader.at < reader.end) {
			assert_true(gaps_next(&reader, &us));
			end = (uint32_t)(reader.at - room);
		}
		assert_int_equal(end, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bytes_are_as_written_down),
		cmocka_unit_test(what_is_put_is_read),
		cmocka_unit_test(a_steady_stream_is_small),
		cmocka_unit_test(what_does_not_fit_is_cut),
		cmocka_unit_test(damaged_bytes_end_it),
		cmocka_unit_test(the_former_text_is_read),
		cmocka_unit_test(a_part_has_whole_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
