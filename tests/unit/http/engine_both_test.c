/* Our own client and curl behind the same door: the same goes out, the same comes
 * of what comes in. And what our own client does where curl has its own tests. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../../src/http/engine_private.h"
#include "engine_user.h"

enum { PLAIN, CURL_ONLY, WAYS };

static struct engine_config config_of(int way)
{
	struct engine_config c = defaults;

	c.curl_only = way == CURL_ONLY;
	return c;
}

static void assert_way(const struct seen *u, int way)
{
	assert_int_equal(u->conn->by, way == PLAIN ? BY_PLAIN : BY_CURL);
}

/* The server's last request from where it says `from`; *bytes: of all of it. */
static char *last_request(struct bad_server *s, const char *from, size_t *bytes)
{
	char *copy;

	pthread_mutex_lock(&s->lock);
	copy = xstrdup(strstr(s->last, from));
	*bytes = s->last_bytes;
	pthread_mutex_unlock(&s->lock);
	return copy;
}

/* --- what goes out --- */

static const char *const none[] = {NULL};
static const char *const json[] = {"Content-Type: application/json", "X-Empty:", "X-Blank:  ",
				   "x-a:b", NULL};
static const char *const own[] = {"accept: text/plain", "USER-AGENT: me", "host: elsewhere:1",
				  "Authorization: Bearer t", "x-request-id: mine", "Connection: close",
				  "Cookie: a=b", NULL};
static const char *const taken[] = {"Accept:", "User-Agent:", NULL};

