/* A WebSocket's exchanges: its bytes, the answer to the upgrade, messages, and
 * what came of it. */
#include "engine_ws.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"

/* What one turn reads at most, so that a flood leaves others theirs. */
#define TURN_BYTES (256u * 1024)
#define HEAD_ROOM 2048u
#define CLOSE_GOING_AWAY 1001
#define CLOSE_NO_CODE 1005

/* --- bytes --- */

static bool has_exchange(const struct ws *ws)
{
	const struct engine_conn *conn = ws->conn;

	return conn->active && conn->by == BY_WS && !conn->dropping && !ws->ended;
}

/* As ws_frames_io.read. */
static ssize_t receive(struct ws *ws, uint8_t *bytes, size_t room)
{
	CURLcode code;
	size_t n = 0;

	if (ws->drained)
		return 0;
	if (ws->read_bytes >= TURN_BYTES) {
		ws->drained = ws->more = true;
		return 0;
	}
	code = curl_easy_recv(ws->easy, bytes, room, &n);
	if (code == CURLE_AGAIN) {
		ws->drained = true;
		return 0;
	}
	if (code || !n) {
		ws->failure = code;
		ws->eof = true;
		return -1;
	}
	/* TLS may hold more than it gave; a socket says so again. */
	if (!ws->tls && n < room)
		ws->drained = true;
	ws->read_ns = engine_came_ns(ws->conn);
	ws->read_bytes += n;
	ws->bytes_in += n;
	return (ssize_t)n;
}

/* What came behind the answer to the upgrade, then what comes. */
static ssize_t on_read(void *user, uint8_t *bytes, size_t room)
{
	struct ws *ws = user;
	size_t n = ws->head_bytes - ws->head_at;

	if (!ws->head)
		return receive(ws, bytes, room);
	if (n > room)
		n = room;
	memcpy(bytes, ws->head + ws->head_at, n);
	ws->head_at += n;
	if (n)
		return (ssize_t)n;
	free(ws->head);
	ws->head = NULL;
	return receive(ws, bytes, room);
}

/* 0: not all of it yet; -1: no more ever. */
static int transmit(struct ws *ws, const void *bytes, size_t length, size_t *at)
{
	while (*at < length) {
		size_t n = 0;
		CURLcode code = curl_easy_send(ws->easy, (const char *)bytes + *at,
					       length - *at, &n);

		if (code == CURLE_AGAIN)
			return 0;
		if (code) {
			ws->failure = code;
			ws->eof = true;
			return -1;
		}
		*at += n;
		ws->bytes_out += n;
	}
	return 1;
}

/* What is left stays where it is: TLS wants the same bytes at the same place
 * when it goes on. */
int engine_ws_flush(struct ws *ws)
{
	int done = transmit(ws, ws->out, ws->out_bytes, &ws->out_at);

	if (done == 1)
		ws->out_at = ws->out_bytes = 0;
	return done;
}

/* A head and a message in one segment: collected, sent by
 * engine_ws_flush(). */
static ssize_t on_write(void *user, const uint8_t *bytes, size_t length)
{
	struct ws *ws = user;
	size_t room = sizeof ws->out - ws->out_bytes;

	if (!room) {
		if (engine_ws_flush(ws) < 0)
			return -1;
		room = sizeof ws->out - ws->out_bytes;
	}
	if (length > room)
		length = room;
	memcpy(ws->out + ws->out_bytes, bytes, length);
	ws->out_bytes += length;
	return (ssize_t)length;
}

void engine_ws_random(void *user, uint8_t *bytes, size_t length)
{
	struct ws *ws = user;

	if (length > sizeof ws->random - ws->random_at) {
		size_t have = 0;

		while (have < sizeof ws->random) {
			ssize_t n = getrandom(ws->random + have, sizeof ws->random - have, 0);

			if (n < 0 && errno != EINTR)
				abort(); /* no kernel we run on lacks it */
			have += n > 0 ? (size_t)n : 0;
		}
		ws->random_at = 0;
	}
	memcpy(bytes, ws->random + ws->random_at, length);
	ws->random_at += length;
}

/* --- the end of an exchange --- */

static void end(struct ws *ws, enum error_class error, const char *what)
{
	if (!has_exchange(ws))
		return;
	ws->ended = true;
	ws->error = error;
	ws->what = what;
}

static void end_as_gone(struct ws *ws, bool any_byte)
{
	end(ws, any_byte ? ERROR_TRUNCATED : ERROR_RESET, NULL);
}

