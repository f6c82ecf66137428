#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "records.h"

static struct snapshot snap;

static const struct snapshot *look(const struct model *m)
{
	model_snapshot(m, (struct view_query){.task = -1}, &snap);
	return &snap;
}

static struct model *one_task(void)
{
	static const char *const name[] = {"only"};

	return model_new(&(struct model_config){.task_count = 1, .task_name = name});
}

static void feed_gauge_at(struct model *m, int64_t t_us, uint64_t started)
{
	struct rec_gauge g = gauge_at(t_us, 2, started);

	model_feed(m, &g.rec);
}

/* A second brings far more answers than were in flight when it began: the gauge is
 * behind, and nothing is wrong with the books. */
static void a_gauge_behind_is_no_imbalance(void **state)
{
	struct model *m = one_task();

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 2);
	for (int second = 0; second < 4; second++) {
		feed_gauge_at(m, second * S + 100 * MS, (uint64_t)second * 50 + 2);
		assert_int_equal(look(m)->finished[OUTCOME_SUCCEEDED], second * 50);
		for (int i = 0; i < 50; i++)
			feed_sample_at(m, second * S + 101 * MS + i * MS, 2 * MS, 0);
		assert_int_equal(look(m)->succeeded, (second + 1) * 50);
		/* Beside started stands what had finished when that was told. */
		assert_int_equal(snap.finished[OUTCOME_SUCCEEDED], second * 50);
		assert_false(snap.books_wrong);
	}
	model_free(m);
}

static void more_finished_than_started_is_seen_within_a_second(void **state)
{
	struct model *m = one_task();

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 2);
	feed_gauge_at(m, 100 * MS, 2);
	for (int i = 0; i < 9; i++)
		feed_sample_at(m, 200 * MS, 2 * MS, 0);
	feed_gauge_at(m, 1 * S + 100 * MS, 8);
	assert_false(look(m)->books_wrong);
	feed_gauge_at(m, 2 * S + 100 * MS, 8);
	assert_true(look(m)->books_wrong);
	model_free(m);
}

static void planned_is_waiting_and_started(void **state)
{
	struct model *m = one_task();
	struct rec_gauge g = gauge_at(100 * MS, 2, 8);

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 2);
	g.planned++;
	model_feed(m, &g.rec);
	assert_true(look(m)->books_wrong);
	g = gauge_at(1 * S, 2, 8);
	g.planned++;
	g.waiting++;
	model_feed(m, &g.rec);
	assert_false(look(m)->books_wrong);
	model_free(m);
}

/* At the end nothing is behind: the last ones count, to the last exchange. */
static void the_end_is_exact(void **state)
{
	struct rec end = head_of(REC_END, sizeof end, 3 * S);

	(void)state;
	for (uint64_t started = 4; started <= 6; started++) {
		struct model *m = one_task();

		feed_point_at(m, 0, PHASE_LOAD, 2);
		feed_gauge_at(m, 100 * MS, 5);
		for (int i = 0; i < 5; i++)
			feed_sample_at(m, 200 * MS, 2 * MS, 0);
		feed_gauge_at(m, 300 * MS, started);
		model_feed(m, &end);
		assert_int_equal(look(m)->books_wrong, started != 5);
		assert_int_equal(snap.finished[OUTCOME_SUCCEEDED], 5);
		model_free(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_gauge_behind_is_no_imbalance),
		cmocka_unit_test(more_finished_than_started_is_seen_within_a_second),
		cmocka_unit_test(planned_is_waiting_and_started),
		cmocka_unit_test(the_end_is_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
