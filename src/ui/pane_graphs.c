#include "ui/view.h"

#include <math.h>
#include <stdio.h>

/* Of a class of errors the window's count is in its seconds, where there are all of them. */
static double failed_rate(const struct scene *scene)
{
	const struct snapshot *s = scene->s;
	const struct snap_series *series = &s->series;
	double n = 0;

	if (scene->d->filter.error == ERROR_NONE)
		return s->now.seconds > 0 ? (double)(s->now.failed + s->now.censored) / s->now.seconds : -1;
	if (!(s->now.seconds > 0) || series->first * INT64_C(1000000) > s->window_since_us)
		return -1;
	for (int i = 0; i < series->count && i < SNAP_SECONDS; i++)
		if ((series->first + i + 1) * INT64_C(1000000) > s->window_since_us)
			n += series->errors_of[scene->d->filter.error][i];
	return n / s->now.seconds;
}

/* "59.1 ok  ▒ 504 failed, last 9.6 s": what is drawn, in its glyphs. */
static void rate_title(const struct scene *scene, struct view view)
{
	const struct snap_numbers *n = &scene->s->now;
	char whose[WHOSE_BYTES], title[WHOSE_BYTES + 96], number[FORMAT_BYTES], window[FORMAT_BYTES], glyph[GLYPH_BYTES];
	double failed = failed_rate(scene);
	bool any = scene->d->filter.outcome == FILTER_FAILED || n->failed + n->censored > 0;
	bool failed_only = scene->d->filter.outcome == FILTER_FAILED;
	struct line right;
	struct piece *piece;

	scene_whose_apart(scene, true, whose, sizeof whose);
	bool brief = view.width < (any ? 50 : 34);

	snprintf(title, sizeof title, "%s%s%s", brief ? "req/s" : "throughput", whose, brief ? "" : ", req/s");
	scene_window(scene, window);
	line_init(&right);
	if (!failed_only)
		line_span(line_piece(&right, 0, 0), PEN(ROLE_TEXT), any ? "%s ok" : "%s",
			  format_rate(n->ok_rps, scene->g, number));
	if (any) {
		piece = line_piece(&right, !failed_only, 2);
		line_span(piece, PEN(ROLE_BAD), "%s %s failed", format_glyph(graph_failed_glyph(scene->d->glyphs), glyph),
			  format_rate(failed, scene->g, number));
	}
	line_span(line_piece(&right, 2, 0), PEN(ROLE_DIM), ", %s", window);
	rule_draw(view, scene->g, scene_focused(scene, PANE_RATE), title, &right);
}

void pane_rate(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	const struct snap_series *series = &s->series;
	struct frame f = frame_of(view);
	struct graph graph;
	float all[SNAP_SECONDS]; /* the height of both */
	char number[FORMAT_BYTES];
	double max;

	rate_title(scene, view);
	if (f.plot.height < 1 || f.plot.width < 1)
		return;
	graph_init(&graph, series, scene->d->glyphs, f.plot.width);
	for (int i = 0; i < series->count && i < SNAP_SECONDS; i++)
		all[i] = series->ok[i] + series->errors[i];
	max = graph_max(&graph, all, f.plot.width);
	graph_y_axis(f.y_axis, scene->g, isnan(max) ? 0 : format_nice_max(max));
	frame_time(scene, &graph, &f);
	if (isnan(max)) {
		frame_nothing(scene, &f, "no answers yet");
		return;
	}
	max = format_nice_max(max);
	graph_area(&graph, f.plot, series->ok, series->errors, max);
	/* The newest closed second, beside its place. */
	int newest = series->count - 1 - (series->open ? 1 : 0);

	if (newest >= 0 && series->ok[newest] >= 0 && scene->d->filter.outcome != FILTER_FAILED)
		view_text(f.labels, 1, frame_row((double)series->ok[newest], max, f.plot.height),
			  (struct pen){.role = ROLE_RATE, .level = 100},
			  format_rate((double)series->ok[newest], scene->g, number));
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
	char whose[WHOSE_BYTES], title[WHOSE_BYTES + 96];
	double max, newest[3];
	int last = series->count - 1 - (series->open ? 1 : 0);

	graph_init(&graph, series, scene->d->glyphs, f.plot.width);
	max = graph_max(&graph, series->p99, f.plot.width);
	unit = format_unit(max, max, scene->g);
	scene_whose(scene, whose, sizeof whose);
	snprintf(title, sizeof title, "%s%s%s", scene_clock(scene), view.width < 50 ? "" : " over time", whose);
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
		frame_nothing(scene, &f, scene->s->failed + scene->s->censored ? "no successful answers yet"
									       : "no answers yet");
		return;
	}
	max = format_nice_max(max / unit.us) * unit.us;
	graph_lines(&graph, f.plot, (struct graph_line[]){lines[2], lines[1], lines[0]}, 3, max);
	for (int i = 0; i < 3; i++)
		newest[i] = last >= 0 ? (double)lines[i].value[last] : NAN;
	draw_labels(scene, &f, newest, unit, max);
}
