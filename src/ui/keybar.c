#include "ui/view.h"

#include <stdio.h>
#include <string.h>

/* Of the names of the views that are not shown. */
#define OTHER_VIEWS 16

/* What a load does is seen once it has changed: until then the keys that change it come
 * first, then those that hold what there is to see. */
static bool changed_yet(const struct snapshot *s)
{
	int loads = 0;

	for (int i = 0; i < s->point_count; i++)
		loads += s->point[i].phase == PHASE_LOAD;
	return loads > 1;
}

/* The view is a list to be opened. */
static bool opens(const struct dashboard *d)
{
	return d->view == VIEW_LATENCY || d->view == VIEW_TASKS || d->view == VIEW_ERRORS;
}

/* Who stays when the bar is cut: the lowest longest. 4 and 5 are the views. */
static int importance(const struct scene *scene, enum action action)
{
	bool replay = scene->d->replay, changed = changed_yet(scene->s), paused = scene->d->load_paused;

	switch (action) {
	case ACTION_HELP:
		return 0;
	case ACTION_QUIT:
		return 1;
	case ACTION_USERS_UP:
	case ACTION_USERS_DOWN:
	case ACTION_PLAY:
		return 2;
	case ACTION_PAUSE_LOAD:
		return paused || changed ? 3 : 9;
	case ACTION_SEEK_BACK:
	case ACTION_SEEK_ON:
		return replay ? 3 : 14;
	case ACTION_USERS_DOUBLE:
	case ACTION_USERS_HALVE:
		return changed ? 8 : 6;
	case ACTION_SWEEP:
		return changed ? 9 : 7;
	case ACTION_OPEN:
		return opens(scene->d) ? 6 : changed || replay ? 7 : 10;
	case ACTION_FREEZE:
		return !changed ? 8 : opens(scene->d) ? 7 : 6;
	case ACTION_SPEED_UP:
	case ACTION_SPEED_DOWN:
		return 8;
	case ACTION_LOOP:
		return 11;
	case ACTION_ZOOM:
		return 12;
	case ACTION_CLOCK:
		/* A recording's keys are few: they leave room for all names. */
		return replay ? OTHER_VIEWS + 1 : 13;
	case ACTION_FRESH_WINDOW:
		return 15;
	case ACTION_BASELINE:
		return OTHER_VIEWS + 1;
	case ACTION_MARK:
	case ACTION_TRIAL:
	case ACTION_FILTER:
		return OTHER_VIEWS + 2;
	default:
		return OTHER_VIEWS + 3;
	}
}

/* "1 Overview  2 Latency  3 Tasks", the present one lit; the names of the others
 * go before their digits do. */
static void view_pieces(const struct scene *scene, struct line *line)
{
	static const struct {
		char digit;
		enum action action;
	} view[VIEW_COUNT] = {
		[VIEW_OVERVIEW] = {'1', ACTION_VIEW_1}, [VIEW_LATENCY] = {'2', ACTION_VIEW_2},
		[VIEW_TASKS] = {'3', ACTION_VIEW_3},    [VIEW_PHASES] = {'4', ACTION_VIEW_4},
		[VIEW_STREAM] = {'5', ACTION_VIEW_5},   [VIEW_SCALING] = {'6', ACTION_VIEW_6},
		[VIEW_ERRORS] = {'7', ACTION_VIEW_7},   [VIEW_CACHE] = {'8', ACTION_VIEW_8},
	};

	for (int v = 0; v < VIEW_COUNT; v++) {
		bool here = (int)scene->d->view == v;
		struct piece *piece = line_piece(line, here ? 4 : 5, v ? 1 : 2);

		line_span(piece, PEN(ROLE_ACCENT), "%c", view[v].digit);
		piece->right = v == 0;
		piece->key = view[v].digit;
		piece = line_piece(line, here ? 4 : OTHER_VIEWS, 1);
		line_span(piece, here ? PEN(ROLE_TITLE) : PEN(ROLE_DIM), "%s", action_info(view[v].action)->help);
		piece->key = view[v].digit;
	}
}

