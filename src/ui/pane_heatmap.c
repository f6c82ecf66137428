#include "ui/view.h"

#include <stdio.h>
#include <string.h>

#define AXIS_LEFT 8 /* labels of up to six cells, a blank, the axis */
#define LABELED 44  /* cells from which names of lines have room */
#define LABELS 6
#define LINES 8     /* rows from which a line leaves enough of the map */

struct parts {
	struct view y_axis, plot, time;
};

static struct parts parts_of(struct view view)
{
	int right = view.width >= LABELED ? LABELS : 0;
	int width = view.width - AXIS_LEFT - right;

	return (struct parts){
		.y_axis = view_part(view, 0, 1, AXIS_LEFT, view.height - 1),
		.plot = view_part(view, AXIS_LEFT, 1, width, view.height - 2),
		.time = view_part(view, AXIS_LEFT, view.height - 1, width + right, 1),
	};
}

/* --- the cursor --------------------------------------------------------------- */

struct cell_at {
	int slot, row;
};

/* Unmoved it is where most of the newest are. */
static struct cell_at cursor_of(const struct dashboard *d, const struct heat *heat)
{
	struct cell_at at = {.slot = heat_slot(heat, d->heat_t_us)};

	at.row = d->heat_bin < 0 ? -1 : heat_row(heat, d->heat_bin);
	for (int slot = at.slot; at.row < 0 && slot >= 0; slot--)
		at.row = heat_quantile_row(heat, slot, 0.5);
	if (at.row < 0)
		at.row = 0;
	return at;
}

/* In the newest column it goes with the run, elsewhere it stays where it is. */
static void put_cursor(struct dashboard *d, const struct heat *heat, struct cell_at at)
{
	d->heat_t_us = at.slot == heat->slots - 1 ? INT64_MAX : at.slot * heat_slot_us(heat);
	d->heat_bin = heat->rows.first + at.row * heat->rows.merge;
}

void heatmap_move(struct dashboard *d, const struct snapshot *s, int width, int height, enum action action)
{
	struct parts parts = parts_of((struct view){.width = width, .height = height});
	struct heat heat;
	struct cell_at at;

	heat_init(&heat, &s->heat, parts.plot.width, parts.plot.height);
	if (!heat.rows.rows)
		return;
	at = cursor_of(d, &heat);
	if (action == ACTION_CELL_FIRST)
		at.slot = 0;
	else if (action == ACTION_CELL_LAST)
		at.slot = heat.slots - 1;
	else if (action == ACTION_CELL_BEFORE && at.slot > 0)
		at.slot--;
	else if (action == ACTION_CELL_AFTER && at.slot < heat.slots - 1)
		at.slot++;
	else if (action == ACTION_CURSOR_UP && at.row < heat.rows.rows - 1)
		at.row++;
	else if (action == ACTION_CURSOR_DOWN && at.row > 0)
		at.row--;
	put_cursor(d, &heat, at);
}

bool heatmap_put(struct dashboard *d, const struct snapshot *s, int width, int height, int cell)
{
	struct parts parts = parts_of((struct view){.width = width, .height = height});
	struct cell_at at, to;
	struct heat heat;

	heat_init(&heat, &s->heat, parts.plot.width, parts.plot.height);
	if (cell < 0 || !heat.slots || cell >= heat.slots * heat.rows.rows)
		return false;
	at = cursor_of(d, &heat);
	to.slot = cell % heat.slots;
	to.row = heat.rows.rows - 1 - cell / heat.slots;
	put_cursor(d, &heat, to);
	return at.slot == to.slot && at.row == to.row;
}

void heatmap_cell(const struct dashboard *d, const struct snapshot *s, int width, int height,
		  struct exemplar_query *query)
{
	struct parts parts = parts_of((struct view){.width = width, .height = height});
	struct heat heat;
	struct cell_at at;

	heat_init(&heat, &s->heat, parts.plot.width, parts.plot.height);
	query->timed_only = true;
	if (!heat.rows.rows)
		return;
	at = cursor_of(d, &heat);
	query->from_us = at.slot * heat_slot_us(&heat);
	query->to_us = query->from_us + heat_slot_us(&heat);
	cell_span(&heat.rows, at.row, query);
}

static void cursor_draw(const struct scene *scene, const struct heat *heat, const struct parts *p)
{
	struct cell_at at = cursor_of(scene->d, heat);
	int x0 = at.slot * heat->slot_cells, y0 = heat->height - (at.row + 1) * heat->row_cells;

	for (int k = 0; k < heat->slot_cells * heat->row_cells; k++)
		view_repen(p->plot, x0 + k % heat->slot_cells, y0 + k / heat->slot_cells,
			   (struct pen){.role = ROLE_SELECTED, .attr = ATTR_REVERSE});
	view_put(p->y_axis, AXIS_LEFT - 1, y0 + heat->row_cells / 2, scene->g->cursor, PEN(ROLE_ACCENT));
}

