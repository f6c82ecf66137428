#include "intervals.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "metrics/hdr.h"
#include "metrics/hdr_codec.h"
#include "run/exchange.h"

/* Three would make the file of a slow run twice as large. */
#define FIGURES 2

enum metric { LATENCY, SERVICE, QUEUE, TTFB, FAILED, TTFT, TTFO, TPOT, ITL, METRICS };

static const char *const metric_name[METRICS] = {
	"latency", "service", "queue", "ttfb", "failed_latency", "ttft", "ttfo", "tpot", "itl",
};

/* What a task has of a metric: of the present second, minute, hour; of the second's part
 * that belongs to the warm-up, where that ended in it; of all that was measured. */
enum level { SECOND, EARLY, MINUTE, HOUR, TOTAL, LEVELS };

static const int level_s[LEVELS] = {[SECOND] = 1, [MINUTE] = 60, [HOUR] = 3600, [TOTAL] = 0};

struct cell {
	struct hdr of[LEVELS];
	uint64_t told; /* count of its last row of totals */
};

struct intervals {
	sqlite3_stmt *insert;
	struct hdr_pool *pool;
	struct hdr all; /* tasks together, while they are written */
	struct cell *cell; /* METRICS a task; behind them those of all together, for `told` */
	int tasks;
	int64_t second; /* the present one */
	bool measuring; /* the warm-up is over */
	struct exchange_room room;
	struct buf encoded;
};

struct intervals *intervals_new(int tasks, sqlite3_stmt *insert)
{
	struct intervals *iv = xcalloc(1, sizeof *iv);

	iv->insert = insert;
	iv->pool = hdr_pool_new();
	iv->tasks = tasks;
	iv->cell = xcalloc(((size_t)tasks + 1) * METRICS, sizeof *iv->cell);
	for (int i = 0; i < tasks * METRICS; i++)
		for (int l = 0; l < LEVELS; l++)
			hdr_init(&iv->cell[i].of[l], iv->pool, FIGURES);
	hdr_init(&iv->all, iv->pool, FIGURES);
	return iv;
}

void intervals_free(struct intervals *iv)
{
	if (!iv)
		return;
	for (int i = 0; i < iv->tasks * METRICS; i++)
		for (int l = 0; l < LEVELS; l++)
			hdr_fini(&iv->cell[i].of[l]);
	hdr_fini(&iv->all);
	hdr_pool_free(iv->pool);
	free(iv->cell);
	free(iv->room.us);
	buf_fini(&iv->encoded);
	free(iv);
}

/* --- rows ---------------------------------------------------------------------- */

struct row {
	enum level level;
	int64_t start_s;
	int task; /* as many as there are: all together */
	enum metric metric;
};

