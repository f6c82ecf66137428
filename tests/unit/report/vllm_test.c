/* The flat JSON, read back, of a run small enough to check by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "base/mem.h"
#include "../run/records.h"
#include "report/vllm.h"

#define MOST 16
static union any_sample sample[MOST];
static struct rec_point point[3];
static struct rec_gauge gauge;
static const struct rec *rec[MOST + 4];
static int recs;

static char *tasks[] = {(char *)"chat"};
static char *label[] = {(char *)"gpu=\"H100\"", (char *)"duration=1", (char *)"errors=none", NULL};

static struct run_meta meta_of_closed(void)
{
	return (struct run_meta){.version = (char *)"1", .started_at = (char *)"2026-11-23T14:02:07.123Z",
				 .scenario = (char *)"coach", .label = label, .concurrency = 4, .task_count = 1,
				 .task_name = tasks};
}

/* Warm-up, three streams of which one has no usage, a failure, a timeout. */
static void make_run(struct result *result)
{
	static const int64_t gap[] = {10 * MS, 900 * MS, 20 * MS};
	struct model *m = model_new(&(struct model_config){.task_count = 1, .task_name = (const char *const *)tasks});

	recs = 0;
	for (int i = 0; i < 4; i++)
		stream_at(&sample[i], i * S, i * S + 50 * MS, gap, 3, 0);
	for (int i = 1; i < 3; i++) {
		sample[i].sample.tokens_in = 100;
		sample[i].sample.tokens_out = 8;
		sample[i].sample.token_source = TOKENS_FROM_USAGE;
	}
	failure_at(&sample[4], 4500 * MS, 300 * MS, ERROR_HTTP_5XX, 503, "say \"no\"\n\x01<b>\xff");
	failure_at(&sample[5], 5 * S, 4 * S, ERROR_TIMEOUT, 0, "");
	point[0] = point_at(0, PHASE_WARMUP, 4);
	point[1] = point_at(1 * S, PHASE_LOAD, 6);
	point[2] = point_at(5 * S, PHASE_DRAIN, 6);
	gauge = gauge_at(3 * S, 5, 6);
	rec[recs++] = &point[0].rec;
	rec[recs++] = &sample[0].sample.rec;
	rec[recs++] = &point[1].rec;
	rec[recs++] = &sample[1].sample.rec;
	rec[recs++] = &sample[2].sample.rec;
	rec[recs++] = &gauge.rec;
	for (int i = 3; i < 6; i++)
		rec[recs++] = &sample[i].sample.rec;
	rec[recs++] = &point[2].rec;
	for (int i = 0; i < recs; i++)
		model_feed(m, rec[i]);
	model_result(m, result);
	model_free(m);
}

static cJSON *written(const struct result *result, const struct run_meta *meta)
{
	char *text;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);
	struct vllm *v = vllm_new(out, result, meta, "openai-chat", NULL);
	cJSON *root;

	for (int pass = 0; pass < VLLM_PASSES; pass++) {
		vllm_pass(v, pass);
		for (int i = 0; i < recs; i++)
			vllm_feed(v, rec[i]);
	}
	vllm_free(v);
	fclose(out);
	root = cJSON_Parse(text);
	assert_non_null(root);
	free(text);
	return root;
}

static const cJSON *at(const cJSON *root, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(root, key);

	assert_non_null(item);
	return item;
}

#define assert_text(root, key, wanted) assert_string_equal(cJSON_GetStringValue(at(root, key)), wanted)
#define assert_number(root, key, wanted) assert_true(fabs(cJSON_GetNumberValue(at(root, key)) - (wanted)) < 1e-3)
#define assert_null_at(root, key) assert_true(cJSON_IsNull(at(root, key)))
/* An array as it would be written. */
static void assert_array(const cJSON *root, const char *key, const char *wanted)
{
	char *text = cJSON_PrintUnformatted(at(root, key));

	assert_string_equal(text, wanted);
	free(text);
}

