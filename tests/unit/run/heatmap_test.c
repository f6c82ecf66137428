/* The heatmap through the model: what came is in it, once, where it came. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/run/heatmap.h"
#include "metrics/loggrid.h"
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

static const struct snap_heat *look(const struct model *m, int task, enum clock_kind clock)
{
	model_snapshot(m, (struct view_query){.task = (int16_t)task, .clock = (uint8_t)clock}, snap);
	return &snap->heat;
}

static uint64_t sum(const struct snap_heat *h)
{
	uint64_t n = 0;

	for (int i = 0; i < h->columns; i++)
		for (int r = 0; r < h->rows; r++)
			n += h->count[i][r];
	return n;
}

static uint32_t at(const struct snap_heat *h, int64_t t_us, int64_t latency_us)
{
	int row = (loggrid_bin(latency_us) - h->first) / h->merge;

	assert_in_range(row, 0, h->rows - 1);
	assert_in_range(t_us / h->length_us, 0, h->columns - 1);
	return h->count[t_us / h->length_us][row];
}

static void nothing_is_no_rows(void **state)
{
	struct model *m = new_model(1);
	const struct snap_heat *h = look(m, -1, CLOCK_RESPONSE);

	(void)state;
	assert_int_equal(h->rows, 0);
	assert_int_equal(h->columns, 1);
	model_free(m);
}

/* Warm-up, a pause and settling: all that came is there, at its run time. */
static void all_phases_are_shown(void **state)
{
	struct model *m = new_model(1);
	const struct snap_heat *h;

	(void)state;
	feed_point_at(m, 0, PHASE_WARMUP, 1);
	feed_sample_at(m, 600 * MS, 50 * MS, 0);
	feed_point_at(m, 1 * S, PHASE_LOAD, 1);
	feed_sample_at(m, 1200 * MS, 50 * MS, 0);
	feed_point_at(m, 2 * S, PHASE_PAUSE, 1);
	feed_sample_at(m, 2100 * MS, 800 * MS, 0);
	feed_point_at(m, 5 * S, PHASE_LOAD, 2);
	feed_sample_at(m, 5100 * MS, 50 * MS, 0); /* settling */
	feed_point_at(m, 6 * S, PHASE_DRAIN, 2);
	feed_sample_at(m, 6300 * MS, 1600 * MS, 0);
	h = look(m, -1, CLOCK_RESPONSE);
	assert_int_equal(h->length_us, 500 * MS);
	assert_int_equal(h->columns, 13); /* the last one began at 6.0 s */
	assert_int_equal(sum(h), 5);
	assert_int_equal(at(h, 600 * MS, 50 * MS), 1);
	assert_int_equal(at(h, 1200 * MS, 50 * MS), 1);
	assert_int_equal(at(h, 2100 * MS, 800 * MS), 1);
	assert_int_equal(at(h, 5100 * MS, 50 * MS), 1);
	assert_int_equal(at(h, 6300 * MS, 1600 * MS), 1);
	model_free(m);
}

/* Failures and what was lost are counted by column, and are in no row; what was cut
 * off is in both. */
static void failures_are_apart(void **state)
{
	struct model *m = new_model(3);
	struct rec_drops d = drops_at(1700 * MS, 1, 5, 2, 1);
	const struct snap_heat *h;

	(void)state;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	feed_sample_at(m, 100 * MS, 50 * MS, 1);
	feed_failure_at(m, 600 * MS, 50 * MS, ERROR_HTTP_5XX, 500, "no");
	feed_failure_at(m, 1100 * MS, 90 * MS, ERROR_TIMEOUT, 0, "late");
	model_feed(m, &d.rec);
	h = look(m, -1, CLOCK_RESPONSE);
	assert_int_equal(sum(h), 2);
	assert_int_equal(at(h, 1100 * MS, 90 * MS), 1);
	for (int i = 0; i < h->columns; i++) {
		assert_int_equal(h->failed[i], i == 1 ? 1 : i == 3 ? 2 : 0);
		assert_int_equal(h->censored[i], i == 2 || i == 3);
		assert_int_equal(h->lost[i], i == 3 ? 8 : 0);
	}
	/* By task. */
	h = look(m, 0, CLOCK_RESPONSE);
	assert_int_equal(sum(h), 1);
	assert_int_equal(h->failed[1] + h->censored[2], 2);
	assert_int_equal(h->lost[3], 0);
	h = look(m, 1, CLOCK_RESPONSE);
	assert_int_equal(sum(h), 1);
	assert_int_equal(h->failed[1], 0);
	assert_int_equal(h->failed[3], 2);
	assert_int_equal(h->lost[3], 8);
	h = look(m, 2, CLOCK_RESPONSE);
	assert_int_equal(h->rows, 0);
	model_free(m);
}

