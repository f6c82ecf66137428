/* Run files from unknown hands: refused with a sentence, or read with every
 * value in its bounds. */
#include "fixture.h"

#include "metrics/gaps.h"

#include <fcntl.h>
#include <sys/wait.h>

static void refuse(const char *path, const char *why)
{
	struct reader *reader;
	struct err err = {""};

	assert_int_equal(reader_open(path, &reader, &err), -1);
	if (!strstr(err.text, why) || strncmp(err.text, path, strlen(path)) != 0)
		fail_msg("'%s' does not say '%s'", err.text, why);
}

/* Reads to the end and checks what must hold of any file. The number of
 * samples, or -1: reading failed. */
static int read_all(const char *path)
{
	struct reader *reader;
	struct err err = {""};
	const struct rec *rec;
	int64_t last_us = 0;
	int samples = 0, tasks;
	bool failed, ended = false;

	if (reader_open(path, &reader, &err) != 0)
		fail_msg("%s", err.text);
	tasks = reader_meta(reader)->task_count;
	assert_in_range(tasks, 1, 64);
	while ((rec = reader_next(reader, &failed, &err))) {
		const struct rec_sample *s = (const struct rec_sample *)rec;

		assert_false(ended);
		assert_true(rec->t_us >= last_us && rec->t_us <= 366LL * 86400 * 1000000);
		assert_int_equal(rec->bytes % REC_ALIGN, 0);
		last_us = rec->t_us;
		ended = rec->kind == REC_END;
		if (rec->kind != REC_SAMPLE)
			continue;
		samples++;
		assert_true(s->t0_us >= 0 && s->t0_us <= s->ts_us && s->ts_us <= rec->t_us);
		assert_true(s->th_us == -1 || (s->th_us >= s->t0_us && s->th_us <= rec->t_us));
		assert_true(s->task < tasks);
		assert_true(s->outcome < OUTCOME_COUNT && s->error < ERROR_CLASS_COUNT);
		assert_true(s->text_bytes <= REC_TEXT_MAX);
		assert_true(s->excerpt_bytes <= REC_EXCERPT_MAX && s->gap_bytes <= REC_GAPS_MAX);
		for (int i = 0; i < s->text_bytes + s->excerpt_bytes; i++)
			assert_true((unsigned char)s->text[i] >= 0x20);
		assert_int_equal(rec->bytes, rec_bytes(sizeof *s, (uint64_t)s->text_bytes +
							s->excerpt_bytes + s->gap_bytes));
		assert_true(s->t1_us == -1 || (s->t1_us >= s->t0_us && s->t1_us <= rec->t_us));
		assert_true(s->to_us == -1 || (s->to_us >= s->t0_us && s->to_us <= rec->t_us));
		assert_true(s->tn_us == -1 || (s->tn_us >= s->t0_us && s->tn_us <= rec->t_us));
		assert_true(isnan(s->quality) || (s->quality >= 0 && s->quality <= 100));
		assert_true(s->cache <= CACHE_MISS && s->token_source <= TOKENS_FROM_EVENTS);
	}
	assert_int_equal(ended, !failed);
	reader_close(reader);
	return failed ? -1 : samples;
}

static void other_files_are_refused(void **state)
{
	const char *text = fixture_path("text"), *empty = fixture_path("empty");
	const char *db = fixture_path("other.db");
	FILE *f = fopen(text, "w");

	(void)state;
	for (int i = 0; i < 1000; i++)
		fprintf(f, "this is no database %d\n", i);
	fclose(f);
	fclose(fopen(empty, "w"));
	refuse(text, "not a brunt run file");
	refuse(empty, "is empty, and not a brunt run file");
	refuse(fixture_dir, "is a directory; expected a brunt run file");
	refuse(fixture_path("missing"), "No such file");
	fixture_sql(db, "CREATE TABLE samples (x)");
	refuse(db, "not a brunt run file");
}

/* Up to schema 5 there were none packed against others. */
#define FORMER_STATES                                                              \
	"CREATE TABLE states (t_us INTEGER PRIMARY KEY, at_sample INTEGER, at_ord INTEGER, " \
	"from_second INTEGER, seconds INTEGER, bytes INTEGER, state BLOB); "

