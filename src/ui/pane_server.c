#include "ui/view.h"

#include <math.h>
#include <stdio.h>

#define WHY_LEAST 10 /* cells of a reason that are worth their place */

void server_failure(const struct scene *scene, struct line *line, int rank, int why_rank, int gap)
{
	const struct server_figures *server = &scene->s->server;
	char since[FORMAT_BYTES], text[SNAP_TEXT];
	struct piece *why;

	line_span(line_piece(line, rank, gap), PEN(ROLE_WARN), "no metrics since %s",
		  format_elapsed(server->since_us, since));
	why = line_piece(line, why_rank, 0);
	line_span(why, PEN(ROLE_WARN), ": %s", words_clean(server->text, text, sizeof text));
	why->least = WHY_LEAST;
}

char *server_count(const struct scene *scene, double n, char out[FORMAT_BYTES])
{
	/* Requests are whole, means of them are not. */
	return n >= 0 && n < 1e15 && n == floor(n) ? format_count((uint64_t)n, out) : format_rate(n, scene->g, out);
}

static void count_piece(const struct scene *scene, struct line *line, int rank, enum role role, const char *what,
			double n)
{
	char number[FORMAT_BYTES];
	struct piece *piece;

	if (isnan(n))
		return;
	piece = line_piece(line, rank, 2);
	line_span(piece, PEN(ROLE_DIM), "%s ", what);
	line_span(piece, PEN(role), "%s", server_count(scene, n, number));
}

static void share_piece(const struct scene *scene, struct line *line, int rank, const char *what, double share)
{
	char number[FORMAT_BYTES];
	struct piece *piece;

	if (isnan(share))
		return;
	piece = line_piece(line, rank, 2);
	line_span(piece, PEN(ROLE_DIM), "%s ", what);
	line_span(piece, PEN(ROLE_TEXT), "%s %%", format_percent(share, scene->g, number));
}

static void title_draw(const struct scene *scene, struct view view)
{
	const struct server_figures *server = &scene->s->server;
	char title[64];
	struct line right;

	line_init(&right);
	if (server->scrapes && !server->ok)
		server_failure(scene, &right, 0, 1, 0);
	/* In the order and colours of the lines. */
	count_piece(scene, &right, 1, ROLE_TEXT, "running", server->last[SERVER_RUNNING]);
	count_piece(scene, &right, 0, ROLE_WARN, "waiting", server->last[SERVER_WAITING]);
	share_piece(scene, &right, 2, "kv", server->last[SERVER_KV_USE]);
	share_piece(scene, &right, 3, "hits", server->last[SERVER_HIT_RATIO]);
	if (server->series > 1)
		line_span(line_piece(&right, 4, 2), PEN(ROLE_DIM), "%u label sets", server->series);
	snprintf(title, sizeof title, "server%s%s", server->kind && view.width >= 50 ? ", " : "",
		 server->kind && view.width >= 50 ? server_kind_name(server->kind) : "");
	rule_draw(view, scene->g, scene_focused(scene, PANE_SERVER), title, &right);
}

/* The newest values at their lines' height. One that waits is worth a row more than one that
 * runs: that one makes room. */
static void labels(const struct scene *scene, const struct frame *f, double max)
{
	static const enum server_gauge gauge[2] = {SERVER_WAITING, SERVER_RUNNING};
	static const enum role role[2] = {ROLE_WARN, ROLE_TEXT};
	const struct snap_series *series = &scene->s->series;
	int newest = series->count - 1 - (series->open ? 1 : 0), rows = f->plot.height, taken = -1;
	char number[FORMAT_BYTES];

	for (int i = 0; i < 2; i++) {
		double value = newest >= 0 ? (double)scene->s->server_series[gauge[i]][newest] : NAN;
		int row = frame_row(value >= 0 ? value : 0, max, rows);

		if (!(value >= 0))
			continue;
		if (row == taken)
			row += row + 1 < rows ? 1 : -1;
		taken = row;
		if (row >= 0)
			view_text(f->labels, 1, row, PEN(role[i]), server_count(scene, value, number));
	}
}

void pane_server(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	const struct graph_line lines[] = {
		{s->server_series[SERVER_RUNNING], ROLE_TEXT, '.'}, {s->server_series[SERVER_WAITING], ROLE_WARN, 'o'},
	};
	struct frame f = frame_of(view);
	struct graph graph;
	double max;

	if (!s->server.scrapes) {
		nothing_draw(scene, view, "server", "nobody asked it for its metrics", "--metrics URL does");
		return;
	}
	title_draw(scene, view);
	if (f.plot.height < 1 || f.plot.width < 1)
		return;
	graph_init(&graph, &s->series, scene->d->glyphs, f.plot.width);
	max = fmax(graph_max(&graph, lines[0].value, f.plot.width), graph_max(&graph, lines[1].value, f.plot.width));
	graph_y_axis(f.y_axis, scene->g, isnan(max) ? 0 : format_nice_max(max));
	frame_time(scene, &graph, &f);
	if (isnan(max)) {
		frame_nothing(scene, &f, s->server.ok ? "it does not say how many requests it has"
						      : "no figures of the server in this time");
		return;
	}
	max = format_nice_max(max);
	graph_lines(&graph, f.plot, lines, 2, max);
	labels(scene, &f, max);
}
