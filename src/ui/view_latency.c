#include "ui/view.h"

#include <stdio.h>

#define TABLE_WIDTH 34
#define BESIDE 76 /* cells from which the table stands beside the columns */
#define STATISTICS 9

struct statistic {
	const char *name;
	double q; /* < 0: no quantile */
	enum role role;
};
static const struct statistic statistics[STATISTICS] = {
	{"min", -1, ROLE_DIM},     {"mean", -1, ROLE_DIM},    {"p50", 0.50, ROLE_P50},
	{"p75", 0.75, ROLE_DIM},   {"p90", 0.90, ROLE_DIM},   {"p95", 0.95, ROLE_P95},
	{"p99", 0.99, ROLE_P99},   {"p99.9", 0.999, ROLE_DIM}, {"max", -1, ROLE_DIM},
};

static double statistic_us(const struct dist *d, int i)
{
	const double value[STATISTICS] = {
		(double)d->min_us, d->mean_us,        (double)d->p50_us,  (double)d->p75_us, (double)d->p90_us,
		(double)d->p95_us, (double)d->p99_us, (double)d->p999_us, (double)d->max_us,
	};
	return d->count ? value[i] : -1;
}

/* Window and whole run side by side, failures apart. */
static void numbers_draw(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	const struct dist *dist[3] = {&s->now.latency, &s->all.latency, &s->all.failed_latency};
	char window[FORMAT_BYTES], text[FORMAT_BYTES], unit[FORMAT_BYTES];
	struct column column[3] = {
		{window, 9, 0, ROLE_DIM, 0},
		{"whole run", 9, 1, ROLE_DIM, 0},
		{"failed", 6, 2, s->all.failed_latency.count ? ROLE_BAD : ROLE_DIM, 0},
	};

	scene_window(scene, window);
	snprintf(unit, sizeof unit, "%s", scene->unit.name);
	table_fit(column, 3, view.width, 0, 6);
	view_text(view, 0, 0, PEN(ROLE_DIM), unit);
	table_head(column, 3, view, 0, false);
	for (int i = 0; i < STATISTICS; i++) {
		const struct statistic *st = &statistics[i];

		view_text(view, 0, 1 + i, PEN(st->role), st->name);
		for (int c = 0; c < 3; c++)
			table_cell(&column[c], view, 1 + i, scene_pen(ROLE_TEXT, dist[c]->count, st->q < 0 ? 0 : st->q),
				   format_value(statistic_us(dist[c], i), scene->unit, scene->g, text));
	}
	view_text(view, 0, 1 + STATISTICS, PEN(ROLE_DIM), "count");
	for (int c = 0; c < 3; c++)
		table_cell(&column[c], view, 1 + STATISTICS, PEN(ROLE_TEXT), format_count(dist[c]->count, text));
}

struct view distribution_plot(struct view body)
{
	if (body.width >= BESIDE)
		return view_part(body, 1, 0, body.width - TABLE_WIDTH - 4, body.height);
	if (body.height >= 2 * (STATISTICS + 2))
		return view_part(body, 1, 0, body.width - 2, body.height - STATISTICS - 3);
	return view_part(body, 1, 0, body.width - 2, body.height);
}

/* Above the column, where the rule is. */
static void cursor_draw(const struct scene *scene, struct view view, struct view plot)
{
	int row;
	struct histogram_rows rows = histogram_cells(scene->d, scene->s, view.width, view.height, &row);
	struct view column;

	if (!rows.rows || !plot.width)
		return;
	column = view_part(plot, columns_x(&rows, plot.width, row), 0, 1, plot.height);
	for (int y = 0; y < column.height; y++)
		view_repen(column, 0, y, (struct pen){.role = ROLE_SELECTED, .attr = ATTR_REVERSE});
}

void pane_distribution(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct view body = histogram_censored(scene, view_part(view, 0, 1, view.width, view.height - 1));
	struct view plot = distribution_plot(body);
	struct histogram h;

	histogram_init(&h, s->ok_bins, s->failed_bins, &s->now.latency);
	histogram_title(scene, view, &h);
	if (body.width >= BESIDE)
		numbers_draw(scene, view_part(body, body.width - TABLE_WIDTH - 1, 0, TABLE_WIDTH, body.height));
	else if (plot.height < body.height)
		numbers_draw(scene, view_part(body, 1, plot.height + 1, body.width - 2, STATISTICS + 2));
	if (!h.count && !h.failures)
		histogram_nothing(scene, plot);
	else
		columns_draw(&h, plot, scene->g);
	if (histogram_cursor(scene->d))
		cursor_draw(scene, view, plot);
}
