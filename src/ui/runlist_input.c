#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/keys.h"
#include "ui/runlist_keys.h"
#include "ui/runlist_view.h"

#define HELP_PAGE 10

void runlist_init(struct runlist *l)
{
	*l = (struct runlist){.folder = "", .name_most = 1, .note_most = 1};
}

/* --- rows and the filter --- */

bool runlist_matches(const struct runlist *l, const struct runlist_row *r)
{
	/* Their folder they have in common. */
	const char *text[] = {r->name, r->label, r->scenario, r->target, r->note, runlist_file(r)};

	for (size_t i = 0; i < sizeof text / sizeof *text; i++)
		if (strcasestr(text[i], l->filter))
			return true;
	return false;
}

static int matching(const struct runlist *l, int from, int to)
{
	int n = 0;

	for (int i = from; i < to; i++)
		n += runlist_matches(l, &l->row[i]);
	return n;
}

int runlist_shown(const struct runlist *l)
{
	return matching(l, 0, l->count);
}

int runlist_place(const struct runlist *l)
{
	return matching(l, 0, l->cursor);
}

const struct runlist_row *runlist_here(const struct runlist *l)
{
	const struct runlist_row *r = l->cursor < l->count ? &l->row[l->cursor] : NULL;

	return r && runlist_matches(l, r) ? r : NULL;
}

int runlist_top(const struct runlist *l, int rows)
{
	int place = runlist_place(l), last = runlist_shown(l) - rows, top = l->top;

	if (top > place)
		top = place;
	if (top < place - rows + 1)
		top = place - rows + 1;
	if (top > last)
		top = last;
	return top > 0 ? top : 0;
}

static void keep_in_view(struct runlist *l)
{
	l->top = runlist_top(l, runlist_parts(l->width, l->height).rows);
}

/* By so many rows that match; the end is the end. */
static void step(struct runlist *l, int by)
{
	int at = l->cursor, way = by < 0 ? -1 : 1;

	while (by) {
		do
			at += way;
		while (at >= 0 && at < l->count && !runlist_matches(l, &l->row[at]));
		if (at < 0 || at >= l->count)
			break;
		l->cursor = at;
		by -= way;
	}
	keep_in_view(l);
}

void runlist_go(struct runlist *l, int place)
{
	step(l, place - runlist_place(l));
}

/* Onto a row that matches, if there is one. */
static void settle(struct runlist *l)
{
	if (l->cursor >= l->count)
		l->cursor = l->count ? l->count - 1 : 0;
	if (!runlist_here(l))
		step(l, 1);
	if (!runlist_here(l))
		step(l, -1);
	keep_in_view(l);
}

void runlist_rows(struct runlist *l, const struct runlist_row *row, int count)
{
	const struct runlist_row *was = runlist_here(l);
	int at = 0;

	while (was && at < count && strcmp(row[at].path, was->path) != 0)
		at++;
	/* A question is about the run that it was asked of, and so is what is typed. */
	if (was && at == count && l->mode > RUNLIST_FILTER)
		l->mode = RUNLIST_BROWSE;
	if (was && at < count)
		l->cursor = at;
	l->row = row;
	l->count = count;
	settle(l);
}

/* --- keys --- */

static struct runlist_order order(enum runlist_command command)
{
	return (struct runlist_order){.command = command};
}

static struct runlist_order say(struct runlist *l, const char *text)
{
	snprintf(l->message, sizeof l->message, "%s", text);
	return order(RUNLIST_REDRAW);
}

static struct runlist_order move(struct runlist *l, int by)
{
	step(l, by);
	return order(RUNLIST_REDRAW);
}

static struct runlist_order ask(struct runlist *l, enum runlist_mode mode, const char *text, size_t most)
{
	l->mode = mode;
	prompt_start(&l->prompt, text, most);
	return order(RUNLIST_REDRAW);
}

/* What is done to a run: there has to be one, and it has to be readable. */
static struct runlist_order act_on_run(struct runlist *l, enum runlist_action action)
{
	const struct runlist_row *r = runlist_here(l);

	if (!r)
		return say(l, l->count ? "no run matches the filter; Esc shows all" : "there is no run yet");
	if (action == RUNLIST_DO_DELETE) {
		l->mode = RUNLIST_DELETE;
		return order(RUNLIST_REDRAW);
	}
	if (r->kind == RUNLIST_UNREADABLE) {
		snprintf(l->message, sizeof l->message, "%.100s: %.120s", runlist_file(r), r->why);
		return order(RUNLIST_REDRAW);
	}
	switch (action) {
	case RUNLIST_DO_OPEN:
		return order(RUNLIST_OPEN);
	case RUNLIST_DO_PIN:
		return order(RUNLIST_PIN);
	case RUNLIST_DO_RENAME:
		return ask(l, RUNLIST_NAME, r->name, l->name_most);
	default:
		return ask(l, RUNLIST_NOTE, r->note, l->note_most);
	}
}

static struct runlist_order back(struct runlist *l)
{
	l->filter[0] = '\0';
	settle(l);
	return order(RUNLIST_REDRAW);
}

static int page(const struct runlist *l)
{
	int rows = runlist_parts(l->width, l->height).rows;

	return rows > 1 ? rows - 1 : 1;
}

