#include "ui/canvas.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

/* Invariant: a cell of ch 0 always has a wide character to its left, and a wide
 * character always a cell of ch 0 to its right. */

static const struct cell blank = {.ch = ' ', .role = ROLE_TEXT};

void canvas_init(struct canvas *canvas, int width, int height)
{
	*canvas = (struct canvas){0};
	canvas_resize(canvas, width, height);
}

void canvas_resize(struct canvas *canvas, int width, int height)
{
	size_t cells;

	canvas->width = width > 0 ? width : 0;
	canvas->height = height > 0 ? height : 0;
	cells = (size_t)canvas->width * (size_t)canvas->height;
	canvas->cell = xreallocarray(canvas->cell, cells ? cells : 1, sizeof blank);
	canvas_clear(canvas);
}

void canvas_clear(struct canvas *canvas)
{
	size_t cells = (size_t)canvas->width * (size_t)canvas->height;

	for (size_t i = 0; i < cells; i++)
		canvas->cell[i] = blank;
	canvas->torn = 0;
}

static bool is_digit(uint32_t ch)
{
	return ch >= '0' && ch <= '9';
}

void canvas_fini(struct canvas *canvas)
{
	free(canvas->cell);
	*canvas = (struct canvas){0};
}

struct view canvas_view(struct canvas *canvas)
{
	return (struct view){canvas, 0, 0, canvas->width, canvas->height};
}

/* Cuts [*at, *at + *size) to [0, room). */
static void clip(int *at, int *size, int room)
{
	int64_t from = *at > 0 ? *at : 0;
	int64_t to = (int64_t)*at + (*size > 0 ? *size : 0);

	if (to > room)
		to = room;
	if (from > room)
		from = room;
	*at = (int)from;
	*size = to > from ? (int)(to - from) : 0;
}

struct view view_part(struct view view, int x, int y, int width, int height)
{
	clip(&x, &width, view.width);
	clip(&y, &height, view.height);
	return (struct view){view.canvas, view.x + x, view.y + y, width, height};
}

/* What the dashboard draws most is decided without the tables. */
static int width_of(uint32_t ch)
{
	if ((ch >= 0x20 && ch < 0x7f) || (ch >= 0x2500 && ch < 0x25a0) ||
	    (ch >= 0x2800 && ch < 0x2900))
		return 1;
	return utf8_width(ch);
}

/* The one place that writes a cell; (x, y) is inside the canvas. What is left
 * of a wide character that is overwritten by half becomes a space. */
static void set(struct canvas *canvas, int x, int y, uint32_t ch, struct pen pen)
{
	struct cell *cell = &canvas->cell[(size_t)y * (size_t)canvas->width + (size_t)x];

	canvas->torn += is_digit(cell->ch) && ch != cell->ch;
	if (cell->ch == 0 && ch != 0)
		cell[-1].ch = ' ';
	if (x + 1 < canvas->width && cell[1].ch == 0)
		cell[1].ch = ' ';
	*cell = (struct cell){
		.ch = ch,
		.role = (uint8_t)pen.role,
		.level = pen.level,
		.attr = pen.attr,
	};
}

static bool visible(const struct view *view, int x, int y)
{
	return x >= 0 && x < view->width && y >= 0 && y < view->height &&
	       view->x + x >= 0 && view->x + x < view->canvas->width &&
	       view->y + y >= 0 && view->y + y < view->canvas->height;
}

/* Returns the cells the character takes: 0 to 2. */
static int put(const struct view *view, int x, int y, uint32_t ch, struct pen pen)
{
	int width = width_of(ch);

	if (width < 0) {
		ch = '?';
		width = 1;
	}
	if (width == 1) {
		if (visible(view, x, y))
			set(view->canvas, view->x + x, view->y + y, ch, pen);
	} else if (width == 2) {
		bool left = visible(view, x, y);
		bool right = x < INT_MAX && visible(view, x + 1, y);

		if (left)
			set(view->canvas, view->x + x, view->y + y,
			    right ? ch : ' ', pen);
		if (right)
			set(view->canvas, view->x + x + 1, view->y + y,
			    left ? 0 : ' ', pen);
	}
	return width;
}

void view_put(struct view view, int x, int y, uint32_t ch, struct pen pen)
{
	put(&view, x, y, ch, pen);
}

void view_repen(struct view view, int x, int y, struct pen pen)
{
	const struct canvas *canvas = view.canvas;

	if (visible(&view, x, y))
		put(&view, x, y, canvas->cell[(size_t)(view.y + y) * (size_t)canvas->width + (size_t)(view.x + x)].ch, pen);
}

uint32_t view_at(struct view view, int x, int y)
{
	const struct canvas *canvas = view.canvas;

	return visible(&view, x, y)
		       ? canvas->cell[(size_t)(view.y + y) * (size_t)canvas->width + (size_t)(view.x + x)].ch : 0;
}

void view_fill(struct view view, uint32_t ch, struct pen pen)
{
	int step = width_of(ch) == 2 ? 2 : 1;

	for (int y = 0; y < view.height; y++)
		for (int x = 0; x < view.width; x += step)
			put(&view, x, y, ch, pen);
}

int view_text(struct view view, int x, int y, struct pen pen, const char *text)
{
	size_t left = strlen(text);
	bool in = false, out = false; /* of the number so far */

	while (left) {
		uint32_t ch;
		size_t used = utf8_decode(text, left, &ch);
		int width;

		/* U+FFFD only where the text itself has it. */
		if (ch == 0xfffd && used == 1)
			ch = '?';
		width = put(&view, x, y, ch, pen);
		if (!is_digit(ch) && ch != '.' && ch != ':')
			in = out = false;
		else if (!visible(&view, x, y))
			view.canvas->torn += in && !out, out = true;
		else
			view.canvas->torn += out && !in, in = true;
		if (x > INT_MAX - width)
			break;
		x += width;
		text += used;
		left -= used;
	}
	return x;
}

int view_printf(struct view view, int x, int y, struct pen pen, const char *fmt, ...)
{
	char text[2048]; /* more than any line takes */
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return view_text(view, x, y, pen, text);
}

void view_right(struct view view, int right, int y, struct pen pen, const char *text)
{
	view_text(view, right - utf8_cells(text), y, pen, text);
}

/* A blank shows its role only through a background, an underline or reverse. */
static bool shows_nothing(const struct cell *cell)
{
	return cell->ch == ' ' && cell->role != ROLE_SELECTED &&
	       !(cell->attr & (ATTR_REVERSE | ATTR_UNDERLINE));
}

void canvas_dump(const struct canvas *canvas, FILE *out, int with_roles)
{
	for (int plane = 0; plane < (with_roles ? 2 : 1); plane++) {
		if (plane)
			fputs("-- roles\n", out);
		for (int y = 0; y < canvas->height; y++) {
			const struct cell *row =
				canvas->cell + (size_t)y * (size_t)canvas->width;
			int end = canvas->width;

			while (end && (plane ? shows_nothing(&row[end - 1])
					     : row[end - 1].ch == ' '))
				end--;
			for (int x = 0; x < end; x++) {
				char text[4];

				if (!plane)
					fwrite(text, 1, row[x].ch ? utf8_encode(row[x].ch, text) : 0, out);
				else
					fputc(shows_nothing(&row[x]) ? ' ' :
					      role_info(row[x].role)->letter, out);
			}
			fputc('\n', out);
		}
	}
}
