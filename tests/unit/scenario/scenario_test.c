#include "scenario/scenario.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"

static struct scenario *parse(const char *text, const char *base_url)
{
	struct scenario *s = NULL;
	struct faults faults;

	if (scenario_parse(text, strlen(text), "a.json", base_url, &s, &faults))
		fail_msg("%s", faults.fault[0].err.text);
	return s;
}

/* The message for bad text; fails where there is none. */
static const char *refuse(const char *text, size_t bytes)
{
	static struct faults faults;
	struct scenario *untouched = (struct scenario *)&faults, *s = untouched;

	if (!scenario_parse(text, bytes, "a.json", NULL, &s, &faults))
		fail_msg("accepted: %.*s", (int)bytes, text);
	assert_ptr_equal(s, untouched);
	/* Nothing is told that follows from it. */
	if (faults.total != 1)
		fail_msg("%d faults, the second %s", (int)faults.total, faults.fault[1].err.text);
	return faults.fault[0].err.text;
}

struct row {
	const char *text, *message;
};

static void refuse_all(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_string_equal(refuse(rows[i].text, strlen(rows[i].text)), rows[i].message);
}
#define REFUSE_ALL(rows) refuse_all(rows, sizeof(rows) / sizeof *(rows))

static void methods_of_servers_are_taken(void **state)
{
	static const char *const own[] = {"PURGE", "SET", "PUSH", "PROPFIND", "M-SEARCH"};

	(void)state;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		assert_int_equal(scenario_method_check(own[i], NULL), 0);
		assert_false(scenario_method_usual(own[i]));
	}
	assert_int_equal(scenario_method_check("QUERY", NULL), 0);
	assert_true(scenario_method_usual("QUERY"));
}

/* ---- what is understood ---- */

static void reads_every_key(void **state)
{
	static const char text[] =
		"{ \"name\": \"coach\", \"target\": \"http://h:8080/base/\",\n"
		"  \"headers\": {\"X-A\": \"common\", \"X-B\": \"common\"},\n"
		"  \"tasks\": [\n"
		"    {\"name\": \"one\", \"weight\": 2.5,\n"
		"     \"request\": {\"method\": \"PUT\", \"path\": \"/a\", \"headers\": {\"x-b\": \"own\"},\n"
		"                 \"json\": { \"n\" : 12345678901234567890, \"s\": \"a \\\" b\" }}},\n"
		"    {\"name\": \"two\", \"request\": {\"path\": \"https://other/x\", \"body\": \"a\\u0000\\u00e9\\ud83d\\ude00\"}}],\n"
		"  \"load\": {\"concurrency\": 20, \"requests\": 1e3, \"duration\": \"60s\", \"warmup\": \"0\", \"think\": \"1.5s\"},\n"
		"  \"prices\": {\"input_per_mtok\": 0.25, \"output_per_mtok\": 10}}\n";
	struct scenario *s = parse(text, NULL);
	const struct http_request *r = &s->task[0].request;

	(void)state;
	assert_string_equal(s->name, "coach");
	assert_string_equal(s->target, "http://h:8080/base/");
	assert_string_equal(s->source, text);
	assert_int_equal(s->task_count, 2);
	assert_string_equal(s->task[0].name, "one");
	assert_true(s->task[0].weight == 2.5);
	assert_string_equal(r->method, "PUT");
	assert_string_equal(r->url, "http://h:8080/base/a");
	assert_string_equal(r->header[0], "X-A: common");
	assert_string_equal(r->header[1], "x-b: own");
	assert_string_equal(r->header[2], "Content-Type: application/json");
	assert_null(r->header[3]);
	assert_string_equal(r->body, "{\"n\":12345678901234567890,\"s\":\"a \\\" b\"}");
	assert_int_equal(r->body_bytes, strlen(r->body));
	r = &s->task[1].request;
	assert_true(s->task[1].weight == 1);
	assert_string_equal(r->method, "POST");
	assert_string_equal(r->url, "https://other/x");
	assert_int_equal(r->body_bytes, 8);
	assert_memory_equal(r->body, "a\0\xc3\xa9\xf0\x9f\x98\x80", 9);
	assert_string_equal(r->header[1], "X-B: common");
	assert_null(r->header[2]);
	assert_int_equal(s->load.concurrency, 20);
	assert_int_equal(s->load.requests, 1000);
	assert_int_equal(s->load.duration_ns, 60 * NS_PER_S);
	assert_int_equal(s->load.warmup_ns, 0);
	assert_int_equal(s->load.think_ns, 1500 * NS_PER_MS);
	assert_true(s->price_in == 0.25 && s->price_out == 10);
	scenario_free(s);
}

static void reads_open_loads(void **state)
{
#define LOAD(text) parse("{\"target\":\"http://h\",\"tasks\":[{\"name\":\"t\",\"request\":{}}],\"load\":" text "}", NULL)
	struct scenario *s = LOAD("{\"rate\": \"90/m\", \"arrival\": \"poisson\", \"max_in_flight\": 40}");

	(void)state;
	assert_true(s->load.rate_from == 1.5 && s->load.rate_to == 1.5);
	assert_int_equal(s->load.arrival, ARRIVAL_POISSON);
	assert_int_equal(s->load.max_in_flight, 40);
	scenario_free(s);
	s = LOAD("{\"rate\": \"10:50\", \"duration\": \"1m\"}");
	assert_true(s->load.rate_from == 10 && s->load.rate_to == 50);
	assert_int_equal(s->load.arrival, -1);
	scenario_free(s);
	s = LOAD("{\"rate\": 0.5}");
	assert_true(s->load.rate_from == 0.5 && s->load.rate_to == 0.5);
	scenario_free(s);
	s = LOAD("{\"stages\": [\"30s:20\", \"1m:5-80/s\"]}");
	assert_int_equal(s->load.stages, 2);
	assert_int_equal(s->load.stage[0].mode, MODE_CLOSED);
	assert_int_equal(s->load.stage[0].length_ns, 30 * NS_PER_S);
	assert_int_equal(s->load.stage[1].mode, MODE_OPEN);
	assert_true(s->load.stage[1].from == 5 && s->load.stage[1].to == 80);
	scenario_free(s);
	/* After a rate, a bare level is one. */
	s = LOAD("{\"rate\": 5, \"stages\": [\"30s:20\"]}");
	assert_int_equal(s->load.stage[0].mode, MODE_OPEN);
	scenario_free(s);
}

