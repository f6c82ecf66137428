#include "ui/canvas.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/utf8.h"

static void assert_dump(const struct canvas *canvas, int with_roles, const char *want)
{
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	canvas_dump(canvas, out, with_roles);
	fclose(out);
	assert_string_equal(text, want);
	free(text);
}

static void text_lands_where_it_should(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 8, 3);
	assert_int_equal(view_text(canvas_view(&c), 1, 1, PEN(ROLE_BAD), "abc"), 4);
	assert_int_equal(view_printf(canvas_view(&c), 0, 2, PEN(ROLE_TEXT), "%d µs", 7), 4);
	assert_dump(&c, 0, "\n abc\n7 µs\n");
	assert_dump(&c, 1, "\n abc\n7 µs\n-- roles\n\n bbb\nt tt\n");
	canvas_clear(&c);
	assert_dump(&c, 1, "\n\n\n-- roles\n\n\n\n");
	canvas_fini(&c);
}

static void pens_reach_the_cell(void **state)
{
	struct canvas c;
	struct pen pen = {.role = ROLE_HEAT, .level = 73, .attr = ATTR_BOLD | ATTR_UNDERLINE};

	(void)state;
	canvas_init(&c, 2, 1);
	view_put(canvas_view(&c), 1, 0, 0x28ff, pen);
	assert_int_equal(c.cell[1].ch, 0x28ff);
	assert_int_equal(c.cell[1].role, ROLE_HEAT);
	assert_int_equal(c.cell[1].level, 73);
	assert_int_equal(c.cell[1].attr, ATTR_BOLD | ATTR_UNDERLINE);
	assert_int_equal(c.cell[0].ch, ' ');
	canvas_fini(&c);
}

static void drawing_outside_does_nothing(void **state)
{
	struct canvas c;
	struct view v;

	(void)state;
	canvas_init(&c, 6, 3);
	v = view_part(canvas_view(&c), 2, 1, 2, 1);
	assert_int_equal(view_text(v, -2, 0, PEN(ROLE_TEXT), "abcdef"), 4);
	assert_int_equal(view_text(v, 0, 1, PEN(ROLE_TEXT), "below"), 5);
	assert_int_equal(view_text(v, 0, -1, PEN(ROLE_TEXT), "above"), 5);
	assert_int_equal(view_text(v, 900, 0, PEN(ROLE_TEXT), "far"), 903);
	view_put(v, INT32_MAX, INT32_MAX, 0x4e00, PEN(ROLE_TEXT));
	view_put(v, INT32_MIN, INT32_MIN, 0x4e00, PEN(ROLE_TEXT));
	view_text(v, INT32_MAX, 0, PEN(ROLE_TEXT), "at the end of all numbers");
	assert_dump(&c, 0, "\n  cd\n\n");
	canvas_fini(&c);
}

static void a_view_of_a_canvas_that_shrank_is_harmless(void **state)
{
	struct canvas c;
	struct view v;

	(void)state;
	canvas_init(&c, 9, 9);
	v = view_part(canvas_view(&c), 4, 4, 5, 5);
	canvas_resize(&c, 5, 5);
	view_fill(v, 'x', PEN(ROLE_TEXT));
	assert_dump(&c, 0, "\n\n\n\n    x\n");
	canvas_fini(&c);
}

static void parts_are_clipped_to_their_view(void **state)
{
	struct canvas c;
	struct view v;

	(void)state;
	canvas_init(&c, 10, 4);
	v = view_part(canvas_view(&c), 3, 1, 5, 2);
	for (int x = -7; x <= 7; x++)
		for (int width = -2; width <= 12; width++) {
			struct view p = view_part(v, x, 0, width, 9);
			int from = x > 0 ? x : 0, to = x + width < 5 ? x + width : 5;

			assert_int_equal(p.height, 2);
			assert_int_equal(p.width, width > 0 && to > from ? to - from : 0);
			if (p.width)
				assert_int_equal(p.x, 3 + from);
		}
	v = view_part(v, INT32_MAX, INT32_MIN, INT32_MAX, INT32_MAX);
	assert_int_equal(v.width, 0);
	assert_int_equal(v.height, 0);
	view_fill(v, 'x', PEN(ROLE_TEXT));
	assert_dump(&c, 0, "\n\n\n\n");
	canvas_fini(&c);
}

