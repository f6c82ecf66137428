/* Whole answers of every API, written by hand: tests/golden/answers/NAME.answer
 * (head: `api:`, `stream:`, `status:` and headers; an empty line; the body) and
 * what is read from them, in NAME.txt. However the body is split, the same must
 * come out. GOLDEN_UPDATE=1 rewrites the texts; look at the difference. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dirent.h>

#include <cmocka.h>

#include "answers.h"
#include "base/mem.h"

#define DIR_OF "tests/golden/answers/"

struct recorded {
	struct answer_plan plan;
	int status;
	char *headers;
	char *body;
	size_t body_bytes;
};

static char *slurp(const char *path, size_t *bytes)
{
	FILE *in = fopen(path, "rb");
	char *text = calloc(1, 1 << 16);

	*bytes = 0;
	if (in) {
		*bytes = fread(text, 1, (1 << 16) - 1, in);
		fclose(in);
	}
	return text;
}

static void read_head_line(struct recorded *r, char *line)
{
	if (!strncmp(line, "api: ", 5)) {
		r->plan.api = api_by_name(line + 5);
		assert_non_null(r->plan.api);
	} else if (!strncmp(line, "stream: ", 8)) {
		assert_true(stream_mode_by_name(line + 8) >= 0);
		r->plan.stream = (enum stream_mode)stream_mode_by_name(line + 8);
	} else if (!strncmp(line, "status: ", 8)) {
		r->status = atoi(line + 8);
	} else {
		strcat(strcat(r->headers, line), "\n");
	}
}

static void recorded_load(struct recorded *r, const char *path)
{
	size_t bytes;
	char *text = slurp(path, &bytes), *line = text, *end;

	*r = (struct recorded){.plan.keep = true, .status = 200, .headers = calloc(1, 4096)};
	for (; (end = strchr(line, '\n')) != NULL && end != line; line = end + 1) {
		*end = '\0';
		read_head_line(r, line);
	}
	assert_non_null(end);
	line++;
	r->body_bytes = bytes - (size_t)(line - text);
	r->body = malloc(r->body_bytes + 1);
	memcpy(r->body, line, r->body_bytes);
	free(text);
}

static void recorded_free(struct recorded *r)
{
	free(r->headers);
	free(r->body);
}

static const char *count(uint32_t n)
{
	static char text[4][16];
	static int next;
	char *out = text[next++ % 4];

	if (n == TOKENS_UNKNOWN)
		return "unknown";
	snprintf(out, sizeof text[0], "%u", n);
	return out;
}

/* All that does not depend on the split. */
static void dump(const struct answer_report *r, bool complete, char *out, size_t room)
{
	static const char *const source[] = {"nowhere", "usage", "events"};
	static const char *const cache[] = {"unknown", "hit", "miss"};
	struct gaps_reader reader;
	int64_t us, gaps = 0;
	int n;

	for (gaps_read(&reader, r->gaps, r->gap_bytes); gaps_next(&reader, &us); gaps++)
		assert_int_equal(us, 0);
	n = snprintf(out, room,
		     "error      %s%s%s\n"
		     "read as    %s%s\n"
		     "events     %u, %lld gaps\n"
		     "times      t1 %lld, to %lld, tn %lld\n"
		     "tokens     in %s, cached %s, out %s from %s\n"
		     "cache      %s\n"
		     "body       %llu bytes\n"
		     "text       %llu bytes\n%.*s\n",
		     error_class_name(r->error), r->message ? ": " : "", r->message ? r->message : "",
		     r->streamed ? "a stream" : "one body", complete ? ", ended by its mark" : "",
		     r->events, (long long)gaps, (long long)r->t1_us, (long long)r->to_us,
		     (long long)r->tn_us, count(r->tokens_in), count(r->cached_tokens),
		     count(r->tokens_out), source[r->token_source], cache[r->cache],
		     (unsigned long long)r->body_total, (unsigned long long)r->text_total,
		     (int)r->text_bytes, r->text ? r->text : "");
	assert_true(n > 0 && (size_t)n < room);
	assert_int_equal(r->text_bytes, r->text_total);
}

/* In pieces that end at `a`, `b` and the end; `each` > 0: of that size. */
static void play(const struct recorded *r, size_t a, size_t b, size_t each, char *out, size_t room)
{
	char engine_message[32];
	struct engine_result engine = {.status = (uint16_t)r->status, .answered = true};
	size_t at = 0;

	exchange_begin(&r->plan, r->status, r->headers);
	while (at < r->body_bytes && !ended) {
		size_t to = each ? at + each : at < a ? a : at < b ? b : r->body_bytes;

		if (to > r->body_bytes)
			to = r->body_bytes;
		piece_of(r->body + at, to - at, 1000);
		at = to;
	}
	/* What follows the end is counted by nobody, but it is there. */
	exchange_report.body_total = 0;
	if (r->status >= 400) {
		snprintf(engine_message, sizeof engine_message, "HTTP %d: the engine's", r->status);
		engine.error = r->status < 500 ? ERROR_HTTP_4XX : ERROR_HTTP_5XX;
		engine.message = engine_message;
	}
	exchange_end(&engine);
	if (ended)
		exchange_report.body_total = r->body_bytes;
	else
		assert_int_equal(exchange_report.body_total, r->body_bytes);
	dump(&exchange_report, ended, out, room);
}

static void same(const char *path, const char *expected, const char *seen, const char *how, size_t at)
{
	if (strcmp(expected, seen) != 0)
		fail_msg("%s, %s %zu:\n%s\nexpected:\n%s", path, how, at, seen, expected);
}

static void check(const char *path)
{
	char *golden_path = xasprintf("%.*s.txt", (int)(strlen(path) - strlen(".answer")), path);
	char whole[4096], seen[4096], *golden;
	struct recorded r;
	size_t bytes;

	recorded_load(&r, path);
	play(&r, 0, 0, 0, whole, sizeof whole);
	for (size_t a = 1; a < r.body_bytes; a++) {
		play(&r, a, a, 0, seen, sizeof seen);
		same(path, whole, seen, "split at", a);
	}
	for (size_t a = 1, step = 1; a < r.body_bytes; a += step++) {
		play(&r, a, a + 1 + a % 13, 0, seen, sizeof seen);
		same(path, whole, seen, "in three, the first to", a);
	}
	for (size_t each = 1; each < 20; each++) {
		play(&r, 0, 0, each, seen, sizeof seen);
		same(path, whole, seen, "in pieces of", each);
	}
	if (getenv("GOLDEN_UPDATE")) {
		FILE *out = fopen(golden_path, "w");

		assert_non_null(out);
		fputs(whole, out);
		fclose(out);
	}
	golden = slurp(golden_path, &bytes);
	same(golden_path, golden, whole, "bytes", r.body_bytes);
	free(golden);
	free(golden_path);
	recorded_free(&r);
}

static int is_answer(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');

	return dot && !strcmp(dot, ".answer");
}

static void answers_at_every_split(void **state)
{
	struct dirent **entry;
	int n = scandir(DIR_OF, &entry, is_answer, alphasort);

	(void)state;
	assert_true(n >= 60);
	for (int i = 0; i < n; i++) {
		char *path = xasprintf(DIR_OF "%s", entry[i]->d_name);

		check(path);
		free(path);
		free(entry[i]);
	}
	free(entry);
	exchange_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_at_every_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
