/* Text that stands for the token blocks of a trace: a word is about one token,
 * a block begins with its id, so that equal ids give equal text, different ids
 * different text, and a server's prefix cache sees what the trace's saw. */
#include <stdio.h>
#include <string.h>

#include "base/rng.h"
#include "data_private.h"

/* A space and the word, so short that eight bytes hold it: one copy, whatever its
 * length. */
struct word {
	char text[8];
	uint8_t bytes;
};
#define W(word) {" " word, sizeof word}

static const struct word word[64] = {
	W("the"), W("time"), W("of"), W("day"), W("and"), W("work"), W("to"), W("place"), W("in"),
	W("year"), W("is"), W("system"), W("that"), W("part"), W("it"), W("case"), W("was"),
	W("point"), W("for"), W("group"), W("on"), W("fact"), W("are"), W("water"), W("as"),
	W("room"), W("with"), W("book"), W("they"), W("eye"), W("at"), W("job"), W("be"),
	W("word"), W("this"), W("side"), W("have"), W("kind"), W("from"), W("head"), W("or"),
	W("house"), W("one"), W("friend"), W("had"), W("power"), W("by"), W("hour"), W("but"),
	W("game"), W("not"), W("line"), W("what"), W("end"), W("all"), W("law"), W("were"),
	W("car"), W("we"), W("city"), W("when"), W("name"), W("your"), W("team"),
};
#define WORD_ROOM sizeof word[0].text

/* An upper bound: each id, and its words. */
size_t trace_room(const struct trace_text *trace)
{
	return (size_t)trace->ids * 24 + (size_t)trace->words * WORD_ROOM + WORD_ROOM;
}

size_t trace_write(const struct trace_text *trace, char *out)
{
	char *p = out;

	for (uint32_t b = 0; b < trace->ids; b++) {
		uint32_t words = trace->words - b * TRACE_BLOCK_WORDS;
		uint64_t bits = trace->id[b];

		if (words > TRACE_BLOCK_WORDS)
			words = TRACE_BLOCK_WORDS;
		p += sprintf(p, b ? " %llu" : "%llu", (unsigned long long)trace->id[b]);
		for (uint32_t w = 1; w < words; w++) {
			if (w % 10 == 1)
				bits = rng_mix(bits);
			const struct word *next = &word[bits >> 6 * (w % 10) & 63];

			memcpy(p, next->text, WORD_ROOM);
			p += next->bytes;
		}
	}
	return (size_t)(p - out);
}
