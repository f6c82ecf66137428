#include "ui/view.h"

#include <stdio.h>

#define TABLE_WIDTH 34
#define WITH_BASELINE 42 /* the same with a baseline, without room for failures */
#define WIDE 110 /* from which it has all columns beside a baseline */
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

enum { WINDOW, WHOLE_RUN, FAILED, BASELINE, RATIO, NUMBERS };

/* Window and whole run side by side, failures apart; then what the baseline had, and how
 * many times that the window has. */
static void numbers_draw(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	const struct ghost_shape *shape = scene_ghost(scene, s->query.task, (enum ghost_timing)s->query.clock);
	static const struct dist none;
	const struct dist *dist[RATIO] = {
		[WINDOW] = &s->now.latency, [WHOLE_RUN] = &s->all.latency, [FAILED] = &s->all.failed_latency,
		[BASELINE] = shape ? &shape->dist : &none,
	};
	char window[FORMAT_BYTES], text[FORMAT_BYTES], unit[FORMAT_BYTES];
	struct column column[NUMBERS] = {
		[WINDOW] = {window, 9, 0, ROLE_DIM, 0},
		[WHOLE_RUN] = {"whole run", 9, 3, ROLE_DIM, 0},
		[FAILED] = {"failed", 6, 4, s->all.failed_latency.count ? ROLE_BAD : ROLE_DIM, 0},
		[BASELINE] = {"baseline", shape ? 8 : 0, 2, ROLE_GHOST, 0},
		[RATIO] = {"ratio", shape ? 5 : 0, 1, ROLE_GHOST, 0},
	};

	scene_window(scene, window);
	snprintf(unit, sizeof unit, "%s", scene->unit.name);
	table_fit(column, NUMBERS, view.width, 0, 6);
	view_text(view, 0, 0, PEN(ROLE_DIM), unit);
	table_head(column, NUMBERS, view, 0, false);
	for (int i = 0; i < STATISTICS; i++) {
		const struct statistic *st = &statistics[i];
		double now = statistic_us(dist[WINDOW], i), then = statistic_us(dist[BASELINE], i);

		view_text(view, 0, 1 + i, PEN(st->role), st->name);
		for (int c = 0; c < RATIO; c++)
			table_cell(&column[c], view, 1 + i, scene_pen(ROLE_TEXT, dist[c]->count, st->q < 0 ? 0 : st->q),
				   format_value(statistic_us(dist[c], i), scene->unit, scene->g, text));
		table_cell(&column[RATIO], view, 1 + i, scene_pen(ROLE_GHOST, dist[WINDOW]->count, st->q < 0 ? 0 : st->q),
			   format_ratio(now >= 0 && then > 0 ? now / then : -1, scene->g, text));
	}
	view_text(view, 0, 1 + STATISTICS, PEN(ROLE_DIM), "count");
	for (int c = 0; c < RATIO; c++)
		table_cell(&column[c], view, 1 + STATISTICS, PEN(ROLE_TEXT), format_count(dist[c]->count, text));
}

/* The table beside the plot. */
static int table_width(struct view body, bool ghost)
{
	return !ghost ? TABLE_WIDTH : body.width >= WIDE ? TABLE_WIDTH + 16 : WITH_BASELINE;
}

struct view distribution_plot(struct view body, bool ghost)
{
	if (body.width >= BESIDE)
		return view_part(body, 1, 0, body.width - table_width(body, ghost) - 4, body.height);
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

static void columns_note(const struct scene *scene, const struct histogram *h, struct view plot)
{
	struct histogram_rows rows = histogram_merge(h, plot.width);
	int cells = columns_cells(&rows, plot.width);

	if (rows.rows)
		region_cells(scene->d->regions, REGION_HISTOGRAM, 0, plot, columns_x(&rows, plot.width, 0) - cells / 2, 0,
			     rows.rows, 1, cells, plot.height);
}

void pane_distribution(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct view body = histogram_censored(scene, modes_foot(scene, view_part(view, 0, 1, view.width, view.height - 1)));
	struct view plot;
	struct histogram h;
	int table;

	histogram_init(&h, s->ok_bins, s->failed_bins, &s->now.latency);
	scene_haunt(scene, &h, (enum ghost_timing)s->query.clock);
	histogram_title(scene, view, &h);
	plot = distribution_plot(body, h.ghost);
	table = table_width(body, h.ghost);
	if (body.width >= BESIDE)
		numbers_draw(scene, view_part(body, body.width - table - 1, 0, table, body.height));
	else if (plot.height < body.height)
		numbers_draw(scene, view_part(body, 1, plot.height + 1, body.width - 2, STATISTICS + 2));
	if (!h.count && !h.failures)
		histogram_nothing(scene, plot);
	else
		columns_draw(&h, plot, scene->g);
	columns_note(scene, &h, plot);
	if (histogram_cursor(scene->d))
		cursor_draw(scene, view, plot);
}
