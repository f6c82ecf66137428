/* What part of a run its records are in, told by the records before them. For what
 * reads a run again, record by record, and wants what the summary counts. */
#ifndef RUN_PHASES_H
#define RUN_PHASES_H

#include <stdbool.h>

#include "metrics/record.h"

/* All zero at first. */
struct phases {
	enum load_phase now;
	bool counting; /* samples of now are in the summary */
	double level;  /* users, or arrivals per second; of a ramp its end */
};

void phases_take(struct phases *phases, const struct rec *rec);
/* "warmup", "load", "pause", "drain", "end"; "warmup" for all that the summary does not
 * count, so that what is left without it adds up to the summary. */
const char *phases_name(const struct phases *phases);

#endif
