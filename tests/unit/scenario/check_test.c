#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "scenario/check.h"

/* ---- an answer ---- */

static struct answer_report body_of(const char *body)
{
	return (struct answer_report){
		.body = body, .body_bytes = strlen(body), .body_total = strlen(body),
		.tokens_out = TOKENS_UNKNOWN,
	};
}

static struct check_list list_of(const char *const *json, int count)
{
	struct check_list list = {.check = xcalloc((size_t)count, sizeof(struct check *))};

	for (int i = 0; i < count; i++) {
		struct err err = {""};
		char member[32];

		if (check_compile(json[i], strlen(json[i]), &list.check[list.count++], member, &err))
			fail_msg("%s: %s %s", json[i], member, err.text);
	}
	return list;
}

static struct check_verdict judged(const char *const *json, int count,
				   const struct check_subject *subject)
{
	struct check_list list = list_of(json, count);
	const struct check_list *lists[] = {&list};
	struct check_scratch *scratch = check_scratch_new(lists, 1);
	struct check_verdict verdict;

	checks_evaluate(&list, scratch, subject, &verdict);
	check_scratch_free(scratch);
	check_list_fini(&list);
	return verdict;
}

static bool passes_subject(const char *json, const struct check_subject *subject)
{
	return judged(&json, 1, subject).failed == 0;
}

static bool passes(const char *json, const char *body)
{
	struct answer_report report = body_of(body);
	struct check_subject subject = {200, 1000, true, &report};

	return passes_subject(json, &subject);
}

/* ---- kinds ---- */

static void statuses(void **state)
{
	(void)state;
	assert_true(passes("{\"status\": 200}", ""));
	assert_false(passes("{\"status\": 201}", ""));
	assert_true(passes("{\"status\": [201, 200]}", ""));
}

static void contains_and_regex(void **state)
{
	(void)state;
	assert_true(passes("{\"contains\": \"strengths\"}", "{\"strengths\": []}"));
	assert_false(passes("{\"contains\": \"Strengths\"}", "{\"strengths\": []}"));
	assert_false(passes("{\"contains\": \"x\"}", ""));
	assert_true(passes("{\"regex\": \"sc[o0]re\\\\W+\\\\d+\"}", "{\"score\": 71}"));
	assert_false(passes("{\"regex\": \"^\\\\d+$\"}", "{\"score\": 71}"));
	/* Bytes that are no UTF-8 neither match nor stop. */
	assert_true(passes("{\"regex\": \"ok\"}", "\xff\xfe ok"));
}

/* What the model said counts, where it is known. */
static void text_before_body(void **state)
{
	struct answer_report report = body_of("data: {\"choices\": …}");
	struct check_subject subject = {200, 1000, true, &report};

	(void)state;
	report.text = "Hello";
	report.text_bytes = 5;
	assert_true(passes_subject("{\"contains\": \"Hello\"}", &subject));
	assert_false(passes_subject("{\"contains\": \"choices\"}", &subject));
	report.text_bytes = 0;
	report.streamed = true;
	assert_false(passes_subject("{\"contains\": \"choices\"}", &subject));
	assert_false(passes_subject("{\"not_empty\": true}", &subject));
	assert_true(passes_subject("{\"not_empty\": false}", &subject));
}

static void json_values(void **state)
{
	static const char body[] = "{\"score\": 71.5, \"n\": 3, \"name\": \"ж日x\", \"list\": [1, {\"a\": null}], "
				   "\"ok\": true, \"a/b\": {\"~\": 1}}";

	(void)state;
	assert_true(passes("{\"json\": \"/score\"}", body));
	assert_false(passes("{\"json\": \"/Score\"}", body));
	assert_true(passes("{\"json\": \"/Score\", \"exists\": false}", body));
	assert_false(passes("{\"json\": \"/score\", \"exists\": false}", body));
	assert_true(passes("{\"json\": \"/score\", \"min\": 0, \"max\": 100}", body));
	assert_false(passes("{\"json\": \"/score\", \"max\": 71}", body));
	assert_false(passes("{\"json\": \"/name\", \"min\": 0}", body));
	assert_true(passes("{\"json\": \"/list/1/a\", \"type\": \"null\"}", body));
	assert_false(passes("{\"json\": \"/list/2\"}", body));
	assert_false(passes("{\"json\": \"/list/01\"}", body));
	assert_true(passes("{\"json\": \"/a~1b/~0\", \"equals\": 1}", body));
	assert_true(passes("{\"json\": \"/list\", \"equals\": [1, {\"a\": null}]}", body));
	assert_false(passes("{\"json\": \"/list\", \"equals\": [1]}", body));
	assert_true(passes("{\"json\": \"/n\", \"type\": \"integer\"}", body));
	assert_false(passes("{\"json\": \"/score\", \"type\": \"integer\"}", body));
	assert_true(passes("{\"json\": \"/ok\", \"type\": \"boolean\"}", body));
	assert_true(passes("{\"json\": \"/name\", \"length\": 3}", body));
	assert_true(passes("{\"json\": \"/list\", \"length\": [1, 2]}", body));
	assert_false(passes("{\"json\": \"/list\", \"length\": [3, 9]}", body));
	assert_false(passes("{\"json\": \"/n\", \"length\": 1}", body));
	assert_true(passes("{\"json\": \"\", \"type\": \"object\"}", body));
	/* What is no JSON has nothing, not even something missing. */
	assert_false(passes("{\"json\": \"/x\", \"exists\": false}", "<html>"));
}

