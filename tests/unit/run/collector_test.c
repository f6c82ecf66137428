#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <cmocka.h>

#include "base/rng.h"
#include "base/buf.h"
#include "records.h"
#include "run/collector.h"

static const char *const name[] = {"alpha"};

#define RINGS 3

struct bench {
	struct ring *ring[RINGS], *changes, *record;
	_Atomic int64_t stop_at_ns;
	struct collector_config config;
	struct collector *collector;
	struct result result;
};

static void bench_init(struct bench *b, int rings)
{
	memset(b, 0, sizeof *b);
	for (int i = 0; i < rings; i++)
		b->ring[i] = ring_new(1 << 16);
	b->changes = ring_new(1 << 14);
	b->record = ring_new(1 << 22);
	atomic_init(&b->stop_at_ns, INT64_MAX);
	b->config = (struct collector_config){
		.model = {1, name},
		.ring = b->ring,
		.ring_count = rings,
		.changes = b->changes,
		.record = b->record,
		.stop_at_ns = &b->stop_at_ns,
	};
}

static void bench_start(struct bench *b)
{
	struct err err;

	assert_int_equal(collector_start(&b->config, &b->collector, &err), 0);
}

static void bench_join(struct bench *b)
{
	collector_join(b->collector, &b->result);
}

static void bench_fini(struct bench *b)
{
	collector_free(b->collector);
	result_fini(&b->result);
	for (int i = 0; i < RINGS; i++)
		ring_free(b->ring[i]);
	ring_free(b->changes);
	ring_free(b->record);
}

static void push(struct ring *ring, const struct rec *rec)
{
	while (ring_push(ring, rec)) {
		ring_publish(ring);
		sched_yield();
	}
	ring_publish(ring);
}

static void push_sample(struct ring *ring, int64_t te_us, uint64_t seq)
{
	struct rec_sample s = sample_at(te_us, 1 * MS, 0);

	s.seq = seq;
	push(ring, &s.rec);
}

static void push_point(struct ring *ring, int64_t asked_us, uint8_t phase, uint32_t level)
{
	struct rec_point p = point_at(0, phase, level);

	p.asked_us = asked_us;
	push(ring, &p.rec);
}

static void push_event(struct ring *ring, uint16_t what)
{
	struct rec_event e = {.rec = head_of(REC_EVENT, sizeof e, 0), .what = what};

	push(ring, &e.rec);
}

static void push_gauge(struct ring *ring, int64_t t_us, uint32_t users, uint64_t started)
{
	struct rec_gauge g = gauge_at(t_us, users, started);

	g.worker_cpu_us = started;
	g.process_cpu_us = 1000 + started;
	push(ring, &g.rec);
}

static void push_end(struct ring *ring, int64_t t_us)
{
	struct rec end = head_of(REC_END, sizeof end, t_us);

	push(ring, &end);
	ring_set_through(ring, INT64_MAX);
}

/* A state after every so many records, with the seconds it needs before it, from which
 * the model can be had that the run ends with. */
