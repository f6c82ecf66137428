/* Answers in both shapes, in one piece and as events. */
#include <time.h>

#include "../../../src/serve/tokens.h"
#include "events.h"

static struct client client;
static struct events events;

static void open_backend(void)
{
	begin(8, 1000);
	client_open(&client);
}

static int close_all(void **state)
{
	events_fini(&events);
	client_close(&client);
	return teardown(state);
}

static void check_usage(const cJSON *json, int in, int out, int cached)
{
	assert_int_equal(number_at(json, "usage/prompt_tokens"), in);
	assert_int_equal(number_at(json, "usage/completion_tokens"), out);
	assert_int_equal(number_at(json, "usage/total_tokens"), in + out);
	assert_int_equal(number_at(json, "usage/prompt_tokens_details/cached_tokens"), cached);
}

static void a_completion_has_the_usual_shape(void **state)
{
	cJSON *json;
	const char *text;

	(void)state;
	open_backend();
	ask(&events, &client, COMPLETIONS,
	    "{\"model\":\"my \\\"model\\\"\"," HELLO ",\"max_tokens\":9}");
	assert_int_equal(events.status, 200);
	assert_true(has_header(&events, "\r\nContent-Type: application/json\r\n"));
	assert_false(has_header(&events, "\r\nX-Cache:"));
	json = json_of(events.body);
	assert_string_equal(text_at(json, "object"), "chat.completion");
	assert_memory_equal(text_at(json, "id"), "chatcmpl-", 9);
	assert_true(at(json, "created")->valuedouble > 1.7e9);
	assert_true(at(json, "created")->valuedouble <= (double)time(NULL));
	assert_string_equal(text_at(json, "model"), "my \"model\"");
	assert_int_equal(number_at(json, "choices/0/index"), 0);
	assert_string_equal(text_at(json, "choices/0/message/role"), "assistant");
	text = text_at(json, "choices/0/message/content");
	assert_int_equal(serve_token_count(text, strlen(text)), 9);
	assert_string_equal(text_at(json, "choices/0/finish_reason"), "length");
	check_usage(json, 6, 9, 0);
	cJSON_Delete(json);
}

static void an_answer_that_ends_by_itself_says_stop(void **state)
{
	cJSON *json;

	(void)state;
	open_backend();
	ask(&events, &client, COMPLETIONS, "{" HELLO "}");
	json = json_of(events.body);
	assert_string_equal(text_at(json, "choices/0/finish_reason"), "stop");
	assert_true(number_at(json, "usage/completion_tokens") > 5);
	cJSON_Delete(json);
	events_fini(&events);

	ask(&events, &client, COMPLETIONS, "{" HELLO ",\"max_tokens\":300,\"ignore_eos\":true}");
	json = json_of(events.body);
	assert_string_equal(text_at(json, "choices/0/finish_reason"), "length");
	assert_int_equal(number_at(json, "usage/completion_tokens"), 300);
	cJSON_Delete(json);
}

