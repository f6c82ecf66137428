/* Who takes part in a worker's load, and the books of what came due: they are
 * kept where a user's state changes. */
#include "worker_priv.h"

#include <math.h>

void worker_make_ready(struct worker *w, struct user_queue *queue, struct user *u)
{
	u->state = USER_READY;
	w->planned++;
	w->waiting++;
	user_queue_add(queue, u);
}

void worker_withdraw(struct worker *w, uint64_t n)
{
	w->planned -= n;
	w->waiting -= n;
}

void worker_park(struct worker *w, struct user *u)
{
	if (u->state != USER_IDLE)
		w->active--;
	u->state = USER_PARKED;
	exchange_leave(u);
	user_queue_add(&w->parting, u);
}

void worker_rest(struct worker *w, struct user *u)
{
	if (worker_open(w))
		worker_make_idle(w, u);
	else
		worker_park(w, u);
}

void worker_schedule(struct worker *w, struct user *u, int64_t t0_ns, int64_t now_ns)
{
	u->t0_ns = t0_ns;
	if (t0_ns > now_ns) {
		u->state = USER_THINKING;
		user_heap_add(&w->thinking, u);
	} else if (worker_paused(w)) {
		u->state = USER_HELD;
	} else {
		worker_make_ready(w, &w->ready, u);
	}
}

void worker_wake_thinkers(struct worker *w, int64_t now_ns)
{
	struct user *u;

	while ((u = user_heap_first(&w->thinking)) && u->t0_ns <= now_ns) {
		user_heap_remove(&w->thinking, u);
		if (worker_paused(w))
			u->state = USER_HELD;
		else
			worker_make_ready(w, &w->ready, u);
	}
}

/* Whom a change of load brings in starts before those that wait already, so
 * that a key is felt at once, however busy the worker is. */
static void enter(struct worker *w, struct user *u, int64_t now_ns)
{
	u->t0_ns = now_ns;
	if (worker_paused(w))
		u->state = USER_HELD;
	else
		worker_make_ready(w, &w->entering, u);
}

struct user *worker_user(struct worker *w, uint32_t index)
{
	struct user *u;

	if (index >= w->users.count) {
		user_set_grow(&w->users, index + 1);
		user_heap_reserve(&w->thinking, index + 1);
	}
	u = user_at(&w->users, index);
	if (!u->worker) {
		u->worker = w;
		u->id = index * (uint32_t)w->total + (uint32_t)w->number;
		rng_seed(&u->rng, w->config->seed, u->id);
		exchange_user_init(w, u);
	}
	return u;
}

static void admit(struct worker *w, struct user *u, int64_t now_ns)
{
	w->active++;
	u->backoff = 0;
	enter(w, u, now_ns);
}

static void dismiss(struct worker *w, struct user *u)
{
	if (u->state == USER_THINKING)
		user_heap_remove(&w->thinking, u);
	worker_park(w, u);
}

/* Users cannot be taken from the middle of a queue: it is put
 * through once and those that stay are added again. */
static void filter(struct worker *w, struct user_queue *queue)
{
	for (uint32_t n = queue->count; n > 0; n--) {
		struct user *u = user_queue_take(queue);
		bool over = worker_open(w) && !u->in_session;

		if (!u->member || over || worker_paused(w))
			worker_withdraw(w, 1);
		if (!u->member || over)
			worker_rest(w, u);
		else if (worker_paused(w))
			u->state = USER_HELD;
		else
			user_queue_add(queue, u);
	}
}

void worker_leave_parting(struct worker *w)
{
	struct user *u;

	while ((u = user_queue_take(&w->parting)) != NULL)
		if (u->conn) {
			engine_conn_close(u->conn);
			u->conn = NULL;
		}
}

/* --- closed loop ------------------------------------------------------------ */

static bool under_way(const struct user *u)
{
	return u->state != USER_PARKED && u->state != USER_IDLE;
}

/* The first `mine` by number; after an open loop, `afresh`, those that are under
 * way before others, so that the load goes on as it was. */
static void choose_members(struct worker *w, bool afresh)
{
	uint32_t have = 0;

	for (uint32_t i = 0; i < w->users.count; i++) {
		struct user *u = user_at(&w->users, i);

		if (afresh)
			u->member = under_way(u) && have < w->mine;
		have += u->member;
	}
	for (uint32_t i = 0; have < w->mine; i++) {
		struct user *u = worker_user(w, i);

		have += !u->member;
		u->member = true;
	}
	for (uint32_t i = w->users.count; have > w->mine; i--) {
		struct user *u = user_at(&w->users, i - 1);

		have -= u->member;
		u->member = false;
	}
}

