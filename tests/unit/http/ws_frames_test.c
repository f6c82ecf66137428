#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../../src/http/ws_frames.h"
#include "base/mem.h"
#include "ws_peer.h"

/* A connection in memory. */
struct line {
	const uint8_t *in;
	size_t in_bytes, at, upto; /* no more than upto is there */
	bool ends;                 /* behind in_bytes: the end; else silence */
	uint8_t out[4096];
	size_t out_bytes, out_room; /* how much of it may be written */
	char got[256];              /* the messages, each with a '|' */
	size_t messages, last_bytes;
	int begun;
};

static ssize_t on_read(void *user, uint8_t *bytes, size_t room)
{
	struct line *l = user;
	size_t n = l->upto - l->at;

	if (!n)
		return l->ends && l->at == l->in_bytes ? -1 : 0;
	if (n > room)
		n = room;
	memcpy(bytes, l->in + l->at, n);
	l->at += n;
	return (ssize_t)n;
}

static ssize_t on_write(void *user, const uint8_t *bytes, size_t length)
{
	struct line *l = user;

	if (length > l->out_room - l->out_bytes)
		length = l->out_room - l->out_bytes;
	memcpy(l->out + l->out_bytes, bytes, length);
	l->out_bytes += length;
	return (ssize_t)length;
}

static void on_random(void *user, uint8_t *bytes, size_t length)
{
	(void)user;
	memset(bytes, 0x5a, length);
}

static void on_begin(void *user)
{
	((struct line *)user)->begun++;
}

static void on_message(void *user, const char *bytes, size_t length)
{
	struct line *l = user;
	size_t used = strlen(l->got);

	l->messages++;
	l->last_bytes = length;
	if (used + length + 2 < sizeof l->got)
		snprintf(l->got + used, sizeof l->got - used, "%.*s|", (int)length, bytes);
}

static const struct ws_frames_io io = {on_read, on_write, on_random, on_begin, on_message};

static enum ws_verdict run_to(struct ws_frames *f, struct line *l, size_t upto,
			      struct ws_end *end)
{
	l->upto = upto;
	return ws_frames_run(f, end);
}

/* Everything at once, then cut in two at every place, then byte by byte. */
static void every_split(void **state)
{
	uint8_t in[1024];
	size_t n = 0, first;
	char large[300];

	(void)state;
	memset(large, 'x', sizeof large);
	n += peer_frame(in + n, true, PEER_TEXT, "one", 3);
	n += peer_frame(in + n, false, PEER_TEXT, "t\xc3", 2);
	n += peer_frame(in + n, true, PEER_PING, "hello", 5);
	n += peer_frame(in + n, false, PEER_CONT, "", 0);
	n += peer_frame(in + n, true, PEER_CONT, "\xa4t", 2);
	n += peer_frame(in + n, true, PEER_BINARY, large, sizeof large);
	n += peer_frame(in + n, true, PEER_PONG, "", 0);
	n += peer_frame(in + n, true, PEER_TEXT, "", 0);
	first = n;
	n += peer_frame(in + n, true, PEER_CLOSE, "\x03\xf3sorry", 7);
	for (size_t cut = 0; cut <= n; cut++) {
		struct line l = {.in = in, .in_bytes = n, .out_room = sizeof l.out};
		struct ws_frames *f = ws_frames_new(&io, &l);
		struct ws_end end = {0};
		enum ws_verdict verdict;
		uint8_t *payload = NULL;
		size_t bytes = 0, took;
		int opcode = 0;

		verdict = run_to(f, &l, cut, &end);
		if (cut < n)
			assert_int_equal(verdict, WS_OPEN);
		if (cut == first)
			assert_int_equal(l.messages, 4);
		for (size_t i = cut + 1; cut % 7 == 0 && i < n; i++)
			assert_int_equal(run_to(f, &l, i, &end), WS_OPEN);
		if (verdict == WS_OPEN)
			verdict = run_to(f, &l, n, &end);
		assert_int_equal(verdict, WS_CLOSED);
		assert_int_equal(end.code, 1011);
		assert_string_equal(end.reason, "sorry");
		assert_int_equal(l.messages, 4);
		assert_int_equal(l.begun, 4);
		assert_memory_equal(l.got, "one|t\xc3\xa4t|", 9);
		assert_int_equal(l.last_bytes, 0);
		/* A pong, unless the close is seen at once, and the close answered. */
		took = peer_parse(l.out, l.out_bytes, &opcode, &payload, &bytes);
		if (opcode == PEER_PONG) {
			assert_int_equal(bytes, 5);
			assert_memory_equal(payload, "hello", 5);
			took += peer_parse(l.out + took, l.out_bytes - took, &opcode,
					   &payload, &bytes);
			assert_int_equal(took, l.out_bytes);
		} else {
			assert_true(cut < first || cut == n);
		}
		assert_int_equal(opcode, PEER_CLOSE);
		assert_int_equal(bytes, 7);
		assert_memory_equal(payload, "\x03\xf3sorry", 7);
		ws_frames_free(f);
	}
}

