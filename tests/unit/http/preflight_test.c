#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "h2_server.h"
#include "http/preflight.h"

/* A label beyond 63 characters never gets to a name server. */
#define NO_HOST "a123456789a123456789a123456789a123456789a123456789a123456789abcd.invalid"

static const struct engine_config defaults = {.timeout_ns = 10 * NS_PER_S};

static enum preflight_verdict look(const char *url, const struct engine_config *config,
				   char **resolve, struct err *err)
{
	int64_t dns_ns = -1, from = clock_ns();
	enum preflight_verdict verdict;

	err->text[0] = '\0';
	*resolve = (char *)"unset";
	verdict = preflight(url, config, resolve, &dns_ns, err);
	/* About a second; ten for a machine that is busy. */
	assert_true(clock_ns() - from < 10 * NS_PER_S);
	assert_true(dns_ns >= 0);
	return verdict;
}

/* A busy machine may take longer than a look does: again, until it is decided. */
static enum preflight_verdict look_long(const char *url, char **resolve, struct err *err)
{
	enum preflight_verdict verdict = PREFLIGHT_UNDECIDED;

	for (int i = 0; i < 30 && verdict == PREFLIGHT_UNDECIDED; i++)
		verdict = look(url, &defaults, resolve, err);
	return verdict;
}

static void an_address_that_answers(void **state)
{
	struct bad_server s;
	struct err err;
	char *resolve;

	(void)state;
	bad_server_start(&s, 0);
	assert_int_equal(look(s.url, &defaults, &resolve, &err), PREFLIGHT_OK);
	assert_null(resolve);
	assert_int_equal(s.requests, 0);
	bad_server_stop(&s);
}

static void a_name_that_answers(void **state)
{
	struct bad_server s;
	struct err err;
	char url[64], begins[64], *resolve;

	(void)state;
	bad_server_start(&s, 0);
	snprintf(url, sizeof url, "http://localhost:%d/x", s.port);
	snprintf(begins, sizeof begins, "localhost:%d:127.0.0.1", s.port);
	assert_int_equal(look(url, &defaults, &resolve, &err), PREFLIGHT_OK);
	assert_non_null(resolve);
	/* Whoever answered comes first. */
	assert_memory_equal(resolve, begins, strlen(begins));
	free(resolve);
	bad_server_stop(&s);
}

static void nobody_listens(void **state)
{
	struct err err;
	char url[64], says[256], *resolve;

	(void)state;
	snprintf(url, sizeof url, "http://localhost:%d", bad_closed_port());
	snprintf(says, sizeof says,
		 "%s: connection refused: is the server running there? "
		 "(--wait-ready 30s waits for it)", url);
	assert_int_equal(look(url, &defaults, &resolve, &err), PREFLIGHT_CONNECT);
	assert_string_equal(err.text, says);
	assert_null(resolve);
}

static void no_such_name(void **state)
{
	struct err err;
	char *resolve;

	(void)state;
	assert_int_equal(look("http://" NO_HOST "/", &defaults, &resolve, &err), PREFLIGHT_DNS);
	assert_non_null(strstr(err.text, "\"" NO_HOST "\""));
	assert_null(resolve);
}

static void tls_that_is_not(void **state)
{
	struct bad_server s;
	struct err err;
	char url[64], *resolve;

	(void)state;
	/* It says nothing to what is not a request. */
	bad_server_start(&s, 0);
	snprintf(url, sizeof url, "https://127.0.0.1:%d", s.port);
	assert_int_equal(look(url, &defaults, &resolve, &err), PREFLIGHT_UNDECIDED);
	assert_null(resolve);
	s.greets = true;
	assert_int_equal(look_long(url, &resolve, &err), PREFLIGHT_TLS);
	assert_memory_equal(err.text, url, strlen(url));
	/* Leaving the certificate unchecked would not help. */
	assert_non_null(strstr(err.text, "plain HTTP on this port? try http://"));
	assert_null(strstr(err.text, "-k"));
	snprintf(url, sizeof url, "wss://127.0.0.1:%d", s.port);
	assert_int_equal(look_long(url, &resolve, &err), PREFLIGHT_TLS);
	assert_non_null(strstr(err.text, "try ws://"));
	bad_server_stop(&s);
}

static bool says_nothing(struct bad_connection *c, const char *request, size_t bytes)
{
	(void)c;
	(void)request;
	(void)bytes;
	return true;
}

/* Over TLS: tests/e2e/http2_test.sh. */
static void http2_that_is_not(void **state)
{
	struct engine_config c = defaults;
	struct h2_server new;
	struct bad_server old;
	struct err err;
	char url[64], *resolve;

	(void)state;
	c.http2 = true;
	h2_server_start(&new, NULL);
	assert_int_equal(look(new.url, &c, &resolve, &err), PREFLIGHT_OK);
	assert_int_equal(new.requests, 0);
	h2_server_stop(&new);
	bad_server_start(&old, 0);
	assert_int_equal(look(old.url, &c, &resolve, &err), PREFLIGHT_HTTP2);
	assert_null(resolve);
	assert_memory_equal(err.text, old.url, strlen(old.url));
	assert_non_null(strstr(err.text, "--http2: the server does not speak HTTP/2 without TLS"));
	bad_server_stop(&old);
	/* One that waits to be asked, and whoever is not asked. */
	bad_server_start(&old, 0);
	old.answer = says_nothing;
	assert_int_equal(look(old.url, &c, &resolve, &err), PREFLIGHT_OK);
	snprintf(url, sizeof url, "ws://127.0.0.1:%d", old.port);
	assert_int_equal(look(url, &c, &resolve, &err), PREFLIGHT_OK);
	bad_server_stop(&old);
}

