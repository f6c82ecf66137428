/* A server of HTTP/2 without TLS (prior knowledge) that misbehaves on request: what
 * it does is a function's, given the stream. It knows frames, and of HPACK only how
 * to write: nothing of a request is understood but that it has ended. */
#ifndef TESTS_H2_SERVER_H
#define TESTS_H2_SERVER_H

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "bad_server.h"

enum h2_frame { H2_DATA = 0, H2_HEADERS = 1, H2_RST_STREAM = 3, H2_SETTINGS = 4, H2_GOAWAY = 7 };
enum { H2_END_STREAM = 1, H2_ACK = 1, H2_END_HEADERS = 4 };
enum { H2_INTERNAL_ERROR = 2, H2_REFUSED_STREAM = 7, H2_CANCEL = 8, H2_HTTP_1_1_REQUIRED = 13 };

struct h2_server;

struct h2_connection {
	struct h2_server *server;
	pthread_t thread;
	int fd;     /* closed by whoever joins the thread */
	int number; /* from 0 */
	bool acked; /* the client has nothing to send by itself any more */
	int held;   /* requests that `answer` has put off, its own to count */
	uint32_t stream[8]; /* theirs */
};

struct h2_server {
	int fd, port;
	char url[64];
	pthread_t thread;
	atomic_int accepted, requests, resets; /* streams that the client has reset */
	/* Before the first connection: MAX_CONCURRENT_STREAMS, 0: none is told; SETTINGS are
	 * left to `answer`. */
	int max_streams;
	bool late;
	/* A request has come on `stream`; returns whether the connection goes on. */
	bool (*answer)(struct h2_connection *c, uint32_t stream);
	struct h2_connection connection[BAD_CONNECTIONS];
};

static inline void h2_send(int fd, enum h2_frame type, int flags, uint32_t stream, const void *payload, size_t bytes)
{
	unsigned char head[9] = {(unsigned char)(bytes >> 16), (unsigned char)(bytes >> 8), (unsigned char)bytes,
				 (unsigned char)type, (unsigned char)flags, (unsigned char)(stream >> 24),
				 (unsigned char)(stream >> 16), (unsigned char)(stream >> 8), (unsigned char)stream};

	bad_send(fd, (char *)head, sizeof head);
	bad_send(fd, payload, bytes);
}

/* :status, and content-length where `length` is not NULL. */
static inline void h2_head(int fd, uint32_t stream, const char *status, const char *length, int flags)
{
	char block[64] = {0x08, 3};
	size_t n = 2;

	memcpy(block + n, status, 3);
	n += 3;
	if (length) {
		block[n++] = 0x0f;
		block[n++] = 28 - 15; /* content-length's place in the static table */
		block[n++] = (char)strlen(length);
		memcpy(block + n, length, strlen(length));
		n += strlen(length);
	}
	h2_send(fd, H2_HEADERS, H2_END_HEADERS | flags, stream, block, n);
}

static inline void h2_code(int fd, enum h2_frame type, uint32_t stream, int code)
{
	unsigned char payload[8] = {0};
	size_t bytes = type == H2_GOAWAY ? 8 : 4;

	if (type == H2_GOAWAY) /* the last stream it will answer */
		payload[3] = (unsigned char)stream;
	payload[bytes - 1] = (unsigned char)code;
	h2_send(fd, type, 0, type == H2_GOAWAY ? 0 : stream, payload, bytes);
}

static inline bool h2_read(int fd, unsigned char *out, size_t bytes)
{
	while (bytes) {
		ssize_t n = recv(fd, out, bytes, 0);

		if (n <= 0)
			return false;
		out += n;
		bytes -= (size_t)n;
	}
	return true;
}

/* A request is complete on *stream; false: the connection has ended. `acked`: not before
 * the client has acknowledged our settings, whatever else comes. */
static inline bool h2_hear(struct h2_connection *c, uint32_t *stream, bool acked)
{
	unsigned char head[9], payload[1 << 14];

	while (!(acked && c->acked) && h2_read(c->fd, head, sizeof head)) {
		size_t bytes = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];

		if (bytes > sizeof payload || !h2_read(c->fd, payload, bytes))
			return false;
		if (head[3] == H2_SETTINGS && !(head[4] & H2_ACK) && !c->server->late)
			h2_send(c->fd, H2_SETTINGS, H2_ACK, 0, "", 0);
		c->acked |= head[3] == H2_SETTINGS && head[4] & H2_ACK;
		if (head[3] == H2_RST_STREAM)
			c->server->resets++;
		*stream = (uint32_t)head[5] << 24 | (uint32_t)head[6] << 16 | (uint32_t)head[7] << 8 | head[8];
		if (!acked && (head[3] == H2_HEADERS || head[3] == H2_DATA) && head[4] & H2_END_STREAM)
			return true;
	}
	return acked && c->acked;
}

/* Hangs up; with bytes of the client's on their way that would be a reset. */
static inline bool h2_end(struct h2_connection *c)
{
	uint32_t stream;

	h2_hear(c, &stream, true);
	return false;
}

/* What is sent in between arrives at once. */
static inline void h2_together(int fd, int on)
{
	setsockopt(fd, IPPROTO_TCP, TCP_CORK, &on, sizeof on);
}

static inline void *h2_connection_main(void *user)
{
	struct h2_connection *c = user;
	unsigned char preface[24], settings[6] = {0, 3};
	uint32_t stream;

	if (!h2_read(c->fd, preface, sizeof preface) ||
	    memcmp(preface, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", sizeof preface) != 0)
		goto out;
	settings[5] = (unsigned char)c->server->max_streams;
	if (!c->server->late) {
		h2_together(c->fd, 1);
		h2_send(c->fd, H2_SETTINGS, 0, 0, settings, c->server->max_streams ? sizeof settings : 0);
		h2_together(c->fd, 0);
	}
	while (h2_hear(c, &stream, false)) {
		c->server->requests++;
		if (!c->server->answer(c, stream))
			break;
	}
out:
	shutdown(c->fd, SHUT_RDWR);
	return NULL;
}

static inline void *h2_server_main(void *user)
{
	struct h2_server *s = user;

	for (;;) {
		int fd = accept(s->fd, NULL, NULL);
		struct h2_connection *c;

		if (fd < 0)
			return NULL;
		assert(s->accepted < BAD_CONNECTIONS);
		c = &s->connection[s->accepted];
		*c = (struct h2_connection){.server = s, .fd = fd, .number = s->accepted};
		s->accepted++; /* before an answer can be seen */
		if (pthread_create(&c->thread, NULL, h2_connection_main, c))
			abort();
	}
}

/* On 127.0.0.1, any port. */
static inline void h2_server_start(struct h2_server *s, bool (*answer)(struct h2_connection *c, uint32_t stream))
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t bytes = sizeof a;

	memset(s, 0, sizeof *s);
	s->answer = answer;
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(s->fd, (struct sockaddr *)&a, sizeof a) || listen(s->fd, 128) ||
	    getsockname(s->fd, (struct sockaddr *)&a, &bytes) ||
	    pthread_create(&s->thread, NULL, h2_server_main, s)) {
		perror("h2_server");
		abort();
	}
	s->port = ntohs(a.sin_port);
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d/", s->port);
}

static inline void h2_server_stop(struct h2_server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	for (int i = 0; i < s->accepted; i++) {
		shutdown(s->connection[i].fd, SHUT_RDWR);
		pthread_join(s->connection[i].thread, NULL);
		close(s->connection[i].fd);
	}
}

#endif
