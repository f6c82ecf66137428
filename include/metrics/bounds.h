/* The operational bounds of a closed system (Denning and Buzen, Computing Surveys 10,
 * 1978): with N users X <= N / (R_min + Z) and X <= X_max; where the two meet is the
 * knee, N* = X_max (R_min + Z). R_min + Z needs no knowledge of the think time Z: by
 * Little's law it is N / X where nobody waits. Pure, no allocation. */
#ifndef METRICS_BOUNDS_H
#define METRICS_BOUNDS_H

#include <stdbool.h>

#include "metrics/dots.h"

struct bounds {
	double cycle_s; /* R_min + Z: user-seconds an answer takes where nobody waits */
	double r_min_s; /* the mean latency there */
	double light_to; /* the highest of the levels that tell these */
	bool light;      /* nobody waits there, to be sure: it is one user, or levels a fifth apart give as much each */
	double x_max;   /* answers a second: of the plateau where `reached`, else the most so far */
	double plateau_from, plateau_to; /* the levels that give x_max */
	double knee;    /* users; NAN: not `reached`, or no level is surely `light`: all may lie beyond */
	/* More users no longer give more: levels a fifth apart or more give the same, and too
	 * surely so for half the growth in between; or those beyond give less (`passed`). */
	bool reached, passed;
};

/* `dot` in order of level, one or more; levels may repeat. Nobody waits at the lowest
 * level, nor at those above it that give as much a user, within 3 % or what chance
 * explains (3 standard deviations); the plateau is found the same way down from the
 * highest throughput. So a step of level tells as much as it is long. */
void bounds_fit(const struct dot *dot, int count, struct bounds *out);
/* The smaller of the two at a level. */
double bounds_x(const struct bounds *bounds, double level);

#endif