static void what_breaks_it(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		bool ends;
		enum ws_verdict verdict;
		int code;
		const char *what;
	} table[] = {
#define ROW(bytes, ...) {bytes, sizeof bytes - 1, __VA_ARGS__}
		ROW("\x81\x02hi", false, WS_OPEN, 0, NULL),
		ROW("\x81\x02hi", true, WS_GONE, 0, NULL),
		ROW("\x81\x02h", true, WS_GONE, 0, NULL),
		ROW("", true, WS_GONE, 0, NULL),
		ROW("\x88\x00", false, WS_CLOSED, 1005, NULL),
		ROW("\x88\x02\x03\xe8", true, WS_CLOSED, 1000, NULL),
		ROW("\x88\x04\x0f\xa0hi", false, WS_CLOSED, 4000, NULL),
		ROW("\x88\x06\x03\xf5" "busy", false, WS_CLOSED, 1013, NULL),
		ROW("\x88\x04\x03\xf5\xc3(", false, WS_BROKEN, 0, "UTF-8"),
		ROW("\x88\x02\x03\xf7", false, WS_BROKEN, 0, "breaks the WebSocket protocol"),
		ROW("\x88\x02\x03\xed", false, WS_BROKEN, 0, "breaks the WebSocket protocol"),
		ROW("\x88\x02\x00\x01", false, WS_BROKEN, 0, "breaks the WebSocket protocol"),
		ROW("\x88\x04\x03\xe8\xff\xff", false, WS_BROKEN, 0, "UTF-8"),
		ROW("\xc1\x02hi", false, WS_BROKEN, 0, "breaks the WebSocket protocol"),
		ROW("\x83\x02hi", false, WS_BROKEN, 0, "breaks the WebSocket protocol"),
		ROW("\x80\x02hi", false, WS_BROKEN, 0, "breaks the WebSocket protocol"),
		ROW("\x01\x02hi\x81\x02hi", false, WS_BROKEN, 0, "breaks the WebSocket protocol"),
		ROW("\x09\x02hi", false, WS_BROKEN, 0, "breaks the WebSocket protocol"),
		ROW("\x89\x7e\x00\x7e", false, WS_BROKEN, 0, "breaks the WebSocket protocol"),
		ROW("\x81\x82\x01\x02\x03\x04hi", false, WS_BROKEN, 0,
		    "breaks the WebSocket protocol"),
		ROW("\x81\x7e\x00\x02hi", false, WS_BROKEN, 0, "breaks the WebSocket protocol"),
		ROW("\x81\x02\xc3\x28", false, WS_BROKEN, 0, "UTF-8"),
		ROW("\x81\x01\xc3", false, WS_BROKEN, 0, "UTF-8"),
		ROW("\x82\x02\xc3\x28", false, WS_OPEN, 0, NULL),
		ROW("\x82\x7f\x00\x00\x00\x00\x00\x10\x00\x01x", false, WS_BROKEN, 0, "1 MiB"),
		ROW("\x82\x7f\x00\x00\x00\x00\x00\x10\x00\x00x", false, WS_OPEN, 0, NULL),
		ROW("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xffx", false, WS_BROKEN, 0, "1 MiB"),
		ROW("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff", false, WS_BROKEN, 0,
		    "breaks the WebSocket protocol"),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		/* A heap copy, so that reading too far is seen. */
		uint8_t *in = malloc(table[i].n + 1);
		struct line l = {.in = in, .in_bytes = table[i].n, .ends = table[i].ends,
				 .out_room = sizeof l.out};
		struct ws_frames *f = ws_frames_new(&io, &l);
		struct ws_end end = {0};
		enum ws_verdict verdict;

		memcpy(in, table[i].bytes, table[i].n);
		verdict = run_to(f, &l, table[i].n, &end);
		if (verdict != table[i].verdict || end.code != table[i].code ||
		    !end.what != !table[i].what ||
		    (end.what && !strstr(end.what, table[i].what)))
			fail_msg("row %zu: %d %u %s", i, (int)verdict, end.code,
				 end.what ? end.what : "");
		ws_frames_free(f);
		free(in);
	}
}

