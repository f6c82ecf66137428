#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <cmocka.h>

#include "base/rng.h"
#include "base/utf8.h"

static bool is_scalar(uint32_t cp)
{
	return cp <= 0x10ffff && !(cp >= 0xd800 && cp < 0xe000);
}

static void every_code_point_there_and_back(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x110010; cp++) {
		char text[4];
		uint32_t back;
		size_t n = utf8_encode(cp, text);

		assert_in_range(n, 1, 4);
		assert_int_equal(utf8_decode(text, n, &back), n);
		/* What is no character becomes the replacement character. */
		assert_int_equal(back, is_scalar(cp) ? cp : 0xfffd);
		/* Cut short it is malformed, and nothing behind it is read. */
		for (size_t cut = 1; cut < n; cut++) {
			char *alone = malloc(cut);

			memcpy(alone, text, cut);
			assert_int_equal(utf8_decode(alone, cut, &back), 1);
			assert_int_equal(back, 0xfffd);
			free(alone);
		}
	}
}

static void malformed(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xbf", "\xff", "\xfe", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80",
		"\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf", "\xed\xa0\x80",
		"\xed\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80",
		"\xe2\x82 ", "\xc3(", "\xf0\x9f\x98\xc3",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		uint32_t cp = 0;

		assert_int_equal(utf8_decode(bad[i], strlen(bad[i]), &cp), 1);
		assert_int_equal(cp, 0xfffd);
	}
}

static void widths(void **state)
{
	static const struct {
		uint32_t cp;
		int width;
	} t[] = {
		{0, -1}, {'\t', -1}, {'\n', -1}, {0x1b, -1}, {0x7f, -1}, {0x9b, -1}, {' ', 1},
		{'a', 1}, {'~', 1}, {0xa0, 1}, {0xb5, 1}, {0xe9, 1}, {0x301, 0}, {0x3b1, 1},
		{0x61c, -1}, {0x94d, 0}, {0x1160, 0}, {0x200b, -1}, {0x202e, -1}, {0x2066, -1},
		{0x2028, -1}, {0x2500, 1}, {0x2588, 1}, {0x25fd, 2}, {0x28ff, 1}, {0x2713, 1},
		{0x2705, 2}, {0x3042, 2}, {0x4e2d, 2}, {0x4dc0, 2}, {0xac00, 2}, {0xd800, -1},
		{0xe000, -1}, {0xfe0f, 0}, {0xfeff, -1}, {0xfffd, 1}, {0x1f600, 2},
		{0x1f3fb, 2}, {0xe0041, -1}, {0x10ffff, -1}, {0x110000, -1}, {0xffffffff, -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		if (utf8_width(t[i].cp) != t[i].width)
			fail_msg("U+%04X has width %d", t[i].cp, utf8_width(t[i].cp));
}

/* The terminal's library goes by wcwidth(). Where both say printable they agree;
 * a C library with a newer Unicode may know a few hundred more characters. */
static void widths_follow_the_c_library(void **state)
{
	int differ = 0;

	(void)state;
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		skip();
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		int theirs = wcwidth((wchar_t)cp), ours = utf8_width(cp);

		differ += theirs >= 0 && ours >= 0 && theirs != ours;
	}
	setlocale(LC_CTYPE, "C");
	assert_in_range(differ, 0, 300);
}

static void assert_clean(const char *in, size_t bytes, const char *want)
{
	char out[256];

	assert_string_equal(utf8_clean(in, bytes, out, sizeof out), want);
}
#define CLEAN(in, want) assert_clean(in, sizeof in - 1, want)

static void clean_lines(void **state)
{
	(void)state;
	CLEAN("", "");
	CLEAN("plain", "plain");
	CLEAN("  two \t\r\n lines \n", "two lines");
	CLEAN("a\0b", "a b");
	CLEAN("\x1b[31mred\x1b[0m", "[31mred [0m");
	CLEAN("\x1b]0;title\x07", "]0;title");
	CLEAN("\xc2\x9b" "31m", "31m"); /* CSI as one character */
	CLEAN("\x9b" "31m", "?31m");    /* and as one byte */
	CLEAN("caf\xc3\xa9 \xe2\x82\xac", "caf\xc3\xa9 \xe2\x82\xac");
	CLEAN("x\xc3", "x?");
	CLEAN("x\xc3(", "x?(");
	CLEAN("\xed\xa0\x80", "???");
	CLEAN("abc\xe2\x80\xae" "fed", "abc fed"); /* right-to-left override */
	CLEAN("a\xe2\x80\x8b" "b", "a b");
	CLEAN("\xef\xbf\xbd", "\xef\xbf\xbd");
	CLEAN("\xf3\xa0\x81\x81z", "z");
}

static void clean_never_cuts_a_character(void **state)
{
	static const char in[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
	static const size_t ends[] = {0, 1, 3, 6, 10, 11};

	(void)state;
	for (size_t room = 1; room <= sizeof in; room++) {
		char out[sizeof in + 1];
		size_t want = 0;

		memset(out, '#', sizeof out);
		for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
			if (ends[i] < room)
				want = ends[i];
		assert_ptr_equal(utf8_clean(in, sizeof in - 1, out, room), out);
		assert_int_equal(strlen(out), want);
		assert_memory_equal(out, in, want);
		assert_int_equal(out[room], '#');
	}
	char none = '#';
	utf8_clean(in, sizeof in - 1, &none, 0);
	assert_int_equal(none, '#');
}

/* Whatever comes in: one line of printable, well-formed text that fits. */
static void clean_survives_anything(void **state)
{
	static const char nasty[] = "\xe2\x80\xae\x1b \xf0\x9f\xc3";
	struct rng rng;

	(void)state;
	rng_seed(&rng, 11, 0);
	for (int round = 0; round < 20000; round++) {
		size_t bytes = rng_below(&rng, 64), room = 1 + rng_below(&rng, 70);
		char *in = malloc(bytes + 1), *out = malloc(room);
		uint64_t kind = rng_below(&rng, 3);

		for (size_t i = 0; i < bytes; i++)
			if (kind == 0)
				in[i] = (char)rng_below(&rng, 256);
			else if (kind == 1)
				in[i] = (char)(0x80 + rng_below(&rng, 128));
			else
				in[i] = nasty[rng_below(&rng, sizeof nasty - 1)];
		utf8_clean(in, bytes, out, room);
		size_t length = strlen(out);
		assert_true(length < room);
		for (size_t i = 0; i < length;) {
			uint32_t cp;
			size_t n = utf8_decode(out + i, length - i, &cp);

			assert_true(utf8_width(cp) >= 0);
			assert_true(n > 1 || cp != 0xfffd);
			i += n;
		}
		assert_null(strstr(out, "  "));
		free(in);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_there_and_back),
		cmocka_unit_test(malformed),
		cmocka_unit_test(widths),
		cmocka_unit_test(widths_follow_the_c_library),
		cmocka_unit_test(clean_lines),
		cmocka_unit_test(clean_never_cuts_a_character),
		cmocka_unit_test(clean_survives_anything),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
