/* What a role looks like on a terminal with so many colours: numbers for
 * curses, without curses. Pure. */
#ifndef UI_LOOK_H
#define UI_LOOK_H

#include "ui/role.h"
#include "ui/theme.h"

/* What a terminal can do; a number of colours. */
enum {
	LOOK_MONO = 0,
	LOOK_8 = 8,
	LOOK_16 = 16,
	LOOK_256 = 256,
	LOOK_DIRECT = 0x1000000, /* a colour's number is its 0xrrggbb */
};

struct look {
	int fg, bg; /* number of a colour, -1: the terminal's own */
	int attr;   /* enum cell_attr, on top of the cell's own */
};

/* `level` 0 to 100. With 8 and 16 colours nothing is computed from the theme:
 * each role has its colour (role.h). */
struct look look_of(const struct theme *theme, enum role role, int level, int colors);

#endif
