/* A WebSocket's connection: opening it, whether it is still there, closing it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "engine_ws.h"

static void forget(struct ws *ws)
{
	ws_frames_free(ws->frames);
	free(ws->text);
	free(ws->head);
	ws->frames = NULL;
	ws->text = ws->head = NULL;
	ws->text_bytes = ws->text_at = ws->head_bytes = ws->head_room = ws->head_at = 0;
	ws->out_at = ws->out_bytes = 0;
	ws->state = WS_NONE;
	ws->fd = -1;
	ws->eof = false;
}

void engine_ws_shut(struct engine_conn *conn)
{
	struct ws *ws = conn->ws;

	if (ws->state == WS_READY && !ws->eof && !ws_frames_close(ws->frames, WS_CLOSE_NORMAL)) {
		ws_frames_flush(ws->frames);
		engine_ws_flush(ws);
	}
	if (ws->state != WS_NONE)
		curl_multi_remove_handle(conn->shard->multi, ws->easy);
	forget(ws);
}

void engine_ws_free(struct engine_conn *conn)
{
	struct ws *ws = conn->ws;

	if (!ws)
		return;
	engine_ws_shut(conn);
	curl_easy_cleanup(ws->easy);
	if (ws->cache)
		curl_share_cleanup(ws->cache);
	free(ws->url);
	free(ws);
	conn->ws = NULL;
}

/* A proxy's words about its refusal. */
static size_t discard(char *data, size_t size, size_t count, void *user)
{
	(void)data;
	(void)user;
	return size * count;
}

static struct ws *ws_new(struct engine_conn *conn)
{
	struct ws *ws = xcalloc(1, sizeof *ws);
	bool ok;

	ws->conn = conn;
	ws->fd = -1;
	ws->random_at = sizeof ws->random;
	ws->easy = curl_easy_init();
	ws->cache = curl_share_init();
	conn->ws = ws;
	ok = engine_curl_shard(conn) && ws->easy && ws->cache &&
	     !curl_share_setopt(ws->cache, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) &&
	     !engine_hooks_of_easy(conn, ws->easy, ws->cache) &&
	     /* The upgrade is HTTP/1.1's. */
	     !curl_easy_setopt(ws->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
	     !curl_easy_setopt(ws->easy, CURLOPT_CONNECT_ONLY, 1L) &&
	     !curl_easy_setopt(ws->easy, CURLOPT_HTTPPROXYTUNNEL, 1L) &&
	     !curl_easy_setopt(ws->easy, CURLOPT_WRITEFUNCTION, discard) &&
	     !curl_easy_setopt(ws->easy, CURLOPT_BUFFERSIZE, 1024L);
	if (!ok) {
		engine_ws_free(conn);
		return NULL;
	}
	return ws;
}

/* "user:password" of the URL, or NULL. */
static char *credentials_of(CURLU *url)
{
	char *user = NULL, *password = NULL, *both = NULL;

	if (!curl_url_get(url, CURLUPART_USER, &user, CURLU_URLDECODE)) {
		curl_url_get(url, CURLUPART_PASSWORD, &password, CURLU_URLDECODE);
		both = xasprintf("%s:%s", user, password ? password : "");
	}
	curl_free(user);
	curl_free(password);
	return both;
}

static CURLcode make_request(struct ws *ws, const char *http_url)
{
	struct engine_conn *conn = ws->conn;
	const struct engine_config *c = &conn->engine->common.config;
	CURLU *url = curl_url();
	char *host = NULL, *port = NULL, *path = NULL, *query = NULL;
	char *own = NULL, *target, *authority;
	char key[WS_KEY_BYTES];
	uint8_t random[16];
	struct ws_request q = {
		.key = key,
		.user_agent = c->user_agent,
		.request_id = conn->id.line,
		.header = conn->variant.header ? conn->variant.header :
						 (const char *const *)conn->request->header,
	};

	if (!url || curl_url_set(url, CURLUPART_URL, http_url, CURLU_PATH_AS_IS) ||
	    curl_url_get(url, CURLUPART_HOST, &host, 0) ||
	    curl_url_get(url, CURLUPART_PATH, &path, 0)) {
		curl_free(host);
		curl_url_cleanup(url);
		return CURLE_URL_MALFORMAT;
	}
	curl_url_get(url, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT);
	curl_url_get(url, CURLUPART_QUERY, &query, 0);
	own = credentials_of(url);
	authority = xasprintf("%s%s%s", host, port ? ":" : "", port ? port : "");
	target = xasprintf("%s%s%s", path, query ? "?" : "", query ? query : "");
	engine_ws_random(ws, random, sizeof random);
	ws_key_make(random, key);
	ws_key_accept(key, ws->accept);
	q.host = authority;
	q.target = target;
	q.user_password = own ? own : c->user_password;
	ws->text = ws_request_text(&q);
	ws->text_bytes = strlen(ws->text);
	curl_free(host);
	curl_free(port);
	curl_free(path);
	curl_free(query);
	curl_url_cleanup(url);
	free(own);
	free(authority);
	free(target);
	return CURLE_OK;
}

/* A close, a ping, and messages of the exchange before are dealt with first. */
static bool still_open(struct ws *ws, const char *url)
{
	if (ws->state != WS_READY)
		return false;
	if (strcmp(ws->url, url)) {
		engine_ws_shut(ws->conn);
		return false;
	}
	engine_ws_turn(ws->conn);
	if (ws->eof)
		engine_ws_shut(ws->conn);
	return ws->state == WS_READY;
}

bool engine_ws_begin(struct engine_conn *conn, CURLcode *code)
{
	const char *url = conn->variant.url ? conn->variant.url : conn->request->url;
	struct ws *ws = conn->ws ? conn->ws : ws_new(conn);
	bool open;
	char *http_url;

	*code = CURLE_OK;
	if (!ws) {
		*code = CURLE_OUT_OF_MEMORY;
		return false;
	}
	conn->tls = ws->tls = !strncasecmp(url, "wss:", 4);
	open = still_open(ws, url);
	ws->bytes_in = ws->bytes_out = 0;
	ws->sent_message = ws->mine = ws->ended = ws->keep = ws->answered = false;
	ws->error = ERROR_NONE;
	ws->failure = CURLE_OK;
	ws->what = NULL;
	memset(&ws->close, 0, sizeof ws->close);
	if (open) {
		conn->status = 101;
		conn->header_end = conn->sent = true;
		return true;
	}
	free(ws->url);
	ws->url = xstrdup(url);
	http_url = curl_common_http_url(url);
	*code = make_request(ws, http_url);
	if (!*code)
		*code = curl_easy_setopt(ws->easy, CURLOPT_URL, http_url);
	free(http_url);
	return false;
}

CURLcode engine_ws_connected(struct engine_conn *conn)
{
	struct ws *ws = conn->ws;
	curl_socket_t fd = CURL_SOCKET_BAD;
	CURLcode code = curl_easy_getinfo(ws->easy, CURLINFO_ACTIVESOCKET, &fd);

	if (code || fd == CURL_SOCKET_BAD)
		return code ? code : CURLE_COULDNT_CONNECT;
	ws->fd = fd;
	ws->state = WS_UPGRADING;
	return CURLE_OK;
}
