/* What is to be said in the end. */
#include <math.h>

#include "run/scaling.h"
#include "sweep_priv.h"

static void knee_closed(struct sweep *s, const struct sweep_table *t)
{
	double off, cycle = sweep_table_cycle(t, &off);
	struct sweep_flat f;

	s->r_min_s = t->v[0].r_s;
	sweep_table_best(t, &f);
	s->x_max = f.x_max;
	s->x_off = f.x_off;
	if (!sweep_table_flat(t, &f))
		return;
	/* One user who keeps a server busy is its knee. */
	s->above = f.at == 0 && t->level[0] > 1;
	if (s->above)
		return;
	off = hypot(off, f.x_off);
	s->knee = (struct sweep_knee){
		.known = true, .n = f.x_max * cycle,
		.low = f.x_max * cycle * exp(-1.96 * off), .high = f.x_max * cycle * exp(1.96 * off),
	};
}

/* Where the rate is not followed the sessions that are answered are all there can be. */
static void knee_open(struct sweep *s, const struct sweep_table *t)
{
	struct sweep_mean m = {0};
	int bad = -1;
	double n;

	for (int i = t->count - 1; i >= 0; i--) {
		const struct sweep_visit *v = &t->v[i];

		if (!(v->x <= s->x_max)) {
			s->x_max = v->x;
			s->x_off = v->x_off;
		}
		if (sweep_table_wrong(t, i) != SWEEP_PLATEAU || !(v->follows > 0))
			continue;
		sweep_mean_add(&m, log(v->follows * t->level[i]), v);
		bad = i;
	}
	s->r_min_s = t->v[0].r_s;
	s->above = bad == 0;
	if (bad < 1)
		return;
	n = exp(sweep_mean_log(&m));
	s->knee = (struct sweep_knee){.known = true, .n = n, .low = n * exp(-1.96 * sweep_mean_off(&m)),
				      .high = n * exp(1.96 * sweep_mean_off(&m))};
}

static void capacity(struct sweep *s, const struct sweep_table *t)
{
	s->capacity_least = true;
	for (int i = 0; i < t->count; i++) {
		if (t->v[i].slo == SLO_PASS)
			s->capacity = t->level[i];
		if (t->v[i].slo == SLO_FAIL) {
			s->capacity_least = false;
			return;
		}
	}
}

#define WELL_BELOW 0.75 /* of the knee: nobody waits there */

static bool confirmed(const struct sweep *s, const struct sweep_table *t)
{
	for (int i = 0; i < t->count && t->level[i] < WELL_BELOW * s->knee.n; i++)
		if (sweep_table_visits(t, i) > 1)
			return true;
	/* There is nothing below the knee of a server that serves one at a time. */
	return t->level[0] >= WELL_BELOW * s->knee.n && sweep_table_visits(t, 0) > 1;
}

void sweep_conclude(struct sweep *s)
{
	struct sweep_table t;
	int valley, step, high;

	s->knee = (struct sweep_knee){.n = NAN, .low = NAN, .high = NAN};
	s->x_max = s->x_off = s->r_min_s = s->capacity = NAN;
	s->differs = s->valley = s->step = -1;
	s->confirmed = false;
	if (!s->count || s->hopeless)
		return;
	sweep_table_of(s, &t);
	for (int i = 0; i < s->count; i++) {
		if (sweep_visits_differ(&s->at[i]))
			s->differs = i;
		s->unsteady |= sweep_another_server(&s->at[i]);
	}
	s->bound = t.bound;
	if (!t.count)
		return;
	s->lowest = t.level[0];
	valley = s->config.mode == MODE_CLOSED ? sweep_table_valley(&t) : -1;
	s->valley = valley < 0 ? -1 : t.at[valley];
	s->unsteady |= valley >= 0;
	step = s->config.mode == MODE_CLOSED ? sweep_table_step(&t, &high) : -1;
	if (step >= 0 && sweep_table_visits(&t, step) < 2) {
		s->step = t.at[step];
		s->step_high = t.at[high];
		s->unsteady = true;
	}
	capacity(s, &t);
	if (!(t.v[0].x > 0))
		return;
	if (s->config.mode == MODE_OPEN)
		knee_open(s, &t);
	else
		knee_closed(s, &t);
	s->above |= sweep_table_lowest_wrong(&t) == 0;
	s->knee.known &= !s->unsteady;
	s->confirmed = s->config.mode == MODE_OPEN || (s->knee.known && confirmed(s, &t));
}

void sweep_adopt(struct sweep *s, const struct scaling *fit)
{
	const struct scale *scale = &fit->scale;

	/* Where brunt was the limit it is not the server's. */
	if (s->config.mode == MODE_CLOSED && !s->unsteady && s->stop != SWEEP_CLIENT && scale->bounds.reached &&
	    !isnan(scale->bounds.knee) && !isnan(scale->knee.low)) {
		s->knee = (struct sweep_knee){true, scale->bounds.knee, scale->knee.low, scale->knee.high};
		s->x_max = scale->bounds.x_max;
	}
	/* Users are no rate. */
	if (fit->slo_asked && fit->slo_mode == s->config.mode) {
		s->capacity = fit->slo_capacity;
		s->capacity_least = isnan(fit->slo_high);
	}
}
