#include "ui/view.h"

#include <math.h>
#include <stdio.h>

#define NAME_LEFT 3
#define CLASS_CELLS 13
#define CLASS_WIDE 16 /* where there is room for any code */
#define TEXT_MIN 12
#define SPELLED 72 /* cells from which the message is worth columns */

enum { COUNT, SHARE, FIRST, LAST, TASKS, COLUMNS };

static int several(uint64_t tasks)
{
	int n = 0;

	for (; tasks; tasks &= tasks - 1)
		n++;
	return n;
}

/* The task's name, or how many there are. */
static void tasks_of(const struct scene *scene, const struct snap_error *e, int cells, char *out, size_t bytes)
{
	const struct snapshot *s = scene->s;

	if (e->task >= 0 && e->task < s->task_count)
		format_fit(s->task[e->task].name, cells, scene->g, out, bytes);
	else if (several(e->tasks))
		snprintf(out, bytes, "%d tasks", several(e->tasks));
	else
		snprintf(out, bytes, "several");
}

static int class_cells(struct view view)
{
	return view.width >= 90 ? CLASS_WIDE : CLASS_CELLS;
}

static void row_draw(const struct scene *scene, const struct column *column, struct view view, int y, int cells,
		     bool here, const struct snap_error *e)
{
	char name[48], message[SNAP_TEXT], text[SNAP_TEXT + 8], number[FORMAT_BYTES];
	double bad = (double)scene->s->failed + (double)scene->s->censored;
	double share = bad >= (double)e->count ? (double)e->count / bad : NAN;
	int class = class_cells(view), room = cells - class - 2;

	words_error(e, name, sizeof name);
	if (here)
		view_put(view, 1, y, scene->g->cursor, PEN(ROLE_ACCENT));
	view_text(view, NAME_LEFT, y, PEN(here ? ROLE_ACCENT : ROLE_TEXT),
		  format_fit(name, cells < class ? cells : class, scene->g, text, sizeof text));
	if (room >= TEXT_MIN)
		view_text(view, NAME_LEFT + class + 2, y, PEN(here ? ROLE_TEXT : ROLE_DIM),
			  format_fit(words_clean(e->message, message, sizeof message), room, scene->g, text,
				     sizeof text));
	table_cell(&column[COUNT], view, y, PEN(ROLE_BAD), format_count(e->count, number));
	format_percent(share, scene->g, number);
	snprintf(text, sizeof text, share >= 0 ? "%.20s %%" : "%.20s", number);
	table_cell(&column[SHARE], view, y, PEN(share >= 0 ? ROLE_TEXT : ROLE_DIM), text);
	table_cell(&column[FIRST], view, y, PEN(ROLE_DIM), format_elapsed(e->first_us, number));
	table_cell(&column[LAST], view, y, PEN(ROLE_DIM), format_elapsed(e->last_us, number));
	tasks_of(scene, e, column[TASKS].width, text, sizeof text);
	table_cell(&column[TASKS], view, y, PEN(ROLE_DIM), text);
}

int errors_cursor(const struct scene *scene)
{
	int last = scene->s->error_count - 1;

	return scene->d->error_cursor < last ? scene->d->error_cursor : last;
}

void pane_error_table(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct column column[COLUMNS] = {
		[COUNT] = {"count", 6, 0, ROLE_DIM, 0},
		[SHARE] = {"share", 6, 3, ROLE_DIM, 0},
		[FIRST] = {"first", 8, 4, ROLE_DIM, 0},
		[LAST] = {"last", 8, 1, ROLE_DIM, 0},
		[TASKS] = {"tasks", s->task_count > 1 ? 16 : 0, 2, ROLE_DIM, 0},
	};
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	int rows = body.height - 1, cursor = errors_cursor(scene), top = table_top(s->error_count, rows, cursor);
	int cells = table_fit(column, COLUMNS, body.width, NAME_LEFT, body.width < SPELLED ? CLASS_CELLS : 30), class = class_cells(body);
	uint64_t bad = s->failed + s->censored;
	char title[64], filtered[FILTER_TEXT + 80], count[FORMAT_BYTES], total[FORMAT_BYTES];
	struct line right;
	struct piece *piece;

	snprintf(title, sizeof title, "errors, whole run");
	if (s->error_count > rows && rows > 0)
		snprintf(title, sizeof title, "errors %d-%d of %d, whole run", top + 1, top + rows,
			 s->error_kinds > s->error_count ? s->error_kinds : s->error_count);
	line_init(&right);
	piece = line_piece(&right, 0, 0);
	line_span(piece, PEN(ROLE_BAD), "%s", format_count(bad, count));
	line_span(piece, PEN(ROLE_DIM), " of %s %s", format_count(s->succeeded + bad, total),
		  s->succeeded + bad == 1 ? "request" : "requests");
	rule_draw(view, scene->g, scene_focused(scene, PANE_ERRORS),
		  errors_title(scene, title, filtered, sizeof filtered), &right);
	if (!s->error_count)
		view_text(body, NAME_LEFT, 1, PEN(ROLE_DIM), "none that the filter leaves");
	view_text(body, NAME_LEFT, 0, PEN(ROLE_DIM), cells >= class ? "class" : "");
	if (cells - class - 2 >= TEXT_MIN)
		view_text(body, NAME_LEFT + class + 2, 0, PEN(ROLE_DIM), "message");
	table_head(column, COLUMNS, body, 0, false);
	region_cells(scene->d->regions, REGION_ERROR, top, body, 0, 1, 1, s->error_count - top, body.width, 1);
	for (int y = 1; y <= rows && top + y - 1 < s->error_count; y++)
		row_draw(scene, column, body, y, cells, top + y - 1 == cursor, &s->error[top + y - 1]);
}
