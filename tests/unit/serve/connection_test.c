/* Clients that come in crowds, in pieces, in floods, and leave. */
#include <netinet/tcp.h>
#include <sys/resource.h>

#include "client.h"

static void answers_pipelined_requests_in_order(void **state)
{
	struct client client;
	char body[32], turn[32];

	(void)state;
	begin(2, 1000);
	client_open(&client);
	for (int i = 1; i <= 30; i++) {
		snprintf(body, sizeof body, "{\"turn\":%d}", i);
		client_request(&client, "POST", CHAT, body);
	}
	for (int i = 1; i <= 30; i++) {
		snprintf(turn, sizeof turn, "\"turn\":%d,", i);
		assert_true(client_answer(&client));
		assert_non_null(strstr(client.body, turn));
	}
	client_close(&client);
}

/* More than is read ahead of a request under way. */
static void takes_a_flood_of_pipelined_requests(void **state)
{
	enum { REQUESTS = 3000 };
	struct client client;

	(void)state;
	begin(2, 1e5);
	client_open(&client);

	size_t each = strlen("POST " CHAT " HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
	char *flood = malloc(REQUESTS * each + 1);
	size_t sent = 0, bytes = 0;
	int answered = 0;

	for (int i = 0; i < REQUESTS; i++) {
		memcpy(flood + bytes, "POST " CHAT " HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}",
		       each);
		bytes += each;
	}
	while (answered < REQUESTS) {
		ssize_t some = sent < bytes ? send(client.fd, flood + sent, bytes - sent,
						   MSG_DONTWAIT | MSG_NOSIGNAL)
					    : 0;

		if (some > 0) {
			sent += (size_t)some;
			continue;
		}
		assert_true(client_answer(&client));
		assert_int_equal(client.status, 200);
		answered++;
	}
	free(flood);
	client_close(&client);
}

/* Nobody answers: what is sent must pile up with the sender, not here. */
static void does_not_read_ahead_without_end(void **state)
{
	static const char text[] = "POST " CHAT " HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}";
	struct timeval full = {.tv_usec = 300000};
	static char more[65536];
	struct client client;
	size_t sent = 0, limit = 64 * 1024 * 1024;

	(void)state;
	begin(1, NEVER);
	client_open(&client);
	client_send(&client, text);
	wait_health("\"busy\":1");
	setsockopt(client.fd, SOL_SOCKET, SO_SNDTIMEO, &full, sizeof full);
	memset(more, 'x', sizeof more);
	while (sent < limit) {
		ssize_t some = send(client.fd, more, sizeof more, MSG_NOSIGNAL);

		if (some < 0)
			break;
		sent += (size_t)some;
	}
	assert_true(sent < limit);
	wait_health("\"busy\":1");
	client_close(&client);
}

static void takes_a_request_in_pieces(void **state)
{
	static const char text[] = "POST " CHAT " HTTP/1.1\r\nHost: x\r\n"
				   "Content-Length: 10\r\n\r\n{\"turn\":4}";
	int one = 1;
	struct client client;

	(void)state;
	begin(8, 1000);
	client_open(&client);
	setsockopt(client.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	for (size_t i = 0; text[i]; i++)
		assert_int_equal(send(client.fd, &text[i], 1, MSG_NOSIGNAL), 1);
	assert_true(client_answer(&client));
	assert_int_equal(client.status, 200);
	assert_non_null(strstr(client.body, "\"turn\":4,"));
	client_close(&client);
}

static void garbage_and_half_requests_harm_nobody(void **state)
{
	static const char *const texts[] = {
		"",
		"POST ",
		"POST " CHAT " HTTP/1.1\r\nContent-Length: 100\r\n\r\n{\"half\":",
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 tls\r\n\r\n",
		"what is this\r\n\r\n",
		"GET\r\n\r\n",
		"POST " CHAT " HTTP/1.1\r\nContent-Length: -5\r\n\r\n{}",
		"POST " CHAT " HTTP/1.1\r\nContent-Length: pear\r\n\r\n{}",
		"POST " CHAT " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
		"GET http://[::1 HTTP/1.1\r\n\r\n",
		"GET * HTTP/1.1\r\n\r\n",
		"GET /healthz HTTP/9.9\r\n\r\n",
		"GET /healthz HTTP/1.1\r\n: nothing\r\n folded\r\n\r\n",
	};

	(void)state;
	begin(8, 1000);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct client client;

		client_open(&client);
		client_send(&client, texts[i]);
		shutdown(client.fd, SHUT_WR);
		while (client_fill(&client))
			assert_true(client.bytes < sizeof client.buffer - 1);
		/* What is answered at all is HTTP, and no success but for healthz. */
		assert_true(client.bytes == 0 ||
			    strncmp(client.buffer, "HTTP/1.", 7) == 0);
		if (!strstr(texts[i], "/healthz"))
			assert_null(strstr(client.buffer, " 200 "));
		client_close(&client);
	}
	wait_health("\"busy\":0,\"waiting\":0");
}

static void an_endless_header_is_cut_off(void **state)
{
	char line[1024];
	struct client client;
	size_t sent = 0;

	(void)state;
	begin(8, 1000);
	client_open(&client);
	client_send(&client, "GET /healthz HTTP/1.1\r\nX: ");
	memset(line, 'a', sizeof line);
	while (sent < 64 * 1024 * 1024) {
		ssize_t some = send(client.fd, line, sizeof line, MSG_NOSIGNAL);

		if (some < 0)
			break;
		sent += (size_t)some;
	}
	assert_true(sent < 64 * 1024 * 1024);
	client_close(&client);
	wait_health("\"busy\":0");
}

static void clients_that_go_away_free_their_places(void **state)
{
	struct client clients[4];

	(void)state;
	begin(1, NEVER);
	for (int i = 0; i < 4; i++) {
		char waiting[48];

		client_open(&clients[i]);
		client_request(&clients[i], "POST", CHAT, "{}");
		snprintf(waiting, sizeof waiting, "\"busy\":1,\"waiting\":%d", i);
		wait_health(waiting);
	}
	client_close(&clients[2]); /* in the middle of the line */
	wait_health("\"busy\":1,\"waiting\":2");
	client_close(&clients[0]); /* being served */
	wait_health("\"busy\":1,\"waiting\":1");

	/* With a reset instead of an orderly end, and more sent than was read. */
	struct linger linger = {.l_onoff = 1, .l_linger = 0};

	client_request(&clients[1], "POST", CHAT, "{}");
	setsockopt(clients[1].fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
	client_close(&clients[1]);
	wait_health("\"busy\":1,\"waiting\":0");
	client_close(&clients[3]);
	wait_health("\"busy\":0,\"waiting\":0");
}

static void clients_that_leave_at_any_moment_harm_nobody(void **state)
{
	(void)state;
	begin(4, 1000);
	for (int i = 0; i < 400; i++) {
		struct client client;
		struct linger linger = {.l_onoff = i % 2, .l_linger = 0};

		client_open(&client);
		for (int k = 0; k <= i % 3; k++)
			client_request(&client, "POST", CHAT, "{}");
		if (i % 5 == 0)
			client_answer(&client);
		setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
		client_close(&client);
	}
	wait_health("\"busy\":0,\"waiting\":0");
}

static void takes_many_users_at_once(void **state)
{
	enum { USERS = 500 };
	struct client *clients = calloc(USERS, sizeof *clients);

	(void)state;
	begin(8, 1000);
	for (int i = 0; i < USERS; i++)
		client_socket(&clients[i]);
	for (int i = 0; i < USERS; i++)
		client_connect(&clients[i]);
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < USERS; i++)
			client_request(&clients[i], "POST", CHAT, "{}");
		for (int i = 0; i < USERS; i++) {
			assert_true(client_answer(&clients[i]));
			assert_int_equal(clients[i].status, 200);
		}
	}
	for (int i = 0; i < USERS; i++) {
		struct tcp_info info;
		socklen_t bytes = sizeof info;

		/* A second SYN is how a short backlog shows. */
		getsockopt(clients[i].fd, IPPROTO_TCP, TCP_INFO, &info, &bytes);
		assert_int_equal(info.tcpi_total_retrans, 0);
		client_close(&clients[i]);
	}
	free(clients);
}

