#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/http/sse.h"

#define LONGEST 64

static char seen[8192];

static void note(const struct sse *sse, const struct sse_event *e)
{
	char line[1024];
	int n = snprintf(line, sizeof line, "%.*s|%.*s|%.*s%s%s;", (int)e->type_bytes, e->type,
			 (int)e->data_bytes, e->data, (int)sse->id_bytes, sse->id,
			 e->unfinished ? "|unfinished" : "", e->cut ? "|cut" : "");

	assert_true(n < (int)sizeof line);
	assert_true(strlen(seen) + (size_t)n < sizeof seen);
	strcat(seen, line);
}

static void feed(struct sse *sse, const char *bytes, size_t length)
{
	struct sse_event e;
	/* Alone in its memory, and gone after it was read. */
	char *piece = malloc(length ? length : 1);

	memcpy(piece, bytes, length);
	sse_feed(sse, piece, length);
	while (sse_next(sse, &e))
		note(sse, &e);
	free(piece);
}

static void end(struct sse *sse)
{
	struct sse_event e;

	if (sse_end(sse, &e))
		note(sse, &e);
	if (sse->retry_ms >= 0)
		snprintf(seen + strlen(seen), 40, "retry %lld;", (long long)sse->retry_ms);
	if (sse->skipped)
		snprintf(seen + strlen(seen), 40, "skipped %llu;", (unsigned long long)sse->skipped);
}

static void check(const char *in, size_t bytes, const char *expected)
{
	if (!strcmp(seen, expected))
		return;
	fail_msg("%.*s\nexpected %s\nseen     %s", (int)bytes, in, expected, seen);
}

/* Whole, byte by byte, in two and in three pieces split anywhere. */
static void events_are(struct sse *sse, const char *in, size_t bytes, const char *expected)
{
	for (size_t a = 0; a <= bytes; a++)
		for (size_t b = a; b <= bytes; b++) {
			seen[0] = '\0';
			sse_begin(sse);
			feed(sse, in, a);
			feed(sse, in + a, b - a);
			feed(sse, in + b, bytes - b);
			end(sse);
			check(in, bytes, expected);
		}
	seen[0] = '\0';
	sse_begin(sse);
	for (size_t i = 0; i < bytes; i++)
		feed(sse, in + i, 1);
	end(sse);
	check(in, bytes, expected);
}

struct golden {
	const char *in;
	const char *expected; /* "type|data|id;" for each event */
	size_t bytes; /* 0: strlen */
};

