/* Lines of text that scroll in a view: what is above or below is counted, not drawn. */
#include <string.h>

#include "base/utf8.h"
#include "ui/view.h"

#define INLINE 56 /* bytes up to which an object or array stays on its line */
#define INDENT 2
#define DEPTH 24  /* deeper is not indented any further */

int sheet_row(struct sheet *s)
{
	int row = s->y++ - s->top;

	return row >= 0 && row < s->view.height ? row : -1;
}

/* Bytes that go into so many cells; at a blank where there is one in the last third. */
static size_t fitting(const char *text, size_t bytes, int cells)
{
	size_t at = 0, blank = 0;
	int used = 0;

	while (at < bytes) {
		uint32_t cp;
		size_t n = utf8_decode(text + at, bytes - at, &cp);
		int width = utf8_width(cp);

		used += width < 0 ? 1 : width;
		if (used > cells)
			return blank > at - at / 3 ? blank : at;
		at += n;
		if (cp == ' ')
			blank = at;
	}
	return at;
}

void sheet_text(struct sheet *s, int x, struct pen pen, const char *text, size_t bytes)
{
	int room = s->view.width - x;

	if (room < 4 && x) {
		x = 0;
		room = s->view.width;
	}
	do {
		size_t n = fitting(text, bytes, room < 1 ? 1 : room);
		int row = sheet_row(s);

		if (!n)
			n = bytes;
		if (row >= 0)
			view_printf(s->view, x, row, pen, "%.*s", (int)n, text);
		text += n;
		bytes -= n;
	} while (bytes);
}

/* --- JSON ------------------------------------------------------------------ */

/* Where the value that opens at `at` ends, if within the limit; 0: further on. */
static size_t short_value(const char *text, size_t at, size_t bytes)
{
	size_t end = at + INLINE < bytes ? at + INLINE : bytes;
	int depth = 0;
	bool string = false;

	for (size_t i = at; i < end; i++) {
		if (string && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			string = !string;
		else if (!string && (text[i] == '{' || text[i] == '['))
			depth++;
		else if (!string && (text[i] == '}' || text[i] == ']') && --depth == 0)
			return i + 1;
	}
	return 0;
}

static size_t string_end(const char *text, size_t at, size_t bytes)
{
	for (size_t i = at + 1; i < bytes; i++)
		if (text[i] == '\\')
			i++;
		else if (text[i] == '"')
			return i + 1;
	return bytes;
}

struct json_line {
	char text[2 * EXEMPLAR_BODY_MAX];
	size_t used;
	int depth;
};

static void put(struct json_line *l, const char *text, size_t bytes)
{
	if (bytes > sizeof l->text - l->used)
		bytes = sizeof l->text - l->used;
	memcpy(l->text + l->used, text, bytes);
	l->used += bytes;
}

static void end_line(struct sheet *s, int x, struct json_line *l)
{
	int depth = l->depth < 0 ? 0 : l->depth > DEPTH ? DEPTH : l->depth;

	if (l->used)
		sheet_text(s, x + INDENT * depth, PEN(ROLE_TEXT), l->text, l->used);
	l->used = 0;
}

/* What opens: on one line if it is short. Returns where it goes on. */
static size_t open_value(struct sheet *s, int x, struct json_line *l, const char *text, size_t at, size_t bytes)
{
	size_t end = short_value(text, at, bytes);

	put(l, text + at, end ? end - at : 1);
	if (end)
		return end;
	end_line(s, x, l);
	l->depth++;
	return at + 1;
}

/* Also where it is cut off or none. */
static void json(struct sheet *s, int x, const char *text, size_t bytes)
{
	struct json_line l = {.used = 0};

	for (size_t i = 0; i < bytes;) {
		char c = text[i];
		size_t n = 1;

		if (c == '{' || c == '[') {
			i = open_value(s, x, &l, text, i, bytes);
			continue;
		}
		if (c == '"')
			n = string_end(text, i, bytes) - i;
		if (c == '}' || c == ']') {
			end_line(s, x, &l);
			l.depth--;
		}
		if (c != ' ' && c != '\n')
			put(&l, text + i, n);
		if (c == ',')
			end_line(s, x, &l);
		else if (c == ':')
			put(&l, " ", 1);
		i += n;
	}
	end_line(s, x, &l);
}

void sheet_body(struct sheet *s, int x, const char *text, size_t bytes)
{
	const char *end = text + bytes, *next;

	if (bytes && (*text == '{' || *text == '[')) {
		json(s, x, text, bytes);
		return;
	}
	for (; text < end; text = next + 1) {
		next = memchr(text, '\n', (size_t)(end - text));
		if (!next)
			next = end;
		sheet_text(s, x, PEN(ROLE_TEXT), text, (size_t)(next - text));
	}
}
