#include "scenario/conversation.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"

static struct scenario *scenario;
static struct conversation *talk;
static struct rng rng;

static void open_text(const char *text)
{
	struct faults faults;

	if (scenario_parse(text, strlen(text), "a.json", NULL, &scenario, &faults))
		fail_msg("%s", faults.fault[0].err.text);
	talk = conversation_new(scenario);
	rng_seed(&rng, 1, 1);
}

/* One task with these members, and these data. */
static void open_task(const char *data, const char *members)
{
	char *text = xasprintf("{\"target\":\"http://h/\",\"data\":{%s},\"tasks\":[{\"name\":\"t\",%s}]}", data,
			       members);

	open_text(text);
	free(text);
}

static int close_all(void **state)
{
	(void)state;
	conversation_free(talk);
	scenario_free(scenario);
	talk = NULL;
	scenario = NULL;
	return 0;
}

/* The body of the next exchange. */
static const char *next_body(uint64_t seq)
{
	const struct http_variant *v = conversation_next(talk, seq);

	assert_non_null(v);
	assert_non_null(v->body);
	assert_int_equal(strlen(v->body), v->body_bytes);
	return v->body;
}

static void hear(const char *text, const char *body, bool streamed)
{
	struct answer_report report = {.text = text, .text_bytes = strlen(text), .body = body,
				       .body_bytes = strlen(body), .streamed = streamed};
	const char *why = "";

	report.text_total = report.text_bytes;
	report.body_total = report.body_bytes;
	if (conversation_heard(talk, &report, &why))
		fail_msg("%s", why);
}

/* ---- requests ---- */

static void a_fixed_request_is_sent_as_it_is(void **state)
{
	(void)state;
	open_task("", "\"request\":{\"path\":\"/a\",\"json\":{\"price\":\"5 $${x}\"}}");
	conversation_begin(talk, 0, 0, 0, &rng);
	assert_null(conversation_next(talk, 0));
	assert_string_equal(scenario->task[0].request.body, "{\"price\":\"5 ${x}\"}");
	assert_true(conversation_hash(talk) != 0);
	assert_false(conversation_goes_on(talk));
	assert_int_equal(conversation_turn(talk), 0);
	close_all(NULL);
	open_task("", "\"request\":{\"path\":\"/a\"}");
	conversation_begin(talk, 0, 0, 0, &rng);
	assert_null(conversation_next(talk, 0));
	assert_true(conversation_hash(talk) == 0);
}

static void templates_in_every_place(void **state)
{
	const struct http_variant *v;

	(void)state;
	open_task("\"d\":[{\"a\":\"x y/\\u00e9&\",\"h\":\"one\\r\\ntwo\"}]",
		  "\"headers\":{\"X-A\":\"[${d.h}]\",\"X-B\":\"b\",\"X-C\":\"${seq}-${user}\"},"
		  "\"request\":{\"path\":\"/p/${d.a}?n=${seq}\",\"body\":\"raw ${d.a} \\\" ${user}\"}");
	conversation_begin(talk, 0, 0, 7, &rng);
	v = conversation_next(talk, 12);
	assert_string_equal(v->url, "http://h/p/x%20y%2F%C3%A9%26?n=12");
	assert_string_equal(v->body, "raw x y/\xc3\xa9& \" 7");
	assert_string_equal(v->header[0], "X-A: [one  two]");
	assert_string_equal(v->header[1], "X-B: b");
	assert_string_equal(v->header[2], "X-C: 12-7");
	assert_null(v->header[3]);
	assert_string_equal(scenario->task[0].request.url, "http://h/p/${d.a}?n=${seq}");
}

