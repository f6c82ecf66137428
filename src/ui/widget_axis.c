#include "ui/widget.h"

#include "base/utf8.h"

#include <math.h>
#include <stdio.h>

#define NOTE_MAX 12
#define NOTE_LEAST 4 /* cells of a note that say something */

void graph_y_axis(struct view view, const struct glyphs *glyphs, double max)
{
	int rows = view.height - 1, axis = view.width - 1;
	char text[FORMAT_BYTES];

	if (rows < 1)
		return;
	for (int y = 0; y < rows; y++)
		view_put(view, axis, y, glyphs->axis_tick, PEN(ROLE_RULE));
	view_put(view, axis, rows, glyphs->axis_cross, PEN(ROLE_RULE));
	if (!(max > 0))
		return;
	view_right(view, axis - 1, 0, PEN(ROLE_DIM), format_axis(max, text));
	view_right(view, axis - 1, rows, PEN(ROLE_DIM), "0");
	/* Where a row's upper edge is the middle exactly. */
	if (rows % 2 == 0 && utf8_cells(format_axis(max / 2, text)) < axis)
		view_right(view, axis - 1, rows / 2, PEN(ROLE_DIM), text);
}

struct pen axis_label(uint8_t phase, uint8_t mode, double value, const struct glyphs *glyphs, char out[FORMAT_BYTES])
{
	char glyph[GLYPH_BYTES], level[FORMAT_BYTES];

	switch (phase) {
	case PHASE_WARMUP:
		snprintf(out, FORMAT_BYTES, "w%s", format_level(value, level));
		return PEN(ROLE_DIM);
	case PHASE_PAUSE:
		snprintf(out, FORMAT_BYTES, "%s", format_glyph(glyphs->paused, glyph));
		return PEN(ROLE_WARN);
	case PHASE_DRAIN:
		snprintf(out, FORMAT_BYTES, "drain");
		return PEN(ROLE_DIM);
	case PHASE_END:
		snprintf(out, FORMAT_BYTES, "end");
		return PEN(ROLE_DIM);
	default:
		snprintf(out, FORMAT_BYTES, mode == MODE_OPEN ? "%s/s" : "%s", format_level(value, level));
		return PEN(ROLE_TICK);
	}
}

void axis_points(struct view view, int plot, int free_to, const struct glyphs *glyphs,
		 const struct snap_point *point, const int64_t *cell, int count)
{
	bool left_edge = false;

	/* Newest first: where two labels meet the newer one stays. */
	for (int i = count - 1; i >= 0 && !left_edge; i--) {
		char label[FORMAT_BYTES];
		struct pen pen = axis_label(point[i].phase, point[i].mode, point[i].level, glyphs, label);
		int cells = utf8_cells(label), x;

		if (cell[i] >= plot)
			continue;
		/* The load that was on when the axis begins. */
		left_edge = cell[i] < 0;
		x = left_edge ? 0 : (int)cell[i];
		if (!left_edge && x < free_to)
			view_put(view, x, 0, glyphs->tick, PEN(ROLE_TICK));
		/* A cell of line between a label and the next tick. */
		if (x + 1 + cells < free_to || (free_to >= plot && x + 1 + cells <= free_to))
			view_text(view, x + 1, 0, pen, label);
		if (x < free_to)
			free_to = x;
	}
}

void graph_time_axis(const struct graph *graph, struct view view, int margin, const char *now,
		     const struct glyphs *glyphs, const struct snap_point *point, int count)
{
	const struct snap_series *series = graph->series;
	int plot = view.width - margin;
	int64_t first_cell = graph->last_cell - (plot - 1);
	int64_t cell[SNAP_POINTS];
	int free_to = view.width; /* what is right of it is taken */

	for (int x = 0; x < plot; x++)
		view_put(view, x, 0, glyphs->rule, PEN(ROLE_RULE));
	for (int i = 0; i < series->count; i++) {
		int64_t x = graph_cell_of(graph, series->first + i) - first_cell;

		if (series->incomplete[i] && x >= 0 && x < plot)
			view_put(view, (int)x, 0, '!', PEN(ROLE_BAD));
	}
	if (margin > utf8_cells(now)) {
		view_right(view, view.width, 0, PEN(ROLE_DIM), now);
		free_to = view.width - utf8_cells(now) - 1;
	}
	for (int i = 0; i < count && i < SNAP_POINTS; i++)
		cell[i] = graph_cell_of(graph, point[i].t_us / 1000000) - first_cell;
	axis_points(view, plot, free_to, glyphs, point, cell, count < SNAP_POINTS ? count : SNAP_POINTS);
}

static void draw_note(struct view view, int x, int plot, const struct glyphs *glyphs, const char *note)
{
	int room = 0;
	char text[COURSE_NOTE + 4];

	while (x + room < plot && view_at(view, x + room, 0) == glyphs->rule)
		room++;
	/* A cell of line before what comes next. */
	if (x + room < plot)
		room--;
	if (room > NOTE_MAX)
		room = NOTE_MAX;
	if (*note && (room >= NOTE_LEAST || room >= utf8_cells(note)))
		view_text(view, x, 0, PEN(ROLE_TEXT), format_fit(note, room, glyphs, text, sizeof text));
}

void axis_marks(struct view view, int plot, const struct glyphs *glyphs, const struct course_mark *mark,
		const int64_t *cell, int count)
{
	for (int pass = 0; pass < 2; pass++)
		for (int i = count - 1; i >= 0; i--) {
			int x = cell[i] >= 0 && cell[i] < plot ? (int)cell[i] : -1;
			uint32_t there = view_at(view, x, 0);

			if (pass && there == glyphs->mark)
				draw_note(view, x + 1, plot, glyphs, mark[i].note);
			else if (!pass && (there == glyphs->rule || there == glyphs->tick))
				view_put(view, x, 0, glyphs->mark, PEN(ROLE_ACCENT));
		}
}

/* They are by time. */
static int marks_until(const struct course *course, int64_t until_us)
{
	int n = 0;

	while (course && n < course->marks && course->mark[n].t_us <= until_us)
		n++;
	return n;
}

void graph_time_marks(const struct graph *graph, struct view view, int margin, const struct glyphs *glyphs,
		      const struct course *course, int64_t until_us)
{
	int plot = view.width - margin, count = marks_until(course, until_us);
	int64_t cell[COURSE_MARKS];

	for (int i = 0; i < count; i++)
		cell[i] = graph_cell_of(graph, course->mark[i].t_us / 1000000) - (graph->last_cell - (plot - 1));
	if (count)
		axis_marks(view, plot, glyphs, course->mark, cell, count);
}

void heat_time_marks(const struct heat *heat, struct view view, const struct glyphs *glyphs,
		     const struct course *course, int64_t until_us)
{
	int end = heat->slots * heat->slot_cells, count = marks_until(course, until_us);
	int64_t cell[COURSE_MARKS];

	if (!heat->slots)
		return;
	for (int i = 0; i < count; i++)
		cell[i] = course->mark[i].t_us / heat_slot_us(heat) * heat->slot_cells;
	if (count)
		axis_marks(view, end < heat->width ? end : heat->width, glyphs, course->mark, cell, count);
}
