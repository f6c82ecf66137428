/* Prometheus' text as servers write it, and what is none. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "http/exposition.h"

/* In memory of exactly its size, so that a sanitizer sees who reads beyond it. */
struct text {
	struct exposition e;
	char *at;
};

static void begin(struct text *t, const char *bytes, size_t count, bool cut)
{
	t->at = malloc(count ? count : 1);
	memcpy(t->at, bytes, count);
	exposition_init(&t->e, t->at, count, cut);
}

static void next_is(struct text *t, const char *name, const char *labels, double value)
{
	struct exposition_sample s;

	assert_true(exposition_next(&t->e, &s));
	assert_int_equal(s.name_bytes, strlen(name));
	assert_memory_equal(s.name, name, s.name_bytes);
	assert_int_equal(s.labels_bytes, strlen(labels));
	assert_memory_equal(s.labels, labels, s.labels_bytes);
	if (isnan(value))
		assert_true(isnan(s.value));
	else
		assert_true(s.value == value);
}

static void ends(struct text *t, bool bad)
{
	struct exposition_sample s;

	assert_false(exposition_next(&t->e, &s));
	assert_int_equal(t->e.bad, bad);
	free(t->at);
}

static void samples_with_all_there_may_be(void **state)
{
	static const char text[] =
		"# HELP a:b_1 What it is, with \\n and \"quotes\".\n"
		"# TYPE a:b_1 gauge\n"
		"a:b_1 3\n"
		"\n"
		"a:b_1{} 4e-1\n"
		"a:b_1{model=\"x\",engine=\"0\"} 5 1395066363000\n"
		"  spaced\t{ a = \"b\" , c=\"d\", }  -6.25  \r\n"
		"escaped{path=\"C:\\\\DIR\\\\FILE\\\"}{\\n\"} NaN\n"
		"up{le=\"+Inf\"} +Inf\n"
		"down -Inf\n"
		"utf8{city=\"Zürich 東京\"} 1\n"
		"x_bucket{le=\"0.5\"} 11 # {trace_id=\"KOO5S4vxi0o\"} 0.67\n"
		"x_count 17.0 1520879607.789 # {id=\"a\"} 1 2\n"
		"last 1";
	struct text t;

	(void)state;
	begin(&t, text, sizeof text - 1, false);
	next_is(&t, "a:b_1", "", 3);
	assert_int_equal(t.e.line, 3);
	next_is(&t, "a:b_1", "", 0.4);
	next_is(&t, "a:b_1", "model=\"x\",engine=\"0\"", 5);
	next_is(&t, "spaced", " a = \"b\" , c=\"d\", ", -6.25);
	next_is(&t, "escaped", "path=\"C:\\\\DIR\\\\FILE\\\"}{\\n\"", NAN);
	next_is(&t, "up", "le=\"+Inf\"", INFINITY);
	next_is(&t, "down", "", -INFINITY);
	next_is(&t, "utf8", "city=\"Zürich 東京\"", 1);
	next_is(&t, "x_bucket", "le=\"0.5\"", 11);
	next_is(&t, "x_count", "", 17);
	next_is(&t, "last", "", 1);
	ends(&t, false);
}

static void openmetrics_ends_with_eof(void **state)
{
	static const char text[] = "a 1\n# EOF\n<html>\n";
	struct text t;

	(void)state;
	begin(&t, text, sizeof text - 1, false);
	next_is(&t, "a", "", 1);
	ends(&t, false);
}

/* A cut answer ends where its last whole line does: 12 might have been 125. */
static void a_cut_line_is_none(void **state)
{
	static const char text[] = "a 1\nb 12";
	struct text t;

	(void)state;
	begin(&t, text, sizeof text - 1, true);
	next_is(&t, "a", "", 1);
	ends(&t, false);
	begin(&t, text, sizeof text - 1, false);
	next_is(&t, "a", "", 1);
	next_is(&t, "b", "", 12);
	ends(&t, false);
	begin(&t, "b 12", 4, true);
	ends(&t, false);
}

static void what_is_none_of_it(void **state)
{
	static const char *const text[] = {
		"<!doctype html>\n", "{\"status\":\"ok\"}\n", "a\n", "a \n", "a 1 2 3\n", "a 1x\n", "a b\n",
		"1a 2\n", "a{b} 1\n", "a{b=\"c} 1\n", "a{b=\"c\"d=\"e\"} 1\n", "a{b=c} 1\n", "a{b=\"c\" 1\n",
		"a{b:c=\"d\"} 1\n", "a{9=\"d\"} 1\n", "a{b=\"c\\", "a{,} 1\n", "a 1 # comment\n", "a{b=\"c\"}\n", "a-b 1\n",
		"a 111111111111111111111111111111111111111111111111111111111111111111\n", "\xff\xfe 1\n",
	};
	struct text t;

	(void)state;
	for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
		begin(&t, text[i], strlen(text[i]), false);
		ends(&t, true);
	}
	begin(&t, "a 1\0 2\n", 7, false);
	ends(&t, true);
	begin(&t, "", 0, false);
	ends(&t, false);
	begin(&t, "a 1\noh no\nb 2\n", 14, false);
	next_is(&t, "a", "", 1);
	ends(&t, true);
	assert_int_equal(t.e.line, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_with_all_there_may_be),
		cmocka_unit_test(openmetrics_ends_with_eof),
		cmocka_unit_test(a_cut_line_is_none),
		cmocka_unit_test(what_is_none_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
