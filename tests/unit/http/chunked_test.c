#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/http/chunked.h"
#include "base/buf.h"

/* In pieces of `most` bytes, the first of `first`, each alone in its memory; *at: how
 * much was taken. */
static enum chunked_step read_in_pieces(const char *text, size_t n, size_t first, size_t most,
					struct buf *body, size_t *taken)
{
	enum chunked_step step = CHUNKED_MORE;
	struct chunked c;

	chunked_begin(&c);
	body->used = 0;
	*taken = 0;
	for (size_t bytes = first; *taken < n && step == CHUNKED_MORE; bytes = most) {
		const char *at, *data;
		char *piece;
		size_t got;

		if (bytes > n - *taken)
			bytes = n - *taken;
		at = piece = malloc(bytes);
		memcpy(piece, text + *taken, bytes);
		while ((step = chunked_next(&c, &at, piece + bytes, &data, &got)) == CHUNKED_DATA) {
			assert_true(got > 0 && data >= piece && data + got <= piece + bytes);
			buf_add(body, data, got);
		}
		*taken += (size_t)(at - piece);
		free(piece);
	}
	buf_terminate(body);
	return step;
}

static void bodies_at_every_split(void **state)
{
	static const struct {
		const char *text, *body;
		enum chunked_step step;
		size_t behind; /* bytes that are not the body's any more */
	} table[] = {
		{"0\r\n\r\n", "", CHUNKED_END, 0},
		{"5\r\nhello\r\n0\r\n\r\n", "hello", CHUNKED_END, 0},
		{"5\r\nhello\r\n0\r\n\r\nHTTP", "hello", CHUNKED_END, 4},
		{"3\r\nhel\r\n02\r\nlo\r\n000\r\nX-Trailer: 1\r\nY: 2\r\n\r\n.", "hello", CHUNKED_END, 1},
		{"5\nhello\n0\n\n", "hello", CHUNKED_END, 0},
		{"5;name=\"va;lue\"\r\nhello\r\n0 ; last\r\n\r\n", "hello", CHUNKED_END, 0},
		{"A\r\n0123456789\r\nb\r\n0\r\n12345678\r\n0\r\n\r\n", "01234567890\r\n12345678", CHUNKED_END, 0},
		{"5\r\nhel", "hel", CHUNKED_MORE, 0},
		{"5\r\nhello\r\n0\r\n", "hello", CHUNKED_MORE, 0},
		{"5\r\nhello\r\n0\r\nX: y\r\n", "hello", CHUNKED_MORE, 0},
	};
	struct buf body = {0};
	size_t taken;

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		size_t n = strlen(table[i].text);

		for (size_t first = 1; first <= n; first++)
			for (size_t most = 1; most <= n; most += n) {
				enum chunked_step step = read_in_pieces(table[i].text, n, first, most, &body,
									&taken);

				if (step != table[i].step || strcmp(body.at, table[i].body) ||
				    taken != n - table[i].behind)
					fail_msg("%zu, split at %zu: step %d, %s, %zu taken", i, first, step,
						 body.at, taken);
			}
	}
	buf_fini(&body);
}

static void what_is_wrong_at_every_split(void **state)
{
	static const char *const table[] = {
		"\r\n", "x\r\n", " 5\r\nhello\r\n", "-5\r\n", "5x\r\n", "5\rhello", "5\r\nhelloX",
		"5\r\nhello\rX", "0\r\n\rX", "1234567890123456\r\n", "5\r\nhello\r\n\r\n", "0x5\r\nhello",
	};
	struct buf body = {0};
	size_t taken;

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		size_t n = strlen(table[i]);

		for (size_t first = 1; first <= n; first++)
			for (size_t most = 1; most <= n; most += n)
				if (read_in_pieces(table[i], n, first, most, &body, &taken) != CHUNKED_BAD)
					fail_msg("%s, split at %zu", table[i], first);
	}
	buf_fini(&body);
}

static void bounds(void **state)
{
	static const char *const begin[] = {"5;", "0\r\n", "0\r\nX:"};
	const char *at, *data;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof begin / sizeof *begin; i++) {
		enum chunked_step step;
		struct chunked c;
		size_t fed = 0;

		chunked_begin(&c);
		at = begin[i];
		step = chunked_next(&c, &at, at + strlen(at), &data, &n);
		for (; step == CHUNKED_MORE && fed <= CHUNKED_TRAILER_MAX; fed++) {
			at = i == 1 && fed % 3 == 2 ? "\n" : "y";
			step = chunked_next(&c, &at, at + 1, &data, &n);
		}
		assert_int_equal(step, CHUNKED_BAD);
		assert_true(fed >= (i ? CHUNKED_TRAILER_MAX : CHUNKED_LINE_MAX) / 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_at_every_split),
		cmocka_unit_test(what_is_wrong_at_every_split),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