static void the_same_bytes_are_sent(void **state)
{
	static const struct {
		const char *method, *path;
		const char *const *header;
		const char *body;
		struct http_variant v;
		bool auth, closes;
	} table[] = {
		{"GET", "/ok", none, NULL, {0}, false, false},
		{"GET", "", none, NULL, {0}, false, false},
		{"GET", "?a=/b?c", none, NULL, {0}, false, false},
		{"GET", "/a/../b/./c%20d?e=f&g={h}|\"#i?", none, NULL, {0}, false, false},
		{"GET", "/ok?", none, NULL, {0}, true, false},
		{"POST", "/echo", json, "{\"a\":1}", {0}, true, true},
		{"POST", "/echo", none, NULL, {0}, false, true},
		{"PUT", "/echo", own, "x", {0}, true, true},
		{"DELETE", "/echo", taken, "", {0}, false, false},
		{"HEAD", "/ok", none, NULL, {0}, false, false},
		{"OPTIONS", "/ok", json, NULL, {0}, false, false},
		{"GET", "/ok", none, NULL, {.url = "/echo?turn=2", .body = "b", .body_bytes = 1}, false, false},
		{"POST", "/echo", json, "c", {.header = own}, true, false},
		{"POST", "/echo", own, "c", {.header = taken, .body = "", .body_bytes = 0}, true, true},
		{"PATCH", "/echo", own, "c", {.header = none, .url = "/x#y"}, false, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		char *request[WAYS];
		struct bad_server s;

		bad_server_start(&s, 0);
		for (int way = 0; way < WAYS; way++) {
			struct engine_config c = config_of(way);
			struct http_request q = get(s.url, "");
			struct http_variant v = table[i].v;
			char *variant_url = v.url ? xasprintf("%s%s", s.url, v.url) : NULL;
			struct engine *engine;
			struct seen *u;
			size_t bytes;

			free(q.url);
			q.url = xasprintf("%s%s", s.url, table[i].path);
			q.method = (char *)(uintptr_t)table[i].method;
			q.header = (char **)(uintptr_t)table[i].header;
			q.body = (char *)(uintptr_t)table[i].body;
			q.body_bytes = q.body ? strlen(q.body) : 0;
			v.url = variant_url;
			c.user_password = table[i].auth ? "user:pass:word" : NULL;
			c.disable_keepalive = table[i].closes;
			engine = engine_with(&c);
			u = user_of(engine);
			start_variant(u, &q, &v);
			run_until(engine, &u->done, 1);
			assert_way(u, way);
			request[way] = last_request(&s, "", &bytes);
			if (way == PLAIN) /* curl counts some bodies twice */
				assert_int_equal(u->r.bytes_out, bytes);
			user_free(u);
			engine_close(engine);
			free(q.url);
			free(variant_url);
		}
		assert_string_equal(request[PLAIN], request[CURL_ONLY]);
		free(request[PLAIN]);
		free(request[CURL_ONLY]);
		bad_server_stop(&s);
	}
}

static void credentials_and_names_in_the_url(void **state)
{
	char *request[2 * WAYS];

	(void)state;
	for (int i = 0; i < 2 * WAYS; i++) {
		struct engine_config c = config_of(i % WAYS);
		char *resolve[2] = {NULL, NULL};
		struct http_request q = get("", "/");
		struct bad_server s;
		struct seen *u;
		size_t bytes;

		bad_server_start(&s, 0);
		resolve[0] = xasprintf("Model.Invalid:%d:127.0.0.1", s.port);
		c.resolve = (const char *const *)resolve;
		c.user_password = i / WAYS ? "another:one" : NULL;
		free(q.url);
		q.url = xasprintf("http://us%%40er:pa%%3Ass@model.invalid:%d/ok", s.port);
		u = exchange(&c, &q);
		assert_int_equal(u->r.error, ERROR_NONE);
		/* Ports differ. */
		request[i] = last_request(&s, "Authorization", &bytes);
		assert_true(bad_saw(&s, "\r\nHost: model.invalid:"));
		free(u);
		free(q.url);
		free(resolve[0]);
		bad_server_stop(&s);
	}
	for (int i = 0; i < 2 * WAYS; i += WAYS) {
		assert_string_equal(request[i + PLAIN], request[i + CURL_ONLY]);
		free(request[i + PLAIN]);
		free(request[i + CURL_ONLY]);
	}
}

/* --- whose a request is --- */

static void what_is_left_to_curl(void **state)
{
	static const char *const list[][2] = {
		{"Expect: 100-continue", NULL}, {"Transfer-Encoding: chunked", NULL},
		{"content-length: 1", NULL}, {"Upgrade: h2c", NULL}, {"Host:", NULL}, {"TE: trailers", NULL}};
	const char *const connect_to[] = {"a:1:b:2", NULL};
	struct engine *engine = engine_with(&defaults);
	struct seen *u = user_of(engine);
	struct engine_config c[4];
	struct bad_server s;
	struct http_request q;
	int done = 0;

	(void)state;
	bad_server_start(&s, 0);
	q = get(s.url, "/ok");
	for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
		struct http_variant v = {.header = list[i]};

		start_variant(u, &q, &v);
		run_until(engine, &u->done, ++done);
		assert_way(u, CURL_ONLY);
		/* And back again: each has its own connection. */
		start(u, &q);
		run_until(engine, &u->done, ++done);
		assert_way(u, PLAIN);
		assert_int_equal(u->r.new_connection, i == 0);
	}
	start_variant(u, &q, &(struct http_variant){.url = "http://nobody.invalid/"});
	run_until(engine, &u->done, ++done);
	assert_way(u, CURL_ONLY);
	assert_int_equal(u->r.error, ERROR_DNS);
	user_free(u);
	engine_close(engine);

	c[0] = c[1] = c[2] = c[3] = defaults;
	c[0].curl_only = true;
	c[1].follow_redirects = true;
	c[2].proxy = s.url;
	c[3].connect_to = connect_to;
	for (int i = 0; i < 4; i++) {
		engine = engine_with(&c[i]);
		u = user_of(engine);
		start(u, &q);
		run_until(engine, &u->done, 1);
		assert_way(u, CURL_ONLY);
		user_free(u);
		engine_close(engine);
	}
	free(q.url);
	bad_server_stop(&s);
}

/* --- what comes in --- */

