/* One line for the whole run: its operating points, its marks, where requests failed, and
 * where the picture stands. */
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "ui/view.h"

#define PLOT_MAX 1024
#define PLOT_LEAST 8
#define LABELED 40 /* cells from which the end has its time */
#define WORDY 110  /* from which the signs are explained */
#define NAME_MAX 20
#define NAME_LEAST 4 /* cells of a note that say something */

#define RIGHT_HALF 0 /* instead of a character: of the wide one before it */

/* A cell of the line, and what it is of. */
struct mark_cell {
	uint32_t ch;
	struct pen pen;
	bool taken; /* no label goes over it */
	bool said;  /* it is of a text, or marks a moment */
	bool bad;   /* requests failed */
};

struct line_of_run {
	const struct scene *scene;
	const struct course *course; /* never NULL */
	int64_t end_us;
	int cells;
	struct mark_cell cell[PLOT_MAX];
};

static int cell_of(const struct line_of_run *l, int64_t t_us)
{
	double at = (double)t_us / (double)l->end_us * l->cells;

	return at < 0 ? 0 : at >= l->cells ? l->cells - 1 : (int)at;
}

static void put(struct line_of_run *l, int x, uint32_t ch, struct pen pen)
{
	l->cell[x].ch = ch;
	l->cell[x].pen = pen;
	l->cell[x].taken = true;
}

/* --- what is no text ------------------------------------------------------------- */

/* Where the load was not on the line is faint. */
static void draw_base(struct line_of_run *l)
{
	const struct glyphs *g = l->scene->g;
	const struct course *c = l->course;

	for (int x = 0; x < l->cells; x++)
		l->cell[x] = (struct mark_cell){.ch = g->rule, .pen = PEN(ROLE_RULE)};
	for (int i = 0; i < c->points; i++) {
		int to = i + 1 < c->points ? cell_of(l, c->point[i + 1].t_us) : l->cells;

		if (c->point[i].phase != PHASE_LOAD)
			for (int x = cell_of(l, c->point[i].t_us); x < to; x++)
				l->cell[x].ch = g->lane;
	}
}

static void mark_bad(struct line_of_run *l, int64_t length_us, const uint32_t *bad, int columns)
{
	for (int i = 0; i < columns && i * length_us < l->end_us; i++)
		if (bad[i])
			for (int x = cell_of(l, i * length_us); x <= cell_of(l, (i + 1) * length_us - 1); x++)
				l->cell[x].bad = true;
}

/* What the file told beforehand, and what the picture knows. */
static void draw_bad(struct line_of_run *l)
{
	const struct snapshot *s = l->scene->s;

	if (l->course->column_us > 0)
		mark_bad(l, l->course->column_us, l->course->bad, COURSE_COLUMNS);
	if (s->heat.length_us > 0)
		mark_bad(l, s->heat.length_us, s->bad, s->heat.columns);
	for (int x = 0; x < l->cells; x++)
		if (l->cell[x].bad)
			l->cell[x].ch = '!', l->cell[x].pen = PEN(ROLE_BAD);
}

/* Whether text there would leave nothing of a stretch of errors to be seen. */
static bool hides_errors(const struct line_of_run *l, int from, int cells)
{
	for (int x = from; x < from + cells; x++) {
		int a = x, b = x;
		bool seen = false;

		if (!l->cell[x].bad)
			continue;
		while (a > 0 && l->cell[a - 1].bad)
			a--;
		while (b + 1 < l->cells && l->cell[b + 1].bad)
			b++;
		for (int i = a; i <= b; i++)
			seen |= (i < from || i >= from + cells) && l->cell[i].ch == '!';
		if (!seen)
			return true;
		x = b;
	}
	return false;
}

static void draw_ticks(struct line_of_run *l)
{
	for (int i = 0; i < l->course->points; i++) {
		int x = cell_of(l, l->course->point[i].t_us);

		if (hides_errors(l, x, 1))
			l->cell[x].taken = true;
		else
			put(l, x, l->scene->g->tick, PEN(ROLE_TICK));
	}
	for (int i = 0; i < l->course->marks; i++) {
		int x = cell_of(l, l->course->mark[i].t_us);

		put(l, x, l->scene->g->mark, PEN(ROLE_ACCENT));
		l->cell[x].said = true;
	}
}

/* --- text ------------------------------------------------------------------------ */

/* Free cells from x on, one before whatever comes next left out. */
static int room_at(const struct line_of_run *l, int x)
{
	int end = x;

	while (end < l->cells && !l->cell[end].taken)
		end++;
	return end < l->cells ? end - x - 1 : end - x;
}

