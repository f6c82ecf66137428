#include "scaling_of.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "metrics/student.h"

#define ANSWERS_LEAST 5
#define TURNS_LEAST 2    /* mean latencies that a dot lasts: edges would weigh too much */
#define VISITS_FIRST 2   /* of a level, before others have had their turn */
#define DRIVE 2          /* times the highest level */
#define CONFIRMS 0.8     /* from so much of the knee on a second visit confirms it */

/* The points that become dots, in order of time. */
struct chosen {
	int count, points, other_mix;
	int at[SCALING_DOTS];
};

/* Dots in the fits, in order of level. */
struct fitted {
	int count;
	struct dot dot[SCALING_DOTS];
	struct dot_windows windows[SCALING_DOTS];
};

static bool same_level(const struct op_point *a, const struct op_point *b)
{
	return a->mode == b->mode && a->level >= b->level && a->level <= b->level;
}

/* Settled, no ramp, so that its level is one, not of passing trouble, and of requests as the
 * scenario has them. */
static bool is_load(const struct op_point *p)
{
	return p->phase == PHASE_LOAD && !p->ramp_us && p->level > 0 && point_settled_us(p) > 0 && !p->disowned &&
	       !p->altered;
}

/* Other tasks than those that are sent now, or in other shares, are another system. */
static bool is_dot(const struct points *points, int i)
{
	return is_load(&points->at[i]) && points->at[i].mix == points->at[points->count - 1].mix;
}

static bool has(const struct chosen *c, int i)
{
	for (int k = 0; k < c->count; k++)
		if (c->at[k] == i)
			return true;
	return false;
}

/* The newest first; with more visits of a level only where there is room. */
static void choose_newest(const struct points *p, int visits_most, struct chosen *c)
{
	for (int i = p->count - 1; i >= 0 && c->count < SCALING_DOTS; i--) {
		int visits = 0;

		if (!is_dot(p, i) || has(c, i))
			continue;
		for (int k = 0; k < c->count; k++)
			visits += same_level(&p->at[c->at[k]], &p->at[i]);
		if (visits < visits_most)
			c->at[c->count++] = i;
	}
}

static void choose(const struct points *p, struct chosen *c)
{
	*c = (struct chosen){0};
	for (int i = 0; i < p->count; i++) {
		c->points += is_dot(p, i);
		c->other_mix += is_load(&p->at[i]) && !is_dot(p, i);
	}
	choose_newest(p, VISITS_FIRST, c);
	choose_newest(p, SCALING_DOTS, c);
	for (int i = 1; i < c->count; i++)
		for (int k = i; k > 0 && c->at[k] < c->at[k - 1]; k--) {
			int later = c->at[k - 1];

			c->at[k - 1] = c->at[k];
			c->at[k] = later;
		}
}

/* --- one dot ---------------------------------------------------------------- */

static double mean_of(const struct dist *d)
{
	return d->count ? d->mean_us : NAN;
}

static void times_of(struct scaling_dot *out, const struct metrics *m)
{
	const struct dist *const by[SCALING_CLOCKS] = {&m->latency, &m->service, &m->queue};

	for (int c = 0; c < SCALING_CLOCKS; c++) {
		out->mean_us[c] = mean_of(by[c]);
		out->p50_us[c] = by[c]->p50_us;
		out->p95_us[c] = by[c]->p95_us;
	}
}

static enum scaling_use use_of(const struct op_point *p, const struct scaling_dot *d, const struct dot *dot, bool sure)
{
	if (point_client_bound(p))
		return DOT_CLIENT;
	if (p->mode == MODE_OPEN)
		return DOT_OPEN;
	if (p->incomplete)
		return DOT_LOSSY;
	if (!sure || dot->x * d->seconds < ANSWERS_LEAST || d->seconds < TURNS_LEAST * dot->r_s)
		return DOT_SHORT;
	return DOT_FITTED;
}