static const char *raw; /* the answer; a '^' in it: a pause, a '$' at its end: closed */
static atomic_int answered; /* all of its bytes are sent */

static bool answer_raw(struct bad_connection *c, const char *request, size_t bytes)
{
	const char *at = raw;

	(void)request;
	(void)bytes;
	for (;;) {
		size_t n = strcspn(at, "^$");

		bad_send(c->fd, at, n);
		at += n;
		if (*at != '^') {
			answered++;
			return !*at;
		}
		at++;
		bad_pause_ms(2);
	}
}

#define OK "HTTP/1.1 200 OK\r\n"

static void the_same_comes_of_an_answer(void **state)
{
	static const struct {
		const char *answer;
		enum error_class error;
		int status;
		const char *body;
		bool kept;
		bool head;  /* asked for by HEAD */
		bool plain; /* curl is laxer, or keeps what we do not */
	} table[] = {
		{OK "Content-Length: 5\r\n\r\nhello", ERROR_NONE, 200, "hello", true, false, false},
		{"H^TTP/1.1 2^00 OK\r^\nCont^ent-Length: 5\r\n^\r\nhe^llo", ERROR_NONE, 200, "hello", true,
		 false, false},
		{OK "Content-Length: 0\r\n\r\n", ERROR_NONE, 200, "", true, false, false},
		{"HTTP/1.1 204 No\r\n\r\n", ERROR_NONE, 204, "", true, false, false},
		{"HTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\n", ERROR_NONE, 304, "", true, false, false},
		{OK "Content-Length: 5\r\n\r\n", ERROR_NONE, 200, "", true, true, false},
		{OK "Transfer-Encoding: chunked\r\n\r\n", ERROR_NONE, 200, "", true, true, false},
		{OK "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n^3\r\nl^lo\r\n0\r\nX: y\r\n\r^\n",
		 ERROR_NONE, 200, "hello", true, false, false},
		{OK "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
		 ERROR_NONE, 200, "hello", true, false, false},
		{OK "Connection: close\r\nContent-Length: 5\r\n\r\nhello", ERROR_NONE, 200, "hello", false,
		 false, false},
		{"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", ERROR_NONE, 200, "hello", false, false,
		 false},
		{"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello", ERROR_NONE, 200,
		 "hello", true, false, false},
		{OK "\r\nhel^lo$", ERROR_NONE, 200, "hello", false, false, false},
		{OK "\r\n$", ERROR_NONE, 200, "", false, false, false},
		{"HTTP/1.1 100 C\r\n\r\n^HTTP/1.1 103 E\r\nLink: a\r\n\r\n" OK "Content-Length: 2\r\n\r\nok",
		 ERROR_NONE, 200, "ok", true, false, false},
		{OK "X: a\r\n b\r\nContent-Length: 2\r\n\r\nok", ERROR_NONE, 200, "ok", true, false, false},
		{"HTTP/1.1 500 No\nContent-Length: 2\n\nno", ERROR_HTTP_5XX, 500, "no", true, false, false},
		{OK "Content-Length: 5\r\n\r\nhell$", ERROR_TRUNCATED, 200, "hell", false, false, false},
		{OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n$", ERROR_TRUNCATED, 200, "hello",
		 false, false, false},
		{OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n", ERROR_PROTOCOL, 200, "hello", false,
		 false, true},
		{OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n?\r\n", ERROR_PROTOCOL, 200, "hello", false,
		 false, false},
		{OK "Content-Length: five\r\n\r\nhello", ERROR_PROTOCOL, 200, "", false, false, false},
		{"HTTP/1.1 100 C\r\n\r\n$", ERROR_TRUNCATED, -1, "", false, false, false},
		{"HTT$", ERROR_TRUNCATED, 0, "", false, false, true},
		{"$", ERROR_RESET, 0, "", false, false, false},
		{OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", ERROR_PROTOCOL, 200, "", false, false,
		 false},
		{OK "Content-Length: 5\r\nContent-length:5 , 5\r\n\r\nhello", ERROR_NONE, 200, "hello", true, false,
		 false},
		/* More than 64 bits, on its own and where chunks say how long it is. */
		{OK "Content-Length: 99999999999999999999999\r\n\r\nhello$", ERROR_PROTOCOL, 200, "", false, false,
		 false},
		{OK "Transfer-Encoding: chunked\r\nContent-Length: 99999999999999999999999\r\n\r\n0\r\n\r\n",
		 ERROR_PROTOCOL, 200, "", false, false, false},
		{OK "Broken\r\nContent-Length: 5\r\n\r\nhello", ERROR_PROTOCOL, 200, "", false, false, true},
		{OK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", ERROR_PROTOCOL, 200, "", false, false,
		 true},
		{OK "Content-Length: 5\r\n\r\nhelloHTTP/1.1", ERROR_NONE, 200, "hello", false, false, true},
		{OK "Content-Length: 5\r\n\r\nhello^more", ERROR_NONE, 200, "hello", false, false, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		for (int way = 0; way < (table[i].plain ? CURL_ONLY : WAYS); way++) {
			struct engine_config c = config_of(way);
			struct engine *engine = engine_with(&c);
			struct seen *u = user_of(engine);
			struct http_request q;
			struct bad_server s;

			raw = table[i].answer;
			answered = 0;
			bad_server_start(&s, 0);
			s.answer = answer_raw;
			q = get(s.url, "/");
			q.method = (char *)(table[i].head ? "HEAD" : "GET");
			for (int round = 1; round <= 2; round++) {
				start(u, &q);
				run_until(engine, &u->done, round);
				while (answered < round)
					bad_pause_ms(1);
				u->body[u->body_bytes] = '\0';
				if (u->r.error != table[i].error || strcmp(u->body, table[i].body) ||
				    (table[i].status >= 0 && u->r.status != table[i].status) ||
				    u->r.new_connection == (round == 2 && table[i].kept))
					fail_msg("row %zu, way %d, round %d: %s %s, status %d, \"%s\", new %d", i,
						 way, round, error_class_name(u->r.error), u->message,
						 u->r.status, u->body, u->r.new_connection);
				assert_int_equal(u->r.answered, u->r.error == ERROR_NONE || u->r.status >= 400);
				assert_way(u, way);
			}
			user_free(u);
			engine_close(engine);
			free(q.url);
			bad_server_stop(&s);
		}
}

/* --- our own client's connections --- */

/* The first address refuses, the next is tried. */
static void addresses_in_turn(void **state)
{
	for (int way = 0; way < WAYS; way++) {
		struct engine_config c = config_of(way);
		char *resolve[2] = {NULL, NULL};
		struct http_request q = get("", "/");
		struct bad_server s;
		struct seen *u;

		(void)state;
		bad_server_start(&s, 0);
		resolve[0] = xasprintf("model.invalid:%d:[::1],127.0.0.2,127.0.0.1", s.port);
		c.resolve = (const char *const *)resolve;
		free(q.url);
		q.url = xasprintf("http://model.invalid:%d/ok", s.port);
		u = exchange(&c, &q);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_true(u->r.new_connection);
		free(u);
		bad_server_stop(&s);
		/* Now they all do. */
		u = exchange(&c, &q);
		assert_int_equal(u->r.error, ERROR_CONNECT);
		assert_int_equal(u->r.code, ECONNREFUSED);
		assert_string_equal(u->message, "connection refused");
		free(u);
		free(q.url);
		free(resolve[0]);
	}
}

/* Nobody accepts: a socket of this machine says so at once. */
static void a_full_backlog(void **state)
{
	char dir[] = "/tmp/brunt-test-XXXXXX";
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	struct engine_config c = defaults;
	struct http_request q = get("http://localhost", "/");
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), waiting[8];
	struct seen *u;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(a.sun_path, sizeof a.sun_path, "%s/s", dir);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(fd, 0), 0);
	for (int i = 0; i < 8; i++) {
		waiting[i] = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
		connect(waiting[i], (struct sockaddr *)&a, sizeof a);
	}
	c.unix_socket = a.sun_path;
	u = exchange(&c, &q);
	assert_int_equal(u->r.error, ERROR_CONNECT);
	assert_int_equal(u->r.code, EAGAIN);
	assert_string_equal(u->message, "the server's queue of new connections is full");
	free(u);
	for (int i = 0; i < 8; i++)
		close(waiting[i]);
	close(fd);
	unlink(a.sun_path);
	rmdir(dir);
	free(q.url);
}

