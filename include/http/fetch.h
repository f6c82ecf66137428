/* One URL, got again and again over one connection, apart from the load: a GET at a
 * time that waits for its answer, bounded in time and size. Used by one thread. */
#ifndef HTTP_FETCH_H
#define HTTP_FETCH_H

#include "base/buf.h"
#include "http/engine.h"

struct fetch;

struct fetch_answer {
	int status;        /* HTTP; 0: there is no answer, and err says why */
	bool cut;          /* it was longer than `most`: `body` is its beginning */
	bool cancelled;
	int64_t took_ns;
	const char *type;     /* its Content-Type; NULL: none. Valid until the next call, as the others */
	const char *redirect; /* where a redirect that is not followed goes; NULL: it is none */
	const char *body;
	size_t body_bytes;
};

/* Of `config` only what is about the way there: proxy, connect_to, resolve, insecure,
 * ca_file, cert_file, key_file, follow_redirects, user_agent. What a server compresses
 * unasked is unpacked. `accept` goes into a header; `most` bytes of an answer are kept. NULL: err. */
struct fetch *fetch_new(const char *url, const char *accept, const struct engine_config *config,
			size_t most, struct err *err);
/* 0: out->status is set. -1: nothing came, or not all in time: err says why, in words that
 * stay the same as long as the reason does. */
int fetch_get(struct fetch *fetch, int64_t timeout_ns, struct fetch_answer *out, struct err *err);
/* Any thread: the present fetch_get() returns soon, and every later one at once. */
void fetch_cancel(struct fetch *fetch);
void fetch_free(struct fetch *fetch);

#endif
