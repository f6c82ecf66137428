/* What is typed in the place of the key bar: the note of a mark, a filter. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/view.h"

void asking_start(struct dashboard *d, enum asking what, const char *text, size_t most)
{
	d->asking = what;
	prompt_start(&d->prompt, text, most);
}

/* --- a mark --- */

static struct order marked(struct dashboard *d)
{
	struct order o = {.command = COMMAND_MARK, .t_us = d->mark_us};

	utf8_clean(d->prompt.text, strlen(d->prompt.text), o.note, sizeof o.note);
	return o;
}

/* --- a filter --- */

/* The picture goes back to all tasks where a name had led it to one. */
void filter_clear(struct dashboard *d)
{
	if (d->filter.by_task)
		d->cursor = 0;
	d->filter = (struct filter){.error = ERROR_NONE};
	d->filter_why[0] = '\0';
}

/* What is typed is shown as soon as it is one. */
static void follow(struct dashboard *d, const struct snapshot *s)
{
	struct filter filter;
	int task;

	if (!s || filter_parse(d->prompt.text, s, &filter, &task, d->filter_why, sizeof d->filter_why))
		return;
	filter_clear(d);
	d->filter = filter;
	if (filter.by_task)
		d->cursor = s->task_count > 1 ? task + 1 : 0;
}

static enum prompt_event complete(struct dashboard *d, const struct snapshot *s)
{
	char word[FILTER_TEXT], text[PROMPT_BYTES + FILTER_TEXT];
	size_t from = strlen(d->prompt.text);
	bool quoted = false;

	/* Names have blanks, in quotes. */
	for (size_t i = 0; d->prompt.text[i]; i++)
		quoted ^= d->prompt.text[i] == '"';
	while (from > 0 && d->prompt.text[from - 1] != (quoted ? '"' : ' '))
		from--;
	while (quoted && from > 0 && d->prompt.text[from - 1] != ' ')
		from--;
	if (!s || !filter_complete(d->prompt.text, from, s, word, sizeof word))
		return PROMPT_NOTHING;
	snprintf(text, sizeof text, "%.*s%s", (int)from, d->prompt.text, word);
	prompt_start(&d->prompt, text, FILTER_TEXT - 1);
	return PROMPT_CHANGED;
}

static struct order filter_key(struct dashboard *d, const struct snapshot *s, int code)
{
	enum prompt_event event = code == '\t' ? complete(d, s) : prompt_key(&d->prompt, code);

	if (event == PROMPT_CHANGED)
		follow(d, s);
	/* Not before it is one, or none. */
	if (event == PROMPT_CANCELLED || (event == PROMPT_ACCEPTED && !*d->filter_why))
		d->asking = ASKING_NOTHING;
	if (event == PROMPT_CANCELLED)
		filter_clear(d);
	return (struct order){.command = event == PROMPT_NOTHING ? COMMAND_NONE : COMMAND_REDRAW};
}

/* --- both --- */

struct order asking_key(struct dashboard *d, const struct snapshot *s, int code)
{
	enum prompt_event event;

	if (d->asking == ASKING_FILTER)
		return filter_key(d, s, code);
	event = prompt_key(&d->prompt, code);
	if (event == PROMPT_ACCEPTED || event == PROMPT_CANCELLED)
		d->asking = ASKING_NOTHING;
	if (event == PROMPT_ACCEPTED)
		return marked(d);
	return (struct order){.command = event == PROMPT_NOTHING ? COMMAND_NONE : COMMAND_REDRAW};
}

/* Beside it what is wrong with it, or what it may be. */
static int draw_hint(const struct dashboard *d, struct view view)
{
	const char *hint = *d->filter_why ? d->filter_why : "a task, ok, failed, err:CLASS; Tab completes";
	int room = view.width - utf8_cells(d->prompt.text) - (int)strlen("filter: ") - 4;

	if (utf8_cells(hint) > room)
		return view.width;
	view_right(view, view.width, 0, PEN(*d->filter_why ? ROLE_WARN : ROLE_DIM), hint);
	return view.width - utf8_cells(hint) - 1;
}

void asking_draw(const struct scene *scene, struct view view)
{
	const struct dashboard *d = scene->d;
	char label[FORMAT_BYTES + 16], time[FORMAT_BYTES];
	int x = view.width > 30, right = view.width;

	view = view_part(view, x, 0, view.width - 2 * x, 1);
	if (d->asking == ASKING_FILTER)
		right = draw_hint(d, view);
	else
		snprintf(label, sizeof label, "mark %s, note:", format_elapsed(d->mark_us, time));
	prompt_draw(&d->prompt, view_part(view, 0, 0, right < view.width ? right : view.width, 1),
		    d->asking == ASKING_FILTER ? "filter:" : label);
}
