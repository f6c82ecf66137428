/* Requests that ask for the same get the same key: keys are sorted, white space,
 * escapes and the spelling of numbers do not count, nor does who asks and how the
 * answer is to come. Any thread. */
#ifndef SERVE_CANON_H
#define SERVE_CANON_H

#include <cJSON.h>

#include "ask.h"
#include "base/buf.h"

/* Appends the canonical text of a request's body: all of it but its own
 * members `stream`, `stream_options`, `user`, `metadata` and the like. */
void serve_canon_text(const cJSON *body, struct buf *out);
/* SHA-256 of the path, a NUL and the canonical text. */
void serve_canon_key(const char *path, const cJSON *body,
		     unsigned char key[SERVE_KEY_BYTES]);

#endif
