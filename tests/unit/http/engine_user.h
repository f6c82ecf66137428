/* What tests of the engine share: a user that remembers what it has seen, and
 * exchanges run to their end. */
#ifndef TESTS_ENGINE_USER_H
#define TESTS_ENGINE_USER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bad_server.h"
#include "base/clock.h"
#include "base/mem.h"
#include "http/engine.h"

#define LIMIT_NS (20 * NS_PER_S) /* far beyond what any of this takes */

/* One user and what it has seen. */
struct seen {
	struct engine_conn *conn;
	struct engine_result r;
	char message[256];
	char body[128 * 1024];
	size_t body_bytes;
	int status, headers, done;
	int64_t headers_ns, data_ns;
	/* Started again from on_done this many times. */
	const struct http_request *again;
	int repeat, next_id;
	/* Done to this handle when a body arrives. */
	struct engine_conn *cancel, *close;
	const struct http_request *restart; /* after the cancel, on itself */
	const char *complete; /* engine_complete() when this arrives */
	bool headers_ended;
	char lines[512];      /* headers of the answer, each with a '|' after it */
};

static inline void start_variant(struct seen *u, const struct http_request *q,
			  const struct http_variant *v)
{
	char id[32];

	snprintf(id, sizeof id, "id-%d", u->next_id++);
	u->body_bytes = 0;
	u->lines[0] = '\0';
	u->headers_ended = false;
	engine_start(u->conn, q, v, id);
}

static inline void start(struct seen *u, const struct http_request *q)
{
	start_variant(u, q, NULL);
}

static inline void on_header(void *owner, const char *line, size_t bytes)
{
	struct seen *u = owner;
	size_t used = strlen(u->lines);

	assert_false(u->headers_ended);
	assert_true(used + bytes + 2 < sizeof u->lines);
	snprintf(u->lines + used, sizeof u->lines - used, "%.*s|", (int)bytes, line);
}

static inline void on_headers(void *owner, int status, int64_t ns)
{
	struct seen *u = owner;

	u->headers++;
	u->headers_ended = true;
	u->status = status;
	u->headers_ns = ns;
}

static inline void on_data(void *owner, const char *bytes, size_t length, int64_t ns)
{
	struct seen *u = owner;

	assert_true(u->body_bytes + length < sizeof u->body);
	memcpy(u->body + u->body_bytes, bytes, length);
	u->body_bytes += length;
	u->body[u->body_bytes] = '\0';
	u->data_ns = ns;
	if (u->complete && strstr(u->body, u->complete)) {
		engine_complete(u->conn);
		engine_complete(u->conn);
	}
	if (u->cancel) {
		engine_cancel(u->cancel);
		u->cancel = NULL;
		if (u->restart)
			start(u, u->restart);
	}
	if (u->close) {
		engine_conn_close(u->close);
		u->close = NULL;
	}
}

static inline void on_done(void *owner, const struct engine_result *result)
{
	struct seen *u = owner;

	u->r = *result;
	snprintf(u->message, sizeof u->message, "%s", result->message);
	u->done++;
	if (u->repeat > 0) {
		u->repeat--;
		start(u, u->again);
	}
}

static const struct engine_callbacks callbacks = {on_header, on_headers, on_data, on_done};

static struct engine_config defaults = {
	.timeout_ns = LIMIT_NS,
	.connect_timeout_ns = LIMIT_NS,
	.idle_timeout_ns = LIMIT_NS,
	.user_agent = "brunt-test",
};

static inline struct engine *engine_with(const struct engine_config *config)
{
	struct engine *engine;
	struct err err;

	assert_int_equal(engine_open(config, &callbacks, &engine, &err), 0);
	return engine;
}

static inline struct seen *user_of(struct engine *engine)
{
	struct seen *u = xcalloc(1, sizeof *u);

	u->conn = engine_conn_new(engine, u);
	assert_non_null(u->conn);
	return u;
}

static inline void user_free(struct seen *u)
{
	engine_conn_close(u->conn);
	free(u);
}

static inline void run_until(struct engine *engine, const int *count, int enough)
{
	int64_t limit = clock_ns() + LIMIT_NS;

	while (*count < enough && clock_ns() < limit)
		engine_run(engine, limit);
	assert_int_equal(*count, enough);
}

static char *no_headers[] = {NULL};

static inline struct http_request get(const char *base, const char *path)
{
	return (struct http_request){.method = (char *)"GET", .header = no_headers,
				     .url = http_url_join(base, path)};
}

/* One exchange on its own engine. */
static inline struct seen *exchange(const struct engine_config *config,
			     const struct http_request *q)
{
	struct engine *engine = engine_with(config);
	struct seen *u = user_of(engine);

	start(u, q);
	run_until(engine, &u->done, 1);
	engine_conn_close(u->conn);
	assert_int_equal(engine_connections(engine), 0);
	engine_close(engine);
	u->conn = NULL;
	assert_true(u->r.ts_ns > 0 && u->r.te_ns >= u->r.ts_ns);
	if (u->r.th_ns)
		assert_true(u->r.th_ns >= u->r.ts_ns && u->r.te_ns >= u->r.th_ns);
	assert_int_equal(u->r.error == ERROR_NONE, !*u->message);
	return u;
}

static inline struct seen *exchange_path(const struct engine_config *config, const char *path)
{
	struct bad_server s;
	struct http_request q;
	struct seen *u;

	bad_server_start(&s, 0);
	q = get(s.url, path);
	u = exchange(config, &q);
	free(q.url);
	bad_server_stop(&s);
	return u;
}

static inline int global_init(void **state)
{
	(void)state;
	return engine_global_init(NULL);
}

static inline int global_fini(void **state)
{
	(void)state;
	engine_global_fini();
	return 0;
}

#endif
