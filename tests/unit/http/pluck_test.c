#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>
#include <cmocka.h>

#include "../../../src/http/pluck.h"
#include "base/mem.h"
#include "base/rng.h"

static struct pluck_hits hits;

/* Scans a copy with nothing behind it. */
static int scan(const struct pluck *pluck, const char *json, size_t bytes, char **copy)
{
	*copy = malloc(bytes ? bytes : 1);
	memcpy(*copy, json, bytes);
	return pluck_scan(pluck, *copy, bytes, &hits);
}

static const char *const kinds[] = {"null", "false", "true", "number", "string", "array", "object"};

/* "kind text" of each hit, joined by "; ". */
static void hits_are(const char *pointer, const char *json, const char *expected)
{
	struct pluck *pluck = pluck_new();
	char seen[1024] = "", *copy;

	assert_int_equal(pluck_add(pluck, pointer), 0);
	int bad = scan(pluck, json, strlen(json), &copy);

	for (uint32_t i = 0; i < hits.count; i++)
		snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%s%s %.*s", i ? "; " : "",
			 kinds[hits.hit[i].kind], (int)hits.hit[i].bytes, hits.hit[i].at);
	if (bad)
		strcat(seen, " bad");
	if (strcmp(seen, expected) != 0)
		fail_msg("%s of %s\nexpected %s\nseen     %s", pointer, json, expected, seen);
	free(copy);
	pluck_free(pluck);
}

