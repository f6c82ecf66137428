/* Time travel in a live run: the run file, as far as it is written, played into a model
 * of its own beside the live one, while the load goes on. Of a run that is not recorded,
 * the pictures of the last minutes. Main thread. */
#ifndef CLI_TRAVEL_H
#define CLI_TRAVEL_H

#include "cli/history.h"
#include "record/player.h"
#include "ui/dashboard.h"

struct travel {
	const char *path; /* the run file; NULL: nothing is recorded */
	bool away;        /* in the past */
	bool open;        /* `player` is there; it stays when away is over */
	struct player player;

	/* Without a run file. */
	struct history *history;
	struct snapbox *shown; /* pictures out of it */
	bool playing;
	int64_t at_us, now_us; /* of the picture; when that was */
};

/* At present. `path` outlives it. */
void travel_init(struct travel *travel, const char *path);
void travel_fini(struct travel *travel);

/* A key that moves through time: COMMAND_SEEK, COMMAND_GOTO or COMMAND_PLAY. `now_us`: run time. What
 * comes too close to it is the present. */
void travel_order(struct travel *travel, struct dashboard *d, struct order order, int64_t now_us);
/* Before each frame: the newest picture of the present (or NULL), and tells the dashboard
 * where it is. */
void travel_refresh(struct travel *travel, struct dashboard *d, const struct snapshot *present, int64_t now_us);
/* Where the snapshots of the present, or of that past, appear. */
struct snapbox *travel_box(struct travel *travel, struct snapbox *live);
/* The view query changed. */
void travel_wake(struct travel *travel);

#endif
