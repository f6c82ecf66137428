#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "engine_user.h"

static void a_good_answer(void **state)
{
	struct seen *u = exchange_path(&defaults, "/ok");

	(void)state;
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_int_equal(u->r.status, 200);
	assert_int_equal(u->r.code, 0);
	assert_true(u->r.answered && u->r.new_connection && !u->r.tls);
	assert_int_equal(u->status, 200);
	assert_int_equal(u->headers, 1);
	assert_true(u->headers_ns >= u->r.th_ns && u->data_ns >= u->headers_ns);
	assert_string_equal(u->body, "hello");
	assert_int_equal(u->r.bytes_in, strlen("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
	assert_true(u->r.bytes_out > 50 && u->r.bytes_out < 200);
	assert_true(u->r.connect_us < 1000000 && u->r.tls_us == 0);
	free(u);
}

static void answers_of_other_shapes(void **state)
{
	struct seen *u = exchange_path(&defaults, "/chunked");

	(void)state;
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_string_equal(u->body, "hello");
	assert_int_equal(u->headers, 1);
	free(u);
	u = exchange_path(&defaults, "/until-close");
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_string_equal(u->body, "hello");
	free(u);
	u = exchange_path(&defaults, "/continue");
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_int_equal(u->r.status, 200);
	assert_int_equal(u->headers, 1);
	assert_string_equal(u->body, "ok");
	free(u);
}

static void failures_by_class(void **state)
{
	static const struct {
		const char *path;
		enum error_class error;
		int status, code;
		bool answered;
		const char *says;
	} table[] = {
		{"/404", ERROR_HTTP_4XX, 404, 404, true, "HTTP 404"},
		{"/503", ERROR_HTTP_5XX, 503, 503, true, "HTTP 503: {\"e\": \"over [1m\"}x"},
		{"/close", ERROR_RESET, 0, 0, false, "closed by the server before it answered"},
		{"/reset", ERROR_RESET, 0, ECONNRESET, false, "reset by the server before it answered"},
		{"/reset-body", ERROR_TRUNCATED, 200, 0, false, "before the answer was complete"},
		{"/cut", ERROR_TRUNCATED, 200, 0, false, "before the answer was complete"},
		{"/cut-chunk", ERROR_TRUNCATED, 200, 0, false, "before the answer was complete"},
		{"/half", ERROR_TRUNCATED, 200, 0, false, "before the answer was complete"},
		{"/garbage", ERROR_PROTOCOL, 0, 0, false, "not HTTP"},
		{"/status-99", ERROR_PROTOCOL, -1, 0, false, ""},
		{"/long-header", ERROR_PROTOCOL, -1, 0, false, "a header is too long"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct seen *u = exchange_path(&defaults, table[i].path);

		if (u->r.error != table[i].error || !strstr(u->message, table[i].says))
			fail_msg("%s: %s: %s", table[i].path, error_class_name(u->r.error),
				 u->message);
		if (table[i].status >= 0)
			assert_int_equal(u->r.status, table[i].status);
		assert_int_equal(u->r.code, table[i].code);
		assert_int_equal(u->r.answered, table[i].answered);
		free(u);
	}
}

static void nobody_listens(void **state)
{
	char base[64];
	struct http_request q;
	struct seen *u;

	(void)state;
	snprintf(base, sizeof base, "http://127.0.0.1:%d", bad_closed_port());
	q = get(base, "/");
	u = exchange(&defaults, &q);
	assert_int_equal(u->r.error, ERROR_CONNECT);
	assert_int_equal(u->r.code, ECONNREFUSED);
	assert_string_equal(u->message, "connection refused");
	assert_false(u->r.new_connection || u->r.answered);
	assert_int_equal(u->r.th_ns, 0);
	free(u);
	free(q.url);
}

/* A closed loop against a dead server gives control back between failures. */
static void failing_at_once_does_not_hang(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct seen *u = user_of(engine);
	char base[64];
	struct http_request q;
	int before;

	(void)state;
	snprintf(base, sizeof base, "http://127.0.0.1:%d", bad_closed_port());
	q = get(base, "/");
	u->again = &q;
	u->repeat = 1 << 30;
	start(u, &q);
	assert_int_equal(u->done, 0);
	for (int i = 0; i < 100; i++) {
		before = u->done;
		engine_run(engine, clock_ns() + LIMIT_NS);
		assert_true(u->done - before <= 2);
	}
	assert_true(u->done >= 20);
	user_free(u);
	engine_close(engine);
	free(q.url);
}

static void a_name_that_does_not_resolve(void **state)
{
	/* A label beyond 63 characters never gets to a server. */
	struct http_request q = get("http://a123456789a123456789a123456789a123456789a123456789a123456789abcd.invalid", "/");
	struct seen *u = exchange(&defaults, &q);

	(void)state;
	assert_int_equal(u->r.error, ERROR_DNS);
	assert_non_null(strstr(u->message, "resolve host"));
	free(u);
	free(q.url);
}

static void tls_with_a_server_that_has_none(void **state)
{
	struct engine_config c = defaults;
	struct bad_server s;
	struct http_request q;
	struct seen *u;
	char base[64];

	(void)state;
	bad_server_start(&s, 0);
	snprintf(base, sizeof base, "https://127.0.0.1:%d", s.port);
	q = get(base, "/ok");
	/* It is silent until it has read a request. */
	c.connect_timeout_ns = 100 * NS_PER_MS;
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_TIMEOUT);
	assert_string_equal(u->message, "no connection within 100 ms (--connect-timeout)");
	assert_true(u->r.tls);
	free(u);
	s.greets = true;
	u = exchange(&defaults, &q);
	assert_int_equal(u->r.error, ERROR_TLS);
	assert_true(*u->message && !u->r.new_connection);
	free(u);
	free(q.url);

	/* A proxy that will not let us through. */
	s.greets = false;
	c = defaults;
	c.proxy = s.url;
	q = get("https://model.invalid", "/");
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_CONNECT);
	assert_non_null(strstr(u->message, "403"));
	assert_int_equal(u->headers, 0);
	assert_int_equal(u->r.status, 0);
	free(u);
	free(q.url);
	bad_server_stop(&s);
}

static void no_descriptor_left(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct seen *u = user_of(engine);
	struct http_request q = get("http://127.0.0.1:9", "/");
	struct rlimit old, now;
	int lowest;

	(void)state;
	lowest = dup(0);
	assert_true(lowest >= 0);
	close(lowest);
	getrlimit(RLIMIT_NOFILE, &old);
	now = old;
	now.rlim_cur = (rlim_t)lowest;
	start(u, &q);
	setrlimit(RLIMIT_NOFILE, &now);
	run_until(engine, &u->done, 1);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(u->r.error, ERROR_CONNECT);
	assert_int_equal(u->r.code, EMFILE);
	assert_string_equal(u->message, "too many open files");
	user_free(u);
	engine_close(engine);
	free(q.url);
}

static void timeouts(void **state)
{
	struct engine_config c = defaults;
	struct seen *u;
	int64_t took;

	(void)state;
	c.timeout_ns = 50 * NS_PER_MS;
	u = exchange_path(&c, "/stall");
	took = u->r.te_ns - u->r.ts_ns;
	assert_int_equal(u->r.error, ERROR_TIMEOUT);
	assert_string_equal(u->message, "no complete answer within 50.0 ms (--timeout)");
	assert_true(took >= c.timeout_ns && took < LIMIT_NS);
	assert_int_equal(u->r.th_ns, 0);
	free(u);
	c.timeout_ns = 500 * NS_PER_MS;
	u = exchange_path(&c, "/stall-body");
	assert_int_equal(u->r.error, ERROR_TIMEOUT);
	assert_int_equal(u->r.status, 200);
	assert_true(u->r.th_ns > 0 && !u->r.answered);
	free(u);

	c = defaults;
	c.idle_timeout_ns = 50 * NS_PER_MS;
	u = exchange_path(&c, "/stall");
	assert_int_equal(u->r.error, ERROR_TIMEOUT);
	assert_string_equal(u->message, "no byte for 50.0 ms (--idle-timeout)");
	assert_true(u->r.te_ns - u->r.ts_ns >= c.idle_timeout_ns && u->r.th_ns == 0);
	free(u);
	c.idle_timeout_ns = 600 * NS_PER_MS;
	u = exchange_path(&c, "/stall-body");
	assert_int_equal(u->r.error, ERROR_TIMEOUT);
	assert_string_equal(u->message, "no byte for 600 ms (--idle-timeout)");
	assert_true(u->r.te_ns - u->r.th_ns >= c.idle_timeout_ns);
	free(u);
	/* Longer than that in all, but never silent for so long. */
	u = exchange_path(&c, "/drip");
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_true(u->r.te_ns - u->r.ts_ns > c.idle_timeout_ns);
	free(u);
}

/* Nobody accepts: once the backlog is full the kernel leaves a SYN unanswered. */
static void a_connection_that_is_never_made(void **state)
{
	enum { WAITING = 8 };
	struct engine_config c = defaults;
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t bytes = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0), waiting[WAITING];
	struct http_request q;
	struct seen *u;
	char base[64];

	(void)state;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(fd, 0), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &bytes), 0);
	for (int i = 0; i < WAITING; i++) {
		waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(waiting[i], (struct sockaddr *)&a, sizeof a);
	}
	snprintf(base, sizeof base, "http://127.0.0.1:%d", ntohs(a.sin_port));
	q = get(base, "/");
	c.connect_timeout_ns = 100 * NS_PER_MS;
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_TIMEOUT);
	assert_string_equal(u->message, "no connection within 100 ms (--connect-timeout)");
	assert_true(u->r.te_ns - u->r.ts_ns >= c.connect_timeout_ns);
	assert_false(u->r.new_connection);
	free(u);
	free(q.url);
	for (int i = 0; i < WAITING; i++)
		close(waiting[i]);
	close(fd);
}

