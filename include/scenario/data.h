/* A data set: rows of named texts from a file, read and checked whole before the
 * first request, immutable and shared by all workers afterwards.
 *
 * Files known by their content: CSV with a header line (.csv), JSON lines of
 * objects, of strings ({"text": …}), ShareGPT ({"conversations": [{"from",
 * "value"}, …]}, as JSON lines or one array: field `text` is the first human
 * turn, `turns` all of them as a JSON array), Mooncake traces ({"timestamp",
 * "input_length", "output_length", "hash_ids"}: `text` is made from the hash ids,
 * equal ids give equal blocks of text). {"prompt"} reads as `text` too. */
#ifndef SCENARIO_DATA_H
#define SCENARIO_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define DATA_MAX_BYTES (1u << 30)

enum data_order { DATA_SEQUENTIAL, DATA_SHUFFLED, DATA_RANDOM };

struct data_set;

/* `name` is what templates call it. Errors read "FILE:LINE: …; expected …". */
int data_load(const char *name, const char *path, enum data_order order, uint64_t seed,
	      struct data_set **out, struct err *err);
void data_free(struct data_set *set);

const char *data_name(const struct data_set *set);
uint64_t data_rows(const struct data_set *set);
/* The field's column, or -1. Fields of all rows are known beforehand. */
int data_column(const struct data_set *set, const char *field);
/* "text, topic, id" for messages. */
const char *data_fields(const struct data_set *set);
/* First row that lacks the field (its line in *line), or -1. */
int64_t data_lacking(const struct data_set *set, int column, uint32_t *line);
/* A row's text, NUL-terminated, or NULL. What is not a string is its JSON. */
const char *data_text(const struct data_set *set, uint64_t row, int column, size_t *bytes);
/* Mooncake's timestamp, or -1. */
int64_t data_timestamp_ms(const struct data_set *set, uint64_t row);
/* The row of the number-th use: number modulo rows, shuffled anew each round;
 * RANDOM: any row, the same for the same number. Pure. */
uint64_t data_row(const struct data_set *set, uint64_t number);

#endif
