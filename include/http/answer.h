/* Reads one answer as it comes, in any split of bytes: its framing (plain body,
 * SSE, NDJSON, WebSocket messages), its API's events, token times, usage, end,
 * in-band errors, cache headers; keeps its first bytes. One a user, used again
 * for each exchange: after its buffers have grown it allocates nothing. Owned by
 * the worker's thread. Bytes from outside: nothing here trusts them.
 *
 * An in-band error outweighs all that came after it; then the API's end: what
 * the connection does behind it, a timeout included, is no error. One body (not a
 * stream) longer than ANSWER_EVENT says no tokens and no text. */
#ifndef HTTP_ANSWER_H
#define HTTP_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/api.h"
#include "http/engine.h"
#include "metrics/record.h"

#define ANSWER_KEEP (64u << 10)   /* bytes of text and of body kept; all are counted */
#define ANSWER_HEADERS (8u << 10) /* bytes of headers kept */
#define ANSWER_EVENT (1u << 20)   /* a longer event is skipped and counted as an error */

/* What is known of a task's answers beforehand; immutable, shared. */
struct answer_plan {
	/* NULL: a plain HTTP answer, timed and nothing else; one that turns out to be
	 * a stream is read with generic's places, and may be without a token. */
	const struct api *api;
	enum stream_mode stream; /* AUTO: by Content-Type */
	bool keep;               /* text, body or headers are asked for (checks, captures, turns) */
};

struct answer_report {
	/* The engine's class, or stream_error, truncated, empty. */
	enum error_class error;
	const char *message; /* printable; NULL for ERROR_NONE */
	/* Run time in microseconds; -1: did not happen. As in struct rec_sample. */
	int64_t t1_us, to_us, tn_us;
	uint32_t tokens_in, tokens_out, cached_tokens; /* TOKENS_UNKNOWN */
	enum token_source token_source;
	uint32_t events, reads; /* content events; reads that brought any */
	bool streamed;
	enum cache_state cache;
	int64_t retry_after_ns; /* from its arrival on; -1: no such header */
	const uint8_t *gaps; /* metrics/gaps.h */
	uint32_t gap_bytes;
	bool gaps_cut;
	/* All up to ANSWER_KEEP, not terminated; what was not kept is counted. */
	const char *text, *body, *headers; /* headers: lines that end in \n */
	size_t text_bytes, body_bytes, header_bytes;
	uint64_t text_total, body_total;
};

struct answer;
struct answer *answer_new(void);
void answer_free(struct answer *answer);

/* Times are given in clock_ns() and reported relative to start_ns. */
void answer_begin(struct answer *answer, const struct answer_plan *plan, int64_t start_ns);
/* A header line of the final answer, without its line end. */
void answer_header(struct answer *answer, const char *line, size_t bytes);
void answer_status(struct answer *answer, int status);
/* True once the API's end has come: nothing that follows is looked at. With a
 * WebSocket each call is one whole message, otherwise any piece. */
bool answer_data(struct answer *answer, const char *bytes, size_t length, int64_t ns);
/* What came of it. `r` may be an error: then what was read until then is in the
 * report all the same. The report's pointers live until the next begin. */
void answer_end(struct answer *answer, const struct engine_result *r, struct answer_report *out);

#endif
