#include "ui/view.h"

#include <stdio.h>

#include "base/utf8.h"

#define NAME_LEFT 3
#define STRIP_MIN 20
#define NAME_MAX 28

/* Columns of the window, then of the whole run. */
enum { SHARE, RPS, GOODPUT, P50, P95, P99, TTFT, OK, QUALITY, ALL_REQUESTS, ALL_P50, ALL_P95, ALL_P99, ALL_FAILED, COLUMNS };

static void numbers_cells(const struct scene *scene, const struct column *column, struct view view,
			  int y, const struct dist *d)
{
	const int64_t us[3] = {d->p50_us, d->p95_us, d->p99_us};
	static const double q[3] = {0.5, 0.95, 0.99};
	char text[FORMAT_BYTES];

	for (int i = 0; i < 3; i++)
		table_cell(&column[i], view, y, scene_pen(ROLE_TEXT, d->count, q[i]),
			   scene_value(scene, us[i], d->count, text));
}

static void row_draw(const struct scene *scene, const struct column *column, struct view view, int y,
		     double share, const struct snap_numbers *now, const struct snap_numbers *all)
{
	char number[FORMAT_BYTES], text[FORMAT_BYTES];

	snprintf(text, sizeof text, "%.20s %%", format_percent(share, scene->g, number));
	table_cell(&column[SHARE], view, y, PEN(ROLE_TEXT), text);
	table_cell(&column[RPS], view, y, PEN(ROLE_TEXT), format_rate(now->rps, scene->g, text));
	numbers_cells(scene, &column[P50], view, y, &now->latency);
	snprintf(text, sizeof text, "%.20s %%", format_percent(now->success_rate, scene->g, number));
	table_cell(&column[OK], view, y,
		   PEN(now->success_rate >= 1 ? ROLE_OK : now->success_rate >= 0.99 ? ROLE_TEXT
		       : now->success_rate >= 0 ? ROLE_BAD : ROLE_DIM), text);
	table_cell(&column[GOODPUT], view, y, PEN(now->goodput_rps >= 0 ? ROLE_TEXT : ROLE_DIM),
		   format_rate(now->goodput_rps, scene->g, text));
	table_cell(&column[TTFT], view, y, scene_pen(ROLE_TEXT, now->ttft.count, 0.95),
		   format_duration(now->ttft.count ? (double)now->ttft.p95_us : -1, scene->g, text));
	table_cell(&column[QUALITY], view, y, PEN(now->quality >= 0 ? ROLE_TEXT : ROLE_DIM),
		   scene_quality(scene, now->quality, text));
	table_cell(&column[ALL_REQUESTS], view, y, PEN(ROLE_TEXT), format_count(all->requests, text));
	numbers_cells(scene, &column[ALL_P50], view, y, &all->latency);
	table_cell(&column[ALL_FAILED], view, y, PEN(all->failed + all->censored ? ROLE_BAD : ROLE_DIM),
		   format_count(all->failed + all->censored, text));
}

/* One axis for the strips of all tasks: whole octaves around what there is. */
static void strip_axis(const struct snapshot *s, double *low, double *high)
{
	*low = *high = 0;
	for (int i = 0; i < s->task_count; i++) {
		const struct dist *d = &s->task[i].window.latency;

		if (!d->count)
			continue;
		if (*low <= 0 || (double)d->min_us < *low)
			*low = (double)(d->min_us > 0 ? d->min_us : 1);
		if ((double)d->max_us > *high)
			*high = (double)d->max_us;
	}
	if (*high <= 0)
		return;
	int step = LOGGRID_PER_OCTAVE, bin = loggrid_bin((int64_t)*low), top = loggrid_bin((int64_t)*high);

	*low = loggrid_edge_us(bin / step * step);
	top = (top / step + 1) * step;
	*high = loggrid_edge_us(top > LOGGRID_BINS ? LOGGRID_BINS : top);
}

static int code_of(const char *name)
{
	return name[0];
}

/* What can be done with the task under the cursor, on the rule where nothing else is. */
static void keys_draw(const struct scene *scene, struct view view, int x)
{
	static const struct {
		const char *keys, *what;
	} hint[] = {{"o", "solo"}, {"u", "mute"}, {"} {", "weight"}};
	struct line line;
	int width, end;

	if (dashboard_recorded(scene->d) || scene->s->task_count < 2)
		return;
	line_init(&line);
	for (int i = 0; i < 3; i++) {
		struct piece *piece = line_piece(&line, i, 2);

		line_span(piece, PEN(ROLE_ACCENT), "%s", hint[i].keys);
		line_span(piece, PEN(ROLE_DIM), " %s", hint[i].what);
	}
	for (end = x; end < view.width && view_at(view, end, 0) == scene->g->rule; end++)
		;
	width = line_fit(&line, end - x - 3, scene->g);
	if (line.count < 3 || end - x < width + 3)
		return;
	for (int i = x; i < x + width + 2; i++)
		view_put(view, i, 0, ' ', PEN(ROLE_RULE));
	line_draw(&line, view, x + 1, 0, width, scene->g);
	hints_note(scene->d->regions, view, &line, code_of);
}

