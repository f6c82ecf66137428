#include "lru.h"

#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/mem.h"
#include "base/rng.h"

struct lru_entry {
	uint64_t key;
	int64_t stored_us;
	uint32_t newer, older; /* by use; 0: none */
	uint32_t next;         /* in its bucket, or among the free */
};

void lru_init(struct lru *l, uint32_t size, int64_t ttl_us)
{
	*l = (struct lru){.size = size, .ttl_us = ttl_us, .buckets = 64};
	while (l->buckets < size)
		l->buckets *= 2;
}

void lru_fini(struct lru *l)
{
	free(l->bucket);
	free(l->entry);
	l->bucket = NULL;
	l->entry = NULL;
}

void lru_reset(struct lru *l)
{
	if (l->bucket)
		memset(l->bucket, 0, l->buckets * sizeof *l->bucket);
	l->count = l->newest = l->oldest = l->free = 0;
}

static uint32_t *bucket_of(const struct lru *l, uint64_t key)
{
	/* Who made the key may not have spread its bits. */
	return &l->bucket[rng_mix(key) & (l->buckets - 1)];
}

static uint32_t look_up(const struct lru *l, uint64_t key)
{
	uint32_t at = l->count ? *bucket_of(l, key) : 0;

	while (at && l->entry[at].key != key)
		at = l->entry[at].next;
	return at;
}

static void unlink_use(struct lru *l, uint32_t at)
{
	struct lru_entry *e = &l->entry[at];

	*(e->newer ? &l->entry[e->newer].older : &l->newest) = e->older;
	*(e->older ? &l->entry[e->older].newer : &l->oldest) = e->newer;
}

static void link_newest(struct lru *l, uint32_t at)
{
	struct lru_entry *e = &l->entry[at];

	e->newer = 0;
	e->older = l->newest;
	*(l->newest ? &l->entry[l->newest].newer : &l->oldest) = at;
	l->newest = at;
}

static void drop(struct lru *l, uint32_t at)
{
	uint32_t *link = bucket_of(l, l->entry[at].key);

	while (*link != at)
		link = &l->entry[*link].next;
	*link = l->entry[at].next;
	unlink_use(l, at);
	l->entry[at].next = l->free;
	l->free = at;
	l->count--;
}

bool lru_find(struct lru *l, uint64_t key, int64_t now_us)
{
	uint32_t at = look_up(l, key);

	if (!at)
		return false;
	if (l->ttl_us != INT64_MAX && now_us - l->entry[at].stored_us >= l->ttl_us) {
		drop(l, at);
		return false;
	}
	if (l->newest != at) {
		unlink_use(l, at);
		link_newest(l, at);
	}
	return true;
}

/* A place for one more, of which there is none taken beyond `size`. */
static uint32_t take_free(struct lru *l)
{
	uint32_t at = l->free;

	if (!l->entry) {
		l->entry = xreallocarray(NULL, (size_t)l->size + 1, sizeof *l->entry);
		l->bucket = xcalloc(l->buckets, sizeof *l->bucket);
	}
	if (!at)
		return l->count + 1; /* none was taken out yet */
	l->free = l->entry[at].next;
	return at;
}

void lru_put(struct lru *l, uint64_t key, int64_t now_us)
{
	uint32_t at = look_up(l, key), *bucket;

	if (at)
		drop(l, at);
	else if (l->count == l->size)
		drop(l, l->oldest);
	at = take_free(l);
	bucket = bucket_of(l, key);
	l->entry[at] = (struct lru_entry){.key = key, .stored_us = now_us, .next = *bucket};
	*bucket = at;
	link_newest(l, at);
	l->count++;
}

/* The least recently used one first: put in again they are in the same order. */
void lru_archive(struct lru *l, struct archive *a)
{
	uint32_t count = l->count, at = l->oldest;

	archive_u32(a, &count);
	a->bad |= count > l->size;
	if (archive_restoring(a))
		lru_reset(l);
	for (uint32_t i = 0; i < count && !a->bad; i++) {
		uint64_t key = archive_restoring(a) ? 0 : l->entry[at].key;
		int64_t stored_us = archive_restoring(a) ? 0 : l->entry[at].stored_us;

		archive_bytes(a, &key, sizeof key);
		archive_time(a, &stored_us);
		if (!archive_restoring(a)) {
			at = l->entry[at].newer;
			continue;
		}
		a->bad |= look_up(l, key) != 0;
		if (!a->bad)
			lru_put(l, key, stored_us);
	}
}
