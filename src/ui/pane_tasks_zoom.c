/* The tasks with the whole screen for them: all that is known of each, in two
 * tables under each other, since one would be wider than most screens. */
#include "ui/view.h"

#include <stdio.h>

#define NAME_LEFT 3
#define NAME_LEAST 16
#define BOTH 10 /* rows from which there is room for two */

enum { SHARE, RPS, P50, P95, P99, MEAN, MAX, FAILED, OK, TIMES };
enum { GOODPUT, QUALITY, TTFT, TPOT, TOKENS, HITS, ALL_REQUESTS, ALL_P50, ALL_P95, ALL_P99, ALL_FAILED, REST };

static void us_cell(const struct scene *scene, const struct column *column, struct view view, int y,
		    double us, uint64_t n, double q)
{
	char text[FORMAT_BYTES];

	table_cell(column, view, y, scene_pen(ROLE_TEXT, n, q), format_value(n ? us : -1, scene->unit, scene->g, text));
}

static void percent_cell(const struct scene *scene, const struct column *column, struct view view, int y,
			 enum role role, double share)
{
	char number[FORMAT_BYTES], text[FORMAT_BYTES];

	format_percent(share, scene->g, number);
	snprintf(text, sizeof text, "%.20s %%", number);
	table_cell(column, view, y, PEN(share >= 0 ? role : ROLE_DIM), share >= 0 ? text : number);
}

static void rate_cell(const struct scene *scene, const struct column *column, struct view view, int y, double rate)
{
	char text[FORMAT_BYTES];

	table_cell(column, view, y, PEN(rate >= 0 ? ROLE_TEXT : ROLE_DIM), format_rate(rate, scene->g, text));
}

static void failed_cell(const struct column *column, struct view view, int y, const struct snap_numbers *n)
{
	char text[FORMAT_BYTES];
	uint64_t failed = n->failed + n->censored;

	table_cell(column, view, y, PEN(failed ? ROLE_BAD : ROLE_DIM), format_count(failed, text));
}

static void times_draw(const struct scene *scene, const struct column *column, struct view view, int y,
		       const struct snap_task *task)
{
	const struct snap_numbers *n = &task->window;
	const struct dist *d = &n->latency;

	percent_cell(scene, &column[SHARE], view, y, ROLE_TEXT, task->share);
	rate_cell(scene, &column[RPS], view, y, n->rps);
	us_cell(scene, &column[P50], view, y, (double)d->p50_us, d->count, 0.5);
	us_cell(scene, &column[P95], view, y, (double)d->p95_us, d->count, 0.95);
	us_cell(scene, &column[P99], view, y, (double)d->p99_us, d->count, 0.99);
	us_cell(scene, &column[MEAN], view, y, d->mean_us, d->count, 0);
	us_cell(scene, &column[MAX], view, y, (double)d->max_us, d->count, 0);
	failed_cell(&column[FAILED], view, y, n);
	percent_cell(scene, &column[OK], view, y,
		     n->success_rate >= 1 ? ROLE_OK : n->success_rate >= 0.99 ? ROLE_TEXT : ROLE_BAD, n->success_rate);
}

static void rest_draw(const struct scene *scene, const struct column *column, struct view view, int y,
		      const struct snap_task *task)
{
	const struct snap_numbers *n = &task->window, *all = &task->all;
	const struct dist *d = &all->latency;
	uint64_t told = n->cache_hits + n->cache_misses;
	char text[FORMAT_BYTES];

	rate_cell(scene, &column[GOODPUT], view, y, n->goodput_rps);
	table_cell(&column[QUALITY], view, y, PEN(n->quality >= 0 ? ROLE_TEXT : ROLE_DIM),
		   scene_quality(scene, n->quality, text));
	table_cell(&column[TTFT], view, y, scene_pen(ROLE_TEXT, n->ttft.count, 0.95),
		   format_duration(n->ttft.count ? (double)n->ttft.p95_us : -1, scene->g, text));
	table_cell(&column[TPOT], view, y, scene_pen(ROLE_TEXT, n->tpot.count, 0.5),
		   format_duration(n->tpot.count ? (double)n->tpot.p50_us : -1, scene->g, text));
	rate_cell(scene, &column[TOKENS], view, y, n->output_tokens_per_s);
	percent_cell(scene, &column[HITS], view, y, ROLE_TEXT, told ? (double)n->cache_hits / (double)told : -1);
	table_cell(&column[ALL_REQUESTS], view, y, PEN(ROLE_TEXT), format_count(all->requests, text));
	us_cell(scene, &column[ALL_P50], view, y, (double)d->p50_us, d->count, 0.5);
	us_cell(scene, &column[ALL_P95], view, y, (double)d->p95_us, d->count, 0.95);
	us_cell(scene, &column[ALL_P99], view, y, (double)d->p99_us, d->count, 0.99);
	failed_cell(&column[ALL_FAILED], view, y, all);
}

