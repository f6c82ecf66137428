#include "ui/view.h"

#include <stdio.h>

bool scene_focused(const struct scene *scene, enum pane pane)
{
	return scene->d->focus == pane && !scene->d->help;
}

void scene_window(const struct scene *scene, char out[FORMAT_BYTES])
{
	const struct snapshot *s = scene->s;
	char since[FORMAT_BYTES];
	int seconds = s->window == WINDOW_10S ? 10 : s->window == WINDOW_60S ? 60 : 0;

	/* A window that began later than its name says: the run is young, or a
	 * fresh one was asked for. A second is lost to its grid. */
	if (seconds && s->t_us - s->window_since_us >= (seconds - 2) * INT64_C(1000000))
		snprintf(out, FORMAT_BYTES, "last %d s", seconds);
	else if (s->window_since_us > 0)
		snprintf(out, FORMAT_BYTES, "since %.20s", format_elapsed(s->window_since_us, since));
	else
		snprintf(out, FORMAT_BYTES, "whole run");
}

void scene_whose(const struct scene *scene, char *out, size_t bytes)
{
	const struct snapshot *s = scene->s;

	if (s->query.task >= 0 && s->query.task < s->task_count && s->task_count > 1)
		snprintf(out, bytes, " of %s", s->task[s->query.task].name);
	else
		*out = '\0';
}

int scene_task_rows(const struct snapshot *s)
{
	return s->task_count > 1 ? s->task_count + 1 : s->task_count;
}

struct pen scene_pen(enum role role, uint64_t n, double q)
{
	return PEN(format_enough(n, q) ? role : ROLE_DIM);
}

char *scene_value(const struct scene *scene, int64_t us, uint64_t n, char out[FORMAT_BYTES])
{
	return format_value(n ? (double)us : -1, scene->unit, scene->g, out);
}
