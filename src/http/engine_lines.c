/* HTTP/2 connections that the users of an engine share ("lines").
 *
 * Each line is a multi of its own, so it is chosen here and not by curl who goes over
 * which connection. One user opens it, the others wait here until it is open and the
 * server's SETTINGS are in; what they wait is queue time, and phases of connecting are the
 * opener's alone. A wish to open a second connection within a multi is how curl says that
 * the first takes no more streams: MAX_CONCURRENT_STREAMS are under way, or it is ending
 * (GOAWAY). That is refused before anything is sent, and the exchange goes over another
 * line. Nothing is ever sent twice.
 *
 * Where connections have to be open at the same time for that, they are opened at the same
 * time: as many as those who wait need, by what the last server's limit was. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine_private.h"

/* Streams of one connection at most. curl takes as many for granted before the SETTINGS
 * come, and runs all of a connection's handles with each of its events. */
#define STREAMS 100u
/* A connection that is open counts as settled after so long at the latest: servers whose
 * SETTINGS came with the handshake's end. What is heard first may be a part of them, or a
 * session ticket of TLS; they follow at its heels. */
#define SETTLE_NS (100 * NS_PER_MS)
#define SETTINGS_NS (2 * NS_PER_MS)

enum line_state {
	LINE_OPENING,
	LINE_SETTLING, /* open, its opener's request is sent, SETTINGS are awaited */
	LINE_OPEN,
	LINE_ENDING,   /* takes no more streams, and is closed behind the last one */
};

struct line {
	struct shard shard;
	struct pool *pool;
	struct link link; /* of the pool's */
	const struct engine_conn *opener; /* while it runs */
	uint8_t state; /* enum line_state */
	uint32_t streams, most; /* under way; at once so far */
	uint32_t limit;
	int64_t settled_ns; /* while settling: when it counts as settled */
	int64_t heard_ns;   /* when the loop last learnt of bytes */
	int64_t answer_ns;  /* and when some were an answer's */
	int fd;             /* where they came */
	/* A stream's buffer was full: then curl may hold more that no event will tell of, so it
	 * is asked again until it has given nothing. */
	bool full, gave;
};

/* The lines to one origin. */
struct pool {
	struct link link; /* of the engine's */
	struct link lines;
	struct link waits; /* by engine_conn.queue */
	uint32_t waiting;
	uint32_t limit; /* of its lines' streams, as last learnt */
	size_t bytes;
	char origin[]; /* what its URLs begin with, `bytes` long */
};

bool engine_lines_wanted(const struct engine_config *config)
{
	/* A redirect may lead a user to a connection elsewhere. */
	return config->http2 && !config->disable_keepalive && !config->follow_redirects;
}

/* --- lines --- */

static struct line *line_new(struct pool *pool, struct engine *engine)
{
	struct line *line = xcalloc(1, sizeof *line);

	if (engine_curl_shard_init(&line->shard, engine, CURLPIPE_MULTIPLEX)) {
		free(line);
		return NULL;
	}
	line->shard.line = line;
	line->pool = pool;
	line->limit = STREAMS;
	list_init(&line->link);
	list_append(&pool->lines, &line->link);
	return line;
}

static void line_free(struct line *line)
{
	list_remove(&line->link);
	engine_curl_shard_fini(&line->shard);
	free(line);
}

struct shard *engine_lines_shard(struct line *line)
{
	return &line->shard;
}

void engine_lines_heard(struct shard *shard, int fd, int64_t now_ns)
{
	struct line *line = shard->line;
	struct engine *engine = shard->engine;

	line->heard_ns = now_ns;
	line->fd = fd;
	if (line->state != LINE_SETTLING)
		return;
	if (now_ns + SETTINGS_NS < line->settled_ns)
		line->settled_ns = now_ns + SETTINGS_NS;
	engine->unserved = true;
}

int64_t engine_lines_heard_ns(const struct engine_conn *conn)
{
	return conn->line->heard_ns;
}

