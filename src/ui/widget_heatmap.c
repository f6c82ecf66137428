#include "ui/widget.h"

#include "base/utf8.h"

#include <math.h>
#include <stdio.h>

#define SHADES 4
#define COLDEST 50   /* of the gradient: its beginning is all but the background */
#define SLOT_CELLS 4 /* the most, of a young run */
#define ROW_CELLS 3
#define LANE_ROWS 5  /* from which failures have a row of their own */

/* --- geometry --------------------------------------------------------------- */

static bool any_bad(const struct snap_heat *map)
{
	for (int i = 0; i < map->columns; i++)
		if (map->failed[i] || map->censored[i])
			return true;
	return false;
}

static void place_rows(struct heat *heat, int height)
{
	const struct snap_heat *map = heat->map;
	uint64_t bins[LOGGRID_BINS] = {0}, none[LOGGRID_BINS] = {0};
	struct histogram h = {.ok = bins, .failed = none};

	for (int i = 0; i < map->columns; i++)
		for (int r = 0; r < map->rows; r++)
			bins[map->first + r * map->merge] += map->count[i][r];
	if (map->rows)
		heat->rows = histogram_merge_grain(&h, height, map->merge);
	heat->row_cells = heat->rows.rows ? height / heat->rows.rows : 1;
	if (heat->row_cells > ROW_CELLS)
		heat->row_cells = ROW_CELLS;
}

/* The smallest number whose fourth power is more than the largest count. */
static uint64_t base_of(const struct heat *heat)
{
	uint64_t most = 0, base = 2;

	for (int s = 0; s < heat->slots; s++)
		for (int r = 0; r < heat->rows.rows; r++) {
			uint64_t n = heat_count(heat, s, r);

			most = n > most ? n : most;
		}
	while (base * base * base * base <= most)
		base++;
	return base;
}

void heat_init(struct heat *heat, const struct snap_heat *map, int width, int height)
{
	*heat = (struct heat){.map = map, .width = width, .height = height, .join = 1, .slot_cells = SLOT_CELLS};
	if (width < 1 || height < 1 || map->columns < 1)
		return;
	while ((map->columns + heat->join - 1) / heat->join > width)
		heat->join *= 2;
	while (heat->slot_cells > 1 && map->columns * heat->slot_cells > width)
		heat->slot_cells /= 2;
	heat->slots = (map->columns + heat->join - 1) / heat->join;
	heat->lane = height >= LANE_ROWS && any_bad(map);
	place_rows(heat, height - heat->lane);
	heat->base = base_of(heat);
}

static int last_column(const struct heat *heat, int slot)
{
	int end = (slot + 1) * heat->join;

	return end < heat->map->columns ? end : heat->map->columns;
}

uint64_t heat_count(const struct heat *heat, int slot, int row)
{
	const struct snap_heat *map = heat->map;
	const struct histogram_rows *rows = &heat->rows;
	int from = (rows->first + row * rows->merge - map->first) / map->merge;
	int to = from + rows->merge / map->merge;
	uint64_t n = 0;

	if (from < 0 || (row == 0 && rows->open_low))
		from = 0;
	if (to > map->rows || (row == rows->rows - 1 && rows->open_high))
		to = map->rows;
	for (int i = slot * heat->join; i < last_column(heat, slot); i++)
		for (int r = from; r < to; r++)
			n += map->count[i][r];
	return n;
}

uint64_t heat_slot_count(const struct heat *heat, int slot)
{
	uint64_t n = 0;

	for (int r = 0; r < heat->rows.rows; r++)
		n += heat_count(heat, slot, r);
	return n;
}

uint64_t heat_slot_bad(const struct heat *heat, int slot)
{
	uint64_t n = 0;

	for (int i = slot * heat->join; i < last_column(heat, slot); i++)
		n += (uint64_t)heat->map->failed[i] + heat->map->censored[i];
	return n;
}

int64_t heat_slot_us(const struct heat *heat)
{
	return heat->map->length_us * heat->join;
}

static int clamp(int64_t v, int count)
{
	return v < 0 ? 0 : v >= count ? count - 1 : (int)v;
}

int heat_slot(const struct heat *heat, int64_t t_us)
{
	return clamp(t_us / heat_slot_us(heat), heat->slots);
}

int heat_row(const struct heat *heat, int bin)
{
	return bin < heat->rows.first ? 0 : clamp((bin - heat->rows.first) / heat->rows.merge, heat->rows.rows);
}

/* Counted from below; rows go on above those that have something. */
static int row_y(const struct heat *heat, int row)
{
	return heat->height - 1 - (row * heat->row_cells + heat->row_cells / 2);
}

int heat_y(const struct heat *heat, int bin)
{
	int y;

	if (!heat->rows.rows || bin < heat->rows.first)
		return -1;
	y = row_y(heat, (bin - heat->rows.first) / heat->rows.merge);
	return y < heat->lane ? -1 : y;
}

int heat_quantile_row(const struct heat *heat, int slot, double q)
{
	double rank = ceil(q * (double)heat_slot_count(heat, slot));
	uint64_t n = 0;

	for (int r = 0; r < heat->rows.rows && rank > 0; r++) {
		n += heat_count(heat, slot, r);
		if ((double)n >= rank)
			return r;
	}
	return -1;
}

/* --- drawing ---------------------------------------------------------------- */

