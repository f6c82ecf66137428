#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "records.h"

#define near(a, b) assert_true(fabs((double)(a) - (double)(b)) < 1e-9)

/* Successes all the same; 304 leads nowhere. */
static void counts_redirects(void **state)
{
	static const uint16_t status[] = {200, 302, 308, 304, 301};
	struct model *m = new_model(1);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 2);
	for (size_t i = 0; i < sizeof status / sizeof *status; i++) {
		struct rec_sample s = sample_at((int64_t)(i + 1) * 100 * MS, 10 * MS, 0);

		s.status = status[i];
		model_feed(m, &s.rec);
	}
	model_advance(m, 3 * S);
	model_result(m, &r);
	assert_int_equal(r.summary.succeeded, 5);
	assert_int_equal(r.summary.redirects, 3);
	result_fini(&r);
	model_free(m);
}

/* The warm-up is in the books and in nothing else of the result. */
static void warm_up(void **state)
{
	struct model *m = new_model(1);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_WARMUP, 2);
	assert_int_equal(feed_sample_at(m, 500 * MS, 10 * MS, 0), 0);
	feed_failure_at(m, 600 * MS, 10 * MS, ERROR_HTTP_5XX, 500, "HTTP 500");
	feed_sample_at(m, 1 * S, 10 * MS, 0); /* te <= t of the point: before it */
	feed_point_at(m, 1 * S, PHASE_LOAD, 2);
	assert_int_equal(feed_sample_at(m, 1 * S + 1, 20 * MS, 0), 1);
	model_advance(m, 3 * S);
	model_result(m, &r);
	assert_int_equal(r.succeeded, 3);
	assert_int_equal(r.failed, 1);
	assert_int_equal(r.summary.requests, 1);
	assert_int_equal(r.summary.latency.max_us, 20 * MS);
	assert_int_equal(r.task[0].requests, 1);
	assert_int_equal(r.error_count, 0);
	assert_int_equal(r.duration_us, 2 * S);
	near(r.summary.seconds, 2);
	assert_int_equal(r.point_count, 1);
	assert_int_equal(r.point[0].t_us, 1 * S);
	assert_int_equal(r.point[0].metrics.requests, 1);
	result_fini(&r);
	model_free(m);
}

/* A pause ends the point and is no measured time; answers that come in it are
 * counted, but are not throughput. */
static void pause_and_resume(void **state)
{
	struct model *m = new_model(1);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 4);
	feed_sample_at(m, 1 * S, 100 * MS, 0);
	feed_sample_at(m, 2 * S, 100 * MS, 0);
	feed_point_at(m, 2 * S, PHASE_PAUSE, 4);
	assert_int_equal(feed_sample_at(m, 2 * S + 50 * MS, 300 * MS, 0), 0);
	feed_point_at(m, 5 * S, PHASE_LOAD, 4);
	/* The new point settles for max(1 s, 3 * 300 ms) = 1 s. */
	assert_int_equal(feed_sample_at(m, 6 * S, 70 * MS, 0), 2);
	feed_sample_at(m, 6 * S + 1, 80 * MS, 0);
	model_advance(m, 7 * S);
	model_result(m, &r);
	assert_int_equal(r.duration_us, 4 * S);
	assert_int_equal(r.summary.requests, 5);
	assert_int_equal(r.summary.answered, 4);
	assert_int_equal(r.summary.latency.count, 5);
	assert_int_equal(r.point_count, 2);
	assert_int_equal(r.point[0].duration_us, 2 * S);
	assert_int_equal(r.point[0].settled_us, 2 * S);
	assert_int_equal(r.point[0].metrics.requests, 3);
	assert_int_equal(r.point[0].metrics.answered, 2);
	near(r.point[0].metrics.seconds, 2);
	assert_int_equal(r.point[1].t_us, 5 * S);
	assert_int_equal(r.point[1].duration_us, 2 * S);
	assert_int_equal(r.point[1].settled_us, 1 * S);
	assert_int_equal(r.point[1].metrics.requests, 1);
	assert_int_equal(r.point[1].metrics.latency.max_us, 80 * MS);
	result_fini(&r);
	model_free(m);
}

