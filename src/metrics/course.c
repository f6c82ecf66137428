#include "metrics/course.h"

#include <string.h>

#include "base/utf8.h"

#define FIRST_COLUMN_US INT64_C(500000)

void course_init(struct course *c)
{
	memset(c, 0, sizeof *c);
	c->column_us = FIRST_COLUMN_US;
}

/* --- the load ----------------------------------------------------------------- */

static void forget_shortest(struct course *c)
{
	int shortest = 0;

	for (int i = 1; i + 1 < c->points; i++)
		if (c->point[i + 1].t_us - c->point[i].t_us <
		    c->point[shortest + 1].t_us - c->point[shortest].t_us)
			shortest = i;
	c->points--;
	memmove(&c->point[shortest], &c->point[shortest + 1], (size_t)(c->points - shortest) * sizeof *c->point);
}

void course_point(struct course *c, const struct course_point *point)
{
	if (c->points && point->t_us <= c->point[c->points - 1].t_us) {
		/* Of several at one moment the last one counts. */
		if (point->t_us == c->point[c->points - 1].t_us)
			c->point[c->points - 1] = *point;
		return;
	}
	if (c->points == COURSE_POINTS)
		forget_shortest(c);
	c->point[c->points++] = *point;
}

/* --- marks ---------------------------------------------------------------------- */

int course_mark_put(struct course_mark mark[COURSE_MARKS], int marks, int64_t t_us, const char *note)
{
	int at = marks;

	while (at > 0 && mark[at - 1].t_us > t_us)
		at--;
	if (marks == COURSE_MARKS) {
		if (!at)
			return marks;
		memmove(&mark[0], &mark[1], (size_t)(COURSE_MARKS - 1) * sizeof *mark);
		marks--;
		at--;
	}
	memmove(&mark[at + 1], &mark[at], (size_t)(marks - at) * sizeof *mark);
	mark[at].t_us = t_us;
	utf8_clean(note, strlen(note), mark[at].note, sizeof mark[at].note);
	return marks + 1;
}

void course_mark(struct course *c, int64_t t_us, const char *note)
{
	c->marks = course_mark_put(c->mark, c->marks, t_us, note);
}

/* --- what failed ------------------------------------------------------------------ */

static void add(uint32_t *to, uint32_t n)
{
	if (__builtin_add_overflow(*to, n, to))
		*to = UINT32_MAX;
}

static void widen(struct course *c)
{
	for (int i = 0; i < COURSE_COLUMNS; i++) {
		uint32_t n = c->bad[i];

		c->bad[i] = 0;
		add(&c->bad[i / 2], n);
	}
	c->column_us *= 2;
}

void course_bad(struct course *c, int64_t t_us, uint32_t count)
{
	if (t_us < 0)
		t_us = 0;
	while (t_us / c->column_us >= COURSE_COLUMNS)
		widen(c);
	add(&c->bad[t_us / c->column_us], count);
}

void course_set_bad(struct course *c, int64_t length_us, const uint32_t *bad, int columns)
{
	memset(c->bad, 0, sizeof c->bad);
	c->column_us = FIRST_COLUMN_US;
	for (int i = 0; i < columns; i++)
		if (bad[i])
			course_bad(c, i * length_us, bad[i]);
}
