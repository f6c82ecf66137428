/* What comes next, by nothing but the levels that were measured and the time that is left. */
#include <math.h>

#include "base/clock.h"
#include "sweep_priv.h"

#define CLOSE 1.2         /* the bisection ends */
#define BEYOND_KNEE 1.4   /* what is measured again lies so far beyond it */
#define KNEE_OFF 0.05     /* relative standard deviation to get below where there is time */
#define SLOW_S 0.5        /* a user's round from which on a server is slow */

static double whole(const struct sweep_config *c, double level)
{
	double unit;

	if (c->mode == MODE_CLOSED)
		return fmax(1, round(level));
	/* Rates for people: three figures. */
	unit = pow(10, floor(log10(level)) - 2);
	return round(level / unit) * unit;
}

/* What a stay at a level costs: settling, by the slowest of now, and measuring. */
static int64_t cost_us(const struct sweep_table *t, double level)
{
	int64_t settle_us = SWEEP_SETTLE_LEAST_US, slow_us = 0;

	for (int i = 0; i < t->count; i++)
		if (!(t->level[i] > fmax(level, t->s->level)) && t->v[i].p95_us > slow_us)
			slow_us = t->v[i].p95_us;
	if (3 * slow_us > settle_us)
		settle_us = 3 * slow_us;
	return settle_us + t->s->step_limit_us;
}

static struct sweep_plan visit(double level)
{
	return (struct sweep_plan){.level = level};
}

static struct sweep_plan stop(enum sweep_stop why)
{
	return (struct sweep_plan){.stop = why};
}

/* What a plateau rests on most and was seen once only: the first level well beyond the
 * knee. */
static int to_confirm(const struct sweep_table *t, int at)
{
	int i = at;

	while (i < t->count - 1 && t->level[i] < BEYOND_KNEE * t->level[at])
		i++;
	return sweep_table_visits(t, i) < 2 ? i : -1;
}

static bool between(const struct sweep_table *t, int low, int high, double *level)
{
	if (low < 0 || t->level[high] <= CLOSE * t->level[low])
		return false;
	*level = whole(&t->s->config, sqrt(t->level[low] * t->level[high]));
	return *level > t->level[low] * 1.0001 && *level < t->level[high] * 0.9999;
}

/* Below the lowest level there was: half of it, where that is allowed. */
static bool down(const struct sweep_table *t, double *level)
{
	const struct sweep_visit *v = &t->v[0];
	/* What piles up at a rate has to go away again. */
	double share = t->s->config.mode == MODE_OPEN && v->follows > 0 && v->follows < 1 ? v->follows / 2 : 0.5;

	*level = whole(&t->s->config, fmax(t->s->config.least, t->level[0] * share));
	return *level < t->level[0] * 0.9999;
}

/* Between the last good level and the first that is not, then that one again. */
static bool corner(const struct sweep_table *t, int bad, double *level)
{
	if (between(t, bad - 1, bad, level))
		return true;
	*level = t->level[bad];
	return sweep_table_visits(t, bad) < 2;
}

static bool refine_flat(const struct sweep_table *t, const struct sweep_flat *f, double *level)
{
	int again = to_confirm(t, f->at);

	if (f->at == 0 && down(t, level))
		return true;
	if (again >= 0) {
		*level = t->level[again];
		return true;
	}
	return between(t, f->below, f->at, level);
}

/* Both halves of a knee are of one server only if a light load, seen again after the plateau,
 * is as it was. */
static bool light_again(const struct sweep_table *t, double *level)
{
	int light = sweep_table_light(t);
	struct sweep_flat f;

	sweep_table_best(t, &f);
	/* Begun beyond the knee it has none yet. */
	if (f.at == 0 && down(t, level))
		return false;
	if (light < 0 || sweep_table_confirmed(t) || sweep_table_visits(t, light) == SWEEP_VISITS)
		return false;
	*level = t->level[light];
	return true;
}

/* How long an answer takes where nobody waits is the knee's other half: a level that tells
 * it and may be visited again. */
static bool tighten(const struct sweep_table *t, const struct sweep_flat *f, double *level)
{
	int last, i = t->count - 1;
	double off, knee = f->x_max * sweep_table_cycle(t, &off, &last);

	if (hypot(off, f->x_off) <= KNEE_OFF)
		return false;
	while (i > 0 && (t->level[i] > SWEEP_WELL_BELOW * knee || sweep_table_visits(t, i) == SWEEP_VISITS))
		i--;
	*level = t->level[i];
	return sweep_table_visits(t, i) < SWEEP_VISITS;
}

/* A rate that was followed, once more: a server that has become slower since does not follow
 * it any more. */
