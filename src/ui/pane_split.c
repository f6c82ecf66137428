#include "ui/view.h"

#include <stdio.h>

#define SPELLED 60 /* cells from which the title says all */
#define PLOT_ROWS 3 /* of a half: with fewer from the least to the most only */
#define AIRY 16 /* rows from which a blank one separates the two */

static const uint64_t none[LOGGRID_BINS];

static void half_draw(const struct scene *scene, struct view view, const char *what, const struct dist *d,
		      const uint64_t *bins, const struct histogram_rows *rows)
{
	static const enum role role[] = {ROLE_P50, ROLE_P95};
	const int64_t us[] = {d->p50_us, d->p95_us};
	struct view plot = view_part(view, 1, 1, view.width - 2, view.height - 1);
	char title[64], window[FORMAT_BYTES], text[FORMAT_BYTES];
	int first = rows->first > 0 ? rows->first : 0, end = rows->first + rows->rows * rows->merge;
	struct histogram h;
	struct line right;
	struct piece *piece;

	scene_window(scene, window);
	if (view.width < SPELLED)
		snprintf(title, sizeof title, "%s%s", what, scene_clock_suffix(scene));
	else
		snprintf(title, sizeof title, "%s of %s, %s", scene_clock(scene), what, window);
	line_init(&right);
	piece = line_piece(&right, 1, 0);
	line_span(piece, PEN(ROLE_TEXT), "%s", format_count(d->count, text));
	line_span(piece, PEN(ROLE_DIM), " %s", what);
	for (int i = 0; i < 2; i++) {
		piece = line_piece(&right, i ? 0 : 2, 2);
		line_span(piece, PEN(role[i]), "p%d ", i ? 95 : 50);
		line_span(piece, PEN(format_enough(d->count, i ? 0.95 : 0.5) ? role[i] : ROLE_DIM), "%s",
			  format_duration(d->count ? (double)us[i] : -1, scene->g, text));
	}
	rule_draw(view, scene->g, scene_focused(scene, PANE_SPLIT), title, &right);
	if (!d->count) {
		view_text(plot, 2, plot.height / 2, PEN(ROLE_DIM), "none in this window");
		return;
	}
	if (plot.height == 1 && end > first)
		strip_draw(d, loggrid_edge_us(first), loggrid_edge_us(end < LOGGRID_BINS ? end : LOGGRID_BINS), plot, 0, scene->g);
	histogram_init(&h, bins, none, d);
	columns_draw_on(&h, rows, plot, scene->g);
}

/* One above the other on one axis: how far apart they are is what is to be
 * seen. */
void pane_split(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	int air = view.height >= AIRY, half = (view.height - air) / 2;
	bool flat = half < PLOT_ROWS;
	struct histogram both;
	struct histogram_rows rows;

	if (flat)
		half = view.height >= 4 ? 2 : 1;
	histogram_init(&both, s->hit_bins, s->miss_bins, &s->now.hit_latency);
	rows = histogram_merge(&both, view.width - 2);
	half_draw(scene, view_part(view, 0, 0, view.width, half), "hits", &s->now.hit_latency, s->hit_bins, &rows);
	half_draw(scene, view_part(view, 0, half + air, view.width, flat ? half : view.height - half - air), "misses",
		  &s->now.miss_latency, s->miss_bins, &rows);
}
