/* A cache that only knows its keys: each is there for a time to live since it was put in,
 * and the least recently used one leaves when there are too many. All zero at first. */
#ifndef RUN_LRU_H
#define RUN_LRU_H

#include <stdbool.h>
#include <stdint.h>

struct archive;
struct lru_entry;

struct lru {
	uint32_t size;
	int64_t ttl_us; /* INT64_MAX: for ever */
	uint32_t count;
	uint32_t newest, oldest; /* entries, from 1; 0: none */
	uint32_t buckets;        /* a power of two */
	uint32_t *bucket;        /* the first entry of each; 0: none */
	struct lru_entry *entry; /* [1 .. size]; NULL until something is put in */
	uint32_t free;           /* chain of those that were taken out */
};

void lru_init(struct lru *lru, uint32_t size, int64_t ttl_us);
void lru_fini(struct lru *lru);
void lru_reset(struct lru *lru);
/* Whether it is there; then it is the most recently used one. */
bool lru_find(struct lru *lru, uint64_t key, int64_t now_us);
/* In place of what is there of that key. */
void lru_put(struct lru *lru, uint64_t key, int64_t now_us);
void lru_archive(struct lru *lru, struct archive *a);

#endif
