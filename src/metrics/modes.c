#include "metrics/modes.h"

#include <math.h>
#include <stdbool.h>

#define NARROWEST 1 /* bins beside the middle one of a place */
#define WIDEST 2    /* the same, for modes of few requests */
#define BINS_MAX 512
#define SURE 13.8          /* -ln 1e-6 */
#define DEEP 0.5           /* of the lower peak at most */
#define LEAST_SHARE 0.005  /* of all: less is a few odd ones */
#define LEAST_SECONDS 8    /* seconds and bins of its peak */

struct places {
	int bins, half;
	double n[BINS_MAX];     /* in a place around each bin */
	double raw[BINS_MAX];
	double seconds[BINS_MAX];
};

static void fill(struct places *p, const uint64_t *count, const uint32_t *seconds, int bins, int first)
{
	p->bins = bins < BINS_MAX ? bins : BINS_MAX;
	for (int i = 0; i < p->bins; i++)
		p->raw[i] = p->seconds[i] = 0;
	for (int i = 0; i < p->bins; i++) {
		p->raw[i < first ? first : i] += (double)count[i];
		p->seconds[i < first ? first : i] += (double)seconds[i];
	}
}

/* Within a mode only: its neighbours' requests are not its own. */
static void smooth(struct places *p, int half, int from, int to)
{
	p->half = half;
	for (int i = from; i < to; i++) {
		p->n[i] = 0;
		for (int k = i - half; k <= i + half; k++)
			if (k >= from && k < to)
				p->n[i] += p->raw[k];
	}
}

/* How unlikely so deep a valley is: -ln of a bound on the probability. */
static double depth(double valley, double peak)
{
	double n = valley + peak, share = valley / n, entropy;

	if (!(n > 0) || valley > DEEP * peak)
		return 0;
	entropy = (share > 0 ? -share * log(share) : 0) - (1 - share) * log(1 - share);
	return n * (log(2) - entropy);
}

static bool lasts(const struct places *p, int from, int to)
{
	int peak = from;
	double seconds = 0;

	for (int i = from; i < to; i++)
		if (p->n[i] > p->n[peak])
			peak = i;
	for (int k = peak - p->half; k <= peak + p->half; k++)
		if (k >= from && k < to)
			seconds += p->seconds[k];
	return seconds >= LEAST_SECONDS;
}

static double sum(const struct places *p, int from, int to)
{
	double n = 0;

	for (int i = from; i < to; i++)
		n += p->raw[i];
	return n;
}

/* The surest valley between two modes of bins `from` to `to`; -1: there is none. *sure: how
 * sure it has to be, and is. */
static int valley(const struct places *p, int from, int to, double least, double *sure)
{
	double right[BINS_MAX] = {0}, left = 0;
	int first = -1, last = -1, apart = 2 * p->half + 1;

	for (int i = to - 1; i >= from; i--)
		right[i] = fmax(p->n[i], i + 1 < to ? right[i + 1] : 0);
	for (int v = from + apart; v + apart < to; v++) {
		double d;

		left = fmax(left, p->n[v - apart]);
		d = depth(p->n[v], fmin(left, right[v + apart]));
		if (d > *sure) {
			*sure = d;
			first = last = v;
		} else if (d >= *sure && last == v - 1) {
			last = v; /* an empty stretch is cut in its middle */
		}
	}
	if (first < 0)
		return -1;
	first = (first + last) / 2;
	if (sum(p, from, first) < least || sum(p, first, to) < least || !lasts(p, from, first) || !lasts(p, first, to))
		return -1;
	return first;
}

static int best_valley(struct places *p, int from, int to, double least)
{
	double sure = SURE;
	int best = -1;

	for (int half = NARROWEST; half <= WIDEST; half++) {
		int at;

		smooth(p, half, from, to);
		at = valley(p, from, to, least, &sure);
		best = at >= 0 ? at : best;
	}
	return best;
}

void modes_find(const uint64_t *count, const uint32_t *seconds, int bins, int first, struct modes *out)
{
	struct places p;
	double all;

	fill(&p, count, seconds, bins, first);
	all = sum(&p, 0, p.bins);
	*out = (struct modes){.count = all >= MODES_LEAST, .end = {p.bins}};
	for (int i = 0; out->count && i < out->count && out->count < MODES_MAX;) {
		int from = i ? out->end[i - 1] : 0, at;

		at = best_valley(&p, from, out->end[i], all * LEAST_SHARE);
		if (at < 0) {
			i++;
			continue;
		}
		for (int k = out->count; k > i; k--)
			out->end[k] = out->end[k - 1];
		out->end[i] = at;
		out->count++;
	}
}