static void fills_in_what_is_not_given(void **state)
{
	struct scenario *s = parse("\xef\xbb\xbf{\"target\":\"http://h\",\"tasks\":[{\"name\":\"t\",\"request\":{}}]}", NULL);

	(void)state;
	assert_string_equal(s->name, "a");
	assert_string_equal(s->task[0].request.method, "GET");
	assert_string_equal(s->task[0].request.url, "http://h/");
	assert_null(s->task[0].request.header[0]);
	assert_null(s->task[0].request.body);
	assert_int_equal(s->load.concurrency, 0);
	assert_int_equal(s->load.requests, 0);
	assert_int_equal(s->load.duration_ns, -1);
	assert_int_equal(s->load.warmup_ns, -1);
	assert_int_equal(s->load.think_ns, -1);
	scenario_free(s);
}

static void keeps_a_content_type_that_is_given(void **state)
{
	struct scenario *s = parse("{\"target\":\"http://h\",\"headers\":{\"content-type\":\"text/x\"},"
				   "\"tasks\":[{\"name\":\"t\",\"request\":{\"json\":[1]}}]}", NULL);

	(void)state;
	assert_string_equal(s->task[0].request.header[0], "content-type: text/x");
	assert_null(s->task[0].request.header[1]);
	scenario_free(s);
}

static void a_base_url_replaces_the_target(void **state)
{
	struct scenario *s = parse("{\"target\":\"http://h\",\"tasks\":[{\"name\":\"t\",\"request\":{\"path\":\"/p\"}}]}",
				   "http://127.0.0.1:99");
	struct faults faults;

	(void)state;
	assert_string_equal(s->target, "http://127.0.0.1:99");
	assert_string_equal(s->task[0].request.url, "http://127.0.0.1:99/p");
	scenario_free(s);
	s = parse("{\"tasks\":[{\"name\":\"t\",\"request\":{}}]}", "http://127.0.0.1:99");
	assert_string_equal(s->task[0].request.url, "http://127.0.0.1:99/");
	scenario_free(s);
	assert_int_equal(scenario_parse("{}", 2, "a.json", "ftp://x", &s, &faults), -1);
}

static void flags_replace_headers_of_the_file(void **state)
{
	struct scenario *s = parse("{\"target\":\"http://h\",\"headers\":{\"X-A\":\"1\"},"
				   "\"tasks\":[{\"name\":\"t\",\"request\":{}},{\"name\":\"u\",\"request\":{}}]}", NULL);
	static const char *const lines[] = {"x-a: 2", "X-B: 3"};

	(void)state;
	scenario_set_headers(s, lines, 2);
	for (int t = 0; t < 2; t++) {
		assert_string_equal(s->task[t].request.header[0], "x-a: 2");
		assert_string_equal(s->task[t].request.header[1], "X-B: 3");
		assert_null(s->task[t].request.header[2]);
	}
	scenario_free(s);
}

static void the_source_is_kept_without_secrets(void **state)
{
	struct scenario *s = parse("{\"tasks\":[{\"name\":\"t\",\"request\":{\"headers\":{\"x-api-key\" : \"s1\"},\"path\":\"/a?key=s2\"}}],\n"
				   " \"headers\":{\"Authorization\": \"s3\",\"Accept\":\"*/*\"},\"target\":\"http://u:s4@h\"}", NULL);

	(void)state;
	assert_string_equal(s->source,
			    "{\"tasks\":[{\"name\":\"t\",\"request\":{\"headers\":{\"x-api-key\" : \"[redacted]\"},\"path\":\"/a?key=[redacted]\"}}],\n"
			    " \"headers\":{\"Authorization\": \"[redacted]\",\"Accept\":\"*/*\"},\"target\":\"http://u:[redacted]@h\"}");
	assert_string_equal(s->task[0].request.header[0], "Authorization: s3");
	scenario_free(s);
}

static void a_body_loses_what_its_names_say(void **state)
{
	struct scenario *s = parse("{\"target\":\"http://h\",\"tasks\":[{\"name\":\"t\",\"request\":{\"json\":"
				   "{\"a\":[{\"api_key\":\"deep-in-there\"}],\"max_tokens\":5,\"token\":\"${uuid}\",\"note\":\"n\"}}}]}", NULL);
	char text[] = "you sent deep-in-there, did you";

	(void)state;
	assert_string_equal(s->source,
			    "{\"target\":\"http://h\",\"tasks\":[{\"name\":\"t\",\"request\":{\"json\":"
			    "{\"a\":[{\"api_key\":\"[redacted]\"}],\"max_tokens\":5,\"token\":\"${uuid}\",\"note\":\"n\"}}}]}");
	/* What an answer repeats of it is known, too. */
	assert_int_equal(scenario_redact(s, text, strlen(text)), strlen("you sent [redacted], did you"));
	scenario_free(s);
}