static void key_pieces(const struct scene *scene, struct line *line)
{
	enum key_where where = scene->d->replay ? REPLAY : LIVE;
	struct piece *last = NULL;
	const char *last_name = "";
	bool seen[ACTION_COUNT] = {false};

	for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++) {
		const char *name = action_info(row->action)->bar;

		if (!*name || !(row->where & where) || seen[row->action])
			continue;
		if (row->action == ACTION_BASELINE && !scene->d->baseline)
			continue;
		if (row->action == ACTION_QUIT && scene->d->listed)
			name = "back";
		seen[row->action] = true;
		/* "+ - users": what has one name stands under it. */
		if (last && !strcmp(name, last_name)) {
			size_t n = strlen(last->span[0].text);

			snprintf(last->span[0].text + n, LINE_TEXT - n, " %s", row->name);
			continue;
		}
		last = line_piece(line, importance(scene, row->action), 2);
		line_span(last, PEN(ROLE_ACCENT), "%s", row->name);
		line_span(last, PEN(ROLE_DIM), " %s", name);
		last_name = name;
	}
}

static int code_of(const char *name)
{
	for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++)
		if (!strcmp(row->name, name))
			return row->code;
	/* These scroll, and have no action of their own. */
	return !strcmp(name, "PgUp") ? KEY_PGUP_ : !strcmp(name, "PgDn") ? KEY_PGDN_ : KEY_NONE_;
}

/* The answers to it can be clicked where all of it is there. */
static void question_note(const struct scene *scene, struct view view, int x, const char *text)
{
	int y = x + (int)(strchr(text, '?') - text) + 2;

	if (x + (int)strlen(text) > view.width)
		return;
	region_note(scene->d->regions, REGION_KEY, 'y', view, y, 0, 1, 1);
	region_note(scene->d->regions, REGION_KEY, 'n', view, y + 4, 0, 1, 1);
}

static void hint(struct line *line, int rank, const char *key, const char *what)
{
	struct piece *piece = line_piece(line, rank, 2);

	line_span(piece, PEN(ROLE_ACCENT), "%s", key);
	line_span(piece, PEN(ROLE_DIM), " %s", what);
}

void keybar_draw(const struct scene *scene, struct view view)
{
	const struct dashboard *d = scene->d;
	char cut[LINE_TEXT];
	struct line line;

	if (d->asking) {
		asking_draw(scene, view);
		return;
	}
	if (d->quit_asked || *d->message) {
		struct pen pen = d->quit_asked ? (struct pen){.role = ROLE_WARN, .attr = ATTR_BOLD} : PEN(ROLE_TEXT);
		const char *text = d->quit_asked ? "quit and stop the load? y / n" : d->message;
		int x = view.width > 30 ? 1 : 0;

		view_text(view, x, 0, pen, format_fit(text, view.width - x, scene->g, cut, sizeof cut));
		if (d->quit_asked)
			question_note(scene, view, x, text);
		else
			region_again(d->regions, &d->pressed);
		return;
	}
	line_init(&line);
	if (d->help) {
		hint(&line, 0, "Esc", "close");
		hint(&line, 1, "Up Down PgUp PgDn", "scroll");
	} else if (d->trials.open) {
		hint(&line, 0, "Esc", "close");
		hint(&line, 1, "Up Down", "choose");
		hint(&line, 2, "Enter", "begin");
	} else if (exemplar_open(d)) {
		hint(&line, 0, "Esc", "back");
		hint(&line, 1, "Up Down", "choose");
		hint(&line, 2, "PgUp PgDn", "scroll");
	} else {
		key_pieces(scene, &line);
		view_pieces(scene, &line);
	}
	line_draw(&line, view, 1, 0, view.width - 2, scene->g);
	hints_note(d->regions, view, &line, code_of);
}
