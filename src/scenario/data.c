#include "scenario/data.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rng.h"
#include "data_private.h"
#include "mix.h"

void data_free(struct data_set *set)
{
	if (!set)
		return;
	for (int i = 0; i < set->columns; i++)
		free(set->column[i]);
	free(set->column);
	free(set->fields);
	free(set->cell);
	free(set->row);
	buf_fini(&set->text);
	free(set->file);
	free(set->name);
	free(set);
}

void data_seed(struct data_set *set, uint64_t seed)
{
	/* Sets of one run are not shuffled alike. */
	set->key = rng_mix(seed ^ mix_bytes(0, set->name, strlen(set->name)));
}

const char *data_name(const struct data_set *set)
{
	return set->name;
}

const char *data_file(const struct data_set *set)
{
	return set->file;
}

uint64_t data_rows(const struct data_set *set)
{
	return set->rows;
}

int data_column(const struct data_set *set, const char *field)
{
	for (int i = 0; i < set->columns; i++)
		if (!strcmp(set->column[i], field))
			return i;
	return -1;
}

const char *data_fields(const struct data_set *set)
{
	return set->fields;
}

void data_offer_fields(const struct data_set *set, struct near *near)
{
	for (int i = 0; i < set->columns; i++)
		near_offer(near, set->column[i]);
}

static const struct data_cell *cell_of(const struct data_set *set, uint64_t row, int column)
{
	size_t at = set->row[row].cell, end = set->row[row + 1].cell, c = at + (size_t)column;

	/* Most files have the same fields in the same order in every row. */
	if (c < end && set->cell[c].column == column)
		return &set->cell[c];
	while (at < end && set->cell[at].column != column)
		at++;
	return at < end ? &set->cell[at] : NULL;
}

uint32_t data_line(const struct data_set *set, uint64_t row)
{
	return set->row[row].line;
}

int64_t data_lacking(const struct data_set *set, int column, uint32_t *line)
{
	for (uint64_t row = 0; row < set->rows; row++)
		if (!cell_of(set, row, column)) {
			*line = set->row[row].line;
			return (int64_t)row;
		}
	return -1;
}

const char *data_text(const struct data_set *set, uint64_t row, int column, size_t *bytes,
		      enum data_kind *kind)
{
	const struct data_cell *c = cell_of(set, row, column);

	*kind = c ? (enum data_kind)c->kind : DATA_NONE;
	*bytes = c ? c->bytes : 0;
	return c && c->kind != DATA_MADE ? set->text.at + c->at : NULL;
}

static const struct trace_text *trace_of(const struct data_set *set, uint64_t row, int column)
{
	const struct data_cell *c = cell_of(set, row, column);

	return (const struct trace_text *)(const void *)(set->text.at + c->at);
}

size_t data_room(const struct data_set *set, uint64_t row, int column)
{
	return trace_room(trace_of(set, row, column));
}

size_t data_write(const struct data_set *set, uint64_t row, int column, char *out)
{
	return trace_write(trace_of(set, row, column), out);
}

int64_t data_timestamp_ms(const struct data_set *set, uint64_t row)
{
	return set->row[row].timestamp_ms;
}

/* A permutation of [0, rows) without a table: four rounds of a Feistel network
 * over the next even power of two, walked until it is back within (Black and
 * Rogaway, "Ciphers with arbitrary finite domains", 2002). */
static uint64_t permute(uint64_t at, uint64_t rows, uint64_t key)
{
	int half = 1;

	while (half < 31 && rows > 1ull << 2 * half)
		half++;
	do {
		uint64_t mask = (1ull << half) - 1, left = at >> half, right = at & mask;

		for (uint64_t round = 0; round < 4; round++) {
			uint64_t next = left ^ (rng_mix(key + (round << 56) + right) & mask);

			left = right;
			right = next;
		}
		at = left << half | right;
	} while (at >= rows);
	return at;
}

uint64_t data_row(const struct data_set *set, uint64_t number)
{
	uint64_t rows = set->rows;

	switch (set->order) {
	case DATA_SEQUENTIAL:
		break;
	case DATA_SHUFFLED:
		return permute(number % rows, rows, rng_mix(set->key + number / rows));
	case DATA_RANDOM:
		return (uint64_t)((unsigned __int128)rng_mix(set->key ^ rng_mix(number)) * rows >> 64);
	}
	return number % rows;
}
