/* Micro-experiments against servers with known coefficients, in simulated time: the plan,
 * what is found, and when nothing may be said. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "trial_sim.h"

#define SEEDS 8
#define MS 1e-3

static struct sim sim;
static struct trial trial;
static struct trial_fit found;
static char said[TRIAL_TEXT];

static const struct sim steady = {
	.slots = 1000, .overhead_s = 5 * MS, .a_prompt_token_s = 0.025 * MS, .a_token_s = 1.25 * MS, .sigma = 0.12,
	.prompt = 100, .tokens = 64, .users = 4,
};

static void try_on(const struct sim *server, const struct trial_config *config, uint64_t seed)
{
	sim = *server;
	sim_try(&sim, config, seed, &trial);
	trial_fit(&trial, &found);
	trial_sentence(&trial, said);
}

static void near(struct trial_number found_number, double truth, double within)
{
	if (fabs(found_number.value - truth) <= within * truth &&
	    fabs(found_number.value - truth) <= 2 * found_number.half + 0.01 * truth)
		return;
	print_error("%g +-%g, truth %g: %s\n", found_number.value, found_number.half, truth, said);
	fail();
}

static void begins(const char *text)
{
	if (strncmp(said, text, strlen(text)))
		print_error("%s\n", said);
	assert_true(!strncmp(said, text, strlen(text)));
}

static void bound_by(enum trial_bound bound, const char *text)
{
	begins(text);
	assert_int_equal(found.says, TRIAL_BOUND);
	assert_int_equal(found.bound, bound);
	assert_non_null(strstr(said, "n = "));
	assert_true(strlen(said) < TRIAL_TEXT - 1);
}

static struct trial_config users_to(double most)
{
	struct trial_config c;

	trial_plan_users(most, &c);
	return c;
}

static const struct trial_config outputs = {.axis = TRIAL_OUTPUT, .count = 4, .value = {16, 32, 64, 128}};

/* The point before had settled, and its number is another. */
static void what_was_before_is_nothing(void **state)
{
	struct trial_seen past;
	struct trial was;

	(void)state;
	sim = steady;
	sim_set(&sim, TRIAL_OUTPUT, 64);
	sim_run(&sim, 9);
	sim_look(&sim);
	past = sim.seen;
	past.settled = true;
	trial_start(&trial, &outputs, past.now_us + 1);
	assert_int_equal(trial_step(&trial, &past).action, TRIAL_WAIT);
	past.now_us++;
	assert_int_equal(trial_step(&trial, &past).action, TRIAL_STEP);
	past.now_us--;
	past.since_us--;
	was = trial;
	assert_int_equal(trial_step(&trial, &past).action, TRIAL_WAIT);
	assert_int_equal(trial.state, TRIAL_SETTLING);
	assert_int_equal(trial.now_us, was.now_us);
}

static void plan(void **state)
{
	struct trial_config c = users_to(8);
	char text[TRIAL_TEXT];

	(void)state;
	trial_steps(&c, text);
	assert_string_equal(text, "1, 2, 4, 8, there and back");
	trial_plan_output(100, &c);
	trial_steps(&c, text);
	assert_string_equal(text, "12, 25, 50, 100, there and back");
	trial_plan_prompt(&c);
	trial_steps(&c, text);
	assert_string_equal(text, "0, 128, 256, 512 words more, there and back");
	trial_plan_pair(TRIAL_CONNECTION, &c);
	trial_steps(&c, text);
	assert_string_equal(text, "kept connections, new connections, there and back");
	c = users_to(1);
	assert_int_equal(c.count, 2);
	c = users_to(500);
	assert_int_equal(c.count, TRIAL_VALUES);
	assert_true(c.value[0] == 1 && c.value[TRIAL_VALUES - 1] == 500);
	for (int i = 1; i < c.count; i++)
		assert_true(c.value[i] > c.value[i - 1]);
}

static void there_and_back(void **state)
{
	struct trial_config c = users_to(8);

	(void)state;
	try_on(&steady, &c, 1);
	assert_int_equal(trial.done, 8);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(trial.visit[i].value, i < 4 ? i : 7 - i);
		assert_true(trial.visit[i].pieces >= 4 && trial.visit[i].seconds >= 2);
	}
	/* Some seconds a step, of which one settles. */
	assert_true(sim.now_s < 45);
}

/* Two slots: the others wait for one. */
static void waits(void **state)
{
	struct trial_config c = users_to(8);
	struct sim server = steady;
	double service = 5 * MS + 100 * 0.025 * MS + 63 * 1.25 * MS;

	(void)state;
	server.slots = 2;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		try_on(&server, &c, seed);
		bound_by(BOUND_QUEUE, "queue-bound with 8 users, n = ");
		near(found.first[0], 7.5 * MS, 0.05);
		near(found.first[1], 7.5 * MS + 3 * service, 0.05);
		near(found.a_token, 1.25 * MS, 0.05);
		near(found.times, 1, 0.05);
	}
}

