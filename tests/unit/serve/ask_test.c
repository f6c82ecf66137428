/* Bodies: what they ask for, what is refused, which are the same to the cache. */
#include "../../../src/serve/ask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cJSON.h>
#include <cmocka.h>

#include "../../../src/serve/canon.h"

static struct serve_ask ask;
static struct serve_refusal why;

static int read_as(enum serve_ask_kind kind, const char *text)
{
	memset(&why, 0, sizeof why);
	return serve_ask_read(&ask, kind, "/p", text, strlen(text), &why);
}

#define ONE "\"messages\":[{\"role\":\"user\",\"content\":\"12345678\"}]"

static void settings_are_read(void **state)
{
	(void)state;
	assert_int_equal(read_as(SERVE_ASK_CHAT, "{" ONE "}"), 0);
	assert_true(ask.chat);
	assert_false(ask.stream || ask.include_usage || ask.ignore_eos);
	assert_int_equal(ask.max_tokens, -1);
	assert_string_equal(ask.model, "brunt-reference");
	assert_int_equal(ask.turn, 1);
	/* 8 bytes are 2 tokens, and 3 for the message. */
	assert_int_equal(ask.tokens_in, 5);

	assert_int_equal(read_as(SERVE_ASK_CHAT,
				 "{" ONE ",\"model\":\"m\\u00e9\",\"stream\":true,\"n\":1,"
				 "\"stream_options\":{\"include_usage\":true},"
				 "\"max_tokens\":9,\"max_completion_tokens\":7,"
				 "\"min_tokens\":3,\"ignore_eos\":true,\"user\":null}"), 0);
	assert_true(ask.stream && ask.include_usage && ask.ignore_eos);
	assert_int_equal(ask.max_tokens, 7);
	assert_int_equal(ask.min_tokens, 3);
	assert_string_equal(ask.model, "m\xc3\xa9");

	assert_int_equal(read_as(SERVE_ASK_CHAT, "{" ONE ",\"max_tokens\":1e9}"), 0);
	assert_int_equal(ask.max_tokens, SERVE_TOKENS_MAX);
	assert_int_equal(read_as(SERVE_ASK_CHAT, "{" ONE ",\"max_tokens\":null,\"n\":null}"), 0);
	assert_int_equal(ask.max_tokens, -1);
}

static void what_cannot_be_answered_is_named(void **state)
{
	static const struct {
		const char *text, *param;
	} cases[] = {
		{"", NULL},
		{"hello", NULL},
		{"[]", NULL},
		{"{\"a\":1} x", NULL},
		{"{}", "messages"},
		{"{\"messages\":{}}", "messages"},
		{"{\"messages\":[]}", "messages"},
		{"{\"messages\":[1]}", "messages"},
		{"{\"messages\":[{\"content\":\"x\"}]}", "messages"},
		{"{\"messages\":[{\"role\":\"user\",\"content\":5}]}", "messages"},
		{"{" ONE ",\"n\":2}", "n"},
		{"{" ONE ",\"stream\":1}", "stream"},
		{"{" ONE ",\"stream_options\":true}", "stream_options"},
		{"{" ONE ",\"stream_options\":{\"include_usage\":\"yes\"}}", "include_usage"},
		{"{" ONE ",\"max_tokens\":0}", "max_tokens"},
		{"{" ONE ",\"max_tokens\":1.5}", "max_tokens"},
		{"{" ONE ",\"max_completion_tokens\":\"9\"}", "max_completion_tokens"},
		{"{" ONE ",\"min_tokens\":-1}", "min_tokens"},
		{"{" ONE ",\"model\":7}", "model"},
		{"{" ONE ",\"model\":\"\xff\"}", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(read_as(SERVE_ASK_CHAT, cases[i].text), -1);
		assert_true(strlen(why.text) > 5);
		if (cases[i].param)
			assert_string_equal(why.param, cases[i].param);
		else
			assert_null(why.param);
	}
}

static void absurd_nesting_is_refused_and_not_followed(void **state)
{
	enum { DEEP = 200000 };
	char *text = malloc(2 * DEEP + 1);

	(void)state;
	memset(text, '[', DEEP);
	memset(text + DEEP, ']', DEEP);
	text[2 * DEEP] = '\0';
	assert_int_equal(read_as(SERVE_ASK_TASK, text), -1);
	free(text);
	/* Brackets in a string are none. */
	assert_int_equal(read_as(SERVE_ASK_TASK, "\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
						 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
						 "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\""), 0);
}

static void tasks_take_any_json(void **state)
{
	(void)state;
	assert_int_equal(read_as(SERVE_ASK_TASK, "[1, \"abcdefgh\", {\"x\":[\"abc\"]}] \n"), 0);
	assert_false(ask.chat);
	assert_int_equal(ask.tokens_in, 3); /* 11 bytes */
	assert_int_equal(read_as(SERVE_ASK_TASK, "{}"), 0);
	assert_int_equal(ask.tokens_in, 1);
	assert_int_equal(read_as(SERVE_ASK_TASK, "{\"turn\":4,\"stream\":true}"), 0);
	assert_int_equal(ask.turn, 4);
	assert_true(ask.stream);
	assert_int_equal(read_as(SERVE_ASK_TASK, "{\"messages\":[]}"), 0);
	assert_true(ask.chat);
	assert_int_equal(read_as(SERVE_ASK_TASK, "{\"messages\":[{\"role\":\"user\"},"
						 "{\"role\":\"assistant\"},{\"role\":\"user\"}]}"), 0);
	assert_int_equal(ask.turn, 2);
	assert_int_equal(read_as(SERVE_ASK_TASK, "{\"stream\":\"yes\"}"), -1);
}

static void spoken_text_is_a_prompt(void **state)
{
	static const char *const prompts[] = {"Tell me a story", "", "[1", "\"quoted\"", "42"};

	(void)state;
	for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++) {
		assert_int_equal(read_as(SERVE_ASK_SPOKEN, prompts[i]), 0);
		assert_true(ask.chat && ask.stream && ask.include_usage);
		assert_int_equal(ask.tokens_in, 3 + (strlen(prompts[i]) + 3) / 4);
	}
	assert_int_equal(read_as(SERVE_ASK_SPOKEN, "{" ONE "}"), 0);
	assert_true(ask.stream);
	assert_false(ask.include_usage);
	assert_int_equal(read_as(SERVE_ASK_SPOKEN, "{" ONE ",\"stream\":false}"), 0);
	assert_false(ask.stream);
	assert_int_equal(read_as(SERVE_ASK_SPOKEN, "{\"prompt\":\"x\"}"), -1);
}

