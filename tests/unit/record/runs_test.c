/* The default folder: made, named, and kept at fifty runs without touching
 * anything that is not an old run of ours. */
#include "fixture.h"

#include <fcntl.h>
#include <sys/wait.h>

static char *folder(void)
{
	return xasprintf("%s/brunt/runs", fixture_dir);
}

static int set_up(void **state)
{
	unsetenv("HOME");
	if (fixture_set_up(state) != 0)
		return -1;
	return setenv("XDG_STATE_HOME", fixture_dir, 1);
}

static char *default_path(const char *started_at, const char *scenario)
{
	struct run_meta meta = fixture_meta();
	struct err err = {""};
	char *path;

	meta.started_at = (char *)started_at;
	meta.scenario = (char *)scenario;
	path = writer_default_path(&meta, &err);
	if (!path)
		fail_msg("%s", err.text);
	return path;
}

static void expect(const char *started_at, const char *scenario, const char *name)
{
	char *path = default_path(started_at, scenario);
	char *want = xasprintf("%s/brunt/runs/%s", fixture_dir, name);

	assert_string_equal(path, want);
	free(want);
	free(path);
}

static void names(void **state)
{
	const char *at = "2026-11-23T14:02:07.123Z";

	(void)state;
	expect(at, "Interview Coach", "20261123-140207-interview-coach-feedbeef.brunt");
	expect(at, "../../etc/passwd", "20261123-140207-etc-passwd-feedbeef.brunt");
	expect(at, "日本", "20261123-140207-run-feedbeef.brunt");
	expect(at, NULL, "20261123-140207-run-feedbeef.brunt");
	expect(at, "a-name-that-goes-on-and-on-and-on-and-on-and-on",
	       "20261123-140207-a-name-that-goes-on-and-on-and-on-and-on-feedbeef.brunt");
	expect(NULL, "x", "00000000-000000-x-feedbeef.brunt");
}

static void places(void **state)
{
	struct run_meta meta = fixture_meta();
	struct err err = {""};
	struct stat st;
	char *path, *want, *dir = folder();

	(void)state;
	path = default_path("2026", "x");
	assert_int_equal(stat(dir, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	free(path);
	free(dir);

	/* A relative XDG_STATE_HOME does not count. */
	setenv("XDG_STATE_HOME", "state", 1);
	setenv("HOME", fixture_dir, 1);
	path = default_path("2026", "x");
	want = xasprintf("%s/.local/state/brunt/runs/", fixture_dir);
	assert_memory_equal(path, want, strlen(want));
	free(want);
	free(path);

	unsetenv("HOME");
	assert_null(writer_default_path(&meta, &err));
	assert_non_null(strstr(err.text, "HOME"));

	/* A file where a folder should be. */
	setenv("XDG_STATE_HOME", fixture_path("file"), 1);
	fclose(fopen(fixture_path("file"), "w"));
	assert_null(writer_default_path(&meta, &err));
	assert_non_null(strstr(err.text, fixture_path("file")));
}

static void touch(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);

	fclose(fopen(path, "w"));
	free(path);
}

static bool there(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	bool yes = fixture_exists(path);

	free(path);
	return yes;
}

static char *run_name(int i)
{
	return xasprintf("2025%02d%02d-101010-old-%08x.brunt", 1 + i / 28, 1 + i % 28,
			 (unsigned)i);
}

/* 60 runs and some files that only look like runs. */
static void oldest_go(void **state)
{
	static const char *const foreign[] = {
		"20240101-101010-old-0000000.brunt",   "20240101-101010-old-00000000.brunt.bak",
		"20240101-101010-Old-00000000.brunt",  "20240101-101010-00000000.brunt",
		"20240101_101010-old-00000000.brunt",  "20240101-101010-old-0000000g.brunt",
		"2024010a-101010-old-00000000.brunt",  "notes.brunt",
		"20240101-101010-o d-00000000.brunt",  "20240101-101010-old-00000000",
		"20240101-101010-ol\xc3\xbc-00000000.brunt",
	};
	const char *const killed = "20240102-101010-killed-00000000.brunt";
	char *dir = folder(), *path, *wal, *link, *name;

	(void)state;
	free(default_path("2026", "x"));
	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
		touch(dir, foreign[i]);
	for (int i = 0; i < 60; i++) {
		name = run_name(i);
		touch(dir, name);
		free(name);
	}
	/* Killed long ago: its WAL and -shm go with it. */
	touch(dir, killed);
	wal = xasprintf("%s-wal", killed);
	touch(dir, wal);
	link = xasprintf("%s/20240103-101010-link-00000000.brunt", dir);
	assert_int_equal(symlink("/dev/null", link), 0);

	path = default_path("2026-01-01T00:00:00.000Z", "new");
	for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++)
		assert_true(there(dir, foreign[i]));
	assert_true(fixture_exists(link));
	assert_false(there(dir, killed));
	assert_false(there(dir, wal));
	/* 49 stay, the new one is the fiftieth. */
	for (int i = 0; i < 60; i++) {
		name = run_name(i);
		assert_int_equal(there(dir, name), i >= 11);
		free(name);
	}
	free(path);
	free(link);
	free(wal);
	free(dir);
}

