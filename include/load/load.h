/* The load of one run: N worker threads, each with its own users, engine, PRNG
 * and ring. Main starts and steers it through `control`; the collector takes
 * the rings. */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include "base/err.h"
#include "http/engine.h"
#include "load/arrivals.h"
#include "load/control.h"
#include "load/dealing.h"
#include "metrics/ring.h"
#include "scenario/scenario.h"

struct load_config {
	const struct scenario *scenario; /* outlives the load */
	struct engine_config engine;
	int threads;         /* 1 to 64 */
	uint64_t seed;
	uint32_t run_id;     /* first half of each X-Request-ID */
	int64_t think_ns;    /* between an answer and the user's next request */
	/* After a 429 or 503 a user waits at least as long as Retry-After says. As
	 * thinking time: not before an open loop's next arrival, which is planned. */
	bool respect_retry_after;
	uint64_t ring_bytes; /* per worker; 0: 4 MiB */
	struct arrival_plan arrivals; /* of the open loop */
	/* Open loop: beyond so many requests in flight, all workers together,
	 * arrivals wait; 0: no bound. */
	uint32_t max_in_flight;
	/* Instead of the mix, these cases once, in order; then the load ends. With
	 * one user: one at a time. NULL: the mix. Outlives the load. */
	const struct script_item *script;
	uint64_t script_count;
};

struct load;

/* Opens the engines; no thread runs yet. `control` outlives the load. */
int load_new(const struct load_config *config, struct control *control,
	     struct load **out, struct err *err);
void load_free(struct load *load);

struct ring *load_ring(struct load *load, int worker);

/* Starts the worker threads with all signals blocked. */
int load_start(struct load *load, struct err *err);
/* After a change of control: wakes all workers. Main thread. */
void load_wake(struct load *load);
void load_join(struct load *load);

#endif
