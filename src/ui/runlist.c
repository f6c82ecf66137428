#include "ui/runlist.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/utf8.h"
#include "ui/keys.h"
#include "ui/runlist_keys.h"
#include "ui/runlist_view.h"
#include "ui/widget.h"

#define CURSOR_X 1
#define PIN_X 3
#define TEXT_X 5
#define AGE_CELLS 4
#define WHEN_CELLS 16 /* 2026-11-23 14:02 */
#define WITH_AGE 30   /* cells from which there is room for these */
#define WITH_WHEN 104
#define NAME_LEAST 8
#define GAP 2
/* Where the rest of a row has so many cells, it is for two, for three texts. */
#define TWO_TEXTS 28
#define THREE_TEXTS 42

struct runlist_parts runlist_parts(int width, int height)
{
	struct runlist_parts p = {0};
	int top = height >= 6, bar = height >= 2, details = 0, title = height >= 4;

	if (height >= 16)
		details = height / 3 > 12 ? 12 : height / 3;
	p.head = (struct rect){0, 0, width, top};
	p.table = (struct rect){0, top, width, height - top - bar - details};
	p.details = (struct rect){0, top + p.table.height, width, details};
	p.bar = (struct rect){0, height - bar, width, bar};
	p.rows = p.table.height - title;
	return p;
}

/* --- words --- */

