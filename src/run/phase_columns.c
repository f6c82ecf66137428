#include "phase_columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/mem.h"
#include "heatmap.h"

/* Fewer, since a percentile asks for more requests than a count does. */
#define OF_HEATMAP (HEATMAP_COLUMNS / SNAP_PART_COLUMNS)
#define FIRST_LENGTH_US (HEATMAP_FIRST_LENGTH_US * OF_HEATMAP)

void phase_columns_init(struct phase_columns *c, int scopes)
{
	*c = (struct phase_columns){.length_us = FIRST_LENGTH_US, .scopes = scopes};
	c->at = xcalloc((size_t)scopes, sizeof *c->at);
}

void phase_columns_fini(struct phase_columns *c)
{
	for (int s = 0; s < c->scopes; s++)
		for (int i = 0; i < SNAP_PART_COLUMNS; i++)
			phase_sums_fini(&c->at[s][i]);
	free(c->at);
}

void phase_columns_reset(struct phase_columns *c)
{
	for (int s = 0; s < c->scopes; s++)
		for (int i = 0; i < SNAP_PART_COLUMNS; i++)
			phase_sums_reset(&c->at[s][i]);
	c->length_us = FIRST_LENGTH_US;
	c->t_us = 0;
}

static void merge_neighbours(struct phase_columns *c)
{
	for (int s = 0; s < c->scopes; s++)
		for (int i = 1; i < SNAP_PART_COLUMNS; i++) {
			phase_sums_add(&c->at[s][i / 2], &c->at[s][i]);
			phase_sums_reset(&c->at[s][i]);
		}
}

void phase_columns_reach(struct phase_columns *c, int64_t t_us)
{
	while (t_us / c->length_us >= SNAP_PART_COLUMNS) {
		/* In a file whose time leaps everything soon is in the first one. */
		if (c->t_us >= c->length_us)
			merge_neighbours(c);
		c->length_us *= 2;
	}
	if (t_us > c->t_us)
		c->t_us = t_us;
}

static int column(const struct phase_columns *c)
{
	return (int)(c->t_us / c->length_us);
}

void phase_columns_archive(struct phase_columns *c, struct archive *a)
{
	int doublings = 0;

	if (archive_restoring(a))
		phase_columns_reset(c);
	while (FIRST_LENGTH_US << doublings < c->length_us)
		doublings++;
	archive_int(a, &doublings, 0, 30);
	c->length_us = FIRST_LENGTH_US << doublings;
	archive_i64(a, &c->t_us, 0, c->length_us * SNAP_PART_COLUMNS - 1);
	for (int s = 0; s < c->scopes; s++)
		for (int i = 0; i <= column(c) && !a->bad; i++)
			phase_sums_archive(&c->at[s][i], a);
}

void phase_columns_exchange(struct phase_columns *c, int scope, const struct exchange *x)
{
	phase_sums_exchange(&c->at[scope][column(c)], x);
}

void phase_columns_snap(const struct phase_columns *c, int scope, struct snap_phases *out)
{
	memset(out, 0, sizeof *out);
	out->length_us = c->length_us;
	out->columns = column(c) + 1;
	for (int i = 0; i < out->columns; i++) {
		const struct phase_sums *sums = &c->at[scope][i];

		out->requests[i] = sums->requests;
		for (int b = 0; b < BANDS; b++) {
			double us[REQ_PHASES];

			phase_sums_band(sums, (enum snap_band)b, us);
			for (int k = 0; k < REQ_PHASES; k++)
				out->us[i][b][k] = (float)us[k];
		}
	}
}

uint64_t phase_columns_bytes(const struct phase_columns *c)
{
	uint64_t bytes = 0;

	for (int s = 0; s < c->scopes; s++)
		for (int i = 0; i < SNAP_PART_COLUMNS; i++)
			bytes += phase_sums_bytes(&c->at[s][i]);
	return bytes;
}
