/* A seek in a file with states shows what playing all of it would show, and so does one in
 * a file whose states are no good. */
#include "fixture.h"

#include <zstd.h>

#include "../run/eventful.h"
#include "record/player.h"

#define RECORDS 12000
#define EVERY 1500 /* records to a state */

static void push_state(struct writer *writer, const struct model *m, uint16_t kind, int64_t second,
		       uint64_t seconds)
{
	struct buf saved = {0};
	struct rec_state state = {
		.rec = head_of(kind, sizeof state, model_time(m)), .second = second, .seconds = seconds,
	};
	size_t bytes;

	if (kind == REC_SECOND)
		model_save_second(m, second, &saved);
	else
		model_save(m, &saved);
	state.state = buf_take(&saved, &bytes);
	state.bytes = bytes;
	fixture_push(writer_ring(writer), &state.rec);
}

static uint64_t saved_seconds(const struct model *m)
{
	uint64_t n = 0;

	for (int64_t s = -1; (s = model_next_second(m, s)) >= 0;)
		n++;
	return n;
}

/* Returns the time of its last record. */
static int64_t write_run(const char *path, int records)
{
	struct run_meta meta = fixture_meta();
	struct slo slo[SLO_MAX];
	struct model_config config = model_config_of(&meta, slo);
	struct model *live = model_new(&config);
	struct rec_point first = point_at(0, PHASE_LOAD, 4);
	struct writer *writer;
	struct rng rng;
	struct err err = {""};
	int64_t t_us = 0, second, saved = -1;
	int since = 0;

	assert_int_equal(writer_start(path, &meta, &writer, &err), 0);
	model_feed(live, &first.rec);
	fixture_push(writer_ring(writer), &first.rec);
	rng_seed(&rng, 21, 0);
	for (int i = 0; i < records; i++) {
		const struct rec *rec = next_record(&rng, &t_us);

		/* Nothing is due before the run begins; a reader would mend that. */
		if (rec->kind == REC_SAMPLE && ((const struct rec_sample *)rec)->t0_us < 0)
			continue;
		model_feed(live, rec);
		fixture_push(writer_ring(writer), rec);
		if (rec->kind != REC_GAUGE)
			continue;
		while ((second = model_next_second(live, saved)) >= 0) {
			push_state(writer, live, REC_SECOND, second, 0);
			saved = second;
		}
		if (i - since >= EVERY) {
			push_state(writer, live, REC_STATE, model_next_second(live, -1), saved_seconds(live));
			since = i;
		}
	}
	ring_publish(writer_ring(writer));
	if (writer_stop(writer, fixture_closing(), &err) != 0)
		fail_msg("%s", err.text);
	model_free(live);
	return t_us;
}

/* What playing the whole file up to `to_us` shows. */
static void expect(const char *path, int64_t to_us, struct snapshot *out)
{
	struct reader *reader;
	struct slo slo[SLO_MAX];
	struct model_config config;
	struct model *model;
	const struct rec *rec;
	struct err err = {""};
	bool failed;

	assert_int_equal(reader_open(path, &reader, &err), 0);
	config = model_config_of(reader_meta(reader), slo);
	model = model_new(&config);
	while ((rec = reader_next(reader, &failed, &err)) && rec->t_us <= to_us)
		model_feed(model, rec);
	model_advance(model, to_us + 1);
	model_snapshot(model, (struct view_query){.generation = 1, .task = -1}, out);
	model_free(model);
	reader_close(reader);
}

/* Asked for the whole at once: a question later would be another picture. */
static void start_playing(struct player *p, const char *path, double speed)
{
	struct reader *reader;
	struct err err = {""};

	assert_int_equal(reader_open(path, &reader, &err), 0);
	assert_int_equal(player_start(p, reader, speed, 0, false, &err), 0);
	snapbox_ask(collector_snapbox(p->collector), (struct view_query){.generation = 1, .task = -1});
}

static struct replayer_state state_of(struct player *p)
{
	struct replayer_state s;

	player_state(p, &s);
	return s;
}

static const struct snapshot *shown_at(struct player *p, int64_t to_us)
{
	const struct snapshot *s = NULL;
	bool fresh;

	while (state_of(p).seeking || !s || s->generation != 1 || s->t_us != to_us + 1) {
		fixture_breathe();
		s = snapbox_read(collector_snapbox(p->collector), &fresh);
	}
	return s;
}