static void states_are_recorded(void **state)
{
	enum { SAMPLES = 120000, SECONDS = 12 };
	struct bench b;
	const struct rec *rec;
	struct buf second[SECONDS] = {{0}}, whole = {0};
	uint64_t after = 0;
	int64_t last_us = 0, next;
	int states = 0, seconds = 0;
	struct model *m = model_new(&(struct model_config){.task_count = 1, .task_name = name});
	struct result r;

	(void)state;
	bench_init(&b, 1);
	ring_free(b.record);
	b.config.record = b.record = ring_new(1 << 26);
	push_point(b.changes, 0, PHASE_LOAD, 1);
	bench_start(&b);
	for (int64_t i = 0; i < SAMPLES; i++) {
		if (i % 100 == 0)
			ring_set_through(b.ring[0], i * 100);
		if (i % 1000 == 0)
			push_gauge(b.ring[0], i * 100, 1, (uint64_t)i);
		push_sample(b.ring[0], i * 100 + 1, (uint64_t)i);
	}
	push_end(b.ring[0], 12 * S);
	bench_join(&b);
	while ((rec = ring_front(b.record))) {
		const struct rec_state *s = (const struct rec_state *)rec;

		if (rec->kind == REC_SECOND) {
			assert_true(seconds < SECONDS && s->second == seconds);
			buf_add(&second[seconds++], s->state, s->bytes);
			free(s->state);
		} else if (rec->kind == REC_STATE) {
			/* All that are final by then came before it. */
			assert_int_equal(s->second, 0);
			assert_int_equal(s->seconds, seconds);
			states++;
			whole.used = 0;
			buf_add(&whole, s->state, s->bytes);
			for (int i = 0; i < seconds; i++)
				buf_add(&whole, second[i].at, second[i].used);
			free(s->state);
			after = 0;
			assert_true(model_restore(m, whole.at, whole.used));
			last_us = model_time(m);
		} else if (states) {
			after += rec->kind == REC_SAMPLE;
			model_feed(m, rec);
		}
		ring_pop(b.record);
	}
	assert_in_range(states, 3, 4);
	assert_true(after < 60000 && last_us > 6 * S);
	next = model_next_second(m, -1);
	assert_int_equal(next, 0);
	model_result(m, &r);
	assert_int_equal(r.summary.requests, SAMPLES);
	assert_memory_equal(&r.summary, &b.result.summary, sizeof r.summary);
	result_fini(&r);
	model_free(m);
	for (int i = 0; i < SECONDS; i++)
		buf_fini(&second[i]);
	buf_fini(&whole);
	bench_fini(&b);
}

/* What the recorder would get; one line of text a record. */
static void read_record(struct bench *b, char *out, size_t bytes)
{
	const struct rec *rec;
	size_t n = 0;

	*out = 0;
	while ((rec = ring_front(b->record))) {
		const struct rec_sample *s = (const struct rec_sample *)rec;
		const struct rec_point *p = (const struct rec_point *)rec;
		const struct rec_gauge *g = (const struct rec_gauge *)rec;
		long long t = rec->t_us;

		if (rec->kind == REC_SAMPLE)
			n += (size_t)snprintf(out + n, bytes - n, "%lld sample %llu in %u\n", t,
					      (unsigned long long)s->seq, s->point);
		else if (rec->kind == REC_POINT)
			n += (size_t)snprintf(out + n, bytes - n, "%lld point %u level %.0f\n", t,
					      p->phase, p->level);
		else if (rec->kind == REC_GAUGE)
			n += (size_t)snprintf(out + n, bytes - n, "%lld gauge %u/%llu\n", t,
					      g->users_active, (unsigned long long)g->started);
		else if (rec->kind == REC_STATE || rec->kind == REC_SECOND)
			free(((const struct rec_state *)rec)->state); /* of their own test */
		else if (rec->kind == REC_END)
			n += (size_t)snprintf(out + n, bytes - n, "%lld end\n", t);
		else
			n += (size_t)snprintf(out + n, bytes - n, "%lld kind %u\n", t, rec->kind);
		ring_pop(b->record);
	}
}

/* Order of time, ties by ring; the initial point first, the end last. */
static void merges_in_order(void **state)
{
	struct bench b;
	char text[2000];

	(void)state;
	bench_init(&b, 3);
	push_point(b.changes, 0, PHASE_LOAD, 6);
	push_sample(b.ring[2], 10, 1);
	push_sample(b.ring[0], 20, 2);
	push_sample(b.ring[1], 20, 3);
	push_sample(b.ring[2], 20, 4);
	push_sample(b.ring[0], 20, 5);
	push_sample(b.ring[1], 30, 6);
	push_gauge(b.ring[0], 100, 3, 2);
	push_gauge(b.ring[1], 90, 2, 2);
	push_gauge(b.ring[2], 110, 1, 2);
	push_end(b.ring[1], 120);
	push_end(b.ring[0], 130);
	push_end(b.ring[2], 125);
	bench_start(&b);
	bench_join(&b);
	read_record(&b, text, sizeof text);
	/* The sum has three shares from 110 on; then the last one. */
	assert_string_equal(text, "0 point 1 level 6\n"
				  "10 sample 1 in 0\n"
				  "20 sample 2 in 0\n"
				  "20 sample 5 in 0\n"
				  "20 sample 3 in 0\n"
				  "20 sample 4 in 0\n"
				  "30 sample 6 in 0\n"
				  "110 gauge 6/6\n"
				  "130 gauge 6/6\n"
				  "130 point 4 level 6\n"
			    "130 end\n");
	assert_true(collector_ended(b.collector));
	assert_int_equal(ring_through(b.record), INT64_MAX);
	assert_int_equal(b.result.duration_us, 130);
	assert_int_equal(b.result.summary.requests, 6);
	assert_true(b.result.balanced);
	assert_int_equal(b.result.gauge.worker_cpu_us, 6);
	assert_int_equal(b.result.gauge.busiest_cpu_us, 2);
	assert_int_equal(b.result.gauge.process_cpu_us, 1002);
	/* Since each worker's word as many as it said. */
	assert_int_equal(b.result.gauge.in_flight_us, 3 * 130 + 2 * 130 + 1 * 130);
	bench_fini(&b);
}

