/* What is answered to what, and the life of the server. */
#include <signal.h>

#include "client.h"

static void answers_each_task_and_stays_connected(void **state)
{
	static const struct {
		const char *path, *key;
	} tasks[] = {{"/api/resume/analyze", "\"strengths\":"},
		     {"/api/interview/answer", "\"feedback\":"},
		     {"/api/chat", "\"turn\":1"},
		     {"/api/chat?session=7", "\"reply\":"}};
	struct client client;

	(void)state;
	begin(8, 1000);
	client_open(&client);
	for (int i = 0; i < 40; i++) {
		client_request(&client, "POST", tasks[i % 4].path, "{}");
		assert_true(client_answer(&client));
		assert_int_equal(client.status, 200);
		assert_false(client.closes);
		assert_non_null(strstr(client.body, tasks[i % 4].key));
	}
	client_close(&client);
}

static void says_which_turn_a_chat_is_at(void **state)
{
	static const char *const bodies[] = {
		"{\"turn\":7}", "{\"messages\":[{\"role\":\"user\"},{\"role\":\"assistant\"},{\"role\":\"user\"}]}",
		"[1, 2]\r\n ", "{\"turn\":-1,\"messages\":[5,{\"role\":3}]}"};
	static const char *const turns[] = {"\"turn\":7,", "\"turn\":2,", "\"turn\":1,",
					    "\"turn\":1,"};
	struct client client;

	(void)state;
	begin(8, 1000);
	client_open(&client);
	for (int i = 0; i < 4; i++) {
		client_request(&client, "POST", CHAT, bodies[i]);
		assert_true(client_answer(&client));
		assert_int_equal(client.status, 200);
		assert_non_null(strstr(client.body, turns[i]));
	}
	client_close(&client);
}

/* A body would be taken for the beginning of the next answer. */
static void head_has_the_length_and_no_body(void **state)
{
	static const char *const paths[] = {"/metrics", "/healthz", "/health", "/nowhere", CHAT};
	struct client client;
	char text[128];

	(void)state;
	begin(8, 1000);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		const char *length, *end;

		snprintf(text, sizeof text, "HEAD %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", paths[i]);
		client_open(&client);
		client_send(&client, text);
		while (client_fill(&client))
			;
		length = header(client.buffer, "\r\nContent-Length: ");
		end = strstr(client.buffer, "\r\n\r\n");
		assert_non_null(length);
		assert_true(strtoul(length, NULL, 10) > 10);
		assert_non_null(end);
		assert_string_equal(end, "\r\n\r\n");
		client_close(&client);
	}
}

static void refuses_with_the_right_status(void **state)
{
	static const struct {
		const char *method, *path, *body, *allow;
		int status;
	} cases[] = {
		{"GET", CHAT, "", "POST", 405},
		{"DELETE", "/api/resume/analyze", "", "POST", 405},
		{"PUT", "/api/interview/answer", "{}", "POST", 405},
		{"POST", "/health", "{}", "GET, HEAD", 405},
		{"POST", "/healthz", "{}", "GET, HEAD", 405},
		{"GET", "/", "", "", 404},
		{"POST", "/api/chat/", "{}", "", 404},
		{"POST", "/api/chatter", "{}", "", 404},
		{"POST", CHAT, "", "", 400},
		{"POST", CHAT, "hello", "", 400},
		{"POST", CHAT, "{\"a\":", "", 400},
		{"POST", CHAT, "{} {}", "", 400},
		{"GET", "/healthz", "", "", 200},
	};
	struct client client;

	(void)state;
	begin(8, 1000);
	client_open(&client);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		client_request(&client, cases[i].method, cases[i].path, cases[i].body);
		assert_true(client_answer(&client));
		assert_int_equal(client.status, cases[i].status);
		assert_string_equal(client.allow, cases[i].allow);
		assert_false(client.closes);
		if (client.status >= 400)
			assert_non_null(strstr(client.body, "{\"error\":{\"status\":"));
	}
	client_close(&client);
}

static void refuses_a_body_over_one_mebibyte(void **state)
{
	enum { MIB = 1024 * 1024 };
	char *body = malloc(MIB + 2);
	char head[128];

	(void)state;
	begin(8, 1000);
	memset(body, ' ', MIB + 1);
	body[0] = '{';
	body[1] = '}';
	for (size_t over = 0; over < 2; over++) {
		struct client client;

		body[MIB + over] = '\0';
		client_open(&client);
		snprintf(head, sizeof head,
			 "POST " CHAT " HTTP/1.1\r\nContent-Length: %zu\r\n\r\n",
			 MIB + over);
		client_send(&client, head);
		client_send(&client, body);
		assert_true(client_answer(&client));
		assert_int_equal(client.status, over ? 413 : 200);
		client_close(&client);
		body[MIB + over] = ' ';
	}
	free(body);
}

static void the_same_seed_answers_the_same(void **state)
{
	static char first[20][BODY_BYTES];

	(void)state;
	for (int run = 0; run < 2; run++) {
		struct client client;

		begin(8, 1000);
		client_open(&client);
		for (int i = 0; i < 20; i++) {
			/* What is refused has no part in the stream. */
			if (run == 1 && i == 10) {
				client_request(&client, "POST", CHAT, "x");
				assert_true(client_answer(&client));
			}
			client_request(&client, "POST", "/api/resume/analyze", "{}");
			assert_true(client_answer(&client));
			if (run == 0)
				memcpy(first[i], client.body, sizeof client.body);
			else
				assert_string_equal(first[i], client.body);
		}
		client_close(&client);
		teardown(NULL);
	}
}

