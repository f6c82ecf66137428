/* One worker's arrivals in an open loop: a sequence of places on the axis of
 * A(t) (stretch.h), the expected number of arrivals, and the time of each. The
 * places do not depend on the rate, so a change of rate moves the times and
 * neither loses an arrival nor makes one. Nothing is shared between workers.
 *
 * constant: 0, 1, 2, …, dealt out by number modulo worker;
 * poisson: gaps are exponential with mean `workers` in each worker, so that all
 * together have mean 1 (superposition of Poisson processes);
 * trace: the times of a recorded trace, scaled to mean gap 1, dealt out by number. */
#ifndef LOAD_ARRIVALS_H
#define LOAD_ARRIVALS_H

#include "base/rng.h"
#include "load/control.h"
#include "scenario/shape.h"

struct arrival_plan {
	enum arrival_kind kind;
	const double *place; /* trace: of each arrival, never falling; outlives the load */
	uint64_t places;
};

/* A reader of the sequence; two that start alike read alike. */
struct arrivals {
	const struct arrival_plan *plan;
	const struct load_change *change; /* in which the present one falls, so far */
	uint64_t number;                  /* of the present one over all workers */
	uint32_t workers;
	double place; /* of the present one; INFINITY: there are no more */
	struct rng rng;
};

void arrivals_init(struct arrivals *arrivals, const struct arrival_plan *plan,
		   const struct control *control, uint64_t seed, int worker, int workers);
/* When the present one is due by what is known of the load now; INT64_MAX: not
 * by that. Follows changes of the load. */
int64_t arrivals_due_ns(struct arrivals *arrivals);
void arrivals_next(struct arrivals *arrivals);

#endif
