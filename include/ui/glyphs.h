/* Glyph sets: braille, block or ascii, and what each gives for lines, bars and
 * marks. Main thread. */
#ifndef UI_GLYPHS_H
#define UI_GLYPHS_H

#include <stdint.h>

enum glyph_set { GLYPHS_BRAILLE, GLYPHS_BLOCK, GLYPHS_ASCII, GLYPHS_COUNT };

struct glyphs {
	uint32_t rule;    /* ─ or - */
	uint32_t axis, axis_tick, axis_cross, tick; /* │ ┤ ┼ ┬ or | + + + */
	uint32_t cursor;  /* ▸ or > */
	uint32_t live, paused, replay; /* ● ⏸→‖ ▶ or * " > */
	uint32_t ellipsis; /* … or ~ */
	uint32_t unknown; /* – or - */
	uint32_t met, missed; /* ✓ ✗ or + x */
	uint32_t ghost, ghost_end; /* a baseline along a bar, and across its end: ╌ ┊ or ~ : */
	uint32_t mark, here; /* a marked moment, the present one of a line: ◆ ▲ or * ^ */
	uint32_t axis_begin; /* ├ or | */
	uint32_t lane;    /* an empty place of a lane: · or . */
	uint32_t bar[9];  /* eighths of a cell from the left, 0 to 8 */
	uint32_t column[9]; /* eighths of a cell from the bottom */
	uint32_t shade[5]; /* heat: blank to full */
	uint32_t part[5]; /* phases of requests, stacked: queue, connect, wait, prefill, body */
	const char *at_least; /* "≥" or ">=" */
	const char *times; /* "×" or "x" */
	const char *plus_minus; /* "±" or "+-" */
	const char *micro; /* "µs" or "us" */
};
const struct glyphs *glyphs_of(enum glyph_set set);
const char *glyph_set_name(enum glyph_set set);
/* Braille where the locale is UTF-8 and all glyphs are one cell wide, else (and
 * on the Linux console, which has no braille) ascii. Call after setlocale(). */
enum glyph_set glyphs_auto(void);

#endif
