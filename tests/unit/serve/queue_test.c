#include "../../../src/serve/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"

static struct serve_queue queue;
static struct serve_job jobs[8];

static void begin(int slots, double slowdown)
{
	serve_queue_init(&queue, slots, slowdown);
	memset(jobs, 0, sizeof jobs);
}

/* Jobs of one step. */
static struct serve_job *finished(int64_t now_ns)
{
	struct serve_job *job = serve_queue_due(&queue, now_ns);

	if (job)
		serve_queue_leave(&queue, job, job->due_ns);
	return job;
}

static int teardown(void **state)
{
	(void)state;
	serve_queue_fini(&queue);
	return 0;
}

static void serves_slots_at_once_and_the_rest_in_order(void **state)
{
	(void)state;
	begin(2, 0);
	for (int i = 0; i < 5; i++)
		serve_queue_arrive(&queue, &jobs[i], 10 + i, 100);
	assert_int_equal(queue.busy, 2);
	assert_int_equal(queue.waiting, 3);
	assert_int_equal(serve_queue_next_ns(&queue), 110);
	assert_null(finished(109));

	static const int64_t starts[] = {10, 11, 110, 111, 210};

	for (int i = 0; i < 5; i++) {
		assert_ptr_equal(finished(10000), &jobs[i]);
		assert_int_equal(jobs[i].start_ns, starts[i]);
		assert_int_equal(jobs[i].due_ns, starts[i] + 100);
	}
	assert_null(finished(10000));
	assert_int_equal(queue.busy, 0);
	assert_int_equal(serve_queue_next_ns(&queue), INT64_MAX);
}

static void a_short_job_overtakes_in_service_only(void **state)
{
	(void)state;
	begin(2, 0);
	serve_queue_arrive(&queue, &jobs[0], 0, 100);
	serve_queue_arrive(&queue, &jobs[1], 0, 30);
	serve_queue_arrive(&queue, &jobs[2], 0, 90);
	serve_queue_arrive(&queue, &jobs[3], 0, 1);
	assert_ptr_equal(finished(500), &jobs[1]);
	assert_ptr_equal(finished(500), &jobs[0]);
	assert_ptr_equal(finished(500), &jobs[3]);
	assert_ptr_equal(finished(500), &jobs[2]);
	assert_int_equal(jobs[3].start_ns, 100);
	assert_int_equal(jobs[2].due_ns, 120);
}

static void a_slot_seen_late_does_not_serve_the_past(void **state)
{
	(void)state;
	begin(1, 0);
	serve_queue_arrive(&queue, &jobs[0], 0, 50);
	/* Nobody looked since 50. */
	serve_queue_arrive(&queue, &jobs[1], 70, 10);
	assert_ptr_equal(finished(75), &jobs[0]);
	assert_int_equal(jobs[1].start_ns, 70);
	assert_int_equal(serve_queue_next_ns(&queue), 80);
}

static void equal_ends_keep_the_order_of_starts(void **state)
{
	(void)state;
	begin(8, 0);
	for (int i = 0; i < 8; i++)
		serve_queue_arrive(&queue, &jobs[i], 0, 7);
	for (int i = 0; i < 8; i++)
		assert_ptr_equal(finished(7), &jobs[i]);
}

/* Worked out by hand: two jobs of 100 from 0 on, at 2/3 of the pace until the
 * first ends at 150. */
