#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../http/bad_server.h"
#include "base/mem.h"
#include "cli/commands.h"

static char dir[] = "/tmp/brunt-check-XXXXXX";
static char *scenario;

/* Runs the command with stdout and stderr in one file; *code is its result. */
static char *check_with(const char *argument, const char *flag, int *code)
{
	char *argv[] = {(char *)"check", (char *)argument, (char *)flag, NULL};
	char *path = xasprintf("%s/out", dir), *text = xcalloc(1, 65536);
	int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
	FILE *file = fopen(path, "w+");

	assert_non_null(file);
	fflush(stdout);
	fflush(stderr);
	dup2(fileno(file), STDOUT_FILENO);
	dup2(fileno(file), STDERR_FILENO);
	*code = cmd_check(1 + (argument != NULL) + (flag != NULL), argv);
	fflush(stdout);
	fflush(stderr);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	close(out);
	close(err);
	rewind(file);
	text[fread(text, 1, 65535, file)] = '\0';
	fclose(file);
	unlink(path);
	free(path);
	return text;
}

static char *check(const char *argument, int *code)
{
	return check_with(argument, NULL, code);
}

static void write_scenario(const char *text)
{
	FILE *file = fopen(scenario, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void a_good_file_is_shown_as_a_table(void **state)
{
	char *text, *expected;
	int code;

	(void)state;
	write_scenario("{\"target\": \"http://u:secret@h\", \"tasks\": ["
		       "{\"name\": \"r\xc3\xa9sum\xc3\xa9s\", \"weight\": 3, \"request\": {\"path\": \"/a\", \"json\": [1, 2]}},"
		       "{\"name\": \"b\", \"request\": {\"method\": \"DELETE\"}}]}");
	text = check(scenario, &code);
	expected = xasprintf("%s: ok: 2 tasks\n"
			     "  task       share  method  url                      body\n"
			     "  r\xc3\xa9sum\xc3\xa9s   75.0 %%  POST    http://u:[redacted]@h/a  5 B\n"
			     "  b         25.0 %%  DELETE  http://u:[redacted]@h/   -\n"
			     "\n  load       closed loop, 10 users"
			     "\n  end        none: by hand, or with -n or -z\n", scenario);
	assert_string_equal(text, expected);
	assert_int_equal(code, 0);
	free(expected);
	free(text);
}

static void a_bad_file_is_exit_2_with_its_place(void **state)
{
	char *text, *expected;
	int code;

	(void)state;
	write_scenario("{\"target\": \"http://h\",\n \"tasks\": []}");
	text = check(scenario, &code);
	expected = xasprintf("%s:2: /tasks: has 0 tasks; expected 1 to 64\n", scenario);
	assert_string_equal(text, expected);
	assert_int_equal(code, 2);
	free(expected);
	free(text);
	text = check(NULL, &code);
	assert_string_equal(text, "brunt: the SCENARIO.json is missing; brunt check --help shows how\n");
	assert_int_equal(code, 2);
	free(text);
}

static void help_is_exit_0(void **state)
{
	int code;
	char *text = check("--help", &code);

	(void)state;
	assert_memory_equal(text, "usage: brunt check SCENARIO.json [", 34);
	assert_int_equal(code, 0);
	free(text);
}

/* Says what it was sent, in its body and so in the message of the error. */
static bool tell_the_key(struct bad_connection *c, const char *request, size_t bytes)
{
	(void)request;
	(void)bytes;
	bad_say(c->fd, "HTTP/1.1 401 No\r\nContent-Length: 30\r\n\r\n"
		       "no such key: Bearer geheim7719");
	return true;
}

static void a_secret_in_an_answer_is_not_shown(void **state)
{
	struct bad_server server;
	char *text, *written;
	int code;

	(void)state;
	bad_server_start(&server, 0);
	server.answer = tell_the_key;
	written = xasprintf("{\"target\": \"%s\", \"headers\": {\"Authorization\": \"Bearer geheim7719\"},"
			    " \"tasks\": [{\"name\": \"a\", \"request\": {\"path\": \"/\"}}]}", server.url);
	write_scenario(written);
	text = check_with(scenario, "--send", &code);
	assert_non_null(strstr(text, "\xe2\x9c\x97 http_4xx: HTTP 401: no such key: "));
	assert_null(strstr(text, "geheim"));
	assert_int_equal(code, 1);
	bad_server_stop(&server);
	free(written);
	free(text);
}

static int make_dir(void **state)
{
	(void)state;
	scenario = xasprintf("%s/s.json", mkdtemp(dir));
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(scenario);
	free(scenario);
	return rmdir(dir);
}

/* What was read of the load and the SLOs: the tasks come before it. */
static void says(const char *file, const char *expected)
{
	char *text, *at;
	int code;

	write_scenario(file);
	text = check(scenario, &code);
	assert_int_equal(code, 0);
	at = strstr(text, "\n\n");
	assert_non_null(at);
	assert_string_equal(at + 1, expected);
	free(text);
}

static void the_load_is_shown(void **state)
{
	(void)state;
	says("{\"target\": \"http://h\", \"tasks\": [{\"name\": \"a\", \"think\": \"250ms\", \"slo\": [\"p95<3s\"],"
	     "\"request\": {}}, {\"name\": \"b\", \"request\": {}}],"
	     "\"load\": {\"concurrency\": 20, \"duration\": \"60s\", \"requests\": 500, \"warmup\": \"5s\"},"
	     "\"slo\": [\"success>=99%\"]}",
	     "\n  load       closed loop, 20 users"
	     "\n  warm-up    5.00 s"
	     "\n  end        after 500 requests or 60.0 s"
	     "\n  think      none; a 250 ms"
	     "\n  slo        task:a.p95<3s"
	     "\n             success>=99%\n");
	says("{\"target\": \"http://h\", \"tasks\": [{\"name\": \"a\", \"request\": {}}],"
	     "\"load\": {\"rate\": 5, \"stages\": [\"30s:10-50\", \"1m:50\"], \"warmup\": \"2s\","
	     "\"arrival\": \"poisson\", \"max_in_flight\": 64}}",
	     "\n  load       open loop, 5/s, arrivals: poisson, at most 64 in flight"
	     "\n  stages     30.0 s from 10/s to 50/s"
	     "\n             60.0 s of 50/s"
	     "\n  warm-up    2.00 s"
	     "\n  end        after 90.0 s\n");
	says("{\"target\": \"http://h\", \"tasks\": [{\"name\": \"a\", \"request\": {}}],"
	     "\"load\": {\"stages\": [\"10s:1\", \"10s:2-4\"], \"think\": \"1s\"}}",
	     "\n  load       closed loop"
	     "\n  stages     10.0 s of 1 user"
	     "\n             10.0 s from 2 users to 4 users"
	     "\n  end        after 20.0 s"
	     "\n  think      1.00 s\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_file_is_shown_as_a_table),
		cmocka_unit_test(the_load_is_shown),
		cmocka_unit_test(a_bad_file_is_exit_2_with_its_place),
		cmocka_unit_test(help_is_exit_0),
		cmocka_unit_test(a_secret_in_an_answer_is_not_shown),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
