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
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "engine_private.h"
#include "engine_ws.h"

#define SHARD_USERS 64u
#define EVENTS_MAX 256
/* After engine_complete() the end of the body may still be on its way: "[DONE]"
 * and the last chunk are often two writes. It is worth the connection. */
#define GRACE_NS (20 * NS_PER_MS)

/* curl's receive buffer, one a handle: large enough for token streams, small
 * enough for 10,000 users. Its upload buffer is at its minimum for the same
 * reason. */
#define RECEIVE_BYTES 8192L
#define UPLOAD_BYTES 16384L

int engine_global_init(struct err *err)
{
	struct rlimit files;
	struct sigaction action;

	/* A connection needs a descriptor; the soft limit is for select(). */
	if (!getrlimit(RLIMIT_NOFILE, &files) && files.rlim_cur < files.rlim_max) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	/* TLS writes with write(2): a closed connection would end us. */
	if (!sigaction(SIGPIPE, NULL, &action) && action.sa_handler == SIG_DFL) {
		action.sa_handler = SIG_IGN;
		sigaction(SIGPIPE, &action, NULL);
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return err_set(err, "libcurl does not start");
	return 0;
}

void engine_global_fini(void)
{
	curl_global_cleanup();
}

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

static void conn_free(struct engine_conn *conn)
{
	release(conn);
	engine_ws_free(conn);
	curl_easy_cleanup(conn->easy);
	if (conn->cache)
		curl_share_cleanup(conn->cache);
	wire_own_fini(&conn->own);
	free(conn->held);
	conn->shard->users--;
	conn->engine->conns--;
	free(conn);
}

static struct deadline *deadline_new(struct engine *engine, int64_t span_ns,
				     const char *whose)
{
	struct deadline *d = xcalloc(1, sizeof *d);
	char span[UNITS_BYTES];

	d->span_ns = span_ns;
	list_init(&d->queue);
	snprintf(d->text, sizeof d->text, "no complete answer within %s (%s)",
		 units_format_duration(span_ns, span), whose);
	engine->deadline = xreallocarray(engine->deadline, engine->deadlines + 1,
					 sizeof(struct deadline *));
	engine->deadline[engine->deadlines++] = d;
	return d;
}

/* The queue for a request's time; NULL: it has all the time. */
static struct deadline *deadline_for(struct engine *engine, const struct http_request *q)
{
	int64_t span_ns = q->timeout_ns ? q->timeout_ns : engine->common.config.timeout_ns;

	if (!span_ns)
		return NULL;
	for (size_t i = 0; i < engine->deadlines; i++)
		if (engine->deadline[i]->span_ns == span_ns &&
		    engine->deadline[i] != engine->grace)
			return engine->deadline[i];
	return deadline_new(engine, span_ns,
			    q->timeout_ns ? "the task's timeout" : "--timeout");
}

static void run_drops(struct engine *engine)
{
	while (!list_empty(&engine->drops)) {
		struct engine_conn *conn =
			list_entry(engine->drops.next, struct engine_conn, queue);
		bool again = conn->queued;

		if (conn->closing) {
			conn_free(conn);
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
	run_drops(engine);
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
	run_drops(engine);
	drain(shard);
}

#define SET(option, value)                                                     \
	do {                                                                   \
		CURLcode set_ = curl_easy_setopt(easy, option, value);         \
		if (!code)                                                     \
			code = set_;                                           \
	} while (0)

static CURLcode set_body(CURL *easy, const char *body, size_t bytes)
{
	CURLcode code = CURLE_OK;

	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)bytes);
	SET(CURLOPT_POSTFIELDS, body ? body : "");
	return code;
}

static CURLcode prepare(struct engine_conn *conn)
{
	struct engine *engine = conn->engine;
	const struct http_request *q = conn->request;
	const struct http_variant *v = &conn->variant;
	const char *body = v->body ? v->body : q->body;
	size_t body_bytes = v->body ? v->body_bytes : q->body_bytes;
	const char *method = q->method;
	struct curl_slist *header;
	const struct wire *wire;
	CURL *easy = conn->easy;
	CURLcode code = CURLE_OK;
	bool own;

	if (conn->prepared == q && !v->url && !v->header && (conn->posts || !v->body)) {
		if (conn->posts)
			code = set_body(easy, body, body_bytes);
		conn->varied = v->body != NULL;
		return code;
	}
	conn->prepared = NULL;
	wire = wire_of(engine->wires, q);
	if (!wire->url && !v->url)
		return CURLE_URL_MALFORMAT;
	conn->posts = wire->body || v->body;
	own = v->header || conn->posts != wire->body;
	SET(CURLOPT_CURLU, v->url ? NULL : wire->url);
	SET(CURLOPT_URL, v->url);
	SET(CURLOPT_POSTFIELDS, NULL);
	SET(CURLOPT_HTTPGET, 1L); /* forgets NOBODY and, of the line above, POST */
	if (conn->posts) {
		SET(CURLOPT_POST, 1L);
		if (!code)
			code = set_body(easy, body, body_bytes);
	} else if (!strcmp(method, "HEAD")) {
		SET(CURLOPT_NOBODY, 1L);
	}
	/* Only where needed: a custom method would survive a redirect that
	 * asks for GET. */
	if (!strcmp(method, conn->posts ? "POST" : "GET") ||
	    (!conn->posts && !strcmp(method, "HEAD")))
		method = NULL;
	SET(CURLOPT_CUSTOMREQUEST, method);
	if (own)
		header = wire_own_list(&conn->own,
				       v->header ? v->header : (const char *const *)q->header,
				       conn->posts, engine->common.config.disable_keepalive,
				       &conn->id);
	else
		header = wire_header_list(wire, &conn->id);
	SET(CURLOPT_HTTPHEADER, header);
	if (code)
		return code;
	/* A lent URL or list is gone by the next sending. */
	conn->prepared = own || v->url ? NULL : q;
	conn->varied = v->body != NULL;
	conn->tls = v->url ? !strncasecmp(v->url, "https:", 6) : wire->tls;
	conn->deadline = deadline_for(engine, q);
	return CURLE_OK;
}
#undef SET

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
	conn->opened = conn->sent = conn->any_byte = conn->header_end = false;
	conn->redirected = conn->died = false;
	conn->curl_text[0] = '\0';
	conn->th_ns = 0;
	conn->complete_ns = 0;
	conn->over_ws = engine_ws_is_url(conn->variant.url ? conn->variant.url :
							     conn->request->url);
	if (conn->over_ws) {
		conn->prepared = NULL; /* the deadline is another's */
		conn->deadline = deadline_for(engine, conn->request);
		connects = !engine_ws_begin(conn, &code);
		conn->over_ws = conn->ws != NULL; /* or there is no memory */
		easy = conn->ws ? conn->ws->easy : NULL;
	} else if (conn->prepared != conn->request || conn->varied) {
		code = prepare(conn);
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
	if (!s->group) {
		ws_turn(s->user);
		run_starts(engine);
		return;
	}
	if (event->events & EPOLLIN)
		mask |= CURL_CSELECT_IN;
	if (event->events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (event->events & (EPOLLERR | EPOLLHUP))
		mask |= CURL_CSELECT_ERR;
	act(engine, s->group, fd, mask);
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
	run_drops(engine);
	if (!list_empty(&engine->starts)) {
		run_starts(engine);
		until_ns = 0;
	}
	due = next_deadline(engine);
	if (due < until_ns)
		until_ns = due;
	n = loop_wait(&engine->loop, events, EVENTS_MAX, until_ns);
	now = clock_ns();
	for (int i = 0; i < n; i++)
		on_event(engine, &events[i], now);
	run_timers(engine, now);
	run_timeouts(engine, now);
}

void engine_wake(struct engine *engine)
{
	loop_wake(&engine->loop);
}

uint32_t engine_connections(const struct engine *engine)
{
	return engine->loop.open;
}

/* --- set-up --- */

int engine_open(const struct engine_config *config,
		const struct engine_callbacks *callbacks, struct engine **out,
		struct err *err)
{
	struct engine *engine = xcalloc(1, sizeof *engine);
	char span[UNITS_BYTES];

	engine->on = *callbacks;
	engine->due_ns = ENGINE_NEVER;
	list_init(&engine->by_byte);
	list_init(&engine->connecting);
	list_init(&engine->starts);
	list_init(&engine->drops);
	snprintf(engine->connect_text, sizeof engine->connect_text,
		 "no connection within %s (--connect-timeout)",
		 units_format_duration(config->connect_timeout_ns, span));
	snprintf(engine->idle_text, sizeof engine->idle_text,
		 "no byte for %s (--idle-timeout)",
		 units_format_duration(config->idle_timeout_ns, span));
	if (curl_common_init(&engine->common, config, err)) {
		free(engine);
		return -1;
	}
	if (loop_open(&engine->loop, err)) {
		curl_common_fini(&engine->common);
		free(engine);
		return -1;
	}
	engine->grace = deadline_new(engine, GRACE_NS, "");
	engine->wires = wire_cache_new(config->disable_keepalive);
	*out = engine;
	return 0;
}

void engine_close(struct engine *engine)
{
	if (!engine)
		return;
	run_drops(engine);
	assert(!engine->conns);
	for (size_t i = 0; i < engine->shards; i++) {
		curl_multi_cleanup(engine->shard[i]->multi);
		free(engine->shard[i]);
	}
	free(engine->shard);
	for (size_t i = 0; i < engine->deadlines; i++)
		free(engine->deadline[i]);
	free(engine->deadline);
	wire_cache_free(engine->wires);
	loop_close(&engine->loop);
	curl_common_fini(&engine->common);
	free(engine);
}

static struct shard *shard_with_room(struct engine *engine)
{
	struct shard *shard;

	for (size_t i = 0; i < engine->shards; i++)
		if (engine->shard[i]->users < SHARD_USERS)
			return engine->shard[i];
	shard = xcalloc(1, sizeof *shard);
	shard->engine = engine;
	shard->due_ns = ENGINE_NEVER;
	shard->multi = curl_multi_init();
	if (!shard->multi) {
		free(shard);
		return NULL;
	}
	engine_hooks_of_shard(shard);
	curl_multi_setopt(shard->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	engine->shard = xreallocarray(engine->shard, engine->shards + 1,
				      sizeof(struct shard *));
	engine->shard[engine->shards++] = shard;
	return shard;
}

static CURLcode set_up(struct engine_conn *conn)
{
	bool once = conn->engine->common.config.disable_keepalive;
	CURL *easy = conn->easy;
	CURLcode code = engine_hooks_of_conn(conn);

	if (!code)
		code = curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, RECEIVE_BYTES);
	if (!code)
		code = curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BYTES);
	if (!code)
		code = curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, once ? 1L : 0L);
	return code;
}

struct engine_conn *engine_conn_new(struct engine *engine, void *owner)
{
	struct shard *shard = shard_with_room(engine);
	struct engine_conn *conn;

	if (!shard)
		return NULL;
	conn = xcalloc(1, sizeof *conn);
	conn->engine = engine;
	conn->shard = shard;
	conn->owner = owner;
	list_init(&conn->deadline_link);
	list_init(&conn->by_byte);
	list_init(&conn->connecting);
	list_init(&conn->queue);
	shard->users++;
	engine->conns++;
	conn->easy = curl_easy_init();
	conn->cache = curl_share_init();
	if (!conn->easy || !conn->cache ||
	    curl_share_setopt(conn->cache, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) ||
	    set_up(conn)) {
		conn_free(conn);
		return NULL;
	}
	return conn;
}

void engine_conn_close(struct engine_conn *conn)
{
	if (!conn)
		return;
	engine_cancel(conn);
	if (conn->dropping)
		conn->closing = true;
	else
		conn_free(conn);
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
