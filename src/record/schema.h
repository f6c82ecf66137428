/* The run file's tables, shared by writer and reader. Private to record/.
 *
 * The text of each CREATE TABLE is the schema: the reader takes only files
 * whose tables were made by exactly these statements, so that a view, a
 * generated column or a missing key in a hostile file is never run. A change
 * of any text is a new SCHEMA_VERSION; files of former ones are read. */
#ifndef RECORD_SCHEMA_H
#define RECORD_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "metrics/record.h"
#include "record/tags.h"
#include "run/meta.h"

#define SCHEMA_VERSION 7
#define SCHEMA_GAPS 5  /* the first in which gaps are as metrics/gaps.h writes them */
#define SCHEMA_BASES 6 /* the first in which states have bases */
#define SCHEMA_APPLICATION 0x62726e74 /* "brnt", PRAGMA application_id */
#define SCHEMA_TASKS 64

/* No run is longer than this (366 days); times of a file are clamped to it. */
#define SCHEMA_TIME_MAX_US (366LL * 86400 * 1000000)

#define SCHEMA_ROW_MAX (16 << 20)   /* bytes; SQLite refuses larger values */
#define SCHEMA_STATE_MAX (64 << 20) /* bytes of a state, inflated */

extern const char *const schema_phase_names[PHASE_END + 1];
#define SCHEMA_LEVEL_MAX 1e9 /* users, or arrivals per second */
extern const char *const schema_mode_names[MODE_OPEN + 1];
extern const char *const schema_event_names[EVENT_COUNT];
/* Index of `name` (NULL: none) among `count` names, `otherwise` if absent. */
int schema_name(const char *const *names, int count, const char *name, int otherwise);

/* Text from a file, safe for a terminal: as it is where all of it is printable
 * and fits, so that it equals what the live run had; else utf8_clean()ed. */
char *schema_clean(const char *in, size_t in_bytes, char *out, size_t out_bytes);

/* Makes the tables in an empty database. An SQLite result code. */
int schema_create(sqlite3 *db);
/* What the file `db` is: an err sentence beginning with `path` unless it is a
 * run file that this version reads. *version: its schema. */
int schema_check(sqlite3 *db, const char *path, int *version, struct err *err);
/* One integer from a statement such as a pragma. An SQLite result code. */
int schema_ask(sqlite3 *db, const char *sql, int64_t *out);

/* The tables `run` and `tasks`. SQLite result codes. */
int schema_put_text(sqlite3 *db, const char *key, const char *value);
int schema_put_int(sqlite3 *db, const char *key, int64_t value);
int schema_put_meta(sqlite3 *db, const struct run_meta *meta);
int schema_put_closing(sqlite3 *db, const struct run_closing *closing);
/* 0, or -1 with an err sentence beginning with `path`. Values that make no
 * sense are clamped, text is made printable (the scenario's source excepted,
 * which only the scenario parser may see). */
int schema_get_meta(sqlite3 *db, const char *path, struct run_meta *meta, struct err *err);
void schema_get_closing(sqlite3 *db, struct run_closing *closing);
void schema_get_tags(sqlite3 *db, struct run_tags *tags);
/* Of any run file, also of a newer version; false for others. */
bool schema_pinned(sqlite3 *db);
int64_t schema_get_int(sqlite3 *db, const char *key, int64_t min, int64_t max,
		       int64_t otherwise);

#endif
