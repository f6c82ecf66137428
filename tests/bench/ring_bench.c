/* What a push costs: the ring beside a queue with a mutex, and hdr_record().
 * Prints one line of names and figures. Two threads in both cases, records as
 * long as a sample, written in place as the workers write theirs, in batches of
 * 64; a round's figure is the median batch, so
 * that being scheduled away does not count as the cost of a push; the figure
 * printed is the median of the rounds. usage: ring_bench [RECORDS] */
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/rng.h"
#include "metrics/hdr.h"
#include "metrics/ring.h"

#define ROUNDS 5
#define BATCH 64
#define BYTES sizeof(struct rec_sample)
#define CAPACITY (4 << 20)
#define SLOTS (CAPACITY / BYTES)
#define VALUES 65536

/* What the reader counts in must not share a line with the producer's stack. */
#define LINE 128

struct record {
	struct rec rec;
	unsigned char rest[BYTES - sizeof(struct rec)];
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *v, size_t n)
{
	qsort(v, n, sizeof *v, by_value);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static void check(int ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "ring_bench: %s\n", what);
		exit(1);
	}
}

static cpu_set_t allowed;

/* Puts the thread on the n-th processor that we may use, as far as there are
 * so many. Left to itself the system often runs both on one, where nothing is
 * shared between caches and a mutex is always free. */
static void pin(pthread_t thread, int n)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed) && n-- == 0)
			CPU_SET(cpu, &one);
	if (CPU_COUNT(&one))
		pthread_setaffinity_np(thread, sizeof one, &one);
}

/* --- the ring ------------------------------------------------------------- */

struct reader {
	alignas(LINE) struct ring *ring;
	uint64_t taken, sum;
	int slow;
};

static void *read_ring(void *arg)
{
	struct reader *r = arg;
	int done = 0;

	while (!done) {
		const struct rec *rec;

		done = ring_through(r->ring) == INT64_MAX;
		while ((rec = ring_front(r->ring))) {
			r->sum += (uint64_t)rec->t_us;
			r->taken++;
			ring_pop(r->ring);
			if (r->taken % BATCH == 0) {
				ring_release(r->ring);
				if (r->slow)
					sched_yield();
			}
		}
		ring_release(r->ring);
		sched_yield();
	}
	return NULL;
}

/* One round. The books are checked in all of them; with `overflow` the
 * producer never waits and the ring is small, so that some are dropped. */
static double ring_round(uint64_t records, int overflow)
{
	struct reader reader = {
		.ring = ring_new(overflow ? 16384 : CAPACITY),
		.slow = overflow,
	};
	size_t batches = records / BATCH;
	double *ns = xcalloc(batches, sizeof *ns);
	struct record record = {.rec = {.bytes = BYTES, .kind = REC_SAMPLE}};
	uint64_t refused = 0, sum = 0;
	int64_t t_us = 0;
	struct ring_stats stats;
	pthread_t thread;

	check(!pthread_create(&thread, NULL, read_ring, &reader), "no thread");
	pin(thread, 1);
	for (size_t b = 0; b < batches; b++) {
		if (!overflow)
			for (;;) {
				ring_stats(reader.ring, &stats);
				if (stats.used_bytes < CAPACITY / 2)
					break;
				sched_yield();
			}
		int64_t start = clock_ns();
		for (int i = 0; i < BATCH; i++) {
			struct rec *room = ring_reserve(reader.ring, BYTES);

			t_us++;
			if (!room) {
				refused++;
				continue;
			}
			memcpy(room, &record, sizeof record);
			room->t_us = t_us;
			ring_commit(reader.ring);
			sum += (uint64_t)t_us;
		}
		ring_publish(reader.ring);
		ns[b] = (double)(clock_ns() - start) / BATCH;
	}
	ring_set_through(reader.ring, INT64_MAX);
	pthread_join(thread, NULL);
	ring_stats(reader.ring, &stats);
	check(stats.offered == batches * BATCH, "not every push was counted");
	check(stats.offered == reader.taken + stats.dropped, "offered is not taken + dropped");
	check(stats.dropped == refused, "dropped is not what was refused");
	check(reader.sum == sum, "other records came out than went in");
	check(overflow ? stats.dropped > 0 : stats.dropped == 0,
	      overflow ? "a small ring dropped nothing" : "a large ring dropped");
	ring_free(reader.ring);
	double result = median(ns, batches);
	free(ns);
	return result;
}

/* --- the peer: a circular queue behind a mutex ---------------------------- */

