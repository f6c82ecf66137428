#include "heatmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/mem.h"

#define GRID_PER_BIN (LOGGRID_PER_OCTAVE / HEATMAP_PER_OCTAVE)

static void add(uint32_t *to, uint32_t n)
{
	if (__builtin_add_overflow(*to, n, to))
		*to = UINT32_MAX;
}

/* --- life ----------------------------------------------------------------- */

static void start(struct heatmap *h)
{
	h->length_us = HEATMAP_FIRST_LENGTH_US;
	h->t_us = 0;
	for (int s = 0; s < h->scopes; s++)
		for (int c = 0; c < CLOCK_KINDS; c++) {
			h->scope[s].by[c].low = HEATMAP_BINS;
			h->scope[s].by[c].high = -1;
		}
}

void heatmap_init(struct heatmap *h, int scopes)
{
	*h = (struct heatmap){.scopes = scopes};
	h->scope = xcalloc((size_t)scopes, sizeof *h->scope);
	start(h);
}

void heatmap_fini(struct heatmap *h)
{
	for (int s = 0; s < h->scopes; s++)
		for (int c = 0; c < CLOCK_KINDS; c++)
			for (int o = 0; o < HEATMAP_OCTAVES; o++)
				free(h->scope[s].by[c].octave[o]);
	free(h->scope);
}

void heatmap_reset(struct heatmap *h)
{
	for (int s = 0; s < h->scopes; s++) {
		struct heat_scope *scope = &h->scope[s];

		memset(scope->failed, 0, sizeof scope->failed);
		memset(scope->censored, 0, sizeof scope->censored);
		memset(scope->lost, 0, sizeof scope->lost);
		for (int c = 0; c < CLOCK_KINDS; c++)
			for (int o = 0; o < HEATMAP_OCTAVES; o++)
				if (scope->by[c].octave[o])
					memset(scope->by[c].octave[o], 0, sizeof *scope->by[c].octave[o]);
	}
	start(h);
}

/* --- time ------------------------------------------------------------------- */

/* Columns of `cells` counts each. */
static void merge_columns(uint32_t *count, size_t cells)
{
	for (size_t i = 0; i < HEATMAP_COLUMNS; i++)
		for (size_t k = 0; k < cells; k++) {
			uint32_t n = count[i * cells + k];

			count[i * cells + k] = 0;
			add(&count[i / 2 * cells + k], n);
		}
}

static void merge_neighbours(struct heatmap *h)
{
	for (int s = 0; s < h->scopes; s++) {
		struct heat_scope *scope = &h->scope[s];

		merge_columns(scope->failed, 1);
		merge_columns(scope->censored, 1);
		merge_columns(scope->lost, 1);
		for (int c = 0; c < CLOCK_KINDS; c++)
			for (int o = 0; o < HEATMAP_OCTAVES; o++)
				if (scope->by[c].octave[o])
					merge_columns(scope->by[c].octave[o]->count[0], HEATMAP_PER_OCTAVE);
	}
}

void heatmap_reach(struct heatmap *h, int64_t t_us)
{
	while (t_us / h->length_us >= HEATMAP_COLUMNS) {
		/* In a file whose time leaps everything soon is in the first one. */
		if (h->t_us >= h->length_us)
			merge_neighbours(h);
		h->length_us *= 2;
	}
	if (t_us > h->t_us)
		h->t_us = t_us;
}

static int column(const struct heatmap *h)
{
	return (int)(h->t_us / h->length_us);
}

/* As the difference from what it will be like: by the first clock the column before; by
 * the others that one, from which they do not differ where nothing waits. */
static void count_archive(uint32_t *count, uint32_t like, struct archive *a)
{
	int64_t difference = (int64_t)*count - like;

	archive_i64(a, &difference, -(int64_t)like, (int64_t)UINT32_MAX - like);
	*count = (uint32_t)(like + difference);
}

static void clock_archive(struct heat_clock *by, const struct heat_clock *first, int columns, struct archive *a)
{
	archive_int(a, &by->low, 0, HEATMAP_BINS);
	archive_int(a, &by->high, -1, HEATMAP_BINS - 1);
	for (int o = by->low / HEATMAP_PER_OCTAVE; o * HEATMAP_PER_OCTAVE <= by->high; o++) {
		bool some = by->octave[o];

		archive_bool(a, &some);
		if (!some)
			continue;
		if (!by->octave[o])
			by->octave[o] = xcalloc(1, sizeof *by->octave[o]);
		for (int i = 0; i < columns; i++)
			for (int b = 0; b < HEATMAP_PER_OCTAVE; b++) {
				const struct heat_octave *other = first ? first->octave[o] : by->octave[o];
				uint32_t like = !other || (!first && !i) ? 0 : other->count[first ? i : i - 1][b];

				count_archive(&by->octave[o]->count[i][b], like, a);
			}
	}
}