/* --- the title ---------------------------------------------------------------- */

/* "00:41.5", with as many decimals as a slot asks for. */
static char *moment(int64_t us, int64_t slot_us, char out[FORMAT_BYTES])
{
	int64_t part = us % 1000000;
	size_t n;

	format_elapsed(us, out);
	n = strlen(out);
	if (slot_us % 1000000)
		snprintf(out + n, FORMAT_BYTES - n, slot_us % 500000 ? ".%02d" : ".%01d",
			 (int)(slot_us % 500000 ? part / 10000 : part / 100000));
	return out;
}

/* "1.00 to 1.19 s", in one unit. */
static void span_text(const struct scene *scene, const struct heat *heat, int row, char *out, size_t bytes)
{
	const struct histogram_rows *rows = &heat->rows;
	int from = rows->first + row * rows->merge, to = from + rows->merge;
	double low = loggrid_edge_us(from < 0 ? 0 : from), high = loggrid_edge_us(to < LOGGRID_BINS ? to : LOGGRID_BINS);
	struct unit unit = format_unit(high, high, scene->g);
	char a[FORMAT_BYTES], b[FORMAT_BYTES];

	if (row == rows->rows - 1 && rows->open_high)
		snprintf(out, bytes, "%s%s", scene->g->at_least, format_duration(low, scene->g, a));
	else if (row == 0 && rows->open_low)
		snprintf(out, bytes, "< %s", format_duration(high, scene->g, a));
	else
		snprintf(out, bytes, "%s to %s %s", format_value(low, unit, scene->g, a),
			 format_value(high, unit, scene->g, b), unit.name);
}

static void cursor_pieces(const struct scene *scene, const struct heat *heat, struct line *line)
{
	struct cell_at at = cursor_of(scene->d, heat);
	int64_t slot_us = heat_slot_us(heat), from = at.slot * slot_us;
	uint64_t n = heat_count(heat, at.slot, at.row), all = heat_slot_count(heat, at.slot);
	uint64_t bad = heat_slot_bad(heat, at.slot);
	char a[FORMAT_BYTES], b[FORMAT_BYTES], span[3 * FORMAT_BYTES];
	struct piece *piece = line_piece(line, 1, 0);

	line_span(piece, PEN(ROLE_ACCENT), "%s", moment(from, slot_us, a));
	line_span(line_piece(line, 4, 1), PEN(ROLE_DIM), "to %s", moment(from + slot_us, slot_us, a));
	span_text(scene, heat, at.row, span, sizeof span);
	line_span(line_piece(line, 2, 2), PEN(ROLE_ACCENT), "%s", span);
	piece = line_piece(line, 0, 2);
	line_span(piece, PEN(ROLE_TEXT), "%s", format_count(n, a));
	line_span(piece, PEN(ROLE_DIM), " of %s", format_count(all, b));
	if (all)
		line_span(line_piece(line, 3, 0), PEN(ROLE_DIM), ", %s %%", format_percent((double)n / (double)all, scene->g, a));
	if (bad)
		line_span(line_piece(line, 3, 2), PEN(ROLE_BAD), "%s failed", format_count(bad, a));
}

/* "requests ░ 1 ▒ 4 ▓ 16 █ 64": from how many on a cell has which shade. */
static void scale_pieces(const struct scene *scene, const struct heat *heat, struct line *line)
{
	uint64_t from = 1;
	char glyph[GLYPH_BYTES], n[FORMAT_BYTES];

	line_span(line_piece(line, 5, 0), PEN(ROLE_DIM), "requests");
	for (int i = 1; i < 5; i++, from *= heat->base) {
		struct piece *piece = line_piece(line, 5, 1);

		line_span(piece, heat_pen(heat, from), "%s", format_glyph(scene->g->shade[i], glyph));
		line_span(piece, PEN(ROLE_DIM), " %s", format_count(from, n));
	}
}

static void title_draw(const struct scene *scene, struct view view, const struct heat *heat)
{
	bool focused = scene_focused(scene, PANE_HEATMAP);
	char whose[WHOSE_BYTES], title[WHOSE_BYTES + 96];
	struct line right;

	scene_whose(scene, whose, sizeof whose);
	snprintf(title, sizeof title, "%s%s, whole run", scene_clock(scene), whose);
	line_init(&right);
	if (heat->rows.rows) {
		if (focused)
			cursor_pieces(scene, heat, &right);
		else
			scale_pieces(scene, heat, &right);
	}
	rule_draw(view, scene->g, focused, title, &right);
}

