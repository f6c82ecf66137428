/* The phases of requests: they add up, and say what slow requests were made of. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/run/exchange.h"
#include "records.h"

static struct snapshot *snap;

static int setup(void **state)
{
	(void)state;
	snap = calloc(1, sizeof *snap);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(snap);
	return 0;
}

static const struct snapshot *look(const struct model *m, int task, enum window_kind window)
{
	model_snapshot(m, (struct view_query){.task = (int16_t)task, .window = (uint8_t)window}, snap);
	return snap;
}

static double sum_of(const float us[REQ_PHASES])
{
	double sum = 0;

	for (int i = 0; i < REQ_PHASES; i++)
		sum += (double)us[i];
	return sum;
}

/* One whose phases are 10, 20, 30, 40, 50, 60, 70 ms. */
static struct rec_sample stepped(int64_t te_us)
{
	struct rec_sample s = sample_at(te_us, 280 * MS, 0);

	s.ts_us = s.t0_us + 10 * MS;
	s.dns_us = 20 * MS;
	s.connect_us = 30 * MS;
	s.tls_us = 40 * MS;
	s.th_us = s.ts_us + 140 * MS;
	s.t1_us = s.th_us + 60 * MS;
	s.tn_us = te_us;
	s.flags |= SAMPLE_NEW_CONNECTION | SAMPLE_TLS | SAMPLE_STREAM;
	return s;
}

static void parts_are(const struct rec_sample *s, const int64_t ms[REQ_PHASES])
{
	struct exchange x;

	exchange_of(&x, s);
	exchange_parts(&x);
	for (int i = 0; i < REQ_PHASES; i++)
		assert_int_equal(x.part_us[i], ms[i] * MS);
}

static void each_phase_is_where_it_belongs(void **state)
{
	struct rec_sample s = stepped(1 * S);

	(void)state;
	parts_are(&s, (const int64_t[]){10, 20, 30, 40, 50, 60, 70});
	/* Not a stream: what follows the first byte is the answer. */
	s.t1_us = -1;
	parts_are(&s, (const int64_t[]){10, 20, 30, 40, 50, 0, 130});
	/* A connection that was there. */
	s.flags &= (uint8_t)~SAMPLE_NEW_CONNECTION;
	parts_are(&s, (const int64_t[]){10, 0, 0, 0, 140, 0, 130});
	/* Nothing came in time. */
	s.th_us = -1;
	parts_are(&s, (const int64_t[]){10, 0, 0, 0, 270, 0, 0});
}

/* Whatever a damaged file says. */
static void they_always_add_up(void **state)
{
	struct rng rng;

	(void)state;
	rng_seed(&rng, 1, 0);
	for (int i = 0; i < 20000; i++) {
		struct rec_sample s = sample_at((int64_t)rng_below(&rng, 1000), 0, 0);
		int64_t *const at[] = {&s.t0_us, &s.ts_us, &s.th_us, &s.t1_us, &s.tn_us};
		struct exchange x;
		int64_t sum = 0;

		for (int k = 0; k < 5; k++)
			*at[k] = rng_below(&rng, 40) ? (int64_t)rng_below(&rng, 1002) - 1
						     : rng_below(&rng, 2) ? INT64_MAX : INT64_MIN;
		s.dns_us = rng_below(&rng, 9) ? (uint32_t)rng_below(&rng, 300) : UINT32_MAX;
		s.connect_us = (uint32_t)rng_below(&rng, 300);
		s.flags |= rng_below(&rng, 2) ? SAMPLE_NEW_CONNECTION : 0;
		exchange_of(&x, &s);
		exchange_parts(&x);
		for (int k = 0; k < REQ_PHASES; k++) {
			assert_true(x.part_us[k] >= 0);
			sum += x.part_us[k];
		}
		assert_int_equal(sum, x.latency_us);
	}
}

/* Nine of ten only wait; each tenth has to connect first, which makes it slow. */
static void feed_mixed(struct model *m, int64_t from_us, int count)
{
	for (int i = 0; i < count; i++) {
		struct rec_sample s = sample_at(from_us + i * 10 * MS, i % 10 ? 40 * MS : 400 * MS, (uint16_t)(i % 3));

		s.th_us = s.rec.t_us - 10 * MS;
		if (i % 10 == 0) {
			s.flags |= SAMPLE_NEW_CONNECTION;
			s.connect_us = 360 * 1000;
		}
		model_feed(m, &s.rec);
	}
}