/* Also when nothing of the answer was missing. */
static void cancelling_costs_the_connection(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct seen *u = user_of(engine);
	int64_t limit = clock_ns() + LIMIT_NS;
	struct http_request q;
	struct bad_server s;

	(void)state;
	bad_server_start(&s, 0);
	q = get(s.url, "/ok");
	u->cancel = u->conn;
	start(u, &q);
	while (u->cancel && clock_ns() < limit)
		engine_run(engine, limit);
	assert_int_equal(u->body_bytes, 5);
	assert_int_equal(u->done, 0);
	assert_int_equal(engine_connections(engine), 0);
	assert_way(u, PLAIN);
	user_free(u);
	engine_close(engine);
	bad_server_stop(&s);
	free(q.url);
}

/* A sending that asks for it is the last one on its connection. */
static void no_connection_kept_behind_it(void **state)
{
	static const bool closes[] = {false, true, true, false, false};

	(void)state;
	for (int curl = 0; curl < 2; curl++) {
		struct engine_config c = defaults;
		struct engine *engine;
		struct bad_server s;
		struct http_request q;
		struct seen *u;

		c.curl_only = curl;
		engine = engine_with(&c);
		u = user_of(engine);
		bad_server_start(&s, 0);
		q = get(s.url, "/ok");
		for (int i = 0; i < 5; i++) {
			start_variant(u, &q, closes[i] ? &(struct http_variant){.closes = true} : NULL);
			run_until(engine, &u->done, i + 1);
			assert_int_equal(u->r.error, ERROR_NONE);
			assert_int_equal(u->r.new_connection, i == 0 || closes[i - 1]);
			assert_int_equal(engine_connections(engine), !closes[i]);
		}
		user_free(u);
		engine_close(engine);
		bad_server_stop(&s);
		free(q.url);
	}
}