static void values_by_pointer(void **state)
{
	static const struct {
		const char *pointer, *json, *expected;
	} cases[] = {
		{"", "  {\"a\" : 1 } ", "object {\"a\" : 1 }"},
		{"", "-1.5e+3", "number -1.5e+3"},
		{"", "\"\"", "string "},
		{"/a", "{\"a\":\"x\",\"b\":\"y\"}", "string x"},
		{"/a", "{ \"b\" : [ { \"a\" : 1 } ] , \"a\" : null }", "null null"},
		{"/a/b", "{\"a\":{\"b\":true}}", "true true"},
		{"/a/b", "{\"a\":[1]}", ""},
		{"/a/b", "{\"a\":\"b\"}", ""},
		{"/a/0", "{\"a\":[false,1]}", "false false"},
		{"/a/1", "{\"a\":[ 0 , [ ] ]}", "array [ ]"},
		{"/a/1", "{\"a\":{\"1\":7}}", "number 7"},
		{"/a/01", "{\"a\":[1,2]}", ""},
		{"/a/2", "{\"a\":[1,2]}", ""},
		{"/", "{\"\":3}", "number 3"},
		{"/a~1b", "{\"a/b\":3}", "number 3"},
		{"/m~0n", "{\"m~n\":3}", "number 3"},
		{"/~01", "{\"~1\":3}", "number 3"},
		{"/c%d", "{\"c%d\":3}", "number 3"},
		{"/k\"l", "{\"k\\\"l\":3}", "number 3"},
		{"/\xc3\xa9", "{\"\\u00e9\":3}", "number 3"},
		{"/a", "{\"a\":\"\\\\\"}", "string \\\\"},
		{"/a", "{\"a\":\"\\\"}\",\"b\":2}", "string \\\"}"},
		{"/a", "{\"b\":\"]}\\\"\",\"a\":2}", "number 2"},
		{"/a", "{\"b\":[[{\"x\":\"]\"}]],\"a\":2}", "number 2"},
		{"/a", "{\"a\":1,\"a\":2}", "number 1; number 2"},
		{"/-", "[1,\"2\",{}]", "number 1; string 2; object {}"},
		{"/-", "{\"-\":1}", "number 1"},
		{"/a/-/b", "{\"a\":[{\"b\":1},{\"c\":2},3,{\"b\":4}]}", "number 1; number 4"},
		{"/-/-", "[[1,2],[],[3]]", "number 1; number 2; number 3"},
		/* What is broken is said; what was there before it is kept. */
		{"/a", "", " bad"},
		{"/a", "{", " bad"},
		{"/a", "{\"a", " bad"},
		{"/a", "{\"a\"", " bad"},
		{"/a", "{\"a\":", " bad"},
		{"/a", "{\"a\":\"x", " bad"},
		{"/a", "{\"a\":\"x\\", " bad"},
		{"/a", "{\"a\":1", "number 1 bad"},
		{"/a", "{\"a\":1,", "number 1 bad"},
		{"/a", "{\"a\":1}}", "number 1 bad"},
		{"/a", "{\"a\":1} x", "number 1 bad"},
		{"/a", "{\"b\":{\"c\":1,\"a\":2}", " bad"},
		{"/a", "{\"a\" 1}", " bad"},
		{"/a", "{\"a\":}", " bad"},
		{"/a", "{a:1}", " bad"},
		{"/a", "{\"a\":x}", " bad"},
		{"/a/b", "{\"a\":{}", " bad"},
		{"/a/0", "{\"a\":[", " bad"},
		{"/a/0", "{\"a\":[1", "number 1 bad"},
		{"/a", "Internal Server Error", " bad"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		hits_are(cases[i].pointer, cases[i].json, cases[i].expected);
}

static void a_nul_is_no_value(void **state)
{
	struct pluck *pluck = pluck_new();
	char *copy;

	(void)state;
	pluck_add(pluck, "/a");
	assert_int_equal(scan(pluck, "{\"a\":\0}", 7, &copy), -1);
	assert_int_equal(hits.count, 0);
	free(copy);
	pluck_free(pluck);
}

static void the_same_pointer_is_one_slot(void **state)
{
	struct pluck *pluck = pluck_new();
	char name[16], deep[64] = "";

	(void)state;
	assert_int_equal(pluck_add(pluck, "/a"), 0);
	assert_int_equal(pluck_add(pluck, "/a/b"), 1);
	assert_int_equal(pluck_add(pluck, "/a"), 0);
	assert_int_equal(pluck_add(pluck, "a"), -1);
	assert_int_equal(pluck_add(pluck, "/a~"), -1);
	assert_int_equal(pluck_add(pluck, "/a~2"), -1);
	for (int i = 0; i <= PLUCK_DEPTH; i++)
		strcat(deep, "/x");
	assert_int_equal(pluck_add(pluck, deep), -1);
	deep[2 * PLUCK_DEPTH] = '\0';
	assert_int_equal(pluck_add(pluck, deep), 2);
	for (int i = 3; i < PLUCK_SLOTS; i++) {
		snprintf(name, sizeof name, "/n%d", i);
		assert_int_equal(pluck_add(pluck, name), i);
	}
	assert_int_equal(pluck_add(pluck, "/more"), -1);
	assert_int_equal(pluck_add(pluck, "/a/b"), 1);
	pluck_free(pluck);
}

static void an_index_and_every_element(void **state)
{
	struct pluck *pluck = pluck_new();
	char *copy;

	(void)state;
	assert_int_equal(pluck_add(pluck, "/a/1/x"), 0);
	assert_int_equal(pluck_add(pluck, "/a/-/x"), 1);
	assert_int_equal(pluck_add(pluck, "/a/-/y"), 2);
	assert_int_equal(scan(pluck, "{\"a\":[{\"x\":1,\"y\":2},{\"y\":3,\"x\":4}]}", 35, &copy), 0);
	assert_int_equal(hits.count, 5);
	uint32_t first = hits.hit[0].element, second = 0;

	assert_int_equal(hits.hit[1].element, first);
	for (int i = 2; i < 5; i++)
		if (hits.hit[i].slot == 0) {
			assert_int_equal(hits.hit[i].element, 0);
			assert_false(hits.hit[i].repeated);
		} else {
			assert_true(hits.hit[i].repeated);
			assert_true(!second || hits.hit[i].element == second);
			second = hits.hit[i].element;
		}
	assert_true(first && second && first != second);
	free(copy);
	pluck_free(pluck);
}

static void many_elements_leave_place_for_the_rest(void **state)
{
	struct pluck *pluck = pluck_new();
	char json[8192] = "{\"a\":[";

	(void)state;
	assert_int_equal(pluck_add(pluck, "/a/-"), 0);
	assert_int_equal(pluck_add(pluck, "/usage"), 1);
	for (int i = 0; i < 1000; i++)
		strcat(json, i ? ",1" : "1");
	strcat(json, "],\"usage\":5}");
	assert_int_equal(pluck_scan(pluck, json, strlen(json), &hits), 0);
	assert_int_equal(hits.count, PLUCK_REPEATED + 1);
	assert_int_equal(hits.hit[PLUCK_REPEATED].slot, 1);
	pluck_free(pluck);
}

/* However deep it is nested, in what is asked for or not: no deep stack. */
static void deep_nesting(void **state)
{
	enum { DEEP = 1 << 20 };
	char *json = malloc(2 * DEEP + 32);
	struct pluck *pluck = pluck_new();
	size_t n;

	(void)state;
	pluck_add(pluck, "/0/0/a");
	memset(json, '[', DEEP);
	memset(json + DEEP, ']', DEEP);
	assert_int_equal(pluck_scan(pluck, json, 2 * DEEP, &hits), 0);
	assert_int_equal(pluck_scan(pluck, json, 2 * DEEP - 1, &hits), -1);
	n = (size_t)sprintf(json, "[[{\"a\":");
	memset(json + n, '[', DEEP);
	assert_int_equal(pluck_scan(pluck, json, n + DEEP, &hits), -1);
	pluck_free(pluck);
	free(json);
}

static void what_says_something(void **state)
{
	static const struct {
		const char *json;
		bool says;
		int64_t count;
	} cases[] = {
		{"null", false, -1},   {"false", false, -1},  {"true", true, -1},
		{"0", false, 0},       {"7", true, 7},	      {"-1", true, -1},
		{"12.0", true, 12},    {"12.9", true, 12},    {"1e3", true, -1},
		{"1.5e3", true, -1},   {"-", true, -1},	      {"\"\"", false, -1},
		{"\"0\"", true, -1},   {"[]", false, -1},     {"[ \n]", false, -1},
		{"[0]", true, -1},     {"{}", false, -1},     {"{\"a\":0}", true, -1},
		{"9007199254740992", true, INT64_C(9007199254740992)},
		{"9007199254740993", true, -1},
		{"99999999999999999999999999", true, -1},
	};
	struct pluck *pluck = pluck_new();

	(void)state;
	pluck_add(pluck, "");
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		assert_int_equal(pluck_scan(pluck, cases[i].json, strlen(cases[i].json), &hits), 0);
		assert_int_equal(hits.count, 1);
		if (pluck_says(&hits.hit[0]) != cases[i].says ||
		    pluck_count(&hits.hit[0]) != cases[i].count)
			fail_msg("%s: %d %lld", cases[i].json, pluck_says(&hits.hit[0]),
				 (long long)pluck_count(&hits.hit[0]));
	}
	pluck_free(pluck);
}

#define FFFD "\xef\xbf\xbd"

static void texts_are_decoded(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"", ""},
		{"plain \xc3\xa9", "plain \xc3\xa9"},
		{"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
		{"a\\u0041\\u00e9\\u20AC\\ud83d\\ude00z", "aA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"},
		{"\\ud83d", FFFD},
		{"\\ud83dx", FFFD "x"},
		{"\\ud83d\\n", FFFD "\n"},
		{"\\ud83d\\u0041", FFFD "A"},
		{"\\ude00\\ud83d", FFFD FFFD},
		{"\\ud83d\\ud83d\\ude00", FFFD "\xf0\x9f\x98\x80"},
		{"\\u12", FFFD "12"},
		{"\\u12g4", FFFD "12g4"},
		{"\\u", FFFD},
		{"\\x41", FFFD "41"},
		{"\\", FFFD},
		{"\xff\\n", "\xff\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = strlen(cases[i].in), all = strlen(cases[i].out), written;
		char *in = malloc(n ? n : 1), out[64];

		memcpy(in, cases[i].in, n);
		assert_int_equal(pluck_text(in, n, NULL, 0, NULL), all);
		assert_int_equal(pluck_text(in, n, out, sizeof out, &written), all);
		assert_int_equal(written, all);
		assert_memory_equal(out, cases[i].out, all);
		/* In less room: a beginning, and of whole code points only. */
		for (size_t room = 0; room < all; room++) {
			char *less = malloc(room ? room : 1);

			assert_int_equal(pluck_text(in, n, less, room, &written), all);
			assert_true(written <= room);
			assert_memory_equal(less, cases[i].out, written);
			assert_int_not_equal((unsigned char)cases[i].out[written] & 0xc0, 0x80);
			free(less);
		}
		free(in);
	}
}

/* --- beside cJSON, on random texts --- */

static struct rng rng;
static char json[1 << 16];
static size_t json_bytes;

static void emit(const char *text)
{
	size_t n = strlen(text);

	assert_true(json_bytes + n < sizeof json);
	memcpy(json + json_bytes, text, n + 1);
	json_bytes += n;
}

static void emit_space(void)
{
	static const char *const space[] = {"", "", "", " ", "\n", "\t \r\n"};

	emit(space[rng_below(&rng, 6)]);
}

static void emit_string(const char *prefix)
{
	static const char *const part[] = {
		"a", "bc", "long enough for two words", "\\n", "\\\"", "\\\\", "/", "\\/", "~", "~1",
		"\xc3\xa9", "\\u00e9", "\\ud83d\\ude00", "}", "]", ",", ":", " ", "0", "-", "\\t",
		"\xe2\x82\xac", "{", "[",
	};

	emit("\"");
	emit(prefix);
	for (uint64_t n = rng_below(&rng, 5); n; n--)
		emit(part[rng_below(&rng, sizeof part / sizeof *part)]);
	emit("\"");
}

#define DEEPEST 5

static void emit_value(int depth)
{
	static const char *const scalar[] = {"null", "true", "false", "0", "-1", "12.25", "1e2", "77"};
	uint64_t kind = depth == DEEPEST ? 2 + rng_below(&rng, 2) : rng_below(&rng, depth ? 4 : 2);
	char prefix[16];

	if (kind == 0) {
		emit(scalar[rng_below(&rng, 8)]);
	} else if (kind == 1) {
		emit_string("");
	} else {
		uint64_t n = rng_below(&rng, 5);

		emit(kind == 2 ? "[" : "{");
		emit_space();
		for (uint64_t i = 0; i < n; i++) {
			if (i) {
				emit(",");
				emit_space();
			}
			if (kind == 3) {
				/* No two members alike: what then counts is open. */
				snprintf(prefix, sizeof prefix, i ? "%d" : "", (int)i);
				emit_string(prefix);
				emit_space();
				emit(":");
				emit_space();
			}
			emit_value(depth - 1);
			emit_space();
		}
		emit(kind == 2 ? "]" : "}");
	}
}

static struct {
	const cJSON *value;
	char *pointer;
} asked[PLUCK_SLOTS];
static int asked_count;

/* Every value of the tree, up to PLUCK_SLOTS. */
static void ask(const cJSON *value, const char *pointer)
{
	const cJSON *child;
	int index = 0;

	if (asked_count == PLUCK_SLOTS)
		return;
	asked[asked_count].value = value;
	asked[asked_count++].pointer = xstrdup(pointer);
	cJSON_ArrayForEach(child, value) {
		char *next, token[512] = "";

		if (cJSON_IsArray(value))
			snprintf(token, sizeof token, "%d", index++);
		else
			for (const char *c = child->string; *c; c++)
				snprintf(token + strlen(token), 3, "%s",
					 *c == '~'   ? "~0"
					 : *c == '/' ? "~1"
						     : (char[]){*c, '\0'});
		next = xasprintf("%s/%s", pointer, token);
		ask(child, next);
		free(next);
	}
}

static void compare(const struct pluck_hit *hit, const cJSON *value)
{
	char text[4096];
	size_t written;
	cJSON *again;

	switch (hit->kind) {
	case PLUCK_NULL:
		assert_true(cJSON_IsNull(value));
		break;
	case PLUCK_FALSE:
		assert_true(cJSON_IsFalse(value));
		break;
	case PLUCK_TRUE:
		assert_true(cJSON_IsTrue(value));
		break;
	case PLUCK_NUMBER:
		assert_true(cJSON_IsNumber(value));
		assert_true(strtod(hit->at, NULL) == value->valuedouble);
		break;
	case PLUCK_STRING:
		assert_true(cJSON_IsString(value));
		assert_int_equal(hit->escaped, memchr(hit->at, '\\', hit->bytes) != NULL);
		pluck_text(hit->at, hit->bytes, text, sizeof text - 1, &written);
		text[written] = '\0';
		assert_string_equal(text, value->valuestring);
		break;
	default:
		assert_int_equal(hit->kind == PLUCK_ARRAY, cJSON_IsArray(value));
		again = cJSON_ParseWithLength(hit->at, hit->bytes);
		assert_true(cJSON_Compare(again, value, true));
		cJSON_Delete(again);
	}
}

/* Names a member "-", which in a pointer stands for elements too. */
static bool has_dash(const char *pointer)
{
	size_t n = strlen(pointer);

	return strstr(pointer, "/-/") || (n >= 2 && !strcmp(pointer + n - 2, "/-"));
}

static void as_cjson_reads_it(void **state)
{
	int compared = 0;

	(void)state;
	rng_seed(&rng, 42, 0);
	for (int round = 0; round < 3000; round++) {
		struct pluck *pluck = pluck_new();
		int found = 0;

		json_bytes = 0;
		emit_space();
		emit_value(DEEPEST);
		emit_space();
		cJSON *tree = cJSON_ParseWithLength(json, json_bytes);

		assert_non_null(tree);
		asked_count = 0;
		ask(tree, "");
		for (int i = 0; i < asked_count; i++)
			assert_int_equal(pluck_add(pluck, asked[i].pointer), i);
		assert_int_equal(pluck_scan(pluck, json, json_bytes, &hits), 0);
		for (int i = 0; i < asked_count; i++)
			found -= !has_dash(asked[i].pointer);
		for (uint32_t i = 0; i < hits.count; i++) {
			if (hits.hit[i].repeated)
				continue;
			compare(&hits.hit[i], asked[hits.hit[i].slot].value);
			found++;
			compared++;
		}
		assert_int_equal(found, 0);
		for (int cuts = 0; cuts < 20; cuts++) {
			char *copy;
			size_t n = (size_t)rng_below(&rng, json_bytes);

			/* Only the white space after it may be missing. */
			assert_true(scan(pluck, json, n, &copy) < 0 || strchr(" \n\t\r", json[n]));
			free(copy);
		}
		for (int i = 0; i < asked_count; i++)
			free(asked[i].pointer);
		cJSON_Delete(tree);
		pluck_free(pluck);
	}
	assert_true(compared > 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_by_pointer),
		cmocka_unit_test(a_nul_is_no_value),
		cmocka_unit_test(the_same_pointer_is_one_slot),
		cmocka_unit_test(an_index_and_every_element),
		cmocka_unit_test(many_elements_leave_place_for_the_rest),
		cmocka_unit_test(deep_nesting),
		cmocka_unit_test(what_says_something),
		cmocka_unit_test(texts_are_decoded),
		cmocka_unit_test(as_cjson_reads_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
