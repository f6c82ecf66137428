/* Time travel in a live run: the run file, as far as it is written, played into a model
 * of its own beside the live one, while the load goes on. Main thread. */
#ifndef CLI_TRAVEL_H
#define CLI_TRAVEL_H

#include "cli/player.h"
#include "ui/dashboard.h"

/* All zero but `path`: at present. */
struct travel {
	const char *path; /* the run file; NULL: nothing is recorded */
	bool away;        /* in the past */
	bool open;        /* `player` is there; it stays when away is over */
	struct player player;
};

/* A key that moves through time: COMMAND_SEEK or COMMAND_PLAY. `now_us`: run time. What
 * comes too close to it is the present. */
void travel_order(struct travel *travel, struct dashboard *d, struct order order, int64_t now_us);
/* Before each frame: tells the dashboard where it is. */
void travel_refresh(struct travel *travel, struct dashboard *d, int64_t now_us);
/* Where the snapshots of the present, or of that past, appear. */
struct snapbox *travel_box(struct travel *travel, struct snapbox *live);
/* The view query changed. */
void travel_wake(struct travel *travel);
void travel_fini(struct travel *travel);

#endif