/* A timeout leaves nothing behind: the next exchange works. */
static void after_a_timeout(void **state)
{
	struct engine_config c = defaults;
	struct bad_server s;
	struct http_request stall, ok;
	struct engine *engine;
	struct seen *u;

	(void)state;
	c.timeout_ns = 500 * NS_PER_MS;
	bad_server_start(&s, 0);
	stall = get(s.url, "/stall");
	ok = get(s.url, "/ok");
	engine = engine_with(&c);
	u = user_of(engine);
	u->again = &ok;
	u->repeat = 1;
	start(u, &stall);
	run_until(engine, &u->done, 1);
	assert_int_equal(u->r.error, ERROR_TIMEOUT);
	run_until(engine, &u->done, 2);
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_true(u->r.new_connection);
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(stall.url);
	free(ok.url);
}

#define USERS 20
#define ROUNDS 25

/* Each user keeps its own connection, however their exchanges interleave. */
static void a_connection_each(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct seen *u[USERS];
	struct bad_server s;
	struct http_request ok, chunked;
	int done = 0;

	(void)state;
	bad_server_start(&s, 0);
	ok = get(s.url, "/ok");
	chunked = get(s.url, "/chunked");
	for (int i = 0; i < USERS; i++)
		u[i] = user_of(engine);
	for (int round = 0; round < ROUNDS; round++) {
		/* Sometimes all at once, sometimes one while the others think. */
		for (int i = 0; i < USERS; i++) {
			if (round % 3 && (i + round) % 4)
				continue;
			start(u[i], i % 2 ? &ok : &chunked);
			done = u[i]->done;
			if (round % 5 == 1)
				run_until(engine, &u[i]->done, done + 1);
		}
		for (int i = 0; i < USERS; i++) {
			int64_t limit = clock_ns() + LIMIT_NS;

			while (u[i]->done < u[i]->next_id && clock_ns() < limit)
				engine_run(engine, limit);
			assert_int_equal(u[i]->done, u[i]->next_id);
			assert_int_equal(u[i]->r.error, ERROR_NONE);
			assert_int_equal(u[i]->r.new_connection, u[i]->done == 1);
			if (u[i]->done > 1)
				assert_int_equal(u[i]->r.connect_us + u[i]->r.dns_us, 0);
		}
	}
	assert_int_equal(s.accepted, USERS);
	assert_int_equal(engine_connections(engine), USERS);
	for (int i = 0; i < USERS; i++)
		user_free(u[i]);
	assert_int_equal(engine_connections(engine), 0);
	engine_close(engine);
	bad_server_stop(&s);
	free(ok.url);
	free(chunked.url);
}

