/* What the records say of a sweep: which points are its own, which do not count, why it
 * stopped; live, in a replay and from a saved state. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "records.h"
#include "run/sweep.h"

#define S INT64_C(1000000)

static struct snapshot snap;

static void say(struct model *m, int64_t t_us, int64_t value, const char *text, size_t bytes)
{
	union {
		struct rec_event event;
		char room[512];
	} u = {.room = {0}};

	u.event = (struct rec_event){.rec = head_of(REC_EVENT, rec_bytes(sizeof u.event, bytes), t_us),
				     .value = value, .what = EVENT_SWEEP, .text_bytes = (uint16_t)bytes};
	memcpy(u.event.text, text, bytes);
	model_feed(m, &u.event.rec);
}

static void words(struct model *m, int64_t t_us, int64_t value, const char *text)
{
	say(m, t_us, value, text, strlen(text));
}

/* Ten answers a second and user, 100 ms each. */
static void load(struct model *m, int64_t from_us, int64_t to_us, int users)
{
	for (int64_t t = from_us + S / 10; t <= to_us; t += S / 10)
		for (int u = 0; u < users; u++)
			feed_sample_at(m, t, S / 10, 0);
}

static void look(const struct model *m)
{
	model_snapshot(m, (struct view_query){.task = -1, .window = WINDOW_10S}, &snap);
}

static void its_points_and_its_end(void **state)
{
	struct model *m = new_model(1);

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 2);
	load(m, 0, 2 * S, 2);
	look(m);
	assert_int_equal(snap.sweep.state, SNAP_NO_SWEEP);
	words(m, 2 * S, SWEEP_BEGAN, "from 1 to at most 512 users");
	feed_point_at(m, 2 * S, PHASE_LOAD, 1);
	words(m, 2 * S, SWEEP_SET_LEVEL, "users 1");
	load(m, 2 * S, 5 * S, 1);
	look(m);
	assert_int_equal(snap.sweep.state, SNAP_SWEEPS);
	assert_false(snap.point[0].swept);
	assert_true(snap.point[1].swept);
	words(m, 5 * S, SWEEP_HELD, "");
	feed_point_at(m, 5 * S, PHASE_LOAD, 3);
	load(m, 5 * S, 6 * S, 3);
	look(m);
	assert_int_equal(snap.sweep.state, SNAP_SWEEP_HELD);
	assert_false(snap.point[2].swept);
	words(m, 6 * S, SWEEP_GIVEN_BACK, "");
	words(m, 7 * S, SWEEP_ENDED, "plateau: that is all");
	look(m);
	assert_int_equal(snap.sweep.state, SNAP_SWEPT);
	assert_int_equal(snap.sweep.t_us, 7 * S);
	assert_string_equal(snap.sweep.text, "plateau: that is all");
	/* Another one. */
	words(m, 8 * S, SWEEP_BEGAN, "again");
	look(m);
	assert_int_equal(snap.sweep.state, SNAP_SWEEPS);
	model_free(m);
}

static void what_steers_it(void **state)
{
	struct model *m = new_model(1);
	struct sweep_seen seen;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 2);
	load(m, 0, 2 * S, 2);
	feed_point_at(m, 2 * S, PHASE_LOAD, 4);
	load(m, 2 * S, 2 * S + S / 2, 4);
	look(m);
	sweep_see(&snap, MODE_CLOSED, 4, &seen);
	assert_int_equal(seen.since_us, 2 * S);
	assert_false(seen.settled);
	assert_int_equal(seen.settles_us, 3 * S);
	load(m, 2 * S + S / 2, 5 * S, 4);
	for (int i = 0; i < 3; i++) {
		union any_sample s;

		failure_at(&s, 5 * S, S / 100, ERROR_HTTP_4XX, 429, "slow down");
		s.sample.status = 429;
		model_feed(m, &s.sample.rec);
	}
	look(m);
	sweep_see(&snap, MODE_CLOSED, 4, &seen);
	assert_true(seen.settled);
	assert_int_equal(seen.ok, 80);
	assert_int_equal(seen.requests, 83);
	assert_int_equal(seen.failed, 3);
	assert_int_equal(seen.limited, 3);
	assert_int_equal(seen.timed, 80);
	assert_true(fabs(seen.times_us - 80 * 1e5) < 1);
	assert_true(fabs(seen.seconds - 2) < 1e-6);
	assert_false(seen.ended);
	model_free(m);
}

static int dots(const struct model *m)
{
	struct result r;
	int n;

	model_result(m, &r);
	n = r.scaling.count;
	result_fini(&r);
	return n;
}

static void what_was_passing_trouble_is_no_dot(void **state)
{
	struct model *m = new_model(1);

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	load(m, 0, 4 * S, 1);
	feed_point_at(m, 4 * S, PHASE_LOAD, 2);
	load(m, 4 * S, 8 * S, 2);
	feed_point_at(m, 8 * S, PHASE_LOAD, 4);
	load(m, 8 * S, 12 * S, 4);
	assert_int_equal(dots(m), 3);
	words(m, 12 * S, SWEEP_DISOWNED | 5 * S << 8, "no point began then");
	assert_int_equal(dots(m), 3);
	words(m, 12 * S, SWEEP_DISOWNED | 4 * S << 8, "passing trouble");
	assert_int_equal(dots(m), 2);
	model_free(m);
}

static void a_saved_state_knows(void **state)
{
	struct model *m = new_model(1), *other = new_model(1);
	struct buf saved = {0};

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	words(m, 0, SWEEP_SET_LEVEL, "users 1");
	load(m, 0, 4 * S, 1);
	words(m, 4 * S, SWEEP_DISOWNED, "");
	words(m, 4 * S, SWEEP_ENDED, "time: out");
	model_save(m, &saved);
	for (int64_t second = -1; (second = model_next_second(m, second)) >= 0;)
		model_save_second(m, second, &saved);
	assert_true(model_restore(other, saved.at, saved.used));
	look(other);
	assert_int_equal(snap.sweep.state, SNAP_SWEPT);
	assert_string_equal(snap.sweep.text, "time: out");
	assert_true(snap.point[0].swept);
	assert_int_equal(dots(other), 0);
	buf_fini(&saved);
	model_free(m);
	model_free(other);
}

static void hostile_words(void **state)
{
	struct model *m = new_model(1);
	char long_text[240];

	(void)state;
	memset(long_text, 'x', sizeof long_text);
	say(m, S, SWEEP_ENDED, long_text, sizeof long_text);
	look(m);
	assert_true(strlen(snap.sweep.text) < SNAP_SWEEP);
	say(m, S, SWEEP_ENDED, "plateau\x1b[2J:\n\xff", 13);
	look(m);
	assert_null(strchr(snap.sweep.text, 0x1b));
	assert_null(strchr(snap.sweep.text, '\n'));
	/* Of no event and of no point. */
	words(m, S, 77, "?");
	words(m, S, INT64_MIN | SWEEP_DISOWNED, "?");
	words(m, S, SWEEP_SET_LEVEL, "?");
	look(m);
	assert_int_equal(snap.sweep.state, SNAP_SWEPT);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_points_and_its_end),
		cmocka_unit_test(what_steers_it),
		cmocka_unit_test(what_was_passing_trouble_is_no_dot),
		cmocka_unit_test(a_saved_state_knows),
		cmocka_unit_test(hostile_words),
	};

	return cmocka_run_group_tests_name("run/swept", tests, NULL, NULL);
}
