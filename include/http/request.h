/* One HTTP request, prepared once and sent many times. Immutable while
 * workers run; shared by all of them. */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct http_request {
	char *method;  /* "GET", "POST", … */
	char *url;     /* absolute: http, https, ws or wss */
	char **header; /* "Name: value", NULL at the end; never NULL itself */
	char *body;    /* NULL: none */
	size_t body_bytes;
	int64_t timeout_ns; /* of the whole exchange; 0: the engine's own */
};

/* What differs in one sending of a request. NULL members: as in the request.
 * Everything stays unchanged until the exchange has ended. */
struct http_variant {
	const char *body;
	size_t body_bytes;
	const char *url;
	const char *const *header; /* all of them, NULL at the end */
	bool closes; /* its connection is not kept behind it; of HTTP/1.1, no WebSocket's */
};

void http_request_fini(struct http_request *request);

struct err;

/* 0 when `line` is a header we can send ("Name: value", a token as name, no
 * control characters), else -1 and a sentence. */
int http_header_check(const char *line, struct err *err);
/* 0 when `url` is http://…, https://…, ws://… or wss://… with a host; fills
 * nothing. */
int http_url_check(const char *url, struct err *err);
/* ws://… or wss://…; any text. */
bool http_is_websocket(const char *url);
/* base + path: an absolute `path` (http://…) stands for itself; otherwise
 * exactly one slash between the two. free() the result. */
char *http_url_join(const char *base, const char *path);

#endif