static int put_row(struct intervals *iv, const struct row *row, const struct hdr *h)
{
	sqlite3_stmt *s = iv->insert;
	bool brief = row->level == SECOND || row->level == MINUTE;
	int rc, at = 1;

	sqlite3_bind_int(s, at++, level_s[row->level]);
	sqlite3_bind_int64(s, at++, row->start_s);
	if (row->task < iv->tasks)
		sqlite3_bind_int(s, at++, row->task);
	else
		sqlite3_bind_null(s, at++);
	sqlite3_bind_text(s, at++, metric_name[row->metric], -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, at++, (int64_t)h->count);
	sqlite3_bind_int64(s, at++, h->sum_us < INT64_MAX ? (int64_t)h->sum_us : INT64_MAX);
	sqlite3_bind_int64(s, at++, h->min_us);
	sqlite3_bind_int64(s, at++, h->max_us);
	if (brief && h->count < INTERVALS_HISTOGRAM_MIN) {
		sqlite3_bind_null(s, at++);
	} else {
		iv->encoded.used = 0;
		hdr_encode(h, &iv->encoded);
		sqlite3_bind_blob64(s, at++, iv->encoded.at, iv->encoded.used, SQLITE_STATIC);
	}
	rc = sqlite3_step(s);
	sqlite3_reset(s);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static struct cell *cell_of(struct intervals *iv, int task, enum metric metric)
{
	return &iv->cell[task * METRICS + (int)metric];
}

/* Whether that row is worth its bytes; `last`: no other one comes. */
static bool wanted(const struct intervals *iv, const struct row *row, const struct hdr *h,
		   struct cell *cell, bool last)
{
	if (!h->count)
		return false;
	if (row->level == SECOND)
		return row->task == iv->tasks || h->count >= INTERVALS_TASK_MIN;
	if (row->level != TOTAL)
		return true;
	if (h->count - cell->told < (last ? 1 : INTERVALS_TOTAL_MIN))
		return false;
	cell->told = h->count;
	return true;
}

/* The rows of all tasks, and of them together. */
static int put_level(struct intervals *iv, enum level level, int64_t start_s, bool last)
{
	struct row row = {level, start_s, 0, LATENCY};
	int rc = SQLITE_OK;

	for (int m = 0; m < METRICS; m++) {
		row.metric = (enum metric)m;
		for (row.task = 0; row.task < iv->tasks && rc == SQLITE_OK; row.task++) {
			struct cell *cell = cell_of(iv, row.task, row.metric);
			const struct hdr *h = &cell->of[level];

			hdr_add(&iv->all, h);
			if (wanted(iv, &row, h, cell, last))
				rc = put_row(iv, &row, h);
		}
		if (rc == SQLITE_OK &&
		    wanted(iv, &row, &iv->all, cell_of(iv, iv->tasks, row.metric), last))
			rc = put_row(iv, &row, &iv->all);
		hdr_reset(&iv->all);
	}
	return rc;
}

/* --- time ---------------------------------------------------------------------- */

/* Empties `from`, into `to` where there is one. */
static void pour(struct intervals *iv, enum level from, enum level to)
{
	for (int i = 0; i < iv->tasks * METRICS; i++) {
		struct hdr *of = iv->cell[i].of;

		if (!of[from].count)
			continue;
		if (to != from)
			hdr_add(&of[to], &of[from]);
		hdr_reset(&of[from]);
	}
}

static int end_second(struct intervals *iv)
{
	int rc;

	for (int i = 0; iv->measuring && i < iv->tasks * METRICS; i++)
		hdr_add(&iv->cell[i].of[TOTAL], &iv->cell[i].of[SECOND]);
	pour(iv, EARLY, SECOND);
	rc = put_level(iv, SECOND, iv->second, false);
	pour(iv, SECOND, MINUTE);
	return rc;
}

/* `until_s`: what was measured is all from before it. */
static int end_minute(struct intervals *iv, int64_t until_s, bool last)
{
	int rc = put_level(iv, MINUTE, iv->second / 60 * 60, false);

	pour(iv, MINUTE, HOUR);
	return rc == SQLITE_OK ? put_level(iv, TOTAL, until_s, last) : rc;
}

static int end_hour(struct intervals *iv)
{
	int rc = put_level(iv, HOUR, iv->second / 3600 * 3600, false);

	pour(iv, HOUR, HOUR);
	return rc;
}

/* Ends what lies before the second `now`. */
static int advance(struct intervals *iv, int64_t now)
{
	int rc;

	if (now <= iv->second)
		return SQLITE_OK;
	rc = end_second(iv);
	if (rc == SQLITE_OK && now / 60 > iv->second / 60)
		rc = end_minute(iv, (iv->second / 60 + 1) * 60, false);
	if (rc == SQLITE_OK && now / 3600 > iv->second / 3600)
		rc = end_hour(iv);
	iv->second = now;
	return rc;
}

static int end_all(struct intervals *iv)
{
	int rc = end_second(iv);

	if (rc == SQLITE_OK)
		rc = end_minute(iv, iv->second + 1, true);
	return rc == SQLITE_OK ? end_hour(iv) : rc;
}

/* --- records ------------------------------------------------------------------- */

static void count_if(struct cell *cell, enum metric metric, int64_t us)
{
	if (us >= 0)
		hdr_record(&cell[metric].of[SECOND], us);
}

static void count_sample(struct intervals *iv, const struct rec_sample *s)
{
	struct cell *cell;
	struct exchange x;

	if (s->task >= iv->tasks)
		return;
	cell = cell_of(iv, s->task, LATENCY);
	exchange_of(&x, s);
	if (x.outcome == OUTCOME_FAILED) {
		count_if(cell, FAILED, x.latency_us);
		return;
	}
	count_if(cell, LATENCY, x.latency_us);
	count_if(cell, SERVICE, x.service_us);
	count_if(cell, QUEUE, x.queue_us);
	count_if(cell, TTFB, x.ttfb_us);
	count_if(cell, TTFT, x.ttft_us);
	count_if(cell, TTFO, x.ttfo_us);
	count_if(cell, TPOT, x.tpot_us);
	if (x.outcome != OUTCOME_SUCCEEDED)
		return;
	exchange_gaps(&x, &iv->room);
	for (uint32_t i = 0; i < x.gaps; i++)
		count_if(cell, ITL, x.gap_us[i]);
}

int intervals_put(struct intervals *iv, const struct rec *rec)
{
	const struct rec_point *p = (const struct rec_point *)rec;
	int rc = advance(iv, rec->t_us / US_PER_S);

	if (rc != SQLITE_OK)
		return rc;
	if (rec->kind == REC_SAMPLE) {
		count_sample(iv, (const struct rec_sample *)rec);
	} else if (rec->kind == REC_POINT && p->phase == PHASE_LOAD && !iv->measuring) {
		pour(iv, SECOND, EARLY);
		iv->measuring = true;
	} else if (rec->kind == REC_END) {
		rc = end_all(iv);
	}
	return rc;
}