static void figures_and_arrays(void **state)
{
	struct run_meta meta = meta_of_closed();
	struct result result;
	cJSON *root;

	(void)state;
	make_run(&result);
	root = written(&result, &meta);
	assert_text(root, "date", "20261123-140207");
	assert_text(root, "backend", "openai-chat");
	assert_text(root, "label", "coach");
	assert_null_at(root, "model_id");
	assert_null_at(root, "tokenizer_id");
	assert_number(root, "num_prompts", 5);
	assert_text(root, "request_rate", "inf");
	assert_null_at(root, "burstiness");
	assert_number(root, "max_concurrency", 6);
	assert_number(root, "duration", 4);
	assert_number(root, "completed", 3);
	assert_number(root, "failed", 2);
	assert_number(root, "total_input_tokens", 200);
	assert_number(root, "total_output_tokens", 20);
	assert_number(root, "request_throughput", 0.75);
	assert_null_at(root, "request_goodput");
	assert_number(root, "output_throughput", 5);
	assert_number(root, "total_token_throughput", 55);
	assert_number(root, "max_concurrent_requests", 5);
	assert_number(root, "max_output_tokens_per_s", 4);
	assert_number(root, "mean_ttft_ms", 50);
	assert_number(root, "p99_ttft_ms", 50);
	assert_number(root, "std_itl_ms", result.summary.itl.stddev_us / 1e3);
	assert_number(root, "p99.9_e2el_ms", 4000); /* the timeout at its age */
	assert_text(root, "gpu", "\"H100\"");
	assert_array(root, "input_lens", "[100,100,null,null,null]");
	assert_array(root, "output_lens", "[8,8,4,null,null]");
	assert_array(root, "ttfts", "[0.05,0.05,0.05,null,null]");
	assert_array(root, "itls", "[[0.01,0.9,0.02],[0.01,0.9,0.02],[0.01,0.9,0.02],[],[]]");
	assert_array(root, "latencies", "[0.98,0.98,0.98,0.3,4]");
	assert_array(root, "start_times", "[1,2,3,4.2,1]");
	assert_array(root, "errors", "[\"\",\"\",\"\",\"http_5xx: say \\\"no\\\"\\n\\u0001<b>\xef\xbf\xbd\",\"timeout\"]");
	cJSON_Delete(root);
	result_fini(&result);
}

static void an_open_loop(void **state)
{
	struct run_meta meta = meta_of_closed();
	struct result result;
	cJSON *root;

	(void)state;
	make_run(&result);
	meta.mode = MODE_OPEN;
	meta.rate_rps = 12.5;
	meta.arrival = (char *)"poisson";
	result.gauge.in_flight_limit = 1000;
	root = written(&result, &meta);
	assert_number(root, "request_rate", 12.5);
	assert_number(root, "burstiness", 1);
	assert_number(root, "max_concurrency", 1000);
	cJSON_Delete(root);
	meta.arrival = (char *)"constant";
	meta.rate_rps = 0;
	root = written(&result, &meta);
	assert_null_at(root, "request_rate");
	assert_null_at(root, "burstiness");
	cJSON_Delete(root);
	result_fini(&result);
}

static void nothing_is_known_of_an_empty_run(void **state)
{
	struct run_meta meta = meta_of_closed();
	struct result result;
	cJSON *root;

	(void)state;
	make_run(&result);
	result_fini(&result);
	result = (struct result){.summary = {.quality = NAN, .goodput_rps = NAN, .tokens_in = NAN, .tokens_out = NAN,
					     .output_tokens_per_s = NAN}};
	recs = 0;
	root = written(&result, &meta);
	assert_number(root, "completed", 0);
	assert_null_at(root, "request_throughput");
	assert_null_at(root, "total_output_tokens");
	assert_null_at(root, "total_token_throughput");
	assert_null_at(root, "max_output_tokens_per_s");
	assert_null_at(root, "max_concurrent_requests");
	assert_null_at(root, "mean_e2el_ms");
	assert_array(root, "latencies", "[]");
	cJSON_Delete(root);
}

/* A file may say that a token came in the year 60000. */
static void no_time_takes_all_memory(void **state)
{
	struct run_meta meta = meta_of_closed();
	struct result result;
	cJSON *root;

	(void)state;
	make_run(&result);
	sample[3].sample.t1_us = INT64_MAX / 2;
	root = written(&result, &meta);
	assert_null_at(root, "max_output_tokens_per_s");
	cJSON_Delete(root);
	result_fini(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_and_arrays),
		cmocka_unit_test(an_open_loop),
		cmocka_unit_test(nothing_is_known_of_an_empty_run),
		cmocka_unit_test(no_time_takes_all_memory),
	};

	return cmocka_run_group_tests_name("vllm", tests, NULL, NULL);
}
