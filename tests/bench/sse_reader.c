/* The least a reader of streams can do: epoll, recv, a clock a read, the ends of
 * events counted. What brunt's cost and truth are held against.
 * usage: sse_reader PORT STREAMS LOG
 *
 * Opens STREAMS streams at once, reads each to its end and prints how many
 * events there were. LOG: a line a stream, "REQUEST-ID SENT READ READ …" in
 * CLOCK_MONOTONIC microseconds. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

#define EVENTS_ROOM 4096

struct stream {
	int fd, count;
	char last; /* byte of the read before */
	bool done;
	int64_t sent_us, read_us[EVENTS_ROOM];
};

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static void open_stream(struct stream *s, int number, int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	char request[256];
	int on = 1, n;

	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(s->fd, (struct sockaddr *)&address, sizeof address)) {
		perror("connect");
		exit(1);
	}
	setsockopt(s->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	n = snprintf(request, sizeof request, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"
		     "X-Request-ID: %d\r\nContent-Length: 2\r\n\r\n{}", number);
	s->sent_us = now_us();
	if (send(s->fd, request, (size_t)n, MSG_NOSIGNAL) != n)
		exit(1);
}

static void on_read(struct stream *s, const char *bytes, size_t n, int64_t us)
{
	const char *p = bytes, *end = bytes + n;

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		char before = p > bytes ? p[-1] : s->last;

		/* Chunks end in \r\n, events in \n\n. */
		if (before == '\n' && s->count < EVENTS_ROOM)
			s->read_us[s->count++] = us;
		p++;
	}
	s->last = end[-1];
	s->done = n >= 5 && !memcmp(end - 5, "0\r\n\r\n", 5);
}

int main(int argc, char **argv)
{
	static char buffer[16384];
	int count = argc == 4 ? atoi(argv[2]) : 0, open = count, loop = epoll_create1(0);
	struct stream *stream = xcalloc((size_t)count, sizeof *stream);
	struct rlimit files;
	long events = 0;
	FILE *out;

	if (argc != 4)
		return 2;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	for (int i = 0; i < count; i++) {
		open_stream(&stream[i], i, atoi(argv[1]));
		epoll_ctl(loop, EPOLL_CTL_ADD, stream[i].fd,
			  &(struct epoll_event){.events = EPOLLIN, .data.ptr = &stream[i]});
	}
	while (open) {
		struct epoll_event event[256];
		int n = epoll_wait(loop, event, 256, -1);

		for (int i = 0; i < n; i++) {
			struct stream *s = event[i].data.ptr;
			ssize_t got = recv(s->fd, buffer, sizeof buffer, 0);

			if (got > 0)
				on_read(s, buffer, (size_t)got, now_us());
			if (got <= 0 || s->done) {
				close(s->fd);
				open--;
			}
		}
	}
	out = fopen(argv[3], "w");
	for (int i = 0; i < count; i++) {
		/* The last one is [DONE]. */
		int real = stream[i].count > 0 ? stream[i].count - 1 : 0;

		events += real;
		if (!out)
			continue;
		fprintf(out, "%d %lld", i, (long long)stream[i].sent_us);
		for (int e = 0; e < real; e++)
			fprintf(out, " %lld", (long long)stream[i].read_us[e]);
		fputc('\n', out);
	}
	if (out)
		fclose(out);
	printf("%ld\n", events);
	return 0;
}