/* Settling time is 3 * p95 of the settled statistics before, at least 1 s; and
 * the first point has none, also at its first microsecond. */
static void settling(void **state)
{
	const int64_t p95 = 800255; /* the highest value of its bucket */
	const int64_t until = 3 * S + 3 * p95;
	struct model *m = new_model(1);
	struct snapshot *s = calloc(1, sizeof *s);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_sample_at(m, 0, 0, 0);
	for (int i = 0; i < 19; i++)
		feed_sample_at(m, 1 * S + i, p95, 0);
	feed_sample_at(m, 2 * S, 2 * S, 0); /* rank 21; p95 is rank 20 of 21 */
	feed_point_at(m, 3 * S, PHASE_LOAD, 2);
	model_snapshot(m, (struct view_query){.task = -1}, s);
	assert_int_equal(s->settling_until_us, until);
	feed_sample_at(m, until, 5 * MS, 0);
	feed_sample_at(m, until + 1, 6 * MS, 0);
	model_snapshot(m, (struct view_query){.task = -1}, s);
	assert_int_equal(s->settling_until_us, 0);
	feed_point_at(m, 7 * S, PHASE_LOAD, 3);
	/* A point that ends while it settles has no statistics, and the next
	 * one settles for the least time. */
	feed_sample_at(m, 7500 * MS, 7 * MS, 0);
	feed_point_at(m, 7600 * MS, PHASE_LOAD, 4);
	feed_sample_at(m, 8600 * MS, 8 * MS, 0);
	feed_sample_at(m, 8600 * MS + 1, 9 * MS, 0);
	feed_point_at(m, 9 * S, PHASE_END, 4);
	model_result(m, &r);
	assert_int_equal(r.point_count, 4);
	assert_int_equal(r.point[0].metrics.requests, 21);
	assert_int_equal(r.point[1].metrics.requests, 1);
	assert_int_equal(r.point[1].metrics.latency.min_us, 6 * MS);
	assert_int_equal(r.point[1].settled_us, 7 * S - until);
	assert_int_equal(r.point[2].metrics.requests, 0);
	assert_int_equal(r.point[2].settled_us, 0);
	assert_int_equal(r.point[2].duration_us, 600 * MS);
	assert_int_equal(r.point[3].metrics.requests, 1);
	assert_int_equal(r.point[3].metrics.latency.min_us, 9 * MS);
	assert_int_equal(r.summary.requests, 26);
	assert_int_equal(r.duration_us, 9 * S);
	result_fini(&r);
	free(s);
	model_free(m);
}

/* What is drained is in the figures but not in the throughput; without a drain
 * (-n) the measured time goes on to the end. */
static void draining(void **state)
{
	struct model *m = new_model(1);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_sample_at(m, 1 * S, 100 * MS, 0);
	feed_point_at(m, 2 * S, PHASE_DRAIN, 1);
	assert_int_equal(feed_sample_at(m, 3 * S, 1500 * MS, 0), 0);
	feed_failure_at(m, 4 * S, 3 * S, ERROR_ABORTED, 0, "cut off");
	feed_point_at(m, 4 * S, PHASE_END, 1);
	model_result(m, &r);
	assert_int_equal(r.duration_us, 2 * S);
	assert_int_equal(r.summary.requests, 3);
	assert_int_equal(r.summary.answered, 1);
	assert_int_equal(r.summary.censored, 1);
	/* The censored one is in the histogram with its age. */
	assert_int_equal(r.summary.latency.count, 3);
	assert_int_equal(r.summary.latency.max_us, 3 * S);
	assert_int_equal(r.point[0].metrics.requests, 3);
	assert_int_equal(r.point[0].metrics.answered, 1);
	assert_int_equal(r.error_count, 1);
	assert_int_equal(r.error[0].error, ERROR_ABORTED);
	result_fini(&r);
	model_free(m);

	m = new_model(1);
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_sample_at(m, 1 * S, 100 * MS, 0);
	feed_sample_at(m, 2 * S, 100 * MS, 0);
	feed_point_at(m, 2500 * MS, PHASE_END, 1);
	model_advance(m, 9 * S);
	model_result(m, &r);
	assert_int_equal(r.duration_us, 2500 * MS);
	assert_int_equal(r.summary.answered, 2);
	result_fini(&r);
	model_free(m);
}