static void newer_file_is_refused(void **state)
{
	const char *path = fixture_path("newer.brunt");

	(void)state;
	fixture_run(path, 3, 1000);
	fixture_sql(path, "PRAGMA user_version = 8");
	refuse(path, "made by a newer brunt (schema 8; this one reads up to 7)");
	fixture_sql(path, "PRAGMA user_version = 0");
	refuse(path, "not a brunt run file");
}

static void other_tables_are_refused(void **state)
{
	static const char *const change[] = {
		"DROP TABLE samples",
		"DROP TABLE samples; CREATE VIEW samples AS SELECT 1 AS t0_us",
		"ALTER TABLE samples ADD COLUMN bomb AS (zeroblob(1000000000))",
		"DROP TABLE messages; CREATE TABLE messages (id, text)",
		"ALTER TABLE points RENAME TO stitches",
		"DELETE FROM tasks",
	};

	(void)state;
	for (size_t i = 0; i < sizeof change / sizeof change[0]; i++) {
		const char *path = fixture_path("changed.brunt");

		fixture_run(path, 3, 1000);
		fixture_sql(path, change[i]);
		refuse(path, "damaged");
		unlink(path);
	}
}

/* What does not change the tables does not matter. */
static void additions_are_taken(void **state)
{
	const char *path = fixture_path("more.brunt");

	(void)state;
	fixture_run(path, 30, 1000);
	fixture_sql(path, "CREATE TABLE notes (text); CREATE INDEX i ON samples (user); "
			  "CREATE VIEW slow AS SELECT * FROM samples; VACUUM");
	assert_int_equal(read_all(path), 30);
}

/* Levels were whole then, and no load was a ramp. */
#define POINTS_TO_2                                                               \
	"ALTER TABLE points RENAME TO p3;"                                         \
	"CREATE TABLE points (ord INTEGER PRIMARY KEY, at_sample INTEGER, "        \
	"t_us INTEGER, worker INTEGER, asked_us INTEGER, mode TEXT, "              \
	"level INTEGER, phase TEXT, ramp INTEGER);"                                \
	"INSERT INTO points SELECT ord, at_sample, t_us, worker, asked_us, mode, " \
	"level, phase, ramp FROM p3; DROP TABLE p3;"

/* A file of the version before: its tables had fewer columns. */
static void former_file_is_read(void **state)
{
	static const char to_1[] = POINTS_TO_2
		"ALTER TABLE gauges RENAME TO g2;"
		"CREATE TABLE gauges (ord INTEGER PRIMARY KEY, at_sample INTEGER, "
		"t_us INTEGER, worker INTEGER, users_target INTEGER, "
		"users_active INTEGER, in_flight INTEGER, connections INTEGER, "
		"planned INTEGER, started INTEGER, waiting INTEGER, "
		"worker_cpu_us INTEGER, busiest_cpu_us INTEGER, process_cpu_us INTEGER, "
		"ring_dropped INTEGER, record_lost INTEGER);"
		"INSERT INTO gauges VALUES (77, 300, 300, 0, 4, 4, 3, 4, 9, 9, 0, 5, 5, 5, 0, 0);"
		"DROP TABLE g2; DROP TABLE answers; DELETE FROM run WHERE key GLOB 'slo.*';"
		"PRAGMA user_version = 1";
	const char *path = fixture_path("former.brunt");
	struct reader *reader;
	struct err err = {""};
	const struct rec *rec;
	int samples = 0, gauges = 0;
	bool failed;

	(void)state;
	fixture_run(path, 300, 1000);
	fixture_sql(path, to_1);
	assert_int_equal(read_all(path), 300);
	assert_int_equal(reader_open(path, &reader, &err), 0);
	assert_null(reader_meta(reader)->slo);
	while ((rec = reader_next(reader, &failed, &err))) {
		const struct rec_sample *s = (const struct rec_sample *)rec;
		union any want;

		if (rec->kind == REC_GAUGE) {
			gauges++;
			assert_int_equal(((const struct rec_gauge *)rec)->in_flight, 3);
			assert_int_equal(((const struct rec_gauge *)rec)->in_flight_us, 0);
		}
		if (rec->kind != REC_SAMPLE)
			continue;
		samples++;
		want = fixture_sample(samples * 1000, (uint64_t)samples);
		assert_memory_equal(s, &want, sizeof *s);
	}
	assert_int_equal(samples, 300);
	assert_int_equal(gauges, 1);
	reader_close(reader);
	/* Neither version's tables pass for the other's. */
	fixture_sql(path, "PRAGMA user_version = 2");
	refuse(path, "damaged: the table answers");
}