static void put_text(struct line_of_run *l, int x, struct pen pen, const char *text)
{
	while (*text) {
		uint32_t cp;
		int width;

		text += utf8_decode(text, strlen(text), &cp);
		width = utf8_width(cp);
		if (width < 0)
			cp = '?', width = 1;
		if (x + width > l->cells)
			return;
		for (int i = 0; i < width; i++) {
			put(l, x, i ? RIGHT_HALF : cp, pen);
			l->cell[x++].said = true;
		}
	}
}

/* Newest first: where room is short the newer ones have it. */
static void draw_names(struct line_of_run *l)
{
	char name[COURSE_NOTE + 4];

	for (int i = l->course->marks - 1; i >= 0; i--) {
		const struct course_mark *m = &l->course->mark[i];
		int x = cell_of(l, m->t_us) + 1, room = room_at(l, x);

		if (room > NAME_MAX)
			room = NAME_MAX;
		if (!*m->note || (room < utf8_cells(m->note) && room < NAME_LEAST))
			continue;
		format_fit(m->note, room, l->scene->g, name, sizeof name);
		if (!hides_errors(l, x, utf8_cells(name)))
			put_text(l, x, PEN(ROLE_TEXT), name);
	}
}

static void draw_levels(struct line_of_run *l)
{
	for (int i = l->course->points - 1; i >= 0; i--) {
		const struct course_point *p = &l->course->point[i];
		int x = cell_of(l, p->t_us) + 1;
		char label[FORMAT_BYTES];
		struct pen pen = axis_label(p->phase, p->mode, p->level, l->scene->g, label);

		if (utf8_cells(label) <= room_at(l, x) && !hides_errors(l, x, utf8_cells(label)))
			put_text(l, x, pen, label);
	}
}

/* On a text the cell is lit: a number without a digit would be another one. */
static void draw_here(struct line_of_run *l, int64_t at_us)
{
	int x = cell_of(l, at_us);
	struct mark_cell *c = &l->cell[x - (l->cell[x].ch == RIGHT_HALF)];

	if (!c->said)
		c->ch = l->scene->g->here;
	c->pen = (struct pen){.role = c->bad && !c->said ? ROLE_BAD : ROLE_SELECTED, .attr = ATTR_REVERSE};
}

static int draw_legend(const struct scene *scene, struct view view, int right)
{
	char glyph[GLYPH_BYTES], text[FORMAT_BYTES];
	int x;

	snprintf(text, sizeof text, "%s mark  ", format_glyph(scene->g->mark, glyph));
	x = right - utf8_cells(text) - (int)strlen("! errors");
	right = x - 3;
	x = view_text(view, x, 0, PEN(ROLE_DIM), text);
	view_put(view, x, 0, '!', PEN(ROLE_BAD));
	view_text(view, x + 1, 0, PEN(ROLE_DIM), " errors");
	return right;
}

static int64_t end_of(const struct dashboard *d)
{
	return d->course && d->course->end_us > d->play.end_us ? d->course->end_us : d->play.end_us;
}

int64_t scrubber_us(const struct dashboard *d, int cell, int cells)
{
	return cells > 0 ? (int64_t)((cell + 0.5) / cells * (double)end_of(d)) : 0;
}

void scrubber_draw(const struct scene *scene, struct view view)
{
	static const struct course unknown;
	const struct dashboard *d = scene->d;
	struct line_of_run l = {.scene = scene, .course = d->course ? d->course : &unknown};
	int left = view.width >= LABELED, right = view.width - left;
	char end[FORMAT_BYTES];

	l.end_us = end_of(d);
	if (view.height < 1 || l.end_us <= 0)
		return;
	if (view.width >= WORDY)
		right = draw_legend(scene, view, right);
	if (view.width >= LABELED) {
		format_elapsed(l.end_us, end);
		view_right(view, right, 0, PEN(ROLE_DIM), end);
		right -= utf8_cells(end) + 1;
	}
	l.cells = right - left - 2 < PLOT_MAX ? right - left - 2 : PLOT_MAX;
	if (l.cells < PLOT_LEAST)
		return;
	draw_base(&l);
	draw_bad(&l);
	draw_ticks(&l);
	draw_names(&l);
	draw_levels(&l);
	draw_here(&l, d->play.at_us);
	view_put(view, left, 0, scene->g->axis_begin, PEN(ROLE_RULE));
	for (int x = 0; x < l.cells; x++)
		if (l.cell[x].ch != RIGHT_HALF)
			view_put(view, left + 1 + x, 0, l.cell[x].ch, l.cell[x].pen);
	view_put(view, left + 1 + l.cells, 0, scene->g->axis_tick, PEN(ROLE_RULE));
	region_cells(d->regions, REGION_SCRUBBER, 0, view, left + 1, 0, l.cells, 1, 1, 1);
}
