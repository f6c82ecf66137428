/* Answers in one piece, over HTTP. The loop's thread. */
#ifndef SERVE_REPLY_H
#define SERVE_REPLY_H

#include <event2/http.h>
#include <stddef.h>

#include "state.h"

/* Sends the answer, whose headers are set; to a HEAD its length without the body. */
void reply_whole(struct evhttp_request *request, int status, const char *body, size_t bytes);
/* Sends the JSON and counts it. */
void reply_json(struct serve *serve, struct evhttp_request *request,
		enum serve_path path, int status, const char *body, size_t bytes);
void reply_error(struct serve *serve, struct evhttp_request *request,
		 enum serve_path path, int status, const char *param,
		 const char *message);
/* The headers that every answer has. */
void reply_headers(struct serve *serve, struct evhttp_request *request,
		   const char *type);
const char *reply_reason(int status);

#endif
