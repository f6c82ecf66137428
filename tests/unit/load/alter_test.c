/* Requests as a micro-experiment sends them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "load/alter.h"

static struct buf out;

static void limit(const char *body, const char *want)
{
	size_t at = 0, digits = 0;
	bool there = alter_finds_limit(body, strlen(body), &at, &digits);

	alter_body(&(struct alteration){.max_tokens = 7}, 1, body, strlen(body), &out);
	assert_string_equal(out.at, want);
	assert_int_equal(out.used, strlen(want));
	assert_int_equal(there, strcmp(body, want) != 0);
}

static void limits(void **state)
{
	(void)state;
	limit("{\"max_tokens\":128,\"x\":1}", "{\"max_tokens\":7,\"x\":1}");
	limit("{\"a\": [1, {\"max_tokens\": 3}], \"max_completion_tokens\" : 64}",
	      "{\"a\": [1, {\"max_tokens\": 3}], \"max_completion_tokens\" : 7}");
	limit("{\"options\":{\"num_predict\":5}}", "{\"options\":{\"num_predict\":7}}");
	limit("{\"max_output_tokens\":1}", "{\"max_output_tokens\":7}");
	/* Not there, not a member, not a number, or a text that only looks like it. */
	limit("{\"tokens\":128}", "{\"tokens\":128}");
	limit("{\"a\":{\"b\":{\"max_tokens\":128}}}", "{\"a\":{\"b\":{\"max_tokens\":128}}}");
	limit("{\"max_tokens\":\"128\"}", "{\"max_tokens\":\"128\"}");
	limit("{\"max_tokens\":null}", "{\"max_tokens\":null}");
	limit("{\"t\":\"\\\"max_tokens\\\":128\"}", "{\"t\":\"\\\"max_tokens\\\":128\"}");
	limit("max_tokens=128", "max_tokens=128");
	limit("", "");
}

static void prompt(const char *before, const char *behind, bool there)
{
	char body[256];
	const struct alteration a = {.unique = true, .padding = 2};

	snprintf(body, sizeof body, "%s%s", before, behind);
	alter_body(&a, 0xabc, body, strlen(body), &out);
	if (!there) {
		assert_string_equal(out.at, body);
		return;
	}
	assert_memory_equal(out.at, before, strlen(before));
	assert_memory_equal(out.at + strlen(before), "0000000000000abc ", 17);
	assert_string_equal(out.at + out.used - strlen(behind), behind);
	/* Two words. */
	assert_true(out.used > strlen(body) + 17 + 2 && out.used <= strlen(body) + 17 + 10);
}

static void prompts(void **state)
{
	char first[256];

	(void)state;
	prompt("{\"messages\":[{\"role\":\"user\",\"content\":\"", "hi\"},{\"content\":\"x\"}]}", true);
	prompt("{\"messages\":[{\"content\": [{\"type\":\"text\",\"text\" : \"", "hi\"}]}]}", true);
	prompt("{\"model\":\"prompt\",\"prompt\":\"", "hi\"}", true);
	prompt("{\"prompt\":[\"", "a\",\"b\"]}", true);
	prompt("{\"input\":\"", "\"}", true);
	prompt("{\"a\":{\"prompt\":\"x\"}}", "", false);
	prompt("{\"prompt\":5}", "", false);
	prompt("{\"messages\":[]}", "", false);
	prompt("prompt=hi", "", false);
	/* Each mark makes another one, the same mark the same. */
	alter_body(&(struct alteration){.unique = true, .padding = 40}, 1, "{\"prompt\":\"\"}", 13, &out);
	snprintf(first, sizeof first, "%.200s", out.at);
	alter_body(&(struct alteration){.unique = true, .padding = 40}, 2, "{\"prompt\":\"\"}", 13, &out);
	assert_string_not_equal(out.at, first);
	alter_body(&(struct alteration){.unique = true, .padding = 40}, 1, "{\"prompt\":\"\"}", 13, &out);
	assert_memory_equal(out.at, first, strlen(first));
}

static void both(void **state)
{
	const struct alteration a = {.unique = true, .max_tokens = 7};
	const char *body = "{\"max_tokens\":12,\"prompt\":\"hi\"}", *other = "{\"prompt\":\"hi\",\"max_tokens\":12}";

	(void)state;
	alter_body(&a, 10, body, strlen(body), &out);
	assert_string_equal(out.at, "{\"max_tokens\":7,\"prompt\":\"000000000000000a hi\"}");
	alter_body(&a, 10, other, strlen(other), &out);
	assert_string_equal(out.at, "{\"prompt\":\"000000000000000a hi\",\"max_tokens\":7}");
}

static void cut_texts(void **state)
{
	static const char whole[] = "{\"m\":[{\"content\":\"a\\\"b\"}],\"max_tokens\":12}";
	size_t at, digits;

	(void)state;
	for (size_t n = 0; n < sizeof whole; n++) {
		alter_finds_limit(whole, n, &at, &digits);
		alter_finds_prompt(whole, n, &at);
		alter_body(&(struct alteration){.max_tokens = 7, .unique = true}, 1, whole, n, &out);
	}
	assert_false(alter_finds_limit("\"\\", 2, &at, &digits));
}

static void nothing_to_alter(void **state)
{
	(void)state;
	assert_false(alteration_any(&(struct alteration){0}));
	alter_body(&(struct alteration){0}, 1, "{\"max_tokens\":9}", 16, &out);
	assert_string_equal(out.at, "{\"max_tokens\":9}");
}

static int done(void **state)
{
	(void)state;
	buf_fini(&out);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits),
		cmocka_unit_test(prompts),
		cmocka_unit_test(both),
		cmocka_unit_test(cut_texts),
		cmocka_unit_test(nothing_to_alter),
	};

	return cmocka_run_group_tests_name("load/alter", tests, NULL, done);
}
