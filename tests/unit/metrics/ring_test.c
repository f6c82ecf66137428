#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "metrics/ring.h"

#if defined(__SANITIZE_THREAD__)
#define EVENTS 100000
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define EVENTS 100000
#endif
#endif
#ifndef EVENTS
#define EVENTS 1500000
#endif

/* Where a 32-bit or a 64-bit index would wrap within the test. */
static const uint64_t starts[] = {
	0, 8, (1ULL << 32) - 512, (1ULL << 32) - 8, 0 - 1024ULL, 0 - 8ULL,
};
#define STARTS (sizeof starts / sizeof *starts)

/* --- records that can be checked ------------------------------------------ */

/* Length and content follow from the number, so that a reader who expects
 * number n knows every byte of it. */
static uint32_t bytes_of(uint64_t number, uint64_t seed, uint32_t most)
{
	struct rng rng;

	rng_seed(&rng, seed, number);
	return (uint32_t)(16 + REC_ALIGN * rng_below(&rng, (most - 16) / REC_ALIGN + 1));
}

static void fill(void *at, uint64_t number, uint32_t bytes)
{
	struct rec *rec = at;
	uint64_t *word = (uint64_t *)(rec + 1);

	*rec = (struct rec){
		.bytes = bytes,
		.kind = (uint16_t)(REC_SAMPLE + number % 5),
		.worker = (uint16_t)number,
		.t_us = (int64_t)number,
	};
	for (uint32_t i = 0; i < (bytes - sizeof *rec) / 8; i++)
		word[i] = number * 0x9e3779b97f4a7c15ULL + i;
}

/* 1 where the record is number n of `bytes` bytes, whole. */
static int is_whole(const struct rec *rec, uint64_t n, uint32_t bytes)
{
	const uint64_t *word = (const uint64_t *)(rec + 1);

	if (rec->bytes != bytes || rec->t_us != (int64_t)n ||
	    rec->worker != (uint16_t)n || rec->kind != REC_SAMPLE + n % 5)
		return 0;
	for (uint32_t i = 0; i < (bytes - sizeof *rec) / 8; i++)
		if (word[i] != n * 0x9e3779b97f4a7c15ULL + i)
			return 0;
	return 1;
}

static struct ring *ring_at(uint64_t capacity, uint64_t index)
{
	struct ring *ring = ring_new(capacity);

	ring_preset(ring, index);
	return ring;
}

/* --- one thread ----------------------------------------------------------- */

static void capacity_is_a_power_of_two(void **state)
{
	static const uint64_t ask[] = {0, 1, 1023, 1024, 1025, 5000, 65536, 4 << 20};
	static const uint64_t got[] = {1024, 1024, 1024, 1024, 2048, 8192, 65536, 4 << 20};

	(void)state;
	for (size_t i = 0; i < sizeof ask / sizeof *ask; i++) {
		struct ring *ring = ring_new(ask[i]);

		assert_int_equal(ring_capacity(ring), got[i]);
		assert_null(ring_front(ring));
		ring_free(ring);
	}
	ring_free(NULL);
}

static void visible_when_published(void **state)
{
	for (size_t s = 0; s < STARTS; s++) {
		struct ring *ring = ring_at(1024, starts[s]);
		struct ring_stats stats;

		(void)state;
		fill(ring_reserve(ring, 24), 1, 24);
		ring_commit(ring);
		fill(ring_reserve(ring, 32), 2, 32);
		ring_commit(ring);
		assert_null(ring_front(ring));
		ring_publish(ring);
		assert_true(is_whole(ring_front(ring), 1, 24));
		ring_pop(ring);
		assert_true(is_whole(ring_front(ring), 2, 32));
		/* Front does not pop. */
		assert_true(is_whole(ring_front(ring), 2, 32));
		ring_pop(ring);
		assert_null(ring_front(ring));
		/* Popped is not released. */
		ring_stats(ring, &stats);
		assert_true(stats.used_bytes >= 56);
		ring_release(ring);
		ring_stats(ring, &stats);
		assert_int_equal(stats.used_bytes, 0);
		assert_int_equal(stats.offered, 2);
		assert_int_equal(stats.dropped, 0);
		ring_free(ring);
	}
}

static void a_reservation_may_be_forgotten(void **state)
{
	(void)state;
	for (uint64_t index = 0; index < 1024; index += 8) {
		struct ring *ring = ring_at(1024, index);
		struct ring_stats stats;

		/* Also where a pad was written for it. */
		memset(ring_reserve(ring, 256), 0xff, 256);
		fill(ring_reserve(ring, 16), 7, 16);
		ring_commit(ring);
		memset(ring_reserve(ring, 128), 0xff, 128);
		ring_publish(ring);
		assert_true(is_whole(ring_front(ring), 7, 16));
		ring_pop(ring);
		assert_null(ring_front(ring));
		ring_stats(ring, &stats);
		assert_int_equal(stats.offered, 1);
		ring_free(ring);
	}
}

/* Full at every position of the wrap: the refused record, with or without a
 * pad before it, leaves what is in the ring alone. */
