/* Text that stands for the token blocks of a trace: a word is about one token,
 * a block begins with its id, so that equal ids give equal text, different ids
 * different text, and a server's prefix cache sees what the trace's saw. */
#include <stdio.h>
#include <string.h>

#include "data_private.h"
#include "mix.h"

static const char *const word[64] = {
	"the", "time", "of", "day", "and", "work", "to", "place", "in", "year", "is", "system",
	"that", "part", "it", "case", "was", "point", "for", "group", "on", "fact", "are", "water",
	"as", "room", "with", "book", "they", "eye", "at", "job", "be", "word", "this", "side",
	"have", "kind", "from", "head", "or", "house", "one", "friend", "had", "power", "by", "hour",
	"but", "game", "not", "line", "what", "end", "all", "law", "were", "car", "we", "city",
	"when", "name", "your", "team",
};

/* Counts only where `out` is NULL. */
static size_t put(char *out, size_t used, const char *text, size_t bytes)
{
	if (out)
		memcpy(out + used, text, bytes);
	return used + bytes;
}

size_t trace_write(const struct trace_text *trace, char *out)
{
	size_t used = 0;

	for (uint32_t b = 0; b < trace->ids; b++) {
		uint32_t words = trace->words - b * TRACE_BLOCK_WORDS;
		uint64_t bits = trace->id[b];
		char id[24];

		if (words > TRACE_BLOCK_WORDS)
			words = TRACE_BLOCK_WORDS;
		used = put(out, used, id, (size_t)snprintf(id, sizeof id, b ? " %llu" : "%llu",
							    (unsigned long long)trace->id[b]));
		for (uint32_t w = 1; w < words; w++) {
			if (w % 10 == 1)
				bits = mix64(bits);
			const char *text = word[bits >> 6 * (w % 10) & 63];

			used = put(out, used, " ", 1);
			used = put(out, used, text, strlen(text));
		}
	}
	return used;
}
