/* The parts that panes are made of. Each draws into a view and knows nothing
 * of layout. Main thread. */
#ifndef UI_WIDGET_H
#define UI_WIDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/course.h"
#include "run/snapshot.h"
#include "ui/canvas.h"
#include "ui/format.h"
#include "ui/glyphs.h"
#include "ui/region.h"

/* --- a line of pieces that drops what does not fit (widget_line.c) --- */

#define LINE_PIECES 48
#define LINE_SPANS 3
#define LINE_TEXT 168

struct span {
	struct pen pen;
	char text[LINE_TEXT];
};
/* What stays or goes together, such as "p95 2.09". */
struct piece {
	int rank;  /* the highest goes first; 0 goes last */
	int gap;   /* blank cells before it, when it is not the first */
	int least; /* > 0: its first span may be cut down to so many cells */
	bool right; /* flush right, together with all that follow */
	int key;    /* what a click on it presses; 0: the keys that its first span names */
	int x, cells; /* where line_draw() has put it */
	int spans;
	struct span span[LINE_SPANS];
};
struct line {
	int count;
	struct piece piece[LINE_PIECES];
};
void line_init(struct line *line);
/* The new piece; text comes by line_span(). */
struct piece *line_piece(struct line *line, int rank, int gap);
void line_span(struct piece *piece, struct pen pen, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Drops or cuts pieces until all fit into `width`; returns the cells taken. */
int line_fit(struct line *line, int width, const struct glyphs *glyphs);
/* Fits it and draws it into row y, between x and x + width. */
void line_draw(struct line *line, struct view view, int x, int y, int width,
	       const struct glyphs *glyphs);

/* hints.c: notes the keys that the pieces of a line name, where it was drawn into row 0 of
 * the view: "+ -  load" are two. `code_of`: of a name; KEY_NONE_ for what is none. */
void hints_note(struct regions *regions, struct view view, const struct line *line, int (*code_of)(const char *name));

/* --- a title on a thin line (widget_rule.c) --- */

/* Row 0 of the view; `right` (may be NULL) stands at the right end and is
 * dropped piece by piece before the title is cut. */
void rule_draw(struct view view, const struct glyphs *glyphs, bool focused,
	       const char *title, struct line *right);

/* --- a sentence over several rows (widget_wrap.c) --- */

/* From (x, 0) on, broken at the last blank that fits, else at the edge; at most
 * `rows`, the last with an ellipsis where that is not enough; returns those used. */
int wrap_draw(struct view view, const struct glyphs *g, int x, struct pen pen, const char *text, int rows);

/* --- a table whose columns go when there is no room (widget_table.c) --- */

struct column {
	const char *title;
	int width; /* of the longest value; 0: not wanted */
	int rank;  /* the highest goes first */
	enum role role; /* of the title */
	int right; /* filled: where it ends; 0: not shown */
};
/* Right-aligns the columns at the right edge; what is left of them is for the
 * name, at least `name_least`, and wide tables are spaced out. Returns the
 * cells for the name, which starts at column `left`. */
int table_fit(struct column *column, int count, int width, int left, int name_least);
/* The titles, into row y. With `on_rule` they stand on a rule with blanks
 * around them. */
void table_head(const struct column *column, int count, struct view view, int y, bool on_rule);
/* A title on the rule in row 0, at the right end of what is shown of the columns
 * `from` to `to`. */
void table_group(const struct column *column, struct view view, int from, int to, const char *text);
void table_cell(const struct column *column, struct view view, int y, struct pen pen,
		const char *text);
/* First row of a list of `count` shown in `rows` so that `cursor` is seen. */
int table_top(int count, int rows, int cursor);

/* --- graphs over time (widget_graph.c, widget_axis.c) --- */

struct graph_line {
	const float *value;
	enum role role;
	uint32_t ascii; /* what draws it where there are no dots */
};
/* A cell has two places. A long run has a second in each; a young one gives each
 * second 2, 4 or 8 places, as long as all of it fits, so that there is something
 * to see from the start. The newest cell is the rightmost. A cell holds the same
 * time wherever it has scrolled to, so its dots only change when a run outgrows
 * its scale. */
struct graph {
	const struct snap_series *series;
	enum glyph_set set;
	int places;        /* of a second: 1, 2, 4 or 8 */
	int64_t last_cell; /* what the rightmost column shows */
};
/* `width`: of the plot, in cells. */
void graph_init(struct graph *graph, const struct snap_series *series, enum glyph_set set,
		int width);
/* The cell in which a second begins. */
int64_t graph_cell_of(const struct graph *graph, int64_t second);
/* The largest value in what `width` cells show; NAN where nothing is known. */
double graph_max(const struct graph *graph, const float *value, int width);
/* Lines from the lowest to the topmost, top of the view is `max`. */
void graph_lines(const struct graph *graph, struct view view, const struct graph_line *line,
		 int count, double max);
/* A filled graph, with what is `bad` on top of it, lighter and in the role of what
 * is wrong; either may be NULL. */
void graph_area(const struct graph *graph, struct view view, const float *value,
		const float *bad, double max);
/* What that looks like, for a legend. */
uint32_t graph_failed_glyph(enum glyph_set set);
/* The y axis: labels right-aligned in `view`'s last-but-one columns, its last
 * column is the axis. The row below the plot belongs to the time axis. */
void graph_y_axis(struct view view, const struct glyphs *glyphs, double max);
/* The time axis, one row: operating points with their level. The rightmost
 * `margin` cells are beyond the plot; `now` ends there. */
void graph_time_axis(const struct graph *graph, struct view view, int margin, const char *now,
		     const struct glyphs *glyphs, const struct snap_point *point, int count);

/* What a load is called there: "24", "12.5/s", "w24" in a warm-up. `level`: users, or
 * arrivals per second. */
struct pen axis_label(uint8_t phase, uint8_t mode, double level, const struct glyphs *glyphs, char out[FORMAT_BYTES]);
/* The operating points of a time axis: tick and level of `point[i]` in `cell[i]` of row
 * 0 of a view, of which `plot` cells are plot and those from `free_to` on are taken. */
void axis_points(struct view view, int plot, int free_to, const struct glyphs *glyphs,
		 const struct snap_point *point, const int64_t *cell, int count);

/* The marks of a time axis, over what is there of line and ticks: where row 0 of a view has
 * room, with their notes. mark[i] in cell[i], of `plot` cells. */
void axis_marks(struct view view, int plot, const struct glyphs *glyphs, const struct course_mark *mark,
		const int64_t *cell, int count);
/* Those of `course` until then (NULL: there are none), into the row that graph_time_axis() drew. */
void graph_time_marks(const struct graph *graph, struct view view, int margin, const struct glyphs *glyphs,
		      const struct course *course, int64_t until_us);

/* --- histograms (widget_histogram.c, _bars.c, _columns.c, _strip.c) --- */

struct histogram {
	const uint64_t *ok, *failed; /* LOGGRID_BINS each */
	uint64_t failures; /* sum of failed */
	int64_t p50_us, p95_us, p99_us; /* 0 when count is 0 */
	uint64_t count;
	/* Of a baseline, drawn as if it were of `count` requests; NULL: none. */
	const uint64_t *ghost;
	uint64_t ghost_count;
};
void histogram_init(struct histogram *h, const uint64_t *ok, const uint64_t *failed,
		    const struct dist *dist);
/* Rows of a merged grid. */
struct histogram_rows {
	int first; /* bin */
	int merge; /* bins a row */
	int rows;
	bool open_low, open_high; /* the end rows take what lies beyond */
};
/* At most `rows` (> 0) rows that show what there is; 0 rows for nothing. */
struct histogram_rows histogram_merge(const struct histogram *h, int rows);
/* The same for values that have a few far away from the rest at all times, such
 * as gaps between tokens: rather fine rows than all of them apart. */
struct histogram_rows histogram_merge_most(const struct histogram *h, int rows);
/* The same for bins that came joined: rows are whole multiples of `grain` (2, 4, 8 or
 * 16) bins. Up to an octave a row all is shown. */
struct histogram_rows histogram_merge_grain(const struct histogram *h, int rows, int grain);
/* Which row a value falls into. */
int histogram_row(const struct histogram_rows *rows, int64_t us);
/* Samples in a row. */
uint64_t histogram_sum(const uint64_t *bins, const struct histogram_rows *rows, int row);
/* What the baseline has in a row, as if of as many requests; 0 without one. */
double histogram_ghost(const struct histogram *h, const struct histogram_rows *rows, int row);
/* The largest row, 1 at least: what a bar of full length stands for. `failed`: with those
 * that failed. */
double histogram_most(const struct histogram *h, const struct histogram_rows *rows, bool failed);
/* A bar a row. */
void bars_draw(const struct histogram *h, struct view view, const struct glyphs *glyphs);
/* Its rows in a view so large, and how many lines are above them. */
struct histogram_rows bars_rows(const struct histogram *h, int width, int height, int *head);
/* Columns on a logarithmic axis, percentiles marked above, failures hanging
 * below. */
void columns_draw(const struct histogram *h, struct view view, const struct glyphs *glyphs);
/* The same on an axis that is given, such as one that others share. */
void columns_draw_on(const struct histogram *h, const struct histogram_rows *rows, struct view view,
		     const struct glyphs *glyphs);
/* The cells of such a column. */
int columns_cells(const struct histogram_rows *rows, int width);
/* The middle of row `row` of such columns, from the left. */
int columns_x(const struct histogram_rows *rows, int width, int row);
/* One row: minimum to maximum of a distribution on a logarithmic axis. */
void strip_draw(const struct dist *dist, double low_us, double high_us, struct view view, int y,
		const struct glyphs *glyphs);

/* --- a heatmap (widget_heatmap.c) --- */

/* How a map lies in a plot: time from the run's start to the right, latency upward on
 * a log axis. A slot is what stands side by side, a row what stands on each other; both
 * are whole columns and bins of the map, so they move only when a run outgrows its
 * scale. Where there is room a slot is several cells wide, a row several high. */
struct heat {
	const struct snap_heat *map;
	int width, height;         /* of the plot, in cells */
	int join;                  /* columns of the map a slot */
	int slots, slot_cells;
	struct histogram_rows rows; /* the lowest first; none: there is no latency */
	int row_cells;
	bool lane;    /* the topmost row of cells is for failures */
	uint64_t base; /* a shade begins at a power of it: 1, base, base^2, base^3 */
};
void heat_init(struct heat *heat, const struct snap_heat *map, int width, int height);
/* Requests in a slot and row; all that have a latency; those that failed or were cut off. */
uint64_t heat_count(const struct heat *heat, int slot, int row);
uint64_t heat_slot_count(const struct heat *heat, int slot);
uint64_t heat_slot_bad(const struct heat *heat, int slot);
/* The slot a moment is in, the row a bin is in; the nearest there is. */
int heat_slot(const struct heat *heat, int64_t t_us);
int heat_row(const struct heat *heat, int bin);
/* Of a slot, and of the run so far. */
int64_t heat_slot_us(const struct heat *heat);
/* The cell of the plot where the middle of that row is; -1: above or below. */
int heat_y(const struct heat *heat, int bin);
/* The row of a quantile of a slot's latencies; -1: it has none. */
int heat_quantile_row(const struct heat *heat, int slot, double q);
/* What so many are drawn with. */
struct pen heat_pen(const struct heat *heat, uint64_t n);
/* The shades, and `!` over slots with failures. */
void heat_draw(const struct heat *heat, struct view plot, const struct glyphs *glyphs);
/* Labels right-aligned in `view`'s last-but-one columns, its last column is the axis;
 * its last row belongs to the time axis. */
void heat_y_axis(const struct heat *heat, struct view view, const struct glyphs *glyphs);
/* One row: operating points with their level; `now` stands where the map ends. */
void heat_time_axis(const struct heat *heat, struct view view, const char *now, const struct glyphs *glyphs,
		    const struct snap_point *point, int count);
/* As graph_time_marks(). */
void heat_time_marks(const struct heat *heat, struct view view, const struct glyphs *glyphs,
		     const struct course *course, int64_t until_us);

#endif