static void a_refusal_harms_nothing(void **state)
{
	(void)state;
	for (uint64_t index = 0; index < 1024; index += 8)
		for (uint32_t bytes = 16; bytes <= 256; bytes += 40) {
			struct ring *ring = ring_at(1024, index);
			struct ring_stats stats;
			uint64_t in = 0, refused = 0;

			for (uint64_t n = 0; n < 70; n++) {
				void *room = ring_reserve(ring, bytes);

				if (room) {
					assert_int_equal(refused, 0);
					fill(room, in++, bytes);
					ring_commit(ring);
				} else {
					refused++;
				}
			}
			assert_true(in >= 1 && refused >= 1);
			/* A gap at the end and one record at most are not used. */
			assert_true(in * bytes + 2 * bytes > 1024);
			ring_stats(ring, &stats);
			assert_int_equal(stats.offered, 70);
			assert_int_equal(stats.dropped, refused);
			assert_true(stats.used_bytes <= 1024);
			ring_publish(ring);
			for (uint64_t n = 0; n < in; n++) {
				assert_true(is_whole(ring_front(ring), n, bytes));
				ring_pop(ring);
			}
			assert_null(ring_front(ring));
			/* Popped bytes are the consumer's until it releases them. */
			assert_null(ring_reserve(ring, 256));
			ring_release(ring);
			assert_non_null(ring_reserve(ring, 256));
			ring_free(ring);
		}
}

static void an_empty_ring_takes_the_longest_record(void **state)
{
	(void)state;
	for (uint64_t index = 0; index < 4096; index += 8) {
		struct ring *ring = ring_at(4096, index);

		fill(ring_reserve(ring, 1024), 1, 1024);
		ring_commit(ring);
		ring_publish(ring);
		assert_true(is_whole(ring_front(ring), 1, 1024));
		ring_free(ring);
	}
}

static void push_copies(void **state)
{
	struct ring *ring = ring_new(1024);
	uint64_t buffer[32];
	struct rec *rec = (struct rec *)buffer;
	int taken = 0;

	(void)state;
	for (uint64_t n = 0; n < 9; n++) {
		fill(rec, n, 128);
		taken += ring_push(ring, rec) == 0;
	}
	assert_int_equal(taken, 8);
	assert_int_equal(ring_push(ring, rec), -1);
	ring_publish(ring);
	for (uint64_t n = 0; n < 8; n++) {
		assert_true(is_whole(ring_front(ring), n, 128));
		ring_pop(ring);
	}
	ring_free(ring);
}

/* Random reserve, push, publish, pop and release against a plain queue of
 * numbers. */
static void model(uint64_t capacity, uint32_t most, uint64_t start, uint64_t seed)
{
	enum { STEPS = 20000 };
	struct ring *ring = ring_at(capacity, start);
	uint64_t *queue = xcalloc(STEPS, sizeof *queue);
	uint64_t first = 0, published = 0, committed = 0; /* positions in queue */
	uint64_t offered = 0, dropped = 0;
	void *copy = xaligned(8, most);
	struct rng rng;

	rng_seed(&rng, seed, capacity);
	for (int step = 0; step < STEPS; step++) {
		/* Phases in which the ring fills up and others in which it empties. */
		unsigned bias = step / 500 % 2 ? 30 : 60;
		uint64_t dice = rng_below(&rng, 100);

		if (dice < bias) {
			uint64_t n = offered++;
			uint32_t bytes = bytes_of(n, seed, most);
			int ok;

			if (n % 2) {
				void *room = ring_reserve(ring, bytes);

				ok = room != NULL;
				if (ok) {
					fill(room, n, bytes);
					ring_commit(ring);
				}
			} else {
				fill(copy, n, bytes);
				ok = ring_push(ring, copy) == 0;
			}
			if (ok)
				queue[committed++] = n;
			else
				dropped++;
		} else if (dice < bias + 10) {
			ring_publish(ring);
			published = committed;
		} else if (dice < 95) {
			const struct rec *rec = ring_front(ring);

			assert_int_equal(rec != NULL, first < published);
			if (rec) {
				uint64_t n = queue[first++];

				assert_true(is_whole(rec, n, bytes_of(n, seed, most)));
				ring_pop(ring);
			}
		} else {
			ring_release(ring);
		}
		struct ring_stats stats;
		ring_stats(ring, &stats);
		assert_int_equal(stats.offered, offered);
		assert_int_equal(stats.dropped, dropped);
		assert_true(stats.used_bytes <= capacity);
		assert_int_equal(offered, committed + dropped);
	}
	assert_true(dropped > 0 && committed > dropped / 10);
	free(copy);
	free(queue);
	ring_free(ring);
}

static void agrees_with_a_plain_queue(void **state)
{
	(void)state;
	for (uint64_t capacity = 1024; capacity <= 16384; capacity *= 2)
		for (size_t s = 0; s < STARTS; s++) {
			model(capacity, (uint32_t)(capacity / 4), starts[s], s);
			model(capacity, 248, starts[s], s + 100);
			if (capacity == 1024) {
				model(capacity, 16, starts[s], s + 200);
				model(capacity, 40, starts[s], s + 300);
			}
		}
}

