/* What the parts of the backend share: its state. The loop's thread. */
#ifndef SERVE_STATE_H
#define SERVE_STATE_H

#include <event2/event.h>
#include <event2/http.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "queue.h"

struct exchange;

struct serve {
	struct event_base *base;
	struct evhttp *http;
	struct evhttp_bound_socket *bound;
	struct event *due, *stop, *grace, *accept_again;
	int due_fd, stop_fd;
	int64_t armed_ns; /* what due_fd is set to; INT64_MAX: fired or never set */

	struct serve_queue queue;
	struct exchange *free;
	size_t open; /* exchanges not yet sent */
	uint64_t requests;
	uint64_t seed;
	double speed;
	bool stopping;

	int port;
	bool threaded;
	pthread_t thread;
};

/* evhttp's general callback; arg is the serve. */
void serve_on_request(struct evhttp_request *request, void *arg);
/* due_fd's event: answers what is due. */
void serve_on_due(evutil_socket_t fd, short what, void *arg);
/* Frees the spare ones; none is open any more. */
void serve_free_exchanges(struct serve *serve);

#endif
