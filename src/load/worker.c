/* A worker's loop. Design notes:
 *
 * - Users are dealt out by number: worker w of W has users w, w + W, w + 2W, …
 *   A user is parked, held (paused), thinking, ready or running; books are kept
 *   where the state changes, never derived, so that the audit can find a leak.
 * - A sample is written into the ring in place, once an iteration made visible,
 *   then the watermark moves: nothing earlier than it can come any more,
 *   because the engine stamps te after it.
 * - The worker ends by itself (time, tickets) so that a blocked screen never
 *   prolongs a load. */
#include "load/worker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "load/user.h"

#define TICK_NS (10 * NS_PER_MS)   /* the watermark moves at least this often */
#define GAUGE_NS (100 * NS_PER_MS)
#define START_BATCH 64 /* starts between two looks at the sockets */
#define DEFAULT_RING_BYTES (4u << 20)

/* A target that refuses connections is asked again after 50 ms, 100 ms, … at
 * most 1 s, so that a dead server costs neither of us a core. */
#define BACKOFF_NS (50 * NS_PER_MS)
#define BACKOFF_MAX_NS NS_PER_S

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
	struct user_queue ready;
	struct user_queue parting; /* leave as soon as no callback runs */
	struct user_heap thinking;
	double *task_edge; /* cumulative weights, last one = 1 */

	uint32_t active, in_flight;
	uint64_t planned, started, waiting, dropped;
	uint64_t seq;
	uint32_t (*drops)[OUTCOME_COUNT]; /* per task, not yet reported */
	bool drops_pending;
	bool out_of_tickets, disbanded;
	int64_t next_gauge_ns;
	_Atomic bool ended; /* release store by the thread, acquire load by others */
};

static int64_t run_us(const struct worker *w, int64_t ns)
{
	return control_run_us(w->control, ns);
}

static struct rec head(const struct worker *w, enum rec_kind kind, size_t bytes, int64_t t_us)
{
	return (struct rec){
		.bytes = (uint32_t)bytes,
		.kind = (uint16_t)kind,
		.worker = (uint16_t)w->number,
		.t_us = t_us,
	};
}

/* --- the books ------------------------------------------------------------ */

static void make_ready(struct worker *w, struct user *u)
{
	u->state = USER_READY;
	w->planned++;
	w->waiting++;
	user_queue_add(&w->ready, u);
}

/* Takes back what came due and will not be sent. */
static void withdraw(struct worker *w)
{
	w->planned--;
	w->waiting--;
}

static void park(struct worker *w, struct user *u)
{
	u->state = USER_PARKED;
	w->active--;
	user_queue_add(&w->parting, u);
}

/* acquire, here and below: pairs with main's release stores */
static int64_t stop_at_ns(const struct worker *w)
{
	return atomic_load_explicit(&w->control->stop_at_ns, memory_order_acquire);
}

static int64_t drain_until_ns(const struct worker *w)
{
	return atomic_load_explicit(&w->control->drain_until_ns, memory_order_acquire);
}

static bool stopping(struct worker *w, int64_t now_ns)
{
	/* The warm-up takes no tickets, so none are left only after it. */
	if (atomic_load_explicit(&w->control->tickets, memory_order_relaxed) <= 0)
		w->out_of_tickets = true;
	return w->out_of_tickets || now_ns >= stop_at_ns(w);
}

/* The user's next exchange is due at t0; what it does until then. */
static void schedule(struct worker *w, struct user *u, int64_t t0_ns, int64_t now_ns)
{
	u->t0_ns = t0_ns;
	if (t0_ns > now_ns) {
		u->state = USER_THINKING;
		user_heap_add(&w->thinking, u);
	} else if (w->level.paused) {
		u->state = USER_HELD;
	} else {
		make_ready(w, u);
	}
}

/* --- records -------------------------------------------------------------- */

