/* The worker in a world of its own: this file stands in for the clock and for
 * the engine, so a run of minutes takes no time and every figure is exact. The
 * worker's loop runs in the test's thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "load/user.h"
#include "load/worker.h"

/* --- the world ------------------------------------------------------------ */

#define T0 (1000 * NS_PER_S)
#define CONNS 4096
#define RUN_ID 0xfedcba7u

static int64_t now_ns;
static struct engine *the_engine;

struct engine_conn {
	void *owner;
	bool running, open;
	int64_t ts_ns, done_ns;
};

struct engine {
	struct engine_callbacks callbacks;
	struct engine_conn conn[CONNS];
	int made, closed;
};

struct change {
	int64_t at_ns;
	void (*fn)(void);
};

static struct {
	uint16_t status;         /* of every answer; 0: 200 */
	const char *retry_after; /* a header line, or NULL */
	const char *content_type, *body; /* of every answer, or NULL: none is seen */
	const char *const *bodies; /* instead of body: one after another, then the last again */
	char sent[20000];        /* request bodies, a line each */
	int64_t service_ns;      /* of every exchange */
	enum error_class error;  /* of every exchange */
	int64_t start_cost_ns;   /* what engine_start() takes */
	int64_t wake_late_ns;    /* how late a wait ends */
	int64_t engine_wait_ns;  /* from there to the transport */
	const struct change *change; /* carried out when their time comes */
	int max_in_flight;
	int64_t start_at[10000]; /* of the first exchanges, in order */
	int starts, starts_seen;
	struct ring *drained; /* emptied in engine_run() unless full_ring */
	bool full_ring;
	int64_t looked_ns, sockets_ns; /* what a look at the sockets takes */
	int starts_between, most_starts_between; /* two looks */
} world;

int64_t clock_ns(void) { return now_ns; }
int64_t clock_thread_cpu_ns(void) { return 0; }
int64_t clock_process_cpu_ns(void) { return 0; }
int64_t clock_wall_ns(void) { return 0; }
void clock_iso8601(int64_t wall_ns, char out[CLOCK_ISO_BYTES]) { (void)wall_ns; out[0] = '\0'; }

int engine_open(const struct engine_config *config, const struct engine_callbacks *callbacks,
		struct engine **out, struct err *err)
{
	(void)config;
	(void)err;
	*out = the_engine = xcalloc(1, sizeof **out);
	the_engine->callbacks = *callbacks;
	return 0;
}

void engine_close(struct engine *e)
{
	assert_int_equal(e->made, e->closed);
	free(e);
}

struct engine_conn *engine_conn_new(struct engine *e, void *owner)
{
	for (int i = 0; i < CONNS; i++)
		if (!e->conn[i].open) {
			e->conn[i] = (struct engine_conn){.owner = owner, .open = true};
			e->made++;
			return &e->conn[i];
		}
	return NULL;
}

void engine_conn_close(struct engine_conn *c)
{
	assert_true(c->open);
	c->open = c->running = false;
	the_engine->closed++;
}

void engine_start(struct engine_conn *c, const struct http_request *r,
		  const struct http_variant *variant, const char *id)
{
	const char *body = variant && variant->body ? variant->body : r->body;
	char run_and_number[32];

	if (body && strlen(world.sent) + strlen(body) + 2 < sizeof world.sent) {
		strcat(world.sent, body);
		strcat(world.sent, "\n");
	}
	snprintf(run_and_number, sizeof run_and_number, "%08x-%08x", RUN_ID, world.starts);
	assert_string_equal(id, run_and_number);
	assert_false(c->running);
	c->running = true;
	c->ts_ns = now_ns + world.engine_wait_ns;
	c->done_ns = now_ns + world.service_ns;
	if (world.starts < 10000)
		world.start_at[world.starts] = now_ns;
	world.starts++;
	if (++world.starts_between > world.most_starts_between)
		world.most_starts_between = world.starts_between;
	now_ns += world.start_cost_ns;
}

void engine_bytes(const struct engine_conn *c, uint64_t *in, uint64_t *out)
{
	assert_true(c->running);
	*in = 7;
	*out = 131;
}

void engine_cancel(struct engine_conn *c)
{
	assert_true(c->running);
	c->running = false;
}

void engine_complete(struct engine_conn *c) { (void)c; }
void engine_wake(struct engine *e) { (void)e; }

/* What the answer brings, all at its end. */
static void answer(struct engine *e, struct engine_conn *c)
{
	const char *body = world.body;

	if (world.bodies) {
		body = *world.bodies;
		if (world.bodies[1])
			world.bodies++;
	}
	if (world.content_type)
		e->callbacks.on_header(c->owner, world.content_type, strlen(world.content_type));
	if (world.retry_after)
		e->callbacks.on_header(c->owner, world.retry_after, strlen(world.retry_after));
	e->callbacks.on_headers(c->owner, world.status ? world.status : 200, now_ns);
	if (body)
		e->callbacks.on_data(c->owner, body, strlen(body), now_ns);
}

int64_t engine_looked_ns(const struct engine *e)
{
	(void)e;
	return world.looked_ns;
}

uint32_t engine_connections(const struct engine *e)
{
	return (uint32_t)(e->made - e->closed);
}

