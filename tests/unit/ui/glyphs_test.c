#include "ui/glyphs.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "ui/canvas.h"

static void every_glyph_takes_one_cell(void **state)
{
	(void)state;
	for (int set = 0; set < GLYPHS_COUNT; set++) {
		const struct glyphs *g = glyphs_of((enum glyph_set)set);
		const uint32_t single[] = {
			g->rule, g->axis, g->axis_tick, g->axis_cross, g->tick,
			g->cursor, g->live, g->paused, g->replay, g->ellipsis,
			g->unknown, g->met, g->missed, g->lane, g->mark, g->here, g->axis_begin,
		};

		for (size_t i = 0; i < sizeof single / sizeof *single; i++)
			assert_int_equal(utf8_width(single[i]), 1);
		for (int i = 0; i < 9; i++) {
			assert_int_equal(utf8_width(g->bar[i]), 1);
			assert_int_equal(utf8_width(g->column[i]), 1);
		}
		for (int i = 0; i < 5; i++)
			assert_int_equal(utf8_width(g->shade[i]), 1);
		assert_int_equal(utf8_cells(g->times), 1);
		assert_int_equal(utf8_cells(g->micro), 2);
	}
}

static void ascii_is_ascii(void **state)
{
	const struct glyphs *g = glyphs_of(GLYPHS_ASCII);
	/* All code points stand before the two strings. */
	uint32_t all[(offsetof(struct glyphs, shade) + sizeof g->shade) / sizeof(uint32_t)];

	(void)state;
	memcpy(all, g, sizeof all);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		assert_in_range(all[i], 0x20, 0x7e);
	assert_string_equal(g->times, "x");
	assert_string_equal(g->micro, "us");
}

static void empty_is_blank_and_full_is_not(void **state)
{
	(void)state;
	for (int set = 0; set < GLYPHS_COUNT; set++) {
		const struct glyphs *g = glyphs_of((enum glyph_set)set);

		assert_int_equal(g->bar[0], ' ');
		assert_int_equal(g->column[0], ' ');
		assert_int_equal(g->shade[0], ' ');
		assert_int_not_equal(g->bar[8], ' ');
		assert_int_not_equal(g->column[1], ' ');
		assert_int_not_equal(g->shade[1], ' ');
	}
}

static void sets_have_the_names_of_the_flag(void **state)
{
	(void)state;
	assert_string_equal(glyph_set_name(GLYPHS_BRAILLE), "braille");
	assert_string_equal(glyph_set_name(GLYPHS_BLOCK), "block");
	assert_string_equal(glyph_set_name(GLYPHS_ASCII), "ascii");
}

static void auto_follows_the_locale_and_the_terminal(void **state)
{
	(void)state;
	setenv("TERM", "xterm-256color", 1);
	assert_non_null(setlocale(LC_ALL, "C.UTF-8"));
	assert_int_equal(glyphs_auto(), GLYPHS_BRAILLE);
	unsetenv("TERM");
	assert_int_equal(glyphs_auto(), GLYPHS_BRAILLE);
	setenv("TERM", "linux", 1);
	assert_int_equal(glyphs_auto(), GLYPHS_ASCII);
	setenv("TERM", "xterm-256color", 1);
	assert_non_null(setlocale(LC_ALL, "C"));
	assert_int_equal(glyphs_auto(), GLYPHS_ASCII);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_glyph_takes_one_cell),
		cmocka_unit_test(ascii_is_ascii),
		cmocka_unit_test(empty_is_blank_and_full_is_not),
		cmocka_unit_test(sets_have_the_names_of_the_flag),
		cmocka_unit_test(auto_follows_the_locale_and_the_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
