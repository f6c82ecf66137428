/* What a cell of a picture looks like, in colours that are all known. */
#ifndef UI_PICTURE_PAINT_H
#define UI_PICTURE_PAINT_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/canvas.h"
#include "ui/theme.h"

struct paint {
	uint32_t fg, bg; /* 0xrrggbb */
	bool bold, dim, underline;
};

/* Behind everything. */
uint32_t paint_ground(const struct theme *theme);
struct paint paint_of(const struct theme *theme, const struct cell *cell);
bool paint_same(const struct paint *a, const struct paint *b);

#endif