/* Logarithmic in the count: one request can be seen beside thousands. */
static int shade_of(const struct heat *heat, uint64_t n)
{
	int shade = 0;

	for (uint64_t from = 1; shade < SHADES && n >= from; from *= heat->base)
		shade++;
	return shade;
}

struct pen heat_pen(const struct heat *heat, uint64_t n)
{
	double share = n ? log((double)n) / (SHADES * log((double)heat->base)) : 0;

	return (struct pen){.role = ROLE_HEAT, .level = (uint8_t)(COLDEST + (100 - COLDEST) * fmin(share, 1))};
}

void heat_draw(const struct heat *heat, struct view plot, const struct glyphs *glyphs)
{
	for (int s = 0; s < heat->slots; s++) {
		for (int r = 0; r < heat->rows.rows; r++) {
			uint64_t n = heat_count(heat, s, r);

			for (int k = 0; n && k < heat->slot_cells * heat->row_cells; k++)
				view_put(plot, s * heat->slot_cells + k % heat->slot_cells,
					 heat->height - 1 - r * heat->row_cells - k / heat->slot_cells,
					 glyphs->shade[shade_of(heat, n)], heat_pen(heat, n));
		}
		for (int k = 0; heat->lane && heat_slot_bad(heat, s) && k < heat->slot_cells; k++)
			view_put(plot, s * heat->slot_cells + k, 0, '!', PEN(ROLE_BAD));
	}
}

static char *label(double us, const struct glyphs *glyphs, char out[FORMAT_BYTES])
{
	char number[FORMAT_BYTES];
	double unit = us >= 1e6 ? 1e6 : us >= 1e3 ? 1e3 : 1;

	snprintf(out, FORMAT_BYTES, "%.8s %s", format_axis(us / unit, number), us >= 1e6 ? "s" : us >= 1e3 ? "ms" : glyphs->micro);
	return out;
}

void heat_y_axis(const struct heat *heat, struct view view, const struct glyphs *glyphs)
{
	static const int steps[3][4] = {{1, 2, 5, 10}, {1, 3, 10, 0}, {1, 10, 0, 0}};
	static const double octaves[3] = {1, 1.58, 0}; /* the shortest step */
	double rows = heat->rows.rows ? (double)LOGGRID_PER_OCTAVE * heat->row_cells / heat->rows.merge : 0;
	int axis = view.width - 1, bottom = view.height - 1, set = 0, free_to = bottom;
	char text[FORMAT_BYTES];

	for (int y = 0; y < bottom; y++)
		view_put(view, axis, y, glyphs->axis_tick, PEN(ROLE_RULE));
	view_put(view, axis, bottom, glyphs->axis_cross, PEN(ROLE_RULE));
	if (heat->lane) {
		view_put(view, axis, 0, glyphs->axis, PEN(ROLE_RULE));
		view_right(view, axis - 1, 0, PEN(ROLE_BAD), axis > (int)sizeof "failed" - 1 ? "failed" : "!");
	}
	/* As many as have a free row between them. */
	while (set < 2 && octaves[set] * rows < 2)
		set++;
	for (double decade = 1; decade <= 1e11 && rows > 0; decade *= 10)
		for (const int *step = steps[set]; *step && *step < 10; step++) {
			int y = heat_y(heat, loggrid_bin((int64_t)(decade * *step)));

			if (y < 0 || y >= free_to)
				continue;
			view_right(view, axis - 1, y, PEN(ROLE_DIM), label(decade * *step, glyphs, text));
			free_to = y - 1;
		}
	if (heat->rows.open_high)
		view_put(view, axis, heat->height - heat->rows.rows * heat->row_cells, '>', PEN(ROLE_DIM));
	if (heat->rows.open_low)
		view_put(view, axis, heat->height - 1, '<', PEN(ROLE_DIM));
}

void heat_time_axis(const struct heat *heat, struct view view, const char *now, const struct glyphs *glyphs,
		    const struct snap_point *point, int count)
{
	int end = heat->slots * heat->slot_cells, cells = utf8_cells(now), x = end + 1;
	int64_t cell[SNAP_POINTS];

	for (x = 0; x < heat->width; x++)
		view_put(view, x, 0, glyphs->rule, PEN(ROLE_RULE));
	for (int i = 0; i < heat->map->columns; i++)
		if (heat->map->lost[i])
			for (int k = 0; k < heat->slot_cells; k++)
				view_put(view, i / heat->join * heat->slot_cells + k, 0, '!', PEN(ROLE_BAD));
	x = end + 1 + cells > view.width ? view.width - cells : end + 1;
	if (x < 0)
		return;
	view_put(view, x - 1, 0, ' ', PEN(ROLE_RULE));
	x = view_text(view, x, 0, PEN(ROLE_DIM), now);
	if (x < heat->width)
		view_put(view, x, 0, ' ', PEN(ROLE_RULE));
	for (int i = 0; i < count && i < SNAP_POINTS; i++)
		cell[i] = heat->slots ? point[i].t_us / heat_slot_us(heat) * heat->slot_cells : 0;
	x = end + 1 + cells > view.width ? view.width - cells - 1 : end;
	axis_points(view, end < heat->width ? end : heat->width, x, glyphs, point, cell,
		    count < SNAP_POINTS ? count : SNAP_POINTS);
}
