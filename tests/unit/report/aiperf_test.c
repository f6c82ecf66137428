/* The lines, read back one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "../run/records.h"
#include "report/aiperf.h"


static char *tasks[] = {(char *)"chat", (char *)"say \"hi\"\n<b>\xff"};
static const struct run_meta stamped = {.started_at = (char *)"2026-11-23T14:02:07.123Z", .run_id = 0xa1, .task_count = 2,
					.task_name = tasks};

/* What is written of some records; free(). */
static char *written(const struct run_meta *meta, const struct rec *const *rec, int count)
{
	char *text;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	struct aiperf *a = aiperf_new(out, meta);

	for (int i = 0; i < count; i++)
		aiperf_feed(a, rec[i]);
	aiperf_free(a);
	fclose(out);
	return text;
}

/* A line, counted from 0. */
static cJSON *line_of(const char *text, int line)
{
	cJSON *root;

	while (line--) {
		text = strchr(text, '\n');
		assert_non_null(text++);
	}
	root = cJSON_ParseWithOpts(text, &text, false);
	assert_non_null(root);
	assert_int_equal(*text, '\n');
	return root;
}

static void assert_part(const cJSON *root, const char *part, const char *wanted)
{
	char *text = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(root, part));

	assert_string_equal(text, wanted);
	free(text);
}

static void a_stream(void **state)
{
	static const int64_t gap[] = {10 * MS, 90 * MS};
	struct rec_point load = point_at(0, PHASE_LOAD, 4);
	static union any_sample x;
	const struct rec *rec[] = {&load.rec, &x.sample.rec};
	cJSON *root;
	char *text;

	(void)state;
	stream_at(&x, 1 * S, 1 * S + 50 * MS, gap, 2, 0);
	x.sample.ts_us += 250;
	x.sample.to_us = 1 * S + 60 * MS;
	x.sample.tokens_in = 12;
	x.sample.tokens_out = 5;
	x.sample.cached_tokens = 8;
	x.sample.seq = 0xbeef;
	x.sample.rec.worker = 3;
	text = written(&stamped, rec, 2);
	root = line_of(text, 0);
	/* As text: numbers of cJSON are doubles, which nanoseconds are too many for. */
	assert_non_null(strstr(text, "\"credit_issued_ns\":1795442528123000000,\"request_start_ns\":1795442528123250000,"
				     "\"request_ack_ns\":1795442528173000000,\"request_end_ns\":1795442528273000000,"));
	assert_non_null(strstr(text, "{\"metadata\":{\"session_num\":0,\"x_request_id\":\"000000a1-0000beef\","
				     "\"x_correlation_id\":\"000000a1-session-0\",\"conversation_id\":\"chat\",\"turn_index\":0,"));
	assert_non_null(strstr(text, "\"worker_id\":\"worker_3\",\"record_processor_id\":\"brunt\",\"benchmark_phase\":"
				     "\"profiling\",\"was_cancelled\":false,\"cancellation_time_ns\":null}"));
	assert_part(root, "metrics",
		    "{\"request_latency\":{\"value\":150,\"unit\":\"ms\"},\"time_to_first_token\":{\"value\":50,\"unit\":\"ms\"},"
		    "\"time_to_first_output_token\":{\"value\":60,\"unit\":\"ms\"},\"inter_token_latency\":{\"value\":25,\"unit\":"
		    "\"ms\"},\"output_token_throughput_per_user\":{\"value\":40,\"unit\":\"tokens/sec/user\"},\"decode_duration\":"
		    "{\"value\":100,\"unit\":\"ms\"},\"time_to_second_token\":{\"value\":10,\"unit\":\"ms\"},"
		    "\"inter_chunk_latency\":{\"value\":[10,90],\"unit\":\"ms\"},\"input_sequence_length\":{\"value\":12,\"unit\":"
		    "\"tokens\"},\"output_sequence_length\":{\"value\":5,\"unit\":\"tokens\"},\"usage_prompt_cache_read_tokens\":"
		    "{\"value\":8,\"unit\":\"tokens\"},\"http_req_connection_reused\":{\"value\":1,\"unit\":\"ratio\"}}");
	assert_part(root, "error", "null");
	cJSON_Delete(root);
	free(text);
}