/* --- lines ------------------------------------------------------------------ */

/* Beside the newest column. */
static void name_line(const struct heat *heat, struct view view, int y, struct pen pen, const char *name)
{
	int end = AXIS_LEFT + heat->slots * heat->slot_cells;

	if (view.width >= LABELED)
		view_text(view, end + 1, y + 1, pen, name);
}

/* Among the hottest rows of its slot it would hide what says more. */
static bool in_core(const struct heat *heat, int slot, int row)
{
	uint64_t n = heat_count(heat, slot, row);

	for (int r = 0; r < heat->rows.rows; r++)
		if (heat_count(heat, slot, r) > 2 * n)
			return false;
	return true;
}

/* From slots with enough requests only: of a few it is the largest. */
static void p95_draw(const struct scene *scene, const struct heat *heat, struct view view, struct view plot)
{
	int last = -1;

	for (int s = 0; s < heat->slots; s++) {
		int row = heat_quantile_row(heat, s, 0.95);

		if (row < 0 || !format_enough(heat_slot_count(heat, s), 0.95))
			continue;
		last = heat_y(heat, heat->rows.first + row * heat->rows.merge);
		for (int k = 0; k < heat->slot_cells && !in_core(heat, s, row); k++)
			view_put(plot, s * heat->slot_cells + k, last, scene->g->rule, PEN(ROLE_P95));
	}
	if (last >= 0)
		name_line(heat, view, last, PEN(ROLE_P95), "p95");
}

/* Of the times that the map shows. */
static bool shown(const struct scene *scene, const struct slo *slo)
{
	static const enum slo_metric metric[CLOCK_KINDS] = {SLO_LATENCY, SLO_SERVICE, SLO_QUEUE};
	const struct snapshot *s = scene->s;
	const char *task = s->query.task >= 0 && s->query.task < s->task_count ? s->task[s->query.task].name : "";

	return slo->metric == metric[s->query.clock < CLOCK_KINDS ? s->query.clock : CLOCK_RESPONSE] &&
	       (!*slo->task || !strcmp(slo->task, task));
}

/* Behind the shades: they stay whole. */
static void slos_draw(const struct scene *scene, const struct heat *heat, struct view view, struct view plot)
{
	/* Not the dot of an ASCII map's lightest shade. */
	uint32_t mark = scene->g->lane == scene->g->shade[1] ? '_' : scene->g->lane;

	for (int i = 0; i < scene->s->slo_count && i < SLO_MAX; i++) {
		const struct slo *slo = &scene->s->slo[i].slo;
		double us = slo->threshold;
		int y;

		if (!shown(scene, slo) || !(us >= 1 && us < 1e12))
			continue;
		y = heat_y(heat, loggrid_bin((int64_t)us));
		if (y < 0)
			continue;
		for (int x = 0; x < heat->slots * heat->slot_cells; x++)
			view_put(plot, x, y, mark, PEN(ROLE_WARN));
		name_line(heat, view, y, PEN(ROLE_WARN), "slo");
	}
}

void pane_heatmap(const struct scene *scene, struct view view)
{
	const struct snapshot *s = scene->s;
	struct parts p = parts_of(view);
	bool past = scene->d->frozen || dashboard_recorded(scene->d) || s->ended;
	struct heat heat;
	char text[FORMAT_BYTES];

	heat_init(&heat, &s->heat, p.plot.width, p.plot.height);
	title_draw(scene, view, &heat);
	if (p.plot.width < 1 || p.plot.height < 1)
		return;
	slos_draw(scene, &heat, view, p.plot);
	heat_draw(&heat, p.plot, scene->g);
	heat_y_axis(&heat, p.y_axis, scene->g);
	heat_time_axis(&heat, p.time, past ? format_elapsed(s->t_us, text) : "now", scene->g, s->point, s->point_count);
	heat_time_marks(&heat, p.time, scene->g, scene->d->course, s->t_us);
	region_cells(scene->d->regions, REGION_HEATMAP, 0, p.plot, 0, heat.height - heat.rows.rows * heat.row_cells,
		     heat.slots, heat.rows.rows, heat.slot_cells, heat.row_cells);
	if (!heat.rows.rows) {
		char awaited[WORDS_AWAITED];
		const char *what = words_awaited(scene, awaited);

		view_text(p.plot, 2, (p.plot.height - 1) / 2, PEN(ROLE_DIM), what);
		return;
	}
	if (heat.height >= LINES)
		p95_draw(scene, &heat, view, p.plot);
	if (scene_focused(scene, PANE_HEATMAP))
		cursor_draw(scene, &heat, &p);
}