static int push_gauge(struct worker *w, int64_t now_ns)
{
	struct rec_gauge g = {
		.rec = head(w, REC_GAUGE, sizeof g, run_us(w, now_ns)),
		.users_target = w->mine,
		.users_active = w->active,
		.in_flight = w->in_flight,
		.connections = engine_connections(w->engine),
		.planned = w->planned,
		.started = w->started,
		.waiting = w->waiting,
		.worker_cpu_us = (uint64_t)(clock_thread_cpu_ns() / NS_PER_US),
		.process_cpu_us = (uint64_t)(clock_process_cpu_ns() / NS_PER_US),
		.ring_dropped = w->dropped,
	};

	g.busiest_cpu_us = g.worker_cpu_us;
	return ring_push(w->ring, &g.rec);
}

static void push_drops(struct worker *w, int64_t now_ns)
{
	for (int task = 0; task < w->config->scenario->task_count; task++) {
		uint32_t *n = w->drops[task];
		struct rec_drops d = {
			.rec = head(w, REC_DROPS, sizeof d, run_us(w, now_ns)),
			.task = (uint32_t)task,
		};

		if (!(n[0] | n[1] | n[2]))
			continue;
		memcpy(d.count, n, sizeof d.count);
		if (ring_push(w->ring, &d.rec))
			return; /* still full; drops_pending stays */
		memset(n, 0, sizeof d.count);
	}
	w->drops_pending = false;
}

static void push_event(struct worker *w, enum event_kind what, int64_t value,
		       const char *text, int64_t now_ns)
{
	size_t text_bytes = strlen(text);

	if (text_bytes > REC_TEXT_MAX)
		text_bytes = REC_TEXT_MAX;
	uint32_t bytes = rec_bytes(sizeof(struct rec_event), text_bytes);
	struct rec_event *e = ring_reserve(w->ring, bytes);

	if (!e)
		return;
	*e = (struct rec_event){
		.rec = head(w, REC_EVENT, bytes, run_us(w, now_ns)),
		.value = value,
		.what = (uint16_t)what,
		.text_bytes = (uint16_t)text_bytes,
	};
	memcpy(e->text, text, text_bytes);
	ring_commit(w->ring);
}

static enum outcome outcome_of(enum error_class error)
{
	if (error == ERROR_NONE)
		return OUTCOME_SUCCEEDED;
	if (error == ERROR_TIMEOUT || error == ERROR_ABORTED)
		return OUTCOME_CENSORED;
	return OUTCOME_FAILED;
}

static void push_sample(struct worker *w, const struct user *u, const struct engine_result *r)
{
	enum outcome outcome = outcome_of(r->error);
	size_t text_bytes = r->error != ERROR_NONE && r->message ? strlen(r->message) : 0;

	if (text_bytes > REC_TEXT_MAX)
		text_bytes = REC_TEXT_MAX;
	uint32_t bytes = rec_bytes(sizeof(struct rec_sample), text_bytes);
	struct rec_sample *s = ring_reserve(w->ring, bytes);

	if (!s) {
		w->drops[u->task][outcome]++;
		w->dropped++;
		w->drops_pending = true;
		return;
	}
	*s = (struct rec_sample){
		.rec = head(w, REC_SAMPLE, bytes, run_us(w, r->te_ns)),
		.t0_us = run_us(w, u->t0_ns),
		.ts_us = run_us(w, r->ts_ns),
		.th_us = r->th_ns ? run_us(w, r->th_ns) : -1,
		.bytes_in = r->bytes_in,
		.bytes_out = r->bytes_out,
		.seq = u->seq,
		.dns_us = r->dns_us,
		.connect_us = r->connect_us,
		.tls_us = r->tls_us,
		.user = u->id,
		.code = r->code,
		.task = u->task,
		.status = r->status,
		.text_bytes = (uint16_t)text_bytes,
		.error = (uint8_t)r->error,
		.outcome = (uint8_t)outcome,
		.flags = (uint8_t)((r->new_connection ? SAMPLE_NEW_CONNECTION : 0) |
				   (r->tls ? SAMPLE_TLS : 0) |
				   (r->answered ? SAMPLE_ANSWERED : 0)),
	};
	memcpy(s->text, r->message ? r->message : "", text_bytes);
	ring_commit(w->ring);
}

/* --- exchanges ------------------------------------------------------------ */