static void each_clock_has_its_own(void **state)
{
	struct model *m = new_model(1);
	struct rec_sample s = sample_at(1 * S, 600 * MS, 0);

	(void)state;
	s.ts_us += 100 * MS;
	feed_point_at(m, 0, PHASE_LOAD, 1);
	model_feed(m, &s.rec);
	assert_int_equal(at(look(m, -1, CLOCK_RESPONSE), S, 600 * MS), 1);
	assert_int_equal(at(look(m, -1, CLOCK_SERVICE), S, 500 * MS), 1);
	assert_int_equal(at(look(m, -1, CLOCK_QUEUE), S, 100 * MS), 1);
	assert_int_equal(sum(&snap->heat), 1);
	model_free(m);
}

/* However often neighbours were merged: each request is in the column its time is
 * in, columns are whole multiples of the first length, and none is lost. */
static void merging_keeps_counts_and_places(void **state)
{
	enum { N = 3000, SECONDS = 900 };
	struct model *m = new_model(1);
	static int64_t te[N], latency[N];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 11, 0);
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < N; i++) {
		const struct snap_heat *h;
		uint64_t n = 0;

		te[i] = i * (SECONDS * S / N);
		latency[i] = (int64_t)exp(11 + 1.5 * rng_normal(&rng));
		feed_sample_at(m, te[i], latency[i], 0);
		if (i % 500 != 499)
			continue;
		h = look(m, -1, CLOCK_RESPONSE);
		assert_int_equal(h->length_us % (500 * MS), 0);
		assert_in_range(h->columns, te[i] < 128 * S ? 1 : SNAP_HEAT_COLUMNS / 2, SNAP_HEAT_COLUMNS);
		assert_int_equal(sum(h), i + 1);
		for (int c = 0; c < h->columns; c++)
			for (int r = 0; r < h->rows; r++) {
				int low = h->first + r * h->merge;

				n = 0;
				for (int k = 0; k <= i; k++)
					n += te[k] / h->length_us == c && loggrid_bin(latency[k]) >= low &&
					     loggrid_bin(latency[k]) < low + h->merge;
				assert_int_equal(h->count[c][r], n);
			}
	}
	assert_int_equal(snap->heat.length_us, 4 * S);
	model_free(m);
}

/* Rows lie on the grid whatever there is, and take all of it. */
static void rows_are_anchored_and_bounded(void **state)
{
	static const int64_t highest[] = {1, 60, 4 * MS, 90 * MS, 40 * S, 86400 * S, INT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof highest / sizeof *highest; i++) {
		struct heatmap h;
		struct rec_sample s = sample_at(0, 0, 0);
		struct exchange x = {.sample = &s, .outcome = OUTCOME_SUCCEEDED};
		struct snap_heat *out = calloc(1, sizeof *out);

		heatmap_init(&h, 1);
		heatmap_exchange(&h, 0, &x);
		x.latency_us = highest[i];
		exchange_bins(&x);
		heatmap_exchange(&h, 0, &x);
		heatmap_snap(&h, 0, CLOCK_RESPONSE, out);
		assert_int_equal(sum(out), 2);
		assert_in_range(out->rows, 1, SNAP_HEAT_ROWS);
		assert_true(out->merge == 2 || out->merge == 4 || out->merge == 8 || out->merge == 16);
		assert_int_equal((out->first - LOGGRID_ANCHOR_BIN) % out->merge, 0);
		heatmap_fini(&h);
		free(out);
	}
}

/* Ten hours, three tasks: as much memory after them as after ten minutes, and
 * columns enough to see them. */
static void ten_hours_take_no_more(void **state)
{
	struct model *m = new_model(3);
	struct rng rng;
	struct heatmap h;
	uint64_t early = 0, n = 0;

	(void)state;
	rng_seed(&rng, 5, 0);
	heatmap_init(&h, 4);
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int64_t t = 0; t < 36000 * S; t += 90 * MS, n++) {
		int64_t latency = (int64_t)exp(13 + 0.5 * rng_normal(&rng));
		struct rec_sample s = sample_at(t, latency, (uint16_t)(n % 3));
		struct exchange x;

		s.ts_us += 60;
		exchange_of(&x, &s);
		exchange_bins(&x);
		heatmap_reach(&h, t);
		heatmap_exchange(&h, 1 + (int)(n % 3), &x);
		if (n % 50 == 0)
			model_feed(m, &s.rec);
		if (t < 600 * S)
			early = heatmap_bytes(&h);
	}
	heatmap_snap(&h, 0, CLOCK_RESPONSE, &snap->heat);
	assert_int_equal(snap->heat.length_us, 256 * S);
	assert_int_equal(snap->heat.columns, 141);
	assert_int_equal(sum(&snap->heat), n);
	assert_in_range(heatmap_bytes(&h), early, early + early / 2);
	assert_in_range(heatmap_bytes(&h), 1, 1 << 20);
	heatmap_fini(&h);
	assert_int_equal(sum(look(m, -1, CLOCK_RESPONSE)), (n + 49) / 50);
	assert_int_equal(snap->heat.columns, 141);
	model_free(m);
}

