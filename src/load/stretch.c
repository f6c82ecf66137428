#include "load/stretch.h"

#include <math.h>

#include "base/clock.h"

static bool arrives(const struct stretch *s)
{
	return s->mode == MODE_OPEN && !s->paused;
}

static double seconds(int64_t ns)
{
	return (double)ns / NS_PER_S;
}

double stretch_level(const struct stretch *s, int64_t t_ns)
{
	int64_t ns = t_ns - s->since_ns;

	if (s->paused)
		return s->from;
	if (ns >= s->ramp_ns)
		return s->to;
	return ns <= 0 ? s->from : s->from + (s->to - s->from) * ((double)ns / (double)s->ramp_ns);
}

double stretch_arrived(const struct stretch *s, int64_t t_ns)
{
	double x = seconds(t_ns - s->since_ns), ramp = seconds(s->ramp_ns);

	if (!arrives(s) || x <= 0)
		return s->arrived;
	if (x >= ramp)
		return s->arrived + ramp * (s->from + s->to) / 2 + (x - ramp) * s->to;
	return s->arrived + x * s->from + x * x * (s->to - s->from) / (2 * ramp);
}

int64_t stretch_due_ns(const struct stretch *s, double arrival)
{
	double ramp = seconds(s->ramp_ns), left = arrival - s->arrived;
	double in_ramp = ramp * (s->from + s->to) / 2, x;

	if (!arrives(s))
		return INT64_MAX;
	if (left <= 0)
		return s->since_ns;
	if (left < in_ramp) {
		/* a x^2 + from x = left, in the form that does not cancel */
		double a = (s->to - s->from) / (2 * ramp), d = s->from * s->from + 4 * a * left;

		x = 2 * left / (s->from + sqrt(d > 0 ? d : 0));
	} else {
		if (s->to <= 0)
			return INT64_MAX;
		x = ramp + (left - in_ramp) / s->to;
	}
	if (x > (double)(INT64_MAX / 4) / NS_PER_S)
		return INT64_MAX;
	return s->since_ns + llround(x * NS_PER_S);
}

struct stretch stretch_rest(const struct stretch *s, int64_t t_ns)
{
	struct stretch rest = *s;
	int64_t gone = t_ns - s->since_ns;

	rest.from = stretch_level(s, t_ns);
	rest.arrived = stretch_arrived(s, t_ns);
	rest.since_ns = t_ns;
	rest.ramp_ns = gone < s->ramp_ns ? s->ramp_ns - gone : 0;
	return rest;
}
