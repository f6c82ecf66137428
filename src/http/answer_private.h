#ifndef HTTP_ANSWER_PRIVATE_H
#define HTTP_ANSWER_PRIVATE_H

#include "http/answer.h"
#include "metrics/gaps.h"
#include "ndjson.h"
#include "program.h"
#include "sse.h"

#define ANSWER_EXCERPT 1024u /* bytes of a body, or of headers, kept where nobody asks for them */
#define ANSWER_APIS 4       /* a user's tasks mostly use one */

enum reading {
	READING_UNDECIDED, /* until the first byte of the body */
	READING_BODY,      /* one body, whatever it is */
	READING_SSE,
	READING_NDJSON,
	READING_MESSAGES, /* WebSocket: each piece is one */
};

enum content_type { CONTENT_OTHER, CONTENT_JSON, CONTENT_SSE, CONTENT_NDJSON };

struct answer {
	const struct answer_plan *plan;
	const struct program *program; /* NULL: nobody looks inside */
	int64_t start_ns, last_ns;
	int status;
	enum reading reading;
	enum content_type type;
	enum cache_state cache; /* of the headers */
	int64_t retry_after_ns; /* of the headers; -1: not said */
	bool has_type;
	bool ended;         /* the API's end has come */
	bool failed;        /* an in-band error came: `message` */
	bool says;          /* a body that is no stream has text, or what may stand for it */
	bool reasoned;      /* reasoning came */
	bool read_counted;  /* the last read brought content */
	bool text_full;
	uint32_t seen;   /* events of any kind */
	uint32_t unread; /* those that are not JSON where it is expected */
	uint32_t events, reads; /* as in struct answer_report */
	int64_t t1_us, to_us, tn_us;
	/* TOKENS_UNKNOWN until said */
	uint32_t tokens_in, tokens_out, cached, uncounted;
	uint64_t text_total, body_total;
	struct buf text, body, headers, gap_bytes;
	struct gaps gaps;
	struct sse sse;
	struct ndjson ndjson;
	struct {
		const struct api *api;
		const struct program *program;
	} known[ANSWER_APIS];
	uint32_t next_known;
	char message[REC_TEXT_MAX + 1];
};

/* The events in the next piece of a stream. */
void answer_events(struct answer *answer, const char *bytes, size_t length);
/* The events of what the end of the body leaves unfinished. */
void answer_flush(struct answer *answer);
/* Takes in the values of a body that is not a stream. */
void answer_read_body(struct answer *answer);
/* Of the headers. */
void answer_note_header(struct answer *answer, const char *line, size_t bytes);

#endif
