#include "ui/picture.h"

#include "base/utf8.h"
#include "picture_paint.h"

/* A cell in pixels: eighths of it are whole ones. */
#define WIDE 8
#define HIGH 16
#define BASELINE 12
#define MARGIN 12

enum { ARM_LEFT = 1, ARM_RIGHT = 2, ARM_UP = 4, ARM_DOWN = 8 };

/* The light lines among the box-drawing characters; 0: it is none. */
static int arms_of(uint32_t ch)
{
	switch (ch) {
	case 0x2500: return ARM_LEFT | ARM_RIGHT;
	case 0x2502: return ARM_UP | ARM_DOWN;
	case 0x250c: return ARM_RIGHT | ARM_DOWN;
	case 0x2510: return ARM_LEFT | ARM_DOWN;
	case 0x2514: return ARM_RIGHT | ARM_UP;
	case 0x2518: return ARM_LEFT | ARM_UP;
	case 0x251c: return ARM_RIGHT | ARM_UP | ARM_DOWN;
	case 0x2524: return ARM_LEFT | ARM_UP | ARM_DOWN;
	case 0x252c: return ARM_LEFT | ARM_RIGHT | ARM_DOWN;
	case 0x2534: return ARM_LEFT | ARM_RIGHT | ARM_UP;
	case 0x253c: return ARM_LEFT | ARM_RIGHT | ARM_UP | ARM_DOWN;
	default: return 0;
	}
}

static bool is_braille(uint32_t ch)
{
	return ch >= 0x2800 && ch <= 0x28ff;
}

static bool is_block(uint32_t ch)
{
	return ch >= 0x2580 && ch <= 0x2593;
}

static bool is_drawn(uint32_t ch)
{
	return is_braille(ch) || is_block(ch) || arms_of(ch);
}

static void box(FILE *out, double x, double y, double width, double height)
{
	fprintf(out, "M%g %gh%gv%gh%gz", x, y, width, height, -width);
}

static void draw_braille(FILE *out, uint32_t dots, int x, int y)
{
	static const struct {
		int column, row;
	} at[8] = {{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}};

	for (int i = 0; i < 8; i++)
		if (dots >> i & 1)
			box(out, x + at[i].column * 4 + 0.75, y + at[i].row * 4 + 0.75, 2.5, 2.5);
}

/* Shades are full blocks, their opacity is shade(). */
static void draw_block(FILE *out, uint32_t ch, int x, int y)
{
	if (ch == 0x2580)
		box(out, x, y, WIDE, HIGH / 2);
	else if (ch < 0x2588)
		box(out, x, y + HIGH - 2 * (int)(ch - 0x2580), WIDE, 2 * (int)(ch - 0x2580));
	else if (ch <= 0x258f)
		box(out, x, y, 8 - (int)(ch - 0x2588), HIGH);
	else if (ch == 0x2590)
		box(out, x + WIDE / 2, y, WIDE / 2, HIGH);
	else
		box(out, x, y, WIDE, HIGH);
}

static double shade(uint32_t ch)
{
	return ch >= 0x2591 && ch <= 0x2593 ? 0.25 * (ch - 0x2590) : 1;
}

static void draw_arms(FILE *out, int arms, int x, int y)
{
	if (arms & (ARM_LEFT | ARM_RIGHT))
		box(out, arms & ARM_LEFT ? x : x + WIDE / 2, y + HIGH / 2 - 0.5,
		    (arms & ARM_LEFT && arms & ARM_RIGHT) ? WIDE : WIDE / 2, 1);
	if (arms & (ARM_UP | ARM_DOWN))
		box(out, x + WIDE / 2 - 0.5, arms & ARM_UP ? y : y + HIGH / 2, 1,
		    (arms & ARM_UP && arms & ARM_DOWN) ? HIGH : HIGH / 2);
}