/* Warm-up and end are known beforehand, so they are exact. */
static void exact_boundaries(void **state)
{
	struct bench b;
	char text[2000];

	(void)state;
	bench_init(&b, 2);
	b.config.start_ns = 5000000;
	b.config.warmup_until_ns = 5000000 + 1000 * 1000;
	b.config.stop_is_drain = true;
	atomic_store(&b.stop_at_ns, 5000000 + 2000 * 1000);
	push_point(b.changes, 0, PHASE_LOAD, 6);
	push_sample(b.ring[0], 999, 1);
	push_sample(b.ring[0], 1001, 2);
	push_sample(b.ring[0], 2001, 3);
	push_sample(b.ring[1], 1000, 4);
	push_sample(b.ring[1], 1001, 5);
	push_sample(b.ring[1], 2000, 6);
	push_end(b.ring[0], 2500);
	push_end(b.ring[1], 2400);
	bench_start(&b);
	bench_join(&b);
	read_record(&b, text, sizeof text);
	assert_string_equal(text, "0 point 0 level 6\n"
				  "999 sample 1 in 0\n"
				  "1000 sample 4 in 0\n"
				  "1000 point 1 level 6\n"
				  "1001 sample 2 in 1\n"
				  "1001 sample 5 in 1\n"
				  "2000 sample 6 in 1\n"
				  "2000 point 3 level 6\n"
				  "2001 sample 3 in 1\n"
				  "2500 gauge 0/0\n"
				  "2500 point 4 level 6\n"
			    "2500 end\n");
	assert_int_equal(b.result.duration_us, 1000);
	assert_int_equal(b.result.summary.requests, 4);
	assert_int_equal(b.result.summary.answered, 3);
	bench_fini(&b);
}

/* All ends lie before the end that was planned: there is nothing to drain. The
 * same where the end is not a drain (-n). */
static void ends_early(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct bench b;
		char text[2000];

		bench_init(&b, 1);
		b.config.stop_is_drain = !k;
		atomic_store(&b.stop_at_ns, k ? 5 * 1000 : 2000 * 1000);
		push_point(b.changes, 0, PHASE_LOAD, 1);
		push_sample(b.ring[0], 10, 1);
		push_end(b.ring[0], 20);
		bench_start(&b);
		bench_join(&b);
		read_record(&b, text, sizeof text);
		assert_string_equal(text, "0 point 1 level 1\n10 sample 1 in 0\n20 gauge 0/0\n"
					  "20 point 4 level 1\n"
			    "20 end\n");
		assert_int_equal(b.result.duration_us, 20);
		bench_fini(&b);
	}
}

/* Interrupted in the warm-up: the load never becomes an operating point. */
static void stops_in_the_warm_up(void **state)
{
	struct bench b;
	char text[2000];

	(void)state;
	bench_init(&b, 1);
	b.config.warmup_until_ns = 1000 * 1000;
	b.config.stop_is_drain = true;
	atomic_store(&b.stop_at_ns, 500 * 1000);
	push_point(b.changes, 0, PHASE_LOAD, 1);
	push_sample(b.ring[0], 10, 1);
	push_sample(b.ring[0], 1200, 2);
	push_end(b.ring[0], 1300);
	bench_start(&b);
	bench_join(&b);
	read_record(&b, text, sizeof text);
	assert_string_equal(text, "0 point 0 level 1\n10 sample 1 in 0\n500 point 3 level 1\n"
				  "1200 sample 2 in 1\n1300 gauge 0/0\n1300 point 4 level 1\n1300 end\n");
	assert_int_equal(b.result.summary.requests, 0);
	assert_int_equal(b.result.succeeded, 2);
	bench_fini(&b);
}

