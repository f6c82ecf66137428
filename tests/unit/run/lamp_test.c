/* The lamp's memory: when it goes on and off, and what counts over the run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/run/lamp.h"
#include "records.h"

static struct lamp lamp;
static struct rec_gauge now;
static char evidence[LAMP_TEXT];

static int anew(void **state)
{
	(void)state;
	lamp_reset(&lamp);
	now = gauge_at(0, 1, 0);
	lamp_gauge(&lamp, &now, PHASE_LOAD, false, false);
	return 0;
}

/* A second in which the busiest worker had so much of a core. */
static bool second(int cpu_pct)
{
	now.rec.t_us += S;
	now.busiest_cpu_us += (uint64_t)cpu_pct * 10000;
	lamp_gauge(&lamp, &now, PHASE_LOAD, true, false);
	return lamp_now(&lamp, NULL, NULL, evidence);
}

static void on_and_off(void **state)
{
	(void)state;
	/* The letters are seconds: busy or not; below, is the lamp on after it? */
	static const char *const busy[] = {"....bb....", "..bbb.......", "..b.b.b.....", "bb......",
					   "b.........", "..b..b..b..b"};
	static const char *const on[] = {"..........", "....nnn.....", "......n.....", ".n......",
					 "..........", "............"};

	for (size_t i = 0; i < sizeof busy / sizeof *busy; i++) {
		char seen[20] = "";

		anew(state);
		for (const char *p = busy[i]; *p; p++)
			strcat(seen, second(*p == 'b' ? 93 : 10) ? "n" : ".");
		assert_string_equal(seen, on[i]);
	}
}

static void says_why(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++)
		second(93);
	assert_string_equal(evidence, "worker thread at 93 % of a core");
	second(99);
	assert_string_equal(evidence, "worker thread at 99 % of a core");
	assert_true(lamp_run(&lamp, NULL, NULL, evidence));
	assert_string_equal(evidence, "worker thread at 99 % of a core; at the limit 5 of 5 s");
	for (int i = 0; i < 19; i++)
		second(10);
	assert_true(lamp_run(&lamp, NULL, NULL, evidence)); /* 5 of 24 */
	second(10);
	assert_false(lamp_run(&lamp, NULL, NULL, evidence)); /* a fifth, not more */
	assert_string_equal(evidence, "");
}

/* Nothing came for two seconds: the gauge that comes then speaks for both. */
static void a_stall_of_the_client(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		assert_false(second(10));
	now.rec.t_us += 2 * S;
	now.loop_late_us += 1900 * MS;
	now.loop_late_max_us = 1900 * MS;
	lamp_gauge(&lamp, &now, PHASE_LOAD, true, false);
	assert_false(lamp_now(&lamp, NULL, NULL, evidence)); /* one hiccup */
	assert_int_equal(lamp.bad_seconds, 2);
	assert_int_equal(lamp.late_max_us, 1900 * MS);
	now.rec.t_us += S;
	now.loop_late_us += 900 * MS;
	lamp_gauge(&lamp, &now, PHASE_LOAD, true, false);
	assert_true(lamp_now(&lamp, NULL, NULL, evidence));
}

static void the_warm_up_is_not_judged(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++) {
		now.rec.t_us += S;
		now.busiest_cpu_us += S;
		lamp_gauge(&lamp, &now, PHASE_WARMUP, false, false);
		assert_false(lamp_now(&lamp, NULL, NULL, evidence));
	}
	assert_int_equal(lamp.seconds, 0);
	assert_false(second(10));
	/* A pause, with its spans on both sides, neither. */
	for (int i = 0; i < 5; i++)
		second(93);
	for (int i = 0; i < 9; i++) {
		now.rec.t_us += S;
		lamp_gauge(&lamp, &now, PHASE_PAUSE, false, false);
		assert_true(lamp_now(&lamp, NULL, NULL, evidence));
	}
	assert_int_equal(lamp.seconds, 6);
}

