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

static const struct entry mouse[] = {
	{"click", "on a run: the cursor; again opens it"},
	{"wheel", "up, down"},
	{"Shift", "with it the mouse is the terminal's: to select"},
};
#define MOUSE (sizeof mouse / sizeof *mouse)
#define ENTRIES (RUNLIST_ACTION_COUNT + MOUSE)

/* One line an action, all its keys before it; then the mouse, where there is one. */
static int entries(const struct runlist *l, struct entry out[ENTRIES])
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
	for (size_t i = 0; l->regions && i < MOUSE; i++)
		out[n++] = mouse[i];
	return n;
}

int runlist_help_last(const struct runlist *l, int height)
{
	struct entry entry[ENTRIES];
	int lines = entries(l, entry);

	return lines > height - 1 ? lines - (height > 1 ? height - 1 : 0) : 0;
}

void runlist_help_draw(const struct runlist *l, struct view view)
{
	const struct glyphs *g = glyphs_of(l->glyphs);
	struct view body = view_part(view, 0, 1, view.width, view.height - 1);
	struct entry entry[ENTRIES];
	int n = entries(l, entry), last = runlist_help_last(l, view.height), top = l->help_top < last ? l->help_top : last;
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
