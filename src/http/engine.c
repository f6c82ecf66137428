/* The engine over libcurl's multi interface.
 *
 * One multi's cost grows with its handles, so users are dealt out to several
 * ("shards") on one epoll. Each user has a connection cache of its own (a
 * CURLSH), which keeps its connection its own, also while it thinks.
 *
 * curl refuses most calls from within its callbacks, and so do we: what the
 * user's callbacks ask for is queued and carried out between curl calls. The
 * timeouts are ours: curl's are in milliseconds, its idle timeout in seconds,
 * and each costs it a node in a tree per exchange. There are few different ones,
 * so a queue for each, in order of start or last byte, is sorted by deadline. */
#include "http/engine.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "base/clock.h"
#include "engine_private.h"
#include "engine_ws.h"

#define EVENTS_MAX 256

/* --- the end of an exchange --- */

/* Out of curl's hands and of every queue. A transfer that has not ended loses
 * its connection. */
static void release(struct engine_conn *conn)
{
	list_remove(&conn->deadline_link);
	list_remove(&conn->by_byte);
	list_remove(&conn->connecting);
	list_remove(&conn->queue);
	if (conn->active && !conn->over_ws)
		curl_multi_remove_handle(conn->shard->multi, conn->easy);
	else if (conn->active && !conn->ws->keep)
		engine_ws_shut(conn);
	/* curl closes those without a word. */
	for (int i = 0; conn->active && i < 2; i++)
		loop_lost(&conn->engine->loop, conn->opening[i], conn);
	conn->active = conn->queued = conn->dropping = false;
}

/* `timeout`: which one expired, or NULL. */
static void finish(struct engine_conn *conn, CURLcode code, const char *timeout)
{
	struct engine_result r;

	engine_result_of(conn, code, timeout, &r);
	release(conn);
	conn->engine->on.on_done(conn->owner, &r);
}

static void ws_turn(struct engine_conn *conn);

static void drain(struct shard *shard)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(shard->multi, &left))) {
		CURLcode code = msg->data.result;
		struct engine_conn *conn = NULL;

		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&conn);
		if (!code && conn->over_ws)
			code = engine_ws_connected(conn);
		if (!code && conn->over_ws)
			ws_turn(conn);
		else
			finish(conn, code, NULL);
	}
}

/* --- between curl calls --- */

