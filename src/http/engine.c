/* Users, queues and the loop, whoever carries an exchange: our own client
 * (engine_plain.c) where it is plain http, else curl (engine_curl.c).
 *
 * What the user's callbacks ask for is queued and carried out when whoever called
 * them has returned. */
#include "http/engine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/clock.h"
#include "engine_plain.h"
#include "engine_private.h"
#include "engine_ws.h"

/* --- the end of an exchange --- */

/* Out of every queue and of whose hands it was in. What has not ended loses its
 * connection. */
static void release(struct engine_conn *conn)
{
	list_remove(&conn->deadline_link);
	list_remove(&conn->by_byte);
	list_remove(&conn->connecting);
	list_remove(&conn->queue);
	if (conn->active && conn->by == BY_CURL)
		engine_curl_release(conn);
	else if (conn->active && conn->by == BY_PLAIN)
		engine_plain_release(conn);
	else if (conn->active && !conn->ws->keep)
		engine_ws_shut(conn);
	engine_lines_leave(conn);
	/* curl closes those without a word. */
	for (int i = 0; conn->active && i < 2; i++)
		loop_lost(&conn->engine->loop, conn->opening[i], conn);
	conn->active = conn->queued = conn->dropping = false;
}

void engine_finish(struct engine_conn *conn, CURLcode code, const char *timeout)
{
	struct engine *engine = conn->engine;
	struct pool *pool = engine_lines_opening(conn);
	struct engine_result r;

	engine_result_of(conn, code, timeout, &r);
	if (timeout)
		engine_lines_timed_out(conn);
	release(conn);
	engine->on.on_done(conn->owner, &r);
	if (pool && (r.error == ERROR_DNS || r.error == ERROR_CONNECT || r.error == ERROR_TLS || r.error == ERROR_TIMEOUT))
		engine_lines_fail(engine, pool, &r);
}

void engine_conn_free(struct engine_conn *conn)
{
	release(conn);
	engine_ws_free(conn);
	engine_plain_free(conn);
	engine_curl_free(conn);
	wire_own_fini(&conn->own);
	buf_fini(&conn->held);
	if (!--conn->engine->conns)
		engine_lines_close(conn->engine);
	free(conn);
}

void engine_run_drops(struct engine *engine)
{
	while (!list_empty(&engine->drops)) {
		struct engine_conn *conn =
			list_entry(engine->drops.next, struct engine_conn, queue);
		bool again = conn->queued;

		if (conn->closing) {
			engine_conn_free(conn);
			continue;
		}
		release(conn);
		if (again) {
			conn->queued = true;
			list_append(&engine->starts, &conn->queue);
		}
	}
}

void engine_after_turn(struct engine *engine)
{
	engine->busy = false;
	engine_run_drops(engine);
}

/* What was sent after the loop has looked is answered later. */
int64_t engine_came_ns(const struct engine_conn *conn)
{
	const struct engine *engine = conn->engine;
	bool heard = conn->line ? engine_lines_heard_ns(conn) == engine->looked_ns : engine->heard == conn;

	return heard && engine->looked_ns >= conn->ts_ns ? engine->looked_ns : clock_ns();
}

void engine_give_body(struct engine_conn *conn, const char *bytes, size_t length, int64_t ns)
{
	/* What an error says is part of its message. */
	if (conn->status >= 400 && conn->head_bytes < ENGINE_HEAD_BYTES) {
		size_t room = ENGINE_HEAD_BYTES - conn->head_bytes;
		size_t n = length < room ? length : room;

		memcpy(conn->head + conn->head_bytes, bytes, n);
		conn->head_bytes = (uint8_t)(conn->head_bytes + n);
	}
	if (conn->engine->on.on_data && !conn->complete_ns)
		conn->engine->on.on_data(conn->owner, bytes, length, ns);
}

/* What a WebSocket's socket has is ours to read, also between exchanges. */
void engine_ws_run(struct engine_conn *conn)
{
	conn->engine->busy = true;
	engine_ws_turn(conn);
	engine_after_turn(conn->engine);
	if (conn->active && conn->by == BY_WS && conn->ws->ended)
		engine_finish(conn, CURLE_OK, NULL);
	else if (conn->ws->eof && !(conn->active && conn->by == BY_WS))
		engine_ws_shut(conn);
}

/* `events`: of its socket; 0: it is to begin. */
static void plain_run(struct engine_conn *conn, uint32_t events)
{
	conn->engine->busy = true;
	if (events)
		engine_plain_turn(conn, events);
	else
		engine_plain_begin(conn);
	engine_after_turn(conn->engine);
	if (conn->active && conn->plain->ended)
		engine_finish(conn, CURLE_OK, NULL);
}

