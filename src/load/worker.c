/* A worker's loop. Design notes:
 *
 * - Users are dealt out by number: worker w of W has users w, w + W, w + 2W, …
 *   A user is parked, idle, held (paused), thinking, ready or running; books are
 *   kept where the state changes, never derived, so that the audit can find a leak.
 * - A sample is written into the ring in place, once an iteration made visible,
 *   then the watermark moves: nothing earlier than it can come any more,
 *   because the engine stamps te after it.
 * - The worker ends by itself (time, tickets) so that a blocked screen never
 *   prolongs a load. */
#include "worker_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

#define TICK_NS (10 * NS_PER_MS)   /* the watermark moves at least this often */
#define GAUGE_NS (100 * NS_PER_MS)
/* Starts between two looks at the sockets: so many, for so long or for a part of
 * what the sockets took. What arrives meanwhile is seen late. A new connection costs
 * the sockets two to four times what it costs here: were the part larger, each round
 * would be longer than the one before. */
#define START_BATCH 64
#define START_NS (50 * NS_PER_US)
#define START_PART 8
#define AWAKE_NS (40 * NS_PER_US) /* before an arrival */
#define AWAKE_SHARE 0.05          /* of a core, at most */
#define DEFAULT_RING_BYTES (4u << 20)

/* A target that refuses connections is asked again after 50 ms, 100 ms, … at
 * most 1 s, so that a dead server costs neither of us a core. */
#define BACKOFF_NS (50 * NS_PER_MS)
#define BACKOFF_MAX_NS NS_PER_S

/* --- when ----------------------------------------------------------------- */

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

/* --- exchanges ------------------------------------------------------------ */

