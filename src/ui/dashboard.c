#include "ui/dashboard.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/view.h"

#define HELP_PAGE 10
#define JUMP_NEAR_US INT64_C(1500000)
#define SEVERAL 1.01 /* requests a session: there are some of several turns */
#define KEY_DELETE_CODE 0x7f
#define RATE_LEAST_S 1 /* of a load: shorter says little of its rate */

static const int steps[] = {1, 5, 10, 50, 100};
#define STEPS ((int)(sizeof steps / sizeof *steps))

void dashboard_init(struct dashboard *d)
{
	*d = (struct dashboard){
		.view = VIEW_OVERVIEW,
		.focus = PANE_TASKS,
		.step = 1,
		.glyphs = GLYPHS_BRAILLE,
		.heat_t_us = INT64_MAX,
		.heat_bin = -1,
		.histogram_bin = -1,
		.play = {.speed = 1},
	};
}

void dashboard_baseline(struct dashboard *d, const struct ghost *baseline)
{
	d->baseline = baseline;
	d->ghost = baseline != NULL;
}

struct view_query dashboard_query(const struct dashboard *d)
{
	return (struct view_query){
		.task = (int16_t)(d->cursor - 1),
		.clock = (uint8_t)d->clock,
		.window = WINDOW_AUTO,
	};
}

const struct snapshot *dashboard_filtered(const struct dashboard *d, const struct snapshot *snapshot,
					  struct snapshot *room)
{
	return filter_apply(&d->filter, snapshot ? snapshot->query.task : -1, snapshot, room);
}

/* --- keys --- */

static struct order order(enum command command)
{
	return (struct order){.command = command};
}

static struct order say(struct dashboard *d, enum command command, const char *text)
{
	snprintf(d->message, sizeof d->message, "%s", text);
	return order(command);
}

static struct order set_level(struct dashboard *d, enum load_mode mode, double level, const char *from)
{
	char text[FORMAT_BYTES], before[FORMAT_BYTES], was[FORMAT_BYTES + 8] = "";

	if (mode == d->mode && level != d->level)
		snprintf(was, sizeof was, "%s %s ", format_level(d->level, before), format_arrow(glyphs_of(d->glyphs)));
	d->mode = mode;
	d->level = level;
	format_level(level, text);
	if (mode == MODE_OPEN)
		snprintf(d->message, sizeof d->message, "%srate %s%s/s (step %d)", from, was, text, d->step);
	else
		snprintf(d->message, sizeof d->message, "%s%s%s %s (step %d)", from, was, text, level < 1.5 ? "user" : "users",
			 d->step);
	return (struct order){.command = COMMAND_LEVEL, .mode = mode, .level = level};
}

static struct order change_level(struct dashboard *d, double level, uint32_t max_users)
{
	double max = d->mode == MODE_OPEN ? DASHBOARD_MAX_RATE : max_users;
	const char *bound = level > max ? ", the most there can be"
			    : d->mode == MODE_CLOSED && level < 1 ? ", the fewest there can be" : "";
	struct order o;

	if (d->mode == MODE_CLOSED && level < 1)
		level = 1;
	o = set_level(d, d->mode, level > max ? max : level, "");
	strncat(d->message, bound, sizeof d->message - strlen(d->message) - 1);
	return o;
}

/* Below one step a rate halves: it never becomes nothing. */
static double step_down(const struct dashboard *d)
{
	double level = d->level - d->step;

	return d->mode == MODE_OPEN && level <= 0 ? d->level / 2 : level;
}

/* Arrivals are of sessions, and of the present load where it has lasted long enough to
 * tell: the window may reach back to another. */
static double present_rate(const struct snapshot *s, double *requests_each)
{
	const struct snap_point *p = s->point_count ? &s->point[s->point_count - 1] : NULL;
	bool told = p && p->phase == PHASE_LOAD && p->seconds >= RATE_LEAST_S;
	double sessions = told ? p->sessions_rps : s->together.window.sessions_rps;

	*requests_each = (told ? p->rps : s->together.window.rps) / sessions;
	return sessions;
}

/* Those in flight on average: at a single moment there may be none or many. */
static uint32_t present_users(const struct snapshot *s, uint32_t max_users)
{
	double users = isnan(s->in_flight_mean) ? s->gauge.in_flight : round(s->in_flight_mean);

	return (uint32_t)fmin(fmax(users, 1), max_users);
}

