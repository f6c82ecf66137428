/* One worker thread: its users, engine, PRNG and the write end of its ring.
 * Created and freed by load.c; everything else happens in the thread. */
#ifndef LOAD_WORKER_H
#define LOAD_WORKER_H


#include "load/dealing.h"
#include "load/load.h"

struct worker;

/* Opens the engine and the ring. `number` of `total` deals out the users;
 * `dealing` is shared by all workers and outlives them. */
int worker_new(const struct load_config *config, struct control *control,
	       struct dealing *dealing, int number, int total, struct worker **out,
	       struct err *err);
void worker_free(struct worker *worker);
/* The thread's function: runs until the load has ended. */
void worker_run(struct worker *worker);
void worker_wake(struct worker *worker); /* any thread */
struct ring *worker_ring(struct worker *worker);

#endif
