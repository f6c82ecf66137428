#include "metrics/scale.h"

#include <math.h>
#include <string.h>

#include "metrics/student.h"

#define DRAWS 160
#define SURELY 0.9 /* of the draws */
#define CHANGED 0.1
#define CHANGED_P 0.005 /* as where two 95 % intervals just do not touch */
#define FROM_KNEE 0.95 /* the knee itself is measured, too */
#define SEED 6

/* A figure over the draws, as logarithms: ratios are symmetric, and it stays above 0. */
struct spread {
	double first, sum, squares;
	int n;
};

static void spread_add(struct spread *s, double v)
{
	if (!isfinite(v))
		return;
	if (!s->n++)
		s->first = v;
	v -= s->first;
	s->sum += v;
	s->squares += v * v;
}

/* Around what the dots themselves say; few draws that have it: unknown. */
static struct scale_range range_of(const struct spread *s, double value, double t)
{
	double by;

	if (!(value > 0) || !isfinite(value) || s->n < DRAWS / 2)
		return (struct scale_range){NAN, NAN};
	by = t * sqrt(fmax(0, (s->squares - s->sum * s->sum / s->n) / (s->n - 1)));
	return (struct scale_range){value * exp(-by), value * exp(by)};
}

struct drawn {
	double log_level[SCALE_CURVE];
	struct spread knee, x_max, r_min, peak, curve[SCALE_CURVE];
	int reached;
};

static double level_at(const struct scale *s, int i)
{
	return s->to * (i + 1) / SCALE_CURVE;
}

static double curve_at(const struct scale *s, int i)
{
	return s->fit == SCALE_USL ? usl_x(&s->usl, level_at(s, i)) : bounds_x(&s->bounds, level_at(s, i));
}

static void draw(const struct scale *s, const struct dot *dot, int count, struct drawn *d)
{
	double x_max, cycle;
	struct bounds b;
	struct usl u;

	bounds_fit(dot, count, &b);
	x_max = log(b.x_max);
	cycle = log(b.cycle_s);
	d->reached += b.reached;
	spread_add(&d->knee, b.reached && b.light ? x_max + cycle : NAN);
	spread_add(&d->x_max, x_max);
	spread_add(&d->r_min, log(b.r_min_s));
	if (s->fit == SCALE_USL) {
		usl_refit(dot, count, &u);
		spread_add(&d->peak, log(u.peak));
		for (int i = 0; i < SCALE_CURVE; i++)
			spread_add(&d->curve[i], log(usl_x(&u, level_at(s, i))));
	} else {
		for (int i = 0; i < SCALE_CURVE; i++)
			spread_add(&d->curve[i], fmin(d->log_level[i] - cycle, x_max));
	}
}

static void lines(const struct dot *dot, int count, struct scale *out)
{
	int from = 0;

	trend_fit(dot, count, &out->whole);
	if (isnan(out->bounds.knee))
		return;
	while (from < count && dot[from].level < FROM_KNEE * out->bounds.knee)
		from++;
	if (from < count)
		trend_fit(dot + from, count - from, &out->beyond);
}

static double freedom(const struct dot_windows *w, int count)
{
	double sum = 0;

	for (int i = 0; i < count; i++)
		sum += dot_freedom(&w[i]);
	return sum / count;
}

void scale_fit(const struct dot *dot, const struct dot_windows *w, int count, double to, struct scale *out)
{
	static const struct trend no_trend = {.slope = NAN, .slope_off = NAN, .at_zero = NAN, .r2 = NAN};
	struct dot_draws draws[DOTS_MAX];
	struct dot again[DOTS_MAX];
	struct drawn drawn;
	struct rng rng;
	double t;

	*out = (struct scale){.dots = count, .knee = {NAN, NAN}, .x_max = {NAN, NAN}, .r_min_s = {NAN, NAN},
			      .peak = {NAN, NAN}, .whole = no_trend, .beyond = no_trend, .to = to};
	out->bounds = (struct bounds){.cycle_s = NAN, .r_min_s = NAN, .x_max = NAN, .knee = NAN};
	if (count < 1 || count > DOTS_MAX)
		return;
	bounds_fit(dot, count, &out->bounds);
	usl_fit(dot, count, &out->usl);
	out->levels = out->usl.levels;
	out->fit = out->levels < 2 ? SCALE_NO_FIT : out->usl.says == USL_HOLDS ? SCALE_USL : SCALE_BOUNDS;
	memset(&drawn, 0, sizeof drawn);
	for (int i = 0; i < SCALE_CURVE; i++)
		drawn.log_level[i] = log(level_at(out, i));
	rng_seed(&rng, SEED, (uint64_t)count);
	for (int i = 0; i < count; i++)
		dot_draws_init(&draws[i], &w[i]);
	for (int k = 0; k < DRAWS; k++) {
		for (int i = 0; i < count; i++)
			dot_redraw(&dot[i], &draws[i], &rng, &again[i]);
		draw(out, again, count, &drawn);
	}
	if (out->bounds.reached && drawn.reached < DRAWS * SURELY) {
		out->bounds.reached = out->bounds.passed = false;
		out->bounds.knee = NAN;
	}
	lines(dot, count, out);
	t = student_point(freedom(w, count));
	out->knee = range_of(&drawn.knee, out->bounds.knee, t);
	out->x_max = range_of(&drawn.x_max, out->bounds.x_max, t);
	out->r_min_s = range_of(&drawn.r_min, out->bounds.r_min_s, t);
	if (out->fit == SCALE_USL)
		out->peak = range_of(&drawn.peak, out->usl.peak, t);
	for (int i = 0; out->fit && i < SCALE_CURVE; i++) {
		struct scale_range r;

		out->curve[i] = curve_at(out, i);
		r = range_of(&drawn.curve[i], out->curve[i], t);
		out->low[i] = r.low;
		out->high[i] = r.high;
	}
}

static bool differ(double a, double b, double a_off, double b_off, double df)
{
	double apart = fabs(log(b / a));

	return apart > CHANGED && student_beyond(apart / hypot(a_off, b_off), df) < CHANGED_P;
}

bool scale_changed(const struct dot *a, const struct dot_windows *aw, const struct dot *b, const struct dot_windows *bw)
{
	double df = fmin(dot_freedom(aw), dot_freedom(bw));

	return differ(a->x, b->x, a->x_off, b->x_off, df) || differ(a->r_s, b->r_s, a->r_off, b->r_off, df);
}
