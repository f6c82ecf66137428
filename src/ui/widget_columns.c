#include "ui/widget.h"

#include <math.h>

#include "base/utf8.h"

#define FAILED_ROWS 2

/* Cells a column takes, when there are few of them and much room. */
static int column_cells(int columns, int width)
{
	int cells = columns ? width / columns : 1;

	return cells < 1 ? 1 : cells > 6 ? 6 : cells;
}

static void column(struct view view, int x, int y, int rows, int cells, double share, bool down,
		   struct pen pen, const struct glyphs *glyphs)
{
	int eighths = (int)(share * rows * 8 + 0.5);

	if (eighths == 0 && share > 0)
		eighths = 1;
	for (int i = 0; i < rows && eighths > 0; i++, eighths -= 8)
		for (int c = 0; c < cells; c++) {
			/* There are no eighths from above: shades say how full. */
			uint32_t ch = down ? glyphs->shade[eighths >= 8 ? 4 : 1 + eighths * 3 / 8]
					   : glyphs->column[eighths > 8 ? 8 : eighths];

			view_put(view, x + c, down ? y + i : y + rows - 1 - i, ch, pen);
		}
}

/* The outline of the baseline: a stroke where a column as high as its would end. */
static void ghost_column(struct view view, int x, int top, int bottom, int rows, int cells, double share,
			 const struct glyphs *glyphs)
{
	int y = bottom - 1 - (int)ceil(share * rows - 1e-9);

	if (share <= 0)
		return;
	for (int c = 0; c < cells; c++)
		view_put(view, x + c, y < top ? top : y, glyphs->ghost, PEN(ROLE_GHOST));
}

/* Edges that read well: powers of two of a second, thinned to what fits. */
static void axis(const struct histogram_rows *rows, int cells, struct view view, int x0, int y,
		 const struct glyphs *glyphs)
{
	int free_from, end = x0 + rows->rows * cells, free_to = rows->open_high ? end - 1 : view.width;

	for (int x = 0; x < view.width; x++)
		view_put(view, x, y, glyphs->rule, PEN(ROLE_RULE));
	/* The column at this end has what lies beyond. */
	if (rows->open_low)
		view_put(view, x0, y, '<', PEN(ROLE_DIM));
	free_from = rows->open_low ? x0 + 2 : 0;
	for (int i = 0; i <= rows->rows; i++) {
		int bin = rows->first + i * rows->merge, x = x0 + i * cells;
		char text[FORMAT_BYTES];

		if ((bin - LOGGRID_ANCHOR_BIN) % (LOGGRID_PER_OCTAVE / 2) || bin < 0 || bin > LOGGRID_BINS)
			continue;
		format_duration(loggrid_edge_us(bin), glyphs, text);
		if (x < free_from || x + utf8_cells(text) >= free_to)
			continue;
		view_put(view, x, y, glyphs->tick, PEN(ROLE_RULE));
		free_from = view_text(view, x + 1, y, PEN(ROLE_DIM), text) + 1;
	}
	if (rows->open_high)
		view_put(view, end - 1, y, '>', PEN(ROLE_DIM));
}

/* The names over the columns they fall into; a line where there is nothing
 * below, so that each finds its place. */
static void marks(const struct histogram *h, const struct histogram_rows *rows, int cells,
		  struct view view, int x0, int height, const struct glyphs *glyphs)
{
	const struct {
		int64_t us;
		enum role role;
		const char *name;
	} mark[] = {
		{h->p50_us, ROLE_P50, "p50"}, {h->p95_us, ROLE_P95, "p95"}, {h->p99_us, ROLE_P99, "p99"},
	};
	int free_from[2] = {0, 0}, at[3], row[3];

	for (int i = 0; i < 3 && h->count; i++) {
		int x = x0 + histogram_row(rows, mark[i].us) * cells + cells / 2;

		at[i] = x + 3 > view.width ? view.width - 3 : x;
		row[i] = at[i] >= free_from[0] ? 0 : at[i] >= free_from[1] ? 1 : -1;
		if (row[i] >= 0)
			free_from[row[i]] = at[i] + 4;
		for (int line = row[i] < 0 ? 2 : row[i] + 1; line < height; line++)
			view_put(view, x, line, glyphs->axis, PEN(mark[i].role));
	}
	/* A name is not cut by another one's line. */
	for (int i = 0; i < 3 && h->count; i++)
		if (row[i] >= 0)
			view_text(view, at[i], row[i], PEN(mark[i].role), mark[i].name);
}

int columns_cells(const struct histogram_rows *rows, int width)
{
	return column_cells(rows->rows, width);
}

int columns_x(const struct histogram_rows *rows, int width, int row)
{
	int cells = column_cells(rows->rows, width);

	return (width - rows->rows * cells) / 2 + row * cells + cells / 2;
}

void columns_draw(const struct histogram *h, struct view view, const struct glyphs *glyphs)
{
	struct histogram_rows rows = histogram_merge(h, view.width);

	columns_draw_on(h, &rows, view, glyphs);
}

void columns_draw_on(const struct histogram *h, const struct histogram_rows *rows, struct view view,
		     const struct glyphs *glyphs)
{
	bool only_failed = h->failures && !h->count;
	int below = h->failures && !only_failed && view.height >= 8 ? FAILED_ROWS : 0;
	int height = view.height - 1 - below;
	int top = height >= 6 ? 2 : 0; /* rows for the names */
	int cells = column_cells(rows->rows, view.width);
	int x0 = (view.width - rows->rows * cells) / 2;
	int high = height - top - (h->ghost && height - top > 1); /* the highest ghost's end has a row, too */
	double most = histogram_most(h, rows, false);
	uint64_t most_failed = 1;

	if (!rows->rows || height < 1)
		return;
	for (int i = 0; i < rows->rows; i++) {
		uint64_t bad = histogram_sum(h->failed, rows, i);

		most_failed = bad > most_failed ? bad : most_failed;
	}
	if (top)
		marks(h, rows, cells, view, x0, height, glyphs);
	axis(rows, cells, view, x0, height, glyphs);
	for (int i = 0; i < rows->rows; i++) {
		struct pen pen = {.role = ROLE_BAR,
				  .level = (uint8_t)(rows->rows > 1 ? i * 100 / (rows->rows - 1) : 50)};

		if (only_failed)
			column(view, x0 + i * cells, top, height - top, cells,
			       (double)histogram_sum(h->failed, rows, i) / (double)most_failed, false,
			       PEN(ROLE_BAD), glyphs);
		column(view, x0 + i * cells, height - high, high, cells, (double)histogram_sum(h->ok, rows, i) / most, false,
		       pen, glyphs);
		ghost_column(view, x0 + i * cells, top, height, high, cells, histogram_ghost(h, rows, i) / most, glyphs);
		if (below)
			column(view, x0 + i * cells, height + 1, below, cells,
			       (double)histogram_sum(h->failed, rows, i) / (double)most_failed, true,
			       PEN(ROLE_BAD), glyphs);
	}
}
