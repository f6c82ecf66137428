#include "ui/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define NAME_LEFT 3
#define POINT_NAME 56 /* bytes */
#define RATE_LEAST_S 0.5 /* a rate over less is chance */

enum { FOR, REQUESTS, RPS, P50, P95, P99, FAILED, COLUMNS };

static void point_name(const struct snap_point *p, char out[POINT_NAME])
{
	char level[FORMAT_BYTES];

	format_level(p->level, level);
	switch (p->phase) {
	case PHASE_WARMUP:
		snprintf(out, POINT_NAME, p->mode == MODE_OPEN ? "%s/s warm-up" : "%s warm-up", level);
		break;
	case PHASE_PAUSE:
		snprintf(out, POINT_NAME, "pause");
		break;
	case PHASE_DRAIN:
		snprintf(out, POINT_NAME, "draining");
		break;
	case PHASE_END:
		snprintf(out, POINT_NAME, "end");
		break;
	default:
		snprintf(out, POINT_NAME, "%s%s%s", p->ramp_us ? "to " : "", level,
			 p->mode == MODE_OPEN ? "/s" : p->level < 1.5 ? " user" : " users");
		break;
	}
	if (p->silent) {
		size_t used = strlen(out);

		snprintf(out + used, POINT_NAME - used, ", %d muted", __builtin_popcountll(p->silent));
	}
	if (p->altered)
		strncat(out, ", altered", POINT_NAME - strlen(out) - 1);
}

/* Of the requests: a count beside a rate is easily overlooked. */
static void failed_cell(const struct scene *scene, const struct column *column, struct view view,
			int y, const struct snap_point *p)
{
	char number[FORMAT_BYTES], text[FORMAT_BYTES];

	snprintf(text, sizeof text, "%.20s %%",
		 format_percent(p->requests ? (double)p->failed / (double)p->requests : -1, scene->g, number));
	table_cell(column, view, y, PEN(p->failed ? ROLE_BAD : ROLE_DIM), p->requests ? text : number);
}

static bool has_figures(const struct snap_point *p)
{
	return p->phase == PHASE_LOAD || p->phase == PHASE_WARMUP;
}

void point_draw(const struct scene *scene, struct view view, int x, int y, int cells, const struct snap_point *p, bool present)
{
	char time[FORMAT_BYTES], name[POINT_NAME], cut[POINT_NAME];
	int end = x + cells;

	point_name(p, name);
	x = view_text(view, x, y, PEN(ROLE_DIM), format_fit(format_elapsed(p->t_us, time), cells, scene->g, cut, sizeof cut)) + 1;
	if (x < end)
		view_text(view, x, y, PEN(present ? ROLE_TICK : ROLE_TEXT), format_fit(name, end - x, scene->g, cut, sizeof cut));
}

static void row_draw(const struct scene *scene, const struct column *column, struct view view,
		     int y, int cells, const struct snap_point *p, bool present)
{
	char text[FORMAT_BYTES];
	struct pen plain = PEN(ROLE_TEXT);

	if (p->client_bound)
		view_text(view, NAME_LEFT - 2, y, PEN(ROLE_BAD), "!");
	point_draw(scene, view, NAME_LEFT, y, cells, p, present);
	if (!has_figures(p))
		return;
	table_cell(&column[FOR], view, y, PEN(ROLE_DIM),
		   format_elapsed(p->seconds > 0 && p->seconds < 1e12 ? (int64_t)(p->seconds * 1e6 + 5e5) : 0, text));
	table_cell(&column[REQUESTS], view, y, plain, format_count(p->requests, text));
	table_cell(&column[RPS], view, y, plain, format_rate(p->seconds >= RATE_LEAST_S ? p->ok_rps : NAN, scene->g, text));
	table_cell(&column[P50], view, y, scene_pen(ROLE_TEXT, p->timed, 0.5),
		   scene_value(scene, p->p50_us, p->timed, text));
	table_cell(&column[P95], view, y, scene_pen(ROLE_TEXT, p->timed, 0.95),
		   scene_value(scene, p->p95_us, p->timed, text));
	table_cell(&column[P99], view, y, scene_pen(ROLE_TEXT, p->timed, 0.99),
		   scene_value(scene, p->p99_us, p->timed, text));
	failed_cell(scene, &column[FAILED], view, y, p);
}

/* It did not last longer than it took to settle, so nothing was counted. */
static bool passed(const struct snapshot *s, int i)
{
	const struct snap_point *p = &s->point[i];

	return i < s->point_count - 1 && p->phase == PHASE_LOAD && !p->requests && !(p->seconds > 0);
}

