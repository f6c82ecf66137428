/* The mix by hand: which tasks are sent and with which weights, as keys change it during
 * a run. What a change was stands in the run file as an event of a few words ("solo NAME",
 * "mute NAME", "weight NAME 10"), from which a replay, the model and --from know it again.
 * Pure; any thread. */
#ifndef LOAD_MIX_H
#define LOAD_MIX_H

#include <stdbool.h>
#include <stddef.h>

#include "metrics/record.h"
#include "scenario/scenario.h"

struct mix {
	int count;
	int solo; /* nothing but this task; -1: none */
	bool muted[SCENARIO_MAX_TASKS];
	double weight[SCENARIO_MAX_TASKS];
};

enum mix_kind {
	MIX_SOLO,  /* this task alone; again: all that is not muted */
	MIX_MUTE,  /* without it; again: with it */
	MIX_WEIGHT /* times `factor` */
};

#define MIX_TEXT REC_TEXT_MAX
#define MIX_LEAST 0.001 /* weights stay between these */
#define MIX_MOST 1e6

/* `weight` NULL: all the same. */
void mix_init(struct mix *mix, const double *weight, int count);
/* Is it sent at all? */
bool mix_sends(const struct mix *mix, int task);
/* What a key does; its words go to `out`, as an event has them. False: it would leave no
 * task, or there is no such task, and nothing is changed. */
bool mix_change(struct mix *mix, enum mix_kind kind, int task, double factor, char *const *name, char out[MIX_TEXT]);
/* The same from an event's words (not terminated); false: they are of something else. */
bool mix_read(struct mix *mix, const char *text, size_t bytes, char *const *name);

#endif
