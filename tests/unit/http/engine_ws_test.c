#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine_user.h"
#include "../../../src/http/ws_upgrade.h"
#include "ws_peer.h"

/* --- the server: what it does depends on the path --- */

#define PEER_BYTES (256 * 1024)

static atomic_int pongs, close_code; /* that it has received */

struct hearing {
	uint8_t bytes[PEER_BYTES];
	size_t used, took;
	int opcode;
	uint8_t *payload;
	size_t n;
};

/* The next frame; false at the end of the connection. */
static bool hear(int fd, struct hearing *h)
{
	memmove(h->bytes, h->bytes + h->took, h->used - h->took);
	h->used -= h->took;
	h->took = 0;
	for (;;) {
		ssize_t n;

		h->took = peer_parse(h->bytes, h->used, &h->opcode, &h->payload, &h->n);
		if (h->took)
			break;
		n = recv(fd, h->bytes + h->used, sizeof h->bytes - h->used, 0);
		if (n <= 0)
			return false;
		h->used += (size_t)n;
	}
	if (h->opcode == PEER_PONG)
		pongs++;
	if (h->opcode == PEER_CLOSE)
		close_code = h->n >= 2 ? h->payload[0] << 8 | h->payload[1] : 1005;
	return true;
}

static void say(int fd, bool fin, int opcode, const char *text)
{
	uint8_t frame[256];
	size_t n = peer_frame(frame, fin, opcode, text, strlen(text));

	bad_send(fd, (char *)frame, n);
}

static void echo(int fd, const struct hearing *h)
{
	uint8_t *frame = malloc(h->n + 16);
	size_t n = peer_frame(frame, true, PEER_TEXT, h->payload, h->n);

	bad_send(fd, (char *)frame, n);
	free(frame);
}

/* Answers one message; false: the connection ends. */
static bool ws_reply(int fd, const char *path, struct hearing *h)
{
	uint8_t out[256], code[8];
	size_t n = 0;

#define PATH(text) (!strncmp(path, text, sizeof text - 1) && strchr(" /", path[sizeof text - 1]))
	if (PATH("/ws/tokens")) {
		n += peer_frame(out + n, true, PEER_TEXT, "a", 1);
		n += peer_frame(out + n, true, PEER_BINARY, "b", 1);
		n += peer_frame(out + n, true, PEER_TEXT, "[DONE]", 6);
		n += peer_frame(out + n, true, PEER_TEXT, "stale", 5);
		bad_send(fd, (char *)out, n);
	} else if (PATH("/ws/fragments")) {
		int before = pongs;

		say(fd, false, PEER_TEXT, "he");
		say(fd, true, PEER_PING, "p");
		while (pongs == before && hear(fd, h))
			;
		say(fd, false, PEER_CONT, "l");
		say(fd, true, PEER_CONT, "lo[DONE]");
	} else if (PATH("/ws/drip")) {
		n = peer_frame(out, true, PEER_TEXT, "slowly[DONE]", 12);
		for (size_t i = 0; i < n; i++) {
			bad_send(fd, (char *)out + i, 1);
			bad_pause_ms(1);
		}
	} else if (PATH("/ws/close")) {
		unsigned number = (unsigned)atoi(path + 10);

		code[0] = (uint8_t)(number >> 8);
		code[1] = (uint8_t)number;
		memcpy(code + 2, "why\x1b", 4);
		say(fd, true, PEER_TEXT, "part");
		n = peer_frame(out, true, PEER_CLOSE, code, number ? 6 : 0);
		bad_send(fd, (char *)out, n);
		hear(fd, h);
		return false;
	} else if (PATH("/ws/cut")) {
		say(fd, true, PEER_TEXT, "part");
		return false;
	} else if (PATH("/ws/half")) {
		bad_send(fd, "\x81\x05hal", 5);
		return false;
	} else if (PATH("/ws/reset")) {
		bad_reset(fd);
		return false;
	} else if (PATH("/ws/silent")) {
		while (hear(fd, h))
			;
		return false;
	} else if (PATH("/ws/big")) {
		bad_send(fd, "\x81\x7f\0\0\0\0\0\x10\0\x01x", 11);
		hear(fd, h);
		return false;
	} else if (PATH("/ws/utf8")) {
		say(fd, true, PEER_TEXT, "\xc3(");
		hear(fd, h);
		return false;
	} else if (PATH("/ws/masked")) {
		bad_send(fd, "\x81\x82" "WXYZhi", 8);
		hear(fd, h);
		return false;
	} else if (PATH("/ws/away")) {
		/* Closes while the user thinks. */
		n += peer_frame(out + n, true, PEER_TEXT, "[DONE]", 6);
		n += peer_frame(out + n, true, PEER_CLOSE, "\x03\xe9", 2);
		bad_send(fd, (char *)out, n);
		hear(fd, h);
		return false;
	} else if (PATH("/ws/once")) {
		if (h->n == 5) {
			say(fd, true, PEER_TEXT, "[DONE]");
			return true;
		}
		n = peer_frame(out, true, PEER_CLOSE, "\x03\xe8", 2);
		bad_send(fd, (char *)out, n);
		hear(fd, h);
		return false;
	} else if (PATH("/ws/ping")) {
		n += peer_frame(out + n, true, PEER_TEXT, "[DONE]", 6);
		n += peer_frame(out + n, true, PEER_PING, "still there?", 12);
		bad_send(fd, (char *)out, n);
	} else if (PATH("/ws/straddle")) {
		/* A message that begins in one exchange and ends in the next. */
		bool first = h->n == 5;

		if (!first)
			bad_send(fd, "ale", 3);
		n += peer_frame(out + n, true, PEER_TEXT, "fresh[DONE]", 11);
		memcpy(out + n, "\x81\x05st", 4);
		bad_send(fd, (char *)out, n + 4);
	} else {
		echo(fd, h);
	}
	return true;
}

