/* The exemplars of a run: whole exchanges that stand for others like them, as many as
 * there is room for. Workers choose (load/picks.h); here it is decided which of their
 * choices stay. What always stays: of each task the slowest that a worker brought, of
 * each error class the first few. Of the rest a few of each likeness (task, latency or
 * kind of failure, stretch of time); when there is no room for more the stretches double,
 * so that all of the run is represented.
 *
 * A lock is around each call, for a bounded time (a copy of some KiB; a look at some
 * thousand entries): the collector adds, main looks. */
#ifndef RUN_EXEMPLARS_H
#define RUN_EXEMPLARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "run/snapshot.h"

#define EXEMPLARS_MAX 4096
#define EXEMPLARS_BYTES (8u << 20)

struct exemplars;
struct exemplars *exemplars_new(void);
void exemplars_free(struct exemplars *kept);

/* Copies it, if it stays. Returns its number, 0 to EXEMPLARS_MAX - 1, which may have been
 * another's that had to go; -1: it does not stay. */
int exemplars_add(struct exemplars *kept, const struct rec_exemplar *exemplar);
/* exemplars_list_fini() what it finds; it stays as it is, whatever is added. */
void exemplars_find(struct exemplars *kept, const struct exemplar_query *query, struct exemplar_list *out);
void exemplars_list_fini(struct exemplar_list *list);

/* For tests. */
struct exemplars_size {
	int count;
	size_t bytes;
};
struct exemplars_size exemplars_size(struct exemplars *kept);

#endif
