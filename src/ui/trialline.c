#include "ui/view.h"

#include "base/utf8.h"

#define LEFT 13 /* "experiment" and blanks */
#define ROWS_MOST 3
#define RAGGED 12 /* cells that a row may lose at a word's end */

/* Somebody changed the load since it ended: what it found is no longer what is shown. */
static bool passed(const struct snapshot *s)
{
	const struct snap_point *last = s->point_count ? &s->point[s->point_count - 1] : NULL;

	return last && last->phase == PHASE_LOAD && last->t_us > s->trial.t_us;
}

/* Live it says itself what it does; of a recording, and when it has ended, the records do. */
static const char *words(const struct dashboard *d, const struct snapshot *s)
{
	if (!dashboard_recorded(d) && *d->trial)
		return d->trial;
	switch (s->trial.state) {
	case SNAP_TRIES:
		return dashboard_recorded(d) ? "under way" : "";
	case SNAP_TRIED:
		return passed(s) ? "" : s->trial.text;
	case SNAP_NO_TRIAL:
		break;
	}
	return "";
}

bool trialline_shown(const struct dashboard *d, const struct snapshot *s)
{
	bool newer = s->trial.t_us > s->sweep.t_us || s->sweep.state == SNAP_NO_SWEEP;

	return *words(d, s) && (newer || *d->trial) && !*d->sweep;
}

int trialline_rows(const struct dashboard *d, const struct snapshot *s)
{
	const char *text = words(d, s);
	int room = d->width - LEFT - 1, cells = utf8_cells(text);

	if (text != s->trial.text || room <= 0 || cells <= room)
		return 1;
	return cells <= 2 * room - RAGGED ? 2 : ROWS_MOST;
}

void trialline_draw(const struct scene *scene, struct view view)
{
	char set[REC_TEXT_MAX + 1];

	if (view.height < 1)
		return;
	view_text(view, 1, 0, PEN(ROLE_ACCENT), "experiment");
	wrap_draw(view_part(view, 0, 0, view.width - 1, view.height), scene->g, LEFT, PEN(ROLE_TEXT),
		  scene_signs(scene, words(scene->d, scene->s), set, sizeof set), view.height);
}
