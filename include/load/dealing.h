/* Who gets which row next: counters that all workers share, so that each case is
 * dealt once whatever the number of workers; and the script that stands in for
 * the mix, where a run is to go through given cases one after another. */
#ifndef LOAD_DEALING_H
#define LOAD_DEALING_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/rng.h"
#include "scenario/scenario.h"

struct script_item {
	int task;
	uint64_t number; /* which of the task's cases */
};

struct dealing {
	const struct scenario *scenario;
	const double *edge; /* cumulative weights, the last one 1; ours */
	const struct script_item *script; /* NULL: the mix by weight, without end */
	uint64_t script_count;
	/* fetch_add, relaxed: only the count is shared. */
	_Atomic uint64_t script_at;
	_Atomic uint64_t next[SCENARIO_MAX_TASKS];
};

/* The script and the scenario outlive the dealing. */
void dealing_init(struct dealing *dealing, const struct scenario *scenario,
		  const struct script_item *script, uint64_t count);
void dealing_fini(struct dealing *dealing);
/* The next session: of which task, with which number. False: the script has
 * come to its end. Any worker; `rng` is the user's. */
bool dealing_next(struct dealing *dealing, struct rng *rng, struct script_item *out);

#endif
