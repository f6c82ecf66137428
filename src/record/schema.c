#include "schema.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

const char *const schema_phase_names[PHASE_END + 1] = {
	"warmup", "load", "pause", "drain", "end",
};
const char *const schema_mode_names[MODE_OPEN + 1] = {"closed", "open"};
const char *const schema_event_names[EVENT_COUNT] = {
	"note", "mark", "key", "window", "applied", "sweep", "trial",
};

#define GAUGES_1                                                               \
	"CREATE TABLE gauges (ord INTEGER PRIMARY KEY, at_sample INTEGER, "        \
	"t_us INTEGER, worker INTEGER, users_target INTEGER, "                     \
	"users_active INTEGER, in_flight INTEGER, connections INTEGER, "           \
	"planned INTEGER, started INTEGER, waiting INTEGER, "                      \
	"worker_cpu_us INTEGER, busiest_cpu_us INTEGER, process_cpu_us INTEGER, "  \
	"ring_dropped INTEGER, record_lost INTEGER"

#define GAUGES_2 GAUGES_1 ", in_flight_us INTEGER"
#define GAUGES_3                                                               \
	GAUGES_2 ", core_wait_us INTEGER, loop_late_us INTEGER, "                  \
	"throttled_us INTEGER, steal_us INTEGER, loop_late_max_us INTEGER, "       \
	"fds INTEGER, fd_limit INTEGER, ports INTEGER, in_flight_limit INTEGER"

#define GAUGES_7 GAUGES_3 ", held INTEGER"

#define POINTS                                                                 \
	"CREATE TABLE points (ord INTEGER PRIMARY KEY, at_sample INTEGER, "        \
	"t_us INTEGER, worker INTEGER, asked_us INTEGER, mode TEXT, "

#define STATES                                                                 \
	"CREATE TABLE states (t_us INTEGER PRIMARY KEY, at_sample INTEGER, "       \
	"at_ord INTEGER, from_second INTEGER, seconds INTEGER, "
#define STATES_5 STATES "bytes INTEGER, state BLOB)"

/* In `samples` what is unknown is NULL, which costs a byte each; what few of
 * them have is in `answers`, under the sample's rowid. t0 and the spans since it
 * (queue, ttfb, ttft, ttfo, tlast, latency) give all times back exactly.
 * `message` and `excerpt` are rows of `messages`. cache: 1 hit, 2 miss;
 * token_source: 1 usage, 2 events; gaps: as metrics/gaps.h has them.
 *
 * The other records are few. `ord` counts them in the order in which they were
 * written, whatever their table, and `at_sample` says how many samples came
 * before, so that the whole order is kept even where times are equal.
 *
 * A row of `exemplars` is what was sent and what came of one of the samples, of texts at
 * most what metrics/record.h says, without secrets; `id` is its place among those that
 * were kept, which a later one may have taken.
 *
 * A row of `states` is the model (packed by zstd, of `bytes`) after so many samples and
 * other rows: a replay may begin there. So many rows of `seconds`, from from_second on,
 * belong to it: what its windows hold, which is in many states. It is packed against the
 * state of base_us, which is whole (NULL: it is whole itself; packing.h). All of it follows
 * from the other tables and may be missing. So does `intervals` (intervals.h). */
