/* The renderings against goldens, of a run small enough to check by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include <cjson/cJSON.h>

#include "base/mem.h"
#include "../run/records.h"
#include "report/json.h"
#include "report/text.h"
#include "run/contrast.h"
#include "run/result.h"

struct sample_run {
	struct result result;
	struct run_meta meta;
	struct run_closing closing;
};

static void small_run(struct sample_run *run, int tasks)
{
	static const char *const name[] = {"resume-analysis", "interview-qa"};
	struct model *m = model_new(&(struct model_config){.task_count = tasks, .task_name = name});
	struct rec_gauge g = gauge_at(5 * S, 0, 14);
	struct rec_sample s = sample_at(0, 0, 0);

	memset(run, 0, sizeof *run);
	feed_point_at(m, 0, PHASE_WARMUP, 4);
	feed_sample_at(m, 500 * MS, 1 * MS, 0);
	feed_point_at(m, 1 * S, PHASE_LOAD, 4);
	s.flags |= SAMPLE_NEW_CONNECTION;
	s.rec.t_us = 1100 * MS;
	s.t0_us = 1000 * MS;
	s.ts_us = 1000 * MS + 250;
	s.th_us = 1099 * MS;
	s.connect_us = 320;
	model_feed(m, &s.rec);
	for (int i = 2; i <= 8; i++)
		feed_sample_at(m, 1 * S + i * 100 * MS, i * 10 * MS, (uint16_t)(i % tasks));
	feed_failure_at(m, 1900 * MS, 42 * MS, ERROR_HTTP_5XX, 503, "HTTP 503 Service Unavailable");
	feed_failure_at(m, 2900 * MS, 43 * MS, ERROR_HTTP_5XX, 503, "HTTP 503 Service Unavailable");
	feed_point_at(m, 3 * S, PHASE_LOAD, 8);
	feed_sample_at(m, 4500 * MS, 500 * MS, 0);
	feed_point_at(m, 5 * S, PHASE_DRAIN, 8);
	g.rec.t_us = 5 * S;
	model_feed(m, &g.rec);
	feed_sample_at(m, 5100 * MS, 600 * MS, 0);
	feed_failure_at(m, 5500 * MS, 1500 * MS, ERROR_ABORTED, 0, "cut off when the run ended");
	feed_point_at(m, 5500 * MS, PHASE_END, 8);
	model_result(m, &run->result);
	model_free(m);

	run->meta = (struct run_meta){
		.version = xstrdup("0.1.0"),
		.started_at = xstrdup("2026-11-23T14:02:07.123Z"),
		.target = xstrdup("http://localhost:8080"),
		.scenario = xstrdup("interview-coach"),
		.seed = 18446744073709551615U,
		.requests = -1,
		.duration_us = 4 * S,
		.warmup_us = 1 * S,
		.concurrency = 4,
		.dns_us = -1,
		.worker_count = 2,
		.task_count = tasks,
	};
	run->meta.label = xcalloc(4, sizeof(char *));
	run->meta.label[0] = xstrdup("env=old");
	run->meta.label[1] = xstrdup("note=a=b");
	run->meta.label[2] = xstrdup("env=lab");
	run->meta.task_name = xcalloc((size_t)tasks, sizeof(char *));
	for (int i = 0; i < tasks; i++)
		run->meta.task_name[i] = xstrdup(name[i]);
	run->closing = (struct run_closing){.known = true, .cpu_pct = 12.345, .worker_cpu_pct = 8};
}

/* The same with everything that model serving adds: streams of 4 and of 2
 * tokens, a cache, checks and SLOs of all verdicts. */
