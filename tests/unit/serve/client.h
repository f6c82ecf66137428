/* A backend in a thread of its own and HTTP clients that look at every byte;
 * for this folder's tests. */
#ifndef SERVE_TEST_CLIENT_H
#define SERVE_TEST_CLIENT_H

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

#include "serve/serve.h"

#define CHAT "/api/chat"
#define BODY_BYTES 4096
#define NEVER 0.001 /* a speed at which nothing is answered in a test's life */

static struct serve *serve;

struct client {
	int fd;
	char buffer[8192];
	size_t bytes;
	/* of the last answer */
	int status;
	bool closes;
	char allow[32];
	char body[BODY_BYTES];
};

static inline void begin_with(struct serve_config config)
{
	struct err err;

	if (serve_open(&config, &serve, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(serve_start_thread(serve, &err), 0);
}

static inline void begin(int slots, double speed)
{
	begin_with((struct serve_config){.slots = slots, .speed = speed, .seed = 1});
}

static inline int teardown(void **state)
{
	(void)state;
	if (serve) {
		serve_stop(serve);
		serve_close(serve);
	}
	serve = NULL;
	return 0;
}

static inline void client_socket(struct client *client)
{
	/* Nothing here waits for it; it only keeps a broken server from hanging. */
	struct timeval limit = {.tv_sec = 30};

	memset(client, 0, sizeof *client);
	client->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(client->fd >= 0);
	setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

static inline void client_connect(struct client *client)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)serve_port(serve)),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	assert_int_equal(connect(client->fd, (struct sockaddr *)&to, sizeof to), 0);
}

static inline void client_open(struct client *client)
{
	client_socket(client);
	client_connect(client);
}

static inline void client_send(struct client *client, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t sent = send(client->fd, text, left, MSG_NOSIGNAL);

		assert_true(sent > 0);
		text += sent;
		left -= (size_t)sent;
	}
}

static inline void client_request(struct client *client, const char *method, const char *path,
			   const char *body)
{
	char text[1024];

	snprintf(text, sizeof text,
		 "%s %s HTTP/1.1\r\nHost: x\r\nContent-Length: %zu\r\n\r\n%s", method, path,
		 strlen(body), body);
	client_send(client, text);
}

/* More bytes into the buffer; false at the end of the connection. */
static inline bool client_fill(struct client *client)
{
	size_t room = sizeof client->buffer - 1 - client->bytes;
	ssize_t got = recv(client->fd, client->buffer + client->bytes, room, 0);

	if (got < 0 && errno == ECONNRESET)
		return false;
	assert_true(got >= 0);
	client->bytes += (size_t)got;
	client->buffer[client->bytes] = '\0';
	return got > 0;
}

static inline const char *header(const char *head, const char *name)
{
	const char *at = strcasestr(head, name);

	return at ? at + strlen(name) : NULL;
}

/* Reads one answer; false if the connection ends before it is complete. */
static inline bool client_answer(struct client *client)
{
	char *end;

	while (!(end = strstr(client->buffer, "\r\n\r\n"))) {
		if (!client_fill(client))
			return false;
	}
	*end = '\0';

	const char *length = header(client->buffer, "\r\nContent-Length: ");
	const char *connection = header(client->buffer, "\r\nConnection: ");
	const char *allow = header(client->buffer, "\r\nAllow: ");
	size_t body = length ? strtoul(length, NULL, 10) : 0;
	size_t head = (size_t)(end + 4 - client->buffer);

	assert_int_equal(sscanf(client->buffer, "HTTP/1.1 %d ", &client->status), 1);
	client->closes = connection && strncmp(connection, "close", 5) == 0;
	client->allow[0] = '\0';
	if (allow)
		sscanf(allow, "%31[^\r]", client->allow);
	assert_true(body < sizeof client->body);
	while (client->bytes < head + body) {
		if (!client_fill(client))
			return false;
	}
	memcpy(client->body, client->buffer + head, body);
	client->body[body] = '\0';
	client->bytes -= head + body;
	memmove(client->buffer, client->buffer + head + body, client->bytes + 1);
	return true;
}

static inline void client_close(struct client *client)
{
	close(client->fd);
}

/* Asks until the server says so: connections are seen in any order. */
static inline void wait_health(const char *wanted)
{
	struct client client;

	client_open(&client);
	do {
		client_request(&client, "GET", "/healthz", "");
		assert_true(client_answer(&client));
		assert_int_equal(client.status, 200);
	} while (!strstr(client.body, wanted));
	client_close(&client);
}

#define TEST(name) cmocka_unit_test_teardown(name, teardown)

#endif