static void bands_say_what_is_slow(void **state)
{
	struct model *m = new_model(3);

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_mixed(m, 500 * MS, 2000);
	for (int w = WINDOW_10S; w <= WINDOW_ALL; w++) {
		const struct snapshot *s = look(m, -1, (enum window_kind)w);
		const struct snap_parts *p = &s->parts;

		assert_int_equal(p->requests, s->now.latency.count);
		assert_in_range(p->connected, p->requests / 10 - 1, p->requests / 10 + 1);
		assert_float_equal(sum_of(p->us[BAND_P50]), (double)s->now.latency.p50_us, 1);
		assert_float_equal(sum_of(p->us[BAND_P95]), (double)s->now.latency.p95_us, 1);
		assert_float_equal(p->us[BAND_P50][REQ_CONNECT], 0, 0.001);
		assert_true(p->us[BAND_P95][REQ_CONNECT] > 350000);
		assert_float_equal(p->us[BAND_P50][REQ_BODY], 10000, 200);
	}
	/* All together and each task are of the same requests. */
	assert_int_equal(snap->parts_together.requests, 2000);
	assert_int_equal(snap->parts_of[0].requests + snap->parts_of[1].requests + snap->parts_of[2].requests, 2000);
	assert_memory_equal(&look(m, 1, WINDOW_ALL)->parts, &snap->parts_of[1], sizeof snap->parts);
	assert_memory_equal(&snap->parts_all, &snap->parts_of[1], sizeof snap->parts);
	model_free(m);
}

/* What leaves a window leaves its phases; failures and the warm-up are in neither. */
static void windows_forget(void **state)
{
	struct model *m = new_model(1);
	struct rec_sample slow = stepped(20 * S);

	(void)state;
	feed_point_at(m, 0, PHASE_WARMUP, 1);
	feed_mixed(m, 500 * MS, 20);
	feed_point_at(m, 1 * S, PHASE_LOAD, 1);
	feed_failure_at(m, 2 * S, 50 * MS, ERROR_HTTP_5XX, 500, "no");
	model_feed(m, &slow.rec);
	assert_int_equal(look(m, -1, WINDOW_10S)->parts.requests, 1);
	assert_int_equal(look(m, -1, WINDOW_60S)->parts.requests, 21);
	assert_int_equal(look(m, -1, WINDOW_ALL)->parts.requests, 1);
	model_advance(m, 40 * S);
	assert_int_equal(look(m, -1, WINDOW_10S)->parts.requests, 0);
	assert_float_equal(sum_of(snap->parts.us[BAND_P95]), 0, 0);
	model_free(m);
}

/* Every request is in the column of its time, also when columns become longer. */
static void columns_hold_all(void **state)
{
	struct model *m = new_model(1);
	uint64_t n = 0;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 3000; i++)
		feed_sample_at(m, i * 400 * MS + MS, (i < 1500 ? 30 : 300) * MS, 0);
	look(m, -1, WINDOW_ALL);
	assert_int_equal(snap->phases.length_us, 32 * S);
	assert_int_equal(snap->phases.length_us, 4 * snap->heat.length_us);
	assert_int_equal(snap->phases.columns, 38);
	for (int i = 0; i < snap->phases.columns; i++) {
		assert_int_equal(snap->phases.requests[i], i < 37 ? 80 : 40);
		n += snap->phases.requests[i];
	}
	assert_int_equal(n, 3000);
	assert_float_equal(sum_of(snap->phases.us[0][BAND_P95]), 30000, 1);
	assert_float_equal(sum_of(snap->phases.us[37][BAND_P50]), 300000, 1);
	model_free(m);
}

/* Memory is a matter of tasks and spread, not of how long a run is. */
static void memory_is_bounded(void **state)
{
	struct model *m = new_model(3);
	uint64_t young, old;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_mixed(m, 500 * MS, 20000);
	young = model_bytes(m);
	for (int i = 1; i < 6; i++)
		feed_mixed(m, i * 400 * S, 20000);
	old = model_bytes(m);
	assert_in_range(old, young / 2, 2 * young);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_phase_is_where_it_belongs),
		cmocka_unit_test(they_always_add_up),
		cmocka_unit_test_setup_teardown(bands_say_what_is_slow, setup, teardown),
		cmocka_unit_test_setup_teardown(windows_forget, setup, teardown),
		cmocka_unit_test_setup_teardown(columns_hold_all, setup, teardown),
		cmocka_unit_test(memory_is_bounded),
	};

	return cmocka_run_group_tests_name("phases", tests, NULL, NULL);
}
