/* The baseline in what every pane needs. */
#include "ui/view.h"

static const struct {
	const char *name;
	enum role role;
	double q;
	int rank; /* p95 stays longest */
} quantiles[SCENE_QUANTILES] = {
	{"p50", ROLE_P50, 0.5, 5}, {"p95", ROLE_P95, 0.95, 4}, {"p99", ROLE_P99, 0.99, 6},
};

static int64_t quantile_us(const struct dist *d, enum scene_quantile which)
{
	return which == SCENE_P50 ? d->p50_us : which == SCENE_P95 ? d->p95_us : d->p99_us;
}

const struct ghost_shape *scene_ghost(const struct scene *scene, int task, enum ghost_timing timing)
{
	return scene->d->ghost ? ghost_find(scene->d->baseline, scene->s, task, timing) : NULL;
}

void scene_haunt(const struct scene *scene, struct histogram *h, enum ghost_timing timing)
{
	const struct ghost_shape *shape = scene_ghost(scene, scene->s->query.task, timing);

	h->ghost = shape ? shape->bins : NULL;
	h->ghost_count = shape ? shape->dist.count : 0;
}

static void ratio_span(const struct scene *scene, struct piece *piece, const struct dist *now,
		       const struct ghost_shape *shape, enum scene_quantile which)
{
	double ratio = ghost_ratio(now, quantile_us(now, which), shape, quantile_us(&shape->dist, which));
	char text[FORMAT_BYTES];

	line_span(piece, scene_pen(ROLE_GHOST, now->count, quantiles[which].q), ratio >= 0 ? "%s" : "%s    ",
		  format_ratio(ratio, scene->g, text));
}

void scene_ratio(const struct scene *scene, struct line *line, int rank, int task, enum ghost_timing timing,
		 const struct dist *now, enum scene_quantile which)
{
	const struct ghost_shape *shape = scene_ghost(scene, task, timing);

	if (shape)
		ratio_span(scene, line_piece(line, rank, 1), now, shape, which);
}

void scene_ratios(const struct scene *scene, struct line *line, enum ghost_timing timing, const struct dist *now)
{
	const struct ghost_shape *shape = scene_ghost(scene, scene->s->query.task, timing);

	if (!scene->d->ghost)
		return;
	if (!shape) {
		line_span(line_piece(line, 4, 2), PEN(ROLE_GHOST), "not in the baseline");
		return;
	}
	for (int i = 0; i < SCENE_QUANTILES; i++) {
		struct piece *piece = line_piece(line, quantiles[i].rank, 2);

		line_span(piece, PEN(quantiles[i].role), "%s ", quantiles[i].name);
		ratio_span(scene, piece, now, shape, (enum scene_quantile)i);
	}
}
