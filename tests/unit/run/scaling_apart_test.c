/* Points that are not of the same server and the same load as the others: what is left out
 * of the fits, and what is said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "bench.h"

/* 100 % of a core is the client's limit, 10 % is not. */
static void drive_bound(struct bench *b, int users, int64_t us)
{
	b->cpu_pct = 100;
	drive(b, users, us);
	b->cpu_pct = 10;
}

static void nothing_of_a_bound_client(void **state)
{
	static struct snapshot live;
	struct bench b, without;
	struct scaling s, t;
	struct result r;

	(void)state;
	bench_open(&b, 8, 70e3, 1);
	bench_open(&without, 8, 70e3, 1);
	b.cpu_pct = 10;
	for (int users = 1; users <= 16; users *= 2) {
		drive(&b, users, 8 * S);
		drive(&without, users, 8 * S);
	}
	/* It gives half of what there was: a peak, if it were the server's. */
	b.mean_us = 140e3;
	drive_bound(&b, 64, 8 * S);
	s = scaling_now(b.m);
	t = scaling_now(without.m);
	assert_int_equal(s.count, 6);
	assert_int_equal(s.fitted, 5);
	assert_int_equal(s.client, 1);
	assert_int_equal(s.dot[5].use, DOT_CLIENT);
	assert_memory_equal(&s.scale.bounds, &t.scale.bounds, sizeof s.scale.bounds);
	assert_memory_equal(&s.scale.knee, &t.scale.knee, sizeof s.scale.knee);
	assert_true(s.slo_capacity >= 16 && s.slo_capacity <= 16);
	assert_string_equal(s.left_out, "left out: 1 load where brunt itself was the limit");
	assert_string_equal(t.left_out, "");
	model_snapshot(b.m, (struct view_query){.task = -1}, &live);
	assert_true(live.point[5].client_bound && !live.point[4].client_bound);
	model_result(b.m, &r);
	assert_true(r.point[5].client_bound && !r.point[4].client_bound);
	result_fini(&r);
	model_free(b.m);
	model_free(without.m);
}

/* One bad second is none, and none where it was of settling time. */
static void a_hiccup_is_no_limit(void **state)
{
	struct bench b;
	struct scaling s;

	(void)state;
	bench_open(&b, 8, 70e3, 1);
	b.cpu_pct = 10;
	drive(&b, 2, 8 * S);
	b.cpu_us += 900000; /* in the first second of the next one alone */
	drive(&b, 16, 8 * S);
	s = scaling_now(b.m);
	assert_int_equal(s.client, 0);
	assert_string_equal(s.left_out, "");
	model_free(b.m);
}

/* All of them: less load, or another machine. */
static void a_client_that_is_always_bound(void **state)
{
	struct bench b;
	struct scaling s;

	(void)state;
	bench_open(&b, 8, 70e3, 1);
	drive_bound(&b, 4, 8 * S);
	drive_bound(&b, 8, 8 * S);
	s = scaling_now(b.m);
	assert_int_equal(s.fitted, 0);
	assert_int_equal(s.scale.fit, SCALE_NO_FIT);
	assert_string_equal(s.left_out, "left out: 2 loads where brunt itself was the limit");
	assert_string_equal(s.advice, "measure with less load, or from another machine");
	model_free(b.m);
}

/* What a key did to the mix, behind the load that it made. */
static void mix_key(struct bench *b, const char *words)
{
	union {
		struct rec_event event;
		char room[sizeof(struct rec_event) + REC_TEXT_MAX];
	} e = {.event = {.what = EVENT_KEY, .text_bytes = (uint16_t)strlen(words)}};

	feed_point_at(b->m, b->now_us, PHASE_LOAD, (uint32_t)b->users);
	memcpy(e.event.text, words, strlen(words));
	e.event.rec = head_of(REC_EVENT, sizeof e.event, b->now_us);
	e.event.rec.bytes = rec_bytes(sizeof e.event, strlen(words));
	model_feed(b->m, &e.event.rec);
}

static void drive_through(struct bench *b)
{
	for (int users = 1; users <= 32; users *= 2)
		drive(b, users, 8 * S);
}

