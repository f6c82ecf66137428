/* Everything in a file is taken as hostile: sqlite3_column_int64() gives some
 * number whatever the stored type is, and each number is clamped to what its
 * field can mean before anybody sees it. */
#include "record/reader.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/units.h"
#include "schema.h"

#define ROW_MAX_BYTES (16 << 20) /* SQLite refuses larger values */
/* Less than any row takes. A damaged tree that leads to the same pages over and
 * over again would give rows for years. */
#define ROW_MIN_BYTES 8

/* The tables beside `samples`, all beginning with ord, at_sample, t_us, worker.
 * Their columns are those of schema.c: schema_check() has seen to that. */
enum side { GAUGES, POINTS, EVENTS, DROPS, SIDES };
enum { ORD, AT_SAMPLE, T_US, WORKER, FIRST };

static const char *const side_sql[SIDES] = {
	[GAUGES] = "SELECT * FROM gauges NOT INDEXED ORDER BY ord",
	[POINTS] = "SELECT * FROM points NOT INDEXED ORDER BY ord",
	[EVENTS] = "SELECT ord, at_sample, t_us, worker, what, value, text "
		   "FROM events NOT INDEXED ORDER BY ord",
	[DROPS] = "SELECT ord, at_sample, t_us, worker, task, succeeded, failed, "
		  "censored FROM drops NOT INDEXED ORDER BY ord",
};

/* The columns of `samples` and of `answers` in their order, and two texts.
 * Schema 1 has no answers. */
enum column {
	T0, QUEUE, DNS, CONNECT, TLS, TTFB, TTFT, LATENCY, TASK, SAMPLE_WORKER, USER, TURN, STATUS,
	ERROR, TOKENS_IN, TOKENS_OUT, BYTES_IN, BYTES_OUT, QUALITY, CACHE, PROMPT_HASH, POINT,
	GAPS, SEQ, OUTCOME, FLAGS, CODE, MESSAGE,
	SAMPLE, TTFO, TLAST, CACHED_TOKENS, ANSWER_EVENTS, READS, TOKEN_SOURCE, EXCERPT,
	MESSAGE_TEXT, EXCERPT_TEXT
};

static const char *const samples_sql[] = { /* schema 1, later ones */
	("SELECT s.*, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, m.text, NULL "
	 "FROM samples AS s NOT INDEXED "
	 "LEFT JOIN messages AS m ON m.id = s.message ORDER BY s.rowid"),
	("SELECT s.*, a.*, m.text, x.text FROM samples AS s NOT INDEXED "
	 "LEFT JOIN answers AS a ON a.sample = s.rowid "
	 "LEFT JOIN messages AS m ON m.id = s.message "
	 "LEFT JOIN messages AS x ON x.id = a.excerpt ORDER BY s.rowid"),
};

enum stage { ROWS, PHASE_END_MISSING, ENDING, OVER };

struct reader {
	sqlite3 *db;
	char *path;
	int version; /* of the schema */
	struct run_meta meta;
	struct run_closing closing;
	int64_t end_us;
	int64_t ended_us; /* of the REC_END that was written; -1: none was */
	bool had_wal;     /* before it was opened, which may make an empty one */

	sqlite3_stmt *samples, *side[SIDES];
	bool have[SIDES]; /* side[i] stands on a row not yet given out */
	int64_t rows, rows_max; /* read so far, and more than there can be */
	int64_t samples_read;
	bool samples_over;
	int64_t t_us; /* of the last record given out */
	enum stage stage;
	uint8_t mode; /* of the last point */
	double level;
	bool phase_end; /* the last point was PHASE_END */

	union {
		struct rec rec;
		struct rec_sample sample;
		struct rec_gauge gauge;
		struct rec_point point;
		struct rec_event event;
		struct rec_drops drops;
		char room[sizeof(struct rec_sample) + REC_TEXT_MAX + REC_EXCERPT_MAX +
			  REC_GAPS_MAX + REC_ALIGN];
	} out;
};