static void serving_run(struct sample_run *run)
{
	static const char *const name[] = {"resume-analysis", "interview-qa"};
	static const char *const expr[] = {"p95<3s", "ttft.p99<150ms", "task:interview-qa.tpot.p95<1s",
					   "ttfo.p95<1s", "success>=99%", "quality>=90"};
	enum { SLOS = sizeof expr / sizeof *expr };
	static const int64_t gap[] = {10 * MS, 20 * MS, 90 * MS};
	static union any_sample x;
	struct slo slo[SLOS];
	struct model *m;

	small_run(run, 2);
	result_fini(&run->result);
	for (int i = 0; i < SLOS; i++)
		assert_int_equal(slo_parse(expr[i], &slo[i], NULL), 0);
	slo_for_task(&slo[0], "resume-analysis");
	m = model_new(&(struct model_config){
		.task_count = 2, .task_name = name, .slo = slo, .slo_count = SLOS});
	feed_point_at(m, 0, PHASE_LOAD, 4);
	for (int i = 0; i < 4; i++) {
		stream_at(&x, i * S, i * S + (i + 1) * 50 * MS, gap, i % 2 ? 1 : 3, (uint16_t)(i % 2));
		x.sample.tokens_in = 100;
		x.sample.token_source = TOKENS_FROM_USAGE;
		x.sample.reads = 1;
		x.sample.cache = i == 3 ? CACHE_HIT : CACHE_MISS;
		x.sample.quality = i == 2 ? 50 : 100;
		model_feed(m, &x.sample.rec);
	}
	struct rec_gauge g = gauge_at(4 * S, 0, 4);

	model_feed(m, &g.rec);
	model_result(m, &run->result);
	model_free(m);
}

static void small_run_fini(struct sample_run *run)
{
	result_fini(&run->result);
	run_meta_fini(&run->meta);
}

static const char *file_beside(const char *file)
{
	static char path[512];
	const char *here = __FILE__, *slash = strrchr(here, '/');

	snprintf(path, sizeof path, "%.*s/%s", (int)(slash - here), here, file);
	return path;
}

/* With GOLDEN=write in the environment the files are written anew. */
static void same_as_golden(const char *text, const char *file)
{
	static char golden[1 << 16];
	const char *mode = getenv("GOLDEN");
	bool write = mode && !strcmp(mode, "write");
	FILE *f = fopen(file_beside(file), write ? "w" : "r");

	assert_non_null(f);
	if (write)
		fputs(text, f);
	else
		golden[fread(golden, 1, sizeof golden - 1, f)] = 0;
	fclose(f);
	if (!write)
		assert_string_equal(text, golden);
}

static void json_golden(void **state)
{
	struct sample_run run;
	char *text;

	(void)state;
	small_run(&run, 2);
	text = result_json(&run.result, &run.meta, &run.closing);
	same_as_golden(text, "result.golden.json");
	free(text);
	small_run_fini(&run);
}

static void serving_json_golden(void **state)
{
	struct sample_run run;
	char *text;

	(void)state;
	serving_run(&run);
	text = result_json(&run.result, &run.meta, &run.closing);
	same_as_golden(text, "serving.golden.json");
	free(text);
	small_run_fini(&run);
}

/* "a b c" where the object's keys are a, b, c in this order. */
static void keys_are(const cJSON *o, const char *expected)
{
	char keys[1000] = "";

	assert_true(cJSON_IsObject(o));
	for (const cJSON *item = o->child; item; item = item->next) {
		if (*keys)
			strcat(keys, " ");
		strcat(keys, item->string);
	}
	assert_string_equal(keys, expected);
}

#define METRICS                                                                  \
	"requests succeeded failed censored success_rate quality throughput_rps " \
	"goodput_rps latency_ms service_ms queue_ms ttfb_ms connect_ms tls_ms "  \
	"dns_ms failed_latency_ms ttft_ms ttfo_ms tpot_ms itl_ms tokens_in "     \
	"tokens_out output_tokens_per_s token_source bytes_in bytes_out cache"

static const cJSON *at(const cJSON *o, const char *key)
{
	const cJSON *item = cJSON_GetObjectItemCaseSensitive(o, key);

	assert_non_null(item);
	return item;
}

