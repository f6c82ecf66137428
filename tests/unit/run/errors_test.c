#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "../../../src/run/message_key.h"
#include "records.h"

static void by_class_code_and_message(void **state)
{
	struct model *m = new_model(2);
	struct snapshot *s = calloc(1, sizeof *s);
	union any_sample x;
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_failure_at(m, 1 * S, 1 * MS, ERROR_HTTP_5XX, 503, "HTTP 503");
	feed_failure_at(m, 2 * S, 1 * MS, ERROR_HTTP_5XX, 502, "HTTP 502");
	feed_failure_at(m, 3 * S, 1 * MS, ERROR_TIMEOUT, 0, "no answer");
	feed_failure_at(m, 4 * S, 1 * MS, ERROR_TIMEOUT, 0, "no byte");
	failure_at(&x, 5 * S, 1 * MS, ERROR_HTTP_5XX, 502, "HTTP 502");
	x.sample.task = 1;
	model_feed(m, &x.sample.rec);
	feed_failure_at(m, 6 * S, 1 * MS, ERROR_HTTP_5XX, 502, "HTTP 502");
	feed_failure_at(m, 7 * S, 1 * MS, ERROR_RESET, 104, "");
	feed_failure_at(m, 7 * S, 1 * MS, ERROR_RESET, 104, "a\033[31mred\n b");
	model_result(m, &r);
	assert_int_equal(r.error_count, 6);
	assert_int_equal(r.error[0].error, ERROR_HTTP_5XX);
	assert_int_equal(r.error[0].code, 502);
	assert_int_equal(r.error[0].count, 3);
	assert_int_equal(r.error[0].first_us, 2 * S);
	assert_int_equal(r.error[0].last_us, 6 * S);
	assert_string_equal(r.error[0].message, "HTTP 502");
	/* Equal counts: in order of appearance. */
	assert_int_equal(r.error[1].code, 503);
	assert_string_equal(r.error[2].message, "no answer");
	assert_string_equal(r.error[3].message, "no byte");
	assert_string_equal(r.error[4].message, error_class_help(ERROR_RESET));
	assert_string_equal(r.error[5].message, "a [31mred b");
	model_snapshot(m, (struct view_query){.task = -1}, s);
	assert_int_equal(s->error_count, 6);
	assert_int_equal(s->error_kinds, 6);
	assert_int_equal(s->error[0].task, -1);
	assert_int_equal(s->error[1].task, 0);
	result_fini(&r);
	free(s);
	model_free(m);
}

/* Which tasks, and the beginning of the first answer that had one, without
 * what a terminal would obey. */
static void tasks_and_excerpts(void **state)
{
	static const char *const excerpt[] = {"", "{\"error\":\x1b[2J\"overloaded\"}\r\n", "later"};
	struct model *m = new_model(3);
	struct snapshot *s = calloc(1, sizeof *s);
	union any_sample x;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 3; i++) {
		failure_at(&x, (i + 1) * S, 1 * MS, ERROR_HTTP_5XX, 503, "HTTP 503");
		x.sample.task = (uint16_t)(i ? 2 : 0);
		x.sample.excerpt_bytes = (uint16_t)strlen(excerpt[i]);
		memcpy(x.sample.text + x.sample.text_bytes, excerpt[i], strlen(excerpt[i]));
		x.sample.rec.bytes = rec_bytes(sizeof x.sample, x.sample.text_bytes + strlen(excerpt[i]));
		model_feed(m, &x.sample.rec);
	}
	feed_failure_at(m, 4 * S, 1 * MS, ERROR_RESET, 0, "reset");
	model_snapshot(m, (struct view_query){.task = -1}, s);
	assert_int_equal(s->error_count, 2);
	assert_string_equal(s->error[0].message, "HTTP 503");
	assert_int_equal(s->error[0].tasks, 1 << 0 | 1 << 2);
	assert_int_equal(s->error[0].task, -1);
	assert_string_equal(s->error[0].excerpt, "{\"error\": [2J\"overloaded\"}");
	assert_int_equal(s->error[1].tasks, 1);
	assert_string_equal(s->error[1].excerpt, "");
	free(s);
	model_free(m);
}

/* A number, a time or an id in a text does not make another error of it. */
static void numbers_and_ids_do_not_matter(void **state)
{
	static const struct {
		const char *text, *key;
	} keys[] = {
		{"", ""},
		{"upstream busy", "upstream busy"},
		{"retry in 37 s, 1,204.5 ms", "retry in # s, # ms"},
		{"request 3f2504e0-4f89-11d3-9a0c-0305e82c3301 failed.", "request # failed."},
		{"deadbeef-dead-beef-dead-beefdeadbeef", "#"},
		{"req_9fa3c1: key 0x7ffe12ab", "req_#: key #"},
		{"chatcmpl-AbC7xYz9QwE expired", "chatcmpl-# expired"},
		{"worker-12/gpu3 at 10:31:07.250", "worker-#/gpu# at #:#:#"},
		{"added facade", "added facade"}, /* hexadecimal, but words */
		{"1.", "#."},
		{"\xc3\xa4 12 \xe9\x9d\xa2", "\xc3\xa4 # \xe9\x9d\xa2"},
	};
	struct model *m = new_model(1);
	struct snapshot *s = calloc(1, sizeof *s);
	char text[REC_TEXT_MAX], *end;
	struct result r;

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		end = text + message_key(keys[i].text, strlen(keys[i].text), text);
		*end = 0;
		assert_string_equal(text, keys[i].key);
	}
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 90; i++) {
		snprintf(text, sizeof text, "503 after %d ms (id %08x-4f89)", i / 3, i * 7919);
		feed_failure_at(m, i * MS, 1 * MS, ERROR_HTTP_5XX, 503, text);
		snprintf(text, sizeof text, "queue length %d", i % 7);
		feed_failure_at(m, i * MS, 1 * MS, ERROR_HTTP_5XX, 503, text);
		/* A check says what was asked for, not what came. */
		snprintf(text, sizeof text, "json \"/score\" min %d", i % 2 * 50);
		feed_failure_at(m, i * MS, 1 * MS, ERROR_CHECK, 0, text);
	}
	feed_failure_at(m, 1 * S, 1 * MS, ERROR_HTTP_5XX, 502, "queue length 1");
	model_snapshot(m, (struct view_query){.task = -1}, s);
	assert_int_equal(s->error_kinds, 5);
	assert_int_equal(s->error[0].count, 90);
	assert_int_equal(s->error[0].alike, SNAP_ALIKE);
	assert_string_equal(s->error[0].message, "503 after 0 ms (id 00000000-4f89)");
	assert_int_equal(s->error[1].alike, 7);
	assert_string_equal(s->error[1].message, "queue length 0");
	assert_int_equal(s->error[2].count, 45);
	assert_int_equal(s->error[2].alike, 1);
	model_result(m, &r);
	assert_int_equal(r.error_count, 5);
	assert_int_equal(r.error[1].alike, 7);
	result_fini(&r);
	free(s);
	model_free(m);
}