static void websockets(void **state)
{
	struct bad_server s;
	struct err err;
	char url[64], begins[64], *resolve;

	(void)state;
	bad_server_start(&s, 0);
	snprintf(url, sizeof url, "ws://localhost:%d/404", s.port);
	snprintf(begins, sizeof begins, "localhost:%d:", s.port);
	assert_int_equal(look(url, &defaults, &resolve, &err), PREFLIGHT_OK);
	assert_memory_equal(resolve, begins, strlen(begins));
	free(resolve);
	/* Any answer to a GET will do. */
	assert_int_equal(preflight_wait_ready(url, &defaults, NS_PER_S, NULL, &err), 0);
	assert_true(bad_saw(&s, "GET /404 HTTP/1.1\r\n"));
	bad_server_stop(&s);
	assert_int_equal(look(url, &defaults, &resolve, &err), PREFLIGHT_CONNECT);
	assert_memory_equal(err.text, url, strlen(url));
}

static void the_detours(void **state)
{
	char dir[] = "/tmp/brunt-test-XXXXXX", path[64], entry[128];
	const char *list[] = {"other:1:nowhere.invalid:2", entry, NULL};
	struct engine_config c = defaults;
	struct bad_server s;
	struct err err;
	char *resolve;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/s", dir);
	c.unix_socket = path;
	assert_int_equal(look("http://" NO_HOST, &c, &resolve, &err), PREFLIGHT_CONNECT);
	assert_non_null(strstr(err.text, "no such socket"));
	assert_non_null(strstr(err.text, path));
	bad_server_start_unix(&s, path);
	assert_int_equal(look("http://" NO_HOST, &c, &resolve, &err), PREFLIGHT_OK);
	assert_null(resolve);
	bad_server_stop(&s);
	unlink(path);
	rmdir(dir);

	bad_server_start(&s, 0);
	c = defaults;
	c.connect_to = list;
	snprintf(entry, sizeof entry, ":80:127.0.0.1:%d", s.port);
	assert_int_equal(look("http://" NO_HOST, &c, &resolve, &err), PREFLIGHT_OK);
	assert_null(resolve);
	/* To a name: it is that one which is resolved. */
	snprintf(entry, sizeof entry, "%s:80:localhost:%d", NO_HOST, s.port);
	assert_int_equal(look("http://" NO_HOST, &c, &resolve, &err), PREFLIGHT_OK);
	assert_non_null(resolve);
	assert_memory_equal(resolve, "localhost:", 10);
	free(resolve);

	c = defaults;
	c.proxy = s.url;
	assert_int_equal(look("http://" NO_HOST, &c, &resolve, &err), PREFLIGHT_OK);
	assert_null(resolve);
	bad_server_stop(&s);
	assert_int_equal(look("http://" NO_HOST, &c, &resolve, &err), PREFLIGHT_CONNECT);
	assert_non_null(strstr(err.text, "is the proxy running there?"));

	c = defaults;
	list[0] = "given.invalid:80:127.0.0.1";
	list[1] = NULL;
	c.resolve = list;
	/* Nothing to look up; port 80 may be open or closed here. */
	look("http://given.invalid", &c, &resolve, &err);
	assert_null(resolve);
}

static struct bad_server late;
static int asked, late_port, give_up_after;

static int start_the_server(void)
{
	if (++asked == 3)
		bad_server_start(&late, late_port);
	return give_up_after && asked >= give_up_after;
}

static void waiting_for_a_server(void **state)
{
	char url[64];
	struct err err;

	(void)state;
	asked = give_up_after = 0;
	late_port = bad_closed_port();
	snprintf(url, sizeof url, "http://127.0.0.1:%d/404", late_port);
	assert_int_equal(preflight_wait_ready(url, &defaults, 30 * NS_PER_S,
					      start_the_server, &err), 0);
	assert_true(asked >= 3);
	assert_int_equal(late.requests, 1);
	bad_server_stop(&late);

	/* In vain: the last reason. */
	assert_int_equal(preflight_wait_ready(url, &defaults, 10 * NS_PER_MS, NULL, &err), -1);
	assert_non_null(strstr(err.text, "connection refused"));

	/* Until told to stop. */
	asked = 100;
	give_up_after = 102;
	assert_int_equal(preflight_wait_ready(url, &defaults, 30 * NS_PER_S,
					      start_the_server, &err), -1);
	assert_true(asked >= 102 && asked <= 105);
}

static int global_init(void **state)
{
	(void)state;
	return engine_global_init(NULL);
}

static int global_fini(void **state)
{
	(void)state;
	engine_global_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_that_answers),
		cmocka_unit_test(a_name_that_answers),
		cmocka_unit_test(nobody_listens),
		cmocka_unit_test(no_such_name),
		cmocka_unit_test(tls_that_is_not),
		cmocka_unit_test(http2_that_is_not),
		cmocka_unit_test(websockets),
		cmocka_unit_test(the_detours),
		cmocka_unit_test(waiting_for_a_server),
	};

	return cmocka_run_group_tests(tests, global_init, global_fini);
}
