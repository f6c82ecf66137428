#include "metrics/bounds.h"

#include <assert.h>
#include <math.h>

#define SAME 0.03        /* closer is no difference, however sure */
#define BY_CHANCE 3      /* standard deviations: many steps are asked */
#define SURE 2
#define SLOPE 0.05       /* nor is so much of what the level differs, in logarithms */
#define APART 1.2        /* levels closer than that do not tell growth from none */
#define GROWTH_MOST 0.2  /* of what the level grew, in logarithms: it is flat */
#define GROWTH_SURE 0.5  /* and surely below that */

/* Dots of one level, or of neighbouring ones, as one: means weighted by how sure they
 * are, of logarithms, in which deviations are relative. */
struct pool {
	double weight, log_x, log_cycle, r_weight, log_r;
	double low, high; /* levels */
};

static void pool_add(struct pool *p, const struct dot *dot)
{
	double weight = 1 / (dot->x_off * dot->x_off), r_weight = 1 / (dot->r_off * dot->r_off);

	if (!(p->weight > 0))
		p->low = p->high = dot->level;
	p->weight += weight;
	p->log_x += weight * log(dot->x);
	p->log_cycle += weight * log(dot->level / dot->x);
	p->r_weight += r_weight;
	p->log_r += r_weight * log(dot->r_s);
	p->low = fmin(p->low, dot->level);
	p->high = fmax(p->high, dot->level);
}

static void pool_join(struct pool *p, const struct pool *with)
{
	p->weight += with->weight;
	p->log_x += with->log_x;
	p->log_cycle += with->log_cycle;
	p->r_weight += with->r_weight;
	p->log_r += with->log_r;
	p->low = fmin(p->low, with->low);
	p->high = fmax(p->high, with->high);
}

static double variance(const struct pool *p)
{
	return 1 / p->weight;
}

static double same_within(const struct pool *a, const struct pool *b)
{
	return fmax(SAME, BY_CHANCE * sqrt(variance(a) + variance(b)));
}

static double log_x(const struct pool *p)
{
	return p->log_x / p->weight;
}

static double log_cycle(const struct pool *p)
{
	return p->log_cycle / p->weight;
}

/* One pool a level. */
static int levels_of(const struct dot *dot, int count, struct pool level[DOTS_MAX])
{
	int n = 0;

	for (int i = 0; i < count && i < DOTS_MAX; i++) {
		if (!i || dot[i].level > dot[i - 1].level)
			level[n++] = (struct pool){0};
		pool_add(&level[n - 1], &dot[i]);
	}
	return n;
}

static void light(const struct pool *level, int n, struct bounds *out)
{
	struct pool p = level[0];

	for (int i = 1; i < n; i++) {
		double more = log_cycle(&level[i]) - log_cycle(&p), same = same_within(&level[i], &p);

		if (more > same)
			break;
		if (more < -same)
			p = level[i];
		else
			pool_join(&p, &level[i]);
	}
	out->cycle_s = exp(log_cycle(&p));
	out->r_min_s = exp(p.log_r / p.r_weight);
	out->light_to = p.high;
	out->light = p.low <= 1 || p.high >= APART * p.low;
}

/* x cycle is the level. */
static double log_level(const struct pool *p)
{
	return log_x(p) + log_cycle(p);
}

/* Throughput at two levels: much further apart than these it may differ a little. */
static bool as_much(const struct pool *a, const struct pool *b)
{
	double apart = fabs(log_level(a) - log_level(b));

	return fabs(log_x(a) - log_x(b)) <= same_within(a, b) + SLOPE * apart;
}

/* From a level to those above it. */
static bool flat(const struct pool *below, const struct pool *above)
{
	double apart = log_level(above) - log_level(below), growth = log_x(above) - log_x(below);

	return above->high >= APART * below->low && growth < GROWTH_MOST * apart &&
	       growth + SURE * sqrt(variance(above) + variance(below)) < GROWTH_SURE * apart;
}

static struct pool pool_of(const struct pool *level, int first, int last)
{
	struct pool p = level[first];

	for (int i = first + 1; i <= last; i++)
		pool_join(&p, &level[i]);
	return p;
}

static void plateau(const struct pool *level, int n, struct bounds *out)
{
	int first = 0, last, from;
	struct pool p;

	for (int i = 1; i < n; i++)
		if (log_x(&level[i]) > log_x(&level[first]))
			first = i;
	last = first;
	p = level[first];
	for (; first > 0 && as_much(&level[first - 1], &p); first--)
		pool_join(&p, &level[first - 1]);
	for (; last + 1 < n && as_much(&level[last + 1], &p); last++)
		pool_join(&p, &level[last + 1]);
	out->passed = last + 1 < n;
	/* What chance alone keeps in it may lie below. */
	for (from = first; from < last; from++) {
		struct pool above = pool_of(level, from + 1, last);

		if (flat(&level[from], &above))
			break;
	}
	out->reached = from < last || out->passed;
	if (from < last || !out->passed)
		p = pool_of(level, from, last);
	out->x_max = exp(log_x(&p));
	out->plateau_from = p.low;
	out->plateau_to = p.high;
}

void bounds_fit(const struct dot *dot, int count, struct bounds *out)
{
	struct pool level[DOTS_MAX];
	int n;

	assert(count > 0);
	n = levels_of(dot, count, level);
	light(level, n, out);
	plateau(level, n, out);
	out->knee = out->reached && out->light ? out->x_max * out->cycle_s : NAN;
}

double bounds_x(const struct bounds *b, double level)
{
	return fmin(level / b->cycle_s, b->x_max);
}
