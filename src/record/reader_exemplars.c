/* The exemplars of a run file, with their samples. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "metrics/gaps.h"
#include "reader_private.h"

#define ROWS_MAX 4096 /* more than are written */

/* First what reader_sample() wants. */
static const char exemplars_sql[] =
	"SELECT s.*, s.rowid, e.id, e.request, e.body, e.body_bytes, e.headers, "
	"e.answer, e.answer_bytes, e.checks FROM "
	"(SELECT * FROM exemplars NOT INDEXED LIMIT ?1) AS e "
	"CROSS JOIN samples AS s NOT INDEXED ON s.rowid = e.sample";
static const char answer_sql[] = "SELECT * FROM answers NOT INDEXED WHERE sample = ?1";

enum { ID = SAMPLE_ROWID + 1, REQUEST, BODY, BODY_BYTES, HEADERS, ANSWER, ANSWER_BYTES, CHECKS };

static uint16_t put_text(sqlite3_stmt *s, int column, char **out, size_t max)
{
	const char *from = (const char *)sqlite3_column_text(s, column);
	size_t n = from ? utf8_clean_lines(from, (size_t)sqlite3_column_bytes(s, column), *out, max) : 0;

	*out += n;
	return (uint16_t)n;
}

static uint64_t count(sqlite3_stmt *s, int column)
{
	return (uint64_t)reader_clamp(sqlite3_column_int64(s, column), 0, INT64_MAX);
}

/* As many gaps as an exemplar has room for. */
static void cut_gaps(struct rec_sample *s)
{
	uint32_t gaps = gaps_fit(rec_gaps(s), s->gap_bytes, EXEMPLAR_GAPS_MAX);

	if (s->gap_bytes == gaps)
		return;
	s->gap_bytes = gaps;
	s->flags |= SAMPLE_GAPS_CUT;
	s->rec.bytes = rec_bytes(sizeof *s, (uint64_t)s->text_bytes + s->excerpt_bytes + gaps);
}

static void read_row(struct reader *reader, sqlite3_stmt *s, sqlite3_stmt *answer, struct rec_exemplar *e)
{
	struct rec_sample *sample;
	char *out = e->tail;

	reader->t_us = 0; /* they are in no order */
	sqlite3_bind_int64(answer, 1, sqlite3_column_int64(s, SAMPLE_ROWID));
	reader_sample(reader, s, sqlite3_step(answer) == SQLITE_ROW ? answer : NULL);
	sqlite3_reset(answer);
	sample = &reader->out.sample;
	cut_gaps(sample);
	*e = (struct rec_exemplar){
		.rec = sample->rec,
		.body_total = count(s, BODY_BYTES),
		.answer_total = count(s, ANSWER_BYTES),
		.id = (uint32_t)reader_clamp(sqlite3_column_int64(s, ID), 0, UINT32_MAX),
		.sample_bytes = (uint16_t)sample->rec.bytes,
	};
	memcpy(out, sample, sample->rec.bytes);
	out += sample->rec.bytes;
	e->request_bytes = put_text(s, REQUEST, &out, EXEMPLAR_REQUEST_MAX);
	e->body_bytes = put_text(s, BODY, &out, EXEMPLAR_BODY_MAX);
	e->header_bytes = put_text(s, HEADERS, &out, EXEMPLAR_HEADERS_MAX);
	e->answer_bytes = put_text(s, ANSWER, &out, EXEMPLAR_ANSWER_MAX);
	e->checks_bytes = put_text(s, CHECKS, &out, EXEMPLAR_CHECKS_MAX);
	e->rec.kind = REC_EXEMPLAR;
	e->rec.bytes = rec_bytes((uint64_t)(out - (char *)e), 0);
	memset(out, 0, (size_t)((char *)e + e->rec.bytes - out));
}

int reader_exemplars(struct reader *reader, void (*take)(void *arg, const struct rec_exemplar *exemplar),
		     void *arg, struct err *err)
{
	sqlite3_stmt *s = NULL, *answer = NULL;
	struct rec_exemplar *e;
	int rc, code;

	if (reader->version < 4)
		return 0;
	rc = sqlite3_prepare_v2(reader->db, exemplars_sql, -1, &s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(reader->db, answer_sql, -1, &answer, NULL);
	if (rc != SQLITE_OK) {
		sqlite3_finalize(s);
		return reader_damaged(reader, err);
	}
	sqlite3_bind_int(s, 1, ROWS_MAX);
	e = xcalloc(1, REC_EXEMPLAR_MAX);
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		read_row(reader, s, answer, e);
		take(arg, e);
	}
	code = rc == SQLITE_DONE ? 0 : reader_damaged(reader, err);
	sqlite3_finalize(answer);
	sqlite3_finalize(s);
	free(e);
	return reader_rewind(reader, err) ? -1 : code;
}
