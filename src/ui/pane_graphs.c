#include "ui/view.h"

#include <math.h>
#include <stdio.h>

void pane_rate(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	const struct snap_series *series = &s->series;
	struct frame f = frame_of(view);
	struct graph graph;
	struct line right;
	char whose[SNAP_NAME + 8], title[SNAP_NAME + 64], number[FORMAT_BYTES], window[FORMAT_BYTES];
	double max;

	scene_whose(scene, whose, sizeof whose);
	snprintf(title, sizeof title, "%s%s%s", view.width < 34 ? "req/s" : "throughput", whose,
		 view.width < 34 ? "" : ", req/s");
	scene_window(scene, window);
	line_init(&right);
	line_span(line_piece(&right, 0, 0), PEN(ROLE_TEXT), "%s", format_rate(s->now.rps, scene->g, number));
	line_span(line_piece(&right, 1, 0), PEN(ROLE_DIM), ", %s", window);
	rule_draw(view, scene->g, scene_focused(scene, PANE_RATE), title, &right);
	if (f.plot.height < 1 || f.plot.width < 1)
		return;
	graph_init(&graph, series, scene->d->glyphs, f.plot.width);
	max = fmax(graph_max(&graph, series->rps, f.plot.width), graph_max(&graph, series->errors, f.plot.width));
	graph_y_axis(f.y_axis, scene->g, isnan(max) ? 0 : format_nice_max(max));
	frame_time(scene, &graph, &f);
	if (isnan(max)) {
		frame_nothing(scene, &f, "no answers yet");
		return;
	}
	max = format_nice_max(max);
	graph_area(&graph, f.plot, series->rps, series->errors, max);
	/* The newest closed second, beside its place. */
	int newest = series->count - 1 - (series->open ? 1 : 0);

	if (newest >= 0 && series->rps[newest] >= 0) {
		view_text(f.labels, 1, frame_row((double)series->rps[newest], max, f.plot.height), (struct pen){.role = ROLE_RATE, .level = 100},
			  format_rate((double)series->rps[newest], scene->g, number));
	}
}

static const enum role trend_role[3] = {ROLE_P99, ROLE_P95, ROLE_P50};

/* The newest values at the height of their lines; pushed apart where they
 * would share a row, the higher percentile on top. */
static void draw_labels(const struct scene *scene, const struct frame *f, const double value[3],
			struct unit unit, double max)
{
	int row[3], rows = f->labels.height, known = 0, which[3];
	char text[FORMAT_BYTES];

	for (int i = 0; i < 3; i++) {
		if (!(value[i] >= 0))
			continue;
		int y = frame_row(value[i], max, rows);

		if (known && y <= row[known - 1])
			y = row[known - 1] + 1;
		row[known] = y;
		which[known++] = i;
	}
	for (int i = known - 1, low = rows - 1; i >= 0; i--, low--)
		if (row[i] > low)
			row[i] = low;
	for (int i = 0; i < known; i++)
		if (row[i] >= 0)
			view_text(f->labels, 1, row[i], PEN(trend_role[which[i]]),
				  format_value(value[which[i]], unit, scene->g, text));
}

void pane_trend(const struct scene *scene, struct view view)
{
	const struct snap_series *series = &scene->s->series;
	const struct graph_line lines[3] = {
		{series->p99, ROLE_P99, '*'}, {series->p95, ROLE_P95, 'o'}, {series->p50, ROLE_P50, '.'},
	};
	struct frame f = frame_of(view);
	struct graph graph;
	struct line right;
	struct unit unit;
	char whose[SNAP_NAME + 8], title[SNAP_NAME + 64];
	double max, newest[3];
	int last = series->count - 1 - (series->open ? 1 : 0);

	graph_init(&graph, series, scene->d->glyphs, f.plot.width);
	max = graph_max(&graph, series->p99, f.plot.width);
	unit = format_unit(max, max, scene->g);
	scene_whose(scene, whose, sizeof whose);
	snprintf(title, sizeof title, "%s%s", view.width < 50 ? "latency" : "latency over time", whose);
	line_init(&right);
	line_span(line_piece(&right, 2, 1), PEN(ROLE_P50), "p50");
	line_span(line_piece(&right, 1, 1), PEN(ROLE_P95), "p95");
	struct piece *piece = line_piece(&right, 0, 1);
	line_span(piece, PEN(ROLE_P99), "p99");
	line_span(piece, PEN(ROLE_DIM), ", %s", unit.name);
	rule_draw(view, scene->g, scene_focused(scene, PANE_TREND), title, &right);
	if (f.plot.height < 1 || f.plot.width < 1)
		return;
	graph_y_axis(f.y_axis, scene->g, isnan(max) ? 0 : format_nice_max(max / unit.us));
	frame_time(scene, &graph, &f);
	if (isnan(max)) {
		frame_nothing(scene, &f, "no answers yet");
		return;
	}
	max = format_nice_max(max / unit.us) * unit.us;
	graph_lines(&graph, f.plot, (struct graph_line[]){lines[2], lines[1], lines[0]}, 3, max);
	for (int i = 0; i < 3; i++)
		newest[i] = last >= 0 ? (double)lines[i].value[last] : NAN;
	draw_labels(scene, &f, newest, unit, max);
}