static void so_do_forms_and_parameters(void **state)
{
	struct scenario *s = parse("{\"target\":\"http://h\",\"tasks\":[{\"name\":\"t\",\"request\":{\"method\":\"POST\","
				   "\"body\":\"a=1&password=in-a-form&b=2\"}},"
				   "{\"name\":\"u\",\"request\":{\"method\":\"POST\",\"body\":\"token=${uuid}\"}},"
				   "{\"name\":\"v\",\"api\":\"openai-chat\",\"model\":\"m\",\"turns\":[\"hi\"],"
				   "\"params\":{\"api_key\":\"a-parameter\",\"seed\":1}}]}", NULL);
	char text[] = "in-a-form a-parameter";

	(void)state;
	assert_non_null(strstr(s->source, "\"body\":\"a=1&password=[redacted]&b=2\""));
	assert_non_null(strstr(s->source, "token=${uuid}"));
	assert_non_null(strstr(s->source, "\"api_key\":\"[redacted]\",\"seed\":1"));
	assert_int_equal(scenario_redact(s, text, strlen(text)), strlen("********* [redacted]")); /* no longer than it was */
	scenario_free(s);
}

static void a_url_is_one_task_named_default(void **state)
{
	static const char *const headers[] = {"A: 1", "A: 2"};
	struct scenario *s = scenario_from_url("POST", "http://h/x", headers, 2, "a\0b", 3);

	(void)state;
	assert_int_equal(s->task_count, 1);
	assert_string_equal(s->task[0].name, "default");
	assert_string_equal(s->target, "http://h/x");
	assert_string_equal(s->task[0].request.url, "http://h/x");
	assert_string_equal(s->task[0].request.header[1], "A: 2");
	assert_null(s->task[0].request.header[2]);
	assert_int_equal(s->task[0].request.body_bytes, 3);
	assert_memory_equal(s->task[0].request.body, "a\0b", 4);
	assert_null(s->source);
	assert_int_equal(s->load.think_ns, -1);
	scenario_free(s);
	s = scenario_from_url("GET", "http://h", NULL, 0, NULL, 0);
	assert_null(s->task[0].request.header[0]);
	assert_null(s->task[0].request.body);
	assert_int_equal(s->task[0].plan.stream, STREAM_AUTO);
	scenario_free(s);
	/* Only its first answer comes with a status that would tell. */
	s = scenario_from_url("GET", "WSS://h/chat", NULL, 0, NULL, 0);
	assert_int_equal(s->task[0].plan.stream, STREAM_WS);
	scenario_free(s);
}

/* ---- what is refused, with the very words ---- */

static void broken_json(void **state)
{
	static const struct row rows[] = {
		{"", "a.json:1: /: found the end of the file; expected a JSON value"},
		{"\n\n nope", "a.json:3: /: found \"n\"; expected a JSON value"},
		{"{", "a.json:1: /: found the end of the file; expected a key in double quotes"},
		{"{\n'name': 1}", "a.json:2: /: found \"'\"; expected a key in double quotes"},
		{"{\"name\" \"x\"}", "a.json:1: /name: found '\"'; expected \":\" after the key"},
		{"{\"name\":\n}", "a.json:2: /name: found \"}\"; expected a JSON value"},
		{"{\"a\":1\n\"b\":2}", "a.json:2: /: found '\"'; expected \",\" or \"}\""},
		{"{\"a\":[1,\n2,]}", "a.json:2: /a: a comma before \"]\"; expected another value or no comma"},
		{"{\"a\":1,}", "a.json:1: /: a comma before \"}\"; expected another key or no comma"},
		{"{\"a\":[1,2,[3 4]]}", "a.json:1: /a/2: found \"4\"; expected \",\" or \"]\""},
		{"{}\n{}", "a.json:2: /: found \"{\"; expected nothing after the end of the JSON value"},
		{"{} \x01", "a.json:1: /: found byte 0x01; expected nothing after the end of the JSON value"},
		{"{\"a\":\"x", "a.json:1: /a: the file ends within a string; expected a closing '\"'"},
		{"{\"a\":\"x\n\"}", "a.json:1: /a: the line ends within a string; expected a closing '\"' (a line end is written \\n)"},
		{"{\"a\":\"\t\"}", "a.json:1: /a: control character 0x09 in a string; expected \\u0009"},
		{"{\"a\":\"\xff\"}", "a.json:1: /a: byte 0xff in a string; expected UTF-8 text"},
		{"{\"a\":\"\\x\"}", "a.json:1: /a: unknown escape in a string; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX"},
		{"{\"a\":\"\\u12g4\"}", "a.json:1: /a: broken \\u escape in a string; expected four hexadecimal digits"},
		{"{\"a\":\"\\u12", "a.json:1: /a: broken \\u escape in a string; expected four hexadecimal digits"},
		{"{\"a\":\"\\ud800\"}", "a.json:1: /a: half a surrogate pair in a string; expected \\uD8xx\\uDCxx"},
		{"{\"a\":\"\\udc00\\ud800\"}", "a.json:1: /a: half a surrogate pair in a string; expected \\uD8xx\\uDCxx"},
		{"{\"a\":01}", "a.json:1: /a: a number with a leading zero; expected it without"},
		{"{\"a\":-}", "a.json:1: /a: found \"}\"; expected a digit"},
		{"{\"a\":1.}", "a.json:1: /a: found \"}\"; expected a digit after the decimal point"},
		{"{\"a\":1e+}", "a.json:1: /a: found \"}\"; expected a digit in the exponent"},
		{"{\"a\":.5}", "a.json:1: /a: found \".\"; expected a JSON value"},
		{"{\"a\":nul}", "a.json:1: /a: found \"n\"; expected a JSON value"},
		{"{\"a\":1,\n\"b\":{\"c\":1,\n\"c\":2}}", "a.json:3: /b/c: duplicate key, given before on line 2; expected it once"},
		{"{\"a/~\":1,\"a\\/~\":2}", "a.json:1: /a~1~0: duplicate key, given before on line 1; expected it once"},
		{"// no comments\n{}", "a.json:1: /: found \"/\"; expected a JSON value"},
	};

	(void)state;
	REFUSE_ALL(rows);
	assert_string_equal(refuse("{}\0", 3), "a.json:1: /: found byte 0x00; expected nothing after the end of the JSON value");
}

