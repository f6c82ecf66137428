/* What curl calls while it works: about timers and sockets, and with the
 * answer as it comes. Nothing here calls curl. */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine_private.h"
#include "head.h"

/* A connection may idle as long as its user thinks. */
#define MAX_IDLE_S (365L * 24 * 3600)
#define CURL_CONNECT_NS (300 * NS_PER_S) /* curl's default */
#define CONNECT_S (24L * 3600)
#define LENGTH "Content-Length:"
#define LENGTH_BYTES (sizeof LENGTH - 1)

static int on_timer(CURLM *multi, long ms, void *user)
{
	struct shard *shard = user;

	(void)multi;
	shard->due_ns = ms < 0 ? ENGINE_NEVER : ms == 0 ? 0 : clock_ns() + ms * NS_PER_MS;
	if (shard->due_ns < shard->engine->due_ns)
		shard->engine->due_ns = shard->due_ns;
	return 0;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *socketp)
{
	struct shard *shard = user;
	uint32_t events = 0;

	(void)easy;
	(void)socketp;
	if (what & CURL_POLL_IN && what != CURL_POLL_REMOVE)
		events |= EPOLLIN;
	if (what & CURL_POLL_OUT && what != CURL_POLL_REMOVE)
		events |= EPOLLOUT;
	loop_want(&shard->engine->loop, fd, events, shard);
	return 0;
}

/* curl would send the request a second time when a kept connection ends
 * without an answer. brunt never retries: that is an error to be seen. */
static bool refuse_retry(struct engine_conn *conn)
{
	if (conn->sent && !conn->any_byte)
		conn->died = true;
	return conn->died;
}

static curl_socket_t on_open(void *user, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct engine_conn *conn = user;
	int fd;

	(void)purpose;
	if (refuse_retry(conn) || !engine_http2_opens(conn))
		return CURL_SOCKET_BAD;
	fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
	if (fd < 0) {
		conn->open_errno = errno;
		return CURL_SOCKET_BAD;
	}
	conn->opened = true;
	conn->opening[a->family == AF_INET6] = fd;
	loop_opened(&conn->engine->loop, fd, conn);
	return fd;
}

static int on_close(void *user, curl_socket_t fd)
{
	struct engine *engine = user;

	loop_closing(&engine->loop, fd);
	return close(fd);
}

static int on_connected(void *user, char *peer, char *local, int peer_port, int local_port)
{
	struct engine_conn *conn = user;

	(void)peer;
	(void)local;
	(void)peer_port;
	(void)local_port;
	list_remove(&conn->connecting);
	conn->opening[0] = conn->opening[1] = -1;
	if (refuse_retry(conn) || !engine_http2_uses(conn))
		return CURL_PREREQFUNC_ABORT;
	conn->sent = true;
	conn->any_byte = false;
	return CURL_PREREQFUNC_OK;
}

/* --- the answer --- */

static void on_status_line(struct engine_conn *conn, const char *line, size_t bytes)
{
	const char *p = memchr(line, ' ', bytes);
	const char *end = line + bytes;
	unsigned status = 0;

	while (p && p < end && *p == ' ')
		p++;
	for (int i = 0; p && i < 3 && p < end && *p >= '0' && *p <= '9'; i++)
		status = status * 10 + (unsigned)(*p++ - '0');
	conn->status = (uint16_t)status;
	conn->http2 = bytes > 6 && line[5] == '2';
	conn->th_ns = engine_came_ns(conn);
	conn->header_end = conn->redirected = false;
	conn->head_bytes = 0;
	conn->content_bytes = -1;
	conn->held.used = 0;
}

static void hold_line(struct buf *held, const char *line, size_t bytes)
{
	buf_add(held, line, bytes);
	buf_add(held, "", 1);
}

static const char *without_end(const char *line, size_t bytes)
{
	while (bytes && (line[bytes - 1] == '\n' || line[bytes - 1] == '\r'))
		bytes--;
	return line + bytes;
}

/* Lines of an answer that may yet turn out to be redirected are kept until its
 * headers end. */
static void give_line(struct engine_conn *conn, const char *line, size_t bytes)
{
	struct engine *engine = conn->engine;

	bytes = (size_t)(without_end(line, bytes) - line);
	if (engine->common.config.follow_redirects && conn->status / 100 == 3)
		hold_line(&conn->held, line, bytes);
	else
		engine->on.on_header(conn->owner, line, bytes);
}

