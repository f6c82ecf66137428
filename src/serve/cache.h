/* The prompt cache: answers by key, each kept for a time to live from when it was
 * complete, the least recently used one leaving when there are too many. Times
 * are the caller's. One thread. */
#ifndef SERVE_CACHE_H
#define SERVE_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ask.h"

struct serve_cached {
	unsigned char key[SERVE_KEY_BYTES];
	int64_t stored_ns;
	char *text; /* the answer, terminated */
	size_t bytes;
	int tokens;
	int turn;
	bool cut; /* by max_tokens */
	/* the cache's own */
	struct serve_cached *newer, *older, *next;
};

struct serve_cache {
	int64_t ttl_ns; /* 0: nothing is kept */
	size_t limit, count;
	uint64_t hits, misses, evicted;
	struct serve_cached **bucket;
	size_t buckets; /* a power of two */
	struct serve_cached *newest, *oldest;
};

/* limit > 0. */
void serve_cache_init(struct serve_cache *cache, int64_t ttl_ns, size_t limit);
void serve_cache_fini(struct serve_cache *cache);
/* Valid until the next call; NULL: a miss. Counts it. */
const struct serve_cached *serve_cache_find(struct serve_cache *cache,
					    const unsigned char key[SERVE_KEY_BYTES],
					    int64_t now_ns);
/* Copies the answer: key, text, bytes, tokens, turn and cut of `answer`. In place
 * of an older one with that key. */
void serve_cache_put(struct serve_cache *cache, const struct serve_cached *answer,
		     int64_t now_ns);

#endif