/* The clocks and phases of one exchange, to the microsecond. */
static void the_version_that_was_spoken(void **state)
{
	struct model *m = new_model(1);
	struct rec_sample old = sample_at(1 * S, 5 * MS, 0), newer = sample_at(2 * S, 5 * MS, 0), none = sample_at(3 * S, 5 * MS, 0);
	static const char *const expected[] = {NULL, "2", "1.1 and 2"};
	struct rec reset = head_of(REC_RESET, sizeof reset, 0);
	struct result r;

	(void)state;
	none.status = 0;
	newer.flags |= SAMPLE_HTTP2;
	none.flags |= SAMPLE_HTTP2;
	feed_point_at(m, 0, PHASE_WARMUP, 1);
	for (int i = 0; i < 3; i++) {
		model_feed(m, i == 0 ? &none.rec : i == 1 ? &newer.rec : &old.rec);
		model_result(m, &r);
		if (expected[i])
			assert_string_equal(result_http_version(&r), expected[i]);
		else
			assert_null(result_http_version(&r));
		result_fini(&r);
	}
	model_feed(m, &reset);
	model_feed(m, &old.rec);
	model_result(m, &r);
	assert_string_equal(result_http_version(&r), "1.1");
	result_fini(&r);
	model_free(m);
}

static void clocks_and_phases(void **state)
{
	struct model *m = new_model(2);
	struct rec_sample s = sample_at(1 * S, 0, 1);
	union any_sample failed;
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	s.t0_us = 100001;
	s.ts_us = 100101;
	s.th_us = 100500;
	s.rec.t_us = 101000;
	s.flags = SAMPLE_ANSWERED | SAMPLE_NEW_CONNECTION | SAMPLE_TLS;
	s.dns_us = 11;
	s.connect_us = 22;
	s.tls_us = 33;
	model_feed(m, &s.rec);
	/* No new connection: its phases say nothing. No first byte: no ttfb. */
	s.flags = SAMPLE_ANSWERED;
	s.th_us = -1;
	model_feed(m, &s.rec);
	/* Connected without TLS, failed later: the phases count, latency does not. */
	failure_at(&failed, 200 * MS, 5 * MS, ERROR_RESET, 104, "reset");
	failed.sample.flags = SAMPLE_NEW_CONNECTION;
	failed.sample.connect_us = 44;
	model_feed(m, &failed.sample.rec);
	/* Never connected; the handshake failed. */
	failure_at(&failed, 200 * MS, 5 * MS, ERROR_CONNECT, 111, "refused");
	failed.sample.flags = SAMPLE_NEW_CONNECTION;
	model_feed(m, &failed.sample.rec);
	failure_at(&failed, 200 * MS, 5 * MS, ERROR_TLS, 0, "bad certificate");
	failed.sample.flags = SAMPLE_NEW_CONNECTION | SAMPLE_TLS;
	failed.sample.connect_us = 55;
	model_feed(m, &failed.sample.rec);
	model_result(m, &r);
	assert_int_equal(r.task[1].requests, 2);
	assert_int_equal(r.task[0].requests, 3);
	assert_int_equal(r.summary.latency.count, 2);
	assert_int_equal(r.summary.latency.min_us, 999);
	assert_int_equal(r.summary.service.max_us, 899);
	assert_int_equal(r.summary.queue.max_us, 100);
	assert_int_equal(r.summary.ttfb.count, 1);
	assert_int_equal(r.summary.ttfb.max_us, 499);
	assert_int_equal(r.summary.connect.count, 3);
	assert_int_equal(r.summary.connect.min_us, 22);
	assert_int_equal(r.summary.connect.max_us, 55);
	assert_int_equal(r.summary.dns.count, 3);
	assert_int_equal(r.summary.tls.count, 1);
	assert_int_equal(r.summary.tls.max_us, 33);
	assert_int_equal(r.summary.failed_latency.count, 3);
	assert_int_equal(r.summary.bytes_in, 500);
	assert_int_equal(r.summary.bytes_out, 50);
	result_fini(&r);
	model_free(m);
}