static struct order also(struct dashboard *d, struct order o, const char *what)
{
	strncat(d->message, what, sizeof d->message - strlen(d->message) - 1);
	return o;
}

/* Without a bump: as much as there is at present. */
static struct order change_loop(struct dashboard *d, const struct snapshot *s, uint32_t max_users)
{
	double each = NAN, rate = s ? present_rate(s, &each) : NAN;
	char what[64];
	struct order o;

	if (d->past)
		return say(d, COMMAND_REDRAW, "m goes on with the present load: End first");
	if (d->mode == MODE_OPEN)
		return also(d, set_level(d, MODE_CLOSED, s ? present_users(s, max_users) : 1, "closed loop: "),
			    s && !isnan(s->in_flight_mean) ? ": so many requests were in flight on average" : "");
	if (!(rate > 0))
		return say(d, COMMAND_REDRAW, "no throughput yet to go on with in an open loop");
	/* A rate for people: three figures. */
	snprintf(d->message, sizeof d->message, "%.3g", rate);
	o = set_level(d, MODE_OPEN, strtod(d->message, NULL), "open loop: ");
	if (!(each > SEVERAL))
		return also(d, o, ": arrivals of requests");
	snprintf(what, sizeof what, ": arrivals of sessions, %.2g requests each", each);
	return also(d, o, what);
}

static struct order change_step(struct dashboard *d, int by)
{
	int i = 0;

	while (i < STEPS - 1 && steps[i] < d->step)
		i++;
	i += by;
	d->step = steps[i < 0 ? 0 : i >= STEPS ? STEPS - 1 : i];
	snprintf(d->message, sizeof d->message, "step %d", d->step);
	return order(COMMAND_REDRAW);
}

static struct order next_clock(struct dashboard *d)
{
	static const char *const what[CLOCK_KINDS] = {
		[CLOCK_RESPONSE] = "response clock: from when a request was due to the end of its answer",
		[CLOCK_SERVICE] = "service clock: from when a request was sent; the server's part",
		[CLOCK_QUEUE] = "queue clock: from when a request was due to when it was sent; our part",
	};

	d->clock = (enum clock_kind)((d->clock + 1) % CLOCK_KINDS);
	return say(d, COMMAND_REDRAW, what[d->clock]);
}

static struct order toggle_baseline(struct dashboard *d)
{
	if (!d->baseline)
		return say(d, COMMAND_REDRAW, "no baseline: --baseline RUN");
	d->ghost = !d->ghost;
	snprintf(d->message, sizeof d->message, d->ghost ? "baseline %s: its whole run, as if of as many requests"
							 : "baseline %s: not shown", d->baseline->name);
	return order(COMMAND_REDRAW);
}

/* What nobody asked for has nothing to look at, and graphs of other views are in the overview
 * and beside the tasks only where there is room. */
static bool has_focus(const struct dashboard *d, const struct snapshot *s, enum pane pane)
{
	struct layout layout = {0};

	switch (pane) {
	case PANE_SERVER:
		return s && s->server.scrapes;
	case PANE_ADVICE:
		return s && s->advice.lookups;
	case PANE_RATE:
	case PANE_TREND:
	case PANE_TTFT_TREND:
	case PANE_TOKENS:
	case PANE_ITL_TREND:
	case PANE_PHASE_TREND:
	case PANE_CLASSES:
	case PANE_RATIO:
		if (d->view != (pane == PANE_RATE || pane == PANE_TREND ? VIEW_TASKS : VIEW_OVERVIEW))
			return true;
		dashboard_layout(d, s, d->width, d->height, false, &layout);
		return layout.pane[pane].height > 0;
	default:
		return true;
	}
}

static struct order move_focus(struct dashboard *d, const struct snapshot *s, int by)
{
	enum pane pane[PANE_COUNT];
	int n = layout_panes(d->view, pane), i = 0;

	while (i < n - 1 && pane[i] != d->focus)
		i++;
	do
		i = (i + by + n) % n;
	while (!has_focus(d, s, pane[i]));
	d->focus = pane[i];
	d->focus_given = true;
	return order(COMMAND_REDRAW);
}

