#include "ui/widget.h"

#include "base/utf8.h"

#include <string.h>

/* Bytes of the text that go into so many cells. */
static size_t fitting(const char *text, size_t length, int cells)
{
	size_t at = 0;

	while (at < length) {
		uint32_t cp;
		size_t n = utf8_decode(text + at, length - at, &cp);
		int width = utf8_width(cp);

		cells -= width < 0 ? 1 : width;
		if (cells < 0)
			break;
		at += n;
	}
	return at;
}

/* Back to a blank that does not part a number from its %, and before a bracket that would be
 * torn apart. */
static size_t at_blank(const char *text, size_t take)
{
	size_t cut = take, open;

	while (cut > 0 && (text[cut] != ' ' || text[cut + 1] == '%'))
		cut--;
	if (cut == 0)
		return take;
	for (open = cut; open > 1 && text[open - 1] != '(' && text[open - 1] != ')'; open--)
		;
	return open > 2 && text[open - 1] == '(' ? open - 2 : cut;
}

int wrap_draw(struct view view, const struct glyphs *g, int x, struct pen pen, const char *text, int rows)
{
	char last[1024];
	int y = 0;

	while (*text && y < rows && view.width > x) {
		size_t length = strlen(text), take = fitting(text, length, view.width - x);

		if (take == 0)
			break;
		if (take < length && y == rows - 1) {
			/* What does not fit is seen to be missing. */
			view_text(view, x, y++, pen, format_fit(text, view.width - x, g, last, sizeof last));
			break;
		}
		if (take < length)
			take = at_blank(text, take);
		view_printf(view, x, y++, pen, "%.*s", (int)take, text);
		text += take;
		while (*text == ' ')
			text++;
	}
	return y;
}