static void only_what_differs_is_in_the_variant(void **state)
{
	const struct http_variant *v;

	(void)state;
	open_task("", "\"request\":{\"path\":\"/p/${seq}\",\"headers\":{\"A\":\"b\"},\"body\":\"x\"}");
	conversation_begin(talk, 0, 0, 0, &rng);
	v = conversation_next(talk, 1);
	assert_string_equal(v->url, "http://h/p/1");
	assert_null(v->body);
	assert_null(v->header);
	uint64_t hash = conversation_hash(talk);
	conversation_next(talk, 2);
	assert_true(hash != conversation_hash(talk));
	conversation_next(talk, 1);
	assert_true(hash == conversation_hash(talk));
}

static void values_keep_their_kind(void **state)
{
	(void)state;
	open_task("\"d\":[{\"n\":1.50e3,\"s\":\"q\\\"\\\\\\u0001\\n\\u00e9\\ud83d\\ude00\",\"a\":[1, {\"b\": null}],\"t\":true,\"z\":null,\"five\":\"5\"}]",
		  "\"request\":{\"json\":{\"n\":\"${d.n}\",\"in\":\"n=${d.n}\",\"s\":\"${d.s}\",\"a\":\"${d.a}\","
		  "\"ain\":\"${d.a}!\",\"t\":\"${d.t}\",\"z\":\"${d.z}\",\"five\":\"${d.five}\",\"${d.n}\":[\"\\u0041\",1e2]}}");
	conversation_begin(talk, 0, 0, 0, &rng);
	assert_string_equal(next_body(0),
			    "{\"n\":1.50e3,\"in\":\"n=1.50e3\",\"s\":\"q\\\"\\\\\\u0001\\n\xc3\xa9\xf0\x9f\x98\x80\",\"a\":[1,{\"b\":null}],"
			    "\"ain\":\"[1,{\\\"b\\\":null}]!\",\"t\":true,\"z\":null,\"five\":\"5\",\"1.50e3\":[\"\\u0041\",1e2]}");
}