static void too_many_kinds(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s = calloc(1, sizeof *s);
	struct result r;
	uint64_t sum = 0;
	int other = 0;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 1000; i++) {
		char text[32];

		snprintf(text, sizeof text, "message %c%c", 'a' + i / 32, 'A' + i % 32);
		feed_failure_at(m, i * MS, 1 * MS, i % 2 ? ERROR_RESET : ERROR_PROTOCOL, 0, text);
		feed_failure_at(m, i * MS, 1 * MS, ERROR_RESET, 0, "message aB");
	}
	model_result(m, &r);
	/* 256 kinds and the two classes' rest. */
	assert_int_equal(r.error_count, 258);
	for (int i = 0; i < r.error_count; i++) {
		sum += r.error[i].count;
		if (!strcmp(r.error[i].message, "other messages")) {
			other++;
			assert_int_equal(r.error[i].count, 372);
			assert_int_equal(r.error[i].last_us,
					 (r.error[i].error == ERROR_RESET ? 999 : 998) * MS);
		}
	}
	assert_int_equal(sum, 2000);
	assert_int_equal(other, 2);
	assert_string_equal(r.error[0].message, "message aB");
	assert_int_equal(r.error[0].count, 1001);
	model_snapshot(m, (struct view_query){.task = -1}, s);
	assert_int_equal(s->error_count, SNAP_ERRORS);
	assert_int_equal(s->error_kinds, 258);
	assert_int_equal(s->error[0].count, 1001);
	result_fini(&r);
	free(s);
	model_free(m);
}

/* The longest message fits; the snapshot's shorter room never cuts a code point. */
static void long_messages(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s = calloc(1, sizeof *s);
	char text[REC_TEXT_MAX + 1];
	struct result r;

	(void)state;
	memset(text, 'x', REC_TEXT_MAX);
	text[REC_TEXT_MAX] = 0;
	for (size_t i = 1; i < REC_TEXT_MAX - 2; i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_failure_at(m, 1 * S, 1 * MS, ERROR_CHECK, 0, text);
	model_result(m, &r);
	assert_string_equal(r.error[0].message, text);
	model_snapshot(m, (struct view_query){.task = -1}, s);
	/* 127 bytes: an x and 63 characters of two bytes. */
	assert_int_equal(strlen(s->error[0].message), 127);
	assert_memory_equal(s->error[0].message, text, 127);
	text[0] = 'a';
	memmove(text + 2, text + 1, 200);
	text[1] = 'b';
	feed_failure_at(m, 1 * S, 1 * MS, ERROR_CHECK, 0, text);
	feed_failure_at(m, 1 * S, 1 * MS, ERROR_CHECK, 0, text);
	model_snapshot(m, (struct view_query){.task = -1}, s);
	assert_int_equal(strlen(s->error[0].message), 126);
	result_fini(&r);
	free(s);
	model_free(m);
}

/* Shown while the load warms up, but the result counts from its end on. */
static void warm_up_errors(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s = calloc(1, sizeof *s);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_WARMUP, 1);
	for (int i = 0; i < 5; i++)
		feed_failure_at(m, i * MS, 1 * MS, ERROR_RESET, 0, "early");
	feed_failure_at(m, 10 * MS, 1 * MS, ERROR_RESET, 0, "always");
	feed_point_at(m, 1 * S, PHASE_LOAD, 1);
	feed_failure_at(m, 2 * S, 1 * MS, ERROR_RESET, 0, "always");
	model_snapshot(m, (struct view_query){.task = -1}, s);
	assert_int_equal(s->error_count, 2);
	assert_string_equal(s->error[0].message, "early");
	assert_int_equal(s->error[1].count, 2);
	model_result(m, &r);
	assert_int_equal(r.error_count, 1);
	assert_string_equal(r.error[0].message, "always");
	assert_int_equal(r.error[0].count, 1);
	assert_int_equal(r.error[0].first_us, 2 * S);
	result_fini(&r);
	free(s);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_class_code_and_message),
		cmocka_unit_test(tasks_and_excerpts),
		cmocka_unit_test(numbers_and_ids_do_not_matter),
		cmocka_unit_test(too_many_kinds),
		cmocka_unit_test(long_messages),
		cmocka_unit_test(warm_up_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
