/* A request from its arrival until its answer is sent or its client is gone. The
 * loop's thread. */
#ifndef SERVE_EXCHANGE_H
#define SERVE_EXCHANGE_H

#include <event2/event.h>
#include <event2/http.h>

#include "ask.h"
#include "state.h"

struct exchange;

/* Answers, sooner or later, over HTTP or (ws not NULL) over a WebSocket. `path`
 * is a task's, COMPLETIONS or WS. NULL: answered already. */
struct exchange *exchange_begin(struct serve *serve, enum serve_path path,
				const struct serve_ask *ask,
				struct evhttp_request *request, struct ws *ws);
/* The WebSocket it belongs to is closed. */
void exchange_cancel(struct exchange *exchange);
/* due_fd's event: does what is due. */
void serve_on_due(evutil_socket_t fd, short what, void *arg);
/* Frees the spare ones; none is open any more. */
void serve_free_exchanges(struct serve *serve);

#endif
