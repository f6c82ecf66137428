#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/http/head.h"
#include "base/buf.h"

static struct head head;
static struct buf seen; /* "line|line|" and the rest */

/* Feeds `n` bytes alone in their memory; what comes of them last. */
static enum head_step feed(const char *bytes, size_t n, struct buf *rest)
{
	char *piece = malloc(n ? n : 1);
	enum head_step step;
	struct line line;

	memcpy(piece, bytes, n);
	head_feed(&head, piece, n);
	while ((step = head_next(&head, &line)) == HEAD_LINE) {
		buf_add(&seen, line.at, line.bytes);
		buf_add(&seen, "|", 1);
	}
	if (step == HEAD_END) {
		const char *at = head_rest(&head, &n);

		buf_add(rest, at, n);
	}
	free(piece);
	return step;
}

/* All of it in pieces of `most` bytes, the first of `first`. */
static enum head_step read_in_pieces(const char *text, size_t n, size_t first, size_t most,
				     struct buf *rest)
{
	enum head_step step = HEAD_MORE;

	head_begin(&head);
	seen.used = rest->used = 0;
	for (size_t at = 0, bytes = first; at < n && step == HEAD_MORE; at += bytes, bytes = most) {
		if (bytes > n - at)
			bytes = n - at;
		step = feed(text + at, bytes, rest);
		if (step == HEAD_END)
			buf_add(rest, text + at + bytes, n - at - bytes);
	}
	buf_terminate(&seen);
	buf_terminate(rest);
	return step;
}

#define OK "HTTP/1.1 200 OK\r\n"
#define BROKEN "the answer has a broken header line"
#define NO_HTTP "the answer is not HTTP"
#define NO_STATUS "the answer has no HTTP status"

static const struct {
	const char *text, *lines, *rest;
	int status;
	int64_t content_bytes;
	const char *flags; /* o: old, c: chunked, x: coded, C: closes, K: keeps */
	uint32_t begun;
} good[] = {
	{OK "\r\n", "", "", 200, -1, "", 1},
	{OK "Content-Length: 5\r\n\r\nhello", "Content-Length: 5|", "hello", 200, 5, "", 1},
	{OK "content-length:5\r\nX:  a \r\n\r\n", "content-length:5|X:  a |", "", 200, 5, "", 1},
	{"HTTP/1.1 200\nA: b\nTransfer-Encoding: Chunked\n\nx", "A: b|Transfer-Encoding: Chunked|", "x",
	 200, -1, "c", 1},
	{"HTTP/1.0 404 Not here\r\nConnection: keep-alive\r\n\r\n", "Connection: keep-alive|", "", 404,
	 -1, "oK", 1},
	{"HTTP/1.9 999 \r\nConnection: foo , Close\r\n\r\n", "Connection: foo , Close|", "", 999, -1, "C",
	 1},
	{OK "Content-Length: 7, 7\r\nContent-Length: 7\r\n\r\n", "Content-Length: 7, 7|Content-Length: 7|",
	 "", 200, 7, "", 1},
	{OK "Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n",
	 "Content-Length: 9|Transfer-Encoding: chunked|", "", 200, 9, "c", 1},
	{OK "Transfer-Encoding: gzip, chunked\r\n\r\n", "Transfer-Encoding: gzip, chunked|", "", 200, -1,
	 "cx", 1},
	{OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
	 "Transfer-Encoding: chunked|Transfer-Encoding: chunked|", "", 200, -1, "cx", 1},
	{OK "Transfer-Encoding: identity\r\n\r\n", "Transfer-Encoding: identity|", "", 200, -1, "", 1},
	{OK "X-Long: a\r\n b\r\n\tc\r\nY:\r\n\r\n", "X-Long: a| b|\tc|Y:|", "", 200, -1, "", 1},
	{OK "Content-Lengthy: x\r\nConnections: close\r\n\r\n", "Content-Lengthy: x|Connections: close|", "",
	 200, -1, "", 1},
	{"HTTP/1.1 100 Continue\r\nContent-Length: 4\r\nX: 1\r\n\r\nHTTP/1.1 103 Early\r\n\r\n" OK
	 "A: b\r\n\r\nbody", "A: b|", "body", 200, -1, "", 3},
	{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n..", "Upgrade: x|", "..", 101, -1, "", 1},
	{OK "Content-Length: 922337203685477579\r\n\r\n", "Content-Length: 922337203685477579|", "", 200,
	 922337203685477579, "", 1},
};

static void heads_at_every_split(void **state)
{
	struct buf rest = {0};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		size_t n = strlen(good[i].text);

		for (size_t first = 1; first <= n; first++)
			for (size_t most = 1; most <= n; most += most == 1 ? n - 1 : n) {
				char flags[8];
				enum head_step step = read_in_pieces(good[i].text, n, first, most, &rest);

				snprintf(flags, sizeof flags, "%s%s%s%s%s", head.old ? "o" : "",
					 head.chunked ? "c" : "", head.coded ? "x" : "",
					 head.closes ? "C" : "", head.keeps ? "K" : "");
				if (step != HEAD_END || strcmp(seen.at, good[i].lines) ||
				    strcmp(rest.at, good[i].rest) || strcmp(flags, good[i].flags))
					fail_msg("%zu, split at %zu: step %d, lines %s, rest %s, flags %s: %s",
						 i, first, step, seen.at, rest.at, flags,
						 head.problem ? head.problem : "");
				assert_int_equal(head.status, good[i].status);
				assert_int_equal(head.content_bytes, good[i].content_bytes);
				assert_int_equal(head.begun, good[i].begun);
			}
	}
	buf_fini(&rest);
}