/* Of answers that are there together, the one that is read last has not come later
 * than the others. */
static void answers_that_wait_have_come_together(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct seen *u[2] = {user_of(engine), user_of(engine)};
	struct bad_server s;
	struct http_request ok;
	bool together = false;

	(void)state;
	bad_server_start(&s, 0);
	ok = get(s.url, "/ok");
	/* The pause gives the server time to answer both; if it was too short once,
	 * then not a hundred times. */
	for (int round = 1; round <= 100 && !together; round++) {
		start(u[0], &ok);
		start(u[1], &ok);
		engine_run(engine, 0);
		bad_pause_ms(5);
		for (int i = 0; i < 2; i++) {
			run_until(engine, &u[i]->done, round);
			assert_true(u[i]->headers_ns >= u[i]->r.ts_ns);
			assert_true(u[i]->data_ns >= u[i]->headers_ns);
			assert_true(u[i]->r.te_ns >= u[i]->data_ns);
		}
		together = u[0]->data_ns == u[1]->data_ns;
		if (together)
			assert_int_equal(u[0]->data_ns, engine_looked_ns(engine));
	}
	assert_true(together);
	for (int i = 0; i < 2; i++)
		user_free(u[i]);
	engine_close(engine);
	bad_server_stop(&s);
	free(ok.url);
}

/* More users than one shard holds, each driving itself. */
static void many_users(void **state)
{
	enum { MANY = 150 };
	struct engine *engine = engine_with(&defaults);
	struct seen *u[MANY];
	char base[64];
	struct http_request q;

	(void)state;
	snprintf(base, sizeof base, "http://127.0.0.1:%d", bad_closed_port());
	q = get(base, "/");
	for (int i = 0; i < MANY; i++) {
		u[i] = user_of(engine);
		u[i]->again = &q;
		u[i]->repeat = 3;
		start(u[i], &q);
	}
	for (int i = 0; i < MANY; i++) {
		run_until(engine, &u[i]->done, 4);
		assert_int_equal(u[i]->r.code, ECONNREFUSED);
	}
	for (int i = 0; i < MANY; i++)
		user_free(u[i]);
	engine_close(engine);
	free(q.url);
}

static void ids_arrive_and_change(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct bad_server s;
	struct http_request q, own;
	struct seen *u = user_of(engine);
	char *own_header[] = {(char *)"x-request-id: mine", (char *)"X-Empty:", NULL};

	(void)state;
	bad_server_start(&s, 0);
	q = get(s.url, "/ok");
	for (int i = 0; i < 3; i++) {
		char expect[32];

		start(u, &q);
		run_until(engine, &u->done, i + 1);
		snprintf(expect, sizeof expect, "id-%d", i);
		pthread_mutex_lock(&s.lock);
		assert_string_equal(s.last_id[0], expect);
		pthread_mutex_unlock(&s.lock);
		assert_true(bad_saw(&s, "\r\nUser-Agent: brunt-test\r\n"));
		assert_false(bad_saw(&s, "Accept-Encoding"));
		assert_false(bad_saw(&s, "Expect"));
	}
	own = get(s.url, "/ok");
	own.header = own_header;
	start(u, &own);
	run_until(engine, &u->done, 4);
	pthread_mutex_lock(&s.lock);
	assert_string_equal(s.last_id[0], "mine");
	pthread_mutex_unlock(&s.lock);
	assert_true(bad_saw(&s, "\r\nX-Empty:"));
	assert_false(bad_saw(&s, "id-3"));
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(q.url);
	free(own.url);
}