static void wide_characters_take_two_cells(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 6, 1);
	assert_int_equal(view_text(canvas_view(&c), 0, 0, PEN(ROLE_OK), "a世b"), 4);
	assert_int_equal(c.cell[1].ch, 0x4e16);
	assert_int_equal(c.cell[2].ch, 0);
	assert_int_equal(c.cell[2].role, ROLE_OK);
	assert_int_equal(c.cell[3].ch, 'b');
	assert_dump(&c, 1, "a世b\n-- roles\nkkkk\n");
	canvas_fini(&c);
}

static void a_wide_character_cut_by_an_edge_is_a_space(void **state)
{
	struct canvas c;
	struct view v;

	(void)state;
	canvas_init(&c, 5, 1);
	v = view_part(canvas_view(&c), 1, 0, 3, 1);
	view_fill(canvas_view(&c), '.', PEN(ROLE_TEXT));
	assert_int_equal(view_text(v, 0, 0, PEN(ROLE_OK), "ab世"), 4);
	assert_dump(&c, 0, ".ab .\n");
	assert_int_equal(view_text(v, -1, 0, PEN(ROLE_OK), "世cd"), 3);
	assert_dump(&c, 0, ". cd.\n");
	canvas_fini(&c);
}

static void half_of_a_wide_character_does_not_stay(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 4, 1);
	view_text(canvas_view(&c), 0, 0, PEN(ROLE_TEXT), "世界");
	view_put(canvas_view(&c), 1, 0, 'x', PEN(ROLE_TEXT));
	assert_dump(&c, 0, " x界\n");
	view_put(canvas_view(&c), 2, 0, 'y', PEN(ROLE_TEXT));
	assert_dump(&c, 0, " xy\n");
	view_text(canvas_view(&c), 0, 0, PEN(ROLE_TEXT), "世界");
	view_text(canvas_view(&c), 1, 0, PEN(ROLE_TEXT), "中");
	assert_dump(&c, 0, " 中\n");
	canvas_fini(&c);
}

/* Whatever is drawn, halves of wide characters come in pairs. */
static void random_drawing_keeps_pairs(void **state)
{
	struct canvas c;
	uint32_t seed = 42;

	(void)state;
	canvas_init(&c, 13, 2);
	for (int i = 0; i < 20000; i++) {
		static const uint32_t some[] = {'a', 0x4e16, ' ', 0x301, 0x28ff, 7};

		seed = seed * 1664525u + 1013904223u;
		struct view v = view_part(canvas_view(&c), (int)(seed >> 8 & 7), 0,
					  (int)(seed >> 12 & 7), 2);
		view_put(v, (int)(seed >> 16 & 15) - 4, (int)(seed >> 20 & 1),
			 some[(seed >> 24) % 6], PEN(ROLE_TEXT));
		for (int k = 0; k < 26; k++) {
			bool lead = utf8_width(c.cell[k].ch) == 2;

			if (lead)
				assert_true(k % 13 < 12 && c.cell[k + 1].ch == 0);
			if (c.cell[k].ch == 0)
				assert_true(k % 13 > 0 && utf8_width(c.cell[k - 1].ch) == 2);
		}
	}
	canvas_fini(&c);
}

static void combining_and_unprintable_characters(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 8, 1);
	assert_int_equal(view_text(canvas_view(&c), 0, 0, PEN(ROLE_TEXT), "e\xcc\x81x"), 2);
	assert_dump(&c, 0, "ex\n");
	assert_int_equal(view_text(canvas_view(&c), 0, 0, PEN(ROLE_TEXT), "\x1b[1\n\xff\xc3"), 6);
	assert_dump(&c, 0, "?[1???\n");
	assert_int_equal(utf8_cells("\x1b[1\n\xff\xc3"), 6);
	canvas_fini(&c);
}

static void right_aligned_text_is_cut_on_the_left(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 6, 1);
	view_right(canvas_view(&c), 6, 0, PEN(ROLE_TEXT), "2.80 s");
	assert_dump(&c, 0, "2.80 s\n");
	canvas_clear(&c);
	view_right(canvas_view(&c), 5, 0, PEN(ROLE_TEXT), "p99");
	assert_dump(&c, 0, "  p99\n");
	canvas_clear(&c);
	view_right(canvas_view(&c), 4, 0, PEN(ROLE_TEXT), "12.80 s");
	assert_dump(&c, 0, "80 s\n");
	canvas_fini(&c);
}