/* Draws point `i` or, of several that were all settling, all of them;
 * returns how many. */
static int points_draw(const struct scene *scene, const struct column *column, struct view view, int y, int cells, int i)
{
	const struct snapshot *s = scene->s;
	char text[FORMAT_BYTES], name[POINT_NAME], longer[FORMAT_BYTES], line[128], cut[128];
	int64_t longest_us = US_PER_S; /* no settling time is shorter */
	int n = 0;

	for (; i - n >= 0 && passed(s, i - n); n++)
		if (s->point[i - n].settling_us > longest_us)
			longest_us = s->point[i - n].settling_us;
	if (!n) {
		row_draw(scene, column, view, y, cells, &s->point[i], i == s->point_count - 1);
		return 1;
	}
	if (n == 1)
		point_name(&s->point[i], name);
	else
		snprintf(name, sizeof name, "%d loads", n);
	snprintf(line, sizeof line, "%s %s, all settling: hold longer than %s",
		 format_elapsed(s->point[i - n + 1].t_us, text), name, format_duration((double)longest_us, scene->g, longer));
	view_text(view, NAME_LEFT, y, PEN(ROLE_DIM), format_fit(line, view.width - NAME_LEFT, scene->g, cut, sizeof cut));
	return n;
}

static bool any_failed(const struct snapshot *s)
{
	for (int i = 0; i < s->point_count; i++)
		if (s->point[i].failed)
			return true;
	return false;
}

static bool any_client_bound(const struct snapshot *s)
{
	for (int i = 0; i < s->point_count; i++)
		if (s->point[i].client_bound)
			return true;
	return false;
}

/* The sentence under the title: trouble first. */
static struct pen words(const struct scene *scene, char *out, size_t bytes)
{
	const struct snapshot *s = scene->s;

	if (scene->d->trouble) {
		snprintf(out, bytes, "%s", scene->d->trouble);
		return PEN(ROLE_BAD);
	}
	if (s->client_bound && *s->evidence) {
		snprintf(out, bytes, "client-bound: %s", s->evidence);
		return PEN(ROLE_BAD);
	}
	words_compare(scene, out, bytes);
	return PEN(ROLE_TEXT);
}

void pane_points(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct column column[COLUMNS] = {
		[FOR] = {"for", 5, 6, ROLE_DIM, 0},
		[REQUESTS] = {"requests", 8, 3, ROLE_DIM, 0},
		[RPS] = {"ok/s", 5, 0, ROLE_DIM, 0},
		[P50] = {"p50", 5, 4, ROLE_P50, 0},
		[P95] = {"p95", 5, 1, ROLE_P95, 0},
		[P99] = {"p99", 5, 2, ROLE_P99, 0},
		/* Where there is something to see it goes last. */
		[FAILED] = {"failed", 6, any_failed(s) ? 0 : 5, ROLE_DIM, 0},
	};
	char text[256];
	struct pen pen = words(scene, text, sizeof text);
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	char title[FORMAT_BYTES];
	struct line right;
	int y = 0, rows, cells;

	if (view.height == 1) {
		char cut[256];

		view_text(view, 1, 0, pen, format_fit(text, view.width - 1, scene->g, cut, sizeof cut));
		return;
	}
	snprintf(title, sizeof title, "%s%s", view.width < 40 ? "points" : "operating points", scene_clock_suffix(scene));
	line_init(&right);
	if (any_client_bound(s))
		line_span(line_piece(&right, 0, 1), PEN(ROLE_BAD), "! client-bound");
	rule_draw(view, scene->g, scene_focused(scene, PANE_POINTS), title, &right);
	if (*text)
		y = wrap_draw(body, scene->g, NAME_LEFT, pen, text, body.height < 3 ? body.height : 2);
	else if (!s->point_count)
		view_text(body, NAME_LEFT, y++, PEN(ROLE_DIM), "no load yet");
	/* A blank row between the sentence and the table, then its titles. */
	y += body.height - y >= 5;
	rows = body.height - y - 1;
	if (rows < 1 || !s->point_count)
		return;
	cells = table_fit(column, COLUMNS, body.width, NAME_LEFT, 16);
	view_text(body, NAME_LEFT, y, PEN(ROLE_DIM), "from  load");
	table_head(column, COLUMNS, body, y, false);
	for (int row = 0, i = s->point_count - 1; row < rows && i >= 0;) {
		/* Pauses and ends have no figures: not where they take the place of some. */
		if (s->point_count > rows && !has_figures(&s->point[i])) {
			i--;
			continue;
		}
		i -= points_draw(scene, column, body, y + 1 + row++, cells, i);
	}
}