static double number(const cJSON *o, const char *key)
{
	assert_true(cJSON_IsNumber(at(o, key)));
	return at(o, key)->valuedouble;
}

#define near(a, b) assert_true(fabs((a) - (b)) < 1e-9)

/* The contract's keys, and some values worked out by hand. */
static void json_contract(void **state)
{
	struct sample_run run;
	const cJSON *o;
	cJSON *root;
	char *text;

	(void)state;
	small_run(&run, 2);
	text = result_json(&run.result, &run.meta, &run.closing);
	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_non_null(strstr(text, "18446744073709551615"));
	root = cJSON_Parse(text);
	keys_are(root, "brunt run load summary tasks points marks errors slo client audit scaling");
	keys_are(at(root, "brunt"), "version schema definitions");
	keys_are(at(root, "run"),
		 "started_at duration_s target scenario seed label partial exit_code http_version");
	keys_are(at(root, "load"), "mode concurrency rate_rps arrival requests warmup_s");
	keys_are(at(root, "summary"), METRICS " checked");
	keys_are(at(root, "tasks"), "resume-analysis interview-qa");
	keys_are(at(at(root, "tasks"), "interview-qa"), METRICS " checked");
	assert_int_equal(cJSON_GetArraySize(at(root, "points")), 2);
	keys_are(cJSON_GetArrayItem(at(root, "points"), 0),
		 "t_s mode level ramp duration_s settled_s client_bound " METRICS);
	keys_are(cJSON_GetArrayItem(at(root, "errors"), 0),
		 "class code message count first_s last_s");
	keys_are(at(root, "client"),
		 "cpu_pct worker_cpu_pct queue_p99_ms ring_dropped loop_lag_max_ms throttled_pct "
		 "steal_pct connections_opened in_flight_mean fd_used fd_limit verdict evidence");
	keys_are(at(root, "audit"),
		 "planned waiting started succeeded failed censored littles_law_ratio");
	keys_are(at(at(root, "summary"), "latency_ms"),
		 "count mean stddev min p50 p75 p90 p95 p99 p999 max ci95");
	keys_are(at(at(root, "run"), "label"), "note env");
	assert_string_equal(at(at(at(root, "run"), "label"), "env")->valuestring, "lab");
	assert_string_equal(at(at(at(root, "run"), "label"), "note")->valuestring, "a=b");

	/* 8 + 1 + 1 successes, 2 failures, 1 cut off; 11 answers in 4 s. */
	o = at(root, "summary");
	near(number(o, "requests"), 13);
	near(number(o, "succeeded"), 10);
	near(number(o, "failed"), 2);
	near(number(o, "censored"), 1);
	near(number(o, "success_rate"), 0.769231);
	near(number(o, "throughput_rps"), 2.75);
	near(number(at(o, "latency_ms"), "count"), 11);
	near(number(at(o, "latency_ms"), "max"), 1500);
	/* 100, 20 + … + 80, 500, 600, 1500 */
	near(number(at(o, "latency_ms"), "mean"), round(3050 / 11.0 * 1000) / 1000);
	near(number(at(o, "queue_ms"), "max"), 0.25);
	near(number(at(o, "connect_ms"), "max"), 0.32);
	near(number(at(o, "failed_latency_ms"), "count"), 2);
	assert_true(cJSON_IsNull(at(at(o, "tls_ms"), "mean")));
	near(number(at(o, "tls_ms"), "count"), 0);
	assert_true(cJSON_IsNull(at(at(at(root, "tasks"), "interview-qa"), "failed_latency_ms")));
	assert_true(cJSON_IsNull(at(at(root, "scaling"), "knee")));
	assert_string_equal(at(at(at(root, "scaling"), "verdict"), "cause")->valuestring, "not-enough-evidence");
	assert_true(cJSON_IsNull(at(at(root, "scaling"), "stop_reason")));
	near(number(at(root, "audit"), "started"), 14);
	o = cJSON_GetArrayItem(at(root, "errors"), 0);
	assert_string_equal(at(o, "class")->valuestring, "http_5xx");
	near(number(o, "code"), 503);
	near(number(o, "first_s"), 1.9);
	near(number(o, "last_s"), 2.9);
	assert_true(cJSON_IsNull(at(cJSON_GetArrayItem(at(root, "errors"), 1), "code")));
	cJSON_Delete(root);
	free(text);
	small_run_fini(&run);
}

