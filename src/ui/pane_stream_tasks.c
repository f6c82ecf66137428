#include "ui/view.h"

#include <stdio.h>

#define NAME_LEFT 3
#define SPELLED 76 /* cells from which the title has the window */

enum { STREAMS, TTFT_P50, TTFT_P95, TPOT_P50, ITL_P99, TOKENS, USER, READS, COLUMNS };

static void time_cell(const struct scene *scene, const struct column *column, struct view view, int y,
		      int64_t us, uint64_t n, double q)
{
	char text[FORMAT_BYTES];

	table_cell(column, view, y, scene_pen(ROLE_TEXT, n, q), scene_value(scene, us, n, text));
}

static void row_draw(const struct scene *scene, const struct column *column, struct view view, int y,
		     const struct snap_numbers *n)
{
	double per_read = scene_events_per_read(n);
	char text[FORMAT_BYTES];

	table_cell(&column[STREAMS], view, y, PEN(n->streams ? ROLE_TEXT : ROLE_DIM), format_count(n->streams, text));
	time_cell(scene, &column[TTFT_P50], view, y, n->ttft.p50_us, n->ttft.count, 0.5);
	time_cell(scene, &column[TTFT_P95], view, y, n->ttft.p95_us, n->ttft.count, 0.95);
	time_cell(scene, &column[TPOT_P50], view, y, n->tpot.p50_us, n->tpot.count, 0.5);
	time_cell(scene, &column[ITL_P99], view, y, n->itl.p99_us, n->itl.count, 0.99);
	table_cell(&column[TOKENS], view, y, PEN(n->output_tokens_per_s >= 0 ? ROLE_TEXT : ROLE_DIM),
		   format_rate(n->output_tokens_per_s, scene->g, text));
	table_cell(&column[USER], view, y, PEN(n->user_tokens_per_s >= 0 ? ROLE_TEXT : ROLE_DIM),
		   format_rate(n->user_tokens_per_s, scene->g, text));
	table_cell(&column[READS], view, y, PEN(per_read > SCENE_BUFFERED ? ROLE_WARN : per_read >= 0 ? ROLE_TEXT : ROLE_DIM),
		   scene_per_read(scene, per_read, text));
}

void pane_stream_tasks(const struct scene *screen, struct view view)
{
	const struct snapshot *s = screen->s;
	struct scene scene = scene_in_ms(screen);
	struct column column[COLUMNS] = {
		[STREAMS] = {"streams", 7, 6, ROLE_DIM, 0},
		[TTFT_P50] = {"p50", 5, 3, ROLE_P50, 0},
		[TTFT_P95] = {"p95", 5, 0, ROLE_P95, 0},
		[TPOT_P50] = {"p50", 5, 4, ROLE_P50, 0},
		[ITL_P99] = {"p99", 5, 2, ROLE_P99, 0},
		[TOKENS] = {"tokens/s", 8, 1, ROLE_DIM, 0},
		[USER] = {"a user", 6, 5, ROLE_DIM, 0},
		[READS] = {"events/read", 11, 7, ROLE_DIM, 0},
	};
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	int count = scene_task_rows(s), rows = body.height - 1;
	int top = table_top(count, rows, scene.d->cursor);
	int name = table_fit(column, COLUMNS, body.width, NAME_LEFT, 16);
	char title[96], text[SNAP_NAME + 8], window[FORMAT_BYTES], which[48] = "";

	scene_window(&scene, window);
	if (count > rows && rows > 0)
		snprintf(which, sizeof which, " %d-%d of %d", top + 1, top + rows, count);
	snprintf(title, sizeof title, "tasks%s, %s%s%s", which, view.width < SPELLED ? "" : window,
		 view.width < SPELLED ? "" : ", ", scene.unit.name);
	rule_draw(view, scene.g, scene_focused(&scene, PANE_TASKS), title, NULL);
	table_group(column, view, TTFT_P50, TTFT_P95, "TTFT");
	table_group(column, view, TPOT_P50, TPOT_P50, "TPOT");
	table_group(column, view, ITL_P99, ITL_P99, "ITL");
	table_head(column, COLUMNS, body, 0, false);
	region_cells(scene.d->regions, REGION_TASK, top, body, 0, 1, 1, count - top, body.width, 1);
	for (int y = 1; y <= rows && top + y - 1 < count; y++) {
		int i = top + y - 1;
		bool here = i == scene.d->cursor;
		const struct snap_task *task = scene_task(s, i);

		if (here)
			view_put(body, 1, y, scene.g->cursor, PEN(ROLE_ACCENT));
		view_text(body, NAME_LEFT, y, PEN(here ? ROLE_ACCENT : ROLE_TEXT),
			  format_fit(task->name, name, scene.g, text, sizeof text));
		row_draw(&scene, column, body, y, &task->window);
	}
}
