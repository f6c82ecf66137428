/* What the headers of an answer say: its type, whether a cache had it, when to
 * come again. */
#include <string.h>
#include <strings.h>

#include "answer_private.h"
#include "base/clock.h"
#include "retry_after.h"

static bool is(const char *text, size_t bytes, const char *word)
{
	return bytes == strlen(word) && !strncasecmp(text, word, bytes);
}

static bool contains(const char *text, size_t bytes, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= bytes; i++)
		if (!strncasecmp(text + i, word, n))
			return true;
	return false;
}

static enum content_type content_type(const char *value, size_t bytes)
{
	static const struct {
		const char *name;
		enum content_type type;
	} types[] = {
		{"application/json", CONTENT_JSON},
		{"text/event-stream", CONTENT_SSE},
		{"application/x-ndjson", CONTENT_NDJSON},
		{"application/ndjson", CONTENT_NDJSON},
		{"application/jsonl", CONTENT_NDJSON},
		{"application/x-jsonlines", CONTENT_NDJSON},
		{"application/jsonlines", CONTENT_NDJSON},
	};
	const char *end = memchr(value, ';', bytes);

	if (end)
		bytes = (size_t)(end - value);
	while (bytes && (value[bytes - 1] == ' ' || value[bytes - 1] == '\t'))
		bytes--;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (is(value, bytes, types[i].name))
			return types[i].type;
	return CONTENT_OTHER;
}

/* One hit outweighs any number of misses: a cache behind another one had it. */
static void saw(struct answer *answer, enum cache_state state)
{
	if (answer->cache != CACHE_HIT && state != CACHE_UNKNOWN)
		answer->cache = state;
}

static enum cache_state x_cache(const char *value, size_t bytes)
{
	return contains(value, bytes, "hit")	? CACHE_HIT
	       : contains(value, bytes, "miss") ? CACHE_MISS
						: CACHE_UNKNOWN;
}

static enum cache_state cf_cache_status(const char *value, size_t bytes)
{
	static const char *const hit[] = {"hit", "stale", "updating", "revalidated"};
	static const char *const miss[] = {"miss", "expired", "bypass", "dynamic"};

	for (size_t i = 0; i < sizeof hit / sizeof *hit; i++)
		if (is(value, bytes, hit[i]))
			return CACHE_HIT;
	for (size_t i = 0; i < sizeof miss / sizeof *miss; i++)
		if (is(value, bytes, miss[i]))
			return CACHE_MISS;
	return CACHE_UNKNOWN;
}

static bool positive(const char *value, size_t bytes)
{
	bool any = false;

	for (size_t i = 0; i < bytes; i++) {
		if (value[i] < '0' || value[i] > '9')
			return false;
		any |= value[i] != '0';
	}
	return any;
}

void answer_note_header(struct answer *answer, const char *line, size_t bytes)
{
	const char *colon = memchr(line, ':', bytes);

	if (!colon)
		return;
	size_t name = (size_t)(colon - line);
	const char *value = colon + 1, *end = line + bytes;

	while (value < end && (*value == ' ' || *value == '\t'))
		value++;
	while (end > value && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	bytes = (size_t)(end - value);
	/* By length: most headers are none of these. */
	switch (name) {
	case 3:
		if (is(line, name, "age") && positive(value, bytes))
			saw(answer, CACHE_HIT);
		break;
	case 7:
		if (is(line, name, "x-cache"))
			saw(answer, x_cache(value, bytes));
		break;
	case 11:
		if (is(line, name, "retry-after"))
			answer->retry_after_ns = retry_after_ns(value, bytes, clock_wall_ns());
		break;
	case 12:
		if (is(line, name, "content-type")) {
			answer->type = content_type(value, bytes);
			answer->has_type = bytes > 0;
		}
		break;
	case 15:
		if (is(line, name, "cf-cache-status"))
			saw(answer, cf_cache_status(value, bytes));
		break;
	}
}
