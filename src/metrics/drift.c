#include "metrics/drift.h"

#include <math.h>

struct line {
	double n, t, r;    /* answers; their mean time and latency */
	double tt, tr;     /* weighted squares and products around these */
};

/* Middle of window i. */
static double middle(const struct dot_windows *w, double seconds, int i)
{
	return (i + 0.5) * seconds / w->count;
}

static int means_of(const struct dot_windows *w, double seconds, struct line *l)
{
	int used = 0;

	*l = (struct line){0};
	for (int i = 0; i < w->count; i++) {
		double n = (double)w->answers[i];

		used += n > 0;
		l->n += n;
		l->t += n * middle(w, seconds, i);
		l->r += n > 0 ? (double)w->times_s[i] : 0;
	}
	l->t /= l->n;
	l->r /= l->n;
	return used;
}

bool drift_of(const struct dot_windows *w, double seconds, struct drift *out)
{
	struct line l;
	int used = means_of(w, seconds, &l);
	double rest = 0;

	if (used < DOT_WINDOWS_LEAST || !(seconds > 0))
		return false;
	for (int i = 0; i < w->count; i++) {
		double n = (double)w->answers[i], t = middle(w, seconds, i) - l.t;

		if (n > 0) {
			l.tt += n * t * t;
			l.tr += t * ((double)w->times_s[i] - n * l.r);
		}
	}
	out->per_s = l.tr / l.tt;
	for (int i = 0; i < w->count; i++) {
		double n = (double)w->answers[i], t = middle(w, seconds, i) - l.t;
		double off = n > 0 ? (double)w->times_s[i] / n - l.r - out->per_s * t : 0;

		rest += n * off * off;
	}
	out->error = sqrt(rest / (used - 2) / l.tt);
	return true;
}
