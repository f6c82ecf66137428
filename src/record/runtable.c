/* The tables `run` (keys and values) and `tasks`: meta and closing, out and in. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "metrics/slo.h"
#include "schema.h"

#define LINE_MAX_BYTES 65536 /* of a value that is one line */
#define SOURCE_MAX_BYTES (8 << 20)
#define NAME_MAX_BYTES 256
#define LABELS_MAX 1000

/* --- out ------------------------------------------------------------------- */

static int put(sqlite3 *db, const char *key, const char *text, int64_t number,
	       double real, int type)
{
	sqlite3_stmt *put = NULL;
	int rc = sqlite3_prepare_v2(db, "INSERT OR REPLACE INTO run VALUES (?1, ?2)",
				    -1, &put, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_text(put, 1, key, -1, SQLITE_STATIC);
		if (type == SQLITE_TEXT)
			sqlite3_bind_text(put, 2, text, -1, SQLITE_STATIC);
		else if (type == SQLITE_FLOAT)
			sqlite3_bind_double(put, 2, real);
		else
			sqlite3_bind_int64(put, 2, number);
		rc = sqlite3_step(put);
	}
	sqlite3_finalize(put);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

int schema_put_text(sqlite3 *db, const char *key, const char *value)
{
	return value ? put(db, key, value, 0, 0, SQLITE_TEXT) : SQLITE_OK;
}

int schema_put_int(sqlite3 *db, const char *key, int64_t value)
{
	return put(db, key, NULL, value, 0, SQLITE_INTEGER);
}

static int put_tasks(sqlite3 *db, const struct run_meta *meta)
{
	sqlite3_stmt *put = NULL;
	int rc = sqlite3_prepare_v2(db, "INSERT INTO tasks VALUES (?1, ?2, ?3)", -1,
				    &put, NULL);

	for (int i = 0; i < meta->task_count && rc == SQLITE_OK; i++) {
		sqlite3_bind_int(put, 1, i);
		sqlite3_bind_text(put, 2, meta->task_name[i], -1, SQLITE_STATIC);
		sqlite3_bind_double(put, 3, meta->task_weight[i]);
		rc = sqlite3_step(put);
		rc = rc == SQLITE_DONE ? sqlite3_reset(put) : rc;
	}
	sqlite3_finalize(put);
	return rc;
}

/* Keys name.0, name.1, … */
static int put_list(sqlite3 *db, const char *name, char *const *list)
{
	int rc = SQLITE_OK;

	for (int i = 0; list && list[i] && rc == SQLITE_OK; i++) {
		char key[24];

		snprintf(key, sizeof key, "%s.%d", name, i);
		rc = schema_put_text(db, key, list[i]);
	}
	return rc;
}

int schema_put_meta(sqlite3 *db, const struct run_meta *meta)
{
	char seed[24];
	const struct {
		const char *key, *value;
	} text[] = {
		{"version", meta->version},   {"started_at", meta->started_at},
		{"target", meta->target},     {"scenario", meta->scenario},
		{"source", meta->source},     {"argv", meta->argv},
		{"seed", seed},               {"mode", schema_mode_names[meta->mode]},
		{"clock", "monotonic, microseconds since started_at"},
	};
	const struct {
		const char *key;
		int64_t value;
	} number[] = {
		{"schema", SCHEMA_VERSION},         {"definitions", RUN_DEFINITIONS},
		{"run_id", meta->run_id},           {"requests", meta->requests},
		{"duration_us", meta->duration_us}, {"warmup_us", meta->warmup_us},
		{"concurrency", meta->concurrency}, {"dns_us", meta->dns_us},
		{"worker_count", meta->worker_count}, {"respect_retry_after", meta->respect_retry_after},
	};
	int rc = schema_put_text(db, "arrival", meta->arrival);

	if (rc == SQLITE_OK && meta->rate_rps > 0)
		rc = put(db, "rate_rps", NULL, 0, meta->rate_rps, SQLITE_FLOAT);
	if (rc == SQLITE_OK && meta->price_in > 0)
		rc = put(db, "price_in", NULL, 0, meta->price_in, SQLITE_FLOAT);
	if (rc == SQLITE_OK && meta->price_out > 0)
		rc = put(db, "price_out", NULL, 0, meta->price_out, SQLITE_FLOAT);
	/* As text: SQLite's integers are signed. */
	snprintf(seed, sizeof seed, "%" PRIu64, meta->seed);
	for (size_t i = 0; i < sizeof text / sizeof text[0] && rc == SQLITE_OK; i++)
		rc = schema_put_text(db, text[i].key, text[i].value);
	for (size_t i = 0; i < sizeof number / sizeof number[0] && rc == SQLITE_OK; i++)
		rc = schema_put_int(db, number[i].key, number[i].value);
	if (rc == SQLITE_OK)
		rc = put_list(db, "label", meta->label);
	if (rc == SQLITE_OK)
		rc = put_list(db, "slo", meta->slo);
	return rc == SQLITE_OK ? put_tasks(db, meta) : rc;
}

static int put_figures(sqlite3 *db, const struct run_figures *f)
{
	const struct {
		const char *key;
		int64_t value;
	} number[] = {
		{"summary_requests", (int64_t)f->requests}, {"summary_succeeded", (int64_t)f->succeeded},
		{"summary_failed", (int64_t)f->failed},     {"summary_censored", (int64_t)f->censored},
		{"summary_duration_us", f->duration_us},    {"summary_p95_us", f->p95_us},
	};
	int rc = SQLITE_OK;

	for (size_t i = 0; f->known && i < sizeof number / sizeof number[0] && rc == SQLITE_OK; i++)
		rc = schema_put_int(db, number[i].key, number[i].value);
	return rc;
}

int schema_put_closing(sqlite3 *db, const struct run_closing *closing)
{
	int rc = schema_put_int(db, "partial", closing->partial);

	if (rc == SQLITE_OK)
		rc = put_figures(db, &closing->figures);
	if (rc == SQLITE_OK)
		rc = schema_put_int(db, "exit_code", closing->exit_code);
	if (rc == SQLITE_OK)
		rc = put(db, "cpu_pct", NULL, 0, closing->cpu_pct, SQLITE_FLOAT);
	if (rc == SQLITE_OK)
		rc = put(db, "worker_cpu_pct", NULL, 0, closing->worker_cpu_pct,
			 SQLITE_FLOAT);
	if (rc == SQLITE_OK)
		rc = schema_put_int(db, "client_bound", closing->client_bound);
	if (rc == SQLITE_OK)
		rc = schema_put_text(db, "evidence", closing->evidence);
	if (rc == SQLITE_OK)
		rc = schema_put_int(db, "closed", 1);
	return rc;
}

/* --- in -------------------------------------------------------------------- */

/* The row of a key, to be finalized, or NULL. */
static sqlite3_stmt *find(sqlite3 *db, const char *key)
{
	sqlite3_stmt *ask = NULL;

	if (sqlite3_prepare_v2(db, "SELECT value FROM run WHERE key = ?1", -1, &ask,
			       NULL) != SQLITE_OK)
		return NULL;
	sqlite3_bind_text(ask, 1, key, -1, SQLITE_STATIC);
	if (sqlite3_step(ask) == SQLITE_ROW &&
	    sqlite3_column_type(ask, 0) != SQLITE_NULL)
		return ask;
	sqlite3_finalize(ask);
	return NULL;
}

int64_t schema_get_int(sqlite3 *db, const char *key, int64_t min, int64_t max,
		       int64_t otherwise)
{
	sqlite3_stmt *row = find(db, key);
	int64_t value = otherwise;

	if (row)
		value = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return value < min ? min : value > max ? max : value;
}

static double get_double(sqlite3 *db, const char *key)
{
	sqlite3_stmt *row = find(db, key);
	double value = row ? sqlite3_column_double(row, 0) : 0;

	sqlite3_finalize(row);
	return isfinite(value) && value >= 0 ? value : 0;
}

/* A column as one printable line of at most `max` bytes; free(). */
static char *line(sqlite3_stmt *row, int column, size_t max)
{
	const unsigned char *text = sqlite3_column_text(row, column);
	size_t bytes = text ? (size_t)sqlite3_column_bytes(row, column) : 0;
	char *out;

	if (bytes > max)
		bytes = max;
	out = xmalloc(bytes + 1);
	return schema_clean(text ? (const char *)text : "", bytes, out, bytes + 1);
}

/* "" where the key is missing. */
static char *get_line(sqlite3 *db, const char *key)
{
	sqlite3_stmt *row = find(db, key);
	char *out = row ? line(row, 0, LINE_MAX_BYTES) : xstrdup("");

	sqlite3_finalize(row);
	return out;
}

static char *get_source(sqlite3 *db)
{
	sqlite3_stmt *row = find(db, "source");
	const unsigned char *text = row ? sqlite3_column_text(row, 0) : NULL;
	char *out = NULL;

	if (text && sqlite3_column_bytes(row, 0) <= SOURCE_MAX_BYTES)
		out = xstrdup((const char *)text);
	sqlite3_finalize(row);
	return out;
}

/* NULL at the end; NULL where there is none. */
static char **get_list(sqlite3 *db, const char *name, int most)
{
	char **list = NULL;

	for (int i = 0; i < most; i++) {
		sqlite3_stmt *row;
		char key[24];

		snprintf(key, sizeof key, "%s.%d", name, i);
		row = find(db, key);
		if (!row)
			break;
		list = xreallocarray(list, (size_t)i + 2, sizeof *list);
		list[i] = line(row, 0, LINE_MAX_BYTES);
		list[i + 1] = NULL;
		sqlite3_finalize(row);
	}
	return list;
}

static int get_tasks(sqlite3 *db, const char *path, struct run_meta *meta,
		     struct err *err)
{
	sqlite3_stmt *ask = NULL;
	int rc = sqlite3_prepare_v2(db, "SELECT name, weight FROM tasks ORDER BY id",
				    -1, &ask, NULL);

	meta->task_name = xcalloc(SCHEMA_TASKS, sizeof *meta->task_name);
	meta->task_weight = xcalloc(SCHEMA_TASKS, sizeof *meta->task_weight);
	while (rc == SQLITE_OK && meta->task_count < SCHEMA_TASKS) {
		double weight;

		rc = sqlite3_step(ask);
		if (rc != SQLITE_ROW)
			break;
		weight = sqlite3_column_double(ask, 1);
		meta->task_name[meta->task_count] = line(ask, 0, NAME_MAX_BYTES);
		meta->task_weight[meta->task_count++] =
			isfinite(weight) && weight >= 0 ? weight : 0;
		rc = SQLITE_OK;
	}
	sqlite3_finalize(ask);
	if (rc != SQLITE_OK && rc != SQLITE_DONE)
		return err_set(err, "%s: damaged: %s", path, sqlite3_errmsg(db));
	if (meta->task_count == 0)
		return err_set(err, "%s: damaged: it names no task", path);
	return 0;
}

int schema_get_meta(sqlite3 *db, const char *path, struct run_meta *meta, struct err *err)
{
	char *seed = get_line(db, "seed"), *mode = get_line(db, "mode"), *arrival = get_line(db, "arrival");

	*meta = (struct run_meta){
		.version = get_line(db, "version"),
		.definitions = (int)schema_get_int(db, "definitions", 0, INT32_MAX, 0),
		.started_at = get_line(db, "started_at"),
		.target = get_line(db, "target"),
		.scenario = get_line(db, "scenario"),
		.source = get_source(db),
		.argv = get_line(db, "argv"),
		.label = get_list(db, "label", LABELS_MAX),
		.slo = get_list(db, "slo", SLO_MAX),
		.seed = strtoull(seed, NULL, 10),
		.run_id = (uint32_t)schema_get_int(db, "run_id", 0, UINT32_MAX, 0),
		.mode = (enum load_mode)schema_name(schema_mode_names, MODE_OPEN + 1,
						    mode, MODE_CLOSED),
		.requests = schema_get_int(db, "requests", -1, INT64_MAX, -1),
		.duration_us = schema_get_int(db, "duration_us", -1,
					      SCHEMA_TIME_MAX_US, -1),
		.warmup_us = schema_get_int(db, "warmup_us", 0, SCHEMA_TIME_MAX_US, 0),
		.concurrency = (uint32_t)schema_get_int(db, "concurrency", 0,
							UINT32_MAX, 0),
		.rate_rps = get_double(db, "rate_rps"),
		.price_in = get_double(db, "price_in"),
		.price_out = get_double(db, "price_out"),
		.arrival = *arrival ? xstrdup(arrival) : NULL,
		.dns_us = schema_get_int(db, "dns_us", -1, SCHEMA_TIME_MAX_US, -1),
		.respect_retry_after = schema_get_int(db, "respect_retry_after", 0, 1, 0) == 1,
		.worker_count = (int)schema_get_int(db, "worker_count", 0, UINT16_MAX, 0),
	};
	free(seed);
	free(mode);
	free(arrival);
	return get_tasks(db, path, meta, err);
}

static struct run_figures get_figures(sqlite3 *db)
{
	int64_t requests = schema_get_int(db, "summary_requests", -1, INT64_MAX, -1);
	struct run_figures f = {.known = requests >= 0, .p95_us = -1};

	if (!f.known)
		return f;
	f.requests = (uint64_t)requests;
	f.succeeded = (uint64_t)schema_get_int(db, "summary_succeeded", 0, requests, 0);
	f.failed = (uint64_t)schema_get_int(db, "summary_failed", 0, requests, 0);
	f.censored = (uint64_t)schema_get_int(db, "summary_censored", 0, requests, 0);
	f.p95_us = schema_get_int(db, "summary_p95_us", -1, SCHEMA_TIME_MAX_US, -1);
	f.duration_us = schema_get_int(db, "summary_duration_us", 0, SCHEMA_TIME_MAX_US, 0);
	return f;
}

void schema_get_closing(sqlite3 *db, struct run_closing *closing)
{
	char *evidence = get_line(db, "evidence"), *incomplete = get_line(db, "incomplete");

	*closing = (struct run_closing){
		.known = schema_get_int(db, "closed", 0, 1, 0) == 1,
		.partial = schema_get_int(db, "partial", 0, 1, 0) == 1,
		.exit_code = (int)schema_get_int(db, "exit_code", 0, 255, 0),
		.cpu_pct = get_double(db, "cpu_pct"),
		.worker_cpu_pct = get_double(db, "worker_cpu_pct"),
		.client_bound = schema_get_int(db, "client_bound", 0, 1, 0) == 1,
		.figures = get_figures(db),
	};
	schema_clean(evidence, strlen(evidence), closing->evidence,
		   sizeof closing->evidence);
	schema_clean(incomplete, strlen(incomplete), closing->incomplete,
		   sizeof closing->incomplete);
	free(evidence);
	free(incomplete);
}

void schema_get_tags(sqlite3 *db, struct run_tags *tags)
{
	char *name = get_line(db, "name"), *note = get_line(db, "note");

	*tags = (struct run_tags){.pinned = schema_get_int(db, "pinned", 0, 1, 0) == 1};
	schema_clean(name, strlen(name), tags->name, sizeof tags->name);
	schema_clean(note, strlen(note), tags->note, sizeof tags->note);
	free(name);
	free(note);
}
