/* Model serving: tokens, streams, quality, cache, goodput and SLOs, worked out
 * by hand from samples made by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <cjson/cJSON.h>

#include "records.h"
#include "run/result.h"

#define near(a, b) assert_true(fabs((double)(a) - (double)(b)) < 1e-9)

static struct model *model_with(int tasks, const char *const *slo)
{
	static const char *const name[] = {"alpha", "beta", "gamma"};
	struct slo parsed[SLO_MAX];
	struct err err;
	int n = 0;

	for (; slo && slo[n]; n++)
		assert_int_equal(slo_parse(slo[n], &parsed[n], &err), 0);
	return model_new(&(struct model_config){
		.task_count = tasks, .task_name = name, .slo = parsed, .slo_count = n});
}

static struct snapshot *look(struct model *m, int16_t task, enum window_kind window)
{
	static struct snapshot s;

	model_snapshot(m, (struct view_query){.task = task, .window = (uint8_t)window}, &s);
	return &s;
}

static union any_sample x;

/* Due at t0, first token after 200 ms, then gaps of 10, 20 and 30 ms. */
static void feed_stream(struct model *m, int64_t t0_us, uint16_t task)
{
	static const int64_t gap[] = {10 * MS, 20 * MS, 30 * MS};

	stream_at(&x, t0_us, t0_us + 200 * MS, gap, 3, task);
	model_feed(m, &x.sample.rec);
}

static void times_of_a_stream(void **state)
{
	struct model *m = model_with(1, NULL);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_stream(m, 0, 0);
	model_result(m, &r);
	assert_int_equal(r.summary.ttft.count, 1);
	assert_int_equal(r.summary.ttft.max_us, 200 * MS);
	assert_int_equal(r.summary.ttfo.count, 0);
	assert_int_equal(r.summary.tpot.count, 1);
	assert_int_equal(r.summary.tpot.max_us, 20 * MS); /* 60 ms / (4 - 1) */
	assert_int_equal(r.summary.itl.count, 3);
	assert_int_equal(r.summary.itl.min_us, 10 * MS);
	assert_int_equal(r.summary.itl.max_us, 30 * MS);
	near(r.summary.itl.mean_us, 20 * MS);
	near(r.summary.tokens_out, 4);
	assert_true(isnan(r.summary.tokens_in));
	assert_int_equal(r.summary.token_source, TOKENS_FROM_EVENTS);
	near(r.summary.output_tokens_per_s, 4 / 0.26);
	assert_int_equal(r.summary.streams, 1);
	assert_int_equal(r.summary.events, 4);
	assert_int_equal(r.summary.reads, 4);
	result_fini(&r);

	/* Usage knows better than events: 7 tokens in 4 events; reasoning came
	 * first. tpot is 60 ms / 6, the gaps are what they are. */
	stream_at(&x, 1 * S, 1 * S + 100 * MS, (const int64_t[]){60 * MS}, 1, 0);
	x.sample.tokens_in = 90;
	x.sample.tokens_out = 7;
	x.sample.token_source = TOKENS_FROM_USAGE;
	x.sample.to_us = 1 * S + 160 * MS;
	model_feed(m, &x.sample.rec);
	model_result(m, &r);
	assert_int_equal(r.summary.tpot.min_us, 10 * MS);
	assert_int_equal(r.summary.ttfo.max_us, 160 * MS);
	assert_int_equal(r.summary.ttfo.count, 1);
	near(r.summary.tokens_in, 90);
	near(r.summary.tokens_out, 11);
	assert_int_equal(r.summary.token_source, TOKENS_FROM_EVENTS); /* one was */
	result_fini(&r);

	/* One token has no tpot; a plain answer adds to none of it. */
	stream_at(&x, 2 * S, 2 * S + 100 * MS, NULL, 0, 0);
	model_feed(m, &x.sample.rec);
	feed_sample_at(m, 3 * S, 5 * MS, 0);
	model_result(m, &r);
	assert_int_equal(r.summary.ttft.count, 3);
	assert_int_equal(r.summary.tpot.count, 2);
	assert_int_equal(r.summary.itl.count, 4);
	near(r.summary.tokens_out, 12);
	assert_int_equal(r.summary.streams, 3);
	result_fini(&r);
	model_free(m);
}

