/* The inside of a data set, and how rows get into it. */
#ifndef SCENARIO_DATA_PRIVATE_H
#define SCENARIO_DATA_PRIVATE_H

#include "base/buf.h"
#include "json.h"
#include "scenario/data.h"

#define DATA_MAX_COLUMNS 256

struct data_cell {
	uint64_t at; /* in the set's text */
	uint32_t bytes;
	uint16_t column;
	uint16_t kind; /* enum data_kind */
};

struct data_line {
	uint64_t cell; /* its first; they go on to the next row's first */
	int64_t timestamp_ms;
	uint32_t line; /* of the file, from 1 */
};

struct data_set {
	char *name, *file;
	enum data_order order;
	uint64_t key; /* of seed and name */
	struct buf text;
	struct data_cell *cell;
	uint64_t cells, cell_room;
	struct data_line *row; /* and one more behind the last */
	uint64_t rows, row_room;
	char **column;
	int columns;
	char *fields; /* data_fields() */
};

struct data_set *data_new(const char *name, const char *file, enum data_order order, uint64_t seed);
/* Cells that follow belong to it. */
void data_begin_row(struct data_set *set, uint32_t line);
/* The field's column, made if need be; -1: too many. */
int data_take_column(struct data_set *set, const char *field, size_t bytes);
void data_add(struct data_set *set, int column, enum data_kind kind, const char *bytes,
	      size_t count);
/* The row's last cell under another name too. */
void data_add_again(struct data_set *set, int column);
/* After the last row. Refuses a set without rows. */
int data_finish(struct data_set *set, struct err *err);

/* One row from a JSON value; messages by json_err(). */
int data_add_json(struct data_set *set, const struct json *json, uint32_t at, struct err *err);
/* A whole file's text, in its own way. */
int data_read_json(struct data_set *set, const char *text, size_t bytes, struct err *err);

/* A Mooncake trace's ids and words in `at`, to the cell's text. */
#define TRACE_BLOCK_WORDS 512
#define TRACE_MAX_WORDS (1 << 20)
struct trace_text {
	uint32_t words, ids;
	uint64_t id[];
};
size_t trace_room(const struct trace_text *trace);
size_t trace_write(const struct trace_text *trace, char *out);

#endif
