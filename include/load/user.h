/* The virtual users of one worker: their states and the two queues they wait
 * in. No I/O and no clock in here; owned by the worker's thread. */
#ifndef LOAD_USER_H
#define LOAD_USER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/rng.h"
#include "http/request.h"

struct answer;
struct conversation;
struct engine_conn;
struct worker;

#define REQUEST_ID_BYTES 32

enum user_state {
	USER_PARKED,   /* not taking part; no connection */
	USER_IDLE,     /* open loop: waits for an arrival, its connection open */
	USER_HELD,     /* takes part, the load is paused */
	USER_THINKING, /* due at t0_ns, in the heap */
	USER_READY,    /* due, in the ready queue */
	USER_RUNNING,  /* an exchange is under way */
};

struct user {
	struct worker *worker;
	struct engine_conn *conn; /* NULL until first needed */
	struct answer *answer;    /* these two from the user's first admission on */
	struct conversation *talk;
	const struct http_variant *variant; /* of the running exchange */
	struct http_variant altered; /* what it points to where a micro-experiment altered it, */
	struct buf altered_body;     /* its body, */
	uint64_t mark;               /* and by what its prompt's hash differs; 0: by nothing */
	uint64_t frozen_hash;        /* of a body that stays the same, since change */
	uint32_t frozen;             /* number so and so; 0: none */
	struct user *next;        /* in a queue, or among the idle */
	uint32_t id;              /* over all workers */
	uint32_t heap_index;
	int64_t t0_ns; /* when the next (or running) exchange is or was due */
	int64_t ts_ns; /* running: when it was handed over */
	uint64_t seq;
	struct rng rng; /* stream = id: a user's choices do not depend on threads */
	uint16_t task;
	uint8_t state;   /* enum user_state */
	uint8_t backoff; /* doublings of the wait after a failed connection */
	bool warmup;     /* started in the warm-up, without a ticket */
	bool in_session; /* its conversation has another turn to come */
	bool member;     /* takes part: leaves after its exchange when not */
	bool held;       /* its exchange came due before there was room for it in flight */
	char request_id[REQUEST_ID_BYTES];
};

/* Growing set of users with stable addresses. */
struct user_set {
	struct user **chunk;
	uint32_t count; /* made so far */
};

#define USER_CHUNK 256
struct user *user_at(const struct user_set *set, uint32_t index);
/* Grows the set to `count` users, all parked and zeroed but for their index. */
void user_set_grow(struct user_set *set, uint32_t count);
void user_set_fini(struct user_set *set);

/* First come, first served. */
struct user_queue {
	struct user *first, *last;
	uint32_t count;
};
void user_queue_add(struct user_queue *queue, struct user *user);
struct user *user_queue_take(struct user_queue *queue); /* NULL when empty */

/* By due time. Room for all users is made when the set grows, so that adding
 * allocates nothing. */
struct user_heap {
	struct user **slot;
	uint32_t count, room;
};
void user_heap_reserve(struct user_heap *heap, uint32_t room);
void user_heap_add(struct user_heap *heap, struct user *user);
void user_heap_remove(struct user_heap *heap, struct user *user);
struct user *user_heap_first(const struct user_heap *heap); /* or NULL */
void user_heap_fini(struct user_heap *heap);

#endif