static void dot_of(const struct points *p, int i, struct scaling_dot *out, struct dot *dot, struct dot_windows *windows)
{
	const struct op_point *point = &p->at[i];
	struct op_spread spread;
	struct metrics m;
	bool sure;
	double t;

	points_metrics(p, i, &m);
	points_spread(p, i, &spread);
	*out = (struct scaling_dot){
		.t_us = point->t_us, .level = point->level, .mode = point->mode, .slo = spread.slo,
		.present = i == p->load && p->phase == PHASE_LOAD, .seconds = m.seconds,
		.n = m.latency.count, .failed = m.failed + m.censored,
		.x = m.seconds > 0 ? (double)m.ok / m.seconds : NAN, .x_low = NAN, .x_high = NAN,
		.mean_low_us = NAN, .mean_high_us = NAN, .p50 = spread.p50, .p95 = spread.p95,
	};
	times_of(out, &m);
	*windows = spread.windows;
	*dot = (struct dot){.level = point->level, .x = out->x, .r_s = out->mean_us[0] / (double)US_PER_S};
	sure = dot->x > 0 && dot->r_s > 0 && dot_sure(dot, windows);
	out->use = (uint8_t)use_of(point, out, dot, sure);
	if (!sure || out->use == DOT_SHORT)
		return;
	t = student_point(dot_freedom(windows));
	out->x_low = dot->x * exp(-t * dot->x_off);
	out->x_high = dot->x * exp(t * dot->x_off);
	out->mean_low_us = out->mean_us[0] * exp(-t * dot->r_off);
	out->mean_high_us = out->mean_us[0] * exp(t * dot->r_off);
}

/* --- all of them ------------------------------------------------------------ */

static bool fitted_at(const struct scaling *s, int i, double level)
{
	return s->dot[i].use == DOT_FITTED && !(s->dot[i].level < level) && !(s->dot[i].level > level);
}

/* Where a level gives surely something else than at its visit before, what came
 * before is of another system. */
static void leave_out_before_a_change(struct scaling *s, const struct dot *dot, const struct dot_windows *w)
{
	struct scaling_change *c = &s->change;
	int since = 0;

	c->level = NAN;
	for (int i = 1; i < s->count; i++) {
		const struct scaling_dot *now = &s->dot[i], *then;
		int before = i - 1;

		if (now->use != DOT_FITTED)
			continue;
		while (before >= since && !fitted_at(s, before, now->level))
			before--;
		if (before < since || !scale_changed(&dot[before], &w[before], &dot[i], &w[i]))
			continue;
		since = i;
		then = &s->dot[before];
		*c = (struct scaling_change){now->level, then->t_us, now->t_us, {then->x, now->x},
					     {then->mean_us[0], now->mean_us[0]}, {then->n, now->n}, 0};
	}
	for (int i = 0; i < since; i++)
		if (s->dot[i].use == DOT_FITTED) {
			s->dot[i].use = DOT_BEFORE;
			c->before++;
		}
}

static void sort_in(struct fitted *f, const struct dot *dot, const struct dot_windows *w)
{
	int i = f->count++;

	for (; i > 0 && f->dot[i - 1].level > dot->level; i--) {
		f->dot[i] = f->dot[i - 1];
		f->windows[i] = f->windows[i - 1];
	}
	f->dot[i] = *dot;
	f->windows[i] = *w;
}

static void confirm(struct scaling *s, const struct fitted *f)
{
	for (int i = 1; i < f->count; i++)
		if (f->dot[i].level <= f->dot[i - 1].level && f->dot[i].level >= CONFIRMS * s->scale.bounds.knee)
			s->confirmed = true;
}

/* --- the SLOs --------------------------------------------------------------- */

/* What the newest visit of the lowest level above `above` says; false: there is none. */
static bool next_standing(const struct scaling *s, uint8_t mode, double *above, enum slo_standing *is)
{
	double next = INFINITY;

	for (int i = 0; i < s->count; i++) {
		const struct scaling_dot *d = &s->dot[i];

		if (d->mode != mode || d->use == DOT_BEFORE || d->use == DOT_LOSSY || d->use == DOT_CLIENT ||
		    d->slo == STANDS_UNKNOWN || d->level <= *above || d->level > next)
			continue;
		next = d->level;
		*is = d->slo;
	}
	*above = next;
	return isfinite(next);
}

