/* What the requests about p50 and p95 of each task were made of, as stacked bars. */
#include "ui/view.h"

#include <math.h>
#include <stdio.h>

#include "base/utf8.h"

#define NAME_LEFT 3
#define NAME_MAX 28
#define QUANTILE 4 /* "p50 " */
#define VALUE 6
#define COUNTS 11  /* beside it: who connected, and how many there were */
#define COUNTED 60 /* cells from which they have room */

static const struct snap_parts *parts_at(const struct snapshot *s, int row)
{
	if (s->task_count == 1)
		return &s->parts_of[0];
	return row == 0 ? &s->parts_together : &s->parts_of[row - 1];
}

static int name_cells(const struct snapshot *s, int width)
{
	int longest = 3, most = width / 4 < NAME_MAX ? width / 4 : NAME_MAX;

	for (int i = 0; i < s->task_count && i < SNAP_TASKS; i++)
		if (utf8_cells(s->task[i].name) > longest)
			longest = utf8_cells(s->task[i].name);
	return longest < most ? longest : most;
}

/* What the longest bar stands for. */
static double longest_us(const struct scene *scene)
{
	double most = 0, group[PARTS_GROUPS];

	for (int i = 0; i < scene_task_rows(scene->s); i++)
		for (int b = 0; b < BANDS; b++)
			most = fmax(most, parts_sum(scene, parts_at(scene->s, i)->us[b], group));
	return most;
}

static void bar_draw(const struct scene *scene, struct view bar, int y, const float us[REQ_PHASES], double most, bool sure)
{
	double group[PARTS_GROUPS], sum = parts_sum(scene, us, group);
	int cells = parts_cells(sum, most, bar.width);

	for (int x = 0; x < cells; x++)
		parts_put(scene, bar, x, y, parts_group_at(group, (x + 0.5) / cells * sum), sure);
}

static void counts_draw(const struct scene *scene, struct view view, int y, enum snap_band band,
			const struct snap_parts *p)
{
	char number[FORMAT_BYTES], text[2 * FORMAT_BYTES];

	if (band == BAND_P95)
		snprintf(text, sizeof text, "%s req", format_count(p->requests, number));
	else
		snprintf(text, sizeof text, "%s %% new",
			 format_percent(p->requests ? (double)p->connected / (double)p->requests : NAN, scene->g, number));
	view_right(view, view.width, y, PEN(ROLE_DIM), text);
}

/* One of a task's two bars. */
static void row_draw(const struct scene *scene, struct view view, int name, int y, enum snap_band band,
		     const struct snap_parts *p, double most)
{
	static const struct {
		const char *name;
		enum role role;
		double q;
	} quantile[BANDS] = {[BAND_P50] = {"p50", ROLE_P50, 0.5}, [BAND_P95] = {"p95", ROLE_P95, 0.95}};
	bool sure = format_enough(p->requests, quantile[band].q);
	int left = NAME_LEFT + name + 1, counts = view.width >= COUNTED ? COUNTS : 0;
	struct view bar = view_part(view, left + QUANTILE, 0, view.width - left - QUANTILE - VALUE - counts, view.height);
	double group[PARTS_GROUPS], sum = parts_sum(scene, p->us[band], group);
	char text[FORMAT_BYTES];

	view_text(view, left, y, PEN(quantile[band].role), quantile[band].name);
	bar_draw(scene, bar, y, p->us[band], most, sure);
	view_right(view, view.width - counts, y, scene_pen(ROLE_TEXT, p->requests, quantile[band].q),
		   format_value(p->requests ? sum : -1, scene->unit, scene->g, text));
	if (counts)
		counts_draw(scene, view, y, band, p);
}

static void title_draw(const struct scene *scene, struct view view, int top, int shown, int count)
{
	char title[96], window[FORMAT_BYTES], n[FORMAT_BYTES];
	uint64_t requests = scene->s->parts_together.requests;
	struct line right;

	snprintf(title, sizeof title, "phases of the requests about p50 and p95%s, %s", scene_clock_suffix(scene),
		 scene->unit.name);
	if (view.width < COUNTED)
		snprintf(title, sizeof title, "phases%s, %s", scene_clock_suffix(scene), scene->unit.name);
	line_init(&right);
	if (shown > 0 && shown < count)
		line_span(line_piece(&right, 2, 0), PEN(ROLE_DIM), "%d-%d of %d", top + 1, top + shown, count);
	scene_window(scene, window);
	line_span(line_piece(&right, 0, 2), PEN(ROLE_DIM), "%s", window);
	line_span(line_piece(&right, 1, 2), PEN(ROLE_TEXT), "%s %s", format_count(requests, n),
		  requests == 1 ? "request" : "requests");
	rule_draw(view, scene->g, scene_focused(scene, PANE_PHASES), title, &right);
}

void pane_phases(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct view body = view_part(view, 0, 2, view.width - 1, view.height - 2);
	int count = scene_task_rows(s), shown = body.height / BANDS, name = name_cells(s, body.width);
	int top = table_top(count, shown, scene->d->cursor);
	double most = longest_us(scene);
	char text[SNAP_NAME + 8];

	title_draw(scene, view, top, shown, count);
	parts_legend(scene, view_part(view, 0, 1, view.width - 1, 1), view.width < COUNTED ? 1 : NAME_LEFT, 0);
	region_cells(scene->d->regions, REGION_TASK, top, body, 0, 0, 1, shown < count - top ? shown : count - top, body.width,
		     BANDS);
	for (int i = top; i < count && i < top + shown; i++) {
		bool here = i == scene->d->cursor;
		int y = (i - top) * BANDS;

		if (here)
			view_put(body, 1, y, scene->g->cursor, PEN(ROLE_ACCENT));
		view_text(body, NAME_LEFT, y, PEN(here ? ROLE_ACCENT : ROLE_TEXT),
			  format_fit(scene_task(s, i)->name, name, scene->g, text, sizeof text));
		for (int b = 0; b < BANDS; b++)
			row_draw(scene, body, name, y + b, (enum snap_band)b, parts_at(s, i), most);
	}
}
