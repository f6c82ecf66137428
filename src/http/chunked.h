/* A chunked body (RFC 9112, section 7.1), from pieces that are split anywhere.
 * Extensions and trailers are passed over, both up to a bound. Bytes only,
 * nothing is copied or kept. */
#ifndef HTTP_CHUNKED_H
#define HTTP_CHUNKED_H

#include <stddef.h>
#include <stdint.h>

#define CHUNKED_LINE_MAX (16u * 1024)    /* size and extensions of a chunk */
#define CHUNKED_TRAILER_MAX (64u * 1024) /* all trailers together */

enum chunked_step {
	CHUNKED_MORE, /* the piece is used up */
	CHUNKED_DATA,
	CHUNKED_END,
	CHUNKED_BAD,
};

struct chunked {
	uint64_t left;  /* of a chunk's data, or its size so far */
	uint32_t bytes; /* of the present line, of the trailers */
	uint8_t state, digits;
};

void chunked_begin(struct chunked *chunked);
/* Goes on at *at, which moves. CHUNKED_DATA: *data and *bytes, within the piece. */
enum chunked_step chunked_next(struct chunked *chunked, const char **at, const char *end,
			       const char **data, size_t *bytes);

#endif
