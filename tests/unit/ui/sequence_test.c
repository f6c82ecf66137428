/* What a terminal sends, character by character: reports of the mouse, keys, and all kinds
 * of things that must not act. */
#include "ui/sequence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ui/keys.h"

/* What all of `text` ("[…", without ESC) comes to, and after how many characters. */
static enum sequence_end take(const char *text, size_t *used, int *key, struct mouse *mouse)
{
	struct sequence s = {0};
	enum sequence_end end = SEQUENCE_MORE;
	size_t i = 1;

	sequence_begin(&s, text[0]);
	while (text[i] && end == SEQUENCE_MORE)
		end = sequence_take(&s, (unsigned char)text[i++], key, mouse);
	assert_true(end == SEQUENCE_MORE || s.intro == 0);
	*used = i;
	return end;
}

static void reports_become_what_the_mouse_did(void **state)
{
	static const struct {
		const char *text;
		enum mouse_act act;
		int x, y;
	} rows[] = {
		{"[<0;1;1M", MOUSE_CLICK, 0, 0},
		{"[<0;200;60M", MOUSE_CLICK, 199, 59},
		{"[<4;10;5M", MOUSE_CLICK, 9, 4}, /* with Shift, where the terminal lets it through */
		{"[<16;10;5M", MOUSE_CLICK, 9, 4},
		{"[<64;10;5M", MOUSE_WHEEL_UP, 9, 4},
		{"[<65;10;5M", MOUSE_WHEEL_DOWN, 9, 4},
		{"[<66;10;5M", MOUSE_WHEEL_LEFT, 9, 4},
		{"[<67;10;5M", MOUSE_WHEEL_RIGHT, 9, 4},
		{"[<80;10;5M", MOUSE_WHEEL_UP, 9, 4},
		{"[<0;99999999999999999999;7M", MOUSE_CLICK, 99998, 6},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct mouse mouse = {.act = MOUSE_NOTHING};
		size_t used;
		int key = -1;

		if (take(rows[i].text, &used, &key, &mouse) != SEQUENCE_MOUSE)
			fail_msg("%s is no report", rows[i].text);
		assert_int_equal(used, strlen(rows[i].text));
		assert_int_equal(mouse.act, rows[i].act);
		assert_int_equal(mouse.x, rows[i].x);
		assert_int_equal(mouse.y, rows[i].y);
		assert_int_equal(key, -1);
	}
}

static void what_means_nothing_is_taken_whole(void **state)
{
	static const char *const rows[] = {
		"[<0;10;5m", "[<3;10;5M", "[<1;10;5M", "[<2;10;5M", /* an end, other buttons */
		"[<32;10;5M", "[<35;10;5M", "[<96;10;5M",           /* movements */
		"[<68;10;5m", "[<128;10;5M",
		"[<0;0;5M", "[<0;10;0M", "[<;;M", "[<M", "[<0M", "[<0;10M", "[<0;10;5;7M", "[<0;1;1;1;1;1;1;1M",
		"[<0;10;5P", "[<0;10;5q", "[<<0;10;5M", "[0<10;5M", "[<0;1<0;5M", "[<0:10:5M", "[<-1;10;5M", "[?<0;1;1M",
		"O<0;10;5M", "[M !!", "[MPPP", "[P", "[?1;2c", "[1;5A", "[200~", "[0;10;5M", "[\r", "[<0;1\n",
		"[0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000P",
		"[;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;P",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct mouse mouse = {.act = MOUSE_NOTHING};
		size_t used;
		int key = KEY_NONE_;

		if (take(rows[i], &used, &key, &mouse) != SEQUENCE_NOTHING)
			fail_msg("%s means something", rows[i]);
		if (used != strlen(rows[i]))
			fail_msg("%s: %zu taken", rows[i], used);
		assert_int_equal(key, KEY_NONE_);
	}
}