static void widths_are_those_of_the_cells(void **state)
{
	(void)state;
	assert_int_equal(utf8_cells(""), 0);
	assert_int_equal(utf8_cells("µs"), 2);
	assert_int_equal(utf8_cells("世界"), 4);
	assert_int_equal(utf8_cells("e\xcc\x81"), 1);
}

static void blanks_that_show_have_a_role(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 4, 1);
	view_text(canvas_view(&c), 0, 0, PEN(ROLE_SELECTED), "a ");
	view_put(canvas_view(&c), 2, 0, ' ', (struct pen){.role = ROLE_DIM, .attr = ATTR_REVERSE});
	view_put(canvas_view(&c), 3, 0, ' ', PEN(ROLE_DIM));
	assert_dump(&c, 1, "a\n-- roles\nssd\n");
	canvas_fini(&c);
}

static void any_size_will_do(void **state)
{
	static const int sizes[][2] = {{0, 0}, {0, 5}, {5, 0}, {-3, 4}, {1, 1}};

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct canvas c;

		canvas_init(&c, sizes[i][0], sizes[i][1]);
		assert_true(c.width >= 0 && c.height >= 0);
		view_text(canvas_view(&c), 0, 0, PEN(ROLE_TEXT), "世 text");
		view_fill(canvas_view(&c), 0x4e16, PEN(ROLE_TEXT));
		canvas_resize(&c, 7, 2);
		canvas_clear(&c);
		assert_dump(&c, 0, "\n\n");
		canvas_fini(&c);
	}
}

static void a_format_as_long_as_a_line_is_not_cut(void **state)
{
	struct canvas c;

	(void)state;
	canvas_init(&c, 1000, 1);
	assert_int_equal(view_printf(canvas_view(&c), 0, 0, PEN(ROLE_TEXT), "%*s", 900, "x"), 900);
	assert_int_equal(c.cell[899].ch, 'x');
	canvas_fini(&c);
}

/* The budget is 0.5 ms; the limit here only catches a change of order, on a busy
 * machine and under a sanitizer too. */
static void a_large_redraw_is_cheap(void **state)
{
	struct canvas c;
	int64_t best = INT64_MAX;

	(void)state;
	canvas_init(&c, 200, 60);
	for (int i = 0; i < 20; i++) {
		int64_t start = clock_thread_cpu_ns();

		canvas_clear(&c);
		for (int y = 0; y < 60; y++)
			for (int x = 0; x < 200; x++)
				view_put(canvas_view(&c), x, y, 0x2800 + (uint32_t)x, PEN(ROLE_RATE));
		int64_t took = clock_thread_cpu_ns() - start;
		best = took < best ? took : best;
	}
	print_message("200x60 clear and redraw: %.3f ms\n", (double)best / 1e6);
	assert_true(best < 20 * NS_PER_MS);
	canvas_fini(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_lands_where_it_should),
		cmocka_unit_test(pens_reach_the_cell),
		cmocka_unit_test(drawing_outside_does_nothing),
		cmocka_unit_test(a_view_of_a_canvas_that_shrank_is_harmless),
		cmocka_unit_test(parts_are_clipped_to_their_view),
		cmocka_unit_test(wide_characters_take_two_cells),
		cmocka_unit_test(a_wide_character_cut_by_an_edge_is_a_space),
		cmocka_unit_test(half_of_a_wide_character_does_not_stay),
		cmocka_unit_test(random_drawing_keeps_pairs),
		cmocka_unit_test(combining_and_unprintable_characters),
		cmocka_unit_test(right_aligned_text_is_cut_on_the_left),
		cmocka_unit_test(widths_are_those_of_the_cells),
		cmocka_unit_test(blanks_that_show_have_a_role),
		cmocka_unit_test(any_size_will_do),
		cmocka_unit_test(a_format_as_long_as_a_line_is_not_cut),
		cmocka_unit_test(a_large_redraw_is_cheap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