static struct rec_sample sample[10000];
static char texts[500]; /* message and excerpt of the last one */
static int samples;
static union {
	struct rec_exemplar e;
	char room[REC_EXEMPLAR_MAX];
} exemplar; /* the last one */
static int exemplars;
static struct rec_gauge last_gauge;
static uint64_t dropped[OUTCOME_COUNT];
static int applied;
static bool ended;
static int64_t last_through, last_t;

static void drain(void)
{
	int64_t through = ring_through(world.drained);
	const struct rec *r;

	while ((r = ring_front(world.drained))) {
		/* In order of time, never before what was promised. */
		assert_true(r->t_us >= last_t);
		assert_true(r->t_us >= last_through);
		last_t = r->t_us;
		if (r->kind == REC_SAMPLE && samples < 10000) {
			const struct rec_sample *s = (const struct rec_sample *)r;

			snprintf(texts, sizeof texts, "%.*s|%.*s", s->text_bytes, s->text, s->excerpt_bytes,
				 rec_excerpt(s));
			memcpy(&sample[samples++], r, sizeof *sample);
		}
		if (r->kind == REC_EXEMPLAR) {
			/* Right behind its sample. */
			assert_int_equal(rec_exemplar_sample((const struct rec_exemplar *)r)->seq, sample[samples - 1].seq);
			assert_in_range(r->bytes, 1, sizeof exemplar);
			memcpy(&exemplar, r, r->bytes);
			exemplars++;
		}
		if (r->kind == REC_GAUGE)
			memcpy(&last_gauge, r, sizeof last_gauge);
		if (r->kind == REC_DROPS)
			for (int i = 0; i < OUTCOME_COUNT; i++)
				dropped[i] += ((const struct rec_drops *)r)->count[i];
		if (r->kind == REC_EVENT && ((const struct rec_event *)r)->what == EVENT_APPLIED)
			applied++;
		if (r->kind == REC_END)
			ended = true;
		ring_pop(world.drained);
	}
	ring_release(world.drained);
	last_through = through;
}

void engine_run(struct engine *e, int64_t until_ns)
{
	int64_t next = until_ns;
	int running = 0;

	if (!world.full_ring)
		drain();
	for (int i = 0; i < CONNS; i++)
		if (e->conn[i].running) {
			running++;
			if (e->conn[i].done_ns < next)
				next = e->conn[i].done_ns;
		}
	if (running > world.max_in_flight)
		world.max_in_flight = running;
	if (next > now_ns)
		now_ns = next + world.wake_late_ns;
	else if (world.starts == world.starts_seen)
		now_ns += NS_PER_US; /* it looks again and again: that takes time */
	world.starts_seen = world.starts;
	world.starts_between = 0;
	world.looked_ns = now_ns;
	now_ns += world.sockets_ns;
	while (world.change && world.change->fn && now_ns >= world.change->at_ns)
		(world.change++)->fn();
	for (int i = 0; i < CONNS; i++) {
		struct engine_conn *c = &e->conn[i];

		if (!c->running || c->done_ns > now_ns)
			continue;
		c->running = false;
		if (world.error == ERROR_NONE)
			answer(e, c);
		struct engine_result r = {
			.status = world.error != ERROR_NONE ? 0 : world.status ? world.status : 200,
			.ts_ns = c->ts_ns,
			.th_ns = c->done_ns,
			.te_ns = now_ns,
			.error = world.error,
			.message = "as the test wants",
			.answered = world.error == ERROR_NONE,
		};
		e->callbacks.on_done(c->owner, &r);
	}
}

/* --- a run ---------------------------------------------------------------- */

static struct control control;
static struct scenario *plain, *talks, *twins; /* without and with conversations; two tasks */
static struct load_config config;

static int reset(void **state)
{
	(void)state;
	now_ns = T0;
	memset(&world, 0, sizeof world);
	world.service_ns = 100 * NS_PER_MS;
	samples = applied = exemplars = 0;
	ended = false;
	last_through = last_t = 0;
	memset(dropped, 0, sizeof dropped);
	config = (struct load_config){.scenario = plain, .threads = 1, .seed = 42, .run_id = RUN_ID};
	control_fini(&control);
	control_init(&control, T0, users_level(1));
	return 0;
}

static void run_load(void)
{
	struct dealing dealing;
	struct worker *w;

	dealing_init(&dealing, config.scenario, config.script, config.script_count);
	assert_int_equal(worker_new(&config, &control, &dealing, 0, 1, &w, NULL), 0);
	world.drained = worker_ring(w);
	worker_run(w);
	drain();
	assert_true(ended);
	worker_free(w);
}

static void run(uint32_t users)
{
	control_set(&control, users_level(users), T0);
	run_load();
}

static void books_balance(void)
{
	uint64_t lost = dropped[0] + dropped[1] + dropped[2];

	assert_int_equal(last_gauge.planned, last_gauge.waiting + last_gauge.started);
	assert_int_equal(last_gauge.started, (uint64_t)samples + lost);
	assert_int_equal(last_gauge.in_flight, 0);
	assert_int_equal(last_gauge.users_active, 0);
	if (!lost && samples < 10000) {
		uint64_t under_way_us = 0;

		for (int i = 0; i < samples; i++)
			under_way_us += (uint64_t)(sample[i].rec.t_us - sample[i].ts_us);
		assert_int_equal(last_gauge.in_flight_us, under_way_us);
	}
}

