/* The plain engine's connections: which request they take, opening, closing. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "engine_plain.h"

/* A body up to this length goes into one piece of memory with its head. */
#define COPY_MAX 4096u

void engine_plain_open(struct engine *engine)
{
	const struct engine_config *c = &engine->common.config;
	struct plain_engine *plain;

	if (c->curl_only || c->http2 || c->proxy || c->follow_redirects || engine->common.connect_to)
		return;
	plain = xcalloc(1, sizeof *plain);
	plain->origins = origins_new(&engine->common);
	plain->requests = plain_requests_new(c, plain->origins);
	plain->in = xmalloc(PLAIN_IN_BYTES);
	engine->plain = plain;
}

void engine_plain_close(struct engine *engine)
{
	struct plain_engine *plain = engine->plain;

	if (!plain)
		return;
	plain_requests_free(plain->requests);
	origins_free(plain->origins);
	buf_fini(&plain->out);
	free(plain->in);
	free(plain);
}

bool engine_plain_takes(struct engine_conn *conn)
{
	struct plain_engine *plain = conn->engine->plain;
	const struct plain_request *p = conn->plain_request;

	if (!plain)
		return false;
	if (!p || p->request != conn->request)
		p = conn->plain_request = plain_request_of(plain->requests, conn->request);
	return plain_request_takes(p, &conn->variant);
}

static void shut(struct engine_conn *conn, struct plain *p)
{
	if (p->fd < 0)
		return;
	loop_closing(&conn->engine->loop, p->fd);
	close(p->fd);
	p->fd = -1;
	p->connected = false;
}

/* --- one to send by --- */

/* The user's connection to an origin, moved to the front. */
static struct plain *choose(struct engine_conn *conn, const struct origin *origin)
{
	struct plain **at = &conn->plain, *p;

	while (*at && (*at)->origin != origin)
		at = &(*at)->next;
	p = *at;
	if (p) {
		*at = p->next;
	} else {
		p = xcalloc(1, sizeof *p);
		p->origin = origin;
		p->fd = -1;
	}
	p->next = conn->plain;
	conn->plain = p;
	return p;
}

/* Where the last wait could not tell of all sockets, and did not of this one, it is
 * asked. */
static bool still_open(const struct engine_conn *conn, const struct plain *p)
{
	const struct engine *engine = conn->engine;
	char byte;

	if (p->fd < 0 || engine->all_seen || conn->last_byte_ns == engine->looked_ns)
		return p->fd >= 0;
	return recv(p->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
	       (errno == EAGAIN || errno == EINTR);
}

void engine_plain_write_down(struct engine_conn *conn)
{
	struct plain_engine *plain = conn->engine->plain;
	struct plain *p = conn->plain;

	plain->out.used = 0;
	plain_request_put(plain->requests, conn->plain_request, &conn->variant, conn->id.line,
			  &plain->out, &p->body, &p->body_bytes);
	if (p->body_bytes <= COPY_MAX) {
		buf_add(&plain->out, p->body, p->body_bytes);
		p->body_bytes = 0;
	}
	p->text = plain->out.at;
	p->text_held = false;
	p->text_bytes = plain->out.used;
}

bool engine_plain_prepare(struct engine_conn *conn)
{
	struct plain *p = choose(conn, conn->plain_request->origin);

	if (!still_open(conn, p))
		shut(conn, p);
	p->stage = PLAIN_HEAD;
	p->ended = p->keep = false;
	p->connect_us = 0;
	p->error = ERROR_NONE;
	p->os_errno = 0;
	p->what = NULL;
	p->bytes_in = p->bytes_out = 0;
	p->text_bytes = p->body_bytes = 0;
	head_begin(&p->head);
	if (p->fd >= 0)
		engine_plain_write_down(conn);
	return p->fd >= 0;
}

/* --- connecting --- */

void engine_plain_connect(struct engine_conn *conn)
{
	struct plain *p = conn->plain;
	struct loop *loop = &conn->engine->loop;
	const int on = 1;

	for (; p->address < p->origin->addresses; p->address++) {
		const struct origin_address *a = &p->origin->address[p->address];
		const struct sockaddr *addr = (const struct sockaddr *)&a->addr;

		p->fd = socket(addr->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (p->fd < 0) {
			p->os_errno = errno;
			break; /* the next address needs one, too */
		}
		conn->opened = true;
		loop_opened(loop, p->fd, conn);
		if (addr->sa_family != AF_UNIX)
			setsockopt(p->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		if (!connect(p->fd, addr, a->bytes)) {
			engine_plain_connected(conn);
			return;
		}
		if (errno == EINPROGRESS) {
			loop_want(loop, p->fd, EPOLLOUT, NULL);
			return;
		}
		p->os_errno = errno;
		shut(conn, p);
	}
	engine_plain_fail(conn, ERROR_CONNECT, p->os_errno, NULL);
}

void engine_plain_connected(struct engine_conn *conn)
{
	struct plain *p = conn->plain;
	int64_t took_us = (engine_came_ns(conn) - p->opened_ns) / NS_PER_US;
	int error = 0;
	socklen_t bytes = sizeof error;

	if (getsockopt(p->fd, SOL_SOCKET, SO_ERROR, &error, &bytes))
		error = errno;
	if (error) {
		p->os_errno = error;
		shut(conn, p);
		p->address++;
		engine_plain_connect(conn);
		return;
	}
	p->connected = conn->sent = true;
	p->connect_us = took_us < 0 ? 0 : took_us < UINT32_MAX ? (uint32_t)took_us : UINT32_MAX;
	list_remove(&conn->connecting);
	loop_want(&conn->engine->loop, p->fd, EPOLLIN, NULL);
	engine_plain_write_down(conn);
	engine_plain_send(conn);
}

/* --- the end of one --- */

bool engine_plain_carries(const struct engine_conn *conn, int fd)
{
	return conn->active && conn->by == BY_PLAIN && conn->plain->fd == fd;
}

bool engine_plain_hung_up(struct engine_conn *conn, int fd)
{
	for (struct plain *p = conn->plain; p; p = p->next)
		if (p->fd == fd) {
			shut(conn, p);
			return true;
		}
	return false;
}

void engine_plain_release(struct engine_conn *conn)
{
	struct plain *p = conn->plain;

	if (!p->ended || !p->keep || conn->dropping)
		shut(conn, p);
	p->stage = PLAIN_IDLE;
}

void engine_plain_free(struct engine_conn *conn)
{
	struct plain *p;

	while ((p = conn->plain)) {
		conn->plain = p->next;
		shut(conn, p);
		head_fini(&p->head);
		buf_fini(&p->rest);
		free(p);
	}
}