static void deep_nesting_is_bounded(void **state)
{
	char text[20000];

	(void)state;
	memset(text, '[', sizeof text);
	assert_non_null(strstr(refuse(text, sizeof text), "nested too deeply; expected at most 64 levels"));
	for (size_t i = 0; i + 5 <= sizeof text; i += 5)
		memcpy(text + i, "{\"a\":", 5);
	assert_string_equal(refuse(text, sizeof text),
			    "a.json:1: /a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"
			    "/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a"
			    ": nested too deeply; expected at most 64 levels");
}

static void long_paths_are_cut(void **state)
{
	char text[4000] = "";

	(void)state;
	for (int i = 0; i < 9; i++)
		strcat(text, "{\"0123456789012345678901234567890123456789\":");
	assert_string_equal(refuse(text, strlen(text)),
			    "a.json:1: /0123456789012345678901234567890123456789/0123456789012345678901234567890123456789"
			    "/0123456789012345678901234567890123456789/0123456789012345678901234567890123456789/\xe2\x80\xa6"
			    ": found the end of the file; expected a JSON value");
}

#define TASKS(tasks) "{\"target\":\"http://h\",\n\"tasks\":[" tasks "]}"
#define REQUEST(members) TASKS("{\"name\":\"a\",\"request\":{}},\n{\"name\":\"b\",\n\"request\":{" members "}}")
#define TOP(members) "{\"target\":\"http://h\",\"tasks\":[{\"name\":\"a\",\"request\":{}}],\n" members "}"