static void what_runs_out_shows_at_once(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		second(10);
	now.fds = now.fd_limit = 1024;
	assert_true(second(10));
	assert_string_equal(evidence, "fds 1024 of 1024");
	now.fds = 900;
	assert_false(second(10));
	lamp.ring_dropped = 1;
	assert_true(lamp_now(&lamp, NULL, NULL, evidence));
	assert_true(lamp_run(&lamp, NULL, NULL, evidence));
	assert_string_equal(evidence, "1 samples did not fit into a full ring");
}

/* A second of an open loop: so many due, so many of them started. */
static bool arrivals(uint64_t planned, uint64_t started, uint32_t in_flight)
{
	now.rec.t_us += S;
	now.planned += planned;
	now.started += started;
	now.waiting = now.planned - now.started;
	now.in_flight_us += in_flight * (uint64_t)S;
	lamp_gauge(&lamp, &now, PHASE_LOAD, true, true);
	return lamp_now(&lamp, NULL, NULL, evidence);
}

static void fewer_start_than_are_planned(void **state)
{
	now.in_flight_limit = 100;
	for (int i = 0; i < 5; i++)
		assert_false(arrivals(1000, 1000, 8));
	assert_false(arrivals(1000, 610, 8));
	assert_false(arrivals(1000, 610, 8));
	assert_true(arrivals(1000, 610, 8));
	assert_string_equal(evidence, "61 % of planned requests started");
	assert_true(lamp_run(&lamp, NULL, NULL, evidence));
	/* Behind the target's own limit: that is not brunt's. */
	anew(state);
	now.in_flight_limit = 100;
	for (int i = 0; i < 9; i++)
		assert_false(arrivals(1000, 610, 100));
	assert_false(lamp_uncapped(&lamp));
	assert_false(lamp_run(&lamp, NULL, NULL, evidence));
	/* A worker's share of it may be full while others have room. */
	anew(state);
	now.in_flight_limit = 8;
	for (int i = 0; i < 9; i++)
		assert_false(arrivals(40, 20, i < 3 ? 1 : 7));
	assert_false(lamp_run(&lamp, NULL, NULL, evidence));
	/* A server that froze, and then was caught up with. */
	anew(state);
	now.in_flight_limit = 100;
	arrivals(1000, 1000, 10);
	assert_false(arrivals(1000, 500, 60));
	assert_false(arrivals(1000, 0, 100));
	assert_false(arrivals(1000, 2400, 80));
	for (int i = 0; i < 12; i++)
		assert_false(arrivals(1000, i ? 1000 : 1100, 10));
	assert_false(lamp_run(&lamp, NULL, NULL, evidence));
	/* By then nothing waits any more, but the run's queue times are the server's. */
	assert_true(lamp_uncapped(&lamp));
	assert_false(lamp_run_uncapped(&lamp));
	/* Half a second is enough of a freeze. */
	anew(state);
	now.in_flight_limit = 100;
	arrivals(1000, 1000, 10);
	assert_true(lamp_run_uncapped(&lamp));
	arrivals(1000, 900, 50);
	assert_false(lamp_uncapped(&lamp));
	assert_false(lamp_run_uncapped(&lamp));
	/* A hair too slow to be seen in a second, but it adds up. */
	anew(state);
	now.in_flight_limit = 100;
	for (int i = 0; i < 12; i++)
		assert_false(arrivals(10000, 9980, 10));
	assert_true(lamp_run(&lamp, NULL, NULL, evidence));
	assert_string_equal(evidence, "99.8 % of planned requests started");
	/* The last moment's arrivals are no shortfall. */
	anew(state);
	now.in_flight_limit = 100;
	for (int i = 0; i < 3; i++)
		arrivals(1000, 1000, 10);
	arrivals(1000, 960, 10);
	assert_false(lamp_run(&lamp, NULL, NULL, evidence));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_and_off),
		cmocka_unit_test_setup(says_why, anew),
		cmocka_unit_test_setup(a_stall_of_the_client, anew),
		cmocka_unit_test_setup(the_warm_up_is_not_judged, anew),
		cmocka_unit_test_setup(what_runs_out_shows_at_once, anew),
		cmocka_unit_test_setup(fewer_start_than_are_planned, anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