char *runlist_age(int64_t s, char out[FORMAT_BYTES])
{
	static const struct {
		int64_t seconds;
		char unit;
	} unit[] = {{365 * 86400, 'y'}, {86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};

	for (size_t i = 0; i < sizeof unit / sizeof *unit; i++)
		if (s >= unit[i].seconds && s / unit[i].seconds < 1000) {
			snprintf(out, FORMAT_BYTES, s / unit[i].seconds < 100 ? "%lld %c" : "%lld%c",
				 (long long)(s / unit[i].seconds), unit[i].unit);
			return out;
		}
	/* Also what a clock that was set makes of the future. */
	snprintf(out, FORMAT_BYTES, "now");
	return out;
}

const char *runlist_title(const struct runlist_row *r)
{
	return *r->name ? r->name : *r->label ? r->label : r->scenario;
}

const char *runlist_file(const struct runlist_row *r)
{
	const char *slash = strrchr(r->path, '/');

	return slash ? slash + 1 : r->path;
}

static void when(const struct runlist_row *r, char out[FORMAT_BYTES])
{
	time_t at = (time_t)r->started_s;
	struct tm tm;

	*out = '\0';
	if (gmtime_r(&at, &tm))
		strftime(out, FORMAT_BYTES, "%Y-%m-%d %H:%M", &tm);
}

static const char *host(const char *target)
{
	const char *name = strstr(target, "://");

	return name ? name + 3 : target;
}

/* --- the table --- */

enum { DURATION, P95, ERRORS, FIGURES };
enum { NAME, SCENARIO, TARGET, TEXTS };
#define TITLE TEXTS /* the name, with what stands in for it where it is alone */

struct columns {
	struct column figure[FIGURES];
	int when_right, age_right; /* 0: not there */
	struct {
		int x, cells; /* 0 cells: not there */
	} text[TEXTS];
};

static int most(int a, int b)
{
	return a > b ? a : b;
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* The cells that the longest of each takes: of all runs, so that a filter moves
 * nothing. */
static void wanted(const struct runlist *l, int want[TEXTS + 1])
{
	for (int i = 0; i <= TITLE; i++)
		want[i] = NAME_LEAST;
	for (int i = 0; i < l->count; i++) {
		const struct runlist_row *r = &l->row[i];

		want[NAME] = most(want[NAME], utf8_cells(*r->name ? r->name : r->label));
		want[TITLE] = most(want[TITLE], utf8_cells(runlist_title(r)));
		want[SCENARIO] = most(want[SCENARIO], utf8_cells(r->scenario));
		want[TARGET] = most(want[TARGET], utf8_cells(host(r->target)));
	}
}

/* Each has its share; what one does not want is for the others. */
static void place_texts(struct columns *c, const int want[TEXTS + 1], int left, int cells)
{
	int three = cells >= THREE_TEXTS, two = cells >= TWO_TEXTS, name = want[three ? NAME : TITLE];
	int room = cells - (three ? 2 * GAP : GAP), scenario = 0, target = 0;

	if (three)
		scenario = least(want[SCENARIO], most(room / 4, room - name - want[TARGET]));
	if (two)
		target = least(want[TARGET], most(three ? room / 3 : room / 2, room - name - scenario));
	c->text[NAME].x = left;
	c->text[NAME].cells = two ? room - scenario - target : cells;
	c->text[SCENARIO].x = left + c->text[NAME].cells + GAP;
	c->text[SCENARIO].cells = scenario;
	c->text[TARGET].x = c->text[SCENARIO].x + (scenario ? scenario + GAP : 0);
	c->text[TARGET].cells = target;
}

static void place_columns(const struct runlist *l, struct columns *c, int width)
{
	int left = TEXT_X, cells, want[TEXTS + 1];

	*c = (struct columns){.figure = {
		[DURATION] = {"duration", 8, 3, ROLE_DIM, 0},
		[P95] = {"p95", 8, 1, ROLE_P95, 0},
		[ERRORS] = {"errors", 6, 2, ROLE_DIM, 0},
	}};
	if (width >= WITH_WHEN)
		left += WHEN_CELLS, c->when_right = left, left += GAP;
	if (width >= WITH_AGE)
		left += AGE_CELLS, c->age_right = left, left += GAP;
	cells = table_fit(c->figure, FIGURES, width - 1, left, NAME_LEAST);
	wanted(l, want);
	place_texts(c, want, left, cells > GAP ? cells - GAP : 0);
}

static void title_on_rule(struct view view, int x, const char *title)
{
	view_put(view, x - 1, 0, ' ', PEN(ROLE_RULE));
	view_put(view, view_text(view, x, 0, PEN(ROLE_TITLE), title), 0, ' ', PEN(ROLE_RULE));
}

static void table_title(const struct columns *c, struct view view, const struct glyphs *g)
{
	static const char *const title[TEXTS] = {[NAME] = "name", [SCENARIO] = "scenario", [TARGET] = "target"};

	rule_draw(view, g, false, "", NULL);
	if (c->when_right)
		title_on_rule(view, c->when_right - WHEN_CELLS, "when, UTC");
	if (c->age_right)
		title_on_rule(view, c->age_right - 3, "age");
	for (int i = 0; i < TEXTS; i++)
		if (c->text[i].cells >= utf8_cells(title[i]))
			title_on_rule(view, c->text[i].x, title[i]);
	table_head(c->figure, FIGURES, view, 0, true);
}

static void text_cell(const struct columns *c, int which, struct view view, int y, struct pen pen, const char *text,
		      const struct glyphs *g)
{
	char cut[256], dash[GLYPH_BYTES];

	if (!c->text[which].cells)
		return;
	if (!*text)
		pen = PEN(ROLE_DIM), text = format_glyph(g->unknown, dash);
	view_text(view, c->text[which].x, y, pen, format_fit(text, c->text[which].cells, g, cut, sizeof cut));
}

static void figures(const struct runlist_row *r, const struct columns *c, struct view view, int y,
		    const struct glyphs *g)
{
	char text[FORMAT_BYTES], number[FORMAT_BYTES], dash[GLYPH_BYTES];
	bool running = r->kind == RUNLIST_RUNNING, cut = r->kind == RUNLIST_CUT_OFF;

	format_glyph(g->unknown, dash);
	table_cell(&c->figure[DURATION], view, y, PEN(running ? ROLE_OK : cut ? ROLE_WARN : ROLE_TEXT),
		   running ? "running" : r->duration_us < 0 ? dash : format_elapsed(r->duration_us, number));
	table_cell(&c->figure[P95], view, y, PEN(cut ? ROLE_WARN : r->p95_us < 0 ? ROLE_DIM : ROLE_P95),
		   cut ? "cut off" : format_duration((double)r->p95_us, g, number));
	snprintf(text, sizeof text, r->errors >= 0 ? "%.20s %%" : "%.20s", format_percent(r->errors, g, number));
	table_cell(&c->figure[ERRORS], view, y,
		   PEN(r->errors > 0.01 ? ROLE_BAD : r->errors >= 0 ? ROLE_TEXT : ROLE_DIM), text);
}

/* What it is instead of a run, over all columns. */
static void unreadable_row(const struct runlist_row *r, const struct columns *c, struct view view, int y,
			   const struct glyphs *g)
{
	char text[512], cut[512];

	snprintf(text, sizeof text, "%.200s: %.200s", runlist_file(r), r->why);
	view_text(view, c->text[NAME].x, y, PEN(ROLE_DIM),
		  format_fit(text, view.width - 1 - c->text[NAME].x, g, cut, sizeof cut));
}

static void row_draw(const struct runlist *l, const struct runlist_row *r, const struct columns *c, struct view view,
		     int y, const struct glyphs *g)
{
	bool here = r == runlist_here(l);
	char text[FORMAT_BYTES];
	const char *name = c->text[SCENARIO].cells && !*r->name ? r->label : runlist_title(r);

	if (here)
		view_put(view, CURSOR_X, y, g->cursor, PEN(ROLE_ACCENT));
	if (r->pinned)
		view_put(view, PIN_X, y, '*', PEN(ROLE_WARN));
	when(r, text);
	if (c->when_right)
		view_right(view, c->when_right, y, PEN(here ? ROLE_ACCENT : ROLE_TEXT), text);
	if (c->age_right)
		view_right(view, c->age_right, y, PEN(ROLE_DIM), runlist_age(l->now_s - r->started_s, text));
	if (r->kind == RUNLIST_UNREADABLE) {
		unreadable_row(r, c, view, y, g);
		return;
	}
	text_cell(c, NAME, view, y, PEN(here ? ROLE_ACCENT : *r->name ? ROLE_TITLE : ROLE_TEXT), name, g);
	text_cell(c, SCENARIO, view, y, PEN(ROLE_TEXT), r->scenario, g);
	text_cell(c, TARGET, view, y, PEN(ROLE_DIM), host(r->target), g);
	figures(r, c, view, y, g);
}

static void nothing(const struct runlist *l, struct view view, const struct glyphs *g)
{
	char text[512];
	int y = view.height > 4, x = view.width < 40 ? 0 : 3;

	view = view_part(view, 0, y, view.width - 1, view.height - y);
	if (l->count) {
		wrap_draw(view, g, x, PEN(ROLE_TEXT), "no run matches the filter; Esc shows all", view.height);
		return;
	}
	snprintf(text, sizeof text, "no runs in %.400s yet", l->folder);
	y = wrap_draw(view, g, x, PEN(ROLE_TEXT), text, view.height);
	wrap_draw(view_part(view, 0, y, view.width, view.height - y), g, x, PEN(ROLE_DIM),
		  "brunt URL records one, and so does brunt demo", view.height - y);
}

static void table_draw(const struct runlist *l, struct view view, int rows, const struct glyphs *g)
{
	struct view body = view_part(view, 0, view.height - rows, view.width, rows);
	int top = runlist_top(l, rows), place = 0;
	struct columns columns;

	place_columns(l, &columns, view.width);
	if (rows < view.height)
		table_title(&columns, view, g);
	for (int i = 0; i < l->count && place < top + rows; i++) {
		if (!runlist_matches(l, &l->row[i]))
			continue;
		if (place >= top)
			row_draw(l, &l->row[i], &columns, body, place - top, g);
		place++;
	}
	region_cells(l->regions, REGION_RUN, top, body, 0, 0, 1, place - top, body.width, 1);
	if (!place)
		nothing(l, body, g);
}

/* --- above and below --- */

static void head_draw(const struct runlist *l, struct view view, const struct glyphs *g)
{
	struct line line;
	struct piece *piece;
	int pinned = 0, shown = runlist_shown(l);

	for (int i = 0; i < l->count; i++)
		pinned += l->row[i].pinned;
	line_init(&line);
	line_span(line_piece(&line, 2, 0), PEN(ROLE_TITLE), "brunt");
	piece = line_piece(&line, 0, 2);
	line_span(piece, (struct pen){.role = ROLE_TEXT, .attr = ATTR_BOLD}, "%d", l->count);
	line_span(piece, PEN(ROLE_DIM), l->count == 1 ? " run" : " runs");
	if (pinned)
		line_span(line_piece(&line, 3, 2), PEN(ROLE_DIM), "%d pinned", pinned);
	if (*l->filter) {
		piece = line_piece(&line, 1, 2);
		line_span(piece, PEN(ROLE_ACCENT), "/%s", l->filter);
		piece->least = 4;
		line_span(line_piece(&line, 1, 1), PEN(ROLE_DIM), "shows %d", shown);
	}
	piece = line_piece(&line, 4, 2);
	line_span(piece, PEN(ROLE_DIM), "%s", l->folder);
	piece->right = true;
	line_draw(&line, view, view.width < 40 ? 0 : 1, 0, view.width - (view.width < 40 ? 0 : 2), g);
}

static int importance(enum runlist_action action)
{
	switch (action) {
	case RUNLIST_DO_HELP:
		return 0;
	case RUNLIST_DO_QUIT:
		return 1;
	case RUNLIST_DO_OPEN:
		return 2;
	default:
		return (int)action;
	}
}

static int code_of(const char *name)
{
	for (const struct runlist_key_row *row = runlist_key_table(); row->action != RUNLIST_DO_NONE; row++)
		if (!strcmp(row->name, name))
			return row->code;
	return KEY_NONE_;
}

static void keys_draw(const struct runlist *l, struct view view, const struct glyphs *g)
{
	bool seen[RUNLIST_ACTION_COUNT] = {false};
	struct line line;
	struct piece *piece;

	line_init(&line);
	if (l->mode == RUNLIST_HELP) {
		piece = line_piece(&line, 0, 2);
		line_span(piece, PEN(ROLE_ACCENT), "Esc");
		line_span(piece, PEN(ROLE_DIM), " close");
	}
	for (const struct runlist_key_row *row = runlist_key_table();
	     l->mode == RUNLIST_BROWSE && row->action != RUNLIST_DO_NONE; row++) {
		const char *name = runlist_action_info(row->action)->bar;

		if (!*name || seen[row->action])
			continue;
		seen[row->action] = true;
		piece = line_piece(&line, importance(row->action), 2);
		line_span(piece, PEN(ROLE_ACCENT), "%s", row->name);
		line_span(piece, PEN(ROLE_DIM), " %s", name);
	}
	line_draw(&line, view, 1, 0, view.width - 2, g);
	hints_note(l->regions, view, &line, code_of);
}

/* The answers to the question, where all of them are there. */
static void question_note(const struct runlist *l, struct view field, const char *text)
{
	int y = (int)(strchr(text, '?') - text) + 2;

	if (y + 5 >= field.width)
		return;
	region_note(l->regions, REGION_KEY, 'y', field, y, 0, 1, 1);
	region_note(l->regions, REGION_KEY, 'n', field, y + 4, 0, 1, 1);
}

static void bar_draw(const struct runlist *l, struct view view, const struct glyphs *g)
{
	const struct runlist_row *here = runlist_here(l);
	struct pen pen = PEN(ROLE_TEXT);
	char text[sizeof l->message], cut[sizeof l->message];
	int x = view.width > 30;

	struct view field = view_part(view, x, 0, view.width - x, 1);

	if (l->mode >= RUNLIST_FILTER && l->mode <= RUNLIST_NOTE) {
		prompt_draw(&l->prompt, field, l->mode == RUNLIST_FILTER ? "/" : l->mode == RUNLIST_NAME ? "name:" : "note:");
		return;
	}
	if (l->mode == RUNLIST_DELETE && here) {
		pen = (struct pen){.role = ROLE_WARN, .attr = ATTR_BOLD};
		snprintf(text, sizeof text, "delete this %srun for ever? y / n   %.150s", here->pinned ? "pinned " : "",
			 *runlist_title(here) ? runlist_title(here) : runlist_file(here));
		question_note(l, field, text);
	} else if (*l->message) {
		snprintf(text, sizeof text, "%s", l->message);
	} else {
		keys_draw(l, view, g);
		return;
	}
	view_text(field, 0, 0, pen, format_fit(text, field.width, g, cut, sizeof cut));
}

static struct view at(struct view screen, struct rect r)
{
	return view_part(screen, r.x, r.y, r.width, r.height);
}

void runlist_draw(const struct runlist *l, struct canvas *canvas)
{
	const struct glyphs *g = glyphs_of(l->glyphs);
	struct runlist_parts p = runlist_parts(canvas->width, canvas->height);
	struct view screen = canvas_view(canvas);

	canvas_clear(canvas);
	regions_clear(l->regions);
	/* With one row a question is all there is. */
	if (canvas->height == 1 && (l->mode > RUNLIST_HELP || *l->message)) {
		bar_draw(l, screen, g);
		return;
	}
	head_draw(l, at(screen, p.head), g);
	bar_draw(l, at(screen, p.bar), g);
	if (l->mode == RUNLIST_HELP) {
		runlist_help_draw(l, view_part(screen, 0, p.head.height, canvas->width, p.bar.y - p.head.height));
		return;
	}
	table_draw(l, at(screen, p.table), p.rows, g);
	if (p.details.height)
		runlist_detail_draw(l, at(screen, p.details));
}
