/* A recorded load as stages, with its warm-up and without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "cli/steps.h"

#define S US_PER_S

static void point(struct steps *s, int64_t t_us, enum load_phase phase, double level)
{
	struct rec_point p = {
		.rec = {.bytes = sizeof p, .kind = REC_POINT, .t_us = t_us},
		.level = level, .from = level, .mode = MODE_CLOSED, .phase = (uint8_t)phase,
	};

	steps_take(s, &p);
}

static void stage_is(const struct steps *s, int i, double from, double to, double seconds, bool paused)
{
	assert_true(i < s->count);
	assert_true(s->stage[i].from == from && s->stage[i].to == to);
	assert_int_equal(s->stage[i].length_ns, (int64_t)(seconds * NS_PER_S));
	assert_int_equal(s->stage[i].paused, paused);
}

/* 2 users, 3 from 2 s on, a pause of 1 s; the warm-up ends at 5 s; then 3 and 4. */
static struct steps recorded(void)
{
	struct steps s;

	steps_init(&s);
	point(&s, 0, PHASE_WARMUP, 2);
	point(&s, 2 * S, PHASE_WARMUP, 3);
	point(&s, 3 * S, PHASE_PAUSE, 3);
	point(&s, 4 * S, PHASE_WARMUP, 3);
	point(&s, 5 * S, PHASE_LOAD, 3);
	point(&s, 7 * S, PHASE_LOAD, 4);
	point(&s, 10 * S, PHASE_DRAIN, 4);
	point(&s, 11 * S, PHASE_END, 4);
	return s;
}

static void the_warm_up_comes_again(void **state)
{
	struct steps s = recorded();

	(void)state;
	assert_int_equal(s.measured_ns, 5 * NS_PER_S);
	assert_int_equal(steps_lead_ns(&s, 5 * NS_PER_S, 5 * NS_PER_S), 5 * NS_PER_S);
	assert_int_equal(s.count, 6);
	stage_is(&s, 0, 2, 2, 2, false);
	stage_is(&s, 1, 3, 3, 1, false);
	stage_is(&s, 2, 3, 3, 1, true);
	stage_is(&s, 3, 3, 3, 1, false);
	stage_is(&s, 4, 3, 3, 2, false);
	stage_is(&s, 5, 4, 4, 3, false);
	free(s.stage);
}

/* A longer one begins with the first level, a shorter one later in it, none with the
 * measured part. */
static void another_warm_up(void **state)
{
	struct steps s = recorded();

	(void)state;
	assert_int_equal(steps_lead_ns(&s, 5 * NS_PER_S, 8 * NS_PER_S), 5 * NS_PER_S);
	assert_int_equal(s.count, 6);
	assert_int_equal(steps_lead_ns(&s, 5 * NS_PER_S, 2 * NS_PER_S + NS_PER_S / 2), 2 * NS_PER_S + NS_PER_S / 2);
	assert_int_equal(s.count, 5);
	stage_is(&s, 0, 3, 3, 0.5, false);
	stage_is(&s, 1, 3, 3, 1, true);
	free(s.stage);
	s = recorded();
	assert_int_equal(steps_lead_ns(&s, 5 * NS_PER_S, 0), 0);
	assert_int_equal(s.count, 2);
	stage_is(&s, 0, 3, 3, 2, false);
	free(s.stage);
}

static void ramps_are_cut(void **state)
{
	struct steps s;
	struct rec_point ramp = {
		.rec = {.bytes = sizeof ramp, .kind = REC_POINT}, .from = 10, .level = 50, .ramp_us = 4 * S,
		.mode = MODE_OPEN, .phase = PHASE_WARMUP,
	};

	(void)state;
	steps_init(&s);
	steps_take(&s, &ramp);
	point(&s, 4 * S, PHASE_LOAD, 50);
	point(&s, 6 * S, PHASE_END, 50);
	assert_int_equal(steps_lead_ns(&s, 4 * NS_PER_S, NS_PER_S), NS_PER_S);
	stage_is(&s, 0, 40, 50, 1, false);
	free(s.stage);
}

static void pauses_at_either_end(void **state)
{
	struct steps s;

	(void)state;
	steps_init(&s);
	point(&s, 0, PHASE_PAUSE, 2);
	point(&s, 1 * S, PHASE_LOAD, 2);
	point(&s, 3 * S, PHASE_PAUSE, 2);
	point(&s, 4 * S, PHASE_END, 2);
	assert_int_equal(s.measured_ns, 2 * NS_PER_S);
	assert_int_equal(steps_lead_ns(&s, 0, 0), 0);
	assert_int_equal(s.count, 1);
	stage_is(&s, 0, 2, 2, 2, false);
	free(s.stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_warm_up_comes_again),
		cmocka_unit_test(another_warm_up),
		cmocka_unit_test(ramps_are_cut),
		cmocka_unit_test(pauses_at_either_end),
	};

	return cmocka_run_group_tests_name("steps", tests, NULL, NULL);
}