static void recovers_when_descriptors_run_out(void **state)
{
	enum { USERS = 20 };
	struct client clients[USERS];
	struct rlimit old, few;
	const char *preload = getenv("LD_PRELOAD");
	int answered = 0;

	(void)state;
	/* valgrind plays this limit itself, and closes what it has accepted. */
	if (preload && strstr(preload, "vgpreload"))
		skip();
	begin(8, 1000);
	for (int i = 0; i < USERS; i++)
		client_socket(&clients[i]);
	/* Room for two accepted connections. */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)clients[USERS - 1].fd + 3;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	for (int i = 0; i < USERS; i++) {
		client_connect(&clients[i]);
		client_request(&clients[i], "POST", CHAT, "{}");
	}
	for (int i = 0; i < USERS; i++) {
		answered += client_answer(&clients[i]) && clients[i].status == 200;
		client_close(&clients[i]);
	}
	/* The other tests need it back, whatever the outcome. */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(answered, USERS);
}

/* Two sockets a user, more than a usual soft limit. */
static int setup_group(void **state)
{
	struct rlimit limit;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(answers_pipelined_requests_in_order),
		TEST(takes_a_flood_of_pipelined_requests),
		TEST(does_not_read_ahead_without_end),
		TEST(takes_a_request_in_pieces),
		TEST(garbage_and_half_requests_harm_nobody),
		TEST(an_endless_header_is_cut_off),
		TEST(clients_that_go_away_free_their_places),
		TEST(clients_that_leave_at_any_moment_harm_nobody),
		TEST(takes_many_users_at_once),
		TEST(recovers_when_descriptors_run_out),
	};

	return cmocka_run_group_tests(tests, setup_group, NULL);
}
