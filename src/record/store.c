#include "store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "intervals.h"
#include "packing.h"
#include "schema.h"

/* Messages kept in memory so that each is one row; of more kinds than this (a
 * server that puts an id into every one) each gets a row of its own. */
#define MESSAGES_MAX 4096
#define MESSAGE_SLOTS (2 * MESSAGES_MAX)

enum statement {
	BEGIN,
	COMMIT,
	SAMPLE,
	ANSWER,
	MESSAGE,
	GAUGE,
	POINT,
	EVENT,
	DROPS,
	STATE,
	SECOND,
	INTERVAL,
	EXEMPLAR,
	SERVER,
	STATEMENTS
};

static const char *const sql[STATEMENTS] = {
	[BEGIN] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	/* In the order of the table's columns. */
	[SAMPLE] = ("INSERT INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
		   "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
	[ANSWER] = "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[MESSAGE] = "INSERT INTO messages (text) VALUES (?)",
	[GAUGE] = ("INSERT INTO gauges VALUES "
		   "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
	[POINT] = "INSERT INTO points VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[EVENT] = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
	[DROPS] = "INSERT INTO drops VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[STATE] = "INSERT OR REPLACE INTO states VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	[SECOND] = "INSERT OR REPLACE INTO seconds VALUES (?, ?, ?)",
	[INTERVAL] = "INSERT INTO intervals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[EXEMPLAR] = "INSERT OR REPLACE INTO exemplars VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	[SERVER] = "INSERT INTO server_gauges VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
};

struct message {
	uint64_t hash;
	int64_t id; /* 0: the slot is free */
	char *text;
	size_t bytes;
};

struct store {
	sqlite3 *db;
	char *path; /* as the user wrote it, for sentences */
	sqlite3_stmt *statement[STATEMENTS];
	struct intervals *intervals;
	struct packer packer;
	bool in_transaction;
	uint64_t pending;
	int64_t samples, ord; /* rows so far */
	int64_t safe_samples; /* of them committed */
	uint64_t last_seq;    /* of the newest sample */
	uint16_t last_worker;
	int64_t dropped;      /* samples refused by full rings */
	int64_t ended_us;     /* of REC_END; -1: none came */
	struct message message[MESSAGE_SLOTS];
	int messages;
};

/* --- creating -------------------------------------------------------------- */

/* The path without symbolic links and relative parts in its folder, so that
 * neither chdir nor SQLite's own names (":memory:") can change what it means. */
static char *absolute(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char *folder = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup(".");
	char *real = NULL, *out = NULL;

	if (*name == '\0' || !strcmp(name, ".") || !strcmp(name, "..")) {
		err_set(err, "%s: not the name of a file", path);
		goto out;
	}
	real = realpath(folder, NULL);
	if (!real) {
		err_set(err, "%s: %s", path, strerror(errno));
		goto out;
	}
	out = xasprintf("%s/%s", strcmp(real, "/") ? real : "", name);
out:
	free(real);
	free(folder);
	return out;
}

static void unlink_with(const char *path, const char *suffix)
{
	char *name = xasprintf("%s%s", path, suffix);

	unlink(name);
	free(name);
}

/* Whether what is at `real` may go: nothing, or an old run file (*there). */
static int may_replace(const char *path, const char *real, bool *there, struct err *err)
{
	sqlite3 *db = NULL;
	int64_t application = 0;
	struct stat st;
	int rc;

	*there = false;
	if (lstat(real, &st) != 0)
		return errno == ENOENT ? 0 : err_set(err, "%s: %s", path, strerror(errno));
	if (S_ISLNK(st.st_mode))
		return err_set(err, "%s: is a symbolic link; name the file itself", path);
	if (!S_ISREG(st.st_mode))
		return err_set(err, "%s: is there already and not a file", path);
	rc = sqlite3_open_v2(real, &db, SQLITE_OPEN_READWRITE, NULL);
	if (rc == SQLITE_OK)
		rc = schema_ask(db, "PRAGMA application_id", &application);
	if (rc == SQLITE_BUSY)
		err_set(err, "%s: is in use", path);
	else if (rc != SQLITE_OK || application != SCHEMA_APPLICATION)
		err_set(err, "%s: is there already and not a brunt run file", path),
			rc = SQLITE_NOTADB;
	/* Needs the file for itself, so it tells whether somebody has it open. */
	else if (sqlite3_exec(db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) ==
		 SQLITE_BUSY)
		err_set(err, "%s: is in use", path), rc = SQLITE_BUSY;
	sqlite3_close(db);
	*there = true;
	return rc == SQLITE_OK ? 0 : -1;
}

static int replace_old(const char *path, const char *real, struct err *err)
{
	bool there;

	if (may_replace(path, real, &there, err) != 0)
		return -1;
	if (!there)
		return 0;
	if (unlink(real) != 0)
		return err_set(err, "%s: %s", path, strerror(errno));
	unlink_with(real, "-wal");
	unlink_with(real, "-shm");
	return 0;
}

int store_check(const char *path, struct err *err)
{
	char *folder = absolute(path, err), *slash;
	bool there;
	int ret = -1;

	if (folder && may_replace(path, folder, &there, err) == 0) {
		slash = strrchr(folder, '/');
		slash[slash == folder] = '\0';
		ret = access(folder, W_OK | X_OK) ? err_set(err, "%s: %s", path, strerror(errno)) : 0;
	}
	free(folder);
	return ret;
}

static int set_up(struct store *store, const struct run_meta *meta)
{
	/* NORMAL: what is committed outlives the process; a power cut may take
	 * the newest seconds but not the file. A checkpoint each 8 MiB of WAL
	 * is where the disk is waited for. */
	static const char pragmas[] =
		"PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; "
		"PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 2048; "
		"PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY";
	sqlite3 *db = store->db;
	int rc;

	sqlite3_busy_timeout(db, 2000);
	rc = sqlite3_exec(db, pragmas, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, sql[BEGIN], NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = schema_create(db);
	if (rc == SQLITE_OK)
		rc = schema_put_meta(db, meta);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, sql[COMMIT], NULL, NULL, NULL);
	/* So that the file says what it is even without its WAL. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
	for (int i = 0; i < STATEMENTS && rc == SQLITE_OK; i++)
		rc = sqlite3_prepare_v3(db, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
					&store->statement[i], NULL);
	return rc;
}

static int complain(struct store *store, struct err *err)
{
	int code = sqlite3_errcode(store->db);
	int number = sqlite3_system_errno(store->db);

	if (code == SQLITE_FULL)
		return err_set(err, "%s: the disk is full", store->path);
	if ((code == SQLITE_IOERR || code == SQLITE_CANTOPEN) && number)
		return err_set(err, "%s: %s", store->path, strerror(number));
	return err_set(err, "%s: %s", store->path, sqlite3_errmsg(store->db));
}

static void free_store(struct store *store)
{
	packer_fini(&store->packer);
	intervals_free(store->intervals);
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(store->statement[i]);
	sqlite3_close(store->db);
	for (int i = 0; i < MESSAGE_SLOTS; i++)
		free(store->message[i].text);
	free(store->path);
	free(store);
}

int store_create(const char *path, const struct run_meta *meta, bool *taken, struct store **out,
		 struct err *err)
{
	struct store *store = NULL;
	char *real = absolute(path, err);
	int fd, ret = -1;

	if (taken)
		*taken = false;
	if (!real || (!taken && replace_old(path, real, err) != 0))
		goto out;
	fd = open(real, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		if (taken)
			*taken = errno == EEXIST;
		err_set(err, "%s: %s", path, strerror(errno));
		goto out;
	}
	close(fd);
	store = xcalloc(1, sizeof *store);
	store->path = xstrdup(path);
	store->ended_us = -1;
	if (sqlite3_open_v2(real, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
			    NULL) != SQLITE_OK ||
	    set_up(store, meta) != SQLITE_OK) {
		complain(store, err);
		free_store(store);
		unlink(real);
		unlink_with(real, "-wal");
		unlink_with(real, "-shm");
		goto out;
	}
	store->intervals = intervals_new(meta->task_count, store->statement[INTERVAL]);
	*out = store;
	ret = 0;
out:
	free(real);
	return ret;
}

/* --- rows ------------------------------------------------------------------ */

static int run(sqlite3_stmt *statement)
{
	int rc = sqlite3_step(statement);

	sqlite3_reset(statement);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

/* SQLite's integers are signed. */
static int64_t big(uint64_t n)
{
	return n > INT64_MAX ? INT64_MAX : (int64_t)n;
}

static void bind_or_null(sqlite3_stmt *s, int at, bool known, int64_t value)
{
	if (known)
		sqlite3_bind_int64(s, at, value);
	else
		sqlite3_bind_null(s, at);
}

static uint64_t hash_of(const char *text, size_t bytes)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < bytes; i++)
		hash = (hash ^ (unsigned char)text[i]) * 1099511628211u;
	return hash;
}

/* The row of a message or excerpt in `messages`. */
static int message_id(struct store *store, const char *text, size_t bytes, int64_t *id)
{
	sqlite3_stmt *s = store->statement[MESSAGE];
	uint64_t hash = hash_of(text, bytes);
	struct message *slot = &store->message[hash % MESSAGE_SLOTS];
	int rc;

	for (; slot->id; slot = slot == &store->message[MESSAGE_SLOTS - 1]
				    ? store->message : slot + 1)
		if (slot->hash == hash && slot->bytes == bytes &&
		    !memcmp(slot->text, text, bytes)) {
			*id = slot->id;
			return SQLITE_OK;
		}
	sqlite3_bind_text(s, 1, text, (int)bytes, SQLITE_STATIC);
	rc = run(s);
	*id = sqlite3_last_insert_rowid(store->db);
	if (rc == SQLITE_OK && store->messages < MESSAGES_MAX) {
		*slot = (struct message){hash, *id, xstrndup(text, bytes), bytes};
		store->messages++;
	}
	return rc;
}

/* A moment as the time since t0; -1 is unknown. */
static void bind_since(sqlite3_stmt *s, int at, int64_t t0_us, int64_t t_us)
{
	bind_or_null(s, at, t_us >= 0, t_us - t0_us);
}

static void bind_tokens(sqlite3_stmt *s, int at, uint32_t tokens)
{
	bind_or_null(s, at, tokens != TOKENS_UNKNOWN, tokens);
}

static int optional_message(struct store *store, const char *text, size_t bytes, int64_t *id)
{
	*id = 0;
	return bytes ? message_id(store, text, bytes, id) : SQLITE_OK;
}

/* What a plain answer has not got, in a row of its own. */
static int put_answer(struct store *store, const struct rec_sample *sample, int64_t rowid)
{
	sqlite3_stmt *s = store->statement[ANSWER];
	int64_t excerpt = 0;
	int rc, at = 1;

	if (sample->to_us < 0 && sample->tn_us < 0 && sample->cached_tokens == TOKENS_UNKNOWN &&
	    !sample->events && !sample->reads && sample->token_source == TOKENS_FROM_NOWHERE &&
	    !sample->excerpt_bytes)
		return SQLITE_OK;
	rc = optional_message(store, rec_excerpt(sample), sample->excerpt_bytes, &excerpt);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(s, at++, rowid);
	bind_since(s, at++, sample->t0_us, sample->to_us);
	bind_since(s, at++, sample->t0_us, sample->tn_us);
	bind_tokens(s, at++, sample->cached_tokens);
	sqlite3_bind_int64(s, at++, sample->events);
	sqlite3_bind_int64(s, at++, sample->reads);
	sqlite3_bind_int(s, at++, sample->token_source);
	bind_or_null(s, at++, excerpt != 0, excerpt);
	return run(s);
}

static int put_sample(struct store *store, const struct rec_sample *sample)
{
	sqlite3_stmt *s = store->statement[SAMPLE];
	bool new_connection = sample->flags & SAMPLE_NEW_CONNECTION;
	int64_t t0_us = sample->t0_us, message = 0;
	int rc, at = 1;

	rc = optional_message(store, sample->text, sample->text_bytes, &message);
	if (rc != SQLITE_OK)
		return rc;
	sqlite3_bind_int64(s, at++, t0_us);
	sqlite3_bind_int64(s, at++, sample->ts_us - t0_us);
	bind_or_null(s, at++, new_connection, sample->dns_us);
	bind_or_null(s, at++, new_connection, sample->connect_us);
	bind_or_null(s, at++, new_connection, sample->tls_us);
	bind_since(s, at++, t0_us, sample->th_us);
	bind_since(s, at++, t0_us, sample->t1_us);
	sqlite3_bind_int64(s, at++, sample->rec.t_us - t0_us);
	sqlite3_bind_int(s, at++, sample->task);
	sqlite3_bind_int(s, at++, sample->rec.worker);
	sqlite3_bind_int64(s, at++, sample->user);
	sqlite3_bind_int(s, at++, sample->turn);
	sqlite3_bind_int(s, at++, sample->status);
	if (sample->error == ERROR_NONE)
		sqlite3_bind_null(s, at++);
	else
		sqlite3_bind_text(s, at++, error_class_name(sample->error), -1, SQLITE_STATIC);
	bind_tokens(s, at++, sample->tokens_in);
	bind_tokens(s, at++, sample->tokens_out);
	sqlite3_bind_int64(s, at++, big(sample->bytes_in));
	sqlite3_bind_int64(s, at++, big(sample->bytes_out));
	if (isnan(sample->quality))
		sqlite3_bind_null(s, at++);
	else
		sqlite3_bind_double(s, at++, (double)sample->quality);
	bind_or_null(s, at++, sample->cache != CACHE_UNKNOWN, sample->cache);
	/* All 64 bits, as they are; as is seq. */
	bind_or_null(s, at++, sample->prompt_hash != 0, (int64_t)sample->prompt_hash);
	sqlite3_bind_int64(s, at++, sample->point);
	if (sample->gap_bytes)
		sqlite3_bind_blob(s, at++, rec_gaps(sample), (int)sample->gap_bytes, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, at++);
	sqlite3_bind_int64(s, at++, (int64_t)sample->seq);
	sqlite3_bind_int(s, at++, sample->outcome);
	sqlite3_bind_int(s, at++, sample->flags);
	sqlite3_bind_int(s, at++, sample->code);
	bind_or_null(s, at++, message != 0, message);
	rc = run(s);
	if (rc == SQLITE_OK)
		rc = put_answer(store, sample, sqlite3_last_insert_rowid(store->db));
	if (rc == SQLITE_OK)
		store->samples++;
	store->last_seq = sample->seq;
	store->last_worker = sample->rec.worker;
	return rc;
}

/* The first columns of all tables but samples; returns the next one. */
static int bind_head(struct store *store, sqlite3_stmt *s, const struct rec *rec)
{
	sqlite3_bind_int64(s, 1, store->ord++);
	sqlite3_bind_int64(s, 2, store->samples);
	sqlite3_bind_int64(s, 3, rec->t_us);
	sqlite3_bind_int(s, 4, rec->worker);
	return 5;
}

static int put_gauge(struct store *store, const struct rec_gauge *g)
{
	const uint64_t value[] = {
		g->users_target, g->users_active,  g->in_flight,      g->connections,
		g->planned,      g->started,       g->waiting,        g->worker_cpu_us,
		g->busiest_cpu_us, g->process_cpu_us, g->ring_dropped, g->record_lost,
		g->in_flight_us, g->core_wait_us,  g->loop_late_us,   g->throttled_us,
		g->steal_us,     g->loop_late_max_us, g->fds,         g->fd_limit,
		g->ports,        g->in_flight_limit, g->held,
	};
	sqlite3_stmt *s = store->statement[GAUGE];
	int at = bind_head(store, s, &g->rec);

	for (size_t i = 0; i < sizeof value / sizeof value[0]; i++)
		sqlite3_bind_int64(s, at++, big(value[i]));
	return run(s);
}

static int put_point(struct store *store, const struct rec_point *point)
{
	sqlite3_stmt *s = store->statement[POINT];
	int at = bind_head(store, s, &point->rec);

	assert(point->mode <= MODE_OPEN && point->phase <= PHASE_END);
	sqlite3_bind_int64(s, at++, point->asked_us);
	sqlite3_bind_text(s, at++, schema_mode_names[point->mode], -1, SQLITE_STATIC);
	sqlite3_bind_double(s, at++, point->level);
	sqlite3_bind_text(s, at++, schema_phase_names[point->phase], -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, at++, point->ramp_us);
	sqlite3_bind_double(s, at++, point->from);
	return run(s);
}

static int put_event(struct store *store, const struct rec_event *event)
{
	sqlite3_stmt *s = store->statement[EVENT];
	int at = bind_head(store, s, &event->rec);

	assert(event->what < EVENT_COUNT);
	sqlite3_bind_text(s, at++, schema_event_names[event->what], -1, SQLITE_STATIC);
	sqlite3_bind_int64(s, at++, event->value);
	sqlite3_bind_text(s, at++, event->text, event->text_bytes, SQLITE_STATIC);
	return run(s);
}

static int put_drops(struct store *store, const struct rec_drops *drops)
{
	sqlite3_stmt *s = store->statement[DROPS];
	int at = bind_head(store, s, &drops->rec);

	sqlite3_bind_int64(s, at++, drops->task);
	for (int i = 0; i < OUTCOME_COUNT; i++) {
		sqlite3_bind_int64(s, at++, drops->count[i]);
		store->dropped += drops->count[i];
	}
	return run(s);
}

static void bind_figure(sqlite3_stmt *s, int at, double value)
{
	if (isnan(value))
		sqlite3_bind_null(s, at);
	else
		sqlite3_bind_double(s, at, value);
}

static int put_server(struct store *store, const struct rec_server *r)
{
	const double figure[] = {r->running, r->waiting, r->kv_use, r->hits, r->lookups, r->hit_ratio};
	sqlite3_stmt *s = store->statement[SERVER];
	int at = bind_head(store, s, &r->rec);

	if (r->ok)
		sqlite3_bind_text(s, at++, server_kind_name(r->kind), -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, at++);
	for (size_t i = 0; i < sizeof figure / sizeof *figure; i++)
		bind_figure(s, at++, figure[i]);
	sqlite3_bind_int(s, at++, r->ok);
	bind_or_null(s, at++, r->status != 0, r->status);
	sqlite3_bind_int64(s, at++, big(r->scrapes));
	sqlite3_bind_int64(s, at++, big(r->failed));
	sqlite3_bind_int64(s, at++, r->took_us);
	sqlite3_bind_int(s, at++, r->series);
	sqlite3_bind_text(s, at++, r->text, r->text_bytes, SQLITE_STATIC);
	return run(s);
}

static int put_state(struct store *store, const struct rec_state *state, const struct buf *packed, int64_t base_us)
{
	sqlite3_stmt *s = store->statement[STATE];

	sqlite3_bind_int64(s, 1, state->rec.t_us);
	sqlite3_bind_int64(s, 2, store->samples);
	sqlite3_bind_int64(s, 3, store->ord);
	sqlite3_bind_int64(s, 4, state->second);
	sqlite3_bind_int64(s, 5, big(state->seconds));
	bind_or_null(s, 6, base_us >= 0, base_us);
	sqlite3_bind_int64(s, 7, (int64_t)state->bytes);
	sqlite3_bind_blob64(s, 8, packed->at, packed->used, SQLITE_STATIC);
	return run(s);
}

static int put_second(struct store *store, const struct rec_state *state, const struct buf *packed)
{
	sqlite3_stmt *s = store->statement[SECOND];

	sqlite3_bind_int64(s, 1, state->second);
	sqlite3_bind_int64(s, 2, (int64_t)state->bytes);
	sqlite3_bind_blob64(s, 3, packed->at, packed->used, SQLITE_STATIC);
	return run(s);
}

/* What cannot be packed is left out: it only makes seeking faster. */
static int put_packed(struct store *store, const struct rec_state *state)
{
	struct buf packed = {0};
	int64_t base_us = -1;
	int rc = SQLITE_OK;
	bool done = false;

	if (state->bytes <= SCHEMA_STATE_MAX && state->rec.kind == REC_SECOND)
		/* One second has little in common with another. */
		done = packing_pack(state->state, state->bytes, NULL, 0, &packed);
	else if (state->bytes <= SCHEMA_STATE_MAX)
		done = packer_pack(&store->packer, state->rec.t_us, state->state, state->bytes, &packed, &base_us);
	if (done && packed.used < SCHEMA_ROW_MAX / 2)
		rc = state->rec.kind == REC_SECOND ? put_second(store, state, &packed)
						   : put_state(store, state, &packed, base_us);
	buf_fini(&packed);
	return rc;
}

static void bind_text_of(sqlite3_stmt *s, int at, const char *text, uint16_t bytes)
{
	if (bytes)
		sqlite3_bind_text(s, at, text, bytes, SQLITE_STATIC);
	else
		sqlite3_bind_null(s, at);
}

/* Its sample came right before it, or did not get here. */
static int put_exemplar(struct store *store, const struct rec_exemplar *e)
{
	const struct rec_sample *sample = rec_exemplar_sample(e);
	sqlite3_stmt *s = store->statement[EXEMPLAR];

	if (!store->samples || sample->seq != store->last_seq || e->rec.worker != store->last_worker)
		return SQLITE_OK;
	sqlite3_bind_int64(s, 1, e->id);
	sqlite3_bind_int64(s, 2, store->samples);
	bind_text_of(s, 3, rec_exemplar_request(e), e->request_bytes);
	bind_text_of(s, 4, rec_exemplar_body(e), e->body_bytes);
	sqlite3_bind_int64(s, 5, big(e->body_total));
	bind_text_of(s, 6, rec_exemplar_headers(e), e->header_bytes);
	bind_text_of(s, 7, rec_exemplar_answer(e), e->answer_bytes);
	sqlite3_bind_int64(s, 8, big(e->answer_total));
	bind_text_of(s, 9, rec_exemplar_checks(e), e->checks_bytes);
	return run(s);
}

int store_put(struct store *store, const struct rec *rec, struct err *err)
{
	int rc = SQLITE_OK;

	store->pending++;
	if (!store->in_transaction) {
		if (run(store->statement[BEGIN]) != SQLITE_OK)
			return complain(store, err);
		store->in_transaction = true;
	}
	switch ((enum rec_kind)rec->kind) {
	case REC_SAMPLE:
		rc = put_sample(store, (const struct rec_sample *)rec);
		break;
	case REC_GAUGE:
		rc = put_gauge(store, (const struct rec_gauge *)rec);
		break;
	case REC_POINT:
		rc = put_point(store, (const struct rec_point *)rec);
		break;
	case REC_EVENT:
		rc = put_event(store, (const struct rec_event *)rec);
		break;
	case REC_SERVER:
		rc = put_server(store, (const struct rec_server *)rec);
		break;
	case REC_DROPS:
		rc = put_drops(store, (const struct rec_drops *)rec);
		break;
	case REC_STATE:
	case REC_SECOND:
		rc = put_packed(store, (const struct rec_state *)rec);
		break;
	case REC_EXEMPLAR:
		rc = put_exemplar(store, (const struct rec_exemplar *)rec);
		break;
	case REC_END:
		store->ended_us = rec->t_us;
		break;
	case REC_PAD:
	case REC_RESET:
	case REC_QUIET:
		break;
	}
	if (rc == SQLITE_OK)
		rc = intervals_put(store->intervals, rec);
	return rc == SQLITE_OK ? 0 : complain(store, err);
}

uint64_t store_pending(const struct store *store)
{
	return store->pending;
}

/* SQLite goes on writing to a file that has no name any more. */
static bool moved(struct store *store)
{
	int has_moved = 0;

	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &has_moved);
	return has_moved;
}

int store_commit(struct store *store, struct err *err)
{
	if (moved(store))
		return err_set(err, "%s: was moved or removed while it was written",
			       store->path);
	if (store->in_transaction && run(store->statement[COMMIT]) != SQLITE_OK)
		return complain(store, err);
	store->in_transaction = false;
	store->pending = 0;
	store->safe_samples = store->samples;
	return 0;
}

static int put_end(struct store *store, const struct run_closing *closing, uint64_t lost,
		   const char *why)
{
	sqlite3 *db = store->db;
	int rc = run(store->statement[BEGIN]);

	if (rc == SQLITE_OK)
		rc = schema_put_int(db, "samples", store->safe_samples);
	if (rc == SQLITE_OK)
		rc = schema_put_int(db, "drops", store->dropped);
	if (rc == SQLITE_OK)
		rc = schema_put_int(db, "lost", big(lost));
	if (rc == SQLITE_OK)
		rc = schema_put_text(db, "incomplete", why);
	if (rc == SQLITE_OK && store->ended_us >= 0)
		rc = schema_put_int(db, "ended_us", store->ended_us);
	if (rc == SQLITE_OK)
		rc = schema_put_closing(db, closing);
	return rc == SQLITE_OK ? run(store->statement[COMMIT]) : rc;
}

int store_close(struct store *store, const struct run_closing *closing, uint64_t lost,
		const char *why, struct err *err)
{
	int ret = 0;

	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	if (closing && put_end(store, closing, lost, why) != SQLITE_OK) {
		ret = complain(store, err);
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	}
	/* Fails while another program reads the file; it is complete all the
	 * same, with its WAL beside it. */
	if (!moved(store) && sqlite3_exec(store->db, "PRAGMA journal_mode = DELETE",
					  NULL, NULL, NULL) != SQLITE_OK)
		log_line("record: %s: journal mode: %s", store->path,
			 sqlite3_errmsg(store->db));
	free_store(store);
	return ret;
}
