/* The canvas: a grid of cells of character + meaning (role), not colour.
 * Widgets draw into views (rectangles with their own origin); clipping lives
 * here and nowhere else. The terminal blitter, the text dump and the goldens
 * all read the same grid. Main thread. */
#ifndef UI_CANVAS_H
#define UI_CANVAS_H

#include <stdint.h>
#include <stdio.h>

#include "ui/role.h"

struct cell {
	uint32_t ch;   /* code point; 0: right half of a wide character */
	uint8_t role;  /* enum role */
	uint8_t level; /* 0-100 along the role's gradient */
	uint8_t attr;  /* enum cell_attr */
	uint8_t reserved;
};

enum cell_attr {
	ATTR_BOLD = 1,
	ATTR_DIM = 2,
	ATTR_REVERSE = 4,
	ATTR_UNDERLINE = 8,
};

struct canvas {
	int width, height;
	/* Numbers that the edge of a view cut or that were written over since the canvas was
	 * cleared: half a number is a wrong one, so a test holds this at 0. */
	int torn;
	struct cell *cell; /* width * height, row by row */
};

/* Storage of the struct is the caller's. Any size, also 0 x 0. */
void canvas_init(struct canvas *canvas, int width, int height);
void canvas_resize(struct canvas *canvas, int width, int height); /* and clears */
void canvas_clear(struct canvas *canvas);
void canvas_fini(struct canvas *canvas);

/* A rectangle of a canvas; drawing outside it does nothing. */
struct view {
	struct canvas *canvas;
	int x, y, width, height;
};

struct view canvas_view(struct canvas *canvas);
/* A part of a view, clipped to it; may come out empty (0 wide or high). What is
 * cut off on the left or on top is gone: the part starts at what is left. */
struct view view_part(struct view view, int x, int y, int width, int height);

struct pen {
	enum role role;
	uint8_t level, attr;
};
#define PEN(r) ((struct pen){.role = (r)})

void view_put(struct view view, int x, int y, uint32_t ch, struct pen pen);
/* Another pen for a character of one cell that is there. */
void view_repen(struct view view, int x, int y, struct pen pen);
/* The character that is there; 0 outside. */
uint32_t view_at(struct view view, int x, int y);
void view_fill(struct view view, uint32_t ch, struct pen pen);
/* UTF-8 text from (x, y); returns the column after it, also when clipped. Not
 * printable code points are shown as '?'. */
int view_text(struct view view, int x, int y, struct pen pen, const char *text);
int view_printf(struct view view, int x, int y, struct pen pen, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
/* Ends just before column `right`; cut on the left where there is no room. */
void view_right(struct view view, int right, int y, struct pen pen, const char *text);

/* The text plane: each row without trailing blanks. With roles: a second plane
 * follows after the line "-- roles", one letter a cell (role.h), nothing where a
 * blank shows nothing, so that goldens hold meaning too. */
void canvas_dump(const struct canvas *canvas, FILE *out, int with_roles);

#endif