/* Waits until main sees a snapshot of t_us or later. */
static const struct snapshot *seen(struct bench *b, int64_t t_us)
{
	struct snapbox *box = collector_snapbox(b->collector);

	for (;;) {
		const struct snapshot *s = snapbox_read(box, NULL);

		if (s && s->t_us >= t_us)
			return s;
		collector_wake(b->collector);
		sched_yield();
	}
}

/* Changes are stamped when the merge has come so far, after what was before and
 * before what comes later; in the warm-up they stay warm-up. */
static void changes_of_load(void **state)
{
	struct bench b;
	char text[4000];

	(void)state;
	bench_init(&b, 2);
	b.config.warmup_until_ns = 1000 * 1000;
	push_point(b.changes, 0, PHASE_LOAD, 1);
	bench_start(&b);
	push_sample(b.ring[0], 99, 1);
	ring_set_through(b.ring[0], 150);
	push_sample(b.ring[1], 120, 2);
	ring_set_through(b.ring[1], 100); /* the slower one holds all back */
	assert_int_equal(seen(&b, 99)->t_us, 99);
	push_point(b.changes, 180, PHASE_LOAD, 2);
	/* Asked for at 180: not before. */
	ring_set_through(b.ring[1], 150);
	assert_int_equal(seen(&b, 149)->point_count, 1);
	push_sample(b.ring[0], 200, 3);
	ring_set_through(b.ring[0], 200);
	ring_set_through(b.ring[1], 200);
	assert_int_equal(seen(&b, 199)->point[1].t_us, 199);
	assert_int_equal(seen(&b, 199)->phase, PHASE_WARMUP);
	/* A pause over the end of the warm-up: load comes with the resume. */
	push_point(b.changes, 200, PHASE_PAUSE, 2);
	ring_set_through(b.ring[0], 300);
	ring_set_through(b.ring[1], 400);
	assert_int_equal(seen(&b, 299)->phase, PHASE_PAUSE);
	push_sample(b.ring[1], 1100, 4);
	ring_set_through(b.ring[0], 1500);
	ring_set_through(b.ring[1], 1500);
	assert_int_equal(seen(&b, 1499)->point_count, 3);
	push_point(b.changes, 1500, PHASE_LOAD, 2);
	push_event(b.changes, EVENT_MARK); /* waits behind it */
	push_sample(b.ring[0], 1600, 5);
	push_end(b.ring[0], 1700); /* it does not hold back any more */
	ring_set_through(b.ring[1], 1800);
	assert_int_equal(seen(&b, 1799)->phase, PHASE_LOAD);
	push_end(b.ring[1], 1900);
	bench_join(&b);
	read_record(&b, text, sizeof text);
	assert_string_equal(text, "0 point 0 level 1\n"
				  "99 sample 1 in 0\n"
				  "120 sample 2 in 0\n"
				  "199 point 0 level 2\n"
				  "200 sample 3 in 1\n"
				  "299 point 2 level 2\n"
				  "1100 sample 4 in 2\n"
				  "1600 sample 5 in 2\n"
				  "1799 point 1 level 2\n"
				  "1799 kind 5\n"
				  "1900 gauge 0/0\n"
				  "1900 point 4 level 2\n"
			    "1900 end\n");
	assert_int_equal(b.result.summary.requests, 0);
	assert_int_equal(b.result.duration_us, 101);
	bench_fini(&b);
}

static void push_server(struct ring *ring, int64_t t_us, double waiting)
{
	union any_server s;

	server_at(&s, t_us, 1, waiting, NULL);
	s.server.scrapes = 1;
	push(ring, &s.server.rec);
}