static void usage_alone(void **state)
{
	struct model *m = model_with(1, NULL);
	struct rec_sample s = sample_at(1 * S, 5 * MS, 0);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	s.tokens_in = 12;
	s.tokens_out = 3;
	s.token_source = TOKENS_FROM_USAGE;
	model_feed(m, &s.rec);
	model_advance(m, 2 * S);
	model_result(m, &r);
	assert_int_equal(r.summary.token_source, TOKENS_FROM_USAGE);
	near(r.summary.tokens_in, 12);
	near(r.summary.output_tokens_per_s, 1.5);
	assert_int_equal(r.summary.tpot.count, 0); /* not a stream: no t1 */
	assert_int_equal(r.summary.streams, 0);
	result_fini(&r);
	model_free(m);
}

/* What failed, was cut off, came in the warm-up or while draining. */
static void what_does_not_count(void **state)
{
	struct model *m = model_with(1, (const char *const[]){"ttft.p99<1s", NULL});
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_WARMUP, 1);
	feed_stream(m, 0, 0);
	feed_point_at(m, 1 * S, PHASE_LOAD, 1);
	for (int i = 0; i < 2; i++) {
		stream_at(&x, 1 * S, 1 * S + 200 * MS, (const int64_t[]){9 * MS}, 1, 0);
		x.sample.outcome = (uint8_t)(OUTCOME_FAILED + i);
		x.sample.error = i ? ERROR_TIMEOUT : ERROR_STREAM_ERROR;
		x.sample.cache = CACHE_HIT;
		x.sample.quality = 25;
		model_feed(m, &x.sample.rec);
	}
	model_result(m, &r);
	assert_int_equal(r.summary.ttft.count + r.summary.tpot.count + r.summary.itl.count, 0);
	assert_true(isnan(r.summary.tokens_out));
	assert_true(isnan(r.summary.output_tokens_per_s));
	assert_int_equal(r.summary.token_source, TOKENS_FROM_NOWHERE);
	assert_int_equal(r.summary.cache_hits, 0);
	near(r.summary.goodput_rps, 0);
	near(r.summary.quality, 25); /* they were checked all the same */
	assert_int_equal(r.summary.streams, 2);
	result_fini(&r);

	feed_stream(m, 1500 * MS, 0); /* done at 1.76 s */
	feed_point_at(m, 2 * S, PHASE_DRAIN, 1);
	feed_stream(m, 1900 * MS, 0); /* at 2.16 s */
	model_result(m, &r);
	assert_int_equal(r.summary.ttft.count, 2);
	assert_int_equal(r.summary.itl.count, 6);
	near(r.summary.tokens_out, 4);
	near(r.summary.output_tokens_per_s, 4);
	near(r.summary.goodput_rps, 1);
	result_fini(&r);
	model_free(m);
}

static void quality_is_the_mean_of_what_was_checked(void **state)
{
	const float quality[] = {100, 200.0F / 3, NAN, 0};
	struct model *m = model_with(2, NULL);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 4; i++) {
		struct rec_sample s = sample_at((i + 1) * 100 * MS, MS, (uint16_t)(i == 3));

		s.quality = quality[i];
		model_feed(m, &s.rec);
	}
	model_result(m, &r);
	assert_true(fabs(r.summary.quality - 500.0 / 9) < 1e-5);
	assert_true(fabs(r.task[0].quality - 250.0 / 3) < 1e-5);
	near(r.task[1].quality, 0);
	near(look(m, 1, WINDOW_10S)->now.quality, 0);
	assert_true(fabs(look(m, -1, WINDOW_10S)->now.quality - 500.0 / 9) < 1e-5);
	result_fini(&r);
	model_free(m);
}