/* Bytes are looked at eight at a time: one that matters may stand anywhere. */
static void escapes_at_every_place(void **state)
{
	static const struct {
		const char *raw, *escaped;
	} special[] = {{"\"", "\\\""}, {"\\", "\\\\"}, {"\x01", "\\u0001"}, {"\x1f", "\\u001f"}, {"\n", "\\n"},
		       {"\x7f", "\x7f"}, {"\xc3\xa9", "\xc3\xa9"}, {"\xff", "\xef\xbf\xbd"}, {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"}};

	(void)state;
	open_task("", "\"api\":\"openai-completions\",\"stream\":\"off\",\"turns\":[\"\",\"\"]");
	for (size_t k = 0; k < sizeof special / sizeof *special; k++) {
		for (int before = 0; before < 20; before++) {
			char text[64], *expected;

			snprintf(text, sizeof text, "%.*s%s%s", before, "!#[]~ aZ!#[]~ aZ!#[]~ aZ", special[k].raw, "0123456789");
			conversation_begin(talk, 0, 0, 0, &rng);
			next_body(0);
			hear(text, "", false);
			expected = xasprintf("{\"prompt\":\"\\n\\n%.*s%s0123456789\\n\\n\"}", before,
					     "!#[]~ aZ!#[]~ aZ!#[]~ aZ", special[k].escaped);
			assert_string_equal(next_body(1), expected);
			free(expected);
		}
	}
}

static void environment_is_resolved_once(void **state)
{
	char text[] = "x=k\"ey 1234 and k\\\"ey 1234, k%22ey%201234";

	(void)state;
	setenv("BRUNT_TEST_KEY", "k\"ey 1234", 1);
	open_task("", "\"headers\":{\"Authorization\":\"Bearer ${env:BRUNT_TEST_KEY}\"},"
		      "\"request\":{\"path\":\"/?k=${env:BRUNT_TEST_KEY}\",\"json\":{\"k\":\"${env:BRUNT_TEST_KEY}\"}}");
	conversation_begin(talk, 0, 0, 0, &rng);
	assert_null(conversation_next(talk, 0));
	assert_string_equal(scenario->task[0].request.url, "http://h/?k=k%22ey%201234");
	assert_string_equal(scenario->task[0].request.header[0], "Authorization: Bearer k\"ey 1234");
	assert_string_equal(scenario->task[0].request.body, "{\"k\":\"k\\\"ey 1234\"}");
	assert_null(strstr(scenario->source, "1234"));
	assert_non_null(strstr(scenario->source, "Bearer ${env:BRUNT_TEST_KEY}"));
	assert_non_null(strstr(scenario->source, "/?k=${env:BRUNT_TEST_KEY}"));
	size_t n = scenario_redact(scenario, text, strlen(text));
	assert_int_equal(n, strlen("x=********* and [redacted], [redacted]"));
	assert_memory_equal(text, "x=********* and [redacted], [redacted]", n);
}

/* ---- APIs ---- */

static void an_api_makes_the_request(void **state)
{
	const struct task *t;

	(void)state;
	open_task("", "\"api\":\"openai-chat\",\"model\":\"m\",\"params\":{\"max_tokens\":128,\"stop\":[\"a\", \"b\"]},"
		      "\"messages\":[{\"role\":\"system\",\"content\":\"Be brief\"},{\"role\":\"user\",\"content\":\"Hi\"}]");
	t = &scenario->task[0];
	assert_string_equal(t->request.method, "POST");
	assert_string_equal(t->request.url, "http://h/v1/chat/completions");
	assert_string_equal(t->request.body,
			    "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"Be brief\"},{\"role\":\"user\",\"content\":\"Hi\"}],"
			    "\"max_tokens\":128,\"stop\":[\"a\",\"b\"],\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
	assert_string_equal(t->request.header[0], "Content-Type: application/json");
	assert_string_equal(t->request.header[1], "Accept: text/event-stream");
	assert_null(t->request.header[2]);
	assert_string_equal(t->plan.api->name, "openai-chat");
	assert_true(t->plan.stream == STREAM_AUTO);
	assert_false(t->plan.keep);
}

static void params_count_more_than_the_row(void **state)
{
	(void)state;
	open_task("", "\"api\":\"anthropic-messages\",\"path\":\"/x\",\"stream\":\"off\",\"headers\":{\"Anthropic-Version\":\"1\"},"
		      "\"params\":{\"max_tokens\":5},\"prompt\":\"Hi\"");
	assert_string_equal(scenario->task[0].request.url, "http://h/x");
	assert_string_equal(scenario->task[0].request.body,
			    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":5}");
	assert_string_equal(scenario->task[0].request.header[0], "Anthropic-Version: 1");
	assert_string_equal(scenario->task[0].request.header[1], "Content-Type: application/json");
	assert_null(scenario->task[0].request.header[2]);
	close_all(NULL);
	open_task("", "\"api\":\"anthropic-messages\",\"prompt\":\"Hi\",\"params\":{\"stream\":false}");
	assert_string_equal(scenario->task[0].request.body,
			    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"stream\":false,\"max_tokens\":1024}");
	close_all(NULL);
	open_task("", "\"api\":\"ollama-chat\",\"prompt\":\"Hi\",\"stream\":\"off\"");
	assert_string_equal(scenario->task[0].request.body,
			    "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"stream\":false}");
}

static void websockets(void **state)
{
	(void)state;
	open_task("", "\"api\":\"openai-chat\",\"stream\":\"ws\",\"path\":\"/ws/chat\",\"prompt\":\"Hi\"");
	assert_string_equal(scenario->task[0].request.url, "ws://h/ws/chat");
	assert_string_equal(scenario->task[0].request.method, "GET");
	close_all(NULL);
	open_task("", "\"api\":\"openai-chat\",\"path\":\"wss://other:1/${seq}\",\"prompt\":\"Hi\"");
	assert_true(scenario->task[0].plan.stream == STREAM_WS);
	conversation_begin(talk, 0, 0, 0, &rng);
	assert_string_equal(conversation_next(talk, 3)->url, "wss://other:1/3");
}

static void pointers_of_the_generic_api(void **state)
{
	const struct api_answer *a;

	(void)state;
	open_task("", "\"api\":\"generic\",\"stream\":\"sse\",\"pointers\":{\"text\":\"/r/0\",\"delta\":\"/d\",\"end\":\"/last\"},"
		      "\"request\":{\"json\":{}}");
	a = &scenario->task[0].plan.api->answer;
	assert_string_equal(a->whole[0].pointer, "/r/0");
	assert_null(a->whole[1].pointer);
	assert_string_equal(a->text[0].pointer, "/d");
	assert_string_equal(a->end[0].pointer, "/last");
	assert_true(a->end_required);
	assert_string_equal(scenario->task[0].request.url, "http://h/");
}

/* ---- several turns ---- */

static void a_conversation_is_carried_on(void **state)
{
	(void)state;
	open_task("\"d\":[\"cats\",\"dogs\"]",
		  "\"api\":\"openai-chat\",\"stream\":\"off\",\"messages\":[{\"role\":\"system\",\"content\":\"S\"}],"
		  "\"turns\":[\"About \\\"${d.text}\\\"\",\"More\",\"You said ${turn[0].text} then ${turn[-1].text}\"]");
	assert_int_equal(scenario->task[0].turn_count, 3);
	assert_true(scenario->task[0].plan.keep);
	for (uint64_t session = 0; session < 2; session++) {
		const char *pet = session ? "dogs" : "cats";
		char *expected = xasprintf("{\"messages\":[{\"role\":\"system\",\"content\":\"S\"},"
					   "{\"role\":\"user\",\"content\":\"About \\\"%s\\\"\"}]}", pet);

		conversation_begin(talk, 0, session, 0, &rng);
		assert_true(conversation_goes_on(talk));
		assert_string_equal(next_body(0), expected);
		free(expected);
		hear("One \"\xff\"", "", false);
		assert_true(conversation_goes_on(talk));
		assert_non_null(strstr(next_body(1), "{\"role\":\"assistant\",\"content\":\"One \\\"\xef\xbf\xbd\\\"\"},"
						     "{\"role\":\"user\",\"content\":\"More\"}]}"));
		hear("Two", "", false);
		assert_true(conversation_goes_on(talk));
		assert_non_null(strstr(next_body(2), "\"You said One \\\"\xef\xbf\xbd\\\" then Two\""));
		assert_int_equal(conversation_turn(talk), 2);
		assert_false(conversation_goes_on(talk));
		hear("Three", "", false);
	}
}

/* The prompt's hash at the second turn, after that answer to the row's first one. */
static uint64_t second_hash(uint64_t row, const char *heard)
{
	conversation_begin(talk, 0, row, 0, &rng);
	next_body(0);
	hear(heard, heard, false);
	next_body(0);
	return conversation_hash(talk);
}

/* Half of a later turn's hash is that of what was said, so that it is known to be the same
 * whatever was answered. */
static void what_was_said_is_in_the_hash(void **state)
{
	uint64_t first, again, other, unsaid;

	(void)state;
	open_task("\"d\":[{\"text\":\"x\",\"then\":\"1\"},{\"text\":\"y\",\"then\":\"1\"},{\"text\":\"x\",\"then\":\"2\"}]",
		  "\"api\":\"openai-chat\",\"stream\":\"off\",\"model\":\"m\",\"turns\":[\"About ${d.text}\",\"And ${d.then}\"]");
	first = second_hash(0, "so");
	assert_true(first == second_hash(0, "so"));
	again = second_hash(0, "or so");
	assert_true(first != again);
	assert_true((uint32_t)first == (uint32_t)again);
	other = second_hash(1, "so");
	assert_true((uint32_t)first != (uint32_t)other);
	unsaid = second_hash(2, "so");
	assert_true((uint32_t)first != (uint32_t)unsaid);
}

static void an_api_of_one_text_gets_the_turns_joined(void **state)
{
	(void)state;
	open_task("", "\"api\":\"openai-completions\",\"stream\":\"off\",\"turns\":[\"A\",\"B\"]");
	conversation_begin(talk, 0, 0, 0, &rng);
	assert_string_equal(next_body(0), "{\"prompt\":\"A\"}");
	hear("a\n", "", false);
	assert_string_equal(next_body(1), "{\"prompt\":\"A\\n\\na\\n\\n\\nB\"}");
}

static void turns_of_a_row(void **state)
{
	(void)state;
	open_task("\"c\":[{\"turns\":[\"A \\\"\\\\\", \"] B\"]},{\"turns\":[\"${no}\"]}]",
		  "\"api\":\"openai-chat\",\"stream\":\"off\",\"turns\":\"${c.turns}\"");
	assert_int_equal(scenario->task[0].turn_count, 2);
	assert_int_equal(scenario->task[0].cases, 2);
	conversation_begin(talk, 0, 0, 0, &rng);
	assert_true(conversation_goes_on(talk));
	assert_string_equal(next_body(0), "{\"messages\":[{\"role\":\"user\",\"content\":\"A \\\"\\\\\"}]}");
	hear("x", "", false);
	assert_true(conversation_goes_on(talk));
	assert_non_null(strstr(next_body(1), "\"x\"},{\"role\":\"user\",\"content\":\"] B\"}]}"));
	assert_false(conversation_goes_on(talk));
	hear("y", "", false);
	conversation_begin(talk, 0, 1, 0, &rng);
	assert_string_equal(next_body(2), "{\"messages\":[{\"role\":\"user\",\"content\":\"${no}\"}]}");
	assert_false(conversation_goes_on(talk));
}

static void captures(void **state)
{
	struct answer_report report = {.body = "{}", .body_bytes = 2, .body_total = 2};
	const char *why = NULL;

	(void)state;
	open_task("", "\"api\":\"openai-responses\",\"stream\":\"off\",\"capture\":{\"id\":\"/id\",\"n\":\"/a/1/b~1c\"},"
		      "\"params\":{\"previous\":\"${capture.id}\",\"n\":\"${capture.n}\"},\"turns\":[\"A\",\"B ${capture.n}\"]");
	conversation_begin(talk, 0, 0, 0, &rng);
	assert_non_null(strstr(next_body(0), "\"previous\":null,\"n\":null"));
	hear("", "{\"id\":\"x\\\"y\",\"a\":[0,{\"b/c\":[1, 2]}]}", false);
	assert_non_null(strstr(next_body(1), "\"previous\":\"x\\\"y\",\"n\":[1, 2]"));
	conversation_begin(talk, 0, 1, 0, &rng);
	assert_non_null(strstr(next_body(2), "\"previous\":null,\"n\":null"));
	assert_int_equal(conversation_heard(talk, &report, &why), -1);
	assert_string_equal(why, "the answer has nothing where a capture points");
	report.body = "no";
	assert_int_equal(conversation_heard(talk, &report, &why), -1);
	assert_string_equal(why, "the answer is not JSON: nothing to capture");
	report.body_total = 70000;
	assert_int_equal(conversation_heard(talk, &report, &why), -1);
	assert_string_equal(why, "the answer is too long to capture from");
	/* A streamed answer's text is what is looked at. */
	report = (struct answer_report){.text = "{\"id\":1,\"a\":[0,{\"b/c\":2}]}", .streamed = true};
	report.text_bytes = report.text_total = strlen(report.text);
	assert_int_equal(conversation_heard(talk, &report, &why), 0);
}

/* ---- the same again ---- */

static void write_exchanges(char **out, size_t *bytes)
{
	size_t room = 1 << 20;

	*out = xmalloc(room);
	*bytes = 0;
	open_task("\"s\":{\"rows\":[\"a\",\"b\",\"c\",\"d\",\"e\"],\"order\":\"shuffled\"},"
		  "\"r\":{\"rows\":[\"1\",\"2\",\"3\"],\"order\":\"random\"}",
		  "\"api\":\"openai-chat\",\"headers\":{\"X\":\"${uuid}\"},\"path\":\"/${uuid}\","
		  "\"turns\":[\"${s.text}${r.text}${seq}\",\"${uuid} ${turn[-1].text}\"]");
	scenario_seed(scenario, 42);
	for (uint64_t session = 0, seq = 0; session < 100; session++) {
		conversation_begin(talk, 0, session, 0, &rng);
		do {
			const struct http_variant *v = conversation_next(talk, seq++);

			*bytes += (size_t)snprintf(*out + *bytes, room - *bytes, "%s %s %s\n", v->url,
						   v->header[0], v->body);
			hear(seq % 3 ? "yes" : "no", "", false);
		} while (conversation_goes_on(talk));
	}
	close_all(NULL);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
	char *first, *again;
	size_t n, m;

	(void)state;
	write_exchanges(&first, &n);
	write_exchanges(&again, &m);
	assert_int_equal(n, m);
	assert_memory_equal(first, again, n);
	free(first);
	free(again);
}

/* After the first rounds nothing of ours grows any more. */
static void warm_conversations_allocate_nothing(void **state)
{
	size_t before = 0;

	(void)state;
	open_task("\"d\":[{\"text\":\"one \\\"x\\\"\",\"n\":5},{\"text\":\"a longer one\",\"n\":[1,2]}],"
		  "\"t\":[{\"hash_ids\":[1,2],\"input_length\":600}]",
		  "\"api\":\"openai-chat\",\"headers\":{\"X\":\"${uuid}\"},\"path\":\"/${d.text}\","
		  "\"params\":{\"n\":\"${d.n}\"},\"turns\":[\"${d.text} ${t.text}\",\"${turn[-1].text}\"]");
	for (uint64_t session = 0; session < 50; session++) {
		if (session == 10)
			before = mallinfo2().uordblks;
		conversation_begin(talk, 0, session, 0, &rng);
		do {
			conversation_next(talk, session);
			hear("an answer", "", false);
		} while (conversation_goes_on(talk));
	}
	assert_int_equal(mallinfo2().uordblks, before);
}

static void a_uuid_is_one(void **state)
{
	const char *body;

	(void)state;
	open_task("", "\"request\":{\"body\":\"${uuid}\"}");
	for (int i = 0; i < 100; i++) {
		conversation_begin(talk, 0, 0, 0, &rng);
		body = next_body(0);
		assert_int_equal(strlen(body), 36);
		assert_int_equal(strspn(body, "0123456789abcdef-"), 36);
		assert_int_equal(body[14], '4');
		assert_non_null(strchr("89ab", body[19]));
		assert_int_equal(body[8], '-');
		assert_int_equal(body[23], '-');
	}
}

int main(void)
{
#define test(f) cmocka_unit_test_teardown(f, close_all)
	const struct CMUnitTest tests[] = {
		test(a_fixed_request_is_sent_as_it_is),
		test(templates_in_every_place),
		test(only_what_differs_is_in_the_variant),
		test(values_keep_their_kind),
		test(escapes_at_every_place),
		test(environment_is_resolved_once),
		test(an_api_makes_the_request),
		test(params_count_more_than_the_row),
		test(websockets),
		test(pointers_of_the_generic_api),
		test(a_conversation_is_carried_on),
		test(what_was_said_is_in_the_hash),
		test(an_api_of_one_text_gets_the_turns_joined),
		test(turns_of_a_row),
		test(captures),
		test(the_same_seed_gives_the_same_bytes),
		test(warm_conversations_allocate_nothing),
		test(a_uuid_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