static bool good_again(const struct sweep_table *t, double *level)
{
	struct sweep_rates r;

	if (t->s->config.mode != MODE_OPEN)
		return false;
	sweep_table_rates(t, &r);
	if (r.bad < 1 || !r.doubt)
		return false;
	*level = t->level[r.bad - 1];
	return true;
}

/* On to where an SLO is missed, beyond the plateau. */
static bool seek_slo(const struct sweep_table *t, double *level)
{
	int top = t->count - 1, bad = -1;

	for (int i = t->count - 1; i >= 0; i--)
		if (t->v[i].slo == SLO_FAIL)
			bad = i;
	if (bad >= 0)
		return (bad == 0 && down(t, level)) || corner(t, bad, level);
	*level = whole(&t->s->config, fmin(t->s->config.cap, 2 * t->level[top]));
	return t->v[top].slo == SLO_PASS && *level > t->level[top];
}

/* There is room for it, and it was not brunt that was the limit there twice. */
static bool may(const struct sweep *s, double level)
{
	for (int i = 0; i < s->count; i++) {
		struct sweep_visit v;

		if (fabs(s->at[i].level - level) > 1e-5 * level)
			continue;
		sweep_pooled(&s->at[i], &v);
		return !v.client_bound || s->at[i].visits < 2;
	}
	return s->count < SWEEP_LEVELS;
}

/* A level where brunt was the limit is visited once more: that may pass. The very first one
 * twice, or there would be nothing. */
static bool bound_once(const struct sweep_table *t, double *level)
{
	const struct sweep *s = t->s;

	for (int i = 0; t->bound && i < s->count; i++) {
		struct sweep_visit v;

		sweep_pooled(&s->at[i], &v);
		if (!v.client_bound || s->at[i].visits >= (t->count ? 2 : SWEEP_VISITS))
			continue;
		*level = s->at[i].level;
		return true;
	}
	return false;
}

/* Twice as much as the highest; after the very first level of a slow server, where each stay
 * takes long, four times. */
static double higher(const struct sweep_table *t)
{
	bool slow = t->s->count == 1 && t->s->config.mode == MODE_CLOSED && t->level[0] > SLOW_S * t->v[0].x;

	return whole(&t->s->config, fmin(t->s->config.cap, (slow ? 4 : 2) * t->level[t->count - 1]));
}

struct sweep_plan sweep_plan_next(const struct sweep *s, int64_t left_us, int64_t refine_us)
{
	const struct sweep_config *c = &s->config;
	struct sweep_flat f;
	struct sweep_table t;
	double level;
	int i;

	if (c->count)
		return s->next < c->count ? left_us > 0 ? visit(c->level[s->next]) : stop(SWEEP_TIME) : stop(SWEEP_LIST);
	if (!s->count)
		return left_us > 0 ? visit(whole(c, c->start)) : stop(SWEEP_TIME);
	sweep_table_of(s, &t);
	/* What may be wrong is cleared first. */
	for (i = 0; i < s->count; i++)
		if (s->at[i].visits == 2 && sweep_visits_differ(&s->at[i]) && left_us >= cost_us(&t, s->at[i].level))
			return visit(s->at[i].level);
	if (bound_once(&t, &level))
		return left_us >= cost_us(&t, level) ? visit(level) : stop(SWEEP_TIME);
	if (!t.count)
		return stop(SWEEP_CLIENT);
	i = c->mode == MODE_CLOSED ? sweep_table_suspect(&t) : -1;
	if (i >= 0 && left_us >= cost_us(&t, t.level[i]))
		return visit(t.level[i]);
	if (sweep_table_levels_off(&t) && light_again(&t, &level) && left_us >= cost_us(&t, level))
		return visit(level);
	if (sweep_table_flat(&t, &f)) {
		bool more = refine_flat(&t, &f, &level) || tighten(&t, &f, &level) || seek_slo(&t, &level);

		if (more && may(s, level) && refine_us >= cost_us(&t, level))
			return visit(level);
		return stop(SWEEP_PLATEAU);
	}
	i = sweep_table_lowest_wrong(&t);
	if (i >= 0) {
		if (i == 0 && down(&t, &level) && may(s, level) && left_us >= cost_us(&t, level))
			return visit(level);
		if (corner(&t, i, &level) && may(s, level) && refine_us >= cost_us(&t, level))
			return visit(level);
		if (good_again(&t, &level) && may(s, level) && left_us >= cost_us(&t, level))
			return visit(level);
		return stop(sweep_table_wrong(&t, i));
	}
	if (sweep_table_bound(&t))
		return stop(SWEEP_CLIENT);
	if (t.level[t.count - 1] >= c->cap || s->count == SWEEP_LEVELS)
		return stop(SWEEP_CAP);
	level = higher(&t);
	return left_us >= cost_us(&t, level) - s->step_limit_us / 2 ? visit(level) : stop(SWEEP_TIME);
}
