/* What a list shows of each run of a folder, whatever is in the folder, and how a run
 * is found by a word. */
#include "fixture.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "record/runs.h"

static struct run_list list;
static pid_t writer_pid;

static int tear_down(void **state)
{
	runs_fini(&list);
	if (writer_pid > 0) {
		kill(writer_pid, SIGKILL);
		waitpid(writer_pid, NULL, 0);
	}
	writer_pid = 0;
	return fixture_tear_down(state);
}

static struct run_closing closing(uint64_t requests)
{
	return (struct run_closing){
		.known = true,
		.exit_code = 3,
		.figures = {.known = requests > 0, .requests = requests, .succeeded = requests - 3, .failed = 2,
			    .censored = 1, .p95_us = 1410000, .duration_us = 61000000},
	};
}

static struct writer *begin(const char *name, const char *started_at)
{
	struct run_meta meta = fixture_meta();
	struct err err = {""};
	struct writer *writer;

	meta.started_at = (char *)started_at;
	if (writer_start(fixture_path(name), &meta, &writer, &err) != 0)
		fail_msg("%s", err.text);
	return writer;
}

static void make(const char *name, const char *started_at, int samples, uint64_t requests)
{
	struct writer *writer = begin(name, started_at);
	struct run_closing c = closing(requests);
	struct err err = {""};
	union any any;

	for (int i = 0; i < samples; i++) {
		any = fixture_sample(i * 1000, (uint64_t)i);
		fixture_push(writer_ring(writer), &any.rec);
	}
	any = fixture_end(samples * 1000);
	fixture_push(writer_ring(writer), &any.rec);
	ring_publish(writer_ring(writer));
	if (writer_stop(writer, &c, &err) != 0)
		fail_msg("%s", err.text);
}