/* A user that asks two servers keeps a connection to each. */
static void a_connection_for_each_origin(void **state)
{
	struct engine *engine = engine_with(&defaults);
	struct seen *u = user_of(engine);
	struct bad_server s[2];
	struct http_request q[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		bad_server_start(&s[i], 0);
		q[i] = get(s[i].url, "/ok");
	}
	for (int round = 0; round < 6; round++) {
		start(u, &q[round % 2]);
		run_until(engine, &u->done, round + 1);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_int_equal(u->r.new_connection, round < 2);
	}
	assert_int_equal(engine_connections(engine), 2);
	/* One of them ends while the other is used. */
	bad_server_stop(&s[0]);
	start(u, &q[1]);
	run_until(engine, &u->done, 7);
	assert_false(u->r.new_connection);
	start(u, &q[0]);
	run_until(engine, &u->done, 8);
	assert_int_equal(u->r.error, ERROR_CONNECT);
	assert_int_equal(engine_connections(engine), 1);
	user_free(u);
	assert_int_equal(engine_connections(engine), 0);
	engine_close(engine);
	bad_server_stop(&s[1]);
	free(q[0].url);
	free(q[1].url);
}

/* Reads what fits in one look, says no, and reads no more. */
static void *say_no_early(void *user)
{
	int fd = accept(*(int *)user, NULL, NULL);
	char some[1000];

	if (recv(fd, some, sizeof some, 0) > 0)
		bad_say(fd, "HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
	while (recv(fd, some, sizeof some, 0) > 0)
		bad_pause_ms(0);
	close(fd);
	return NULL;
}

/* A request that goes out in many pieces; an answer that comes before its end. */
static void large_requests(void **state)
{
	enum { LARGE = 8 << 20, FITS = 1000000 };
	struct engine *engine = engine_with(&defaults);
	struct seen *u = user_of(engine);
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t bytes = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM, 0), small = 4096;
	struct http_request q;
	struct bad_server s;
	pthread_t thread;
	char base[64], *request;
	size_t sent;

	(void)state;
	bad_server_start(&s, 0);
	q = get(s.url, "/ok");
	q.method = (char *)"POST";
	q.body = xmalloc(LARGE);
	memset(q.body, 'x', LARGE);
	q.body_bytes = FITS;
	for (int i = 1; i <= 2; i++) {
		start(u, &q);
		run_until(engine, &u->done, i);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_int_equal(u->r.new_connection, i == 1);
		request = last_request(&s, "", &sent);
		assert_int_equal(u->r.bytes_out, sent);
		assert_int_equal(strlen(request), sent);
		assert_memory_equal(request + sent - FITS, q.body, FITS);
		free(request);
	}
	assert_way(u, PLAIN);
	bad_server_stop(&s);
	user_free(u);
	engine_close(engine);
	free(q.url);

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &bytes), 0);
	assert_int_equal(pthread_create(&thread, NULL, say_no_early, &fd), 0);
	snprintf(base, sizeof base, "http://127.0.0.1:%d", ntohs(a.sin_port));
	engine = engine_with(&defaults);
	u = user_of(engine);
	free(q.body);
	q = get(base, "/");
	q.method = (char *)"POST";
	q.body = xmalloc(LARGE);
	memset(q.body, 'x', LARGE);
	q.body_bytes = LARGE;
	start(u, &q);
	run_until(engine, &u->done, 1);
	assert_int_equal(u->r.error, ERROR_HTTP_4XX);
	assert_string_equal(u->message, "HTTP 413: big");
	assert_true(u->r.bytes_out < LARGE);
	/* What was left of the request cannot be sent any more. */
	assert_int_equal(engine_connections(engine), 0);
	user_free(u);
	engine_close(engine);
	pthread_join(thread, NULL);
	close(fd);
	free(q.url);
	free(q.body);
}

