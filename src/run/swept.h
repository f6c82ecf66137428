/* What the run's records say of its sweeps. */
#ifndef RUN_SWEPT_H
#define RUN_SWEPT_H

#include "run/snapshot.h"

static inline enum sweep_event swept_what(const struct rec_event *event)
{
	return (enum sweep_event)(event->value & 0xff);
}
void swept_event(struct snap_sweep *s, const struct rec_event *event);
struct archive;
void swept_archive(struct snap_sweep *s, struct archive *a);

#endif