static void streams(void **state)
{
	static const struct golden cases[] = {
		{"", "", 0},
		{"\n\n\n", "", 0},
		{"data: x\n\n", "|x|;", 0},
		{"data:x\r\rdata:y\r\r", "|x|;|y|;", 0},
		{"data:x\r\n\r\ndata:y\r\n\r\n", "|x|;|y|;", 0},
		{"data:x\n\r\ndata:y\r\n\rdata:z\r\n\n", "|x|;|y|;|z|;", 0},
		{"data:x\r\ndata:y\r\nevent:e\r\n\r\n", "e|x\ny|;", 0},
		{"data:x\rdata:y\r\r\ndata:z\n\r", "|x\ny|;|z|;", 0},
		/* The standard's own examples. */
		{"data: YHOO\ndata: +2\ndata: 10\n\n", "|YHOO\n+2\n10|;", 0},
		{": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event",
		 "|first event|1;|second event|;| third event||unfinished|cut;", 0},
		{"data\n\ndata\ndata\n\ndata:", "||;|\n|;|||unfinished|cut;", 0},
		{"data:test\n\ndata: test\n\n", "|test|;|test|;", 0},
		/* One space, not two, not a tab. */
		{"data:  x\n\ndata:\tx\n\ndata: \n\n", "| x|;|\tx|;||;", 0},
		{"data: a: b : c\n\n", "|a: b : c|;", 0},
		{":\n:data: x\n: \r\n\n", "", 0},
		{"event: add\ndata: 1\n\ndata: 2\n\n", "add|1|;|2|;", 0},
		/* An event without data is none, and its name does not stay. */
		{"event: add\n\ndata: 2\n\n", "|2|;", 0},
		{"event: a\nevent: b\ndata: 2\n\nevent: c\nevent\ndata: 3\n\n", "b|2|;|3|;", 0},
		{"data: 1\nevent: late\n\n", "late|1|;", 0},
		{"id: 5\n\ndata: x\n\nid: 6\ndata: y\n\n", "|x|5;|y|6;", 0},
		{"id: 5\nid: 6\0007\ndata: x\n\n", "|x|5;", 0x17},
		{"retry: 300\n\nretry: 3x\nretry:\nretry: -1\ndata: x\n\n", "|x|;retry 300;", 0},
		{"Data: x\ndatax: y\ndat: z\n data: w\ndata : v\nfoo\nbar:baz\n\n", "", 0},
		{"foo: 1\ndata: x\nbar\n\n", "|x|;", 0},
		/* One byte order mark, at the very beginning. */
		{"\xef\xbb\xbf" "data: x\n\n", "|x|;", 0},
		{"\xef\xbb\xbf\xef\xbb\xbf" "data: x\n\ndata: y\n\n", "|y|;", 0},
		{"\xef\xbb" "data: x\n\ndata: y\n\n", "|y|;", 0},
		{"\xef" "data: x\ndata: y\n\n", "|y|;", 0},
		{"data: x\n\n\xef\xbb\xbf" "data: y\n\n", "|x|;", 0},
		{"data: \xef\xbb\xbf\n\n", "|\xef\xbb\xbf|;", 0},
		/* Ends that lack something. */
		{"data: x\n", "|x||unfinished;", 0},
		{"data: x", "|x||unfinished|cut;", 0},
		{"data: x\r", "|x||unfinished;", 0},
		{"data: [DONE]", "|[DONE]||unfinished|cut;", 0},
		{"data: x\n\ndata: y\nev", "|x|;|y||unfinished|cut;", 0},
		{"data: x\n\nda", "|x|;", 0},
		{"event: x\nid: 3\n", "", 0},
	};
	struct sse sse;

	(void)state;
	sse_init(&sse, LONGEST);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		events_are(&sse, cases[i].in,
			   cases[i].bytes ? cases[i].bytes : strlen(cases[i].in), cases[i].expected);
	sse_fini(&sse);
}

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void too_long_events_are_skipped(void **state)
{
	static const struct golden cases[] = {
		{"data: " SIXTY "0123\n\ndata: y\n\n", "|" SIXTY "0123|;|y|;", 0},
		{"data:" SIXTY "01234\n\ndata: y\n\n", "|y|;skipped 1;", 0},
		{"data: " SIXTY "01234\n\ndata: y\n\n", "|y|;skipped 1;", 0},
		{"data: " SIXTY TEN "\ndata: y\n\ndata: z\n\n", "|z|;skipped 1;", 0},
		{"data: a\ndata: " SIXTY TEN "\ndata: b\n\n", "skipped 1;", 0},
		{"data: " SIXTY "\ndata: 012\n\n", "|" SIXTY "\n012|;", 0},
		{"data: " SIXTY "\ndata: 0123\n\n", "skipped 1;", 0},
		{"data: " SIXTY TEN, "skipped 1;", 0},
		/* Other lines may be as long as they like. */
		{": " SIXTY SIXTY "\n" SIXTY SIXTY ":\ndata: x\n\n", "|x|;", 0},
	};
	struct sse sse;

	(void)state;
	sse_init(&sse, LONGEST);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		events_are(&sse, cases[i].in, strlen(cases[i].in), cases[i].expected);
	sse_fini(&sse);
}

static void long_names_are_cut(void **state)
{
	char in[2 * SSE_NAME + 128], name[SSE_NAME + 41];
	struct sse sse;
	struct sse_event e;

	(void)state;
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	snprintf(in, sizeof in, "event: %s\nid: %s\ndata: x\n\n", name, name);
	sse_init(&sse, 4096);
	sse_feed(&sse, in, strlen(in));
	assert_true(sse_next(&sse, &e));
	assert_int_equal(e.type_bytes, SSE_NAME);
	assert_int_equal(sse.id_bytes, SSE_NAME);
	assert_int_equal(e.data_bytes, 1);
	assert_false(sse_next(&sse, &e));
	sse_fini(&sse);
}

static void a_whole_event_is_not_copied(void **state)
{
	static const char in[] = "event: a\ndata: xyz\nid: 4\n\n";
	struct sse sse;
	struct sse_event e;

	(void)state;
	sse_init(&sse, LONGEST);
	sse_feed(&sse, in, sizeof in - 1);
	assert_true(sse_next(&sse, &e));
	assert_ptr_equal(e.data, in + 15);
	assert_int_equal(sse.data.room, 0);
	assert_int_equal(sse.lines.part.room, 0);
	sse_fini(&sse);
}

static void a_huge_retry_does_not_overflow(void **state)
{
	struct sse sse;
	struct sse_event e;

	(void)state;
	sse_init(&sse, LONGEST);
	sse_feed(&sse, "retry: " SIXTY "\n", 7 + 60 + 1);
	assert_false(sse_next(&sse, &e));
	assert_true(sse.retry_ms > INT64_MAX / 100);
	sse_fini(&sse);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams),
		cmocka_unit_test(too_long_events_are_skipped),
		cmocka_unit_test(long_names_are_cut),
		cmocka_unit_test(a_whole_event_is_not_copied),
		cmocka_unit_test(a_huge_retry_does_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
