/* The store of exemplars: it stays within its bounds, what must stay stays, the whole run
 * is represented, and what is asked for is found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/rng.h"
#include "run/exemplars.h"

static struct exemplars *kept;
static struct exemplar_list list;
static union {
	struct rec_exemplar e;
	char room[REC_EXEMPLAR_MAX];
} made;

static int fresh(void **state)
{
	(void)state;
	kept = exemplars_new();
	return 0;
}

static int over(void **state)
{
	(void)state;
	exemplars_list_fini(&list);
	exemplars_free(kept);
	return 0;
}

static const struct rec_exemplar *make(int task, int64_t latency_us, int64_t te_us, enum error_class error,
				       int code, const char *message, size_t body)
{
	struct rec_sample *s = (struct rec_sample *)(void *)made.e.tail;
	size_t text = strlen(message);

	memset(&made, 0, sizeof made);
	*s = (struct rec_sample){
		.rec = {.bytes = rec_bytes(sizeof *s, text), .kind = REC_SAMPLE, .t_us = te_us},
		.t0_us = te_us - latency_us, .ts_us = te_us - latency_us / 2,
		.task = (uint16_t)task, .code = code, .error = (uint8_t)error,
		.outcome = error == ERROR_NONE ? OUTCOME_SUCCEEDED
			   : error == ERROR_TIMEOUT ? OUTCOME_CENSORED : OUTCOME_FAILED,
		.text_bytes = (uint16_t)text, .quality = NAN,
	};
	memcpy(s->text, message, text);
	made.e.sample_bytes = (uint16_t)s->rec.bytes;
	made.e.body_bytes = (uint16_t)body;
	memset(made.e.tail + s->rec.bytes, 'x', body);
	made.e.rec = (struct rec){.bytes = rec_bytes(sizeof made.e, s->rec.bytes + body), .kind = REC_EXEMPLAR,
				  .t_us = te_us};
	return &made.e;
}

static int add(int task, int64_t latency_us, int64_t te_us)
{
	return exemplars_add(kept, make(task, latency_us, te_us, ERROR_NONE, 0, "", 0));
}

static struct exemplar_query any(void)
{
	return (struct exemplar_query){.task = -1, .error = -1, .high_us = INT64_MAX, .to_us = INT64_MAX,
				       .until_us = INT64_MAX};
}

static const struct rec_sample *found(int i)
{
	assert_in_range(i, 0, list.count - 1);
	return rec_exemplar_sample(list.rec[i]);
}

static void find(struct exemplar_query q)
{
	exemplars_list_fini(&list);
	exemplars_find(kept, &q, &list);
}

static void a_million_do_not_grow_it(void **state)
{
	struct exemplar_query q = any();
	int64_t slowest[3] = {0};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3, 3);
	for (int i = 0; i < 1000000; i++) {
		int task = (int)rng_below(&rng, 3);
		int64_t us = (int64_t)(1000 / (1.0001 - rng_double(&rng)));
		enum error_class error = rng_below(&rng, 50) ? ERROR_NONE : (enum error_class)(1 + rng_below(&rng, ERROR_CLASS_COUNT - 1));

		if (error == ERROR_NONE && us > slowest[task])
			slowest[task] = us;
		exemplars_add(kept, make(task, us, i * 1000LL, error, 0, "", rng_below(&rng, 2000)));
		if (i % 10000 == 0) {
			assert_true(exemplars_size(kept).count <= EXEMPLARS_MAX);
			assert_true(exemplars_size(kept).bytes <= EXEMPLARS_BYTES);
		}
	}
	assert_true(exemplars_size(kept).count > EXEMPLARS_MAX / 4);
	/* Of each task the slowest, marked as such. */
	for (int task = 0; task < 3; task++) {
		int64_t us = 0;

		q.task = (int16_t)task;
		q.timed_only = true;
		find(q);
		for (int i = 0; i < list.count; i++)
			if (list.slowest[i] && us == 0)
				us = found(i)->rec.t_us - found(i)->t0_us;
		assert_true(us >= slowest[task]);
	}
	/* Of each class some. */
	q = any();
	for (int error = 1; error < ERROR_CLASS_COUNT; error++) {
		q.error = (int16_t)error;
		find(q);
		assert_true(list.count >= 4 && !list.nearest);
	}
	/* A filter is by class or by success alone. */
	q = any();
	q.class = ERROR_TIMEOUT;
	find(q);
	assert_true(list.count >= 4);
	for (int i = 0; i < list.count; i++)
		assert_int_equal(found(i)->error, ERROR_TIMEOUT);
	q = any();
	q.ok_only = true;
	find(q);
	assert_true(list.count > 10);
	for (int i = 0; i < list.count; i++)
		assert_int_equal(found(i)->outcome, OUTCOME_SUCCEEDED);
	/* Of all of the run some. */
	q = any();
	for (int part = 0; part < 20; part++) {
		q.from_us = part * 50 * US_PER_S;
		q.to_us = q.from_us + 50 * US_PER_S;
		find(q);
		assert_true(list.fitting > 10);
	}
}