static bool ws_answer(struct bad_connection *c, const char *request, size_t bytes)
{
	const char *path = strchr(request, ' ') + 1;
	struct hearing *h;
	char accept[32], head[300];
	uint8_t hello[16];
	int fd = c->fd;

	if (!strncmp(request, "CONNECT model.invalid:80 ", 25)) {
		bad_say(fd, "HTTP/1.1 200 Go\r\n\r\n");
		return true;
	}
	if (strncmp(path, "/ws", 3))
		return bad_answer(c, request, bytes);
	if (PATH("/ws/404")) {
		bad_say(fd, "HTTP/1.1 404 No\r\nContent-Length: 14\r\n\r\nno su");
		bad_say(fd, "ch model!");
		return true;
	} else if (PATH("/ws/503")) {
		bad_say(fd, "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nnever\r\n");
		return true;
	} else if (PATH("/ws/426-cut")) {
		bad_say(fd, "HTTP/1.1 426 Upgrade\r\nContent-Length: 100\r\n\r\nhalf");
		return false;
	} else if (PATH("/ws/404-full")) {
		/* Of the room for the head a few bytes are left for the body. */
		static const char final[] = "HTTP/1.1 404 No\r\nContent-Length: 100\r\n\r\n";
		size_t n = WS_HEAD_MAX - 8 - strlen(final), rest;
		char *before = malloc(n + 1);

		rest = n - (size_t)snprintf(before, n + 1, "HTTP/1.1 100 Go on\r\nX: ");
		memset(before + n - rest, 'x', rest);
		memcpy(before + n - 4, "\r\n\r\n", 5);
		bad_say(fd, before);
		bad_say(fd, final);
		for (int i = 0; i < 10; i++)
			bad_say(fd, "0123456789");
		free(before);
		return true;
	} else if (PATH("/ws/200")) {
		bad_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
		return true;
	} else if (PATH("/ws/302")) {
		bad_say(fd, "HTTP/1.1 302 Found\r\nLocation: /ws/echo\r\nContent-Length: 0\r\n\r\n");
		return true;
	} else if (PATH("/ws/garbage")) {
		bad_say(fd, "SSH-2.0-OpenSSH_9.2\r\n");
		return true;
	} else if (PATH("/ws/cut-head")) {
		bad_say(fd, "HTTP/1.1 101 Swi");
		return false;
	} else if (PATH("/ws/no-answer")) {
		return false;
	} else if (PATH("/ws/stall")) {
		char byte;

		while (recv(fd, &byte, 1, 0) > 0)
			;
		return false;
	}
	peer_accept(request, accept);
	if (PATH("/ws/wrong-accept"))
		accept[0] ^= 1;
	snprintf(head, sizeof head,
		 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		 "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n%.*s",
		 accept, PATH("/ws/greeting") ? (int)peer_frame(hello, true, PEER_TEXT, "hi", 2) : 0,
		 (char *)hello);
	h = malloc(sizeof *h);
	h->used = h->took = 0;
	if (PATH("/ws/drip"))
		for (char *p = head; *p; p++)
			bad_send(fd, p, 1);
	else
		bad_say(fd, head);
	while (hear(fd, h) && h->opcode != PEER_CLOSE)
		if (h->opcode != PEER_PONG && !ws_reply(fd, path, h))
			break;
	free(h);
	return false;
#undef PATH
}

