#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rng.h"
#include "metrics/loggrid.h"
#include "records.h"

#define near(a, b) assert_true(fabs((double)(a) - (double)(b)) < 1e-9)

static struct snapshot *look(struct model *m, int16_t task, enum clock_kind clock,
			     enum window_kind window)
{
	static struct snapshot s;

	model_snapshot(m, (struct view_query){.task = task, .clock = (uint8_t)clock,
					      .window = (uint8_t)window}, &s);
	return &s;
}

/* One sample at the start of each second, latency = its number in ms: what a
 * window holds is then known exactly. */
static void windows_at_second_boundaries(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 100; i++)
		feed_sample_at(m, i * S, (i + 1) * MS, 0);
	/* t = 99 s: seconds 90..99, of the last only its first microsecond. */
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->t_us, 99 * S);
	assert_int_equal(s->window_since_us, 90 * S);
	near(s->now.seconds, 9);
	assert_int_equal(s->now.requests, 10);
	assert_int_equal(s->now.latency.min_us, 91 * MS);
	assert_int_equal(s->now.latency.max_us, 100 * MS);
	near(s->now.rps, 10.0 / 9);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_60S);
	assert_int_equal(s->window_since_us, 40 * S);
	near(s->now.seconds, 59);
	assert_int_equal(s->now.requests, 60);
	assert_int_equal(s->now.latency.min_us, 41 * MS);
	assert_int_equal(s->now.latency.max_us, 100 * MS);
	/* The end of that second, then one more. */
	model_advance(m, 100 * S - 1);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->now.requests, 10);
	near(s->now.seconds, 9.999999);
	model_advance(m, 100 * S);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->window_since_us, 91 * S);
	assert_int_equal(s->now.requests, 9);
	assert_int_equal(s->now.latency.min_us, 92 * MS);
	/* Ten and sixty seconds of silence. */
	model_advance(m, 109 * S);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_10S)->now.requests, 0);
	assert_true(isnan(look(m, -1, CLOCK_RESPONSE, WINDOW_10S)->now.success_rate));
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_60S)->now.requests, 50);
	model_advance(m, 200 * S);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_60S)->now.requests, 0);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_ALL)->now.requests, 100);
	near(look(m, -1, CLOCK_RESPONSE, WINDOW_ALL)->now.seconds, 200);
	model_free(m);
}

/* A young run: the window's time starts with the run. */
static void window_of_a_young_run(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	near(s->now.seconds, 0);
	assert_true(isnan(s->now.rps));
	assert_int_equal(s->series.count, 0);
	assert_false(s->series.open);
	for (int i = 1; i <= 8; i++)
		feed_sample_at(m, i * 500 * MS, 10 * MS, 0);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->window_since_us, 0);
	near(s->now.seconds, 4);
	near(s->now.rps, 2);
	model_free(m);
}

static void auto_takes_the_shortest_with_enough(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 99; i++)
		feed_sample_at(m, 1 * S + i, 10 * MS, 0);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_AUTO);
	assert_int_equal(s->window, WINDOW_ALL);
	assert_int_equal(s->query.window, WINDOW_AUTO);
	assert_int_equal(s->window_since_us, 0);
	feed_failure_at(m, 2 * S, 10 * MS, ERROR_RESET, 0, "x"); /* a sample as well */
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_AUTO)->window, WINDOW_10S);
	model_advance(m, 11 * S);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_AUTO)->window, WINDOW_60S);
	model_advance(m, 61 * S);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_AUTO)->window, WINDOW_ALL);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_AUTO)->now.requests, 100);
	model_free(m);

	/* While the load warms up the summary is empty. */
	m = new_model(1);
	feed_point_at(m, 0, PHASE_WARMUP, 1);
	for (int i = 0; i < 5; i++)
		feed_sample_at(m, 1 * S + i, 10 * MS, 0);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_AUTO);
	assert_int_equal(s->window, WINDOW_60S);
	assert_int_equal(s->now.requests, 5);
	assert_int_equal(s->all.requests, 0);
	model_free(m);
}

