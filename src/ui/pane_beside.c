/* What tasks do to each other: the p95 of one without and with others, at the same load,
 * as far as keys have changed the mix. */
#include "ui/view.h"

#include <math.h>
#include <stdio.h>

#define NAME_LEFT 3
#define NAME_LEAST 24 /* of both tasks together */

enum { LOAD, WITHOUT, WITHOUT_N, WITH, WITH_N, RATIO, WITHOUT_RPS, WITH_RPS, COLUMNS };

static const char *task_name(const struct snapshot *s, int task)
{
	return task >= 0 && task < s->task_count && task < SNAP_TASKS ? s->task[task].name : "";
}

/* "resume-analysis with interview-qa"; of several: "with 2 others". */
static void who(const struct snapshot *s, const struct snap_beside *b, char *out, size_t bytes)
{
	int added = __builtin_popcountll(b->added);

	if (added == 1)
		snprintf(out, bytes, "%s with %s", task_name(s, b->task), task_name(s, __builtin_ctzll(b->added)));
	else
		snprintf(out, bytes, "%s with %d others", task_name(s, b->task), added);
}

static void side_cells(const struct scene *scene, const struct column *column, struct view view, int y, int64_t p95_us,
		       uint64_t timed)
{
	char text[FORMAT_BYTES];

	table_cell(&column[0], view, y, scene_pen(ROLE_TEXT, timed, 0.95), scene_value(scene, p95_us, timed, text));
	table_cell(&column[1], view, y, PEN(ROLE_DIM), format_count(timed, text));
}

static void row_draw(const struct scene *scene, const struct column *column, struct view view, int y,
		     const struct snap_beside *b)
{
	double ratio = b->without.p95_us > 0 ? (double)b->with.p95_us / (double)b->without.p95_us : NAN;
	char level[FORMAT_BYTES], text[FORMAT_BYTES + 8];

	format_level(b->level, level);
	snprintf(text, sizeof text, b->mode == MODE_OPEN ? "%.4s/s" : "%.6s", level);
	table_cell(&column[LOAD], view, y, PEN(ROLE_DIM), text);
	side_cells(scene, &column[WITHOUT], view, y, b->without.p95_us, b->without.timed);
	side_cells(scene, &column[WITH], view, y, b->with.p95_us, b->with.timed);
	table_cell(&column[RATIO], view, y, ratio >= 0 ? PEN(ROLE_TEXT) : PEN(ROLE_DIM), format_ratio(ratio, scene->g, text));
	table_cell(&column[WITHOUT_RPS], view, y, PEN(ROLE_DIM), format_rate(b->without.rps, scene->g, text));
	table_cell(&column[WITH_RPS], view, y, PEN(ROLE_DIM), format_rate(b->with.rps, scene->g, text));
}

void pane_beside(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct column column[COLUMNS] = {
		[LOAD] = {"load", 6, 4, ROLE_DIM, 0},
		[WITHOUT] = {"without", 7, 0, ROLE_P95, 0}, [WITHOUT_N] = {"n", 5, 3, ROLE_DIM, 0},
		[WITH] = {"with", 5, 0, ROLE_P95, 0},       [WITH_N] = {"n", 5, 2, ROLE_DIM, 0},
		[RATIO] = {"ratio", 5, 1, ROLE_DIM, 0},
		[WITHOUT_RPS] = {"/s without", 10, 6, ROLE_DIM, 0}, [WITH_RPS] = {"/s with", 7, 5, ROLE_DIM, 0},
	};
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	int cells = table_fit(column, COLUMNS, body.width, NAME_LEFT, NAME_LEAST);
	char title[96], text[3 * SNAP_NAME], cut[3 * SNAP_NAME];

	snprintf(title, sizeof title, "p95 beside other tasks, %s", scene->unit.name);
	if (s->beside_count > body.height - 1 && body.height > 1)
		snprintf(title, sizeof title, "p95 beside other tasks, %d of %d, %s", body.height - 1, s->beside_count,
			 scene->unit.name);
	rule_draw(view, scene->g, scene_focused(scene, PANE_BESIDE), title, NULL);
	if (!s->beside_count) {
		wrap_draw(body, scene->g, NAME_LEFT, PEN(ROLE_DIM),
			  dashboard_recorded(scene->d) || s->ended
				  ? "nothing: no load was held with and without a task"
				  : "nothing yet: hold a load, mute a task (u) or solo one (o), and hold it again", body.height);
		return;
	}
	table_head(column, COLUMNS, body, 0, false);
	for (int i = 0; i < s->beside_count && i < SNAP_BESIDE && i + 1 < body.height; i++) {
		const struct snap_beside *b = &s->beside[i];

		who(s, b, text, sizeof text);
		view_text(body, NAME_LEFT, 1 + i, PEN(ROLE_TEXT), format_fit(text, cells, scene->g, cut, sizeof cut));
		row_draw(scene, column, body, 1 + i, b);
	}
}