/* `refused`: what the file has instead of states is found out at the first seek. */
static void check_seeks(const char *path, int64_t end_us, int seeks, bool refused)
{
	struct snapshot *expected = calloc(1, sizeof *expected);
	struct player p;
	struct rng rng;

	rng_seed(&rng, 5, 0);
	start_playing(&p, path, 1);
	replayer_play(p.replayer, false);
	if (refused) {
		replayer_seek(p.replayer, end_us / 2);
		while (!collector_refused(p.collector))
			fixture_breathe();
		shown_at(&p, end_us / 2);
	}
	for (int i = 0; i < seeks; i++) {
		int64_t to_us = (int64_t)rng_below(&rng, (uint64_t)end_us);
		const struct snapshot *shown;

		expect(path, to_us, expected);
		replayer_seek(p.replayer, to_us);
		shown = shown_at(&p, to_us);
		expected->number = shown->number;
		/* A snapshot is not cleared before it is filled again. */
		assert_int_equal(shown->t_us, expected->t_us);
		assert_memory_equal(&shown->now, &expected->now, sizeof shown->now);
		assert_memory_equal(&shown->all, &expected->all, sizeof shown->all);
		assert_memory_equal(&shown->gauge, &expected->gauge, sizeof shown->gauge);
		assert_memory_equal(shown->ok_bins, expected->ok_bins, sizeof shown->ok_bins);
		assert_int_equal(shown->series.count, expected->series.count);
		assert_memory_equal(shown->series.p95, expected->series.p95,
				    (size_t)shown->series.count * sizeof *shown->series.p95);
		assert_int_equal(shown->point_count, expected->point_count);
		assert_int_equal(shown->error_kinds, expected->error_kinds);
		assert_int_equal(shown->stall_gaps, expected->stall_gaps);
		assert_int_equal(shown->started, expected->started);
	}
	player_stop(&p);
	free(expected);
}

/* How many states the file has, one by one from the end. */
static int states_in(const char *path)
{
	struct reader *reader;
	struct err err = {""};
	int64_t t_us = INT64_MAX;
	int n = 0;

	assert_int_equal(reader_open(path, &reader, &err), 0);
	while ((t_us = reader_state_before(reader, t_us)) >= 0) {
		n++;
		t_us--;
	}
	reader_close(reader);
	return n;
}

static void shows_what_playing_shows(void **state)
{
	const char *path = fixture_path("states.brunt");
	int64_t end_us = write_run(path, RECORDS);

	(void)state;
	assert_in_range(states_in(path), 5, RECORDS / EVERY);
	check_seeks(path, end_us, 25, false);
}

/* What comes after a state is read from there, and is all there is. */
static void goes_on_where_the_state_was(void **state)
{
	const char *path = fixture_path("resume.brunt");
	struct reader *all, *part;
	struct err err = {""};
	const struct rec *x, *y;
	int64_t t_us;
	char *bytes;
	size_t n;
	bool failed;
	int left = 0;

	(void)state;
	t_us = write_run(path, RECORDS) / 2;
	assert_int_equal(reader_open(path, &all, &err), 0);
	assert_int_equal(reader_open(path, &part, &err), 0);
	t_us = reader_state_before(part, t_us);
	assert_true(t_us > 0);
	assert_int_equal(reader_state_before(part, t_us), t_us);
	assert_int_equal(reader_resume(part, t_us, &bytes, &n, &err), 0);
	free(bytes);
	/* A state comes behind a gauge of its time. */
	do {
		x = reader_next(all, &failed, &err);
		assert_non_null(x);
	} while (x->kind != REC_GAUGE || x->t_us != t_us);
	do {
		x = reader_next(all, &failed, &err);
		y = reader_next(part, &failed, &err);
		assert_true(!x == !y);
		if (x)
			assert_memory_equal(x, y, x->bytes);
		left++;
	} while (x);
	assert_true(left > 1000);
	reader_close(all);
	reader_close(part);
}

static void replace_states(const char *path, const void *bytes, size_t n, size_t unpacked)
{
	sqlite3 *db;
	sqlite3_stmt *s;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "UPDATE states SET state = ?, bytes = ?", -1, &s, NULL),
			 SQLITE_OK);
	sqlite3_bind_blob(s, 1, bytes, (int)n, SQLITE_STATIC);
	sqlite3_bind_int64(s, 2, (int64_t)unpacked);
	assert_int_equal(sqlite3_step(s), SQLITE_DONE);
	sqlite3_finalize(s);
	sqlite3_close(db);
}

static void bad_states_are_done_without(void **state)
{
	static const char nonsense[] = "this is no state of a model";
	const char *path = fixture_path("bad.brunt");
	int64_t end_us = write_run(path, RECORDS);
	char packed[128];
	size_t n;

	(void)state;
	/* Cannot be unpacked; says that it is larger than any. */
	replace_states(path, nonsense, sizeof nonsense, 1000);
	check_seeks(path, end_us, 3, false);
	replace_states(path, nonsense, sizeof nonsense, (size_t)1 << 40);
	check_seeks(path, end_us, 3, false);
	/* Can be, and is no state. */
	n = ZSTD_compress(packed, sizeof packed, nonsense, sizeof nonsense, 1);
	assert_false(ZSTD_isError(n));
	replace_states(path, packed, n, sizeof nonsense);
	check_seeks(path, end_us, 3, true);
}

/* Where `sql` leaves nothing to begin with, all is played. */
static void check_bases(const char *sql)
{
	const char *path = fixture_path("bases.brunt");
	int64_t end_us = write_run(path, RECORDS);

	fixture_sql(path, sql);
	check_seeks(path, end_us, 3, false);
}