static void a_fresh_window(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 1; i <= 12; i++)
		feed_sample_at(m, i * 500 * MS - 1, i * MS, 0); /* second 5 has two: 11, 12 ms */
	feed_sample_at(m, 6200 * MS, 50 * MS, 0);
	feed_event_at(m, 6300 * MS, EVENT_WINDOW);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->window_since_us, 6300 * MS);
	assert_int_equal(s->now.requests, 0);
	near(s->now.seconds, 0);
	assert_int_equal(s->all.requests, 13);
	feed_sample_at(m, 6800 * MS, 60 * MS, 0);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_60S);
	assert_int_equal(s->now.requests, 1);
	assert_int_equal(s->now.latency.min_us, 60 * MS);
	near(s->now.seconds, 0.5);
	near(s->now.rps, 2);
	/* The series keeps the whole second, open and closed. */
	near(s->series.rps[6], 2);
	assert_true(s->series.open);
	assert_int_equal(s->series.count, 7);
	feed_sample_at(m, 7100 * MS, 70 * MS, 0);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->now.requests, 2);
	near(s->series.rps[6], 2);
	near(s->series.max[6], 60 * MS);
	near(s->series.rps[5], 2);
	model_advance(m, 15900 * MS);
	/* Seconds 6..15: the fresh window has had its ten seconds. */
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_10S)->now.requests, 2);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_10S)->window_since_us, 6300 * MS);
	model_advance(m, 16 * S);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_10S)->now.requests, 1);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_10S)->window_since_us, 7 * S);
	model_free(m);
}

/* From r on there is something to see: AUTO stays with what came since, however
 * little, until its windows no longer reach back to it. */
static void auto_shows_a_fresh_window(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 200; i++)
		feed_sample_at(m, i * 100 * MS, 10 * MS, 0);
	feed_event_at(m, 20500 * MS, EVENT_WINDOW);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_AUTO);
	assert_int_equal(s->window_since_us, 20500 * MS);
	assert_true(s->window_fresh);
	assert_int_equal(s->now.requests, 0);
	feed_sample_at(m, 22 * S, 10 * MS, 0);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_AUTO);
	assert_int_equal(s->window_since_us, 20500 * MS);
	assert_int_equal(s->now.requests, 1);
	near(s->now.seconds, 1.5);
	for (int i = 0; i < 100; i++)
		feed_sample_at(m, 40 * S + i, 10 * MS, 0);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_AUTO);
	assert_int_equal(s->window, WINDOW_10S);
	assert_false(s->window_fresh);
	model_advance(m, 79 * S);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_AUTO);
	assert_int_equal(s->window_since_us, 20500 * MS);
	assert_int_equal(s->now.requests, 101);
	/* Nothing of it is left in 60 s: as before. */
	model_advance(m, 101 * S);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_AUTO)->window, WINDOW_ALL);
	model_free(m);
}

/* The rows of a table cover the same time, whichever the cursor is in. */
static void auto_goes_by_all_tasks(void **state)
{
	struct model *m = new_model(2);

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 100; i++)
		feed_sample_at(m, 30 * S + i, 10 * MS, i == 0);
	for (int16_t task = -1; task < 2; task++)
		assert_int_equal(look(m, task, CLOCK_RESPONSE, WINDOW_AUTO)->window, WINDOW_10S);
	model_free(m);
}

/* A pause is no time of a window: it stands still, keeps what it has, and takes
 * what was still under way, which is no throughput. */
static void windows_stand_still_in_a_pause(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 200; i++)
		feed_sample_at(m, i * 100 * MS + 1, 10 * MS, 0);
	feed_point_at(m, 20500 * MS, PHASE_PAUSE, 1);
	feed_sample_at(m, 22500 * MS, 3 * S, 0);
	feed_failure_at(m, 22600 * MS, 3 * S, ERROR_HTTP_5XX, 503, "HTTP 503");
	for (int t = 23; t < 100; t += 19) {
		model_advance(m, t * S);
		s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
		assert_int_equal(s->window_since_us, 12 * S);
		assert_int_equal(s->now.requests, 82);
		assert_int_equal(s->now.latency.max_us, 3 * S);
		near(s->now.seconds, 8.5);
		near(s->now.rps, 80 / 8.5);
		s = look(m, -1, CLOCK_RESPONSE, WINDOW_60S);
		near(s->now.seconds, 20.5);
		near(s->now.rps, 200 / 20.5);
		near(s->now.rps, s->all.rps);
	}
	/* The series is of the clock's seconds. */
	assert_true(s->series.rps[19] == 10);
	assert_true(s->series.errors[22] == 1);
	assert_true(s->series.p50[22] == (float)(3 * S));
	assert_true(isnan(s->series.p50[23]));
	feed_point_at(m, 100400 * MS, PHASE_LOAD, 1);
	feed_sample_at(m, 100900 * MS, 20 * MS, 0);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->window_since_us, 12 * S);
	near(s->now.seconds, 9);
	near(s->now.rps, 9);
	assert_true(s->series.p50[100] == (float)(20 * MS));
	model_advance(m, 101 * S);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->window_since_us, 13 * S);
	assert_int_equal(s->now.requests, 73);
	model_advance(m, 109 * S);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->window_since_us, 100 * S);
	assert_int_equal(s->now.requests, 1);
	near(s->now.seconds, 8.6);
	model_free(m);
}