void pane_task_details(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct column column[COLUMNS] = {
		[SHARE] = {"share", 6, 9, ROLE_DIM, 0},
		[RPS] = {"req/s", 5, 1, ROLE_DIM, 0},
		[P50] = {"p50", 5, 3, ROLE_P50, 0},
		[P95] = {"p95", 5, 0, ROLE_P95, 0},
		[P99] = {"p99", 5, 2, ROLE_P99, 0},
		[OK] = {"ok", 6, 4, ROLE_DIM, 0},
		[GOODPUT] = {"good/s", scene_goodput_known(s) ? 6 : 0, 12, ROLE_DIM, 0},
		[TTFT] = {"ttft p95", scene_streams(s) ? 8 : 0, 11, ROLE_P95, 0},
		[QUALITY] = {"quality", scene_quality_known(s) ? 7 : 0, 7, ROLE_DIM, 0},
		[ALL_REQUESTS] = {"requests", 10, 5, ROLE_DIM, 0},
		[ALL_P50] = {"p50", 5, 13, ROLE_P50, 0},
		[ALL_P95] = {"p95", 5, 8, ROLE_P95, 0},
		[ALL_P99] = {"p99", 5, 10, ROLE_P99, 0},
		[ALL_FAILED] = {"failed", 6, 6, ROLE_DIM, 0},
	};
	struct view body = view_part(view, 0, 1, view.width - 1, view.height - 1);
	int count = scene_task_rows(s), rows = body.height - 1;
	int top = table_top(count, rows, scene->d->cursor);
	int cells = table_fit(column, COLUMNS, body.width, NAME_LEFT, 16);
	int name = cells > NAME_MAX + STRIP_MIN ? NAME_MAX : cells;
	struct view strip = view_part(body, NAME_LEFT + name + 2, 0, cells - name - 2, body.height);
	char title[64], window[FORMAT_BYTES], text[SNAP_NAME + 8];
	double low, high;

	snprintf(title, sizeof title, "tasks%s, %s", scene_clock_suffix(scene), scene->unit.name);
	if (count > rows && rows > 0)
		snprintf(title, sizeof title, "tasks %d-%d of %d, %s", top + 1, top + rows, count, scene->unit.name);
	rule_draw(view, scene->g, scene_focused(scene, PANE_TASKS), title, NULL);
	scene_window(scene, window);
	table_group(column, view, SHARE, QUALITY, window);
	table_group(column, view, ALL_REQUESTS, ALL_FAILED, "whole run");
	keys_draw(scene, view, 2 + utf8_cells(title) + 2);
	table_head(column, COLUMNS, body, 0, false);
	if (!count)
		view_text(body, NAME_LEFT, rows > 0 ? 1 : 0, PEN(ROLE_DIM), "no tasks known yet");
	strip_axis(s, &low, &high);
	if (strip.width >= STRIP_MIN && high > low) {
		view_text(strip, 0, 0, PEN(ROLE_DIM), format_duration(low, scene->g, text));
		view_right(strip, strip.width, 0, PEN(ROLE_DIM), format_duration(high, scene->g, text));
	}
	region_cells(scene->d->regions, REGION_TASK, top, body, 0, 1, 1, count - top, body.width, 1);
	for (int y = 1; y <= rows && top + y - 1 < count; y++) {
		int i = top + y - 1;
		bool here = i == scene->d->cursor;
		const struct snap_task *task = scene_task(s, i);

		if (here)
			view_put(body, 1, y, scene->g->cursor, PEN(ROLE_ACCENT));
		view_text(body, NAME_LEFT, y, PEN(here ? ROLE_ACCENT : ROLE_TEXT),
			  format_fit(task->name, name, scene->g, text, sizeof text));
		scene_muted(scene, body, 0, y, i);
		row_draw(scene, column, body, y, task->share, &task->window, &task->all);
		if (strip.width >= STRIP_MIN)
			strip_draw(&task->window.latency, low, high, strip, y, scene->g);
	}
}
