/* What the levels that were measured say together. */
#include <math.h>
#include <string.h>

#include "sweep_priv.h"

#define SAME 0.05         /* closer is no difference, however sure */
#define BY_CHANCE 2       /* standard deviations */
#define SURELY 3          /* the same, where the answer hangs on one comparison */
#define DOUBLING 1.4      /* levels so far apart tell growth from none */
#define GAIN_FLAT 0.15    /* of throughput for the growth of the level, in logarithms */
#define GAIN_GROWS 0.5    /* surely */
#define GAIN_FALLS -0.3   /* it surely becomes less */
#define NEARLY_ALL 0.9    /* of the plateau: the knee's upper end */
#define DIP 0.85          /* of what the neighbours let expect */
#define MORE_A_USER 1.15  /* no server gives more to each of many than to few */
#define LONGER 0.5        /* answers than with the least load, in logarithms */
#define ERRORS_FEW 5      /* fewer are chance */
#define ERRORS_SHARE 0.05
#define ERRORS_TIMES 3    /* as many as with the least load */
#define ERRORS_ANYWAY 0.5 /* even with the least load */
#define STEP 0.15          /* of latency, in logarithms: one server takes no step and then none */
#define STEP_CHANCE 4      /* deviations are known from few batches only */
#define STEP_LEVEL 0.1     /* behind it */
#define TELLING 16         /* answers, to tell one mean latency from another */
#define FOLLOWS 0.06      /* open loop: so much less than was due is not what was due */

void sweep_mean_add(struct sweep_mean *m, double log_value, const struct sweep_visit *v)
{
	double n = (double)v->requests + 1;

	m->weight += n;
	m->sum += n * log_value;
	m->variance += n * n * v->x_off * v->x_off;
}

double sweep_mean_log(const struct sweep_mean *m)
{
	return m->sum / m->weight;
}

double sweep_mean_off(const struct sweep_mean *m)
{
	return sqrt(m->variance) / m->weight;
}

void sweep_table_of(const struct sweep *s, struct sweep_table *t)
{
	memset(t, 0, sizeof *t);
	t->s = s;
	for (int i = 0; i < s->count; i++) {
		sweep_pooled(&s->at[i], &t->v[t->count]);
		if (t->v[t->count].client_bound) {
			t->bound++;
			t->bound_top = s->at[i].level;
			continue;
		}
		t->at[t->count] = i;
		t->level[t->count++] = s->at[i].level;
	}
}

const struct sweep_level *sweep_table_level(const struct sweep_table *t, int i)
{
	return &t->s->at[t->at[i]];
}

int sweep_table_visits(const struct sweep_table *t, int i)
{
	return sweep_table_level(t, i)->visits;
}

bool sweep_table_bound(const struct sweep_table *t)
{
	return t->bound && (!t->count || t->bound_top > t->level[t->count - 1]);
}

bool sweep_table_errs(const struct sweep_table *t, int i)
{
	const struct sweep_visit *v = &t->v[i];
	double here = sweep_share(v->failed, v->requests), least = sweep_share(t->v[0].failed, t->v[0].requests);

	if (v->failed < ERRORS_FEW)
		return false;
	return i == 0 ? here > ERRORS_ANYWAY : here > fmax(ERRORS_SHARE, ERRORS_TIMES * least);
}

enum sweep_stop sweep_table_wrong(const struct sweep_table *t, int i)
{
	const struct sweep_visit *v = &t->v[i];

	if (sweep_table_errs(t, i))
		return 2 * v->limited > v->failed ? SWEEP_RATE_LIMIT : SWEEP_ERRORS;
	if (v->slo == SLO_FAIL)
		return SWEEP_SLO;
	if (t->s->config.mode == MODE_OPEN && v->follows < 1 - fmax(FOLLOWS, BY_CHANCE * v->x_off))
		return SWEEP_PLATEAU;
	return SWEEP_NOT;
}

int sweep_table_lowest_wrong(const struct sweep_table *t)
{
	for (int i = 0; i < t->count; i++)
		if (sweep_table_wrong(t, i))
			return i;
	return -1;
}