static void tasks_and_clocks(void **state)
{
	struct model *m = new_model(2);
	struct snapshot *s;
	struct rec_sample x = sample_at(1 * S, 30 * MS, 0);
	union any_sample failed;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	x.ts_us = x.t0_us + 10 * MS; /* queue 10, service 20, response 30 ms */
	model_feed(m, &x.rec);
	for (int i = 0; i < 3; i++)
		feed_sample_at(m, 2 * S, 5 * MS, 1);
	failure_at(&failed, 2 * S + 1, 70 * MS, ERROR_HTTP_5XX, 503, "HTTP 503");
	failed.sample.ts_us += 12 * MS;
	model_feed(m, &failed.sample.rec);
	s = look(m, 0, CLOCK_SERVICE, WINDOW_10S);
	assert_int_equal(s->now.requests, 2);
	assert_int_equal(s->now.latency.max_us, 20 * MS);
	assert_int_equal(s->all.latency.max_us, 20 * MS);
	assert_int_equal(s->now.failed_latency.max_us, 58 * MS);
	near(s->now.success_rate, 0.5);
	assert_int_equal(s->task_count, 2);
	assert_string_equal(s->task[0].name, "alpha");
	near(s->task[0].share, 0.4);
	near(s->task[1].share, 0.6);
	assert_int_equal(s->task[1].window.requests, 3);
	assert_int_equal(s->task[1].all.latency.count, 3);
	/* Bins: one sample of 20 ms, one failure of 58 ms, nothing else. */
	for (int i = 0; i < LOGGRID_BINS; i++) {
		assert_int_equal(s->ok_bins[i], i == loggrid_bin(20 * MS));
		assert_int_equal(s->failed_bins[i], i == loggrid_bin(58 * MS));
	}
	s = look(m, 0, CLOCK_QUEUE, WINDOW_ALL);
	assert_int_equal(s->now.latency.max_us, 10 * MS);
	assert_int_equal(s->ok_bins[loggrid_bin(10 * MS)], 1);
	assert_int_equal(s->failed_bins[loggrid_bin(12 * MS)], 1);
	assert_int_equal(s->task[0].window.latency.max_us, 10 * MS);
	assert_int_equal(s->together.window.latency.max_us, 10 * MS);
	assert_int_equal(s->point[0].p99_us, 10 * MS);
	assert_true(s->series.p50[1] == 10 * MS);
	assert_true(isnan(s->series.p50[0]));
	assert_true(s->series.rps[2] == 1); /* the open second: a complete 503 */
	assert_true(s->series.errors[2] == 1);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_true(s->series.rps[2] == 4);
	assert_int_equal(s->now.requests, 5);
	/* Nonsense in a query is answered as if nothing had been said. */
	s = look(m, 99, (enum clock_kind)99, (enum window_kind)99);
	assert_int_equal(s->query.task, -1);
	assert_int_equal(s->now.latency.max_us, 30 * MS);
	model_free(m);
}