/* Role, one chunk a token, finish, usage, [DONE]; nothing else. */
static void a_stream_has_its_events_in_order(void **state)
{
	enum { TOKENS = 12 };
	char text[1024] = "", first_id[64] = "";

	(void)state;
	open_backend();
	ask(&events, &client, COMPLETIONS,
	    "{\"stream\":true,\"model\":\"m\"," HELLO ",\"max_tokens\":12,\"ignore_eos\":true,"
	    "\"stream_options\":{\"include_usage\":true}}");
	assert_int_equal(events.status, 200);
	assert_true(events.complete);
	assert_true(has_header(&events, "\r\nContent-Type: text/event-stream"));
	assert_true(has_header(&events, "\r\nTransfer-Encoding: chunked\r\n"));
	assert_int_equal(events.count, TOKENS + 4);
	for (int i = 0; i < TOKENS + 3; i++) {
		cJSON *json = json_of(events.event[i]);

		assert_string_equal(text_at(json, "object"), "chat.completion.chunk");
		assert_string_equal(text_at(json, "model"), "m");
		if (i == 0)
			strcpy(first_id, text_at(json, "id"));
		assert_string_equal(text_at(json, "id"), first_id);
		if (i == 0) {
			assert_string_equal(text_at(json, "choices/0/delta/role"), "assistant");
			assert_string_equal(text_at(json, "choices/0/delta/content"), "");
		} else if (i <= TOKENS) {
			assert_true(strlen(text_at(json, "choices/0/delta/content")) > 0);
			strcat(text, text_at(json, "choices/0/delta/content"));
		}
		if (i <= TOKENS)
			assert_true(cJSON_IsNull(at(json, "choices/0/finish_reason")));
		if (i == TOKENS + 1)
			assert_string_equal(text_at(json, "choices/0/finish_reason"), "length");
		if (i == TOKENS + 2) {
			assert_int_equal(cJSON_GetArraySize(at(json, "choices")), 0);
			check_usage(json, 6, TOKENS, 0);
		} else {
			assert_null(at(json, "usage"));
		}
		cJSON_Delete(json);
	}
	assert_string_equal(events.event[TOKENS + 3], "[DONE]");
	assert_int_equal(serve_token_count(text, strlen(text)), TOKENS);
	events_fini(&events);

	/* The connection goes on; usage only where it is asked for. */
	ask(&events, &client, COMPLETIONS, "{\"stream\":true," HELLO ",\"max_tokens\":1}");
	assert_int_equal(events.count, 4);
	for (int i = 0; i < 3; i++)
		assert_null(strstr(events.event[i], "usage"));
}

/* The same requests from the same start, streamed and not, say the same. */
static void streamed_or_not_the_text_is_the_same(void **state)
{
	static const char *const paths[] = {COMPLETIONS, "/api/resume/analyze",
					    "/api/interview/answer", CHAT};
	static char whole[4][4096];

	(void)state;
	for (int stream = 0; stream < 2; stream++) {
		open_backend();
		for (int i = 0; i < 4; i++) {
			char together[4096] = "";
			char body[200];

			snprintf(body, sizeof body, "{\"stream\":%s%s%s}", stream ? "true" : "false",
				 i == 0 ? "," : "", i == 0 ? HELLO : "");
			ask(&events, &client, paths[i], body);
			assert_int_equal(events.status, 200);
			if (!stream && i == 0) {
				cJSON *json = json_of(events.body);

				strcpy(whole[i], text_at(json, "choices/0/message/content"));
				cJSON_Delete(json);
			} else if (!stream) {
				strcpy(whole[i], events.body);
			}
			for (int k = 0; k < events.count - 2; k++) {
				cJSON *json = json_of(events.event[k]);

				strcat(together, text_at(json, i == 0 ? "choices/0/delta/content"
								      : "delta"));
				cJSON_Delete(json);
			}
			if (stream && i == 0)
				assert_string_equal(together, whole[i]);
			if (stream && i > 0) {
				/* The plain answer is the last event, and what the pieces give
				 * together but for the usage. */
				size_t bytes = strlen(whole[i]) - 1;

				assert_int_equal(strlen(events.event[events.count - 2]), bytes);
				assert_memory_equal(events.event[events.count - 2], whole[i], bytes);
				bytes = strlen(together);
				assert_memory_equal(together, whole[i], bytes - 1);
				assert_memory_equal(whole[i] + bytes - 1, ",\"usage\":{", 10);
				assert_string_equal(events.event[events.count - 1], "[DONE]");
			}
			events_fini(&events);
			memset(&events, 0, sizeof events);
		}
		if (!stream)
			close_all(state);
	}
}

static void a_task_counts_its_tokens(void **state)
{
	cJSON *json;

	(void)state;
	open_backend();
	ask(&events, &client, "/api/interview/answer",
	    "{\"stream\":true,\"question\":\"12345678\"}");
	json = json_of(events.event[events.count - 2]);
	assert_true(strlen(text_at(json, "feedback")) > 5);
	check_usage(json, 2, events.count - 2, 0);
	cJSON_Delete(json);
}

