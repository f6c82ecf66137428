/* Places of a run worth a jump: marks, changes of the load, where errors begin. */
#include <stdio.h>

#include "ui/view.h"

/* The nearest so far on one side of a moment. */
struct search {
	int64_t from_us, best_us;
	int way;
};

static bool nearer(struct search *s, int64_t t_us)
{
	bool there = s->way > 0 ? t_us > s->from_us : t_us < s->from_us;

	if (!there || (s->best_us >= 0 && (s->way > 0 ? t_us >= s->best_us : t_us <= s->best_us)))
		return false;
	s->best_us = t_us;
	return true;
}

static void point_text(const struct course_point *p, char *out, size_t bytes)
{
	static const char *const phase[] = {
		[PHASE_WARMUP] = "warm-up", [PHASE_LOAD] = "", [PHASE_PAUSE] = "load paused",
		[PHASE_DRAIN] = "drain", [PHASE_END] = "end",
	};
	char level[FORMAT_BYTES];

	if (p->phase != PHASE_LOAD)
		snprintf(out, bytes, "%s", phase[p->phase <= PHASE_END ? p->phase : PHASE_END]);
	else if (p->mode == MODE_OPEN)
		snprintf(out, bytes, "rate %s/s", format_level(p->level, level));
	else
		snprintf(out, bytes, "%s %s", format_level(p->level, level), p->level < 1.5 ? "user" : "users");
}

int64_t landmark_find(const struct course *c, int64_t from_us, int way, char *what, size_t bytes)
{
	struct search s = {.from_us = from_us, .best_us = -1, .way = way};

	for (int i = 0; i < COURSE_COLUMNS && c->column_us > 0; i++)
		if (c->bad[i] && (!i || !c->bad[i - 1]) && nearer(&s, i * c->column_us))
			snprintf(what, bytes, "errors");
	for (int i = 0; i < c->points; i++)
		if (nearer(&s, c->point[i].t_us))
			point_text(&c->point[i], what, bytes);
	for (int i = 0; i < c->marks; i++)
		if (nearer(&s, c->mark[i].t_us))
			snprintf(what, bytes, *c->mark[i].note ? "mark \"%s\"" : "mark", c->mark[i].note);
	return s.best_us;
}