static void end_as_closed(struct ws *ws)
{
	uint16_t code = ws->close.code;
	bool good = code == WS_CLOSE_NORMAL || code == CLOSE_GOING_AWAY || code == CLOSE_NO_CODE;

	if (!has_exchange(ws))
		return;
	/* The answer to the upgrade would be a byte of this exchange. */
	if (good && !ws->conn->any_byte) {
		end(ws, ERROR_RESET, "the server closed the kept WebSocket before it answered");
		return;
	}
	ws->answered = good;
	end(ws, good ? ERROR_NONE : ERROR_STREAM_ERROR, NULL);
}

/* --- frames --- */

static void on_begin(void *user)
{
	struct ws *ws = user;

	ws->mine = has_exchange(ws);
	if (ws->mine && !ws->conn->th_ns)
		ws->conn->th_ns = ws->read_ns;
}

static void on_message(void *user, const char *bytes, size_t length)
{
	struct ws *ws = user;
	struct engine_conn *conn = ws->conn;

	/* Between exchanges, or after the end of one: nobody's. */
	if (!ws->mine || !has_exchange(ws))
		return;
	conn->any_byte = true;
	if (conn->engine->on.on_data)
		conn->engine->on.on_data(conn->owner, bytes, length, ws->read_ns);
	if (conn->complete_ns && has_exchange(ws)) {
		ws->answered = true;
		end(ws, ERROR_NONE, NULL);
	}
}

static enum ws_verdict run_frames(struct ws *ws)
{
	enum ws_verdict verdict = ws_frames_run(ws->frames, &ws->close);

	if (engine_ws_flush(ws) < 0 && verdict == WS_OPEN)
		verdict = WS_GONE;
	return verdict;
}

static void turn_ready(struct ws *ws)
{
	struct engine_conn *conn = ws->conn;

	if (has_exchange(ws) && !ws->sent_message) {
		const struct http_request *q = conn->request;
		const char *body = conn->variant.body ? conn->variant.body : q->body;
		size_t bytes = conn->variant.body ? conn->variant.body_bytes : q->body_bytes;

		ws->sent_message = true;
		if (body && ws_frames_send(ws->frames, body, bytes))
			end(ws, ERROR_PROTOCOL, "out of memory");
	}
	switch (run_frames(ws)) {
	case WS_OPEN:
		ws->keep = ws->ended && !conn->engine->common.config.disable_keepalive;
		return;
	case WS_CLOSED:
		end_as_closed(ws);
		break;
	case WS_BROKEN:
		end(ws, ERROR_PROTOCOL, ws->close.what);
		break;
	case WS_GONE:
		end(ws, ERROR_RESET, "the connection ended without a WebSocket close frame");
		break;
	}
	ws->eof = true;
}

/* --- the handshake --- */

/* The answer refuses. What there is of its body becomes part of the message. */
static void refused(struct ws *ws, const struct ws_answer *a)
{
	struct engine_conn *conn = ws->conn;
	size_t have = ws->head_bytes - a->head_bytes;
	size_t want = ENGINE_HEAD_BYTES;

	if (conn->status < 400) {
		end(ws, ERROR_PROTOCOL, a->problem);
		return;
	}
	if (a->content_bytes >= 0 && a->content_bytes < (int64_t)want)
		want = (size_t)a->content_bytes;
	/* The rest is on its way, if there is room for it: a socket that is ready and
	 * not read would not let us rest. */
	if (a->content_bytes > 0 && have < want && !ws->eof && ws->head_bytes < WS_HEAD_MAX)
		return;
	if (a->content_bytes >= 0) {
		conn->head_bytes = (uint8_t)(have < want ? have : want);
		memcpy(conn->head, ws->head + a->head_bytes, conn->head_bytes);
	}
	ws->answered = true;
	end(ws, conn->status >= 500 ? ERROR_HTTP_5XX : ERROR_HTTP_4XX, NULL);
}

static void give_headers(struct ws *ws, const struct ws_answer *a)
{
	struct engine_conn *conn = ws->conn;
	const struct engine_callbacks *on = &conn->engine->on;
	size_t at = a->lines_at, bytes;
	const char *line;

	conn->header_end = true;
	conn->status = a->status;
	while (on->on_header && !conn->dropping &&
	       (line = ws_answer_line(ws->head, a->head_bytes, &at, &bytes)))
		on->on_header(conn->owner, line, bytes);
	if (on->on_headers && !conn->dropping)
		on->on_headers(conn->owner, a->status, ws->read_ns);
}