/* And one whose gauges did not yet tell what kept the client. */
static void file_of_schema_2_is_read(void **state)
{
	static const char to_2[] = POINTS_TO_2
		"ALTER TABLE gauges RENAME TO g3;"
		"CREATE TABLE gauges (ord INTEGER PRIMARY KEY, at_sample INTEGER, "
		"t_us INTEGER, worker INTEGER, users_target INTEGER, "
		"users_active INTEGER, in_flight INTEGER, connections INTEGER, "
		"planned INTEGER, started INTEGER, waiting INTEGER, "
		"worker_cpu_us INTEGER, busiest_cpu_us INTEGER, process_cpu_us INTEGER, "
		"ring_dropped INTEGER, record_lost INTEGER, in_flight_us INTEGER);"
		"INSERT INTO gauges VALUES (77, 300, 300, 0, 4, 4, 3, 4, 9, 9, 0, 5, 5, 5, 0, 0, 8);"
		"DROP TABLE g3; PRAGMA user_version = 2";
	const char *path = fixture_path("schema2.brunt");
	struct rec_gauge want = {.users_target = 4, .users_active = 4, .in_flight = 3,
				 .connections = 4, .planned = 9, .started = 9,
				 .worker_cpu_us = 5, .busiest_cpu_us = 5, .process_cpu_us = 5,
				 .in_flight_us = 8};
	struct reader *reader;
	struct err err = {""};
	const struct rec *rec;
	int gauges = 0;
	bool failed;

	(void)state;
	fixture_run(path, 300, 1000);
	fixture_sql(path, to_2);
	assert_int_equal(read_all(path), 300);
	assert_int_equal(reader_open(path, &reader, &err), 0);
	while ((rec = reader_next(reader, &failed, &err))) {
		if (rec->kind != REC_GAUGE)
			continue;
		gauges++;
		want.rec = *rec;
		assert_memory_equal(rec, &want, sizeof want);
	}
	assert_int_equal(gauges, 1);
	reader_close(reader);
	fixture_sql(path, "PRAGMA user_version = 3");
	refuse(path, "damaged: the table gauges");
}

/* It had no states, seconds and intervals. */
static void file_of_schema_3_is_read(void **state)
{
	const char *path = fixture_path("schema3.brunt");

	(void)state;
	fixture_run(path, 300, 1000);
	fixture_sql(path, "DROP TABLE states; DROP TABLE seconds; DROP TABLE intervals");
	refuse(path, "damaged: the table states is missing");
	fixture_sql(path, FORMER_GAUGES "PRAGMA user_version = 3");
	assert_int_equal(read_all(path), 300);
	fixture_run(path, 300, 1000);
	fixture_sql(path, "DROP TABLE intervals");
	refuse(path, "damaged: the table intervals is missing");
}

/* Its gaps were another text. */
static void file_of_schema_4_is_read(void **state)
{
	static const int64_t want[] = {160000, 160000, 159999};
	const char *path = fixture_path("schema4.brunt");
	struct reader *reader;
	struct err err = {""};
	const struct rec *rec;
	int samples = 0;
	bool failed;

	(void)state;
	fixture_run(path, 300, 1000);
	fixture_sql(path, "UPDATE samples SET gaps = x'80c4130001'; DROP TABLE states; "
			  FORMER_STATES FORMER_GAUGES "PRAGMA user_version = 4");
	assert_int_equal(reader_open(path, &reader, &err), 0);
	while ((rec = reader_next(reader, &failed, &err))) {
		const struct rec_sample *s = (const struct rec_sample *)rec;
		struct gaps_reader gaps;
		int64_t us;

		if (rec->kind != REC_SAMPLE)
			continue;
		samples++;
		assert_false(s->flags & SAMPLE_GAPS_CUT);
		gaps_read(&gaps, rec_gaps(s), s->gap_bytes);
		for (int i = 0; i < 3; i++) {
			assert_true(gaps_next(&gaps, &us));
			assert_int_equal(us, want[i]);
		}
		assert_false(gaps_next(&gaps, &us));
	}
	assert_int_equal(samples, 300);
	reader_close(reader);
	/* More gaps than there is room for today. */
	fixture_sql(path, "UPDATE samples SET gaps = CAST(hex(zeroblob(24000)) AS BLOB)");
	assert_int_equal(read_all(path), 300);
}