static void dropped_samples(void **state)
{
	struct model *m = new_model(2);
	struct snapshot *s = calloc(1, sizeof *s);
	struct rec_drops d = drops_at(1500 * MS, 1, 5, 3, 2);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_sample_at(m, 1 * S, 1 * MS, 0);
	model_feed(m, &d.rec);
	model_advance(m, 3 * S);
	model_result(m, &r);
	assert_int_equal(r.summary.requests, 11);
	assert_int_equal(r.summary.succeeded, 6);
	assert_int_equal(r.summary.failed, 3);
	assert_int_equal(r.summary.censored, 2);
	assert_int_equal(r.summary.answered, 6);
	assert_int_equal(r.summary.latency.count, 1);
	assert_int_equal(r.task[1].requests, 10);
	assert_int_equal(r.task[0].requests, 1);
	assert_int_equal(r.succeeded + r.failed + r.censored, 11);
	assert_true(r.point[0].incomplete);
	assert_int_equal(r.point[0].metrics.requests, 11);
	model_snapshot(m, (struct view_query){.task = -1, .window = WINDOW_10S}, s);
	assert_int_equal(s->now.requests, 11);
	assert_int_equal(s->series.count, 3);
	assert_int_equal(s->series.incomplete[0], 0);
	assert_int_equal(s->series.incomplete[1], 1);
	assert_int_equal(s->series.incomplete[2], 0);
	near(s->series.rps[1], 6);
	near(s->series.errors[1], 5);
	result_fini(&r);
	free(s);
	model_free(m);
}

/* planned = waiting + started, started = what finished; the sides are counted
 * apart, and each difference shows. */
static void books(void **state)
{
	struct rec_gauge g = gauge_at(2 * S, 0, 3);
	struct result r;

	(void)state;
	for (int wrong = 0; wrong < 3; wrong++) {
		struct model *m = new_model(1);

		feed_point_at(m, 0, PHASE_LOAD, 1);
		feed_sample_at(m, 1 * S, 1 * MS, 0);
		feed_failure_at(m, 1 * S, 1 * MS, ERROR_RESET, 0, "x");
		feed_failure_at(m, 1 * S, 1 * MS, ERROR_TIMEOUT, 0, "x");
		g.waiting = 2;
		g.planned = 5 + (wrong == 1);
		g.started = 3;
		model_feed(m, &g.rec);
		if (wrong == 2)
			feed_sample_at(m, 2 * S, 1 * MS, 0);
		model_result(m, &r);
		assert_int_equal(r.planned, 5 + (wrong == 1));
		assert_int_equal(r.waiting, 2);
		assert_int_equal(r.started, 3);
		assert_int_equal(r.balanced, !wrong);
		assert_int_equal(result_exit_code(&r), wrong ? 70 : 0);
		result_fini(&r);
		model_free(m);
	}
	struct model *m = new_model(1);

	model_result(m, &r);
	assert_true(r.balanced);
	assert_int_equal(result_exit_code(&r), 1); /* nothing succeeded */
	result_fini(&r);
	model_free(m);
}

