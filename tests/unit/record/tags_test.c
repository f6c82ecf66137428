/* Pin, name and note are put into a run file and into nothing else. */
#include "fixture.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "record/tags.h"

#define SAMPLES 100

static void make(const char *name)
{
	struct run_meta meta = fixture_meta();
	struct err err = {""};
	struct writer *writer;
	union any any;

	if (writer_start(fixture_path(name), &meta, &writer, &err) != 0)
		fail_msg("%s", err.text);
	for (int i = 0; i < SAMPLES; i++) {
		any = fixture_sample(i * 1000, (uint64_t)i);
		fixture_push(writer_ring(writer), &any.rec);
	}
	any = fixture_end(SAMPLES * 1000);
	fixture_push(writer_ring(writer), &any.rec);
	ring_publish(writer_ring(writer));
	if (writer_stop(writer, fixture_closing(), &err) != 0)
		fail_msg("%s", err.text);
}

static struct run_tags tags_of(const char *name)
{
	struct run_tags tags;
	struct reader *reader;
	struct err err;
	bool failed;
	int samples = 0;

	if (reader_open(fixture_path(name), &reader, &err) != 0)
		fail_msg("%s", err.text);
	tags = *reader_tags(reader);
	for (const struct rec *rec; (rec = reader_next(reader, &failed, &err));)
		samples += rec->kind == REC_SAMPLE;
	assert_false(failed);
	assert_int_equal(samples, SAMPLES);
	reader_close(reader);
	return tags;
}

