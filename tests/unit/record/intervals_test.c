/* The intervals of a run file say what its samples say: count, sum, minimum and maximum to
 * the digit, percentiles as well as two figures can. */
#include "fixture.h"

#include "base/clock.h"
#include "metrics/gaps.h"
#include "metrics/hdr.h"
#include "metrics/hdr_codec.h"

#define TASKS 3
#define WARM_US (1 * US_PER_S + 400000) /* in the middle of a second */
#define PAUSE_US (65 * US_PER_S)
#define RESUME_US (3540 * US_PER_S)
#define END_US (3725 * US_PER_S + 500000)

/* What a row says and the same from the samples; `from` and `to` bound te. */
static const char truth[] =
	"WITH spans(level_s, first, past) AS (SELECT 1, 0, 1 UNION SELECT 60, 0, 60 UNION SELECT 3600, 0, 3600),"
	"times AS (SELECT t0_us + latency_us AS te, task, outcome, latency_us, queue_us, ttfb_us,"
	"  iif(outcome = 0, ttft_us, NULL) AS ttft, iif(outcome = 0, ttfo_us, NULL) AS ttfo,"
	"  iif(outcome = 0 AND tokens_out > 1 AND ttft_us IS NOT NULL, (tlast_us - ttft_us + (tokens_out - 1) / 2) / (tokens_out - 1), NULL) AS tpot"
	"  FROM samples LEFT JOIN answers ON answers.sample = samples.rowid),"
	"each(te, task, metric, us) AS ("
	"  SELECT te, task, 'latency', latency_us FROM times WHERE outcome <> 1 UNION ALL"
	"  SELECT te, task, 'service', latency_us - queue_us FROM times WHERE outcome <> 1 UNION ALL"
	"  SELECT te, task, 'queue', queue_us FROM times WHERE outcome <> 1 UNION ALL"
	"  SELECT te, task, 'ttfb', ttfb_us FROM times WHERE outcome <> 1 AND ttfb_us IS NOT NULL UNION ALL"
	"  SELECT te, task, 'failed_latency', latency_us FROM times WHERE outcome = 1 UNION ALL"
	"  SELECT te, task, 'ttft', ttft FROM times WHERE ttft IS NOT NULL UNION ALL"
	"  SELECT te, task, 'ttfo', ttfo FROM times WHERE ttfo IS NOT NULL UNION ALL"
	"  SELECT te, task, 'tpot', tpot FROM times WHERE tpot IS NOT NULL),"
	"both(te, task, metric, us) AS (SELECT * FROM each UNION ALL SELECT te, NULL, metric, us FROM each),"
	"said AS (SELECT level_s, te / 1000000 / level_s * level_s AS start_s, task, metric,"
	"  count(*) AS count, sum(us) AS sum, min(us) AS min, max(us) AS max FROM both, spans GROUP BY 1, 2, 3, 4)"
	"SELECT * FROM said WHERE NOT (level_s = 1 AND task IS NOT NULL AND count < 10)";
static const char rows[] =
	"SELECT level_s, start_s, task, metric, count, sum_us, min_us, max_us FROM intervals "
	"WHERE level_s > 0 AND metric <> 'itl'";

static int64_t ask(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;
	int64_t n;

	if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	assert_int_equal(sqlite3_step(s), SQLITE_ROW);
	n = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return n;
}

static sqlite3 *open_db(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	return db;
}

static void push_sample(struct writer *writer, struct rng *rng, int64_t te, uint64_t seq)
{
	union any any = fixture_sample(te, seq);
	struct rec_sample *s = &any.sample;
	int64_t latency = 1 + (int64_t)(exp(8 + rng_normal(rng)));
	uint8_t bytes[FIXTURE_GAPS];
	struct gaps gaps;

	s->t0_us = te > latency ? te - latency : 0;
	s->ts_us = s->t0_us + (int64_t)rng_below(rng, 40) * (te - s->t0_us) / 100;
	s->th_us = s->ts_us + (te - s->ts_us) / 2;
	s->task = (uint16_t)(rng_below(rng, 10) < 7 ? 0 : 1 + rng_below(rng, 2));
	s->outcome = (uint8_t)(rng_below(rng, 10) ? OUTCOME_SUCCEEDED : 1 + rng_below(rng, 2));
	if (s->outcome != OUTCOME_SUCCEEDED) {
		s->error = s->outcome == OUTCOME_FAILED ? ERROR_HTTP_5XX : ERROR_TIMEOUT;
	} else if (s->task == 1) {
		s->flags |= SAMPLE_STREAM;
		s->t1_us = s->th_us;
		s->to_us = rng_below(rng, 2) ? s->t1_us : -1;
		s->tn_us = te;
		s->tokens_out = (uint32_t)rng_below(rng, 9);
		gaps_init(&gaps, bytes);
		for (int i = 0; i < 5; i++)
			gaps_put(&gaps, 1000 + (int64_t)rng_below(rng, 5000));
		fixture_tail(s, "", "", bytes, gaps.used);
	}
	fixture_push(writer_ring(writer), &any.rec);
}

