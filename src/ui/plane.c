#include "plane.h"

#include "base/utf8.h"

#include <math.h>
#include <stdio.h>

#define AXIS_LEFT 6
#define ROOM 1.04 /* right of the highest level */

uint8_t plane_mode(const struct snapshot *s)
{
	uint8_t other = s->mode == MODE_OPEN ? MODE_CLOSED : MODE_OPEN;

	for (int i = 0; i < s->scaling.count; i++)
		if (s->scaling.dot[i].mode == s->mode)
			return (uint8_t)s->mode;
	return s->scaling.count ? other : (uint8_t)s->mode;
}

double plane_level(const struct snapshot *s)
{
	uint8_t mode = plane_mode(s);
	double top = 0;

	for (int i = 0; i < s->scaling.count; i++)
		if (s->scaling.dot[i].mode == mode && s->scaling.dot[i].level > top)
			top = s->scaling.dot[i].level;
	return top;
}

int plane_x(const struct plane *p, double level)
{
	double x = level / p->to * p->plot.width;

	return x >= 0 && x < p->plot.width ? (int)x : -1;
}

int plane_y(const struct plane *p, double value)
{
	double up = value / p->max * p->plot.height;

	return up >= 0 && up <= p->plot.height ? p->plot.height - 1 - (up < p->plot.height ? (int)up : p->plot.height - 1) : -1;
}

double plane_level_at(const struct plane *p, int x)
{
	return p->to * (x + 0.5) / p->plot.width;
}

/* The levels of the dots; the higher ones first, what does not fit is left out. */
static void level_axis(const struct scene *scene, struct view view, const struct plane *p)
{
	const struct snapshot *s = scene->s;
	uint8_t mode = plane_mode(s);
	int free_to = view.width;
	double below = INFINITY;

	for (int x = 0; x < view.width; x++)
		view_put(view, x, 0, scene->g->rule, PEN(ROLE_RULE));
	for (;;) {
		char text[FORMAT_BYTES];
		double next = -1;
		int x, cells;

		for (int i = 0; i < s->scaling.count; i++)
			if (s->scaling.dot[i].mode == mode && s->scaling.dot[i].level < below && s->scaling.dot[i].level > next)
				next = s->scaling.dot[i].level;
		if (next < 0)
			break;
		below = next;
		x = plane_x(p, next);
		cells = utf8_cells(format_level(next, text));
		if (x < 0)
			continue;
		view_put(view, x, 0, scene->g->tick, PEN(ROLE_TICK));
		/* The last one's stands before it. */
		if (x + 1 + cells > view.width && x - cells > 0) {
			view_right(view, x, 0, PEN(ROLE_TICK), text);
			free_to = x - cells - 1;
		} else if (x + 1 + cells <= free_to) {
			view_text(view, x + 1, 0, PEN(ROLE_TICK), text);
			free_to = x - 1;
		}
	}
}

bool plane_open(const struct scene *scene, struct view view, struct plane *p, double max_shown)
{
	double top = plane_level(scene->s);

	p->plot = view_part(view, AXIS_LEFT, 1, view.width - AXIS_LEFT - 1, view.height - 2);
	p->g = scene->g;
	p->to = top > 0 ? top * ROOM : 1;
	p->max = format_nice_max(max_shown * 1.02);
	if (p->plot.width < 1 || p->plot.height < 1)
		return false;
	graph_y_axis(view_part(view, 0, 1, AXIS_LEFT, view.height - 1), scene->g, p->max);
	level_axis(scene, view_part(view, AXIS_LEFT, view.height - 1, p->plot.width + 1, 1), p);
	return true;
}

void plane_interval(const struct plane *p, double level, double low, double high, struct pen pen)
{
	int x = plane_x(p, level), from, to;

	if (x < 0 || !(low >= 0) || !(high >= low) || low > p->max)
		return;
	from = plane_y(p, low);
	to = plane_y(p, high < p->max ? high : p->max);
	for (int y = to; y <= from && from > to; y++)
		view_put(p->plot, x, y, p->g->axis, pen);
}

void plane_dot(const struct plane *p, double level, double value, uint32_t glyph, struct pen pen)
{
	int x = plane_x(p, level), y = plane_y(p, value);

	if (x >= 0 && y >= 0)
		view_put(p->plot, x, y, glyph, pen);
}
