/* The line under a histogram that says which modes the present load's latencies have, and
 * what they follow; with the whole screen for it all that is known of them. */
#include "ui/view.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "metrics/modes.h"

#define LEAST 8   /* rows of a pane from which there is room */
#define ROOMY 16  /* and for a second one */
#define DETAILED 20

/* The load whose modes they are, where there was another one. */
static void load_words(const struct snapshot *s, char *out, size_t bytes)
{
	const struct snap_point *load = NULL;
	int loads = 0;
	char level[FORMAT_BYTES];

	for (int i = 0; i < s->point_count && i < SNAP_POINTS; i++)
		if (s->point[i].phase == PHASE_LOAD) {
			load = &s->point[i];
			loads++;
		}
	*out = '\0';
	if (loads < 2)
		return;
	format_level(load->level, level);
	if (load->mode == MODE_OPEN)
		snprintf(out, bytes, "%s/s: ", level);
	else
		snprintf(out, bytes, "%s %s: ", level, load->level < 1.5 ? "user" : "users");
}

/* In a single row the words that matter most have to fit. */
static void sentence(const struct scene *scene, int rows, char *out, size_t bytes)
{
	const struct snap_modes *m = &scene->s->modes;
	char load[2 * FORMAT_BYTES], n[FORMAT_BYTES];

	*load = '\0';
	if (rows > 1)
		load_words(scene->s, load, sizeof load);
	if (scene->s->query.clock == CLOCK_QUEUE)
		snprintf(out, bytes, "modes are told by the response and service clocks");
	else if (!m->count)
		snprintf(out, bytes, "%smodes not yet known, %s of %d requests", load, format_count(m->requests, n), MODES_LEAST);
	else
		snprintf(out, bytes, "%s%s", load, m->sentence);
}

/* "explains  new connection 94 %  task 12 %". */
static void explains_draw(const struct scene *scene, struct view view, int y)
{
	static const char *const name[TRAITS] = {
#define X(id, name, follows) [TRAIT_##id] = name,
		SNAP_TRAITS(X)
#undef X
	};
	const struct snap_modes *m = &scene->s->modes;
	char number[FORMAT_BYTES];
	struct line line;

	line_init(&line);
	line_span(line_piece(&line, 0, 0), PEN(ROLE_DIM), "of the split explains");
	for (int i = 0; i < TRAITS; i++) {
		struct piece *piece = line_piece(&line, 1 + i, 2);

		line_span(piece, PEN(i == m->follows ? ROLE_ACCENT : ROLE_DIM), "%s ", name[i]);
		line_span(piece, PEN(m->explains[i] >= 0 ? ROLE_TEXT : ROLE_DIM), m->explains[i] >= 0 ? "%s %%" : "%s",
			  format_percent((double)m->explains[i], scene->g, number));
	}
	line_draw(&line, view, 1, y, view.width - 1, scene->g);
}

static void modes_draw(const struct scene *scene, struct view view, int y)
{
	const struct snap_modes *m = &scene->s->modes;
	char us[FORMAT_BYTES], below[FORMAT_BYTES], n[FORMAT_BYTES], share[FORMAT_BYTES];

	for (int i = 0; i < m->count && i < SNAP_MODES; i++)
		view_printf(view, 1, y + i, PEN(ROLE_TEXT), "%8s   %s %%, %s requests, %s %s",
			    format_duration(m->mode[i].us, scene->g, us),
			    format_percent((double)m->mode[i].requests / (double)m->requests, scene->g, share),
			    format_count(m->mode[i].requests, n), i < m->count - 1 ? "below" : "the slowest",
			    i < m->count - 1 ? format_duration(m->mode[i].below_us, scene->g, below) : "");
}

struct view modes_foot(const struct scene *scene, struct view view)
{
	int rows = view.height < LEAST ? 0 : view.height < ROOMY ? 1 : 2;
	int more = rows && scene->d->zoomed && view.height >= DETAILED ? 1 + SNAP_MODES : 0;
	struct view foot = view_part(view, 0, view.height - rows - more, view.width, rows + more);
	bool several = scene->s->modes.count > 1;
	char text[sizeof scene->s->modes.sentence + 96], cut[sizeof text];

	sentence(scene, rows, text, sizeof text);
	if (rows == 1)
		view_text(foot, 1, 0, PEN(several ? ROLE_TEXT : ROLE_DIM),
			  format_fit(text, foot.width - 1, scene->g, cut, sizeof cut));
	else
		wrap_draw(foot, scene->g, 1, PEN(several ? ROLE_TEXT : ROLE_DIM), text, rows);
	if (more && several) {
		explains_draw(scene, foot, rows);
		modes_draw(scene, foot, rows + 1);
	}
	return view_part(view, 0, 0, view.width, view.height - rows - more);
}
