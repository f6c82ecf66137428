/* The visits of one level: which of them are of the same server. */
#include <math.h>
#include <string.h>

#include "sweep_priv.h"

#define UNLIKE_CHANCE 4   /* deviations are known from few batches only */
#define FAILED_UNLIKE 0.2 /* of their requests */

double sweep_share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 0;
}

static double apart(const struct sweep_visit *a, const struct sweep_visit *b)
{
	if (!(a->x > 0) || !(b->x > 0))
		return a->x > 0 || b->x > 0 ? INFINITY : 0;
	return fabs(log(a->x / b->x));
}

/* Latency tells two servers apart where the rate of a few users in step with each other is
 * vague. In an open loop it grows as long as more comes than goes. */
static bool times_differ(const struct sweep_visit *a, const struct sweep_visit *b)
{
	return isnan(a->follows) && a->timed && b->timed && fabs(log(a->r_s / b->r_s)) > fmax(SWEEP_UNLIKE, UNLIKE_CHANCE * hypot(a->r_off, b->r_off));
}

static bool verdicts_differ(const struct sweep_visit *a, const struct sweep_visit *b)
{
	return a->slo != b->slo && a->slo != SLO_INCONCLUSIVE && b->slo != SLO_INCONCLUSIVE;
}

/* Where brunt was the limit a visit says nothing of the server. */
static bool agree(const struct sweep_visit *a, const struct sweep_visit *b)
{
	if (a->client_bound != b->client_bound)
		return true;
	double chance = UNLIKE_CHANCE * hypot(a->x_off, b->x_off);

	return apart(a, b) <= fmax(SWEEP_UNLIKE, chance) && !verdicts_differ(a, b) && !times_differ(a, b) &&
	       fabs(sweep_share(a->failed, a->requests) - sweep_share(b->failed, b->requests)) < FAILED_UNLIKE;
}

static double mix(double a, double b, double part)
{
	return a * (1 - part) + b * part;
}

static void pool(const struct sweep_visit *a, struct sweep_visit *to)
{
	double part = a->seconds / (a->seconds + to->seconds), timed = (double)(a->timed + to->timed);
	double of_times = timed > 0 ? (double)a->timed / timed : part;

	to->x = mix(to->x, a->x, part);
	to->r_s = mix(to->r_s, a->r_s, of_times);
	to->follows = mix(to->follows, a->follows, part);
	to->x_off = hypot((1 - part) * to->x_off, part * a->x_off);
	to->r_off = hypot((1 - of_times) * to->r_off, of_times * a->r_off);
	to->seconds += a->seconds;
	to->requests += a->requests;
	to->failed += a->failed;
	to->limited += a->limited;
	to->timed += a->timed;
	to->client_bound = to->client_bound && a->client_bound;
	if (a->slo != SLO_INCONCLUSIVE)
		to->slo = a->slo;
}

/* Of two visits that differ the later one counts until there is a third; of three the
 * two that are closest. Those of a bound client only where there are no others. */
static void chosen(const struct sweep_level *l, bool use[SWEEP_VISITS])
{
	int at[SWEEP_VISITS], count = 0, a, b;
	double least = INFINITY;

	memset(use, 0, SWEEP_VISITS * sizeof *use);
	for (int i = 0; i < l->visits; i++)
		if (!l->visit[i].client_bound)
			at[count++] = i;
	for (int i = 0; !count && i < l->visits; i++)
		at[i] = i;
	count = count ? count : l->visits;
	a = b = at[count - 1];
	for (int i = 0; i < count; i++)
		for (int j = 0; j < i; j++) {
			const struct sweep_visit *x = &l->visit[at[i]], *y = &l->visit[at[j]];

			if (agree(x, y) && apart(x, y) < least) {
				least = apart(x, y);
				a = at[i];
				b = at[j];
			}
		}
	for (int k = 0; k < count; k++) {
		const struct sweep_visit *v = &l->visit[at[k]];

		use[at[k]] = at[k] == a || at[k] == b || (a != b && agree(v, &l->visit[a]) && agree(v, &l->visit[b]));
	}
}

bool sweep_disowns(struct sweep *s, int64_t *since_us)
{
	bool use[SWEEP_VISITS];

	for (int i = 0; i < s->count; i++) {
		struct sweep_level *l = &s->at[i];

		chosen(l, use);
		for (int v = 0; l->visits == SWEEP_VISITS && v < l->visits; v++) {
			if (use[v] || l->visit[v].told || use[0] + use[1] + use[2] < 2)
				continue;
			l->visit[v].told = true;
			*since_us = l->visit[v].since_us;
			return true;
		}
	}
	return false;
}

void sweep_pooled(const struct sweep_level *l, struct sweep_visit *out)
{
	bool use[SWEEP_VISITS], first = true;

	chosen(l, use);
	for (int i = 0; i < l->visits; i++) {
		if (!use[i])
			continue;
		if (first)
			*out = l->visit[i];
		else
			pool(&l->visit[i], out);
		first = false;
	}
}

bool sweep_visits_unlike(const struct sweep_level *l, int *first, int *then)
{
	for (*then = 1; *then < l->visits; ++*then)
		for (*first = 0; *first < *then; ++*first)
			if (!agree(&l->visit[*then], &l->visit[*first]))
				return true;
	return false;
}

bool sweep_visits_differ(const struct sweep_level *l)
{
	int first, then;

	return sweep_visits_unlike(l, &first, &then);
}

bool sweep_visits_bracket(const struct sweep_level *outer, const struct sweep_level *inner)
{
	bool out[SWEEP_VISITS], in[SWEEP_VISITS], before, after;

	chosen(outer, out);
	chosen(inner, in);
	for (int i = 0; i < inner->visits; i++) {
		before = after = false;
		for (int o = 0; in[i] && o < outer->visits; o++) {
			before |= out[o] && outer->visit[o].t_us < inner->visit[i].t_us;
			after |= out[o] && outer->visit[o].t_us > inner->visit[i].t_us;
		}
		if (before && after)
			return true;
	}
	return false;
}

bool sweep_visits_before(const struct sweep_level *a, const struct sweep_level *b)
{
	return a->visit[0].t_us < b->visit[b->visits - 1].t_us;
}

bool sweep_another_server(const struct sweep_level *l)
{
	bool use[SWEEP_VISITS];
	struct sweep_visit now;
	int used = 0;

	if (!sweep_visits_differ(l))
		return false;
	chosen(l, use);
	sweep_pooled(l, &now);
	for (int i = 0; i < l->visits; i++)
		used += use[i];
	return used < 2 || (!use[0] && l->visit[0].x > now.x);
}