/* /api/chat: a body with messages is answered in chat-completions' shape, and
 * has the task's own members beside. */
static void messages_make_the_chat_a_completion(void **state)
{
	cJSON *json;

	(void)state;
	open_backend();
	ask(&events, &client, CHAT, "{" HELLO ",\"turn\":3}");
	json = json_of(events.body);
	assert_string_equal(text_at(json, "object"), "chat.completion");
	assert_string_equal(text_at(json, "reply"), text_at(json, "choices/0/message/content"));
	assert_int_equal(number_at(json, "turn"), 3);
	cJSON_Delete(json);
	events_fini(&events);

	ask(&events, &client, CHAT, "{" HELLO ",\"stream\":true,\"max_tokens\":5}");
	assert_int_equal(events.count, 1 + 5 + 1 + 1);
	json = json_of(events.event[6]);
	assert_string_equal(text_at(json, "choices/0/finish_reason"), "length");
	cJSON_Delete(json);
	events_fini(&events);

	ask(&events, &client, CHAT, "{\"prompt\":\"x\"}");
	assert_null(strstr(events.body, "choices"));
	assert_non_null(strstr(events.body, "\"reply\":"));
}

static void what_cannot_be_answered_is_an_openai_error(void **state)
{
	cJSON *json;

	(void)state;
	open_backend();
	ask(&events, &client, COMPLETIONS, "{\"model\":\"m\",\"messages\":[]}");
	assert_int_equal(events.status, 400);
	json = json_of(events.body);
	assert_string_equal(text_at(json, "error/type"), "invalid_request_error");
	assert_string_equal(text_at(json, "error/param"), "messages");
	assert_int_equal(number_at(json, "error/code"), 400);
	assert_true(strlen(text_at(json, "error/message")) > 10);
	cJSON_Delete(json);
	events_fini(&events);
	ask(&events, &client, COMPLETIONS, "what?");
	assert_int_equal(events.status, 400);
}

static void an_old_client_gets_a_stream_without_chunks(void **state)
{
	(void)state;
	open_backend();
	client_send(&client, "POST " COMPLETIONS " HTTP/1.0\r\nContent-Length: 84\r\n\r\n"
			     "{\"stream\":true,\"max_tokens\":3,"
			     "\"messages\":[{\"role\":\"user\",\"content\":\"Say hello ok\"}]}");
	events_take(&events, &client);
	assert_int_equal(events.status, 200);
	assert_false(has_header(&events, "\r\nTransfer-Encoding:"));
	assert_int_equal(events.count, 6);
	assert_string_equal(events.event[5], "[DONE]");
}

/* A client that sends on while its stream comes, and one that goes away. */
static void streams_survive_their_clients(void **state)
{
	struct client other;
	struct events more;

	(void)state;
	begin(8, 20);
	client_open(&client);
	for (int i = 0; i < 3; i++)
		client_request(&client, "POST", COMPLETIONS,
			       "{\"stream\":true," HELLO ",\"max_tokens\":3}");
	client_open(&other);
	client_request(&other, "POST", COMPLETIONS,
		       "{\"stream\":true," HELLO ",\"max_tokens\":16000,\"ignore_eos\":true}");
	memset(&more, 0, sizeof more);
	assert_true(events_read(&more, other.fd));
	wait_health("\"busy\":"); /* it answers others meanwhile */
	client_close(&other);
	events_fini(&more);
	/* Three answers behind each other on one connection. */
	memset(&events, 0, sizeof events);
	for (int ends = 0; ends < 3;) {
		assert_true(events_read(&events, client.fd));
		ends = 0;
		for (char *from = events.raw; (from = strstr(from, "[DONE]\n\n\r\n0\r\n\r\n")); from++)
			ends++;
	}
	wait_health("\"busy\":0,\"waiting\":0");
	assert_true(metric("generation_tokens_total") >= 9);
	assert_true(metric("kv_cache_usage_ratio") == 0);
}

