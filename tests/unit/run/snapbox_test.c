#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "run/snapshot.h"

static void nothing_before_the_first(void **state)
{
	struct snapbox *box = snapbox_new();
	bool fresh = true;

	(void)state;
	assert_null(snapbox_read(box, &fresh));
	assert_false(fresh);
	assert_int_equal(snapbox_asked(box).task, -1);
	snapbox_write(box)->number = 1;
	assert_null(snapbox_read(box, NULL));
	snapbox_publish(box);
	assert_int_equal(snapbox_read(box, &fresh)->number, 1);
	assert_true(fresh);
	snapbox_free(box);
}

static void the_newest_and_unchanged(void **state)
{
	struct snapbox *box = snapbox_new();
	const struct snapshot *s;
	bool fresh;

	(void)state;
	snapbox_write(box)->number = 1;
	snapbox_publish(box);
	s = snapbox_read(box, &fresh);
	/* However much is written, what was read stays as it is. */
	for (uint64_t i = 2; i < 10; i++) {
		assert_ptr_not_equal(snapbox_write(box), s);
		snapbox_write(box)->number = i;
		snapbox_publish(box);
		assert_int_equal(s->number, 1);
	}
	s = snapbox_read(box, &fresh);
	assert_true(fresh);
	assert_int_equal(s->number, 9);
	assert_ptr_equal(snapbox_read(box, &fresh), s);
	assert_false(fresh);
	snapbox_free(box);
}

static void queries(void **state)
{
	struct snapbox *box = snapbox_new();
	struct view_query q = {.generation = 70000, .task = 63, .clock = CLOCK_QUEUE,
			       .window = WINDOW_60S};

	(void)state;
	snapbox_ask(box, (struct view_query){.generation = 1, .task = 5});
	snapbox_ask(box, q);
	q = snapbox_asked(box);
	assert_int_equal(q.generation, 70000);
	assert_int_equal(q.task, 63);
	assert_int_equal(q.clock, CLOCK_QUEUE);
	assert_int_equal(q.window, WINDOW_60S);
	snapbox_free(box);
}

#define ROUNDS 200000

static void *writer(void *arg)
{
	struct snapbox *box = arg;

	for (uint64_t i = 1; i <= ROUNDS; i++) {
		struct snapshot *s = snapbox_write(box);

		/* Far apart in the struct, and all of them the same. */
		s->number = i;
		s->ok_bins[LOGGRID_BINS - 1] = i;
		s->censored = i;
		s->generation = snapbox_asked(box).generation;
		snapbox_publish(box);
	}
	return NULL;
}

static void two_threads(void **state)
{
	struct snapbox *box = snapbox_new();
	uint64_t last = 0;
	uint32_t generation = 0, answered = 0;
	pthread_t thread;

	(void)state;
	assert_int_equal(pthread_create(&thread, NULL, writer, box), 0);
	while (last < ROUNDS) {
		bool fresh;
		const struct snapshot *s = snapbox_read(box, &fresh);

		snapbox_ask(box, (struct view_query){.generation = ++generation});
		if (!s)
			continue;
		if (fresh != (s->number > last) || s->number < last)
			fail_msg("read %llu after %llu", (unsigned long long)s->number,
				 (unsigned long long)last);
		if (s->ok_bins[LOGGRID_BINS - 1] != s->number || s->censored != s->number)
			fail_msg("torn at %llu", (unsigned long long)s->number);
		if (s->generation < answered || s->generation > generation)
			fail_msg("generation %u after %u", s->generation, answered);
		answered = s->generation;
		last = s->number;
	}
	pthread_join(thread, NULL);
	snapbox_free(box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_before_the_first),
		cmocka_unit_test(the_newest_and_unchanged),
		cmocka_unit_test(queries),
		cmocka_unit_test(two_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