static void wrong_scenarios(void **state)
{
	static const struct row rows[] = {
		{"[]", "a.json:1: /: is an array; expected an object with name, target and tasks"},
		{"{\"tasks\":[{\"name\":\"a\",\"request\":{}}]}", "a.json:1: /target: is missing; expected a base URL such as \"http://127.0.0.1:8080\""},
		{"{\"target\":\"http://h\"}", "a.json:1: /tasks: is missing; expected an array of tasks"},
		{TOP("\"slos\":[]"), "a.json:2: /slos: unknown key \"slos\"; did you mean \"slo\"?"},
		{TOP("\"prices\":3"), "a.json:2: /prices: is a number; expected an object such as {\"input_per_mtok\": 0.5, \"output_per_mtok\": 1.5}"},
		{TOP("\"prices\":{\"input\":3}"), "a.json:2: /prices/input: unknown key \"input\"; did you mean \"input_per_mtok\"?"},
		{TOP("\"prices\":{\"input_per_mtok\":\"3\"}"), "a.json:2: /prices/input_per_mtok: is a string; expected the price of a million tokens"},
		{TOP("\"prices\":{\"output_per_mtok\":-1}"), "a.json:2: /prices/output_per_mtok: is out of range; expected the price of a million tokens, 0 to 1000000"},
		{TOP("\"Name\":\"x\""), "a.json:2: /Name: unknown key \"Name\"; did you mean \"name\"?"},
		{TOP("\"name\\u0000\":\"x\""), "a.json:2: /name: unknown key \"name\"; expected name, target, headers, data, tasks, load, slo or prices"},
		{TOP("\"name\":7"), "a.json:2: /name: is a number; expected a name of 1 to 64 bytes"},
		{TOP("\"name\":\"\""), "a.json:2: /name: is empty; expected a name of 1 to 64 bytes"},
		{TOP("\"name\":\"12345678901234567890123456789012345678901234567890123456789012345\""),
		 "a.json:2: /name: is 65 bytes long; expected a name of 1 to 64 bytes"},
		{TOP("\"name\":\"a\\u001b[2J\""), "a.json:2: /name: contains U+001B, which does not print; expected a name of 1 to 64 bytes"},
		{TOP("\"name\":\"a\\u0000b\""), "a.json:2: /name: contains \\u0000; expected a name of 1 to 64 bytes"},
		{"{\"target\":null,\"tasks\":[{\"name\":\"a\",\"request\":{}}]}", "a.json:1: /target: is null; expected a base URL such as \"http://127.0.0.1:8080\""},
		{"{\"target\":\"localhost:80\",\"tasks\":[{\"name\":\"a\",\"request\":{}}]}", "a.json:1: /target: URL \"localhost:80\": expected http://HOST\xe2\x80\xa6, https://HOST\xe2\x80\xa6, ws://HOST\xe2\x80\xa6 or wss://HOST\xe2\x80\xa6"},
		{"{\"target\":\"http://h/?a\",\"tasks\":[{\"name\":\"a\",\"request\":{}}]}", "a.json:1: /target: has a query or a fragment; expected a base URL, to which paths are added"},
		{TOP("\"headers\":[]"), "a.json:2: /headers: is an array; expected an object of strings such as {\"Accept\": \"text/plain\"}"},
		{TOP("\"headers\":{\"A\":1}"), "a.json:2: /headers/A: is a number; expected a string, the header's value"},
		{TOP("\"headers\":{\"A B\":\"\"}"), "a.json:2: /headers/A B: bad header name; expected letters, digits and -, such as X-Trace"},
		{TOP("\"headers\":{\"\":\"\"}"), "a.json:2: /headers/: bad header name; expected letters, digits and -, such as X-Trace"},
		{TOP("\"headers\":{\"A:b\":\"\"}"), "a.json:2: /headers/A:b: bad header name; expected letters, digits and -, such as X-Trace"},
		{TOP("\"headers\":{\"A\":\"x\\r\\nB: y\"}"), "a.json:2: /headers/A: contains a control character; expected one line of text"},
		{TOP("\"headers\":{\"Aa\":\"\",\n\"aA\":\"\"}"), "a.json:3: /headers/aA: the same header as \"Aa\" on line 2 (case makes no difference); expected it once"},
		{"{\"target\":\"http://h\",\"tasks\":{}}", "a.json:1: /tasks: is an object; expected an array of tasks"},
		{TASKS(""), "a.json:2: /tasks: has 0 tasks; expected 1 to 64"},
		{TASKS("7"), "a.json:2: /tasks/0: is a number; expected an object with name, weight and request"},
		{TASKS("{\"request\":{}}"), "a.json:2: /tasks/0/name: is missing; expected a name of 1 to 64 bytes"},
		{TASKS("{\"name\":\"a\"}"), "a.json:2: /tasks/0/request: is missing; expected an object such as {\"path\": \"/api/chat\"}, or an \"api\""},
		{TASKS("{\"name\":\"a\",\"system\":1,\"request\":{}}"), "a.json:2: /tasks/0/system: unknown key \"system\"; expected name, weight, slo, headers, timeout, think, checks, capture, and a request or: api, path, stream, model, params, messages, prompt, turns, pointers"},
		{TASKS("{\"name\":\"a\",\"weight\":0,\"request\":{}}"), "a.json:2: /tasks/0/weight: is out of range; expected a number above 0, at most 1000000000"},
		{TASKS("{\"name\":\"a\",\"weight\":-1,\"request\":{}}"), "a.json:2: /tasks/0/weight: is out of range; expected a number above 0, at most 1000000000"},
		{TASKS("{\"name\":\"a\",\"weight\":1e999,\"request\":{}}"), "a.json:2: /tasks/0/weight: is out of range; expected a number above 0, at most 1000000000"},
		{TASKS("{\"name\":\"a\",\"weight\":\"5\",\"request\":{}}"), "a.json:2: /tasks/0/weight: is a string; expected a number above 0"},
		{TASKS("{\"name\":\"a\",\"request\":\"GET\"}"), "a.json:2: /tasks/0/request: is a string; expected an object such as {\"method\": \"POST\", \"path\": \"/api/chat\"}"},
		{TASKS("{\"name\":\"a\",\"request\":{}},\n{\"name\":\"a\",\"request\":{}}"), "a.json:3: /tasks/1/name: another task is called so; expected names that differ"},
		{REQUEST("\"url\":\"/\""), "a.json:4: /tasks/1/request/url: unknown key \"url\"; expected method, path, headers, json or body"},
		{REQUEST("\"method\":\"get\""), "a.json:4: /tasks/1/request/method: \"get\" is not an HTTP method; did you mean \"GET\"?"},
		{REQUEST("\"method\":\"GTE\""), "a.json:4: /tasks/1/request/method: \"GTE\" is not an HTTP method; did you mean \"GET\"?"},
		{REQUEST("\"method\":\"POSTS\""), "a.json:4: /tasks/1/request/method: \"POSTS\" is not an HTTP method; did you mean \"POST\"?"},
		{REQUEST("\"method\":\"A B\""), "a.json:4: /tasks/1/request/method: \"A B\" is not an HTTP method; expected one such as GET, POST or PUT"},
		{REQUEST("\"method\":\"CONNECT\""), "a.json:4: /tasks/1/request/method: \"CONNECT\" opens tunnels; expected one such as GET, POST or PUT"},
		{REQUEST("\"method\":\"\""), "a.json:4: /tasks/1/request/method: \"\" is not an HTTP method; expected one such as GET, POST or PUT"},
		{REQUEST("\"method\":false"), "a.json:4: /tasks/1/request/method: is false; expected a string such as \"POST\""},
		{REQUEST("\"path\":1"), "a.json:4: /tasks/1/request/path: is a number; expected a path such as \"/api/chat\", or a whole URL"},
		{REQUEST("\"path\":\"api\""), "a.json:4: /tasks/1/request/path: does not begin with \"/\"; expected a path such as \"/api/chat\", or a whole URL"},
		{REQUEST("\"path\":\"/a b\""), "a.json:4: /tasks/1/request/path: URL \"http://h/a b\": spaces and control characters must be written as %XX"},
		{REQUEST("\"path\":\"http://\""), "a.json:4: /tasks/1/request/path: URL \"http://\": there is no host"},
		{REQUEST("\"headers\":{\"A\":null}"), "a.json:4: /tasks/1/request/headers/A: is null; expected a string, the header's value"},
		{REQUEST("\"json\":1,\n\"body\":\"x\""), "a.json:5: /tasks/1/request/body: both \"json\" and \"body\" are given; expected one of them"},
		{REQUEST("\"body\":\"x\",\n\"json\":1"), "a.json:5: /tasks/1/request/json: both \"json\" and \"body\" are given; expected one of them"},
		{REQUEST("\"body\":{}"), "a.json:4: /tasks/1/request/body: is an object; expected a string; \"json\" takes other values"},
		{TOP("\"load\":[]"), "a.json:2: /load: is an array; expected an object such as {\"concurrency\": 20, \"duration\": \"60s\"}"},
		{TOP("\"load\":{\"users\":1}"), "a.json:2: /load/users: unknown key \"users\"; expected concurrency, rate, arrival, stages, max_in_flight, requests, duration, warmup or think"},
		{TOP("\"load\":{\"rate\":0}"), "a.json:2: /load/rate: \"0\" sends nothing; expected a rate above 0, such as 20 or 90/m"},
		{TOP("\"load\":{\"rate\":1e7}"), "a.json:2: /load/rate: \"10000000\" is out of range; expected at most 1000000 a second"},
		{TOP("\"load\":{\"rate\":\"fast\"}"), "a.json:2: /load/rate: \"fast\" is not a rate; expected one such as 20, 1.5k, 0.7/s or 90/m"},
		{TOP("\"load\":{\"rate\":true}"), "a.json:2: /load/rate: is true; expected a rate such as 20, \"90/m\" or, as a ramp, \"10:50\""},
		{TOP("\"load\":{\"concurency\":1}"), "a.json:2: /load/concurency: unknown key \"concurency\"; did you mean \"concurrency\"?"},
		{TOP("\"load\":{\"arrival\":\"poison\"}"), "a.json:2: /load/arrival: is unknown; did you mean \"poisson\"?"},
		{TOP("\"load\":{\"arrival\":\"even\"}"), "a.json:2: /load/arrival: is unknown; expected \"constant\", \"poisson\" or \"trace\""},
		{TOP("\"load\":{\"stages\":[]}"), "a.json:2: /load/stages: is empty; expected an array of stages such as [\"30s:20\", \"1m:20-80\"] or [\"1m:5-80/s\"]"},
		{TOP("\"load\":{\"stages\":[\"30s:20\",\n\"0s:5\"]}"), "a.json:3: /load/stages/1: \"0s:5\" has no length; expected one such as 30s:20"},
		{TOP("\"load\":{\"stages\":[\"1m:0.5\"]}"), "a.json:2: /load/stages/0: \"1m:0.5\" is no number of users; expected whole ones up to 1000000, or a rate such as 0.5/s"},
		{TOP("\"load\":{\"rate\":5,\n\"concurrency\":2}"), "a.json:2: /load/rate: is not for a load with \"concurrency\"; expected one of them"},
		{TOP("\"load\":{\"concurrency\":2,\n\"stages\":[\"1m:5\"]}"), "a.json:3: /load/stages: is not for a load with \"concurrency\"; expected one of them"},
		{TOP("\"load\":{\"rate\":\"5:9\"}"), "a.json:2: /load/rate: is a ramp, which lasts as long as the run; expected a \"duration\" beside it"},
		{TOP("\"load\":{\"rate\":\"5:9\",\"duration\":\"1m\",\n\"stages\":[\"1m:5\"]}"), "a.json:2: /load/rate: is a ramp, and there are stages; expected a stage such as \"1m:10-50/s\""},
		{TOP("\"load\":{\"concurrency\":0}"), "a.json:2: /load/concurrency: is out of range; expected a whole number from 1 to 1000000"},
		{TOP("\"load\":{\"concurrency\":1.5}"), "a.json:2: /load/concurrency: is out of range; expected a whole number from 1 to 1000000"},
		{TOP("\"load\":{\"concurrency\":\"20\"}"), "a.json:2: /load/concurrency: is a string; expected a whole number"},
		{TOP("\"load\":{\"requests\":1e13}"), "a.json:2: /load/requests: is out of range; expected a whole number from 1 to 1000000000000"},
		{TOP("\"load\":{\"duration\":60}"), "a.json:2: /load/duration: is a number; expected a duration in quotes such as \"60s\""},
		{TOP("\"load\":{\"duration\":\"0\"}"), "a.json:2: /load/duration: is zero; expected a duration such as \"60s\""},
		{TOP("\"load\":{\"duration\":\"60\"}"), "a.json:2: /load/duration: \"60\" has no unit; expected a duration such as 500ms, 2s or 3m"},
		{TOP("\"load\":{\"think\":\"-1s\"}"), "a.json:2: /load/think: \"-1s\" is negative; expected a duration such as 500ms, 2s or 3m"},
	};

	(void)state;
	REFUSE_ALL(rows);
}