/* ---- the cache ---- */

static void a_hit_says_so_and_repeats_the_answer(void **state)
{
	static const char body[] = "{\"model\":\"m\"," HELLO "}";
	char first[4096];
	cJSON *json;

	(void)state;
	begin_with((struct serve_config){
		.slots = 8, .speed = 1000, .seed = 1, .cache_ttl_ns = 3600000000000});
	client_open(&client);
	ask(&events, &client, COMPLETIONS, body);
	assert_true(has_header(&events, "\r\nX-Cache: MISS\r\n"));
	assert_false(has_header(&events, "\r\nAge:"));
	json = json_of(events.body);
	strcpy(first, text_at(json, "choices/0/message/content"));
	check_usage(json, 6, number_at(json, "usage/completion_tokens"), 0);
	cJSON_Delete(json);
	events_fini(&events);

	ask(&events, &client, COMPLETIONS, body);
	assert_true(has_header(&events, "\r\nX-Cache: HIT\r\n"));
	assert_true(has_header(&events, "\r\nAge: 0\r\n"));
	json = json_of(events.body);
	assert_string_equal(text_at(json, "choices/0/message/content"), first);
	check_usage(json, 6, number_at(json, "usage/completion_tokens"), 6);
	cJSON_Delete(json);
	events_fini(&events);

	/* Streamed it is the same answer. */
	ask(&events, &client, COMPLETIONS,
	    "{" HELLO ",\"stream\":true,\"model\":\"m\",\"user\":\"u\"}");
	assert_true(has_header(&events, "\r\nX-Cache: HIT\r\n"));
	assert_string_equal(events.event[events.count - 1], "[DONE]");

	char together[4096] = "";

	for (int i = 0; i < events.count - 2; i++) {
		json = json_of(events.event[i]);
		strcat(together, text_at(json, "choices/0/delta/content"));
		cJSON_Delete(json);
	}
	assert_string_equal(together, first);
	events_fini(&events);

	ask(&events, &client, COMPLETIONS, "{\"model\":\"n\"," HELLO "}");
	assert_true(has_header(&events, "\r\nX-Cache: MISS\r\n"));
	assert_true(metric("cache_hits_total") == 2);
	assert_true(metric("cache_misses_total") == 2);
	assert_true(metric("cache_entries") == 2);
}

/* Nothing is kept of an answer that nobody waited for. */
static void only_complete_answers_are_kept(void **state)
{
	struct client other;
	struct events more;

	(void)state;
	begin_with((struct serve_config){
		.slots = 8, .speed = 1000, .seed = 1, .cache_ttl_ns = 3600000000000,
		.faults = {.truncate = 1}});
	client_open(&client);
	client_open(&other);
	ask(&more, &other, COMPLETIONS, "{\"stream\":true," HELLO "}");
	assert_false(more.complete);
	events_fini(&more);
	client_close(&other);
	ask(&events, &client, COMPLETIONS, "{" HELLO "}");
	assert_true(has_header(&events, "\r\nX-Cache: MISS\r\n"));
	assert_true(metric("cache_entries") == 0);
}

#define STREAM_TEST(name) cmocka_unit_test_teardown(name, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
		STREAM_TEST(a_completion_has_the_usual_shape),
		STREAM_TEST(an_answer_that_ends_by_itself_says_stop),
		STREAM_TEST(a_stream_has_its_events_in_order),
		STREAM_TEST(streamed_or_not_the_text_is_the_same),
		STREAM_TEST(a_task_counts_its_tokens),
		STREAM_TEST(messages_make_the_chat_a_completion),
		STREAM_TEST(what_cannot_be_answered_is_an_openai_error),
		STREAM_TEST(an_old_client_gets_a_stream_without_chunks),
		STREAM_TEST(streams_survive_their_clients),
		STREAM_TEST(a_hit_says_so_and_repeats_the_answer),
		STREAM_TEST(only_complete_answers_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
