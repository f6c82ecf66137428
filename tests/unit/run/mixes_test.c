/* Which tasks were sent when, as events say, and what tasks did to each other. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "eventful.h"

static struct snapshot *snap;

static int setup(void **state)
{
	(void)state;
	snap = calloc(1, sizeof *snap);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(snap);
	return 0;
}

static const struct snapshot *look(const struct model *m)
{
	model_snapshot(m, (struct view_query){.task = -1}, snap);
	return snap;
}

/* A change of load and, behind it, the key that made it. */
static void feed_mix(struct model *m, int64_t t_us, uint32_t level, const char *words)
{
	union {
		struct rec_event event;
		char room[sizeof(struct rec_event) + REC_TEXT_MAX];
	} e = {.event = {.what = EVENT_KEY, .text_bytes = (uint16_t)strlen(words)}};

	feed_point_at(m, t_us, PHASE_LOAD, level);
	memcpy(e.event.text, words, strlen(words));
	e.event.rec = head_of(REC_EVENT, sizeof e.event, t_us);
	e.event.rec.bytes = rec_bytes(sizeof e.event, strlen(words));
	model_feed(m, &e.event.rec);
}

/* So many of each of the first `tasks`, a hundred a second. */
static void feed_some_of(struct model *m, int64_t from_us, int count, uint64_t silent, const int64_t ms[3])
{
	for (int i = 0; i < count; i++)
		if (!(silent >> i % 3 & 1))
			feed_sample_at(m, from_us + i * 10 * MS, ms[i % 3] * MS, (uint16_t)(i % 3));
}

static void nothing_without_a_change_of_the_mix(void **state)
{
	struct model *m = new_model(3);

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 4);
	feed_some_of(m, S, 600, 0, (const int64_t[]){10, 20, 30});
	feed_point_at(m, 10 * S, PHASE_LOAD, 8);
	feed_some_of(m, 12 * S, 600, 0, (const int64_t[]){30, 40, 50});
	assert_int_equal(look(m)->beside_count, 0);
	assert_int_equal(snap->silent, 0);
	model_free(m);
}

static void alone_and_with_others(void **state)
{
	struct model *m = new_model(3);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 4);
	feed_some_of(m, S, 600, 0, (const int64_t[]){100, 40, 50});
	feed_mix(m, 10 * S, 4, "solo alpha");
	assert_int_equal(look(m)->silent, 6);
	assert_int_equal(snap->point[1].silent, 6);
	assert_int_equal(snap->point[0].silent, 0);
	feed_some_of(m, 12 * S, 600, 6, (const int64_t[]){10, 0, 0});
	/* The same at another load says nothing of this one. */
	feed_mix(m, 20 * S, 8, "users 8");
	feed_some_of(m, 22 * S, 600, 6, (const int64_t[]){70, 0, 0});
	model_result(m, &r);
	assert_int_equal(r.beside_count, 1);
	/* How the system scales is told of the tasks that are sent now. */
	assert_int_equal(r.scaling.points, 2);
	assert_int_equal(r.beside[0].task, 0);
	assert_int_equal(r.beside[0].added, 6);
	assert_int_equal(r.beside[0].others, 0);
	assert_int_equal(r.beside[0].without.timed, 200);
	assert_true(fabs((double)r.beside[0].without.p95_us / 10e3 - 1) < 0.02);
	assert_true(fabs((double)r.beside[0].with.p95_us / 100e3 - 1) < 0.02);
	assert_true(fabs(r.beside[0].with.rps - 200 / 10.0) < 0.1);
	result_fini(&r);
	/* Alpha and beta, then gamma too: of both. */
	feed_mix(m, 30 * S, 4, "unsolo alpha");
	feed_mix(m, 32 * S, 4, "mute gamma");
	assert_int_equal(look(m)->silent, 4);
	feed_some_of(m, 34 * S, 600, 4, (const int64_t[]){20, 30, 0});
	look(m);
	assert_int_equal(snap->beside_count, 4);
	assert_int_equal(snap->beside[0].task, 0); /* alone, now with beta */
	assert_int_equal(snap->beside[0].added, 2);
	assert_int_equal(snap->beside[1].added, 4); /* alpha, beta with gamma */
	assert_int_equal(snap->beside[1].others, 1);
	assert_int_equal(snap->beside[2].task, 1);
	assert_true(fabs((double)snap->beside[2].with.p95_us / 40e3 - 1) < 0.02);
	assert_int_equal(snap->beside[3].added, 6);
	model_free(m);
}

/* What is restored knows as much, and goes on. */
static void states_have_it(void **state)
{
	struct model *a = new_model(3), *b = new_model(3);
	struct buf saved = {0};

	(void)state;
	feed_point_at(a, 0, PHASE_LOAD, 4);
	feed_some_of(a, S, 600, 0, (const int64_t[]){100, 40, 50});
	feed_mix(a, 10 * S, 4, "mute beta");
	feed_some_of(a, 12 * S, 600, 2, (const int64_t[]){10, 0, 10});
	save_all(a, &saved);
	assert_true(model_restore(b, saved.at, saved.used));
	assert_int_equal(look(b)->beside_count, 2);
	assert_int_equal(snap->silent, 2);
	feed_mix(b, 20 * S, 4, "unmute beta");
	assert_int_equal(look(b)->silent, 0);
	assert_int_equal(snap->beside_count, 2);
	buf_fini(&saved);
	model_free(a);
	model_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_without_a_change_of_the_mix, setup, teardown),
		cmocka_unit_test_setup_teardown(alone_and_with_others, setup, teardown),
		cmocka_unit_test_setup_teardown(states_have_it, setup, teardown),
	};

	return cmocka_run_group_tests_name("mixes", tests, NULL, NULL);
}