/* Another process records, until it is killed. */
static void make_running(const char *name, const char *started_at)
{
	char c;
	int ready[2];

	assert_int_equal(pipe(ready), 0);
	writer_pid = fork();
	assert_true(writer_pid >= 0);
	if (writer_pid == 0) {
		struct writer *writer;
		struct err err;
		union any any = fixture_point(0, PHASE_LOAD, 7);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		writer = begin(name, started_at);
		ring_push(writer_ring(writer), &any.rec);
		any = fixture_sample(1500000, 1);
		ring_push(writer_ring(writer), &any.rec);
		ring_publish(writer_ring(writer));
		for (struct reader *reader;; fixture_breathe()) {
			int64_t end = -1;

			if (reader_open(fixture_path(name), &reader, &err) == 0) {
				end = reader_end_us(reader);
				reader_close(reader);
			}
			if (end == 1500000)
				break;
		}
		if (write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	close(ready[0]);
	close(ready[1]);
}

static void stop_writing(void)
{
	kill(writer_pid, SIGKILL);
	waitpid(writer_pid, NULL, 0);
	writer_pid = 0;
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(fixture_path(name), "w");

	fputs(text, f);
	fclose(f);
}

static void sql(const char *name, const char *text)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(fixture_path(name), &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, text, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void read_all(void)
{
	struct err err = {""};

	runs_fini(&list);
	if (runs_read(fixture_dir, &list, &err) != 0)
		fail_msg("%s", err.text);
}

static const struct run_entry *entry(const char *name)
{
	for (int i = 0; i < list.count; i++)
		if (!strcmp(list.entry[i].path, fixture_path(name)))
			return &list.entry[i];
	fail_msg("%s is not in the list", name);
	return NULL;
}

static void newest_first_with_figures(void **state)
{
	const struct run_entry *e;

	(void)state;
	make("b.brunt", "2026-11-23T14:02:07.123Z", 10, 768);
	make("a.brunt", "2026-11-24T00:00:00.000Z", 10, 5);
	make("c.brunt", "2025-01-01T00:00:00.000Z", 10, 5);
	read_all();
	assert_int_equal(list.count, 3);
	assert_string_equal(list.entry[0].path, fixture_path("a.brunt"));
	assert_string_equal(list.entry[2].path, fixture_path("c.brunt"));
	e = &list.entry[1];
	assert_int_equal(e->state, RUN_CLOSED);
	assert_int_equal(e->started_s, 1795442527);
	assert_string_equal(e->target, "http://localhost:8080");
	assert_string_equal(e->scenario, "Interview Coach");
	assert_string_equal(e->label, "branch=main, host=b\xc3\xbcro");
	assert_string_equal(e->slo, "p95<3s, task:interview-qa.ttft.p99<500ms");
	assert_string_equal(e->argv, "brunt run scenario.json -c 20");
	assert_true(e->seed == UINT64_MAX - 7);
	assert_true(e->figures.known);
	assert_int_equal(e->figures.requests, 768);
	assert_int_equal(e->figures.succeeded, 765);
	assert_int_equal(e->figures.failed, 2);
	assert_int_equal(e->figures.censored, 1);
	assert_int_equal(e->figures.p95_us, 1410000);
	assert_int_equal(e->duration_us, 61000000);
	assert_int_equal(e->exit_code, 3);
	assert_string_equal(e->why, "");
	assert_false(e->tags.pinned);
}

/* Those of a version that did not write them. */
static void without_figures(void **state)
{
	(void)state;
	make("old.brunt", "2026-11-23T14:02:07.123Z", 2000, 0);
	read_all();
	assert_false(list.entry[0].figures.known);
	assert_int_equal(list.entry[0].duration_us, 2000000);
}

static void running_then_killed(void **state)
{
	const struct run_entry *e;
	struct err err;

	(void)state;
	make_running("r.brunt", "2026-11-23T14:02:07.123Z");
	read_all();
	e = entry("r.brunt");
	assert_int_equal(e->state, RUN_RUNNING);
	assert_int_equal(e->duration_us, -1);
	assert_int_equal(e->exit_code, -1);
	assert_string_equal(e->why, "");
	assert_int_equal(runs_delete(fixture_path("r.brunt"), &err), -1);
	assert_non_null(strstr(err.text, "r.brunt: a run is being recorded into it"));
	assert_true(fixture_exists(fixture_path("r.brunt")));
	stop_writing();
	read_all();
	e = entry("r.brunt");
	assert_int_equal(e->state, RUN_CUT_OFF);
	assert_int_equal(e->duration_us, 1500000);
	assert_memory_equal(e->why, "the recording was cut off after", 31);
	/* Its other files go with it. */
	assert_true(fixture_exists(fixture_path("r.brunt-wal")));
	assert_int_equal(runs_delete(fixture_path("r.brunt"), &err), 0);
	assert_false(fixture_exists(fixture_path("r.brunt")));
	assert_false(fixture_exists(fixture_path("r.brunt-wal")));
	assert_false(fixture_exists(fixture_path("r.brunt-shm")));
	read_all();
	assert_int_equal(list.count, 0);
}

static void whatever_is_in_the_folder(void **state)
{
	(void)state;
	make("good.brunt", "2026-11-23T14:02:07.123Z", 10, 7);
	make("newer.brunt", "2026-11-23T14:02:07.123Z", 10, 7);
	sql("newer.brunt", "PRAGMA user_version = 99");
	put("junk.brunt", "SELECT 1; not a database, but longer than a header of one hundred bytes, so that it is read in full.");
	put("empty.brunt", "");
	put("notes.txt", "");
	put(".brunt", "");
	assert_int_equal(mkfifo(fixture_path("fifo.brunt"), 0600), 0); /* opening it would wait */
	assert_int_equal(mkdir(fixture_path("folder.brunt"), 0700), 0);
	assert_int_equal(symlink("good.brunt", fixture_path("link.brunt")), 0);
	read_all();
	assert_int_equal(list.count, 4);
	assert_int_equal(entry("good.brunt")->state, RUN_CLOSED);
	assert_int_equal(entry("junk.brunt")->state, RUN_UNREADABLE);
	assert_string_equal(entry("junk.brunt")->why, "not a brunt run file");
	assert_string_equal(entry("empty.brunt")->why, "is empty, and not a brunt run file");
	assert_memory_equal(entry("newer.brunt")->why, "made by a newer brunt", 21);
}

/* By content: whatever it is called, of whatever version, damaged or not. */
static void what_is_a_recording(void **state)
{
	(void)state;
	make("good.brunt", "2026-11-23T14:02:07.123Z", 10, 7);
	assert_int_equal(rename(fixture_path("good.brunt"), fixture_path("good.txt")), 0);
	make("newer.brunt", "2026-11-23T14:02:07.123Z", 10, 7);
	sql("newer.brunt", "PRAGMA user_version = 99");
	make_running("r.brunt", "2026-11-23T14:02:07.123Z");
	sql("other.brunt", "CREATE TABLE t (x)");
	put("short.brunt", "SQLite format 3");
	put("text.brunt", "SQLite format 3, but what comes behind it is text and nothing else, for a hundred bytes or so, brnt");
	assert_int_equal(mkfifo(fixture_path("fifo.brunt"), 0600), 0); /* opening it would wait */
	assert_int_equal(symlink("good.txt", fixture_path("link")), 0);
	assert_true(runs_is_recording(fixture_path("good.txt")));
	assert_true(runs_is_recording(fixture_path("link")));
	assert_true(runs_is_recording(fixture_path("newer.brunt")));
	assert_true(runs_is_recording(fixture_path("r.brunt")));
	assert_false(runs_is_recording(fixture_path("other.brunt")));
	assert_false(runs_is_recording(fixture_path("short.brunt")));
	assert_false(runs_is_recording(fixture_path("text.brunt")));
	assert_false(runs_is_recording(fixture_path("fifo.brunt")));
	assert_false(runs_is_recording(fixture_dir));
	assert_false(runs_is_recording(fixture_path("nowhere")));
}

/* A page of samples that cannot be read is nothing to the list. */
static void samples_are_not_read(void **state)
{
	char page[4096];
	FILE *f;

	(void)state;
	make("big.brunt", "2026-11-23T14:02:07.123Z", 20000, 20000);
	memset(page, 0xff, sizeof page);
	f = fopen(fixture_path("big.brunt"), "r+");
	for (long at = 100; at < 300; at++) {
		fseek(f, at * 4096, SEEK_SET);
		assert_int_equal(fwrite(page, sizeof page, 1, f), 1);
	}
	fclose(f);
	read_all();
	assert_int_equal(list.entry[0].state, RUN_CLOSED);
	assert_int_equal(list.entry[0].figures.requests, 20000);
}

static void hostile_text_is_cleaned_and_cut(void **state)
{
	const struct run_entry *e;

	(void)state;
	make("h.brunt", "2026-11-23T14:02:07.123Z", 10, 7);
	sql("h.brunt",
	    "INSERT OR REPLACE INTO run VALUES ('name', char(27) || '[2J' || hex(zeroblob(500))),"
	    "('note', hex(zeroblob(90000))), ('target', 'a' || char(10) || 'b'), ('pinned', 'yes'),"
	    "('summary_requests', 10), ('summary_failed', 1e300), ('summary_p95_us', -77), ('started_at', 'yesterday')");
	read_all();
	e = &list.entry[0];
	assert_int_equal(strlen(e->tags.name), TAGS_NAME_BYTES - 1);
	assert_null(strchr(e->tags.name, 27));
	assert_int_equal(strlen(e->tags.note), TAGS_NOTE_BYTES - 1);
	assert_string_equal(e->target, "a b");
	assert_false(e->tags.pinned);
	assert_int_equal(e->figures.failed, 10);
	assert_int_equal(e->figures.p95_us, -1);
	assert_true(e->started_s > 0); /* when the file was changed */
}

static void folders(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(runs_read(fixture_path("nowhere"), &list, &err), 0);
	assert_int_equal(list.count, 0);
	put("file", "");
	assert_int_equal(runs_read(fixture_path("file"), &list, &err), -1);
	assert_non_null(strstr(err.text, "/file: "));
}

static void expect_found(const char *word, const char *name)
{
	struct err err = {""};
	char *path;

	if (runs_find(word, &path, &err) != 0)
		fail_msg("%s", err.text);
	assert_string_equal(path, name);
	free(path);
}

static void same_second(void **state)
{
	static const char *const name[] = {"x-10.brunt", "x-9.brunt", "x-2.brunt", "x.brunt"};

	(void)state;
	make("x-2.brunt", "2026-11-23T14:02:07.523Z", 10, 7);
	make("x-10.brunt", "2026-11-23T14:02:07.923Z", 10, 7);
	make("x.brunt", "2026-11-23T14:02:07.123Z", 10, 7);
	make("x-9.brunt", "2026-11-23T14:02:07.823Z", 10, 7);
	read_all();
	assert_int_equal(list.count, 4);
	for (int i = 0; i < 4; i++)
		assert_string_equal(list.entry[i].path, fixture_path(name[i]));
}

static void expect_not_found(const char *word, const char *why)
{
	struct err err = {""};
	char *path;

	assert_int_equal(runs_find(word, &path, &err), -1);
	if (!strstr(err.text, why))
		fail_msg("%s", err.text);
}

static void words_for_a_run(void **state)
{
	char *folder, *one, *two;
	char here[512];
	struct err err;

	(void)state;
	assert_non_null(getcwd(here, sizeof here));
	setenv("XDG_STATE_HOME", fixture_dir, 1);
	expect_not_found("latest", "latest: there is no run in ");
	mkdir(fixture_path("brunt"), 0700);
	mkdir(fixture_path("brunt/runs"), 0700);
	make("brunt/runs/one.brunt", "2026-11-01T00:00:00.000Z", 1, 7);
	make("brunt/runs/two.brunt", "2026-11-02T00:00:00.000Z", 1, 7);
	put("brunt/runs/junk.brunt", "junk");
	make_running("brunt/runs/r.brunt", "2026-11-03T00:00:00.000Z");
	folder = runs_folder();
	one = xasprintf("%s/one.brunt", folder);
	two = xasprintf("%s/two.brunt", folder);
	/* Neither junk nor what has no result yet. */
	expect_found("latest", two);
	expect_not_found("before", "before: neither a file nor the name of a run in ");
	assert_int_equal(tags_name(one, "before", &err), 0);
	expect_found("before", one);
	expect_not_found("befor", "befor: neither a file nor the name of a run in ");
	expect_not_found("befor", "/brunt/runs; did you mean \"before\"?");
	expect_not_found("lastest", "did you mean \"latest\"?");
	assert_int_equal(tags_name(two, "before", &err), 0);
	expect_not_found("before", "several runs have this name");
	/* The file's name, whole or as much as is needed. */
	make("brunt/runs/20261101-a.brunt", "2026-11-01T00:00:00.000Z", 1, 7);
	make("brunt/runs/20261101-a-2.brunt", "2026-11-01T00:00:00.000Z", 1, 7);
	make("brunt/runs/20261102-a.brunt", "2026-11-02T00:00:00.000Z", 1, 7);
	expect_found("one.brunt", one);
	expect_found("on", one);
	expect_not_found("ne", "ne: neither a file nor the name of a run in ");
	expect_not_found("one.brunt.", "neither a file");
	for (int i = 0; i < 4; i++) {
		static const char *const word[] = {"20261102", "20261101-a", "20261101-a.brunt", "20261101-a-"};
		static const char *const file[] = {"20261102-a", "20261101-a", "20261101-a", "20261101-a-2"};
		char *path = xasprintf("%s/%s.brunt", folder, file[i]);

		expect_found(word[i], path);
		free(path);
	}
	expect_not_found("2026110", "2026110: the files of 3 runs begin so, 20261101-a.brunt and 20261102-a.brunt among them; expected more of the name");
	expect_not_found("20261101", "20261101: the files of 2 runs begin so, 20261101-a.brunt and 20261101-a-2.brunt; expected more of the name");
	assert_int_equal(tags_name(two, "20261102", &err), 0); /* a name is one */
	expect_found("20261102", two);
	assert_int_equal(tags_name(two, "before", &err), 0);
	/* A path is a path, there or not, and wins. */
	expect_found("./before", "./before");
	expect_found("/nowhere/before", "/nowhere/before");
	put("before", "");
	assert_int_equal(chdir(fixture_dir), 0);
	expect_found("before", "before");
	assert_int_equal(chdir(here), 0);
	free(two);
	free(one);
	free(folder);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(newest_first_with_figures), TEST(without_figures),     TEST(running_then_killed),
		TEST(whatever_is_in_the_folder), TEST(samples_are_not_read), TEST(hostile_text_is_cleaned_and_cut),
		TEST(what_is_a_recording),       TEST(same_second),
		TEST(folders),                   TEST(words_for_a_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