static void bad_bases_are_done_without(void **state)
{
	(void)state;
	/* None; itself; not one that is whole; another state than it was. */
	check_bases("UPDATE states SET base_us = -5");
	check_bases("UPDATE states SET base_us = t_us");
	check_bases("UPDATE states SET base_us = (SELECT min(t_us) FROM states WHERE base_us > 0)");
	check_bases("UPDATE states SET base_us = NULL");
	check_bases("UPDATE states SET base_us = (SELECT max(t_us) FROM states WHERE base_us IS NULL) "
		    "WHERE base_us IS NOT NULL");
	check_bases("DELETE FROM states WHERE base_us IS NULL");
}

/* --- the course of the whole run --------------------------------------------------- */

static void check_course(const char *path, int64_t end_us)
{
	struct snapshot *whole = calloc(1, sizeof *whole);
	static struct course course;
	struct reader *reader;
	struct err err = {""};
	const struct rec *rec;
	uint64_t sum[SNAP_HEAT_COLUMNS] = {0}, all = 0;
	bool failed;
	int n = 0;

	expect(path, end_us, whole);
	assert_int_equal(reader_open(path, &reader, &err), 0);
	assert_int_equal(reader_course(reader, &course, &err), 0);
	assert_true(course.end_us >= end_us);
	assert_true(course.column_us <= whole->heat.length_us);
	for (int i = 0; i < COURSE_COLUMNS; i++)
		if (course.bad[i])
			sum[i * course.column_us / whole->heat.length_us] += course.bad[i];
	for (int i = 0; i < whole->heat.columns; i++) {
		assert_int_equal(sum[i], whole->bad[i]);
		all += sum[i];
	}
	assert_true(all > 100);
	assert_true(course.points > 10);
	/* The reader makes an end for a run that has none. */
	assert_int_equal(whole->point[whole->point_count - 1].phase, PHASE_END);
	assert_int_equal(course.point[course.points - 1].t_us, whole->point[whole->point_count - 2].t_us);
	/* Reading begins at the start. */
	while ((rec = reader_next(reader, &failed, &err)))
		n += rec->kind == REC_SAMPLE;
	assert_false(failed);
	assert_true(n > RECORDS / 2);
	reader_close(reader);
	free(whole);
}

static void the_course_is_that_of_the_whole_run(void **state)
{
	static const char nonsense[] = "this is no state of a model";
	const char *path = fixture_path("course.brunt");
	int64_t end_us = write_run(path, RECORDS);
	char packed[128];
	size_t n;

	(void)state;
	check_course(path, end_us);
	n = ZSTD_compress(packed, sizeof packed, nonsense, sizeof nonsense, 1);
	replace_states(path, packed, n, sizeof nonsense);
	check_course(path, end_us);
	replace_states(path, nonsense, sizeof nonsense, 1000);
	check_course(path, end_us);
}

/* Who takes records more slowly than the speed asks for gets states instead, at last the
 * newest one and all that follows on it. */
static void what_is_too_fast_goes_in_steps(void **state)
{
	enum { LONG = 100000 }; /* records; more than the ring holds */
	const char *path = fixture_path("steps.brunt");
	int64_t last_state_us = -1, last_us = -1, newest_us;
	struct replayer *replayer;
	struct replayer_state s;
	struct reader *reader;
	struct err err = {""};
	const struct rec *rec;
	int states = 0, samples = 0, all = 0;
	bool ended = false, steps = false, failed;

	(void)state;
	write_run(path, LONG);
	assert_int_equal(reader_open(path, &reader, &err), 0);
	newest_us = reader_state_before(reader, INT64_MAX);
	while ((rec = reader_next(reader, &failed, &err)))
		all += rec->kind == REC_SAMPLE;
	assert_int_equal(reader_rewind(reader, &err), 0);
	assert_int_equal(replayer_start(reader, 1000, 0, false, &replayer, &err), 0);
	while (!ended) {
		for (int i = 0; i < 20 && (rec = ring_front(replayer_ring(replayer))); i++) {
			assert_true(rec->t_us >= last_us);
			last_us = rec->t_us;
			if (rec->kind == REC_STATE) {
				states++;
				last_state_us = rec->t_us;
				free(((const struct rec_state *)rec)->state);
			}
			samples += rec->kind == REC_SAMPLE;
			ended = rec->kind == REC_END;
			ring_pop(replayer_ring(replayer));
		}
		ring_release(replayer_ring(replayer));
		replayer_state(replayer, &s);
		steps |= s.steps;
		fixture_breathe();
	}
	assert_true(steps);
	assert_true(states > 0);
	assert_int_equal(last_state_us, newest_us);
	assert_true(samples < all);
	replayer_stop(replayer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_what_playing_shows),
		cmocka_unit_test(goes_on_where_the_state_was),
		cmocka_unit_test(bad_states_are_done_without),
		cmocka_unit_test(bad_bases_are_done_without),
		cmocka_unit_test(the_course_is_that_of_the_whole_run),
		cmocka_unit_test(what_is_too_fast_goes_in_steps),
	};

	return cmocka_run_group_tests(tests, fixture_set_up, fixture_tear_down);
}
