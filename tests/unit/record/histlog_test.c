/* A histogram log read as a run: what it holds comes out as samples, each interval's within
 * it; whose values count what; what is wrong is said. */
#include "fixture.h"

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/clock.h"
#include "metrics/hdr.h"
#include "metrics/hdr_codec.h"
#include "report/hlog.h"

#define HEAD "#[Histogram log format version 1.3]\n"

static struct buf text;

static int set_up(void **state)
{
	text.used = 0;
	return fixture_set_up(state);
}

/* A line of `n` values from `first` on, `apart` from each other. */
static void add_line(const char *before, const char *max, int n, int64_t first, int64_t apart)
{
	struct hdr_pool *pool = hdr_pool_new();
	struct buf encoded = {0};
	struct hdr h;

	hdr_init(&h, pool, 3);
	for (int i = 0; i < n; i++)
		hdr_record(&h, first + i * apart);
	hdr_encode(&h, &encoded);
	buf_printf(&text, "%s,%s,", before, max);
	buf_reserve(&text, encoded.used / 3 * 4 + 8);
	text.used += (size_t)EVP_EncodeBlock((unsigned char *)text.at + text.used,
					     (unsigned char *)encoded.at, (int)encoded.used);
	buf_puts(&text, "\n");
	buf_fini(&encoded);
	hdr_fini(&h);
	hdr_pool_free(pool);
}

static const char *saved(void)
{
	const char *path = fixture_path("x.hlog");
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text.at, 1, text.used, f), text.used);
	assert_int_equal(fclose(f), 0);
	return path;
}

static struct reader *opened(void)
{
	struct reader *reader;
	struct err err = {""};

	if (reader_open(saved(), &reader, &err) != 0)
		fail_msg("%s", err.text);
	return reader;
}

static void refused(const char *why)
{
	struct reader *reader;
	struct err err = {""};

	assert_int_equal(reader_open(saved(), &reader, &err), -1);
	if (!strstr(err.text, why))
		fail_msg("'%s' does not say '%s'", err.text, why);
}

/* The next record of a kind; others are passed over. */
static const struct rec *next(struct reader *reader, enum rec_kind kind)
{
	const struct rec *rec;
	struct err err;
	bool failed;

	while ((rec = reader_next(reader, &failed, &err)) && rec->kind != kind)
		;
	assert_non_null(rec);
	return rec;
}

static void intervals_become_samples(void **state)
{
	struct reader *reader;
	struct err err;

	(void)state;
	buf_puts(&text, HEAD "#[StartTime: 1441812279.474 (seconds since epoch), Wed Sep 09 2015]\n\"StartTimestamp\",\"x\"\n");
	add_line("Tag=a,2.0,1.0", "0.5", 100, 100000, 1000000);
	add_line("Tag=b,2.5,1.0", "0.5", 10, 100000, 0);
	add_line("4.0,2.0", "0.5", 50, 500000000, 0);
	reader = opened();
	assert_string_equal(reader_meta(reader)->started_at, "2015-09-09T15:24:39.474Z");
	assert_int_equal(reader_meta(reader)->task_count, 1 + 1 + 1);
	assert_int_equal(run_meta_task(reader_meta(reader), "default"), 2);
	assert_int_equal(reader_end_us(reader), 6000000);
	assert_string_equal(reader_closing(reader)->incomplete, "");
	assert_int_equal(reader_state_before(reader, 6000000), -1);
	for (int pass = 0; pass < 2; pass++) {
		int count[3] = {0}, early = 0;
		int64_t last = 0, sum = 0, late_sum = 0;
		const struct rec *rec;
		bool failed;

		while ((rec = reader_next(reader, &failed, &err))) {
			const struct rec_sample *s = (const struct rec_sample *)rec;

			assert_true(rec->t_us >= last);
			last = rec->t_us;
			if (rec->kind != REC_SAMPLE)
				continue;
			count[s->task]++;
			assert_in_range(rec->t_us, s->task == 0 ? 2000000 : s->task == 1 ? 2500000 : 4000000,
					s->task == 0 ? 2999999 : s->task == 1 ? 3499999 : 5999999);
			if (s->task)
				continue;
			/* Nanoseconds: each is some 100 us to 100 ms. */
			assert_in_range(rec->t_us - s->t0_us, 100, 99200);
			sum += rec->t_us - s->t0_us;
			early += rec->t_us < 2500000;
			late_sum += rec->t_us < 2500000 ? 0 : rec->t_us - s->t0_us;
		}
		assert_false(failed);
		assert_int_equal(count[0], 100);
		assert_int_equal(count[1], 10);
		assert_int_equal(count[2], 50);
		assert_int_equal(last, 6000000);
		/* Neither half has the small ones. */
		assert_int_equal(early, 50);
		assert_in_range(late_sum, sum * 48 / 100, sum * 52 / 100);
		assert_in_range(sum, 4960000, 4960000 + 5000);
		assert_int_equal(reader_rewind(reader, &err), 0);
	}
	/* Before the first interval nothing is measured. */
	assert_int_equal(((const struct rec_point *)next(reader, REC_POINT))->phase, PHASE_WARMUP);
	assert_int_equal(((const struct rec_point *)next(reader, REC_POINT))->phase, PHASE_LOAD);
	assert_int_equal(next(reader, REC_GAUGE)->t_us, 6000000);
	reader_close(reader);
}