static void make_run(const char *dir, const char *name)
{
	struct run_meta meta = fixture_meta();
	char *path = xasprintf("%s/%s", dir, name);
	struct writer *writer;
	struct err err = {""};

	if (writer_start(path, &meta, &writer, &err) != 0 || writer_stop(writer, fixture_closing(), &err) != 0)
		fail_msg("%s", err.text);
	free(path);
}

/* Pinned ones stay and are none of the fifty, be they old or new. */
static void pinned_stay(void **state)
{
	static const char *const pinned[] = {"20240101-101010-old-00000000.brunt", "20251231-101010-new-00000000.brunt",
					     "20240101-101010-next-00000000.brunt"};
	const char *const loose = "20240101-101010-loose-00000000.brunt";
	char *dir = folder(), *name, *path;
	struct err err = {""};
	sqlite3 *db;

	(void)state;
	free(default_path("2026", "x"));
	for (int i = 0; i < 3; i++) {
		make_run(dir, pinned[i]);
		path = xasprintf("%s/%s", dir, pinned[i]);
		if (tags_pin(path, true, &err) != 0)
			fail_msg("%s", err.text);
		/* Of a version that is still to come. */
		if (i == 2) {
			assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
			sqlite3_exec(db, "PRAGMA user_version = 9", NULL, NULL, NULL);
			sqlite3_close(db);
		}
		free(path);
	}
	make_run(dir, loose);
	for (int i = 0; i < 60; i++) {
		name = run_name(i);
		touch(dir, name);
		free(name);
	}
	free(default_path("2026-01-01T00:00:00.000Z", "new"));
	for (int i = 0; i < 3; i++)
		assert_true(there(dir, pinned[i]));
	assert_false(there(dir, loose));
	for (int i = 0; i < 60; i++) {
		name = run_name(i);
		assert_int_equal(there(dir, name), i >= 11);
		free(name);
	}
	free(dir);
}

static void record_new(const char *path, char *name, size_t bytes)
{
	struct run_meta meta = fixture_meta();
	struct writer *writer;
	struct err err = {""};

	if (writer_start_new(path, &meta, &writer, &err) != 0)
		fail_msg("%s", err.text);
	snprintf(name, bytes, "%s", writer_path(writer));
	if (writer_stop(writer, fixture_closing(), &err) != 0)
		fail_msg("%s", err.text);
}

/* Of one second and seed, one after the other. */
static void none_takes_anothers_name(void **state)
{
	char *path = default_path("2026-11-23T14:02:07.123Z", "x"), *want = NULL, name[512];

	(void)state;
	for (int i = 1; i <= 11; i++) {
		record_new(path, name, sizeof name);
		free(want);
		want = i == 1 ? xstrdup(path)
			      : xasprintf("%.*s-%d.brunt", (int)strlen(path) - 6, path, i);
		assert_string_equal(name, want);
	}
	/* Where nothing can be made no other name helps. */
	free(want);
	want = xasprintf("%s/nowhere/x.brunt", fixture_dir);
	struct run_meta meta = fixture_meta();
	struct writer *writer;
	struct err err = {""};

	assert_int_equal(writer_start_new(want, &meta, &writer, &err), -1);
	assert_non_null(strstr(err.text, "/nowhere/x.brunt: No such file"));
	free(want);
	free(path);
}