void engine_lines_answer(struct engine_conn *conn, int64_t ns, size_t bytes)
{
	struct line *line = conn->line;

	line->answer_ns = ns;
	line->gave = true;
	if (bytes >= CURL_MAX_WRITE_SIZE)
		line->full = conn->engine->unserved = true;
	if (line->state == LINE_SETTLING) {
		line->settled_ns = 0;
		conn->engine->unserved = true;
	}
}

void engine_lines_timed_out(struct engine_conn *conn)
{
	/* Whose server is gone would cost all that follow as much time. */
	if (conn->line && conn->line->answer_ns < conn->ts_ns)
		conn->line->state = LINE_ENDING;
}

bool engine_lines_opens(struct engine_conn *conn)
{
	struct line *line = conn->line;

	conn->turned_away |= line->opener != conn || line->state != LINE_OPENING;
	return !conn->turned_away;
}

bool engine_lines_uses(struct engine_conn *conn)
{
	struct line *line = conn->line;

	if (line->state == LINE_OPENING) {
		line->state = LINE_SETTLING;
		line->settled_ns = clock_ns() + SETTLE_NS;
		conn->engine->unserved = true;
	}
	if (line->streams > line->most)
		line->most = line->streams;
	if (line->most > line->pool->limit)
		line->pool->limit = line->most;
	return true;
}

bool engine_lines_opener(const struct engine_conn *conn)
{
	return conn->line->opener == conn;
}

/* --- who waits --- */

static struct pool *pool_of(struct engine *engine, const char *url)
{
	const char *host = strstr(url, "://");
	size_t bytes = host ? (size_t)(host + 3 - url) + strcspn(host + 3, "/?#") : strcspn(url, "/?#");
	struct pool *pool;

	for (struct link *l = engine->pools.next; l != &engine->pools; l = l->next) {
		pool = list_entry(l, struct pool, link);
		if (pool->bytes == bytes && !memcmp(pool->origin, url, bytes))
			return pool;
	}
	pool = xcalloc(1, sizeof *pool + bytes);
	list_init(&pool->link);
	list_init(&pool->lines);
	list_init(&pool->waits);
	pool->limit = STREAMS;
	pool->bytes = bytes;
	memcpy(pool->origin, url, bytes);
	list_append(&engine->pools, &pool->link);
	return pool;
}

/* `before`: whom it goes before. */
static void wait_in(struct pool *pool, struct engine_conn *conn, struct link *before)
{
	list_append(before, &conn->queue);
	conn->waits = pool;
	pool->waiting++;
	conn->engine->unserved = true;
}

void engine_lines_leave(struct engine_conn *conn)
{
	struct line *line = conn->line;

	if (conn->waits) {
		conn->waits->waiting--;
		conn->waits = NULL;
		list_remove(&conn->queue);
	}
	if (!line)
		return;
	if (line->opener == conn) {
		line->opener = NULL;
		if (line->state == LINE_OPENING)
			line->state = LINE_ENDING;
		else if (line->state == LINE_SETTLING)
			line->state = LINE_OPEN;
	}
	line->streams--;
	conn->line = NULL;
	conn->engine->unserved = true;
}

void engine_lines_wait(struct engine_conn *conn)
{
	struct pool *pool = pool_of(conn->engine, conn->variant.url ? conn->variant.url : conn->request->url);

	conn->ts_ns = clock_ns();
	wait_in(pool, conn, &pool->waits);
}

void engine_lines_remove(struct engine_conn *conn)
{
	curl_multi_remove_handle(conn->line->shard.multi, conn->easy);
}

bool engine_lines_again(struct engine_conn *conn)
{
	struct line *line = conn->line;
	struct pool *pool = line->pool;
	uint32_t others = line->streams - 1;

	if (!conn->turned_away)
		return false;
	/* It has had as many before: then this is not its limit. */
	if (!others || others < line->most)
		line->state = LINE_ENDING;
	else
		line->limit = pool->limit = others;
	engine_take_back(conn);
	engine_lines_remove(conn);
	engine_lines_leave(conn);
	wait_in(pool, conn, pool->waits.next);
	return true;
}

struct pool *engine_lines_opening(const struct engine_conn *conn)
{
	return conn->line && conn->line->opener == conn && conn->line->state == LINE_OPENING ? conn->line->pool : NULL;
}