static void bodies_arrive_exactly(void **state)
{
	enum { LARGE = 100000 };
	struct engine *engine = engine_with(&defaults);
	struct bad_server s;
	struct seen *u = user_of(engine);
	static const char *const method[] = {"POST", "PUT", "GET", "DELETE"};
	char *json[] = {(char *)"Content-Type: application/json", NULL};
	struct http_request q[8];
	int n = 0;

	(void)state;
	bad_server_start(&s, 0);
	for (; n < 8; n++) {
		char start_line[32];

		q[n] = get(s.url, "/echo");
		q[n].method = (char *)method[n / 2];
		q[n].header = n % 2 ? json : no_headers;
		q[n].body_bytes = n % 2 ? LARGE : 7;
		q[n].body = xmalloc(LARGE);
		for (size_t i = 0; i < LARGE; i++)
			q[n].body[i] = (char)(i * 31 + (size_t)n); /* zeroes too */
		start(u, &q[n]);
		run_until(engine, &u->done, n + 1);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_int_equal(u->body_bytes, q[n].body_bytes);
		assert_memory_equal(u->body, q[n].body, q[n].body_bytes);
		assert_true(u->r.bytes_out > q[n].body_bytes);
		snprintf(start_line, sizeof start_line, "%s /echo HTTP/1.1\r\n", method[n / 2]);
		assert_true(bad_saw(&s, start_line));
		if (n % 2)
			assert_true(bad_saw(&s, "\r\nContent-Type: application/json\r\n"));
		else
			assert_false(bad_saw(&s, "Content-Type"));
		assert_false(bad_saw(&s, "Expect"));
	}
	assert_int_equal(s.accepted, 1);
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	for (n = 0; n < 8; n++) {
		free(q[n].url);
		free(q[n].body);
	}
}

static void methods_without_body(void **state)
{
	static const char *const method[] = {"HEAD", "GET", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS"};
	struct engine *engine = engine_with(&defaults);
	struct bad_server s;
	struct seen *u = user_of(engine);
	struct http_request q[7];

	(void)state;
	bad_server_start(&s, 0);
	for (int n = 0; n < 7; n++) {
		bool announces = method[n][0] == 'P';
		char line[32];

		q[n] = get(s.url, "/ok");
		q[n].method = (char *)method[n];
		start(u, &q[n]);
		run_until(engine, &u->done, n + 1);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_int_equal(u->body_bytes, strcmp(method[n], "HEAD") ? 5 : 0);
		snprintf(line, sizeof line, "%s /ok HTTP/1.1\r\n", method[n]);
		assert_true(bad_saw(&s, line));
		assert_int_equal(bad_saw(&s, "\r\nContent-Length: 0\r\n"), announces);
		assert_false(bad_saw(&s, "Transfer-Encoding"));
	}
	assert_int_equal(s.accepted, 1);
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	for (int n = 0; n < 7; n++)
		free(q[n].url);
}

/* One kept connection, every way a sending may differ, and back. */
static void variants(void **state)
{
	static const char *const json[] = {"Content-Type: application/json", "X-Empty:",
					   "X-Turn: 2", NULL};
	static const char *const own_id[] = {"X-Request-ID: mine", NULL};
	static const char *const none[] = {NULL};
	static const struct {
		struct http_variant v;
		bool get;
		const char *line, *body, *has, *lacks;
	} table[] = {
		{{0}, false, "POST /echo ", "own", "\r\nX-Own: 1\r\n", "X-Turn"},
		{{.body = "turn one", .body_bytes = 8}, false, "POST /echo ", "turn one",
		 "\r\nX-Own: 1\r\n", "Expect"},
		{{.body = "two", .body_bytes = 3}, false, "POST /echo ", "two",
		 "\r\nContent-Length: 3\r\n", "Expect"},
		{{0}, false, "POST /echo ", "own", "\r\nContent-Length: 3\r\n", "X-Turn"},
		{{.body = "", .body_bytes = 0}, false, "POST /echo ", "", "Content-Length: 0\r\n",
		 "X-Turn"},
		{{.header = json}, false, "POST /echo ", "own", "\r\nX-Turn: 2\r\n", "X-Own"},
		{{.header = json, .body = "three", .body_bytes = 5}, false, "POST /echo ", "three",
		 "\r\nX-Empty:\r\nX-Turn: 2\r\n", "X-Own"},
		{{.header = own_id}, false, "POST /echo ", "own", "X-Request-ID: mine\r\n", "id-"},
		{{.header = none}, false, "POST /echo ", "own", "X-Request-ID: id-", "X-Own"},
		{{0}, false, "POST /echo ", "own", "\r\nX-Own: 1\r\n", "X-Turn"},
		{{.url = "/chunked"}, false, "POST /chunked ", "hello", "X-Own: 1\r\n", "X-Turn"},
		{{.url = "/echo", .header = json, .body = "x", .body_bytes = 1}, false,
		 "POST /echo ", "x", "X-Turn: 2\r\n", "Expect"},
		{{0}, false, "POST /echo ", "own", "\r\nX-Own: 1\r\n", "X-Turn"},
		{{0}, true, "GET /ok ", "hello", "X-Request-ID: id-", "Content-Length"},
		{{.url = "/echo", .body = "got", .body_bytes = 3}, true, "GET /echo ", "got",
		 "Content-Length: 3\r\n", "Content-Type"},
		{{0}, true, "GET /ok ", "hello", "X-Request-ID: id-", "Content-Length"},
		{{.header = none}, true, "GET /ok ", "hello", "X-Request-ID: id-", "Content-"},
	};
	struct engine *engine = engine_with(&defaults);
	char *own_header[] = {(char *)"X-Own: 1", NULL};
	struct seen *u = user_of(engine);
	struct http_request post, plain;
	struct bad_server s;

	(void)state;
	bad_server_start(&s, 0);
	post = get(s.url, "/echo");
	post.method = (char *)"POST";
	post.header = own_header;
	post.body = (char *)"own";
	post.body_bytes = 3;
	plain = get(s.url, "/ok");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct http_variant v = table[i].v;
		char *url = v.url ? http_url_join(s.url, v.url) : NULL;
		bool any = v.url || v.header || v.body;

		v.url = url;
		start_variant(u, table[i].get ? &plain : &post, any ? &v : NULL);
		run_until(engine, &u->done, (int)i + 1);
		free(url);
		assert_int_equal(u->r.error, ERROR_NONE);
		u->body[u->body_bytes] = '\0';
		if (strcmp(u->body, table[i].body) || !bad_saw(&s, table[i].line) ||
		    !bad_saw(&s, table[i].has) || bad_saw(&s, table[i].lacks))
			fail_msg("row %zu: \"%s\" came of %s", i, u->body, s.last);
	}
	assert_int_equal(s.accepted, 1);
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(post.url);
	free(plain.url);
}

