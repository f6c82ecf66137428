/* Throughput and latency over the level of load. */
#include "plane.h"

#include <math.h>
#include <stdio.h>

#define CLIENT_MARK '!'

/* One that is in no fit is hollow. */
static uint32_t dot_glyph(const struct scene *scene, const struct scaling_dot *d)
{
	if (d->use == DOT_CLIENT)
		return CLIENT_MARK;
	return d->use == DOT_FITTED || d->use == DOT_OPEN ? scene->g->live : 'o';
}

static struct pen dot_pen(const struct scaling_dot *d, enum role role)
{
	if (d->use == DOT_CLIENT)
		return PEN(ROLE_BAD);
	if (d->present)
		return (struct pen){.role = ROLE_ACCENT, .attr = ATTR_BOLD};
	return PEN(d->use == DOT_FITTED || d->use == DOT_OPEN ? role : ROLE_DIM);
}

static bool shown(const struct scene *scene, const struct scaling_dot *d)
{
	return d->mode == plane_mode(scene->s);
}

static bool client_marks(const struct scene *scene)
{
	const struct scaling *s = &scene->s->scaling;

	for (int i = 0; i < s->count; i++)
		if (s->dot[i].use == DOT_CLIENT && shown(scene, &s->dot[i]))
			return true;
	return false;
}

/* Where the fit is `at` a level, by what is between its places. */
static double fit_at(const struct scale *s, const double value[SCALE_CURVE], double level)
{
	double at = level / s->to * SCALE_CURVE - 1;
	int i = (int)floor(at);

	if (i < 0)
		return value[0] * (at + 1); /* from nothing at no users */
	if (i >= SCALE_CURVE - 1)
		return value[SCALE_CURVE - 1];
	return value[i] + (value[i + 1] - value[i]) * (at - i);
}

static void band_draw(const struct plane *p, const struct scale *s)
{
	int before = -1;

	for (int x = 0; x < p->plot.width; x++) {
		double level = plane_level_at(p, x);
		double low = fit_at(s, s->low, level), high = fit_at(s, s->high, level);
		int from = plane_y(p, low), to = plane_y(p, fmin(high, p->max));

		if (level > s->to * 1.05)
			break;
		for (int y = to; y >= 0 && from >= 0 && y <= from; y++)
			view_put(p->plot, x, y, p->g->shade[1], PEN(ROLE_DIM));
		int on = plane_y(p, fit_at(s, s->curve, level));

		/* Joined to the column before where it is steep. */
		for (int y = on; on >= 0 && (y == on || y < before); y++)
			view_put(p->plot, x, y, p->g->shade[2], (struct pen){.role = ROLE_RATE, .level = 60});
		before = on;
	}
}

/* Faint: what no number of users exceeds, and how far few of them get. */
static void bounds_draw(const struct plane *p, const struct bounds *b)
{
	for (int x = 0; x < p->plot.width; x++) {
		int light = plane_y(p, plane_level_at(p, x) / b->cycle_s), most = b->reached ? plane_y(p, b->x_max) : -1;

		if (light >= 0)
			view_put(p->plot, x, light, p->g->lane, PEN(ROLE_DIM));
		if (most >= 0)
			view_put(p->plot, x, most, p->g->lane, PEN(ROLE_DIM));
	}
}

static void knee_draw(const struct plane *p, const struct bounds *b)
{
	int x = isnan(b->knee) ? -1 : plane_x(p, b->knee);

	for (int y = 0; x >= 0 && y < p->plot.height; y++)
		view_put(p->plot, x, y, p->g->ghost_end, PEN(ROLE_TICK));
}

