#include "ui/widget.h"

#include "ui/ghost.h"

#define MERGE_COARSE 8 /* bins a row: half an octave */
#define MERGE_FINE 3
#define MERGE_OCTAVE 16

void histogram_init(struct histogram *h, const uint64_t *ok, const uint64_t *failed,
		    const struct dist *dist)
{
	*h = (struct histogram){
		.ok = ok,
		.failed = failed,
		.count = dist->count,
		.p50_us = dist->p50_us,
		.p95_us = dist->p95_us,
		.p99_us = dist->p99_us,
	};
	for (int i = 0; i < LOGGRID_BINS; i++)
		h->failures += failed[i];
}

static uint64_t measured_in(const struct histogram *h, int bin)
{
	return h->ok[bin] + h->failed[bin];
}

static uint64_t ghost_in(const struct histogram *h, int bin)
{
	return h->ghost ? h->ghost[bin] : 0;
}

typedef uint64_t bin_fn(const struct histogram *h, int bin);

/* First and last bin when at most `beyond` samples are left out at each end. */
static bool ends(const struct histogram *h, bin_fn *in, uint64_t beyond, int *first, int *last)
{
	uint64_t low = 0, high = 0;
	int a = 0, b = LOGGRID_BINS - 1;

	while (a < LOGGRID_BINS && (low += in(h, a)) <= beyond)
		a++;
	while (b >= 0 && (high += in(h, b)) <= beyond)
		b--;
	*first = a;
	*last = b;
	return a <= b;
}

/* Of what is measured and the baseline's, each without one of `part` of it at each end
 * (0: all of it). What was measured counts: without any there is nothing to show. */
static bool span_bins(const struct histogram *h, uint64_t total, uint64_t part, int *first, int *last)
{
	int a, b;

	if (!ends(h, measured_in, part ? total / part : 0, first, last))
		return false;
	if (ends(h, ghost_in, part ? h->ghost_count / part : 0, &a, &b)) {
		*first = a < *first ? a : *first;
		*last = b > *last ? b : *last;
	}
	return true;
}

/* Rows are multiples of their width from the grid's anchor: they never move. */
static int floor_to(int bin, int merge)
{
	int from = bin - LOGGRID_ANCHOR_BIN;
	int down = from >= 0 ? from / merge : -((-from + merge - 1) / merge);

	return LOGGRID_ANCHOR_BIN + down * merge;
}

/* The fewest bins a row that need no more than `rows`. Powers of two alone
 * would leave up to half of the rows empty, so three halves of them count too. */
static struct histogram_rows merge_span(int first, int last, int rows, int grain)
{
	static const int merges[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 1024};
	struct histogram_rows out = {0};

	for (size_t i = 0; i < sizeof merges / sizeof *merges; i++) {
		if (merges[i] % grain)
			continue;
		out.merge = merges[i];
		out.first = floor_to(first, out.merge);
		out.rows = (last - out.first) / out.merge + 1;
		if (out.rows <= rows)
			break;
	}
	/* The anchor is an edge of every width: one row cannot reach across it. */
	if (out.rows > rows)
		return (struct histogram_rows){.merge = LOGGRID_BINS, .rows = 1};
	return out;
}

/* Up to `coarse` bins a row all is shown; beyond that all but 1 %. */
static struct histogram_rows merge_to(const struct histogram *h, int rows, int coarse, int grain)
{
	struct histogram_rows all, most;
	int first, last, low, high;
	uint64_t total = 0;

	if (rows <= 0 || !span_bins(h, 0, 0, &first, &last))
		return (struct histogram_rows){0};
	all = merge_span(first, last, rows, grain);
	if (all.merge <= coarse)
		return all;
	/* A few far away would press the rest into two or three rows: the rows at
	 * the ends take them, and say so. */
	for (int i = first; i <= last; i++)
		total += measured_in(h, i);
	if (!span_bins(h, total, 200, &low, &high))
		return all;
	most = merge_span(low, high, rows, grain);
	if (most.merge >= all.merge)
		return all;
	most.open_low = first < most.first;
	most.open_high = last >= most.first + most.rows * most.merge;
	return most;
}

struct histogram_rows histogram_merge(const struct histogram *h, int rows)
{
	return merge_to(h, rows, MERGE_COARSE, 1);
}

struct histogram_rows histogram_merge_most(const struct histogram *h, int rows)
{
	return merge_to(h, rows, MERGE_FINE, 1);
}

struct histogram_rows histogram_merge_grain(const struct histogram *h, int rows, int grain)
{
	return merge_to(h, rows, MERGE_OCTAVE, grain);
}

int histogram_row(const struct histogram_rows *rows, int64_t us)
{
	int bin = loggrid_bin(us), row;

	if (bin < rows->first || rows->rows == 0)
		return 0;
	row = (bin - rows->first) / rows->merge;
	return row < rows->rows ? row : rows->rows - 1;
}

uint64_t histogram_sum(const uint64_t *bins, const struct histogram_rows *rows, int row)
{
	int from = rows->first + row * rows->merge, to = from + rows->merge;
	uint64_t sum = 0;

	if (row == 0 && rows->open_low)
		from = 0;
	if (row == rows->rows - 1 && rows->open_high)
		to = LOGGRID_BINS;
	for (int i = from < 0 ? 0 : from; i < to && i < LOGGRID_BINS; i++)
		sum += bins[i];
	return sum;
}

double histogram_ghost(const struct histogram *h, const struct histogram_rows *rows, int row)
{
	return h->ghost ? ghost_scaled(histogram_sum(h->ghost, rows, row), h->ghost_count, h->count) : 0;
}

double histogram_most(const struct histogram *h, const struct histogram_rows *rows, bool failed)
{
	double most = 1;

	for (int row = 0; row < rows->rows; row++) {
		double sum = (double)histogram_sum(h->ok, rows, row), ghost = histogram_ghost(h, rows, row);

		if (failed)
			sum += (double)histogram_sum(h->failed, rows, row);
		most = sum > most ? sum : most;
		most = ghost > most ? ghost : most;
	}
	return most;
}