static struct order change_view(struct dashboard *d, const struct snapshot *s, enum view_kind view)
{
	enum pane pane[PANE_COUNT];
	int n = layout_panes(view, pane), i = 0;

	d->view = view;
	d->zoomed = d->exemplar.open = d->focus_given = false;
	while (i < n && pane[i] != d->focus)
		i++;
	if (i == n || !has_focus(d, s, d->focus))
		d->focus = pane[0];
	return order(COMMAND_REDRAW);
}

static struct order move_cursor(struct dashboard *d, const struct snapshot *s, int by)
{
	if (d->view == VIEW_ERRORS) {
		int end = s ? s->error_count - 1 : 0, row = d->error_cursor + by;

		d->error_cursor = row > end ? end : row;
		if (d->error_cursor < 0)
			d->error_cursor = 0;
		return order(COMMAND_REDRAW);
	}

	int rows = s ? scene_task_rows(s) : 1, last = rows > 1 ? rows - 1 : 0;
	int to = d->cursor + by;

	d->filter.by_task = false;

	d->cursor = to < 0 ? 0 : to > last ? last : to;
	return order(COMMAND_REDRAW);
}

/* Where what has the focus is; empty where it is not on the screen. */
static struct rect focused(const struct dashboard *d, const struct snapshot *s)
{
	struct layout layout = {0};

	dashboard_layout(d, s, d->width, d->height, d->zoomed, &layout);
	return layout.pane[d->focus];
}

static bool heatmap_focused(const struct dashboard *d, const struct snapshot *s)
{
	return d->view == VIEW_LATENCY && d->focus == PANE_HEATMAP && focused(d, s).height > 0;
}

static struct order move_cell(struct dashboard *d, const struct snapshot *s, enum action action)
{
	struct rect r = focused(d, s);
	int by = action == ACTION_CELL_BEFORE || action == ACTION_CURSOR_UP	? -1
		 : action == ACTION_CELL_AFTER || action == ACTION_CURSOR_DOWN ? 1
		 : action == ACTION_CELL_FIRST				       ? -LOGGRID_BINS : LOGGRID_BINS;

	if (s && d->focus == PANE_HISTOGRAM)
		histogram_move(d, s, r.width, r.height, by);
	else if (s)
		heatmap_move(d, s, r.width, r.height, action);
	return order(COMMAND_REDRAW);
}

/* --- exemplars --- */

static struct order open_exemplars(struct dashboard *d, const struct snapshot *s)
{
	struct rect r = focused(d, s);

	if (!s)
		return say(d, COMMAND_REDRAW, "nothing is known yet");
	exemplars_ask(d, s, r.width, r.height);
	return order(COMMAND_EXEMPLARS);
}

void dashboard_found(struct dashboard *d)
{
	d->exemplar.cursor = d->exemplar.top = 0;
	d->exemplar.open = d->found && d->found->count;
	if (!d->exemplar.open)
		snprintf(d->message, sizeof d->message, d->found && d->found->kept
			 ? "no request is kept of %s, nor of anything like it" : "no request is kept yet",
			 d->exemplar.what);
}

/* The keys that move are the pane's; false: another one. */
static bool exemplar_key(struct dashboard *d, const struct snapshot *s, int code, enum action action)
{
	struct scene scene = {.d = d, .s = s ? s : &scene_nothing, .g = glyphs_of(d->glyphs)};
	int by = action == ACTION_CURSOR_UP ? -1 : action == ACTION_CURSOR_DOWN ? 1 : 0, page, last;
	struct layout layout;
	struct rect r;

	if (action == ACTION_BACK || action == ACTION_OPEN) {
		d->exemplar.open = false;
		return true;
	}
	if (by) {
		int to = d->exemplar.cursor + by, end = d->found->count - 1;

		d->exemplar.cursor = to < 0 ? 0 : to > end ? end : to;
		d->exemplar.top = 0;
		return true;
	}
	if (code != KEY_PGUP_ && code != KEY_PGDN_)
		return action == ACTION_FOCUS_NEXT || action == ACTION_FOCUS_PREVIOUS || action == ACTION_ZOOM;
	dashboard_layout(d, s, d->width, d->height, d->zoomed, &layout);
	r = dashboard_whole(&layout, d->width);
	last = exemplar_last(&scene, r.width, r.height, &page);
	d->exemplar.top += code == KEY_PGUP_ ? -page : page;
	d->exemplar.top = d->exemplar.top < 0 ? 0 : d->exemplar.top > last ? last : d->exemplar.top;
	return true;
}

