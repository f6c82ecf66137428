/* A server for measuring readers of streams: answers every request with
 * openai-chat events at a steady pace, each stream at its own phase, and keeps
 * when it sent what. usage: sse_sender EVENTS GAP_US LOG
 *
 * Prints its port. On TERM it writes LOG: a line a stream, "REQUEST-ID RECEIVED
 * SENT SENT …", CLOCK_MONOTONIC microseconds. One thread, one timer: streams sit
 * in a ring of slots, a slot a tick. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define TICK_US 250
#define REQUEST_MAX 8192

struct connection {
	int fd;
	size_t used;
	char request[REQUEST_MAX];
	int sent, slot; /* sent < 0: no stream is running */
	struct connection *next;
	struct stream *log;
};

struct stream {
	char id[64];
	int64_t received_us;
	int count;
	int64_t sent_us[];
};

static int events_max, gap_ticks;
static struct connection **slot; /* gap_ticks lists */
static struct stream **logged;
static size_t logged_count;
static volatile sig_atomic_t ended;
static uint32_t phase;

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void on_term(int signal)
{
	(void)signal;
	ended = 1;
}

static void put(struct connection *c, const char *text, size_t bytes)
{
	/* Loopback buffers are larger than anything a reader that keeps up leaves. */
	if (send(c->fd, text, bytes, MSG_NOSIGNAL) < 0)
		return;
}

static void send_event(struct connection *c)
{
	static const char event[] =
		"data: {\"id\":\"chatcmpl-b7k2\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
		"\"model\":\"bench\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" token\"},"
		"\"logprobs\":null,\"finish_reason\":null}]}\n\n";
	char chunk[sizeof event + 16];
	int n = snprintf(chunk, sizeof chunk, "%zx\r\n%s\r\n", sizeof event - 1, event);

	c->log->sent_us[c->log->count++] = now_us();
	put(c, chunk, (size_t)n);
	c->sent++;
}

static void send_end(struct connection *c)
{
	static const char end[] = "e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n";

	put(c, end, sizeof end - 1);
	c->sent = -1;
}

static void begin(struct connection *c)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
				   "Transfer-Encoding: chunked\r\n\r\n";
	const char *id = strcasestr(c->request, "x-request-id: ");
	struct stream *s = xcalloc(1, sizeof *s + (size_t)events_max * sizeof s->sent_us[0]);

	if (id)
		sscanf(id + strlen("x-request-id: "), "%63s", s->id);
	s->received_us = now_us();
	logged = xreallocarray(logged, logged_count + 1, sizeof(struct stream *));
	logged[logged_count++] = c->log = s;
	put(c, head, sizeof head - 1);
	c->sent = 0;
	/* Not in lockstep: a slot of its own, by the golden ratio. */
	phase += 2654435769u;
	c->slot = (int)((uint64_t)phase * (uint64_t)gap_ticks >> 32);
	c->next = slot[c->slot];
	slot[c->slot] = c;
}

static void on_readable(struct connection *c)
{
	ssize_t n = recv(c->fd, c->request + c->used, REQUEST_MAX - 1 - c->used, MSG_DONTWAIT);
	const char *end, *length;
	size_t body;

	if (n <= 0) {
		if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
			close(c->fd);
			c->fd = -1;
		}
		return;
	}
	c->used += (size_t)n;
	c->request[c->used] = '\0';
	end = strstr(c->request, "\r\n\r\n");
	if (!end || c->sent >= 0)
		return;
	length = strcasestr(c->request, "content-length: ");
	body = length ? strtoul(length + strlen("content-length: "), NULL, 10) : 0;
	if (c->used < (size_t)(end + 4 - c->request) + body)
		return;
	begin(c);
	c->used = 0;
}

static void tick(int at)
{
	struct connection **link = &slot[at], *c;

	while ((c = *link)) {
		if (c->fd < 0 || c->sent == events_max) {
			*link = c->next;
			if (c->fd >= 0)
				send_end(c);
			continue;
		}
		send_event(c);
		link = &c->next;
	}
}

static void write_log(const char *path)
{
	FILE *out = fopen(path, "w");

	for (size_t i = 0; out && i < logged_count; i++) {
		fprintf(out, "%s %lld", logged[i]->id, (long long)logged[i]->received_us);
		for (int e = 0; e < logged[i]->count; e++)
			fprintf(out, " %lld", (long long)logged[i]->sent_us[e]);
		fputc('\n', out);
	}
	if (out)
		fclose(out);
}

static void accept_all(int listener, int loop)
{
	int fd, on = 1;

	while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
		struct connection *c = xcalloc(1, sizeof *c);

		c->fd = fd;
		c->sent = -1;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		epoll_ctl(loop, EPOLL_CTL_ADD, fd, &(struct epoll_event){.events = EPOLLIN, .data.ptr = c});
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof address;
	struct rlimit files;
	int loop = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), at = 0;

	if (argc != 4)
		return 2;
	events_max = atoi(argv[1]);
	gap_ticks = atoi(argv[2]) / TICK_US;
	slot = xcalloc((size_t)gap_ticks, sizeof(struct connection *));
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGTERM, on_term);
	signal(SIGPIPE, SIG_IGN);
	if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096) ||
	    getsockname(listener, (struct sockaddr *)&address, &length))
		return 1;
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	struct itimerspec every = {{0, TICK_US * 1000}, {0, TICK_US * 1000}};
	timerfd_settime(timer, 0, &every, NULL);
	epoll_ctl(loop, EPOLL_CTL_ADD, listener, &(struct epoll_event){.events = EPOLLIN, .data.ptr = &listener});
	epoll_ctl(loop, EPOLL_CTL_ADD, timer, &(struct epoll_event){.events = EPOLLIN, .data.ptr = &timer});
	while (!ended) {
		struct epoll_event event[256];
		int n = epoll_wait(loop, event, 256, 100);

		for (int i = 0; i < n; i++) {
			uint64_t ticks = 0;

			if (event[i].data.ptr == &listener)
				accept_all(listener, loop);
			else if (event[i].data.ptr != &timer)
				on_readable(event[i].data.ptr);
			else if (read(timer, &ticks, sizeof ticks) == sizeof ticks)
				for (; ticks; ticks--, at = (at + 1) % gap_ticks)
					tick(at);
		}
	}
	write_log(argv[3]);
	return 0;
}