static void failures(void **state)
{
	static union any_sample refused, cut;
	const struct rec *rec[] = {&refused.sample.rec, &cut.sample.rec};
	cJSON *root;
	char *text;

	(void)state;
	failure_at(&refused, 1 * S, 10 * MS, ERROR_HTTP_4XX, 429, "slow \"down\"\n\x1b[2J\xff");
	refused.sample.status = 429;
	refused.sample.task = 1;
	failure_at(&cut, 2 * S, 10 * MS, ERROR_ABORTED, 0, "");
	cut.sample.status = 0;
	cut.sample.task = 7; /* no task of the run */
	cut.sample.tokens_in = 9;
	text = written(&stamped, rec, 2);
	root = line_of(text, 0);
	assert_part(root, "metrics", "{}");
	assert_part(root, "error", "{\"code\":429,\"type\":\"http_4xx\",\"message\":\"slow \\\"down\\\"\\n\\u001b[2J\xef\xbf\xbd\"}");
	assert_non_null(strstr(text, "\"conversation_id\":\"say \\\"hi\\\"\\n<b>\xef\xbf\xbd\""));
	assert_non_null(strstr(text, "\"benchmark_phase\":\"warmup\"")); /* the load has not begun */
	assert_non_null(strstr(text, "\"request_ack_ns\":null"));
	cJSON_Delete(root);
	root = line_of(text, 1);
	assert_part(root, "metrics", "{\"error_isl\":{\"value\":9,\"unit\":\"tokens\"}}");
	assert_part(root, "error", "{\"code\":null,\"type\":\"aborted\",\"message\":\"cut off when the run ended\"}");
	assert_non_null(strstr(text, "\"was_cancelled\":true,\"cancellation_time_ns\":1795442529123000000}"));
	cJSON_Delete(root);
	free(text);
}

static void sessions(void **state)
{
	static const struct {
		uint32_t user;
		uint16_t turn;
		int session;
	} turns[] = {{0, 0, 0}, {1, 0, 1}, {0, 1, 0}, {0, 2, 0}, {1, 1, 1}, {0, 0, 2}, {1, 0, 3}, {200, 1, 4},
		     {200, 2, 4}, {200, 2, 5}, {UINT32_MAX, 0, 6}, {UINT32_MAX, 1, 7}, {0, 1, 2}};
	enum { N = sizeof turns / sizeof *turns };
	struct rec_sample s[N];
	const struct rec *rec[N];
	char *text;

	(void)state;
	for (int i = 0; i < N; i++) {
		s[i] = sample_at(i * S, 1, 0);
		s[i].user = turns[i].user;
		s[i].turn = turns[i].turn;
		rec[i] = &s[i].rec;
	}
	text = written(&stamped, rec, N);
	for (int i = 0; i < N; i++) {
		cJSON *root = line_of(text, i), *data = cJSON_GetObjectItemCaseSensitive(root, "metadata");

		assert_int_equal(cJSON_GetObjectItemCaseSensitive(data, "session_num")->valueint, turns[i].session);
		assert_int_equal(cJSON_GetObjectItemCaseSensitive(data, "turn_index")->valueint, turns[i].turn);
		cJSON_Delete(root);
	}
	free(text);
}

static void without_a_stamp_moments_are_unknown(void **state)
{
	static const char *const stamp[] = {"", "yesterday", "1066-10-14T00:00:00Z", "9999-01-01T00:00:00Z"};
	struct rec_sample s = sample_at(1 * S, 1 * MS, 0);
	const struct rec *rec[] = {&s.rec};

	(void)state;
	for (size_t i = 0; i < sizeof stamp / sizeof *stamp; i++) {
		struct run_meta meta = stamped;
		char *text;

		meta.started_at = (char *)stamp[i];
		text = written(&meta, rec, 1);
		assert_non_null(strstr(text, "\"request_start_ns\":null,\"request_ack_ns\":null,\"request_end_ns\":null"));
		cJSON_Delete(line_of(text, 0));
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream),
		cmocka_unit_test(failures),
		cmocka_unit_test(sessions),
		cmocka_unit_test(without_a_stamp_moments_are_unknown),
	};

	return cmocka_run_group_tests_name("aiperf", tests, NULL, NULL);
}
