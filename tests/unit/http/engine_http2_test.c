/* HTTP/2 by prior knowledge over the curl engine: what comes of streams and connections
 * that end in odd ways; what is never sent twice. How connections are shared:
 * engine_lines_test.c. */
#include "../../../src/http/engine_private.h"
#include "engine_user.h"
#include "h2_server.h"

static struct engine_config http2(void)
{
	struct engine_config c = defaults;

	c.http2 = true;
	return c;
}

/* --- what servers do --- */

static bool well(struct h2_connection *c, uint32_t stream)
{
	h2_head(c->fd, stream, "200", "5", 0);
	h2_send(c->fd, H2_DATA, H2_END_STREAM, stream, "hello", 5);
	return true;
}

/* An interim answer before it, and trailers behind. */
static bool at_length(struct h2_connection *c, uint32_t stream)
{
	static const char trailer[] = {0, 1, 'x', 1, 'y'};

	h2_head(c->fd, stream, "100", NULL, 0);
	h2_head(c->fd, stream, "200", NULL, 0);
	h2_send(c->fd, H2_DATA, 0, stream, "hel", 3);
	h2_send(c->fd, H2_DATA, 0, stream, "lo", 2);
	h2_send(c->fd, H2_HEADERS, H2_END_HEADERS | H2_END_STREAM, stream, trailer, sizeof trailer);
	return true;
}

static bool busy(struct h2_connection *c, uint32_t stream)
{
	h2_head(c->fd, stream, "503", NULL, 0);
	h2_send(c->fd, H2_DATA, H2_END_STREAM, stream, "later", 5);
	return true;
}

static bool empty(struct h2_connection *c, uint32_t stream)
{
	h2_head(c->fd, stream, "204", NULL, H2_END_STREAM);
	return true;
}

static bool fails(struct h2_connection *c, uint32_t stream)
{
	h2_code(c->fd, H2_RST_STREAM, stream, H2_INTERNAL_ERROR);
	return true;
}

static bool refuses(struct h2_connection *c, uint32_t stream)
{
	h2_code(c->fd, H2_RST_STREAM, stream, H2_REFUSED_STREAM);
	return true;
}

static bool wants_http1(struct h2_connection *c, uint32_t stream)
{
	h2_code(c->fd, H2_RST_STREAM, stream, H2_HTTP_1_1_REQUIRED);
	return true;
}

static bool hangs_up(struct h2_connection *c, uint32_t stream)
{
	(void)stream;
	return h2_end(c);
}

static bool hangs_up_amid(struct h2_connection *c, uint32_t stream)
{
	h2_head(c->fd, stream, "200", NULL, 0);
	h2_send(c->fd, H2_DATA, 0, stream, "hel", 3);
	return h2_end(c);
}

static bool goes_away_at_once(struct h2_connection *c, uint32_t stream)
{
	(void)stream;
	h2_code(c->fd, H2_GOAWAY, 0, 0);
	return true;
}

static bool is_shorter(struct h2_connection *c, uint32_t stream)
{
	h2_head(c->fd, stream, "200", "50", 0);
	h2_send(c->fd, H2_DATA, H2_END_STREAM, stream, "hello", 5);
	return true;
}

static bool data_first(struct h2_connection *c, uint32_t stream)
{
	h2_send(c->fd, H2_DATA, H2_END_STREAM, stream, "hello", 5);
	return true;
}

/* --- tests --- */