/* Nothing known at all: null everywhere, no zero that looks like a figure. */
static void json_beside_a_baseline(void **state)
{
	struct contrast_row row = {.task = -1, .metric = "p95", .unit = CONTRAST_TIME, .a = 1000, .b = 2000, .ratio = 2,
				   .low = 1.5, .high = 2.5, .verdict = CONTRAST_WORSE};
	struct contrast c = {.row = &row, .count = 1, .of = {[CONTRAST_WORSE] = 1}};
	struct run_meta meta = {.version = (char *)"v", .scenario = (char *)"s", .target = (char *)"http://h/"};
	struct run_closing closing = {.known = true};
	struct result r = {.duration_us = 1};
	struct contrast_side side = {"a.brunt", &meta, &r, NULL, "x"};
	struct result_baseline beside = {.baseline = &side, .run = &side};
	char *text = result_json_beside(&r, &meta, &closing, &beside);
	cJSON *root = cJSON_Parse(text);

	(void)state;
	assert_true(cJSON_IsNull(at(root, "baseline"))); /* asked for, and not known */
	cJSON_Delete(root);
	free(text);
	beside.contrast = &c;
	text = result_json_beside(&r, &meta, &closing, &beside);
	root = cJSON_Parse(text);
	keys_are(at(root, "baseline"), "a b notes rows worse");
	assert_true(cJSON_IsTrue(at(at(root, "baseline"), "worse")));
	near(number(cJSON_GetArrayItem(at(at(root, "baseline"), "rows"), 0), "b_ms"), 2);
	cJSON_Delete(root);
	free(text);
}

static void json_of_nothing(void **state)
{
	struct model *m = new_model(1);
	struct run_meta meta = {.requests = 100};
	struct run_closing closing = {.cpu_pct = NAN, .worker_cpu_pct = NAN};
	struct result r;
	cJSON *root;
	char *text;

	(void)state;
	model_result(m, &r);
	text = result_json(&r, &meta, &closing);
	root = cJSON_Parse(text);
	assert_true(cJSON_IsNull(at(at(root, "run"), "target")));
	assert_true(cJSON_IsNull(at(at(root, "run"), "exit_code")));
	assert_true(cJSON_IsTrue(at(at(root, "run"), "partial")));
	near(number(at(root, "load"), "requests"), 100);
	assert_true(cJSON_IsNull(at(at(root, "summary"), "success_rate")));
	assert_true(cJSON_IsNull(at(at(root, "summary"), "throughput_rps")));
	assert_true(cJSON_IsNull(at(at(root, "client"), "cpu_pct")));
	assert_true(cJSON_IsNull(at(at(root, "client"), "verdict")));
	assert_true(cJSON_IsNull(at(at(root, "audit"), "littles_law_ratio")));
	assert_int_equal(cJSON_GetArraySize(at(root, "points")), 0);
	cJSON_Delete(root);
	free(text);
	result_fini(&r);
	model_free(m);
}

static char *text_of(const struct sample_run *run, int columns, bool color)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *f = open_memstream(&text, &bytes);

	result_text(f, &run->result, &run->meta, &run->closing, columns, color);
	fclose(f);
	return text;
}