/* ---- the cache's key ---- */

static void canonical(const char *text, const char *wanted)
{
	cJSON *body = cJSON_Parse(text);
	struct buf out = {0};

	assert_non_null(body);
	serve_canon_text(body, &out);
	buf_terminate(&out);
	assert_string_equal(out.at, wanted);
	buf_fini(&out);
	cJSON_Delete(body);
}

static void canonical_text_is_sorted_and_bare(void **state)
{
	(void)state;
	canonical(" { \"b\" : 1.0 , \"a\" : [ true , null , \"\\u0041\\n\" ] } ",
		  "{\"a\":[true,null,\"A\\n\"],\"b\":1}");
	canonical("{\"t\":0.70,\"s\":-0.0,\"e\":1e2}", "{\"e\":100,\"s\":0,\"t\":0.69999999999999996}");
	canonical("{\"stream\":true,\"user\":\"u\",\"stream_options\":{},\"m\":{\"user\":\"kept\"}}",
		  "{\"m\":{\"user\":\"kept\"}}");
	canonical("{\"B\":1,\"a\":2,\"A\":3,\"\":4}", "{\"\":4,\"A\":3,\"B\":1,\"a\":2}");
	/* Of members with one name the order counts: which of them is meant is not
	 * ours to say. */
	canonical("{\"k\":2,\"j\":0,\"k\":1}", "{\"j\":0,\"k\":2,\"k\":1}");
	canonical("[]", "[]");
	canonical("{}", "{}");
}

static void key(const char *path, const char *text, unsigned char out[SERVE_KEY_BYTES])
{
	assert_int_equal(serve_ask_read(&ask, SERVE_ASK_TASK, path, text, strlen(text), &why), 0);
	memcpy(out, ask.key, SERVE_KEY_BYTES);
}

/* sha256("/p" NUL '{"a":1}'), by sha256sum. */
static void the_key_is_a_sha256(void **state)
{
	static const unsigned char wanted[SERVE_KEY_BYTES] = {
		0x66, 0x83, 0xd6, 0xf8, 0x4d, 0x05, 0xae, 0x54,
		0x63, 0xcd, 0x26, 0x4f, 0x0d, 0x63, 0x84, 0xbc,
		0x8a, 0x72, 0xf0, 0xb6, 0x90, 0xbc, 0x12, 0xae,
		0xcd, 0xec, 0x99, 0x19, 0x2e, 0x12, 0x4a, 0x52,
	};
	unsigned char out[SERVE_KEY_BYTES];

	(void)state;
	key("/p", "{\"a\" : 1.0, \"stream\": false}", out);
	assert_memory_equal(out, wanted, sizeof wanted);
}

static void what_changes_the_answer_changes_the_key(void **state)
{
	static const char base[] = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
	static const char *const others[] = {
		"{\"model\":\"n\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
		"{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"y\"}]}",
		"{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"content\":\"x\"}]}",
		"{\"model\":\"m\",\"temperature\":0.5,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
		"{\"model\":\"m\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
	};
	static const char *const same[] = {
		"{\"messages\":[{\"content\":\"x\",\"role\":\"user\"}],\"model\":\"m\"}",
		"{\"model\":\"m\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}",
		"{\"model\":\"m\",\"user\":\"u7\",\"messages\":[{\"role\":\"user\",\"content\":\"\\u0078\"}]}",
	};
	unsigned char first[SERVE_KEY_BYTES], out[SERVE_KEY_BYTES];

	(void)state;
	key("/p", base, first);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		key("/p", others[i], out);
		assert_memory_not_equal(out, first, sizeof first);
	}
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		key("/p", same[i], out);
		assert_memory_equal(out, first, sizeof first);
	}
	key("/q", base, out);
	assert_memory_not_equal(out, first, sizeof first);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(settings_are_read),
		cmocka_unit_test(what_cannot_be_answered_is_named),
		cmocka_unit_test(absurd_nesting_is_refused_and_not_followed),
		cmocka_unit_test(tasks_take_any_json),
		cmocka_unit_test(spoken_text_is_a_prompt),
		cmocka_unit_test(canonical_text_is_sorted_and_bare),
		cmocka_unit_test(the_key_is_a_sha256),
		cmocka_unit_test(what_changes_the_answer_changes_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
