/* Frames for terminals of 24-bit colours, which curses cannot address where their
 * terminfo entry knows 256: the difference of two canvases as text, in the escape
 * sequences of ECMA-48 that all of them have. No curses in here; main thread. */
#ifndef UI_SGR_H
#define UI_SGR_H

#include <stdbool.h>

#include "base/buf.h"
#include "ui/canvas.h"
#include "ui/theme.h"

#define SGR_STYLE_BYTES 56

struct sgr {
	char style[ROLE_COUNT][THEME_STEPS][SGR_STYLE_BYTES]; /* "38;2;…" of each pen */
	uint8_t attr[ROLE_COUNT];
};

/* For another theme again. */
void sgr_theme(struct sgr *sgr, const struct theme *theme);
/* Adds to `out` what makes a terminal that shows `shown` show `now`; brings `shown` up
 * to date. Only the first `width` columns and `height` rows, what the terminal has.
 * `all`: nothing is known of what is there. Both canvases have one size. Allocates
 * only while `out` grows. */
void sgr_frame(const struct sgr *sgr, const struct canvas *now, struct canvas *shown, int width, int height, bool all,
	       struct buf *out);

#endif
