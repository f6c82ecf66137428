/* The head of an HTTP/1.x answer (RFC 9112), read strictly from pieces that are
 * split anywhere: status line, header lines, and how the body behind it is
 * framed. Interim answers (1xx, but for 101) are passed over. Bytes only; only a
 * line that a piece ends within is copied, into a buffer that stays. */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lines.h"

#define HEAD_LINE_MAX (100u * 1024) /* as curl has it */
#define HEAD_MAX (256u * 1024)      /* with the interim answers before it */

enum head_step {
	HEAD_MORE, /* the piece is used up */
	HEAD_LINE, /* a header line of the final answer */
	HEAD_END,
	HEAD_BAD,  /* see `problem` */
};

struct head {
	struct lines lines;
	size_t bytes; /* of this head so far */
	/* Answers whose first byte has come: more than one after interim ones. */
	uint32_t begun;
	uint16_t status; /* of the last status line; 0: none yet */
	int64_t content_bytes; /* Content-Length; -1: none */
	bool old; /* HTTP/1.0 */
	bool chunked, coded; /* Transfer-Encoding: chunked; any other */
	bool closes, keeps;  /* Connection: close, keep-alive */
	bool frames; /* the last line says how the body is framed */
	bool any_line; /* a header line of this answer has come */
	const char *problem;
};

/* All zero before; keeps its buffer. */
void head_begin(struct head *head);
void head_fini(struct head *head);

/* The next piece; the one before must have been read to its end. */
void head_feed(struct head *head, const char *piece, size_t bytes);
/* `line`: of HEAD_LINE, without its line end; valid until the next call. A line that
 * goes on with the one before it (obs-fold) comes as it is. */
enum head_step head_next(struct head *head, struct line *line);
/* A Content-Length's value, as strictly, to *content_bytes, which has what was said before
 * (-1: nothing). NULL, or what is wrong. */
const char *head_content_length(const char *at, const char *end, int64_t *content_bytes);
/* After HEAD_END: what the piece has behind the head. */
const char *head_rest(const struct head *head, size_t *bytes);

#endif
