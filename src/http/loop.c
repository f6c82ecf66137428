#include "loop.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define WAKE UINT64_MAX

int loop_open(struct loop *loop, struct err *err)
{
	struct epoll_event wake = {.events = EPOLLIN, .data.u64 = WAKE};

	memset(loop, 0, sizeof *loop);
	loop->wake_fd = -1;
	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loop->epoll_fd < 0) {
		err_set(err, "epoll: %s", strerror(errno));
		goto fail;
	}
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->wake_fd < 0 ||
	    epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->wake_fd, &wake)) {
		err_set(err, "eventfd: %s", strerror(errno));
		goto fail;
	}
	return 0;
fail:
	loop_close(loop);
	return -1;
}

void loop_close(struct loop *loop)
{
	if (loop->wake_fd >= 0)
		close(loop->wake_fd);
	if (loop->epoll_fd >= 0)
		close(loop->epoll_fd);
	free(loop->socket);
	memset(loop, 0, sizeof *loop);
	loop->wake_fd = loop->epoll_fd = -1;
}

static struct loop_socket *slot(struct loop *loop, int fd)
{
	if ((uint32_t)fd >= loop->sockets) {
		uint32_t n = loop->sockets ? loop->sockets : 64;

		while (n <= (uint32_t)fd)
			n *= 2;
		loop->socket = xreallocarray(loop->socket, n, sizeof *loop->socket);
		memset(loop->socket + loop->sockets, 0,
		       (n - loop->sockets) * sizeof *loop->socket);
		loop->sockets = n;
	}
	return &loop->socket[fd];
}

void loop_opened(struct loop *loop, int fd, void *user)
{
	struct loop_socket *s = slot(loop, fd);

	s->generation++;
	s->wanted = s->registered = 0;
	s->owned = true;
	s->user = user;
	loop->open++;
}

void loop_closing(struct loop *loop, int fd)
{
	struct loop_socket *s = slot(loop, fd);

	assert(s->owned);
	/* Closing takes it out of epoll. */
	s->generation++;
	s->wanted = s->registered = 0;
	s->owned = false;
	s->user = NULL;
	loop->open--;
}

void loop_lost(struct loop *loop, int fd, const void *user)
{
	if (fd >= 0 && (uint32_t)fd < loop->sockets && loop->socket[fd].owned &&
	    loop->socket[fd].user == user)
		loop_closing(loop, fd);
}

static void set(struct loop *loop, int fd, struct loop_socket *s, uint32_t events)
{
	struct epoll_event ev = {
		.events = events,
		.data.u64 = (uint64_t)s->generation << 32 | (uint32_t)fd,
	};

	if (!events)
		epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, fd, &ev);
	else if (s->registered)
		epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, fd, &ev);
	else
		epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &ev);
	s->registered = events;
}

void loop_want(struct loop *loop, int fd, uint32_t events, void *group)
{
	struct loop_socket *s = slot(loop, fd);

	s->wanted = events;
	s->group = group;
	if (events == s->registered)
		return;
	/* curl lets go of the socket after each exchange and asks for the same
	 * again with the next: keep it registered meanwhile. A socket that we
	 * do not see closing has to leave at once. */
	if (!events && s->owned)
		return;
	set(loop, fd, s, events);
}

static int wait_ns(struct loop *loop, struct epoll_event *events, int max, int64_t ns)
{
	struct timespec ts = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
	struct pollfd ready = {.fd = loop->epoll_fd, .events = POLLIN};
	int n;

	if (ns <= 0)
		return epoll_wait(loop->epoll_fd, events, max, 0);
	if (!loop->no_pwait2) {
		n = epoll_pwait2(loop->epoll_fd, events, max, &ts, NULL);
		if (n >= 0 || errno != ENOSYS)
			return n;
		loop->no_pwait2 = true;
	}
	if (ppoll(&ready, 1, &ts, NULL) <= 0)
		return 0;
	return epoll_wait(loop->epoll_fd, events, max, 0);
}

int loop_wait(struct loop *loop, struct epoll_event *events, int max, int64_t until_ns)
{
	int64_t ns = 0;
	int n;

	if (until_ns > 0)
		ns = until_ns - clock_ns();
	n = wait_ns(loop, events, max, ns);
	return n > 0 ? n : 0;
}

struct loop_socket *loop_socket_of(struct loop *loop, const struct epoll_event *event,
				   int *fd)
{
	struct loop_socket *s;

	if (event->data.u64 == WAKE) {
		uint64_t count;

		/* Nothing to read is fine: the wake has been seen. */
		if (read(loop->wake_fd, &count, sizeof count) < 0)
			return NULL;
		return NULL;
	}
	*fd = (int)(uint32_t)event->data.u64;
	s = &loop->socket[*fd];
	if (s->generation != event->data.u64 >> 32 || !s->registered)
		return NULL;
	if (!s->wanted) {
		/* Nobody waits for it, and it would be reported for ever: an
		 * idle connection that the server closes. */
		set(loop, *fd, s, 0);
		return NULL;
	}
	return s;
}

void loop_wake(const struct loop *loop)
{
	uint64_t one = 1;
	int saved = errno;

	/* A full counter means that a wake is pending already. */
	if (write(loop->wake_fd, &one, sizeof one) < 0)
		errno = saved;
	errno = saved;
}
