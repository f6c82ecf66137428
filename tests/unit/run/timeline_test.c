/* Bins, spans and the histogram of runs made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "records.h"
#include "run/timeline.h"

static void feed_phase(struct timeline_reader *r, int64_t t_us, uint8_t phase)
{
	struct rec_point p = point_at(t_us, phase, 4);

	timeline_feed(r, &p.rec);
}

static void feed_success(struct timeline_reader *r, int64_t te_us, int64_t us)
{
	struct rec_sample s = sample_at(te_us, us, 0);

	timeline_feed(r, &s.rec);
}

static void bins_and_spans(void **state)
{
	static const int64_t gap[] = {10 * MS};
	static struct timeline t;
	static union any_sample x;
	struct rec_drops lost = drops_at(23 * S, 0, 3, 1, 0);
	struct timeline_reader *r = timeline_new(&t, 25 * S, 130);

	(void)state;
	/* 130 in 25 s are ten in 2 s. */
	assert_int_equal(t.bin_us, 2 * S);
	assert_int_equal(t.count, 13);
	feed_phase(r, 0, PHASE_WARMUP);
	feed_success(r, 1 * S, 700 * MS);
	feed_phase(r, 1500 * MS, PHASE_WARMUP); /* more users, still warm-up */
	feed_phase(r, 2 * S, PHASE_LOAD);
	for (int i = 1; i <= 100; i++)
		feed_success(r, 2 * S + i * 10 * MS, i * MS);
	failure_at(&x, 3500 * MS, 5 * S, ERROR_HTTP_5XX, 503, "x");
	timeline_feed(r, &x.sample.rec);
	feed_phase(r, 10 * S, PHASE_PAUSE);
	feed_phase(r, 12 * S, PHASE_LOAD);
	stream_at(&x, 12 * S, 12 * S + 250 * MS, gap, 1, 0);
	timeline_feed(r, &x.sample.rec);
	timeline_feed(r, &lost.rec);
	feed_phase(r, 24 * S, PHASE_DRAIN);
	feed_success(r, 25 * S, 1 * S);
	feed_phase(r, 25 * S, PHASE_END);
	timeline_free(r);

	assert_int_equal(t.bin[0].requests, 1);
	assert_int_equal(t.bin[0].p50_us, 700 * MS);
	assert_int_equal(t.bin[1].requests, 101);
	assert_true(fabs(t.bin[1].ok_rps - 50) < 1e-9);
	assert_true(fabs(t.bin[1].failed_rps - 0.5) < 1e-9);
	assert_in_range(t.bin[1].p50_us, 50 * MS, 50 * MS + 50);
	assert_in_range(t.bin[1].p95_us, 95 * MS, 95 * MS + 95);
	assert_in_range(t.bin[1].p99_us, 99 * MS, 99 * MS + 99);
	assert_int_equal(t.bin[2].requests, 0);
	assert_int_equal(t.bin[2].p50_us, -1);
	assert_int_equal(t.bin[6].ttft_p50_us, 250 * MS);
	assert_int_equal(t.bin[6].p50_us, 260 * MS);
	assert_true(fabs(t.bin[6].tokens_rps - 1) < 1e-9);
	assert_int_equal(t.bin[11].requests, 4);
	assert_true(t.bin[11].incomplete);
	/* The last one is a second long, and has what ended with the run. */
	assert_int_equal(t.bin[12].requests, 1);
	assert_true(fabs(t.bin[12].ok_rps - 1) < 1e-9);

	assert_int_equal(t.span_count, 3);
	assert_int_equal(t.span[0].phase, PHASE_WARMUP);
	assert_int_equal(t.span[0].to_us, 2 * S);
	assert_int_equal(t.span[1].from_us, 10 * S);
	assert_int_equal(t.span[1].to_us, 12 * S);
	assert_int_equal(t.span[2].phase, PHASE_DRAIN);
	assert_int_equal(t.span[2].to_us, 25 * S);

	/* Neither the warm-up nor failures are in the histogram. */
	assert_int_equal(t.bins[loggrid_bin(700 * MS)], 0);
	assert_int_equal(t.bins[loggrid_bin(5 * S)], 0);
	uint64_t all = 0;
	for (int i = 0; i < LOGGRID_BINS; i++)
		all += t.bins[i];
	assert_int_equal(all, 102);
}

static void feed_server(struct timeline_reader *r, int64_t t_us, double running, double hits, double lookups, const char *text)
{
	union any_server x;

	server_at(&x, t_us, running, 0, text);
	x.server.kv_use = text ? (double)NAN : running / 10;
	x.server.hits = hits;
	x.server.lookups = lookups;
	timeline_feed(r, &x.server.rec);
}