static void a_batch_shares_the_pace(void **state)
{
	(void)state;
	begin(3, 0.5);
	serve_queue_arrive(&queue, &jobs[0], 0, 100);
	assert_int_equal(serve_queue_next_ns(&queue), 100);
	serve_queue_arrive(&queue, &jobs[1], 0, 120);
	assert_int_equal(serve_queue_next_ns(&queue), 150);
	assert_ptr_equal(finished(150), &jobs[0]);
	/* 20 are left, alone. */
	assert_int_equal(serve_queue_next_ns(&queue), 170);
	/* At 160 a third one comes: 10 are left at 2/3. */
	assert_null(finished(160));
	serve_queue_arrive(&queue, &jobs[2], 160, 30);
	assert_int_equal(serve_queue_next_ns(&queue), 175);
	assert_ptr_equal(finished(175), &jobs[1]);
	assert_int_equal(serve_queue_next_ns(&queue), 195);
	/* One that goes away leaves the others faster. */
	serve_queue_arrive(&queue, &jobs[3], 185, 1000);
	assert_int_equal(serve_queue_next_ns(&queue), 200);
	serve_queue_leave(&queue, &jobs[3], 188);
	assert_int_equal(serve_queue_next_ns(&queue), 196);
}

static void without_slowdown_slots_know_nothing_of_each_other(void **state)
{
	(void)state;
	begin(8, 0);
	for (int i = 0; i < 8; i++)
		serve_queue_arrive(&queue, &jobs[i], i, 1000000007);
	for (int i = 0; i < 8; i++) {
		assert_ptr_equal(finished(INT64_MAX - 1), &jobs[i]);
		assert_int_equal(jobs[i].due_ns, i + 1000000007);
	}
}

static void steps_follow_each_other_without_a_gap(void **state)
{
	struct serve_job *job;

	(void)state;
	begin(1, 0);
	serve_queue_arrive(&queue, &jobs[0], 5, 0);
	serve_queue_arrive(&queue, &jobs[1], 6, 40);
	/* Looked at late: the times are right all the same. */
	for (int i = 0; i < 4; i++) {
		job = serve_queue_due(&queue, 1000);
		assert_ptr_equal(job, &jobs[0]);
		assert_int_equal(job->due_ns, 5 + 10 * i);
		if (i < 3)
			serve_queue_step(&queue, job, 10);
	}
	assert_int_equal(queue.busy, 1);
	assert_int_equal(queue.waiting, 1);
	serve_queue_leave(&queue, &jobs[0], jobs[0].due_ns);
	assert_ptr_equal(serve_queue_due(&queue, 1000), &jobs[1]);
	assert_int_equal(jobs[1].start_ns, 35);
	assert_int_equal(jobs[1].due_ns, 75);
}

static void leaving_frees_the_place(void **state)
{
	(void)state;
	begin(1, 0);
	for (int i = 0; i < 4; i++)
		serve_queue_arrive(&queue, &jobs[i], 0, 100);
	serve_queue_leave(&queue, &jobs[1], 10); /* first in line */
	serve_queue_leave(&queue, &jobs[3], 10); /* last in line */
	assert_int_equal(queue.waiting, 1);
	serve_queue_leave(&queue, &jobs[0], 40); /* being served */
	assert_int_equal(jobs[2].state, SERVE_JOB_SERVED);
	assert_int_equal(jobs[2].start_ns, 40);
	assert_int_equal(queue.waiting, 0);
	serve_queue_leave(&queue, &jobs[0], 41); /* once more: nothing happens */
	assert_int_equal(queue.busy, 1);
	assert_ptr_equal(finished(140), &jobs[2]);
	assert_int_equal(queue.busy, 0);
}

static void absurd_times_stay_within_the_clock(void **state)
{
	(void)state;
	begin(2, 100);
	serve_queue_arrive(&queue, &jobs[0], 1, INT64_MAX / 2);
	serve_queue_arrive(&queue, &jobs[1], 1, INT64_MAX / 2);
	assert_true(serve_queue_next_ns(&queue) > 1);
	assert_true(serve_queue_next_ns(&queue) < INT64_MAX / 2);
	assert_ptr_equal(finished(INT64_MAX / 2), &jobs[0]);
	assert_true(jobs[0].due_ns > jobs[0].start_ns);
}

/* Against the textbook: a job starts when it has come and the slot that is
 * free first is free, however rarely the queue is looked at. */