typedef void row_fn(const struct scene *, const struct column *, struct view, int, const struct snap_task *);

/* The titles and a row for each task, as far as there are rows. */
static void table_draw(const struct scene *scene, struct column *column, int columns, struct view view, row_fn *draw)
{
	const struct snapshot *s = scene->s;
	int count = scene_task_rows(s), rows = view.height - 1, top = table_top(count, rows, scene->d->cursor);
	int cells = table_fit(column, columns, view.width, NAME_LEFT, NAME_LEAST);
	char text[SNAP_NAME + 8];

	table_head(column, columns, view, 0, false);
	region_cells(scene->d->regions, REGION_TASK, top, view, 0, 1, 1, count - top, view.width, 1);
	for (int y = 1; y <= rows && top + y - 1 < count; y++) {
		const struct snap_task *task = scene_task(s, top + y - 1);
		bool here = top + y - 1 == scene->d->cursor;

		if (here)
			view_put(view, 1, y, scene->g->cursor, PEN(ROLE_ACCENT));
		view_text(view, NAME_LEFT, y, PEN(here ? ROLE_ACCENT : ROLE_TEXT),
			  format_fit(task->name, cells, scene->g, text, sizeof text));
		draw(scene, column, view, y, task);
	}
}

void pane_tasks_zoomed(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	const struct snap_numbers *all = &s->together.all;
	bool streams = scene_streams(s);
	struct column times[TIMES] = {
		[SHARE] = {"share", 6, 7, ROLE_DIM, 0}, [RPS] = {"req/s", 5, 1, ROLE_DIM, 0},
		[P50] = {"p50", 5, 3, ROLE_P50, 0},     [P95] = {"p95", 5, 0, ROLE_P95, 0},
		[P99] = {"p99", 5, 2, ROLE_P99, 0},     [MEAN] = {"mean", 5, 8, ROLE_DIM, 0},
		[MAX] = {"max", 5, 6, ROLE_DIM, 0},     [FAILED] = {"failed", 6, 5, ROLE_DIM, 0},
		[OK] = {"ok", 6, 4, ROLE_DIM, 0},
	};
	struct column rest[REST] = {
		[GOODPUT] = {"good/s", all->goodput_rps >= 0 ? 6 : 0, 6, ROLE_DIM, 0},
		[QUALITY] = {"quality", all->quality >= 0 ? 7 : 0, 3, ROLE_DIM, 0},
		[TTFT] = {"ttft p95", streams ? 8 : 0, 2, ROLE_P95, 0},
		[TPOT] = {"tpot p50", streams ? 8 : 0, 7, ROLE_P50, 0},
		[TOKENS] = {"tokens/s", all->output_tokens_per_s >= 0 ? 8 : 0, 8, ROLE_DIM, 0},
		[HITS] = {"hits", all->cache_hits + all->cache_misses ? 6 : 0, 9, ROLE_DIM, 0},
		[ALL_REQUESTS] = {"requests", 8, 1, ROLE_DIM, 0},
		[ALL_P50] = {"p50", 5, 10, ROLE_P50, 0},
		[ALL_P95] = {"p95", 5, 4, ROLE_P95, 0},
		[ALL_P99] = {"p99", 5, 5, ROLE_P99, 0},
		[ALL_FAILED] = {"failed", 6, 0, ROLE_DIM, 0},
	};
	int count = scene_task_rows(s), both = view.height >= BOTH ? 2 : 1;
	int high = (view.height - both) / both; /* rows of a table, without its title */
	struct view low;
	char title[64], window[FORMAT_BYTES];

	high = high > count + 1 ? count + 1 : high;
	snprintf(title, sizeof title, "tasks%s, %s", scene_clock_suffix(scene), scene->unit.name);
	if (count > high - 1 && high > 1)
		snprintf(title, sizeof title, "tasks, %d of %d, %s", high - 1, count, scene->unit.name);
	rule_draw(view, scene->g, scene_focused(scene, PANE_TASKS), title, NULL);
	table_draw(scene, times, TIMES, view_part(view, 0, 1, view.width - 1, high), times_draw);
	scene_window(scene, window);
	table_group(times, view_part(view, 0, 0, view.width - 1, 1), SHARE, OK, window);
	if (both == 1)
		return;
	/* A blank row where one is left. */
	low = view_part(view, 0, high + 1 + (2 * high + 3 <= view.height), view.width, high + 1);
	rule_draw(low, scene->g, false, "", NULL);
	table_draw(scene, rest, REST, view_part(low, 0, 1, low.width - 1, low.height - 1), rest_draw);
	low = view_part(low, 0, 0, low.width - 1, 1);
	table_group(rest, low, GOODPUT, HITS, window);
	table_group(rest, low, ALL_REQUESTS, ALL_FAILED, "whole run");
}
