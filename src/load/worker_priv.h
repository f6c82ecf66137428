/* The worker's inside, for the worker*.c files alone. */
#ifndef LOAD_WORKER_PRIV_H
#define LOAD_WORKER_PRIV_H

#include "exchange.h"
#include "load/arrivals.h"
#include "load/dealing.h"
#include "load/user.h"
#include "load/worker.h"
#include "picks.h"
#include "pulse.h"

struct worker {
	const struct load_config *config;
	struct control *control;
	struct engine *engine;
	struct ring *ring;
	int number, total;

	const struct load_change *change; /* as last carried out; NULL before the start */
	uint32_t applied;                 /* generation last announced by an event */
	uint32_t mine; /* closed loop: users of this worker; those marked as members */
	struct user_set users;
	struct user_queue entering; /* due because the load has just changed: first */
	struct user_queue ready;    /* due */
	struct user_queue parting;  /* leave as soon as no callback runs */
	struct user_heap thinking;

	/* Open loop: two readers of one sequence. Between them lies what came due
	 * and waits for its start, however much: it takes no memory. */
	struct arrivals coming, serving;
	uint64_t backlog;       /* arrivals from `serving` up to `coming` */
	uint32_t max_in_flight; /* this worker's share */
	int64_t full_ns;        /* until when that was last full */
	struct user *idle;      /* the last used first: its connection is warm */

	struct dealing *dealing;      /* shared by all workers */
	struct check_scratch *checks;

	struct picks picks;
	char *scratch;                 /* a text on its way into an exemplar */
	struct rec_exemplar *exemplar; /* REC_EXEMPLAR_MAX bytes */

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

static inline bool worker_open(const struct worker *w)
{
	return w->change->stretch.mode == MODE_OPEN;
}

static inline bool worker_paused(const struct worker *w)
{
	return w->change->stretch.paused;
}

/* --- worker_users.c: who takes part, and the books ------------------------- */

/* Due, and in the queue. */
void worker_make_ready(struct worker *w, struct user_queue *queue, struct user *u);
/* Takes back `n` that came due and will not be sent. */
void worker_withdraw(struct worker *w, uint64_t n);
/* Takes part no more; its connection closes when no callback runs. */
void worker_park(struct worker *w, struct user *u);
/* An exchange that came to nothing, or a session that is over: what a user does
 * who has nothing to do. */
void worker_rest(struct worker *w, struct user *u);
/* The user's next exchange is due at t0; what it does until then. */
void worker_schedule(struct worker *w, struct user *u, int64_t t0_ns, int64_t now_ns);
void worker_wake_thinkers(struct worker *w, int64_t now_ns);
/* The load as it is at the start. */
void worker_begin(struct worker *w);
/* Carries out what has changed by now. */
void worker_follow(struct worker *w, int64_t now_ns);
/* The load has ended: nobody starts any more. */
void worker_disband(struct worker *w);
/* Closes the connections of those that were parked; in no callback. */
void worker_leave_parting(struct worker *w);
/* User `index` of this worker, made when it is new. */
struct user *worker_user(struct worker *w, uint32_t index);

/* --- worker_arrivals.c: the open loop --------------------------------------- */

void worker_arrivals_init(struct worker *w);
/* Notes what has come due before `until_ns`. */
void worker_note_arrivals(struct worker *w, int64_t until_ns);
/* What waits will not be sent. */
void worker_drop_backlog(struct worker *w);
/* When the first that waits was due; only with a backlog. */
int64_t worker_backlog_due_ns(struct worker *w);
/* A user for it, who starts at once. */
struct user *worker_take_arrival(struct worker *w);
void worker_make_idle(struct worker *w, struct user *u);

/* --- worker_records.c -------------------------------------------------------- */

/* Records are written into the ring and not yet published. A ring is in order of
 * time: what carries an earlier time goes first. */

/* A finished exchange; a full ring makes it a drop, counted in the worker. */
void worker_push_sample(struct worker *w, const struct user *u, const struct engine_result *r,
			const struct outcome_of_exchange *x);
/* Behind it, where the exchange is one to be kept, what was sent and what came. Before the
 * user's next exchange and its checks. */
void worker_exemplars_init(struct worker *w);
void worker_exemplars_fini(struct worker *w);
void worker_push_exemplar(struct worker *w, const struct user *u, const struct rec_sample *sample,
			  const struct outcome_of_exchange *x);
/* What was dropped since, as far as there is room; drops_pending tells. */
void worker_push_drops(struct worker *w, int64_t now_ns);
int worker_push_gauge(struct worker *w, int64_t now_ns); /* -1: no room */
void worker_push_event(struct worker *w, enum event_kind what, int64_t value, const char *text,
		       int64_t now_ns);
/* The last gauge and REC_END, waiting for room, published. */
void worker_push_last(struct worker *w);

#endif
