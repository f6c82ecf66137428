/* Requests by path and method. */
#include <event2/buffer.h>
#include <event2/http.h>
#include <stdio.h>
#include <string.h>

#include "ask.h"
#include "exchange.h"
#include "reply.h"
#include "state.h"
#include "ws.h"

static void on_health(struct serve *serve, struct evhttp_request *request,
		      enum serve_path path)
{
	char body[128];
	int length = snprintf(body, sizeof body,
			      "{\"status\":\"%s\",\"slots\":%d,\"busy\":%zu,\"waiting\":%zu}\n",
			      serve->stopping ? "stopping" : "ok", serve->queue.slots,
			      serve->queue.busy, serve->queue.waiting);

	reply_json(serve, request, path, HTTP_OK, body, (size_t)length);
}

static void on_metrics(struct serve *serve, struct evhttp_request *request,
		       enum serve_path path)
{
	struct buf *text = &serve->event;

	text->used = 0;
	stats_request(&serve->stats, path, HTTP_OK);
	stats_text(text, &serve->stats, &serve->queue, &serve->cache);
	reply_headers(serve, request, "text/plain; version=0.0.4; charset=utf-8");
	reply_whole(request, HTTP_OK, text->at, text->used);
}

static void on_ws(struct serve *serve, struct evhttp_request *request,
		  enum serve_path path)
{
	if (serve->stopping)
		reply_error(serve, request, path, 503, NULL, "the server is stopping");
	else
		ws_upgrade(serve, request);
}

static void on_ask(struct serve *serve, struct evhttp_request *request,
		   enum serve_path path)
{
	struct evbuffer *input = evhttp_request_get_input_buffer(request);
	size_t bytes = evbuffer_get_length(input);
	const char *text = bytes ? (const char *)evbuffer_pullup(input, -1) : "";
	enum serve_ask_kind kind =
		path == SERVE_PATH_COMPLETIONS ? SERVE_ASK_CHAT : SERVE_ASK_TASK;
	struct serve_refusal why;
	struct serve_ask ask;

	if (serve->stopping)
		reply_error(serve, request, path, 503, NULL, "the server is stopping");
	else if (serve_ask_read(&ask, kind, serve_path_names[path], text, bytes, &why) < 0)
		reply_error(serve, request, path, 400, why.param, why.text);
	else
		exchange_begin(serve, path, &ask, request, NULL);
}

struct route {
	int methods; /* enum evhttp_cmd_type */
	const char *allow;
	void (*answer)(struct serve *serve, struct evhttp_request *request,
		       enum serve_path path);
};

static const struct route routes[SERVE_PATH_OTHER] = {
	[SERVE_PATH_RESUME] = {EVHTTP_REQ_POST, "POST", on_ask},
	[SERVE_PATH_INTERVIEW] = {EVHTTP_REQ_POST, "POST", on_ask},
	[SERVE_PATH_CHAT] = {EVHTTP_REQ_POST, "POST", on_ask},
	[SERVE_PATH_COMPLETIONS] = {EVHTTP_REQ_POST, "POST", on_ask},
	[SERVE_PATH_WS] = {EVHTTP_REQ_GET, "GET", on_ws},
	[SERVE_PATH_HEALTH] = {EVHTTP_REQ_GET | EVHTTP_REQ_HEAD, "GET, HEAD", on_health},
	[SERVE_PATH_HEALTHZ] = {EVHTTP_REQ_GET | EVHTTP_REQ_HEAD, "GET, HEAD", on_health},
	[SERVE_PATH_METRICS] = {EVHTTP_REQ_GET | EVHTTP_REQ_HEAD, "GET, HEAD", on_metrics},
};

static void refuse_method(struct serve *serve, struct evhttp_request *request,
			  enum serve_path path)
{
	const char *allow = routes[path].allow;
	char message[64];

	snprintf(message, sizeof message, "this path takes %s", allow);
	evhttp_add_header(evhttp_request_get_output_headers(request), "Allow", allow);
	reply_error(serve, request, path, HTTP_BADMETHOD, NULL, message);
}

void serve_on_request(struct evhttp_request *request, void *arg)
{
	struct serve *serve = arg;
	const char *text = evhttp_uri_get_path(evhttp_request_get_evhttp_uri(request));
	int path = 0;

	while (path < SERVE_PATH_OTHER && !(text && strcmp(text, serve_path_names[path]) == 0))
		path++;
	if (path == SERVE_PATH_OTHER)
		reply_error(serve, request, SERVE_PATH_OTHER, HTTP_NOTFOUND, NULL,
			    "no such path");
	else if ((int)evhttp_request_get_command(request) & routes[path].methods)
		routes[path].answer(serve, request, (enum serve_path)path);
	else
		refuse_method(serve, request, (enum serve_path)path);
}
