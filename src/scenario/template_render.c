#include <string.h>

#include "template.h"

void template_put(struct buf *out, enum form form, const char *bytes, size_t count)
{
	switch (form) {
	case FORM_TEXT:
		buf_add(out, bytes, count);
		break;
	case FORM_JSON:
		buf_json(out, bytes, count);
		break;
	case FORM_VALUE:
		buf_add(out, "\"", 1);
		buf_json(out, bytes, count);
		buf_add(out, "\"", 1);
		break;
	case FORM_URL:
		buf_url(out, bytes, count);
		break;
	case FORM_HEADER:
		buf_header(out, bytes, count);
		break;
	}
}

static void put_uuid(struct buf *out, struct rng *rng)
{
	static const char hex[] = "0123456789abcdef";
	uint64_t half[2] = {rng_next(rng), rng_next(rng)};
	char text[36], *p = text;

	half[0] = (half[0] & ~0xf000ull) | 0x4000;       /* version 4 */
	half[1] = (half[1] & ~(3ull << 62)) | 1ull << 63; /* RFC 9562's variant */
	for (int i = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			*p++ = '-';
		*p++ = hex[half[i / 16] >> (60 - 4 * (i % 16)) & 15];
	}
	buf_add(out, text, sizeof text);
}

static void put_data(const struct piece *piece, struct template_view *view, struct buf *out)
{
	const struct data_set *set = view->scenario->data[piece->set];
	uint64_t row = view->row[piece->set];
	enum data_kind kind;
	size_t bytes;
	const char *text = data_text(set, row, piece->index, &bytes, &kind);

	if (kind == DATA_MADE) {
		view->scratch.used = 0;
		text = buf_reserve(&view->scratch, data_room(set, row, piece->index));
		bytes = data_write(set, row, piece->index, view->scratch.at);
	}
	if (kind == DATA_JSON && piece->form == FORM_VALUE)
		buf_add(out, text, bytes);
	else if (kind != DATA_NONE)
		template_put(out, (enum form)piece->form, text, bytes);
}

static void put_captured(const struct piece *piece, const struct template_view *view,
			 struct buf *out)
{
	const struct captured *c = &view->captured[piece->index];

	if (c->there && (c->string || piece->form != FORM_VALUE))
		template_put(out, (enum form)piece->form, c->text.at, c->text.used);
	else if (c->there)
		buf_add(out, c->text.at, c->text.used);
	else if (piece->form == FORM_VALUE)
		buf_puts(out, "null");
}

static void put_turn(const struct piece *piece, const struct template_view *view, struct buf *out)
{
	size_t from = piece->index ? view->answer_end[piece->index - 1] : 0;

	template_put(out, (enum form)piece->form, view->answers.at + from,
		     view->answer_end[piece->index] - from);
}

void template_render(const struct template *template, struct template_view *view, struct buf *out)
{
	for (const struct piece *p = template->piece; p < template->piece + template->count; p++) {
		switch ((enum piece_kind)p->kind) {
		case PIECE_LITERAL:
			buf_add(out, template->literal + p->at, p->bytes);
			break;
		case PIECE_DATA:
			put_data(p, view, out);
			break;
		case PIECE_SEQ:
			buf_number(out, view->seq);
			break;
		case PIECE_USER:
			buf_number(out, view->user);
			break;
		case PIECE_UUID:
			put_uuid(out, view->rng);
			break;
		case PIECE_TURN:
			put_turn(p, view, out);
			break;
		case PIECE_CAPTURE:
			put_captured(p, view, out);
			break;
		case PIECE_HISTORY:
			buf_add(out, view->history.at, view->history.used);
			break;
		}
	}
}
