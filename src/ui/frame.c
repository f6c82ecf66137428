#include "ui/view.h"

#include "base/utf8.h"

#define AXIS_LEFT 6 /* labels of up to four cells, a blank, the axis */
#define LABELED 30  /* cells from which they have room */
#define LABELS 6    /* right of the plot: the newest values */

struct frame frame_of(struct view view)
{
	int right = view.width >= LABELED ? LABELS : 0;
	int plot = view.width - AXIS_LEFT - right, rows = view.height - 2;

	return (struct frame){
		.y_axis = view_part(view, 0, 1, AXIS_LEFT, view.height - 1),
		.plot = view_part(view, AXIS_LEFT, 1, plot, rows),
		.time = view_part(view, AXIS_LEFT, view.height - 1, plot + right, 1),
		.labels = view_part(view, AXIS_LEFT + plot, 1, right, rows),
	};
}

void frame_time(const struct scene *scene, const struct graph *graph, const struct frame *f)
{
	const struct snapshot *s = scene->s;
	bool past = scene->d->frozen || dashboard_recorded(scene->d) || s->ended;
	char text[FORMAT_BYTES];

	graph_time_axis(graph, f->time, f->labels.width, past ? format_elapsed(s->t_us, text) : "now",
			scene->g, s->point, s->point_count);
	graph_time_marks(graph, f->time, f->labels.width, scene->g, scene->d->course, s->t_us);
}

void frame_nothing(const struct scene *scene, const struct frame *f, const char *what)
{
	const char *text = scene->s->t_us > 0 ? what : "nothing measured yet";
	int x = (f->plot.width - utf8_cells(text)) / 2;

	view_text(f->plot, x < 0 ? 0 : x, (f->plot.height - 1) / 2, PEN(ROLE_DIM), text);
}

int frame_row(double value, double max, int rows)
{
	double from_bottom = value / max * rows;

	if (!(from_bottom < rows))
		return 0;
	return rows - 1 - (int)from_bottom;
}