/* While the help is open it has the keys that move. */
static struct order help_key(struct dashboard *d, const struct snapshot *s, int code, enum action action)
{
	struct layout layout = {.bar.y = 1};
	int top = d->help_top, last, page;
	struct rect r;

	if (d->height)
		dashboard_layout(d, s, d->width, d->height, d->zoomed, &layout);
	r = dashboard_whole(&layout, d->width);
	last = help_last(d, d->height ? d->width : 80, r.height);
	page = !d->height || r.height > HELP_PAGE ? HELP_PAGE : r.height > 2 ? r.height - 1 : 1;
	if (code == 'q' || action == ACTION_HELP || action == ACTION_BACK)
		d->help = false;
	else if (action == ACTION_CURSOR_UP)
		top--;
	else if (action == ACTION_CURSOR_DOWN)
		top++;
	else if (code == KEY_PGUP_)
		top -= page;
	else if (code == KEY_PGDN_ || code == ' ')
		top += page;
	else if (code == KEY_HOME_)
		top = 0;
	else if (code == KEY_END_)
		top = last;
	d->help_top = top < 0 ? 0 : top > last ? last : top;
	return order(COMMAND_REDRAW);
}

static struct order seek(int32_t seconds)
{
	return (struct order){.command = COMMAND_SEEK, .value = seconds};
}

static struct order value(enum command command, int32_t v)
{
	return (struct order){.command = command, .value = v};
}

/* Of the task under the cursor; what comes of it the caller says. */
static struct order change_mix(struct dashboard *d, const struct snapshot *s, enum command command, double factor)
{
	if (!s || s->task_count < 2)
		return say(d, COMMAND_REDRAW, s ? "there is one task: no mix to change" : "nothing is known yet");
	if (d->cursor < 1 || d->cursor > s->task_count)
		return say(d, COMMAND_REDRAW, "which task? Up and Down choose one");
	return (struct order){.command = command, .value = d->cursor - 1, .level = factor};
}

/* The moment of the picture. */
static int64_t shown_us(const struct dashboard *d, const struct snapshot *s)
{
	return dashboard_recorded(d) ? d->play.at_us : s ? s->t_us : 0;
}

/* While it plays the last landmark is always near: one before it is meant. */
static struct order jump(struct dashboard *d, const struct snapshot *s, int way)
{
	int64_t from_us = shown_us(d, s), to_us = -1;
	char what[COURSE_NOTE + 16], time[FORMAT_BYTES];

	if (way < 0 && (!dashboard_recorded(d) || d->play.playing))
		from_us -= JUMP_NEAR_US;
	if (d->course)
		to_us = landmark_find(d->course, from_us, way, what, sizeof what);
	if (to_us < 0)
		return say(d, COMMAND_REDRAW, way < 0 ? "no mark, load change or error before this"
						      : "no mark, load change or error after this");
	snprintf(d->message, sizeof d->message, "%s: %s", format_elapsed(to_us, time), what);
	return (struct order){.command = COMMAND_GOTO, .t_us = to_us};
}

static struct order ask_filter(struct dashboard *d, const struct snapshot *s)
{
	char text[FILTER_TEXT];

	filter_text(&d->filter, s ? s : &scene_nothing, d->cursor - 1, text, sizeof text);
	d->filter_why[0] = '\0';
	asking_start(d, ASKING_FILTER, text, FILTER_TEXT - 1);
	return order(COMMAND_REDRAW);
}

