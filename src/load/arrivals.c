#include "load/arrivals.h"

#include <math.h>

/* Apart from the streams of users, which are their numbers. */
#define STREAM (UINT64_C(1) << 40)

static double gap(struct arrivals *a)
{
	return -log1p(-rng_double(&a->rng)) * a->workers;
}

static double place_of(const struct arrivals *a)
{
	if (a->plan->kind == ARRIVAL_CONSTANT)
		return (double)a->number;
	return a->number < a->plan->places ? a->plan->place[a->number] : INFINITY;
}

void arrivals_init(struct arrivals *a, const struct arrival_plan *plan, const struct control *control,
		   uint64_t seed, int worker, int workers)
{
	*a = (struct arrivals){
		.plan = plan,
		.change = control->first,
		.number = (uint64_t)worker,
		.workers = (uint32_t)workers,
	};
	rng_seed(&a->rng, seed, STREAM + (uint64_t)worker);
	a->place = plan->kind == ARRIVAL_POISSON ? gap(a) : place_of(a);
}

int64_t arrivals_due_ns(struct arrivals *a)
{
	const struct load_change *next;
	int64_t due_ns;

	if (isinf(a->place))
		return INT64_MAX;
	for (;;) {
		due_ns = stretch_due_ns(&a->change->stretch, a->place);
		next = control_next(a->change);
		if (!next || due_ns < next->stretch.since_ns)
			return due_ns;
		a->change = next;
	}
}

void arrivals_next(struct arrivals *a)
{
	a->number += a->workers;
	if (a->plan->kind == ARRIVAL_POISSON)
		a->place += gap(a);
	else
		a->place = place_of(a);
}
