/* JSON read strictly into a table of values that remember their line, for
 * messages that point at a place. cJSON would accept trailing text, duplicate
 * keys and malformed UTF-8, round large integers, and knows no lines. */
#ifndef SCENARIO_JSON_H
#define SCENARIO_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define JSON_MAX_DEPTH 64
#define JSON_MAX_VALUES (1 << 20) /* bounds memory: 48 MiB */
#define JSON_MAX_BYTES (16 << 20)

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json_value {
	enum json_kind kind;
	uint32_t start, end; /* its text, in bytes of the file */
	uint32_t line;       /* where it (of a member: its key) starts, from 1 */
	uint32_t parent, next, child; /* indexes; 0: none (0 is the root) */
	uint32_t count;      /* of an array or object */
	uint32_t key, key_bytes; /* of a member: in json.strings, terminated */
	uint32_t text, text_bytes; /* of a string: the same */
};

struct json {
	const char *file; /* what messages call it */
	const char *text; /* the caller's, for as long as json lives */
	struct json_value *value;
	uint32_t count, allocated;
	char *strings;
	uint32_t string_bytes;
};

/* Parses one value with nothing but white space around it. On failure err reads
 * "FILE:LINE: /path: …; expected …" and there is nothing to free. */
int json_parse(struct json *json, const char *text, size_t bytes, const char *file,
	       struct err *err);
/* The same for a piece of a file that begins on `line`. */
int json_parse_at(struct json *json, const char *text, size_t bytes, const char *file,
		  uint32_t line, struct err *err);
void json_fini(struct json *json);

/* The member `key` of the object `at`, or 0. */
uint32_t json_get(const struct json *json, uint32_t at, const char *key);
/* What an RFC 6901 pointer leads to from the root; -1: nothing is there. */
int64_t json_pointer(const struct json *json, const char *pointer);
/* "an object", "a string", "null", … */
const char *json_kind_name(enum json_kind kind);
const char *json_key(const struct json *json, uint32_t at);
const char *json_text(const struct json *json, uint32_t at);
/* A JSON_NUMBER's value; HUGE_VAL where it has none. */
double json_number(const struct json *json, uint32_t at);
/* The value's own text without white space: numbers keep every digit. */
char *json_minified(const struct json *json, uint32_t at, size_t *bytes);

/* err_set() with "FILE:LINE: /path: " before it. `missing` (may be NULL) is a
 * member of `at` that is not there. */
int json_err(const struct json *json, uint32_t at, const char *missing, struct err *err,
	     const char *fmt, ...) __attribute__((format(printf, 5, 6)));

#endif