#define FORMERS 3
static const struct {
	const char *name, *sql;
	/* Where it was another up to a former schema, the oldest first; "": there was none. */
	struct {
		int up_to;
		const char *sql;
	} former[FORMERS];
} tables[] = {
	{"run", "CREATE TABLE run (key TEXT PRIMARY KEY, value)", {{0}}},
	{"tasks", "CREATE TABLE tasks (id INTEGER PRIMARY KEY, name TEXT, weight REAL)", {{0}}},
	{"messages", "CREATE TABLE messages (id INTEGER PRIMARY KEY, text TEXT)", {{0}}},
	{"samples",
	 "CREATE TABLE samples (t0_us INTEGER, queue_us INTEGER, dns_us INTEGER, "
	 "connect_us INTEGER, tls_us INTEGER, ttfb_us INTEGER, ttft_us INTEGER, "
	 "latency_us INTEGER, task INTEGER, worker INTEGER, user INTEGER, "
	 "turn INTEGER, status INTEGER, error TEXT, tokens_in INTEGER, "
	 "tokens_out INTEGER, bytes_in INTEGER, bytes_out INTEGER, quality REAL, "
	 "cache INTEGER, prompt_hash INTEGER, point INTEGER, gaps BLOB, "
	 "seq INTEGER, outcome INTEGER, flags INTEGER, code INTEGER, "
	 "message INTEGER)", {{0}}},
	{"answers",
	 "CREATE TABLE answers (sample INTEGER PRIMARY KEY, ttfo_us INTEGER, "
	 "tlast_us INTEGER, cached_tokens INTEGER, events INTEGER, reads INTEGER, "
	 "token_source INTEGER, excerpt INTEGER)",
	 {{1, ""}}},
	{"gauges", GAUGES_7 ")", {{1, GAUGES_1 ")"}, {2, GAUGES_2 ")"}, {6, GAUGES_3 ")"}}},
	{"points",
	 POINTS "level REAL, phase TEXT, ramp INTEGER, from_level REAL)",
	 {{2, POINTS "level INTEGER, phase TEXT, ramp INTEGER)"}}},
	{"events",
	 "CREATE TABLE events (ord INTEGER PRIMARY KEY, at_sample INTEGER, "
	 "t_us INTEGER, worker INTEGER, what TEXT, value INTEGER, text TEXT)", {{0}}},
	{"drops",
	 "CREATE TABLE drops (ord INTEGER PRIMARY KEY, at_sample INTEGER, "
	 "t_us INTEGER, worker INTEGER, task INTEGER, succeeded INTEGER, "
	 "failed INTEGER, censored INTEGER)", {{0}}},
	{"states", STATES "base_us INTEGER, bytes INTEGER, state BLOB)",
	 {{3, ""}, {5, STATES_5}}},
	{"seconds", "CREATE TABLE seconds (second INTEGER PRIMARY KEY, bytes INTEGER, state BLOB)",
	 {{3, ""}}},
	{"intervals",
	 "CREATE TABLE intervals (level_s INTEGER, start_s INTEGER, task INTEGER, metric TEXT, "
	 "count INTEGER, sum_us INTEGER, min_us INTEGER, max_us INTEGER, histogram BLOB)",
	 {{3, ""}}},
	{"exemplars",
	 "CREATE TABLE exemplars (id INTEGER PRIMARY KEY, sample INTEGER, request TEXT, "
	 "body TEXT, body_bytes INTEGER, headers TEXT, answer TEXT, answer_bytes INTEGER, checks TEXT)",
	 {{3, ""}}},
	{"server_gauges",
	 "CREATE TABLE server_gauges (ord INTEGER PRIMARY KEY, at_sample INTEGER, "
	 "t_us INTEGER, worker INTEGER, server TEXT, running REAL, waiting REAL, kv_use REAL, "
	 "cache_hits REAL, cache_lookups REAL, cache_hit_ratio REAL, ok INTEGER, status INTEGER, "
	 "scrapes INTEGER, failed INTEGER, took_us INTEGER, series INTEGER, text TEXT)",
	 {{4, ""}}},
};
#define TABLES (sizeof tables / sizeof tables[0])

/* For the questions of others; we ask none of it. In this order seconds, most of them, come
 * nearly last, so that its pages are full. */
static const char indexes[] = "CREATE INDEX intervals_at ON intervals (level_s DESC, start_s)";

int schema_name(const char *const *names, int count, const char *name, int otherwise)
{
	for (int i = 0; name && i < count; i++)
		if (!strcmp(names[i], name))
			return i;
	return otherwise;
}

