/* Values at a set of JSON Pointers (RFC 6901) out of one JSON text, in a single
 * pass, without allocation. Where a pointer says "-" it means every element of
 * an array. Takes any bytes: what is not JSON gives -1 or values that are there,
 * never a look outside. It tells values apart, it does not validate them. */
#ifndef HTTP_PLUCK_H
#define HTTP_PLUCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLUCK_SLOTS 128
#define PLUCK_DEPTH 16  /* tokens of a pointer */
#define PLUCK_HITS 192
#define PLUCK_REPEATED 128 /* of them by pointers with "-"; further ones are dropped */

struct pluck;
struct pluck *pluck_new(void);
void pluck_free(struct pluck *pluck);
/* The pointer's slot, the same for the same pointer; -1: it is not one ("" or
 * "/…", "~" only as ~0 or ~1, at most PLUCK_DEPTH tokens), or there are too many. */
int pluck_add(struct pluck *pluck, const char *pointer);

enum pluck_kind {
	PLUCK_NULL, PLUCK_FALSE, PLUCK_TRUE, PLUCK_NUMBER, PLUCK_STRING, PLUCK_ARRAY, PLUCK_OBJECT
};

struct pluck_hit {
	const char *at; /* the value's text; a string's without its quotes */
	size_t bytes;
	uint32_t element; /* the same for values of one element that "-" stands for; else 0 */
	uint8_t slot;
	uint8_t kind;  /* enum pluck_kind */
	bool escaped;  /* a string with a backslash in it */
	bool repeated; /* its pointer has a "-" */
};

struct pluck_hits {
	uint32_t count, repeated;
	struct pluck_hit hit[PLUCK_HITS]; /* in the order of their ends */
};

/* 0, or -1 where `json` is not one whole JSON value: then the hits are those
 * until there. */
int pluck_scan(const struct pluck *pluck, const char *json, size_t bytes, struct pluck_hits *hits);

/* The hit is something: not null, false, 0, "", [] or {}. */
bool pluck_says(const struct pluck_hit *hit);
/* A whole number of 0 to 2^53, a fraction cut; -1: it is none. */
int64_t pluck_count(const struct pluck_hit *hit);

/* Decodes a string's text (escapes; lone surrogates and what is no escape become
 * U+FFFD) into at most `room` bytes, whole code points only. Returns the bytes
 * it takes in full; `written` (may be NULL) how many are in `out`. Bytes that
 * are not UTF-8 stay as they are. */
size_t pluck_text(const char *at, size_t bytes, char *out, size_t room, size_t *written);

#endif