static void answers(void **state)
{
	static const struct {
		bool (*answer)(struct h2_connection *c, uint32_t stream);
		int status;
		enum error_class error;
		const char *body, *message;
	} rows[] = {
		{well, 200, ERROR_NONE, "hello", ""},
		{at_length, 200, ERROR_NONE, "hello", ""},
		{busy, 503, ERROR_HTTP_5XX, "later", "HTTP 503: later"},
		{empty, 204, ERROR_NONE, "", ""},
		{fails, 0, ERROR_RESET, "", "the server ended the HTTP/2 stream before it answered: INTERNAL_ERROR"},
		{refuses, 0, ERROR_RESET, "", "the server refused the request, or its connection ended, before it answered"},
		{wants_http1, 0, ERROR_RESET, "", "the server refused the request, or its connection ended, before it answered"},
		{hangs_up, 0, ERROR_RESET, "", "connection closed by the server before it answered"},
		{goes_away_at_once, 0, ERROR_RESET, "", "the server ended the HTTP/2 connection (GOAWAY) before it answered"},
		{data_first, 0, ERROR_PROTOCOL, "", "what came is not HTTP/2 (does the server speak it without TLS?)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct engine_config c = http2();
		struct h2_server s;
		struct http_request q;
		struct seen *u;

		h2_server_start(&s, rows[i].answer);
		q = get(s.url, "x");
		u = exchange(&c, &q);
		assert_string_equal(u->message, rows[i].message);
		assert_int_equal(u->r.error, rows[i].error);
		assert_int_equal(u->r.status, rows[i].status);
		assert_int_equal(u->r.http2, rows[i].status != 0);
		assert_int_equal(u->r.answered, rows[i].status != 0);
		assert_int_equal(u->body_bytes, strlen(rows[i].body));
		assert_memory_equal(u->body, rows[i].body, u->body_bytes);
		assert_true(u->r.new_connection);
		assert_int_equal(s.requests, 1); /* nothing is sent a second time */
		free(u);
		free(q.url);
		h2_server_stop(&s);
	}
}

/* How much of such an answer is seen before its end depends on how it arrives. */
static void answers_cut_short(void **state)
{
	static const struct {
		bool (*answer)(struct h2_connection *c, uint32_t stream);
		enum error_class error;
	} rows[] = {{hangs_up_amid, ERROR_TRUNCATED}, {is_shorter, ERROR_PROTOCOL}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct engine_config c = http2();
		struct h2_server s;
		struct http_request q;
		struct seen *u;

		h2_server_start(&s, rows[i].answer);
		q = get(s.url, "x");
		u = exchange(&c, &q);
		assert_int_equal(u->r.error, rows[i].error);
		assert_false(u->r.answered);
		assert_int_equal(s.requests, 1);
		free(u);
		free(q.url);
		h2_server_stop(&s);
	}
}

static void one(struct engine *engine, struct seen *u, const struct http_request *q)
{
	u->done = 0;
	start(u, q);
	run_until(engine, &u->done, 1);
}

static void disabled_keepalive_is_a_connection_a_request(void **state)
{
	struct engine_config c = http2();
	struct engine *engine;
	struct http_request q;
	struct h2_server s;
	struct seen *u;

	(void)state;
	c.disable_keepalive = true;
	engine = engine_with(&c);
	h2_server_start(&s, well);
	q = get(s.url, "x");
	u = user_of(engine);
	for (int i = 0; i < 3; i++) {
		one(engine, u, &q);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_true(u->r.new_connection);
	}
	assert_int_equal(s.accepted, 3);
	user_free(u);
	engine_close(engine);
	free(q.url);
	h2_server_stop(&s);
}

static bool well_and_goes_away(struct h2_connection *c, uint32_t stream)
{
	h2_together(c->fd, 1);
	well(c, stream);
	h2_code(c->fd, H2_GOAWAY, stream, 0);
	h2_together(c->fd, 0);
	return c->number % 2 || h2_end(c); /* some hang up, too */
}

/* A connection that its server has taken leave of is replaced, and that is no error. */
static void going_away_between_requests(void **state)
{
	enum { ROUNDS = 6 };
	struct engine_config c = http2();
	struct engine *engine = engine_with(&c);
	struct http_request q;
	struct h2_server s;
	struct seen *u;

	(void)state;
	h2_server_start(&s, well_and_goes_away);
	q = get(s.url, "x");
	u = user_of(engine);
	for (int i = 0; i < ROUNDS; i++) {
		one(engine, u, &q);
		assert_string_equal(u->message, "");
		assert_true(u->r.new_connection);
	}
	assert_int_equal(s.requests, ROUNDS);
	assert_int_equal(s.accepted, ROUNDS);
	user_free(u);
	engine_close(engine);
	free(q.url);
	h2_server_stop(&s);
}

static bool fails_each_second(struct h2_connection *c, uint32_t stream)
{
	return c->server->requests % 2 ? well(c, stream) : fails(c, stream);
}

/* A stream's end is not its connection's. */
static void a_stream_that_fails_leaves_the_connection(void **state)
{
	struct engine_config c = http2();
	struct engine *engine = engine_with(&c);
	struct http_request q;
	struct h2_server s;
	struct seen *u;

	(void)state;
	h2_server_start(&s, fails_each_second);
	q = get(s.url, "x");
	u = user_of(engine);
	for (int i = 0; i < 6; i++) {
		one(engine, u, &q);
		assert_int_equal(u->r.error, i % 2 ? ERROR_RESET : ERROR_NONE);
		assert_int_equal(u->r.new_connection, i == 0);
	}
	assert_int_equal(s.accepted, 1);
	assert_int_equal(s.requests, 6);
	user_free(u);
	engine_close(engine);
	free(q.url);
	h2_server_stop(&s);
}

static bool wants_no_body(struct h2_connection *c, uint32_t stream)
{
	h2_code(c->fd, H2_RST_STREAM, stream, 0);
	return true;
}

static void a_stream_that_ends_without_a_reason(void **state)
{
	char body[] = "a body";

	(void)state;
	for (int posts = 0; posts < 2; posts++) {
		struct engine_config c = http2();
		struct http_request q;
		struct h2_server s;
		struct seen *u;

		h2_server_start(&s, wants_no_body);
		q = get(s.url, "x");
		q.method = (char *)(posts ? "POST" : "GET");
		q.body = posts ? body : NULL;
		q.body_bytes = posts ? sizeof body - 1 : 0;
		u = exchange(&c, &q);
		assert_int_equal(u->r.error, ERROR_RESET);
		assert_string_equal(u->message, posts ? "the server ended the HTTP/2 stream while the body was being sent; its answer is lost"
						      : "the server ended the HTTP/2 stream before it answered");
		free(u);
		free(q.url);
		h2_server_stop(&s);
	}
}

/* Whichever connection the handle was set for last. */
static void two_origins_in_turn(void **state)
{
	struct engine_config c = http2();
	struct engine *engine = engine_with(&c);
	struct h2_server s[2];
	struct http_request q[2];
	struct seen *u = user_of(engine);

	(void)state;
	for (int i = 0; i < 2; i++) {
		h2_server_start(&s[i], well);
		q[i] = get(s[i].url, "x");
	}
	for (int i = 0; i < 6; i++) {
		one(engine, u, &q[i % 2]);
		assert_string_equal(u->message, "");
	}
	assert_int_equal(s[0].requests + s[1].requests, 6);
	user_free(u);
	engine_close(engine);
	for (int i = 0; i < 2; i++) {
		free(q[i].url);
		h2_server_stop(&s[i]);
	}
}

static void a_server_without_http2(void **state)
{
	struct engine_config c = http2();
	struct http_request q;
	struct bad_server s;
	struct seen *u;

	(void)state;
	bad_server_start(&s, 0);
	q = get(s.url, "/ok");
	u = exchange(&c, &q);
	/* What the server makes of it is its own affair. */
	assert_true(u->r.error == ERROR_RESET || u->r.error == ERROR_PROTOCOL);
	assert_false(u->r.http2);
	assert_int_equal(u->r.status, 0);
	free(u);
	free(q.url);
	bad_server_stop(&s);
}

static void nobody_listens(void **state)
{
	struct engine_config c = http2();
	char *url = xasprintf("http://127.0.0.1:%d", bad_closed_port());
	struct http_request q = get(url, "/");
	struct seen *u = exchange(&c, &q);

	(void)state;
	assert_int_equal(u->r.error, ERROR_CONNECT);
	assert_string_equal(u->message, "connection refused");
	free(u);
	free(q.url);
	free(url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(answers_cut_short),
		cmocka_unit_test(disabled_keepalive_is_a_connection_a_request),
		cmocka_unit_test(going_away_between_requests),
		cmocka_unit_test(a_stream_that_fails_leaves_the_connection),
		cmocka_unit_test(a_stream_that_ends_without_a_reason),
		cmocka_unit_test(two_origins_in_turn),
		cmocka_unit_test(a_server_without_http2),
		cmocka_unit_test(nobody_listens),
	};

	return cmocka_run_group_tests(tests, global_init, global_fini);
}
