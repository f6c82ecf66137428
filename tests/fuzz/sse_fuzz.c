/* However a stream of events is split, its events are the same: read whole, and
 * in pieces that the first bytes choose. The other framing too. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/http/ndjson.h"
#include "../../src/http/sse.h"

#define LONGEST 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void note(struct buf *out, const char *at, size_t bytes)
{
	char head[32];
	int n = snprintf(head, sizeof head, "%zu:", bytes);

	buf_add(out, head, (size_t)n);
	buf_add(out, at, bytes);
}

static void note_event(struct buf *out, const struct sse *sse, const struct sse_event *e)
{
	if (e->data_bytes > LONGEST)
		abort();
	note(out, e->type, e->type_bytes);
	note(out, e->data, e->data_bytes);
	note(out, sse->id, sse->id_bytes);
	note(out, e->cut ? "c" : e->unfinished ? "u" : "-", 1);
}

/* Pieces of at most `most` bytes, each alone in its memory. */
static void read_sse(struct sse *sse, const char *at, size_t bytes, size_t most, struct buf *out)
{
	struct sse_event e;

	out->used = 0;
	sse_begin(sse);
	for (size_t n; bytes; at += n, bytes -= n) {
		n = bytes < most ? bytes : most;
		char *piece = malloc(n);

		memcpy(piece, at, n);
		for (sse_feed(sse, piece, n); sse_next(sse, &e);)
			note_event(out, sse, &e);
		free(piece);
	}
	if (sse_end(sse, &e))
		note_event(out, sse, &e);
	note(out, (const char *)&sse->skipped, sizeof sse->skipped);
	note(out, (const char *)&sse->retry_ms, sizeof sse->retry_ms);
}

static void read_ndjson(struct ndjson *ndjson, const char *at, size_t bytes, size_t most,
			struct buf *out)
{
	struct line line;

	out->used = 0;
	ndjson_begin(ndjson);
	for (size_t n; bytes; at += n, bytes -= n) {
		n = bytes < most ? bytes : most;
		char *piece = malloc(n);

		memcpy(piece, at, n);
		for (ndjson_feed(ndjson, piece, n); ndjson_next(ndjson, &line);)
			note(out, line.at, line.bytes);
		free(piece);
	}
	if (ndjson_end(ndjson, &line))
		note(out, line.at, line.bytes);
	note(out, (const char *)&ndjson->skipped, sizeof ndjson->skipped);
}

static void same(const struct buf *a, const struct buf *b)
{
	if (a->used != b->used || memcmp(a->at, b->at, a->used) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct buf whole, pieces;
	struct sse sse;
	struct ndjson ndjson;

	if (bytes < 2)
		return 0;
	size_t most = data[0] % 64 + 1;
	const char *at = (const char *)data + 1;

	bytes--;
	sse_init(&sse, LONGEST);
	read_sse(&sse, at, bytes, bytes, &whole);
	read_sse(&sse, at, bytes, most, &pieces);
	same(&whole, &pieces);
	sse_fini(&sse);
	ndjson_init(&ndjson, LONGEST);
	read_ndjson(&ndjson, at, bytes, bytes, &whole);
	read_ndjson(&ndjson, at, bytes, most, &pieces);
	same(&whole, &pieces);
	ndjson_fini(&ndjson);
	return 0;
}
