/* The epoll side of an engine: which sockets are watched for what, waiting
 * with nanosecond deadlines, and a wake from other threads. Knows nothing of
 * HTTP or curl. One thread, except loop_wake(). */
#ifndef HTTP_LOOP_H
#define HTTP_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "base/err.h"

struct loop_socket {
	uint32_t generation; /* tells a reused number from the socket before it */
	uint32_t wanted;     /* EPOLLIN, EPOLLOUT; 0: nothing at present */
	uint32_t registered; /* what epoll was told; 0: not in epoll */
	bool owned;          /* opened through loop_opened() */
	void *group;         /* whom to tell of events: curl's multi */
	void *user;          /* whose socket; NULL where not owned */
};

struct loop {
	int epoll_fd, wake_fd;
	bool no_pwait2; /* kernels before 5.11 */
	uint32_t open;  /* owned sockets */
	uint32_t sockets;
	struct loop_socket *socket; /* by number */
};

int loop_open(struct loop *loop, struct err *err);
void loop_close(struct loop *loop);

/* A socket of `user` has been opened, is about to be closed. Between the two,
 * its registration outlives the times when nothing is wanted from it. */
void loop_opened(struct loop *loop, int fd, void *user);
void loop_closing(struct loop *loop, int fd);

/* The socket `fd` of `user`, if it still is, has been closed by somebody else. */
void loop_lost(struct loop *loop, int fd, const void *user);

/* Events (EPOLLIN | EPOLLOUT) to be reported for `fd`; 0: none any more. */
void loop_want(struct loop *loop, int fd, uint32_t events, void *group);

/* Waits until `until_ns` (clock_ns()); a time past does not wait. Returns the
 * number of events. */
int loop_wait(struct loop *loop, struct epoll_event *events, int max, int64_t until_ns);

/* The socket an event is for, and its number; NULL where the event needs no
 * action: a wake, a socket closed since, or one nothing is wanted from. */
struct loop_socket *loop_socket_of(struct loop *loop, const struct epoll_event *event,
				   int *fd);

/* Ends a loop_wait(), or the next one. Any thread; async-signal-safe. */
void loop_wake(const struct loop *loop);

#endif