static void give_held_lines(struct engine_conn *conn)
{
	for (size_t at = 0; at < conn->held.used;) {
		const char *line = conn->held.at + at;
		size_t bytes = strlen(line);

		conn->engine->on.on_header(conn->owner, line, bytes);
		at += bytes + 1;
	}
	conn->held.used = 0;
}

/* A line's socket does not say whose the bytes are. */
static void note_line(struct engine_conn *conn, int64_t ns, size_t bytes)
{
	if (!conn->line)
		return;
	engine_byte(conn, ns);
	engine_lines_answer(conn, ns, bytes);
}

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
	struct engine_conn *conn = user;
	struct engine *engine = conn->engine;
	size_t bytes = size * count;
	bool interim;

	if (conn->dropping)
		return 0;
	conn->any_byte = true;
	note_line(conn, engine_came_ns(conn), bytes);
	if (bytes >= 5 && !memcmp(line, "HTTP/", 5)) {
		on_status_line(conn, line, bytes);
		return bytes;
	}
	interim = conn->status < 200 && conn->status != 101;
	if (interim || conn->header_end) /* trailers, too */
		return bytes;
	if (line[0] == '\r' || line[0] == '\n') {
		conn->header_end = true;
		if (conn->redirected)
			return bytes;
		if (conn->held.used)
			give_held_lines(conn);
		if (engine->on.on_headers && !conn->dropping)
			engine->on.on_headers(conn->owner, conn->status, conn->th_ns);
		return bytes;
	}
	/* curl takes a length beyond its numbers for none, and the last of several. */
	if (bytes > LENGTH_BYTES && !strncasecmp(line, LENGTH, LENGTH_BYTES)) {
		conn->problem = head_content_length(line + LENGTH_BYTES, without_end(line, bytes), &conn->content_bytes);
		if (conn->problem)
			return 0;
	}
	if (engine->common.config.follow_redirects && conn->status / 100 == 3 &&
	    bytes > 9 && !strncasecmp(line, "location:", 9))
		conn->redirected = true;
	if (engine->on.on_header)
		give_line(conn, line, bytes);
	return bytes;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
	struct engine_conn *conn = user;
	size_t bytes = size * count;
	int64_t ns;

	if (conn->dropping)
		return CURL_WRITEFUNC_ERROR;
	ns = engine_came_ns(conn);
	note_line(conn, ns, bytes);
	engine_give_body(conn, data, bytes, ns);
	return bytes;
}

void engine_hooks_of_shard(struct shard *shard)
{
	curl_multi_setopt(shard->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
	curl_multi_setopt(shard->multi, CURLMOPT_SOCKETDATA, shard);
	curl_multi_setopt(shard->multi, CURLMOPT_TIMERFUNCTION, on_timer);
	curl_multi_setopt(shard->multi, CURLMOPT_TIMERDATA, shard);
}

CURLcode engine_hooks_of_easy(struct engine_conn *conn, CURL *easy, CURLSH *cache)
{
	const struct engine_config *c = &conn->engine->common.config;
	CURLcode code = curl_common_apply(&conn->engine->common, easy);

	CURL_SET(CURLOPT_PRIVATE, conn);
	CURL_SET(CURLOPT_SHARE, cache);
	CURL_SET(CURLOPT_MAXAGE_CONN, MAX_IDLE_S);
	/* Ours comes first. Left alone curl gives up after five minutes, which
	 * costs nothing; any other value costs a timer an exchange. */
	if (!c->connect_timeout_ns || c->connect_timeout_ns >= CURL_CONNECT_NS)
		CURL_SET(CURLOPT_CONNECTTIMEOUT, CONNECT_S);
	CURL_SET(CURLOPT_ERRORBUFFER, conn->curl_text);
	CURL_SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	CURL_SET(CURLOPT_OPENSOCKETDATA, conn);
	CURL_SET(CURLOPT_CLOSESOCKETFUNCTION, on_close);
	CURL_SET(CURLOPT_CLOSESOCKETDATA, conn->engine);
	CURL_SET(CURLOPT_PREREQFUNCTION, on_connected);
	CURL_SET(CURLOPT_PREREQDATA, conn);
	return code;
}

CURLcode engine_hooks_of_conn(struct engine_conn *conn)
{
	CURL *easy = conn->easy;
	CURLcode code = engine_hooks_of_easy(conn, easy, conn->cache);

	CURL_SET(CURLOPT_HEADERFUNCTION, on_header);
	CURL_SET(CURLOPT_HEADERDATA, conn);
	CURL_SET(CURLOPT_WRITEFUNCTION, on_body);
	CURL_SET(CURLOPT_WRITEDATA, conn);
	return code;
}