static struct runlist_order browse_key(struct runlist *l, enum runlist_action action)
{
	switch (action) {
	case RUNLIST_DO_UP:
		return move(l, -1);
	case RUNLIST_DO_DOWN:
		return move(l, 1);
	case RUNLIST_DO_PAGE_UP:
		return move(l, -page(l));
	case RUNLIST_DO_PAGE_DOWN:
		return move(l, page(l));
	case RUNLIST_DO_FIRST:
		return move(l, -l->count);
	case RUNLIST_DO_LAST:
		return move(l, l->count);
	case RUNLIST_DO_OPEN:
	case RUNLIST_DO_PIN:
	case RUNLIST_DO_RENAME:
	case RUNLIST_DO_EDIT_NOTE:
	case RUNLIST_DO_DELETE:
		return act_on_run(l, action);
	case RUNLIST_DO_FILTER:
		return ask(l, RUNLIST_FILTER, l->filter, sizeof l->filter - 1);
	case RUNLIST_DO_RELOAD:
		return order(RUNLIST_RELOAD);
	case RUNLIST_DO_THEME_NEXT:
		return (struct runlist_order){RUNLIST_THEME, 1};
	case RUNLIST_DO_THEME_PREVIOUS:
		return (struct runlist_order){RUNLIST_THEME, -1};
	case RUNLIST_DO_GLYPHS:
		l->glyphs = (enum glyph_set)((l->glyphs + 1) % GLYPHS_COUNT);
		snprintf(l->message, sizeof l->message, "glyphs: %s", glyph_set_name(l->glyphs));
		return order(RUNLIST_REDRAW);
	case RUNLIST_DO_HELP:
		l->mode = RUNLIST_HELP;
		l->help_top = 0;
		return order(RUNLIST_REDRAW);
	case RUNLIST_DO_BACK:
		return back(l);
	case RUNLIST_DO_QUIT:
		return order(RUNLIST_QUIT);
	case RUNLIST_DO_REPAINT:
	case RUNLIST_DO_SUSPEND:
	case RUNLIST_DO_NONE:
	case RUNLIST_ACTION_COUNT:
		break;
	}
	return order(RUNLIST_NONE);
}

static struct runlist_order help_key(struct runlist *l, int code, enum runlist_action action)
{
	struct runlist_parts parts = runlist_parts(l->width, l->height);
	int last = runlist_help_last(l, parts.bar.y - parts.head.height), top = l->help_top;

	if (action == RUNLIST_DO_QUIT || action == RUNLIST_DO_HELP || action == RUNLIST_DO_BACK)
		l->mode = RUNLIST_BROWSE;
	else if (action == RUNLIST_DO_UP)
		top--;
	else if (action == RUNLIST_DO_DOWN)
		top++;
	else if (action == RUNLIST_DO_PAGE_UP)
		top -= HELP_PAGE;
	else if (action == RUNLIST_DO_PAGE_DOWN || code == ' ')
		top += HELP_PAGE;
	else if (action == RUNLIST_DO_FIRST)
		top = 0;
	else if (action == RUNLIST_DO_LAST)
		top = last;
	l->help_top = top < 0 ? 0 : top > last ? last : top;
	return order(RUNLIST_REDRAW);
}

static struct runlist_order filter_key(struct runlist *l, int code)
{
	enum prompt_event event = prompt_key(&l->prompt, code);

	if (event == PROMPT_NOTHING)
		return order(RUNLIST_NONE);
	if (event != PROMPT_CHANGED)
		l->mode = RUNLIST_BROWSE;
	if (event == PROMPT_CANCELLED)
		return back(l);
	memcpy(l->filter, l->prompt.text, sizeof l->filter);
	settle(l);
	return order(RUNLIST_REDRAW);
}

static struct runlist_order text_key(struct runlist *l, int code)
{
	enum prompt_event event = prompt_key(&l->prompt, code);
	enum runlist_command command = l->mode == RUNLIST_NAME ? RUNLIST_RENAME : RUNLIST_WRITE_NOTE;
	char typed[PROMPT_BYTES];

	if (event == PROMPT_NOTHING)
		return order(RUNLIST_NONE);
	if (event == PROMPT_CHANGED)
		return order(RUNLIST_REDRAW);
	l->mode = RUNLIST_BROWSE;
	if (event == PROMPT_CANCELLED)
		return order(RUNLIST_REDRAW);
	memcpy(typed, l->prompt.text, sizeof typed);
	utf8_clean(typed, strlen(typed), l->prompt.text, sizeof l->prompt.text);
	return order(command);
}

struct runlist_order runlist_key(struct runlist *l, int code)
{
	/* Typed ahead, Enter is what a terminal in lines makes of it. */
	enum runlist_action action = runlist_action_of(code == '\n' ? '\r' : code);

	/* It comes as a key, but answers no question. */
	if (code == KEY_RESIZE_) {
		keep_in_view(l);
		return order(RUNLIST_NONE);
	}
	if (action == RUNLIST_DO_SUSPEND)
		return order(RUNLIST_SUSPEND);
	if (action == RUNLIST_DO_REPAINT)
		return order(RUNLIST_REPAINT);
	switch (l->mode) {
	case RUNLIST_HELP:
		return help_key(l, code, action);
	case RUNLIST_FILTER:
		return filter_key(l, code);
	case RUNLIST_NAME:
	case RUNLIST_NOTE:
		return text_key(l, code);
	case RUNLIST_DELETE:
		l->mode = RUNLIST_BROWSE;
		return order(code == 'y' || code == 'Y' ? RUNLIST_REMOVE : RUNLIST_REDRAW);
	case RUNLIST_BROWSE:
		break;
	}
	return browse_key(l, action);
}
