#include "metrics/effect.h"

#include <math.h>

#include "metrics/student.h"

#define SAME 1e-9 /* of x, relative: it does not differ */

static bool has(const bool in[], int i)
{
	return !in || in[i];
}

void effect_ratio(const double y[], const double x[], const bool in[], int pieces, struct effect *out)
{
	double sum_y = 0, sum_x = 0;

	for (int i = 0; i < pieces; i++) {
		if (!has(in, i))
			continue;
		sum_y += y[i];
		sum_x += x[i];
	}
	out->value = sum_x > 0 ? sum_y / sum_x : NAN;
	for (int i = 0; i < pieces; i++)
		out->pull[i] = has(in, i) ? (y[i] - out->value * x[i]) / sum_x : 0;
}

void effect_line(const struct effect_piece piece[], const bool in[], int pieces, struct effect *slope,
		 struct effect *at_zero)
{
	struct effect_piece all = {0};
	double mean, spread, a, b;

	for (int i = 0; i < pieces; i++) {
		if (!has(in, i))
			continue;
		all.n += piece[i].n;
		all.x += piece[i].x;
		all.y += piece[i].y;
		all.xx += piece[i].xx;
		all.xy += piece[i].xy;
	}
	mean = all.x / all.n;
	spread = all.xx - mean * all.x;
	b = spread > SAME * all.xx ? (all.xy - mean * all.y) / spread : NAN;
	a = (all.y - b * all.x) / all.n;
	slope->value = b;
	at_zero->value = a;
	for (int i = 0; i < pieces; i++) {
		const struct effect_piece *p = &piece[i];
		double left = p->y - a * p->n - b * p->x, left_x = p->xy - a * p->x - b * p->xx;

		slope->pull[i] = has(in, i) ? (left_x - mean * left) / spread : 0;
		at_zero->pull[i] = has(in, i) ? left / all.n - mean * slope->pull[i] : 0;
	}
}

void effect_add(const struct effect *a, double of_a, const struct effect *b, double of_b, int pieces,
		struct effect *out)
{
	out->value = of_a * a->value + of_b * b->value;
	for (int i = 0; i < pieces; i++)
		out->pull[i] = of_a * a->pull[i] + of_b * b->pull[i];
}

void effect_times(const struct effect *a, const struct effect *b, int pieces, struct effect *out)
{
	double x = a->value, y = b->value;

	out->value = x * y;
	for (int i = 0; i < pieces; i++)
		out->pull[i] = a->pull[i] * y + x * b->pull[i];
}

void effect_over(const struct effect *a, const struct effect *b, int pieces, struct effect *out)
{
	double y = b->value, q = a->value / y;

	out->value = q;
	for (int i = 0; i < pieces; i++)
		out->pull[i] = (a->pull[i] - q * b->pull[i]) / y;
}

double effect_half(const struct effect *e, int pieces, int fitted, double freedom)
{
	double squares = 0;

	if (pieces <= fitted || freedom < 1)
		return NAN;
	for (int i = 0; i < pieces; i++)
		squares += e->pull[i] * e->pull[i];
	return student_point(freedom) * sqrt(squares * pieces / (pieces - fitted));
}
