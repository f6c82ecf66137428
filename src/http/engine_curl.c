/* Exchanges by libcurl's multi interface: what is not plain http.
 *
 * One multi's cost grows with its handles, so users are dealt out to several
 * ("shards") on one epoll. Each user has a connection cache of its own (a
 * CURLSH), which keeps its connection its own, also while it thinks; where users share
 * connections (engine_lines.c), each of those is a shard.
 *
 * curl refuses most calls from within its callbacks: what the user's callbacks ask
 * for is carried out between curl calls. */
#include <stdlib.h>

#include "base/mem.h"
#include "engine_private.h"
#include "engine_ws.h"

#define SHARD_USERS 64u

/* curl's receive buffer, one a handle: large enough for token streams, small
 * enough for 10,000 users. Its upload buffer is at its minimum for the same
 * reason. */
#define RECEIVE_BYTES 8192L
/* With HTTP/2 what one read takes of the socket has to fit in: of a stream that overflows,
 * libcurl 7.88 forgets what is left when nothing more comes. */
#define HTTP2_RECEIVE_BYTES 65536L
#define UPLOAD_BYTES 16384L

/* --- what is made when a user first needs it --- */

int engine_curl_shard_init(struct shard *shard, struct engine *engine, long pipelining)
{
	shard->engine = engine;
	shard->due_ns = ENGINE_NEVER;
	shard->multi = curl_multi_init();
	if (!shard->multi)
		return -1;
	engine_hooks_of_shard(shard);
	curl_multi_setopt(shard->multi, CURLMOPT_PIPELINING, pipelining);
	engine->shard = xreallocarray(engine->shard, engine->shards + 1,
				      sizeof(struct shard *));
	engine->shard[engine->shards++] = shard;
	return 0;
}

void engine_curl_shard_fini(struct shard *shard)
{
	struct engine *engine = shard->engine;
	size_t i = 0;

	curl_multi_cleanup(shard->multi);
	while (engine->shard[i] != shard)
		i++;
	engine->shard[i] = engine->shard[--engine->shards];
}

static struct shard *shard_with_room(struct engine *engine)
{
	struct shard *shard;

	for (size_t i = 0; i < engine->shards; i++)
		if (!engine->shard[i]->line && engine->shard[i]->users < SHARD_USERS)
			return engine->shard[i];
	shard = xcalloc(1, sizeof *shard);
	if (!engine_curl_shard_init(shard, engine, CURLPIPE_NOTHING))
		return shard;
	free(shard);
	return NULL;
}

bool engine_curl_shard(struct engine_conn *conn)
{
	if (conn->shard)
		return true;
	conn->shard = shard_with_room(conn->engine);
	if (conn->shard)
		conn->shard->users++;
	return conn->shard != NULL;
}

static CURLcode set_up(struct engine_conn *conn)
{
	bool once = conn->engine->common.config.disable_keepalive;
	CURL *easy = conn->easy;
	CURLcode code = engine_hooks_of_conn(conn);

	CURL_SET(CURLOPT_BUFFERSIZE, conn->engine->common.config.http2 ? HTTP2_RECEIVE_BYTES : RECEIVE_BYTES);
	CURL_SET(CURLOPT_UPLOAD_BUFFERSIZE, UPLOAD_BYTES);
	CURL_SET(CURLOPT_FORBID_REUSE, once ? 1L : 0L);
	return code;
}

static void drop_handle(struct engine_conn *conn)
{
	curl_easy_cleanup(conn->easy);
	if (conn->cache)
		curl_share_cleanup(conn->cache);
	conn->easy = NULL;
	conn->cache = NULL;
}

bool engine_curl_handle(struct engine_conn *conn)
{
	if (conn->easy)
		return true;
	if (!conn->line && !engine_curl_shard(conn))
		return false;
	conn->easy = curl_easy_init();
	if (!conn->line)
		conn->cache = curl_share_init();
	if (conn->easy &&
	    (conn->line || (conn->cache && !curl_share_setopt(conn->cache, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT))) &&
	    !set_up(conn))
		return true;
	drop_handle(conn);
	return false;
}

void engine_curl_free(struct engine_conn *conn)
{
	drop_handle(conn);
	if (conn->shard)
		conn->shard->users--;
	conn->shard = NULL;
}

void engine_curl_close(struct engine *engine)
{
	engine_lines_fini(engine);
	while (engine->shards) {
		struct shard *shard = engine->shard[0];

		engine_curl_shard_fini(shard);
		free(shard);
	}
	free(engine->shard);
}

/* --- an exchange --- */

static void drain(struct shard *shard)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(shard->multi, &left))) {
		CURLcode code = msg->data.result;
		struct engine_conn *conn = NULL;

		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&conn);
		if (engine_http2_again(conn))
			continue;
		conn->http2_kept = !code;
		if (!code && conn->by == BY_WS)
			code = engine_ws_connected(conn);
		if (!code && conn->by == BY_WS)
			engine_ws_run(conn);
		else
			engine_finish(conn, code, NULL);
	}
}

void engine_curl_act(struct engine *engine, struct shard *shard, curl_socket_t fd, int mask)
{
	int running;

	if (fd == CURL_SOCKET_TIMEOUT)
		shard->due_ns = ENGINE_NEVER; /* curl sets it anew if need be */
	engine->busy = true;
	curl_multi_socket_action(shard->multi, fd, mask, &running);
	engine_after_turn(engine);
	drain(shard);
}

CURLcode engine_curl_begin(struct engine_conn *conn, struct shard *shard, CURL *easy)
{
	struct engine *engine = conn->engine;
	int64_t due_ns = engine->due_ns;

	if (curl_multi_add_handle(shard->multi, easy))
		return CURLE_OUT_OF_MEMORY;
	engine->due_ns = due_ns; /* the timer it has set is acted on at once */
	return CURLE_OK;
}

void engine_curl_timers(struct engine *engine, int64_t now_ns)
{
	int64_t due = ENGINE_NEVER;

	if (now_ns < engine->due_ns)
		return;
	/* What is set meanwhile counts as well. */
	engine->due_ns = ENGINE_NEVER;
	for (size_t i = 0; i < engine->shards; i++) {
		struct shard *shard = engine->shard[i];

		if (shard->due_ns <= now_ns)
			engine_curl_act(engine, shard, CURL_SOCKET_TIMEOUT, 0);
		if (shard->due_ns < due)
			due = shard->due_ns;
	}
	if (due < engine->due_ns)
		engine->due_ns = due;
}

void engine_curl_release(struct engine_conn *conn)
{
	if (conn->engine->common.config.http2)
		engine_http2_release(conn);
	else
		curl_multi_remove_handle(conn->shard->multi, conn->easy);
}