static void ws_server(struct bad_server *s, char url[64])
{
	bad_server_start(s, 0);
	s->answer = ws_answer;
	snprintf(url, 64, "ws://127.0.0.1:%d", s->port);
	pongs = close_code = 0;
}

static struct http_request ask(const char *base, const char *path, const char *body)
{
	struct http_request q = get(base, path);

	q.method = (char *)"POST";
	q.body = (char *)body;
	q.body_bytes = strlen(body);
	return q;
}

/* --- the tests --- */

static void good_exchanges(const struct engine_config *config)
{
	struct engine *engine = engine_with(config);
	struct seen *u = user_of(engine);
	struct http_request q;
	struct bad_server s;
	char url[64];

	ws_server(&s, url);
	q = ask(url, "/ws/echo", "hello[DONE]");
	u->complete = "[DONE]";
	for (int i = 0; i < 3; i++) {
		start(u, &q);
		run_until(engine, &u->done, i + 1);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_string_equal(u->body, "hello[DONE]");
		assert_int_equal(u->r.status, 101);
		assert_int_equal(u->r.code, 0);
		assert_true(u->r.answered && !u->r.tls && !u->r.http2);
		assert_int_equal(u->r.new_connection, i == 0);
		assert_true(u->r.ts_ns <= u->r.th_ns && u->r.th_ns <= u->r.te_ns);
		assert_true(u->data_ns <= u->r.te_ns);
		if (i) {
			assert_int_equal(u->r.bytes_in, 2 + 11);
			assert_int_equal(u->r.bytes_out, 6 + 11);
			assert_string_equal(u->lines, "");
		} else {
			assert_true(u->r.bytes_in > 100 && u->r.bytes_out > 150);
			assert_true(bad_saw(&s, "GET /ws/echo HTTP/1.1\r\nHost: 127.0.0.1:"));
			assert_true(bad_saw(&s, "\r\nX-Request-ID: id-0\r\n"));
			assert_true(bad_saw(&s, "\r\nUser-Agent: brunt-test\r\n"));
			assert_non_null(strstr(u->lines, "Upgrade: websocket|"));
		}
	}
	assert_int_equal(u->headers, 1);
	assert_int_equal(u->status, 101);
	assert_int_equal(s.accepted, 1);
	assert_int_equal(engine_connections(engine), 1);
	user_free(u);
	assert_int_equal(engine_connections(engine), 0);
	engine_close(engine);
	bad_server_stop(&s);
	assert_int_equal(close_code, 1000);
	free(q.url);
}

static void a_good_exchange(void **state)
{
	(void)state;
	good_exchanges(&defaults);
}

static void the_same_where_http2_is_asked_for(void **state)
{
	struct engine_config c = defaults;

	(void)state;
	c.http2 = true;
	good_exchanges(&c);
}

