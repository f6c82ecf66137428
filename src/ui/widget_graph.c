#include "ui/widget.h"

#include <math.h>
#include <string.h>

#define CELL_PLACES 2
#define PLACES_MAX 8 /* of a second */
#define ROWS_MAX 1024

/* How finely a set draws: positions in a cell. */
struct grain {
	int across, up;
};
static const struct grain grains[GLYPHS_COUNT] = {
	[GLYPHS_BRAILLE] = {2, 4},
	[GLYPHS_BLOCK] = {1, 2},
	[GLYPHS_ASCII] = {1, 1},
};

/* Braille dots by column and height from the bottom. */
static const uint8_t dots[2][4] = {{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}};

static int64_t floor_div(int64_t v, int64_t by)
{
	return v >= 0 ? v / by : (v - (by - 1)) / by;
}

int64_t graph_cell_of(const struct graph *graph, int64_t second)
{
	return floor_div(second * graph->places, CELL_PLACES);
}

void graph_init(struct graph *graph, const struct snap_series *series, enum glyph_set set,
		int width)
{
	int64_t seconds = series->first + series->count;

	graph->series = series;
	graph->set = set;
	graph->places = PLACES_MAX;
	while (graph->places > 1 && seconds * graph->places > (int64_t)width * CELL_PLACES)
		graph->places /= 2;
	graph->last_cell = floor_div(seconds * graph->places - 1, CELL_PLACES);
}

/* NAN before, after and in the second that is still open: what it will show is
 * not known yet. */
static double at_second(const struct graph *graph, const float *value, int64_t second)
{
	const struct snap_series *s = graph->series;
	int64_t i = second - s->first;

	if (!value || i < 0 || i >= s->count - (s->open ? 1 : 0))
		return NAN;
	return (double)value[i];
}

/* Where a cell has one position only, the larger second stands for both: a
 * peak must not depend on the glyphs. */
static double sample(const struct graph *graph, const float *value, int64_t cell, int part)
{
	int64_t place = cell * CELL_PLACES;

	if (grains[graph->set].across == CELL_PLACES)
		return at_second(graph, value, floor_div(place + part, graph->places));
	return fmax(at_second(graph, value, floor_div(place, graph->places)),
		    at_second(graph, value, floor_div(place + 1, graph->places)));
}

static int64_t cell_at(const struct graph *graph, int width, int x)
{
	return graph->last_cell - (width - 1) + x;
}

double graph_max(const struct graph *graph, const float *value, int width)
{
	double max = NAN;
	int64_t first = floor_div(cell_at(graph, width, 0) * CELL_PLACES, graph->places);

	for (int64_t i = 0; i <= (int64_t)width * CELL_PLACES / graph->places; i++) {
		double v = at_second(graph, value, first + i);

		if (!isinf(v))
			max = fmax(max, v);
	}
	return max;
}

/* Steps from the bottom, 0 to steps - 1; -1 where there is nothing to draw. */
static int step_of(double v, double max, int steps)
{
	if (!(v >= 0) || isinf(v) || !(max > 0) || steps <= 0)
		return -1;
	double s = ceil(v / max * steps) - 1;

	return s < 0 ? 0 : s > steps - 1 ? steps - 1 : (int)s;
}

/* Marks the steps `from` to `to` of one position of a column. */
static void mark(uint8_t *mask, int rows, struct grain grain, int part, int from, int to)
{
	for (int s = from; s <= to; s++) {
		int row = rows - 1 - s / grain.up;

		if (row >= 0)
			mask[row] = (uint8_t)(mask[row] | (grain.across == 2 ? dots[part][s % 4] : 1 << s % grain.up));
	}
}

static uint32_t mask_glyph(const struct graph *graph, uint8_t mask, uint32_t ascii)
{
	const struct glyphs *g = glyphs_of(graph->set);

	switch (graph->set) {
	case GLYPHS_BRAILLE:
		return 0x2800U + mask;
	case GLYPHS_BLOCK:
		return mask == 3 ? g->column[8] : mask == 1 ? g->column[4] : 0x2580;
	case GLYPHS_ASCII:
	case GLYPHS_COUNT:
		break;
	}
	return ascii;
}

