/* The load of a recorded run as stages, to be driven again. Pure. */
#ifndef CLI_STEPS_H
#define CLI_STEPS_H

#include "metrics/record.h"
#include "scenario/shape.h"

/* All zero is empty but for `last`: steps_init(). */
struct steps {
	struct load_stage *stage; /* free() */
	int count;
	int64_t since_us;    /* of the run: when the first one began */
	int64_t measured_ns; /* how long the load was on, without the warm-up and pauses */
	int64_t began_us;
	struct rec_point last;
};

void steps_init(struct steps *steps);
/* The run's points, in order. */
void steps_take(struct steps *steps, const struct rec_point *point);
/* After the last: how much of the stages is to come before the end of a warm-up of
 * warmup_ns, where the run had one of recorded_ns. What does not fit into it is cut off
 * at the beginning. */
int64_t steps_lead_ns(struct steps *steps, int64_t recorded_ns, int64_t warmup_ns);

#endif