/* What is told of a text, a line each. */
static void tells(const char *text, const char *expected)
{
	struct scenario *s = NULL;
	struct faults faults;
	size_t bytes;
	char *told;
	FILE *out = open_memstream(&told, &bytes);

	assert_int_equal(scenario_parse(text, strlen(text), "a.json", NULL, &s, &faults), -1);
	faults_print(&faults, out, "");
	fclose(out);
	assert_string_equal(told, expected);
	free(told);
}

static void all_that_is_wrong_is_told_in_the_files_order(void **state)
{
	(void)state;
	tells("{\"name\": 7,\n"
	      " \"tasks\": [\n"
	      "  {\"name\": \"a\", \"weight\": \"5\",\n"
	      "   \"request\": {\"method\": \"get\", \"path\": \"api\",\n"
	      "    \"headers\": {\"A B\": \"\", \"C\": 1},\n"
	      "    \"json\": {\"x\": \"${sqe}\",\n"
	      "             \"y\": [\"${usr}\"]}},\n"
	      "   \"checks\": [{\"status\": \"x\"},\n"
	      "              {\"status\": 200}, {\"contain\": \"y\"}]},\n"
	      "  7],\n"
	      " \"slo\": [\"p95<3\",\n"
	      "         \"ttftt<3s\"],\n"
	      " \"load\": {\"concurency\": 2, \"duration\": 60}}",
	      "a.json:1: /target: is missing; expected a base URL such as \"http://127.0.0.1:8080\"\n"
	      "a.json:1: /name: is a number; expected a name of 1 to 64 bytes\n"
	      "a.json:3: /tasks/0/weight: is a string; expected a number above 0\n"
	      "a.json:4: /tasks/0/request/method: \"get\" is not an HTTP method; did you mean \"GET\"?\n"
	      "a.json:4: /tasks/0/request/path: does not begin with \"/\"; expected a path such as \"/api/chat\", or a whole URL\n"
	      "a.json:5: /tasks/0/request/headers/A B: bad header name; expected letters, digits and -, such as X-Trace\n"
	      "a.json:5: /tasks/0/request/headers/C: is a number; expected a string, the header's value\n"
	      "a.json:6: /tasks/0/request/json/x: unknown template ${sqe}; did you mean \"seq\"?\n"
	      "a.json:7: /tasks/0/request/json/y/0: unknown template ${usr}; did you mean \"user\"?\n"
	      "a.json:8: /tasks/0/checks/0/status: expected a status such as 200, or an array of 1 to 16 such\n"
	      "a.json:9: /tasks/0/checks/2: no check is named; did you mean \"contains\"?\n"
	      "a.json:10: /tasks/1: is a number; expected an object with name, weight and request\n"
	      "a.json:11: /slo/0: \"p95<3\": bad value \"3\"; expected a duration such as 500ms\n"
	      "a.json:12: /slo/1: \"ttftt<3s\": unknown metric \"ttftt\"; did you mean \"ttft\"?\n"
	      "a.json:13: /load/concurency: unknown key \"concurency\"; did you mean \"concurrency\"?\n"
	      "a.json:13: /load/duration: is a number; expected a duration in quotes such as \"60s\"\n");
}