/* The most that there can be is what the header says. */
static void memory_is_bounded(void **state)
{
	enum { SCOPES = 5 };
	struct rec_sample s = sample_at(0, 0, 0);
	struct exchange x = {.sample = &s, .outcome = OUTCOME_SUCCEEDED};
	struct heatmap h;

	(void)state;
	heatmap_init(&h, SCOPES);
	for (int scope = 0; scope < SCOPES; scope++)
		for (int64_t us = 1; us > 0 && us < INT64_MAX / 2; us *= 2) {
			x.latency_us = x.service_us = x.queue_us = us;
			heatmap_reach(&h, us);
			heatmap_exchange(&h, scope, &x);
		}
	assert_in_range(heatmap_bytes(&h) / SCOPES, 1, 940000);
	heatmap_fini(&h);
}

/* A damaged file may say any time. */
static void hostile_times(void **state)
{
	static const int64_t t[] = {0, -5, INT64_MIN, 17, INT64_MAX / 2, 3 * S, INT64_MAX, INT64_MAX, 0};
	struct model *m = new_model(3);
	struct heatmap h;
	struct rec_sample s = sample_at(0, 0, 0);
	struct exchange x = {.sample = &s, .outcome = OUTCOME_SUCCEEDED};

	(void)state;
	heatmap_init(&h, 4);
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		heatmap_reach(&h, t[i] < 0 ? 0 : t[i]);
		heatmap_exchange(&h, (int)(i % 4), &x);
		x.latency_us = x.queue_us = i % 2 ? INT64_MAX : -7;
	}
	heatmap_snap(&h, 0, CLOCK_QUEUE, &snap->heat);
	assert_int_equal(sum(&snap->heat), sizeof t / sizeof *t);
	assert_in_range(snap->heat.columns, 1, SNAP_HEAT_COLUMNS);
	heatmap_reset(&h);
	heatmap_snap(&h, 0, CLOCK_QUEUE, &snap->heat);
	assert_int_equal(snap->heat.rows, 0);
	assert_int_equal(snap->heat.length_us, 500 * MS);
	heatmap_fini(&h);
	for (int i = 0; i < 6; i++)
		feed_sample_at(m, t[i] / (1 << 20), t[5 - i] / (1 << 20), (uint16_t)(i * 9000));
	assert_int_equal(sum(look(m, -1, CLOCK_RESPONSE)), 6);
	model_free(m);
}

/* However it is told of time, and after a reset as after none. */
static void same_records_same_map(void **state)
{
	struct model *a = new_model(3), *b = new_model(3);
	struct snap_heat *of_a = calloc(1, sizeof *of_a);
	struct rec reset = head_of(REC_RESET, sizeof reset, 0);
	struct rng rng;
	int64_t t = 0;

	(void)state;
	for (int i = 0; i < 900; i++)
		feed_sample_at(b, i * S, i * 77 * MS, (uint16_t)(i % 3));
	model_feed(b, &reset);
	rng_seed(&rng, 19, 0);
	for (int i = 0; i < 4000; i++) {
		int64_t latency = (int64_t)exp(9 + 2 * rng_normal(&rng));

		t += (int64_t)rng_below(&rng, 100 * MS);
		feed_sample_at(a, t, latency, (uint16_t)(i % 3));
		for (int64_t at_us = model_time(b); at_us < t; at_us += 7 * MS)
			model_advance(b, at_us);
		feed_sample_at(b, t, latency, (uint16_t)(i % 3));
		if (i % 200)
			continue;
		for (int task = -1; task < 3; task++)
			for (int c = 0; c < CLOCK_KINDS; c++) {
				*of_a = *look(a, task, (enum clock_kind)c);
				assert_memory_equal(of_a, look(b, task, (enum clock_kind)c), sizeof *of_a);
			}
	}
	free(of_a);
	model_free(a);
	model_free(b);
}

static void counts_saturate(void **state)
{
	struct rec_drops d = drops_at(0, 0, UINT32_MAX, UINT32_MAX, UINT32_MAX);
	struct heatmap h;

	(void)state;
	heatmap_init(&h, 1);
	for (int i = 0; i < 3; i++) {
		heatmap_reach(&h, i * 600 * MS);
		heatmap_drops(&h, 0, &d);
	}
	heatmap_reach(&h, 9000 * S);
	heatmap_snap(&h, 0, CLOCK_RESPONSE, &snap->heat);
	assert_int_equal(snap->heat.failed[0], UINT32_MAX);
	assert_int_equal(snap->heat.lost[0], UINT32_MAX);
	assert_int_equal(snap->heat.failed[1], 0);
	heatmap_fini(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_no_rows),
		cmocka_unit_test(all_phases_are_shown),
		cmocka_unit_test(failures_are_apart),
		cmocka_unit_test(each_clock_has_its_own),
		cmocka_unit_test(merging_keeps_counts_and_places),
		cmocka_unit_test(rows_are_anchored_and_bounded),
		cmocka_unit_test(ten_hours_take_no_more),
		cmocka_unit_test(memory_is_bounded),
		cmocka_unit_test(hostile_times),
		cmocka_unit_test(same_records_same_map),
		cmocka_unit_test(counts_saturate),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
