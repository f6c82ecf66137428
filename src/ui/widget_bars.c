#include "ui/widget.h"

#include <math.h>
#include <stdio.h>

static double edge_us(int bin)
{
	return loggrid_edge_us(bin < 0 ? 0 : bin > LOGGRID_BINS ? LOGGRID_BINS : bin);
}

/* "0.71 s", "< 1.00 s" for an end that takes what lies below. */
static void row_label(const struct histogram_rows *rows, int row, const struct glyphs *glyphs,
		      char out[FORMAT_BYTES])
{
	char edge[FORMAT_BYTES];
	int bin = rows->first + row * rows->merge;

	if (rows->merge >= LOGGRID_BINS)
		snprintf(out, FORMAT_BYTES, "all");
	else if (row == 0 && rows->open_low)
		snprintf(out, FORMAT_BYTES, "< %.26s", format_duration(edge_us(bin + rows->merge), glyphs, edge));
	else if (row == rows->rows - 1 && rows->open_high)
		snprintf(out, FORMAT_BYTES, "> %.26s", format_duration(edge_us(bin), glyphs, edge));
	else
		format_duration(edge_us(bin), glyphs, out);
}

/* "p50", or "p50-95" where one row holds several. */
static void row_marks(const struct histogram *h, const struct histogram_rows *rows, int row,
		      struct view view, int x, int y)
{
	const struct {
		int64_t us;
		enum role role;
		const char *name;
	} mark[] = {
		{h->p50_us, ROLE_P50, "50"}, {h->p95_us, ROLE_P95, "95"}, {h->p99_us, ROLE_P99, "99"},
	};
	int first = -1, last = -1;

	for (int i = 0; i < 3 && h->count; i++) {
		if (histogram_row(rows, mark[i].us) != row)
			continue;
		first = first < 0 ? i : first;
		last = i;
	}
	if (first < 0)
		return;
	x = view_printf(view, x, y, PEN(mark[first].role), "p%s", mark[first].name);
	if (last != first)
		view_printf(view, x, y, PEN(mark[last].role), "-%s", mark[last].name);
}

/* Returns the cells it took. */
static int bar(struct view view, int x, int y, int width, double share, struct pen pen,
	       const struct glyphs *glyphs)
{
	int eighths = (int)(share * width * 8 + 0.5), i;

	/* One of many is still there. */
	if (eighths == 0 && share > 0)
		eighths = 1;
	for (i = 0; i < width && eighths > 0; i++, eighths -= 8)
		view_put(view, x + i, y, glyphs->bar[eighths > 8 ? 8 : eighths], pen);
	return i;
}

/* Behind those that succeeded, lighter: they differ without colours too. */
static void failed_bar(struct view view, int x, int y, int width, double share, const struct glyphs *glyphs)
{
	int cells = (int)(share * width + 0.5);

	if (cells == 0 && share > 0)
		cells = 1;
	for (int i = 0; i < cells; i++)
		view_put(view, x + i, y, glyphs->shade[2], PEN(ROLE_BAD));
}

/* How far the bar would go for the baseline: its end, and the way there from the end of
 * a bar that is shorter. */
static void ghost_bar(struct view view, int x, int y, int used, int width, double share, const struct glyphs *glyphs)
{
	int end = (int)ceil(share * width - 1e-9);

	if (share <= 0 || width < 1)
		return;
	for (int i = used; i < end; i++)
		view_put(view, x + i, y, glyphs->ghost, PEN(ROLE_GHOST));
	/* The first cell says that there is something at all. */
	view_put(view, x + (end < 1 ? 1 : end), y, glyphs->ghost_end, PEN(ROLE_GHOST));
}

/* Numbers need room for their column's name. */
static bool counts_failed(const struct histogram *h, int width)
{
	return h->failures && width >= 34;
}

struct histogram_rows bars_rows(const struct histogram *h, int width, int height, int *head)
{
	*head = counts_failed(h, width) && height > 2;
	return histogram_merge(h, height - *head);
}

void bars_draw(const struct histogram *h, struct view view, const struct glyphs *glyphs)
{
	bool narrow = view.width < 34;
	int label = narrow ? 8 : 10, count = narrow ? 0 : 7, failed = counts_failed(h, view.width) ? 7 : 0, head;
	struct histogram_rows rows = bars_rows(h, view.width, view.height, &head);
	int marks = view.width < 20 ? 0 : 7;
	int width = view.width - label - 1 - count - failed - marks;
	int full = width - (h->ghost != NULL); /* the end of the longest ghost has a cell, too */
	double most = histogram_most(h, &rows, true);
	char text[FORMAT_BYTES];

	if (head) {
		view_right(view, label + 1 + width + count, 0, PEN(ROLE_DIM), "ok");
		view_right(view, label + 1 + width + count + failed, 0, PEN(ROLE_BAD), "failed");
	}
	view = view_part(view, 0, head, view.width, view.height - head);
	for (int row = 0; row < rows.rows; row++) {
		uint64_t ok = histogram_sum(h->ok, &rows, row), bad = histogram_sum(h->failed, &rows, row);
		uint8_t level = (uint8_t)(rows.rows > 1 ? row * 100 / (rows.rows - 1) : 50);
		int at = label + 1 + width, used;

		row_label(&rows, row, glyphs, text);
		view_right(view, label - 1, row, PEN(ROLE_DIM), text);
		view_put(view, label, row, glyphs->axis, PEN(ROLE_RULE));
		used = bar(view, label + 1, row, full, (double)ok / most, (struct pen){.role = ROLE_BAR, .level = level},
			   glyphs);
		ghost_bar(view, label + 1, row, used, full, histogram_ghost(h, &rows, row) / most, glyphs);
		failed_bar(view_part(view, label + 1, row, full, 1), used, 0, full, (double)bad / most, glyphs);
		if (count) {
			at += count;
			view_right(view, at, row, PEN(ok ? ROLE_TEXT : ROLE_DIM), format_count(ok, text));
		}
		at += failed;
		if (failed && bad)
			view_right(view, at, row, PEN(ROLE_BAD), format_count(bad, text));
		if (marks)
			row_marks(h, &rows, row, view, at + 1, row);
	}
}
