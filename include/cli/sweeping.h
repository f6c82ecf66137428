/* A sweep of a live run: looks at the snapshots, changes the load, says so. The same for
 * dashboard and plain mode. Main thread. */
#ifndef CLI_SWEEPING_H
#define CLI_SWEEPING_H

#include "cli/drive.h"
#include "cli/session.h"
#include "run/sweep.h"

#define SWEEPING_CAP 512 /* without -c */
#define SWEEPING_RATE_MAX 1e6 /* arrivals a second */

struct sweeping {
	struct session *session;
	struct sweep sweep;
	struct sweep_config given; /* --sweep, or the key's */
	bool asked;      /* and not yet begun */
	bool ends_run;   /* --sweep: so it is when it has ended; not when the operator had a hand in it */
	uint32_t max_users;
	bool slos;
	struct load_level before; /* the load when it began */
	int steps;       /* that were told */
	char answer[SWEEP_TEXT]; /* of the last one that had one; "" */
	char line[SWEEP_TEXT + 32]; /* the newest thing to tell; "" */
};

/* `given`: of --sweep, or NULL. */
void sweeping_init(struct sweeping *s, struct session *session, const struct sweep_config *given, uint32_t max_users,
		   bool slos);
/* With each snapshot of the run as it is now. True: there is something to tell in `line`. */
bool sweeping_look(struct sweeping *s, const struct snapshot *snapshot);
/* It has ended, and the run is to end with it: `end` then has what the exit code follows
 * from. */
bool sweeping_over(const struct sweeping *s, struct drive_end *end);

/* The key: begins one, stops it, or gives the load back to it; `message` says which. */
void sweeping_key(struct sweeping *s, char *message, size_t bytes);
/* The operator changes the load: true where he took it from a sweep by that. */
bool sweeping_take_over(struct sweeping *s);
/* The load is about to end; `sweeping` as ending's `leaving` wants it. */
void sweeping_stop(void *sweeping);

/* What goes on, for the screen; "" where nothing does. SWEEP_TEXT bytes. */
void sweeping_progress(const struct sweeping *s, char *out);

#endif