void heatmap_archive(struct heatmap *h, struct archive *a)
{
	int doublings = 0, columns;

	if (archive_restoring(a))
		heatmap_reset(h);
	while (HEATMAP_FIRST_LENGTH_US << doublings < h->length_us)
		doublings++;
	archive_int(a, &doublings, 0, 30);
	h->length_us = HEATMAP_FIRST_LENGTH_US << doublings;
	archive_i64(a, &h->t_us, 0, h->length_us * HEATMAP_COLUMNS - 1);
	columns = column(h) + 1;
	for (int s = 0; s < h->scopes; s++) {
		struct heat_scope *scope = &h->scope[s];

		for (int i = 0; i < columns; i++) {
			archive_u32(a, &scope->failed[i]);
			archive_u32(a, &scope->censored[i]);
			archive_u32(a, &scope->lost[i]);
		}
		for (int c = 0; c < CLOCK_KINDS; c++)
			clock_archive(&scope->by[c], c ? &scope->by[0] : NULL, columns, a);
	}
}

/* --- counts ----------------------------------------------------------------- */

static void count(struct heat_clock *by, int at, int bin)
{
	struct heat_octave **octave = &by->octave[bin / HEATMAP_PER_OCTAVE];

	if (!*octave)
		*octave = xcalloc(1, sizeof **octave);
	add(&(*octave)->count[at][bin % HEATMAP_PER_OCTAVE], 1);
	if (bin < by->low)
		by->low = bin;
	if (bin > by->high)
		by->high = bin;
}

void heatmap_exchange(struct heatmap *h, int scope, const struct exchange *x)
{
	struct heat_scope *whose[2] = {&h->scope[0], &h->scope[scope]};
	int at = column(h), of = scope ? 2 : 1;

	for (int s = 0; s < of; s++) {
		if (x->outcome == OUTCOME_FAILED)
			add(&whose[s]->failed[at], 1);
		else if (x->outcome == OUTCOME_CENSORED)
			add(&whose[s]->censored[at], 1);
	}
	if (x->outcome == OUTCOME_FAILED)
		return;
	for (int c = 0; c < CLOCK_KINDS; c++) {
		int bin = x->bin[c] / GRID_PER_BIN;

		for (int s = 0; s < of; s++)
			count(&whose[s]->by[c], at, bin);
	}
}

void heatmap_drops(struct heatmap *h, int scope, const struct rec_drops *drops)
{
	struct heat_scope *whose[2] = {&h->scope[0], &h->scope[scope]};
	int at = column(h);

	for (int s = 0; s < (scope ? 2 : 1); s++) {
		add(&whose[s]->failed[at], drops->count[OUTCOME_FAILED]);
		add(&whose[s]->censored[at], drops->count[OUTCOME_CENSORED]);
		for (int o = 0; o < OUTCOME_COUNT; o++)
			add(&whose[s]->lost[at], drops->count[o]);
	}
}

/* --- questions -------------------------------------------------------------- */

/* What came in bins `from` to `to` of the first `columns`, into a row of *out. */
static void sum_bins(const struct heat_clock *by, int from, int to, int columns, int row, struct snap_heat *out)
{
	for (int b = from < 0 ? 0 : from; b < to && b < HEATMAP_BINS; b++) {
		const struct heat_octave *octave = by->octave[b / HEATMAP_PER_OCTAVE];

		for (int i = 0; octave && i < columns; i++)
			add(&out->count[i][row], octave->count[i][b % HEATMAP_PER_OCTAVE]);
	}
}

void heatmap_snap(const struct heatmap *h, int scope, enum clock_kind clock, struct snap_heat *out)
{
	const struct heat_scope *from = &h->scope[scope];
	const struct heat_clock *by = &from->by[clock];
	int merge = 1, columns = column(h) + 1;

	memset(out, 0, sizeof *out);
	out->length_us = h->length_us;
	out->columns = columns;
	memcpy(out->failed, from->failed, sizeof out->failed);
	memcpy(out->censored, from->censored, sizeof out->censored);
	memcpy(out->lost, from->lost, sizeof out->lost);
	out->merge = GRID_PER_BIN;
	if (by->low > by->high)
		return;
	while (by->high / merge - by->low / merge >= SNAP_HEAT_ROWS)
		merge *= 2;
	out->merge = merge * GRID_PER_BIN;
	out->first = by->low / merge * out->merge;
	out->rows = by->high / merge - by->low / merge + 1;
	for (int r = 0; r < out->rows; r++)
		sum_bins(by, (by->low / merge + r) * merge, (by->low / merge + r + 1) * merge, columns, r, out);
}

void heatmap_bad(const struct heatmap *h, uint32_t out[SNAP_HEAT_COLUMNS])
{
	for (int i = 0; i < HEATMAP_COLUMNS; i++) {
		out[i] = h->scope[0].failed[i];
		add(&out[i], h->scope[0].censored[i]);
	}
}

uint64_t heatmap_bytes(const struct heatmap *h)
{
	uint64_t bytes = (uint64_t)h->scopes * sizeof *h->scope;

	for (int s = 0; s < h->scopes; s++)
		for (int c = 0; c < CLOCK_KINDS; c++)
			for (int o = 0; o < HEATMAP_OCTAVES; o++)
				if (h->scope[s].by[c].octave[o])
					bytes += sizeof *h->scope[s].by[c].octave[o];
	return bytes;
}
