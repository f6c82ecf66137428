#include "metrics/usl.h"

#include <math.h>

#define TERMS 3
#define SUPERLINEAR 0.05
#define SURE 3
#define MISFIT 0.05
#define TINY 1e-12

/* Normal equations of N / X on the three terms. */
struct normal {
	double a[TERMS][TERMS], b[TERMS];
};

static void normal_of(const struct dot *dot, int count, struct normal *m)
{
	*m = (struct normal){0};
	for (int i = 0; i < count; i++) {
		double n = dot[i].level, x = dot[i].x, term[TERMS] = {1, n - 1, n * (n - 1)};
		double off = n / x * dot[i].x_off, w = 1 / (off * off);

		for (int r = 0; r < TERMS; r++) {
			for (int c = 0; c < TERMS; c++)
				m->a[r][c] += w * term[r] * term[c];
			m->b[r] += w * term[r] * n / x;
		}
	}
}

/* Only the terms in `use` (bit t); false: they cannot be told apart. By Gauss. */
static bool solve(const struct normal *m, unsigned use, double out[TERMS])
{
	double a[TERMS][TERMS + 1];
	int at[TERMS], n = 0;

	for (int t = 0; t < TERMS; t++)
		if (use & 1U << t)
			at[n++] = t;
	for (int r = 0; r < n; r++) {
		for (int c = 0; c < n; c++)
			a[r][c] = m->a[at[r]][at[c]];
		a[r][n] = m->b[at[r]];
	}
	/* Positive definite where it has a solution: no pivoting. */
	for (int p = 0; p < n; p++) {
		if (!(a[p][p] > TINY * m->a[at[p]][at[p]]))
			return false;
		for (int r = p + 1; r < n; r++) {
			double by = a[r][p] / a[p][p];

			for (int c = p; c <= n; c++)
				a[r][c] -= by * a[p][c];
		}
	}
	out[0] = out[1] = out[2] = 0;
	for (int r = n - 1; r >= 0; r--) {
		double v = a[r][n];

		for (int c = r + 1; c < n; c++)
			v -= a[r][c] * out[at[c]];
		out[at[r]] = v / a[r][r];
	}
	return true;
}

/* b'x: the larger, the smaller is what remains. */
static double explained(const struct normal *m, const double x[TERMS])
{
	return m->b[0] * x[0] + m->b[1] * x[1] + m->b[2] * x[2];
}

void usl_refit(const struct dot *dot, int count, struct usl *u)
{
	double best[TERMS] = {NAN, NAN, NAN}, most = -INFINITY;
	struct normal m;

	normal_of(dot, count, &m);
	/* Three terms none of which may be negative: the best of the few ways to leave some out. */
	for (unsigned use = 1; use < 8; use += 2) {
		double x[TERMS];

		if (!solve(&m, use, x) || !(x[0] > 0) || x[1] < 0 || x[2] < 0 || x[1] >= x[0])
			continue;
		if (explained(&m, x) > most) {
			most = explained(&m, x);
			best[0] = x[0];
			best[1] = x[1];
			best[2] = x[2];
		}
	}
	u->lambda = 1 / best[0];
	u->sigma = best[1] / best[0];
	u->kappa = best[2] / best[0];
	u->peak = u->kappa > 0 ? sqrt((1 - u->sigma) / u->kappa) : isnan(u->kappa) ? NAN : INFINITY;
}

double usl_x(const struct usl *u, double level)
{
	return u->lambda * level / (1 + u->sigma * (level - 1) + u->kappa * level * (level - 1));
}

static int levels_of(const struct dot *dot, int count)
{
	int n = count > 0;

	for (int i = 1; i < count; i++)
		n += dot[i].level > dot[i - 1].level;
	return n;
}

/* Some level gives surely more a user than the lowest. */
static bool superlinear(const struct dot *dot, int count)
{
	for (int i = 1; i < count; i++) {
		double more = log(dot[i].x / dot[i].level) - log(dot[0].x / dot[0].level);

		if (more > SUPERLINEAR && more > SURE * hypot(dot[i].x_off, dot[0].x_off))
			return true;
	}
	return false;
}

/* Returns by what the residuals exceed the dots' own deviations, as a mean square. */
static double residuals(const struct dot *dot, int count, struct usl *u)
{
	double sum = 0, chance = 0;

	u->worst = 0;
	for (int i = 0; i < count; i++) {
		double off = usl_x(u, dot[i].level) / dot[i].x - 1;

		sum += off * off;
		chance += off * off / (dot[i].x_off * dot[i].x_off);
		if (fabs(off) > fabs(u->worst)) {
			u->worst = off;
			u->worst_level = dot[i].level;
		}
	}
	u->off = sqrt(sum / count);
	return chance / count;
}

void usl_fit(const struct dot *dot, int count, struct usl *u)
{
	double beyond_chance;

	*u = (struct usl){.lambda = NAN, .sigma = NAN, .kappa = NAN, .peak = NAN, .off = NAN,
			  .levels = levels_of(dot, count)};
	if (u->levels < USL_LEVELS) {
		u->says = USL_FEW_LEVELS;
		return;
	}
	usl_refit(dot, count, u);
	beyond_chance = isnan(u->lambda) ? INFINITY : residuals(dot, count, u);
	if (superlinear(dot, count))
		u->says = USL_SUPERLINEAR;
	else if (isnan(u->lambda) || (u->off > MISFIT && beyond_chance > SURE))
		u->says = USL_MISFIT;
	else if (!(dot[count - 1].level > u->peak))
		u->says = USL_NO_PEAK;
}