static void headers(void **state)
{
	struct answer_report report = body_of("x");
	struct check_subject subject = {200, 1000, true, &report};

	(void)state;
	report.headers = "Content-Type: application/json\nX-Cache:  HIT from b\n";
	report.header_bytes = strlen(report.headers);
	assert_true(passes_subject("{\"header\": \"x-cache\"}", &subject));
	assert_false(passes_subject("{\"header\": \"X-Cach\"}", &subject));
	assert_true(passes_subject("{\"header\": \"X-Nothing\", \"exists\": false}", &subject));
	assert_true(passes_subject("{\"header\": \"X-Cache\", \"contains\": \"HIT\"}", &subject));
	assert_true(passes_subject("{\"header\": \"X-Cache\", \"equals\": \"HIT from b\"}", &subject));
	assert_false(passes_subject("{\"header\": \"X-Cache\", \"equals\": \"HIT\"}", &subject));
}

static void latency_and_tokens(void **state)
{
	struct answer_report report = body_of("x");
	struct check_subject subject = {200, 2999999, true, &report};

	(void)state;
	assert_true(passes_subject("{\"latency\": \"3s\"}", &subject));
	subject.latency_us = 3000000;
	assert_false(passes_subject("{\"latency\": \"3s\"}", &subject));
	assert_false(passes_subject("{\"tokens\": [1, 100]}", &subject));
	report.tokens_out = 100;
	assert_true(passes_subject("{\"tokens\": [1, 100]}", &subject));
	assert_true(passes_subject("{\"tokens\": 100}", &subject));
	report.tokens_out = 101;
	assert_false(passes_subject("{\"tokens\": [1, 100]}", &subject));
}

/* ---- quality ---- */

static void quality_is_the_weighted_share(void **state)
{
	static const char *const json[] = {
		"{\"status\": 200}",
		"{\"contains\": \"strengths\", \"weight\": 2, \"required\": false}",
		"{\"json\": \"/score\", \"min\": 0, \"weight\": 0.5}",
	};
	struct answer_report report = body_of("{\"score\": 5}");
	struct check_subject subject = {200, 1000, true, &report};
	struct check_verdict v = judged(json, 3, &subject);

	(void)state;
	assert_true(fabsf(v.quality - 100.0f * 1.5f / 3.5f) < 1e-3f);
	assert_int_equal(v.failed, 1);
	assert_int_equal(v.failed_required, -1);
	report = body_of("{\"strengths\": 5}");
	v = judged(json, 3, &subject);
	assert_int_equal(v.failed_required, 2);
	subject.status = 500;
	assert_int_equal(judged(json, 3, &subject).failed_required, 0);
}

static void no_answer_has_no_quality(void **state)
{
	static const char *const json[] = {"{\"status\": 200}"};
	struct answer_report report = body_of("");
	struct check_subject subject = {0, 1000, false, &report};
	struct check_verdict v = judged(json, 1, &subject);

	(void)state;
	assert_true(isnan(v.quality));
	assert_int_equal(v.failed_required, -1);
	subject.answered = true;
	assert_true(isnan(judged(NULL, 0, &subject).quality));
}

