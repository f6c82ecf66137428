/* Live = report: records that went through a run file give the same figures to
 * the digit, and the same picture at every second. */
#include "fixture.h"

#include "report/json.h"
#include "run/model.h"
#include "run/result.h"

/* The hand-made records of run/'s tests. */
#include "../run/records.h"

static union any_sample x;

/* The next record of a run of plain answers, streams and failures. */
static const struct rec *make(struct rng *rng, int64_t *t_us, int i)
{
	static union {
		struct rec_gauge gauge;
		struct rec_point point;
		struct rec_drops drops;
		union any_server server;
		union any_mark mark;
	} other;
	static const char excerpt[] = "{\"error\":\"overloaded\"}";

	*t_us += (int64_t)rng_below(rng, 10 * MS);
	if (i % 400 == 399) {
		other.point = point_at(*t_us, (uint8_t)(PHASE_LOAD + (i / 400) % 2), (uint32_t)i);
		return &other.point.rec;
	}
	if (i % 100 == 50) {
		other.gauge = gauge_at(*t_us, 4, (uint64_t)i);
		return &other.gauge.rec;
	}
	if (i % 150 == 8) {
		random_server_at(&other.server, *t_us, rng);
		return &other.server.server.rec;
	}
	if (i % 130 == 9) {
		mark_at(&other.mark, *t_us, *t_us * 9 / 10, i % 260 == 9 ? "d\xc3\xa9ploy, the rest of this note does not fit into the room "
			"that a mark has for it" : "");
		return &other.mark.event.rec;
	}
	if (i % 1000 == 7) {
		other.drops = drops_at(*t_us, 1, 3, 2, 1);
		return &other.drops.rec;
	}
	if (i % 3 == 0) {
		random_stream_at(&x, *t_us, rng);
	} else if (i % 17 == 1) {
		failure_at(&x, *t_us, *t_us < 1 * MS ? 0 : 1 * MS, ERROR_HTTP_5XX, 503, "HTTP 503");
		x.sample.excerpt_bytes = sizeof excerpt - 1;
		memcpy(x.sample.text + x.sample.text_bytes, excerpt, sizeof excerpt - 1);
		x.sample.rec.bytes = rec_bytes(sizeof x.sample, x.sample.text_bytes + sizeof excerpt - 1);
	} else {
		x.sample = sample_at(*t_us, *t_us < 5 * MS ? 0 : 5 * MS, (uint16_t)rng_below(rng, 3));
		dress(&x.sample, rng);
	}
	return &x.sample.rec;
}

static struct model *model_of(const struct run_meta *meta)
{
	struct slo slo[SLO_MAX];
	struct model_config config = model_config_of(meta, slo);

	return model_new(&config);
}

static char *json_of(const struct model *m, const struct run_meta *meta)
{
	struct run_closing closing = {.known = true};
	struct result r;
	char *text;

	model_result(m, &r);
	text = result_json(&r, meta, &closing);
	result_fini(&r);
	return text;
}

#define RECORDS 20000

static void report_equals_live(void **state)
{
	const char *path = fixture_path("same.brunt");
	struct run_meta meta = fixture_meta();
	struct snapshot *a = calloc(1, sizeof *a), *b = calloc(1, sizeof *b);
	struct model *live = model_of(&meta), *report;
	struct writer *writer;
	struct reader *reader;
	const struct rec *rec;
	struct rec_point first = point_at(0, PHASE_LOAD, 4);
	struct rng rng;
	struct err err = {""};
	int64_t t_us = 0, second = 0;
	char *expected, *got;
	bool failed;

	(void)state;
	assert_int_equal(writer_start(path, &meta, &writer, &err), 0);
	model_feed(live, &first.rec);
	fixture_push(writer_ring(writer), &first.rec);
	rng_seed(&rng, 11, 0);
	for (int i = 0; i < RECORDS; i++) {
		rec = make(&rng, &t_us, i);
		model_feed(live, rec);
		fixture_push(writer_ring(writer), rec);
	}
	ring_publish(writer_ring(writer));
	if (writer_stop(writer, fixture_closing(), &err) != 0)
		fail_msg("%s", err.text);

	assert_int_equal(reader_open(path, &reader, &err), 0);
	report = model_of(reader_meta(reader));
	while ((rec = reader_next(reader, &failed, &err)) && rec->kind != REC_END)
		if (!(rec->kind == REC_POINT && ((const struct rec_point *)rec)->phase == PHASE_END))
			model_feed(report, rec);
	assert_true(!failed);
	expected = json_of(live, &meta);
	got = json_of(report, reader_meta(reader));
	assert_string_equal(got, expected);
	assert_non_null(strstr(expected, "\"token_source\":\t\"events\""));
	assert_non_null(strstr(expected, "\"marks_left_out\":"));
	model_snapshot(live, (struct view_query){.task = -1}, a);
	model_snapshot(report, (struct view_query){.task = -1}, b);
	assert_true(a->stall_gaps > 0 && a->prompts > 0 && a->now.cache_hits > 0);
	assert_string_equal(a->error[0].excerpt, "{\"error\":\"overloaded\"}");
	assert_memory_equal(a, b, sizeof *a);

	/* And a replay that comes by there again, looked at each second. */
	assert_int_equal(reader_rewind(reader, &err), 0);
	model_free(live);
	live = model_of(&meta);
	model_feed(live, &first.rec);
	rng_seed(&rng, 11, 0);
	t_us = 0;
	rec = reader_next(reader, &failed, &err);
	struct rec reset = head_of(REC_RESET, sizeof reset, 0);

	model_feed(report, &reset);
	model_feed(report, rec);
	for (int i = 0; i < RECORDS; i++) {
		model_feed(live, make(&rng, &t_us, i));
		model_feed(report, reader_next(reader, &failed, &err));
		if (t_us / S == second)
			continue;
		second = t_us / S;
		model_snapshot(live, (struct view_query){.task = (int16_t)(second % 4 - 1)}, a);
		model_snapshot(report, (struct view_query){.task = (int16_t)(second % 4 - 1)}, b);
		assert_memory_equal(a, b, sizeof *a);
	}
	free(expected);
	free(got);
	reader_close(reader);
	model_free(live);
	model_free(report);
	free(a);
	free(b);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(report_equals_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
