/* What tasks do to each other: the latency of each task in the newest operating points,
 * and which tasks these sent, as keys had changed the mix (load/mix.h). Of two points of
 * the same load, of which one sends all tasks of the other and some more, it tells what
 * those did to the others. Ramps and settling time are left out. By the response clock.
 *
 * Flat memory: MIXES_POINTS points. Tasks beyond the 64th are not looked at. One thread. */
#ifndef RUN_MIXES_H
#define RUN_MIXES_H

#include "exchange.h"
#include "load/mix.h"
#include "metrics/hdr.h"
#include "points.h"

#define MIXES_POINTS 24
#define MIXES_LEAST 20 /* requests of a task in a point */

struct mixes_task {
	uint64_t timed; /* succeeded and censored */
	int64_t p95_us;
};

struct mixes_point {
	double level, seconds;
	uint8_t mode;
	uint64_t silent; /* bit t: task t is not sent */
	struct mixes_task task[SCENARIO_MAX_TASKS];
};

struct mixes {
	int tasks;
	struct mix first, now;
	bool mixed; /* some point kept here does not send all */
	struct hdr *time; /* of each task at the present point, 2 figures */
	int count;
	struct mixes_point at[MIXES_POINTS]; /* oldest first */
};

/* `weight` as the run began; NULL: all the same. */
void mixes_init(struct mixes *m, int tasks, const double *weight, struct hdr_pool *pool);
void mixes_fini(struct mixes *m);
void mixes_reset(struct mixes *m);
struct archive;
void mixes_archive(struct mixes *m, struct archive *a);
/* An event's words; true: they change the mix. */
bool mixes_event(struct mixes *m, const struct rec_event *event, char *const *task_name);
/* Of those that are not sent now; bit t: task t. */
uint64_t mixes_silent(const struct mixes *m);
/* The same for equal shares of the tasks, within 1 in 10,000, and hardly ever for others. */
uint64_t mixes_signature(const struct mixes *m);
/* One of the present point, not a failure. */
void mixes_exchange(struct mixes *m, const struct exchange *x);
/* The present point is over. */
void mixes_close(struct mixes *m, const struct op_point *point);
/* What there is to tell, the newest first; `present`: the point that is not over, or NULL.
 * Returns how many, at most SNAP_BESIDE. */
int mixes_beside(const struct mixes *m, const struct op_point *present, struct snap_beside *out);

#endif
