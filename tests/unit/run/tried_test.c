/* What the records say of micro-experiments: which points are of altered requests and no
 * part of what is said of several, what was found; from a saved state, too. */
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
#include "run/trial.h"

static struct snapshot snap;

static void say(struct model *m, int64_t t_us, int64_t value, const char *text, size_t bytes)
{
	union {
		struct rec_event event;
		char room[512];
	} u = {.room = {0}};

	u.event = (struct rec_event){.rec = head_of(REC_EVENT, rec_bytes(sizeof u.event, bytes), t_us),
				     .value = value, .what = EVENT_TRIAL, .text_bytes = (uint16_t)bytes};
	memcpy(u.event.text, text, bytes);
	model_feed(m, &u.event.rec);
}

static void words(struct model *m, int64_t t_us, enum trial_event what, enum trial_axis axis, int altered, const char *text)
{
	say(m, t_us, trial_value(what, axis, altered), text, strlen(text));
}

static void load(struct model *m, int64_t from_us, int64_t to_us)
{
	for (int64_t t = from_us + S / 10; t <= to_us; t += S / 10)
		feed_sample_at(m, t, S / 10, 0);
}

static void look(const struct model *m)
{
	model_snapshot(m, (struct view_query){.task = -1, .window = WINDOW_10S}, &snap);
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

/* One point as it is, one altered, then again as before. */
static void one(struct model *m)
{
	feed_point_at(m, 0, PHASE_LOAD, 2);
	load(m, 0, 4 * S);
	words(m, 4 * S, TRIAL_BEGAN, TRIAL_OUTPUT, 0, "8, 16, there and back");
	look(m);
	assert_int_equal(snap.trial.state, SNAP_TRIES);
	assert_int_equal(snap.trial.axis, TRIAL_OUTPUT);
	feed_point_at(m, 4 * S, PHASE_LOAD, 2);
	words(m, 4 * S, TRIAL_SET, TRIAL_OUTPUT, 1, "max_tokens 8");
	load(m, 4 * S, 8 * S);
	look(m);
	assert_true(snap.point[1].altered && !snap.point[0].altered);
	assert_int_equal(dots(m), 1);
	feed_point_at(m, 8 * S, PHASE_LOAD, 2);
	words(m, 8 * S, TRIAL_ENDED, TRIAL_OUTPUT, 0, "decode-bound with all");
	load(m, 8 * S, 12 * S);
}

static void found(struct model *m)
{
	struct result r;

	look(m);
	assert_int_equal(snap.trial.state, SNAP_TRIED);
	assert_int_equal(snap.trial.t_us, 8 * S);
	assert_string_equal(snap.trial.text, "decode-bound with all");
	assert_true(snap.point[1].altered && !snap.point[2].altered);
	model_result(m, &r);
	assert_int_equal(r.scaling.count, 2);
	assert_true(r.point[1].altered);
	assert_int_equal(r.tried[TRIAL_OUTPUT].state, SNAP_TRIED);
	assert_string_equal(r.tried[TRIAL_OUTPUT].text, "decode-bound with all");
	assert_int_equal(r.tried[TRIAL_USERS].state, SNAP_NO_TRIAL);
	result_fini(&r);
}

static void altered_points_are_apart(void **state)
{
	struct model *m = new_model(1);

	(void)state;
	one(m);
	found(m);
	/* The newest of each axis stays. */
	words(m, 13 * S, TRIAL_ENDED, TRIAL_USERS, 0, "queue-bound");
	look(m);
	assert_string_equal(snap.trial.text, "queue-bound");
	model_free(m);
}

static void a_saved_state_knows(void **state)
{
	struct model *m = new_model(1), *other = new_model(1);
	struct buf saved = {0};

	(void)state;
	one(m);
	model_save(m, &saved);
	for (int64_t second = -1; (second = model_next_second(m, second)) >= 0;)
		model_save_second(m, second, &saved);
	assert_true(model_restore(other, saved.at, saved.used));
	found(other);
	buf_fini(&saved);
	model_free(m);
	model_free(other);
}

/* A stream due at its sending: a new connection of 2 ms, the first token 10 ms after it,
 * the others in 40 ms. */
static struct rec_sample a_stream(int64_t te)
{
	struct rec_sample s = sample_at(te, 52 * MS, 0);

	s.flags |= SAMPLE_STREAM | SAMPLE_NEW_CONNECTION;
	s.connect_us = 2000;
	s.t1_us = te - 40 * MS;
	s.tn_us = te;
	s.tokens_in = 30;
	s.tokens_out = 21;
	s.cached_tokens = 5;
	return s;
}

static void what_it_is_made_of(void **state)
{
	struct model *m = new_model(1);
	struct rec_sample s = a_stream(2 * S);
	struct trial_seen seen;
	const double *of = seen.work.of;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	model_feed(m, &s.rec);
	s = a_stream(3 * S);
	s.tokens_out = 11;
	s.tokens_in = TOKENS_UNKNOWN;
	model_feed(m, &s.rec);
	feed_sample_at(m, 4 * S, 100 * MS, 0);
	/* Times that no server has. */
	s = a_stream(5 * S);
	s.t1_us = INT64_MIN;
	s.tn_us = INT64_MAX;
	model_feed(m, &s.rec);
	look(m);
	trial_see(&snap, &seen);
	assert_int_equal(seen.requests, 4);
	assert_true(of[WORK_N] == 4 && of[WORK_STREAMS] == 2 && of[WORK_TOLD] == 1 && of[WORK_CONNECTED] == 3);
	assert_true(fabs(of[WORK_RESPONSE] - 0.256) < 1e-9 && fabs(of[WORK_SETUP] - 0.006) < 1e-9);
	assert_true(fabs(of[WORK_FIRST] - 0.020) < 1e-9 && fabs(of[WORK_DECODE] - 0.080) < 1e-9);
	assert_true(of[WORK_TOKENS] == 30 && of[WORK_TOKENS_2] == 500 && fabs(of[WORK_DECODE_TOKENS] - 1.2) < 1e-9);
	assert_true(of[WORK_PROMPT] == 30 && of[WORK_PROMPT_2] == 900 && of[WORK_CACHED] == 5);
	assert_true(fabs(of[WORK_FIRST_TOLD] - 0.010) < 1e-9 && fabs(of[WORK_FIRST_PROMPT] - 0.3) < 1e-9);
	model_free(m);
}

static void hostile_words(void **state)
{
	struct model *m = new_model(1);
	char long_text[REC_TEXT_MAX];

	(void)state;
	memset(long_text, 'x', sizeof long_text);
	say(m, S, TRIAL_ENDED, long_text, sizeof long_text);
	look(m);
	assert_int_equal(strlen(snap.trial.text), REC_TEXT_MAX);
	say(m, S, TRIAL_ENDED, "queue\x1b[2J:\n\xff", 11);
	look(m);
	assert_null(strchr(snap.trial.text, 0x1b));
	assert_null(strchr(snap.trial.text, '\n'));
	/* Of no axis, no event, no point. */
	say(m, S, TRIAL_ENDED | 0xff << 8, "no axis", 7);
	say(m, S, INT64_MIN, "?", 1);
	say(m, S, -1, "?", 1);
	say(m, S, trial_value(TRIAL_SET, TRIAL_USERS, 1), "?", 1);
	look(m);
	assert_null(strstr(snap.trial.text, "no axis"));
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(altered_points_are_apart),
		cmocka_unit_test(a_saved_state_knows),
		cmocka_unit_test(what_it_is_made_of),
		cmocka_unit_test(hostile_words),
	};

	return cmocka_run_group_tests_name("run/tried", tests, NULL, NULL);
}