static int64_t first_start(struct reader *reader)
{
	const struct rec_point *p = (const struct rec_point *)next(reader, REC_POINT);

	return p->phase == PHASE_LOAD ? p->rec.t_us : next(reader, REC_POINT)->t_us;
}

/* Stamps of the three kinds there are. */
static void stamps_are_understood(void **state)
{
	static const struct {
		const char *head, *stamp, *started;
		int64_t first_us;
	} logs[] = {
		{"#[StartTime: 1441812279.000 (x)]\n", "1441812281.5,1.0", "2015-09-09T15:24:39.000Z", 2500000},
		{"#[BaseTime: 1441812279.000 (x)]\n", "2.5,1.0", "2015-09-09T15:24:41.500Z", 0},
		{"#[StartTime: 1441812279.000 (x)]\n#[BaseTime: 1441812270.000 (x)]\n", "10.0,1.0",
		 "2015-09-09T15:24:39.000Z", 1000000},
		{"#[StartTime: 1441812279.000 (x)]\n", "1541812281.5,1.0", "2018-11-10T01:11:21.500Z", 0},
		{"", "7.0,1.0", NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		struct reader *reader;

		text.used = 0;
		buf_puts(&text, HEAD);
		buf_puts(&text, logs[i].head);
		add_line(logs[i].stamp, "1.0", 3, 1000000, 0);
		reader = opened();
		if (logs[i].started)
			assert_string_equal(reader_meta(reader)->started_at, logs[i].started);
		else
			assert_null(reader_meta(reader)->started_at);
		assert_int_equal(first_start(reader), logs[i].first_us);
		reader_close(reader);
	}
}

/* Our own, and ones whose maximum is in other units. */
static void units_are_found(void **state)
{
	static const struct {
		const char *head, *max;
		int64_t us;
	} logs[] = {
		{"", "5.0", 5000}, /* a million times less: nanoseconds, in ms */
		{"", "5000.0", 5000000}, /* a thousand: microseconds, in ms */
		{"#[brunt 0.1.0, response times in microseconds]\n", "5000000.0", 5000000},
		{"#[brunt 0.1.0, response times in microseconds]\n", "5.0", 5000000},
	};

	(void)state;
	for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
		const struct rec_sample *s;
		struct reader *reader;

		text.used = 0;
		buf_puts(&text, HEAD);
		buf_puts(&text, logs[i].head);
		add_line("0.0,1.0", logs[i].max, 1, 5000000, 0);
		reader = opened();
		s = (const struct rec_sample *)next(reader, REC_SAMPLE);
		assert_in_range(s->rec.t_us - s->t0_us, logs[i].us, logs[i].us + logs[i].us / 1000);
		reader_close(reader);
	}
}

/* What was written of samples is written of what was read again. */
static void our_own_log_comes_back(void **state)
{
	struct run_meta meta = fixture_meta();
	char *first, *again;
	size_t bytes, more;
	FILE *out = open_memstream(&first, &bytes);
	struct hlog *log = hlog_new(out, &meta);
	union any any = fixture_point(0, PHASE_LOAD, 1);
	struct reader *reader;
	const struct rec *rec;
	struct rng rng;
	struct err err;
	bool failed;

	(void)state;
	hlog_feed(log, &any.rec);
	rng_seed(&rng, 1, 0);
	for (int i = 0; i < 5000; i++) {
		any = fixture_sample(i * 1000, (uint64_t)i);
		any.sample.t0_us = any.rec.t_us - (int64_t)exp(9 + rng_normal(&rng));
		any.sample.task = (uint16_t)(i % 3);
		hlog_feed(log, &any.rec);
	}
	hlog_free(log);
	fclose(out);
	buf_add(&text, first, bytes);
	reader = opened();
	out = open_memstream(&again, &more);
	log = hlog_new(out, reader_meta(reader));
	while ((rec = reader_next(reader, &failed, &err)))
		hlog_feed(log, rec);
	hlog_free(log);
	fclose(out);
	/* All but the maximum, which is its bucket's. */
	for (char *a = strstr(first, "Tag="), *b = strstr(again, "Tag="); a || b;
	     a = strstr(a + 1, "Tag="), b = strstr(b + 1, "Tag=")) {
		assert_true(a && b);
		assert_int_equal(strcspn(a, ","), strcspn(b, ","));
		assert_memory_equal(a, b, strcspn(a, ",") + 12);
		a = strstr(a, ",HIST"), b = strstr(b, ",HIST");
		assert_memory_equal(a, b, strcspn(a, "\n") + 1);
	}
	reader_close(reader);
	free(first);
	free(again);
}

