/* A server with slots in simulated time, driven through levels as by hand: what the
 * model makes of it, fresh, restored and at the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bench.h"

static void slots_by_hand(void **state)
{
	static const int slots[] = {4, 8, 32};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct bench b;
		struct scaling s;

		bench_open(&b, slots[i], 70e3, (uint64_t)i);
		for (int users = 1; users <= 128; users *= 2)
			drive(&b, users, 12 * S);
		s = scaling_now(b.m);
		assert_int_equal(s.count, 8);
		assert_int_equal(s.fitted, 8);
		assert_true(fabs(s.scale.bounds.knee / slots[i] - 1) < 0.2);
		assert_true(fabs(s.scale.bounds.x_max / (slots[i] / 0.07) - 1) < 0.05);
		assert_true(s.scale.knee.low < slots[i] && slots[i] < s.scale.knee.high);
		/* Of 32 slots two levels or three lie beyond. */
		assert_true(slots[i] == 32 || scaling_trend(&s)->shape == TREND_STRAIGHT);
		assert_true(fabs(s.scale.beyond.slope * slots[i] / 0.07 - 1) < 0.1);
		assert_true(s.dot[7].present);
		assert_false(s.confirmed);
		assert_non_null(strstr(s.advice, "once more would confirm"));
		assert_non_null(strstr(s.no_usl, "no USL"));
		/* 64 users wait 64 / slots service times. */
		assert_true(s.slo_asked);
		assert_true(s.slo_capacity >= 4 * slots[i] && s.slo_capacity < 6 * slots[i]);
		drive(&b, 128, 12 * S);
		assert_true(scaling_now(b.m).confirmed);
		assert_string_equal(scaling_now(b.m).advice, "");
		model_free(b.m);
	}
}

static void what_to_do_next(void **state)
{
	static struct snapshot live;
	struct bench b;
	struct scaling s;

	(void)state;
	bench_open(&b, 32, 700e3, 1);
	s = scaling_now(b.m);
	assert_int_equal(s.count, 0);
	assert_int_equal(s.scale.fit, SCALE_NO_FIT);
	drive(&b, 2, 1 * S);
	s = scaling_now(b.m);
	assert_int_equal(s.dot[0].use, DOT_SHORT);
	assert_true(s.hold_s > 0);
	assert_non_null(strstr(s.advice, "too short by")); /* a result is of a run that is over */
	model_snapshot(b.m, (struct view_query){.task = -1}, &live);
	assert_non_null(strstr(live.scaling.advice, "hold this level"));
	assert_non_null(strstr(live.scaling.past_advice, "too short by")); /* nor is a picture of the past */
	drive(&b, 2, 10 * S);
	s = scaling_now(b.m);
	assert_true(s.hold_s <= 0);
	assert_non_null(strstr(s.advice, "second level"));
	model_snapshot(b.m, (struct view_query){.task = -1}, &live);
	assert_string_equal(live.scaling.no_usl, "USL needs 6 levels: 1 so far");
	assert_string_equal(live.scaling.past_no_usl, "USL needs 6 levels: there were 1");
	drive(&b, 8, 10 * S);
	s = scaling_now(b.m);
	assert_string_equal(s.advice, "throughput still grows: 16 users or more would show its end");
	assert_true(s.drive_to >= 16 && s.drive_to <= 16);
	assert_true(isnan(s.scale.bounds.knee));
	/* It was driven there, but left too soon. */
	drive(&b, 16, 4 * S);
	drive(&b, 8, 10 * S);
	assert_string_equal(scaling_now(b.m).advice, "16 users: what was measured there is too little");
	model_free(b.m);
}

/* Measured from beyond the knee on: it is said, not guessed. */
static void a_start_beyond_the_knee(void **state)
{
	struct bench b;
	struct scaling s;

	(void)state;
	bench_open(&b, 4, 70e3, 1);
	drive(&b, 16, 8 * S);
	drive(&b, 32, 8 * S);
	s = scaling_now(b.m);
	assert_true(s.scale.bounds.reached);
	assert_true(isnan(s.scale.bounds.knee) && isnan(s.scale.knee.low));
	assert_non_null(strstr(s.advice, "fewer would tell"));
	/* Down again, and it is known. */
	drive(&b, 1, 10 * S);
	s = scaling_now(b.m);
	assert_true(fabs(s.scale.bounds.knee / 4 - 1) < 0.2);
	model_free(b.m);
}

/* 64 users wait 0.56 s, and 4 do not: each level for itself, whatever came before. */
static void each_level_has_its_own_slos(void **state)
{
	struct bench b;
	struct scaling s;

	(void)state;
	bench_open(&b, 8, 70e3, 1);
	drive(&b, 64, 10 * S);
	drive(&b, 4, 10 * S);
	drive(&b, 8, 10 * S);
	s = scaling_now(b.m);
	assert_int_equal(s.dot[0].slo, STANDS_SURELY_MISSED);
	assert_int_equal(s.dot[1].slo, STANDS_SURELY_MET);
	assert_int_equal(s.dot[2].slo, STANDS_SURELY_MET);
	assert_true(s.slo_capacity >= 8 && s.slo_capacity <= 8);
	assert_true(s.slo_low >= 8 && s.slo_high >= 64);
	model_free(b.m);
}

