/* The text of a request as the plain engine sends it, built once a request and
 * engine as far as it does not differ from one sending to the next. What is in it
 * and in which order is what curl would send. One thread. */
#ifndef HTTP_PLAIN_REQUEST_H
#define HTTP_PLAIN_REQUEST_H

#include "base/buf.h"
#include "http/engine.h"
#include "origin.h"

struct plain_request {
	const struct http_request *request; /* known by its address */
	const struct origin *origin;        /* NULL: only curl can send it */
	struct buf target; /* "GET /path?query HTTP/1.1" and the line end */
	struct buf fields; /* ours: Host, Authorization, User-Agent, Accept */
	struct buf custom; /* the request's own header lines, Connection */
	bool own_id; /* it brings an X-Request-ID itself */
	bool head;   /* no body comes, whatever its headers say */
	bool body;   /* one is announced, if an empty one */
};

struct plain_requests;
/* Both must outlive it. */
struct plain_requests *plain_requests_new(const struct engine_config *config,
					  struct origins *origins);
void plain_requests_free(struct plain_requests *requests);

/* Lives as long as `requests`. */
const struct plain_request *plain_request_of(struct plain_requests *requests,
					     const struct http_request *request);

/* Whether the plain engine can send `variant` of it. */
bool plain_request_takes(const struct plain_request *plain, const struct http_variant *variant);

/* Adds the head to `out`. `id_line`: "X-Request-ID: …"; `*body`, `*bytes`: what is to
 * follow it, NULL: nothing. Only where plain_request_takes() the variant. */
void plain_request_put(struct plain_requests *requests, const struct plain_request *plain,
		       const struct http_variant *variant, const char *id_line, struct buf *out,
		       const char **body, size_t *bytes);

#endif
