/* Inside the reader: reader.c opens a file and keeps the order of its rows,
 * reader_rows.c makes records of them, reader_state.c knows where to go on from. */
#ifndef RECORD_READER_PRIVATE_H
#define RECORD_READER_PRIVATE_H

#include <stdbool.h>

#include "record/reader.h"
#include "schema.h"

/* The tables beside `samples`, all beginning with ord, at_sample, t_us, worker.
 * Their columns are those of schema.c: schema_check() has seen to that. */
enum side { GAUGES, POINTS, EVENTS, DROPS, SERVERS, SIDES };
enum { ORD, AT_SAMPLE, T_US, WORKER, FIRST };
#define SAMPLE_ROWID 28 /* behind the columns of `samples` */

enum stage { ROWS, PHASE_END_MISSING, ENDING, OVER };

struct histlog;

struct reader {
	struct histlog *log; /* in place of all below but meta, closing, end_us; or NULL */
	sqlite3 *db;
	char *path;
	int version; /* of the schema; 0: a log */
	struct run_meta meta;
	struct run_closing closing;
	struct run_tags tags;
	int64_t end_us;
	int64_t ended_us; /* of the REC_END that was written; -1: none was */
	bool had_wal;     /* before it was opened, which may make an empty one */

	sqlite3_stmt *samples, *answers, *message, *side[SIDES];
	sqlite3_stmt *state_before; /* NULL until it is asked for */
	bool have[SIDES]; /* side[i] stands on a row not yet given out */
	int64_t rows, rows_max; /* read so far, and more than there can be */
	int64_t samples_read;
	bool samples_over;
	int64_t answer_of;  /* the sample of the row that `answers` stands on */
	bool answers_over;
	bool answered;      /* that is the present sample */
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
		struct rec_server server;
		char room[sizeof(struct rec_sample) + REC_TEXT_MAX + REC_EXCERPT_MAX +
			  REC_GAPS_MAX + REC_ALIGN];
	} out;
};

static inline int64_t reader_clamp(int64_t value, int64_t min, int64_t max)
{
	return value < min ? min : value > max ? max : value;
}

/* A time of the run as a file may give it. */
static inline int64_t reader_time(int64_t t_us)
{
	return reader_clamp(t_us, 0, SCHEMA_TIME_MAX_US);
}

/* Always -1. */
int reader_damaged_by(struct reader *reader, const char *how, struct err *err);
int reader_damaged(struct reader *reader, struct err *err);

/* The record of the row that `samples` (a statement with its columns) stands on, with the
 * row of `answers`, if it has one (else NULL); of the one that side table `side` stands on.
 * In `out`. */
const struct rec *reader_sample(struct reader *reader, sqlite3_stmt *samples, sqlite3_stmt *answers);
const struct rec *reader_side(struct reader *reader, enum side side);
/* A record of the reader's own; its time does not go back. */
struct rec *reader_head(struct reader *reader, enum rec_kind kind, uint64_t bytes, int64_t t_us,
			uint16_t worker);

/* From the first sample after `samples` of them, and the first other row from `ord` on. */
int reader_go(struct reader *reader, int64_t samples, int64_t ord, struct err *err);

/* Frees what reader_state.c holds. */
void reader_state_fini(struct reader *reader);

#endif