/* Other answers are beside the streams: those alone say what they are made of. */
static void streams_among_others(void **state)
{
	struct trial_config c = users_to(8);
	struct sim server = steady;

	(void)state;
	server.slots = 2;
	server.plain_share = 0.6;
	try_on(&server, &c, 1);
	bound_by(BOUND_QUEUE, "queue-bound with 8 users, n = ");
	assert_non_null(strstr(said, " streams of "));
	near(found.a_token, 1.25 * MS, 0.05);
	try_on(&server, &outputs, 1);
	near(found.a_token, 1.25 * MS, 0.05);
}

/* Each other user makes tokens a tenth slower. */
static void decodes(void **state)
{
	struct trial_config c = users_to(8);
	struct sim server = steady;

	(void)state;
	server.slowdown = 0.1;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		try_on(&server, &c, seed);
		bound_by(BOUND_DECODE, "decode-bound with 8 users, n = ");
		near(found.a_token, 1.25 * MS, 0.05);
		near(found.times, 1.7, 0.05);
	}
}

/* Prompts differ, so what a token of them takes is seen with one user. */
static void prefills(void **state)
{
	struct trial_config c = users_to(8);
	struct sim server = steady;

	(void)state;
	server.prompt = 4000;
	server.prompt_spread = 0.6;
	server.tokens = 9;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		try_on(&server, &c, seed);
		bound_by(BOUND_PREFILL, "prefill-bound with 8 users, n = ");
		near(found.a_prompt_token, 0.025 * MS, 0.15);
	}
}

static void connects(void **state)
{
	struct trial_config c = users_to(8);
	struct sim server = steady;

	(void)state;
	server.fresh = true;
	server.connect_s = 200 * MS;
	try_on(&server, &c, 1);
	bound_by(BOUND_CONNECTION, "connection-bound with 8 users, n = ");
}

static void tokens(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		try_on(&steady, &outputs, seed);
		bound_by(BOUND_DECODE, "decode-bound with max_tokens 128, n = ");
		near(found.a_token, 1.25 * MS, 0.03);
		near(found.first[1], 7.5 * MS, 0.05);
		assert_non_null(strstr(said, "(16 to 128 of them)"));
	}
}

static void prompts(void **state)
{
	struct trial_config c;
	struct sim server = steady;

	(void)state;
	trial_plan_prompt(&c);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		try_on(&steady, &c, seed);
		bound_by(BOUND_DECODE, "decode-bound with its own prompts, n = ");
		near(found.a_prompt_token, 0.025 * MS, 0.08);
		near(found.at_zero, 5 * MS, 0.08);
		assert_non_null(strstr(said, " a prompt token (100 to 612 of them)"));
	}
	server.prompt = 6000;
	server.a_prompt_token_s = 0.1 * MS;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		server.prompt_spread = seed % 2 ? 0.5 : 0;
		try_on(&server, &c, seed);
		/* A tenth more of a prompt is little to draw a line through. */
		if (found.says == TRIAL_LACKS)
			continue;
		bound_by(BOUND_PREFILL, "prefill-bound with its own prompts, n = ");
		near(found.a_prompt_token, 0.1 * MS, 0.3);
	}
	server = steady;
	server.silent = true;
	try_on(&server, &c, 1);
	begins("not enough evidence: not all answers say how many tokens the prompt had");
}

static void connections(void **state)
{
	struct trial_config c;
	struct sim server = steady;

	(void)state;
	trial_plan_pair(TRIAL_CONNECTION, &c);
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		server.connect_s = 150 * MS;
		server.plain = seed % 2;
		try_on(&server, &c, seed);
		bound_by(BOUND_CONNECTION, "connection-bound if none is kept: a new connection adds ");
		near(found.adds, 150 * MS, 0.06);
		server.connect_s = 2 * MS;
		try_on(&server, &c, seed);
		begins("not connection-bound if none is kept: a new connection adds ");
		assert_true(fabs(found.adds.value - 2 * MS) <= 1.5 * found.adds.half);
		/* A unit for both, by the larger: next to nothing is no long number of a small one. */
		server.connect_s = 0.1 * MS;
		try_on(&server, &c, seed);
		assert_true(found.adds.half > 1 * MS);
		assert_null(strstr(said, " us "));
	}
	server.never_fresh = true;
	try_on(&server, &c, 1);
	begins("not enough evidence: 0 % of requests made a connection, 0 % where none was kept");
	server.never_fresh = false;
	server.fresh = true;
	server.sigma = 3;
	server.connect_s = 50 * MS;
	try_on(&server, &c, 1);
	begins("not enough evidence: ");
}