/* 8 in flight, 40 answers a second of 200 ms each: L = X * R. */
static void littles_law(void **state)
{
	struct model *m = new_model(1);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 8);
	for (int i = 0; i < 400; i++) {
		int64_t te = (i + 1) * 25 * MS;

		if (i % 4 == 0) {
			struct rec_gauge g = gauge_at(te - 25 * MS, 8, (uint64_t)i);

			model_feed(m, &g.rec);
		}
		feed_sample_at(m, te, 200 * MS, 0);
		if (i == 10) {
			model_result(m, &r);
			assert_true(isnan(r.littles_law_ratio));
			result_fini(&r);
		}
	}
	model_result(m, &r);
	near(r.littles_law_ratio, 1);
	result_fini(&r);
	model_free(m);
}

static double in_flight(const struct model *m)
{
	static struct snapshot s;

	model_snapshot(m, (struct view_query){.task = -1}, &s);
	return s.in_flight_mean;
}

/* What is in flight comes and goes; its mean is over seconds of the present load alone,
 * five at most. */
static void in_flight_on_average(void **state)
{
	struct model *m = new_model(1);
	uint64_t area_us = 0;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 100);
	for (int i = 0; i < 200; i++) { /* 100 ms each: none and 20 in turn, 40 and 60 from 10.5 s on */
		int now = (i >= 105 ? 40 : 0) + 20 * (i % 2);
		struct rec_gauge g = gauge_at(i * 100 * MS + 10 * MS, (uint32_t)now, 0);

		if (i == 105)
			feed_point_at(m, 10500 * MS, PHASE_LOAD, 200);
		g.in_flight_us = area_us;
		model_feed(m, &g.rec);
		area_us += (uint64_t)now * 100 * MS;
		if (i == 10 || i == 110)
			assert_true(isnan(in_flight(m)));
		if (i == 20 || i == 90)
			near(in_flight(m), 10);
		if (i == 120 || i == 190)
			near(in_flight(m), 50);
	}
	model_free(m);
}

/* Eight in flight, one more in the books than there is: the ratio shows it. A
 * pause is not measured, nor is the second in which it came; looking only when
 * few are in flight does not matter. */
static void littles_law_shows_a_leak(void **state)
{
	for (int leak = 0; leak < 2; leak++) {
		struct model *m = new_model(1);
		struct result r;

		(void)state;
		feed_point_at(m, 0, PHASE_LOAD, 8);
		for (int i = 0; i < 400; i++) {
			int64_t te = (i + 1) * 25 * MS;
			struct rec_gauge g = gauge_at(te - 25 * MS, 8 + (uint32_t)leak, (uint64_t)i);

			g.in_flight = 0;
			if (i == 204) /* 5.1 s */
				feed_point_at(m, te - 25 * MS, PHASE_PAUSE, 8);
			if (i == 220)
				feed_point_at(m, te - 25 * MS, PHASE_LOAD, 8);
			model_feed(m, &g.rec);
			if (i < 204 || i >= 220)
				feed_sample_at(m, te, 200 * MS, 0);
		}
		model_result(m, &r);
		near(r.littles_law_ratio, leak ? 9.0 / 8 : 1);
		result_fini(&r);
		model_free(m);
	}
}

/* A gauge between two seconds changes nothing that a report, which has one a
 * second, could not work out as well. */