static void header_lines_of_the_final_answer(void **state)
{
	static const struct {
		const char *path, *lines;
		bool follow;
	} table[] = {
		{"/ok", "Content-Length: 5|", false},
		{"/ok", "Content-Length: 5|", true},
		{"/continue", "Content-Length: 2|", false},
		{"/chunked", "Transfer-Encoding: chunked|", false},
		{"/redirect", "Location: /ok|Content-Length: 3|", false},
		{"/redirect", "Content-Length: 5|", true},
		{"/not-modified", "ETag: \"a\"|X-Empty:|", false},
		{"/not-modified", "ETag: \"a\"|X-Empty:|", true},
		{"/loop", "", true},
		{"/half", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct engine_config c = defaults;
		struct seen *u;

		c.follow_redirects = table[i].follow;
		u = exchange_path(&c, table[i].path);
		if (strcmp(u->lines, table[i].lines))
			fail_msg("%s: %s", table[i].path, u->lines);
		free(u);
	}
}

/* Requests with their own time, started in turns: each keeps its own. */
static void timeouts_of_requests(void **state)
{
	enum { EACH = 3, KINDS = 3 };
	static const char *const text[KINDS] = {
		"no complete answer within 80.0 ms (--timeout)",
		"no complete answer within 50.0 ms (the task's timeout)", ""};
	static const int64_t span_ns[KINDS] = {80 * NS_PER_MS, 50 * NS_PER_MS, LIMIT_NS};
	struct engine_config c = defaults;
	struct seen *u[KINDS * EACH];
	struct http_request q[KINDS];
	struct engine *engine;
	struct bad_server s;

	(void)state;
	c.timeout_ns = span_ns[0];
	bad_server_start(&s, 0);
	for (int k = 0; k < KINDS; k++) {
		q[k] = get(s.url, "/stall");
		q[k].timeout_ns = k ? span_ns[k] : 0;
	}
	engine = engine_with(&c);
	for (int i = 0; i < KINDS * EACH; i++) {
		u[i] = user_of(engine);
		start(u[i], &q[i % KINDS]);
		engine_run(engine, clock_ns());
	}
	for (int i = 0; i < KINDS * EACH; i++) {
		int k = i % KINDS;

		if (k == 2)
			continue;
		run_until(engine, &u[i]->done, 1);
		assert_int_equal(u[i]->r.error, ERROR_TIMEOUT);
		assert_true(u[i]->r.te_ns - u[i]->r.ts_ns >= span_ns[k]);
		assert_string_equal(u[i]->message, text[k]);
	}
	for (int i = 0; i < KINDS * EACH; i++) {
		assert_int_equal(u[i]->done, i % KINDS < 2);
		user_free(u[i]);
	}
	engine_close(engine);
	bad_server_stop(&s);
	for (int k = 0; k < KINDS; k++)
		free(q[k].url);
}

static void completing_early(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct bad_server s;
	struct http_request ends, open, cut, not_found;
	struct seen *u = user_of(engine);

	(void)state;
	bad_server_start(&s, 0);
	ends = get(s.url, "/sse");
	open = get(s.url, "/sse-open");
	cut = get(s.url, "/sse-cut");
	not_found = get(s.url, "/sse-404");
	u->complete = "[DONE]";
	/* The body ends with it: the connection stays. */
	for (int i = 0; i < 2; i++) {
		start(u, &ends);
		run_until(engine, &u->done, i + 1);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_true(u->r.answered && u->r.te_ns >= u->data_ns);
	}
	assert_int_equal(s.accepted, 1);
	/* It never ends, or badly: complete all the same. */
	start(u, &open);
	run_until(engine, &u->done, 3);
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_true(u->r.answered && u->r.te_ns >= u->data_ns);
	assert_true(u->r.te_ns - u->data_ns < clock_ns() - u->data_ns);
	assert_int_equal(engine_connections(engine), 0);
	start(u, &cut);
	run_until(engine, &u->done, 4);
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_true(u->r.new_connection);
	start(u, &not_found);
	run_until(engine, &u->done, 5);
	assert_int_equal(u->r.error, ERROR_HTTP_4XX);
	/* Cancelled after all. */
	u->cancel = u->conn;
	start(u, &open);
	for (int64_t limit = clock_ns() + LIMIT_NS; u->cancel && clock_ns() < limit;)
		engine_run(engine, limit);
	assert_int_equal(engine_connections(engine), 0);
	engine_run(engine, clock_ns() + 50 * NS_PER_MS);
	assert_int_equal(u->done, 5);
	start(u, &ends);
	run_until(engine, &u->done, 6);
	assert_int_equal(u->r.error, ERROR_NONE);
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(ends.url);
	free(open.url);
	free(cut.url);
	free(not_found.url);
}

static void redirects(void **state)
{
	struct engine_config follow = defaults;
	struct seen *u = exchange_path(&defaults, "/redirect");

	(void)state;
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_int_equal(u->r.status, 302);
	assert_string_equal(u->body, "foo");
	assert_int_equal(u->headers, 1);
	free(u);
	follow.follow_redirects = true;
	u = exchange_path(&follow, "/redirect");
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_int_equal(u->r.status, 200);
	assert_string_equal(u->body, "hello");
	assert_int_equal(u->headers, 1);
	assert_int_equal(u->status, 200);
	free(u);
	u = exchange_path(&follow, "/loop");
	assert_int_equal(u->r.error, ERROR_PROTOCOL);
	assert_string_equal(u->message, "more than 10 redirects");
	free(u);
}

/* A kept connection that ends under the request: seen, and not sent again. */
static void no_silent_retry(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct bad_server s;
	struct http_request q;
	struct seen *u = user_of(engine);

	(void)state;
	bad_server_start(&s, 0);
	q = get(s.url, "/once");
	u->again = &q;
	u->repeat = 2;
	start(u, &q);
	run_until(engine, &u->done, 2);
	assert_int_equal(u->r.error, ERROR_RESET);
	assert_string_equal(u->message, "connection closed by the server before it answered");
	assert_int_equal(s.requests, 2);
	run_until(engine, &u->done, 3);
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_true(u->r.new_connection);
	assert_int_equal(s.requests, 3);
	assert_int_equal(s.accepted, 2);
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(q.url);
}

static bool answer_twice(struct bad_connection *c, const char *request, size_t bytes)
{
	(void)request;
	(void)bytes;
	if (c->served > 2)
		return false;
	bad_say(c->fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
	return true;
}

/* The server counts: as many requests as were started, whatever became of them. */
static void as_many_arrive_as_were_started(void **state)
{
	enum { CLIENTS = 6, EACH = 30 };
	struct engine *engine = engine_with(&defaults);
	struct seen *u[CLIENTS];
	struct bad_server s;
	struct http_request q[2];
	int reset = 0;

	(void)state;
	bad_server_start(&s, 0);
	s.answer = answer_twice;
	q[0] = get(s.url, "/");
	q[1] = get(s.url, "/");
	q[1].method = (char *)"POST";
	q[1].body = (char *)"{}";
	q[1].body_bytes = 2;
	for (int i = 0; i < CLIENTS; i++)
		u[i] = user_of(engine);
	for (int round = 1; round <= EACH; round++) {
		for (int i = 0; i < CLIENTS; i++)
			start(u[i], &q[i % 2]);
		for (int i = 0; i < CLIENTS; i++) {
			int64_t limit = clock_ns() + LIMIT_NS;

			while (u[i]->done < round && clock_ns() < limit)
				engine_run(engine, limit);
			assert_int_equal(u[i]->done, round);
			/* Of three on a connection the third is lost. */
			assert_int_equal(u[i]->r.error, round % 3 ? ERROR_NONE : ERROR_RESET);
			reset += u[i]->r.error == ERROR_RESET;
		}
	}
	assert_int_equal(s.requests, CLIENTS * EACH);
	assert_int_equal(s.accepted, CLIENTS * EACH / 3);
	assert_int_equal(reset, CLIENTS * EACH / 3);
	for (int i = 0; i < CLIENTS; i++)
		user_free(u[i]);
	engine_close(engine);
	bad_server_stop(&s);
	free(q[0].url);
	free(q[1].url);
}

/* One that ended while idle is replaced before anything is sent. */
static void idle_connection_closed(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct bad_server s;
	struct http_request last, ok;
	struct seen *u = user_of(engine);

	(void)state;
	bad_server_start(&s, 0);
	last = get(s.url, "/last");
	ok = get(s.url, "/ok");
	for (int i = 0; i < 3; i++) {
		int64_t limit = clock_ns() + LIMIT_NS;

		start(u, i < 2 ? &last : &ok);
		run_until(engine, &u->done, i + 1);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_true(u->r.new_connection);
		while (i < 2 && s.ended <= i && clock_ns() < limit)
			engine_run(engine, clock_ns() + NS_PER_MS);
	}
	assert_int_equal(s.requests, 3);
	/* Nothing spins on the closed socket: waiting takes its time. */
	start(u, &last);
	run_until(engine, &u->done, 4);
	for (int i = 0; i < 3; i++)
		engine_run(engine, clock_ns() + 20 * NS_PER_MS);
	int64_t from = clock_ns();
	engine_run(engine, from + 50 * NS_PER_MS);
	assert_true(clock_ns() - from >= 50 * NS_PER_MS);
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(last.url);
	free(ok.url);
}

static void server_killed_and_coming_back(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct bad_server s;
	struct http_request q;
	struct seen *u = user_of(engine);
	int port;

	(void)state;
	bad_server_start(&s, 0);
	port = s.port;
	q = get(s.url, "/ok");
	start(u, &q);
	run_until(engine, &u->done, 1);
	assert_int_equal(u->r.error, ERROR_NONE);
	bad_server_stop(&s);
	start(u, &q);
	run_until(engine, &u->done, 2);
	assert_int_equal(u->r.error, ERROR_CONNECT);
	assert_int_equal(u->r.code, ECONNREFUSED);
	bad_server_start(&s, port);
	start(u, &q);
	run_until(engine, &u->done, 3);
	assert_int_equal(u->r.error, ERROR_NONE);
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(q.url);
}

static void cancel_and_close_while_running(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct bad_server s;
	struct http_request stall, ok, stall_body;
	struct seen *a = user_of(engine), *b = user_of(engine), *c = user_of(engine);
	int64_t limit = clock_ns() + LIMIT_NS;
	uint64_t in, out;

	(void)state;
	bad_server_start(&s, 0);
	stall = get(s.url, "/stall");
	stall_body = get(s.url, "/stall-body");
	ok = get(s.url, "/ok");
	/* Before it was handed over, and while it runs. */
	start(a, &ok);
	engine_cancel(a->conn);
	start(a, &stall);
	while (s.requests < 1 && clock_ns() < limit)
		engine_run(engine, clock_ns() + NS_PER_MS);
	assert_int_equal(s.requests, 1);
	engine_bytes(a->conn, &in, &out);
	assert_int_equal(in, 0);
	assert_int_equal(out, s.last_bytes);
	engine_cancel(a->conn);
	engine_bytes(a->conn, &in, &out);
	assert_int_equal(out, 0);
	assert_int_equal(a->done, 0);
	assert_int_equal(engine_connections(engine), 0);
	start(a, &ok);
	run_until(engine, &a->done, 1);
	assert_int_equal(a->r.error, ERROR_NONE);
	assert_true(a->r.new_connection);
	engine_cancel(a->conn); /* nothing runs */
	assert_int_equal(engine_connections(engine), 1);

	/* From within a callback: another's, then its own, starting anew. */
	start(b, &stall);
	while (s.requests < 3 && clock_ns() < limit)
		engine_run(engine, clock_ns() + NS_PER_MS);
	a->cancel = b->conn;
	start(a, &ok);
	run_until(engine, &a->done, 2);
	assert_int_equal(b->done, 0);
	assert_int_equal(engine_connections(engine), 1);
	a->cancel = a->conn;
	a->restart = &ok;
	start(a, &stall_body);
	run_until(engine, &a->done, 3);
	assert_int_equal(a->r.error, ERROR_NONE);
	assert_string_equal(a->body, "hello");

	/* Closing: another's from within a callback, a running one from without. */
	start(c, &stall);
	a->restart = NULL;
	a->close = c->conn;
	start(a, &ok);
	run_until(engine, &a->done, 4);
	assert_int_equal(c->done, 0);
	free(c);
	start(b, &stall);
	engine_run(engine, clock_ns());
	user_free(b);
	start(a, &ok);
	user_free(a);
	assert_int_equal(engine_connections(engine), 0);
	engine_close(engine);
	bad_server_stop(&s);
	free(stall.url);
	free(stall_body.url);
	free(ok.url);
}

static void *wake_main(void *user)
{
	engine_wake(user);
	return NULL;
}

struct worker {
	const struct http_request *q;
	pthread_t thread;
	int ok;
};

static void *worker_main(void *user)
{
	struct worker *w = user;
	struct engine *engine;
	struct seen *u[3];

	if (engine_open(&defaults, &callbacks, &engine, NULL))
		return NULL;
	for (int i = 0; i < 3; i++)
		u[i] = user_of(engine);
	for (int round = 1; round <= 20; round++)
		for (int i = 0; i < 3; i++) {
			int64_t limit = clock_ns() + LIMIT_NS;

			start(u[i], w->q);
			while (u[i]->done < round && clock_ns() < limit)
				engine_run(engine, limit);
			w->ok += u[i]->r.error == ERROR_NONE;
		}
	for (int i = 0; i < 3; i++)
		user_free(u[i]);
	engine_close(engine);
	return NULL;
}

/* Engines of several threads share a request and nothing else. */
static void an_engine_a_thread(void **state)
{
	struct worker w[3];
	struct bad_server s;
	struct http_request q;

	(void)state;
	bad_server_start(&s, 0);
	q = get(s.url, "/ok");
	for (int i = 0; i < 3; i++) {
		w[i] = (struct worker){.q = &q};
		assert_int_equal(pthread_create(&w[i].thread, NULL, worker_main, &w[i]), 0);
	}
	for (int i = 0; i < 3; i++) {
		pthread_join(w[i].thread, NULL);
		assert_int_equal(w[i].ok, 60);
	}
	assert_int_equal(s.accepted, 9);
	bad_server_stop(&s);
	free(q.url);
}

static void waiting_and_waking(void **state)
{
	struct engine *engine = engine_with(&defaults);
	int64_t least = INT64_MAX, from;
	pthread_t thread;

	(void)state;
	from = clock_ns();
	assert_int_equal(pthread_create(&thread, NULL, wake_main, engine), 0);
	engine_run(engine, from + LIMIT_NS);
	assert_true(clock_ns() - from < LIMIT_NS);
	pthread_join(thread, NULL);
	/* Before a run, several times: one early return. */
	engine_wake(engine);
	engine_wake(engine);
	engine_run(engine, clock_ns() + LIMIT_NS);
	/* Never early otherwise, and at its best not rounded up to 1 ms. */
	for (int i = 0; i < 30; i++) {
		int64_t took;

		from = clock_ns();
		engine_run(engine, from + 300 * NS_PER_US);
		took = clock_ns() - from;
		assert_true(took >= 300 * NS_PER_US);
		if (took < least)
			least = took;
	}
	assert_true(least < NS_PER_MS);
	from = clock_ns();
	engine_run(engine, 0);
	engine_run(engine, from - NS_PER_S);
	assert_true(clock_ns() - from < LIMIT_NS);
	engine_close(engine);
}

static void unix_socket_and_connect_to(void **state)
{
	char dir[] = "/tmp/brunt-test-XXXXXX", path[64], entry[64], resolve[64], bad[64];
	struct engine_config c = defaults;
	const char *list[] = {entry, NULL}, *names[] = {resolve, NULL};
	struct bad_server s;
	struct http_request q;
	struct seen *u;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/s", dir);
	bad_server_start_unix(&s, path);
	c.unix_socket = path;
	q = get(s.url, "/ok");
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_NONE);
	free(u);
	bad_server_stop(&s);
	unlink(path);
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_CONNECT);
	assert_string_equal(u->message, "no such socket");
	free(u);
	free(q.url);
	rmdir(dir);

	bad_server_start(&s, 0);
	q = get("http://model.invalid", "/ok");
	c = defaults;
	c.connect_to = list;
	snprintf(entry, sizeof entry, "model.invalid:80:127.0.0.1:%d", s.port);
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_NONE);
	assert_true(bad_saw(&s, "\r\nHost: model.invalid\r\n"));
	free(u);
	free(q.url);

	c = defaults;
	c.resolve = names;
	snprintf(resolve, sizeof resolve, "model.invalid:%d:127.0.0.1", s.port);
	snprintf(bad, sizeof bad, "http://model.invalid:%d", s.port);
	q = get(bad, "/ok");
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_NONE);
	free(u);
	free(q.url);

	/* Through a proxy the request names the whole URL. */
	c = defaults;
	c.proxy = s.url;
	c.user_password = "aladdin:open sesame";
	q = get("http://model.invalid", "/close");
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_RESET);
	assert_true(bad_saw(&s, "GET http://model.invalid/close HTTP/1.1\r\n"));
	assert_true(bad_saw(&s, "\r\nAuthorization: Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"));
	free(u);
	free(q.url);
	bad_server_stop(&s);
}

