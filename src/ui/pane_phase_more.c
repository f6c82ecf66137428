/* Below the phases' numbers, where there is room: the same of each task, and what a phase is. */
#include <stdio.h>

#include "ui/view.h"

#define LEFT 1
#define NAME_LEAST 8
#define MEANING 11 /* where it begins */
#define LEAST 4    /* rows below which a part is left out */

/* About p95, each column's figures with the same unit. Returns the rows taken. */
static int tasks_draw(const struct scene *scene, struct view view)
{
	struct column column[PARTS_GROUPS] = {
		[GROUP_QUEUE] = {"queue", 5, 1, ROLE_DIM, 0},     [GROUP_SETUP] = {"setup", 5, 4, ROLE_DIM, 0},
		[GROUP_WAIT] = {"wait", 5, 0, ROLE_DIM, 0},       [GROUP_PREFILL] = {"prefill", 7, 3, ROLE_DIM, 0},
		[GROUP_BODY] = {"body", 5, 2, ROLE_DIM, 0},
	};
	int count = scene->s->task_count, cells = table_fit(column, PARTS_GROUPS, view.width, LEFT, NAME_LEAST), rows;
	char text[SNAP_NAME + 8], number[FORMAT_BYTES];
	double group[PARTS_GROUPS];

	if (count < 2 || view.height < LEAST)
		return 0;
	rows = count < view.height - 1 ? count : view.height - 1;
	snprintf(text, sizeof text, "p95 by task, %s", scene->unit.name);
	view_text(view, LEFT, 0, PEN(ROLE_P95), format_fit(text, cells, scene->g, number, sizeof number));
	table_head(column, PARTS_GROUPS, view, 0, false);
	for (int i = 0; i < rows; i++) {
		const struct snap_parts *p = &scene->s->parts_of[i];

		view_text(view, LEFT, 1 + i, PEN(ROLE_TEXT), format_fit(scene->s->task[i].name, cells, scene->g, text, sizeof text));
		parts_sum(scene, p->us[BAND_P95], group);
		for (int g = 0; g < PARTS_GROUPS; g++)
			table_cell(&column[g], view, 1 + i, scene_pen(ROLE_TEXT, p->requests, 0.95),
				   format_value(p->requests ? group[g] : -1, scene->unit, scene->g, number));
	}
	return 2 + rows;
}

void phase_more_draw(const struct scene *scene, struct view view)
{
	static const struct {
		const char *name, *meaning;
	} part[REQ_PHASES] = {
#define X(id, name, help) [REQ_##id] = {name, help},
		SNAP_PARTS(X)
#undef X
	};
	int y = tasks_draw(scene, view);

	if (view.height - y < REQ_PHASES)
		return;
	for (int i = 0; i < REQ_PHASES && y < view.height; i++) {
		if (!parts_shown(scene, (enum snap_part)i))
			continue;
		view_text(view, LEFT, y, PEN(ROLE_TEXT), part[i].name);
		y += wrap_draw(view_part(view, 0, y, view.width, view.height - y), scene->g, MEANING, PEN(ROLE_DIM),
			       part[i].meaning, view.height - y);
	}
}
