#include "reply.h"

#include <event2/buffer.h>
#include <stdio.h>

#include "shape.h"

const char *reply_reason(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 400:
		return "Bad Request";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 426:
		return "Upgrade Required";
	case 429:
		return "Too Many Requests";
	case 500:
		return "Internal Server Error";
	default:
		return "Service Unavailable";
	}
}

void reply_headers(struct serve *serve, struct evhttp_request *request, const char *type)
{
	struct evkeyvalq *headers = evhttp_request_get_output_headers(request);

	evhttp_add_header(headers, "Content-Type", type);
	if (serve->stopping)
		evhttp_add_header(headers, "Connection", "close");
}

void reply_whole(struct evhttp_request *request, int status, const char *body, size_t bytes)
{
	char length[32];

	/* libevent sends a body after any head. */
	if (evhttp_request_get_command(request) == EVHTTP_REQ_HEAD) {
		snprintf(length, sizeof length, "%zu", bytes);
		evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Length", length);
	} else {
		evbuffer_add(evhttp_request_get_output_buffer(request), body, bytes);
	}
	evhttp_send_reply(request, status, reply_reason(status), NULL);
}

void reply_json(struct serve *serve, struct evhttp_request *request,
		enum serve_path path, int status, const char *body, size_t bytes)
{
	stats_request(&serve->stats, path, status);
	reply_headers(serve, request, "application/json");
	reply_whole(request, status, body, bytes);
}

void reply_error(struct serve *serve, struct evhttp_request *request,
		 enum serve_path path, int status, const char *param,
		 const char *message)
{
	struct buf *body = &serve->event;

	body->used = 0;
	shape_error(body, status, param, message);
	buf_puts(body, "\n");
	reply_json(serve, request, path, status, body->at, body->used);
}