/* One mistake, one line: not also what it makes wrong elsewhere. */
static void what_follows_from_a_mistake_is_not_told(void **state)
{
	static const struct row rows[] = {
		/* A key that is misspelt is not missing, too. */
		{"{\"traget\":\"http://h\",\"tasks\":[{\"name\":\"a\",\"request\":{}}]}", "a.json:1: /traget: unknown key \"traget\"; did you mean \"target\"?"},
		{TASKS("{\"nmae\":\"a\",\"request\":{}}"), "a.json:2: /tasks/0/nmae: unknown key \"nmae\"; did you mean \"name\"?"},
		{TASKS("{\"name\":\"a\",\"requst\":{}}"), "a.json:2: /tasks/0/requst: unknown key \"requst\"; did you mean \"request\"?"},
		{TASKS("{\"name\":\"a\",\"api\":\"openai-chat\",\"mesages\":[]}"), "a.json:2: /tasks/0/mesages: unknown key \"mesages\"; did you mean \"messages\"?"},
		{TASKS("{\"name\":\"a\",\"apis\":\"generic\",\"request\":{},\"stream\":\"sse\"}"), "a.json:2: /tasks/0/apis: unknown key \"apis\"; did you mean \"api\"?"},
		{TASKS("{\"name\":\"a\",\"api\":\"openai\",\"prompt\":\"x\",\"stream\":\"sse\"}"), "a.json:2: /tasks/0/api: is no API known here; did you mean \"openai-chat\"?"},
		/* Templates of a data set that could not be read. */
		{"{\"target\":\"http://h\",\n\"data\":{\"rows\":[]},\"tasks\":[{\"name\":\"a\",\"request\":{\"body\":\"${rows.x}\"}}]}",
		 "a.json:2: /data/rows: has no rows; expected at least one"},
		{"{\"target\":\"http://h\",\n\"dta\":{},\"tasks\":[{\"name\":\"a\",\"request\":{\"body\":\"${rows.x}\"}}]}",
		 "a.json:2: /dta: unknown key \"dta\"; did you mean \"data\"?"},
		/* A capture that is none. */
		{TASKS("{\"name\":\"a\",\"api\":\"openai-chat\",\"capture\":{\"id\":\"id\"},\"turns\":[\"a\",\"${capture.id}\"]}"),
		 "a.json:2: /tasks/0/capture/id: is no JSON pointer; expected one such as \"/choices/0/message/content\""},
		/* A header of all tasks is one header. */
		{"{\"target\":\"http://h\",\"headers\":{\"A\":\"${sqe}\"},\"tasks\":[{\"name\":\"a\",\"request\":{}},{\"name\":\"b\",\"request\":{}}]}",
		 "a.json:1: /headers/A: unknown template ${sqe}; did you mean \"seq\"?"},
		/* SLOs of a task whose name is refused. */
		{TASKS("{\"name\":\"\",\"request\":{},\"slo\":[\"task:b.p95<3s\"]}],\"slo\":[\"task:b.p95<3s\""),
		 "a.json:2: /tasks/0/name: is empty; expected a name of 1 to 64 bytes"},
		/* What a load says together, where half of it is not known. */
		{TOP("\"load\":{\"rate\":\"5:9\",\"duraton\":\"1m\"}"), "a.json:2: /load/duraton: unknown key \"duraton\"; did you mean \"duration\"?"},
	};

	(void)state;
	REFUSE_ALL(rows);
}

static void of_very_many_the_first_are_told(void **state)
{
	struct scenario *s = NULL;
	struct faults faults;
	struct buf text = {0};

	(void)state;
	buf_puts(&text, "{\"target\":\"http://h\",\"load\":{\"x\":1},\"tasks\":[");
	for (int i = 0; i < 30; i++)
		buf_printf(&text, "%s\n7", i ? "," : "");
	buf_puts(&text, "]}");
	assert_int_equal(scenario_parse(text.at, text.used, "a.json", NULL, &s, &faults), -1);
	assert_int_equal(faults.total, 31);
	assert_int_equal(faults.kept, FAULTS_MAX);
	assert_memory_equal(faults.fault[0].err.text, "a.json:1: /load/x", 17);
	assert_memory_equal(faults.fault[19].err.text, "a.json:20: /tasks/18", 20);
	buf_fini(&text);
}

