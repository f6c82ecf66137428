#include "ui/view.h"

#include <stdio.h>
#include <string.h>

#define NAME_CELLS 17

struct order trials_open(struct dashboard *d)
{
	if (*d->trial)
		return (struct order){.command = COMMAND_TRIAL, .value = -1};
	d->trials.open = true;
	return (struct order){.command = COMMAND_REDRAW};
}

/* One that is not possible says why, and the menu stays. */
static struct order choose(struct dashboard *d, int axis)
{
	d->trials.cursor = axis;
	if (!d->trial_can[axis]) {
		snprintf(d->message, sizeof d->message, "%s: %s", trial_axis_name((enum trial_axis)axis), d->trial_words[axis]);
		return (struct order){.command = COMMAND_REDRAW};
	}
	d->trials.open = false;
	return (struct order){.command = COMMAND_TRIAL, .value = axis};
}

struct order trials_key(struct dashboard *d, int code, enum action action)
{
	int move = (action == ACTION_CURSOR_DOWN) - (action == ACTION_CURSOR_UP);

	d->message[0] = '\0';
	if (action == ACTION_OPEN)
		return choose(d, d->trials.cursor);
	if (code >= '1' && code < '1' + TRIAL_AXES)
		return choose(d, code - '1');
	if (action == ACTION_BACK || action == ACTION_TRIAL || action == ACTION_QUIT)
		d->trials.open = false;
	d->trials.cursor = (d->trials.cursor + move + TRIAL_AXES) % TRIAL_AXES;
	return (struct order){.command = COMMAND_REDRAW};
}

static void row_draw(const struct scene *scene, struct view view, int axis)
{
	const struct dashboard *d = scene->d;
	bool here = axis == d->trials.cursor;
	struct pen pen = {.role = d->trial_can[axis] ? ROLE_TEXT : ROLE_DIM, .attr = here ? ATTR_REVERSE : 0};
	char cut[LINE_TEXT], name[48];

	region_note(d->regions, REGION_KEY, '1' + axis, view, 0, 0, view.width, 1);
	view_printf(view, 1, 0, d->trial_can[axis] ? PEN(ROLE_ACCENT) : PEN(ROLE_DIM), "%d", axis + 1);
	snprintf(name, sizeof name, " %s ", trial_axis_name((enum trial_axis)axis));
	view_text(view, 2, 0, pen, name);
	if (view.width > NAME_CELLS + 8)
		view_text(view, NAME_CELLS + 3, 0, PEN(d->trial_can[axis] ? ROLE_TEXT : ROLE_DIM),
			  format_fit(d->trial_words[axis], view.width - NAME_CELLS - 4, scene->g, cut, sizeof cut));
}

void trials_draw(const struct scene *scene, struct view view)
{
	int rows = TRIAL_AXES + 2 < view.height ? TRIAL_AXES + 2 : view.height;
	struct view menu = view_part(view, 0, 0, view.width, rows);
	struct line line;

	for (int y = 0; y < rows; y++)
		for (int x = 0; x < view.width; x++)
			view_text(menu, x, y, PEN(ROLE_TEXT), " ");
	line_init(&line);
	line_span(line_piece(&line, 0, 1), PEN(ROLE_DIM), "step one thing there and back, then the load is as before");
	rule_draw(view_part(menu, 0, 0, view.width, 1), scene->g, true, "experiment", &line);
	for (int i = 0; i < TRIAL_AXES && i + 1 < rows; i++)
		row_draw(scene, view_part(menu, 0, i + 1, view.width, 1), i);
}