static struct order act(struct dashboard *d, const struct snapshot *s, enum action action, uint32_t max)
{
	switch (action) {
	case ACTION_USERS_UP:
		return change_level(d, d->level + d->step, max);
	case ACTION_USERS_DOWN:
		return change_level(d, step_down(d), max);
	case ACTION_USERS_DOUBLE:
		return change_level(d, d->level * 2, max);
	case ACTION_USERS_HALVE:
		return change_level(d, d->mode == MODE_OPEN ? d->level / 2 : floor(d->level / 2), max);
	case ACTION_LOOP:
		return change_loop(d, s, max);
	case ACTION_STEP_UP:
		return change_step(d, 1);
	case ACTION_STEP_DOWN:
		return change_step(d, -1);
	case ACTION_SOLO:
		return change_mix(d, s, COMMAND_SOLO, 1);
	case ACTION_MUTE:
		return change_mix(d, s, COMMAND_MUTE, 1);
	case ACTION_HEAVIER:
		return change_mix(d, s, COMMAND_WEIGHT, 2);
	case ACTION_LIGHTER:
		return change_mix(d, s, COMMAND_WEIGHT, 0.5);
	case ACTION_SWEEP:
		return order(COMMAND_SWEEP);
	case ACTION_TRIAL:
		return trials_open(d);
	case ACTION_PAUSE_LOAD:
		return say(d, COMMAND_PAUSE, d->load_paused ? "the load goes on" : "load paused; P resumes it");
	case ACTION_FREEZE:
		if (d->past)
			return order(COMMAND_PLAY);
		d->frozen = !d->frozen;
		return say(d, COMMAND_REDRAW, d->frozen ? "picture frozen; the load goes on" : "live again");
	case ACTION_PLAY:
		return order(COMMAND_PLAY);
	case ACTION_SEEK_BACK:
		return seek(-SEEK_STEP_S);
	case ACTION_SEEK_ON:
		return seek(SEEK_STEP_S);
	case ACTION_SEEK_START:
		return seek(INT32_MIN);
	case ACTION_SEEK_END:
		return seek(INT32_MAX);
	case ACTION_JUMP_BACK:
	case ACTION_JUMP_ON:
		return jump(d, s, action == ACTION_JUMP_ON ? 1 : -1);
	case ACTION_MARK:
		d->mark_us = shown_us(d, s);
		asking_start(d, ASKING_NOTE, "", COURSE_NOTE - 1);
		return order(COMMAND_REDRAW);
	case ACTION_FILTER:
		return ask_filter(d, s);
	case ACTION_SPEED_UP:
		return value(COMMAND_SPEED, 1);
	case ACTION_SPEED_DOWN:
		return value(COMMAND_SPEED, -1);
	case ACTION_CURSOR_UP:
	case ACTION_CURSOR_DOWN:
		if (heatmap_focused(d, s) || histogram_cursor(d) == CURSOR_ROWS)
			return move_cell(d, s, action);
		return move_cursor(d, s, action == ACTION_CURSOR_UP ? -1 : 1);
	case ACTION_OPEN:
		if (d->focus == PANE_VERDICT) {
			d->zoomed = !d->zoomed;
			return order(COMMAND_REDRAW);
		}
		return open_exemplars(d, s);
	case ACTION_CELL_BEFORE:
	case ACTION_CELL_AFTER:
	case ACTION_CELL_FIRST:
	case ACTION_CELL_LAST:
		return move_cell(d, s, action);
	case ACTION_VIEW_1:
		return change_view(d, s, VIEW_OVERVIEW);
	case ACTION_VIEW_2:
		return change_view(d, s, VIEW_LATENCY);
	case ACTION_VIEW_3:
		return change_view(d, s, VIEW_TASKS);
	case ACTION_VIEW_4:
		return change_view(d, s, VIEW_PHASES);
	case ACTION_VIEW_5:
		return change_view(d, s, VIEW_STREAM);
	case ACTION_VIEW_6:
		return change_view(d, s, VIEW_SCALING);
	case ACTION_VIEW_7:
		return change_view(d, s, VIEW_ERRORS);
	case ACTION_VIEW_8:
		return change_view(d, s, VIEW_CACHE);
	case ACTION_FOCUS_NEXT:
		return move_focus(d, s, 1);
	case ACTION_FOCUS_PREVIOUS:
		return move_focus(d, s, -1);
	case ACTION_ZOOM:
		d->zoomed = !d->zoomed;
		return order(COMMAND_REDRAW);
	case ACTION_CLOCK:
		return next_clock(d);
	case ACTION_BASELINE:
		return toggle_baseline(d);
	case ACTION_FRESH_WINDOW:
		return say(d, COMMAND_FRESH, "fresh window; totals stay");
	case ACTION_THEME_NEXT:
		return value(COMMAND_THEME, 1);
	case ACTION_THEME_PREVIOUS:
		return value(COMMAND_THEME, -1);
	case ACTION_GLYPHS:
		d->glyphs = (enum glyph_set)((d->glyphs + 1) % GLYPHS_COUNT);
		snprintf(d->message, sizeof d->message, "glyphs: %s", glyph_set_name(d->glyphs));
		return order(COMMAND_REDRAW);
	case ACTION_SAVE:
		return order(COMMAND_SAVE);
	case ACTION_HELP:
		d->help = true;
		d->help_top = 0;
		return order(COMMAND_REDRAW);
	case ACTION_BACK:
		if (filter_is_on(&d->filter)) {
			filter_clear(d);
			return say(d, COMMAND_REDRAW, "no filter");
		}
		if (d->listed && !d->zoomed)
			return order(COMMAND_QUIT);
		if (d->tour && !d->zoomed) {
			d->tour = false;
			return say(d, COMMAND_REDRAW, "end of the tour; ? tells every key");
		}
		d->zoomed = false;
		return order(COMMAND_REDRAW);
	case ACTION_QUIT:
		if (d->replay || d->stopping || (!d->past && s && s->ended))
			return order(COMMAND_QUIT);
		d->quit_asked = true;
		return order(COMMAND_REDRAW);
	case ACTION_REPAINT:
		return order(COMMAND_REPAINT);
	case ACTION_SUSPEND:
		return order(COMMAND_SUSPEND);
	case ACTION_NONE:
	case ACTION_COUNT:
		break;
	}
	return order(COMMAND_NONE);
}