static void push(struct writer *writer, union any any)
{
	fixture_push(writer_ring(writer), &any.rec);
}

/* A minute at 120 a second, a pause of nearly an hour, three minutes at 9 a second over an
 * hour's end. `end` false: it is cut off. */
static void record(const char *path, bool end)
{
	struct run_meta meta = fixture_meta();
	struct writer *writer;
	struct err err = {""};
	struct rng rng;
	uint64_t seq = 0;

	assert_int_equal(writer_start(path, &meta, &writer, &err), 0);
	rng_seed(&rng, 7, 0);
	push(writer, fixture_point(0, PHASE_WARMUP, 10));
	for (int64_t t = 500; t < PAUSE_US; t += US_PER_S / 120) {
		if (t > WARM_US && t - US_PER_S / 120 <= WARM_US)
			push(writer, fixture_point(WARM_US, PHASE_LOAD, 10));
		push_sample(writer, &rng, t, seq++);
	}
	push(writer, fixture_point(PAUSE_US, PHASE_PAUSE, 10));
	push(writer, fixture_point(RESUME_US, PHASE_LOAD, 10));
	for (int64_t t = RESUME_US + 1; t < END_US; t += US_PER_S / 9)
		push_sample(writer, &rng, t, seq++);
	if (end)
		push(writer, fixture_end(END_US));
	ring_publish(writer_ring(writer));
	if (writer_stop(writer, fixture_closing(), &err) != 0)
		fail_msg("%s", err.text);
}

static void equal_what_the_samples_say(void **state)
{
	const char *path = fixture_path("run.brunt");
	char sql[4096];
	sqlite3 *db;

	(void)state;
	record(path, true);
	db = open_db(path);
	snprintf(sql, sizeof sql, "SELECT count(*) FROM (%s)", truth);
	assert_in_range(ask(db, sql), 2000, 20000);
	assert_int_equal(ask(db, sql), ask(db, "SELECT count(*) FROM intervals WHERE level_s > 0 AND metric <> 'itl'"));
	snprintf(sql, sizeof sql, "SELECT count(*) FROM (%s EXCEPT SELECT * FROM (%s))", rows, truth);
	assert_int_equal(ask(db, sql), 0);
	/* Both hours, the minutes with something in them, no second of the pause. */
	assert_int_equal(ask(db, "SELECT group_concat(DISTINCT start_s) = '0,3600' FROM intervals WHERE level_s = 3600"), 1);
	assert_int_equal(ask(db, "SELECT group_concat(DISTINCT start_s) = '0,60,3540,3600,3660,3720' "
				 "FROM intervals WHERE level_s = 60"), 1);
	/* Gaps: five of each stream. */
	assert_int_equal(ask(db, "SELECT sum(count) FROM intervals WHERE level_s = 60 AND metric = 'itl' AND task IS NULL"),
			 5 * ask(db, "SELECT count(*) FROM samples WHERE gaps IS NOT NULL"));
	sqlite3_close(db);
}

/* Of what was measured: the warm-up ends within a second. */
static void totals_are_prefixes(void **state)
{
	const char *path = fixture_path("totals.brunt");
	sqlite3 *db;

	(void)state;
	record(path, true);
	db = open_db(path);
	assert_int_equal(ask(db, "SELECT group_concat(DISTINCT start_s) = '60,120,3600,3660,3720,3726' "
				 "FROM intervals WHERE level_s = 0 AND task IS NULL AND metric = 'latency'"), 1);
	assert_int_equal(ask(db, "SELECT count(*) FROM intervals AS i WHERE level_s = 0 AND metric = 'latency' "
				 "AND (count, sum_us, min_us, max_us) <> (SELECT count(*), sum(latency_us), min(latency_us), max(latency_us) "
				 "FROM samples WHERE outcome <> 1 AND (i.task IS NULL OR task = i.task) AND "
				 "t0_us + latency_us > 1400000 AND t0_us + latency_us < i.start_s * 1000000)"), 0);
	/* The last one has everything, however little came since the one before. */
	assert_int_equal(ask(db, "SELECT count(DISTINCT task) FROM intervals WHERE level_s = 0 AND start_s = 3726"), TASKS);
	sqlite3_close(db);
}

