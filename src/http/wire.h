/* What curl needs of a request, built once a request and engine and shared by
 * all connections: the parsed URL (parsing costs a tenth of an exchange) and
 * the headers. Only the first header, X-Request-ID, is each connection's own
 * and rewritten in place. */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H

#include "curl_common.h"

#define WIRE_ID_BYTES 80

struct wire_id {
	struct curl_slist node;
	char line[WIRE_ID_BYTES]; /* "X-Request-ID: …" */
};

/* A longer id is cut. */
void wire_id_set(struct wire_id *id, const char *request_id);

/* Known by the request's address: its content may not change while the engine
 * lives. */
struct wire {
	const struct http_request *request;
	CURLU *url; /* NULL where curl does not take it */
	struct curl_slist *header;
	bool own_id; /* it brings an X-Request-ID itself */
	bool body;   /* one is sent, if an empty one */
	bool tls;
};

struct wire_cache;
/* Until the next call. */
const struct wire *wire_of(struct wire_cache *cache, const struct http_request *request);
struct wire_cache *wire_cache_new(bool disable_keepalive);
void wire_cache_free(struct wire_cache *cache);

/* The list with `id` in front, where that is to be sent. */
struct curl_slist *wire_header_list(const struct wire *wire, struct wire_id *id);

/* A connection's own list, for headers that change from one sending to the
 * next: it points to them, grows and stays. All zero at first. */
struct wire_own {
	struct curl_slist *node;
	size_t nodes;
	char *text; /* of the headers curl wants spelled otherwise */
	size_t text_bytes;
};

/* As wire_header_list(), of `header` instead; valid until the next call and as
 * long as `header` is. */
struct curl_slist *wire_own_list(struct wire_own *own, const char *const *header, bool body,
				 bool disable_keepalive, struct wire_id *id);
void wire_own_fini(struct wire_own *own);

/* Whether there is a header of this name. */
bool wire_has_header(const char *const *header, const char *name);

#endif