static void counts_requests_exactly(void **state)
{
	(void)state;
	atomic_store(&control.tickets, 20);
	world.engine_wait_ns = 3 * NS_PER_MS;
	run(5);
	assert_int_equal(samples, 20);
	assert_int_equal(world.max_in_flight, 5);
	assert_int_equal(last_t, 400000); /* 4 rounds of 100 ms */
	assert_int_equal(last_gauge.in_flight_us, 20 * 97000);
	books_balance();
}

static void fewer_requests_than_users(void **state)
{
	(void)state;
	atomic_store(&control.tickets, 3);
	run(50);
	assert_int_equal(samples, 3);
	books_balance();
}

/* Opening connections must not keep what arrives waiting. */
static void dear_starts_take_turns_with_the_sockets(void **state)
{
	(void)state;
	world.start_cost_ns = 120 * NS_PER_US;
	atomic_store(&control.tickets, 100);
	run(100);
	assert_int_equal(world.most_starts_between, 1);

	reset(NULL);
	world.start_cost_ns = 120 * NS_PER_US;
	world.sockets_ns = 4000 * NS_PER_US; /* an eighth of it: five */
	atomic_store(&control.tickets, 100);
	run(100);
	assert_int_equal(world.most_starts_between, 5);
}

static void cheap_starts_go_together(void **state)
{
	(void)state;
	world.start_cost_ns = 100;
	atomic_store(&control.tickets, 100);
	run(100);
	assert_int_equal(world.most_starts_between, 64);
}

static void next_request_is_due_at_the_answer(void **state)
{
	(void)state;
	world.start_cost_ns = 7 * NS_PER_US;
	atomic_store(&control.tickets, 4);
	run(1);
	for (int i = 1; i < 4; i++) {
		assert_int_equal(sample[i].t0_us, sample[i - 1].rec.t_us);
		assert_true(sample[i].ts_us >= sample[i].t0_us);
	}
	books_balance();
}

static void thinks_between(void **state)
{
	(void)state;
	config.think_ns = 400 * NS_PER_MS;
	atomic_store(&control.stop_at_ns, T0 + 10 * NS_PER_S);
	run(3);
	/* Starts at 0, 0.5, … 9.5 s: 20 each. */
	assert_int_equal(samples, 60);
	assert_int_equal(sample[3].t0_us, 500000);
	assert_int_equal(sample[3].ts_us, 500000);
	books_balance();
}

static void drains_after_the_stop(void **state)
{
	(void)state;
	world.service_ns = 3 * NS_PER_S;
	atomic_store(&control.stop_at_ns, T0 + 4 * NS_PER_S);
	run(2);
	/* The second round starts at 3 s and ends at 6 s. */
	assert_int_equal(samples, 4);
	assert_int_equal(sample[3].rec.t_us, 6000000);
	assert_int_equal(sample[3].outcome, OUTCOME_SUCCEEDED);
	books_balance();
}

static void what_still_runs_counts_at_its_age(void **state)
{
	(void)state;
	world.service_ns = 60 * NS_PER_S;
	atomic_store(&control.stop_at_ns, T0 + 4 * NS_PER_S);
	atomic_store(&control.drain_until_ns, T0 + 9 * NS_PER_S);
	run(2);
	assert_int_equal(samples, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sample[i].outcome, OUTCOME_CENSORED);
		assert_int_equal(sample[i].error, ERROR_ABORTED);
		/* The server had it all the same. */
		assert_int_equal(sample[i].bytes_in, 7);
		assert_int_equal(sample[i].bytes_out, 131);
		assert_int_equal(sample[i].rec.t_us - sample[i].t0_us, 9000000);
	}
	books_balance();
}

static void to_eight(void) { control_set(&control, users_level(8), now_ns); }
static void to_two(void) { control_set(&control, users_level(2), now_ns); }
static void hold(void) { control_pause(&control, now_ns); }
static void go_on(void) { control_resume(&control, now_ns); }

/* Of 2 tasks: the second alone, both again but for the first's weight, then without it. */
static struct mix mix;
static char *names[] = {"first", "second"};

static void change_mix(enum mix_kind kind, int task, double factor)
{
	char text[MIX_TEXT];

	assert_true(mix_change(&mix, kind, task, factor, names, text));
	control_set_mix(&control, &mix, now_ns);
}

static void solo(void) { change_mix(MIX_SOLO, 1, 1); }
static void heavier(void) { change_mix(MIX_WEIGHT, 0, 3); }
static void mute(void) { change_mix(MIX_MUTE, 0, 1); }

/* Samples of a task that were due in a stretch of time. */
static int of_task(int task, double from_s, double to_s)
{
	int n = 0;

	for (int i = 0; i < samples; i++)
		n += sample[i].task == task && sample[i].t0_us >= (int64_t)(from_s * 1e6) &&
		     sample[i].t0_us < (int64_t)(to_s * 1e6);
	return n;
}