static bool same(double log_a, double off_a, double log_b, double off_b)
{
	return fabs(log_a - log_b) <= fmax(SAME, BY_CHANCE * hypot(off_a, off_b));
}

/* The nearest level below i that is a doubling away; -1. */
static int step_below(const struct sweep_table *t, int i)
{
	int j = i - 1;

	while (j >= 0 && t->level[j] * DOUBLING > t->level[i])
		j--;
	return j;
}

/* Of throughput, for the growth of the level; of one that may as well be less the less. */
static double gain(const struct sweep_table *t, int from, int to)
{
	double grown = log(t->level[to] / t->level[from]);
	double g = log(t->v[to].x / t->v[from].x) / grown;
	double chance = hypot(t->v[from].x_off, t->v[to].x_off) / grown;

	return g < GAIN_GROWS ? g - chance : g;
}

/* The pooled throughput of the levels that give as much as the one that surely gives most:
 * the highest figure may be the vaguest one. */
void sweep_table_best(const struct sweep_table *t, struct sweep_flat *f)
{
	int best = 0, i;
	struct sweep_mean m = {0};

	for (i = 1; i < t->count; i++)
		if (t->v[i].x * exp(-t->v[i].x_off) > t->v[best].x * exp(-t->v[best].x_off))
			best = i;
	for (i = 0; i < t->count; i++) {
		const struct sweep_visit *v = &t->v[i];

		if (v->x > 0 && same(log(v->x), v->x_off, log(t->v[best].x), t->v[best].x_off))
			sweep_mean_add(&m, log(v->x), v);
	}
	f->x_max = exp(sweep_mean_log(&m));
	f->x_off = sweep_mean_off(&m);
	for (f->at = 0; f->at < best && t->v[f->at].x < NEARLY_ALL * f->x_max; f->at++)
		;
	f->below = f->at - 1;
}

bool sweep_table_levels_off(const struct sweep_table *t)
{
	int top = t->count - 1, one = step_below(t, top);

	return t->s->config.mode == MODE_CLOSED && one >= 0 && t->v[one].x > 0 && t->v[top].x > 0 && gain(t, one, top) < GAIN_FLAT;
}

bool sweep_table_flat(const struct sweep_table *t, struct sweep_flat *f)
{
	int top = t->count - 1, one = step_below(t, top), two = one < 0 ? -1 : step_below(t, one);
	bool capped = t->s->config.count == 0 && t->level[top] >= t->s->config.cap;
	double g;

	if (t->s->config.mode == MODE_OPEN || one < 0)
		return false;
	for (int i = 0; i < t->count; i++)
		if (!(t->v[i].x > 0))
			return false;
	sweep_table_best(t, f);
	g = gain(t, one, top);
	if (g < GAIN_FALLS && t->v[top].x < t->v[one].x * (1 - SURELY * hypot(t->v[top].x_off, t->v[one].x_off)))
		return true;
	return g < GAIN_FLAT && (two < 0 ? capped : capped || gain(t, two, one) < GAIN_FLAT);
}

/* Answers take surely longer than with the least load. Of users in step with each other the
 * rate tells it less surely than their latency. */
static bool waits(const struct sweep_visit *least, const struct sweep_visit *v)
{
	return log(v->r_s / least->r_s) > fmax(LONGER, SURELY * hypot(v->r_off, least->r_off));
}

double sweep_table_cycle(const struct sweep_table *t, double *off, int *last)
{
	struct sweep_mean m = {0};

	*last = -1;
	for (int i = 0; i < t->count; i++) {
		const struct sweep_visit *v = &t->v[i];
		double one = log(t->level[i] / v->x);

		if (!(v->x > 0))
			break;
		/* Less than at a lower level can be chance only: nobody waits less than not at all. */
		if (i && one > sweep_mean_log(&m) &&
		    (waits(&t->v[0], v) || !same(one, v->x_off, sweep_mean_log(&m), sweep_mean_off(&m))))
			break;
		sweep_mean_add(&m, one, v);
		*last = i;
	}
	*off = sweep_mean_off(&m);
	return exp(sweep_mean_log(&m));
}

