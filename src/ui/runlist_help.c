#include <stdio.h>
#include <string.h>

#include "ui/runlist_keys.h"
#include "ui/runlist_view.h"
#include "ui/widget.h"

#define KEY_CELLS 10

struct entry {
	char keys[40];
	const char *text;
};

/* One line an action, all its keys before it. */
static int entries(struct entry out[RUNLIST_ACTION_COUNT])
{
	enum runlist_action last = RUNLIST_DO_NONE;
	int n = 0;

	/* The keys of an action stand together in the table. */
	for (const struct runlist_key_row *row = runlist_key_table(); row->action != RUNLIST_DO_NONE; row++) {
		size_t used;

		if (row->action != last) {
			out[n] = (struct entry){.text = runlist_action_info(row->action)->help};
			n++;
		}
		used = strlen(out[n - 1].keys);
		snprintf(out[n - 1].keys + used, sizeof out->keys - used, "%s%s", used ? " " : "", row->name);
		last = row->action;
	}
	return n;
}

int runlist_help_last(int height)
{
	struct entry entry[RUNLIST_ACTION_COUNT];
	int lines = entries(entry);

	return lines > height - 1 ? lines - (height > 1 ? height - 1 : 0) : 0;
}

void runlist_help_draw(const struct runlist *l, struct view view)
{
	const struct glyphs *g = glyphs_of(l->glyphs);
	struct view body = view_part(view, 0, 1, view.width, view.height - 1);
	struct entry entry[RUNLIST_ACTION_COUNT];
	int n = entries(entry), last = runlist_help_last(view.height), top = l->help_top < last ? l->help_top : last;
	char cut[128];
	struct line line;

	line_init(&line);
	if (last)
		line_span(line_piece(&line, 0, 1), PEN(ROLE_DIM), "%d-%d of %d", top + 1, top + body.height, n);
	rule_draw(view, g, true, "help", &line);
	region_note(l->regions, REGION_DETAIL, 0, view, 0, 0, view.width, view.height);
	for (int y = 0; y < body.height && top + y < n; y++) {
		view_text(body, 1, y, PEN(ROLE_ACCENT), entry[top + y].keys);
		view_text(body, KEY_CELLS + 2, y, PEN(ROLE_TEXT),
			  format_fit(entry[top + y].text, body.width - KEY_CELLS - 2, g, cut, sizeof cut));
	}
}
