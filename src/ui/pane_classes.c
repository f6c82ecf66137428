#include "ui/view.h"

#include <math.h>
#include <stdio.h>

#define NAMES 17   /* cells for the class, where there is room */
#define COUNTS 7   /* and for how many */
#define NARROW 50
#define LANE_MAX 5 /* rows of a lane */

struct lane {
	enum error_class class;
	uint64_t count; /* in the seconds that the series has */
	float value[SNAP_SECONDS];
};

static int lanes_of(const struct snap_series *series, struct lane lane[ERROR_CLASS_COUNT])
{
	int n = 0;

	for (int c = ERROR_NONE + 1; c < ERROR_CLASS_COUNT; c++) {
		lane[n].class = (enum error_class)c;
		lane[n].count = 0;
		for (int i = 0; i < series->count && i < SNAP_SECONDS; i++) {
			lane[n].value[i] = (float)series->errors_of[c][i];
			lane[n].count += series->errors_of[c][i];
		}
		n += lane[n].count > 0;
	}
	return n;
}

/* Where not all have a row, the most frequent do. */
static int lanes_fit(struct lane *lane, int n, int rows)
{
	while (n > rows) {
		int least = 0;

		for (int i = 1; i < n; i++)
			if (lane[i].count <= lane[least].count)
				least = i;
		for (int i = least; i < n - 1; i++)
			lane[i] = lane[i + 1];
		n--;
	}
	return n;
}

int classes_count(const struct snapshot *s)
{
	int n = 0;

	for (int c = ERROR_NONE + 1; c < ERROR_CLASS_COUNT; c++) {
		bool seen = false;

		for (int i = 0; i < s->series.count && i < SNAP_SECONDS && !seen; i++)
			seen = s->series.errors_of[c][i] > 0;
		n += seen;
	}
	return n;
}

static void title_draw(const struct scene *scene, struct view view, double most)
{
	char whose[WHOSE_BYTES], title[WHOSE_BYTES + 96], number[FORMAT_BYTES];
	struct line right;

	scene_whose_apart(scene, true, whose, sizeof whose);
	snprintf(title, sizeof title, "%s%s", view.width < NARROW ? "classes" : "errors by class", whose);
	line_init(&right);
	if (most > 0)
		line_span(line_piece(&right, 0, 0), PEN(ROLE_DIM), "at most %s a second",
			  format_count((uint64_t)most, number));
	rule_draw(view, scene->g, scene_focused(scene, PANE_CLASSES), title, &right);
}

void pane_classes(const struct scene *scene, struct view view)
{
	const struct snap_series *series = &scene->s->series;
	struct lane lane[ERROR_CLASS_COUNT];
	int names = view.width < NARROW ? 13 : NAMES, rows = view.height - 2, high;
	int n = lanes_fit(lane, lanes_of(series, lane), rows > 0 ? rows : 0);
	struct view plot = view_part(view, names, 1, view.width - names - COUNTS, rows);
	struct frame f = {
		.plot = plot,
		.time = view_part(view, names, view.height - 1, plot.width + COUNTS, 1),
		.labels = view_part(view, names + plot.width, 1, COUNTS, rows),
	};
	struct graph graph;
	char text[FORMAT_BYTES];
	double max = 0;

	graph_init(&graph, series, scene->d->glyphs, plot.width);
	for (int i = 0; i < n; i++)
		max = fmax(max, graph_max(&graph, lane[i].value, plot.width));
	title_draw(scene, view, max);
	if (rows < 1)
		return;
	frame_time(scene, &graph, &f);
	if (!n) {
		view_text(view, view.width < NARROW ? 0 : 3, 1, PEN(ROLE_DIM), "none in the last ten minutes");
		return;
	}
	high = rows / n > LANE_MAX ? LANE_MAX : rows / n;
	for (int i = 0; i < n; i++) {
		int y = rows - (n - i) * high;
		struct view room = view_part(plot, 0, y, plot.width, high);

		for (int x = 0; x < room.width; x++)
			view_put(room, x, high - 1, scene->g->lane, PEN(ROLE_RULE));
		graph_area(&graph, room, NULL, lane[i].value, max);
		view_text(view, view.width < NARROW ? 0 : 3, 1 + y + high - 1, PEN(ROLE_TEXT),
			  error_class_name(lane[i].class));
		view_right(f.labels, COUNTS - 1, y + high - 1, PEN(ROLE_BAD), format_count(lane[i].count, text));
	}
}
