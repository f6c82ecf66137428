/* What the parts of the backend share: its state. The loop's thread. */
#ifndef SERVE_STATE_H
#define SERVE_STATE_H

#include <event2/event.h>
#include <event2/http.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "cache.h"
#include "queue.h"
#include "serve/serve.h"
#include "stats.h"

struct exchange;
struct ws;

struct serve {
	struct event_base *base;
	struct evhttp *http;
	struct evhttp_bound_socket *bound;
	struct event *due, *stop, *grace, *accept_again;
	int due_fd, stop_fd;
	int64_t armed_ns; /* what due_fd is set to; INT64_MAX: fired or never set */
	int64_t begin_ns; /* of the model's clock */

	struct serve_queue queue;
	struct serve_queue recall; /* answers from the cache: no slots */
	struct serve_cache cache;
	struct serve_faults faults;
	struct serve_stats stats;
	struct exchange *free;
	struct ws *sockets; /* all that are open */
	size_t open; /* exchanges not yet sent */
	uint64_t requests;
	uint64_t seed;
	double speed;
	bool stopping;
	struct buf event, frame; /* one event at a time is made in them */

	int port;
	bool threaded;
	pthread_t thread;
};

/* evhttp's general callback; arg is the serve. */
void serve_on_request(struct evhttp_request *request, void *arg);

#endif
