#include "ui/widget.h"

void rule_draw(struct view view, const struct glyphs *glyphs, bool focused,
	       const char *title, struct line *right)
{
	struct pen rule = PEN(focused ? ROLE_ACCENT : ROLE_RULE);
	char cut[LINE_TEXT];
	int at, room, width;

	for (int x = 0; x < view.width; x++)
		view_put(view, x, 0, glyphs->rule, rule);
	/* "─ title ───── right ─" */
	format_fit(title, view.width - 4, glyphs, cut, sizeof cut);
	if (!*cut)
		return;
	view_put(view, 1, 0, ' ', rule);
	at = view_text(view, 2, 0, PEN(focused ? ROLE_ACCENT : ROLE_TITLE), cut);
	view_put(view, at, 0, ' ', rule);
	room = view.width - at - 5;
	if (!right || room <= 0)
		return;
	width = line_fit(right, room, glyphs);
	if (!width)
		return;
	at = view.width - width - 2;
	for (int x = at - 1; x <= at + width; x++)
		view_put(view, x, 0, ' ', rule);
	line_draw(right, view, at, 0, width, glyphs);
}
