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

/* One position of an area: what is good from the bottom, failures on top of it.
 * Steps; -1: none. */
struct pile {
	int good, top;
};

static struct pile pile_of(const struct graph *graph, const float *value, const float *bad,
			   int64_t cell, int k, double max, int steps)
{
	double v = sample(graph, value, cell, k), f = sample(graph, bad, cell, k);
	struct pile pile = {.good = step_of(v, max, steps), .top = -1};

	/* Zero failures are nothing to draw; zero answers are a base line. Few
	 * failures have a step of their own. */
	if (f > 0) {
		pile.top = step_of((v > 0 ? v : 0) + f, max, steps);
		if (!(v > 0))
			pile.good = -1;
		else if (pile.good >= pile.top)
			pile.good = pile.top - 1;
	}
	return pile;
}

uint32_t graph_failed_glyph(enum glyph_set set)
{
	return set == GLYPHS_BRAILLE ? 0x2895 : glyphs_of(set)->shade[2];
}

/* Blocks have eighths upwards, so an area needs no mask. Failures are lighter,
 * so that they differ without colours too; alone they need not. */
static void area_column(const struct graph *graph, struct view view, int x, struct pile pile,
			int per_cell, bool alone)
{
	const struct glyphs *g = glyphs_of(graph->set);
	int rows = view.height, top = pile.top > pile.good ? pile.top : pile.good;

	for (int y = 0; y < rows && top >= 0; y++) {
		int base = (rows - 1 - y) * per_cell;
		int eighths = (top + 1 - base) * 8 / per_cell;
		bool failed = pile.top >= base && pile.good < base + per_cell - 1;

		if (eighths <= 0)
			continue;
		view_put(view, x, y,
			 failed && !alone ? graph_failed_glyph(graph->set) : g->column[eighths > 8 ? 8 : eighths],
			 failed ? PEN(ROLE_BAD)
				: (struct pen){.role = ROLE_RATE, .level = height_level(y, rows)});
	}
}

/* Failures have every other dot, and the topmost. */
static void mark_failed(uint8_t *mask, int rows, struct grain grain, int part, struct pile pile)
{
	for (int s = pile.good + 1; s <= pile.top; s++)
		if ((s + part) % 2 == 0 || s == pile.top)
			mark(mask, rows, grain, part, s, s);
}

void graph_area(const struct graph *graph, struct view view, const float *value,
		const float *bad, double max)
{
	struct grain grain = grains[graph->set];
	int rows = view.height < ROWS_MAX ? view.height : ROWS_MAX, steps = rows * grain.up;
	uint8_t mask[ROWS_MAX];
	bool red[ROWS_MAX];

	for (int x = 0; x < view.width; x++) {
		int64_t cell = cell_at(graph, view.width, x);

		if (graph->set != GLYPHS_BRAILLE) {
			int per_cell = graph->set == GLYPHS_BLOCK ? 8 : 1;

			area_column(graph, view, x, pile_of(graph, value, bad, cell, 0, max, rows * per_cell),
				    per_cell, !value);
			continue;
		}
		memset(mask, 0, (size_t)rows);
		memset(red, 0, (size_t)rows * sizeof *red);
		for (int k = 0; k < grain.across; k++) {
			struct pile pile = pile_of(graph, value, bad, cell, k, max, steps);

			mark(mask, rows, grain, k, 0, pile.good);
			if (value)
				mark_failed(mask, rows, grain, k, pile);
			else
				mark(mask, rows, grain, k, 0, pile.top);
			for (int s = pile.good + 1; s <= pile.top; s++)
				red[rows - 1 - s / grain.up] = true;
		}
		for (int y = 0; y < rows; y++)
			if (mask[y])
				view_put(view, x, y, 0x2800U + mask[y],
					 red[y] ? PEN(ROLE_BAD)
						 : (struct pen){.role = ROLE_RATE, .level = height_level(y, rows)});
	}
}