static void the_environments_proxy_is_ignored(void **state)
{
	struct seen *u;

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	u = exchange_path(&defaults, "/ok");
	assert_int_equal(u->r.error, ERROR_NONE);
	free(u);
	unsetenv("http_proxy");
	unsetenv("ALL_PROXY");
}

static void without_keepalive(void **state)
{
	struct engine_config c = defaults;
	struct bad_server s;
	struct http_request q;
	struct engine *engine;
	struct seen *u;

	(void)state;
	c.disable_keepalive = true;
	bad_server_start(&s, 0);
	q = get(s.url, "/ok");
	engine = engine_with(&c);
	u = user_of(engine);
	for (int i = 0; i < 3; i++) {
		start(u, &q);
		run_until(engine, &u->done, i + 1);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_true(u->r.new_connection);
		assert_int_equal(engine_connections(engine), 0);
	}
	assert_int_equal(s.accepted, 3);
	assert_true(bad_saw(&s, "\r\nConnection: close\r\n"));
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(q.url);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_answer),
		cmocka_unit_test(answers_of_other_shapes),
		cmocka_unit_test(failures_by_class),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(failing_at_once_does_not_hang),
		cmocka_unit_test(a_name_that_does_not_resolve),
		cmocka_unit_test(tls_with_a_server_that_has_none),
		cmocka_unit_test(no_descriptor_left),
		cmocka_unit_test(timeouts),
		cmocka_unit_test(a_connection_that_is_never_made),
		cmocka_unit_test(after_a_timeout),
		cmocka_unit_test(a_connection_each),
		cmocka_unit_test(answers_that_wait_have_come_together),
		cmocka_unit_test(many_users),
		cmocka_unit_test(ids_arrive_and_change),
		cmocka_unit_test(bodies_arrive_exactly),
		cmocka_unit_test(methods_without_body),
		cmocka_unit_test(variants),
		cmocka_unit_test(header_lines_of_the_final_answer),
		cmocka_unit_test(timeouts_of_requests),
		cmocka_unit_test(completing_early),
		cmocka_unit_test(redirects),
		cmocka_unit_test(no_silent_retry),
		cmocka_unit_test(as_many_arrive_as_were_started),
		cmocka_unit_test(idle_connection_closed),
		cmocka_unit_test(server_killed_and_coming_back),
		cmocka_unit_test(cancel_and_close_while_running),
		cmocka_unit_test(an_engine_a_thread),
		cmocka_unit_test(waiting_and_waking),
		cmocka_unit_test(unix_socket_and_connect_to),
		cmocka_unit_test(the_environments_proxy_is_ignored),
		cmocka_unit_test(without_keepalive),
	};

	int failed = cmocka_run_group_tests_name("our own client", tests, global_init, global_fini);

	defaults.curl_only = true;
	return failed + cmocka_run_group_tests_name("curl", tests, global_init, global_fini);
}