static void too_many(void **state)
{
	size_t room = 1 << 24, used;
	char *text = xmalloc(room + 2);

	(void)state;
	used = (size_t)sprintf(text, "{\"target\":\"http://h\",\"tasks\":[");
	for (int i = 0; i < 65; i++)
		used += (size_t)sprintf(text + used, "%s{\"name\":\"t%d\",\"request\":{}}", i ? "," : "", i);
	used += (size_t)sprintf(text + used, "]}");
	assert_string_equal(refuse(text, used), "a.json:1: /tasks: has 65 tasks; expected 1 to 64");
	memset(text, ' ', room + 1);
	assert_string_equal(refuse(text, room + 1), "a.json:1: 16777217 bytes are too many; expected at most 16 MiB");
	for (size_t i = 0; i < room; i += 2)
		memcpy(text + i, i ? ",1" : "[1", 2);
	assert_string_equal(refuse(text, room), "a.json:1: /: too many values; expected at most 1048576");
	free(text);
}

/* Many equal keys far apart must neither hide nor take quadratic time. */
static void a_duplicate_among_many(void **state)
{
	size_t used = 0;
	char *text = xmalloc(4 << 20);

	(void)state;
	for (int i = 0; i < 200000; i++)
		used += (size_t)sprintf(text + used, "%s\n\"%d\":0", i ? "," : "{", i == 199999 ? 3 : i);
	text[used++] = '}';
	assert_string_equal(refuse(text, used), "a.json:200001: /3: duplicate key, given before on line 5; expected it once");
	free(text);
}

/* ---- files ---- */

static void files(void **state)
{
	char dir[] = "/tmp/brunt-scenario-XXXXXX", *path, *expected;
	struct scenario *s = NULL;
	struct faults faults;
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(scenario_load_file(dir, NULL, &s, &faults), -1);
	expected = xasprintf("%s: is a directory; expected a scenario file", dir);
	assert_string_equal(faults.fault[0].err.text, expected);
	free(expected);
	path = xasprintf("%s/my.file.json", dir);
	assert_int_equal(scenario_load_file(path, NULL, &s, &faults), -1);
	expected = xasprintf("%s: No such file or directory", path);
	assert_string_equal(faults.fault[0].err.text, expected);
	free(expected);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("{\"target\":\"http://h\",\"tasks\":[{\"name\":\"t\",\"request\":{}}]}\n", f);
	fclose(f);
	assert_int_equal(scenario_load_file(path, NULL, &s, &faults), 0);
	assert_string_equal(s->name, "my.file");
	scenario_free(s);
	assert_int_equal(truncate(path, (16 << 20) + 1), 0);
	assert_int_equal(scenario_load_file(path, NULL, &s, &faults), -1);
	expected = xasprintf("%s: larger than 16 MiB; expected a scenario file", path);
	assert_string_equal(faults.fault[0].err.text, expected);
	free(expected);
	unlink(path);
	rmdir(dir);
	free(path);
}

/* Every prefix and every single changed byte of a good file ends in a verdict. */
static void damaged_files(void **state)
{
	static const char good[] = REQUEST("\"json\":{\"a\":[1,2.5e3,\"\\u00e9\\n\",null]},\"headers\":{\"A\":\"b\"}");
	static const char bytes[] = {'\0', '"', '\\', '{', ']', ',', 'u', '\n', '-', '\xff'};
	char text[sizeof good];

	(void)state;
	scenario_free(parse(good, NULL));
	for (size_t n = 0; n < strlen(good); n++)
		refuse(good, n);
	for (size_t i = 0; i < strlen(good); i++)
		for (size_t b = 0; b < sizeof bytes; b++) {
			struct scenario *s = NULL;
			struct faults faults = {0};

			memcpy(text, good, sizeof good);
			text[i] = bytes[b];
			if (scenario_parse(text, strlen(good), "f", NULL, &s, &faults))
				assert_memory_equal(faults.fault[0].err.text, "f:", 2);
			scenario_free(s);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_key),
		cmocka_unit_test(reads_open_loads),
		cmocka_unit_test(fills_in_what_is_not_given),
		cmocka_unit_test(keeps_a_content_type_that_is_given),
		cmocka_unit_test(a_base_url_replaces_the_target),
		cmocka_unit_test(flags_replace_headers_of_the_file),
		cmocka_unit_test(the_source_is_kept_without_secrets),
		cmocka_unit_test(a_body_loses_what_its_names_say),
		cmocka_unit_test(so_do_forms_and_parameters),
		cmocka_unit_test(a_url_is_one_task_named_default),
		cmocka_unit_test(broken_json),
		cmocka_unit_test(deep_nesting_is_bounded),
		cmocka_unit_test(long_paths_are_cut),
		cmocka_unit_test(methods_of_servers_are_taken),
		cmocka_unit_test(wrong_scenarios),
		cmocka_unit_test(all_that_is_wrong_is_told_in_the_files_order),
		cmocka_unit_test(what_follows_from_a_mistake_is_not_told),
		cmocka_unit_test(of_very_many_the_first_are_told),
		cmocka_unit_test(too_many),
		cmocka_unit_test(a_duplicate_among_many),
		cmocka_unit_test(files),
		cmocka_unit_test(damaged_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
