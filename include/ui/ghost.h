/* A baseline as the screen needs it: figures and shapes of a whole recorded run, as plain
 * data. Pure; whoever made it owns it. */
#ifndef UI_GHOST_H
#define UI_GHOST_H

#include <stdint.h>

#include "run/snapshot.h"

enum ghost_timing {
	GHOST_RESPONSE = CLOCK_RESPONSE, GHOST_SERVICE = CLOCK_SERVICE, GHOST_QUEUE = CLOCK_QUEUE,
	GHOST_TTFT, GHOST_TPOT, GHOST_ITL, GHOST_TIMINGS
};

struct ghost_shape {
	struct dist dist; /* count 0: the run has none of it */
	uint64_t bins[LOGGRID_BINS];
};

struct ghost_scope {
	char task[SNAP_NAME];
	struct ghost_shape timing[GHOST_TIMINGS];
};

struct ghost {
	char name[SNAP_NAME]; /* of the run, printable */
	int tasks;
	struct ghost_scope scope[]; /* all together, then `tasks` tasks */
};

/* That of a task of the snapshot's (-1: all together), found by its name; NULL: the
 * baseline has nothing of it, or there is no baseline. */
const struct ghost_shape *ghost_find(const struct ghost *ghost, const struct snapshot *snapshot, int task,
				     enum ghost_timing timing);
/* How many times the baseline's a figure is; NAN: one of them is not known, or nothing. */
double ghost_ratio(const struct dist *now, int64_t now_us, const struct ghost_shape *shape, int64_t then_us);
/* What `count` requests of the baseline come to where it had as many as `now`. */
double ghost_scaled(uint64_t count, uint64_t all, uint64_t now);

#endif
