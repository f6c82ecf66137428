#include "ui/view.h"

#include <stdio.h>

#define NAME_LEFT 3

enum { SHARE, RPS, P50, P95, P99, OK, QUALITY, COLUMNS };

static struct pen ok_pen(double share)
{
	return PEN(share >= 1 ? ROLE_OK : share >= 0.99 ? ROLE_TEXT : share >= 0 ? ROLE_BAD : ROLE_DIM);
}

static void percentile(const struct scene *scene, const struct column *column, struct view view,
		       int y, int64_t us, uint64_t n, double q)
{
	char text[FORMAT_BYTES];

	table_cell(column, view, y, scene_pen(ROLE_TEXT, n, q), scene_value(scene, us, n, text));
}

static void percent(const struct scene *scene, const struct column *column, struct view view,
		    int y, struct pen pen, double share)
{
	char number[FORMAT_BYTES], text[FORMAT_BYTES];

	format_percent(share, scene->g, number);
	snprintf(text, sizeof text, "%.20s %%", number);
	table_cell(column, view, y, pen, text);
}

static void name_cell(const struct scene *scene, struct view view, int y, int cells, bool here,
		      const char *name)
{
	char text[SNAP_NAME + 8];

	if (here)
		view_put(view, 1, y, scene->g->cursor, PEN(ROLE_ACCENT));
	view_text(view, NAME_LEFT, y, PEN(here ? ROLE_ACCENT : ROLE_TEXT),
		  format_fit(name, cells, scene->g, text, sizeof text));
}

static void row_draw(const struct scene *scene, const struct column *column, struct view view,
		     int y, double share, const struct snap_numbers *n)
{
	const struct dist *d = &n->latency;
	char text[FORMAT_BYTES];

	percent(scene, &column[SHARE], view, y, PEN(ROLE_TEXT), share);
	table_cell(&column[RPS], view, y, PEN(ROLE_TEXT), format_rate(n->rps, scene->g, text));
	percentile(scene, &column[P50], view, y, d->p50_us, d->count, 0.5);
	percentile(scene, &column[P95], view, y, d->p95_us, d->count, 0.95);
	percentile(scene, &column[P99], view, y, d->p99_us, d->count, 0.99);
	percent(scene, &column[OK], view, y, ok_pen(n->success_rate), n->success_rate);
	table_cell(&column[QUALITY], view, y, PEN(n->quality >= 0 ? ROLE_TEXT : ROLE_DIM),
		   scene_quality(scene, n->quality, text));
}

void pane_tasks(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct column column[COLUMNS] = {
		[SHARE] = {"share", 6, 5, ROLE_DIM, 0},
		[RPS] = {"req/s", 5, 1, ROLE_DIM, 0},
		[P50] = {"p50", 5, 3, ROLE_P50, 0},
		[P95] = {"p95", 5, 0, ROLE_P95, 0},
		[P99] = {"p99", 5, 2, ROLE_P99, 0},
		[OK] = {"ok", 6, 4, ROLE_DIM, 0},
		[QUALITY] = {"q", scene_quality_known(s) ? 4 : 0, 6, ROLE_DIM, 0},
	};
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	int count = scene_task_rows(s), top = table_top(count, body.height, scene->d->cursor);
	int cells = table_fit(column, COLUMNS, body.width, NAME_LEFT, 16);
	char title[64];

	if (count > 1 && body.height == 1)
		snprintf(title, sizeof title, "task %d of %d", top + 1, count);
	else if (count > body.height && body.height > 0)
		snprintf(title, sizeof title, "tasks %d-%d of %d", top + 1, top + body.height, count);
	else
		snprintf(title, sizeof title, "tasks%s, %s", scene_clock_suffix(scene), scene->unit.name);
	rule_draw(view, scene->g, scene_focused(scene, PANE_TASKS), title, NULL);
	table_head(column, COLUMNS, view, 0, true);
	if (!count)
		view_text(body, NAME_LEFT, 0, PEN(ROLE_DIM), "no tasks known yet");
	region_cells(scene->d->regions, REGION_TASK, top, body, 0, 0, 1, count - top, body.width, 1);
	for (int y = 0; y < body.height && top + y < count; y++) {
		int i = top + y;
		bool here = i == scene->d->cursor;

		if (i == 0 && count > 1) {
			name_cell(scene, body, y, cells, here, "all");
			row_draw(scene, column, body, y, 1, &s->together.window);
			continue;
		}
		const struct snap_task *task = &s->task[count > 1 ? i - 1 : i];

		name_cell(scene, body, y, cells, here, task->name);
		scene_muted(scene, body, 0, y, i);
		row_draw(scene, column, body, y, task->share, &task->window);
	}
}
