/* Phases over the whole run: phase_sums by time. Columns as the heatmap's
 * (run/heatmap.h), each as long as four of its: a run has as many for its whole length,
 * and pairs of neighbours become one as it grows. Scopes as in model_priv.h.
 *
 * Memory does not grow with the run: 300 bytes a column and scope, and those of its sums;
 * three tasks over 3 octaves at a time take 0.3 MiB. One thread. */
#ifndef RUN_PHASE_COLUMNS_H
#define RUN_PHASE_COLUMNS_H

#include "phase_sums.h"

struct phase_columns {
	int64_t length_us; /* of a column */
	int64_t t_us;      /* the latest time it was told, within the columns */
	int scopes;
	struct phase_sums (*at)[SNAP_PART_COLUMNS]; /* one a scope */
};

void phase_columns_init(struct phase_columns *c, int scopes);
void phase_columns_fini(struct phase_columns *c);
void phase_columns_reset(struct phase_columns *c);
struct archive;
void phase_columns_archive(struct phase_columns *c, struct archive *a);
/* Time has come to t_us; what is added from now on came then. Never backwards. */
void phase_columns_reach(struct phase_columns *c, int64_t t_us);
void phase_columns_exchange(struct phase_columns *c, int scope, const struct exchange *x);
void phase_columns_snap(const struct phase_columns *c, int scope, struct snap_phases *out);
/* Bytes held. */
uint64_t phase_columns_bytes(const struct phase_columns *c);

#endif
