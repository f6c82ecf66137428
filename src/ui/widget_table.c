#include "ui/widget.h"

#include "base/utf8.h"

#define GAP 1    /* between two columns */
#define SPACED 4 /* the same, at most, where there is room */

int table_fit(struct column *column, int count, int width, int left, int name_least)
{
	int used = 0, shown = count, spare, gap = GAP, right;

	for (int i = 0; i < count; i++) {
		column[i].right = column[i].width > 0;
		used += column[i].right ? column[i].width + GAP : 0;
		shown -= !column[i].right;
	}
	while (shown && left + name_least + used > width) {
		int worst = -1;

		for (int i = 0; i < count; i++)
			if (column[i].right && (worst < 0 || column[i].rank > column[worst].rank))
				worst = i;
		column[worst].right = 0;
		used -= column[worst].width + GAP;
		shown--;
	}
	/* A table that is wider than it needs to be is easier to read along when
	 * the columns move apart only a little. */
	spare = width - left - used - name_least * 2;
	while (shown && gap < SPACED && spare >= shown) {
		gap++;
		used += shown;
		spare -= shown;
	}
	right = width;
	for (int i = count - 1; i >= 0; i--) {
		if (!column[i].right)
			continue;
		column[i].right = right;
		right -= column[i].width + gap;
	}
	return width - left - used > 0 ? width - left - used : 0;
}

void table_head(const struct column *column, int count, struct view view, int y, bool on_rule)
{
	struct pen blank = PEN(ROLE_RULE);

	for (int i = 0; i < count; i++) {
		int cells = utf8_cells(column[i].title);

		if (!column[i].right)
			continue;
		if (on_rule) {
			view_put(view, column[i].right - cells - 1, y, ' ', blank);
			view_put(view, column[i].right, y, ' ', blank);
		}
		view_right(view, column[i].right, y, PEN(column[i].role), column[i].title);
	}
}

void table_group(const struct column *column, struct view view, int from, int to, const char *text)
{
	int right = 0, cells = utf8_cells(text);

	for (int i = from; i <= to; i++)
		if (column[i].right)
			right = column[i].right;
	/* Only where there is nothing but the rule, which goes to the edge. */
	for (int x = right - cells - 1; right && x <= right && x < view.width; x++)
		if (view_at(view, x, 0) != view_at(view, view.width - 1, 0))
			return;
	if (!right)
		return;
	view_put(view, right, 0, ' ', PEN(ROLE_RULE));
	view_put(view, right - cells - 1, 0, ' ', PEN(ROLE_RULE));
	view_right(view, right, 0, PEN(ROLE_DIM), text);
}

void table_cell(const struct column *column, struct view view, int y, struct pen pen,
		const char *text)
{
	/* Into the neighbour's room it does not go. */
	if (column->right)
		view_right(view, column->right, y, pen, utf8_cells(text) > column->width ? ">" : text);
}

int table_top(int count, int rows, int cursor)
{
	if (rows <= 0 || count <= rows || cursor < rows)
		return 0;
	return cursor - rows + 1 > count - rows ? count - rows : cursor - rows + 1;
}