/* --- two threads ---------------------------------------------------------- */

struct race {
	struct ring *ring;
	uint64_t events, seed;
	int patient; /* the producer waits when it is full, so nothing is lost */
	uint64_t taken, dropped;
};

static void *produce(void *arg)
{
	struct race *race = arg;
	struct rng rng;

	rng_seed(&rng, race->seed, 1);
	for (uint64_t n = 0; n < race->events;) {
		uint32_t bytes = bytes_of(n, race->seed, 248);
		void *room = ring_reserve(race->ring, bytes);

		if (!room) {
			race->dropped++;
			ring_publish(race->ring);
			ring_set_through(race->ring, (int64_t)n);
			sched_yield();
			n += !race->patient;
			continue;
		}
		fill(room, n, bytes);
		ring_commit(race->ring);
		race->taken++;
		n++;
		if (!rng_below(&rng, 16)) {
			ring_publish(race->ring);
			ring_set_through(race->ring, (int64_t)n);
		}
	}
	ring_publish(race->ring);
	ring_set_through(race->ring, INT64_MAX);
	return NULL;
}

/* Reads to the end. Every record is whole, later than the one before and, once
 * a watermark was seen, none earlier than it comes any more. */
static void consume(struct race *race, uint64_t *got, uint64_t *wrong)
{
	uint64_t next = 0;
	struct rng rng;

	rng_seed(&rng, race->seed, 2);
	*got = *wrong = 0;
	for (int64_t through = 0; through != INT64_MAX;) {
		const struct rec *rec;
		struct ring_stats stats;
		int64_t promised = through;

		through = ring_through(race->ring);
		*wrong += through < promised;
		for (uint64_t batch = 0; (rec = ring_front(race->ring)); batch++) {
			uint64_t n = (uint64_t)rec->t_us;

			*wrong += n < next || rec->t_us < promised;
			*wrong += race->patient && n != next;
			*wrong += !is_whole(rec, n, bytes_of(n, race->seed, 248));
			next = n + 1;
			(*got)++;
			ring_pop(race->ring);
			if (rng_below(&rng, 8) == 0)
				ring_release(race->ring);
		}
		/* All before `through` have been seen now. */
		if (race->patient && through != INT64_MAX)
			*wrong += (int64_t)next < through;
		ring_release(race->ring);
		ring_stats(race->ring, &stats);
		*wrong += stats.dropped > stats.offered;
		*wrong += stats.used_bytes > ring_capacity(race->ring);
		sched_yield();
	}
}

static void run_race(uint64_t capacity, uint64_t start, int patient, uint64_t events)
{
	struct race race = {
		.ring = ring_at(capacity, start),
		.events = events,
		.seed = start + capacity,
		.patient = patient,
	};
	struct ring_stats stats;
	uint64_t got, wrong;
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, produce, &race), 0);
	consume(&race, &got, &wrong);
	pthread_join(thread, NULL);
	assert_int_equal(wrong, 0);
	assert_null(ring_front(race.ring));
	ring_stats(race.ring, &stats);
	assert_int_equal(got, race.taken);
	assert_int_equal(stats.dropped, race.dropped);
	assert_int_equal(stats.offered, got + stats.dropped);
	assert_int_equal(stats.used_bytes, 0);
	if (patient)
		assert_int_equal(got, events);
	else
		assert_int_equal(stats.offered, events);
	ring_free(race.ring);
}

static void two_threads_lose_nothing(void **state)
{
	(void)state;
	for (size_t s = 0; s < STARTS; s++)
		run_race(1024ULL << (s % 3 * 3), starts[s], 1, EVENTS / STARTS);
}

static void two_threads_count_what_is_dropped(void **state)
{
	(void)state;
	for (size_t s = 0; s < STARTS; s++)
		run_race(1024ULL << s, starts[s], 0, EVENTS / STARTS);
}

static void through_starts_without_a_promise(void **state)
{
	struct ring *ring = ring_new(1024);

	(void)state;
	assert_int_equal(ring_through(ring), 0);
	ring_set_through(ring, 12);
	assert_int_equal(ring_through(ring), 12);
	ring_set_through(ring, INT64_MAX);
	assert_true(ring_through(ring) == INT64_MAX);
	ring_free(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(capacity_is_a_power_of_two),
		cmocka_unit_test(visible_when_published),
		cmocka_unit_test(a_reservation_may_be_forgotten),
		cmocka_unit_test(a_refusal_harms_nothing),
		cmocka_unit_test(an_empty_ring_takes_the_longest_record),
		cmocka_unit_test(push_copies),
		cmocka_unit_test(agrees_with_a_plain_queue),
		cmocka_unit_test(two_threads_lose_nothing),
		cmocka_unit_test(two_threads_count_what_is_dropped),
		cmocka_unit_test(through_starts_without_a_promise),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