static void long_series(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int64_t i = 0; i < 4000; i++) {
		struct rec_gauge g = gauge_at(i * S, (uint32_t)i, 0);

		model_feed(m, &g.rec);
		feed_sample_at(m, i * S + 1, i * MS, 0);
	}
	/* 599 closed seconds and the open one. */
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->series.count, SNAP_SECONDS);
	assert_int_equal(s->series.first, 3400);
	assert_true(s->series.open);
	for (int i = 0; i < SNAP_SECONDS; i++) {
		assert_int_equal(s->series.users[i], 3400 + i);
		assert_true(s->series.max[i] == (float)((3400 + i) * MS));
	}
	model_advance(m, 4000 * S);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_false(s->series.open);
	assert_int_equal(s->series.count, SNAP_SECONDS);
	assert_int_equal(s->series.first, 3400);
	assert_true(s->series.max[599] == (float)(3999 * MS));
	/* A jump of hours leaves silence, not old seconds. */
	model_advance(m, 20000 * S);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->series.first, 19400);
	for (int i = 0; i < SNAP_SECONDS; i++) {
		assert_true(s->series.rps[i] == 0);
		assert_true(isnan(s->series.p99[i]));
	}
	assert_int_equal(s->now.requests, 0);
	feed_sample_at(m, 20001 * S, 5 * MS, 0);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE, WINDOW_60S)->now.requests, 1);
	model_free(m);
}

static void many_points(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s;

	(void)state;
	for (uint32_t i = 0; i < 300; i++)
		feed_point_at(m, i * 2 * S, PHASE_LOAD, i);
	feed_point_at(m, 600 * S, PHASE_PAUSE, 299);
	s = look(m, -1, CLOCK_RESPONSE, WINDOW_10S);
	assert_int_equal(s->point_count, SNAP_POINTS);
	assert_int_equal((int)s->point[0].level, 301 - SNAP_POINTS);
	assert_int_equal(s->point[SNAP_POINTS - 1].phase, PHASE_PAUSE);
	assert_int_equal(s->phase, PHASE_PAUSE);
	/* Each but the first settled one of its two seconds. */
	near(s->point[5].seconds, 1);
	near(s->point[SNAP_POINTS - 1].seconds, 0);
	assert_true(isnan(s->point[SNAP_POINTS - 1].rps));
	model_free(m);
}

/* The same from windows kept by adding and subtracting as from all samples. */
static void windows_against_all_samples(void **state)
{
	enum { N = 20000 };
	static struct { int64_t te, latency; } x[N];
	struct model *m = new_model(1);
	struct rng rng;
	int64_t t = 0;

	(void)state;
	rng_seed(&rng, 1, 0);
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < N; i++) {
		t += (int64_t)rng_below(&rng, 20 * MS);
		x[i].te = t;
		x[i].latency = (int64_t)rng_below(&rng, 1 << rng_below(&rng, 24));
		feed_sample_at(m, t, x[i].latency, 0);
		if (i % 97)
			continue;
		for (int k = 0; k < 2; k++) {
			struct snapshot *s = look(m, -1, CLOCK_RESPONSE, k ? WINDOW_60S : WINDOW_10S);
			int64_t from = (t / S - (k ? 60 : 10) + 1) * S, min = INT64_MAX, max = 0;
			uint64_t n = 0, below = 0;
			double sum = 0;

			for (int j = i; j >= 0 && x[j].te >= from; j--) {
				n++;
				sum += (double)x[j].latency;
				min = x[j].latency < min ? x[j].latency : min;
				max = x[j].latency > max ? x[j].latency : max;
				below += x[j].latency <= s->now.latency.p90_us;
			}
			assert_int_equal(s->now.requests, n);
			assert_int_equal(s->now.latency.min_us, min);
			assert_int_equal(s->now.latency.max_us, max);
			assert_true(fabs(s->now.latency.mean_us - sum / (double)n) < 1e-6 * sum);
			assert_true((double)below >= 0.9 * (double)n);
		}
	}
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(windows_at_second_boundaries),
		cmocka_unit_test(window_of_a_young_run),
		cmocka_unit_test(auto_takes_the_shortest_with_enough),
		cmocka_unit_test(a_fresh_window),
		cmocka_unit_test(auto_shows_a_fresh_window),
		cmocka_unit_test(auto_goes_by_all_tasks),
		cmocka_unit_test(windows_stand_still_in_a_pause),
		cmocka_unit_test(tasks_and_clocks),
		cmocka_unit_test(long_series),
		cmocka_unit_test(many_points),
		cmocka_unit_test(windows_against_all_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
