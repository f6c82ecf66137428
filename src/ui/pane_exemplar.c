/* The requests behind a cell, an error or a task: a list, and the chosen one in full. */
#include <stdio.h>

#include "ui/view.h"

#define BESIDE 140     /* cells from which the list stands beside the chosen one */
#define LIST_CELLS 62
#define NAME_LEFT 3
#define SHORT 6 /* rows below which the chosen one's text has no title */

enum { LATENCY, STATUS, WHEN, WHAT, COLUMNS };

struct parts {
	struct view list, detail, body; /* body: the detail below its title, where it has one */
};

bool exemplar_open(const struct dashboard *d)
{
	return d->exemplar.open && d->found && d->found->count;
}

static int chosen_of(const struct scene *scene)
{
	int last = scene->d->found->count - 1;

	return scene->d->exemplar.cursor < last ? scene->d->exemplar.cursor : last;
}

/* Title lines included. */
static struct parts parts_of(struct view view, int count)
{
	int rows = view.height / 3 > 3 ? view.height / 3 : view.height > 6 ? 3 : 2, title = view.height >= SHORT;
	bool beside = view.width >= BESIDE && title;
	struct parts out;

	if (rows > count + 1)
		rows = count + 1;
	out.list = beside ? view_part(view, 0, 0, LIST_CELLS, view.height) : view_part(view, 0, 0, view.width, rows);
	out.detail = beside ? view_part(view, LIST_CELLS + 1, 0, view.width - LIST_CELLS - 1, view.height)
			    : view_part(view, 0, rows, view.width, view.height - rows);
	out.body = view_part(out.detail, 0, title, out.detail.width, out.detail.height - title);
	return out;
}

static const char *kind_of(const struct exemplar_list *list, int i)
{
	const struct rec_sample *s = rec_exemplar_sample(list->rec[i]);

	return list->slowest[i]			       ? "slowest"
	       : s->outcome == OUTCOME_FAILED	       ? "failed"
	       : s->outcome == OUTCOME_CENSORED	       ? "cut off"
						       : "sampled";
}

static int64_t latency_us(const struct scene *scene, const struct rec_sample *s)
{
	enum clock_kind clock = (enum clock_kind)scene->d->exemplar.query.clock;

	return clock == CLOCK_SERVICE ? s->rec.t_us - s->ts_us
	       : clock == CLOCK_QUEUE ? s->ts_us - s->t0_us : s->rec.t_us - s->t0_us;
}

static void row_draw(const struct scene *scene, const struct column *column, struct view view, int y, int cells, int i)
{
	const struct exemplar_list *list = scene->d->found;
	const struct rec_sample *s = rec_exemplar_sample(list->rec[i]);
	bool here = i == chosen_of(scene), bad = s->outcome != OUTCOME_SUCCEEDED;
	char text[FORMAT_BYTES], name[SNAP_NAME + 8], error[48];
	struct snap_error e = {.error = (enum error_class)s->error, .code = s->code};

	if (here)
		view_put(view, 1, y, scene->g->cursor, PEN(ROLE_ACCENT));
	view_text(view, NAME_LEFT, y, PEN(here ? ROLE_ACCENT : ROLE_TEXT),
		  format_fit(s->task < scene->s->task_count ? scene->s->task[s->task].name : "?", cells, scene->g, name,
			     sizeof name));
	table_cell(&column[LATENCY], view, y, PEN(ROLE_TEXT), format_duration((double)latency_us(scene, s), scene->g, text));
	if (s->error)
		words_error(&e, error, sizeof error);
	else
		snprintf(error, sizeof error, "%u", s->status);
	table_cell(&column[STATUS], view, y, PEN(bad ? ROLE_BAD : ROLE_DIM),
		   format_fit(error, column[STATUS].width, scene->g, name, sizeof name));
	table_cell(&column[WHEN], view, y, PEN(ROLE_DIM), format_elapsed(s->rec.t_us, text));
	table_cell(&column[WHAT], view, y, PEN(list->slowest[i] ? ROLE_WARN : bad ? ROLE_BAD : ROLE_DIM), kind_of(list, i));
}

static void list_draw(const struct scene *scene, struct view view)
{
	const struct exemplar_list *list = scene->d->found;
	struct column column[COLUMNS] = {
		[LATENCY] = {"latency", 8, 0, ROLE_DIM, 0},
		[STATUS] = {"status", 16, 2, ROLE_DIM, 0},
		[WHEN] = {"when", 7, 3, ROLE_DIM, 0},
		[WHAT] = {"what", 7, 1, ROLE_DIM, 0},
	};
	int title_rows = view.height > 1, chosen = chosen_of(scene);
	struct view body = view_part(view, 0, title_rows, view.width - 1, view.height - title_rows);
	int top = table_top(list->count, body.height, chosen);
	int cells = table_fit(column, COLUMNS, body.width, NAME_LEFT, 8);
	char title[160];
	struct line right;

	snprintf(title, sizeof title, list->nearest ? "nothing kept of %s; the nearest:" : "%s", scene->d->exemplar.what);
	line_init(&right);
	line_span(line_piece(&right, 0, 0), PEN(ROLE_DIM), "%d of %d", chosen + 1,
		  list->nearest ? list->count : list->fitting);
	line_span(line_piece(&right, 1, 0), PEN(ROLE_DIM), ", %d kept in all", list->kept);
	if (title_rows)
		rule_draw(view, scene->g, true, title, &right);
	region_cells(scene->d->regions, REGION_EXEMPLAR, top, body, 0, 0, 1, list->count - top, body.width, 1);
	for (int y = 0; y < body.height && top + y < list->count; y++)
		row_draw(scene, column, body, y, cells, top + y);
}

void exemplar_draw(const struct scene *scene, struct view view)
{
	struct parts parts = parts_of(view, scene->d->found->count);
	int page, last = exemplar_last(scene, view.width, view.height, &page);
	int top = scene->d->exemplar.top < last ? scene->d->exemplar.top : last, lines;
	struct line right;

	region_note(scene->d->regions, REGION_DETAIL, 0, view, 0, 0, view.width, view.height);
	list_draw(scene, parts.list);
	lines = exemplar_detail(scene, parts.body, top, scene->d->found->rec[chosen_of(scene)]);
	line_init(&right);
	if (last)
		line_span(line_piece(&right, 0, 0), PEN(ROLE_DIM), "lines %d-%d of %d", top + 1, top + parts.body.height, lines);
	if (parts.detail.height > parts.body.height)
		rule_draw(parts.detail, scene->g, false, "the request", &right);
}

int exemplar_last(const struct scene *scene, int width, int height, int *page)
{
	struct parts parts = parts_of((struct view){.width = width, .height = height}, scene->d->found->count);
	struct view none = {.width = parts.detail.width};
	int lines = exemplar_detail(scene, none, 0, scene->d->found->rec[chosen_of(scene)]);

	*page = parts.body.height > 1 ? parts.body.height : 1;
	return lines > *page ? lines - *page : 0;
}
