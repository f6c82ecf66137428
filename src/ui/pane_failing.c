/* Where errors come from: which task, which load; and how long it took to fail. */
#include <math.h>
#include <stdio.h>

#include "ui/view.h"

#define NAME_LEFT 3
#define NAME_LEAST 10
#define SPELLED 44 /* cells from which titles say all */

enum { FAILED, REQUESTS, SHARE, LATENCY, COLUMNS };

static void counts_draw(const struct scene *scene, const struct column *column, struct view view, int y,
			uint64_t requests, uint64_t failed)
{
	char number[FORMAT_BYTES], text[FORMAT_BYTES];
	enum role role = failed ? ROLE_BAD : ROLE_DIM;

	table_cell(&column[REQUESTS], view, y, PEN(ROLE_TEXT), format_count(requests, text));
	table_cell(&column[FAILED], view, y, PEN(role), format_count(failed, text));
	snprintf(text, sizeof text, "%.20s %%",
		 format_percent(requests ? (double)failed / (double)requests : NAN, scene->g, number));
	table_cell(&column[SHARE], view, y, PEN(requests ? role : ROLE_DIM), text);
}

static void task_draw(const struct scene *scene, const struct column *column, struct view view, int y, int cells, int row)
{
	const struct snap_task *task = scene_task(scene->s, row);
	const struct snap_numbers *all = &task->all;
	char text[SNAP_NAME + 8], number[FORMAT_BYTES];

	view_text(view, NAME_LEFT, y, PEN(ROLE_TEXT), format_fit(task->name, cells, scene->g, text, sizeof text));
	counts_draw(scene, column, view, y, all->requests, all->failed + all->censored);
	table_cell(&column[LATENCY], view, y, scene_pen(ROLE_TEXT, all->failed_latency.count, 0.5),
		   format_duration(all->failed_latency.count ? (double)all->failed_latency.p50_us : -1, scene->g, number));
}

void pane_failing_tasks(const struct scene *scene, struct view view)
{
	struct column column[COLUMNS] = {
		[REQUESTS] = {"of", 6, 2, ROLE_DIM, 0},
		[FAILED] = {"failed", 6, 0, ROLE_DIM, 0},
		[SHARE] = {"share", 6, 1, ROLE_DIM, 0},
		[LATENCY] = {"failed after", 12, 3, ROLE_P50, 0},
	};
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	int count = scene_task_rows(scene->s), rows = body.height - 1, cells = table_fit(column, COLUMNS, body.width, NAME_LEFT, NAME_LEAST);
	char title[FORMAT_BYTES + 24];

	if (count > rows && rows > 0)
		snprintf(title, sizeof title, "failed by task, %d of %d", rows, count);
	else
		snprintf(title, sizeof title, "failed by task%s", view.width < SPELLED ? "" : ", whole run");
	rule_draw(view, scene->g, scene_focused(scene, PANE_FAILING_TASKS), title, NULL);
	table_head(column, COLUMNS, body, 0, false);
	for (int y = 1; y <= rows && y <= count; y++)
		task_draw(scene, column, body, y, cells, y - 1);
}

/* Newest first, those that were measured. */
void pane_failing_loads(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct column column[COLUMNS] = {
		[REQUESTS] = {"of", 6, 2, ROLE_DIM, 0},
		[FAILED] = {"failed", 6, 0, ROLE_DIM, 0},
		[SHARE] = {"share", 6, 1, ROLE_DIM, 0},
		[LATENCY] = {"", 0, 3, ROLE_DIM, 0},
	};
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	int y = 1, cells = table_fit(column, COLUMNS, body.width, NAME_LEFT, NAME_LEAST);

	rule_draw(view, scene->g, scene_focused(scene, PANE_FAILING_LOADS),
		  view.width < SPELLED ? "failed by load" : "failed by load, once settled", NULL);
	view_text(body, NAME_LEFT, 0, PEN(ROLE_DIM), "from  load");
	table_head(column, COLUMNS, body, 0, false);
	for (int i = s->point_count - 1; i >= 0 && y < body.height; i--) {
		const struct snap_point *p = &s->point[i];

		if (!p->requests)
			continue;
		point_draw(scene, body, NAME_LEFT, y, cells, p, false);
		counts_draw(scene, column, body, y++, p->requests, p->failed);
	}
	if (y == 1)
		view_text(body, NAME_LEFT, 1, PEN(ROLE_DIM), "no load has settled yet");
}

/* At once, at a limit, or after as long as an answer takes: that tells them apart. */
void pane_failed_times(const struct scene *scene, struct view view)
{
	static const uint64_t none[LOGGRID_BINS];
	const struct snapshot *s = scene->s;
	struct view body = view_part(view, 0, 1, view.width, view.height - 1);
	const struct dist *d = &s->now.failed_latency, failed_only = {.count = 0};
	char window[FORMAT_BYTES], title[FORMAT_BYTES + 32], text[FORMAT_BYTES];
	struct histogram h;
	struct line right;

	scene_window(scene, window);
	snprintf(title, sizeof title, view.width < SPELLED ? "time to fail" : "time to fail, %s", window);
	histogram_init(&h, none, s->failed_bins, &failed_only);
	line_init(&right);
	if (d->count)
		line_span(line_piece(&right, 0, 0), PEN(ROLE_P50), "p50 %s", format_duration((double)d->p50_us, scene->g, text));
	rule_draw(view, scene->g, scene_focused(scene, PANE_FAILED_TIMES), title, &right);
	if (h.failures)
		bars_draw(&h, body, scene->g);
	else
		view_text(body, NAME_LEFT, 0, PEN(ROLE_DIM), "none failed in this window");
}
