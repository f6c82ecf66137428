#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/http/ndjson.h"

static char seen[1024];

static void note(const struct line *line)
{
	snprintf(seen + strlen(seen), sizeof seen - strlen(seen), "%.*s;", (int)line->bytes, line->at);
}

static void feed(struct ndjson *n, const char *bytes, size_t length)
{
	char *piece = malloc(length ? length : 1);
	struct line line;

	memcpy(piece, bytes, length);
	ndjson_feed(n, piece, length);
	while (ndjson_next(n, &line))
		note(&line);
	free(piece);
}

static void lines_at_every_split(void **state)
{
	static const struct {
		const char *in, *expected;
		uint64_t skipped;
	} cases[] = {
		{"", "", 0},
		{"{}\n", "{};", 0},
		{"{}", "{};", 0},
		{"{\"a\":1}\r\n[2]\n", "{\"a\":1}\r;[2];", 0},
		{"\n \n\t\r\n{}\n\n\n{}\n  ", "{};{};", 0},
		/* A CR between tokens is white space of JSON's. */
		{"{\r}\n1", "{\r};1;", 0},
		{"0123456789012345\n1\n", "0123456789012345;1;", 0},
		{"01234567890123456\n1\n", "1;", 1},
		{"01234567890123456789012345678901234567890\n\n1", "1;", 1},
		{"1\n01234567890123456", "1;", 1},
	};
	struct ndjson n;

	(void)state;
	ndjson_init(&n, 16);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t bytes = strlen(cases[i].in);

		for (size_t a = 0; a <= bytes; a++)
			for (size_t b = a; b <= bytes; b++) {
				struct line line;

				seen[0] = '\0';
				ndjson_begin(&n);
				feed(&n, cases[i].in, a);
				feed(&n, cases[i].in + a, b - a);
				feed(&n, cases[i].in + b, bytes - b);
				if (ndjson_end(&n, &line))
					note(&line);
				assert_string_equal(seen, cases[i].expected);
				assert_int_equal(n.skipped, cases[i].skipped);
			}
	}
	ndjson_fini(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_at_every_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