/* A server that gets slower once: what was before does not count any more. */
static void the_server_changes(void **state)
{
	struct bench b;
	struct scaling s;

	(void)state;
	bench_open(&b, 8, 70e3, 1);
	drive(&b, 4, 8 * S);
	drive(&b, 16, 8 * S);
	drive(&b, 32, 8 * S);
	assert_string_equal(scaling_now(b.m).changed, "");
	b.mean_us = 110e3;
	drive(&b, 16, 8 * S);
	s = scaling_now(b.m);
	assert_non_null(strstr(s.changed, "16 users measured twice: 1"));
	assert_int_equal(s.fitted, 1);
	assert_int_equal(s.dot[0].use, DOT_BEFORE);
	drive(&b, 1, 12 * S);
	drive(&b, 4, 8 * S);
	drive(&b, 32, 8 * S);
	s = scaling_now(b.m);
	/* 4 users differ from before too; that is no second change. */
	assert_int_equal(s.fitted, 4);
	assert_true(fabs(s.scale.bounds.x_max / (8 / 0.11) - 1) < 0.05);
	model_free(b.m);
}

/* Ramps, pauses and settling times are no dots; an open loop is one of its own kind. */
static void other_kinds_of_load(void **state)
{
	struct rec_point ramp, open;
	struct bench b;
	struct scaling s;

	(void)state;
	bench_open(&b, 8, 70e3, 1);
	drive(&b, 4, 8 * S);
	ramp = point_at(b.now_us, PHASE_LOAD, 16);
	ramp.ramp_us = 5 * S;
	model_feed(b.m, &ramp.rec);
	for (int i = 0; i < 100; i++)
		feed_sample_at(b.m, b.now_us += 50 * MS, 70 * MS, 0);
	feed_point_at(b.m, b.now_us, PHASE_PAUSE, 0);
	b.now_us += 3 * S;
	open = point_at(b.now_us, PHASE_LOAD, 20);
	open.mode = MODE_OPEN;
	model_feed(b.m, &open.rec);
	for (int i = 0; i < 100; i++)
		feed_sample_at(b.m, b.now_us += 50 * MS, 70 * MS, 0);
	s = scaling_now(b.m);
	assert_int_equal(s.count, 2);
	assert_int_equal(s.fitted, 1);
	assert_int_equal(s.open, 1);
	assert_int_equal(s.dot[1].use, DOT_OPEN);
	assert_true(s.dot[1].x > 0);
	model_free(b.m);
}

/* However many points there are, the room is bounded, and each level keeps its newest. */
static void more_points_than_room(void **state)
{
	struct bench b;
	struct scaling s;

	(void)state;
	bench_open(&b, 8, 20e3, 1);
	for (int i = 0; i < 30; i++)
		for (int users = 1; users <= 16; users *= 4)
			drive(&b, users, 2 * S);
	for (int i = 0; i < 30; i++)
		drive(&b, i % 2 ? 4 : 5, 2 * S);
	s = scaling_now(b.m);
	assert_int_equal(s.points, 120);
	assert_int_equal(s.count, SCALING_DOTS);
	assert_int_equal(s.scale.levels, 4);
	assert_true(s.scale.bounds.light_to >= 1);
	for (int i = 1; i < s.count; i++)
		assert_true(s.dot[i - 1].t_us < s.dot[i].t_us);
	model_free(b.m);
}

static void save_all_of(const struct model *m, struct buf *out)
{
	model_save(m, out);
	for (int64_t second = -1; (second = model_next_second(m, second)) >= 0;)
		model_save_second(m, second, out);
}

/* What a seek restores says the same, and goes on to. */
static void restored(void **state)
{
	static const char *const name[] = {"alpha", "beta"};
	struct buf saved = {0};
	struct scaling x, y;
	struct model *other;
	struct bench b, c;

	(void)state;
	bench_open(&b, 8, 70e3, 1);
	bench_open(&c, 8, 70e3, 1);
	for (int users = 1; users <= 32; users *= 2)
		drive(&b, users, 5 * S);
	save_all_of(b.m, &saved);
	assert_true(model_restore(c.m, saved.at, saved.used));
	x = scaling_now(b.m);
	y = scaling_now(c.m);
	assert_memory_equal(&x, &y, sizeof x);
	other = c.m;
	c = b;
	c.m = other;
	drive(&b, 64, 5 * S);
	drive(&c, 64, 5 * S);
	x = scaling_now(b.m);
	y = scaling_now(c.m);
	assert_memory_equal(&x, &y, sizeof x);
	/* Without the SLOs it is another model. */
	other = model_new(&(struct model_config){.task_count = 2, .task_name = name});
	assert_false(model_restore(other, saved.at, saved.used));
	model_free(other);
	model_free(b.m);
	model_free(c.m);
	buf_fini(&saved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_by_hand),
		cmocka_unit_test(what_to_do_next),
		cmocka_unit_test(a_start_beyond_the_knee),
		cmocka_unit_test(each_level_has_its_own_slos),
		cmocka_unit_test(the_server_changes),
		cmocka_unit_test(other_kinds_of_load),
		cmocka_unit_test(more_points_than_room),
		cmocka_unit_test(restored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
