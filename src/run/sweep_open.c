/* What the rates of an open loop say together. One that the server did not follow tells how
 * much it can: what came of it. One that it followed tells that it can as much. */
#include <math.h>

#include "sweep_priv.h"

#define SURELY 3 /* standard deviations */

static double came(const struct sweep_table *t, int i)
{
	return t->v[i].follows * t->level[i];
}

static bool overran(const struct sweep_table *t, int i)
{
	return sweep_table_wrong(t, i) == SWEEP_PLATEAU && t->v[i].follows > 0;
}

static bool surely_less(double a, double b, double off)
{
	return log(b / a) > fmax(SWEEP_UNLIKE, SURELY * off);
}

/* More of it came at a higher rate: no one server does that, though some give less the more
 * they are asked for. */
static int gave_less(const struct sweep_table *t)
{
	for (int i = 0; i < t->count; i++)
		for (int j = i + 1; j < t->count; j++)
			if (overran(t, i) && overran(t, j) &&
			    surely_less(came(t, i), came(t, j), hypot(t->v[i].x_off, t->v[j].x_off)))
				return i;
	return -1;
}

/* The rate that was followed was so after one that was not. */
static bool still_good(const struct sweep_table *t, int good)
{
	for (int i = good + 1; i < t->count; i++)
		if (overran(t, i) && sweep_visits_before(sweep_table_level(t, i), sweep_table_level(t, good)))
			return true;
	return false;
}

void sweep_table_rates(const struct sweep_table *t, struct sweep_rates *r)
{
	struct sweep_mean m = {0};
	int stays = 0;

	*r = (struct sweep_rates){.bad = -1, .less = -1, .n = NAN, .low = NAN, .high = NAN};
	for (int i = t->count - 1; i >= 0; i--) {
		if (!overran(t, i))
			continue;
		sweep_mean_add(&m, log(came(t, i)), &t->v[i]);
		stays += sweep_table_visits(t, i);
		r->bad = i;
	}
	if (r->bad < 1)
		return;
	r->n = exp(sweep_mean_log(&m));
	r->low = r->n * exp(-1.96 * sweep_mean_off(&m));
	r->high = r->n * exp(1.96 * sweep_mean_off(&m));
	r->less = gave_less(t);
	r->confirmed = stays > 1;
	if (!surely_less(r->n, t->level[r->bad - 1], sweep_mean_off(&m)))
		return;
	r->doubt = !still_good(t, r->bad - 1);
	/* It gives less the more it is asked for: what it can lies between the two. */
	r->low = t->level[r->bad - 1];
	r->high = t->level[r->bad];
	r->n = sqrt(r->low * r->high);
}
