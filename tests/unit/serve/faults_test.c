/* Each fault as a client sees it. */
#include "base/clock.h"
#include "events.h"

static struct client client;
static struct events events;

#define BODY "{" HELLO ",\"max_tokens\":10,\"ignore_eos\":true"
#define WHOLE BODY "}"
#define STREAM BODY ",\"stream\":true}"

static void open_with(struct serve_faults faults)
{
	begin_with((struct serve_config){
		.slots = 8, .speed = 1000, .seed = 1, .faults = faults});
	client_open(&client);
}

static int close_all(void **state)
{
	events_fini(&events);
	client_close(&client);
	return teardown(state);
}

static void rejected(void **state)
{
	(void)state;
	open_with((struct serve_faults){.reject = 1});
	for (int i = 0; i < 2; i++) {
		ask(&events, &client, COMPLETIONS, i ? STREAM : WHOLE);
		assert_int_equal(events.status, 429);
		assert_true(events.complete);
		assert_true(has_header(&events, "\r\nRetry-After: 1\r\n"));
		assert_non_null(strstr(events.body, "\"rate_limit_error\""));
		events_fini(&events);
		memset(&events, 0, sizeof events);
	}
	assert_true(metric("faults_total{kind=\"reject\"}") == 2);
	assert_true(metric("requests_total{path=\"" COMPLETIONS "\",status=\"429\"}") == 2);
}

static void failed(void **state)
{
	int seen[2] = {0};

	(void)state;
	open_with((struct serve_faults){.fail = 1});
	for (int i = 0; i < 20; i++) {
		ask(&events, &client, i % 2 ? COMPLETIONS : CHAT, WHOLE);
		assert_true(events.status == 500 || events.status == 503);
		seen[events.status == 503]++;
		assert_non_null(strstr(events.body, "\"server_error\""));
		assert_false(has_header(&events, "\r\nRetry-After:"));
		events_fini(&events);
		memset(&events, 0, sizeof events);
	}
	assert_true(seen[0] > 0 && seen[1] > 0);
}

static void reset_half_way(void **state)
{
	(void)state;
	open_with((struct serve_faults){.reset = 1});
	ask(&events, &client, COMPLETIONS, WHOLE);
	assert_true(events.reset);
	assert_int_equal(events.bytes, 0);
	events_fini(&events);
	client_close(&client);

	/* The kernel may drop what was not yet read, but never makes it an end. */
	client_open(&client);
	ask(&events, &client, COMPLETIONS, STREAM);
	assert_true(events.reset);
	assert_false(events.complete);
	wait_health("\"busy\":0,\"waiting\":0");
}

static void truncated_half_way(void **state)
{
	(void)state;
	open_with((struct serve_faults){.truncate = 1});
	ask(&events, &client, COMPLETIONS, WHOLE);
	assert_int_equal(events.status, 200);
	assert_false(events.complete);
	assert_false(events.reset);
	assert_true(strlen(events.body) > 100);
	events_fini(&events);
	client_close(&client);

	client_open(&client);
	ask(&events, &client, COMPLETIONS, STREAM);
	assert_int_equal(events.status, 200);
	assert_false(events.complete);
	assert_false(events.reset);
	/* The role and half of ten tokens. */
	assert_int_equal(events.count, 1 + 5);
	events_fini(&events);
	client_close(&client);

	client_open(&client);
	ask(&events, &client, "/api/resume/analyze", "{\"stream\":true}");
	assert_false(events.complete);
	assert_true(events.count > 10);
}

static void an_error_in_a_stream(void **state)
{
	cJSON *json;

	(void)state;
	open_with((struct serve_faults){.inband_error = 1});
	ask(&events, &client, COMPLETIONS, STREAM);
	assert_int_equal(events.status, 200);
	assert_true(events.complete);
	assert_int_equal(events.count, 1 + 5 + 2);
	json = json_of(events.event[6]);
	assert_string_equal(text_at(json, "error/type"), "server_error");
	cJSON_Delete(json);
	assert_string_equal(events.event[7], "[DONE]");
	events_fini(&events);

	/* An answer in one piece has no half-way. */
	ask(&events, &client, COMPLETIONS, WHOLE);
	assert_int_equal(events.status, 200);
	assert_non_null(strstr(events.body, "\"finish_reason\":\"length\""));
	assert_true(metric("faults_total{kind=\"inband_error\"}") == 1);
}

/* Reads event by event and returns the longest wait between two reads, and
 * before the first byte. */
static void longest_wait(int64_t *first_ns, int64_t *later_ns)
{
	int64_t before_ns = clock_ns();

	memset(&events, 0, sizeof events);
	*first_ns = *later_ns = 0;
	client_request(&client, "POST", COMPLETIONS, STREAM);
	do {
		assert_true(events_read(&events, client.fd));

		int64_t now_ns = clock_ns();

		if (*first_ns == 0)
			*first_ns = now_ns - before_ns;
		else if (now_ns - before_ns > *later_ns)
			*later_ns = now_ns - before_ns;
		before_ns = now_ns;
	} while (!is_whole(&events));
}