/* All at once: each child says which name it got. */
static void nor_at_once(void **state)
{
	enum { CHILDREN = 6 };
	char *path = default_path("2026-11-23T14:02:07.123Z", "x"), name[CHILDREN][512], c;
	int go[2], out[CHILDREN][2], status;
	pid_t child[CHILDREN];

	(void)state;
	assert_int_equal(pipe(go), 0);
	for (int i = 0; i < CHILDREN; i++) {
		assert_int_equal(pipe(out[i]), 0);
		child[i] = fork();
		assert_true(child[i] >= 0);
		if (child[i] == 0) {
			struct run_meta meta = fixture_meta();
			struct writer *writer;
			struct err err;

			close(go[1]);
			if (read(go[0], &c, 1) < 0 || writer_start_new(path, &meta, &writer, &err) != 0)
				_exit(1);
			snprintf(name[i], sizeof name[i], "%s", writer_path(writer));
			if (write(out[i][1], name[i], sizeof name[i]) != sizeof name[i])
				_exit(2);
			_exit(writer_stop(writer, fixture_closing(), &err) == 0 ? 0 : 3);
		}
	}
	close(go[0]);
	close(go[1]); /* go */
	for (int i = 0; i < CHILDREN; i++) {
		assert_int_equal(waitpid(child[i], &status, 0), child[i]);
		assert_int_equal(status, 0);
		assert_int_equal(read(out[i][0], name[i], sizeof name[i]), sizeof name[i]);
		close(out[i][0]);
		close(out[i][1]);
		assert_true(fixture_exists(name[i]));
		for (int k = 0; k < i; k++)
			assert_string_not_equal(name[i], name[k]);
	}
	free(path);
}

/* Those with numbers are runs, too, and newer than those without. */
static void numbered_ones_go_in_order(void **state)
{
	char *dir = folder(), name[64];

	(void)state;
	free(default_path("2026", "x"));
	touch(dir, "20250101-101010-old-00000000.brunt");
	for (int i = 2; i <= 55; i++) {
		snprintf(name, sizeof name, "20250101-101010-old-00000000-%d.brunt", i);
		touch(dir, name);
	}
	touch(dir, "20250101-101010-old-00000000-1.brunt"); /* not so named by us */
	touch(dir, "20250101-101010-old-00000000-02.brunt");
	touch(dir, "20250101-101010-old-00000000-1000.brunt");
	free(default_path("2026-01-01T00:00:00.000Z", "new"));
	assert_false(there(dir, "20250101-101010-old-00000000.brunt"));
	assert_true(there(dir, "20250101-101010-old-00000000-1.brunt"));
	assert_true(there(dir, "20250101-101010-old-00000000-02.brunt"));
	assert_true(there(dir, "20250101-101010-old-00000000-1000.brunt"));
	for (int i = 2; i <= 55; i++) {
		snprintf(name, sizeof name, "20250101-101010-old-00000000-%d.brunt", i);
		assert_int_equal(there(dir, name), i >= 7);
	}
	free(dir);
}

/* An old run that another brunt is writing stays. */
static void run_in_progress_stays(void **state)
{
	const char *const busy = "20240101-101010-busy-00000000.brunt";
	char *dir = folder(), *path, *name;
	int ready[2], done[2];
	pid_t child;
	char c;

	(void)state;
	free(default_path("2026", "x"));
	assert_int_equal(pipe(ready), 0);
	assert_int_equal(pipe(done), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct run_meta meta = fixture_meta();
		union any any = fixture_sample(1000, 1);
		struct writer *writer;
		struct err err;

		close(done[1]);
		path = xasprintf("%s/%s", dir, busy);
		if (writer_start(path, &meta, &writer, &err) != 0)
			_exit(1);
		ring_push(writer_ring(writer), &any.rec);
		ring_publish(writer_ring(writer));
		if (write(ready[1], "x", 1) != 1 || read(done[0], &c, 1) < 0)
			_exit(2);
		_exit(writer_stop(writer, fixture_closing(), &err) == 0 ? 0 : 3);
	}
	assert_int_equal(read(ready[0], &c, 1), 1);
	for (int i = 0; i < 60; i++) {
		name = run_name(i);
		touch(dir, name);
		free(name);
	}
	free(default_path("2026-01-01T00:00:00.000Z", "new"));
	assert_true(there(dir, busy));
	name = run_name(0);
	assert_false(there(dir, name));
	free(name);
	close(done[1]);
	{
		int status;

		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	/* Now it is one old run among others. */
	for (int i = 0; i < 60; i++) {
		name = run_name(i);
		touch(dir, name);
		free(name);
	}
	free(default_path("2026-01-01T00:00:00.000Z", "new"));
	assert_false(there(dir, busy));
	close(done[0]);
	close(ready[0]);
	close(ready[1]);
	free(dir);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, fixture_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(names),
		TEST(places),
		TEST(oldest_go),
		TEST(pinned_stay),
		TEST(run_in_progress_stays),
		TEST(none_takes_anothers_name),
		TEST(nor_at_once),
		TEST(numbered_ones_go_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