static void nothing_but_different_ones_do_not_grow_it(void **state)
{
	(void)state;
	for (int i = 0; i < 20000; i++) {
		char message[32] = "";

		for (int k = 0, n = i; k < 5; k++, n /= 26)
			message[k] = (char)('a' + n % 26);
		exemplars_add(kept, make(i % 64, 1000, i * 1000LL, ERROR_CHECK, i, message, 2000));
		assert_true(exemplars_size(kept).count <= EXEMPLARS_MAX);
		assert_true(exemplars_size(kept).bytes <= EXEMPLARS_BYTES);
	}
}

static void of_a_likeness_two_stay(void **state)
{
	(void)state;
	assert_true(add(0, 100000, 1000) >= 0);
	assert_true(add(0, 100001, 1001) >= 0); /* slower than all before */
	assert_int_equal(add(0, 100000, 1002), -1);
	assert_true(add(0, 100002, 1003) >= 0);
	assert_true(add(1, 100000, 1004) >= 0);
	assert_true(add(0, 200000, 1005) >= 0);
	assert_true(add(0, 100000, 3 * US_PER_S) >= 0);
}

static void a_cell_is_found(void **state)
{
	struct exemplar_query q = any();

	(void)state;
	add(0, 100000, 5 * US_PER_S);
	add(0, 150000, 5 * US_PER_S);
	add(0, 400000, 15 * US_PER_S);
	add(1, 110000, 6 * US_PER_S);
	q.low_us = 90000, q.high_us = 160000, q.from_us = 0, q.to_us = 10 * US_PER_S;
	find(q);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.fitting, 3);
	assert_int_equal(list.kept, 4);
	assert_false(list.nearest);
	assert_int_equal(found(0)->t0_us, 5 * US_PER_S - 150000); /* the slowest first */
	q.task = 0;
	find(q);
	assert_int_equal(list.count, 2);
	q.clock = CLOCK_SERVICE; /* half of it */
	q.low_us = 74000, q.high_us = 76000;
	find(q);
	assert_int_equal(list.count, 1);
	q.until_us = 4 * US_PER_S;
	find(q);
	assert_int_equal(list.count, 0);
	assert_int_equal(list.kept, 0);
}

static void the_nearest_is_offered(void **state)
{
	struct exemplar_query q = any();

	(void)state;
	add(0, 100000, 5 * US_PER_S);
	add(0, 400000, 5 * US_PER_S);
	add(0, 210000, 50 * US_PER_S);
	q.low_us = 200000, q.high_us = 220000, q.from_us = 4 * US_PER_S, q.to_us = 6 * US_PER_S;
	find(q);
	assert_true(list.nearest);
	assert_int_equal(list.fitting, 0);
	assert_int_equal(list.count, 3);
	assert_int_equal(found(0)->rec.t_us - found(0)->t0_us, 400000);
	assert_int_equal(found(1)->rec.t_us - found(1)->t0_us, 100000);
}

static void an_error_is_found_by_its_message(void **state)
{
	struct exemplar_query q = any();

	(void)state;
	exemplars_add(kept, make(0, 1000, 1000, ERROR_HTTP_4XX, 429, "retry in 17 s", 0));
	exemplars_add(kept, make(0, 1000, 2000, ERROR_HTTP_4XX, 429, "retry in 18 s", 0));
	exemplars_add(kept, make(0, 1000, 3000, ERROR_HTTP_4XX, 429, "no such model", 0));
	exemplars_add(kept, make(0, 1000, 3000, ERROR_HTTP_4XX, 400, "no such model", 0));
	exemplars_add(kept, make(0, 1000, 3000, ERROR_HTTP_5XX, 500, "oh", 0));
	q.error = ERROR_HTTP_4XX, q.code = 429;
	strcpy(q.message, "retry in 3 s");
	find(q);
	assert_int_equal(list.count, 2);
	assert_int_equal(found(0)->rec.t_us, 2000); /* the newest first */
	strcpy(q.message, "something else");
	find(q);
	assert_true(list.nearest);
	assert_int_equal(list.count, 4); /* of its class alone */
	assert_int_equal(found(3)->code, 400);
}

/* main's looks beside the collector's work */
static void *look(void *arg)
{
	struct exemplar_query q = any();

	(void)arg;
	for (int i = 0; i < 200; i++) {
		struct exemplar_list mine;

		exemplars_find(kept, &q, &mine);
		for (int k = 0; k < mine.count; k++)
			assert_int_equal(mine.rec[k]->rec.kind, REC_EXEMPLAR);
		exemplars_list_fini(&mine);
	}
	return NULL;
}

static void two_threads_may_use_it(void **state)
{
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, look, NULL), 0);
	for (int i = 0; i < 20000; i++)
		exemplars_add(kept, make(i % 5, 1000 + i, i * 10000LL, ERROR_NONE, 0, "", 100));
	pthread_join(thread, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_million_do_not_grow_it, fresh, over),
		cmocka_unit_test_setup_teardown(nothing_but_different_ones_do_not_grow_it, fresh, over),
		cmocka_unit_test_setup_teardown(of_a_likeness_two_stay, fresh, over),
		cmocka_unit_test_setup_teardown(a_cell_is_found, fresh, over),
		cmocka_unit_test_setup_teardown(the_nearest_is_offered, fresh, over),
		cmocka_unit_test_setup_teardown(an_error_is_found_by_its_message, fresh, over),
		cmocka_unit_test_setup_teardown(two_threads_may_use_it, fresh, over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
