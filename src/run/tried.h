/* What the run's records say of its micro-experiments. */
#ifndef RUN_TRIED_H
#define RUN_TRIED_H

#include "run/snapshot.h"

struct tried {
	struct snap_trial now;              /* the newest */
	struct snap_trial ended[TRIAL_AXES]; /* the newest of each axis that has ended */
};

/* A step of one: is it of requests that are not the scenario's own? */
bool tried_alters(const struct rec_event *event);
void tried_event(struct tried *t, const struct rec_event *event);
struct archive;
void tried_archive(struct tried *t, struct archive *a);

#endif
