/* The open loop of a worker: arrivals come when the plan says, whatever the
 * server does; what cannot start yet waits, and its wait is queue time. */
#include "worker_priv.h"

void worker_arrivals_init(struct worker *w)
{
	arrivals_init(&w->coming, &w->config->arrivals, w->control, w->config->seed, w->number, w->total);
	w->serving = w->coming;
}

void worker_note_arrivals(struct worker *w, int64_t until_ns)
{
	if (!worker_open(w) || worker_paused(w))
		return;
	while (arrivals_due_ns(&w->coming) < until_ns) {
		w->planned++;
		w->waiting++;
		w->backlog++;
		arrivals_next(&w->coming);
	}
}

void worker_drop_backlog(struct worker *w)
{
	worker_withdraw(w, w->backlog);
	w->backlog = 0;
	w->serving = w->coming;
}

int64_t worker_backlog_due_ns(struct worker *w)
{
	return arrivals_due_ns(&w->serving);
}

struct user *worker_take_arrival(struct worker *w)
{
	struct user *u = w->idle;

	if (u)
		w->idle = u->next;
	else
		u = worker_user(w, w->users.count);
	u->member = true;
	u->state = USER_READY;
	u->t0_ns = arrivals_due_ns(&w->serving);
	w->active++;
	w->backlog--;
	arrivals_next(&w->serving);
	return u;
}

void worker_make_idle(struct worker *w, struct user *u)
{
	exchange_leave(u);
	u->state = USER_IDLE;
	u->next = w->idle;
	w->idle = u;
	w->active--;
}
