/* Inside the store of exemplars: exemplars.c decides what stays, exemplars_find.c looks. */
#ifndef RUN_EXEMPLARS_PRIV_H
#define RUN_EXEMPLARS_PRIV_H

#include <pthread.h>

#include "run/exemplars.h"

#define EXEMPLARS_CHAINS 4096

struct entry {
	struct rec_exemplar *rec; /* NULL: the place is free */
	uint64_t key;             /* equal for those that are alike */
	uint64_t message;         /* its hash */
	int next;                 /* in its chain; -1: the last */
	bool first;               /* among the first of its error class */
};

struct exemplars {
	pthread_mutex_t lock; /* around all below */
	struct entry entry[EXEMPLARS_MAX];
	int chain[EXEMPLARS_CHAINS]; /* by key; -1: empty */
	int slowest[SNAP_TASKS];     /* by task; -1: none */
	uint8_t first[ERROR_CLASS_COUNT];
	int64_t stretch_us;
	int count, next;
	size_t bytes;
};

static inline int64_t exemplar_latency_us(const struct rec_sample *s, int clock)
{
	return clock == CLOCK_SERVICE ? s->rec.t_us - s->ts_us
	       : clock == CLOCK_QUEUE ? s->ts_us - s->t0_us
				      : s->rec.t_us - s->t0_us;
}

/* Equal for messages that differ in numbers and ids only, as far as a snapshot has them. */
uint64_t exemplar_message_hash(const char *text, size_t bytes);

#endif
