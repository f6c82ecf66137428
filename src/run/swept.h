/* What the run's records say of its sweeps. */
#ifndef RUN_SWEPT_H
#define RUN_SWEPT_H

#include "run/snapshot.h"

void swept_event(struct snap_sweep *s, const struct rec_event *event);
struct archive;
void swept_archive(struct snap_sweep *s, struct archive *a);

#endif
