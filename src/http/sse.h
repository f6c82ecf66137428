/* Server-Sent Events as the WHATWG HTML standard interprets an event stream
 * (section "Interpreting an event stream"), in any split of bytes. Two bounds
 * are ours: an event with more than `longest` bytes of data is skipped and
 * counted, and an id or event name longer than SSE_NAME is cut. And an event
 * that the end of the stream leaves without its blank line is handed out, marked:
 * the standard drops it, but many a server's last one looks like that. */
#ifndef HTTP_SSE_H
#define HTTP_SSE_H

#include <stdint.h>

#include "lines.h"

#define SSE_NAME 256

struct sse_event {
	const char *data; /* valid until the next call */
	size_t data_bytes;
	const char *type; /* "" where none was given: a "message" */
	size_t type_bytes;
	bool unfinished; /* the stream ended before its blank line … */
	bool cut;        /* … and within its last line */
};

struct sse {
	struct lines lines;
	uint64_t skipped; /* events too long */
	/* As of the last event; an id may be empty. */
	char id[SSE_NAME];
	size_t id_bytes;
	int64_t retry_ms; /* -1: never said */
	/* Of the event that is coming. */
	uint8_t bom;      /* bytes of a byte order mark seen; 3: past it */
	bool has_data, too_long;
	const char *view; /* its one data line, in the piece; NULL: it is in `data` */
	size_t view_bytes;
	struct buf data;
	char type[SSE_NAME];
	size_t type_bytes;
};

void sse_init(struct sse *sse, size_t longest);
void sse_fini(struct sse *sse);
void sse_begin(struct sse *sse); /* another stream; keeps the buffers */
void sse_feed(struct sse *sse, const char *piece, size_t bytes);
/* False: no more of them in what was fed. */
bool sse_next(struct sse *sse, struct sse_event *event);
/* The stream has ended: the event it left unfinished. */
bool sse_end(struct sse *sse, struct sse_event *event);

#endif