static const struct {
	const char *text, *problem;
} wrong[] = {
	{"SSH-2.0-OpenSSH_9.2", NO_HTTP},
	{"HTTP/2 200\r\n\r\n", NO_HTTP},
	{"\r\nHTTP/1.1 200 OK\r\n\r\n", NO_HTTP},
	{"h", NO_HTTP},
	{"<html>", NO_HTTP},
	{"HTTP/1\n", NO_HTTP},
	{"HTTP/1.1\r\n", NO_STATUS},
	{"HTTP/1.x 200 OK\r\n", NO_STATUS},
	{"HTTP/1.1  200 OK\r\n", NO_STATUS},
	{"HTTP/1.1 099 Odd\r\n", NO_STATUS},
	{"HTTP/1.1 20 OK\r\n", NO_STATUS},
	{"HTTP/1.1 2000\r\n", NO_STATUS},
	{"HTTP/1.1 +12 x\r\n", NO_STATUS},
	{OK "no colon\r\n", BROKEN},
	{OK ": nameless\r\n", BROKEN},
	{OK "Content-Length : 5\r\n", BROKEN},
	{OK " folded: first\r\n", BROKEN},
	{OK "Content-Length: 5\r\n 0\r\n", BROKEN},
	{OK "Transfer-Encoding:\r\n chunked\r\n", BROKEN},
	{OK "X: a\rb\r\n", BROKEN},
	{OK "Content-Length: 5x\r\n", "the answer's Content-Length is no number"},
	{OK "Content-Length: -5\r\n", "the answer's Content-Length is no number"},
	{OK "Content-Length:\r\n", "the answer's Content-Length is no number"},
	{OK "Content-Length: 5,\r\nContent-Length: 5, x\r\n", "the answer's Content-Length is no number"},
	{OK "Content-Length: 99999999999999999999\r\n", "the answer's Content-Length is no number"},
	{OK "Content-Length: 5\r\nContent-Length: 6\r\n",
	 "the answer has two Content-Lengths that differ"},
	{OK "Content-Length: 5, 6\r\n", "the answer has two Content-Lengths that differ"},
	{"HTTP/1.1 100 Continue\r\n\r\nSSH", NO_HTTP},
	{"HTTP/1.1 100 Continue\r\nbroken\r\n", BROKEN},
};

static void what_is_wrong_at_every_split(void **state)
{
	struct buf rest = {0};

	(void)state;
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		size_t n = strlen(wrong[i].text);

		for (size_t first = 1; first <= n; first++)
			for (size_t most = 1; most <= n; most += n) {
				enum head_step step = read_in_pieces(wrong[i].text, n, first, most, &rest);

				if (step != HEAD_BAD || strcmp(head.problem, wrong[i].problem))
					fail_msg("%s, split at %zu: step %d: %s", wrong[i].text, first, step,
						 step == HEAD_BAD ? head.problem : "");
			}
	}
	buf_fini(&rest);
}

static void a_nul_is_broken(void **state)
{
	static const char text[] = OK "X: a\0b\r\n";
	struct buf rest = {0};

	(void)state;
	assert_int_equal(read_in_pieces(text, sizeof text - 1, 1, 1, &rest), HEAD_BAD);
	assert_string_equal(head.problem, BROKEN);
	buf_fini(&rest);
}

/* Everything has a bound: a line, whether its end comes or not, and all lines. */
static void bounds(void **state)
{
	enum { PIECE = 1000 };
	static char xs[PIECE];
	struct buf rest = {0};
	enum head_step step;
	size_t fed = 0;

	(void)state;
	memset(xs, 'x', sizeof xs);
	head_begin(&head);
	assert_int_equal(feed(OK "X: ", strlen(OK "X: "), &rest), HEAD_MORE);
	do {
		step = feed(xs, PIECE, &rest);
		fed += PIECE;
	} while (step == HEAD_MORE && fed < 10 * HEAD_LINE_MAX);
	assert_int_equal(step, HEAD_BAD);
	assert_string_equal(head.problem, "a header is too long to be read");
	assert_true(fed <= HEAD_LINE_MAX + PIECE);

	head_begin(&head);
	assert_int_equal(feed(OK, strlen(OK), &rest), HEAD_MORE);
	memcpy(xs, "X: ", 3);
	xs[PIECE - 1] = '\n';
	for (fed = 0; fed + 2 * PIECE < HEAD_MAX; fed += PIECE)
		assert_int_equal(feed(xs, PIECE, &rest), HEAD_MORE);
	for (int i = 0; i < 3 && step == HEAD_MORE; i++)
		step = feed(xs, PIECE, &rest);
	assert_int_equal(step, HEAD_BAD);

	/* Interim answers without an end. */
	head_begin(&head);
	for (fed = 0, step = HEAD_MORE; step == HEAD_MORE && fed < 2 * HEAD_MAX; fed += 25)
		step = feed("HTTP/1.1 100 Continue\r\n\r\n", 25, &rest);
	assert_int_equal(step, HEAD_BAD);
	assert_string_equal(head.problem, "a header is too long to be read");
	buf_fini(&rest);
}

static int fini(void **state)
{
	(void)state;
	head_fini(&head);
	buf_fini(&seen);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_at_every_split),
		cmocka_unit_test(what_is_wrong_at_every_split),
		cmocka_unit_test(a_nul_is_broken),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests(tests, NULL, fini);
}