static void gauges_of_a_report(void **state)
{
	struct model *live = new_model(1), *report = new_model(1);
	struct run_closing a = {0}, b = {0};
	struct result x, y;

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct model *m = k ? report : live;

		feed_point_at(m, 0, PHASE_LOAD, 8);
		for (int i = 0; i < 100; i++) {
			struct rec_gauge g = gauge_at(i * 100 * MS, (uint32_t)i, (uint64_t)i);

			g.busiest_cpu_us = (uint64_t)(i * 95 * MS);
			if (!k || i % 10 == 0 || i == 99)
				model_feed(m, &g.rec);
			feed_sample_at(m, i * 100 * MS + 1, 10 * MS, 0);
		}
	}
	model_result(live, &x);
	model_result(report, &y);
	assert_memory_equal(&x.littles_law_ratio, &y.littles_law_ratio, sizeof(double));
	assert_true(isfinite(x.littles_law_ratio));
	assert_memory_equal(&x.gauge, &y.gauge, sizeof x.gauge);
	model_client(live, &a);
	model_client(report, &b);
	assert_true(a.client_bound);
	assert_string_equal(a.evidence, b.evidence);
	assert_non_null(strstr(a.evidence, "95 % of a core"));
	near(a.worker_cpu_pct, 95);
	near(b.worker_cpu_pct, 95);
	near(a.cpu_pct, 0);
	result_fini(&x);
	result_fini(&y);
	model_free(live);
	model_free(report);
}

/* A point has intervals of its own exchanges: closed, and present. */
static void intervals_of_points(void **state)
{
	struct model *m = new_model(1);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 1; i <= 6000; i++)
		feed_sample_at(m, i * 5 * MS, (10 + i % 10) * MS, 0);
	feed_point_at(m, 30 * S, PHASE_LOAD, 2);
	for (int i = 1; i <= 2500; i++)
		feed_sample_at(m, 30 * S + i * 5 * MS, (100 + i % 10) * MS, 0);
	model_advance(m, 43 * S);
	model_result(m, &r);
	assert_int_equal(r.point_count, 2);
	assert_true(r.point[0].metrics.p50.known && r.point[0].metrics.p95.known);
	assert_false(r.point[0].metrics.p99.known);
	assert_true(r.point[0].metrics.p50.low_us >= 10 * MS && r.point[0].metrics.p50.high_us < 20 * MS);
	/* 1 s of it is settling time. */
	assert_true(r.point[1].metrics.p50.known);
	assert_true(r.point[1].metrics.p50.low_us >= 100 * MS && r.point[1].metrics.p50.high_us < 110 * MS);
	assert_int_equal((int)r.point[1].metrics.p95.more, 5000 - (int)r.point[1].metrics.latency.count);
	result_fini(&r);
	model_free(m);
}

static void client_verdict(void **state)
{
	struct model *m = new_model(1);
	struct snapshot *s = calloc(1, sizeof *s);
	struct run_closing closing = {.exit_code = 7};
	struct rec_gauge g;

	(void)state;
	model_client(m, &closing);
	assert_false(closing.client_bound);
	assert_true(isnan(closing.cpu_pct));
	assert_int_equal(closing.exit_code, 7);
	feed_point_at(m, 0, PHASE_LOAD, 1);
	/* 50 % for 12 s, 97 % for 3 s: at the moment it is too busy, over the
	 * run (20 %, not more) it was not. */
	for (int i = 0; i <= 15; i++) {
		g = gauge_at(i * S, 1, 0);
		g.busiest_cpu_us = (uint64_t)(i <= 12 ? i * 500 * MS : 6 * S + (i - 12) * 970 * MS);
		model_feed(m, &g.rec);
		model_snapshot(m, (struct view_query){.task = -1}, s);
		assert_int_equal(s->client_bound, i == 15);
	}
	assert_string_equal(s->evidence, "worker thread at 97 % of a core");
	model_client(m, &closing);
	assert_false(closing.client_bound);
	assert_string_equal(closing.evidence, "");
	/* One lost sample is enough, and stays. */
	g.rec.t_us = 15500 * MS;
	g.ring_dropped = 1;
	model_feed(m, &g.rec);
	model_client(m, &closing);
	assert_true(closing.client_bound);
	assert_non_null(strstr(closing.evidence, "full ring"));
	free(s);
	model_free(m);
}

static void feed_queued(struct model *m, int64_t te_us, int64_t queue_us, int64_t service_us)
{
	struct rec_sample s = sample_at(te_us, queue_us + service_us, 0);

	s.ts_us = s.t0_us + queue_us;
	model_feed(m, &s.rec);
}