static int64_t file_bytes(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* Of streams as the reference backend makes them: 42 ms a token, log-normal, 30 to an
 * answer. A coder that knew the distribution would need 1.95 bytes a gap. */
static void a_gap_takes_two_bytes_and_a_bit(void **state)
{
	enum { SAMPLES = 3000, GAPS = 30 };
	int64_t size[2];
	struct rng rng;

	(void)state;
	rng_seed(&rng, 12, 0);
	for (int with = 0; with < 2; with++) {
		const char *path = fixture_path(with ? "gaps.brunt" : "none.brunt");
		struct run_meta meta = fixture_meta();
		struct writer *writer;
		struct err err = {""};

		assert_int_equal(writer_start(path, &meta, &writer, &err), 0);
		for (int i = 0; i < SAMPLES; i++) {
			union any s = fixture_sample((i + 1) * 100, (uint64_t)i);
			uint8_t bytes[FIXTURE_GAPS];
			struct gaps gaps;

			gaps_init(&gaps, bytes);
			for (int g = 0; g < GAPS * with; g++)
				gaps_put(&gaps, (int64_t)(42000 * exp(0.29 * rng_normal(&rng))));
			s.sample.flags |= SAMPLE_STREAM;
			s.sample.events = GAPS + 1;
			s.sample.reads = GAPS + 1;
			fixture_tail(&s.sample, "", "", bytes, gaps.used);
			fixture_push(writer_ring(writer), &s.rec);
		}
		ring_publish(writer_ring(writer));
		assert_int_equal(writer_stop(writer, fixture_closing(), &err), 0);
		/* What sums up is no part of it. */
		fixture_sql(path, "DELETE FROM intervals; VACUUM");
		size[with] = file_bytes(path);
	}
	double each = (double)(size[1] - size[0]) / (SAMPLES * GAPS);

	print_message("%.2f bytes a gap, %.1f a sample without\n", each, (double)size[0] / SAMPLES);
	assert_true(each < 2.25);
}

/* Nobody asked servers for their metrics. */
static void server_gauges_came_with_schema_5(void **state)
{
	const char *path = fixture_path("schema4.brunt");

	(void)state;
	fixture_run(path, 300, 1000);
	fixture_sql(path, "DROP TABLE server_gauges");
	refuse(path, "damaged: the table server_gauges is missing");
	fixture_sql(path, "DROP TABLE states; " FORMER_STATES FORMER_GAUGES "PRAGMA user_version = 4");
	assert_int_equal(read_all(path), 300);
}

static void bases_came_with_schema_6(void **state)
{
	const char *path = fixture_path("schema5.brunt");

	(void)state;
	fixture_run(path, 300, 1000);
	fixture_sql(path, "DROP TABLE states; " FORMER_STATES);
	refuse(path, "damaged: the table states is missing");
	fixture_sql(path, FORMER_GAUGES "PRAGMA user_version = 5");
	assert_int_equal(read_all(path), 300);
}

/* It did not tell what waited for what, which matters where there is a limit. */
static void held_came_with_schema_7(void **state)
{
	static const char rows[] =
		"INSERT INTO gauges VALUES (77, 300, 300, 0, 4, 4, 3, 4, 9, 7, 2, 5, 5, 5, 0, 0, 8, 0, 0, 0, 0, 0, 9, 99, 0, 0);"
		"INSERT INTO gauges VALUES (78, 300, 400, 0, 4, 4, 3, 4, 9, 7, 2, 5, 5, 5, 0, 0, 8, 0, 0, 0, 0, 0, 9, 99, 0, 8);";
	const char *path = fixture_path("schema6.brunt");
	uint32_t held[2] = {7, 7};
	struct reader *reader;
	struct err err = {""};
	const struct rec *rec;
	int gauges = 0;
	bool failed;

	(void)state;
	fixture_run(path, 300, 1000);
	fixture_sql(path, FORMER_GAUGES);
	fixture_sql(path, rows);
	refuse(path, "damaged: the table gauges");
	fixture_sql(path, "PRAGMA user_version = 6");
	assert_int_equal(reader_open(path, &reader, &err), 0);
	while ((rec = reader_next(reader, &failed, &err)))
		if (rec->kind == REC_GAUGE && gauges < 2)
			held[gauges++] = ((const struct rec_gauge *)rec)->held;
	assert_int_equal(gauges, 2);
	assert_int_equal(held[0], 0);
	assert_int_equal(held[1], GAUGE_UNKNOWN);
	reader_close(reader);
}

static void hostile_values_are_clamped(void **state)
{
	static const char *const change[] = {
		"UPDATE samples SET t0_us = 'x', queue_us = x'00ff', latency_us = 1e300, "
		"task = 'resume', worker = 'w', error = 7",
		"UPDATE samples SET t0_us = -9223372036854775808, latency_us = "
		"9223372036854775807, queue_us = -1, ttfb_us = -9223372036854775808",
		"UPDATE samples SET t0_us = 9223372036854775807, latency_us = "
		"9223372036854775807, queue_us = 9223372036854775807",
		"UPDATE samples SET task = 65535, worker = -4, user = -1, turn = 1 << 40, "
		"status = 99999, point = -1, outcome = 200, flags = -1, code = 1 << 40",
		"UPDATE samples SET t0_us = NULL, queue_us = NULL, latency_us = NULL, "
		"task = NULL, outcome = NULL, flags = NULL, seq = NULL, bytes_in = NULL",
		"UPDATE samples SET t0_us = 1000000 - t0_us", /* time runs backwards */
		"UPDATE samples SET bytes_in = -5, bytes_out = 1e18, error = 'no such class'",
		"UPDATE samples SET ttft_us = -1, quality = 1e9, cache = 77, prompt_hash = 'x', "
		"tokens_in = -1, tokens_out = 1 << 40; INSERT INTO answers SELECT rowid, "
		"1 << 60, 'x', x'00', -1, 1e300, -3, 1 FROM samples",
		"INSERT INTO answers SELECT 2 * rowid - 300, -1, 9e18, -5, 'x', NULL, 99, rowid "
		"FROM samples",
		"UPDATE samples SET gaps = zeroblob(1000000), quality = -0.5",
		"UPDATE samples SET gaps = 'text', quality = 'x', ttft_us = 1e300",
		"UPDATE samples SET gaps = x'ffffffffffffffffffffffff', quality = 9e999",
		"UPDATE samples SET gaps = 7",
		"INSERT INTO messages VALUES (1, char(27) || '[2J' || hex(zeroblob(1000))); "
		"UPDATE samples SET message = 1, gaps = zeroblob(49153); "
		"INSERT INTO answers SELECT rowid, 1, 1, 1, 1, 1, 1, 1 FROM samples",
		"INSERT INTO messages VALUES (1, char(27) || '[2J' || char(7) || "
		"hex(zeroblob(1000000))); UPDATE samples SET message = 1",
		"INSERT INTO messages VALUES (1, zeroblob(100000)); "
		"UPDATE samples SET message = 1",
		"UPDATE points SET at_sample = -7, t_us = -1, mode = x'00', phase = 'x', "
		"level = -1, ramp = 77, asked_us = 9e18",
		"UPDATE points SET at_sample = 9223372036854775807, t_us = 9e18",
		"DELETE FROM points",
		"INSERT INTO events VALUES (-9, 'a', 'b', -1, 'key', 1e9, "
		"hex(randomblob(4000)))",
		"INSERT INTO drops VALUES (77, 1, 1, 1, 99, -1, 1 << 50, 'x')",
		"INSERT INTO gauges VALUES (78, 1, 1, 99999, -1, -1, -1, 1 << 40, -1, -1, "
		"-1, 'x', NULL, x'', -1, 1e300, -1, -1, 'x', 1e300, x'00', 1 << 40, -1, NULL, "
		"1 << 33, 'y', -1)",
		"INSERT INTO server_gauges VALUES (78, 1, 1, -1, char(27), -1, 9e999, 'x', 1e300, x'00', "
		"2, 7, -1, 1 << 62, 'y', -1, 1 << 40, char(27) || '[2J' || hex(randomblob(4000)))",
		"INSERT INTO tasks SELECT id + 10 + t.n, char(10) || name, -9e999 FROM tasks, "
		"(WITH RECURSIVE t(n) AS (SELECT 0 UNION ALL SELECT n + 10 FROM t LIMIT 90) "
		"SELECT n FROM t) AS t",
		"UPDATE run SET value = -5", "UPDATE run SET value = x'ff00ff'",
		"UPDATE run SET value = 9e300", "DELETE FROM run",
	};

	(void)state;
	for (size_t i = 0; i < sizeof change / sizeof change[0]; i++) {
		const char *path = fixture_path("hostile.brunt");

		fixture_run(path, 300, 1000);
		fixture_sql(path, change[i]);
		assert_int_equal(read_all(path), 300);
		unlink(path);
	}
}

static void control_characters_are_taken_out(void **state)
{
	const char *path = fixture_path("escape.brunt");
	struct reader *reader;
	struct err err;

	(void)state;
	fixture_run(path, 3, 1000);
	fixture_sql(path, "UPDATE tasks SET name = 'a' || char(27) || ']0;x' || char(7); "
			  "UPDATE run SET value = 'x' || char(10, 27) || 'y' "
			  "WHERE key IN ('target', 'label.0')");
	assert_int_equal(reader_open(path, &reader, &err), 0);
	assert_string_equal(reader_meta(reader)->target, "x y");
	assert_string_equal(reader_meta(reader)->label[0], "x y");
	assert_string_equal(reader_meta(reader)->task_name[0], "a ]0;x");
	reader_close(reader);
}

static long size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return (long)st.st_size;
}

