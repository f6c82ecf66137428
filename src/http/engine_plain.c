/* The plain engine's exchanges: sending, reading, and what came of it. */
#include "engine_plain.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/clock.h"

#define NO_CONTENT 204
#define NOT_MODIFIED 304

/* --- the end of an exchange --- */

void engine_plain_fail(struct engine_conn *conn, enum error_class error, int os_errno,
		       const char *what)
{
	struct plain *p = conn->plain;

	if (p->ended)
		return;
	p->ended = true;
	p->keep = false;
	p->error = error;
	p->os_errno = os_errno;
	p->what = what;
}

static void broken(struct engine_conn *conn, const char *what)
{
	engine_plain_fail(conn, ERROR_PROTOCOL, 0, what);
}

/* The connection has ended, by `os_errno` or, 0, in order. */
static void gone(struct engine_conn *conn, int os_errno)
{
	if (conn->plain->stage == PLAIN_UNTIL_CLOSE && !os_errno)
		engine_plain_fail(conn, ERROR_NONE, 0, NULL);
	else if (conn->any_byte)
		engine_plain_fail(conn, ERROR_TRUNCATED, 0, NULL);
	else
		engine_plain_fail(conn, ERROR_RESET, os_errno, NULL);
}

/* The answer is complete, and `behind` bytes came that nobody asked for. Nor can
 * what is left of the request be sent any more. */
static void complete(struct engine_conn *conn, size_t behind)
{
	struct plain *p = conn->plain;
	const struct head *h = &p->head;

	p->bytes_in -= behind;
	p->ended = true;
	p->keep = !behind && !p->text_bytes && !p->body_bytes && !h->closes && (!h->old || h->keeps) &&
		  !conn->engine->common.config.disable_keepalive && !conn->variant.closes;
}

/* --- the answer --- */

/* How its body is framed (RFC 9112, section 6.3). */
static void begin_body(struct engine_conn *conn)
{
	struct plain *p = conn->plain;
	const struct head *h = &p->head;
	bool none = conn->plain_request->head || h->status == NO_CONTENT || h->status == NOT_MODIFIED;

	p->left = 0;
	if (none) {
		p->stage = PLAIN_LENGTH;
	} else if (h->coded) {
		broken(conn, "the answer has a Transfer-Encoding nobody asked for");
	} else if (h->chunked) {
		p->stage = PLAIN_CHUNKS;
		chunked_begin(&p->chunks);
	} else if (h->content_bytes >= 0) {
		p->stage = PLAIN_LENGTH;
		p->left = (uint64_t)h->content_bytes;
	} else {
		p->stage = PLAIN_UNTIL_CLOSE;
	}
}

static void headers_end(struct engine_conn *conn)
{
	const struct engine_callbacks *on = &conn->engine->on;

	conn->header_end = true;
	if (on->on_headers)
		on->on_headers(conn->owner, conn->status, conn->th_ns);
	begin_body(conn);
}

/* What is left of the piece goes on with the body. */
static void take_head(struct engine_conn *conn, const char **at, const char *end, int64_t ns)
{
	const struct engine_callbacks *on = &conn->engine->on;
	struct head *h = &conn->plain->head;
	uint32_t begun = h->begun;
	enum head_step step;
	struct line line;
	size_t left;

	head_feed(h, *at, (size_t)(end - *at));
	do {
		step = head_next(h, &line);
		if (h->begun != begun)
			conn->th_ns = ns;
		begun = h->begun;
		conn->status = h->status;
		if (step == HEAD_LINE && on->on_header)
			on->on_header(conn->owner, line.at, line.bytes);
	} while (step == HEAD_LINE && !conn->dropping);
	*at = head_rest(h, &left);
	if (conn->dropping)
		return;
	if (step == HEAD_BAD)
		broken(conn, h->problem);
	else if (step == HEAD_END)
		headers_end(conn);
}

static void take_length(struct engine_conn *conn, const char *at, const char *end, int64_t ns)
{
	struct plain *p = conn->plain;
	size_t n = (size_t)(end - at);

	if (n > p->left)
		n = (size_t)p->left;
	p->left -= n;
	if (n)
		engine_give_body(conn, at, n, ns);
	if (!p->left)
		complete(conn, (size_t)(end - at) - n);
}