/* Not of keys without a sign of their own, which terminals send as they like. */
static struct order unknown_key(struct dashboard *d, int code)
{
	char sign[5] = "";

	if (code <= ' ' || code == KEY_DELETE_CODE || code >= KEY_UP_ || utf8_width((uint32_t)code) < 1)
		return order(COMMAND_NONE);
	utf8_encode((uint32_t)code, sign);
	snprintf(d->message, sizeof d->message, "no such key here: %s; ? shows all", sign);
	return order(COMMAND_REDRAW);
}

struct order dashboard_key(struct dashboard *d, const struct snapshot *snapshot, int code, uint32_t max_users)
{
	enum key_where where = d->replay ? REPLAY : LIVE;
	enum action action = key_action(code == '\n' ? '\r' : code, where), of_cell = key_action(code, HEATMAP);
	enum action elsewhere = key_action_elsewhere(code, where);
	const char *name = "";

	if (of_cell != ACTION_NONE && !exemplar_open(d) &&
	    (heatmap_focused(d, snapshot) || histogram_cursor(d) == CURSOR_COLUMNS))
		action = of_cell;

	/* It comes as a key, but answers no question. */
	if (code == KEY_RESIZE_)
		return order(COMMAND_NONE);
	d->pressed = (struct region){.width = 0};
	if (d->asking && action != ACTION_SUSPEND && action != ACTION_REPAINT)
		return asking_key(d, snapshot, code);
	if (d->quit_asked) {
		if (code == 'y' || code == 'Y')
			return order(COMMAND_QUIT);
		d->quit_asked = false;
		/* The load must not change by a key that only said no. */
		return order(action == ACTION_SUSPEND ? COMMAND_SUSPEND
			     : action == ACTION_REPAINT ? COMMAND_REPAINT : COMMAND_REDRAW);
	}
	if (d->help && action != ACTION_SUSPEND && action != ACTION_REPAINT)
		return help_key(d, snapshot, code, action);
	if (d->trials.open && action != ACTION_SUSPEND && action != ACTION_REPAINT)
		return trials_key(d, code, action);
	if (exemplar_open(d) && exemplar_key(d, snapshot, code, action))
		return order(COMMAND_REDRAW);
	if (action != ACTION_NONE) {
		d->message[0] = '\0';
		return act(d, snapshot, action, max_users);
	}
	if (elsewhere == ACTION_NONE)
		return unknown_key(d, code);
	for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++)
		if (row->code == code && row->action == elsewhere)
			name = row->name;
	snprintf(d->message, sizeof d->message, "this is a %s: %s acts in a %s only",
		 d->replay ? "recording" : "live run", name, d->replay ? "live run" : "recording");
	return order(COMMAND_REDRAW);
}
