/* Which task comes next, by its weight in the mix, and which row of its data: counters that all workers share, so that each case is
 * dealt once whatever the number of workers; and the script that stands in for
 * the mix, where a run is to go through given cases one after another. */
#ifndef LOAD_DEALING_H
#define LOAD_DEALING_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/rng.h"
#include "load/mix.h"
#include "scenario/scenario.h"

struct script_item {
	int task;
	uint64_t number; /* which of the task's cases */
};

/* A mix as workers draw from it: made once, never altered. */
struct deal_mix {
	int count;
	double edge[SCENARIO_MAX_TASKS]; /* cumulative weights; 1 from the last that has one on */
};
void deal_mix_of(struct deal_mix *out, const struct mix *mix);

struct dealing {
	const struct scenario *scenario;
	struct deal_mix own; /* the scenario's */
	const struct script_item *script; /* NULL: the mix by weight, without end */
	uint64_t script_count;
	/* fetch_add, relaxed: only the count is shared. */
	_Atomic uint64_t script_at;
	_Atomic uint64_t next[SCENARIO_MAX_TASKS];
};

/* The script and the scenario outlive the dealing. */
void dealing_init(struct dealing *dealing, const struct scenario *scenario,
		  const struct script_item *script, uint64_t count);
/* The next session: of which task, with which number. False: the script has
 * come to its end. Any worker; `rng` is the user's. `mix`: of the load's present change;
 * NULL: the scenario's. */
bool dealing_next(struct dealing *dealing, const struct deal_mix *mix, struct rng *rng, struct script_item *out);

#endif