static void an_ipv6_address(void **state)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	struct bad_server s = {0};
	struct http_request q = get("", "/");
	socklen_t bytes = sizeof a;
	struct seen *u;
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	(void)state;
	free(q.url);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a))
		skip(); /* a machine without IPv6 */
	close(fd);
	bad_server_listen(&s, AF_INET6, (struct sockaddr *)&a, sizeof a);
	getsockname(s.fd, (struct sockaddr *)&a, &bytes);
	q.url = xasprintf("http://[::1]:%d/ok", ntohs(a.sin6_port));
	for (int way = 0; way < WAYS; way++) {
		struct engine_config c = config_of(way);
		char *host = xasprintf("\r\nHost: [::1]:%d\r\n", ntohs(a.sin6_port));

		u = exchange(&c, &q);
		assert_int_equal(u->r.error, ERROR_NONE);
		assert_true(bad_saw(&s, host));
		free(host);
		free(u);
	}
	free(q.url);
	bad_server_stop(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bytes_are_sent),
		cmocka_unit_test(credentials_and_names_in_the_url),
		cmocka_unit_test(what_is_left_to_curl),
		cmocka_unit_test(the_same_comes_of_an_answer),
		cmocka_unit_test(addresses_in_turn),
		cmocka_unit_test(a_full_backlog),
		cmocka_unit_test(cancelling_costs_the_connection),
		cmocka_unit_test(no_connection_kept_behind_it),
		cmocka_unit_test(a_connection_for_each_origin),
		cmocka_unit_test(large_requests),
		cmocka_unit_test(an_ipv6_address),
	};

	return cmocka_run_group_tests(tests, global_init, global_fini);
}
