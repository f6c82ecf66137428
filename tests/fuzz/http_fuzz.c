/* What a server may send: the head of an answer and chunks behind it. However it is
 * split, the same comes of it: read whole, and in pieces whose size the first byte
 * chooses. Lengths are within bounds. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/http/chunked.h"
#include "../../src/http/head.h"
#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

struct reading {
	struct head head;
	struct chunked chunks;
	enum head_step head_step;
	enum chunked_step chunked_step;
	size_t behind; /* bytes after the end */
	struct buf out;
};

static void read_chunks(struct reading *r, const char *at, const char *end)
{
	const char *data, *from = at;
	size_t n;

	if (r->chunked_step == CHUNKED_END)
		r->behind += (size_t)(end - at);
	if (r->chunked_step != CHUNKED_MORE)
		return;
	while ((r->chunked_step = chunked_next(&r->chunks, &at, end, &data, &n)) == CHUNKED_DATA) {
		if (!n || data < from || data + n > end)
			abort();
		buf_add(&r->out, data, n);
	}
	if (r->chunked_step == CHUNKED_END)
		r->behind = (size_t)(end - at);
}

static void read_piece(struct reading *r, const char *piece, size_t bytes)
{
	struct line line;
	const char *at;
	size_t n;

	if (r->head_step == HEAD_BAD)
		return;
	if (r->head_step == HEAD_END) {
		read_chunks(r, piece, piece + bytes);
		return;
	}
	head_feed(&r->head, piece, bytes);
	while ((r->head_step = head_next(&r->head, &line)) == HEAD_LINE) {
		if (line.bytes > HEAD_LINE_MAX || !line.bytes || memchr(line.at, '\n', line.bytes))
			abort();
		buf_add(&r->out, line.at, line.bytes);
		buf_add(&r->out, "|", 1);
	}
	if (r->head_step != HEAD_END)
		return;
	if (r->head.status < 101 || r->head.status > 999 || r->head.content_bytes < -1)
		abort();
	at = head_rest(&r->head, &n);
	read_chunks(r, at, at + n);
}

/* Pieces of at most `most` bytes, each alone in its memory. */
static void read_all(struct reading *r, const char *at, size_t bytes, size_t most)
{
	r->out.used = r->behind = 0;
	r->head_step = HEAD_MORE;
	r->chunked_step = CHUNKED_MORE;
	head_begin(&r->head);
	chunked_begin(&r->chunks);
	for (size_t n; bytes; at += n, bytes -= n) {
		n = bytes < most ? bytes : most;
		char *piece = malloc(n);

		memcpy(piece, at, n);
		read_piece(r, piece, n);
		free(piece);
	}
}

static void same(const struct reading *a, const struct reading *b)
{
	if (a->head_step != b->head_step || a->chunked_step != b->chunked_step ||
	    a->behind != b->behind || a->out.used != b->out.used ||
	    (a->out.used && memcmp(a->out.at, b->out.at, a->out.used) != 0))
		abort();
	if (a->head_step == HEAD_BAD && strcmp(a->head.problem, b->head.problem) != 0)
		abort();
	if (a->head_step == HEAD_END &&
	    (a->head.status != b->head.status || a->head.content_bytes != b->head.content_bytes ||
	     a->head.chunked != b->head.chunked || a->head.coded != b->head.coded ||
	     a->head.closes != b->head.closes || a->head.keeps != b->head.keeps ||
	     a->head.begun != b->head.begun))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct reading whole, pieces;

	if (bytes < 2)
		return 0;
	read_all(&whole, (const char *)data + 1, bytes - 1, bytes);
	read_all(&pieces, (const char *)data + 1, bytes - 1, data[0] % 64 + 1);
	same(&whole, &pieces);
	return 0;
}
