#include "metrics/dots.h"

#include <math.h>

#include "metrics/bootstrap.h"

void dot_draws_init(struct dot_draws *d, const struct dot_windows *w)
{
	double blocks;

	d->count = w->count;
	d->block = bootstrap_block(w->count);
	blocks = (double)w->count / d->block;
	d->wide = sqrt(blocks / (blocks - 1));
	d->answers[0] = d->times_s[0] = 0;
	for (int i = 0; i < 2 * w->count; i++) {
		d->answers[i + 1] = d->answers[i] + (double)w->answers[i % w->count];
		d->times_s[i + 1] = d->times_s[i] + (double)w->times_s[i % w->count];
	}
}

double dot_freedom(const struct dot_windows *w)
{
	return bootstrap_freedom(w->count);
}

bool dot_sure(struct dot *dot, const struct dot_windows *w)
{
	int n = w->count;
	double mean, ratio, x_sum = 0, r_sum = 0, share;
	struct dot_draws d;

	dot->x_off = dot->r_off = NAN;
	if (n < DOT_WINDOWS_LEAST)
		return false;
	dot_draws_init(&d, w);
	if (!(d.answers[n] > 0) || !(d.times_s[n] > 0))
		return false;
	mean = d.answers[n] * d.block / n;
	ratio = d.times_s[n] / d.answers[n];
	for (int i = 0; i < n; i++) {
		double answers = d.answers[i + d.block] - d.answers[i];
		double times = d.times_s[i + d.block] - d.times_s[i];

		x_sum += (answers - mean) * (answers - mean);
		r_sum += (times - ratio * answers) * (times - ratio * answers);
	}
	/* The variance of a block's mean over the number of blocks. */
	share = sqrt((double)d.block / n / n) * d.wide / mean;
	dot->x_off = fmax(DOT_OFF_LEAST, sqrt(x_sum) * share);
	dot->r_off = fmax(DOT_OFF_LEAST, sqrt(r_sum) * share / ratio);
	return true;
}

void dot_redraw(const struct dot *dot, const struct dot_draws *d, struct rng *rng, struct dot *out)
{
	double answers = 0, times = 0, drawn = 0, n = d->count, more, longer;

	for (; drawn < n; drawn += d->block) {
		/* Within 2^-27 of even, which is enough here and a third of the work. */
		int first = (int)((rng_next(rng) >> 32) * (uint64_t)d->count >> 32);

		answers += d->answers[first + d->block] - d->answers[first];
		times += d->times_s[first + d->block] - d->times_s[first];
	}
	*out = *dot;
	if (!(answers > 0) || !(times > 0))
		return;
	more = answers / drawn * n / d->answers[d->count] - 1;
	longer = times / answers * d->answers[d->count] / d->times_s[d->count] - 1;
	out->x *= fmax(0.05, 1 + more * d->wide);
	out->r_s *= fmax(0.05, 1 + longer * d->wide);
}
