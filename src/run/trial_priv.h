/* Shared by the files of a micro-experiment's fits. */
#ifndef RUN_TRIAL_PRIV_H
#define RUN_TRIAL_PRIV_H

#include "metrics/effect.h"
#include "run/trial.h"

/* All pieces of all visits. */
struct trial_pieces {
	int count, values;
	double freedom; /* Student's: of the value with the fewest pieces */
	double of[WORK_SUMS][EFFECT_PIECES];
	int value[EFFECT_PIECES]; /* of config.value */
	bool back[EFFECT_PIECES]; /* of its second visit */
};

void trial_pieces_of(const struct trial *t, struct trial_pieces *out);
/* A mean (`per` a count) or another ratio of sums at one value; -1: at all. */
void trial_at(const struct trial_pieces *p, int value, enum work_sum sum, enum work_sum per, struct effect *out);
struct trial_number trial_number_of(const struct trial_pieces *p, const struct effect *e);
/* False, and why, where what was measured is not to be relied on. */
bool trial_sound(const struct trial *t, const struct trial_pieces *p, char *why, int bytes);

#endif