void engine_conn_free(struct engine_conn *conn)
{
	release(conn);
	engine_ws_free(conn);
	curl_easy_cleanup(conn->easy);
	if (conn->cache)
		curl_share_cleanup(conn->cache);
	wire_own_fini(&conn->own);
	buf_fini(&conn->held);
	conn->shard->users--;
	conn->engine->conns--;
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

/* What a WebSocket's socket has is ours to read, also between exchanges. */
static void ws_turn(struct engine_conn *conn)
{
	struct engine *engine = conn->engine;

	engine->in_curl = true; /* what callbacks ask for waits here, too */
	engine_ws_turn(conn);
	engine->in_curl = false;
	engine_run_drops(engine);
	if (conn->active && conn->over_ws && conn->ws->ended)
		finish(conn, CURLE_OK, NULL);
	else if (conn->ws->eof && !(conn->active && conn->over_ws))
		engine_ws_shut(conn);
}

/* Lets curl act on a socket or its timer, then hands out what has ended. */
static void act(struct engine *engine, struct shard *shard, curl_socket_t fd, int mask)
{
	int running;

	if (fd == CURL_SOCKET_TIMEOUT)
		shard->due_ns = ENGINE_NEVER; /* curl sets it anew if need be */
	engine->in_curl = true;
	curl_multi_socket_action(shard->multi, fd, mask, &running);
	engine->in_curl = false;
	engine_run_drops(engine);
	drain(shard);
}

static void hand_over(struct engine_conn *conn)
{
	struct engine *engine = conn->engine;
	const struct engine_config *c = &engine->common.config;
	CURLcode code = CURLE_OK;
	CURL *easy = conn->easy;
	bool connects = true;
	int64_t due_ns;

	conn->open_errno = 0;
	conn->status = 0;
	conn->head_bytes = 0;
	conn->opening[0] = conn->opening[1] = -1;
	conn->opened = conn->sent = conn->any_byte = conn->header_end = false;
	conn->redirected = conn->died = false;
	conn->curl_text[0] = '\0';
	conn->th_ns = 0;
	conn->complete_ns = 0;
	conn->over_ws = http_is_websocket(conn->variant.url ? conn->variant.url :
							      conn->request->url);
	if (conn->over_ws) {
		conn->prepared = NULL; /* the deadline is another's */
		conn->deadline = engine_deadline_for(engine, conn->request);
		connects = !engine_ws_begin(conn, &code);
		conn->over_ws = conn->ws != NULL; /* or there is no memory */
		easy = conn->ws ? conn->ws->easy : NULL;
	} else if (conn->prepared != conn->request || conn->varied) {
		code = engine_prepare(conn);
	}
	conn->ts_ns = conn->since_ns = conn->last_byte_ns = clock_ns();
	if (code) {
		finish(conn, code, NULL);
		return;
	}
	due_ns = engine->due_ns;
	if (connects && curl_multi_add_handle(conn->shard->multi, easy)) {
		finish(conn, CURLE_OUT_OF_MEMORY, NULL);
		return;
	}
	conn->active = true;
	if (conn->over_ws && connects)
		conn->ws->state = WS_CONNECTING;
	engine->due_ns = due_ns; /* the timer it has set is acted on below */
	if (conn->deadline)
		list_append(&conn->deadline->queue, &conn->deadline_link);
	if (c->idle_timeout_ns)
		list_append(&engine->by_byte, &conn->by_byte);
	if (!connects) {
		ws_turn(conn);
		return;
	}
	if (c->connect_timeout_ns)
		list_append(&engine->connecting, &conn->connecting);
	act(engine, conn->shard, CURL_SOCKET_TIMEOUT, 0);
}

/* Hands over what is asked for now; what their ends ask for comes the next
 * time, so that failing at once does not keep us here. */
static void run_starts(struct engine *engine)
{
	struct link now;

	if (list_empty(&engine->starts))
		return;
	list_take(&engine->starts, &now);
	while (!list_empty(&now)) {
		struct engine_conn *conn = list_entry(now.next, struct engine_conn, queue);

		list_remove(&conn->queue);
		conn->queued = false;
		hand_over(conn);
	}
}

static void run_timers(struct engine *engine, int64_t now)
{
	int64_t due = ENGINE_NEVER;

	if (now < engine->due_ns)
		return;
	/* What is set meanwhile counts as well. */
	engine->due_ns = ENGINE_NEVER;
	for (size_t i = 0; i < engine->shards; i++) {
		struct shard *shard = engine->shard[i];

		if (shard->due_ns <= now)
			act(engine, shard, CURL_SOCKET_TIMEOUT, 0);
		if (shard->due_ns < due)
			due = shard->due_ns;
	}
	if (due < engine->due_ns)
		engine->due_ns = due;
}

static void run_timeouts(struct engine *engine, int64_t now)
{
	const struct engine_config *c = &engine->common.config;
	struct engine_conn *conn;

	for (size_t i = 0; i < engine->deadlines; i++) {
		struct deadline *d = engine->deadline[i];

		while (!list_empty(&d->queue)) {
			conn = list_entry(d->queue.next, struct engine_conn, deadline_link);
			if (now - conn->since_ns < d->span_ns)
				break;
			finish(conn, CURLE_OK, d->text);
		}
	}
	while (!list_empty(&engine->connecting)) {
		conn = list_entry(engine->connecting.next, struct engine_conn, connecting);
		if (now - conn->ts_ns < c->connect_timeout_ns)
			break;
		finish(conn, CURLE_OK, engine->connect_text);
	}
	while (!list_empty(&engine->by_byte)) {
		conn = list_entry(engine->by_byte.next, struct engine_conn, by_byte);
		if (now - conn->last_byte_ns < c->idle_timeout_ns)
			break;
		finish(conn, CURLE_OK, engine->idle_text);
	}
}

static int64_t next_deadline(const struct engine *engine)
{
	const struct engine_config *c = &engine->common.config;
	int64_t due = engine->due_ns;

#define HEAD(queue, member) list_entry((queue).next, struct engine_conn, member)
#define EARLIER(queue, member, field, span)                                    \
	if (!list_empty(&(queue)) && HEAD(queue, member)->field + (span) < due) \
		due = HEAD(queue, member)->field + (span)
	for (size_t i = 0; i < engine->deadlines; i++)
		EARLIER(engine->deadline[i]->queue, deadline_link, since_ns,
			engine->deadline[i]->span_ns);
	EARLIER(engine->connecting, connecting, ts_ns, c->connect_timeout_ns);
	EARLIER(engine->by_byte, by_byte, last_byte_ns, c->idle_timeout_ns);
#undef EARLIER
#undef HEAD
	return due;
}

static void on_event(struct engine *engine, const struct epoll_event *event, int64_t now)
{
	int fd, mask = 0;
	struct loop_socket *s = loop_socket_of(&engine->loop, event, &fd);

	if (!s)
		return;
	if (s->user) {
		struct engine_conn *conn = s->user;

		conn->last_byte_ns = now;
		if (!list_empty(&conn->by_byte))
			list_append(&engine->by_byte, &conn->by_byte);
	}
	if (event->events & EPOLLIN)
		mask |= CURL_CSELECT_IN;
	if (event->events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (event->events & (EPOLLERR | EPOLLHUP))
		mask |= CURL_CSELECT_ERR;
	engine->heard = s->user;
	if (s->group)
		act(engine, s->group, fd, mask);
	else
		ws_turn(s->user);
	engine->heard = NULL; /* what starts now is answered later */
	run_starts(engine);
}

void engine_run(struct engine *engine, int64_t until_ns)
{
	struct epoll_event events[EVENTS_MAX];
	int64_t now, due;
	int n;

	if (!engine->slack_set) {
		/* The kernel adds 50 us to each wait by default. */
		prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
		engine->slack_set = true;
	}
	engine_run_drops(engine);
	if (!list_empty(&engine->starts)) {
		run_starts(engine);
		until_ns = 0;
	}
	due = next_deadline(engine);
	if (due < until_ns)
		until_ns = due;
	n = loop_wait(&engine->loop, events, EVENTS_MAX, until_ns);
	now = engine->looked_ns = clock_ns();
	for (int i = 0; i < n; i++)
		on_event(engine, &events[i], now);
	run_timers(engine, now);
	run_timeouts(engine, now);
}

int64_t engine_looked_ns(const struct engine *engine)
{
	return engine->looked_ns;
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
	if (!conn->over_ws)
		list_append(&conn->engine->grace->queue, &conn->deadline_link);
}

void engine_cancel(struct engine_conn *conn)
{
	struct engine *engine = conn->engine;

	if (conn->active && engine->in_curl) {
		conn->queued = false;
		conn->dropping = true;
		list_append(&engine->drops, &conn->queue);
	} else {
		release(conn);
	}
}