/* Cut at any length: refused or read up to the damage, and that is said. */
static void truncated_file_is_said(void **state)
{
	const char *path = fixture_path("cut.brunt");
	int failures = 0, refusals = 0;
	long whole;

	(void)state;
	fixture_run(path, 3000, 1000);
	whole = size_of(path);
	for (long size = whole - 4096; size >= 0; size -= 4096 + 512) {
		struct reader *reader;
		struct err err = {""};
		bool failed = false;

		assert_int_equal(truncate(path, size), 0);
		if (reader_open(path, &reader, &err) != 0) {
			assert_memory_equal(err.text, path, strlen(path));
			refusals++;
			continue;
		}
		while (reader_next(reader, &failed, &err))
			;
		if (failed) {
			assert_non_null(strstr(err.text, "damaged"));
			failures++;
		}
		reader_close(reader);
	}
	assert_true(failures + refusals > 30);
}

static void flipped_bytes_do_no_harm(void **state)
{
	const char *path = fixture_path("flip.brunt");
	struct rng rng;
	long bytes;
	char *whole;
	FILE *f;

	(void)state;
	fixture_run(path, 300, 1000);
	bytes = size_of(path);
	whole = xmalloc((size_t)bytes);
	f = fopen(path, "r");
	assert_int_equal(fread(whole, 1, (size_t)bytes, f), bytes);
	fclose(f);
	rng_seed(&rng, 3, 0);
	for (int round = 0; round < 300; round++) {
		struct reader *reader;
		struct err err;
		bool failed;

		f = fopen(path, "w");
		fwrite(whole, 1, (size_t)bytes, f);
		for (int i = 0; i < 20; i++) {
			fseek(f, (long)rng_below(&rng, (uint64_t)bytes), SEEK_SET);
			fputc((int)rng_below(&rng, 256), f);
		}
		fclose(f);
		if (reader_open(path, &reader, &err) != 0)
			continue;
		while (reader_next(reader, &failed, &err))
			;
		reader_close(reader);
	}
	free(whole);
}