void engine_lines_fail(struct engine *engine, struct pool *pool, const struct engine_result *why)
{
	struct engine_result r = {
		.te_ns = clock_ns(), .code = why->code, .error = why->error, .tls = why->tls, .message = why->message};

	/* Whose time ran out is the opener. */
	if (why->error == ERROR_TIMEOUT)
		r.message = "the connection it was to share was not open in time";

	for (uint32_t n = pool->limit; n > 1 && pool->waiting; n--) {
		struct engine_conn *conn = list_entry(pool->waits.next, struct engine_conn, queue);

		engine_lines_leave(conn);
		r.ts_ns = conn->ts_ns;
		engine->on.on_done(conn->owner, &r);
	}
}

/* --- serving them --- */

static void send_over(struct line *line, struct engine_conn *conn)
{
	engine_lines_leave(conn);
	line->streams++;
	conn->line = line;
	engine_begin(conn);
}

static void ask_for_more(struct line *line)
{
	line->gave = false;
	engine_curl_act(line->shard.engine, &line->shard, line->fd, CURL_CSELECT_IN);
	line->full = line->gave;
	line->shard.engine->unserved |= line->full;
}

static void look_at_lines(struct engine *engine, struct pool *pool, int64_t now_ns)
{
	for (struct link *l = pool->lines.next, *next; l != &pool->lines; l = next) {
		struct line *line = list_entry(l, struct line, link);

		next = l->next;
		if (line->full)
			ask_for_more(line);
		if (line->state == LINE_ENDING && !line->streams)
			line_free(line);
		else if (line->state == LINE_SETTLING && line->settled_ns <= now_ns)
			line->state = LINE_OPEN;
		else if (line->state == LINE_SETTLING && line->settled_ns < engine->lines_due_ns)
			engine->lines_due_ns = line->settled_ns;
	}
}

/* A line that takes another stream; how many those will that are being opened. */
static struct line *with_room(struct pool *pool, uint64_t *coming)
{
	*coming = 0;
	for (struct link *l = pool->lines.next; l != &pool->lines; l = l->next) {
		struct line *line = list_entry(l, struct line, link);

		if (line->state == LINE_OPEN && line->streams < line->limit)
			return line;
		if (line->state == LINE_OPENING || line->state == LINE_SETTLING)
			*coming += pool->limit - 1;
	}
	return NULL;
}

static void serve(struct engine *engine, struct pool *pool)
{
	while (pool->waiting) {
		struct engine_conn *conn = list_entry(pool->waits.next, struct engine_conn, queue);
		uint64_t coming;
		struct line *line = with_room(pool, &coming);

		if (!line) {
			if (pool->waiting <= coming)
				return;
			line = line_new(pool, engine);
			if (line)
				line->opener = conn;
		}
		if (line)
			send_over(line, conn);
		else
			engine_finish(conn, CURLE_OUT_OF_MEMORY, NULL);
	}
}

void engine_lines_run(struct engine *engine)
{
	int64_t now_ns;

	if (!engine->unserved && engine->lines_due_ns == ENGINE_NEVER)
		return;
	now_ns = clock_ns();
	while (engine->unserved || engine->lines_due_ns <= now_ns) {
		engine->unserved = false;
		engine->lines_due_ns = ENGINE_NEVER;
		for (struct link *l = engine->pools.next; l != &engine->pools; l = l->next) {
			struct pool *pool = list_entry(l, struct pool, link);

			look_at_lines(engine, pool, now_ns);
			serve(engine, pool);
		}
	}
}

void engine_lines_close(struct engine *engine)
{
	for (struct link *l = engine->pools.next; l != &engine->pools; l = l->next) {
		struct pool *pool = list_entry(l, struct pool, link);

		while (!list_empty(&pool->lines))
			line_free(list_entry(pool->lines.next, struct line, link));
	}
}

void engine_lines_fini(struct engine *engine)
{
	engine_lines_close(engine);
	while (!list_empty(&engine->pools)) {
		struct pool *pool = list_entry(engine->pools.next, struct pool, link);

		list_remove(&pool->link);
		free(pool);
	}
}
