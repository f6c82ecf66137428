#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/units.h"
#include "histlog.h"
#include "reader_private.h"
#include "runfile.h"

/* Less than any row takes. A damaged tree that leads to the same pages over and
 * over again would give rows for years. */
#define ROW_MIN_BYTES 8
#define WAIT_MS 1000 /* for a lock that somebody holds */
#define GLANCE_MS 50

static const char *const side_sql[SIDES] = {
	[GAUGES] = "SELECT * FROM gauges NOT INDEXED WHERE ord >= ?1 ORDER BY ord",
	[POINTS] = "SELECT * FROM points NOT INDEXED WHERE ord >= ?1 ORDER BY ord",
	[EVENTS] = "SELECT ord, at_sample, t_us, worker, what, value, text "
		   "FROM events NOT INDEXED WHERE ord >= ?1 ORDER BY ord",
	[DROPS] = "SELECT ord, at_sample, t_us, worker, task, succeeded, failed, "
		  "censored FROM drops NOT INDEXED WHERE ord >= ?1 ORDER BY ord",
	[SERVERS] = "SELECT * FROM server_gauges NOT INDEXED WHERE ord >= ?1 ORDER BY ord",
};

/* Three statements instead of a join, which looks for a partner of every row; few have
 * one. */
static const char samples_sql[] =
	"SELECT *, rowid FROM samples NOT INDEXED WHERE rowid > ?1 ORDER BY rowid";
static const char answers_sql[] =
	"SELECT * FROM answers NOT INDEXED WHERE sample > ?1 ORDER BY sample";
static const char message_sql[] = "SELECT text FROM messages NOT INDEXED WHERE id = ?1";

/* --- opening --------------------------------------------------------------- */

/* Run time of the last record, from the ends of the tables. */
static int64_t find_end(sqlite3 *db, int64_t ended_us)
{
	static const char *const last[] = {
		/* Bounded, so that hostile sums do not become floating point. */
		("SELECT min(max(t0_us, 0), 1 << 46) + min(max(latency_us, 0), 1 << 46) "
		 "FROM samples NOT INDEXED ORDER BY rowid DESC LIMIT 1"),
		"SELECT t_us FROM gauges NOT INDEXED ORDER BY ord DESC LIMIT 1",
		"SELECT t_us FROM points NOT INDEXED ORDER BY ord DESC LIMIT 1",
		"SELECT t_us FROM events NOT INDEXED ORDER BY ord DESC LIMIT 1",
		"SELECT t_us FROM drops NOT INDEXED ORDER BY ord DESC LIMIT 1",
		"SELECT t_us FROM server_gauges NOT INDEXED ORDER BY ord DESC LIMIT 1",
	};
	int64_t end = reader_time(ended_us), t;

	for (size_t i = 0; i < sizeof last / sizeof last[0]; i++)
		if (schema_ask(db, last[i], &t) == SQLITE_OK && reader_time(t) > end)
			end = reader_time(t);
	return end;
}

int reader_damaged_by(struct reader *reader, const char *how, struct err *err)
{
	return err_set(err, "%s: damaged after %lld samples: %s", reader->path,
		       (long long)reader->samples_read, how);
}

int reader_damaged(struct reader *reader, struct err *err)
{
	return reader_damaged_by(reader, sqlite3_errmsg(reader->db), err);
}

/* What the file lacks, as a sentence. */
static void say_incomplete(struct reader *reader)
{
	struct run_closing *c = &reader->closing;
	char why[sizeof c->incomplete], after[UNITS_BYTES];

	units_format_duration(reader->end_us * 1000, after);
	if (!c->known)
		snprintf(c->incomplete, sizeof c->incomplete,
			 "the recording was cut off after %s%s", after,
			 reader->had_wal ? "" : " (copied without its -wal file?)");
	else if (*c->incomplete) {
		memcpy(why, c->incomplete, sizeof why);
		snprintf(c->incomplete, sizeof c->incomplete,
			 "the recording is incomplete: %.160s; it goes to %s", why, after);
	}
}