static void capacity(struct scaling *s)
{
	uint8_t mode = s->fitted || !s->open ? MODE_CLOSED : MODE_OPEN;
	bool all_met = true, none_missed = true;
	enum slo_standing is = STANDS_UNKNOWN;

	s->slo_mode = mode;
	s->slo_capacity = s->slo_low = s->slo_high = NAN;
	for (double level = 0; next_standing(s, mode, &level, &is);) {
		s->slo_asked = true;
		all_met &= is <= STANDS_MET;
		none_missed &= is != STANDS_SURELY_MISSED;
		if (all_met)
			s->slo_capacity = level;
		if (none_missed && is == STANDS_SURELY_MET)
			s->slo_low = level;
		if (is == STANDS_SURELY_MISSED && isnan(s->slo_high))
			s->slo_high = level;
	}
}

/* --- what comes next -------------------------------------------------------- */

static double present_hold_s(const struct points *p, int64_t t_us, const struct scaling *s)
{
	const struct op_point *present = p->load >= 0 ? &p->at[p->load] : NULL;
	const struct scaling_dot *last = s->count ? &s->dot[s->count - 1] : NULL;
	double settling, need;

	if (!present || p->phase != PHASE_LOAD || present->mode == MODE_OPEN || present->ramp_us)
		return 0;
	settling = t_us < present->settled_at_us ? (double)(present->settled_at_us - t_us) / (double)US_PER_S : 0;
	if (last && last->present && last->use != DOT_SHORT)
		return 0;
	if (!last || !last->present || !(last->x > 0))
		return settling + 1;
	need = fmax(ANSWERS_LEAST / last->x, TURNS_LEAST * last->mean_us[0] / (double)US_PER_S);
	return settling + fmax(1, need - last->seconds);
}

static double drive_to(const struct scaling *s)
{
	const struct scale *scale = &s->scale;
	double top = 0;

	for (int i = 0; i < s->count; i++)
		if (s->dot[i].use == DOT_FITTED)
			top = fmax(top, s->dot[i].level);
	if (!(top > 0) || scale->bounds.reached)
		return NAN;
	/* Half as much again as the peak that it points to shows a peak. */
	if (scale->usl.says == USL_NO_PEAK && isfinite(scale->usl.peak) && scale->usl.peak < 4 * top)
		return ceil(fmax(DRIVE * top, 1.5 * scale->usl.peak));
	return DRIVE * top;
}

static void dots_of(const struct points *p, struct scaling *out, struct dot *dot, struct dot_windows *windows)
{
	struct chosen chosen;

	memset(out, 0, sizeof *out);
	choose(p, &chosen);
	out->count = chosen.count;
	out->points = chosen.points;
	out->other_mix = chosen.other_mix;
	for (int i = 0; i < chosen.count; i++)
		dot_of(p, chosen.at[i], &out->dot[i], &dot[i], &windows[i]);
	leave_out_before_a_change(out, dot, windows);
}

void scaling_change_of(const struct points *p, struct scaling_change *out)
{
	struct dot dot[SCALING_DOTS];
	struct dot_windows windows[SCALING_DOTS];
	struct scaling s;

	dots_of(p, &s, dot, windows);
	*out = s.change;
}

void scaling_of(const struct points *p, int64_t t_us, bool over, struct scaling *out)
{
	struct dot dot[SCALING_DOTS];
	struct dot_windows windows[SCALING_DOTS];
	struct fitted fitted = {0};
	double top = 0;

	dots_of(p, out, dot, windows);
	for (int i = 0; i < out->count; i++) {
		if (out->dot[i].use == DOT_FITTED)
			sort_in(&fitted, &dot[i], &windows[i]);
		out->open += out->dot[i].mode == MODE_OPEN;
		out->client += out->dot[i].use == DOT_CLIENT;
		if (out->dot[i].mode != MODE_OPEN)
			top = fmax(top, out->dot[i].level);
	}
	out->fitted = fitted.count;
	scale_fit(fitted.dot, fitted.windows, fitted.count, top, &out->scale);
	confirm(out, &fitted);
	capacity(out);
	out->hold_s = present_hold_s(p, t_us, out);
	out->drive_to = drive_to(out);
	scaling_say(out, over);
}
