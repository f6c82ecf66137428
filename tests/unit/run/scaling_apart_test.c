/* Points that are not of the same server and the same load as the others: what is left out
 * of the fits, and what is said of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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
	assert_string_equal(s.left_out, "1 load left out: brunt itself was the limit");
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
	assert_string_equal(s.left_out, "2 loads left out: brunt itself was the limit");
	assert_string_equal(s.advice, "measure with less load, or from another machine");
	model_free(b.m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_of_a_bound_client),
		cmocka_unit_test(a_hiccup_is_no_limit),
		cmocka_unit_test(a_client_that_is_always_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
