#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data_private.h"

struct data_set *data_new(const char *name, const char *file, enum data_order order, uint64_t seed)
{
	struct data_set *set = xcalloc(1, sizeof *set);

	set->name = xstrdup(name);
	set->file = xstrdup(file);
	set->order = order;
	data_seed(set, seed);
	return set;
}

static struct data_line *next_line(struct data_set *set)
{
	if (set->rows == set->row_room) {
		set->row_room = set->row_room ? 2 * set->row_room : 64;
		set->row = xreallocarray(set->row, set->row_room, sizeof *set->row);
	}
	return &set->row[set->rows];
}

void data_begin_row(struct data_set *set, uint32_t line)
{
	*next_line(set) = (struct data_line){.cell = set->cells, .timestamp_ms = -1, .line = line};
	set->rows++;
}

int data_take_column(struct data_set *set, const char *field, size_t bytes)
{
	for (int i = 0; i < set->columns; i++)
		if (!strncmp(set->column[i], field, bytes) && !set->column[i][bytes])
			return i;
	if (set->columns == DATA_MAX_COLUMNS)
		return -1;
	set->column = xreallocarray(set->column, (size_t)set->columns + 1, sizeof *set->column);
	set->column[set->columns] = xstrndup(field, bytes);
	return set->columns++;
}

static struct data_cell *new_cell(struct data_set *set)
{
	if (set->cells == set->cell_room) {
		set->cell_room = set->cell_room ? 2 * set->cell_room : 256;
		set->cell = xreallocarray(set->cell, set->cell_room, sizeof *set->cell);
	}
	return &set->cell[set->cells++];
}

void data_add(struct data_set *set, int column, enum data_kind kind, const char *bytes,
	      size_t count)
{
	/* Made texts are read as numbers, in place. */
	while (kind == DATA_MADE && set->text.used % _Alignof(struct trace_text))
		buf_add(&set->text, "", 1);
	*new_cell(set) = (struct data_cell){.at = set->text.used, .bytes = (uint32_t)count,
					    .column = (uint16_t)column, .kind = (uint16_t)kind};
	buf_add(&set->text, bytes, count);
	buf_add(&set->text, "", 1);
}

void data_add_again(struct data_set *set, int column)
{
	struct data_cell *cell = new_cell(set);

	*cell = cell[-1];
	cell->column = (uint16_t)column;
}

int data_finish(struct data_set *set, struct err *err)
{
	struct buf fields = {0};
	size_t bytes;

	if (!set->rows)
		return err_set(err, "%.200s: has no rows; expected at least one", set->file);
	*next_line(set) = (struct data_line){.cell = set->cells};
	for (int i = 0; i < set->columns; i++) {
		if (i)
			buf_puts(&fields, ", ");
		buf_puts(&fields, set->column[i]);
	}
	set->fields = buf_take(&fields, &bytes);
	return 0;
}
