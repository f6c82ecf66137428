/* Which exchanges of a worker are kept as exemplars: the slowest so far of each task, the
 * first failures of each class, and in every stretch of time the first of each task and
 * latency cell and of each kind of failure. Fixed tables, no allocation, no clock of its
 * own; of what is left the run keeps as many as it has room for (run/exemplars.h). */
#ifndef LOAD_PICKS_H
#define LOAD_PICKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/loggrid.h"
#include "metrics/record.h"

#define PICKS_CELL_BINS 4 /* of the log grid: a quarter of an octave */
#define PICKS_CELLS (LOGGRID_BINS / PICKS_CELL_BINS)
#define PICKS_FAILURES 64 /* kinds told apart in a stretch */

struct pick_task {
	uint64_t seen[(PICKS_CELLS + 63) / 64]; /* in this stretch */
	int64_t slowest_us;
};

struct picks {
	int64_t stretch_us, stretch; /* its length; which one it is */
	double per_s, budget;        /* what may be kept beside what must be */
	int64_t budget_us;           /* when it was last added to */
	uint32_t failure[PICKS_FAILURES];
	uint8_t first[ERROR_CLASS_COUNT];
	struct pick_task *task;
	int tasks;
	/* Before the last one taken. */
	struct pick_task *before;
	int64_t slowest_before_us;
	uint8_t *first_before; /* the one it was counted in, or NULL */
};

/* One of `workers`, which share what the run may keep a second. */
void picks_init(struct picks *picks, int tasks, int workers);
void picks_fini(struct picks *picks);
/* Whether an exchange that ended at te_us is kept. They come in about the order of time.
 * `message` (bytes of it; of a failure only) need not be clean. */
bool picks_take(struct picks *picks, int task, enum error_class error, int32_t code,
		int64_t latency_us, int64_t te_us, const char *message, size_t bytes);

/* The last one taken could not be kept after all: the next that is as slow, or fails so,
 * is taken. */
void picks_undo(struct picks *picks);

#endif
