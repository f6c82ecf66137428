#include "ui/widget.h"

#include "base/utf8.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void line_init(struct line *line)
{
	line->count = 0;
}

struct piece *line_piece(struct line *line, int rank, int gap)
{
	assert(line->count < LINE_PIECES);
	struct piece *piece = &line->piece[line->count++];

	piece->rank = rank;
	piece->gap = gap;
	piece->least = 0;
	piece->right = false;
	piece->key = 0;
	piece->spans = 0;
	return piece;
}

void line_span(struct piece *piece, struct pen pen, const char *fmt, ...)
{
	assert(piece->spans < LINE_SPANS);
	struct span *span = &piece->span[piece->spans++];
	va_list ap;

	span->pen = pen;
	va_start(ap, fmt);
	vsnprintf(span->text, sizeof span->text, fmt, ap);
	va_end(ap);
}

static int piece_width(const struct piece *piece)
{
	int width = 0;

	for (int i = 0; i < piece->spans; i++)
		width += utf8_cells(piece->span[i].text);
	return width;
}

static int line_width(const struct line *line)
{
	int width = 0;

	for (int i = 0; i < line->count; i++)
		width += piece_width(&line->piece[i]) + (i ? line->piece[i].gap : 0);
	return width;
}

static void line_drop_one(struct line *line, int at)
{
	/* What stood flush right stays there. */
	if (line->piece[at].right && at + 1 < line->count)
		line->piece[at + 1].right = true;
	memmove(&line->piece[at], &line->piece[at + 1],
		(size_t)(line->count - at - 1) * sizeof *line->piece);
	line->count--;
}

/* What has the same rank goes together. */
static void line_drop(struct line *line, int rank)
{
	for (int i = line->count - 1; i >= 0; i--)
		if (line->piece[i].rank == rank)
			line_drop_one(line, i);
}

int line_fit(struct line *line, int width, const struct glyphs *glyphs)
{
	int over;

	while (line->count && (over = line_width(line) - width) > 0) {
		int worst = 0;

		for (int i = 1; i < line->count; i++)
			if (line->piece[i].rank >= line->piece[worst].rank)
				worst = i;
		struct piece *piece = &line->piece[worst];
		int cells = piece->spans ? utf8_cells(piece->span[0].text) : 0;

		if (piece->least > 0 && cells - over >= piece->least) {
			char cut[LINE_TEXT];

			format_fit(piece->span[0].text, cells - over, glyphs, cut, sizeof cut);
			memcpy(piece->span[0].text, cut, sizeof cut);
			break;
		}
		line_drop(line, piece->rank);
	}
	return line_width(line);
}

void line_draw(struct line *line, struct view view, int x, int y, int width,
	       const struct glyphs *glyphs)
{
	bool right = false;
	int at = x;

	line_fit(line, width, glyphs);
	for (int i = 0; i < line->count; i++) {
		struct piece *piece = &line->piece[i];

		if (piece->right && !right) {
			at = x + width;
			for (int k = i; k < line->count; k++)
				at -= piece_width(&line->piece[k]) + (k > i ? line->piece[k].gap : 0);
			right = true;
		} else if (i) {
			at += piece->gap;
		}
		piece->x = at;
		for (int k = 0; k < piece->spans; k++)
			at = view_text(view, at, y, piece->span[k].pen, piece->span[k].text);
		piece->cells = at - piece->x;
	}
}