static uint16_t pick_task(const struct worker *w, struct user *u)
{
	int last = w->config->scenario->task_count - 1, task = 0;

	if (last > 0) {
		double x = rng_double(&u->rng);

		while (task < last && x >= w->task_edge[task])
			task++;
	}
	return (uint16_t)task;
}

/* A ticket is one exchange of -n; the warm-up's are free. */
static bool take_ticket(struct worker *w, struct user *u, int64_t now_ns)
{
	u->warmup = now_ns < w->control->warmup_until_ns;
	if (u->warmup)
		return true;
	/* relaxed: only the count is shared */
	if (atomic_load_explicit(&w->control->tickets, memory_order_relaxed) == INT64_MAX)
		return true;
	return atomic_fetch_sub_explicit(&w->control->tickets, 1, memory_order_relaxed) > 0;
}

static void start_exchange(struct worker *w, struct user *u)
{
	const struct scenario *scenario = w->config->scenario;
	int64_t now_ns = clock_ns();

	if (!take_ticket(w, u, now_ns)) {
		w->out_of_tickets = true;
		withdraw(w);
		park(w, u);
		return;
	}
	if (!u->conn)
		u->conn = engine_conn_new(w->engine, u);
	if (!u->conn) {
		push_event(w, EVENT_NOTE, u->id, "no resources for another user's connection", now_ns);
		withdraw(w);
		park(w, u);
		return;
	}
	u->task = pick_task(w, u);
	u->seq = w->seq++ * (uint64_t)w->total + (uint64_t)w->number;
	snprintf(u->request_id, sizeof u->request_id, "%08x-%08llx", w->config->run_id,
		 (unsigned long long)u->seq);
	u->state = USER_RUNNING;
	u->ts_ns = now_ns;
	w->waiting--;
	w->started++;
	w->in_flight++;
	engine_start(u->conn, &scenario->task[u->task].request, u->request_id);
}

static bool is_mine(const struct worker *w, const struct user *u)
{
	return (u->id - (uint32_t)w->number) / (uint32_t)w->total < w->mine;
}

static void finish(struct worker *w, struct user *u, const struct engine_result *r)
{
	int64_t pause_ns = w->config->think_ns;

	push_sample(w, u, r);
	w->in_flight--;
	/* Started in the warm-up, ended in the measured time: it counts. */
	if (u->warmup && r->te_ns >= w->control->warmup_until_ns &&
	    atomic_load_explicit(&w->control->tickets, memory_order_relaxed) != INT64_MAX)
		atomic_fetch_sub_explicit(&w->control->tickets, 1, memory_order_relaxed);

	if (!is_mine(w, u) || stopping(w, r->te_ns)) {
		park(w, u);
		return;
	}
	if (r->error == ERROR_CONNECT || r->error == ERROR_DNS) {
		int64_t wait = BACKOFF_NS << u->backoff;

		if (wait < BACKOFF_MAX_NS)
			u->backoff++;
		pause_ns += wait < BACKOFF_MAX_NS ? wait : BACKOFF_MAX_NS;
	} else {
		u->backoff = 0;
	}
	schedule(w, u, r->te_ns + pause_ns, r->te_ns);
}

static void on_done(void *owner, const struct engine_result *r)
{
	struct user *u = owner;

	finish(u->worker, u, r);
}

/* What still runs when draining ends counts as at least its age. */
static void cut_off(struct worker *w)
{
	for (uint32_t i = 0; i < w->users.count; i++) {
		struct user *u = user_at(&w->users, i);

		if (u->state != USER_RUNNING)
			continue;
		engine_cancel(u->conn);
		struct engine_result r = {
			.ts_ns = u->ts_ns,
			.te_ns = clock_ns(),
			.error = ERROR_ABORTED,
			.message = "still running when the load ended",
		};
		finish(w, u, &r);
	}
}

/* --- control -------------------------------------------------------------- */

static void admit(struct worker *w, struct user *u, uint32_t index, int64_t now_ns)
{
	if (!u->worker) {
		u->worker = w;
		u->id = index * (uint32_t)w->total + (uint32_t)w->number;
		rng_seed(&u->rng, w->config->seed, u->id);
	}
	w->active++;
	u->backoff = 0;
	schedule(w, u, now_ns, now_ns);
}