static void follows_the_mix(void **state)
{
	static const struct change changes[] = {
		{T0 + 10 * NS_PER_S + 50 * NS_PER_MS, solo}, {T0 + 20 * NS_PER_S + 50 * NS_PER_MS, solo},
		{T0 + 30 * NS_PER_S + 50 * NS_PER_MS, heavier}, {T0 + 40 * NS_PER_S + 50 * NS_PER_MS, mute},
		{T0 + 45 * NS_PER_S, to_eight}, {0, NULL},
	};

	(void)state;
	config.scenario = twins;
	mix_init(&mix, NULL, 2);
	world.change = changes;
	atomic_store(&control.stop_at_ns, T0 + 50 * NS_PER_S);
	run(2);
	/* 20 requests a second. */
	assert_in_range(of_task(0, 0, 10), 70, 130);
	assert_int_equal(of_task(0, 10.11, 20), 0);
	assert_true(of_task(1, 10.11, 20) > 190);
	assert_in_range(of_task(0, 20.11, 30), 70, 130);
	assert_in_range(of_task(0, 30.11, 40), 120, 180);
	/* The level is another one then; the mix stays. */
	assert_int_equal(of_task(0, 40.11, 50), 0);
	assert_true(of_task(1, 45.2, 50) > 350);
	assert_int_equal(applied, 6);
	books_balance();
}

/* A ramp that was planned goes on, of another mix; so does what follows it. */
static void a_mix_leaves_the_plan_alone(void **state)
{
	static const struct load_stage stages[] = {
		{.mode = MODE_CLOSED, .from = 1, .to = 9, .length_ns = 8 * NS_PER_S},
		{.mode = MODE_CLOSED, .from = 4, .to = 4, .length_ns = 8 * NS_PER_S},
	};
	const struct load_change *change;

	(void)state;
	mix_init(&mix, NULL, 2);
	control_plan(&control, stages, 2, T0);
	now_ns = T0 + 3 * NS_PER_S;
	solo();
	for (int s = 0; s < 12; s++) {
		change = control_at(&control, T0 + s * NS_PER_S);
		assert_true(stretch_level(&change->stretch, T0 + s * NS_PER_S) == (s < 8 ? 1 + s : 4));
		assert_int_equal(change->mix != NULL, s >= 3);
	}
	/* A pause and its end keep it. */
	now_ns = T0 + 10 * NS_PER_S;
	hold();
	now_ns += NS_PER_S;
	go_on();
	assert_ptr_equal(control_at(&control, now_ns)->mix, change->mix);
	control_set(&control, users_level(3), now_ns);
	assert_ptr_equal(control_at(&control, now_ns)->mix, change->mix);
}

static int started_between(int64_t from_ns, int64_t to_ns)
{
	int n = 0;

	for (int i = 0; i < world.starts; i++)
		n += world.start_at[i] >= T0 + from_ns && world.start_at[i] < T0 + to_ns;
	return n;
}

static void follows_the_level(void **state)
{
	static const struct change up_and_down[] = {
		{T0 + 1 * NS_PER_S + 50 * NS_PER_MS, to_eight},
		{T0 + 2 * NS_PER_S + 50 * NS_PER_MS, to_two},
		{0, NULL},
	};

	(void)state;
	world.change = up_and_down;
	atomic_store(&control.stop_at_ns, T0 + 3 * NS_PER_S);
	run(4);
	assert_int_equal(world.max_in_flight, 8);
	assert_int_equal(started_between(0, NS_PER_S), 40);
	/* Running ones finish, then two go on: nothing is cut off. */
	assert_int_equal(started_between(2200 * NS_PER_MS, 3000 * NS_PER_MS), 16);
	assert_int_equal(dropped[OUTCOME_CENSORED], 0);
	for (int i = 0; i < samples; i++)
		assert_int_equal(sample[i].outcome, OUTCOME_SUCCEEDED);
	assert_int_equal(applied, 3);
	books_balance();
}

static void a_pause_is_not_waiting(void **state)
{
	static const struct change pause[] = {
		{T0 + 1050 * NS_PER_MS, hold},
		{T0 + 5 * NS_PER_S, go_on},
		{0, NULL},
	};

	(void)state;
	world.change = pause;
	atomic_store(&control.stop_at_ns, T0 + 6 * NS_PER_S);
	run(4);
	assert_int_equal(started_between(1060 * NS_PER_MS, 5000 * NS_PER_MS), 0);
	assert_true(started_between(5 * NS_PER_S, 6 * NS_PER_S) >= 40);
	for (int i = 0; i < samples; i++)
		assert_true(sample[i].ts_us - sample[i].t0_us < 20000);
	books_balance();
}

static void backs_off_from_a_closed_port(void **state)
{
	(void)state;
	world.service_ns = NS_PER_MS;
	world.error = ERROR_CONNECT;
	atomic_store(&control.stop_at_ns, T0 + 10 * NS_PER_S);
	run(1);
	/* 50, 100, 200, 400, 800 ms, then every second. */
	assert_in_range(samples, 12, 15);
	assert_int_equal(sample[1].t0_us - sample[0].rec.t_us, 50000);
	assert_int_equal(sample[2].t0_us - sample[1].rec.t_us, 100000);
	assert_int_equal(sample[9].t0_us - sample[8].rec.t_us, 1000000);
	for (int i = 0; i < samples; i++)
		assert_int_equal(sample[i].outcome, OUTCOME_FAILED);
	books_balance();
}