static void agrees_with_a_simulation(void **state)
{
	enum { JOBS = 20000, SLOTS = 5 };
	struct serve_job *all = xcalloc(JOBS, sizeof *all);
	int64_t free_ns[SLOTS] = {0};
	int64_t now_ns = 0, last_due_ns = 0;
	struct rng rng;
	int done = 0;

	(void)state;
	begin(SLOTS, 0);
	rng_seed(&rng, 7, 0);
	for (int i = 0; i < JOBS; i++) {
		now_ns += (int64_t)rng_below(&rng, 40);

		struct serve_job *job;

		while (rng_below(&rng, 3) && (job = finished(now_ns)))
			done++;
		serve_queue_arrive(&queue, &all[i], now_ns,
				   1 + (int64_t)rng_below(&rng, 190));
	}
	for (struct serve_job *job; (job = finished(INT64_MAX - 1));) {
		assert_true(job->due_ns >= last_due_ns);
		last_due_ns = job->due_ns;
		done++;
	}
	assert_int_equal(done, JOBS);
	for (int i = 0; i < JOBS; i++) {
		int first = 0;

		for (int s = 1; s < SLOTS; s++) {
			if (free_ns[s] < free_ns[first])
				first = s;
		}

		int64_t start_ns = all[i].arrive_ns > free_ns[first] ? all[i].arrive_ns
								     : free_ns[first];

		assert_int_equal(all[i].start_ns, start_ns);
		free_ns[first] = start_ns + all[i].work_ns;
		assert_int_equal(all[i].due_ns, free_ns[first]);
	}
	free(all);
}

static void survives_random_departures(void **state)
{
	enum { JOBS = 64 };
	struct serve_job all[JOBS] = {0};
	int64_t now_ns = 0;
	struct rng rng;
	unsigned arrived = 0, ended = 0, left = 0;

	(void)state;
	begin(6, 0.1);
	rng_seed(&rng, 8, 0);
	for (int step = 0; step < 100000; step++) {
		struct serve_job *job = &all[rng_below(&rng, JOBS)];

		now_ns += (int64_t)rng_below(&rng, 10);
		for (struct serve_job *end; (end = finished(now_ns));) {
			assert_true(end->due_ns <= now_ns);
			assert_int_equal(end->state, SERVE_JOB_OUT);
			ended++;
		}
		if (job->state == SERVE_JOB_OUT) {
			serve_queue_arrive(&queue, job, now_ns,
					   1 + (int64_t)rng_below(&rng, 60));
			arrived++;
		} else if (rng_below(&rng, 4) == 0) {
			serve_queue_leave(&queue, job, now_ns);
			left++;
		}

		size_t waiting = 0, served = 0;

		for (int i = 0; i < JOBS; i++) {
			waiting += all[i].state == SERVE_JOB_WAITING;
			served += all[i].state == SERVE_JOB_SERVED;
		}
		assert_int_equal(waiting, queue.waiting);
		assert_int_equal(served, queue.busy);
		assert_true(queue.busy <= 6);
		assert_true(queue.waiting == 0 || queue.busy == 6);
	}
	assert_int_equal(arrived, ended + left + queue.busy + queue.waiting);
	assert_true(left > 1000 && ended > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(serves_slots_at_once_and_the_rest_in_order, teardown),
		cmocka_unit_test_teardown(a_short_job_overtakes_in_service_only, teardown),
		cmocka_unit_test_teardown(a_slot_seen_late_does_not_serve_the_past, teardown),
		cmocka_unit_test_teardown(equal_ends_keep_the_order_of_starts, teardown),
		cmocka_unit_test_teardown(a_batch_shares_the_pace, teardown),
		cmocka_unit_test_teardown(without_slowdown_slots_know_nothing_of_each_other, teardown),
		cmocka_unit_test_teardown(steps_follow_each_other_without_a_gap, teardown),
		cmocka_unit_test_teardown(leaving_frees_the_place, teardown),
		cmocka_unit_test_teardown(absurd_times_stay_within_the_clock, teardown),
		cmocka_unit_test_teardown(agrees_with_a_simulation, teardown),
		cmocka_unit_test_teardown(survives_random_departures, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
