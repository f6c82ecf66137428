/* What is typed in the place of the key bar: the note of a mark. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/view.h"

void asking_start(struct dashboard *d, enum asking what, const char *text, size_t most)
{
	d->asking = what;
	prompt_start(&d->prompt, text, most);
}

static struct order marked(struct dashboard *d)
{
	struct order o = {.command = COMMAND_MARK, .t_us = d->mark_us};

	utf8_clean(d->prompt.text, strlen(d->prompt.text), o.note, sizeof o.note);
	return o;
}

struct order asking_key(struct dashboard *d, int code)
{
	enum prompt_event event = prompt_key(&d->prompt, code);

	if (event == PROMPT_ACCEPTED || event == PROMPT_CANCELLED)
		d->asking = ASKING_NOTHING;
	if (event == PROMPT_ACCEPTED)
		return marked(d);
	return (struct order){.command = event == PROMPT_NOTHING ? COMMAND_NONE : COMMAND_REDRAW};
}

void asking_draw(const struct scene *scene, struct view view)
{
	const struct dashboard *d = scene->d;
	char label[FORMAT_BYTES + 16], time[FORMAT_BYTES];
	int x = view.width > 30;

	snprintf(label, sizeof label, "mark %s, note:", format_elapsed(d->mark_us, time));
	prompt_draw(&d->prompt, view_part(view, x, 0, view.width - x, 1), label);
}