int sweep_table_light(const struct sweep_table *t)
{
	struct sweep_flat f;
	double off, cycle;
	int last;

	cycle = sweep_table_cycle(t, &off, &last);
	sweep_table_best(t, &f);
	for (int i = last; i >= 0; i--)
		if (t->level[i] <= SWEEP_WELL_BELOW * f.x_max * cycle && sweep_table_level(t, i)->visit[0].timed >= TELLING)
			return i;
	return last;
}

static bool seen_together(const struct sweep_level *a, const struct sweep_level *b)
{
	return sweep_visits_bracket(a, b) || sweep_visits_bracket(b, a);
}

bool sweep_table_confirmed(const struct sweep_table *t)
{
	int light = sweep_table_light(t);
	struct sweep_flat f;

	sweep_table_best(t, &f);
	for (int i = 0; i <= light; i++)
		for (int j = f.at; j < t->count; j++)
			if (t->v[j].x > NEARLY_ALL * f.x_max && seen_together(sweep_table_level(t, i), sweep_table_level(t, j)))
				return true;
	return false;
}

/* Answers at two levels take equally long, as where nobody waits. */
static bool as_long(const struct sweep_visit *a, const struct sweep_visit *b)
{
	double off = hypot(a->r_off, b->r_off);

	return fabs(log(a->r_s / b->r_s)) < STEP_LEVEL && BY_CHANCE * off < STEP;
}

int sweep_table_step(const struct sweep_table *t, int *high)
{
	for (int j = 0; j < t->count; j++)
		for (int i = j + 1; i < t->count; i++) {
			const struct sweep_visit *few = &t->v[j], *more = &t->v[i];

			if (!few->timed || !more->timed ||
			    log(more->r_s / few->r_s) <= fmax(STEP, STEP_CHANCE * hypot(few->r_off, more->r_off)))
				continue;
			for (int k = i + 1; k < t->count; k++)
				if (t->level[k] > 1.9 * t->level[i] && t->v[k].timed && as_long(more, &t->v[k])) {
					*high = k;
					return j;
				}
		}
	return -1;
}

/* A level that its neighbours do not fit: a server in passing trouble looks like that. */
int sweep_table_suspect(const struct sweep_table *t)
{
	int high, step = sweep_table_step(t, &high);

	if (step >= 0 && sweep_table_visits(t, step) < 2)
		return step;
	for (int i = 1; i + 1 < t->count; i++) {
		const struct sweep_visit *a = &t->v[i - 1], *v = &t->v[i], *b = &t->v[i + 1];
		double between = (t->level[i] - t->level[i - 1]) / (t->level[i + 1] - t->level[i - 1]);
		double expected = a->x + (b->x - a->x) * between;

		if (sweep_table_visits(t, i) < 2 && v->x < DIP * expected &&
		    expected - v->x > SURELY * expected * hypot(v->x_off, fmax(a->x_off, b->x_off)))
			return i;
	}
	for (int i = 1; i < t->count; i++)
		for (int j = 0; j < i; j++) {
			double more = t->v[i].x / t->level[i] / (t->v[j].x / t->level[j]);

			if (sweep_table_visits(t, j) < 2 && more > MORE_A_USER &&
			    more - 1 > SURELY * more * hypot(t->v[i].x_off, t->v[j].x_off))
				return j;
		}
	return -1;
}

static const struct sweep_visit *most(const struct sweep_table *t, int from, int to)
{
	const struct sweep_visit *v = &t->v[from];

	for (int i = from + 1; i < to; i++)
		v = t->v[i].x > v->x ? &t->v[i] : v;
	return v;
}

int sweep_table_valley(const struct sweep_table *t)
{
	for (int i = 1; i + 1 < t->count; i++) {
		const struct sweep_visit *a = most(t, 0, i), *v = &t->v[i], *b = most(t, i + 1, t->count);
		const struct sweep_visit *less = a->x < b->x ? a : b;

		if (v->x < DIP * less->x && less->x - v->x > SURELY * less->x * hypot(v->x_off, less->x_off))
			return i;
	}
	return -1;
}