static void take_chunks(struct engine_conn *conn, const char *at, const char *end, int64_t ns)
{
	struct chunked *chunks = &conn->plain->chunks;
	enum chunked_step step;
	const char *data;
	size_t n;

	while ((step = chunked_next(chunks, &at, end, &data, &n)) == CHUNKED_DATA) {
		engine_give_body(conn, data, n, ns);
		if (conn->dropping)
			return;
	}
	if (step == CHUNKED_END)
		complete(conn, (size_t)(end - at));
	else if (step == CHUNKED_BAD)
		broken(conn, "the answer's chunks are broken");
}

static void take(struct engine_conn *conn, const char *at, const char *end)
{
	struct plain *p = conn->plain;
	int64_t ns = engine_came_ns(conn);

	p->bytes_in += (size_t)(end - at);
	conn->any_byte = true;
	if (p->stage == PLAIN_HEAD)
		take_head(conn, &at, end, ns);
	if (conn->dropping || p->ended)
		return;
	if (p->stage == PLAIN_LENGTH)
		take_length(conn, at, end, ns);
	else if (p->stage == PLAIN_CHUNKS)
		take_chunks(conn, at, end, ns);
	else if (p->stage == PLAIN_UNTIL_CLOSE && at < end)
		engine_give_body(conn, at, (size_t)(end - at), ns);
}

/* Reads once: what is left then is reported again, and others have their turn. */
static void receive(struct engine_conn *conn)
{
	struct plain *p = conn->plain;
	char *in = conn->engine->plain->in;
	ssize_t n = recv(p->fd, in, PLAIN_IN_BYTES, 0);

	if (n > 0)
		take(conn, in, in + n);
	else if (!n || (errno != EAGAIN && errno != EINTR))
		gone(conn, n ? errno : 0);
}

/* --- the request --- */

static void sent(struct plain *p, size_t n)
{
	size_t text = n < p->text_bytes ? n : p->text_bytes;

	p->bytes_out += n;
	p->text += text;
	p->text_bytes -= text;
	p->body += n - text;
	p->body_bytes -= n - text;
}

static ssize_t send_some(struct plain *p)
{
	struct iovec part[2] = {
		{(void *)(uintptr_t)p->text, p->text_bytes},
		{(void *)(uintptr_t)p->body, p->body_bytes},
	};
	struct msghdr message = {.msg_iov = part, .msg_iovlen = 2};

	if (!p->body_bytes)
		return send(p->fd, p->text, p->text_bytes, MSG_NOSIGNAL);
	return sendmsg(p->fd, &message, MSG_NOSIGNAL);
}

void engine_plain_send(struct engine_conn *conn)
{
	struct plain *p = conn->plain;
	uint32_t events = EPOLLIN;

	while (p->text_bytes + p->body_bytes) {
		ssize_t n = send_some(p);

		if (n >= 0) {
			sent(p, (size_t)n);
		} else if (errno == EAGAIN) {
			break;
		} else if (errno != EINTR) {
			int os_errno = errno;

			/* It may have said why before it closed. */
			p->text_bytes = p->body_bytes = 0;
			receive(conn);
			gone(conn, os_errno);
			return;
		}
	}
	if (p->text_bytes && !p->text_held) {
		p->rest.used = 0;
		buf_add(&p->rest, p->text, p->text_bytes);
		p->text = p->rest.at;
		p->text_held = true;
	}
	if (p->text_bytes + p->body_bytes)
		events |= EPOLLOUT;
	loop_want(&conn->engine->loop, p->fd, events, NULL);
}

void engine_plain_begin(struct engine_conn *conn)
{
	struct plain *p = conn->plain;

	if (p->fd >= 0) {
		conn->sent = true;
		engine_plain_send(conn);
		return;
	}
	p->address = 0;
	p->opened_ns = conn->ts_ns;
	engine_plain_connect(conn);
}

void engine_plain_turn(struct engine_conn *conn, uint32_t events)
{
	struct plain *p = conn->plain;

	if (!p->connected) {
		engine_plain_connected(conn);
		return;
	}
	if (p->text_bytes + p->body_bytes && events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
		engine_plain_send(conn);
	if (!p->ended && !conn->dropping && events & (EPOLLIN | EPOLLERR | EPOLLHUP))
		receive(conn);
}

/* --- what came of it --- */

void engine_plain_result_of(const struct engine_conn *conn, struct engine_result *r)
{
	const struct plain *p = conn->plain;
	struct engine *engine = conn->engine;

	r->error = p->error;
	r->answered = !p->error;
	if (!p->error)
		return;
	r->code = p->os_errno;
	curl_common_message(CURLE_OK, p->error, p->os_errno, p->what ? p->what : "",
			    engine->message, sizeof engine->message);
}