void pane_scaling_x(const struct scene *scene, struct view view)
{
	const struct scaling *s = &scene->s->scaling;
	bool open = plane_mode(scene->s) == MODE_OPEN, fit = !open && s->scale.fit != SCALE_NO_FIT;
	struct plane p;
	struct line right;
	double max = 0;

	for (int i = 0; i < s->count; i++)
		if (shown(scene, &s->dot[i]) && s->dot[i].x > max)
			max = fmax(s->dot[i].x, s->dot[i].use != DOT_SHORT && s->dot[i].x_high < 2 * s->dot[i].x ? s->dot[i].x_high : 0);
	line_init(&right);
	if (client_marks(scene))
		line_span(line_piece(&right, 0, 1), PEN(ROLE_BAD), "%c client-bound", CLIENT_MARK);
	if (fit)
		line_span(line_piece(&right, 1, 1), PEN(ROLE_DIM),
			  s->scale.fit == SCALE_USL ? "USL, 95 %% band" : "bounds, 95 %% band");
	rule_draw(view, scene->g, scene_focused(scene, PANE_SCALING_X),
		  open ? "throughput over rate, ok/s" : "throughput over users, ok/s", &right);
	if (!plane_open(scene, view, &p, max))
		return;
	if (fit) {
		bounds_draw(&p, &s->scale.bounds);
		band_draw(&p, &s->scale);
		knee_draw(&p, &s->scale.bounds);
	}
	for (int i = 0; i < s->count; i++)
		if (shown(scene, &s->dot[i]))
			plane_interval(&p, s->dot[i].level, s->dot[i].x_low, s->dot[i].x_high, PEN(ROLE_TEXT));
	for (int i = 0; i < s->count; i++)
		if (shown(scene, &s->dot[i]))
			plane_dot(&p, s->dot[i].level, s->dot[i].x, dot_glyph(scene, &s->dot[i]),
				  dot_pen(&s->dot[i], ROLE_RATE));
}

/* The straight line is of the mean, by the response clock. */
static void trend_draw(const struct plane *p, const struct trend *t, double unit_us)
{
	for (int x = 0; x < p->plot.width; x++) {
		double level = plane_level_at(p, x), r = (t->at_zero + t->slope * level) * 1e6 / unit_us;
		int y = plane_y(p, r);

		if (level >= t->from && level <= t->to && y >= 0)
			view_put(p->plot, x, y, p->g->lane, PEN(ROLE_TEXT));
	}
}

static void times_draw(const struct scene *scene, const struct plane *p, const struct scaling_dot *d, double unit_us)
{
	int clock = scene->s->query.clock < SCALING_CLOCKS ? scene->s->query.clock : 0;
	const struct interval *of[2] = {&d->p95, &d->p50};
	const int64_t us[2] = {d->p95_us[clock], d->p50_us[clock]};
	static const enum role role[2] = {ROLE_P95, ROLE_P50};

	if (!d->n)
		return;
	for (int i = 0; i < 2; i++) {
		/* Intervals are of the response clock. */
		if (of[i]->known && clock == CLOCK_RESPONSE)
			plane_interval(p, d->level, (double)of[i]->low_us / unit_us, (double)of[i]->high_us / unit_us,
				       PEN(role[i]));
		plane_dot(p, d->level, (double)us[i] / unit_us, dot_glyph(scene, d), dot_pen(d, role[i]));
	}
}

void pane_scaling_r(const struct scene *scene, struct view view)
{
	const struct scaling *s = &scene->s->scaling;
	bool open = plane_mode(scene->s) == MODE_OPEN;
	int clock = scene->s->query.clock < SCALING_CLOCKS ? scene->s->query.clock : 0;
	const struct trend *t = open || clock ? NULL : scaling_trend(s);
	char title[FORMAT_BYTES * 2];
	struct line right;
	struct piece *piece;
	struct unit unit;
	struct plane p;
	double max = 0;

	for (int i = 0; i < s->count; i++)
		if (shown(scene, &s->dot[i]) && s->dot[i].n)
			max = fmax(max, (double)s->dot[i].p95_us[clock]);
	unit = format_unit(max, max, scene->g);
	snprintf(title, sizeof title, open ? "%s over rate" : "%s over users", scene_clock(scene));
	line_init(&right);
	line_span(line_piece(&right, 1, 1), PEN(ROLE_P50), "p50");
	piece = line_piece(&right, 0, 1);
	line_span(piece, PEN(ROLE_P95), "p95");
	line_span(piece, PEN(ROLE_DIM), ", %s", unit.name);
	rule_draw(view, scene->g, scene_focused(scene, PANE_SCALING_R), title, &right);
	if (!plane_open(scene, view, &p, max / unit.us))
		return;
	if (t)
		trend_draw(&p, t, unit.us);
	if (!open)
		knee_draw(&p, &s->scale.bounds);
	for (int i = 0; i < s->count; i++)
		if (shown(scene, &s->dot[i]))
			times_draw(scene, &p, &s->dot[i], unit.us);
}