/* Points of other shares are another system, be no task muted. */
static void another_mix(void **state)
{
	struct bench b;
	struct scaling s;

	(void)state;
	bench_open(&b, 8, 70e3, 1);
	drive_through(&b);
	assert_int_equal(scaling_now(b.m).fitted, 6);
	mix_key(&b, "weight beta 9");
	b.mean_us = 140e3;
	drive_through(&b);
	s = scaling_now(b.m);
	assert_int_equal(s.count, 6);
	assert_int_equal(s.fitted, 6);
	assert_int_equal(s.other_mix, 6);
	assert_true(fabs(s.scale.bounds.x_max / (8 / 0.14) - 1) < 0.05);
	assert_string_equal(s.changed, "");
	assert_string_equal(s.left_out, "left out: 6 loads of another mix of tasks");
	/* One task muted and heard again, weights given back: the same mix as at first. */
	mix_key(&b, "mute alpha");
	mix_key(&b, "unmute alpha");
	mix_key(&b, "weight beta 1");
	b.mean_us = 70e3;
	drive(&b, 4, 8 * S);
	s = scaling_now(b.m);
	assert_int_equal(s.fitted, 7);
	assert_int_equal(s.other_mix, 6);
	assert_true(fabs(s.scale.bounds.x_max / (8 / 0.07) - 1) < 0.05);
	drive_bound(&b, 32, 8 * S);
	assert_string_equal(scaling_now(b.m).left_out,
			    "left out: 1 load where brunt itself was the limit, 6 of another mix of tasks");
	model_free(b.m);
}

/* The weights that the run began with are what a key's are held against. */
static void the_first_mix(void **state)
{
	static const char *const name[] = {"alpha", "beta"};
	static const double weight[] = {3, 1};
	struct bench b;

	(void)state;
	bench_open(&b, 8, 70e3, 1);
	model_free(b.m);
	b.m = model_new(&(struct model_config){.task_count = 2, .task_name = name, .task_weight = weight});
	drive(&b, 4, 8 * S);
	/* Shares are what counts. */
	mix_key(&b, "weight alpha 6");
	mix_key(&b, "weight beta 2");
	drive(&b, 8, 8 * S);
	assert_int_equal(scaling_now(b.m).other_mix, 0);
	mix_key(&b, "weight beta 6");
	drive(&b, 8, 8 * S);
	assert_int_equal(scaling_now(b.m).other_mix, 2);
	model_free(b.m);
}

static double rate_said(const char *changed, int which)
{
	double a = 0, b = 0;

	if (sscanf(changed, "%*s users measured twice: %lf and %lf req/s: the server changed between ", &a, &b) != 2)
		fail_msg("no two rates: \"%s\"", changed);
	return which ? b : a;
}

/* A server that is slow for a while, once: both figures are said, none is made of both. */
static void a_level_measured_twice(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		struct bench b;
		struct scaling s;
		struct result r;

		bench_open(&b, 8, 70e3, seed);
		b.cpu_pct = 10;
		drive(&b, 4, 8 * S);
		b.mean_us = 100e3;
		drive(&b, 8, 8 * S);
		b.mean_us = 70e3;
		drive(&b, 16, 8 * S);
		s = scaling_now(b.m);
		assert_true(isnan(s.change.level));
		drive(&b, 8, 8 * S);
		s = scaling_now(b.m);
		assert_true(s.change.level >= 8 && s.change.level <= 8);
		assert_int_equal(s.change.before, 3);
		assert_int_equal(s.fitted, 1);
		assert_true(fabs(rate_said(s.changed, 0) / 80 - 1) < 0.06);
		assert_true(fabs(rate_said(s.changed, 1) / (8 / 0.07) - 1) < 0.06);
		assert_non_null(strstr(s.changed, "between 00:08 and 00:24; 3 earlier loads left out"));
		model_result(b.m, &r);
		assert_int_equal(r.diagnosis.cause, CAUSE_NOT_ENOUGH);
		assert_int_equal(strncmp(r.diagnosis.sentence, s.changed, strcspn(s.changed, ";")), 0);
		assert_non_null(strstr(r.diagnosis.next, "those before 00:24"));
		result_fini(&r);
		model_free(b.m);
	}
}

/* In front of full slots users wait by chance, and throughput varies: that is no change. */
static void chance_is_no_change(void **state)
{
	static const int users[] = {2, 7, 9, 12, 40};
	int said = 0;

	(void)state;
	for (int i = 0; i < 200; i++) {
		int64_t us = (3 + i % 7) * S;
		struct bench b;

		bench_open(&b, 8, 70e3, (uint64_t)i);
		b.cpu_pct = 10;
		b.sigma = i % 2 ? 1 : 0.4;
		drive(&b, users[i % 5], us);
		drive(&b, 20, 2 * S);
		drive(&b, users[i % 5], us);
		said += *scaling_now(b.m).changed != '\0';
		model_free(b.m);
	}
	assert_true(said <= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_of_a_bound_client),
		cmocka_unit_test(a_hiccup_is_no_limit),
		cmocka_unit_test(a_client_that_is_always_bound),
		cmocka_unit_test(another_mix),
		cmocka_unit_test(the_first_mix),
		cmocka_unit_test(a_level_measured_twice),
		cmocka_unit_test(chance_is_no_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