static void prompt_reuse(void **state)
{
	struct trial_config c;
	struct sim server = steady;

	(void)state;
	trial_plan_pair(TRIAL_REUSE, &c);
	server.prompt = 8000;
	server.knows = 0.9;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		try_on(&server, &c, seed);
		bound_by(BOUND_PREFILL, "prefill-bound with different prompts, n = ");
		near(found.first[0], 205 * MS, 0.05);
		near(found.first[1], 25 * MS, 0.05);
		assert_non_null(strstr(said, "; 90 % cached"));
	}
	server.plain = true;
	try_on(&server, &c, 1);
	begins("a response takes ");
	assert_non_null(strstr(said, "; the same prompt again saves "));
	near(found.adds, 180 * MS, 0.06);
	/* It remembers nothing. */
	server = steady;
	try_on(&server, &c, 1);
	bound_by(BOUND_DECODE, "decode-bound with different prompts, n = ");
	assert_null(strstr(said, "cached"));
	/* It does, and takes longer for it. */
	server.knows = -5;
	try_on(&server, &c, 1);
	bound_by(BOUND_DECODE, "decode-bound with different prompts, n = ");
	assert_true(isnan(found.share[BOUND_PREFILL].value));
}

/* What is most of it is not told apart by this step. */
static void first_tokens(void **state)
{
	struct sim server = steady;

	(void)state;
	server.prompt = 40000;
	try_on(&server, &outputs, 1);
	begins("ttft is most with max_tokens 128, n = ");
	assert_int_equal(found.bound, BOUND_FIRST);
}

static void neither(void **state)
{
	struct sim server = steady;

	(void)state;
	server.slots = 2;
	server.overhead_s = 120 * MS;
	server.a_token_s = 3 * MS;
	server.sigma = 0.05;
	try_on(&server, &(struct trial_config){.axis = TRIAL_USERS, .count = 2, .value = {1, 3}}, 1);
	begins("no part is most with 3 users, n = ");
	assert_int_equal(found.says, TRIAL_MIXED);
}

/* --- not enough evidence ------------------------------------------------------------ */

static void lacks(const char *text)
{
	char all[TRIAL_TEXT] = "not enough evidence: ";

	strcat(all, text);
	begins(all);
	assert_int_equal(found.says, TRIAL_LACKS);
}

static void nothing_said(void **state)
{
	struct trial_config c = users_to(8);
	struct sim server = steady;

	(void)state;
	/* From the way back on it is another server. */
	server.slow_from_s = 14;
	server.slow_times = 2;
	try_on(&server, &c, 1);
	lacks("with ");
	assert_non_null(strstr(said, ": the server was not the same"));
	/* Times without any rule. */
	server = steady;
	server.sigma = 2.5;
	server.a_token_s = 10 * MS;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		try_on(&server, &(struct trial_config){.axis = TRIAL_USERS, .count = 2, .value = {1, 2}}, seed);
		assert_int_equal(found.says, TRIAL_LACKS);
	}
	server = steady;
	server.failing = 0.2;
	try_on(&server, &c, 1);
	lacks("");
	assert_non_null(strstr(said, "% of "));
	server = steady;
	server.plain = true;
	try_on(&server, &c, 1);
	lacks("no answer came as a stream whose tokens are counted");
	server = steady;
	server.ends_at = 12;
	try_on(&server, &outputs, 1);
	lacks("answers have 12 tokens, 12 where most are asked for");
	server = steady;
	server.seen.client_bound = true;
	try_on(&server, &c, 1);
	lacks("brunt itself was the limit");
	/* An answer takes ten seconds: a step is given up. */
	server = steady;
	server.a_token_s = 10.0 / 63;
	try_on(&server, &c, 1);
	lacks("it ended after 0 of 8 steps");
	assert_true(sim.now_s < 90);
}

static void stopped(void **state)
{
	struct trial_config c = users_to(8);
	struct trial_seen seen = {.now_us = 1, .since_us = 0};

	(void)state;
	trial_start(&trial, &c, 0);
	assert_int_equal(trial_step(&trial, &seen).action, TRIAL_STEP);
	assert_int_equal(trial_step(&trial, &seen).action, TRIAL_WAIT);
	trial_stop(&trial);
	assert_false(trial_going(&trial));
	assert_int_equal(trial_step(&trial, &seen).action, TRIAL_WAIT);
	trial_sentence(&trial, said);
	assert_string_equal(said, "not enough evidence: it ended after 0 of 8 steps (n = 0)");
	/* The run ends. */
	trial_start(&trial, &c, 0);
	trial_step(&trial, &seen);
	seen.ended = true;
	assert_int_equal(trial_step(&trial, &seen).action, TRIAL_END);
	assert_false(trial_going(&trial));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_before_is_nothing),
		cmocka_unit_test(plan),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(waits),
		cmocka_unit_test(streams_among_others),
		cmocka_unit_test(decodes),
		cmocka_unit_test(prefills),
		cmocka_unit_test(connects),
		cmocka_unit_test(tokens),
		cmocka_unit_test(prompts),
		cmocka_unit_test(connections),
		cmocka_unit_test(prompt_reuse),
		cmocka_unit_test(first_tokens),
		cmocka_unit_test(neither),
		cmocka_unit_test(nothing_said),
		cmocka_unit_test(stopped),
	};

	return cmocka_run_group_tests_name("run/trial", tests, NULL, NULL);
}
