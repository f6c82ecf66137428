/* Which tasks a cache serves, and what it saves each of them. */
#include <math.h>
#include <stdio.h>

#include "ui/view.h"

#define NAME_LEFT 3
#define NAME_LEAST 10

enum { RATIO, HITS, MISSES, HIT, MISS, COLUMNS };

static void row_draw(const struct scene *scene, const struct column *column, struct view view, int y, int cells, int row)
{
	const struct snap_task *task = scene_task(scene->s, row);
	const struct snap_numbers *n = &task->window;
	uint64_t known = n->cache_hits + n->cache_misses;
	char text[SNAP_NAME + 8], number[FORMAT_BYTES];

	view_text(view, NAME_LEFT, y, PEN(ROLE_TEXT), format_fit(task->name, cells, scene->g, text, sizeof text));
	snprintf(text, sizeof text, known ? "%.20s %%" : "%.20s",
		 format_percent(known ? (double)n->cache_hits / (double)known : NAN, scene->g, number));
	table_cell(&column[RATIO], view, y, PEN(known ? ROLE_TEXT : ROLE_DIM), text);
	table_cell(&column[HITS], view, y, PEN(ROLE_TEXT), format_count(n->cache_hits, text));
	table_cell(&column[MISSES], view, y, PEN(ROLE_TEXT), format_count(n->cache_misses, text));
	table_cell(&column[HIT], view, y, scene_pen(ROLE_TEXT, n->hit_latency.count, 0.5),
		   scene_value(scene, n->hit_latency.p50_us, n->hit_latency.count, text));
	table_cell(&column[MISS], view, y, scene_pen(ROLE_TEXT, n->miss_latency.count, 0.5),
		   scene_value(scene, n->miss_latency.p50_us, n->miss_latency.count, text));
}

void pane_cache_tasks(const struct scene *scene, struct view view)
{
	struct column column[COLUMNS] = {
		[RATIO] = {"ratio", 6, 0, ROLE_DIM, 0},
		[HITS] = {"hits", 5, 2, ROLE_DIM, 0},
		[MISSES] = {"misses", 6, 1, ROLE_DIM, 0},
		[HIT] = {"p50 hit", 7, 3, ROLE_P50, 0},
		[MISS] = {"p50 miss", 8, 4, ROLE_P50, 0},
	};
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	int count = scene_task_rows(scene->s), rows = body.height - 1;
	int cells = table_fit(column, COLUMNS, body.width, NAME_LEFT, NAME_LEAST);
	int top = table_top(count, rows, scene->d->cursor);
	char title[96], window[FORMAT_BYTES];
	struct line right;

	snprintf(title, sizeof title, "cache by task%s, %s", scene_clock_suffix(scene), scene->unit.name);
	if (count > rows && rows > 0)
		snprintf(title, sizeof title, "cache by task, %d-%d of %d, %s", top + 1, top + rows, count, scene->unit.name);
	scene_window(scene, window);
	line_init(&right);
	line_span(line_piece(&right, 0, 0), PEN(ROLE_DIM), "%s", window);
	rule_draw(view, scene->g, scene_focused(scene, PANE_CACHE_TASKS), title, &right);
	table_head(column, COLUMNS, body, 0, false);
	for (int y = 1; y <= rows && top + y - 1 < count; y++)
		row_draw(scene, column, body, y, cells, top + y - 1);
}