/* The longest message there may be, in two fragments; one byte more; and one in
 * too many crumbs. */
static void bounds(void **state)
{
	enum { HALF = WS_MESSAGE_MAX / 2 };
	uint8_t *in = malloc(WS_MESSAGE_MAX + 100);
	char *half = calloc(1, HALF + 1);

	(void)state;
	for (int more = 0; more < 2; more++) {
		struct line l = {.in = in, .out_room = sizeof l.out};
		struct ws_frames *f = ws_frames_new(&io, &l);
		struct ws_end end = {0};
		size_t n = peer_frame(in, false, PEER_TEXT, half, HALF);

		n += peer_frame(in + n, true, PEER_CONT, half, (size_t)(HALF + more));
		l.in_bytes = n;
		assert_int_equal(run_to(f, &l, n, &end), more ? WS_BROKEN : WS_OPEN);
		assert_int_equal(l.messages, !more);
		if (!more)
			assert_int_equal(l.last_bytes, WS_MESSAGE_MAX);
		ws_frames_free(f);
	}
	for (int more = 0; more < 2; more++) {
		struct line l = {.in = in, .out_room = sizeof l.out};
		struct ws_frames *f = ws_frames_new(&io, &l);
		struct ws_end end = {0};
		size_t n = peer_frame(in, false, PEER_TEXT, "a", 1);

		for (unsigned i = 2; i < WS_FRAGMENTS_MAX + (unsigned)more; i++)
			n += peer_frame(in + n, false, PEER_CONT, "a", 1);
		n += peer_frame(in + n, true, PEER_CONT, "a", 1);
		l.in_bytes = n;
		assert_int_equal(run_to(f, &l, n, &end), more ? WS_BROKEN : WS_OPEN);
		assert_int_equal(l.messages, !more);
		ws_frames_free(f);
	}
	free(half);
	free(in);
}

/* A message leaves in one masked frame, however the writing is cut; an empty one
 * too. */
static void sending(void **state)
{
	static const size_t size[] = {0, 1, 125, 126, 1000};
	char body[1000];

	(void)state;
	for (size_t i = 0; i < sizeof body; i++)
		body[i] = (char)('a' + i % 26);
	for (size_t k = 0; k < sizeof size / sizeof *size; k++) {
		struct line l = {0};
		struct ws_frames *f = ws_frames_new(&io, &l);
		struct ws_end end = {0};
		uint8_t *payload = NULL;
		size_t n = 0;
		int opcode = 0;

		assert_int_equal(ws_frames_send(f, body, size[k]), 0);
		while (ws_frames_wants_write(f)) {
			l.out_room = l.out_bytes + 3;
			assert_int_equal(ws_frames_run(f, &end), WS_OPEN);
			assert_true(l.out_bytes < 1100);
		}
		assert_int_equal(peer_parse(l.out, l.out_bytes, &opcode, &payload, &n),
				 l.out_bytes);
		assert_int_equal(opcode, PEER_TEXT);
		assert_int_equal(n, size[k]);
		if (n)
			assert_memory_equal(payload, body, n);
		l.out_bytes = 0;
		l.out_room = sizeof l.out;
		assert_int_equal(ws_frames_close(f, 1000), 0);
		ws_frames_flush(f);
		peer_parse(l.out, l.out_bytes, &opcode, &payload, &n);
		assert_int_equal(opcode, PEER_CLOSE);
		assert_memory_equal(payload, "\x03\xe8", 2);
		assert_int_equal(ws_frames_send(f, body, 1), -1);
		ws_frames_free(f);
	}
}

static void pings_nobody_reads_the_answers_of(void **state)
{
	uint8_t in[4096];
	struct line l = {.in = in}; /* nothing can be written */
	struct ws_frames *f = ws_frames_new(&io, &l);
	struct ws_end end = {0};
	size_t n = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		n += peer_frame(in + n, true, PEER_PING, "", 0);
	l.in_bytes = n;
	assert_int_equal(run_to(f, &l, n, &end), WS_OPEN);
	l.at = 0;
	assert_int_equal(run_to(f, &l, n, &end), WS_BROKEN);
	assert_non_null(strstr(end.what, "pings"));
	ws_frames_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_split),
		cmocka_unit_test(what_breaks_it),
		cmocka_unit_test(bounds),
		cmocka_unit_test(sending),
		cmocka_unit_test(pings_nobody_reads_the_answers_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
