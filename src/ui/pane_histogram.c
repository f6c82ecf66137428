#include "ui/view.h"

#include <stdio.h>

void histogram_title(const struct scene *scene, struct view view, const struct histogram *h)
{
	char whose[WHOSE_BYTES], window[FORMAT_BYTES], title[WHOSE_BYTES + 96], count[FORMAT_BYTES];
	uint64_t cut = scene->s->now.censored_age.count, censored = cut < h->count ? cut : h->count;
	struct line right;
	struct piece *piece;

	scene_whose_apart(scene, filter_in_histograms(&scene->d->filter), whose, sizeof whose);
	scene_window(scene, window);
	snprintf(title, sizeof title, "%s%s, %s", scene_clock(scene), whose, window);
	line_init(&right);
	scene_ratios(scene, &right, (enum ghost_timing)scene->s->query.clock, &scene->s->now.latency);
	piece = line_piece(&right, 1, 3);
	line_span(piece, PEN(ROLE_TEXT), "%s", format_count(h->count - censored, count));
	line_span(piece, PEN(ROLE_DIM), " %s", h->failures || censored ? "ok" : h->count == 1 ? "request" : "requests");
	if (h->failures) {
		piece = line_piece(&right, 0, 2);
		line_span(piece, PEN(ROLE_BAD), "%s failed", format_count(h->failures, count));
	}
	rule_draw(view, scene->g, scene_focused(scene, PANE_HISTOGRAM), title, &right);
}

void histogram_nothing(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	char awaited[WORDS_AWAITED];
	const char *what = !s->succeeded && !s->failed && !s->censored ? words_awaited(scene, awaited)
			   : scene->d->filter.outcome == FILTER_FAILED ? "none failed in this window"
			   : s->now.failed + s->now.censored ? "no successful answers in this window"
							     : "no answers in this window";

	view_text(view, 2, (view.height - 1) / 2, PEN(ROLE_DIM), what);
}

int histogram_body_height(const struct snapshot *s, int height)
{
	return s->now.censored && height >= 3 ? height - 1 : height;
}

struct view histogram_censored(const struct scene *scene, struct view view)
{
	uint64_t censored = scene->s->now.censored;
	const struct dist *age = &scene->s->now.censored_age;
	char text[FORMAT_BYTES], least[FORMAT_BYTES];

	if (!censored || view.height < 3)
		return view;
	view_printf(view, 1, view.height - 1, PEN(ROLE_WARN), view.width < 60 ? "%s%s: %s cut off or timed out"
		    : "%s%s: %s cut off or timed out, counted at their age",
		    scene->g->at_least, format_duration(age->count ? (double)age->min_us : -1, scene->g, least),
		    format_count(censored, text));
	return view_part(view, 0, 0, view.width, view.height - 1);
}

static void bars_note(const struct scene *scene, const struct histogram *h, struct view body)
{
	struct histogram_rows rows;
	int head;

	if (body.height < 1 || (!h->count && !h->failures))
		return;
	rows = bars_rows(h, body.width, body.height, &head);
	region_cells(scene->d->regions, REGION_HISTOGRAM, 0, body, 0, head, 1, rows.rows, body.width, 1);
}

void pane_histogram(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct view body = histogram_censored(scene, view_part(view, 0, 1, view.width, view.height - 1));
	struct histogram h;
	int row;

	histogram_init(&h, s->ok_bins, s->failed_bins, &s->now.latency);
	scene_haunt(scene, &h, (enum ghost_timing)s->query.clock);
	histogram_title(scene, view, &h);
	if (!h.count && !h.failures)
		histogram_nothing(scene, body);
	else
		bars_draw(&h, body, scene->g);
	bars_note(scene, &h, body);
	if (histogram_cursor(scene->d)) {
		struct histogram_rows rows = histogram_cells(scene->d, s, view.width, view.height, &row);
		int head;

		bars_rows(&h, body.width, body.height, &head);
		if (rows.rows)
			view_put(body, 0, head + row, scene->g->cursor, PEN(ROLE_ACCENT));
	}
}