static void weights_of_zero(void **state)
{
	static const char *const json[] = {"{\"status\": 200, \"weight\": 0}"};
	struct answer_report report = body_of("");
	struct check_subject subject = {200, 1000, true, &report};

	(void)state;
	assert_true(judged(json, 1, &subject).quality == 100);
	subject.status = 404;
	assert_true(judged(json, 1, &subject).quality == 0);
}

/* ---- refusals ---- */

static void refused(void **state)
{
	static const struct {
		const char *json, *member, *why;
	} row[] = {
		{"[]", "", "an object"},
		{"{}", "", "no check is named"},
		{"{\"weight\": 1}", "", "no check is named; expected one of"},
		{"{\"weight\": 1, \"contain\": \"x\"}", "", "no check is named; did you mean \"contains\"?"},
		{"{\"status\": \"200\"}", "status", "a status"},
		{"{\"status\": []}", "status", "a status"},
		{"{\"status\": 99}", "status", "a status"},
		{"{\"contains\": \"\"}", "contains", "not empty"},
		{"{\"regex\": \"a(\"}", "regex", "character"},
		{"{\"json\": \"score\"}", "json", "JSON Pointer"},
		{"{\"json\": \"/a~2\"}", "json", "JSON Pointer"},
		{"{\"json\": \"/a\", \"type\": \"text\"}", "type", "string, number"},
		{"{\"json\": \"/a\", \"min\": \"0\"}", "min", "a number"},
		{"{\"json\": \"/a\", \"min\": 5, \"max\": 4}", "max", "less than \"min\""},
		{"{\"json\": \"/a\", \"length\": [2, 1]}", "length", "[least, most]"},
		{"{\"json\": \"/a\", \"contains\": \"x\"}", "contains", "unknown key \"contains\"; expected exists"},
		{"{\"status\": 200, \"contains\": \"x\"}", "contains", "unknown key"},
		{"{\"header\": \"X: y\"}", "header", "header's name"},
		{"{\"header\": \"X\", \"equals\": \"a\", \"contains\": \"b\"}", "", "one of them"},
		{"{\"latency\": 3}", "latency", "a duration"},
		{"{\"latency\": \"3\"}", "latency", ""},
		{"{\"tokens\": -1}", "tokens", "whole number"},
		{"{\"not_empty\": 1}", "not_empty", "true or false"},
		{"{\"status\": 200, \"weight\": -1}", "weight", "a number"},
		{"{\"status\": 200, \"required\": 1}", "required", "true or false"},
		{"{\"status\": 200, \"requird\": true}", "requird", "unknown key \"requird\"; did you mean \"required\"?"},
		{"{\"json\": \"/a\", \"type\": \"interger\"}", "type", "did you mean \"integer\"?"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct check *check = NULL;
		struct err err = {""};
		char member[32];

		if (!check_compile(row[i].json, strlen(row[i].json), &check, member, &err))
			fail_msg("%s is taken", row[i].json);
		assert_string_equal(member, row[i].member);
		if (!strstr(err.text, row[i].why))
			fail_msg("%s: %s", row[i].json, err.text);
	}
}

static void named_as_written(void **state)
{
	static const char *const json[] = {
		"{\"weight\": 2, \"min\": 0, \"json\": \"/score\", \"required\": false}",
		"{\"contains\": \"a \\u001b[31m b\"}",
	};
	struct check_list list = list_of(json, 2);

	(void)state;
	assert_string_equal(check_text(list.check[0]), "json \"/score\" min 0");
	assert_null(strchr(check_text(list.check[1]), '\033'));
	check_list_fini(&list);
}

/* A pattern that would take for ever fails instead. */
static void a_bad_pattern_ends(void **state)
{
	char body[4001];

	(void)state;
	memset(body, 'a', 4000);
	body[4000] = '\0';
	assert_false(passes("{\"regex\": \"(a+)+$b\"}", body));
	assert_false(passes("{\"regex\": \"^(a|aa)+$x\"}", body));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuses),
		cmocka_unit_test(contains_and_regex),
		cmocka_unit_test(text_before_body),
		cmocka_unit_test(json_values),
		cmocka_unit_test(headers),
		cmocka_unit_test(latency_and_tokens),
		cmocka_unit_test(quality_is_the_weighted_share),
		cmocka_unit_test(no_answer_has_no_quality),
		cmocka_unit_test(weights_of_zero),
		cmocka_unit_test(refused),
		cmocka_unit_test(named_as_written),
		cmocka_unit_test(a_bad_pattern_ends),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
