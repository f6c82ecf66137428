#include "base/utf8.h"
#include "ui/view.h"

#include <stdio.h>
#include <string.h>

#define KEY_CELLS 10
#define WORD_CELLS 16
#define TWO_COLUMNS 120
#define LINES_MAX 96
#define BELOW 3  /* where what does not fit beside is set in */
#define PLACE 16 /* cells of "12 of 103  Esc" */

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
	{"slo now 3/4", "SLOs met in the window, of all; run: the"},
	{"", "verdicts over the whole run, ? not sure yet"},
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

/* What it means stands beside it, or below where it does not fit. */
static void entry_draw(struct sheet *sheet, const struct entry *e, int cells)
{
	int width = sheet->view.width, row;
	bool beside;

	if (!e->text) {
		row = sheet_row(sheet);
		if (row >= 0)
			view_text(sheet->view, 1, row, PEN(ROLE_TITLE), e->what);
		return;
	}
	beside = cells + 2 + utf8_cells(e->text) <= width;
	if (*e->what || beside) {
		row = sheet_row(sheet);
		if (row >= 0)
			view_text(sheet->view, 1, row, PEN(ROLE_ACCENT), e->what);
		if (row >= 0 && beside)
			view_text(sheet->view, cells + 2, row, PEN(ROLE_TEXT), e->text);
	}
	if (!beside)
		sheet_text(sheet, BELOW, PEN(ROLE_TEXT), e->text, strlen(e->text));
}

/* From line `top` on; returns how many there are. In a view of no height it only counts. */
static int entries_draw(const struct dashboard *d, struct view view, int top)
{
	bool two = view.width >= TWO_COLUMNS;
	int left = two ? view.width / 2 - 2 : view.width;
	struct sheet sheet = {.view = view_part(view, 0, 0, left, view.height), .top = top};
	struct sheet other = {.view = view_part(view, left, 0, view.width - left, view.height), .top = top};
	struct entry keys[LINES_MAX];
	int n = key_entries(d, keys);

	for (int i = 0; i < n; i++)
		entry_draw(&sheet, &keys[i], KEY_CELLS);
	if (!two)
		sheet_row(&sheet);
	for (int i = 0; i < WORDS; i++)
		entry_draw(two ? &other : &sheet, &words[i], WORD_CELLS);
	return sheet.y > other.y ? sheet.y : other.y;
}

/* What is below the title; in a single line what is beside the place in it. */
static struct view body_of(struct view view)
{
	if (view.height > 1)
		return view_part(view, 0, 1, view.width, view.height - 1);
	return view_part(view, 0, 0, view.width < 2 * PLACE ? view.width : view.width - PLACE, view.height);
}

int help_last(const struct dashboard *d, int width, int height)
{
	struct view body = body_of((struct view){.width = width, .height = height});
	int rows = body.height, lines;

	body.height = 0;
	lines = entries_draw(d, body, 0);
	return lines > rows ? lines - rows : 0;
}

void help_draw(const struct scene *scene, struct view view)
{
	struct view body = body_of(view);
	int last = help_last(scene->d, view.width, view.height);
	int top = scene->d->help_top < last ? scene->d->help_top : last, lines;
	char place[2 * FORMAT_BYTES];
	struct line line;

	region_note(scene->d->regions, REGION_DETAIL, 0, view, 0, 0, view.width, view.height);
	lines = entries_draw(scene->d, body, top);
	line_init(&line);
	if (view.height == 1) {
		snprintf(place, sizeof place, "%d of %d  Esc", top + 1, lines);
		view_right(view, body.width < view.width ? view.width : 0, 0, PEN(ROLE_DIM), place);
		return;
	}
	if (last)
		line_span(line_piece(&line, 0, 1), PEN(ROLE_DIM), "%d-%d of %d", top + 1, top + body.height, lines);
	rule_draw(view, scene->g, true, "help", &line);
}
