#include <stdlib.h>

#include "base/buf.h"
#include "packing.h"
#include "reader_private.h"

static const char before_sql[] =
	"SELECT t_us FROM states NOT INDEXED WHERE t_us <= ?1 ORDER BY t_us DESC LIMIT 1";
#define STATE_SQL(base) \
	"SELECT at_sample, at_ord, from_second, seconds, bytes, state, " base \
	" FROM states NOT INDEXED WHERE t_us = ?1"
static const char seconds_sql[] =
	"SELECT bytes, state FROM seconds NOT INDEXED WHERE second >= ?1 ORDER BY second LIMIT ?2";
static const char point_sql[] =
	"SELECT mode, level, phase FROM points NOT INDEXED WHERE ord < ?1 ORDER BY ord DESC LIMIT 1";

void reader_state_fini(struct reader *reader)
{
	sqlite3_finalize(reader->state_before);
}

int64_t reader_state_before(struct reader *reader, int64_t t_us)
{
	int64_t found = -1;

	if (reader->version < 4)
		return -1;
	if (!reader->state_before &&
	    sqlite3_prepare_v2(reader->db, before_sql, -1, &reader->state_before, NULL) != SQLITE_OK)
		return -1;
	sqlite3_bind_int64(reader->state_before, 1, t_us);
	if (sqlite3_step(reader->state_before) == SQLITE_ROW)
		found = sqlite3_column_int64(reader->state_before, 0);
	sqlite3_reset(reader->state_before);
	return found;
}

#define SECONDS_MAX 60 /* that a window reaches back */

/* Appends what is packed in a row: its bytes in `column`, itself in the next. False: it is
 * not what the row says, or too much. */
static bool unpack(sqlite3_stmt *s, int column, const struct buf *base, struct buf *out)
{
	int64_t bytes = sqlite3_column_int64(s, column);
	const void *packed = sqlite3_column_blob(s, column + 1);

	return packed && bytes > 0 && bytes <= SCHEMA_STATE_MAX && out->used <= 2 * (size_t)SCHEMA_STATE_MAX &&
	       packing_unpack(packed, (size_t)sqlite3_column_bytes(s, column + 1), base ? base->at : NULL,
			      base ? base->used : 0, (size_t)bytes, out);
}

enum state_column { STATE_SAMPLES, STATE_ORD, FROM_SECOND, STATE_SECONDS, STATE_BYTES, STATE, BASE_US };

/* On the row of the state of that time; NULL: there is none. */
static sqlite3_stmt *find_state(struct reader *reader, int64_t t_us)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(reader->db, reader->version < SCHEMA_BASES ? STATE_SQL("NULL") : STATE_SQL("base_us"),
			       -1, &s, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_int64(s, 1, t_us);
	if (sqlite3_step(s) == SQLITE_ROW)
		return s;
	sqlite3_finalize(s);
	return NULL;
}

static bool unpack_state(struct reader *reader, sqlite3_stmt *s, struct buf *out)
{
	struct buf base = {0};
	sqlite3_stmt *b;
	bool done;

	if (sqlite3_column_type(s, BASE_US) == SQLITE_NULL)
		return unpack(s, STATE_BYTES, NULL, out);
	b = find_state(reader, sqlite3_column_int64(s, BASE_US));
	/* A base has none, or a hostile file would lead from one to the next. */
	done = b && sqlite3_column_type(b, BASE_US) == SQLITE_NULL && unpack(b, STATE_BYTES, NULL, &base) &&
	       unpack(s, STATE_BYTES, &base, out);
	sqlite3_finalize(b);
	buf_fini(&base);
	return done;
}

static bool unpack_seconds(struct reader *reader, int64_t first, int64_t count, struct buf *out)
{
	sqlite3_stmt *s = NULL;
	int64_t n = 0;

	if (count < 0 || count > SECONDS_MAX ||
	    sqlite3_prepare_v2(reader->db, seconds_sql, -1, &s, NULL) != SQLITE_OK)
		return false;
	sqlite3_bind_int64(s, 1, first);
	sqlite3_bind_int64(s, 2, count);
	while (sqlite3_step(s) == SQLITE_ROW && unpack(s, 0, NULL, out))
		n++;
	sqlite3_finalize(s);
	return n == count;
}

/* The load that stands before row `ord`: of a run that was killed the end is made of it. */
static int find_load(struct reader *reader, int64_t ord, struct err *err)
{
	sqlite3_stmt *s = NULL;

	if (sqlite3_prepare_v2(reader->db, point_sql, -1, &s, NULL) != SQLITE_OK)
		return reader_damaged(reader, err);
	sqlite3_bind_int64(s, 1, ord);
	if (sqlite3_step(s) == SQLITE_ROW) {
		double level = sqlite3_column_double(s, 1);

		reader->mode = (uint8_t)schema_name(schema_mode_names, MODE_OPEN + 1,
						    (const char *)sqlite3_column_text(s, 0), MODE_CLOSED);
		reader->level = level >= 0 && level <= SCHEMA_LEVEL_MAX ? level : 0;
		reader->phase_end = schema_name(schema_phase_names, PHASE_END + 1,
						(const char *)sqlite3_column_text(s, 2),
						PHASE_LOAD) == PHASE_END;
	}
	sqlite3_finalize(s);
	return 0;
}

int reader_resume(struct reader *reader, int64_t t_us, char **state, size_t *bytes, struct err *err)
{
	sqlite3_stmt *s = find_state(reader, t_us);
	struct buf all = {0};
	int64_t samples, ord;
	int ret = -1;

	if (!s)
		return reader_damaged(reader, err);
	if (!unpack_state(reader, s, &all) ||
	    !unpack_seconds(reader, sqlite3_column_int64(s, FROM_SECOND), sqlite3_column_int64(s, STATE_SECONDS), &all)) {
		reader_damaged_by(reader, "a state cannot be unpacked", err);
		goto out;
	}
	samples = reader_clamp(sqlite3_column_int64(s, STATE_SAMPLES), 0, INT64_MAX);
	ord = reader_clamp(sqlite3_column_int64(s, STATE_ORD), 0, INT64_MAX);
	if (reader_go(reader, samples, ord, err) || find_load(reader, ord, err))
		goto out;
	reader->t_us = reader_time(t_us);
	*state = buf_take(&all, bytes);
	ret = 0;
out:
	buf_fini(&all);
	sqlite3_finalize(s);
	return ret;
}
