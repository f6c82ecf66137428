#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "template.h"

void template_free(struct template *template)
{
	if (!template)
		return;
	free(template->piece);
	free(template->literal);
	free(template);
}

static void close_literal(struct template_builder *b)
{
	uint32_t end = (uint32_t)b->literal.used;

	if (end == b->open)
		return;
	b->piece = xreallocarray(b->piece, (size_t)b->count + 1, sizeof *b->piece);
	b->piece[b->count++] = (struct piece){.at = b->open, .bytes = end - b->open};
	b->open = end;
}

void template_literal(struct template_builder *b, const char *bytes, size_t count)
{
	buf_add(&b->literal, bytes, count);
}

void template_piece(struct template_builder *b, struct piece piece)
{
	close_literal(b);
	b->piece = xreallocarray(b->piece, (size_t)b->count + 1, sizeof *b->piece);
	b->piece[b->count++] = piece;
}

void template_drop(struct template_builder *b)
{
	free(b->piece);
	buf_fini(&b->literal);
	b->piece = NULL;
	b->count = 0;
	b->open = 0;
}

struct template *template_finish(struct template_builder *b, char **fixed, size_t *fixed_bytes)
{
	struct template *t = NULL;
	size_t bytes;

	if (b->count == 0 && fixed) {
		*fixed = buf_take(&b->literal, fixed_bytes);
		template_drop(b);
		return NULL;
	}
	close_literal(b);
	t = xcalloc(1, sizeof *t);
	t->piece = b->piece;
	t->count = b->count;
	t->literal = buf_take(&b->literal, &bytes);
	b->piece = NULL;
	template_drop(b);
	return t;
}

char *template_sketch(const struct template *template, const char *stand_in, size_t *bytes)
{
	struct buf out = {0};

	for (const struct piece *p = template->piece; p < template->piece + template->count; p++)
		if (p->kind == PIECE_LITERAL)
			buf_add(&out, template->literal + p->at, p->bytes);
		else
			buf_puts(&out, stand_in);
	return buf_take(&out, bytes);
}