static void tells_how_late_its_loop_wakes(void **state)
{
	(void)state;
	config.think_ns = 400 * NS_PER_MS;
	atomic_store(&control.stop_at_ns, T0 + NS_PER_S);
	run(1);
	assert_int_equal(last_gauge.loop_late_us, 0);
	assert_int_equal(last_gauge.loop_late_max_us, 0);
	reset(state);
	config.think_ns = 400 * NS_PER_MS;
	world.wake_late_ns = 3 * NS_PER_MS;
	atomic_store(&control.stop_at_ns, T0 + NS_PER_S);
	run(1);
	/* Of 13 ms that each wait of 10 ms takes; some end earlier. */
	assert_in_range(last_gauge.loop_late_us, 180000, 350000);
	assert_int_equal(last_gauge.loop_late_max_us, 3000);
	books_balance();
}

static void stays_away_as_asked(void **state)
{
	static const struct {
		bool respect;
		uint16_t status;
		const char *line;
		int64_t think_ns, away_us;
	} table[] = {
		{true, 429, "Retry-After: 2", 0, 2000000},
		{true, 503, "retry-after:2", 0, 2000000},
		{true, 429, "Retry-After: 3600", 0, 60000000},
		{true, 503, "Retry-After: Thu, 01 Jan 1970 00:00:05 GMT", 0, 5000000},
		/* Whichever is longer. */
		{true, 429, "Retry-After: 2", 3 * NS_PER_S, 3000000},
		{true, 429, "Retry-After: 2", NS_PER_S, 2000000},
		{false, 429, "Retry-After: 2", 0, 0},
		{true, 500, "Retry-After: 2", 0, 0},
		{true, 200, "Retry-After: 2", 0, 0},
		{true, 429, "Retry-After: soon", 0, 0},
		{true, 429, NULL, 0, 0},
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		reset(state);
		config.respect_retry_after = table[i].respect;
		config.think_ns = table[i].think_ns;
		world.status = table[i].status;
		world.retry_after = table[i].line;
		atomic_store(&control.tickets, 3);
		run(1);
		assert_int_equal(samples, 3);
		/* Waiting is no part of a latency. */
		for (int k = 0; k < 3; k++)
			assert_int_equal(sample[k].rec.t_us - sample[k].t0_us, 100000);
		for (int k = 1; k < 3; k++)
			assert_int_equal(sample[k].t0_us - sample[k - 1].rec.t_us, table[i].away_us);
		books_balance();
	}
}

static void empty_the_ring(void) { world.full_ring = false; }

static void counts_what_a_full_ring_refuses(void **state)
{
	static const struct change later[] = {{T0 + 5 * NS_PER_S, empty_the_ring}, {0, NULL}};

	(void)state;
	config.ring_bytes = 4096;
	world.full_ring = true;
	world.change = later;
	atomic_store(&control.stop_at_ns, T0 + 6 * NS_PER_S);
	run(4);
	assert_true(dropped[OUTCOME_SUCCEEDED] > 0);
	assert_int_equal(dropped[OUTCOME_SUCCEEDED] + (uint64_t)samples, world.starts);
	assert_int_equal(last_gauge.ring_dropped, dropped[OUTCOME_SUCCEEDED]);
	books_balance();
}

static void warm_up_takes_no_tickets(void **state)
{
	(void)state;
	control.warmup_until_ns = T0 + 2 * NS_PER_S + 50 * NS_PER_MS;
	atomic_store(&control.tickets, 30);
	run(2);
	int measured = 0;
	for (int i = 0; i < samples; i++)
		measured += sample[i].rec.t_us >= 2050000;
	assert_int_equal(measured, 30);
	books_balance();
}

static void same_seed_same_choices(void **state)
{
	uint16_t first[200];
	int b = 0;

	atomic_store(&control.tickets, 200);
	run(1);
	for (int i = 0; i < 200; i++) {
		first[i] = sample[i].task;
		b += sample[i].task;
	}
	assert_in_range(b, 30, 70); /* a quarter of 200 */
	reset(state);
	atomic_store(&control.tickets, 200);
	run(1);
	for (int i = 0; i < 200; i++)
		assert_int_equal(first[i], sample[i].task);
}

/* --- users ---------------------------------------------------------------- */

static void heap_keeps_order(void **state)
{
	struct user_heap heap = {0};
	static struct user user[500];
	struct rng rng;
	int64_t last = 0;

	(void)state;
	rng_seed(&rng, 1, 2);
	user_heap_reserve(&heap, 500);
	for (int i = 0; i < 500; i++) {
		user[i].t0_ns = (int64_t)rng_below(&rng, 300);
		user_heap_add(&heap, &user[i]);
	}
	for (int i = 0; i < 500; i += 7)
		user_heap_remove(&heap, &user[i]);
	int left = 0;
	for (struct user *u; (u = user_heap_first(&heap)); left++) {
		assert_true(u->t0_ns >= last);
		assert_int_not_equal((u - user) % 7, 0);
		last = u->t0_ns;
		user_heap_remove(&heap, u);
	}
	assert_int_equal(left, 500 - 72);
	user_heap_fini(&heap);
}

/* --- open loop -------------------------------------------------------------- */