static void dismiss(struct worker *w, struct user *u)
{
	if (u->state == USER_THINKING)
		user_heap_remove(&w->thinking, u);
	park(w, u);
}

/* Users in the ready queue cannot be taken from its middle: the queue is put
 * through once and those that stay are added again. */
static void filter_ready(struct worker *w)
{
	for (uint32_t n = w->ready.count; n > 0; n--) {
		struct user *u = user_queue_take(&w->ready);

		if (!is_mine(w, u)) {
			withdraw(w);
			park(w, u);
		} else if (w->level.paused) {
			withdraw(w);
			u->state = USER_HELD;
		} else {
			user_queue_add(&w->ready, u);
		}
	}
}

static void leave_parting(struct worker *w)
{
	struct user *u;

	while ((u = user_queue_take(&w->parting)) != NULL)
		if (u->conn) {
			engine_conn_close(u->conn);
			u->conn = NULL;
		}
}

static void apply_level(struct worker *w, struct control_level level, int64_t now_ns)
{
	uint32_t total = (uint32_t)w->total, number = (uint32_t)w->number;
	bool resumed = w->level.paused && !level.paused;

	w->level = level;
	w->mine = (level.users + total - 1 - number) / total;
	/* First, because a user can only be admitted again when it has left: it
	 * is in one queue at a time. */
	leave_parting(w);
	filter_ready(w);
	if (w->mine > w->users.count) {
		user_set_grow(&w->users, w->mine);
		user_heap_reserve(&w->thinking, w->mine);
	}
	for (uint32_t i = 0; i < w->users.count; i++) {
		struct user *u = user_at(&w->users, i);

		if (i >= w->mine) {
			if (u->state == USER_HELD || u->state == USER_THINKING)
				dismiss(w, u);
		} else if (u->state == USER_PARKED) {
			admit(w, u, i, now_ns);
		} else if (u->state == USER_HELD && resumed) {
			/* Being paused is not waiting: due again from now. */
			schedule(w, u, now_ns, now_ns);
		}
	}
}

static void wake_thinkers(struct worker *w, int64_t now_ns)
{
	struct user *u;

	while ((u = user_heap_first(&w->thinking)) && u->t0_ns <= now_ns) {
		user_heap_remove(&w->thinking, u);
		if (w->level.paused)
			u->state = USER_HELD;
		else
			make_ready(w, u);
	}
}

/* --- the loop ------------------------------------------------------------- */

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t next_due_ns(const struct worker *w, int64_t now_ns, bool stop)
{
	int64_t until = least(now_ns + TICK_NS, w->next_gauge_ns);
	const struct user *u = user_heap_first(&w->thinking);

	if (stop)
		return least(until, drain_until_ns(w));
	if (w->ready.count)
		return now_ns;
	if (u)
		until = least(until, u->t0_ns);
	return least(until, stop_at_ns(w));
}

/* Everything must get into the ring now; the collector makes room. */
static void last_records(struct worker *w)
{
	const struct timespec nap = {.tv_nsec = NS_PER_MS};
	int64_t now_ns = clock_ns();
	struct rec end;

	while (w->drops_pending) {
		push_drops(w, now_ns);
		ring_publish(w->ring);
		if (w->drops_pending)
			nanosleep(&nap, NULL);
	}
	while (push_gauge(w, now_ns)) {
		ring_publish(w->ring);
		nanosleep(&nap, NULL);
	}
	end = head(w, REC_END, sizeof end, run_us(w, now_ns));
	while (ring_push(w->ring, &end)) {
		ring_publish(w->ring);
		nanosleep(&nap, NULL);
	}
	ring_publish(w->ring);
	ring_set_through(w->ring, INT64_MAX);
}

/* The load has ended: nobody starts any more. What was due and did not start
 * stays in the books as waiting, unless -n had nothing left for it. */
