/* What ends a run from outside, and the exit code; the session and the signals are stood
 * in for. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "cli/ending.h"
#include "cli/signals.h"

static int interrupts, termination, stops;
static int64_t drain_ns; /* of the last stop */
static struct drive_config config;
static struct drive_end end;
static struct ending e;
static struct snapshot s;

int signals_interrupts(void)
{
	return interrupts;
}

int signals_termination(void)
{
	return termination;
}

void session_stop(struct session *session, int64_t ns)
{
	(void)session;
	stops++;
	drain_ns = ns;
}

static int begin(void **state)
{
	(void)state;
	interrupts = termination = stops = 0;
	drain_ns = -1;
	config = (struct drive_config){
		.interrupt_drain_ns = 5 * NS_PER_S, .terminate_drain_ns = 2 * NS_PER_S,
		.max_errors = -1, .max_error_share = -1,
	};
	end = (struct drive_end){0};
	e = (struct ending){.config = &config, .end = &end};
	s = (struct snapshot){0};
	return 0;
}

static void ctrl_c_drains_and_the_second_does_not(void **state)
{
	(void)state;
	ending_signals(&e, false);
	assert_int_equal(stops, 0);
	interrupts = 1;
	ending_signals(&e, false);
	assert_int_equal(end.signal, SIGINT);
	assert_int_equal(drain_ns, 5 * NS_PER_S);
	ending_signals(&e, false);
	assert_int_equal(stops, 1);
	interrupts = 2;
	ending_signals(&e, false);
	assert_int_equal(drain_ns, 0);
	assert_string_equal(end.reason, "interrupted");
	assert_int_equal(ending_exit_code(&end, 0), 130);
}

/* Pressed twice before anybody looked; or while what ended otherwise drains. */
static void ctrl_c_at_once(void **state)
{
	(void)state;
	interrupts = 2;
	ending_signals(&e, false);
	assert_int_equal(drain_ns, 0);
	begin(NULL);
	ending_quit(&e);
	assert_int_equal(drain_ns, 5 * NS_PER_S);
	interrupts = 1;
	ending_signals(&e, false);
	assert_int_equal(drain_ns, 0);
	assert_string_equal(end.reason, "");
}

static void other_signals_drain_shorter(void **state)
{
	(void)state;
	termination = SIGTERM;
	ending_signals(&e, false);
	ending_signals(&e, true); /* the terminal goes, too: the first counts */
	assert_int_equal(stops, 1);
	assert_int_equal(drain_ns, 2 * NS_PER_S);
	assert_int_equal(ending_exit_code(&end, 3), 143);
	begin(NULL);
	ending_signals(&e, true);
	assert_int_equal(ending_exit_code(&end, 0), 129);
}

static void quitting_twice(void **state)
{
	(void)state;
	ending_quit(&e);
	assert_int_equal(drain_ns, 5 * NS_PER_S);
	ending_quit(&e);
	assert_int_equal(drain_ns, 0);
	assert_int_equal(end.signal, 0);
	assert_int_equal(ending_exit_code(&end, 0), 0);
}

static void errors_are(uint64_t failed, uint64_t censored, uint64_t requests)
{
	s.together.all.failed = failed;
	s.together.all.censored = censored;
	s.together.all.requests = requests;
	ending_errors(&e, &s);
}

static void so_many_errors(void **state)
{
	(void)state;
	errors_are(1000, 0, 1000); /* nobody asked */
	assert_int_equal(stops, 0);
	config.max_errors = 10;
	errors_are(7, 3, 20);
	assert_int_equal(stops, 0);
	errors_are(7, 4, 20);
	errors_are(8, 4, 20);
	assert_int_equal(stops, 1);
	assert_true(end.too_many_errors);
	assert_string_equal(end.reason, "11 errors (--max-errors 10)");
	assert_int_equal(ending_exit_code(&end, 0), 1);
}

static void a_share_needs_a_hundred(void **state)
{
	(void)state;
	config.max_error_share = 0.05;
	errors_are(99, 0, 99);
	assert_int_equal(stops, 0);
	errors_are(5, 0, 100);
	assert_int_equal(stops, 0);
	errors_are(6, 0, 100);
	assert_int_equal(stops, 1);
	assert_string_equal(end.reason, "6.0 % errors (--max-errors 5%)");
}

/* A short run is over before anybody has looked. */
static void errors_by_the_final_figures(void **state)
{
	struct result result = {.summary = {.failed = 3, .censored = 1, .requests = 9}};

	(void)state;
	config.max_errors = 4;
	ending_judge(&config, &result, &end);
	assert_false(end.too_many_errors);
	config.max_errors = 3;
	ending_judge(&config, &result, &end);
	assert_true(end.too_many_errors);
}

static void slos_end_it_when_certain_and_asked(void **state)
{
	(void)state;
	s.slo_count = 2;
	assert_int_equal(slo_parse("mean<1s", &s.slo[0].slo, NULL), 0);
	assert_int_equal(slo_parse("task:chat.p95<1s", &s.slo[1].slo, NULL), 0);
	s.slo[0].verdict = SLO_FAIL; /* which more requests may undo */
	s.slo[1].verdict = SLO_FAIL;
	s.slo[1].miss_lasts = true;
	s.together.all.requests = 412;
	ending_slos(&e, &s);
	assert_int_equal(stops, 0);
	config.slo_abort = true;
	s.slo[1].verdict = SLO_INCONCLUSIVE;
	ending_slos(&e, &s);
	assert_int_equal(stops, 0);
	s.slo[1].verdict = SLO_FAIL;
	ending_slos(&e, &s);
	ending_slos(&e, &s);
	assert_int_equal(stops, 1);
	assert_string_equal(end.reason, "task:chat.p95<1s missed, certain after 412 requests (--slo-abort)");
	assert_false(end.too_many_errors);
	assert_int_equal(ending_exit_code(&end, 3), 3);
}

static void the_first_code_that_applies(void **state)
{
	struct drive_end many = {.too_many_errors = true}, both = {.too_many_errors = true, .signal = SIGQUIT};

	(void)state;
	assert_int_equal(ending_exit_code(&both, 70), 131);
	assert_int_equal(ending_exit_code(&many, 70), 70);
	assert_int_equal(ending_exit_code(&many, 5), 1);
	assert_int_equal(ending_exit_code(&(struct drive_end){0}, 5), 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
	const struct CMUnitTest tests[] = {
		TEST(ctrl_c_drains_and_the_second_does_not), TEST(ctrl_c_at_once),
		TEST(other_signals_drain_shorter),           TEST(quitting_twice),
		TEST(so_many_errors),                        TEST(a_share_needs_a_hundred),
		TEST(errors_by_the_final_figures),           TEST(slos_end_it_when_certain_and_asked),
		TEST(the_first_code_that_applies),
	};

	return cmocka_run_group_tests_name("ending", tests, NULL, NULL);
}