static void put_drawn(FILE *out, const struct cell *cell, int count, const struct paint *paint, int x, int y)
{
	double opacity = shade(cell->ch) * (paint->dim ? 0.6 : 1);

	fprintf(out, "<path fill=\"#%06x\"", paint->fg);
	if (opacity < 1)
		fprintf(out, " fill-opacity=\"%g\"", opacity);
	fputs(" d=\"", out);
	for (int i = 0; i < count; i++) {
		uint32_t ch = cell[i].ch;

		if (is_braille(ch))
			draw_braille(out, ch - 0x2800, x + i * WIDE, y);
		else if (is_block(ch))
			draw_block(out, ch, x + i * WIDE, y);
		else
			draw_arms(out, arms_of(ch), x + i * WIDE, y);
	}
	fputs("\"/>\n", out);
}

static void put_text(FILE *out, const struct cell *cell, int count, const struct paint *paint, int x, int y)
{
	fprintf(out, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"#%06x\"%s%s%s>", x, y + BASELINE,
		count * WIDE, paint->fg, paint->bold ? " font-weight=\"bold\"" : "",
		paint->dim ? " fill-opacity=\"0.6\"" : "", paint->underline ? " text-decoration=\"underline\"" : "");
	for (int i = 0; i < count; i++) {
		char text[4];

		switch (cell[i].ch) {
		case 0: break; /* a wide character's right half */
		case '<': fputs("&lt;", out); break;
		case '>': fputs("&gt;", out); break;
		case '&': fputs("&amp;", out); break;
		default: fwrite(text, 1, utf8_encode(cell[i].ch, text), out);
		}
	}
	fputs("</text>\n", out);
}

/* How many cells from the first on go into one element. Two blanks end a text, so that
 * columns stand where they should even where a font is a little off. */
static int together(const struct cell *cell, int count, const struct theme *theme, const struct paint *paint)
{
	bool drawn = is_drawn(cell->ch);
	int n = 1;

	for (; n < count; n++) {
		struct paint next = paint_of(theme, &cell[n]);

		if (!paint_same(&next, paint) || is_drawn(cell[n].ch) != drawn ||
		    (drawn && shade(cell[n].ch) < shade(cell->ch)) || (drawn && shade(cell[n].ch) > shade(cell->ch)))
			break;
		if (cell[n].ch == ' ' && (n + 1 == count || cell[n + 1].ch == ' '))
			break;
	}
	/* A viewer drops them, and would stretch the rest over their room. */
	while (n > 1 && cell[n - 1].ch == ' ')
		n--;
	return n;
}

static void put_row(FILE *out, const struct cell *row, int width, const struct theme *theme, int y)
{
	const uint32_t ground = paint_ground(theme);

	for (int x = 0; x < width;) {
		uint32_t bg = paint_of(theme, &row[x]).bg;
		int n = 1;

		while (x + n < width && paint_of(theme, &row[x + n]).bg == bg)
			n++;
		if (bg != ground)
			fprintf(out, "<path fill=\"#%06x\" d=\"M%d %dh%dv%dh%dz\"/>\n", bg, MARGIN + x * WIDE, y,
				n * WIDE, HIGH, -n * WIDE);
		x += n;
	}
	for (int x = 0; x < width;) {
		struct paint paint = paint_of(theme, &row[x]);
		int n = 1;

		if (row[x].ch != ' ') {
			n = together(&row[x], width - x, theme, &paint);
			(is_drawn(row[x].ch) ? put_drawn : put_text)(out, &row[x], n, &paint, MARGIN + x * WIDE, y);
		}
		x += n;
	}
}

void picture_svg(const struct canvas *canvas, const struct theme *theme, FILE *out)
{
	int width = canvas->width * WIDE + 2 * MARGIN, height = canvas->height * HIGH + 2 * MARGIN;

	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n"
		"<rect width=\"%d\" height=\"%d\" rx=\"6\" fill=\"#%06x\"/>\n"
		"<g font-family=\"ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace\" font-size=\"13\" "
		"xml:space=\"preserve\">\n",
		width, height, width, height, width, height, paint_ground(theme));
	for (int y = 0; y < canvas->height; y++)
		put_row(out, canvas->cell + (size_t)y * (size_t)canvas->width, canvas->width, theme, MARGIN + y * HIGH);
	fputs("</g>\n</svg>\n", out);
}
