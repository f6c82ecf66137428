/* Frames read back by a terminal of a few lines: it must show the canvas. */
#include "ui/sgr.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

#define WIDTH 23
#define HEIGHT 7

/* --- the terminal: what each cell shows, with the SGR text that was on ----------- */

struct shown {
	uint32_t ch;
	char sgr[80];
};

static struct shown screen[HEIGHT][WIDTH];
static int cursor_x, cursor_y, moves;
static char on[80];

static const char *control(const char *p)
{
	const char *end = p + 2;
	int row, column;

	while (*end && strchr("0123456789;?", *end))
		end++;
	switch (*end) {
	case 'H':
		assert_int_equal(sscanf(p + 2, "%d;%d", &row, &column), 2);
		cursor_y = row - 1;
		cursor_x = column - 1;
		moves++;
		break;
	case 'm':
		assert_true(end - p - 2 < (int)sizeof on);
		memcpy(on, p + 2, (size_t)(end - p - 2));
		on[end - p - 2] = '\0';
		break;
	case 'h':
	case 'l':
		assert_memory_equal(p + 2, "?2026", 5);
		break;
	default:
		fail_msg("ESC [ … %c", *end);
	}
	return end + 1;
}

static void feed(const struct buf *frame)
{
	const char *p = frame->at, *end = frame->at + frame->used;

	while (p < end) {
		uint32_t ch;
		int cells;

		if (*p == '\033') {
			p = control(p);
			continue;
		}
		p += utf8_decode(p, (size_t)(end - p), &ch);
		cells = utf8_width(ch);
		assert_true(cells == 1 || cells == 2);
		assert_true(cursor_y >= 0 && cursor_y < HEIGHT && cursor_x >= 0 && cursor_x + cells <= WIDTH);
		for (int i = 0; i < cells; i++) {
			screen[cursor_y][cursor_x + i].ch = i ? 0 : ch;
			strcpy(screen[cursor_y][cursor_x + i].sgr, on);
		}
		cursor_x += cells;
	}
}

/* --- the tests ------------------------------------------------------------------- */

static uint32_t seed = 7;

static uint32_t next(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void scribble(struct canvas *c)
{
	static const uint32_t some[] = {'a', ' ', 0x28ff, 0x4e16, 0x2588, 0xe9, 'Z', 0x2500};

	for (uint32_t i = next(40); i; i--)
		view_put(canvas_view(c), (int)next(WIDTH), (int)next(HEIGHT), some[next(8)],
			 (struct pen){.role = (enum role)next(ROLE_COUNT), .level = (uint8_t)next(101), .attr = (uint8_t)next(16)});
}

/* In plain words again, as a check of what sgr.c puts together. */
static void expected(const struct theme *t, const struct cell *cell, char out[80])
{
	uint32_t fg = t->color[cell->role][cell->level], bg = t->background;
	int attr = cell->attr, n;

	if (cell->role == ROLE_SELECTED && t->selected_bg == THEME_NONE)
		attr |= ATTR_REVERSE;
	else if (cell->role == ROLE_SELECTED)
		bg = t->selected_bg;
	n = snprintf(out, 80, "0%s%s%s%s", attr & ATTR_BOLD ? ";1" : "", attr & ATTR_DIM ? ";2" : "",
		     attr & ATTR_UNDERLINE ? ";4" : "", attr & ATTR_REVERSE ? ";7" : "");
	if (fg != THEME_NONE)
		n += snprintf(out + n, 80 - (size_t)n, ";38;2;%u;%u;%u", fg >> 16, fg >> 8 & 255, fg & 255);
	if (bg != THEME_NONE)
		snprintf(out + n, 80 - (size_t)n, ";48;2;%u;%u;%u", bg >> 16, bg >> 8 & 255, bg & 255);
}

static void assert_shows(const struct theme *t, const struct canvas *c)
{
	char want[80];

	for (int y = 0; y < HEIGHT; y++)
		for (int x = 0; x < WIDTH; x++) {
			const struct cell *cell = &c->cell[y * WIDTH + x];

			assert_int_equal(screen[y][x].ch, cell->ch);
			if (!cell->ch)
				continue;
			expected(t, cell, want);
			assert_string_equal(screen[y][x].sgr, want);
		}
}

static struct theme themed(const char *text)
{
	struct theme theme;
	struct err err;

	assert_int_equal(theme_parse(text, strlen(text), "t", &theme, &err), 0);
	return theme;
}

static void the_terminal_shows_the_canvas(void **state)
{
	static const char *const themes[] = {"", "theme[main_bg]=\"#102030\"\ntheme[selected_bg]=\"\"\n"};
	struct sgr *sgr = malloc(sizeof *sgr);
	struct canvas now, was;
	struct buf frame = {0};

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		struct theme theme = themed(themes[k]);

		sgr_theme(sgr, &theme);
		canvas_init(&now, WIDTH, HEIGHT);
		canvas_init(&was, WIDTH, HEIGHT);
		for (int i = 0; i < 400; i++) {
			scribble(&now);
			frame.used = 0;
			sgr_frame(sgr, &now, &was, WIDTH, HEIGHT, i % 50 == 0, &frame);
			feed(&frame);
			assert_shows(&theme, &now);
			assert_memory_equal(was.cell, now.cell, WIDTH * HEIGHT * sizeof *now.cell);
		}
		canvas_fini(&now);
		canvas_fini(&was);
	}
	buf_fini(&frame);
	free(sgr);
}