static void what_comes_of_it(void **state)
{
	static const struct {
		const char *path;
		enum error_class error;
		int status, code;
		bool answered;
		const char *says, *body;
	} table[] = {
		{"/ws/tokens", ERROR_NONE, 101, 0, true, "", "ab[DONE]"},
		{"/ws/fragments", ERROR_NONE, 101, 0, true, "", "hello[DONE]"},
		{"/ws/drip", ERROR_NONE, 101, 0, true, "", "slowly[DONE]"},
		{"/ws/greeting", ERROR_NONE, 101, 0, true, "", "hiask[DONE]"},
		{"/ws/away", ERROR_NONE, 101, 0, true, "", "[DONE]"},
		{"/ws/close/1000", ERROR_NONE, 101, 0, true, "", "part"},
		{"/ws/close/1001", ERROR_NONE, 101, 0, true, "", "part"},
		{"/ws/close/0", ERROR_NONE, 101, 0, true, "", "part"},
		{"/ws/close/1011", ERROR_STREAM_ERROR, 101, 0, false,
		 "WebSocket closed with 1011: why", "part"},
		{"/ws/close/1013", ERROR_STREAM_ERROR, 101, 0, false,
		 "WebSocket closed with 1013: why", "part"},
		{"/ws/close/4002", ERROR_STREAM_ERROR, 101, 0, false,
		 "WebSocket closed with 4002: why", "part"},
		{"/ws/close/5", ERROR_PROTOCOL, 101, 0, false, "breaks the WebSocket protocol",
		 "part"},
		{"/ws/cut", ERROR_RESET, 101, 0, false, "without a WebSocket close frame", "part"},
		{"/ws/half", ERROR_RESET, 101, 0, false, "without a WebSocket close frame", ""},
		{"/ws/reset", ERROR_RESET, 101, ECONNRESET, false, "reset by the server", ""},
		{"/ws/big", ERROR_PROTOCOL, 101, 0, false, "more than 1 MiB", ""},
		{"/ws/utf8", ERROR_PROTOCOL, 101, 0, false, "not UTF-8", ""},
		{"/ws/masked", ERROR_PROTOCOL, 101, 0, false, "breaks the WebSocket protocol", ""},
		{"/ws/wrong-accept", ERROR_PROTOCOL, 101, 0, false, "wrong Sec-WebSocket-Accept", ""},
		{"/ws/404", ERROR_HTTP_4XX, 404, 404, true, "HTTP 404: no such model!", ""},
		{"/ws/404-full", ERROR_HTTP_4XX, 404, 404, true, "HTTP 404: 01234567", ""},
		{"/ws/503", ERROR_HTTP_5XX, 503, 503, true, "HTTP 503", ""},
		{"/ws/426-cut", ERROR_HTTP_4XX, 426, 426, true, "HTTP 426: half", ""},
		{"/ws/200", ERROR_PROTOCOL, 200, 0, false, "does not change to WebSocket", ""},
		{"/ws/302", ERROR_PROTOCOL, 302, 0, false, "does not change to WebSocket", ""},
		{"/ws/garbage", ERROR_PROTOCOL, 0, 0, false, "not HTTP", ""},
		{"/ws/cut-head", ERROR_TRUNCATED, 0, 0, false, "before the answer was complete", ""},
		{"/ws/no-answer", ERROR_RESET, 0, 0, false, "closed by the server before", ""},
	};
	struct engine_config c = defaults;

	(void)state;
	c.follow_redirects = true;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct engine *engine = engine_with(&c);
		struct seen *u = user_of(engine);
		struct http_request q;
		struct bad_server s;
		char url[64];

		ws_server(&s, url);
		q = ask(url, table[i].path, "ask[DONE]");
		u->complete = "[DONE]";
		start(u, &q);
		run_until(engine, &u->done, 1);
		if (u->r.error != table[i].error || u->r.status != table[i].status ||
		    u->r.code != table[i].code || u->r.answered != table[i].answered ||
		    !strstr(u->message, table[i].says) || strcmp(u->body, table[i].body))
			fail_msg("%s: %s %u %d: \"%s\" after \"%s\"", table[i].path,
				 error_class_name(u->r.error), u->r.status, u->r.code, u->message,
				 u->body);
		assert_int_equal(u->r.error == ERROR_NONE, !*u->message);
		assert_null(strchr(u->message, '\x1b'));
		assert_true(u->r.new_connection && u->r.bytes_out > 0);
		if (*table[i].body || u->r.status >= 400)
			assert_true(u->r.th_ns > 0);
		/* After a failure a new one, and a good one. */
		free(q.url);
		q = ask(url, "/ws/echo", "again[DONE]");
		start(u, &q);
		run_until(engine, &u->done, 2);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_true(u->r.new_connection);
		assert_string_equal(u->body, "again[DONE]");
		user_free(u);
		engine_close(engine);
		bad_server_stop(&s);
		free(q.url);
	}
}

