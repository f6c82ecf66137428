/* When a run ends, whatever is done to its load. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "cli/deadline.h"

#define S NS_PER_S

static struct control control;
static struct deadline d;

/* 60 s measured after a warm-up of 10 s; the run began at 1000 s. */
static int begin(void **state)
{
	(void)state;
	control_init(&control, 1000 * S, users_level(4));
	control.warmup_until_ns = 1010 * S;
	d = (struct deadline){.control = &control, .drain_ns = 3 * S, .left_ns = INT64_MAX};
	deadline_set(&d, 1000 * S, 60 * S);
	return 0;
}

static int end(void **state)
{
	(void)state;
	control_fini(&control);
	return 0;
}

static void ends_at(int64_t stop_s, int64_t drain_s)
{
	assert_int_equal(atomic_load(&control.stop_at_ns), stop_s * S);
	assert_int_equal(atomic_load(&control.drain_until_ns), drain_s * S);
}

/* As session_pause() and session_set_level() do. */
static void pause_at(int64_t s, bool on)
{
	int64_t left = deadline_left_ns(&d, s * S);

	if (on)
		control_pause(&control, s * S);
	else
		control_resume(&control, s * S);
	deadline_set(&d, s * S, left);
}

static void users_at(int64_t s, uint32_t users)
{
	int64_t left = deadline_left_ns(&d, s * S);

	control_set(&control, users_level(users), s * S);
	deadline_set(&d, s * S, left);
}

static void no_end(void)
{
	assert_int_equal(atomic_load(&control.stop_at_ns), INT64_MAX);
}

static void measured_time_is_after_the_warm_up(void **state)
{
	(void)state;
	ends_at(1070, 1073);
	assert_int_equal(deadline_left_ns(&d, 1000 * S), 60 * S);
	assert_int_equal(deadline_left_ns(&d, 1030 * S), 40 * S);
	users_at(1030, 8);
	ends_at(1070, 1073);
}

static void a_pause_takes_nothing_away(void **state)
{
	(void)state;
	pause_at(1030, true);
	no_end();
	assert_int_equal(deadline_left_ns(&d, 1035 * S), 40 * S);
	users_at(1036, 8);
	no_end();
	pause_at(1040, false);
	ends_at(1080, 1083);
}

/* One in the warm-up makes neither it nor the measured part longer. */
static void a_pause_in_the_warm_up(void **state)
{
	(void)state;
	pause_at(1004, true);
	no_end();
	pause_at(1006, false);
	ends_at(1070, 1073);
	pause_at(1008, true);
	pause_at(1015, false); /* five seconds of it were measured time */
	ends_at(1075, 1078);
}

static void without_a_limit(void **state)
{
	(void)state;
	deadline_set(&d, 1000 * S, INT64_MAX);
	no_end();
	users_at(1030, 8);
	pause_at(1040, true);
	pause_at(1050, false);
	no_end();
	assert_int_equal(deadline_left_ns(&d, 1060 * S), INT64_MAX);
}

static void an_end_by_hand(void **state)
{
	(void)state;
	deadline_now(&d, 1020 * S, 5 * S);
	ends_at(1020, 1025);
	/* Again, with less: the load has ended when it did. */
	deadline_now(&d, 1021 * S, 0);
	ends_at(1020, 1021);
}

/* A signal while the run drains leaves its end where it was. */
static void an_end_after_the_end(void **state)
{
	(void)state;
	deadline_now(&d, 1071 * S, S);
	ends_at(1070, 1072);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(measured_time_is_after_the_warm_up), TEST(a_pause_takes_nothing_away),
		TEST(a_pause_in_the_warm_up),             TEST(without_a_limit),
		TEST(an_end_by_hand),                     TEST(an_end_after_the_end),
	};

	return cmocka_run_group_tests_name("deadline", tests, NULL, NULL);
}