/* *foreign: it is no database at all. */
static int open_reader(const char *path, int wait_ms, struct reader **out, bool *foreign, struct err *err)
{
	struct reader *reader = xcalloc(1, sizeof *reader);
	struct runfile file = {0};
	int rc;

	reader->path = xstrdup(path);
	rc = runfile_open(path, wait_ms, &file, err);
	*foreign = file.foreign;
	reader->db = file.db;
	reader->had_wal = file.wal_bytes > 0;
	reader->rows_max = (file.bytes + file.wal_bytes) / ROW_MIN_BYTES;
	if (rc != 0 || schema_check(reader->db, path, &reader->version, err) != 0 ||
	    schema_get_meta(reader->db, path, &reader->meta, err) != 0)
		goto fail;
	schema_get_closing(reader->db, &reader->closing);
	schema_get_tags(reader->db, &reader->tags);
	reader->ended_us = schema_get_int(reader->db, "ended_us", -1, SCHEMA_TIME_MAX_US, -1);
	reader->end_us = find_end(reader->db, reader->ended_us);
	say_incomplete(reader);
	rc = sqlite3_prepare_v2(reader->db, samples_sql, -1, &reader->samples, NULL);
	/* Schema 1 has no answers. */
	if (rc == SQLITE_OK && reader->version > 1)
		rc = sqlite3_prepare_v2(reader->db, answers_sql, -1, &reader->answers, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(reader->db, message_sql, -1, &reader->message, NULL);
	for (int i = 0; i < SIDES && rc == SQLITE_OK; i++)
		if (i != SERVERS || reader->version > 4) /* which have none */
			rc = sqlite3_prepare_v2(reader->db, side_sql[i], -1, &reader->side[i], NULL);
	if (rc != SQLITE_OK) {
		reader_damaged(reader, err);
		goto fail;
	}
	if (reader_rewind(reader, err) != 0)
		goto fail;
	*out = reader;
	return 0;
fail:
	reader_close(reader);
	return -1;
}

/* A log of histograms in place of a run file: rows, states and damage are no matter then. */
static int open_log(const char *path, struct reader **out, struct err *err)
{
	struct reader *reader = xcalloc(1, sizeof *reader);

	reader->path = xstrdup(path);
	if (histlog_open(path, &reader->meta, &reader->log, err)) {
		reader_close(reader);
		return -1;
	}
	reader->end_us = histlog_end_us(reader->log);
	reader->closing = (struct run_closing){
		.known = true, .cpu_pct = NAN, .worker_cpu_pct = NAN,
	};
	if (histlog_is_cut(reader->log))
		snprintf(reader->closing.incomplete, sizeof reader->closing.incomplete,
			 "the log was cut off in its last line");
	*out = reader;
	return 0;
}

int reader_open(const char *path, struct reader **out, struct err *err)
{
	bool foreign;
	int code = open_reader(path, WAIT_MS, out, &foreign, err);

	/* Not before: to open and close a database would take away the locks that this
	 * process may have on it, as it records. */
	return code && foreign && histlog_is(path) ? open_log(path, out, err) : code;
}

int reader_glance(const char *path, struct reader **out, struct err *err)
{
	bool foreign;

	return open_reader(path, GLANCE_MS, out, &foreign, err);
}

void reader_close(struct reader *reader)
{
	if (!reader)
		return;
	histlog_free(reader->log);
	reader_state_fini(reader);
	sqlite3_finalize(reader->samples);
	sqlite3_finalize(reader->answers);
	sqlite3_finalize(reader->message);
	for (int i = 0; i < SIDES; i++)
		sqlite3_finalize(reader->side[i]);
	sqlite3_close(reader->db);
	run_meta_fini(&reader->meta);
	free(reader->path);
	free(reader);
}

const struct run_meta *reader_meta(const struct reader *reader)
{
	return &reader->meta;
}

const struct run_closing *reader_closing(const struct reader *reader)
{
	return &reader->closing;
}

const struct run_tags *reader_tags(const struct reader *reader)
{
	return &reader->tags;
}

const char *reader_path(const struct reader *reader)
{
	return reader->path;
}

bool reader_is_log(const struct reader *reader)
{
	return reader->log != NULL;
}

int64_t reader_end_us(const struct reader *reader)
{
	return reader->end_us;
}

/* --- order ----------------------------------------------------------------- */

/* The next row of a table, or none. */
static int step(struct reader *reader, enum side side, struct err *err)
{
	int rc = reader->side[side] ? sqlite3_step(reader->side[side]) : SQLITE_DONE;

	reader->have[side] = rc == SQLITE_ROW;
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : reader_damaged(reader, err);
}

int reader_go(struct reader *reader, int64_t samples, int64_t ord, struct err *err)
{
	sqlite3_reset(reader->samples);
	sqlite3_bind_int64(reader->samples, 1, samples);
	sqlite3_reset(reader->answers);
	sqlite3_bind_int64(reader->answers, 1, samples);
	reader->answers_over = !reader->answers;
	reader->answer_of = INT64_MIN;
	reader->rows = 0;
	reader->samples_read = samples;
	reader->samples_over = false;
	reader->t_us = 0;
	reader->stage = ROWS;
	reader->mode = (uint8_t)reader->meta.mode;
	reader->level = 0;
	reader->phase_end = false;
	for (int i = 0; i < SIDES; i++) {
		if (reader->side[i]) {
			sqlite3_reset(reader->side[i]);
			sqlite3_bind_int64(reader->side[i], 1, ord);
		}
		if (step(reader, (enum side)i, err) != 0)
			return -1;
	}
	return 0;
}

int reader_rewind(struct reader *reader, struct err *err)
{
	if (reader->log) {
		histlog_rewind(reader->log);
		return 0;
	}
	/* Rows are numbered from 1, and from 0; a damaged file may have others. */
	return reader_go(reader, 0, INT64_MIN, err);
}

void reader_rest(struct reader *reader)
{
	sqlite3_reset(reader->samples);
	sqlite3_reset(reader->answers);
	for (int i = 0; i < SIDES; i++) {
		sqlite3_reset(reader->side[i]);
		reader->have[i] = false;
	}
	reader->samples_over = true;
	reader->stage = OVER;
	sqlite3_exec(reader->db, "COMMIT", NULL, NULL, NULL);
}

int reader_refresh(struct reader *reader, struct err *err)
{
	reader_rest(reader);
	if (sqlite3_exec(reader->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return reader_damaged(reader, err);
	reader->ended_us = schema_get_int(reader->db, "ended_us", -1, SCHEMA_TIME_MAX_US, -1);
	reader->end_us = find_end(reader->db, reader->ended_us);
	/* Against damage; a run that grows has more of them. */
	reader->rows_max = INT64_MAX;
	return 0;
}

/* Of the rows that are due the one written first; SIDES: none is there. */
static enum side first_side(const struct reader *reader)
{
	enum side first = SIDES;
	int64_t ord = 0;

	for (int i = 0; i < SIDES; i++) {
		int64_t mine;

		if (!reader->have[i])
			continue;
		mine = sqlite3_column_int64(reader->side[i], ORD);
		if (first == SIDES || mine < ord) {
			first = (enum side)i;
			ord = mine;
		}
	}
	return first;
}

/* What a run that was killed did not get to write. */
static const struct rec *ending(struct reader *reader)
{
	int64_t t_us = reader->ended_us > reader->t_us ? reader->ended_us : reader->t_us;

	if (reader->stage == PHASE_END_MISSING) {
		struct rec_point *p = &reader->out.point;

		reader_head(reader, REC_POINT, sizeof *p, reader->t_us, 0);
		p->asked_us = reader->t_us;
		p->mode = reader->mode;
		p->level = reader->level;
		p->phase = PHASE_END;
		reader->stage = ENDING;
		return &p->rec;
	}
	reader->stage = OVER;
	return reader_head(reader, REC_END, sizeof(struct rec), t_us, 0);
}

/* Lets `answers` stand on the row of the present sample, if it has one. */
static int find_answer(struct reader *reader, struct err *err)
{
	int64_t sample = sqlite3_column_int64(reader->samples, SAMPLE_ROWID);

	while (!reader->answers_over && reader->answer_of < sample) {
		int rc = sqlite3_step(reader->answers);

		if (rc == SQLITE_ROW)
			reader->answer_of = sqlite3_column_int64(reader->answers, 0);
		else
			reader->answers_over = true;
		if (rc != SQLITE_ROW && rc != SQLITE_DONE)
			return reader_damaged(reader, err);
		if (++reader->rows > reader->rows_max)
			return reader_damaged_by(reader, "more rows than the file has room for", err);
	}
	reader->answered = !reader->answers_over && reader->answer_of == sample;
	return 0;
}

/* The next row's record; NULL: there is none, or -1 in *rc. */
static const struct rec *next_row(struct reader *reader, int *rc, struct err *err)
{
	enum side side = first_side(reader);
	const struct rec *rec;

	if (!reader->samples_over &&
	    (side == SIDES || sqlite3_column_int64(reader->side[side], AT_SAMPLE) >
				      reader->samples_read)) {
		int step_rc = sqlite3_step(reader->samples);

		if (step_rc == SQLITE_ROW) {
			*rc = find_answer(reader, err);
			if (*rc != 0)
				return NULL;
			rec = reader_sample(reader, reader->samples, reader->answered ? reader->answers : NULL);
			reader->samples_read++;
			return rec;
		}
		reader->samples_over = true;
		if (step_rc != SQLITE_DONE) {
			*rc = reader_damaged(reader, err);
			return NULL;
		}
	}
	if (side == SIDES)
		return NULL;
	rec = reader_side(reader, side);
	*rc = step(reader, side, err);
	return *rc == 0 ? rec : NULL;
}

const struct rec *reader_next(struct reader *reader, bool *failed, struct err *err)
{
	const struct rec *rec;
	int rc = 0;

	*failed = false;
	if (reader->log)
		return histlog_next(reader->log);
	if (reader->stage == OVER)
		return NULL;
	if (reader->stage != ROWS)
		return ending(reader);
	rec = next_row(reader, &rc, err);
	if (rec && ++reader->rows > reader->rows_max)
		rc = reader_damaged_by(reader, "more rows than the file has room for", err);
	if (rc != 0) {
		*failed = true;
		reader->stage = OVER;
		return NULL;
	}
	if (rec)
		return rec;
	reader->stage = reader->phase_end ? ENDING : PHASE_END_MISSING;
	return ending(reader);
}
