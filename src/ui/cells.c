/* What is under the cursor, as a question for the exemplars behind it; the cursor of a
 * histogram. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ui/view.h"

enum cursor_way histogram_cursor(const struct dashboard *d)
{
	if (d->focus != PANE_HISTOGRAM || !d->focus_given || d->help)
		return CURSOR_NONE;
	return d->view == VIEW_LATENCY ? CURSOR_COLUMNS : CURSOR_ROWS;
}

struct histogram_rows histogram_cells(const struct dashboard *d, const struct snapshot *s, int width, int height,
				      int *row)
{
	int rows_high = histogram_body_height(s, height - 1), head;
	const struct scene scene = {.d = d, .s = s};
	struct histogram_rows rows;
	struct histogram h;

	*row = 0;
	histogram_init(&h, s->ok_bins, s->failed_bins, &s->now.latency);
	scene_haunt(&scene, &h, (enum ghost_timing)s->query.clock);
	if (rows_high < 1 || (!h.count && !h.failures))
		return (struct histogram_rows){0};
	if (d->view == VIEW_LATENCY)
		rows = histogram_merge(&h, distribution_plot((struct view){.width = width, .height = rows_high}, h.ghost).width);
	else
		rows = bars_rows(&h, width, rows_high, &head);
	if (d->histogram_bin >= 0 && rows.rows) {
		*row = (d->histogram_bin - rows.first) / rows.merge;
		*row = d->histogram_bin < rows.first || *row < 0 ? 0 : *row >= rows.rows ? rows.rows - 1 : *row;
	} else {
		*row = histogram_row(&rows, h.count ? h.p50_us : s->now.failed_latency.p50_us);
	}
	return rows;
}

void histogram_move(struct dashboard *d, const struct snapshot *s, int width, int height, int by)
{
	int row;
	struct histogram_rows rows = histogram_cells(d, s, width, height, &row);

	if (!rows.rows)
		return;
	row = row + by < 0 ? 0 : row + by >= rows.rows ? rows.rows - 1 : row + by;
	d->histogram_bin = rows.first + row * rows.merge;
	if (d->histogram_bin < 0)
		d->histogram_bin = 0;
}

void cell_span(const struct histogram_rows *rows, int row, struct exemplar_query *query)
{
	int from = rows->first + row * rows->merge, to = from + rows->merge;

	query->low_us = (row == 0 && rows->open_low) || from <= 0 ? 0 : (int64_t)ceil(loggrid_edge_us(from));
	query->high_us = (row == rows->rows - 1 && rows->open_high) || to >= LOGGRID_BINS
				 ? INT64_MAX : (int64_t)ceil(loggrid_edge_us(to));
}

static void ask_error(struct exemplar_query *q, const struct snap_error *e)
{
	q->error = (int16_t)e->error;
	q->code = e->code;
	snprintf(q->message, sizeof q->message, "%s", e->message);
}

static void say_span(struct dashboard *d)
{
	const struct exemplar_query *q = &d->exemplar.query;
	const struct glyphs *g = glyphs_of(d->glyphs);
	char a[FORMAT_BYTES], b[FORMAT_BYTES];

	format_duration((double)q->low_us, g, a);
	format_duration((double)q->high_us, g, b);
	if (q->high_us == INT64_MAX)
		snprintf(d->exemplar.what, sizeof d->exemplar.what, "%s%s", g->at_least, a);
	else if (!q->low_us)
		snprintf(d->exemplar.what, sizeof d->exemplar.what, "< %s", b);
	else
		snprintf(d->exemplar.what, sizeof d->exemplar.what, "%s to %s", a, b);
}

static void say_when(struct dashboard *d)
{
	size_t used = strlen(d->exemplar.what);
	char from[FORMAT_BYTES];

	snprintf(d->exemplar.what + used, sizeof d->exemplar.what - used, " at %s",
		 format_elapsed(d->exemplar.query.from_us, from));
}

void exemplars_ask(struct dashboard *d, const struct snapshot *s, int width, int height)
{
	struct exemplar_query *q = &d->exemplar.query;
	bool errors = d->view == VIEW_ERRORS || d->focus == PANE_ERRORS;
	struct histogram_rows rows;
	int row;

	*q = (struct exemplar_query){
		.task = s->query.task, .clock = s->query.clock, .error = -1,
		.high_us = INT64_MAX, .to_us = INT64_MAX, .until_us = s->t_us,
		.ok_only = d->filter.outcome == FILTER_OK, .failures_only = d->filter.outcome == FILTER_FAILED,
		.class = (uint8_t)d->filter.error,
	};
	/* Errors are of all tasks, but where one was asked for. */
	if (errors && !d->filter.by_task)
		q->task = -1;
	if (errors && d->view == VIEW_ERRORS && s->error_count) {
		const struct snap_error *e =
			&s->error[d->error_cursor < s->error_count ? d->error_cursor : s->error_count - 1];

		ask_error(q, e);
		words_error(e, d->exemplar.what, sizeof d->exemplar.what);
	} else if (errors) {
		q->failures_only = true;
		snprintf(d->exemplar.what, sizeof d->exemplar.what, "failures");
	} else if (d->view == VIEW_LATENCY && d->focus == PANE_HEATMAP) {
		heatmap_cell(d, s, width, height, q);
		say_span(d);
		say_when(d);
	} else if (d->focus == PANE_HISTOGRAM) {
		q->from_us = s->window_since_us;
		rows = histogram_cells(d, s, width, height, &row);
		if (histogram_cursor(d) && rows.rows) {
			cell_span(&rows, row, q);
			say_span(d);
		} else {
			snprintf(d->exemplar.what, sizeof d->exemplar.what, "the window's slowest");
		}
	} else if (s->task_count > 1 && d->cursor > 0 && d->cursor <= s->task_count) {
		q->task = (int16_t)(d->cursor - 1);
		snprintf(d->exemplar.what, sizeof d->exemplar.what, "%s", s->task[q->task].name);
	} else {
		q->task = -1;
		snprintf(d->exemplar.what, sizeof d->exemplar.what, "all requests");
	}
}
