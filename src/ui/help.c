#include "ui/view.h"

#include <stdio.h>
#include <string.h>

#define KEY_CELLS 10
#define WORD_CELLS 16
#define TWO_COLUMNS 120
#define LINES_MAX 96

/* A line of the help: a heading (no text), or what and what it means. */
struct entry {
	char what[40];
	const char *text;
};

/* The words of the screen, in lines of at most 46 cells. */
static const struct entry words[] = {
	{"words", NULL},
	{"users", "each sends a request, waits for the answer,"},
	{"", "thinks, and sends the next"},
	{"24/24", "users that are active, of those asked for"},
	{"req/s", "complete answers a second, of any status"},
	{"in flight", "requests sent and not finished"},
	{"ok", "share of finished requests that succeeded"},
	{"p50 p95 p99", "50, 95, 99 of 100 took this long or less;"},
	{"", "dim: too few requests to trust it"},
	{"latency", "the response clock: from when a request was"},
	{"", "due to the end of its answer"},
	{"last 60 s", "the window of the numbers: the shortest of"},
	{"", "10 s, 60 s, whole run with 100 requests"},
	{"operating point", "a stretch of the run with unchanged load;"},
	{"", "a tick with its level on the time axes"},
	{"phases", "what the requests about p50 and p95 were made"},
	{"", "of, on average: these add up (view 4)"},
	{"prefill", "of streams: first byte to first token"},
	{"two modes", "peaks of the latency at this load, and the"},
	{"", "attribute that the split follows (view 2)"},
	{"m", "before a task: muted, it is not sent"},
	{"beside", "p95 of a task without and with others, at"},
	{"", "the same load; by solo and mute (view 3)"},
	{"knee", "so many users that more of them only wait;"},
	{"", "X max: what is served then (view 6)"},
	{"heatmap", "the fuller a cell, the more requests took so"},
	{"", "long then; ! where some failed (view 2)"},
	{"slowest sampled", "requests kept whole; Enter opens those of a"},
	{"", "cell, an error or a task"},
	{"settling", "after a change, answers of the old load still"},
	{"", "come: left out of the operating point"},
	{"quality", "0 to 100: checks passed, by their weight"},
	{"slo 3/4", "SLOs met in the window, of all; run: the"},
	{"", "same over the whole run"},
	{"goodput", "answers a second that meet every SLO"},
	{"TTFT", "time to first token, from when it was due"},
	{"TPOT", "time per output token, after the first"},
	{"ITL", "the gaps between tokens, each counts"},
	{"a user", "the speed of one stream: 1 / mean TPOT"},
	{"stall", "a gap beyond 5 times the median gap"},
	{"events per read", "tokens that came at once: above 1.5 a proxy"},
	{"", "may hold them back"},
	{"hit ratio", "share of answers that a cache had"},
	{"prompts repeat", "a warm cache may be what you measure"},
	{"client-bound", "brunt itself is the limit: distrust all"},
};
#define WORDS ((int)(sizeof words / sizeof *words))

static const struct entry mouse[] = {
	{"", ""},
	{"mouse", NULL},
	{"click", "on a view or a key below: as its key does"},
	{"", "on a pane: the focus; on a task, an error,"},
	{"", "a bar or a cell: the cursor; again opens it"},
	{"", "on the line of the whole run: goes there"},
	{"wheel", "over a graph over time: back, on by 5 s;"},
	{"", "over a list or a text: up, down"},
	{"Shift", "with it the mouse is the terminal's: to select"},
};
#define MOUSE ((int)(sizeof mouse / sizeof *mouse))

/* One line an action, all its keys before it. */
static int key_entries(const struct dashboard *d, struct entry out[LINES_MAX])
{
	unsigned where = d->replay ? REPLAY : LIVE;
	enum action action[LINES_MAX] = {ACTION_NONE};
	int n = 0, i;

	out[n++] = (struct entry){"keys", NULL};
	for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++) {
		if (!(row->where & (where | HEATMAP)))
			continue;
		for (i = 1; i < n && action[i] != row->action; i++)
			;
		if (i == n && n < LINES_MAX) {
			action[n] = row->action;
			out[n] = (struct entry){.text = action_info(row->action)->help};
			snprintf(out[n++].what, sizeof out->what, "%s", row->name);
		} else if (i < n) {
			size_t used = strlen(out[i].what);

			snprintf(out[i].what + used, sizeof out->what - used, " %s", row->name);
		}
	}
	for (i = 0; d->regions && i < MOUSE && n < LINES_MAX; i++)
		out[n++] = mouse[i];
	return n;
}

static int lines_of(int keys, int width)
{
	if (width < TWO_COLUMNS)
		return keys + 1 + WORDS;
	return keys > WORDS ? keys : WORDS;
}

int help_last(const struct dashboard *d, int width, int height)
{
	struct entry keys[LINES_MAX];
	int lines = lines_of(key_entries(d, keys), width);

	return lines > height - 1 ? lines - (height - 1) : 0;
}

static void entry_draw(const struct scene *scene, struct view view, int y, const struct entry *e, int cells)
{
	char text[128];

	if (!e->text) {
		view_text(view, 1, y, PEN(ROLE_TITLE), e->what);
		return;
	}
	view_text(view, 1, y, PEN(ROLE_ACCENT), format_fit(e->what, view.width - 1, scene->g, text, sizeof text));
	if (view.width > cells + 8)
		view_text(view, cells + 2, y, PEN(ROLE_TEXT),
			  format_fit(e->text, view.width - cells - 2, scene->g, text, sizeof text));
}

void help_draw(const struct scene *scene, struct view view)
{
	struct view body = view_part(view, 0, 1, view.width, view.height - 1);
	struct entry keys[LINES_MAX];
	int n = key_entries(scene->d, keys);
	bool two = view.width >= TWO_COLUMNS;
	int lines = lines_of(n, view.width);
	int last = help_last(scene->d, view.width, view.height);
	int top = scene->d->help_top < last ? scene->d->help_top : last;
	struct view left = two ? view_part(body, 0, 0, body.width / 2 - 4, body.height) : body;
	struct view right = view_part(body, body.width / 2 - 4, 0, body.width - body.width / 2 + 4, body.height);
	char place[FORMAT_BYTES];
	struct line line;

	line_init(&line);
	if (last) {
		snprintf(place, sizeof place, "%d-%d of %d", top + 1, top + body.height, lines);
		line_span(line_piece(&line, 0, 1), PEN(ROLE_DIM), "%s", place);
	}
	rule_draw(view, scene->g, true, "help", &line);
	region_note(scene->d->regions, REGION_DETAIL, 0, view, 0, 0, view.width, view.height);
	for (int y = 0; y < body.height; y++) {
		int at = top + y, word = two ? at : at - n - 1;

		if (at < n)
			entry_draw(scene, left, y, &keys[at], KEY_CELLS);
		if (word >= 0 && word < WORDS)
			entry_draw(scene, two ? right : body, y, &words[word], WORD_CELLS);
	}
}