/* --- the beginning of one --- */

/* The one place where it is chosen who carries an exchange. */
static enum engine_way way_of(struct engine_conn *conn)
{
	if (http_is_websocket(conn->variant.url ? conn->variant.url : conn->request->url))
		return BY_WS;
	return engine_plain_takes(conn) ? BY_PLAIN : BY_CURL;
}

static void begin_afresh(struct engine_conn *conn)
{
	conn->open_errno = 0;
	conn->problem = NULL;
	conn->status = 0;
	conn->head_bytes = 0;
	conn->opening[0] = conn->opening[1] = -1;
	conn->opened = conn->sent = conn->any_byte = conn->header_end = false;
	conn->redirected = conn->died = conn->http2 = conn->turned_away = false;
	conn->curl_text[0] = '\0';
	conn->th_ns = 0;
	conn->complete_ns = 0;
	conn->uploaded = 0;
	conn->deadline = engine_deadline_for(conn->engine, conn->request);
}

static void go(struct engine_conn *conn)
{
	struct engine *engine = conn->engine;
	const struct engine_config *c = &engine->common.config;

	conn->active = true;
	if (conn->deadline)
		list_append(&conn->deadline->queue, &conn->deadline_link);
	if (c->idle_timeout_ns)
		list_append(&engine->by_byte, &conn->by_byte);
}

static void connecting(struct engine_conn *conn)
{
	if (conn->engine->common.config.connect_timeout_ns)
		list_append(&conn->engine->connecting, &conn->connecting);
}

static void begin_plain(struct engine_conn *conn)
{
	bool kept = engine_plain_prepare(conn);

	conn->ts_ns = conn->since_ns = conn->last_byte_ns = clock_ns();
	go(conn);
	if (!kept)
		connecting(conn);
	plain_run(conn, 0);
}

static CURLcode close_behind(struct engine_conn *conn)
{
	bool closes = conn->variant.closes;
	CURLcode code = CURLE_OK;
	CURL *easy = conn->easy;

	if (conn->closes != closes)
		CURL_SET(CURLOPT_FORBID_REUSE, closes || conn->engine->common.config.disable_keepalive ? 1L : 0L);
	conn->closes = closes;
	return code;
}

void engine_begin(struct engine_conn *conn)
{
	CURLcode code = CURLE_OK;
	CURL *easy = NULL;
	struct shard *shard;
	bool connects = true;

	if (conn->by == BY_WS) {
		connects = !engine_ws_begin(conn, &code);
		if (conn->ws)
			easy = conn->ws->easy;
		else
			conn->by = BY_CURL; /* there is no memory */
	} else if (!engine_curl_handle(conn)) {
		code = CURLE_OUT_OF_MEMORY;
	} else {
		easy = conn->easy;
		if (conn->prepared != conn->request || conn->varied)
			code = engine_prepare(conn);
		if (!code)
			code = engine_http2_prepare(conn);
		if (!code)
			code = close_behind(conn);
	}
	shard = conn->line ? engine_lines_shard(conn->line) : conn->shard;
	conn->ts_ns = conn->since_ns = conn->last_byte_ns = clock_ns();
	if (!code && connects)
		code = engine_curl_begin(conn, shard, easy);
	if (code) {
		engine_finish(conn, code, NULL);
		return;
	}
	if (conn->by == BY_WS && connects)
		conn->ws->state = WS_CONNECTING;
	go(conn);
	if (!connects) {
		engine_ws_run(conn);
		return;
	}
	connecting(conn);
	engine_curl_act(conn->engine, shard, CURL_SOCKET_TIMEOUT, 0);
}

void engine_take_back(struct engine_conn *conn)
{
	list_remove(&conn->deadline_link);
	list_remove(&conn->by_byte);
	list_remove(&conn->connecting);
	begin_afresh(conn);
	conn->active = false;
}

/* Hands over what is asked for now; what their ends ask for comes the next
 * time, so that failing at once does not keep us here. */
static void run_starts(struct engine *engine)
{
	struct link now;

	list_take(&engine->starts, &now);
	while (!list_empty(&now)) {
		struct engine_conn *conn = list_entry(now.next, struct engine_conn, queue);

		list_remove(&conn->queue);
		conn->queued = false;
		begin_afresh(conn);
		conn->by = (uint8_t)way_of(conn);
		if (conn->by == BY_PLAIN)
			begin_plain(conn);
		else if (conn->by == BY_CURL && engine->shares)
			engine_lines_wait(conn);
		else
			engine_begin(conn);
	}
	engine_lines_run(engine);
}

/* --- the loop --- */