/* Messages that nobody waits for do not get into the next exchange. */
static void between_exchanges(void **state)
{
	static const struct {
		const char *path, *body;
		int connections;
	} table[] = {
		{"/ws/tokens", "ab[DONE]", 1},
		{"/ws/straddle", "fresh[DONE]", 1},
		{"/ws/ping", "[DONE]", 1},
		{"/ws/away", "[DONE]", 3},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct engine *engine = engine_with(&defaults);
		struct seen *u = user_of(engine);
		struct http_request q;
		struct bad_server s;
		char url[64];

		ws_server(&s, url);
		q = ask(url, table[i].path, "");
		u->complete = "[DONE]";
		for (int k = 0; k < 3; k++) {
			int64_t limit = clock_ns() + LIMIT_NS;

			struct http_variant v = {.body = k ? "more" : "first"};

			v.body_bytes = strlen(v.body);
			start_variant(u, &q, &v);
			run_until(engine, &u->done, k + 1);
			if (u->r.error || strcmp(u->body, table[i].body))
				fail_msg("%s, %d: %s \"%s\"", table[i].path, k, u->message, u->body);
			/* Idle for as long as it takes the server to see the pong or
			 * to close. */
			while (i == 2 && pongs < k + 1 && clock_ns() < limit)
				engine_run(engine, clock_ns() + NS_PER_MS);
			while (i == 3 && s.ended < k + 1 && clock_ns() < limit)
				engine_run(engine, clock_ns() + NS_PER_MS);
		}
		assert_int_equal(s.accepted, table[i].connections);
		if (i == 2)
			assert_int_equal(pongs, 3);
		/* An idle connection, or one that has ended, wakes nobody. */
		for (int k = 0; k < 3; k++)
			engine_run(engine, clock_ns() + 10 * NS_PER_MS);
		int64_t from = clock_ns();
		engine_run(engine, from + 30 * NS_PER_MS);
		assert_true(clock_ns() - from >= 30 * NS_PER_MS);
		user_free(u);
		engine_close(engine);
		bad_server_stop(&s);
		free(q.url);
	}
}

/* A good close is no answer to what a kept connection was just asked; nothing
 * is asked again behind the user's back. */
static void a_kept_connection_is_closed(void **state)
{
	static const struct {
		const char *body;
		enum error_class error;
		bool fresh;
	} asked[] = {
		{"first", ERROR_NONE, true},
		{"more", ERROR_RESET, false},
		{"first", ERROR_NONE, true},
		{"first", ERROR_NONE, false},
	};
	struct engine *engine = engine_with(&defaults);
	struct seen *u = user_of(engine);
	struct http_request q;
	struct bad_server s;
	char url[64];

	(void)state;
	ws_server(&s, url);
	q = ask(url, "/ws/once", "");
	u->complete = "[DONE]";
	for (int i = 0; i < 4; i++) {
		struct http_variant v = {.body = asked[i].body};

		v.body_bytes = strlen(v.body);
		start_variant(u, &q, &v);
		run_until(engine, &u->done, i + 1);
		assert_int_equal(u->r.error, asked[i].error);
		assert_int_equal(u->r.answered, !asked[i].error);
		assert_int_equal(u->r.new_connection, asked[i].fresh);
		if (asked[i].error)
			assert_string_equal(u->message,
					    "the server closed the kept WebSocket before it answered");
	}
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(q.url);
}

/* One user does both, over a connection each; a WebSocket to another URL is
 * another one. */
static void beside_http(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct seen *u = user_of(engine);
	struct http_request ws, other, http;
	struct bad_server s;
	char url[64];

	(void)state;
	ws_server(&s, url);
	ws = ask(url, "/ws/echo", "[DONE]");
	other = ask(url, "/ws/echo?2", "two[DONE]");
	http = get(s.url, "/ok");
	for (int i = 0; i < 6; i++) {
		u->complete = i % 2 ? "[DONE]" : NULL;
		start(u, i % 2 ? &ws : &http);
		run_until(engine, &u->done, i + 1);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_int_equal(u->r.new_connection, i < 2);
		assert_string_equal(u->body, i % 2 ? "[DONE]" : "hello");
	}
	assert_int_equal(s.accepted, 2);
	assert_int_equal(engine_connections(engine), 2);
	u->complete = "[DONE]";
	start(u, &other);
	run_until(engine, &u->done, 7);
	assert_string_equal(u->body, "two[DONE]");
	assert_true(u->r.new_connection);
	assert_int_equal(engine_connections(engine), 2);
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(ws.url);
	free(other.url);
	free(http.url);
}

