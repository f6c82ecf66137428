#include "ui/view.h"

#include <math.h>
#include <stdio.h>

#define LEFT 3
#define NUMBERS 5
#define ADVICE_BELOW 3 /* rows that the prompts take at most, and a blank one */

static double hit_ratio(const struct snap_numbers *n)
{
	uint64_t known = n->cache_hits + n->cache_misses;

	return known ? (double)n->cache_hits / (double)known : NAN;
}

/* How many times as long a miss takes. */
static double speed_up(int64_t hit_us, int64_t miss_us, const struct snap_numbers *n)
{
	if (!n->hit_latency.count || !n->miss_latency.count || hit_us <= 0)
		return NAN;
	return (double)miss_us / (double)hit_us;
}

static void ratio_cell(const struct scene *scene, const struct column *column, struct view view, int y, double share)
{
	char number[FORMAT_BYTES], text[FORMAT_BYTES];

	snprintf(text, sizeof text, "%.20s %%", format_percent(share, scene->g, number));
	table_cell(column, view, y, PEN(share >= 0 ? ROLE_TEXT : ROLE_DIM), text);
}

static void factor_cell(const struct scene *scene, const struct column *column, struct view view, int y,
			double factor, struct pen pen)
{
	char text[FORMAT_BYTES];

	table_cell(column, view, y, factor >= 0 ? pen : PEN(ROLE_DIM), format_change(factor, scene->g, text));
}

/* Returns the first free row. */
static int numbers_draw(const struct scene *scene, struct view view)
{
	static const char *const name[NUMBERS] = {"hit ratio", "hits", "misses", "speed-up p50", "speed-up p95"};
	const struct snapshot *s = scene->s;
	const struct snap_numbers *numbers[2] = {&s->now, &s->all};
	char window[FORMAT_BYTES], text[FORMAT_BYTES];
	struct column column[2] = {{window, 9, 0, ROLE_DIM, 0}, {"whole run", 9, 1, ROLE_DIM, 0}};
	const int shown = view.height > NUMBERS ? NUMBERS : view.height < 3 ? 1 : view.height - 2;

	/* The last row says what has none. */
	if (shown < NUMBERS)
		view_printf(view, LEFT, 1 + shown, PEN(ROLE_DIM), "and %d more", NUMBERS - shown);
	view = view_part(view, 0, 0, view.width, 1 + shown);
	scene_window(scene, window);
	table_fit(column, 2, view.width, LEFT, 12);
	table_head(column, 2, view, 0, false);
	for (int i = 0; i < shown; i++)
		view_text(view, LEFT, 1 + i, PEN(ROLE_DIM), name[i]);
	for (int c = 0; c < 2; c++) {
		const struct snap_numbers *n = numbers[c];
		uint64_t least = n->hit_latency.count < n->miss_latency.count ? n->hit_latency.count
									      : n->miss_latency.count;

		ratio_cell(scene, &column[c], view, 1, hit_ratio(n));
		table_cell(&column[c], view, 2, PEN(ROLE_TEXT), format_count(n->cache_hits, text));
		table_cell(&column[c], view, 3, PEN(ROLE_TEXT), format_count(n->cache_misses, text));
		factor_cell(scene, &column[c], view, 4, speed_up(n->hit_latency.p50_us, n->miss_latency.p50_us, n),
			    scene_pen(ROLE_TEXT, least, 0.5));
		factor_cell(scene, &column[c], view, 5, speed_up(n->hit_latency.p95_us, n->miss_latency.p95_us, n),
			    scene_pen(ROLE_TEXT, least, 0.95));
	}
	return 1 + NUMBERS;
}

/* What the prompts say of caches that say nothing. */
static void prompts_draw(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	char count[FORMAT_BYTES], share[FORMAT_BYTES], text[128];
	int y;

	if (s->prompts && s->prompts_repeated >= 0)
		snprintf(text, sizeof text, "%s %s, %s %% sent before", format_count(s->prompts, count),
			 s->prompts == 1 ? "prompt" : "prompts", format_percent(s->prompts_repeated, scene->g, share));
	else
		snprintf(text, sizeof text, "no prompts seen");
	y = wrap_draw(view, scene->g, LEFT, PEN(ROLE_DIM), text, view.height);
	if (s->warming)
		wrap_draw(view_part(view, 0, y, view.width, view.height - y), scene->g, LEFT, PEN(ROLE_WARN),
			  "prompts repeat: a warm prefix cache may be what you measure", view.height - y);
}

void pane_cache(const struct scene *scene, struct view view)
{
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	char whose[WHOSE_BYTES], title[WHOSE_BYTES + 96];
	int y;

	scene_whose(scene, whose, sizeof whose);
	snprintf(title, sizeof title, "cache%s%s", whose, scene_clock_suffix(scene));
	rule_draw(view, scene->g, scene_focused(scene, PANE_CACHE), title, NULL);
	y = numbers_draw(scene, body);
	y += body.height - y > 3;
	prompts_draw(scene, view_part(body, 0, y, body.width, body.height - y));
}

void cache_nothing(const struct scene *scene, struct view view)
{
	struct view top = view_part(view, 0, 0, view.width, view.height < 8 ? view.height : 6);

	nothing_draw(scene, top, "cache", "no answer has said yet whether a cache had it",
		     "read for it: X-Cache, Age, CF-Cache-Status, cached_tokens in the usage");
	if (scene->s->prompts)
		prompts_draw(scene, view_part(view, 0, top.height, view.width - 1, view.height - top.height));
	else if (!scene->s->advice.lookups)
		wrap_draw(view_part(view, 0, top.height, view.width - 1, view.height - top.height), scene->g, LEFT, PEN(ROLE_DIM),
			  "what a cache would do is told of requests with a body, where answers tell of tokens or of a cache",
			  view.height - top.height);
	if (scene->s->advice.lookups && view.height - top.height > ADVICE_BELOW + 6)
		pane_advice(scene, view_part(view, 0, top.height + ADVICE_BELOW, view.width,
					     view.height - top.height - ADVICE_BELOW));
}

void pane_ratio(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	const struct snap_series *series = &s->series;
	struct frame f = frame_of(view);
	int newest = series->count - 1 - (series->open ? 1 : 0);
	char number[FORMAT_BYTES], window[FORMAT_BYTES], n[FORMAT_BYTES];
	struct graph graph;
	struct line right;

	scene_window(scene, window);
	line_init(&right);
	line_span(line_piece(&right, 0, 0), PEN(ROLE_TEXT), "%s", format_percent(hit_ratio(&s->now), scene->g, number));
	if (s->now.cache_hits + s->now.cache_misses)
		line_span(line_piece(&right, 2, 0), PEN(ROLE_DIM), " of %s", format_count(s->now.cache_hits + s->now.cache_misses, n));
	line_span(line_piece(&right, 1, 0), PEN(ROLE_DIM), ", %s", window);
	rule_draw(view, scene->g, scene_focused(scene, PANE_RATIO), "hit ratio, %", &right);
	if (f.plot.height < 1 || f.plot.width < 1)
		return;
	graph_init(&graph, series, scene->d->glyphs, f.plot.width);
	graph_y_axis(f.y_axis, scene->g, 100);
	frame_time(scene, &graph, &f);
	graph_area(&graph, f.plot, series->hit_ratio, NULL, 1);
	if (newest >= 0 && series->hit_ratio[newest] >= 0)
		view_text(f.labels, 1, frame_row((double)series->hit_ratio[newest], 1, f.plot.height),
			  (struct pen){.role = ROLE_RATE, .level = 100},
			  format_percent((double)series->hit_ratio[newest], scene->g, number));
}