void engine_byte(struct engine_conn *conn, int64_t ns)
{
	conn->last_byte_ns = ns;
	if (!list_empty(&conn->by_byte))
		list_append(&conn->engine->by_byte, &conn->by_byte);
}

static void on_event(struct engine *engine, const struct epoll_event *event, int64_t now)
{
	int fd, mask = 0;
	struct loop_socket *s = loop_socket_of(&engine->loop, event, &fd);
	struct shard *shard;
	struct engine_conn *conn;

	if (!s)
		return;
	shard = s->group;
	conn = shard && shard->line ? NULL : s->user; /* a line is nobody's */
	if (shard && shard->line && event->events & EPOLLIN)
		engine_lines_heard(shard, fd, now);
	if (conn)
		engine_byte(conn, now);
	if (event->events & EPOLLIN)
		mask |= CURL_CSELECT_IN;
	if (event->events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (event->events & (EPOLLERR | EPOLLHUP))
		mask |= CURL_CSELECT_ERR;
	engine->heard = conn;
	if (shard)
		engine_curl_act(engine, shard, fd, mask);
	else if (engine_plain_carries(conn, fd))
		plain_run(conn, event->events);
	else if (!engine_plain_hung_up(conn, fd))
		engine_ws_run(conn);
	engine->heard = NULL; /* what starts now is answered later */
	run_starts(engine);
}

/* A kept connection that the server has closed meanwhile must not get the next
 * request. Leaves the events that are still to be acted on; returns how many. */
static int let_go_of_closed(struct engine *engine, struct epoll_event *events, int n)
{
	int left = 0, fd;

	for (int i = 0; i < n; i++) {
		struct loop_socket *s = loop_socket_of(&engine->loop, &events[i], &fd);

		if (s && (s->group || engine_plain_carries(s->user, fd) ||
			  !engine_plain_hung_up(s->user, fd)))
			events[left++] = events[i];
	}
	return left;
}

void engine_run(struct engine *engine, int64_t until_ns)
{
	struct epoll_event events[ENGINE_EVENTS];
	int64_t due;
	bool starts;
	int n;

	if (!engine->slack_set) {
		/* The kernel adds 50 us to each wait by default. */
		prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
		engine->slack_set = true;
	}
	engine_run_drops(engine);
	starts = !list_empty(&engine->starts) || engine->unserved;
	due = starts ? 0 : engine_next_deadline(engine);
	if (due < until_ns)
		until_ns = due;
	n = loop_wait(&engine->loop, events, ENGINE_EVENTS, until_ns);
	engine->looked_ns = engine->free_ns = clock_ns();
	engine->all_seen = n < ENGINE_EVENTS;
	if (starts) {
		n = let_go_of_closed(engine, events, n);
		run_starts(engine);
		engine->free_ns = clock_ns();
	}
	for (int i = 0; i < n; i++)
		on_event(engine, &events[i], engine->looked_ns);
	engine_curl_timers(engine, engine->looked_ns);
	engine_run_timeouts(engine, engine->looked_ns);
	engine_lines_run(engine);
}

int64_t engine_looked_ns(const struct engine *engine)
{
	return engine->free_ns;
}

void engine_wake(struct engine *engine)
{
	loop_wake(&engine->loop);
}

uint32_t engine_connections(const struct engine *engine)
{
	return engine->loop.open;
}

void engine_conn_close(struct engine_conn *conn)
{
	if (!conn)
		return;
	engine_cancel(conn);
	if (conn->dropping)
		conn->closing = true;
	else
		engine_conn_free(conn);
}

void engine_start(struct engine_conn *conn, const struct http_request *request,
		  const struct http_variant *variant, const char *request_id)
{
	assert(!conn->queued && (!conn->active || conn->dropping));
	conn->request = request;
	if (variant) {
		conn->variant = *variant;
		conn->varied = true;
	} else {
		conn->variant = (struct http_variant){0};
	}
	wire_id_set(&conn->id, request_id);
	conn->queued = true;
	/* What is being dropped starts when it has been. */
	if (!conn->dropping)
		list_append(&conn->engine->starts, &conn->queue);
}

void engine_complete(struct engine_conn *conn)
{
	if (!conn->active || conn->dropping || conn->complete_ns)
		return;
	conn->complete_ns = conn->since_ns = clock_ns();
	list_remove(&conn->by_byte);
	if (conn->by != BY_WS)
		list_append(&conn->engine->grace->queue, &conn->deadline_link);
}

void engine_cancel(struct engine_conn *conn)
{
	struct engine *engine = conn->engine;

	if (conn->active && engine->busy) {
		conn->queued = false;
		conn->dropping = true;
		list_append(&engine->drops, &conn->queue);
	} else {
		release(conn);
	}
}