/* Means of scrapes; one stands until the next comes, if that is not long. */
static void what_the_server_says(void **state)
{
	static struct timeline t;
	struct timeline_reader *r = timeline_new(&t, 10 * S, 400);

	(void)state;
	assert_int_equal(t.bin_us, 500 * MS);
	feed_phase(r, 0, PHASE_LOAD);
	feed_server(r, 600 * MS, 2, 0, 0, NULL);
	feed_server(r, 700 * MS, 4, 10, 40, NULL);
	feed_server(r, 1700 * MS, 6, 20, 50, NULL);
	feed_server(r, 6 * S, 8, 20, 50, "HTTP 503");
	timeline_free(r);
	assert_true(isnan(t.bin[0].server[SERVER_RUNNING]));
	assert_true(fabs(t.bin[1].server[SERVER_RUNNING] - 3) < 1e-9);
	assert_true(fabs(t.bin[1].server[SERVER_HIT_RATIO] - 0.25) < 1e-9);
	assert_true(fabs(t.bin[2].server[SERVER_RUNNING] - 4) < 1e-9);
	assert_true(fabs(t.bin[3].server[SERVER_RUNNING] - 6) < 1e-9);
	assert_true(fabs(t.bin[3].server[SERVER_HIT_RATIO] - 1) < 1e-9);
	assert_true(fabs(t.bin[6].server[SERVER_KV_USE] - 0.6) < 1e-9);
	for (int i = 7; i < t.count; i++) /* 1.6 s later it is not known any more */
		assert_true(isnan(t.bin[i].server[SERVER_RUNNING]));
}

static void what_the_load_was(void **state)
{
	static struct timeline t;
	struct timeline_reader *r = timeline_new(&t, 10 * S, 400);
	struct rec_point open = point_at(5 * S, PHASE_LOAD, 20);
	struct rec_gauge g[] = {gauge_at(0, 4, 0), gauge_at(1 * S, 4, 9), gauge_at(2 * S, 4, 19), gauge_at(6 * S, 3, 100)};

	(void)state;
	open.mode = MODE_OPEN;
	g[2].in_flight_us = g[1].in_flight_us + 2500 * MS; /* between two looks it was less */
	g[3].in_flight_us = 0;                             /* of an older run file */
	g[3].waiting = 7;
	feed_phase(r, 0, PHASE_LOAD);
	for (int i = 0; i < 3; i++)
		timeline_feed(r, &g[i].rec);
	timeline_feed(r, &open.rec);
	timeline_feed(r, &g[3].rec);
	timeline_free(r);
	assert_true(fabs(t.bin[0].load[LOAD_USERS] - 4) < 1e-9);
	assert_true(fabs(t.bin[3].load[LOAD_IN_FLIGHT] - 4) < 1e-9);
	assert_true(fabs(t.bin[4].load[LOAD_IN_FLIGHT] - 2.5) < 1e-9);
	assert_true(isnan(t.bin[4].load[LOAD_WAITING]));
	assert_true(fabs(t.bin[7].load[LOAD_USERS] - 4) < 1e-9);
	assert_true(isnan(t.bin[8].load[LOAD_USERS]));
	assert_true(isnan(t.bin[12].load[LOAD_USERS]));
	assert_true(fabs(t.bin[12].load[LOAD_IN_FLIGHT] - 3) < 1e-9);
	assert_true(fabs(t.bin[12].load[LOAD_WAITING] - 7) < 1e-9);
}

static void however_long_it_is_all_of_it(void **state)
{
	static const int64_t end[] = {0, 1, 99 * MS, 1 * S, 59 * S, 3600 * S, 86400 * S, 366 * 86400 * S};
	static struct timeline t;

	(void)state;
	for (size_t i = 0; i < sizeof end / sizeof *end; i++)
		for (uint64_t requests = 0; requests < 2000000000; requests = requests * 1000 + 1) {
			struct timeline_reader *r = timeline_new(&t, end[i], requests);
			uint64_t seen = 0;

			assert_in_range(t.count, 1, TIMELINE_BINS);
			feed_phase(r, 0, PHASE_LOAD);
			feed_success(r, 0, 0);
			feed_success(r, end[i] / 2, 1);
			feed_success(r, end[i], 1);
			feed_success(r, end[i] + 1 * S, 1); /* no file should say so */
			timeline_free(r);
			assert_true((int64_t)t.count * t.bin_us >= t.end_us);
			assert_true((int64_t)(t.count - 1) * t.bin_us < t.end_us);
			for (int b = 0; b < t.count; b++)
				seen += t.bin[b].requests;
			assert_int_equal(seen, 4);
		}
}

static void of_many_pauses_the_first(void **state)
{
	static struct timeline t;
	struct timeline_reader *r = timeline_new(&t, 1000 * S, 1000);

	(void)state;
	for (int i = 0; i < 2 * TIMELINE_SPANS; i++) {
		feed_phase(r, 4 * i * S, PHASE_LOAD);
		feed_phase(r, (4 * i + 2) * S, PHASE_PAUSE);
	}
	timeline_free(r);
	assert_int_equal(t.span_count, TIMELINE_SPANS);
	assert_int_equal(t.span[TIMELINE_SPANS - 1].to_us, 4 * TIMELINE_SPANS * S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bins_and_spans),
		cmocka_unit_test(what_the_server_says),
		cmocka_unit_test(what_the_load_was),
		cmocka_unit_test(however_long_it_is_all_of_it),
		cmocka_unit_test(of_many_pauses_the_first),
	};

	return cmocka_run_group_tests_name("timeline", tests, NULL, NULL);
}
