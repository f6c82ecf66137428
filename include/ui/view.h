/* Panes and views: what is shown, composed of widgets. Private to ui/. */
#ifndef UI_VIEW_H
#define UI_VIEW_H

#include <stdbool.h>

#include "run/snapshot.h"
#include "ui/canvas.h"
#include "ui/dashboard.h"
#include "ui/format.h"
#include "ui/layout.h"
#include "ui/widget.h"

/* What every pane needs. */
struct scene {
	const struct dashboard *d;
	const struct snapshot *s; /* never NULL: the empty one stands in */
	const struct glyphs *g;
	struct unit unit; /* of all latencies outside histograms */
};

/* statusline.c: the rows above and below the panes. */
void statusline_draw(const struct scene *scene, struct view view);
void statusline_one(const struct scene *scene, struct view view);
void keybar_draw(const struct scene *scene, struct view view);

/* help.c */
void help_draw(const struct scene *scene, struct view view);
int help_lines(const struct dashboard *d);

/* words.c: what the operating points say. At most two sentences. */
void words_compare(const struct scene *scene, char *out, size_t bytes);

/* pane_*.c */
void pane_rate(const struct scene *scene, struct view view);
void pane_trend(const struct scene *scene, struct view view);
void pane_histogram(const struct scene *scene, struct view view);
void pane_tasks(const struct scene *scene, struct view view);
void pane_errors(const struct scene *scene, struct view view);
void pane_points(const struct scene *scene, struct view view);
/* pane_histogram.c: what both kinds of histogram pane share. */
void histogram_title(const struct scene *scene, struct view view, const struct histogram *h);
void histogram_nothing(const struct scene *scene, struct view view);
/* view_latency.c, view_tasks.c: the larger ones of these views. */
void pane_distribution(const struct scene *scene, struct view view);
void pane_task_details(const struct scene *scene, struct view view);

bool scene_focused(const struct scene *scene, enum pane pane);
/* "last 60 s", "whole run", "since 00:12". */
void scene_window(const struct scene *scene, char out[FORMAT_BYTES]);
/* " of TASK" where the snapshot shows one task only, else "". */
void scene_whose(const struct scene *scene, char *out, size_t bytes);
/* Rows of the task table: with one task there is no row for all together. */
int scene_task_rows(const struct snapshot *s);
/* The pen for quantile q of n samples: dim where they are too few. */
struct pen scene_pen(enum role role, uint64_t n, double q);
/* A percentile of a distribution, or a dash. */
char *scene_value(const struct scene *scene, int64_t us, uint64_t n, char out[FORMAT_BYTES]);

#endif