/* No thread is busy, and yet the latency is brunt's own. */
static void late_starts_are_the_clients(void **state)
{
	static const struct {
		int64_t queue_us, service_us;
		int n;
		uint8_t mode;
		bool bound;
		const char *evidence;
	} runs[] = {
		{86 * MS, 14 * MS, 100, MODE_CLOSED, true, "queue is 86 % of latency: brunt starts requests late"},
		{86 * MS, 14 * MS, 99, MODE_CLOSED, false, ""},
		{86 * MS, 14 * MS, 100, MODE_OPEN, false, ""},
		{900, 100, 1000, MODE_CLOSED, false, ""}, /* what an event loop costs */
		{5 * MS, 100 * MS, 1000, MODE_CLOSED, false, ""},
		{24 * MS, 100 * MS, 1000, MODE_CLOSED, false, ""},
		{26 * MS, 100 * MS, 1000, MODE_CLOSED, true, "queue is 21 % of latency: brunt starts requests late"},
	};
	struct snapshot *s = calloc(1, sizeof *s);

	(void)state;
	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
		struct model *m = new_model(1);
		struct rec_point p = point_at(0, PHASE_LOAD, 1);
		struct run_closing closing = {0};
		struct result r;

		p.mode = runs[i].mode;
		model_feed(m, &p.rec);
		for (int k = 0; k < runs[i].n; k++)
			feed_queued(m, 1 * S + k * 4 * S / runs[i].n, runs[i].queue_us, runs[i].service_us);
		model_advance(m, 5 * S);
		model_snapshot(m, (struct view_query){.task = -1}, s);
		assert_int_equal(s->client_bound, runs[i].bound);
		assert_string_equal(s->evidence, runs[i].evidence);
		model_client(m, &closing);
		assert_int_equal(closing.client_bound, runs[i].bound);
		assert_string_equal(closing.evidence, runs[i].evidence);
		model_result(m, &r);
		assert_int_equal(r.client_bound, runs[i].bound);
		result_fini(&r);
		/* Ten seconds later it is no longer so, over the run it still is. */
		model_advance(m, 20 * S);
		model_snapshot(m, (struct view_query){.task = -1}, s);
		assert_false(s->client_bound);
		model_client(m, &closing);
		assert_int_equal(closing.client_bound, runs[i].bound);
		model_free(m);
	}
	free(s);
}

/* What the result says of `n` requests served in 10 ms each, from first_us on, of which
 * one in `late` waited for 20 ms. */
static struct run_closing closing_of(int n, int late, int64_t first_us, int64_t apart_us)
{
	struct model *m = new_model(1);
	struct run_closing closing = {0};

	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int k = 0; k < n; k++)
		feed_queued(m, first_us + k * apart_us, k % late ? 0 : 20 * MS, 10 * MS);
	model_advance(m, first_us + n * apart_us);
	model_client(m, &closing);
	model_free(m);
	return closing;
}

static void some_late_starts(void **state)
{
	struct run_closing some = closing_of(1000, 50, 1 * S, 4 * MS);

	(void)state;
	assert_true(some.client_bound);
	assert_string_equal(some.evidence, "queue p99 20.0 ms against service p50 10.0 ms: brunt starts requests late");
	/* One or two of few are chance, and a moment is no limit. */
	assert_false(closing_of(200, 50, 1 * S, 20 * MS).client_bound);
	assert_false(closing_of(1000, 1, 10 * MS, 10).client_bound);
}

static void a_ramp_is_where_it_has_come_to(void **state)
{
	struct model *m = new_model(1);
	struct rec_point p = point_at(1 * S, PHASE_LOAD, 200);
	struct snapshot *s = calloc(1, sizeof *s);

	(void)state;
	p.mode = MODE_OPEN;
	p.from = 100;
	p.ramp_us = 40 * S;
	model_feed(m, &p.rec);
	for (int i = 0; i < 3; i++) {
		static const double level[] = {100, 125, 200};

		model_advance(m, (1 + 10 * i * i * i) * S);
		model_snapshot(m, (struct view_query){.task = -1}, s);
		assert_true(s->level > level[i] - 1e-6 && s->level < level[i] + 1e-6);
	}
	model_free(m);
	free(s);
}

