/* Rows from JSON values: a value a line, or all in one array. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "data_private.h"

static int add_field(struct data_set *set, const struct json *json, uint32_t at, const char *field,
		     size_t field_bytes, struct err *err)
{
	int column = data_take_column(set, field, field_bytes);
	size_t bytes;
	char *text;

	if (column < 0)
		return json_err(json, at, NULL, err, "too many different fields; expected at most %d",
				DATA_MAX_COLUMNS);
	if (json->value[at].kind == JSON_STRING) {
		data_add(set, column, DATA_STRING, json_text(json, at), json->value[at].text_bytes);
		return 0;
	}
	text = json_minified(json, at, &bytes);
	data_add(set, column, DATA_JSON, text, bytes);
	free(text);
	return 0;
}

static int add_members(struct data_set *set, const struct json *json, uint32_t at,
		       const char *but, struct err *err)
{
	for (uint32_t c = json->value[at].child; c; c = json->value[c].next) {
		const char *key = json_key(json, c);

		if (but && !strcmp(key, but))
			continue;
		if (strlen(key) != json->value[c].key_bytes)
			return json_err(json, c, NULL, err, "a field's name contains \\u0000; expected text");
		if (add_field(set, json, c, key, strlen(key), err))
			return -1;
		if (!strcmp(key, "prompt") && !json_get(json, at, "text"))
			data_add_again(set, data_take_column(set, "text", 4));
	}
	return 0;
}

/* ---- ShareGPT ---- */

static int sharegpt_turn(const struct json *json, uint32_t at, uint32_t *value, struct err *err)
{
	uint32_t from = json_get(json, at, "from");

	*value = json_get(json, at, "value");
	if (json->value[at].kind != JSON_OBJECT || !from || !*value ||
	    json->value[from].kind != JSON_STRING || json->value[*value].kind != JSON_STRING)
		return json_err(json, at, NULL, err,
				"is no turn of a conversation; expected {\"from\": \"human\", \"value\": \"\xe2\x80\xa6\"}");
	if (strcmp(json_text(json, from), "human") != 0 && strcmp(json_text(json, from), "user") != 0)
		*value = 0;
	return 0;
}

static int add_sharegpt(struct data_set *set, const struct json *json, uint32_t at, uint32_t turns,
			struct err *err)
{
	struct buf all = {0};
	uint32_t first = 0, value;
	int code = 0;

	buf_puts(&all, "[");
	for (uint32_t c = json->value[turns].child; c && !code; c = json->value[c].next) {
		code = sharegpt_turn(json, c, &value, err);
		if (code || !value)
			continue;
		buf_puts(&all, first ? ",\"" : "\"");
		buf_json(&all, json_text(json, value), json->value[value].text_bytes);
		buf_puts(&all, "\"");
		if (!first)
			first = value;
	}
	buf_puts(&all, "]");
	if (!code && first) {
		data_begin_row(set, json->value[at].line);
		data_add(set, data_take_column(set, "text", 4), DATA_STRING, json_text(json, first),
			 json->value[first].text_bytes);
		data_add(set, data_take_column(set, "turns", 5), DATA_JSON, all.at, all.used);
		code = add_members(set, json, at, "conversations", err);
	}
	buf_fini(&all);
	return code;
}

/* ---- Mooncake ---- */

/* A whole number from 0 to max, or -1. */
static double whole(const struct json *json, uint32_t at, double max)
{
	double n = json->value[at].kind == JSON_NUMBER ? json_number(json, at) : -1;

	return n >= 0 && n <= max && n == floor(n) ? n : -1;
}

static int add_trace(struct data_set *set, const struct json *json, uint32_t at, uint32_t ids,
		     struct err *err)
{
	uint32_t length = json_get(json, at, "input_length"), when = json_get(json, at, "timestamp");
	uint32_t count = json->value[ids].count, room, i = 0;
	struct trace_text *trace;
	double words;

