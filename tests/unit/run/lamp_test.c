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

/* A second of an open loop: so many due, so many of them started; of those that wait so many
 * for room among those in flight. */
static bool arrivals(uint64_t planned, uint64_t started, uint32_t held)
{
	now.rec.t_us += S;
	now.planned += planned;
	now.started += started;
	now.waiting = now.planned - now.started;
	now.held = held;
	lamp_gauge(&lamp, &now, PHASE_LOAD, true, true);
	return lamp_now(&lamp, NULL, NULL, evidence);
}

static int with_a_limit(void **state)
{
	anew(state);
	lamp.last.in_flight_limit = now.in_flight_limit = 100;
	return 0;
}

static void fewer_start_than_are_planned(void **state)
{
	for (int i = 0; i < 5; i++)
		assert_false(arrivals(1000, 1000, 0));
	assert_false(arrivals(1000, 610, 0));
	assert_false(arrivals(1000, 610, 0));
	assert_true(arrivals(1000, 610, 0));
	assert_string_equal(evidence, "61 % of planned requests started");
	assert_true(lamp_run(&lamp, NULL, NULL, evidence));
	/* A hair too slow to be seen in a second, but it adds up. */
	with_a_limit(state);
	for (int i = 0; i < 12; i++)
		assert_false(arrivals(10000, 9980, 0));
	assert_true(lamp_run(&lamp, NULL, NULL, evidence));
	assert_string_equal(evidence, "99.8 % of planned requests started");
	/* The last moment's arrivals are no shortfall. */
	with_a_limit(state);
	for (int i = 0; i < 3; i++)
		arrivals(1000, 1000, 0);
	arrivals(1000, 960, 0);
	assert_false(lamp_run(&lamp, NULL, NULL, evidence));
}

/* What waits for room in flight is counted, and is not brunt's; what waits besides is. */
static void the_limit_holds_back(void **state)
{
	for (int i = 1; i < 10; i++)
		assert_false(arrivals(1000, 610, (uint32_t)(390 * i)));
	assert_false(lamp_run(&lamp, NULL, NULL, evidence));
	/* A server that froze, and then was caught up with. */
	with_a_limit(state);
	arrivals(1000, 1000, 0);
	assert_false(arrivals(1000, 500, 500));
	assert_false(arrivals(1000, 0, 1500));
	assert_false(arrivals(1000, 2400, 0));
	for (int i = 0; i < 12; i++)
		assert_false(arrivals(1000, i ? 1000 : 1100, 0));
	assert_false(lamp_run(&lamp, NULL, NULL, evidence));
	/* However many are in flight: 50 of 100 wait for brunt alone. */
	with_a_limit(state);
	now.in_flight_us += 90 * (uint64_t)S;
	for (int i = 1; i < 4; i++)
		arrivals(1000, 900, (uint32_t)(50 * i));
	assert_true(lamp_now(&lamp, NULL, NULL, evidence));
	assert_string_equal(evidence, "95.0 % of planned requests started");
}

static struct hdr_pool *pool;

/* A second with requests that were so late, of which some had been held back. */
static void late_second(struct hdr *queue, struct hdr *service, int64_t late_us, int held)
{
	hdr_reset(queue);
	hdr_reset(service);
	for (int i = 0; i < 200; i++) {
		hdr_record(queue, late_us);
		hdr_record(service, 10 * MS);
	}
	for (int i = 0; i < held; i++)
		lamp_held(&lamp);
	arrivals(200, 200, 0);
	lamp_second(&lamp, queue, service);
}

/* Late starts are brunt's in those seconds alone in which no request ended that the limit
 * had held back: measured of each request, not guessed from how full it was. */
static void late_starts_beside_the_limit(void **state)
{
	static struct hdr queue, service;

	(void)state;
	hdr_init(&queue, pool, 3);
	hdr_init(&service, pool, 3);
	for (int i = 0; i < 5; i++)
		late_second(&queue, &service, 20 * MS, 0);
	assert_true(lamp_uncapped(&lamp));
	assert_true(lamp_run_uncapped(&lamp));
	assert_true(lamp_now(&lamp, &queue, &service, evidence));
	late_second(&queue, &service, 20 * MS, 1);
	assert_false(lamp_uncapped(&lamp));
	assert_false(lamp_run_uncapped(&lamp));
	for (int i = 0; i < 9; i++)
		late_second(&queue, &service, 20 * MS, 0);
	assert_false(lamp_uncapped(&lamp)); /* it is in the window yet */
	late_second(&queue, &service, 20 * MS, 0);
	assert_true(lamp_uncapped(&lamp));
	assert_false(lamp_run_uncapped(&lamp)); /* but in the run's */
	lamp_held(&lamp);
	assert_false(lamp_uncapped(&lamp)); /* the present second's at once */
	hdr_fini(&queue);
	hdr_fini(&service);
}

/* A file that does not tell who waited for what accuses nobody. */
static void the_limit_is_unknown(void **state)
{
	(void)state;
	for (int i = 0; i < 9; i++)
		assert_false(arrivals(1000, 610, GAUGE_UNKNOWN));
	assert_false(lamp_uncapped(&lamp));
	assert_false(lamp_run_uncapped(&lamp));
	assert_false(lamp_run(&lamp, NULL, NULL, evidence));
}

static int with_histograms(void **state)
{
	pool = hdr_pool_new();
	return with_a_limit(state);
}

static int without_histograms(void **state)
{
	(void)state;
	hdr_pool_free(pool);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(on_and_off),
		cmocka_unit_test_setup(says_why, anew),
		cmocka_unit_test_setup(a_stall_of_the_client, anew),
		cmocka_unit_test_setup(the_warm_up_is_not_judged, anew),
		cmocka_unit_test_setup(what_runs_out_shows_at_once, anew),
		cmocka_unit_test_setup(fewer_start_than_are_planned, with_a_limit),
		cmocka_unit_test_setup(the_limit_holds_back, with_a_limit),
		cmocka_unit_test_setup_teardown(late_starts_beside_the_limit, with_histograms, without_histograms),
		cmocka_unit_test_setup(the_limit_is_unknown, with_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
