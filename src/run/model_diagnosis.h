/* The diagnosis that the model keeps: made anew once a second of record time, so that
 * live runs, reports and replays say the same, and slow to change its mind, so that the
 * sentence can be read.
 *
 * Another cause is said once it was found three seconds in a row, the client's at once
 * (the lamp has a memory of its own), as is the first one after there was not enough
 * evidence for any. The figures of a sentence follow every five seconds. */
#ifndef RUN_MODEL_DIAGNOSIS_H
#define RUN_MODEL_DIAGNOSIS_H

#include <stdbool.h>
#include <stdint.h>

#include "run/diagnosis.h"

struct held_diagnosis {
	struct diagnosis said;
	uint64_t basis;      /* of what was said */
	int64_t said_second; /* when; -1: never */
	uint8_t other;       /* the cause that was found instead, */
	uint8_t times;       /* so many seconds in a row */
};

struct model;
struct archive;
void model_diagnosis_reset(struct model *m);
/* A second has closed. */
void model_diagnosis_second(struct model *m);
void model_diagnosis_archive(struct model *m, struct archive *a);
/* Of all that is known, without a memory: what the result has. */
void model_diagnose(const struct model *m, bool over, struct diagnosis *out, uint64_t *basis);

#endif