	if (count == 0 || count > TRACE_MAX_WORDS / TRACE_BLOCK_WORDS)
		return json_err(json, ids, NULL, err, "has %u ids; expected 1 to %d", count,
				TRACE_MAX_WORDS / TRACE_BLOCK_WORDS);
	room = count * TRACE_BLOCK_WORDS;
	words = length ? whole(json, length, 1e9) : room;
	if (words < 1)
		return json_err(json, length, NULL, err, "is no length; expected a whole number above 0");
	/* The ids are the trace's own account of the prompt; they bound it. */
	if (words > room)
		words = room;
	if (words <= room - TRACE_BLOCK_WORDS)
		words = room - TRACE_BLOCK_WORDS + 1;
	if (when && whole(json, when, 1e15) < 0)
		return json_err(json, when, NULL, err, "is no timestamp; expected milliseconds, 0 or more");
	trace = xmalloc(sizeof *trace + count * sizeof *trace->id);
	*trace = (struct trace_text){.words = (uint32_t)words, .ids = count};
	for (uint32_t c = json->value[ids].child; c; c = json->value[c].next) {
		double id = whole(json, c, 0x1p53);

		if (id < 0) {
			free(trace);
			return json_err(json, c, NULL, err, "is no id; expected a whole number from 0 to 2^53");
		}
		trace->id[i++] = (uint64_t)id;
	}
	data_begin_row(set, json->value[at].line);
	if (when)
		set->row[set->rows - 1].timestamp_ms = (int64_t)json_number(json, when);
	data_add(set, data_take_column(set, "text", 4), DATA_MADE, (const char *)trace,
		 sizeof *trace + count * sizeof *trace->id);
	free(trace);
	return add_members(set, json, at, "hash_ids", err);
}

/* ---- rows ---- */

int data_add_json(struct data_set *set, const struct json *json, uint32_t at, struct err *err)
{
	uint32_t special;

	if (json->value[at].kind == JSON_STRING) {
		data_begin_row(set, json->value[at].line);
		return add_field(set, json, at, "text", 4, err);
	}
	if (json->value[at].kind != JSON_OBJECT)
		return json_err(json, at, NULL, err, "is %s; expected an object of fields or a string",
				json_kind_name(json->value[at].kind));
	special = json_get(json, at, "conversations");
	if (special && json->value[special].kind == JSON_ARRAY)
		return add_sharegpt(set, json, at, special, err);
	special = json_get(json, at, "hash_ids");
	if (special && json->value[special].kind == JSON_ARRAY && !json_get(json, at, "text"))
		return add_trace(set, json, at, special, err);
	data_begin_row(set, json->value[at].line);
	return add_members(set, json, at, NULL, err);
}

/* ---- files ---- */

static int add_slice(struct data_set *set, const char *text, size_t bytes, uint32_t line,
		     struct err *err)
{
	struct json json;
	int code;

	if (json_parse_at(&json, text, bytes, set->file, line, err))
		return -1;
	code = data_add_json(set, &json, 0, err);
	json_fini(&json);
	return code;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static int read_json_lines(struct data_set *set, const char *text, size_t bytes, struct err *err)
{
	const char *end = text + bytes, *p = text;

	for (uint32_t line = 1; p < end; line++) {
		const char *stop = memchr(p, '\n', (size_t)(end - p)), *s = p;

		stop = stop ? stop : end;
		while (s < stop && is_space(*s))
			s++;
		if (s < stop && add_slice(set, s, (size_t)(stop - s), line, err))
			return -1;
		p = stop + 1;
	}
	return 0;
}

/* The end of the array's item that starts at p: its "," or "]", or `end`. */
static const char *item_end(const char *p, const char *end)
{
	int depth = 0;
	bool string = false;

	for (; p < end; p++) {
		if (string && *p == '\\')
			p++;
		else if (*p == '"')
			string = !string;
		else if (string)
			continue;
		else if (*p == '[' || *p == '{')
			depth++;
		else if (depth && (*p == ']' || *p == '}'))
			depth--;
		else if (!depth && (*p == ',' || *p == ']'))
			return p;
	}
	return end;
}

/* Item by item: such files are larger than what json_parse() would hold. */
static int read_json_array(struct data_set *set, const char *text, size_t bytes, struct err *err)
{
	const char *end = text + bytes, *p = memchr(text, '[', bytes);
	uint32_t line = 1;

	for (const char *s = text; s < p; s++)
		line += *s == '\n';
	p++;
	for (bool first = true;; first = false) {
		const char *stop;

		for (; p < end && is_space(*p); p++)
			line += *p == '\n';
		if (p < end && *p == ']' && first) {
			p++;
			break;
		}
		stop = item_end(p, end);
		if (add_slice(set, p, (size_t)(stop - p), line, err))
			return -1;
		for (; p < stop; p++)
			line += *p == '\n';
		if (p == end)
			return err_set(err, "%.200s:%u: the file ends within the array; expected \"]\"",
				       set->file, line);
		if (*p++ == ']')
			break;
	}
	for (; p < end; p++) {
		line += *p == '\n';
		if (!is_space(*p))
			return err_set(err, "%.200s:%u: text behind the array; expected the end of the file",
				       set->file, line);
	}
	return 0;
}

int data_read_json(struct data_set *set, const char *text, size_t bytes, struct err *err)
{
	size_t at = 0;

	while (at < bytes && is_space(text[at]))
		at++;
	return at < bytes && text[at] == '[' ? read_json_array(set, text, bytes, err)
					     : read_json_lines(set, text, bytes, err);
}
