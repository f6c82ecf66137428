#include "ui/view.h"

#include <string.h>

#include "base/utf8.h"

#define LEFT 8 /* "sweep" and blanks */
#define ROWS_MOST 2

/* Somebody changed the load since it ended: what it found is no longer what is shown. */
static bool passed(const struct snapshot *s)
{
	const struct snap_point *last = s->point_count ? &s->point[s->point_count - 1] : NULL;

	return last && last->phase == PHASE_LOAD && !last->swept && last->t_us > s->sweep.t_us;
}

/* Live it says itself what it does; of a recording, and when it has ended, the records do. */
static const char *words(const struct dashboard *d, const struct snapshot *s)
{
	if (!dashboard_recorded(d) && *d->sweep)
		return d->sweep;
	switch (s->sweep.state) {
	case SNAP_SWEEPS:
		return dashboard_recorded(d) ? "under way" : "";
	case SNAP_SWEEP_HELD:
		return dashboard_recorded(d) ? "held by the operator" : "";
	case SNAP_SWEPT:
		return passed(s) ? "" : s->sweep.text;
	case SNAP_NO_SWEEP:
		break;
	}
	return "";
}

int sweepline_rows(const struct dashboard *d, const struct snapshot *s)
{
	const char *text = words(d, s);
	int room = d->width - LEFT - 1;

	if (!*text)
		return 0;
	return s->sweep.state == SNAP_SWEPT && text == s->sweep.text && room > 0 && utf8_cells(text) > room ? ROWS_MOST : 1;
}

void sweepline_draw(const struct scene *scene, struct view view)
{
	const char *text = words(scene->d, scene->s);
	char set[SNAP_SWEEP];

	if (view.height < 1 || !*text)
		return;
	view_text(view, 1, 0, PEN(ROLE_ACCENT), "sweep");
	wrap_draw(view_part(view, 0, 0, view.width - 1, view.height), scene->g, LEFT, PEN(ROLE_TEXT),
		  scene_signs(scene, text, set, sizeof set), view.height);
}