static void what_is_wrong_is_said(void **state)
{
	struct reader *reader;

	(void)state;
	buf_puts(&text, HEAD);
	refused("a histogram log without a value");
	buf_puts(&text, "1.0,1.0\n1.0");
	refused("x.hlog:2: expected [Tag=NAME,]start,length,maximum,histogram");
	text.used = 0;
	buf_puts(&text, "#!/bin/sh\n");
	refused("x.hlog: not a brunt run file");
	text.used = 0;
	buf_puts(&text, HEAD "1.0,1.0,1.0,HISTFAAA\n");
	refused("x.hlog:2: no histogram in HdrHistogram's V2 compressed encoding");
	text.used = 0;
	buf_puts(&text, HEAD);
	add_line("0.0,1.0", "1.0", 5, 1000, 0);
	add_line("99999999.0,1.0", "1.0", 5, 1000, 0);
	refused("half a year");
	text.used = 0;
	buf_puts(&text, HEAD);
	for (int i = 0; i < 65; i++) {
		char tag[32];

		snprintf(tag, sizeof tag, "Tag=t%d,0.0,1.0", i);
		add_line(tag, "1.0", 1, 1000, 0);
	}
	refused("x.hlog:66: more tags than the 64");
	/* Cut off while it was written. */
	text.used = 0;
	buf_puts(&text, HEAD);
	add_line("0.0,1.0", "1.0", 5, 1000, 0);
	add_line("1.0,1.0", "1.0", 5, 1000, 0);
	text.used -= 20;
	reader = opened();
	assert_int_equal(reader_end_us(reader), 1000000);
	assert_string_equal(reader_closing(reader)->incomplete, "the log was cut off in its last line");
	reader_close(reader);
}

/* Beyond every range: it counts as the largest there can be, and does no harm. */
static void huge_values_are_clamped(void **state)
{
	const struct rec_sample *s;
	struct reader *reader;

	(void)state;
	buf_puts(&text, HEAD);
	add_line("0.0,1.0", "1.0", 1, INT64_MAX, 0);
	reader = opened();
	s = (const struct rec_sample *)next(reader, REC_SAMPLE);
	/* Taken for nanoseconds. */
	assert_int_equal(s->rec.t_us - s->t0_us, HDR_MAX_US / 1000);
	reader_close(reader);
}

/* Counts as a hostile histogram has them: few bytes, very many values. */
static void what_is_too_much_is_refused(void **state)
{
	struct hdr_pool *pool = hdr_pool_new();
	struct buf encoded = {0};
	struct hdr h;

	(void)state;
	hdr_init(&h, pool, 3);
	hdr_record_n(&h, 1000, 60000000);
	hdr_encode(&h, &encoded);
	buf_puts(&text, HEAD);
	for (int i = 0; i < 2; i++) {
		buf_puts(&text, "1.0,1.0,1.0,");
		buf_reserve(&text, encoded.used / 3 * 4 + 8);
		text.used += (size_t)EVP_EncodeBlock((unsigned char *)text.at + text.used,
						     (unsigned char *)encoded.at, (int)encoded.used);
		buf_puts(&text, "\n");
	}
	refused("x.hlog:3: more than the 100000000 values that can be shown");
	buf_fini(&encoded);
	hdr_fini(&h);
	hdr_pool_free(pool);
}

static int end(void **state)
{
	(void)state;
	buf_fini(&text);
	return 0;
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(intervals_become_samples), TEST(stamps_are_understood),
		TEST(units_are_found),          TEST(our_own_log_comes_back),
		TEST(what_is_wrong_is_said),    TEST(what_is_too_much_is_refused),
		TEST(huge_values_are_clamped),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
