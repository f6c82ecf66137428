#include "ui/sgr.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "base/utf8.h"
#include "ui/look.h"

/* Cells that are the same but cheaper written again than stepped over. */
#define BRIDGE 4

/* Where the terminal is while a frame is put together. */
struct pencil {
	struct buf *out;
	const struct sgr *sgr;
	int x, y;         /* of the cursor; x -1: not known */
	struct cell pen;  /* whose role, level and attr are on; ch 1: none is */
};

static void put_color(char *out, size_t *used, bool ground, uint32_t rgb)
{
	*used += (size_t)snprintf(out + *used, SGR_STYLE_BYTES - *used, ";%d;2;%u;%u;%u", ground ? 48 : 38, rgb >> 16 & 255,
				  rgb >> 8 & 255, rgb & 255);
}

void sgr_theme(struct sgr *sgr, const struct theme *theme)
{
	for (int role = 0; role < ROLE_COUNT; role++)
		for (int level = 0; level < THEME_STEPS; level++) {
			struct look look = look_of(theme, (enum role)role, level, LOOK_DIRECT);
			char *style = sgr->style[role][level];
			size_t used = 0;

			style[0] = '\0';
			if (look.fg >= 0)
				put_color(style, &used, false, (uint32_t)look.fg);
			if (look.bg >= 0)
				put_color(style, &used, true, (uint32_t)look.bg);
			sgr->attr[role] = (uint8_t)look.attr;
		}
}

static void move(struct pencil *p, int x, int y)
{
	if (p->x == x && p->y == y)
		return;
	buf_puts(p->out, "\033[");
	buf_number(p->out, (uint64_t)y + 1);
	buf_puts(p->out, ";");
	buf_number(p->out, (uint64_t)x + 1);
	buf_puts(p->out, "H");
	p->x = x;
	p->y = y;
}

static void dress(struct pencil *p, const struct cell *cell)
{
	int role = cell->role < ROLE_COUNT ? cell->role : ROLE_TEXT;
	int level = cell->level < THEME_STEPS ? cell->level : THEME_STEPS - 1;
	int attr = cell->attr | p->sgr->attr[role];

	if (p->pen.ch != 1 && p->pen.role == cell->role && p->pen.level == cell->level && p->pen.attr == cell->attr)
		return;
	buf_puts(p->out, "\033[0");
	if (attr & ATTR_BOLD)
		buf_puts(p->out, ";1");
	if (attr & ATTR_DIM)
		buf_puts(p->out, ";2");
	if (attr & ATTR_UNDERLINE)
		buf_puts(p->out, ";4");
	if (attr & ATTR_REVERSE)
		buf_puts(p->out, ";7");
	buf_puts(p->out, p->sgr->style[role][level]);
	buf_puts(p->out, "m");
	p->pen = *cell;
	p->pen.ch = 0;
}

static void put(struct pencil *p, const struct cell *cell, bool wide, int width)
{
	/* As in curses: a character that the locale lacks, or takes for another width
	 * than we do, would shift the rest of the line. */
	const bool known = cell->ch < 0x7f || wcwidth((wchar_t)cell->ch) == (wide ? 2 : 1);
	char text[4];

	dress(p, cell);
	if (known)
		buf_add(p->out, text, utf8_encode(cell->ch, text));
	else
		buf_puts(p->out, wide ? "? " : "?");
	p->x += wide ? 2 : 1;
	/* In the last column a terminal waits with its cursor; after a wide character
	 * not all agree where it is. */
	if (p->x >= width || wide)
		p->x = -1;
}

static bool same(const struct cell *a, const struct cell *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}

static void put_row(struct pencil *p, const struct cell *now, const struct cell *was, int y, int columns, int width, bool all)
{
	for (int x = 0; x < width; x++) {
		if (now[x].ch == 0 || (!all && same(&now[x], &was[x]) && (x + 1 >= columns || now[x + 1].ch || same(&now[x + 1], &was[x + 1]))))
			continue;
		/* A short way is bridged by writing what is there already. */
		if (p->y == y && p->x >= 0 && p->x < x && x - p->x <= BRIDGE) {
			bool plain = true;

			for (int i = p->x; i < x; i++)
				plain = plain && now[i].ch && (i + 1 >= columns || now[i + 1].ch);
			for (int i = p->x; plain && i < x; i++)
				put(p, &now[i], false, width);
		}
		move(p, x, y);
		put(p, &now[x], x + 1 < columns && now[x + 1].ch == 0, width);
	}
}

void sgr_frame(const struct sgr *sgr, const struct canvas *now, struct canvas *shown, int width, int height, bool all,
	       struct buf *out)
{
	struct pencil p = {.out = out, .sgr = sgr, .x = -1, .y = -1, .pen = {.ch = 1}};
	const size_t begin = out->used;

	width = now->width < width ? now->width : width;
	height = now->height < height ? now->height : height;
	/* Terminals that know it show the frame as a whole, others ignore it. */
	buf_puts(out, "\033[?2026h");
	const size_t empty = out->used;

	for (int y = 0; y < height; y++) {
		const size_t at = (size_t)y * (size_t)now->width, bytes = (size_t)width * sizeof *now->cell;

		if (!all && memcmp(now->cell + at, shown->cell + at, bytes) == 0)
			continue;
		put_row(&p, now->cell + at, shown->cell + at, y, now->width, width, all);
		memcpy(shown->cell + at, now->cell + at, bytes);
	}
	if (out->used == empty) {
		out->used = begin;
		return;
	}
	buf_puts(out, "\033[0m\033[?2026l");
}
