#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"
#include "reader_private.h"

static const char before_sql[] =
	"SELECT t_us FROM states NOT INDEXED WHERE t_us <= ?1 ORDER BY t_us DESC LIMIT 1";
static const char state_sql[] =
	"SELECT at_sample, at_ord, bytes, state FROM states NOT INDEXED WHERE t_us = ?1";
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

/* NULL: it is not what its row says. */
static char *inflated(sqlite3_stmt *s, int packed_column, int64_t bytes)
{
	const Bytef *packed = sqlite3_column_blob(s, packed_column);
	uLongf got = (uLongf)bytes;
	char *state;

	if (!packed || bytes <= 0 || bytes > SCHEMA_STATE_MAX)
		return NULL;
	state = xmalloc((size_t)bytes);
	if (uncompress((Bytef *)state, &got, packed, (uLong)sqlite3_column_bytes(s, packed_column)) != Z_OK ||
	    got != (uLongf)bytes) {
		free(state);
		return NULL;
	}
	return state;
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
	sqlite3_stmt *s = NULL;
	int64_t samples, ord;
	int ret = -1;

	*state = NULL;
	if (sqlite3_prepare_v2(reader->db, state_sql, -1, &s, NULL) != SQLITE_OK)
		return reader_damaged(reader, err);
	sqlite3_bind_int64(s, 1, t_us);
	if (sqlite3_step(s) != SQLITE_ROW) {
		reader_damaged(reader, err);
		goto out;
	}
	samples = reader_clamp(sqlite3_column_int64(s, 0), 0, INT64_MAX);
	ord = reader_clamp(sqlite3_column_int64(s, 1), 0, INT64_MAX);
	*bytes = (size_t)reader_clamp(sqlite3_column_int64(s, 2), 0, SCHEMA_STATE_MAX);
	*state = inflated(s, 3, (int64_t)*bytes);
	if (!*state) {
		reader_damaged_by(reader, "a state cannot be unpacked", err);
		goto out;
	}
	if (reader_go(reader, samples, ord, err) || find_load(reader, ord, err)) {
		free(*state);
		*state = NULL;
		goto out;
	}
	reader->t_us = reader_time(t_us);
	ret = 0;
out:
	sqlite3_finalize(s);
	return ret;
}