static void stopping_answers_what_is_under_way(void **state)
{
	struct client busy, idle;

	(void)state;
	begin(1, 20);
	client_open(&idle);
	client_request(&idle, "GET", "/healthz", "");
	assert_true(client_answer(&idle));
	client_open(&busy);
	client_request(&busy, "POST", "/api/interview/answer", "{}");
	wait_health("\"busy\":1");
	serve_stop(serve);
	assert_true(client_answer(&busy));
	assert_int_equal(busy.status, 200);
	assert_true(busy.closes);
	assert_false(client_answer(&busy));
	assert_false(client_answer(&idle));
	client_close(&busy);
	client_close(&idle);
}

static void stopping_does_not_wait_for_ever(void **state)
{
	struct client clients[5];

	(void)state;
	begin(2, NEVER);
	for (int i = 0; i < 5; i++) {
		client_open(&clients[i]);
		client_request(&clients[i], "POST", CHAT, "{}");
	}
	wait_health("\"busy\":2,\"waiting\":3");
	teardown(NULL);
	for (int i = 0; i < 5; i++) {
		assert_false(client_answer(&clients[i]));
		client_close(&clients[i]);
	}
}

static void stopping_while_requests_keep_coming(void **state)
{
	struct client clients[8];

	(void)state;
	begin(4, 1000);
	for (int i = 0; i < 8; i++)
		client_open(&clients[i]);
	for (int round = 0; round < 20; round++) {
		for (int i = 0; i < 8; i++)
			client_request(&clients[i], "POST", CHAT, "{}");
	}
	serve_stop(serve);
	for (int i = 0; i < 8; i++) {
		/* Complete answers, then the end; never half of one. */
		while (client_answer(&clients[i]))
			assert_true(clients[i].status == 200 || clients[i].status == 503);
		client_close(&clients[i]);
	}
}

static void on_alarm(int sig)
{
	(void)sig;
	serve_stop(serve);
}

static void runs_in_this_thread_and_stops_from_a_signal(void **state)
{
	struct serve_config config = {.bind = "::1", .slots = 1, .speed = 1};
	struct itimerval soon = {.it_value = {.tv_usec = 1000}};
	struct err err;

	(void)state;
	if (serve_open(&config, &serve, &err) < 0) {
		config.bind = "127.0.0.1"; /* a machine without IPv6 */
		assert_int_equal(serve_open(&config, &serve, &err), 0);
	}
	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &soon, NULL);
	serve_run(serve);
	signal(SIGALRM, SIG_DFL);
}

static void a_stop_beforehand_counts(void **state)
{
	struct serve_config config = {.slots = 1, .speed = 1};
	struct err err;

	(void)state;
	assert_int_equal(serve_open(&config, &serve, &err), 0);
	serve_stop(serve);
	serve_run(serve);
}

static void may_be_closed_without_having_run(void **state)
{
	struct serve_config config = {.slots = 1, .speed = 1};
	struct err err;

	(void)state;
	assert_int_equal(serve_open(&config, &serve, &err), 0);
	serve_close(serve);
	serve = NULL;
}

static void names_the_flag_that_is_wrong(void **state)
{
	static const struct {
		struct serve_config config;
		const char *flag;
	} cases[] = {
		{{.slots = 1, .speed = 1, .port = 65536}, "--port 65536"},
		{{.slots = 0, .speed = 1}, "--slots 0"},
		{{.slots = 1, .speed = 0}, "--speed 0"},
		{{.slots = 1, .speed = -1}, "--speed -1"},
		{{.slots = 1, .speed = __builtin_nan("")}, "--speed"},
		{{.slots = 1, .speed = 1, .batch_slowdown = -0.5}, "--batch-slowdown -0.5"},
		{{.slots = 1, .speed = 1, .bind = "localhost.invalid"}, "--bind"},
		{{.slots = 1, .speed = 1, .bind = "192.0.2.1"}, "--bind 192.0.2.1"},
	};
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(serve_open(&cases[i].config, &serve, &err), -1);
		assert_non_null(strstr(err.text, cases[i].flag));
	}

	struct serve_config config = {.slots = 1, .speed = 1};
	struct serve *second;

	assert_int_equal(serve_open(&config, &serve, &err), 0);
	config.port = serve_port(serve);
	assert_int_equal(serve_open(&config, &second, &err), -1);
	assert_non_null(strstr(err.text, "--port"));
	assert_non_null(strstr(err.text, "in use"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_each_task_and_stays_connected),
		TEST(says_which_turn_a_chat_is_at),
		TEST(head_has_the_length_and_no_body),
		TEST(refuses_with_the_right_status),
		TEST(refuses_a_body_over_one_mebibyte),
		TEST(the_same_seed_answers_the_same),
		TEST(stopping_answers_what_is_under_way),
		TEST(stopping_does_not_wait_for_ever),
		TEST(stopping_while_requests_keep_coming),
		TEST(runs_in_this_thread_and_stops_from_a_signal),
		TEST(a_stop_beforehand_counts),
		TEST(may_be_closed_without_having_run),
		TEST(names_the_flag_that_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
