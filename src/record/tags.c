#include "record/tags.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "metrics/course.h"
#include "runfile.h"
#include "schema.h"

#define WAIT_MS 500

int tags_check_name(const char *name, struct err *err)
{
	char clean[TAGS_NAME_BYTES];

	utf8_clean(name, strlen(name), clean, sizeof clean);
	if (strlen(name) >= sizeof clean)
		return err_set(err, "a name has at most %d bytes", TAGS_NAME_BYTES - 1);
	if (strcmp(clean, name) != 0 || !name[strspn(name, " ")])
		return err_set(err, "a name is of printable characters");
	/* Words of a command line would be taken for something else. */
	if (strchr(name, '/'))
		return err_set(err, "a name has no slash: it would be a path");
	if (name[0] == '-')
		return err_set(err, "a name does not begin with -: it would be an option");
	if (!strcmp(name, TAGS_LATEST))
		return err_set(err, "no run can be called " TAGS_LATEST ": that is always the newest one");
	return 0;
}

static bool is_read_only(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = !slash ? xstrdup(".") : slash == path ? xstrdup("/") : xstrndup(path, (size_t)(slash - path));
	/* A change needs a journal beside the file. */
	bool yes = access(path, W_OK) != 0 || access(folder, W_OK | X_OK) != 0;

	free(folder);
	return yes;
}

static int put(sqlite3 *db, const char *key, const char *text, int64_t number)
{
	sqlite3_stmt *drop = NULL;
	int rc;

	if (text && *text)
		return schema_put_text(db, key, text);
	if (number)
		return schema_put_int(db, key, number);
	rc = sqlite3_prepare_v2(db, "DELETE FROM run WHERE key = ?1", -1, &drop, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_bind_text(drop, 1, key, -1, SQLITE_STATIC);
		rc = sqlite3_step(drop);
	}
	sqlite3_finalize(drop);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int tags_writable(const char *path, struct err *err)
{
	if (access(path, F_OK) != 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	if (is_read_only(path))
		return err_set(err, "%s: is read-only and cannot be changed", path);
	return 0;
}

/* One of them: `key` gets `text`, or where that is NULL `number`, with neither it goes;
 * without a key it is a mark. */
struct change {
	const char *key, *text;
	int64_t number;
};

static int put_mark(sqlite3 *db, const struct change *change)
{
	static const char sql[] =
		"INSERT INTO events (ord, at_sample, t_us, worker, what, value, text) VALUES ("
		"1 + max((SELECT coalesce(max(ord), 0) FROM gauges), (SELECT coalesce(max(ord), 0) FROM points), "
		"(SELECT coalesce(max(ord), 0) FROM events), (SELECT coalesce(max(ord), 0) FROM drops)), "
		"(SELECT coalesce(max(rowid), 0) FROM samples), ?1, 0, ?2, ?1, ?3)";
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &s, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_int64(s, 1, change->number);
		sqlite3_bind_text(s, 2, schema_event_names[EVENT_MARK], -1, SQLITE_STATIC);
		sqlite3_bind_text(s, 3, change->text, -1, SQLITE_STATIC);
		rc = sqlite3_step(s);
	}
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int make(const char *path, const struct change *change, struct err *err)
{
	struct runfile file = {0};
	int version, rc, ret = -1;

	if (tags_writable(path, err) != 0)
		return -1;
	if (runfile_in_use(AT_FDCWD, path))
		return err_set(err, "%s: a run is being recorded into it; it can be changed when that has ended", path);
	if (runfile_open_to_change(path, WAIT_MS, &file, err) != 0 ||
	    schema_check(file.db, path, &version, err) != 0)
		goto out;
	rc = change->key ? put(file.db, change->key, change->text, change->number) : put_mark(file.db, change);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(file.db, "COMMIT", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		ret = 0;
	else if (rc == SQLITE_BUSY)
		err_set(err, "%s: another program has it open; it cannot be changed now", path);
	else if (rc == SQLITE_READONLY || rc == SQLITE_CANTOPEN)
		err_set(err, "%s: is read-only and cannot be changed", path);
	else if (rc == SQLITE_FULL)
		err_set(err, "%s: the disk is full", path);
	else
		err_set(err, "%s: cannot be changed: %s", path, sqlite3_errmsg(file.db));
out:
	sqlite3_close(file.db);
	return ret;
}

static int change(const char *path, const char *key, const char *text, int64_t number, struct err *err)
{
	return make(path, &(struct change){key, text, number}, err);
}

int tags_pin(const char *path, bool pinned, struct err *err)
{
	return change(path, "pinned", NULL, pinned, err);
}

int tags_name(const char *path, const char *name, struct err *err)
{
	if (*name && tags_check_name(name, err) != 0)
		return err_prefix(err, "%s", path);
	return change(path, "name", name, 0, err);
}

int tags_note(const char *path, const char *note, struct err *err)
{
	char clean[TAGS_NOTE_BYTES];

	utf8_clean(note, strlen(note), clean, sizeof clean);
	return change(path, "note", clean, 0, err);
}

int tags_mark(const char *path, int64_t t_us, const char *note, struct err *err)
{
	char clean[COURSE_NOTE];

	utf8_clean(note, strlen(note), clean, sizeof clean);
	return change(path, NULL, clean, t_us, err);
}