/* --- read-only folders ------------------------------------------------------ */

/* Root may write everywhere, so as nobody. 0: what was expected. */
static int as_nobody(const char *path, const char *why)
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (child == 0) {
		struct reader *reader;
		struct err err = {""};
		bool failed = false;
		int samples = 0;

		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(10);
		if (reader_open(path, &reader, &err) != 0)
			_exit(why && strstr(err.text, why) ? 0 : 11);
		for (const struct rec *rec; (rec = reader_next(reader, &failed, &err));)
			samples += rec->kind == REC_SAMPLE;
		_exit(why || failed ? 12 : samples == 300 ? 0 : 13);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void read_only_folder(void **state)
{
	const char *path = fixture_path("ro?#%41.brunt"), *wal = fixture_path("ro?#%41.brunt-wal");

	(void)state;
	fixture_run(path, 300, 1000);
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(chmod(fixture_dir, 0555), 0);
	assert_int_equal(as_nobody(path, NULL), 0);

	/* In WAL mode, as a copy of a killed run without its WAL would be. */
	assert_int_equal(chmod(fixture_dir, 0755), 0);
	assert_int_equal(chmod(path, 0644), 0);
	fixture_sql(path, "PRAGMA journal_mode = WAL");
	assert_int_equal(chmod(path, 0444), 0);
	assert_int_equal(chmod(fixture_dir, 0555), 0);
	assert_false(fixture_exists(wal));
	assert_int_equal(as_nobody(path, NULL), 0);

	/* With a WAL: what is in it must not be left out silently. */
	assert_int_equal(chmod(fixture_dir, 0755), 0);
	{
		FILE *f = fopen(wal, "w");

		fputs("not empty", f);
		fclose(f);
	}
	assert_int_equal(chmod(fixture_dir, 0555), 0);
	assert_int_equal(as_nobody(path, "read-only"), 0);
}

static void unreadable_file_is_said(void **state)
{
	const char *path = fixture_path("secret.brunt");

	(void)state;
	fixture_run(path, 300, 1000);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(fixture_dir, 0755), 0);
	assert_int_equal(as_nobody(path, "Permission denied"), 0);
}