static void cache_hits_and_misses(void **state)
{
	struct model *m = model_with(1, NULL);
	struct result r;
	struct snapshot *s;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 5; i++) {
		struct rec_sample one = sample_at(S / 2 + i, (i + 1) * MS, 0);

		one.cache = (uint8_t)(i < 3 ? CACHE_HIT : i == 3 ? CACHE_MISS : CACHE_UNKNOWN);
		model_feed(m, &one.rec);
	}
	model_result(m, &r);
	assert_int_equal(r.summary.cache_hits, 3);
	assert_int_equal(r.summary.cache_misses, 1);
	assert_int_equal(r.summary.hit_latency.max_us, 3 * MS);
	assert_int_equal(r.summary.hit_latency.count, 3);
	assert_int_equal(r.summary.miss_latency.min_us, 4 * MS);
	result_fini(&r);
	model_advance(m, 2 * S);
	s = look(m, -1, WINDOW_10S);
	assert_int_equal(s->now.cache_hits, 3);
	assert_int_equal(s->now.miss_latency.max_us, 4 * MS);
	near(s->series.hit_ratio[0], 0.75);
	assert_true(isnan(s->series.hit_ratio[1]));
	model_free(m);
}

/* Windows let go of what is too old, the series keeps it. */
static void windows_and_series(void **state)
{
	struct model *m = model_with(2, NULL);
	struct snapshot *s;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_stream(m, 0, 0);
	feed_failure_at(m, 500 * MS, MS, ERROR_EMPTY, 0, "");
	for (int i = 0; i < 3; i++)
		feed_stream(m, 20 * S, 1);
	s = look(m, -1, WINDOW_10S);
	assert_int_equal(s->now.streams, 3);
	assert_int_equal(s->now.ttft.count, 3);
	assert_int_equal(s->now.itl.count, 9);
	assert_int_equal(s->now.itl.max_us, 30 * MS);
	near(s->now.tokens_out, 12);
	near(s->now.output_tokens_per_s, 12 / s->now.seconds);
	near(s->now.user_tokens_per_s, 50); /* a token each 20 ms */
	assert_int_equal(s->all.itl.count, 12);
	assert_int_equal(s->task[0].window.streams, 0);
	assert_true(isnan(s->task[0].window.tokens_out));
	assert_true(isnan(s->task[0].window.user_tokens_per_s));
	assert_int_equal(s->task[0].all.itl.count, 3);
	assert_int_equal(s->task[1].window.tpot.count, 3);
	near(s->series.tokens[0], 4);
	near(s->series.tokens[20], 12);
	near(s->series.ttft_p95[20], 200 * MS);
	near(s->series.itl_p99[20], 30 * MS);
	assert_true(isnan(s->series.itl_p99[10]));
	assert_int_equal(s->series.errors_of[ERROR_EMPTY][0], 1);
	assert_int_equal(s->series.errors_of[ERROR_EMPTY][1], 0);
	assert_int_equal(s->itl_bins[loggrid_bin(10 * MS)], 3);
	assert_int_equal(s->ttft_bins[loggrid_bin(200 * MS)], 3);
	assert_int_equal(s->tpot_bins[loggrid_bin(20 * MS)], 3);
	assert_int_equal(look(m, -1, WINDOW_ALL)->itl_bins[loggrid_bin(10 * MS)], 4);
	model_advance(m, 100 * S);
	s = look(m, -1, WINDOW_60S);
	assert_int_equal(s->now.streams + s->now.ttft.count + s->now.itl.count, 0);
	assert_true(isnan(s->now.tokens_out));
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_of_a_stream),
		cmocka_unit_test(usage_alone),
		cmocka_unit_test(what_does_not_count),
		cmocka_unit_test(quality_is_the_mean_of_what_was_checked),
		cmocka_unit_test(cache_hits_and_misses),
		cmocka_unit_test(windows_and_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