static void keys_are_still_keys(void **state)
{
	static const struct {
		const char *text;
		int key;
	} rows[] = {
		{"[A", KEY_UP_}, {"OA", KEY_UP_}, {"[5~", KEY_PGUP_}, {"[11~", KEY_F1_}, {"OP", KEY_F1_}, {"[Z", KEY_BACKTAB_},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct mouse mouse = {.act = MOUSE_NOTHING};
		size_t used;
		int key = KEY_NONE_;

		assert_int_equal(take(rows[i].text, &used, &key, &mouse), SEQUENCE_KEY);
		assert_int_equal(used, strlen(rows[i].text));
		assert_int_equal(key, rows[i].key);
	}
}

/* The state between two characters is all there is: a report may be cut anywhere, and what
 * was before it does not matter once that has ended. */
static void nothing_is_left_of_the_last_one(void **state)
{
	static const char *const before[] = {"[<0;10;5m", "[MPPP", "[?1;2c", "[<0;1;2;3;4M", "OP", "[<0;77;66M"};
	static const char report[] = "[<64;12;34M";

	(void)state;
	for (size_t b = 0; b < sizeof before / sizeof *before; b++) {
		struct sequence s = {0};
		struct mouse mouse;
		enum sequence_end end = SEQUENCE_MORE;
		int key;

		sequence_begin(&s, before[b][0]);
		for (const char *c = before[b] + 1; *c; c++)
			end = sequence_take(&s, (unsigned char)*c, &key, &mouse);
		assert_int_not_equal(end, SEQUENCE_MORE);
		assert_int_equal(s.intro, 0);
		sequence_begin(&s, report[0]);
		for (const char *c = report + 1; *c; c++) {
			/* Copied between any two: there is nothing elsewhere. */
			struct sequence copy = s;

			memset(&s, 0x5a, sizeof s);
			s = copy;
			end = sequence_take(&s, (unsigned char)*c, &key, &mouse);
			assert_int_equal(end, c[1] ? SEQUENCE_MORE : SEQUENCE_MOUSE);
		}
		assert_int_equal(mouse.act, MOUSE_WHEEL_UP);
		assert_int_equal(mouse.x, 11);
		assert_int_equal(mouse.y, 33);
	}
}

/* Whatever comes, a sequence ends at the first letter (or three characters behind the 'M'
 * of an old report), and what it tells is in bounds. */
static void garbage_ends_and_stays_in_bounds(void **state)
{
	static const char often[] = "<;;;0123456789Mm[O?~ \x01\x7f";
	uint64_t random = 88172645463325252U;
	long reports = 0;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		struct sequence s = {0};
		enum sequence_end end = SEQUENCE_MORE;
		struct mouse mouse = {.act = MOUSE_NOTHING};
		int key = KEY_NONE_;
		uint32_t ch = 0;

		sequence_begin(&s, round % 3 ? '[' : 'O');
		for (int i = 0; i < 60 && end == SEQUENCE_MORE; i++) {
			random ^= random << 13, random ^= random >> 7, random ^= random << 17;
			ch = random % 8 == 0 ? (uint32_t)(random >> 40) % 0x110000 : (uint32_t)often[(random >> 20) % (sizeof often - 1)];
			ch = i == 0 && random >> 60 < 12 ? '<' : ch;
			const bool old = s.left > 0;

			end = sequence_take(&s, ch, &key, &mouse);
			if (!old && (ch < 0x20 || ch >= 0x40) && ch != 'M')
				assert_int_not_equal(end, SEQUENCE_MORE);
		}
		if (end == SEQUENCE_MOUSE) {
			reports++;
			assert_int_equal(ch, 'M');
			assert_in_range(mouse.act, MOUSE_CLICK, MOUSE_WHEEL_RIGHT);
			assert_in_range(mouse.x, 0, 99999);
			assert_in_range(mouse.y, 0, 99999);
		}
	}
	assert_true(reports > 10); /* or it has tried nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reports_become_what_the_mouse_did),
		cmocka_unit_test(what_means_nothing_is_taken_whole),
		cmocka_unit_test(keys_are_still_keys),
		cmocka_unit_test(nothing_is_left_of_the_last_one),
		cmocka_unit_test(garbage_ends_and_stays_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
