/* A stretch of a run over which the load follows one simple law: a level that
 * stands, or a ramp and then a level that stands. The plan of arrivals is closed
 * form: A(t), the expected number of arrivals by t, is a real number that goes on
 * from stretch to stretch, so that a change of rate neither loses nor adds any.
 * Pure; any thread. Times are clock_ns() values. */
#ifndef LOAD_STRETCH_H
#define LOAD_STRETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/record.h"

struct stretch {
	enum load_mode mode;
	bool paused; /* time does not count, no arrivals; the level is `from` */
	/* Users (closed) or arrivals per second (open): from the one to the other
	 * over ramp_ns, then `to`. */
	double from, to;
	int64_t since_ns, ramp_ns; /* ramp_ns 0: a step, `from` does not count */
	double arrived;            /* A(since_ns) */
};

/* The level asked for at t; before `since_ns` that at its start. */
double stretch_level(const struct stretch *stretch, int64_t t_ns);
/* A(t) for t >= since_ns: arrived plus the integral of the rate. */
double stretch_arrived(const struct stretch *stretch, int64_t t_ns);
/* When A reaches `arrival`, to the nearest nanosecond, never before since_ns;
 * INT64_MAX where this stretch never gets there. */
int64_t stretch_due_ns(const struct stretch *stretch, double arrival);
/* How it goes on at t, when the load is cut off there: the rest of a ramp. */
struct stretch stretch_rest(const struct stretch *stretch, int64_t t_ns);

#endif
