#include "ui/view.h"

#include <math.h>
#include <stdio.h>

#define NAMED 30 /* cells from which the title says whose it is */

static void title_draw(const struct scene *scene, struct view view, enum pane pane, const char *what,
		       const char *unit, struct line *right)
{
	char whose[WHOSE_BYTES] = "", title[WHOSE_BYTES + 96];

	if (view.width >= NAMED)
		scene_whose(scene, whose, sizeof whose);
	snprintf(title, sizeof title, "%s%s%s", what, whose, unit);
	rule_draw(view, scene->g, scene_focused(scene, pane), title, right);
}

/* The newest closed second, beside its place. */
static double newest(const struct snap_series *series, const float *value)
{
	int last = series->count - 1 - (series->open ? 1 : 0);

	return last >= 0 ? (double)value[last] : NAN;
}

static void label(const struct frame *f, double value, double max, struct pen pen, const char *text)
{
	if (value >= 0)
		view_text(f->labels, 1, frame_row(value, max, f->plot.height), pen, text);
}

/* One percentile of token times over time. */
static void trend_draw(const struct scene *scene, struct view view, enum pane pane, const char *what,
		       const struct graph_line *line)
{
	const struct snap_series *series = &scene->s->series;
	struct scene ms = scene_in_ms(scene);
	struct frame f = frame_of(view);
	char number[FORMAT_BYTES];
	struct graph graph;
	double max, last = newest(series, line->value);

	title_draw(scene, view, pane, what, ", ms", NULL);
	if (f.plot.height < 1 || f.plot.width < 1)
		return;
	graph_init(&graph, series, scene->d->glyphs, f.plot.width);
	max = graph_max(&graph, line->value, f.plot.width);
	graph_y_axis(f.y_axis, scene->g, isnan(max) ? 0 : format_nice_max(max / ms.unit.us));
	frame_time(scene, &graph, &f);
	if (isnan(max)) {
		frame_nothing(scene, &f, "no streams yet");
		return;
	}
	max = format_nice_max(max / ms.unit.us) * ms.unit.us;
	graph_lines(&graph, f.plot, line, 1, max);
	label(&f, last, max, PEN(line->role), format_value(last, ms.unit, scene->g, number));
}

void pane_ttft_trend(const struct scene *scene, struct view view)
{
	const struct graph_line line = {scene->s->series.ttft_p95, ROLE_P95, 'o'};

	trend_draw(scene, view, PANE_TTFT_TREND, "TTFT p95", &line);
}

void pane_itl_trend(const struct scene *scene, struct view view)
{
	const struct graph_line line = {scene->s->series.itl_p99, ROLE_P99, '*'};

	trend_draw(scene, view, PANE_ITL_TREND, "ITL p99", &line);
}

void pane_tokens(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	const struct snap_series *series = &s->series;
	struct frame f = frame_of(view);
	char number[FORMAT_BYTES], window[FORMAT_BYTES];
	double max, last = newest(series, series->tokens);
	struct piece *piece;
	struct graph graph;
	struct line right;

	scene_window(scene, window);
	line_init(&right);
	line_span(line_piece(&right, 0, 0), PEN(ROLE_TEXT), "%s",
		  format_rate(s->now.output_tokens_per_s, scene->g, number));
	piece = line_piece(&right, 1, 2);
	line_span(piece, PEN(ROLE_DIM), "a user ");
	line_span(piece, PEN(ROLE_TEXT), "%s", format_rate(s->now.user_tokens_per_s, scene->g, number));
	line_span(line_piece(&right, 2, 0), PEN(ROLE_DIM), ", %s", window);
	title_draw(scene, view, PANE_TOKENS, view.width >= NAMED ? "output tokens/s" : "tokens/s", "", &right);
	if (f.plot.height < 1 || f.plot.width < 1)
		return;
	graph_init(&graph, series, scene->d->glyphs, f.plot.width);
	max = graph_max(&graph, series->tokens, f.plot.width);
	graph_y_axis(f.y_axis, scene->g, isnan(max) ? 0 : format_nice_max(max));
	frame_time(scene, &graph, &f);
	if (isnan(max)) {
		frame_nothing(scene, &f, "no streams yet");
		return;
	}
	max = format_nice_max(max);
	graph_area(&graph, f.plot, series->tokens, NULL, max);
	label(&f, last, max, (struct pen){.role = ROLE_RATE, .level = 100}, format_rate(last, scene->g, number));
}