/* A scrape counts from when it is there; nobody waits for one, and the last are not lost. */
static void scrapes_hold_nobody_up(void **state)
{
	struct bench b;
	struct ring *server = ring_new(1 << 14);
	char text[4000];

	(void)state;
	bench_init(&b, 1);
	b.config.server = server;
	push_point(b.changes, 0, PHASE_LOAD, 1);
	bench_start(&b);
	push_sample(b.ring[0], 99, 1);
	ring_set_through(b.ring[0], 150);
	assert_int_equal(seen(&b, 149)->server.scrapes, 0);
	push_server(server, 100, 3); /* late: the merge is further */
	ring_set_through(b.ring[0], 200);
	assert_true(seen(&b, 199)->server.last[SERVER_WAITING] == 3);
	push_server(server, 250, 4); /* early */
	push_sample(b.ring[0], 240, 2);
	ring_set_through(b.ring[0], 245);
	assert_true(seen(&b, 244)->server.last[SERVER_WAITING] == 3);
	ring_set_through(b.ring[0], 300);
	assert_true(seen(&b, 299)->server.last[SERVER_WAITING] == 4);
	push_server(server, 9000, 5);
	push_end(b.ring[0], 400);
	bench_join(&b);
	read_record(&b, text, sizeof text);
	assert_string_equal(text, "0 point 1 level 1\n"
				  "99 sample 1 in 0\n"
				  "149 kind 12\n"
				  "240 sample 2 in 0\n"
				  "250 kind 12\n"
				  "400 kind 12\n"
				  "400 gauge 0/0\n"
				  "400 point 4 level 1\n"
				  "400 end\n");
	assert_true(b.result.server.last[SERVER_WAITING] == 5);
	bench_fini(&b);
	ring_free(server);
}

/* Ctrl-C moves the end to a moment that the merge has already passed. */
static void the_end_moves_into_the_past(void **state)
{
	struct bench b;
	char text[2000];

	(void)state;
	bench_init(&b, 1);
	b.config.stop_is_drain = true;
	push_point(b.changes, 0, PHASE_LOAD, 1);
	bench_start(&b);
	push_sample(b.ring[0], 900, 1);
	ring_set_through(b.ring[0], 1000);
	seen(&b, 999);
	atomic_store(&b.stop_at_ns, 500 * 1000);
	push_sample(b.ring[0], 1100, 2);
	ring_set_through(b.ring[0], 1200);
	assert_int_equal(seen(&b, 1199)->phase, PHASE_DRAIN);
	push_point(b.changes, 1200, PHASE_LOAD, 9); /* a key while it drains */
	push_end(b.ring[0], 1300);
	bench_join(&b);
	read_record(&b, text, sizeof text);
	assert_string_equal(text, "0 point 1 level 1\n900 sample 1 in 0\n999 point 3 level 1\n"
				  "1100 sample 2 in 0\n1300 gauge 0/0\n1300 point 4 level 1\n1300 end\n");
	assert_int_equal(b.result.duration_us, 999);
	bench_fini(&b);
}

static void one_gauge_a_second_is_recorded(void **state)
{
	struct bench b;
	char text[2000];

	(void)state;
	bench_init(&b, 2);
	push_point(b.changes, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 25; i++) {
		push_gauge(b.ring[0], i * 100 * MS, 1, (uint64_t)i);
		push_gauge(b.ring[1], i * 100 * MS + 50, 2, (uint64_t)i);
	}
	push_end(b.ring[0], 2500 * MS);
	push_end(b.ring[1], 2500 * MS);
	bench_start(&b);
	bench_join(&b);
	read_record(&b, text, sizeof text);
	assert_string_equal(text, "0 point 1 level 1\n"
				  "50 gauge 3/0\n"
				  "1000000 gauge 3/19\n"
				  "2000000 gauge 3/39\n"
				  "2500000 gauge 3/48\n"
				  "2500000 point 4 level 1\n"
			    "2500000 end\n");
	assert_int_equal(b.result.started, 48);
	bench_fini(&b);
}

