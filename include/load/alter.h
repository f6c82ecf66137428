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
	uint32_t padding;    /* words before the prompt, with `unique` */
	bool unique; /* a word before the prompt that no other has */
	bool same;   /* each user's prompt stays the same; where templates do not differ, all of them are */
	bool closes; /* no connection is kept */
};

static inline bool alteration_any(const struct alteration *a)
{
	return a->max_tokens || a->unique || a->same || a->closes;
}

/* Where the body limits the answer's tokens, by one of the names that APIs have for it, in
 * the outermost object or one right in it: *digits of them from *at on. */
bool alter_finds_limit(const char *body, size_t bytes, size_t *at, size_t *digits);
/* Where the body's prompt begins, by the names that APIs have for it: inside the first string
 * of it, or the first message's content. */
bool alter_finds_prompt(const char *body, size_t bytes, size_t *at);
/* Does it change bodies? */
static inline bool alteration_of_body(const struct alteration *a)
{
	return a->max_tokens || a->unique || a->same;
}
/* The body as it is to be sent instead, terminated; grows `out`, which is kept. `mark`: what
 * is unique. */
void alter_body(const struct alteration *a, uint64_t mark, const char *body, size_t bytes, struct buf *out);

#endif
