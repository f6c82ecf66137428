/* A canvas as a picture: what the screen shows, in a file. SVG looks the same in
 * every viewer, since bars, dots and lines are drawn and not left to a font. Pure;
 * main thread. */
#ifndef UI_PICTURE_H
#define UI_PICTURE_H

#include <stdio.h>

#include "ui/canvas.h"
#include "ui/theme.h"

/* Where the theme leaves a colour to the terminal it is dark or light, as suits the
 * theme's text. */
void picture_svg(const struct canvas *canvas, const struct theme *theme, FILE *out);
/* The same for `cat`: a line a row, in 24-bit colours. */
void picture_ansi(const struct canvas *canvas, const struct theme *theme, FILE *out);

#endif