static void variants_and_sizes(void **state)
{
	enum { LARGE = 100000 };
	struct engine *engine = engine_with(&defaults);
	struct seen *u = user_of(engine);
	const char *const header[] = {"X-Turn: 2", NULL};
	struct http_variant v = {.header = header};
	char *body = malloc(LARGE + 1), *elsewhere;
	struct http_request q;
	struct bad_server s;
	char url[64];

	(void)state;
	ws_server(&s, url);
	q = get("http://127.0.0.1:1", "/");
	elsewhere = http_url_join(url, "/ws/echo");
	v.url = elsewhere;
	v.body = body;
	u->complete = "[DONE]";
	memset(body, 'x', LARGE);
	for (size_t n = 10, i = 0; n <= LARGE; n = n * 10 - n / 3, i++) {
		memcpy(body + n - 6, "[DONE]", 7);
		v.body_bytes = n;
		start_variant(u, &q, &v);
		run_until(engine, &u->done, (int)i + 1);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_int_equal(u->body_bytes, n);
		assert_memory_equal(u->body, body, n);
		memset(body, 'x', LARGE);
	}
	assert_int_equal(s.accepted, 1);
	assert_true(bad_saw(&s, "\r\nX-Turn: 2\r\n"));
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(q.url);
	free(elsewhere);
	free(body);
}

static void timeouts_and_cancels(void **state)
{
	struct engine_config c = defaults;
	struct http_request silent, stall, echoed;
	struct engine *engine;
	struct bad_server s;
	struct seen *u;
	char url[64], wss[64];
	int64_t limit = clock_ns() + LIMIT_NS;
	uint64_t in, out;

	(void)state;
	ws_server(&s, url);
	snprintf(wss, sizeof wss, "wss://127.0.0.1:%d", s.port);
	silent = ask(url, "/ws/silent", "x");
	stall = ask(url, "/ws/stall", "x");
	echoed = ask(url, "/ws/echo", "[DONE]");
	silent.timeout_ns = stall.timeout_ns = 50 * NS_PER_MS;
	engine = engine_with(&c);
	u = user_of(engine);
	u->complete = "[DONE]";
	for (int i = 0; i < 2; i++) {
		start(u, i ? &stall : &silent);
		run_until(engine, &u->done, i + 1);
		assert_int_equal(u->r.error, ERROR_TIMEOUT);
		assert_int_equal(u->r.code, ETIMEDOUT);
		assert_int_equal(engine_connections(engine), 0);
	}
	start(u, &echoed);
	run_until(engine, &u->done, 3);
	assert_int_equal(u->r.error, ERROR_NONE);
	/* Cancelled from within, from without, before it began. */
	u->cancel = u->conn;
	start(u, &echoed);
	while (u->cancel && clock_ns() < limit)
		engine_run(engine, limit);
	assert_int_equal(u->done, 3);
	assert_int_equal(engine_connections(engine), 0);
	u->cancel = u->conn;
	u->restart = &echoed;
	start(u, &echoed);
	run_until(engine, &u->done, 4);
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_true(u->r.new_connection);
	silent.timeout_ns = 0;
	start(u, &silent);
	do {
		engine_run(engine, clock_ns() + NS_PER_MS);
		engine_bytes(u->conn, &in, &out);
	} while (!in && clock_ns() < limit);
	assert_true(in > 0 && out > 100);
	engine_cancel(u->conn);
	engine_bytes(u->conn, &in, &out);
	assert_int_equal(in + out, 0);
	assert_int_equal(engine_connections(engine), 0);
	start(u, &echoed);
	engine_cancel(u->conn);
	start(u, &silent);
	engine_run(engine, clock_ns());
	user_free(u);
	assert_int_equal(engine_connections(engine), 0);
	engine_close(engine);

	c.idle_timeout_ns = 50 * NS_PER_MS;
	u = exchange(&c, &silent);
	assert_string_equal(u->message, "no byte for 50.0 ms (--idle-timeout)");
	free(u);
	free(stall.url);
	stall = ask(wss, "/ws/stall", "x");
	c = defaults;
	c.connect_timeout_ns = 50 * NS_PER_MS;
	u = exchange(&c, &stall);
	assert_string_equal(u->message, "no connection within 50.0 ms (--connect-timeout)");
	assert_true(u->r.tls);
	free(u);
	bad_server_stop(&s);
	free(silent.url);
	free(stall.url);
	free(echoed.url);
}