static void disband(struct worker *w)
{
	struct user *u;

	while ((u = user_queue_take(&w->ready)) != NULL) {
		if (w->out_of_tickets)
			withdraw(w);
		park(w, u);
	}
	for (uint32_t i = 0; i < w->users.count; i++) {
		u = user_at(&w->users, i);
		if (u->state == USER_HELD || u->state == USER_THINKING)
			dismiss(w, u);
	}
	w->disbanded = true;
}

static void start_ready(struct worker *w)
{
	for (int n = 0; n < START_BATCH && w->ready.count && !w->out_of_tickets; n++)
		start_exchange(w, user_queue_take(&w->ready));
	if (!w->ready.count && w->applied != w->level.generation) {
		w->applied = w->level.generation;
		push_event(w, EVENT_APPLIED, w->applied, "", clock_ns());
	}
}

/* Records that carry now_ns go first: a ring is in order of time. */
static void report(struct worker *w, int64_t now_ns)
{
	if (w->drops_pending)
		push_drops(w, now_ns);
	if (now_ns >= w->next_gauge_ns) {
		push_gauge(w, now_ns); /* refused: the next one says it too */
		w->next_gauge_ns = now_ns + GAUGE_NS;
	}
}

void worker_run(struct worker *w)
{
	w->next_gauge_ns = w->control->start_ns;
	for (;;) {
		int64_t now_ns = clock_ns();
		struct control_level level = control_level(w->control);
		bool stop = stopping(w, now_ns);

		report(w, now_ns);
		if (!stop) {
			if (level.generation != w->level.generation)
				apply_level(w, level, now_ns);
			wake_thinkers(w, now_ns);
			start_ready(w);
		} else {
			if (!w->disbanded)
				disband(w);
			if (w->in_flight && now_ns >= drain_until_ns(w))
				cut_off(w);
			if (!w->in_flight)
				break;
		}
		leave_parting(w);
		ring_publish(w->ring);
		ring_set_through(w->ring, run_us(w, now_ns));
		engine_run(w->engine, next_due_ns(w, now_ns, stop));
	}
	leave_parting(w);
	last_records(w);
	/* release: what the thread wrote is there when others see the end */
	atomic_store_explicit(&w->ended, true, memory_order_release);
}

/* --- life ----------------------------------------------------------------- */

static void make_task_edges(struct worker *w)
{
	const struct scenario *scenario = w->config->scenario;
	double all = 0, sum = 0;

	w->task_edge = xcalloc((size_t)scenario->task_count, sizeof *w->task_edge);
	for (int i = 0; i < scenario->task_count; i++)
		all += scenario->task[i].weight;
	for (int i = 0; i < scenario->task_count; i++) {
		sum += scenario->task[i].weight;
		w->task_edge[i] = sum / all;
	}
}

int worker_new(const struct load_config *config, struct control *control, int number,
	       int total, struct worker **out, struct err *err)
{
	static const struct engine_callbacks callbacks = {.on_done = on_done};
	struct worker *w = xcalloc(1, sizeof *w);

	w->config = config;
	w->control = control;
	w->number = number;
	w->total = total;
	if (engine_open(&config->engine, &callbacks, &w->engine, err)) {
		free(w);
		return -1;
	}
	w->ring = ring_new(config->ring_bytes ? config->ring_bytes : DEFAULT_RING_BYTES);
	w->drops = xcalloc((size_t)config->scenario->task_count, sizeof *w->drops);
	make_task_edges(w);
	*out = w;
	return 0;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	for (uint32_t i = 0; i < w->users.count; i++) {
		struct user *u = user_at(&w->users, i);

		if (u->conn)
			engine_conn_close(u->conn);
	}
	engine_close(w->engine);
	ring_free(w->ring);
	user_heap_fini(&w->thinking);
	user_set_fini(&w->users);
	free(w->task_edge);
	free(w->drops);
	free(w);
}

void worker_wake(struct worker *w)
{
	engine_wake(w->engine);
}

struct ring *worker_ring(struct worker *w)
{
	return w->ring;
}

bool worker_ended(const struct worker *w)
{
	/* acquire: pairs with the store at the end of worker_run() */
	return atomic_load_explicit(&w->ended, memory_order_acquire);
}