/* --- opening --------------------------------------------------------------- */

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

static int open_as(struct reader *reader, const char *name)
{
	int64_t version;
	int rc = sqlite3_open_v2(name, &reader->db,
				 SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX |
					 SQLITE_OPEN_URI,
				 NULL);

	if (rc == SQLITE_OK) {
		sqlite3_busy_timeout(reader->db, 1000);
		sqlite3_limit(reader->db, SQLITE_LIMIT_LENGTH, ROW_MAX_BYTES);
		sqlite3_db_config(reader->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(reader->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
		sqlite3_db_config(reader->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
		/* No mmap: a file that shrinks meanwhile would be a SIGBUS. One
		 * transaction throughout, so that all tables show one moment
		 * even while a live run goes on writing. */
		rc = sqlite3_exec(reader->db,
				  "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON; "
				  "PRAGMA cache_size = -4096; BEGIN",
				  NULL, NULL, NULL);
	}
	/* The first thing that really reads. */
	return rc == SQLITE_OK ? schema_ask(reader->db, "PRAGMA schema_version", &version)
			       : rc;
}

static int open_db(struct reader *reader, const char *path, struct err *err)
{
	char *real = realpath(path, NULL), *plain = NULL, *uri = NULL;
	struct stat st;
	int rc, ret = -1;

	if (!real || stat(real, &st) != 0) {
		err_set(err, "%s: %s", path, strerror(errno));
		goto out;
	}
	if (!S_ISREG(st.st_mode) || st.st_size == 0) {
		err_set(err, "%s: not a brunt run file", path);
		goto out;
	}
	if (access(real, R_OK) != 0) {
		err_set(err, "%s: %s", path, strerror(errno));
		goto out;
	}
	reader->had_wal = wal_bytes(real) > 0;
	uri = immutable_uri(real);
	/* The same without the query, for names that begin with "file:". */
	plain = xstrndup(uri, strlen(uri) - strlen("?immutable=1"));
	rc = open_as(reader, plain);
	/* A file in WAL mode needs its -shm beside it, which a read-only folder
	 * does not let SQLite make. Without a WAL there is nothing in it. */
	if (rc != SQLITE_OK && rc != SQLITE_NOTADB && !wal_bytes(real)) {
		sqlite3_close(reader->db);
		rc = open_as(reader, uri);
	}
	reader->rows_max = (st.st_size + wal_bytes(real)) / ROW_MIN_BYTES;
	if (rc == SQLITE_OK)
		ret = 0;
	else if (rc == SQLITE_NOTADB)
		err_set(err, "%s: not a brunt run file", path);
	else if (wal_bytes(real) && (rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY))
		err_set(err, "%s: the run was not closed and its folder is read-only; "
			"copy it together with its -wal file to another folder", path);
	else if (rc == SQLITE_CORRUPT)
		err_set(err, "%s: damaged: %s", path, sqlite3_errmsg(reader->db));
	else
		err_set(err, "%s: cannot be read: %s", path, sqlite3_errmsg(reader->db));
out:
	free(uri);
	free(plain);
	free(real);
	return ret;
}

static int64_t clamp(int64_t value, int64_t min, int64_t max)
{
	return value < min ? min : value > max ? max : value;
}

static int64_t run_time(int64_t t_us)
{
	return clamp(t_us, 0, SCHEMA_TIME_MAX_US);
}

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
	};
	int64_t end = run_time(ended_us), t;

	for (size_t i = 0; i < sizeof last / sizeof last[0]; i++)
		if (schema_ask(db, last[i], &t) == SQLITE_OK && run_time(t) > end)
			end = run_time(t);
	return end;
}

static int damaged_by(struct reader *reader, const char *how, struct err *err)
{
	return err_set(err, "%s: damaged after %lld samples: %s", reader->path,
		       (long long)reader->samples_read, how);
}

static int damaged(struct reader *reader, struct err *err)
{
	return damaged_by(reader, sqlite3_errmsg(reader->db), err);
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

int reader_open(const char *path, struct reader **out, struct err *err)
{
	struct reader *reader = xcalloc(1, sizeof *reader);
	int rc = SQLITE_OK;

	reader->path = xstrdup(path);
	if (open_db(reader, path, err) != 0 || schema_check(reader->db, path, &reader->version, err) != 0 ||
	    schema_get_meta(reader->db, path, &reader->meta, err) != 0)
		goto fail;
	schema_get_closing(reader->db, &reader->closing);
	reader->ended_us = schema_get_int(reader->db, "ended_us", -1, SCHEMA_TIME_MAX_US, -1);
	reader->end_us = find_end(reader->db, reader->ended_us);
	say_incomplete(reader);
	rc = sqlite3_prepare_v2(reader->db, samples_sql[reader->version > 1], -1, &reader->samples, NULL);
	for (int i = 0; i < SIDES && rc == SQLITE_OK; i++)
		rc = sqlite3_prepare_v2(reader->db, side_sql[i], -1, &reader->side[i], NULL);
	if (rc != SQLITE_OK) {
		damaged(reader, err);
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

void reader_close(struct reader *reader)
{
	if (!reader)
		return;
	sqlite3_finalize(reader->samples);
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

int64_t reader_end_us(const struct reader *reader)
{
	return reader->end_us;
}

/* --- columns --------------------------------------------------------------- */

static int64_t number(sqlite3_stmt *s, int column, int64_t min, int64_t max)
{
	return clamp(sqlite3_column_int64(s, column), min, max);
}

static uint32_t u32(sqlite3_stmt *s, int column)
{
	return (uint32_t)number(s, column, 0, UINT32_MAX);
}

static double level(sqlite3_stmt *s, int column)
{
	double value = sqlite3_column_double(s, column);

	return value >= 0 && value <= SCHEMA_LEVEL_MAX ? value : 0;
}

static uint16_t u16(sqlite3_stmt *s, int column)
{
	return (uint16_t)number(s, column, 0, UINT16_MAX);
}

static uint64_t u64(sqlite3_stmt *s, int column)
{
	return (uint64_t)number(s, column, 0, INT64_MAX);
}

static const char *text(sqlite3_stmt *s, int column)
{
	return (const char *)sqlite3_column_text(s, column);
}

/* Cleans at most `max` bytes into `out`, which is at the record's end and has
 * room for one more; returns their number. */
static uint16_t put_text(sqlite3_stmt *s, int column, char *out, size_t max)
{
	const char *from = text(s, column);
	size_t bytes = from ? (size_t)sqlite3_column_bytes(s, column) : 0;

	/* One more for the terminator, which is not part of the record. */
	schema_clean(from ? from : "", bytes, out, max + 1);
	return (uint16_t)strlen(out);
}

static bool known(sqlite3_stmt *s, int column)
{
	return sqlite3_column_type(s, column) != SQLITE_NULL;
}

/* A moment from t0 to `last`; -1: unknown. */
static int64_t moment(sqlite3_stmt *s, int column, int64_t t0_us, int64_t last_us)
{
	return known(s, column) ? t0_us + number(s, column, 0, last_us - t0_us) : -1;
}

static uint32_t tokens(sqlite3_stmt *s, int column)
{
	return known(s, column) ? (uint32_t)number(s, column, 0, TOKENS_UNKNOWN - 1)
				: TOKENS_UNKNOWN;
}

static float quality(sqlite3_stmt *s)
{
	double value = known(s, QUALITY) ? sqlite3_column_double(s, QUALITY) : NAN;

	return value >= 0 && value <= 100 ? (float)value : NAN;
}

static uint32_t put_gaps(sqlite3_stmt *s, char *out)
{
	const void *from = sqlite3_column_blob(s, GAPS);
	int64_t bytes = from ? clamp(sqlite3_column_bytes(s, GAPS), 0, REC_GAPS_MAX) : 0;

	if (bytes)
		memcpy(out, from, (size_t)bytes);
	return (uint32_t)bytes;
}

/* --- records --------------------------------------------------------------- */

/* Time of a record must not go back, whatever the file says. */
static int64_t forward(struct reader *reader, int64_t t_us)
{
	t_us = run_time(t_us);
	if (t_us > reader->t_us)
		reader->t_us = t_us;
	return reader->t_us;
}

static struct rec *head(struct reader *reader, enum rec_kind kind, uint64_t bytes,
			int64_t t_us, uint16_t worker)
{
	/* Not the gaps, which are most of it. */
	memset(&reader->out, 0, sizeof(struct rec_sample) + REC_TEXT_MAX + REC_EXCERPT_MAX);
	reader->out.rec = (struct rec){
		.bytes = (uint32_t)bytes,
		.kind = (uint16_t)kind,
		.worker = worker,
		.t_us = forward(reader, t_us),
	};
	return &reader->out.rec;
}

static void sample_times(struct rec_sample *r, sqlite3_stmt *s, int64_t t0_us)
{
	int64_t te_us = r->rec.t_us;

	r->t0_us = t0_us;
	r->ts_us = t0_us + number(s, QUEUE, 0, te_us - t0_us);
	r->th_us = moment(s, TTFB, t0_us, te_us);
	r->t1_us = moment(s, TTFT, t0_us, te_us);
	r->to_us = moment(s, TTFO, t0_us, te_us);
	r->tn_us = moment(s, TLAST, t0_us, te_us);
	r->dns_us = u32(s, DNS);
	r->connect_us = u32(s, CONNECT);
	r->tls_us = u32(s, TLS);
}

static void sample_answer(struct rec_sample *r, sqlite3_stmt *s)
{
	r->tokens_in = tokens(s, TOKENS_IN);
	r->tokens_out = tokens(s, TOKENS_OUT);
	r->cached_tokens = tokens(s, CACHED_TOKENS);
	r->token_source = (uint8_t)number(s, TOKEN_SOURCE, 0, TOKENS_FROM_EVENTS);
	r->events = u32(s, ANSWER_EVENTS);
	r->reads = u32(s, READS);
	r->quality = quality(s);
	r->cache = (uint8_t)number(s, CACHE, 0, CACHE_MISS);
	r->prompt_hash = (uint64_t)sqlite3_column_int64(s, PROMPT_HASH);
}

/* Message, excerpt, gaps: one behind the other. */
static void sample_tail(struct rec_sample *r, sqlite3_stmt *s)
{
	char *end = r->text;

	if (known(s, MESSAGE_TEXT))
		r->text_bytes = put_text(s, MESSAGE_TEXT, end, REC_TEXT_MAX);
	end += r->text_bytes;
	if (known(s, EXCERPT_TEXT))
		r->excerpt_bytes = put_text(s, EXCERPT_TEXT, end, REC_EXCERPT_MAX);
	end += r->excerpt_bytes;
	r->gap_bytes = put_gaps(s, end);
	end += r->gap_bytes;
	/* The terminator of a text may lie in the padding. */
	memset(end, 0, REC_ALIGN);
	r->rec.bytes = rec_bytes(sizeof *r, (uint64_t)(end - r->text));
}

static const struct rec *sample(struct reader *reader)
{
	struct rec_sample *r = &reader->out.sample;
	sqlite3_stmt *s = reader->samples;
	int64_t t0_us = run_time(sqlite3_column_int64(s, T0));
	int64_t latency_us = number(s, LATENCY, 0, SCHEMA_TIME_MAX_US);
	int error;

	head(reader, REC_SAMPLE, sizeof *r, t0_us + latency_us, u16(s, SAMPLE_WORKER));
	sample_times(r, s, t0_us);
	r->task = (uint16_t)number(s, TASK, 0, reader->meta.task_count - 1);
	r->user = u32(s, USER);
	r->turn = u16(s, TURN);
	r->status = u16(s, STATUS);
	error = text(s, ERROR) ? error_class_by_name(text(s, ERROR)) : ERROR_NONE;
	r->error = (uint8_t)(error < 0 ? ERROR_NONE : error);
	r->bytes_in = u64(s, BYTES_IN);
	r->bytes_out = u64(s, BYTES_OUT);
	r->point = u32(s, POINT);
	r->seq = (uint64_t)sqlite3_column_int64(s, SEQ);
	r->outcome = (uint8_t)number(s, OUTCOME, 0, OUTCOME_COUNT - 1);
	r->flags = (uint8_t)number(s, FLAGS, 0, UINT8_MAX);
	r->code = (int32_t)number(s, CODE, INT32_MIN, INT32_MAX);
	sample_answer(r, s);
	sample_tail(r, s);
	return &r->rec;
}

static void gauge_client(sqlite3_stmt *s, int at, struct rec_gauge *g)
{
	g->core_wait_us = u64(s, at++);
	g->loop_late_us = u64(s, at++);
	g->throttled_us = u64(s, at++);
	g->steal_us = u64(s, at++);
	g->loop_late_max_us = u32(s, at++);
	g->fds = u32(s, at++);
	g->fd_limit = u32(s, at++);
	g->ports = u32(s, at++);
	g->in_flight_limit = u32(s, at);
}

static const struct rec *gauge(struct reader *reader, sqlite3_stmt *s, int64_t t_us,
			       uint16_t worker)
{
	struct rec_gauge *g = &reader->out.gauge;
	int at = FIRST;

	head(reader, REC_GAUGE, sizeof *g, t_us, worker);
	g->users_target = u32(s, at++);
	g->users_active = u32(s, at++);
	g->in_flight = u32(s, at++);
	g->connections = u32(s, at++);
	g->planned = u64(s, at++);
	g->started = u64(s, at++);
	g->waiting = u64(s, at++);
	g->worker_cpu_us = u64(s, at++);
	g->busiest_cpu_us = u64(s, at++);
	g->process_cpu_us = u64(s, at++);
	g->ring_dropped = u64(s, at++);
	g->record_lost = u64(s, at++);
	if (at < sqlite3_column_count(s)) /* not in schema 1 */
		g->in_flight_us = u64(s, at++);
	if (at < sqlite3_column_count(s)) /* nor in 2 */
		gauge_client(s, at, g);
	return &g->rec;
}

static const struct rec *point(struct reader *reader, sqlite3_stmt *s, int64_t t_us,
			       uint16_t worker)
{
	struct rec_point *p = &reader->out.point;

	head(reader, REC_POINT, sizeof *p, t_us, worker);
	p->asked_us = number(s, FIRST, -SCHEMA_TIME_MAX_US, SCHEMA_TIME_MAX_US);
	p->mode = (uint8_t)schema_name(schema_mode_names, MODE_OPEN + 1,
				       text(s, FIRST + 1), MODE_CLOSED);
	p->level = level(s, FIRST + 2);
	p->phase = (uint8_t)schema_name(schema_phase_names, PHASE_END + 1,
					text(s, FIRST + 3), PHASE_LOAD);
	p->ramp_us = number(s, FIRST + 4, 0, SCHEMA_TIME_MAX_US);
	/* Not in schema 1 and 2, which had no ramps. */
	p->from = sqlite3_column_count(s) > FIRST + 5 ? level(s, FIRST + 5) : p->level;
	reader->mode = p->mode;
	reader->level = p->level;
	reader->phase_end = p->phase == PHASE_END;
	return &p->rec;
}

static const struct rec *event(struct reader *reader, sqlite3_stmt *s, int64_t t_us,
			       uint16_t worker)
{
	struct rec_event *e = &reader->out.event;

	head(reader, REC_EVENT, sizeof *e, t_us, worker);
	e->what = (uint16_t)schema_name(schema_event_names, EVENT_COUNT, text(s, FIRST),
					EVENT_NOTE);
	e->value = sqlite3_column_int64(s, FIRST + 1);
	e->text_bytes = put_text(s, FIRST + 2, e->text, REC_TEXT_MAX);
	e->rec.bytes = rec_bytes(sizeof *e, e->text_bytes);
	return &e->rec;
}

static const struct rec *drops(struct reader *reader, sqlite3_stmt *s, int64_t t_us,
			       uint16_t worker)
{
	struct rec_drops *d = &reader->out.drops;

	head(reader, REC_DROPS, rec_bytes(sizeof *d, 0), t_us, worker);
	d->task = (uint32_t)number(s, FIRST, 0, reader->meta.task_count - 1);
	for (int i = 0; i < OUTCOME_COUNT; i++)
		d->count[i] = u32(s, FIRST + 1 + i);
	return &d->rec;
}

static const struct rec *side_record(struct reader *reader, enum side side)
{
	sqlite3_stmt *s = reader->side[side];
	int64_t t_us = sqlite3_column_int64(s, T_US);
	uint16_t worker = u16(s, WORKER);

	switch (side) {
	case GAUGES:
		return gauge(reader, s, t_us, worker);
	case POINTS:
		return point(reader, s, t_us, worker);
	case EVENTS:
		return event(reader, s, t_us, worker);
	case DROPS:
	case SIDES:
		break;
	}
	return drops(reader, s, t_us, worker);
}

/* --- order ----------------------------------------------------------------- */

/* The next row of a table, or none. */
static int step(struct reader *reader, enum side side, struct err *err)
{
	int rc = sqlite3_step(reader->side[side]);

	reader->have[side] = rc == SQLITE_ROW;
	return rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : damaged(reader, err);
}

int reader_rewind(struct reader *reader, struct err *err)
{
	sqlite3_reset(reader->samples);
	reader->rows = 0;
	reader->samples_read = 0;
	reader->samples_over = false;
	reader->t_us = 0;
	reader->stage = ROWS;
	reader->mode = (uint8_t)reader->meta.mode;
	reader->level = 0;
	reader->phase_end = false;
	for (int i = 0; i < SIDES; i++) {
		sqlite3_reset(reader->side[i]);
		if (step(reader, (enum side)i, err) != 0)
			return -1;
	}
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

		head(reader, REC_POINT, sizeof *p, reader->t_us, 0);
		p->asked_us = reader->t_us;
		p->mode = reader->mode;
		p->level = reader->level;
		p->phase = PHASE_END;
		reader->stage = ENDING;
		return &p->rec;
	}
	reader->stage = OVER;
	return head(reader, REC_END, sizeof(struct rec), t_us, 0);
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
			rec = sample(reader);
			reader->samples_read++;
			return rec;
		}
		reader->samples_over = true;
		if (step_rc != SQLITE_DONE) {
			*rc = damaged(reader, err);
			return NULL;
		}
	}
	if (side == SIDES)
		return NULL;
	rec = side_record(reader, side);
	*rc = step(reader, side, err);
	return *rc == 0 ? rec : NULL;
}

const struct rec *reader_next(struct reader *reader, bool *failed, struct err *err)
{
	const struct rec *rec;
	int rc = 0;

	*failed = false;
	if (reader->stage == OVER)
		return NULL;
	if (reader->stage != ROWS)
		return ending(reader);
	rec = next_row(reader, &rc, err);
	if (rec && ++reader->rows > reader->rows_max)
		rc = damaged_by(reader, "more rows than the file has room for", err);
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
