#include "ui/view.h"

#include <stdio.h>

#define SPELLED 60 /* cells from which the title says what the letters mean */
#define NAMED 30   /* and whose times they are */
#define PLOT_ROWS 2

struct times {
	enum pane pane;
	const char *name, *spelled;
	const char *one, *many; /* what is counted */
	const struct dist *dist;
	const uint64_t *bins;
	enum ghost_timing timing;
};

static void title_draw(const struct scene *scene, struct view view, const struct times *t)
{
	char whose[WHOSE_BYTES] = "", title[WHOSE_BYTES + 96], window[FORMAT_BYTES], count[FORMAT_BYTES];
	struct line right;
	struct piece *piece;

	if (view.width >= NAMED)
		scene_whose(scene, whose, sizeof whose);
	snprintf(title, sizeof title, "%s%s%s, %s", t->name, view.width >= SPELLED ? t->spelled : "", whose,
		 scene->unit.name);
	scene_window(scene, window);
	line_init(&right);
	piece = line_piece(&right, 0, 0);
	line_span(piece, PEN(ROLE_TEXT), "%s", format_count(t->dist->count, count));
	line_span(piece, PEN(ROLE_DIM), " %s", t->dist->count == 1 ? t->one : t->many);
	line_span(line_piece(&right, 1, 0), PEN(ROLE_DIM), ", %s", window);
	rule_draw(view, scene->g, scene_focused(scene, t->pane), title, &right);
}

/* The figures, then how they come about. */
static void times_draw(const struct scene *screen, struct view view, const struct times *t)
{
	static const uint64_t none[LOGGRID_BINS];
	struct scene scene = scene_in_ms(screen);
	const struct dist *d = t->dist;
	int margin = view.width >= NAMED;
	struct view plot = view_part(view, margin, 2, view.width - 2 * margin, view.height - 2);
	struct histogram_rows rows;
	struct histogram h;
	struct line line;

	title_draw(&scene, view, t);
	if (view.height < 2)
		return;
	line_init(&line);
	scene_percentile(&scene, &line, 1, 1, ROLE_P50, "p50", d->p50_us, d->count, 0.5);
	scene_ratio(&scene, &line, 4, scene.s->query.task, t->timing, d, SCENE_P50);
	scene_percentile(&scene, &line, 2, margin ? 3 : 1, ROLE_P95, "p95", d->p95_us, d->count, 0.95);
	scene_ratio(&scene, &line, 3, scene.s->query.task, t->timing, d, SCENE_P95);
	scene_percentile(&scene, &line, 0, margin ? 3 : 1, ROLE_P99, "p99", d->p99_us, d->count, 0.99);
	scene_ratio(&scene, &line, 5, scene.s->query.task, t->timing, d, SCENE_P99);
	line_draw(&line, view, margin ? 3 : 0, 1, view.width - (margin ? 4 : 0), scene.g);
	if (plot.height < PLOT_ROWS)
		return;
	if (!d->count) {
		view_text(plot, margin ? 2 : 0, plot.height / 2, PEN(ROLE_DIM), "none in this window");
		return;
	}
	histogram_init(&h, t->bins, none, d);
	scene_haunt(&scene, &h, t->timing);
	rows = histogram_merge_most(&h, plot.width);
	columns_draw_on(&h, &rows, plot, scene.g);
}

void pane_ttft(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;

	times_draw(scene, view, &(struct times){PANE_TTFT, "TTFT", ", time to first token", "stream", "streams",
						&s->now.ttft, s->ttft_bins, GHOST_TTFT});
}

void pane_tpot(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;

	times_draw(scene, view, &(struct times){PANE_TPOT, "TPOT", ", time per output token", "stream", "streams",
						&s->now.tpot, s->tpot_bins, GHOST_TPOT});
}

void pane_itl(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;

	times_draw(scene, view, &(struct times){PANE_ITL, "ITL", ", gaps between tokens", "gap", "gaps",
						&s->now.itl, s->itl_bins, GHOST_ITL});
}
