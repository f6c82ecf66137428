/* Run files as SQLite databases and as files in a folder: opened so that a hostile
 * one can do no harm, looked at, removed. Private to record/. */
#ifndef RECORD_RUNFILE_H
#define RECORD_RUNFILE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define RUNFILE_SUFFIX ".brunt"

struct runfile {
	sqlite3 *db; /* NULL, or sqlite3_close() it, also after an error */
	int64_t bytes, wal_bytes; /* before it was opened, which may make an empty WAL */
	bool foreign; /* there is a file, and it is no database */
};

/* A name in two: what comes before `-N.brunt` or `.brunt`, in bytes; N, from 2 to
 * RUNFILE_SAME, tells runs of one second and id apart, and is 1 where there is none. */
#define RUNFILE_SAME 999
size_t runfile_stem(const char *name, int *number);
/* For sorting by name: as strcmp() of the stems, then by number. */
int runfile_order(const char *a, const char *b);

/* Opens it for reading, waiting for a lock at most wait_ms. One transaction
 * throughout, so that all tables show one moment even while a live run goes on
 * writing. An err sentence begins with `path`. Whether it is a run file,
 * schema_check() says. */
int runfile_open(const char *path, int wait_ms, struct runfile *out, struct err *err);
/* The same for writing: the transaction is to be committed. What the file itself says
 * shall happen then (triggers) does not. A WAL that is there stays: it tells that the
 * run was not closed. */
int runfile_open_to_change(const char *path, int wait_ms, struct runfile *out, struct err *err);

/* Whether a run is being recorded into it: it has a WAL, and another process has it
 * open. When in doubt it is. `folder`: as for openat(). Not while this process has it
 * open: its own locks would be gone. */
bool runfile_in_use(int folder, const char *name);
/* The file with its WAL and its -shm; -1: errno, the file is still there. */
int runfile_remove(int folder, const char *name);

#endif