static void only_what_changed_is_written(void **state)
{
	struct sgr *sgr = malloc(sizeof *sgr);
	struct theme theme = themed("");
	struct canvas now, was;
	struct buf frame = {0};

	(void)state;
	sgr_theme(sgr, &theme);
	canvas_init(&now, WIDTH, HEIGHT);
	canvas_init(&was, WIDTH, HEIGHT);
	sgr_frame(sgr, &now, &was, WIDTH, HEIGHT, true, &frame);
	frame.used = 0;
	sgr_frame(sgr, &now, &was, WIDTH, HEIGHT, false, &frame);
	assert_int_equal(frame.used, 0);
	/* Two changes close to each other are one stretch, far ones are two. */
	view_text(canvas_view(&now), 2, 1, PEN(ROLE_TEXT), "1");
	view_text(canvas_view(&now), 5, 1, PEN(ROLE_TEXT), "2");
	moves = 0;
	sgr_frame(sgr, &now, &was, WIDTH, HEIGHT, false, &frame);
	feed(&frame);
	assert_int_equal(moves, 1);
	view_text(canvas_view(&now), 2, 1, PEN(ROLE_TEXT), "3");
	view_text(canvas_view(&now), 15, 1, PEN(ROLE_TEXT), "4");
	frame.used = 0;
	moves = 0;
	sgr_frame(sgr, &now, &was, WIDTH, HEIGHT, false, &frame);
	feed(&frame);
	assert_int_equal(moves, 2);
	assert_true(frame.used < 90);
	canvas_fini(&now);
	canvas_fini(&was);
	buf_fini(&frame);
	free(sgr);
}

static void a_smaller_terminal_gets_its_part(void **state)
{
	struct sgr *sgr = malloc(sizeof *sgr);
	struct theme theme = themed("");
	struct canvas now, was;
	struct buf frame = {0};

	(void)state;
	sgr_theme(sgr, &theme);
	canvas_init(&now, WIDTH + 20, HEIGHT + 20);
	canvas_init(&was, WIDTH + 20, HEIGHT + 20);
	view_fill(canvas_view(&now), 'x', PEN(ROLE_TEXT));
	sgr_frame(sgr, &now, &was, WIDTH, HEIGHT, true, &frame);
	feed(&frame); /* asserts that nothing lies outside */
	canvas_fini(&now);
	canvas_fini(&was);
	buf_fini(&frame);
	free(sgr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_terminal_shows_the_canvas),
		cmocka_unit_test(only_what_changed_is_written),
		cmocka_unit_test(a_smaller_terminal_gets_its_part),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