static void sql(const char *name, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(fixture_path(name), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static int64_t ask(const char *name, const char *text)
{
	sqlite3_stmt *ask;
	sqlite3 *db;
	int64_t value;

	assert_int_equal(sqlite3_open(fixture_path(name), &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, text, -1, &ask, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(ask), SQLITE_ROW);
	value = sqlite3_column_int64(ask, 0);
	sqlite3_finalize(ask);
	sqlite3_close(db);
	return value;
}

static void refused(int code, const struct err *err, const char *why)
{
	assert_int_equal(code, -1);
	if (!strstr(err->text, why))
		fail_msg("%s", err->text);
}

static void there_and_back(void **state)
{
	struct err err = {""};
	struct run_tags tags;
	char path[160];

	(void)state;
	strcpy(path, fixture_path("a.brunt"));
	make("a.brunt");
	tags = tags_of("a.brunt");
	assert_false(tags.pinned);
	assert_string_equal(tags.name, "");
	assert_string_equal(tags.note, "");
	assert_int_equal(tags_pin(path, true, &err), 0);
	assert_int_equal(tags_name(path, "before the cache", &err), 0);
	assert_int_equal(tags_note(path, "tab\there, \xff\x1b[2J b\xc3\xbcro", &err), 0);
	tags = tags_of("a.brunt");
	assert_true(tags.pinned);
	assert_string_equal(tags.name, "before the cache");
	assert_string_equal(tags.note, "tab here, ? [2J b\xc3\xbcro");
	/* It stays one file. */
	assert_false(fixture_exists(fixture_path("a.brunt-wal")));
	assert_false(fixture_exists(fixture_path("a.brunt-journal")));
	assert_int_equal(tags_pin(path, false, &err), 0);
	assert_int_equal(tags_name(path, "", &err), 0);
	assert_int_equal(tags_note(path, "", &err), 0);
	assert_int_equal(ask("a.brunt", "SELECT count(*) FROM run WHERE key IN ('pinned', 'name', 'note')"), 0);
	tags_of("a.brunt");
}

static void names(void **state)
{
	static const struct {
		const char *name, *why;
	} bad[] = {
		{"a/b", "would be a path"},          {"-c", "would be an option"},
		{"latest", "always the newest one"}, {"a\nb", "printable"},
		{"\xff", "printable"},               {" ", "printable"},
		{"1234567890123456789012345678901234567890123456789012345678901234", "at most 63 bytes"},
	};
	struct err err = {""};
	char path[160];

	(void)state;
	strcpy(path, fixture_path("a.brunt"));
	make("a.brunt");
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		refused(tags_check_name(bad[i].name, &err), &err, bad[i].why);
		refused(tags_name(path, bad[i].name, &err), &err, "a.brunt: ");
	}
	assert_string_equal(tags_of("a.brunt").name, "");
	assert_int_equal(tags_check_name("123456789012345678901234567890123456789012345678901234567890123", &err), 0);
	assert_int_equal(tags_check_name("b\xc3\xbcro 2", &err), 0);
}

/* What a file says that shall happen when it is changed does not happen. */
static void triggers_do_not_run(void **state)
{
	struct err err = {""};

	(void)state;
	make("t.brunt");
	sql("t.brunt", "CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM samples; END");
	assert_int_equal(tags_pin(fixture_path("t.brunt"), true, &err), 0);
	assert_true(tags_of("t.brunt").pinned);
}

static void only_run_files(void **state)
{
	struct err err;

	(void)state;
	sql("other.brunt", "CREATE TABLE run (key TEXT PRIMARY KEY, value); INSERT INTO run VALUES ('a', 1)");
	refused(tags_pin(fixture_path("other.brunt"), true, &err), &err, "other.brunt: not a brunt run file");
	assert_int_equal(ask("other.brunt", "SELECT count(*) FROM run"), 1);
	refused(tags_pin(fixture_path("nowhere.brunt"), true, &err), &err, "nowhere.brunt: No such file");
	assert_false(fixture_exists(fixture_path("nowhere.brunt")));
}

/* A child that has it open: as a recorder (begin) or as a reader (open). */
static void beside_another(const char *name, bool writes, void (*then)(const char *path))
{
	int ready[2], done[2];
	char c;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(done), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct run_meta meta = fixture_meta();
		struct writer *writer;
		struct reader *reader;
		struct err err;

		close(done[1]);
		if (writes ? writer_start(fixture_path(name), &meta, &writer, &err)
			   : reader_open(fixture_path(name), &reader, &err))
			_exit(1);
		if (write(ready[1], "x", 1) != 1 || read(done[0], &c, 1) < 0)
			_exit(2);
		/* Without closing it, as if killed. */
		_exit(0);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	then(fixture_path(name));
	close(done[1]);
	waitpid(child, NULL, 0);
	close(done[0]);
	close(ready[0]);
	close(ready[1]);
}

static void refuse_recording(const char *path)
{
	struct err err;

	refused(tags_pin(path, true, &err), &err, "new.brunt: a run is being recorded into it");
}

static void refuse_open(const char *path)
{
	struct err err;

	refused(tags_note(path, "x", &err), &err, "a.brunt: another program has it open");
}

static void not_while_in_use(void **state)
{
	struct err err = {""};
	struct reader *reader;

	(void)state;
	beside_another("new.brunt", true, refuse_recording);
	make("a.brunt");
	beside_another("a.brunt", false, refuse_open);
	assert_string_equal(tags_of("a.brunt").note, "");
	/* The first was cut off. It stays so, and takes its tags. */
	assert_true(fixture_exists(fixture_path("new.brunt-wal")));
	assert_int_equal(tags_pin(fixture_path("new.brunt"), true, &err), 0);
	assert_int_equal(tags_name(fixture_path("new.brunt"), "cut", &err), 0);
	assert_true(fixture_exists(fixture_path("new.brunt-wal")));
	assert_int_equal(reader_open(fixture_path("new.brunt"), &reader, &err), 0);
	assert_true(reader_tags(reader)->pinned);
	assert_string_equal(reader_tags(reader)->name, "cut");
	assert_false(reader_closing(reader)->known);
	assert_null(strstr(reader_closing(reader)->incomplete, "-wal"));
	reader_close(reader);
}

static void not_read_only(void **state)
{
	int status;
	pid_t child;

	(void)state;
	make("a.brunt");
	assert_int_equal(chmod(fixture_path("a.brunt"), 0666), 0);
	assert_int_equal(chmod(fixture_dir, 0555), 0);
	child = fork();
	if (child == 0) {
		struct err err = {""};

		if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
			_exit(3);
		_exit(tags_pin(fixture_path("a.brunt"), true, &err) == -1 && strstr(err.text, "is read-only") ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_false(tags_of("a.brunt").pinned);
}

/* It comes behind all that was recorded, and says itself when it is of. */
static void a_mark_goes_where_the_others_are(void **state)
{
	static struct course course;
	struct reader *reader;
	struct err err = {""};
	const struct rec *rec;
	bool failed, ended = false;
	int samples = 0, marks = 0;

	(void)state;
	make("marked.brunt");
	assert_int_equal(tags_mark(fixture_path("marked.brunt"), 70000, "tab\there, \x1b[2J", &err), 0);
	assert_int_equal(tags_mark(fixture_path("marked.brunt"), 20000, "", &err), 0);
	assert_int_equal(reader_open(fixture_path("marked.brunt"), &reader, &err), 0);
	assert_int_equal(reader_course(reader, &course, &err), 0);
	assert_int_equal(course.marks, 2);
	assert_int_equal(course.mark[0].t_us, 20000);
	assert_string_equal(course.mark[0].note, "");
	assert_int_equal(course.mark[1].t_us, 70000);
	assert_string_equal(course.mark[1].note, "tab here, [2J");
	while ((rec = reader_next(reader, &failed, &err))) {
		samples += rec->kind == REC_SAMPLE;
		marks += rec->kind == REC_EVENT && ((const struct rec_event *)rec)->what == EVENT_MARK;
		ended = rec->kind == REC_END;
	}
	assert_false(failed);
	assert_int_equal(samples, SAMPLES);
	assert_int_equal(marks, 2);
	assert_true(ended);
	assert_int_equal(reader_end_us(reader), SAMPLES * 1000);
	reader_close(reader);
	assert_int_equal(ask("marked.brunt", "SELECT count(*) FROM events WHERE what = 'mark' AND t_us = value"), 2);
	refused(tags_mark(fixture_path("nowhere.brunt"), 0, "", &err), &err, "nowhere.brunt: No such file");
	refused(tags_writable(fixture_path("nowhere.brunt"), &err), &err, "nowhere.brunt: No such file");
	assert_int_equal(tags_writable(fixture_path("marked.brunt"), &err), 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mark_goes_where_the_others_are),
		TEST(there_and_back), TEST(names),         TEST(triggers_do_not_run), TEST(only_run_files),
		TEST(not_while_in_use), TEST(not_read_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
