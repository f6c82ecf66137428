/* A plot over the level of load: users, or arrivals a second, to the right from 0, what
 * they gave upward from 0. Both axes are linear, so that what is linear looks it. */
#ifndef UI_PLANE_H
#define UI_PLANE_H

#include "ui/view.h"

struct plane {
	struct view plot;
	double to, max;      /* the right end, the top; > 0 */
	const struct glyphs *g;
};

/* The dots that the view shows: those of the present kind of load, else of the other. */
uint8_t plane_mode(const struct snapshot *s);
double plane_level(const struct snapshot *s);
/* Into a pane: axes and dots' levels; `plane.max` and `to` are set. False: no room. */
bool plane_open(const struct scene *scene, struct view view, struct plane *plane, double max_shown);
/* The column of a level, the row of a value; -1: outside. */
int plane_x(const struct plane *plane, double level);
int plane_y(const struct plane *plane, double value);
/* The level in the middle of a column. */
double plane_level_at(const struct plane *plane, int x);
/* From (level, low) to (level, high), where these are known. */
void plane_interval(const struct plane *plane, double level, double low, double high, struct pen pen);
void plane_dot(const struct plane *plane, double level, double value, uint32_t glyph, struct pen pen);

#endif
