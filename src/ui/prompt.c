#include "ui/prompt.h"

#include <string.h>

#include "base/utf8.h"
#include "ui/keys.h"

#define CTRL(letter) ((letter) & 0x1f)
#define DELETE 0x7f

void prompt_start(struct prompt *p, const char *text, size_t most)
{
	p->most = most < PROMPT_BYTES ? most : PROMPT_BYTES - 1;
	utf8_clean(text, strlen(text), p->text, p->most + 1);
	p->at = strlen(p->text);
}

/* Where the character before `at` begins. */
static size_t before(const struct prompt *p, size_t at)
{
	while (at > 0 && ((unsigned char)p->text[--at] & 0xc0) == 0x80)
		;
	return at;
}

static size_t behind(const struct prompt *p, size_t at)
{
	uint32_t cp;

	return p->text[at] ? at + utf8_decode(p->text + at, strlen(p->text + at), &cp) : at;
}

static enum prompt_event cut(struct prompt *p, size_t from, size_t to)
{
	memmove(p->text + from, p->text + to, strlen(p->text + to) + 1);
	p->at = from;
	return PROMPT_CHANGED;
}

static enum prompt_event move(struct prompt *p, size_t at)
{
	p->at = at;
	return PROMPT_CHANGED;
}

static enum prompt_event cut_word(struct prompt *p)
{
	size_t from = p->at;

	while (from > 0 && p->text[from - 1] == ' ')
		from--;
	while (from > 0 && p->text[from - 1] != ' ')
		from--;
	return cut(p, from, p->at);
}

static enum prompt_event insert(struct prompt *p, int code)
{
	char bytes[4];
	size_t n, used = strlen(p->text);

	if (code < ' ' || code > 0x10ffff || utf8_width((uint32_t)code) < 0)
		return PROMPT_NOTHING;
	n = utf8_encode((uint32_t)code, bytes);
	if (used + n > p->most)
		return PROMPT_NOTHING;
	memmove(p->text + p->at + n, p->text + p->at, used - p->at + 1);
	memcpy(p->text + p->at, bytes, n);
	return move(p, p->at + n);
}

enum prompt_event prompt_key(struct prompt *p, int code)
{
	switch (code) {
	case KEY_ESC_:
		return PROMPT_CANCELLED;
	case '\r':
	case '\n':
		return PROMPT_ACCEPTED;
	case DELETE:
	case CTRL('H'):
		return cut(p, before(p, p->at), p->at);
	case CTRL('D'):
		return cut(p, p->at, behind(p, p->at));
	case CTRL('U'):
		return cut(p, 0, p->at);
	case CTRL('W'):
		return cut_word(p);
	case KEY_LEFT_:
		return move(p, before(p, p->at));
	case KEY_RIGHT_:
		return move(p, behind(p, p->at));
	case KEY_HOME_:
	case CTRL('A'):
		return move(p, 0);
	case KEY_END_:
	case CTRL('E'):
		return move(p, strlen(p->text));
	default:
		return insert(p, code);
	}
}

/* So many cells are left of the cursor. */
static int cells_before(const struct prompt *p, size_t from)
{
	char text[PROMPT_BYTES];

	memcpy(text, p->text + from, p->at - from);
	text[p->at - from] = '\0';
	return utf8_cells(text);
}

void prompt_draw(const struct prompt *p, struct view view, const char *label)
{
	/* Without room for both the label goes. */
	int x = utf8_cells(label) + 10 < view.width ? view_text(view, 0, 0, PEN(ROLE_DIM), label) + 1 : 0;
	struct view field = view_part(view, x, 0, view.width - x, 1);
	char here[8] = " ";
	size_t from = 0;

	while (from < p->at && cells_before(p, from) >= field.width)
		from = behind(p, from);
	view_text(field, 0, 0, PEN(ROLE_TEXT), p->text + from);
	if (p->text[p->at])
		memcpy(here, p->text + p->at, behind(p, p->at) - p->at);
	view_text(field, cells_before(p, from), 0, (struct pen){.role = ROLE_TEXT, .attr = ATTR_REVERSE}, here);
}
