#include "metrics/trend.h"

#include <math.h>

#define LEVELS_LEAST 3
#define MORE_OFF 0.02
#define FLAT_RISE 0.05
#define FLAT_BY_CHANCE 2
#define BEND_SURE 3
#define BEND_LEAST 0.1
#define ROUNDING 1e-9

/* Weighted sums of powers of the level, around its mean. */
struct sums {
	double w, mean, r_mean;
	double n2, n3, n4, r1, r2, rr;
};

static double weight_of(const struct dot *d)
{
	double off = d->r_s * hypot(d->r_off, MORE_OFF);

	return 1 / (off * off);
}

static int levels_of(const struct dot *dot, int count)
{
	int n = 0;

	for (int i = 0; i < count; i++) {
		bool seen = false;

		for (int k = 0; k < i && !seen; k++)
			seen = dot[k].level <= dot[i].level && dot[k].level >= dot[i].level;
		n += !seen;
	}
	return n;
}

static void sums_of(const struct dot *dot, int count, struct sums *s)
{
	*s = (struct sums){0};
	for (int i = 0; i < count; i++) {
		double w = weight_of(&dot[i]);

		s->w += w;
		s->mean += w * dot[i].level;
		s->r_mean += w * dot[i].r_s;
	}
	s->mean /= s->w;
	s->r_mean /= s->w;
	for (int i = 0; i < count; i++) {
		double w = weight_of(&dot[i]), n = dot[i].level - s->mean, r = dot[i].r_s - s->r_mean;

		s->n2 += w * n * n;
		s->n3 += w * n * n * n;
		s->n4 += w * n * n * n * n;
		s->r1 += w * n * r;
		s->r2 += w * n * n * r;
		s->rr += w * r * r;
	}
}

/* The parabola's quadratic term in units of its own deviation, and by how much its arc
 * leaves the line in the middle. */
static void bend(const struct sums *s, double span, double *sure, double *arc)
{
	/* n^2 less what 1 and n explain of it. */
	double on_n = s->n3 / s->n2, left = s->n4 - s->n2 * s->n2 / s->w - on_n * s->n3;
	double with_r = s->r2 - on_n * s->r1;

	*sure = *arc = 0;
	if (!(left > ROUNDING * s->n4))
		return;
	*sure = with_r / sqrt(left);
	*arc = with_r / left * span * span / 4;
}

static enum trend_shape shape_of(const struct trend *l, const struct sums *s)
{
	double span = l->to - l->from, rise = l->slope * span, sure, arc;
	double middle = l->at_zero + l->slope * s->mean;

	if (l->levels < LEVELS_LEAST)
		return TREND_UNKNOWN;
	bend(s, span, &sure, &arc);
	if (fabs(sure) > BEND_SURE && fabs(arc) > BEND_LEAST * fabs(rise) && fabs(arc) > FLAT_RISE * middle)
		return sure > 0 ? TREND_BENDS_UP : TREND_BENDS_DOWN;
	if (fabs(rise) < FLAT_RISE * middle || fabs(l->slope) < FLAT_BY_CHANCE * l->slope_off)
		return TREND_FLAT;
	return TREND_STRAIGHT;
}

void trend_fit(const struct dot *dot, int count, struct trend *out)
{
	struct sums s;

	*out = (struct trend){.slope = NAN, .slope_off = NAN, .at_zero = NAN, .r2 = NAN, .dots = count};
	out->levels = levels_of(dot, count);
	if (out->levels < 2)
		return;
	sums_of(dot, count, &s);
	out->from = out->to = dot[0].level;
	for (int i = 1; i < count; i++) {
		out->from = fmin(out->from, dot[i].level);
		out->to = fmax(out->to, dot[i].level);
	}
	out->slope = s.r1 / s.n2;
	out->slope_off = 1 / sqrt(s.n2);
	out->at_zero = s.r_mean - out->slope * s.mean;
	if (s.rr > 0)
		out->r2 = fmin(1, s.r1 * s.r1 / (s.n2 * s.rr));
	out->shape = shape_of(out, &s);
}
