/* Everything in a file is taken as hostile: sqlite3_column_int64() gives some
 * number whatever the stored type is, and each number is clamped to what its
 * field can mean before anybody sees it. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "metrics/gaps.h"
#include "reader_private.h"

/* The columns of `samples` in their order, and those of `answers`. */
enum column {
	T0, QUEUE, DNS, CONNECT, TLS, TTFB, TTFT, LATENCY, TASK, SAMPLE_WORKER, USER, TURN, STATUS,
	ERROR, TOKENS_IN, TOKENS_OUT, BYTES_IN, BYTES_OUT, QUALITY, CACHE, PROMPT_HASH, POINT,
	GAPS, SEQ, OUTCOME, FLAGS, CODE, MESSAGE, SAMPLE_COLUMNS
};
enum answer_column {
	SAMPLE, TTFO, TLAST, CACHED_TOKENS, ANSWER_EVENTS, READS, TOKEN_SOURCE, EXCERPT
};
_Static_assert(SAMPLE_COLUMNS == SAMPLE_ROWID, "rowid comes behind the columns");

/* --- columns --------------------------------------------------------------- */

static int64_t number(sqlite3_stmt *s, int column, int64_t min, int64_t max)
{
	return reader_clamp(sqlite3_column_int64(s, column), min, max);
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

/* What was written in the former way in today's. */
static uint32_t put_former_gaps(const uint8_t *from, uint32_t bytes, char *out, bool *cut)
{
	struct gaps_reader reader;
	struct gaps gaps;
	int64_t us;

	gaps_init(&gaps, (uint8_t *)out);
	gaps_read_former(&reader, from, bytes);
	while (gaps_next(&reader, &us))
		gaps_put(&gaps, us);
	*cut = gaps.cut;
	return gaps.used;
}

static uint32_t put_gaps(const struct reader *reader, sqlite3_stmt *s, char *out, bool *cut)
{
	const void *from = sqlite3_column_blob(s, GAPS);
	int64_t bytes = from ? reader_clamp(sqlite3_column_bytes(s, GAPS), 0, REC_GAPS_MAX) : 0;

	*cut = false;
	if (bytes && reader->version < SCHEMA_GAPS)
		return put_former_gaps(from, (uint32_t)bytes, out, cut);
	if (bytes)
		memcpy(out, from, (size_t)bytes);
	return (uint32_t)bytes;
}

/* --- records --------------------------------------------------------------- */

/* Time of a record must not go back, whatever the file says. */
static int64_t forward(struct reader *reader, int64_t t_us)
{
	t_us = reader_time(t_us);
	if (t_us > reader->t_us)
		reader->t_us = t_us;
	return reader->t_us;
}

struct rec *reader_head(struct reader *reader, enum rec_kind kind, uint64_t bytes,
			int64_t t_us, uint16_t worker)
{
	/* Tails clear what is behind them. */
	memset(&reader->out, 0, sizeof(struct rec_sample));
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
	r->to_us = r->tn_us = -1;
	r->dns_us = u32(s, DNS);
	r->connect_us = u32(s, CONNECT);
	r->tls_us = u32(s, TLS);
}

/* What few samples have: a row of `answers`. */
static void sample_more(struct rec_sample *r, sqlite3_stmt *a)
{
	r->to_us = moment(a, TTFO, r->t0_us, r->rec.t_us);
	r->tn_us = moment(a, TLAST, r->t0_us, r->rec.t_us);
	r->cached_tokens = tokens(a, CACHED_TOKENS);
	r->token_source = (uint8_t)number(a, TOKEN_SOURCE, 0, TOKENS_FROM_EVENTS);
	r->events = u32(a, ANSWER_EVENTS);
	r->reads = u32(a, READS);
}

static void sample_answer(struct rec_sample *r, sqlite3_stmt *s)
{
	r->tokens_in = tokens(s, TOKENS_IN);
	r->tokens_out = tokens(s, TOKENS_OUT);
	r->cached_tokens = TOKENS_UNKNOWN;
	r->quality = quality(s);
	r->cache = (uint8_t)number(s, CACHE, 0, CACHE_MISS);
	r->prompt_hash = (uint64_t)sqlite3_column_int64(s, PROMPT_HASH);
}

/* The row of `messages` that a column names, if it does. */
static uint16_t put_message(struct reader *reader, sqlite3_stmt *s, int column, char *out, size_t max)
{
	uint16_t bytes = 0;

	if (!known(s, column))
		return 0;
	sqlite3_bind_int64(reader->message, 1, sqlite3_column_int64(s, column));
	if (sqlite3_step(reader->message) == SQLITE_ROW)
		bytes = put_text(reader->message, 0, out, max);
	sqlite3_reset(reader->message);
	return bytes;
}

/* Message, excerpt, gaps: one behind the other. */
static void sample_tail(struct reader *reader, struct rec_sample *r, sqlite3_stmt *s, sqlite3_stmt *answer)
{
	char *end = r->text;
	bool cut;

	r->text_bytes = put_message(reader, s, MESSAGE, end, REC_TEXT_MAX);
	end += r->text_bytes;
	if (answer)
		r->excerpt_bytes = put_message(reader, answer, EXCERPT, end, REC_EXCERPT_MAX);
	end += r->excerpt_bytes;
	r->gap_bytes = put_gaps(reader, s, end, &cut);
	if (cut)
		r->flags |= SAMPLE_GAPS_CUT;
	end += r->gap_bytes;
	/* The terminator of a text may lie in the padding. */
	memset(end, 0, REC_ALIGN);
	r->rec.bytes = rec_bytes(sizeof *r, (uint64_t)(end - r->text));
}

const struct rec *reader_sample(struct reader *reader, sqlite3_stmt *s, sqlite3_stmt *answer)
{
	struct rec_sample *r = &reader->out.sample;
	int64_t t0_us = reader_time(sqlite3_column_int64(s, T0));
	int64_t latency_us = number(s, LATENCY, 0, SCHEMA_TIME_MAX_US);
	int error;

	reader_head(reader, REC_SAMPLE, sizeof *r, t0_us + latency_us, u16(s, SAMPLE_WORKER));
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
	if (answer)
		sample_more(r, answer);
	sample_tail(reader, r, s, answer);
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
	g->in_flight_limit = u32(s, at++);
	/* Not up to schema 6: who waited for what is not known of a loop with a limit. */
	g->held = at < sqlite3_column_count(s) ? u32(s, at) : g->in_flight_limit ? GAUGE_UNKNOWN : 0;
}

static const struct rec *gauge(struct reader *reader, sqlite3_stmt *s, int64_t t_us,
			       uint16_t worker)
{
	struct rec_gauge *g = &reader->out.gauge;
	int at = FIRST;

	reader_head(reader, REC_GAUGE, sizeof *g, t_us, worker);
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

	reader_head(reader, REC_POINT, sizeof *p, t_us, worker);
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

	reader_head(reader, REC_EVENT, sizeof *e, t_us, worker);
	e->what = (uint16_t)schema_name(schema_event_names, EVENT_COUNT, text(s, FIRST),
					EVENT_NOTE);
	e->value = sqlite3_column_int64(s, FIRST + 1);
	e->text_bytes = put_text(s, FIRST + 2, e->text, REC_TEXT_MAX);
	memset(e->text + e->text_bytes, 0, REC_ALIGN);
	e->rec.bytes = rec_bytes(sizeof *e, e->text_bytes);
	return &e->rec;
}

static const struct rec *drops(struct reader *reader, sqlite3_stmt *s, int64_t t_us,
			       uint16_t worker)
{
	struct rec_drops *d = &reader->out.drops;

	reader_head(reader, REC_DROPS, rec_bytes(sizeof *d, 0), t_us, worker);
	d->task = (uint32_t)number(s, FIRST, 0, reader->meta.task_count - 1);
	for (int i = 0; i < OUTCOME_COUNT; i++)
		d->count[i] = u32(s, FIRST + 1 + i);
	return &d->rec;
}

/* NAN, or a figure that makes sense. */
static double figure(sqlite3_stmt *s, int column, double most)
{
	double value = known(s, column) ? sqlite3_column_double(s, column) : NAN;

	return value >= 0 && value <= most ? value : NAN;
}

static int server_kind(const char *name)
{
	int kind = SERVER_KIND_COUNT - 1;

	while (kind > SERVER_UNKNOWN && (!name || strcmp(name, server_kind_name((enum server_kind)kind)) != 0))
		kind--;
	return kind;
}

static const struct rec *server(struct reader *reader, sqlite3_stmt *s, int64_t t_us, uint16_t worker)
{
	struct rec_server *r = &reader->out.server;
	int at = FIRST;

	reader_head(reader, REC_SERVER, sizeof *r, t_us, worker);
	r->kind = (uint8_t)server_kind(text(s, at++));
	r->running = figure(s, at++, SERVER_FIGURE_MAX);
	r->waiting = figure(s, at++, SERVER_FIGURE_MAX);
	r->kv_use = figure(s, at++, 1);
	r->hits = figure(s, at++, SERVER_FIGURE_MAX);
	r->lookups = figure(s, at++, SERVER_FIGURE_MAX);
	r->hit_ratio = figure(s, at++, 1);
	r->ok = sqlite3_column_int64(s, at++) != 0;
	r->status = u16(s, at++);
	r->scrapes = u64(s, at++);
	r->failed = u64(s, at++);
	r->took_us = u32(s, at++);
	r->series = u16(s, at++);
	r->text_bytes = put_text(s, at, r->text, REC_TEXT_MAX);
	memset(r->text + r->text_bytes, 0, REC_ALIGN);
	r->rec.bytes = rec_bytes(sizeof *r, r->text_bytes);
	return &r->rec;
}

const struct rec *reader_side(struct reader *reader, enum side side)
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
	case SERVERS:
		return server(reader, s, t_us, worker);
	case DROPS:
	case SIDES:
		break;
	}
	return drops(reader, s, t_us, worker);
}