static const struct task *task_of(const struct worker *w, const struct user *u)
{
	return &w->config->scenario->task[u->task];
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

/* At least eight hexadecimal digits; returns behind the last. */
static char *put_hex(char *out, uint64_t value)
{
	int digits = 8;

	while (digits < 16 && value >> 4 * digits)
		digits++;
	for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
		*out++ = "0123456789abcdef"[value >> shift & 15];
	return out;
}

/* By hand: snprintf() would take a fifth of what a request takes here. */
static void name_request(char out[REQUEST_ID_BYTES], uint32_t run_id, uint64_t seq)
{
	out = put_hex(out, run_id);
	*out++ = '-';
	*put_hex(out, seq) = '\0';
}

/* In an open loop what is due waits while as many are in flight as may be. */
static bool may_start(const struct worker *w)
{
	return !worker_open(w) || w->in_flight < w->max_in_flight;
}

static void start_exchange(struct worker *w, struct user *u)
{
	int64_t now_ns = clock_ns();

	if (!take_ticket(w, u, now_ns)) {
		w->out_of_tickets = true;
		worker_withdraw(w, 1);
		worker_rest(w, u);
		return;
	}
	if (!u->conn)
		u->conn = engine_conn_new(w->engine, u);
	if (!u->conn) {
		worker_push_event(w, EVENT_NOTE, u->id, "no resources for another user's connection", now_ns);
		worker_withdraw(w, 1);
		worker_rest(w, u);
		return;
	}
	u->seq = w->seq * (uint64_t)w->total + (uint64_t)w->number;
	if (!exchange_prepare(w, u)) {
		w->out_of_tickets = true;
		worker_withdraw(w, 1);
		worker_rest(w, u);
		return;
	}
	w->seq++;
	name_request(u->request_id, w->config->run_id, u->seq);
	u->state = USER_RUNNING;
	u->ts_ns = now_ns;
	u->held = worker_open(w) && u->t0_ns <= w->full_ns;
	w->waiting--;
	w->started++;
	worker_integrate(w, now_ns);
	w->in_flight++;
	engine_start(u->conn, &task_of(w, u)->request, u->variant, u->request_id);
}

static int64_t most(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void finish(struct worker *w, struct user *u, const struct engine_result *r)
{
	int64_t pause_ns = task_of(w, u)->think_ns;
	struct outcome_of_exchange x;

	if (pause_ns < 0)
		pause_ns = w->config->think_ns;
	exchange_conclude(w, u, r, &x);
	pause_ns = most(pause_ns, exchange_stay_away_ns(w, r, &x));
	worker_push_sample(w, u, r, &x);
	worker_integrate(w, r->te_ns);
	/* It waited in the engine first, which its queue time says. */
	w->in_flight_ns -= (uint64_t)(r->ts_ns - u->ts_ns);
	if (!may_start(w))
		w->full_ns = r->te_ns;
	w->in_flight--;
	/* Started in the warm-up, ended in the measured time: it counts. */
	if (u->warmup && r->te_ns >= w->control->warmup_until_ns &&
	    atomic_load_explicit(&w->control->tickets, memory_order_relaxed) != INT64_MAX)
		atomic_fetch_sub_explicit(&w->control->tickets, 1, memory_order_relaxed);

	if (stopping(w, r->te_ns)) {
		worker_park(w, u);
		return;
	}
	if (worker_open(w) ? !u->in_session : !u->member) {
		worker_rest(w, u);
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
	worker_schedule(w, u, r->te_ns + pause_ns, r->te_ns);
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
		struct engine_result r = {
			.ts_ns = u->ts_ns,
			.te_ns = clock_ns(),
			.error = ERROR_ABORTED,
			.message = "still running when the load ended",
		};
		engine_bytes(u->conn, &r.bytes_in, &r.bytes_out);
		engine_cancel(u->conn);
		finish(w, u, &r);
	}
}

/* --- the loop ------------------------------------------------------------- */

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When to look again for the next arrival. A sleeping thread wakes some 30 us late;
 * where arrivals are far enough apart that it costs little, it wakes before and
 * does not sleep again. */
static int64_t arrival_wake_ns(struct worker *w, int64_t now_ns)
{
	int64_t due_ns = arrivals_due_ns(&w->coming);
	double per_s = stretch_level(&w->change->stretch, now_ns) / w->total;

	if (per_s * AWAKE_NS > AWAKE_SHARE * NS_PER_S || due_ns == INT64_MAX)
		return due_ns;
	return due_ns - now_ns > AWAKE_NS ? due_ns - AWAKE_NS : now_ns;
}

static int64_t next_due_ns(struct worker *w, int64_t now_ns, bool stop)
{
	int64_t until = least(now_ns + TICK_NS, w->next_gauge_ns);
	const struct load_change *next;
	const struct user *u = user_heap_first(&w->thinking);

	if (stop)
		return least(until, drain_until_ns(w));
	if (may_start(w)) {
		if (w->ready.count || w->entering.count || w->backlog)
			return now_ns;
		if (worker_open(w))
			until = least(until, arrival_wake_ns(w, now_ns));
	}
	if (u)
		until = least(until, u->t0_ns);
	next = control_next(w->change);
	if (next)
		until = least(until, next->stretch.since_ns);
	return least(until, stop_at_ns(w));
}

/* Whom a change of load has brought in; then the one who is due first. */
static struct user *next_ready(struct worker *w)
{
	if (w->entering.count)
		return user_queue_take(&w->entering);
	if (w->backlog && (!w->ready.count || worker_backlog_due_ns(w) <= w->ready.first->t0_ns))
		return worker_take_arrival(w);
	return user_queue_take(&w->ready);
}

static void start_ready(struct worker *w, int64_t now_ns)
{
	int64_t looked_ns = engine_looked_ns(w->engine);
	int64_t until_ns = now_ns + most(START_NS, looked_ns ? (now_ns - looked_ns) / START_PART : 0);
	struct user *u;

	for (int n = 0; n < START_BATCH && !w->out_of_tickets && may_start(w) && (u = next_ready(w)); n++) {
		start_exchange(w, u);
		if (clock_ns() > until_ns)
			break;
	}
	if (!w->entering.count && w->applied != w->change->generation) {
		w->applied = w->change->generation;
		worker_push_event(w, EVENT_APPLIED, w->applied, "", clock_ns());
	}
}

/* Records that carry now_ns go first: a ring is in order of time. */
static void report(struct worker *w, int64_t now_ns)
{
	if (w->drops_pending)
		worker_push_drops(w, now_ns);
	if (now_ns >= w->next_gauge_ns) {
		worker_push_gauge(w, now_ns); /* refused: the next one says it too */
		w->next_gauge_ns = now_ns + GAUGE_NS;
	}
}

void worker_run(struct worker *w)
{
	w->next_gauge_ns = w->control->start_ns;
	w->in_flight_since_ns = w->control->start_ns;
	worker_begin(w);
	pulse_init(&w->pulse);
	for (;;) {
		int64_t now_ns = clock_ns();
		bool stop = stopping(w, now_ns);
		int64_t until_ns;

		pulse_back(&w->pulse, now_ns);
		report(w, now_ns);
		if (!stop) {
			worker_follow(w, now_ns);
			worker_wake_thinkers(w, now_ns);
			worker_note_arrivals(w, now_ns + 1);
			start_ready(w, now_ns);
		} else {
			if (!w->disbanded) {
				worker_note_arrivals(w, least(now_ns, stop_at_ns(w)));
				worker_disband(w);
			}
			if (w->in_flight && now_ns >= drain_until_ns(w))
				cut_off(w);
			if (!w->in_flight)
				break;
		}
		worker_leave_parting(w);
		ring_publish(w->ring);
		ring_set_through(w->ring, run_us(w, now_ns));
		until_ns = next_due_ns(w, now_ns, stop);
		pulse_wait(&w->pulse, now_ns, until_ns);
		engine_run(w->engine, until_ns);
	}
	worker_leave_parting(w);
	worker_push_last(w);
	pulse_fini(&w->pulse);
}

/* --- life ----------------------------------------------------------------- */

static struct check_scratch *check_scratch(const struct scenario *scenario)
{
	const struct check_list *list[SCENARIO_MAX_TASKS];

	for (int i = 0; i < scenario->task_count; i++)
		list[i] = &scenario->task[i].checks;
	return check_scratch_new(list, scenario->task_count);
}

static uint32_t share_of(uint32_t all, int number, int total)
{
	return (uint32_t)(((uint64_t)all + (uint64_t)(total - 1 - number)) / (uint64_t)total);
}

int worker_new(const struct load_config *config, struct control *control,
	       struct dealing *dealing, int number, int total, struct worker **out,
	       struct err *err)
{
	static const struct engine_callbacks callbacks = {
		.on_header = exchange_on_header,
		.on_headers = exchange_on_headers,
		.on_data = exchange_on_data,
		.on_done = on_done,
	};
	struct worker *w = xcalloc(1, sizeof *w);

	w->config = config;
	w->control = control;
	w->dealing = dealing;
	w->number = number;
	w->total = total;
	if (engine_open(&config->engine, &callbacks, &w->engine, err)) {
		free(w);
		return -1;
	}
	w->ring = ring_new(config->ring_bytes ? config->ring_bytes : DEFAULT_RING_BYTES);
	w->drops = xcalloc((size_t)config->scenario->task_count, sizeof *w->drops);
	w->checks = check_scratch(config->scenario);
	worker_exemplars_init(w);
	w->max_in_flight = share_of(config->max_in_flight ? config->max_in_flight : UINT32_MAX, number, total);
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
		exchange_user_fini(u);
	}
	engine_close(w->engine);
	ring_free(w->ring);
	user_heap_fini(&w->thinking);
	user_set_fini(&w->users);
	check_scratch_free(w->checks);
	worker_exemplars_fini(w);
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
