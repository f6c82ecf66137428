/* A server that misbehaves on request, for tests: what it does depends on the
 * path. One thread accepts, one thread a connection serves with blocking
 * calls. Counts connections and requests and keeps the last request. */
#ifndef TESTS_BAD_SERVER_H
#define TESTS_BAD_SERVER_H

#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define BAD_CONNECTIONS 64
#define BAD_REQUEST_BYTES (1 << 20)

struct bad_server;

struct bad_connection {
	struct bad_server *server;
	pthread_t thread;
	int fd; /* closed by whoever joins the thread */
	int served;
};

struct bad_server {
	int fd;
	int port;
	char url[64];
	pthread_t thread;
	pthread_mutex_t lock;
	atomic_int accepted, requests, ended; /* ended: connections it has shut */
	atomic_bool greets; /* speaks first, and not TLS */
	/* Answers instead, where set; returns whether the connection goes on. */
	bool (*answer)(struct bad_connection *c, const char *request, size_t bytes);
	struct bad_connection connection[BAD_CONNECTIONS];
	char *last; /* request, terminated */
	size_t last_bytes;
	char last_id[BAD_CONNECTIONS][96]; /* X-Request-ID of the last request of each */
};

static inline void bad_send(int fd, const char *text, size_t bytes)
{
	while (bytes) {
		ssize_t n = send(fd, text, bytes, MSG_NOSIGNAL);

		if (n <= 0)
			return;
		text += n;
		bytes -= (size_t)n;
	}
}

static inline void bad_say(int fd, const char *text)
{
	bad_send(fd, text, strlen(text));
}

static inline void bad_pause_ms(int ms)
{
	struct timespec t = {.tv_nsec = ms * 1000000L};

	nanosleep(&t, NULL);
}

/* A connection closed with a RST instead of a FIN. */
static inline void bad_reset(int fd)
{
	struct linger now = {.l_onoff = 1};
	struct sockaddr nobody = {.sa_family = AF_UNSPEC};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	/* Disconnecting sends it although the descriptor stays ours. */
	connect(fd, &nobody, sizeof nobody);
}

/* Reads head and body of one request; 0 at the end of the connection. */
static inline size_t bad_read(int fd, char *buffer)
{
	size_t used = 0, want = 0;

	for (;;) {
		ssize_t n = recv(fd, buffer + used, BAD_REQUEST_BYTES - 1 - used, 0);
		char *end, *length;

		if (n <= 0)
			return 0;
		used += (size_t)n;
		buffer[used] = '\0';
		end = strstr(buffer, "\r\n\r\n");
		if (!end)
			continue;
		length = strcasestr(buffer, "\r\nContent-Length:");
		want = (size_t)(end + 4 - buffer);
		if (length && length < end)
			want += strtoul(length + 17, NULL, 10);
		if (used >= want)
			return used;
	}
}

/* Returns whether the connection goes on. */
static inline bool bad_answer(struct bad_connection *c, const char *request, size_t bytes)
{
	const char *path = strchr(request, ' ');
	const char *body = strstr(request, "\r\n\r\n") + 4;
	char head[200];
	int fd = c->fd;

#define PATH(text) (path && !strncmp(path + 1, text " ", sizeof text))
	if (!strncmp(request, "CONNECT ", 8)) {
		bad_say(fd, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
	} else if (PATH("/ok")) {
		bad_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
		if (strncmp(request, "HEAD", 4))
			bad_say(fd, "hello");
	} else if (PATH("/chunked")) {
		bad_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n");
		bad_say(fd, "2\r\nlo\r\n0\r\nX-Trailer: 1\r\n\r\n");
	} else if (PATH("/echo")) {
		snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n",
			 bytes - (size_t)(body - request));
		bad_say(fd, head);
		bad_send(fd, body, bytes - (size_t)(body - request));
	} else if (PATH("/continue")) {
		bad_say(fd, "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n"
			    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
	} else if (PATH("/404")) {
		bad_say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
	} else if (PATH("/503")) {
		bad_say(fd, "HTTP/1.1 503 Busy\r\nContent-Length: 18\r\n\r\n"
			    "{\"e\":\n\"over\x1b[1m\"}x");
	} else if (PATH("/redirect")) {
		bad_say(fd, "HTTP/1.1 302 Found\r\nLocation: /ok\r\nContent-Length: 3\r\n\r\nfoo");
	} else if (PATH("/not-modified")) {
		bad_say(fd, "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nX-Empty:\r\n\r\n");
	} else if (PATH("/sse")) {
		/* Its last event and its end in one write. */
		bad_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
			    "6\r\n[DONE]\r\n0\r\n\r\n");
	} else if (PATH("/sse-open") || PATH("/sse-404")) {
		char byte;

		bad_say(fd, PATH("/sse-404") ? "HTTP/1.1 404 No\r\n" : "HTTP/1.1 200 OK\r\n");
		bad_say(fd, "Transfer-Encoding: chunked\r\n\r\n6\r\n[DONE]\r\n");
		while (recv(fd, &byte, 1, 0) > 0)
			;
		return false;
	} else if (PATH("/sse-cut")) {
		bad_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
			    "6\r\n[DONE]\r\n");
		return false;
	} else if (PATH("/loop")) {
		bad_say(fd, "HTTP/1.1 302 Found\r\nLocation: /loop\r\nContent-Length: 0\r\n\r\n");
	} else if (PATH("/drip")) {
		/* 12 bytes, one every 60 ms. */
		bad_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
		for (int i = 0; i < 12; i++) {
			bad_pause_ms(60);
			bad_say(fd, "x");
		}
	} else if (PATH("/stall")) {
		char byte;

		while (recv(fd, &byte, 1, 0) > 0)
			;
		return false;
	} else if (PATH("/stall-body")) {
		char byte;

		bad_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123");
		while (recv(fd, &byte, 1, 0) > 0)
			;
		return false;
	} else if (PATH("/reset")) {
		bad_reset(fd);
		return false;
	} else if (PATH("/reset-body")) {
		bad_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
		bad_reset(fd);
		return false;
	} else if (PATH("/once")) {
		if (c->served > 1)
			return false;
		bad_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
	} else if (PATH("/last")) {
		/* Promises a kept connection and closes it. */
		bad_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
		return false;
	} else if (PATH("/until-close")) {
		bad_say(fd, "HTTP/1.1 200 OK\r\n\r\nhello");
		return false;
	} else if (PATH("/cut")) {
		bad_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789");
		return false;
	} else if (PATH("/cut-chunk")) {
		bad_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
		return false;
	} else if (PATH("/half")) {
		bad_say(fd, "HTTP/1.1 200 OK\r\nContent-Le");
		return false;
	} else if (PATH("/garbage")) {
		bad_say(fd, "SSH-2.0-OpenSSH_9.2\r\nand so on\r\n\r\n");
		return false;
	} else if (PATH("/long-header")) {
		char kib[1025];

		memset(kib, 'x', 1024);
		kib[1024] = '\0';
		bad_say(fd, "HTTP/1.1 200 OK\r\nX-Long: ");
		for (int i = 0; i < 400; i++)
			bad_say(fd, kib);
		bad_say(fd, "\r\nContent-Length: 0\r\n\r\n");
		return false;
	} else if (PATH("/status-99")) {
		bad_say(fd, "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n");
		return false;
	} else { /* "/close" and the unknown */
		return false;
	}
