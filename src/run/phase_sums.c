#include "phase_sums.h"

#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/mem.h"

#define GRID_PER_BIN (LOGGRID_PER_OCTAVE / PHASE_PER_OCTAVE)
#define OCTAVE_BYTES (PHASE_PER_OCTAVE * sizeof(struct phase_cell))

void phase_sums_fini(struct phase_sums *p)
{
	for (int o = 0; o < PHASE_OCTAVES; o++)
		free(p->octave[o]);
}

void phase_sums_reset(struct phase_sums *p)
{
	if (!p->requests)
		return;
	p->requests = 0;
	for (int o = 0; o < PHASE_OCTAVES; o++)
		if (p->octave[o])
			memset(p->octave[o], 0, OCTAVE_BYTES);
}

static struct phase_cell *octave(struct phase_sums *p, int o)
{
	if (!p->octave[o])
		p->octave[o] = xcalloc(PHASE_PER_OCTAVE, sizeof(struct phase_cell));
	return p->octave[o];
}

static void cell_archive(struct phase_cell *cell, struct archive *a)
{
	archive_count(a, &cell->requests);
	if (!cell->requests)
		return;
	archive_u64(a, &cell->connected, cell->requests);
	for (int i = 0; i < REQ_PHASES; i++)
		archive_count(a, &cell->us[i]);
}

static bool has_some(const struct phase_cell *cells)
{
	for (int i = 0; cells && i < PHASE_PER_OCTAVE; i++)
		if (cells[i].requests)
			return true;
	return false;
}

void phase_sums_archive(struct phase_sums *p, struct archive *a)
{
	if (archive_restoring(a))
		phase_sums_reset(p);
	for (int o = 0; o < PHASE_OCTAVES; o++) {
		bool some = has_some(p->octave[o]);

		archive_bool(a, &some);
		if (!some)
			continue;
		for (int i = 0; i < PHASE_PER_OCTAVE; i++) {
			cell_archive(&octave(p, o)[i], a);
			if (archive_restoring(a))
				p->requests += p->octave[o][i].requests;
		}
	}
}

void phase_sums_exchange(struct phase_sums *p, const struct exchange *x)
{
	int bin = x->bin[CLOCK_RESPONSE] / GRID_PER_BIN;
	struct phase_cell *cell = &octave(p, bin / PHASE_PER_OCTAVE)[bin % PHASE_PER_OCTAVE];

	p->requests++;
	cell->requests++;
	cell->connected += exchange_connected(x);
	for (int i = 0; i < REQ_PHASES; i++)
		cell->us[i] += (uint64_t)x->part_us[i];
}

void phase_sums_add(struct phase_sums *to, const struct phase_sums *from)
{
	if (!from->requests)
		return;
	to->requests += from->requests;
	for (int o = 0; o < PHASE_OCTAVES; o++)
		for (int i = 0; from->octave[o] && i < PHASE_PER_OCTAVE; i++) {
			struct phase_cell *cell = &octave(to, o)[i];
			const struct phase_cell *more = &from->octave[o][i];

			cell->requests += more->requests;
			cell->connected += more->connected;
			for (int k = 0; k < REQ_PHASES; k++)
				cell->us[k] += more->us[k];
		}
}

void phase_sums_subtract(struct phase_sums *from, const struct phase_sums *what)
{
	if (!what->requests)
		return;
	from->requests -= what->requests;
	for (int o = 0; o < PHASE_OCTAVES; o++)
		for (int i = 0; what->octave[o] && i < PHASE_PER_OCTAVE; i++) {
			struct phase_cell *cell = &octave(from, o)[i];
			const struct phase_cell *less = &what->octave[o][i];

			cell->requests -= less->requests;
			cell->connected -= less->connected;
			for (int k = 0; k < REQ_PHASES; k++)
				cell->us[k] -= less->us[k];
		}
}

uint64_t phase_sums_bytes(const struct phase_sums *p)
{
	uint64_t bytes = sizeof *p;

	for (int o = 0; o < PHASE_OCTAVES; o++)
		bytes += p->octave[o] ? OCTAVE_BYTES : 0;
	return bytes;
}

/* --- questions -------------------------------------------------------------- */

/* How much of the ranks low to high lies in from to to. */
static double overlap(double low, double high, double from, double to)
{
	double a = low > from ? low : from, b = high < to ? high : to;

	return b > a ? b - a : 0;
}

void phase_sums_band(const struct phase_sums *p, enum snap_band band, double us[REQ_PHASES])
{
	static const double ends[BANDS][2] = {[BAND_P50] = {0.45, 0.55}, [BAND_P95] = {0.93, 0.97}};
	double from = ends[band][0] * (double)p->requests, to = ends[band][1] * (double)p->requests;
	double rank = 0, taken = 0;

	memset(us, 0, REQ_PHASES * sizeof *us);
	for (int bin = 0; bin < PHASE_OCTAVES * PHASE_PER_OCTAVE && rank < to; bin++) {
		const struct phase_cell *cells = p->octave[bin / PHASE_PER_OCTAVE];
		const struct phase_cell *cell = cells ? &cells[bin % PHASE_PER_OCTAVE] : NULL;
		double n = cell ? (double)cell->requests : 0, inside = overlap(rank, rank + n, from, to);

		rank += n;
		taken += inside;
		for (int i = 0; inside > 0 && i < REQ_PHASES; i++)
			us[i] += (double)cell->us[i] * (inside / n);
	}
	for (int i = 0; taken > 0 && i < REQ_PHASES; i++)
		us[i] /= taken;
}

static uint64_t connected(const struct phase_sums *p)
{
	uint64_t n = 0;

	for (int o = 0; o < PHASE_OCTAVES; o++)
		for (int i = 0; p->octave[o] && i < PHASE_PER_OCTAVE; i++)
			n += p->octave[o][i].connected;
	return n;
}

void phase_sums_snap(const struct phase_sums *p, const struct dist *latency, struct snap_parts *out)
{
	const double exact[BANDS] = {[BAND_P50] = (double)latency->p50_us, [BAND_P95] = (double)latency->p95_us};

	out->requests = p->requests;
	out->connected = connected(p);
	for (int b = 0; b < BANDS; b++) {
		double us[REQ_PHASES], sum = 0;

		phase_sums_band(p, (enum snap_band)b, us);
		for (int i = 0; i < REQ_PHASES; i++)
			sum += us[i];
		for (int i = 0; i < REQ_PHASES; i++)
			out->us[b][i] = (float)(sum > 0 && latency->count ? us[i] * (exact[b] / sum) : us[i]);
	}
}
