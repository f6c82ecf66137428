#include "ui/glyphs.h"

#include <assert.h>
#include <langinfo.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

/* Braille and block differ in how a widget draws a line graph (dots, columns);
 * all else they share. */
#define UNICODE_GLYPHS                                                          \
	{                                                                       \
		.rule = 0x2500, .axis = 0x2502, .axis_tick = 0x2524,            \
		.axis_cross = 0x253c, .tick = 0x252c, .cursor = 0x25b8,         \
		.live = 0x25cf, .paused = 0x2016, .replay = 0x25b6,             \
		.ellipsis = 0x2026, .unknown = 0x2013, .met = 0x2713,           \
		.missed = 0x2717, .lane = 0xb7,                                 \
		.ghost = 0x254c, .ghost_end = 0x250a,                           \
		.mark = 0x25c6, .here = 0x25b2, .axis_begin = 0x251c,           \
		.bar = {' ', 0x258f, 0x258e, 0x258d, 0x258c, 0x258b, 0x258a,    \
			0x2589, 0x2588},                                        \
		.column = {' ', 0x2581, 0x2582, 0x2583, 0x2584, 0x2585, 0x2586, \
			   0x2587, 0x2588},                                     \
		.shade = {' ', 0x2591, 0x2592, 0x2593, 0x2588},                 \
		.part = {0x2591, 0x2592, 0x2593, 0x259a, 0x2588},               \
		.at_least = "≥ ", .times = "×", .plus_minus = "±", .micro = "µs",                \
	}

static const struct glyphs sets[GLYPHS_COUNT] = {
	[GLYPHS_BRAILLE] = UNICODE_GLYPHS,
	[GLYPHS_BLOCK] = UNICODE_GLYPHS,
	[GLYPHS_ASCII] = {
		.rule = '-', .axis = '|', .axis_tick = '+', .axis_cross = '+',
		.tick = '+', .cursor = '>', .live = '*', .paused = '"',
		.replay = '>', .ellipsis = '~', .unknown = '-', .met = '+',
		.missed = 'x', .lane = '.', .ghost = '~', .ghost_end = ':',
		.mark = '*', .here = '^', .axis_begin = '+',
		.bar = {' ', ' ', '-', '-', '-', '-', '=', '=', '='},
		.column = {' ', '.', '.', ':', ':', '|', '|', '#', '#'},
		.shade = {' ', '.', ':', '*', '#'},
		.part = {'q', 'c', 'w', 'p', 'b'},
		.at_least = ">= ", .times = "x", .plus_minus = "+-", .micro = "us",
	},
};

const struct glyphs *glyphs_of(enum glyph_set set)
{
	assert((unsigned)set < GLYPHS_COUNT);
	return &sets[set];
}

const char *glyph_set_name(enum glyph_set set)
{
	static const char *const names[GLYPHS_COUNT] = {
		[GLYPHS_BRAILLE] = "braille",
		[GLYPHS_BLOCK] = "block",
		[GLYPHS_ASCII] = "ascii",
	};

	assert((unsigned)set < GLYPHS_COUNT);
	return names[set];
}

static bool narrow(const uint32_t *cp, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (wcwidth((wchar_t)cp[i]) != 1)
			return false;
	return true;
}

enum glyph_set glyphs_auto(void)
{
	const struct glyphs *g = &sets[GLYPHS_BRAILLE];
	const uint32_t single[] = {
		g->rule, g->axis, g->axis_tick, g->axis_cross, g->tick,
		g->cursor, g->live, g->paused, g->replay, g->ellipsis,
		g->unknown, g->met, g->missed, g->lane, g->ghost, g->ghost_end, g->mark, g->here, g->axis_begin, 0xd7 /* × */, 0xb1 /* ± */, 0xb5 /* µ */, 0x2265 /* ≥ */, 0x2801, 0x28ff,
	};
	const char *term = getenv("TERM");

	/* The kernel's console speaks UTF-8, but its 512 glyphs have no braille
	 * and no eighths. */
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0 ||
	    (term && strcmp(term, "linux") == 0))
		return GLYPHS_ASCII;
	if (!narrow(single, sizeof single / sizeof *single) || !narrow(g->bar, 9) ||
	    !narrow(g->column, 9) || !narrow(g->shade, 5) ||
	    !narrow(g->part, 5))
		return GLYPHS_ASCII;
	return GLYPHS_BRAILLE;
}