/* A recorder that is too slow loses records, and that is said. */
static void losses_are_counted(void **state)
{
	struct bench b;
	struct ring_stats stats;

	(void)state;
	bench_init(&b, 1);
	ring_free(b.record);
	b.config.record = b.record = ring_new(4096);
	push_point(b.changes, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 100; i++)
		push_sample(b.ring[0], 1 + i, 1);
	push_end(b.ring[0], 200);
	bench_start(&b);
	bench_join(&b);
	ring_stats(b.record, &stats);
	assert_true(stats.dropped > 50);
	/* Of these the last gauge itself, the last point and the end came after the count. */
	assert_in_range(b.result.gauge.record_lost, stats.dropped - 3, stats.dropped);
	assert_int_equal(b.result.summary.requests, 100);
	bench_fini(&b);
}

struct worker {
	struct ring *ring;
	uint64_t seed;
	int samples;
};

static void *work(void *arg)
{
	const struct worker *w = arg;
	int64_t t = 0;
	struct rng rng;

	rng_seed(&rng, w->seed, 0);
	for (int i = 0; i < w->samples; i++) {
		t += (int64_t)rng_below(&rng, 100);
		push_sample(w->ring, t, (uint64_t)i);
		if (i % 50 == 0)
			ring_set_through(w->ring, t);
	}
	push_gauge(w->ring, t, 0, (uint64_t)w->samples);
	push_end(w->ring, t);
	return NULL;
}

/* Three threads at once, rings much smaller than what goes through them, a
 * reader that keeps asking: nothing lost, order kept. */
static void with_threads(void **state)
{
	enum { SAMPLES = 20000 };
	struct bench b;
	struct worker worker[RINGS];
	pthread_t thread[RINGS];
	const struct rec *rec;
	int64_t last = 0;
	int samples = 0;
	uint64_t number = 0;

	(void)state;
	bench_init(&b, RINGS);
	ring_free(b.record);
	b.config.record = b.record = ring_new(1 << 24);
	push_point(b.changes, 0, PHASE_LOAD, 3);
	bench_start(&b);
	for (int i = 0; i < RINGS; i++) {
		worker[i] = (struct worker){b.ring[i], (uint64_t)i, SAMPLES};
		assert_int_equal(pthread_create(&thread[i], NULL, work, &worker[i]), 0);
	}
	for (uint32_t g = 1; !collector_ended(b.collector); g++) {
		const struct snapshot *s = snapbox_read(collector_snapbox(b.collector), NULL);

		if (s) {
			assert_true(s->number >= number);
			number = s->number;
			assert_true(s->all.requests == s->succeeded);
		}
		snapbox_ask(collector_snapbox(b.collector),
			    (struct view_query){.generation = g, .task = (int16_t)(g % 2) - 1});
		collector_wake(b.collector);
		sched_yield();
	}
	for (int i = 0; i < RINGS; i++)
		pthread_join(thread[i], NULL);
	/* After the end queries are still answered. */
	snapbox_ask(collector_snapbox(b.collector), (struct view_query){.generation = 1u << 31});
	collector_wake(b.collector);
	while (snapbox_read(collector_snapbox(b.collector), NULL)->generation != 1u << 31)
		sched_yield();
	assert_true(snapbox_read(collector_snapbox(b.collector), NULL)->ended);
	bench_join(&b);
	while ((rec = ring_front(b.record))) {
		assert_true(rec->t_us >= last);
		last = rec->t_us;
		samples += rec->kind == REC_SAMPLE;
		if (rec->kind == REC_SECOND || rec->kind == REC_STATE)
			free(((const struct rec_state *)rec)->state);
		ring_pop(b.record);
	}
	assert_int_equal(samples, RINGS * SAMPLES);
	assert_int_equal(b.result.summary.requests, RINGS * SAMPLES);
	assert_true(b.result.balanced);
	assert_int_equal(b.result.ended_us, last);
	bench_fini(&b);
}

static void stop_without_an_end(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 1);
	push_point(b.changes, 0, PHASE_LOAD, 1);
	bench_start(&b);
	push_sample(b.ring[0], 1000, 1);
	push_sample(b.ring[0], 2000, 1);
	ring_set_through(b.ring[0], 1500);
	seen(&b, 1499);
	assert_false(collector_ended(b.collector));
	collector_stop(b.collector);
	while (!collector_ended(b.collector))
		sched_yield();
	/* A producer in need of room gets on; nobody counts it any more. */
	for (int i = 0; i < 5000; i++)
		push_sample(b.ring[0], 3000, 1);
	bench_join(&b);
	assert_int_equal(b.result.summary.requests, 2);
	assert_int_equal(b.result.duration_us, 2000);
	bench_fini(&b);
}

