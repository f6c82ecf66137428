/* What a micro-experiment changes of the requests that a load sends: on the load's change,
 * so that workers read it as they read the level. Pure; any thread. */
#ifndef LOAD_ALTER_H
#define LOAD_ALTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct alteration {
	uint32_t max_tokens; /* of the body; 0: as it is */
};

static inline bool alteration_any(const struct alteration *a)
{
	return a->max_tokens > 0;
}

/* Where the body limits the answer's tokens, by one of the names that APIs have for it, in
 * the outermost object or one right in it: *digits of them from *at on. */
bool alter_finds_limit(const char *body, size_t bytes, size_t *at, size_t *digits);
/* The body as it is to be sent instead, terminated; grows `out`, which is kept. */
void alter_body(const struct alteration *a, const char *body, size_t bytes, struct buf *out);

#endif