/* Reads what there is of the answer to the upgrade. */
static void read_head(struct ws *ws)
{
	for (;;) {
		ssize_t n;

		if (ws->head_bytes == ws->head_room) {
			if (ws->head_room >= WS_HEAD_MAX)
				return;
			ws->head_room = ws->head_room ? 2 * ws->head_room : HEAD_ROOM;
			ws->head = xreallocarray(ws->head, ws->head_room, 1);
		}
		n = receive(ws, (uint8_t *)ws->head + ws->head_bytes,
			    ws->head_room - ws->head_bytes);
		if (n <= 0)
			return;
		ws->head_bytes += (size_t)n;
	}
}

static void turn_upgrading(struct ws *ws)
{
	static const struct ws_frames_io io = {on_read, on_write, engine_ws_random, on_begin,
					       on_message};
	struct engine_conn *conn = ws->conn;
	const char *const *header = conn->variant.header ?
					    conn->variant.header :
					    (const char *const *)conn->request->header;
	struct ws_answer a;

	if (ws->text && transmit(ws, ws->text, ws->text_bytes, &ws->text_at) == 1) {
		free(ws->text);
		ws->text = NULL;
	}
	read_head(ws);
	if (ws->head_bytes && !conn->any_byte) {
		conn->any_byte = true;
		conn->th_ns = ws->read_ns;
	}
	switch (ws_answer_read(ws->head ? ws->head : "", ws->head_bytes, ws->accept, header, &a)) {
	case WS_ANSWER_MORE:
		if (ws->eof)
			end_as_gone(ws, conn->any_byte);
		return;
	case WS_ANSWER_BAD:
		end(ws, ERROR_PROTOCOL, a.problem);
		return;
	case WS_ANSWER_HEAD:
		break;
	}
	if (!conn->header_end)
		give_headers(ws, &a);
	if (conn->dropping)
		return;
	if (a.problem) {
		refused(ws, &a);
		return;
	}
	conn->th_ns = 0; /* a message's */
	ws->head_at = a.head_bytes;
	ws->frames = ws_frames_new(&io, ws);
	if (!ws->frames) {
		end(ws, ERROR_PROTOCOL, "out of memory");
		return;
	}
	ws->state = WS_READY;
	turn_ready(ws);
}

void engine_ws_turn(struct engine_conn *conn)
{
	struct ws *ws = conn->ws;
	uint32_t events = EPOLLIN;

	ws->drained = ws->more = false;
	ws->read_bytes = 0;
	if (ws->state == WS_UPGRADING)
		turn_upgrading(ws);
	else if (ws->state == WS_READY)
		turn_ready(ws);
	if (ws->eof)
		end_as_gone(ws, conn->any_byte);
	if (conn->dropping || ws->eof)
		return;
	/* A socket can always be written to: that brings the next turn. */
	if (ws->more || ws->text || ws->out_bytes ||
	    (ws->frames && ws_frames_wants_write(ws->frames)))
		events |= EPOLLOUT;
	loop_want(&conn->engine->loop, ws->fd, events, NULL);
}

/* --- what came of it --- */

static void closed_message(const struct ws *ws, char *out, size_t room)
{
	char reason[sizeof ws->close.reason];

	utf8_clean(ws->close.reason, strlen(ws->close.reason), reason, sizeof reason);
	snprintf(out, room, "WebSocket closed with %u%s%s", ws->close.code,
		 *reason ? ": " : "", reason);
}

void engine_ws_result_of(const struct engine_conn *conn, struct engine_result *r)
{
	const struct ws *ws = conn->ws;
	struct engine *engine = conn->engine;
	long os_errno = 0;

	r->answered = ws->answered;
	r->error = ws->error;
	switch (ws->error) {
	case ERROR_NONE:
	case ERROR_HTTP_4XX:
	case ERROR_HTTP_5XX: /* with its words by the caller */
		break;
	case ERROR_STREAM_ERROR:
		closed_message(ws, engine->message, sizeof engine->message);
		break;
	default:
		if (ws->failure && ws->error == ERROR_RESET)
			curl_easy_getinfo(ws->easy, CURLINFO_OS_ERRNO, &os_errno);
		r->code = (int32_t)os_errno;
		if (ws->what && !os_errno)
			snprintf(engine->message, sizeof engine->message, "%s", ws->what);
		else
			curl_common_message(ws->failure, ws->error, r->code, conn->curl_text,
					    engine->message, sizeof engine->message);
		break;
	}
}
