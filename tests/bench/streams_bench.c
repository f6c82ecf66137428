/* What the reference backend sends: STREAMS at once from one process, read by a
 * bare epoll loop.
 * usage: streams_bench [STREAMS] [TOKENS_PER_S] [SECONDS]
 *
 * Prints events a second that came and that are planned, cores that the backend
 * and the reader took, and p50, p99 and maximum of the gaps in ms. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "metrics/hdr.h"
#include "serve/serve.h"

/* At speed 1, as src/serve/pace.h has it. */
#define TOKENS_A_SECOND 40.0

static const char body_form[] =
	"{\"stream\":true,\"ignore_eos\":true,\"max_tokens\":%d,"
	"\"messages\":[{\"role\":\"user\",\"content\":\"Go on.\"}]}";
static char request[512];

static void make_request(int tokens)
{
	char body[256];
	int bytes = snprintf(body, sizeof body, body_form, tokens);

	snprintf(request, sizeof request,
		 "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s",
		 bytes, body);
}

static pid_t backend(int streams, double speed, int *port)
{
	struct serve_config config = {.slots = streams, .speed = speed, .seed = 1};
	struct serve *serve;
	struct err err;
	pid_t pid;

	if (serve_open(&config, &serve, &err)) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	*port = serve_port(serve);
	pid = fork();
	if (pid == 0) {
		serve_run(serve);
		_exit(0);
	}
	return pid;
}

static int64_t cpu_ns_of(pid_t pid)
{
	struct timespec spent;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &spent))
		return 0;
	return spent.tv_sec * NS_PER_S + spent.tv_nsec;
}

static int open_stream(int port, int epoll, int number)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)number};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) ||
	    send(fd, request, strlen(request), 0) < 0 ||
	    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)) {
		perror("streams_bench");
		exit(1);
	}
	return fd;
}

/* Events in the bytes: each begins with this, whole in one read nearly always. */
static int count_events(const char *at, const char *end)
{
	int events = 0;

	while ((at = memmem(at, (size_t)(end - at), "data: ", 6))) {
		events++;
		at += 6;
	}
	return events;
}

int main(int argc, char **argv)
{
	int streams = argc > 1 ? atoi(argv[1]) : 5000;
	double rate = argc > 2 ? atof(argv[2]) : 5;
	int seconds = argc > 3 ? atoi(argv[3]) : 5;
	struct rlimit limit;
	int port, epoll = epoll_create1(0), *fds;
	int64_t *last_ns, begin_ns, end_ns, backend_ns, own_ns;
	uint64_t events = 0;
	struct epoll_event ready[512];
	static char bytes[65536];
	struct hdr gaps;
	struct dist dist;
	pid_t pid;

	hdr_init(&gaps, hdr_pool_new(), 3);
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	/* Longer than we look. */
	make_request((int)(rate * (seconds + 20)));
	pid = backend(streams, rate / TOKENS_A_SECOND, &port);
	fds = xcalloc((size_t)streams, sizeof *fds);
	last_ns = xcalloc((size_t)streams, sizeof *last_ns);
	for (int i = 0; i < streams; i++)
		fds[i] = open_stream(port, epoll, i);

	/* All are open: let them all begin. */
	begin_ns = clock_ns() + 3 * NS_PER_S;
	end_ns = begin_ns + seconds * NS_PER_S;
	backend_ns = own_ns = 0;
	for (int64_t now_ns = clock_ns(); now_ns < end_ns;) {
		int n = epoll_wait(epoll, ready, 512, 10);

		now_ns = clock_ns();
		if (!backend_ns && now_ns >= begin_ns) {
			backend_ns = cpu_ns_of(pid);
			own_ns = clock_process_cpu_ns();
		}
		for (int i = 0; i < n; i++) {
			uint32_t at = ready[i].data.u32;
			ssize_t got = recv(fds[at], bytes, sizeof bytes, MSG_DONTWAIT);
			int some;

			if (got <= 0)
				continue;
			some = count_events(bytes, bytes + got);
			now_ns = clock_ns();
			if (now_ns < begin_ns || some == 0)
				continue;
			events += (uint64_t)some;
			if (last_ns[at])
				hdr_record(&gaps, (now_ns - last_ns[at]) / NS_PER_US);
			last_ns[at] = now_ns;
		}
	}
	backend_ns = cpu_ns_of(pid) - backend_ns;
	own_ns = clock_process_cpu_ns() - own_ns;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	hdr_dist(&gaps, &dist);
	printf("%.0f %.0f %.2f %.2f %.1f %.1f %.1f\n", (double)events / seconds, streams * rate,
	       (double)backend_ns / 1e9 / seconds, (double)own_ns / 1e9 / seconds,
	       (double)dist.p50_us / 1e3, (double)dist.p99_us / 1e3, (double)dist.max_us / 1e3);
	return 0;
}