/* A replay: as it comes, to the end, back again, and on. */
static void replayed(void **state)
{
	struct bench b;
	struct rec mark = head_of(REC_RESET, sizeof mark, 0);
	struct rec_quiet quiet = {.rec = head_of(REC_QUIET, sizeof quiet, 0)};
	struct rec_point p = point_at(0, PHASE_LOAD, 4);
	struct rec_gauge g = gauge_at(1 * S, 4, 3);
	const struct snapshot *s;
	struct snapbox *box;

	(void)state;
	bench_init(&b, 1);
	b.config.changes = NULL;
	b.config.record = NULL;
	b.config.stop_at_ns = NULL;
	bench_start(&b);
	box = collector_snapbox(b.collector);
	assert_null(snapbox_read(box, NULL));
	push(b.ring[0], &p.rec);
	push_sample(b.ring[0], 1 * S, 1);
	push(b.ring[0], &g.rec);
	ring_set_through(b.ring[0], 5 * S);
	s = seen(&b, 5 * S);
	assert_int_equal(s->t_us, 5 * S);
	assert_int_equal(s->all.requests, 1);
	assert_int_equal(s->gauge.users_active, 4); /* already a total */
	push_sample(b.ring[0], 6 * S, 1);
	p.rec.t_us = 7 * S;
	p.phase = PHASE_END;
	push(b.ring[0], &p.rec);
	mark.kind = REC_END;
	mark.t_us = 7 * S;
	push(b.ring[0], &mark);
	ring_set_through(b.ring[0], INT64_MAX);
	while (!collector_ended(b.collector))
		sched_yield();
	s = seen(&b, 7 * S);
	assert_true(s->ended);
	assert_int_equal(s->t_us, 7 * S);
	assert_int_equal(s->all.requests, 2);

	/* Back to the start, quietly up to 2 s. */
	ring_set_through(b.ring[0], INT64_MIN);
	quiet.on = 1;
	push(b.ring[0], &quiet.rec);
	mark.kind = REC_RESET;
	mark.t_us = 0;
	push(b.ring[0], &mark);
	while (collector_ended(b.collector))
		sched_yield();
	p.rec.t_us = 0;
	p.phase = PHASE_LOAD;
	push(b.ring[0], &p.rec);
	push_sample(b.ring[0], 1 * S, 1);
	collector_wake(b.collector);
	assert_int_equal(snapbox_read(box, NULL)->t_us, 7 * S);
	ring_set_through(b.ring[0], 2 * S);
	quiet.on = 0;
	quiet.rec.t_us = 2 * S;
	push(b.ring[0], &quiet.rec);
	do
		s = snapbox_read(box, NULL);
	while (s->ended || s->t_us < 2 * S);
	assert_int_equal(s->t_us, 2 * S);
	assert_int_equal(s->all.requests, 1);
	collector_stop(b.collector);
	bench_join(&b);
	assert_int_equal(b.result.summary.requests, 1);
	bench_fini(&b);
}

/* Freed without a join: nothing hangs, nothing leaks. */
static void freed_at_once(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b, 2);
	push_point(b.changes, 0, PHASE_LOAD, 1);
	bench_start(&b);
	bench_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merges_in_order),
		cmocka_unit_test(exact_boundaries),
		cmocka_unit_test(ends_early),
		cmocka_unit_test(stops_in_the_warm_up),
		cmocka_unit_test(changes_of_load),
		cmocka_unit_test(scrapes_hold_nobody_up),
		cmocka_unit_test(the_end_moves_into_the_past),
		cmocka_unit_test(one_gauge_a_second_is_recorded),
		cmocka_unit_test(states_are_recorded),
		cmocka_unit_test(losses_are_counted),
		cmocka_unit_test(with_threads),
		cmocka_unit_test(stop_without_an_end),
		cmocka_unit_test(replayed),
		cmocka_unit_test(freed_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