static void run_open(double rate)
{
	struct load_level level = {.mode = MODE_OPEN, .level = rate};

	int64_t stop_ns = atomic_load(&control.stop_at_ns), tickets = atomic_load(&control.tickets);

	control_fini(&control);
	control_init(&control, T0, level);
	atomic_store(&control.stop_at_ns, stop_ns);
	atomic_store(&control.tickets, tickets);
	run_load();
}

static void arrivals_do_not_wait_for_answers(void **state)
{
	(void)state;
	world.service_ns = 3 * NS_PER_S;
	atomic_store(&control.stop_at_ns, T0 + 10 * NS_PER_S);
	run_open(10);
	assert_int_equal(samples, 100);
	assert_int_equal(world.max_in_flight, 30);
	for (int i = 0; i < samples; i++) {
		assert_int_equal(sample[i].t0_us, i * 100000);
		assert_int_equal(sample[i].ts_us, sample[i].t0_us);
		assert_int_equal(sample[i].flags & SAMPLE_HELD, 0);
	}
	assert_int_equal(last_gauge.planned, 100);
	assert_int_equal(last_gauge.held, 0);
	books_balance();
}

static void what_waits_is_charged_to_the_queue(void **state)
{
	(void)state;
	config.max_in_flight = 2;
	atomic_store(&control.stop_at_ns, T0 + 5 * NS_PER_S);
	/* 2 x 10 a second are served, 40 come. */
	run_open(40);
	assert_int_equal(world.max_in_flight, 2);
	assert_int_equal(last_gauge.planned, 200);
	assert_int_equal(samples, 100);
	assert_int_equal(last_gauge.waiting, 100);
	for (int i = 0; i < samples; i++)
		assert_int_equal(sample[i].t0_us, i * 25000);
	assert_int_equal(sample[99].ts_us - sample[99].t0_us, 25000 + 49 * 100000 - 99 * 25000);
	/* All but the first two came before there was room. */
	assert_int_equal(last_gauge.held, 100);
	for (int i = 0; i < samples; i++)
		assert_int_equal(sample[i].flags & SAMPLE_HELD, i < 2 ? 0 : SAMPLE_HELD);
	books_balance();
}

static void tickets_bound_arrivals(void **state)
{
	(void)state;
	config.max_in_flight = 1;
	atomic_store(&control.tickets, 7);
	run_open(100);
	assert_int_equal(samples, 7);
	assert_int_equal(last_gauge.planned, 7);
	assert_int_equal(last_gauge.waiting, 0);
	books_balance();
}

static void to_five_a_second(void)
{
	control_set(&control, (struct load_level){.mode = MODE_OPEN, .level = 5}, now_ns);
}

static void to_three_users(void) { control_set(&control, users_level(3), now_ns); }

static void changes_loop_without_a_bump(void **state)
{
	static const struct change there_and_back[] = {
		{T0 + 2 * NS_PER_S + 30 * NS_PER_MS, to_three_users},
		{T0 + 4 * NS_PER_S + 30 * NS_PER_MS, to_five_a_second},
		{0, NULL},
	};

	(void)state;
	world.change = there_and_back;
	world.service_ns = 300 * NS_PER_MS;
	atomic_store(&control.stop_at_ns, T0 + 6 * NS_PER_S);
	/* 10 a second x 0.3 s: three are in flight, and three users go on. */
	run_open(10);
	assert_int_equal(world.max_in_flight, 3);
	assert_int_equal(started_between(0, 2 * NS_PER_S), 20);
	assert_in_range(started_between(2100 * NS_PER_MS, 4 * NS_PER_S), 18, 20);
	assert_in_range(started_between(4030 * NS_PER_MS, 6 * NS_PER_S), 9, 10);
	books_balance();
}

static void a_pause_plans_nothing(void **state)
{
	static const struct change pause[] = {
		{T0 + 1 * NS_PER_S + 50 * NS_PER_MS, hold}, {T0 + 3 * NS_PER_S + 50 * NS_PER_MS, go_on}, {0, NULL}};

	(void)state;
	world.change = pause;
	atomic_store(&control.stop_at_ns, T0 + 5 * NS_PER_S);
	run_open(10);
	assert_int_equal(started_between(1050 * NS_PER_MS, 3050 * NS_PER_MS), 0);
	/* The half gap that was left goes on after it. */
	assert_int_equal(started_between(3050 * NS_PER_MS, 3101 * NS_PER_MS), 1);
	assert_int_equal(samples, 30);
	books_balance();
}

static void users_follow_a_ramp(void **state)
{
	static const struct load_stage ramp = {.mode = MODE_CLOSED, .from = 1, .to = 11, .length_ns = 10 * NS_PER_S};

	(void)state;
	control_fini(&control);
	control_init(&control, T0, users_level(1));
	control_plan(&control, &ramp, 1, T0);
	atomic_store(&control.stop_at_ns, T0 + 12 * NS_PER_S);
	run_load();
	assert_int_equal(world.max_in_flight, 11);
	/* Six users on average in the second 4.5 to 5.5 s, ten exchanges each. */
	assert_in_range(started_between(4500 * NS_PER_MS, 5500 * NS_PER_MS), 57, 63);
	books_balance();
}

/* --- sessions ------------------------------------------------------------- */

