/* The worker's inside, for worker.c and worker_records.c alone. */
#ifndef LOAD_WORKER_PRIV_H
#define LOAD_WORKER_PRIV_H

#include "exchange.h"
#include "load/dealing.h"
#include "load/user.h"
#include "load/worker.h"
#include "pulse.h"

struct worker {
	const struct load_config *config;
	struct control *control;
	struct engine *engine;
	struct ring *ring;
	int number, total;

	struct control_level level; /* as last carried out */
	uint32_t applied;           /* generation last announced by an event */
	uint32_t mine;              /* users of this worker in that level */
	struct user_set users;
	struct user_queue entering; /* due because the load has just changed: first */
	struct user_queue ready;    /* due */
	struct user_queue parting;  /* leave as soon as no callback runs */
	struct user_heap thinking;
	struct dealing *dealing;      /* shared by all workers */
	struct check_scratch *checks;

	uint32_t active, in_flight;
	int64_t in_flight_since_ns;  /* when in_flight last changed */
	uint64_t in_flight_ns;       /* its integral up to then */
	uint64_t planned, started, waiting, dropped;
	uint64_t seq;
	uint32_t (*drops)[OUTCOME_COUNT]; /* per task, not yet reported */
	bool drops_pending;
	bool out_of_tickets, disbanded;
	int64_t next_gauge_ns;
	struct pulse pulse;
};

static inline int64_t run_us(const struct worker *w, int64_t ns)
{
	return control_run_us(w->control, ns);
}

/* Goes on to t. Also right where t is before the last one: the terms cancel. */
static inline void worker_integrate(struct worker *w, int64_t t_ns)
{
	w->in_flight_ns += (uint64_t)w->in_flight * (uint64_t)(t_ns - w->in_flight_since_ns);
	w->in_flight_since_ns = t_ns;
}

/* Records are written into the ring and not yet published. A ring is in order of
 * time: what carries an earlier time goes first. */

/* A finished exchange; a full ring makes it a drop, counted in the worker. */
void worker_push_sample(struct worker *w, const struct user *u, const struct engine_result *r,
			const struct outcome_of_exchange *x);
/* What was dropped since, as far as there is room; drops_pending tells. */
void worker_push_drops(struct worker *w, int64_t now_ns);
int worker_push_gauge(struct worker *w, int64_t now_ns); /* -1: no room */
void worker_push_event(struct worker *w, enum event_kind what, int64_t value, const char *text,
		       int64_t now_ns);
/* The last gauge and REC_END, waiting for room, published. */
void worker_push_last(struct worker *w);

#endif
