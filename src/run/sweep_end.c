/* What is to be said in the end. */
#include <math.h>

#include "sweep_priv.h"

static void knee_closed(struct sweep *s, const struct sweep_table *t)
{
	int last;
	double off, cycle = sweep_table_cycle(t, &off, &last);
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

static void knee_open(struct sweep *s, const struct sweep_table *t)
{
	struct sweep_rates r;

	for (int i = 0; i < t->count; i++) {
		if (t->v[i].x <= s->x_max)
			continue;
		s->x_max = t->v[i].x;
		s->x_off = t->v[i].x_off;
	}
	s->r_min_s = t->v[0].r_s;
	sweep_table_rates(t, &r);
	s->above = r.bad == 0;
	if (r.bad < 1)
		return;
	s->knee = (struct sweep_knee){.known = true, .n = r.n, .low = r.low, .high = r.high};
	s->confirmed = r.confirmed;
	if (r.less >= 0 || r.doubt) {
		s->valley = t->at[r.less >= 0 ? r.less : r.bad];
		s->unsteady = true;
	}
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
	if (s->config.mode == MODE_CLOSED)
		s->confirmed = s->knee.known && sweep_table_confirmed(&t);
	/* Trouble that passed was seen to have passed only if a light load was as before after it. */
	s->unsteady |= s->differs >= 0 && s->knee.known && !s->confirmed;
	s->knee.known &= !s->unsteady;
	s->confirmed &= s->knee.known;
}
