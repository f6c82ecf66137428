#include "text_table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define DASH "\xe2\x80\x93"
#define ELLIPSIS "\xe2\x80\xa6"

/* As much of `text` as fits into `cells`, with an ellipsis where it is cut. */
static void clip(const char *text, int cells, char *out, size_t bytes)
{
	size_t used = 0;
	int room = utf8_cells(text) > cells ? cells - 1 : cells, at = 0;
	bool cut = room < cells;

	for (size_t left = strlen(text); left;) {
		uint32_t cp;
		size_t n = utf8_decode(text, left, &cp);
		int w = utf8_width(cp);

		w = w > 0 ? w : 0;
		if (at + w > room || used + n + sizeof ELLIPSIS > bytes)
			break;
		memcpy(out + used, text, n);
		used += n;
		at += w;
		text += n;
		left -= n;
	}
	out[used] = 0;
	if (cut && cells > 0)
		strcpy(out + used, ELLIPSIS);
}

static void put(const struct text_out *out, enum text_style style, const char *text)
{
	static const char *const sgr[] = {"", "\033[1m", "\033[2m", "\033[1;31m"};
	char clipped[TEXT_LINE];

	if (out->sink) {
		out->sink->line(out->sink, style, text);
		return;
	}
	clip(text, out->columns, clipped, sizeof clipped);
	if (out->color && style != TEXT_PLAIN)
		fprintf(out->file, "%s%s\033[0m\n", sgr[style], clipped);
	else
		fprintf(out->file, "%s\n", clipped);
}

void text_line(const struct text_out *out, enum text_style style, const char *fmt, ...)
{
	char text[TEXT_LINE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	put(out, style, text);
}

/* How much of `text` goes into a line of so many cells: up to a blank, if there is one. */
static size_t line_of(const char *text, int cells)
{
	size_t best = 0;
	char head[TEXT_LINE];

	for (size_t n = strcspn(text, " ");; n += 1 + strcspn(text + n + 1, " ")) {
		memcpy(head, text, n);
		head[n] = '\0';
		if (best && utf8_cells(head) > cells)
			return best;
		best = n;
		if (!text[n])
			return best;
	}
}

void text_wrap(const struct text_out *out, int indent, const char *fmt, ...)
{
	char text[TEXT_LINE], line[2 * TEXT_LINE];
	const char *at = text;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (out->sink)
		put(out, TEXT_PLAIN, text);
	while (*at && !out->sink) {
		int left = at == text ? 0 : indent;
		/* The first words of a line are apart by more than one blank. */
		size_t start = at == text && strlen(text) > (size_t)indent ? (size_t)indent : 0;
		size_t n = start + line_of(at + start, out->columns - (left ? left : (int)start));

		snprintf(line, sizeof line, "%*s%.*s", left, "", (int)n, at);
		put(out, TEXT_PLAIN, line);
		at += n;
		at += *at == ' ';
	}
}

/* Takes the columns by rank as long as they fit. */
void text_table_init(struct table *t, const struct text_out *out, const struct column *column,
		int count)
{
	int width = 0;

	*t = (struct table){.out = out, .column = column, .count = count};
	for (int rank = 0; rank < count; rank++)
		for (int i = 0; i < count; i++)
			if (column[i].rank == rank &&
			    (rank == 0 || width + column[i].width <= out->columns)) {
				t->shown[i] = true;
				width += column[i].width;
			}
}

static void row(const struct table *t, enum text_style style, const char *const *cell)
{
	char line[TEXT_LINE] = "", text[TEXT_LINE / 2];
	size_t used = 0;

	if (t->out->sink) {
		t->out->sink->row(t->out->sink, t->column, t->count, cell);
		return;
	}
	for (int i = 0; i < t->count; i++) {
		const struct column *c = &t->column[i];

		if (!t->shown[i])
			continue;
		clip(cell[i] ? cell[i] : DASH, c->width, text, sizeof text);
		int pad = c->width - utf8_cells(text);

		used += (size_t)snprintf(line + used, sizeof line - used, "%*s%s%*s",
					 c->left ? 0 : pad, "", text, c->left ? pad : 0, "");
		if (used >= sizeof line)
			break;
	}
	/* No spaces at the end of a line. */
	used = strlen(line);
	while (used && line[used - 1] == ' ')
		line[--used] = 0;
	put(t->out, style, line);
}

void text_table_head(const struct table *t)
{
	const char *head[TABLE_COLUMNS];

	if (t->out->sink) {
		t->out->sink->head(t->out->sink, t->column, t->count);
		return;
	}
	for (int i = 0; i < t->count; i++)
		head[i] = t->column[i].head;
	row(t, TEXT_DIM, head);
}

void text_table_row(const struct table *t, const char *const *cell)
{
	row(t, TEXT_PLAIN, cell);
}

void text_table_styled(const struct table *t, enum text_style style, const char *const *cell)
{
	row(t, style, cell);
}