#undef PATH
	return true;
}

static inline void *bad_connection_main(void *user)
{
	struct bad_connection *c = user;
	struct bad_server *s = c->server;
	char *buffer = malloc(BAD_REQUEST_BYTES);
	size_t bytes;

	if (s->greets)
		bad_say(c->fd, "220 hello there\r\n");
	while ((bytes = bad_read(c->fd, buffer))) {
		char *id = strcasestr(buffer, "\r\nX-Request-ID: ");
		char *mine = s->last_id[c - s->connection];

		c->served++;
		pthread_mutex_lock(&s->lock);
		memcpy(s->last, buffer, bytes + 1);
		s->last_bytes = bytes;
		mine[0] = '\0';
		if (id)
			snprintf(mine, sizeof s->last_id[0], "%.*s",
				 (int)strcspn(id + 16, "\r"), id + 16);
		pthread_mutex_unlock(&s->lock);
		s->requests++;
		if (!(s->answer ? s->answer : bad_answer)(c, buffer, bytes))
			break;
	}
	shutdown(c->fd, SHUT_RDWR);
	s->ended++;
	free(buffer);
	return NULL;
}

static inline void *bad_server_main(void *user)
{
	struct bad_server *s = user;

	for (;;) {
		int fd = accept(s->fd, NULL, NULL);
		struct bad_connection *c;

		if (fd < 0)
			return NULL;
		assert(s->accepted < BAD_CONNECTIONS);
		c = &s->connection[s->accepted];
		c->server = s;
		c->fd = fd;
		c->served = 0;
		s->accepted++; /* before an answer can be seen */
		if (pthread_create(&c->thread, NULL, bad_connection_main, c))
			abort();
	}
}

static inline void bad_server_listen(struct bad_server *s, int family,
				     const struct sockaddr *a, socklen_t bytes)
{
	int one = 1;

	pthread_mutex_init(&s->lock, NULL);
	s->last = calloc(1, BAD_REQUEST_BYTES);
	s->fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(s->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (bind(s->fd, a, bytes) || listen(s->fd, 128) ||
	    pthread_create(&s->thread, NULL, bad_server_main, s)) {
		perror("bad_server");
		abort();
	}
}

/* On 127.0.0.1; port 0: any. */
static inline void bad_server_start(struct bad_server *s, int port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	socklen_t bytes = sizeof a;

	memset(s, 0, sizeof *s);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	bad_server_listen(s, AF_INET, (struct sockaddr *)&a, sizeof a);
	getsockname(s->fd, (struct sockaddr *)&a, &bytes);
	s->port = ntohs(a.sin_port);
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%d", s->port);
}

static inline void bad_server_start_unix(struct bad_server *s, const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	memset(s, 0, sizeof *s);
	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	bad_server_listen(s, AF_UNIX, (struct sockaddr *)&a, sizeof a);
	snprintf(s->url, sizeof s->url, "http://localhost");
}

/* Whether the last request contained `text`. */
static inline bool bad_saw(struct bad_server *s, const char *text)
{
	bool found;

	pthread_mutex_lock(&s->lock);
	found = strstr(s->last, text) != NULL;
	pthread_mutex_unlock(&s->lock);
	return found;
}

/* Ends all connections and waits for all threads. */
static inline void bad_server_stop(struct bad_server *s)
{
	shutdown(s->fd, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->fd);
	for (int i = 0; i < s->accepted; i++) {
		shutdown(s->connection[i].fd, SHUT_RDWR);
		pthread_join(s->connection[i].thread, NULL);
		close(s->connection[i].fd);
	}
	pthread_mutex_destroy(&s->lock);
	free(s->last);
}

/* A port nobody listens on. */
static inline int bad_closed_port(void)
{
	struct bad_server s;

	bad_server_start(&s, 0);
	bad_server_stop(&s);
	return s.port;
}

#endif
