#include "runfile.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "schema.h"

size_t runfile_stem(const char *name, int *number)
{
	size_t bytes = strlen(name), end = strlen(RUNFILE_SUFFIX), digits = 0;
	int n = 0;

	*number = 1;
	if (bytes >= end && !strcmp(name + bytes - end, RUNFILE_SUFFIX))
		bytes -= end;
	while (digits < 3 && digits < bytes && isdigit((unsigned char)name[bytes - digits - 1]))
		digits++;
	if (!digits || digits == bytes || name[bytes - digits - 1] != '-' || name[bytes - digits] == '0')
		return bytes;
	for (size_t i = bytes - digits; i < bytes; i++)
		n = 10 * n + (name[i] - '0');
	if (n < 2)
		return bytes;
	*number = n;
	return bytes - digits - 1;
}

int runfile_order(const char *a, const char *b)
{
	int m, n;
	size_t x = runfile_stem(a, &m), y = runfile_stem(b, &n);
	int order = memcmp(a, b, x < y ? x : y);

	if (order || x != y)
		return order ? order : x < y ? -1 : 1;
	return m - n;
}

static int64_t wal_bytes(const char *real)
{
	char *name = xasprintf("%s-wal", real);
	struct stat st;
	int64_t bytes = stat(name, &st) == 0 ? st.st_size : 0;

	free(name);
	return bytes;
}

/* A `file:` URI of an absolute path for a file that is not going to change. */
static char *immutable_uri(const char *real)
{
	char *uri = xmalloc(3 * strlen(real) + 32), *p = uri;

	p = stpcpy(p, "file://");
	for (const char *s = real; *s; s++)
		if (strchr("%?#", *s))
			p += sprintf(p, "%%%02x", (unsigned char)*s);
		else
			*p++ = *s;
	strcpy(p, "?immutable=1");
	return uri;
}

static int open_as(const char *name, int flags, int wait_ms, sqlite3 **db)
{
	int64_t version;
	int rc = sqlite3_open_v2(name, db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(*db, wait_ms);
		sqlite3_limit(*db, SQLITE_LIMIT_LENGTH, SCHEMA_ROW_MAX);
		sqlite3_db_config(*db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(*db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
		sqlite3_db_config(*db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
		sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
		/* No mmap: a file that shrinks meanwhile would be a SIGBUS. */
		rc = sqlite3_exec(*db,
				  "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; "
				  "PRAGMA cache_size = -4096; PRAGMA wal_autocheckpoint = 0; BEGIN",
				  NULL, NULL, NULL);
	}
	/* The first thing that really reads. */
	return rc == SQLITE_OK ? schema_ask(*db, "PRAGMA schema_version", &version) : rc;
}

static int complain(const char *path, bool has_wal, sqlite3 *db, int rc, struct err *err)
{
	if (rc == SQLITE_NOTADB)
		return err_set(err, "%s: not a brunt run file", path);
	if (has_wal && (rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY))
		return err_set(err, "%s: the run was not closed and its folder is read-only; "
			       "copy it together with its -wal file to another folder", path);
	if (rc == SQLITE_CORRUPT)
		return err_set(err, "%s: damaged: %s", path, sqlite3_errmsg(db));
	if (rc == SQLITE_BUSY)
		return err_set(err, "%s: is in use by another program", path);
	return err_set(err, "%s: cannot be read: %s", path, sqlite3_errmsg(db));
}

static int open_file(const char *path, int flags, int wait_ms, struct runfile *out, struct err *err)
{
	char *real = realpath(path, NULL), *plain = NULL, *uri = NULL;
	struct stat st;
	int rc, ret = -1;

	*out = (struct runfile){0};
	if (!real || stat(real, &st) != 0) {
		err_set(err, "%s: %s", path, strerror(errno));
		goto out;
	}
	if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		err_set(err, "%s: %s", path,
			S_ISDIR(st.st_mode)   ? "is a directory; expected a brunt run file"
			: S_ISREG(st.st_mode) ? "is empty, and not a brunt run file"
					      : "not a brunt run file");
		goto out;
	}
	if (access(real, R_OK) != 0) {
		err_set(err, "%s: %s", path, strerror(errno));
		goto out;
	}
	out->bytes = st.st_size;
	out->wal_bytes = wal_bytes(real);
	uri = immutable_uri(real);
	/* The same without the query, for names that begin with "file:". */
	plain = xstrndup(uri, strlen(uri) - strlen("?immutable=1"));
	rc = open_as(plain, flags, wait_ms, &out->db);
	/* A file in WAL mode needs its -shm beside it, which a read-only folder
	 * does not let SQLite make. Without a WAL there is nothing in it. */
	if (rc != SQLITE_OK && rc != SQLITE_NOTADB && flags == SQLITE_OPEN_READONLY && !wal_bytes(real)) {
		sqlite3_close(out->db);
		rc = open_as(uri, flags, wait_ms, &out->db);
	}
	out->foreign = rc == SQLITE_NOTADB;
	ret = rc == SQLITE_OK ? 0 : complain(path, wal_bytes(real), out->db, rc, err);
out:
	free(uri);
	free(plain);
	free(real);
	return ret;
}

int runfile_open(const char *path, int wait_ms, struct runfile *out, struct err *err)
{
	return open_file(path, SQLITE_OPEN_READONLY, wait_ms, out, err);
}

int runfile_open_to_change(const char *path, int wait_ms, struct runfile *out, struct err *err)
{
	return open_file(path, SQLITE_OPEN_READWRITE, wait_ms, out, err);
}

bool runfile_in_use(int folder, const char *name)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char *wal = xasprintf("%s-wal", name);
	bool used = false;
	int fd;

	if (faccessat(folder, wal, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		used = fd < 0 || fcntl(fd, F_GETLK, &lock) != 0 || lock.l_type != F_UNLCK;
		if (fd >= 0)
			close(fd);
	}
	free(wal);
	return used;
}

int runfile_remove(int folder, const char *name)
{
	static const char *const suffix[] = {"-wal", "-shm"};

	if (unlinkat(folder, name, 0) != 0 && errno != ENOENT)
		return -1;
	for (size_t i = 0; i < sizeof suffix / sizeof suffix[0]; i++) {
		char *path = xasprintf("%s%s", name, suffix[i]);

		if (unlinkat(folder, path, 0) != 0 && errno != ENOENT)
			log_line("record: %s: %s", path, strerror(errno));
		free(path);
	}
	return 0;
}