/* A run that is being written can be looked at; the reader stays at the moment
 * it was opened in. */
static void live_run_is_readable(void **state)
{
	const char *path = fixture_path("live.brunt");
	struct run_meta meta = fixture_meta();
	struct writer *writer;
	struct reader *reader = NULL;
	struct err err = {""};
	union any any;
	bool failed;
	int samples = 0;

	(void)state;
	assert_int_equal(writer_start(path, &meta, &writer, &err), 0);
	for (uint64_t i = 0; i < 100; i++) {
		any = fixture_sample((int64_t)i, i);
		fixture_push(writer_ring(writer), &any.rec);
	}
	ring_publish(writer_ring(writer));
	for (;;) {
		if (reader_open(path, &reader, &err) != 0)
			fail_msg("%s", err.text);
		if (reader_end_us(reader) == 99)
			break;
		reader_close(reader);
		fixture_breathe();
	}
	any = fixture_sample(100, 100);
	fixture_push(writer_ring(writer), &any.rec);
	ring_publish(writer_ring(writer));
	/* The reader keeps it from becoming one file, but it is complete. */
	assert_int_equal(writer_stop(writer, fixture_closing(), &err), 0);
	for (const struct rec *rec; (rec = reader_next(reader, &failed, &err));)
		samples += rec->kind == REC_SAMPLE;
	assert_int_equal(samples, 100);
	reader_close(reader);
	assert_int_equal(read_all(path), 101);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(other_files_are_refused),
		TEST(newer_file_is_refused),
		TEST(other_tables_are_refused),
		TEST(additions_are_taken),
		TEST(former_file_is_read),
		TEST(file_of_schema_2_is_read),
		TEST(file_of_schema_3_is_read),
		TEST(file_of_schema_4_is_read),
		TEST(server_gauges_came_with_schema_5),
		TEST(bases_came_with_schema_6),
		TEST(held_came_with_schema_7),
		TEST(a_gap_takes_two_bytes_and_a_bit),
		TEST(hostile_values_are_clamped),
		TEST(control_characters_are_taken_out),
		TEST(truncated_file_is_said),
		TEST(flipped_bytes_do_no_harm),
		TEST(read_only_folder),
		TEST(unreadable_file_is_said),
		TEST(live_run_is_readable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
