/* A data set: rows of named texts from a file or from the scenario itself, read
 * and checked whole before the first request, immutable and shared by all
 * workers afterwards.
 *
 * By a file's name: .csv is CSV with a header line (RFC 4180), .txt has a `text`
 * a line. Others by their content: what begins with "{", "[" or "\"" is JSON, a
 * value a line or all in one array; else lines of text. A JSON row is a string
 * (`text`) or an object, its members being the fields:
 *   {"prompt"} without "text" reads as `text` too;
 *   ShareGPT {"conversations": [{"from", "value"}, …]}: `text` is the first human
 *   turn, `turns` all of them as a JSON array; rows without any are left out;
 *   Mooncake {"timestamp", "input_length", "output_length", "hash_ids"}: `text` is
 *   made from the ids, 512 words each, equal ids giving equal words. */
#ifndef SCENARIO_DATA_H
#define SCENARIO_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/near.h"

#define DATA_MAX_BYTES (1u << 30)

enum data_order { DATA_SEQUENTIAL, DATA_SHUFFLED, DATA_RANDOM };

struct data_set;

/* `name` is what templates call it. Errors read "FILE:LINE: …; expected …". */
int data_load(const char *name, const char *path, enum data_order order, uint64_t seed,
	      struct data_set **out, struct err *err);
void data_free(struct data_set *set);
/* Another seed, before the run starts. */
void data_seed(struct data_set *set, uint64_t seed);

const char *data_name(const struct data_set *set);
/* What messages call it: its file, or the scenario's. */
const char *data_file(const struct data_set *set);
uint64_t data_rows(const struct data_set *set);
/* The field's column, or -1. Fields of all rows are known beforehand. */
int data_column(const struct data_set *set, const char *field);
/* "text, topic, id" for messages. */
const char *data_fields(const struct data_set *set);
/* The same one by one, for "did you mean"; *near holds on to the set's own texts. */
void data_offer_fields(const struct data_set *set, struct near *near);
/* The row's line in the file. */
uint32_t data_line(const struct data_set *set, uint64_t row);
/* First row that lacks the field (its line in *line), or -1. */
int64_t data_lacking(const struct data_set *set, int column, uint32_t *line);

enum data_kind {
	DATA_NONE,
	DATA_STRING,
	DATA_JSON, /* anything but a string: its JSON text */
	DATA_MADE, /* text made when it is asked for: data_write() */
};

/* A field of a row. NULL: the row lacks it, or it is DATA_MADE; else terminated,
 * valid UTF-8. */
const char *data_text(const struct data_set *set, uint64_t row, int column, size_t *bytes,
		      enum data_kind *kind);
/* A DATA_MADE field's text (lower-case words, digits, spaces) to `out`, which has
 * data_room() bytes; returns its length. */
size_t data_room(const struct data_set *set, uint64_t row, int column);
size_t data_write(const struct data_set *set, uint64_t row, int column, char *out);
/* Mooncake's timestamp, or -1. */
int64_t data_timestamp_ms(const struct data_set *set, uint64_t row);
/* The row of the number-th use: number modulo rows, shuffled anew each round;
 * RANDOM: any row, the same for the same number. Pure. */
uint64_t data_row(const struct data_set *set, uint64_t number);

#endif