static const char talk[] =
	"data: {\"choices\":[{\"delta\":{\"content\":\"Hm\"}}]}\n\n"
	"data: {\"choices\":[{\"delta\":{\"content\":\"!\"}}]}\n\n"
	"data: [DONE]\n\n";

static int with_talks(void **state)
{
	reset(state);
	config.scenario = talks;
	world.content_type = "Content-Type: text/event-stream";
	world.body = talk;
	return 0;
}

/* Task 1 is the conversation; its cases are the data's two rows. */
static const struct script_item both_cases[] = {{.task = 1, .number = 0}, {.task = 1, .number = 1}};

static void a_script_is_gone_through_once(void **state)
{
	(void)state;
	config.script = both_cases;
	config.script_count = 2;
	run(1);
	assert_int_equal(samples, 4);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(sample[i].task, 1);
		assert_int_equal(sample[i].turn, i % 2);
		assert_int_equal(sample[i].events, 2);
		assert_int_equal(sample[i].tokens_out, 2);
		assert_int_equal(sample[i].t1_us, sample[i].rec.t_us);
		assert_true(sample[i].flags & SAMPLE_STREAM);
	}
	assert_true(sample[0].prompt_hash != sample[2].prompt_hash);
	/* The task's own thinking lies between its turns. */
	assert_int_equal(sample[1].t0_us, sample[0].rec.t_us + 500000);
	books_balance();
}

static void a_turn_carries_what_was_said(void **state)
{
	(void)state;
	config.script = both_cases;
	config.script_count = 1;
	run(1);
	assert_non_null(strstr(world.sent, "\"content\":\"Tell me about tea\"}]"));
	assert_non_null(strstr(world.sent,
			       "[{\"role\":\"user\",\"content\":\"Tell me about tea\"},"
			       "{\"role\":\"assistant\",\"content\":\"Hm!\"},"
			       "{\"role\":\"user\",\"content\":\"More\"}]"));
}

static void a_failed_turn_ends_its_session(void **state)
{
	static const char *const bodies[] = {"data: {\"error\":{\"message\":\"no room\"}}\n\n", talk, NULL};

	(void)state;
	config.script = both_cases;
	config.script_count = 2;
	world.bodies = bodies;
	run(1);
	assert_int_equal(samples, 3);
	assert_int_equal(sample[0].error, ERROR_STREAM_ERROR);
	assert_int_equal(sample[0].outcome, OUTCOME_FAILED);
	assert_int_equal(sample[1].turn, 0);
	assert_int_equal(sample[2].turn, 1);
	books_balance();
}

static void a_required_check_fails_the_exchange(void **state)
{
	static const struct script_item one[] = {{.task = 0, .number = 0}};

	(void)state;
	config.script = one;
	config.script_count = 1;
	world.content_type = "Content-Type: application/json";
	/* A server that echoes what it should not. */
	world.body = "{\"score\": 101, \"you\": \"Bearer hush-7719\"}";
	run(1);
	assert_int_equal(samples, 1);
	assert_int_equal(sample[0].error, ERROR_CHECK);
	assert_int_equal(sample[0].outcome, OUTCOME_FAILED);
	assert_true(sample[0].quality == 50);
	assert_string_equal(texts, "json \"/score\" max 100|{\"score\": 101, \"you\": \"[redacted]\"}");
	books_balance();
}

static void exemplar_says(const char *part, uint16_t bytes, const char *what)
{
	if (bytes != strlen(what) || memcmp(part, what, bytes) != 0)
		fail_msg("'%.*s' is not '%s'", bytes, part, what);
}

static void the_whole_exchange_is_kept_without_secrets(void **state)
{
	static const struct script_item one[] = {{.task = 0, .number = 0}};
	const struct rec_exemplar *e = &exemplar.e;

	(void)state;
	config.script = one;
	config.script_count = 1;
	world.content_type = "Location: http://h/next?token=abc&x=1";
	world.retry_after = "Set-Cookie: session=4711";
	world.body = "{\"score\": 101,\r\n \"you\": \"Bearer hush-7719\", \"esc\": \"\033[31m\", \"api_key\": \"k\"}";
	run(1);
	assert_int_equal(exemplars, 1);
	exemplar_says(rec_exemplar_request(e), e->request_bytes,
		      "POST http://h/\nX-Request-ID: 0fedcba7-00000000\nAuthorization: [redacted]\n"
		      "Content-Type: application/json\n");
	assert_int_equal(e->body_total, strlen("{\"u\":\"f81d4fae-7dec-11d0-a765-00a0c91e6bf6\"}"));
	assert_int_equal(e->body_bytes, e->body_total);
	assert_memory_equal(rec_exemplar_body(e), "{\"u\":\"", 6);
	exemplar_says(rec_exemplar_headers(e), e->header_bytes,
		      "Location: http://h/next?token=[redacted]&x=1\nSet-Cookie: [redacted]\n");
	exemplar_says(rec_exemplar_answer(e), e->answer_bytes,
		      "{\"score\": 101,\n \"you\": \"[redacted]\", \"esc\": \" [31m\", \"api_key\": \"[redacted]\"}");
	assert_int_equal(e->answer_total, strlen(world.body));
	exemplar_says(rec_exemplar_checks(e), e->checks_bytes, "json \"/score\" max 100\n");
	assert_int_equal(e->rec.t_us, sample[0].rec.t_us);
	assert_int_equal(rec_exemplar_sample(e)->error, ERROR_CHECK);
}