struct queue {
	alignas(LINE) pthread_mutex_t mutex;
	struct record *slot;
	uint64_t in, out, dropped;
	int done;
	alignas(LINE) uint64_t taken; /* the reader's */
	uint64_t sum;
};

static int queue_push(struct queue *q, const struct record *record)
{
	int result = -1;

	pthread_mutex_lock(&q->mutex);
	if (q->in - q->out < SLOTS) {
		q->slot[q->in++ % SLOTS] = *record;
		result = 0;
	} else {
		q->dropped++;
	}
	pthread_mutex_unlock(&q->mutex);
	return result;
}

static void *read_queue(void *arg)
{
	struct queue *q = arg;
	int done = 0;

	while (!done) {
		int empty;

		pthread_mutex_lock(&q->mutex);
		empty = q->in == q->out;
		done = empty && q->done;
		if (!empty) {
			q->sum += (uint64_t)q->slot[q->out++ % SLOTS].rec.t_us;
			q->taken++;
		}
		pthread_mutex_unlock(&q->mutex);
		if (empty)
			sched_yield();
	}
	return NULL;
}

static double queue_round(uint64_t records)
{
	struct queue q = {
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.slot = xcalloc(SLOTS, sizeof *q.slot),
	};
	size_t batches = records / BATCH;
	double *ns = xcalloc(batches, sizeof *ns);
	struct record record = {.rec = {.bytes = BYTES, .kind = REC_SAMPLE}};
	pthread_t thread;

	memset(q.slot, 0, SLOTS * sizeof *q.slot); /* as warm as the ring */
	check(!pthread_create(&thread, NULL, read_queue, &q), "no thread");
	pin(thread, 1);
	for (size_t b = 0; b < batches; b++) {
		for (;;) {
			pthread_mutex_lock(&q.mutex);
			uint64_t used = q.in - q.out;
			pthread_mutex_unlock(&q.mutex);
			if (used < SLOTS / 2)
				break;
			sched_yield();
		}
		int64_t start = clock_ns();
		for (int i = 0; i < BATCH; i++) {
			record.rec.t_us++;
			queue_push(&q, &record);
		}
		ns[b] = (double)(clock_ns() - start) / BATCH;
	}
	pthread_mutex_lock(&q.mutex);
	q.done = 1;
	pthread_mutex_unlock(&q.mutex);
	pthread_join(thread, NULL);
	check(q.taken + q.dropped == batches * BATCH, "the mutex queue lost records");
	free(q.slot);
	double result = median(ns, batches);
	free(ns);
	return result;
}

/* --- histogram ------------------------------------------------------------ */

static double hdr_round(const int64_t *values, uint64_t records)
{
	struct hdr_pool *pool = hdr_pool_new();
	struct hdr h;

	hdr_init(&h, pool, 3);
	for (int i = 0; i < VALUES; i++)
		hdr_record(&h, values[i]);
	int64_t start = clock_ns();
	for (uint64_t i = 0; i < records; i++)
		hdr_record(&h, values[i % VALUES]);
	double ns = (double)(clock_ns() - start) / (double)records;
	check(h.count == records + VALUES, "the histogram lost values");
	hdr_fini(&h);
	hdr_pool_free(pool);
	return ns;
}

int main(int argc, char **argv)
{
	uint64_t records = argc > 1 ? strtoull(argv[1], NULL, 10) : 2000000;
	double ring[ROUNDS], queue[ROUNDS], hdr[ROUNDS];
	int64_t *values = xcalloc(VALUES, sizeof *values);
	struct rng rng;

	check(records >= 100 * BATCH, "RECORDS is a number of at least 6400");
	check(!sched_getaffinity(0, sizeof allowed, &allowed), "no processors");
	pin(pthread_self(), 0);
	rng_seed(&rng, 1, 0);
	for (int i = 0; i < VALUES; i++)
		values[i] = (int64_t)(1.4e6 * exp(0.4 * rng_normal(&rng)));
	/* Alternating, so that what else the machine does hits both. */
	for (int r = 0; r < ROUNDS; r++) {
		ring[r] = ring_round(records, 0);
		queue[r] = queue_round(records);
		hdr[r] = hdr_round(values, records);
	}
	ring_round(records, 1);
	double ring_ns = median(ring, ROUNDS), queue_ns = median(queue, ROUNDS);
	printf("ring_push_ns %.1f mutex_queue_ns %.1f ratio %.3f hdr_record_ns %.1f\n",
	       ring_ns, queue_ns, ring_ns / queue_ns, median(hdr, ROUNDS));
	free(values);
	return 0;
}
