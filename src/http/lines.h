/* Lines out of a stream of bytes that comes in pieces, split anywhere. A line
 * that lies whole in one piece is handed out where it lies; only what a piece
 * ends within is copied. */
#ifndef HTTP_LINES_H
#define HTTP_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct lines {
	bool cr_ends;  /* set up: CR, LF and CRLF end a line; otherwise LF */
	size_t longest; /* set up: bytes of a line; the rest of a longer one is dropped */
	struct buf part; /* of a line, from earlier pieces */
	bool cut;      /* part is longest long and more came */
	bool after_cr; /* the line before ended with a CR: a LF belongs to it */
	const char *at, *end; /* of the piece */
	const char *cr; /* the next CR from `at` on; end: none */
};

struct line {
	const char *at;
	size_t bytes;
	bool in_piece; /* else valid until the next call only */
	bool cut;
};

void lines_begin(struct lines *lines); /* keeps set-up and buffer */
void lines_fini(struct lines *lines);
/* The next piece; the one before must have been read to its end. */
void lines_feed(struct lines *lines, const char *piece, size_t bytes);
/* False: the piece is read, it ends within a line or at one's end. */
bool lines_next(struct lines *lines, struct line *line);
/* What is there of a line whose end did not come; false: nothing. */
bool lines_rest(struct lines *lines, struct line *line);

#endif