static void reset_forgets(void **state)
{
	struct model *m = new_model(1);
	struct rec reset = head_of(REC_RESET, sizeof reset, 0);
	struct rec_quiet quiet = {.rec = head_of(REC_QUIET, sizeof quiet, 0), .on = 1};
	struct rec end = head_of(REC_END, sizeof end, 0);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_sample_at(m, 90 * S, 1 * MS, 0);
	feed_failure_at(m, 90 * S, 1 * MS, ERROR_RESET, 0, "x");
	end.t_us = 91 * S;
	model_feed(m, &end);
	assert_true(model_ended(m));
	model_feed(m, &quiet.rec);
	model_feed(m, &reset);
	assert_true(model_quiet(m));
	assert_false(model_ended(m));
	assert_int_equal(model_time(m), 0);
	model_result(m, &r);
	assert_int_equal(r.summary.requests, 0);
	assert_int_equal(r.error_count, 0);
	assert_int_equal(r.point_count, 0);
	assert_int_equal(r.succeeded, 0);
	result_fini(&r);
	quiet.on = 0;
	model_feed(m, &quiet.rec);
	assert_false(model_quiet(m));
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_sample_at(m, 1 * S, 1 * MS, 0);
	assert_int_equal(model_time(m), 1 * S);
	/* A replayer that goes back promises nothing until it has pushed. */
	model_advance(m, INT64_MIN);
	assert_int_equal(model_time(m), 1 * S);
	model_result(m, &r);
	assert_int_equal(r.summary.requests, 1);
	near(r.summary.seconds, 1);
	result_fini(&r);
	model_free(m);
}

/* What only a damaged file holds must not hurt. */
static void damaged_records(void **state)
{
	struct model *m = new_model(2);
	struct rec_sample s = sample_at(1 * S, 1 * MS, 9);
	struct rec_point p = point_at(2 * S, 200, 1);
	struct rec_drops d = drops_at(1 * S, 77, 1, 0, 0);
	struct result r;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	s.outcome = 99;
	s.error = 99;
	s.t0_us = INT64_MAX;
	s.ts_us = INT64_MIN;
	model_feed(m, &s.rec);
	model_feed(m, &p.rec);
	model_feed(m, &d.rec);
	feed_sample_at(m, 1 * S, 1 * MS, 0); /* late: counts now */
	feed_sample_at(m, INT64_C(1) << 60, 1 * MS, 0);
	feed_sample_at(m, -5, 1 * MS, 0);
	model_result(m, &r);
	assert_int_equal(r.summary.requests, 5);
	assert_int_equal(r.summary.failed, 1);
	assert_int_equal(r.task[0].requests, 3);
	result_fini(&r);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_redirects),
		cmocka_unit_test(warm_up),
		cmocka_unit_test(pause_and_resume),
		cmocka_unit_test(settling),
		cmocka_unit_test(draining),
		cmocka_unit_test(clocks_and_phases),
		cmocka_unit_test(the_version_that_was_spoken),
		cmocka_unit_test(dropped_samples),
		cmocka_unit_test(books),
		cmocka_unit_test(littles_law),
		cmocka_unit_test(littles_law_shows_a_leak),
		cmocka_unit_test(in_flight_on_average),
		cmocka_unit_test(gauges_of_a_report),
		cmocka_unit_test(intervals_of_points),
		cmocka_unit_test(client_verdict),
		cmocka_unit_test(late_starts_are_the_clients),
		cmocka_unit_test(some_late_starts),
		cmocka_unit_test(a_ramp_is_where_it_has_come_to),
		cmocka_unit_test(reset_forgets),
		cmocka_unit_test(damaged_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
