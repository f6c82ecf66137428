#include "ui/view.h"

#include <stdio.h>

#define NAME_LEFT 3
#define CLASS_CELLS 13
#define TEXT_MIN 12

enum { COUNT, LAST, COLUMNS };

static void row_draw(const struct scene *scene, const struct column *column, struct view view,
		     int y, int cells, const struct snap_error *e)
{
	char name[48], message[SNAP_TEXT], text[SNAP_TEXT + 8], number[FORMAT_BYTES];
	int room = cells - CLASS_CELLS - 2;

	words_error(e, name, sizeof name);
	view_text(view, NAME_LEFT, y, PEN(ROLE_TEXT),
		  format_fit(name, cells < CLASS_CELLS ? cells : CLASS_CELLS, scene->g, text, sizeof text));
	if (room >= TEXT_MIN)
		view_text(view, NAME_LEFT + CLASS_CELLS + 2, y, PEN(ROLE_DIM),
			  format_fit(words_clean(e->message, message, sizeof message), room, scene->g, text,
				     sizeof text));
	table_cell(&column[COUNT], view, y, PEN(ROLE_BAD), format_count(e->count, number));
	table_cell(&column[LAST], view, y, PEN(ROLE_DIM), format_elapsed(e->last_us, number));
}

/* All kinds behind each other, from the line's piece `first` on. */
static void kinds_put(const struct snapshot *s, struct line *line, int first, bool last)
{
	char name[48], number[FORMAT_BYTES];

	for (int i = 0; i < s->error_count && first + i < LINE_PIECES; i++) {
		struct piece *piece = line_piece(line, first + i, 3);

		words_error(&s->error[i], name, sizeof name);
		line_span(piece, PEN(ROLE_TEXT), "%s ", name);
		line_span(piece, PEN(ROLE_BAD), "%s", format_count(s->error[i].count, number));
		if (last)
			line_span(piece, PEN(ROLE_DIM), " (last %s)", format_elapsed(s->error[i].last_us, number));
	}
}

/* Where there is one row for them. */
static void inline_draw(const struct scene *scene, struct view view)
{
	struct line line;

	line_init(&line);
	kinds_put(scene->s, &line, 0, true);
	line_draw(&line, view, NAME_LEFT, 0, view.width - NAME_LEFT, scene->g);
}

const char *errors_title(const struct scene *scene, const char *title, char *out, size_t bytes)
{
	char filter[FILTER_TEXT];

	if (!filter_is_on(&scene->d->filter))
		return title;
	snprintf(out, bytes, "%s, of them / %s", title,
		 filter_text(&scene->d->filter, scene->s, scene->s->query.task, filter, sizeof filter));
	return out;
}

/* Where no kinds are known. A redirect is an answer like any other, and seldom what was
 * meant to be measured. */
static struct pen none_words(const struct scene *scene, uint64_t bad, uint64_t all, char *out, size_t bytes)
{
	char number[FORMAT_BYTES];
	uint64_t redirects = scene->s->redirects;
	enum role role = ROLE_DIM;

	if (filter_is_on(&scene->d->filter)) {
		snprintf(out, bytes, bad ? "none that the filter leaves" : "none");
	} else if (bad) {
		snprintf(out, bytes, "not known in detail");
	} else if (redirects) {
		snprintf(out, bytes, "none, but %s redirect%s: -L follows", format_count(redirects, number),
			 redirects == 1 ? "" : "s");
		role = ROLE_WARN;
	} else {
		snprintf(out, bytes, all ? "none" : "none yet");
		role = all ? ROLE_OK : ROLE_DIM;
	}
	return PEN(role);
}

void pane_errors(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct column column[COLUMNS] = {
		[COUNT] = {"count", 6, 0, ROLE_DIM, 0},
		[LAST] = {"last", 7, 1, ROLE_DIM, 0},
	};
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	uint64_t bad = s->failed + s->censored, all = s->succeeded + bad;
	char count[FORMAT_BYTES], total[FORMAT_BYTES], title[FILTER_TEXT + 48];
	char none[96], cut[96];
	int rows = body.height, cells, more;
	struct pen pen = PEN(ROLE_DIM);
	struct line right;

	if (!s->error_count)
		pen = none_words(scene, bad, all, none, sizeof none);
	line_init(&right);
	if (bad) {
		struct piece *piece = line_piece(&right, 0, 1);

		line_span(piece, PEN(ROLE_BAD), "%s", format_count(bad, count));
		line_span(piece, PEN(ROLE_DIM), " of %s", format_count(all, total));
	}
	if (rows < 1 && s->error_count)
		kinds_put(s, &right, 1, s->error_count == 1);
	else if (rows < 1)
		line_span(line_piece(&right, 1, 3), pen, "%s", none);
	rule_draw(view, scene->g, scene_focused(scene, PANE_ERRORS),
		  errors_title(scene, view.width < 34 ? "errors" : "errors, whole run", title, sizeof title), &right);
	if (rows < 1)
		return;
	if (!s->error_count) {
		view_text(body, NAME_LEFT, 0, pen, format_fit(none, body.width - NAME_LEFT, scene->g, cut, sizeof cut));
		return;
	}
	if (rows == 1 && s->error_count > 1) {
		inline_draw(scene, body);
		return;
	}
	more = s->error_kinds > s->error_count ? s->error_kinds : s->error_count;
	cells = table_fit(column, COLUMNS, body.width, NAME_LEFT, 8);
	if (more > rows)
		rows--;
	for (int y = 0; y < rows && y < s->error_count; y++)
		row_draw(scene, column, body, y, cells, &s->error[y]);
	more -= rows < s->error_count ? rows : s->error_count;
	if (more > 0)
		view_printf(body, NAME_LEFT, rows, PEN(ROLE_DIM), "and %d more %s", more,
			    more == 1 ? "kind" : "kinds");
}