/* `resumed`: a pause is over. Being paused is not waiting: due again from now. */
static void place_users(struct worker *w, bool resumed, int64_t now_ns)
{
	for (uint32_t i = 0; i < w->users.count; i++) {
		struct user *u = user_at(&w->users, i);

		if (u->member && !under_way(u))
			admit(w, u, now_ns);
		else if (!u->member && u->state != USER_PARKED && u->state != USER_RUNNING)
			dismiss(w, u);
		else if (u->state == USER_HELD && resumed)
			enter(w, u, now_ns);
	}
}

static uint32_t share_of_users(const struct worker *w, int64_t now_ns)
{
	uint32_t users = (uint32_t)lround(stretch_level(&w->change->stretch, now_ns));
	uint32_t total = (uint32_t)w->total, number = (uint32_t)w->number;

	return (users + total - 1 - number) / total;
}

static void set_users(struct worker *w, bool afresh, bool resumed, int64_t now_ns)
{
	w->mine = share_of_users(w, now_ns);
	choose_members(w, afresh);
	/* A user can only be admitted again when it has left: it is in one queue at
	 * a time. Nor may the idle be in their list. */
	worker_leave_parting(w);
	w->idle = NULL;
	filter(w, &w->entering);
	filter(w, &w->ready);
	worker_leave_parting(w);
	place_users(w, resumed, now_ns);
}

/* --- open loop -------------------------------------------------------------- */

/* Sessions under way go on; whoever is in none waits for an arrival. */
static void open_up(struct worker *w, bool switched, bool resumed, int64_t now_ns)
{
	worker_leave_parting(w);
	w->mine = 0;
	for (uint32_t i = 0; switched && i < w->users.count; i++)
		user_at(&w->users, i)->member = true;
	filter(w, &w->entering);
	filter(w, &w->ready);
	for (uint32_t i = 0; i < w->users.count; i++) {
		struct user *u = user_at(&w->users, i);
		bool waits = u->state == USER_HELD || u->state == USER_THINKING;

		if (!u->worker)
			continue;
		if (switched && waits && !u->in_session) {
			if (u->state == USER_THINKING)
				user_heap_remove(&w->thinking, u);
			worker_make_idle(w, u);
		} else if (switched && u->state == USER_PARKED) {
			w->active++;
			worker_make_idle(w, u);
		} else if (u->state == USER_HELD && resumed) {
			enter(w, u, now_ns);
		}
	}
}

/* --- both ------------------------------------------------------------------- */

static void carry_out(struct worker *w, const struct load_change *before, int64_t now_ns)
{
	bool was_open = before && before->stretch.mode == MODE_OPEN, open = worker_open(w);
	bool resumed = before && before->stretch.paused && !worker_paused(w);

	/* Time out, or another loop: nobody waits for what was planned. */
	if (was_open && (!open || worker_paused(w)))
		worker_drop_backlog(w);
	if (open)
		open_up(w, !was_open, resumed, now_ns);
	else
		set_users(w, was_open, resumed, now_ns);
}

void worker_begin(struct worker *w)
{
	w->change = w->control->first;
	worker_arrivals_init(w);
	carry_out(w, NULL, w->change->stretch.since_ns);
}

void worker_follow(struct worker *w, int64_t now_ns)
{
	const struct load_change *next;

	while ((next = control_next(w->change)) && next->stretch.since_ns <= now_ns) {
		const struct load_change *before = w->change;

		/* What came due until then belongs to the load before. */
		worker_note_arrivals(w, next->stretch.since_ns);
		w->change = next;
		carry_out(w, before, now_ns);
	}
	if (!worker_open(w) && w->mine != share_of_users(w, now_ns)) /* a ramp */
		set_users(w, false, false, now_ns);
}

void worker_disband(struct worker *w)
{
	struct user_queue *queue[] = {&w->entering, &w->ready};
	struct user *u;

	/* What was due and did not start stays in the books as waiting, unless -n
	 * had nothing left for it. */
	if (w->out_of_tickets)
		worker_drop_backlog(w);
	for (int i = 0; i < 2; i++)
		while ((u = user_queue_take(queue[i])) != NULL) {
			if (w->out_of_tickets)
				worker_withdraw(w, 1);
			worker_park(w, u);
		}
	w->idle = NULL;
	for (uint32_t i = 0; i < w->users.count; i++) {
		u = user_at(&w->users, i);
		if (u->worker && (u->state == USER_HELD || u->state == USER_THINKING || u->state == USER_IDLE))
			dismiss(w, u);
	}
	w->disbanded = true;
}