static void text_golden(void **state)
{
	struct sample_run run;
	char *text;

	(void)state;
	small_run(&run, 2);
	text = text_of(&run, 0, false);
	same_as_golden(text, "result.golden.txt");
	free(text);
	small_run_fini(&run);
}

static void messages_alike(void **state)
{
	struct sample_run run;
	char *text;

	(void)state;
	small_run(&run, 2);
	run.result.error[0].alike = 12;
	text = text_of(&run, 0, false);
	assert_non_null(strstr(text, "12 alike: HTTP 503 Service"));
	free(text);
	run.result.error[0].alike = SNAP_ALIKE;
	text = text_of(&run, 0, false);
	assert_non_null(strstr(text, "32+ alike: HTTP 503 Service"));
	free(text);
	small_run_fini(&run);
}

/* Steps that nothing was measured at take one row together. */
static void points_passed_through(void **state)
{
	struct sample_run run;
	char *text;

	(void)state;
	small_run(&run, 2);
	run.result.point = realloc(run.result.point, 5 * sizeof *run.result.point);
	run.result.point_count = 5;
	for (int i = 1; i < 5; i++)
		run.result.point[i] = (struct result_point){.t_us = i * S, .level = (uint32_t)i, .settling_us = (i + 2) * S / 2};
	text = text_of(&run, 0, false);
	assert_non_null(strstr(text, "\n00:01   4 loads, all settling, which took up to 3.00 s\n"));
	free(text);
	run.result.point[2].metrics.requests = 1;
	text = text_of(&run, 0, false);
	assert_non_null(strstr(text, "\n00:01   1 user, all settling, which took up to 1.50 s\n00:02   2 users "));
	assert_non_null(strstr(text, "\n00:03   2 loads, all settling, which took up to 3.00 s\n"));
	free(text);
	small_run_fini(&run);
}

static void serving_text_golden(void **state)
{
	struct sample_run run;
	char *text;

	(void)state;
	serving_run(&run);
	text = text_of(&run, 0, false);
	same_as_golden(text, "serving.golden.txt");
	free(text);
	run.result.slo[1].verdict = SLO_FAIL;
	text = text_of(&run, 80, true);
	assert_non_null(strstr(text, "\033[1;31mttft.p99<150ms"));
	free(text);
	small_run_fini(&run);
}

/* No line is wider than asked for, whatever the width; and what matters most
 * stays longest. */
static void text_of_any_width(void **state)
{
	struct sample_run run;

	(void)state;
	serving_run(&run);
	for (int columns = 1; columns < 200; columns++) {
		char *text = text_of(&run, columns, false), *line = text, *end;

		while ((end = strchr(line, '\n'))) {
			int cells = 0;

			for (const char *c = line; c < end; c++)
				cells += (*c & 0xc0) != 0x80;
			if (cells > columns)
				fail_msg("%d cells in %d columns: %.*s", cells, columns,
					 (int)(end - line), line);
			assert_true(end == line || end[-1] != ' ');
			line = end + 1;
		}
		if (columns >= 24)
			assert_non_null(strstr(text, "p99"));
		free(text);
	}
	small_run_fini(&run);
}

/* A file or a pipe has room for all of it. */
static void nothing_is_cut_where_there_is_no_terminal(void **state)
{
	struct sample_run run;
	char *text, name[61], *given;

	(void)state;
	small_run(&run, 2);
	memset(run.result.error[0].message, 'm', REC_TEXT_MAX - 3);
	strcpy(run.result.error[0].message + REC_TEXT_MAX - 3, "end");
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	given = run.meta.task_name[0];
	run.meta.task_name[0] = name;
	text = text_of(&run, 80, false);
	assert_null(strstr(text, "mend"));
	assert_null(strstr(text, name));
	free(text);
	text = text_of(&run, RESULT_TEXT_WHOLE, false);
	assert_non_null(strstr(text, "mend"));
	assert_non_null(strstr(text, name));
	assert_null(strstr(text, "\xe2\x80\xa6"));
	free(text);
	run.meta.task_name[0] = given;
	small_run_fini(&run);
}