char *schema_clean(const char *in, size_t in_bytes, char *out, size_t out_bytes)
{
	bool safe = in_bytes < out_bytes;

	for (size_t i = 0; safe && i < in_bytes;) {
		uint32_t cp;
		size_t n = utf8_decode(in + i, in_bytes - i, &cp);

		safe = utf8_width(cp) >= 0 && !(cp == 0xfffd && n == 1);
		i += n;
	}
	if (!safe)
		return utf8_clean(in, in_bytes, out, out_bytes);
	memcpy(out, in, in_bytes);
	out[in_bytes] = '\0';
	return out;
}

int schema_create(sqlite3 *db)
{
	char pragma[96];
	int rc = SQLITE_OK;

	for (size_t i = 0; i < TABLES && rc == SQLITE_OK; i++)
		rc = sqlite3_exec(db, tables[i].sql, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, indexes, NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_snprintf(sizeof pragma, pragma,
			 "PRAGMA application_id = %d; PRAGMA user_version = %d",
			 SCHEMA_APPLICATION, SCHEMA_VERSION);
	return sqlite3_exec(db, pragma, NULL, NULL, NULL);
}

int schema_ask(sqlite3 *db, const char *sql, int64_t *out)
{
	sqlite3_stmt *ask = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &ask, NULL);

	if (rc == SQLITE_OK) {
		rc = sqlite3_step(ask);
		if (rc == SQLITE_ROW) {
			*out = sqlite3_column_int64(ask, 0);
			rc = SQLITE_OK;
		} else if (rc == SQLITE_DONE) {
			rc = SQLITE_NOTFOUND;
		}
	}
	sqlite3_finalize(ask);
	return rc;
}

static int has_table(sqlite3 *db, const char *name, const char *sql)
{
	sqlite3_stmt *ask = NULL;
	int found = 0;

	if (sqlite3_prepare_v2(db,
			       "SELECT 1 FROM sqlite_schema WHERE type = 'table' "
			       "AND name = ?1 AND sql = ?2",
			       -1, &ask, NULL) == SQLITE_OK) {
		sqlite3_bind_text(ask, 1, name, -1, SQLITE_STATIC);
		sqlite3_bind_text(ask, 2, sql, -1, SQLITE_STATIC);
		found = sqlite3_step(ask) == SQLITE_ROW;
	}
	sqlite3_finalize(ask);
	return found;
}

int schema_check(sqlite3 *db, const char *path, int *out, struct err *err)
{
	int64_t application = 0, version = 0;

	if (schema_ask(db, "PRAGMA application_id", &application) != SQLITE_OK ||
	    application != SCHEMA_APPLICATION ||
	    schema_ask(db, "PRAGMA user_version", &version) != SQLITE_OK ||
	    version < 1)
		return err_set(err, "%s: not a brunt run file", path);
	if (version > SCHEMA_VERSION)
		return err_set(err, "%s: made by a newer brunt (schema %" PRId64
			       "; this one reads up to %d)",
			       path, version, SCHEMA_VERSION);
	for (size_t i = 0; i < TABLES; i++) {
		const char *sql = tables[i].sql;

		for (int k = FORMERS; k--;)
			if (version <= tables[i].former[k].up_to)
				sql = tables[i].former[k].sql;
		if (!*sql)
			continue;
		if (!has_table(db, tables[i].name, sql))
			return err_set(err, "%s: damaged: the table %s is missing "
				       "or not as brunt makes it",
				       path, tables[i].name);
	}
	*out = (int)version;
	return 0;
}

bool schema_pinned(sqlite3 *db)
{
	int64_t application = 0;

	return schema_ask(db, "PRAGMA application_id", &application) == SQLITE_OK &&
	       application == SCHEMA_APPLICATION && has_table(db, "run", tables[0].sql) &&
	       schema_get_int(db, "pinned", 0, 1, 0) == 1;
}
