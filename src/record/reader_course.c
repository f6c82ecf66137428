/* The whole run in short: what the screen shows of it wherever the picture stands. */
#include <stdlib.h>

#include "base/mem.h"
#include "reader_private.h"
#include "run/model.h"

/* Behind the last state there are some 45,000 as a rule; this many take a tenth of a
 * second. */
#define SAMPLES_MAX 500000

static const char points_sql[] = "SELECT t_us, mode, level, phase FROM points NOT INDEXED ORDER BY ord";
static const char events_sql[] = "SELECT value, what, text FROM events NOT INDEXED ORDER BY ord";
static const char samples_sql[] =
	"SELECT t0_us, latency_us, outcome FROM samples NOT INDEXED WHERE rowid > ?1 ORDER BY rowid LIMIT ?2";

static const char drops_sql[] =
	"SELECT t_us, failed, censored FROM drops NOT INDEXED WHERE t_us > ?1 ORDER BY ord LIMIT ?2";

typedef void row_fn(sqlite3_stmt *s, struct course *out);

static void point_row(sqlite3_stmt *s, struct course *out)
{
	double level = sqlite3_column_double(s, 2);

	course_point(out, &(struct course_point){
		.t_us = reader_time(sqlite3_column_int64(s, 0)),
		.mode = (uint8_t)schema_name(schema_mode_names, MODE_OPEN + 1,
					     (const char *)sqlite3_column_text(s, 1), MODE_CLOSED),
		.level = level >= 0 && level <= SCHEMA_LEVEL_MAX ? level : 0,
		.phase = (uint8_t)schema_name(schema_phase_names, PHASE_END + 1,
					      (const char *)sqlite3_column_text(s, 3), PHASE_LOAD),
	});
}

static void event_row(sqlite3_stmt *s, struct course *out)
{
	char note[COURSE_NOTE];
	const char *text;

	if (schema_name(schema_event_names, EVENT_COUNT, (const char *)sqlite3_column_text(s, 1),
			EVENT_NOTE) != EVENT_MARK)
		return;
	text = (const char *)sqlite3_column_text(s, 2);
	schema_clean(text ? text : "", text ? (size_t)sqlite3_column_bytes(s, 2) : 0, note, sizeof note);
	course_mark(out, reader_time(sqlite3_column_int64(s, 0)), note);
}

static void sample_row(sqlite3_stmt *s, struct course *out)
{
	if (sqlite3_column_int64(s, 2) != OUTCOME_SUCCEEDED)
		course_bad(out, reader_time(reader_time(sqlite3_column_int64(s, 0)) +
					    reader_time(sqlite3_column_int64(s, 1))), 1);
}

static void drops_row(sqlite3_stmt *s, struct course *out)
{
	for (int i = 1; i <= 2; i++)
		course_bad(out, reader_time(sqlite3_column_int64(s, 0)),
			   (uint32_t)reader_clamp(sqlite3_column_int64(s, i), 0, UINT32_MAX));
}

/* All rows of a statement, of which ?1 and ?2 may be numbers. */
static int each(struct reader *reader, const char *sql, int64_t from, int64_t most, row_fn *take, struct course *out,
		struct err *err)
{
	sqlite3_stmt *s = NULL;
	int64_t rows = 0;
	int rc;

	if (sqlite3_prepare_v2(reader->db, sql, -1, &s, NULL) != SQLITE_OK)
		return reader_damaged(reader, err);
	if (most) {
		sqlite3_bind_int64(s, 1, from);
		sqlite3_bind_int64(s, 2, most);
	}
	while ((rc = sqlite3_step(s)) == SQLITE_ROW && ++rows <= reader->rows_max)
		take(s, out);
	sqlite3_finalize(s);
	return rc == SQLITE_DONE ? 0 : reader_damaged(reader, err);
}

/* What the model had counted by then. False: the state is no good. */
static bool take_state(struct reader *reader, const char *state, size_t bytes, struct course *out)
{
	struct slo slo[SLO_MAX];
	struct model_config config = model_config_of(&reader->meta, slo);
	struct model *model = model_new(&config);
	struct snapshot *s = xmalloc(sizeof *s);
	bool good = model_restore(model, state, bytes);

	if (good) {
		model_snapshot(model, (struct view_query){.task = -1}, s);
		course_set_bad(out, s->heat.length_us, s->bad, s->heat.columns);
	}
	free(s);
	model_free(model);
	return good;
}

/* From the last state as far as it goes, from the rows behind it. */
static int find_bad(struct reader *reader, struct course *out, struct err *err)
{
	int64_t t_us = reader_state_before(reader, reader->end_us), samples = 0;
	char *state = NULL;
	size_t bytes;

	if (t_us >= 0 && reader_resume(reader, t_us, &state, &bytes, NULL) == 0 &&
	    take_state(reader, state, bytes, out))
		samples = reader->samples_read;
	else
		t_us = -1;
	free(state);
	if (each(reader, samples_sql, samples, SAMPLES_MAX, sample_row, out, err))
		return -1;
	return each(reader, drops_sql, t_us, SAMPLES_MAX, drops_row, out, err);
}

int reader_course(struct reader *reader, struct course *out, struct err *err)
{
	int code;

	course_init(out);
	out->end_us = reader->end_us;
	if (reader->log)
		return 0;
	code = each(reader, points_sql, 0, 0, point_row, out, err);
	if (!code)
		code = each(reader, events_sql, 0, 0, event_row, out, err);
	if (!code)
		code = find_bad(reader, out, err);
	return reader_rewind(reader, code ? NULL : err) ? -1 : code;
}