static int64_t quantile(sqlite3 *db, sqlite3_int64 row, int percent)
{
	char sql[1024];

	snprintf(sql, sizeof sql,
		 "SELECT latency_us FROM samples, (SELECT * FROM intervals WHERE rowid = %lld) AS i "
		 "WHERE outcome <> 1 AND (i.task IS NULL OR samples.task = i.task) AND "
		 "CASE level_s WHEN 0 THEN (t0_us + latency_us > 1400000 AND t0_us + latency_us < start_s * 1000000) "
		 "ELSE (t0_us + latency_us) / 1000000 / level_s * level_s = start_s END "
		 "ORDER BY latency_us LIMIT 1 OFFSET (SELECT (count * %d + 99) / 100 - 1 FROM intervals WHERE rowid = %lld)",
		 row, percent, row);
	return ask(db, sql);
}

static void histograms_are_those_of_the_samples(void **state)
{
	static const int percents[] = {1, 50, 95, 99};
	const char *path = fixture_path("histograms.brunt");
	int seen[2] = {0};
	sqlite3_stmt *s;
	sqlite3 *db;

	(void)state;
	record(path, true);
	db = open_db(path);
	assert_int_equal(sqlite3_prepare_v2(db, "SELECT rowid, level_s, count, histogram FROM intervals WHERE "
						"metric = 'latency' AND (level_s <> 1 OR start_s % 20 = 1)", -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		int64_t level = sqlite3_column_int64(s, 1), count = sqlite3_column_int64(s, 2);
		struct hdr_pool *pool;
		struct hdr h;

		if (sqlite3_column_type(s, 3) == SQLITE_NULL) {
			assert_true((level == 1 || level == 60) && count < 50);
			seen[0]++;
			continue;
		}
		assert_true(count >= 50 || level == 3600 || level == 0);
		pool = hdr_pool_new();
		hdr_init(&h, pool, 3);
		assert_int_equal(hdr_decode(sqlite3_column_blob(s, 3), (size_t)sqlite3_column_bytes(s, 3), &h), 0);
		assert_true((int64_t)h.count == count);
		for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
			int64_t exact = quantile(db, sqlite3_column_int64(s, 0), percents[i]);
			int64_t got = hdr_quantile_us(&h, percents[i] / 100.0);

			/* The highest value of the bucket; the decoder's own adds a thousandth. */
			if (got < exact || got > exact + exact / 100 + exact / 1000 + 1)
				fail_msg("p%d of level %d is %d, not %d", percents[i], (int)level, (int)got, (int)exact);
		}
		hdr_fini(&h);
		hdr_pool_free(pool);
		seen[1]++;
	}
	sqlite3_finalize(s);
	sqlite3_close(db);
	assert_true(seen[0] > 5 && seen[1] > 20);
}

/* What ended before the file was cut off is there; what had not, is not. */
static void a_cut_off_run_has_all_that_ended(void **state)
{
	const char *path = fixture_path("cut.brunt"), *whole = fixture_path("whole.brunt");
	char sql[512];
	sqlite3 *db;

	(void)state;
	record(path, false);
	record(whole, true);
	db = open_db(whole);
	snprintf(sql, sizeof sql, "ATTACH 'file:%s?mode=ro' AS cut", path);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(ask(db, "SELECT count(*) FROM main.intervals WHERE (level_s > 0 AND start_s + level_s <= 3725) "
				 "OR (level_s = 0 AND start_s <= 3725)"),
			 ask(db, "SELECT count(*) FROM cut.intervals"));
	assert_int_equal(ask(db, "SELECT count(*) FROM (SELECT * FROM cut.intervals EXCEPT SELECT * FROM main.intervals)"), 0);
	sqlite3_close(db);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(equal_what_the_samples_say),
		TEST(totals_are_prefixes),
		TEST(histograms_are_those_of_the_samples),
		TEST(a_cut_off_run_has_all_that_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