static void nobody_there(void **state)
{
	char url[64];
	struct http_request q;
	struct seen *u;

	(void)state;
	snprintf(url, sizeof url, "ws://127.0.0.1:%d", bad_closed_port());
	q = ask(url, "/", "x");
	u = exchange(&defaults, &q);
	assert_int_equal(u->r.error, ERROR_CONNECT);
	assert_int_equal(u->r.code, ECONNREFUSED);
	assert_string_equal(u->message, "connection refused");
	free(u);
	free(q.url);
}

static void ways_there(void **state)
{
	struct engine_config c = defaults;
	const char *list[2] = {NULL, NULL};
	struct http_request q = ask("ws://aladdin:open%20sesame@model.invalid", "/ws/close/1000", "");
	struct bad_server s;
	struct seen *u;
	char url[64], entry[64];

	(void)state;
	ws_server(&s, url);
	c.proxy = s.url;
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_true(bad_saw(&s, "\r\nHost: model.invalid\r\n"));
	assert_true(bad_saw(&s, "\r\nAuthorization: Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
	free(u);
	free(q.url);
	/* A proxy that will not. */
	q = ask("ws://other.invalid", "/ws/close/1000", "");
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_CONNECT);
	assert_non_null(strstr(u->message, "403"));
	free(u);
	c = defaults;
	c.connect_to = list;
	c.user_password = "me:you";
	list[0] = entry;
	snprintf(entry, sizeof entry, "other.invalid:80:127.0.0.1:%d", s.port);
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_true(bad_saw(&s, "\r\nAuthorization: Basic bWU6eW91\r\n"));
	free(u);
	free(q.url);
	bad_server_stop(&s);
}

static void without_keepalive(void **state)
{
	struct engine_config c = defaults;
	struct bad_server s;
	struct http_request q;
	struct engine *engine;
	struct seen *u;
	char url[64];

	(void)state;
	c.disable_keepalive = true;
	ws_server(&s, url);
	q = ask(url, "/ws/echo", "[DONE]");
	engine = engine_with(&c);
	u = user_of(engine);
	u->complete = "[DONE]";
	for (int i = 0; i < 3; i++) {
		start(u, &q);
		run_until(engine, &u->done, i + 1);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_true(u->r.new_connection);
		assert_int_equal(engine_connections(engine), 0);
	}
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	assert_int_equal(s.accepted, 3);
	free(q.url);
}

/* Several at once, each starting again from its callback. */
static void many_users(void **state)
{
	enum { MANY = 40, ROUNDS = 5 };
	struct engine *engine = engine_with(&defaults);
	struct seen *u[MANY];
	struct http_request q;
	struct bad_server s;
	char url[64];

	(void)state;
	ws_server(&s, url);
	q = ask(url, "/ws/fragments", "x");
	for (int i = 0; i < MANY; i++) {
		u[i] = user_of(engine);
		u[i]->complete = "[DONE]";
		u[i]->again = &q;
		u[i]->repeat = ROUNDS - 1;
		start(u[i], &q);
	}
	for (int i = 0; i < MANY; i++) {
		run_until(engine, &u[i]->done, ROUNDS);
		assert_int_equal(u[i]->r.error, ERROR_NONE);
		assert_string_equal(u[i]->body, "hello[DONE]");
	}
	assert_int_equal(s.accepted, MANY);
	for (int i = 0; i < MANY; i++)
		user_free(u[i]);
	engine_close(engine);
	bad_server_stop(&s);
	free(q.url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_exchange),
		cmocka_unit_test(what_comes_of_it),
		cmocka_unit_test(between_exchanges),
		cmocka_unit_test(a_kept_connection_is_closed),
		cmocka_unit_test(the_same_where_http2_is_asked_for),
		cmocka_unit_test(beside_http),
		cmocka_unit_test(variants_and_sizes),
		cmocka_unit_test(timeouts_and_cancels),
		cmocka_unit_test(nobody_there),
		cmocka_unit_test(ways_there),
		cmocka_unit_test(without_keepalive),
		cmocka_unit_test(many_users),
	};

	return cmocka_run_group_tests(tests, global_init, global_fini);
}
