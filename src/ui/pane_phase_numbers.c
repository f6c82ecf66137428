/* The phases of a task in numbers, and what kind of numbers they are. */
#include "ui/view.h"

#include <math.h>
#include <stdio.h>

#define LEFT 1
#define NAME 9

enum { P50, SHARE50, P95, SHARE95, ALL50, ALL95, COLUMNS };

static void share_cell(const struct scene *scene, const struct column *column, struct view view, int y, double share)
{
	char number[FORMAT_BYTES], text[FORMAT_BYTES];

	snprintf(text, sizeof text, "%.20s %%", format_percent(share, scene->g, number));
	table_cell(column, view, y, PEN(ROLE_DIM), text);
}

static void us_cell(const struct scene *scene, const struct column *column, struct view view, int y, double us,
		    uint64_t n, double q)
{
	char text[FORMAT_BYTES];

	table_cell(column, view, y, scene_pen(ROLE_TEXT, n, q), format_value(n ? us : -1, scene->unit, scene->g, text));
}

static void row_draw(const struct scene *scene, const struct column *column, struct view view, int y,
		     const double us[BANDS], const double sum[BANDS], const double all_us[BANDS])
{
	uint64_t n = scene->s->parts.requests, all = scene->s->parts_all.requests;

	us_cell(scene, &column[P50], view, y, us[BAND_P50], n, 0.5);
	us_cell(scene, &column[P95], view, y, us[BAND_P95], n, 0.95);
	share_cell(scene, &column[SHARE50], view, y, sum[BAND_P50] > 0 ? us[BAND_P50] / sum[BAND_P50] : NAN);
	share_cell(scene, &column[SHARE95], view, y, sum[BAND_P95] > 0 ? us[BAND_P95] / sum[BAND_P95] : NAN);
	us_cell(scene, &column[ALL50], view, y, all_us[BAND_P50], all, 0.5);
	us_cell(scene, &column[ALL95], view, y, all_us[BAND_P95], all, 0.95);
}

/* Returns the first free row. */
static int table_draw(const struct scene *scene, struct view view)
{
	static const char *const names[REQ_PHASES] = {
#define X(id, name, help) [REQ_##id] = name,
		SNAP_PARTS(X)
#undef X
	};
	const struct snap_parts *now = &scene->s->parts, *all = &scene->s->parts_all;
	struct column column[COLUMNS] = {
		[P50] = {"p50", 5, 1, ROLE_P50, 0},      [SHARE50] = {"share", 6, 3, ROLE_DIM, 0},
		[P95] = {"p95", 5, 0, ROLE_P95, 0},      [SHARE95] = {"share", 6, 2, ROLE_DIM, 0},
		[ALL50] = {"run p50", 8, 5, ROLE_P50, 0}, [ALL95] = {"run p95", 8, 4, ROLE_P95, 0},
	};
	double sum[BANDS], whole[BANDS], group[PARTS_GROUPS];
	int y = 1;

	table_fit(column, COLUMNS, view.width, LEFT, NAME);
	table_head(column, COLUMNS, view, 0, false);
	for (int b = 0; b < BANDS; b++) {
		sum[b] = parts_sum(scene, now->us[b], group);
		whole[b] = parts_sum(scene, all->us[b], group);
	}
	for (int i = 0; i < REQ_PHASES; i++) {
		const double us[BANDS] = {(double)now->us[BAND_P50][i], (double)now->us[BAND_P95][i]};
		const double all_us[BANDS] = {(double)all->us[BAND_P50][i], (double)all->us[BAND_P95][i]};

		if (!parts_shown(scene, (enum snap_part)i))
			continue;
		view_text(view, LEFT, y, PEN(ROLE_TEXT), names[i]);
		row_draw(scene, column, view, y++, us, sum, all_us);
	}
	view_text(view, LEFT, y, PEN(ROLE_DIM), "together");
	row_draw(scene, column, view, y++, sum, sum, whole);
	return y;
}

void pane_phase_numbers(const struct scene *scene, struct view view)
{
	const struct snap_parts *p = &scene->s->parts;
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1), rest;
	char whose[WHOSE_BYTES], title[WHOSE_BYTES + 96], share[FORMAT_BYTES], text[96], n[FORMAT_BYTES];
	int y;

	scene_whose(scene, whose, sizeof whose);
	snprintf(title, sizeof title, "phases%s, %s", whose, scene->unit.name);
	rule_draw(view, scene->g, scene_focused(scene, PANE_PHASE_NUMBERS), title, NULL);
	y = table_draw(scene, body);
	rest = view_part(body, 0, y, body.width, body.height - y);
	snprintf(text, sizeof text, "%s of %s %s made a connection", format_count(p->connected, share),
		 format_count(p->requests, n), p->requests == 1 ? "request" : "requests");
	y = wrap_draw(rest, scene->g, LEFT, PEN(ROLE_DIM), text, rest.height);
	rest = view_part(rest, 0, y + 1, rest.width, rest.height - y - 1);
	y = wrap_draw(rest, scene->g, LEFT, PEN(ROLE_DIM),
		  scene->s->query.clock == CLOCK_RESPONSE
			  ? "Percentiles of single phases do not add up. These do: p50 is the mean of the requests ranked "
			    "45-55 % by their latency, p95 of those ranked 93-97 %."
			  : "Of the requests ranked 45-55 % and 93-97 % by their latency, whatever the clock: the mean of "
			    "what it measures.",
		  rest.height);
	phase_more_draw(scene, view_part(rest, 0, y + 1, rest.width, rest.height - y - 1));
}
