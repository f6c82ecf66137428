/* Histograms as HdrHistogram's other ports write and read them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "base/buf.h"
#include "base/rng.h"
#include "metrics/hdr_codec.h"

/* Written by the Python port, HdrHistogram(1, 86400000000, 3). */
static const char theirs[] = "HISTFAAAADp4nJNpmSzMwMAgyQABzFCaEYhFZK8nMNh/gApwNfOxHWVcMIdxtQATS38c39WZjEwL5zAyAQAIpQsN";
/* By HdrHistogram(1000, 3600000000, 2): 5000 three times, 70000 nine times, 2500000. */
static const char coarse[] = "HISTFAAAACl4nJNpmSzMwMDAwQABTBCK+QWIvDZ5CYP9B4iIINtvRqG5XEwAleQHRg==";

static size_t from_base64(const char *text, uint8_t out[256])
{
	size_t length = strlen(text), padding = strlen(text) - strcspn(text, "=");
	int n = EVP_DecodeBlock(out, (const unsigned char *)text, (int)length);

	assert_true(n > 0);
	return (size_t)n - padding;
}

static void the_ports_histograms_are_read(void **state)
{
	struct hdr_pool *pool = hdr_pool_new();
	uint8_t bytes[256];
	struct hdr h;

	(void)state;
	hdr_init(&h, pool, 3);
	assert_int_equal(hdr_decode(bytes, from_base64(theirs, bytes), &h), 0);
	assert_int_equal(h.count, 10020);
	assert_int_equal(h.min_us, 1);
	assert_int_equal(hdr_quantile_us(&h, 0.5), 1000);
	assert_int_equal(hdr_quantile_us(&h, 8.0 / 10020), 900);
	assert_int_equal(hdr_count_above(&h, 2048), 9);
	assert_int_equal(hdr_count_above(&h, 123456), 2);
	/* As the port itself has it: the highest value of each bucket. */
	hdr_reset(&h);
	assert_int_equal(hdr_decode(bytes, from_base64(coarse, bytes), &h), 0);
	assert_int_equal(h.count, 13);
	assert_in_range(hdr_quantile_us(&h, 0.5), 70143, 70143 + 64);
	assert_int_equal(h.max_us, 2506751);
	hdr_fini(&h);
	hdr_pool_free(pool);
}

static void ours_are_the_ports(void **state)
{
	static const struct {
		int64_t us;
		uint64_t n;
	} values[] = {{1, 5}, {900, 3}, {1000, 10000}, {2047, 1}, {2048, 2}, {123456, 7}, {100000000, 1}, {86400000000, 1}};
	struct hdr_pool *pool = hdr_pool_new();
	uint8_t expected[256];
	struct buf out = {0};
	struct hdr h;
	size_t bytes;

	(void)state;
	hdr_init(&h, pool, 3);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		hdr_record_n(&h, values[i].us, values[i].n);
	hdr_encode(&h, &out);
	bytes = from_base64(theirs, expected);
	assert_int_equal(out.used, bytes);
	assert_memory_equal(out.at, expected, bytes);
	buf_fini(&out);
	hdr_fini(&h);
	hdr_pool_free(pool);
}

static void what_is_encoded_comes_back(void **state)
{
	struct hdr_pool *pool = hdr_pool_new();
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1, 0);
	for (int round = 0; round < 200; round++) {
		struct hdr h, again;
		struct buf out = {0};

		hdr_init(&h, pool, round % 2 ? 2 : 3);
		hdr_init(&again, pool, round % 2 ? 2 : 3);
		for (uint64_t i = 0, n = rng_below(&rng, 300); i < n; i++)
			hdr_record_n(&h, 1 + (int64_t)(rng_next(&rng) >> (28 + rng_below(&rng, 36))), 1 + rng_below(&rng, 1000) * rng_below(&rng, 1000));
		hdr_encode(&h, &out);
		assert_int_equal(hdr_decode(out.at, out.used, &again), 0);
		assert_int_equal(again.count, h.count);
		for (double q = 0; h.count && q < 0.999; q += 0.05) {
			/* All of a bucket come back as its highest. */
			assert_true(hdr_quantile_us(&again, q) >= hdr_quantile_us(&h, q));
			assert_int_equal(hdr_count_above(&again, hdr_quantile_us(&h, q)), hdr_count_above(&h, hdr_quantile_us(&h, q)));
		}
		hdr_fini(&h);
		hdr_fini(&again);
		buf_fini(&out);
	}
	hdr_pool_free(pool);
}

/* Cut anywhere, or with any byte changed, it is refused or read, and no more. */
static void damaged_ones_do_no_harm(void **state)
{
	struct hdr_pool *pool = hdr_pool_new();
	uint8_t good[256], bad[256];
	size_t bytes = from_base64(theirs, good);
	struct hdr h;

	(void)state;
	hdr_init(&h, pool, 3);
	for (size_t cut = 0; cut < bytes; cut++)
		assert_int_equal(hdr_decode(good, cut, &h), -1);
	for (size_t at = 0; at < bytes; at++)
		for (int change = 1; change < 256; change += 7) {
			memcpy(bad, good, bytes);
			bad[at] ^= (uint8_t)change;
			hdr_decode(bad, bytes, &h);
			hdr_reset(&h);
		}
	hdr_fini(&h);
	hdr_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_ports_histograms_are_read),
		cmocka_unit_test(ours_are_the_ports),
		cmocka_unit_test(what_is_encoded_comes_back),
		cmocka_unit_test(damaged_ones_do_no_harm),
	};

	return cmocka_run_group_tests_name("hdr_codec", tests, NULL, NULL);
}