static void few_of_many_are_kept(void **state)
{
	(void)state;
	atomic_store(&control.tickets, 9000);
	world.service_ns = NS_PER_MS;
	run(1);
	assert_int_equal(samples, 9000);
	assert_in_range(exemplars, 10, 200); /* of 9 s, two tasks */
}

static void one_seed_sends_the_same_bytes(void **state)
{
	static char first[sizeof world.sent];

	for (int again = 0; again < 2; again++) {
		with_talks(state);
		atomic_store(&control.tickets, 60);
		run(1);
		assert_int_equal(samples, 60);
		if (!again)
			memcpy(first, world.sent, sizeof first);
	}
	assert_string_equal(first, world.sent);
	assert_true(strlen(first) > 1000);
}

static struct scenario *parsed(const char *text)
{
	struct scenario *out = NULL;
	struct faults faults = {0};

	if (scenario_parse(text, strlen(text), "test.json", NULL, &out, &faults))
		print_error("%s\n", faults.fault[0].err.text);
	return out;
}

static int read_scenarios(void **state)
{
	(void)state;
	plain = parsed("{\"target\": \"http://h\", \"tasks\": ["
		       "{\"name\": \"a\", \"weight\": 3, \"request\": {\"path\": \"/a\"}},"
		       "{\"name\": \"b\", \"request\": {\"path\": \"/b\"}}]}");
	talks = parsed("{\"target\": \"http://h\", \"headers\": {\"Authorization\": \"Bearer hush-7719\"}, \"data\": {\"d\": [{\"topic\": \"tea\"}, {\"topic\": \"rain\"}]},"
		       " \"tasks\": [{\"name\": \"checked\", \"request\": {\"json\": {\"u\": \"${uuid}\"}},"
		       "  \"checks\": [{\"status\": 200}, {\"json\": \"/score\", \"max\": 100}]},"
		       " {\"name\": \"talk\", \"api\": \"openai-chat\", \"think\": \"500ms\","
		       "  \"turns\": [\"Tell me about ${d.topic}\", \"More\"]}]}");
	twins = parsed("{\"target\": \"http://h\", \"tasks\": [{\"name\": \"first\", \"request\": {\"path\": \"/a\"}},"
		       " {\"name\": \"second\", \"request\": {\"path\": \"/b\"}}]}");
	return plain && talks && twins ? 0 : -1;
}

static int free_scenarios(void **state)
{
	(void)state;
	scenario_free(plain);
	scenario_free(talks);
	scenario_free(twins);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts_requests_exactly, reset),
		cmocka_unit_test_setup(fewer_requests_than_users, reset),
		cmocka_unit_test_setup(dear_starts_take_turns_with_the_sockets, reset),
		cmocka_unit_test_setup(cheap_starts_go_together, reset),
		cmocka_unit_test_setup(next_request_is_due_at_the_answer, reset),
		cmocka_unit_test_setup(thinks_between, reset),
		cmocka_unit_test_setup(drains_after_the_stop, reset),
		cmocka_unit_test_setup(what_still_runs_counts_at_its_age, reset),
		cmocka_unit_test_setup(follows_the_level, reset),
		cmocka_unit_test_setup(follows_the_mix, reset),
		cmocka_unit_test_setup(a_mix_leaves_the_plan_alone, reset),
		cmocka_unit_test_setup(a_pause_is_not_waiting, reset),
		cmocka_unit_test_setup(backs_off_from_a_closed_port, reset),
		cmocka_unit_test_setup(tells_how_late_its_loop_wakes, reset),
		cmocka_unit_test_setup(stays_away_as_asked, reset),
		cmocka_unit_test_setup(counts_what_a_full_ring_refuses, reset),
		cmocka_unit_test_setup(warm_up_takes_no_tickets, reset),
		cmocka_unit_test_setup(same_seed_same_choices, reset),
		cmocka_unit_test_setup(a_script_is_gone_through_once, with_talks),
		cmocka_unit_test_setup(a_turn_carries_what_was_said, with_talks),
		cmocka_unit_test_setup(a_failed_turn_ends_its_session, with_talks),
		cmocka_unit_test_setup(a_required_check_fails_the_exchange, with_talks),
		cmocka_unit_test_setup(the_whole_exchange_is_kept_without_secrets, with_talks),
		cmocka_unit_test_setup(few_of_many_are_kept, reset),
		cmocka_unit_test_setup(one_seed_sends_the_same_bytes, with_talks),
		cmocka_unit_test(heap_keeps_order),
		cmocka_unit_test_setup(arrivals_do_not_wait_for_answers, reset),
		cmocka_unit_test_setup(what_waits_is_charged_to_the_queue, reset),
		cmocka_unit_test_setup(tickets_bound_arrivals, reset),
		cmocka_unit_test_setup(changes_loop_without_a_bump, reset),
		cmocka_unit_test_setup(a_pause_plans_nothing, reset),
		cmocka_unit_test_setup(users_follow_a_ramp, reset),
	};

	return cmocka_run_group_tests(tests, read_scenarios, free_scenarios);
}