void graph_lines(const struct graph *graph, struct view view, const struct graph_line *line,
		 int count, double max)
{
	struct grain grain = grains[graph->set];
	int rows = view.height < ROWS_MAX ? view.height : ROWS_MAX;
	uint8_t mask[ROWS_MAX], owner[ROWS_MAX];

	for (int x = 0; x < view.width; x++) {
		int64_t cell = cell_at(graph, view.width, x);

		memset(mask, 0, (size_t)rows);
		for (int l = 0; l < count; l++) {
			for (int part = 0; part < grain.across; part++) {
				double v = sample(graph, line[l].value, cell, part);
				double before = part ? sample(graph, line[l].value, cell, part - 1)
						     : sample(graph, line[l].value, cell - 1, grain.across - 1);
				int to = step_of(v, max, rows * grain.up);
				int from = step_of(before, max, rows * grain.up);
				int low = to, high = to;

				if (to < 0)
					continue;
				/* Joined to the second before; the dots are this one's. */
				if (from >= 0 && from < to)
					low = from + 1;
				else if (from > to)
					high = from - 1;
				mark(mask, rows, grain, part, low, high);
				for (int s = low; s <= high; s++)
					owner[rows - 1 - s / grain.up] = (uint8_t)l;
			}
		}
		/* A later line is the topmost: its role wins a shared cell. */
		for (int y = 0; y < rows; y++)
			if (mask[y])
				view_put(view, x, y, mask_glyph(graph, mask[y], line[owner[y]].ascii),
					 PEN(line[owner[y]].role));
	}
}

static uint8_t height_level(int y, int rows)
{
	return (uint8_t)(rows > 1 ? (rows - 1 - y) * 100 / (rows - 1) : 100);
}

/* Blocks have eighths upwards, so an area needs no mask. */
static void area_column(struct view view, int x, const struct glyphs *g, double v, double part,
			double max, int per_cell)
{
	int rows = view.height;
	int top = step_of(v, max, rows * per_cell), bad = step_of(part, max, rows * per_cell);

	if (bad > top)
		top = bad;
	for (int y = 0; y < rows && top >= 0; y++) {
		int base = (rows - 1 - y) * per_cell;
		int eighths = (top + 1 - base) * 8 / per_cell;

		if (eighths <= 0)
			continue;
		view_put(view, x, y, g->column[eighths > 8 ? 8 : eighths],
			 bad >= base ? PEN(ROLE_BAD)
				     : (struct pen){.role = ROLE_RATE, .level = height_level(y, rows)});
	}
}

/* Zero failures are nothing to draw; zero answers are a base line. */
static double failures(const struct graph *graph, const float *part, int64_t cell, int k)
{
	double v = sample(graph, part, cell, k);

	return v > 0 ? v : NAN;
}

void graph_area(const struct graph *graph, struct view view, const float *value,
		const float *part, double max)
{
	struct grain grain = grains[graph->set];
	int rows = view.height < ROWS_MAX ? view.height : ROWS_MAX;
	uint8_t mask[ROWS_MAX];

	for (int x = 0; x < view.width; x++) {
		int64_t cell = cell_at(graph, view.width, x);
		int red = -1;

		if (graph->set != GLYPHS_BRAILLE) {
			area_column(view, x, glyphs_of(graph->set), sample(graph, value, cell, 0),
				    failures(graph, part, cell, 0), max,
				    graph->set == GLYPHS_BLOCK ? 8 : 1);
			continue;
		}
		memset(mask, 0, (size_t)rows);
		for (int k = 0; k < grain.across; k++) {
			int top = step_of(sample(graph, value, cell, k), max, rows * grain.up);
			int bad = step_of(failures(graph, part, cell, k), max, rows * grain.up);

			mark(mask, rows, grain, k, 0, top > bad ? top : bad);
			if (bad > red)
				red = bad;
		}
		for (int y = 0; y < rows; y++)
			if (mask[y])
				view_put(view, x, y, 0x2800U + mask[y],
					 red >= (rows - 1 - y) * grain.up
						 ? PEN(ROLE_BAD)
						 : (struct pen){.role = ROLE_RATE, .level = height_level(y, rows)});
	}
}