static void what_a_recording_lacks_is_said(void **state)
{
	struct sample_run run;
	char *text;

	(void)state;
	small_run(&run, 1);
	run.result.balanced = false;
	strcpy(run.closing.incomplete, "the recording is incomplete: the disk is full");
	text = text_of(&run, 80, false);
	assert_non_null(strstr(text, "\nthe recording is incomplete: the disk is full\n"));
	assert_null(strstr(text, "DO NOT BALANCE"));
	free(text);
	text = result_json(&run.result, &run.meta, &run.closing);
	cJSON *root = cJSON_Parse(text);

	assert_true(cJSON_IsTrue(at(at(root, "run"), "partial")));
	cJSON_Delete(root);
	free(text);
	small_run_fini(&run);
}

/* All four figures of the server, and how many scrapes they are of. */
static void the_server_at_80_columns(void **state)
{
	struct sample_run run;
	char *text;

	(void)state;
	small_run(&run, 1);
	run.result.server = (struct server_figures){
		.scrapes = 9, .failed = 2, .since_us = 7 * S, .kind = SERVER_VLLM, .series = 2, .text = "HTTP 503",
		.mean = {6.1, 7.4, 0.41, 0.31}, .max = {8, 17, 0.66, 0.5}, .n = {6, 6, 5, 4}, .lookups = 1200};
	text = text_of(&run, 80, false);
	assert_non_null(strstr(text, "\n           running 6.10, at most 8.00   waiting 7.40, at most 17.0\n"
				     "           kv cache 41.0 %, at most 66.0 %   cache hits 31.0 %\n"
				     "           failing since 00:07: HTTP 503\n"));
	free(text);
	text = text_of(&run, 200, false);
	assert_non_null(strstr(text, "at most 17.0   kv cache 41.0 %"));
	free(text);
	text = result_json(&run.result, &run.meta, &run.closing);
	cJSON *root = cJSON_Parse(text);
	const cJSON *server = at(root, "server");

	keys_are(at(server, "running"), "last mean max n");
	near(number(at(server, "kv_cache_usage"), "n"), 5);
	near(number(server, "cache_lookups"), 1200);
	cJSON_Delete(root);
	free(text);
	small_run_fini(&run);
}

static void colour_only_when_asked(void **state)
{
	struct sample_run run;
	char *plain, *colored;

	(void)state;
	small_run(&run, 1);
	plain = text_of(&run, 80, false);
	assert_null(strchr(plain, '\033'));
	assert_null(strstr(plain, "resume-analysis")); /* one task is the summary */
	assert_null(strstr(plain, "DO NOT BALANCE"));
	run.result.balanced = false;
	run.closing.client_bound = true;
	strcpy(run.closing.evidence, "worker thread at 97 % of a core");
	colored = text_of(&run, 80, true);
	assert_non_null(strstr(colored, "\033[1m"));
	assert_non_null(strstr(colored, "DO NOT BALANCE"));
	assert_non_null(strstr(colored, "the limit: worker thread at 97 % of a core"));
	free(plain);
	free(colored);
	small_run_fini(&run);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_golden),
		cmocka_unit_test(json_contract),
		cmocka_unit_test(json_beside_a_baseline),
		cmocka_unit_test(json_of_nothing),
		cmocka_unit_test(serving_json_golden),
		cmocka_unit_test(text_golden),
		cmocka_unit_test(messages_alike),
		cmocka_unit_test(points_passed_through),
		cmocka_unit_test(serving_text_golden),
		cmocka_unit_test(text_of_any_width),
		cmocka_unit_test(nothing_is_cut_where_there_is_no_terminal),
		cmocka_unit_test(what_a_recording_lacks_is_said),
		cmocka_unit_test(the_server_at_80_columns),
		cmocka_unit_test(colour_only_when_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
