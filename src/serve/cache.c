#include "cache.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void serve_cache_init(struct serve_cache *cache, int64_t ttl_ns, size_t limit)
{
	assert(limit > 0);
	*cache = (struct serve_cache){.ttl_ns = ttl_ns, .limit = limit};
	if (ttl_ns <= 0)
		return;
	cache->buckets = 64;
	while (cache->buckets < limit)
		cache->buckets *= 2;
	cache->bucket = xcalloc(cache->buckets, sizeof *cache->bucket);
}

/* Keys are as random as any hash of them. */
static struct serve_cached **bucket_of(struct serve_cache *cache,
				       const unsigned char *key)
{
	uint64_t bits;

	memcpy(&bits, key, sizeof bits);
	return &cache->bucket[bits & (cache->buckets - 1)];
}

static void unlink_age(struct serve_cache *cache, struct serve_cached *entry)
{
	*(entry->newer ? &entry->newer->older : &cache->newest) = entry->older;
	*(entry->older ? &entry->older->newer : &cache->oldest) = entry->newer;
}

static void link_newest(struct serve_cache *cache, struct serve_cached *entry)
{
	entry->newer = NULL;
	entry->older = cache->newest;
	*(cache->newest ? &cache->newest->newer : &cache->oldest) = entry;
	cache->newest = entry;
}

static void drop(struct serve_cache *cache, struct serve_cached *entry)
{
	struct serve_cached **link = bucket_of(cache, entry->key);

	while (*link != entry)
		link = &(*link)->next;
	*link = entry->next;
	unlink_age(cache, entry);
	cache->count--;
	free(entry->text);
	free(entry);
}

void serve_cache_fini(struct serve_cache *cache)
{
	while (cache->oldest)
		drop(cache, cache->oldest);
	free(cache->bucket);
	*cache = (struct serve_cache){0};
}

static struct serve_cached *look_up(struct serve_cache *cache, const unsigned char *key)
{
	struct serve_cached *entry = *bucket_of(cache, key);

	while (entry && memcmp(entry->key, key, SERVE_KEY_BYTES) != 0)
		entry = entry->next;
	return entry;
}

const struct serve_cached *serve_cache_find(struct serve_cache *cache,
					    const unsigned char key[SERVE_KEY_BYTES],
					    int64_t now_ns)
{
	struct serve_cached *entry = cache->ttl_ns > 0 ? look_up(cache, key) : NULL;

	if (entry && now_ns - entry->stored_ns >= cache->ttl_ns) {
		drop(cache, entry);
		entry = NULL;
	}
	if (!entry) {
		cache->misses++;
		return NULL;
	}
	cache->hits++;
	unlink_age(cache, entry);
	link_newest(cache, entry);
	return entry;
}

void serve_cache_put(struct serve_cache *cache, const struct serve_cached *answer,
		     int64_t now_ns)
{
	struct serve_cached *entry, **bucket;

	if (cache->ttl_ns <= 0)
		return;
	entry = look_up(cache, answer->key);
	if (entry)
		drop(cache, entry);
	if (cache->count == cache->limit) {
		drop(cache, cache->oldest);
		cache->evicted++;
	}
	entry = xmalloc(sizeof *entry);
	*entry = *answer;
	entry->stored_ns = now_ns;
	entry->text = xstrndup(answer->text, answer->bytes);
	bucket = bucket_of(cache, entry->key);
	entry->next = *bucket;
	*bucket = entry;
	link_newest(cache, entry);
	cache->count++;
}
