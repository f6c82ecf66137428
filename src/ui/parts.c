/* Phases of requests as pictures have them: what making a connection takes is one. */
#include "ui/view.h"

#include <math.h>
#include <string.h>

#define TIGHT 44 /* cells below which a name stands at its glyph */

static const struct {
	const char *name, *brief;
	struct pen pen;
} groups[PARTS_GROUPS] = {
	[GROUP_QUEUE] = {"queue", "queue", {.role = ROLE_WARN}},
	[GROUP_SETUP] = {"dns, connect, tls", "setup", {.role = ROLE_P99}},
	[GROUP_WAIT] = {"wait", "wait", {.role = ROLE_BAR, .level = 40}},
	[GROUP_PREFILL] = {"prefill", "prefill", {.role = ROLE_P50}},
	[GROUP_BODY] = {"body", "body", {.role = ROLE_RATE, .level = 70}},
};

static enum parts_group group_of(enum snap_part part)
{
	switch (part) {
	case REQ_QUEUE:
		return GROUP_QUEUE;
	case REQ_DNS:
	case REQ_CONNECT:
	case REQ_TLS:
		return GROUP_SETUP;
	case REQ_WAIT:
		return GROUP_WAIT;
	case REQ_PREFILL:
		return GROUP_PREFILL;
	case REQ_BODY:
	case REQ_PHASES:
		break;
	}
	return GROUP_BODY;
}

bool parts_shown(const struct scene *scene, enum snap_part part)
{
	switch (scene->s->query.clock) {
	case CLOCK_SERVICE:
		return part != REQ_QUEUE;
	case CLOCK_QUEUE:
		return part == REQ_QUEUE;
	default:
		return true;
	}
}

double parts_sum(const struct scene *scene, const float us[REQ_PHASES], double group_us[PARTS_GROUPS])
{
	double sum = 0;

	memset(group_us, 0, PARTS_GROUPS * sizeof *group_us);
	for (int i = 0; i < REQ_PHASES; i++) {
		if (!parts_shown(scene, (enum snap_part)i) || !(us[i] > 0))
			continue;
		group_us[group_of((enum snap_part)i)] += (double)us[i];
		sum += (double)us[i];
	}
	return sum;
}

enum parts_group parts_group_at(const double group_us[PARTS_GROUPS], double at_us)
{
	enum parts_group last = GROUP_BODY;
	double sum = 0;

	for (int g = 0; g < PARTS_GROUPS; g++) {
		if (!(group_us[g] > 0))
			continue;
		last = (enum parts_group)g;
		sum += group_us[g];
		if (at_us < sum)
			break;
	}
	return last;
}

int parts_cells(double us, double most_us, int room)
{
	double cells = most_us > 0 ? round(us / most_us * room) : 0;

	/* Little is still there. */
	if (us > 0 && cells < 1)
		cells = 1;
	return cells > 0 ? cells < room ? (int)cells : room : 0;
}

void parts_put(const struct scene *scene, struct view view, int x, int y, enum parts_group group, bool sure)
{
	struct pen pen = groups[group].pen;

	if (!sure)
		pen.attr = ATTR_DIM;
	view_put(view, x, y, scene->g->part[group], pen);
}

void parts_legend(const struct scene *scene, struct view view, int x, int y)
{
	bool shown[PARTS_GROUPS] = {false};
	char glyph[GLYPH_BYTES];
	struct line line;

	for (int i = 0; i < REQ_PHASES; i++)
		shown[group_of((enum snap_part)i)] |= parts_shown(scene, (enum snap_part)i);
	line_init(&line);
	for (int g = 0; g < PARTS_GROUPS; g++) {
		struct piece *piece;

		if (!shown[g])
			continue;
		piece = line_piece(&line, g, view.width < PARTS_SPELLED ? 1 : 3);
		line_span(piece, groups[g].pen, "%s", format_glyph(scene->g->part[g], glyph));
		line_span(piece, PEN(ROLE_DIM), "%s%s", view.width < TIGHT ? "" : " ",
			  view.width < PARTS_SPELLED ? groups[g].brief : groups[g].name);
	}
	line_draw(&line, view, x, y, view.width - x, scene->g);
}