/* Lower bounds only: a slow machine must not fail them. */
#define PAUSE_NS (60 * NS_PER_MS)

static void stalled_half_way(void **state)
{
	int64_t first_ns, later_ns, before_ns;

	(void)state;
	open_with((struct serve_faults){.stall = 1, .stall_ns = PAUSE_NS});
	longest_wait(&first_ns, &later_ns);
	assert_true(later_ns > PAUSE_NS * 3 / 4);
	cut_events(&events);
	assert_string_equal(events.event[events.count - 1], "[DONE]");
	events_fini(&events);
	/* In one piece it takes as long. */
	before_ns = clock_ns();
	ask(&events, &client, COMPLETIONS, WHOLE);
	assert_true(clock_ns() - before_ns >= PAUSE_NS);
	assert_true(metric("faults_total{kind=\"stall\"}") == 2);
}

static void started_late(void **state)
{
	int64_t first_ns, later_ns;

	(void)state;
	open_with((struct serve_faults){.slow_start = 1, .slow_start_ns = PAUSE_NS});
	longest_wait(&first_ns, &later_ns);
	/* Not even the head comes before. */
	assert_true(first_ns >= PAUSE_NS);
	assert_true(metric("faults_total{kind=\"slow_start\"}") == 1);
}

/* All streams that run when the pause begins show it. */
static void paused_together(void **state)
{
	enum { STREAMS = 5 };
	struct client clients[STREAMS];
	struct events streams[STREAMS];
	int64_t begin_ns;

	(void)state;
	begin_ns = clock_ns();
	/* 300 tokens are 75 ms of work: 50 at first, then 5 in each 50. */
	begin_with((struct serve_config){
		.slots = 8, .speed = 100, .seed = 1,
		.faults = {.common_every_ns = 50 * NS_PER_MS,
			   .common_length_ns = 45 * NS_PER_MS}});
	client_open(&client);
	for (int i = 0; i < STREAMS; i++)
		client_open(&clients[i]);
	for (int i = 0; i < STREAMS; i++)
		client_request(&clients[i], "POST", COMPLETIONS,
			       "{" HELLO ",\"max_tokens\":300,\"ignore_eos\":true,\"stream\":true}");
	for (int i = 0; i < STREAMS; i++) {
		events_take(&streams[i], &clients[i]);
		assert_int_equal(streams[i].count, 303);
		events_fini(&streams[i]);
		client_close(&clients[i]);
	}
	assert_true(clock_ns() - begin_ns > 200 * NS_PER_MS);
	ask(&events, &client, COMPLETIONS, WHOLE);
	assert_int_equal(events.status, 200);
}

/* The same seed: the same requests meet the same faults. */
static void the_same_seed_fails_the_same(void **state)
{
	char seen[2][64] = {{0}};

	(void)state;
	for (int run = 0; run < 2; run++) {
		if (run == 1) {
			client_close(&client);
			teardown(NULL);
		}
		open_with((struct serve_faults){.fail = 0.3, .reject = 0.2});
		for (int i = 0; i < 60; i++) {
			ask(&events, &client, COMPLETIONS, WHOLE);
			seen[run][i] = (char)('0' + (events.status == 200 ? 0
						     : events.status == 429 ? 1
						     : events.status == 500 ? 2 : 3));
			events_fini(&events);
			memset(&events, 0, sizeof events);
		}
	}
	assert_string_equal(seen[0], seen[1]);
	for (char kind = '0'; kind < '4'; kind++)
		assert_non_null(strchr(seen[0], kind));
}

static void wrong_rates_are_named(void **state)
{
	struct serve_config config = {.slots = 1, .speed = 1, .faults = {.stall = 1.5}};
	struct err err;

	(void)state;
	assert_int_equal(serve_open(&config, &serve, &err), -1);
	assert_non_null(strstr(err.text, "--stall-rate 1.5"));
	config.faults = (struct serve_faults){.common_every_ns = 5, .common_length_ns = 5};
	assert_int_equal(serve_open(&config, &serve, &err), -1);
	assert_non_null(strstr(err.text, "--common-stall"));
	config = (struct serve_config){.slots = 1, .speed = 1, .cache_size = -1};
	assert_int_equal(serve_open(&config, &serve, &err), -1);
	assert_non_null(strstr(err.text, "--cache-size -1"));
}

#define FAULT_TEST(name) cmocka_unit_test_teardown(name, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FAULT_TEST(rejected),
		FAULT_TEST(failed),
		FAULT_TEST(reset_half_way),
		FAULT_TEST(truncated_half_way),
		FAULT_TEST(an_error_in_a_stream),
		FAULT_TEST(stalled_half_way),
		FAULT_TEST(started_late),
		FAULT_TEST(paused_together),
		FAULT_TEST(the_same_seed_fails_the_same),
		cmocka_unit_test(wrong_rates_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
