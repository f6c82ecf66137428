#include "json.h"

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

struct reader {
	struct json *json;
	const char *text;
	uint32_t bytes, pos, line;
	struct err *err;
};

/* ---- messages ---- */

/* Keeps a message within err's 512 bytes whatever the file calls its keys. */
#define PATH_BYTES 200
#define KEY_SHOWN 72

struct path {
	char text[PATH_BYTES];
	size_t used;
	bool cut;
};

static void path_add(struct path *path, const char *key)
{
	static const char cut[] = "/\xe2\x80\xa6";
	size_t need = 1;

	for (const char *k = key; *k; k++)
		need += *k == '~' || *k == '/' ? 2 : 1;
	if (path->cut || path->used + need + sizeof cut > sizeof path->text) {
		if (!path->cut)
			memcpy(path->text + path->used, cut, sizeof cut);
		path->cut = true;
		return;
	}
	path->text[path->used++] = '/';
	for (; *key; key++) {
		if (*key == '~' || *key == '/') { /* RFC 6901 */
			path->text[path->used++] = '~';
			path->text[path->used++] = *key == '~' ? '0' : '1';
		} else {
			path->text[path->used++] = *key;
		}
	}
	path->text[path->used] = '\0';
}

static void path_to(const struct json *json, uint32_t at, struct path *path)
{
	const struct json_value *v = &json->value[at];
	char key[KEY_SHOWN];

	if (at == 0)
		return;
	path_to(json, v->parent, path);
	if (json->value[v->parent].kind == JSON_ARRAY) {
		/* count is not final while the array is being read, but `at` is then
		 * its last. */
		uint32_t index = 0;

		for (uint32_t c = json->value[v->parent].child; c && c != at; c = json->value[c].next)
			index++;
		snprintf(key, sizeof key, "%u", index);
	} else {
		utf8_clean(json->strings + v->key, v->key_bytes, key, sizeof key);
	}
	path_add(path, key);
}

static int err_at(const struct json *json, uint32_t line, uint32_t at, const char *missing,
		  struct err *err, const char *fmt, va_list ap)
	__attribute__((format(printf, 6, 0)));

static int err_at(const struct json *json, uint32_t line, uint32_t at, const char *missing,
		  struct err *err, const char *fmt, va_list ap)
{
	struct path path = {.text = ""};
	char file[120], what[400];

	path_to(json, at, &path);
	if (missing)
		path_add(&path, missing);
	utf8_clean(json->file, strlen(json->file), file, sizeof file);
	vsnprintf(what, sizeof what, fmt, ap);
	return err_set(err, "%s:%u: %s: %s", file, line, path.text[0] ? path.text : "/", what);
}

int json_err(const struct json *json, uint32_t at, const char *missing, struct err *err,
	     const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_at(json, json->value[at].line, at, missing, err, fmt, ap);
	va_end(ap);
	return -1;
}

static int fail(const struct reader *r, uint32_t at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static int fail(const struct reader *r, uint32_t at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	err_at(r->json, r->line, at, NULL, r->err, fmt, ap);
	va_end(ap);
	return -1;
}

/* What stands at the reader's place, for "found …". */
static const char *found(const struct reader *r, char out[16])
{
	char clean[8];
	uint32_t cp;

	if (r->pos >= r->bytes)
		return "the end of the file";
	size_t n = utf8_decode(r->text + r->pos, r->bytes - r->pos, &cp);
	utf8_clean(r->text + r->pos, n, clean, sizeof clean);
	if (!clean[0])
		snprintf(out, 16, "byte 0x%02x", (unsigned char)r->text[r->pos]);
	else
		snprintf(out, 16, "%s%s%s", *clean == '"' ? "'" : "\"", clean,
			 *clean == '"' ? "'" : "\"");
	return out;
}

static int unexpected(const struct reader *r, uint32_t at, const char *expected)
{
	char what[16];

	return fail(r, at, "found %s; expected %s", found(r, what), expected);
}

/* ---- tokens ---- */

static void skip_space(struct reader *r)
{
	for (; r->pos < r->bytes; r->pos++) {
		char c = r->text[r->pos];

		if (c == '\n')
			r->line++;
		else if (c != ' ' && c != '\t' && c != '\r')
			return;
	}
}

static bool take(struct reader *r, char c)
{
	if (r->pos >= r->bytes || r->text[r->pos] != c)
		return false;
	r->pos++;
	return true;
}

static int hex4(const struct reader *r, uint32_t pos, uint32_t *out)
{
	*out = 0;
	if (r->bytes - pos < 4)
		return -1;
	for (uint32_t i = 0; i < 4; i++) {
		char c = r->text[pos + i];
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = (uint32_t)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			digit = (uint32_t)((c | 32) - 'a') + 10;
		else
			return -1;
		*out = *out << 4 | digit;
	}
	return 0;
}

/* After "\u": one code point, maybe of two escapes. */
static int read_unicode(struct reader *r, uint32_t at, char *out, size_t *used)
{
	uint32_t cp, low;

	if (hex4(r, r->pos, &cp))
		return fail(r, at, "broken \\u escape in a string; expected four hexadecimal digits");
	r->pos += 4;
	if (cp >= 0xd800 && cp < 0xdc00 && r->bytes - r->pos >= 6 &&
	    !memcmp(r->text + r->pos, "\\u", 2) && !hex4(r, r->pos + 2, &low) &&
	    low >= 0xdc00 && low < 0xe000) {
		cp = 0x10000 + ((cp - 0xd800) << 10) + (low - 0xdc00);
		r->pos += 6;
	}
	if (cp >= 0xd800 && cp < 0xe000)
		return fail(r, at, "half a surrogate pair in a string; expected \\uD8xx\\uDCxx");
	*used += utf8_encode(cp, out + *used);
	return 0;
}

/* A decoded string is never longer than its text with the quotes, so that
 * `strings` needs as many bytes as the file. */
static int read_string(struct reader *r, uint32_t at, uint32_t *start, uint32_t *bytes)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	char *out = r->json->strings + r->json->string_bytes;
	size_t used = 0;

	r->pos++; /* the quote */
	for (;;) {
		if (r->pos >= r->bytes)
			return fail(r, at, "the file ends within a string; expected a closing '\"'");
		unsigned char c = (unsigned char)r->text[r->pos];
		uint32_t cp;

		if (c == '"') {
			r->pos++;
			break;
		}
		if (c == '\n' || c == '\r')
			return fail(r, at, "the line ends within a string; expected a closing '\"' (a line end is written \\n)");
		if (c < 0x20)
			return fail(r, at, "control character 0x%02x in a string; expected \\u%04x", c, c);
		if (c != '\\') {
			size_t n = utf8_decode(r->text + r->pos, r->bytes - r->pos, &cp);

			if (cp == 0xfffd && n == 1)
				return fail(r, at, "byte 0x%02x in a string; expected UTF-8 text", c);
			memcpy(out + used, r->text + r->pos, n);
			used += n;
			r->pos += (uint32_t)n;
			continue;
		}
		r->pos++;
		if (take(r, 'u')) {
			if (read_unicode(r, at, out, &used))
				return -1;
			continue;
		}
		char e = r->pos < r->bytes ? r->text[r->pos] : '\0';
		const char *letter = e ? strchr(letters, e) : NULL;

		if (!letter)
			return fail(r, at, "unknown escape in a string; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
		out[used++] = meant[letter - letters];
		r->pos++;
	}
	out[used] = '\0';
	*start = r->json->string_bytes;
	*bytes = (uint32_t)used;
	r->json->string_bytes += (uint32_t)used + 1;
	return 0;
}

static uint32_t read_digits(struct reader *r)
{
	uint32_t start = r->pos;

	while (r->pos < r->bytes && r->text[r->pos] >= '0' && r->text[r->pos] <= '9')
		r->pos++;
	return r->pos - start;
}

static int read_number(struct reader *r, uint32_t at)
{
	take(r, '-');
	if (take(r, '0')) {
		if (read_digits(r))
			return fail(r, at, "a number with a leading zero; expected it without");
	} else if (!read_digits(r)) {
		return unexpected(r, at, "a digit");
	}
	if (take(r, '.') && !read_digits(r))
		return unexpected(r, at, "a digit after the decimal point");
	if (take(r, 'e') || take(r, 'E')) {
		if (!take(r, '+'))
			take(r, '-');
		if (!read_digits(r))
			return unexpected(r, at, "a digit in the exponent");
	}
	return 0;
}

static int read_word(struct reader *r, uint32_t at)
{
	static const struct {
		const char *text;
		enum json_kind kind;
	} words[] = {{"null", JSON_NULL}, {"false", JSON_FALSE}, {"true", JSON_TRUE}};

	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		size_t n = strlen(words[w].text);

		if (r->bytes - r->pos >= n && !memcmp(r->text + r->pos, words[w].text, n)) {
			r->json->value[at].kind = words[w].kind;
			r->pos += (uint32_t)n;
			return 0;
		}
	}
	return unexpected(r, at, "a JSON value");
}

/* ---- values ---- */

static int new_value(struct reader *r, uint32_t parent, uint32_t *out)
{
	struct json *json = r->json;

	if (json->count == JSON_MAX_VALUES)
		return fail(r, parent, "too many values; expected at most %d", JSON_MAX_VALUES);
	if (json->count == json->allocated) {
		json->allocated = json->allocated ? 2 * json->allocated : 64;
		json->value = xreallocarray(json->value, json->allocated, sizeof *json->value);
	}
	*out = json->count++;
	json->value[*out] = (struct json_value){.parent = parent, .line = r->line, .start = r->pos};
	return 0;
}

/* Keys sort by length first: most comparisons end there. */
static int by_key(const void *a, const void *b, void *arg)
{
	const struct json *json = arg;
	const struct json_value *x = &json->value[*(const uint32_t *)a];
	const struct json_value *y = &json->value[*(const uint32_t *)b];

	if (x->key_bytes != y->key_bytes)
		return x->key_bytes < y->key_bytes ? -1 : 1;
	int order = memcmp(json->strings + x->key, json->strings + y->key, x->key_bytes);
	if (order)
		return order;
	return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : 1;
}

static int refuse_duplicates(struct json *json, uint32_t object, struct err *err)
{
	uint32_t n = json->value[object].count, i = 0, worst = 0, first = 0;
	uint32_t *order = xreallocarray(NULL, n, sizeof *order);

	for (uint32_t c = json->value[object].child; c; c = json->value[c].next)
		order[i++] = c;
	qsort_r(order, n, sizeof *order, by_key, json);
	for (i = 1; i < n; i++) {
		const struct json_value *a = &json->value[order[i - 1]], *b = &json->value[order[i]];

		if (a->key_bytes == b->key_bytes &&
		    !memcmp(json->strings + a->key, json->strings + b->key, a->key_bytes) &&
		    (!worst || order[i] < worst)) {
			worst = order[i];
			first = order[i - 1];
		}
	}
	free(order);
	if (worst)
		return json_err(json, worst, NULL, err,
				"duplicate key, given before on line %u; expected it once",
				json->value[first].line);
	return 0;
}

static int read_value(struct reader *r, uint32_t at, int depth);

static int read_member_key(struct reader *r, uint32_t object, uint32_t at)
{
	uint32_t key, key_bytes;

	if (r->pos >= r->bytes || r->text[r->pos] != '"')
		return unexpected(r, object, "a key in double quotes");
	if (read_string(r, object, &key, &key_bytes))
		return -1;
	r->json->value[at].key = key;
	r->json->value[at].key_bytes = key_bytes;
	skip_space(r);
	if (!take(r, ':'))
		return unexpected(r, at, "\":\" after the key");
	skip_space(r);
	r->json->value[at].start = r->pos;
	return 0;
}

static int read_items(struct reader *r, uint32_t at, int depth)
{
	bool object = r->json->value[at].kind == JSON_OBJECT;
	char close = object ? '}' : ']';
	uint32_t last = 0;

	if (depth == JSON_MAX_DEPTH)
		return fail(r, at, "nested too deeply; expected at most %d levels", JSON_MAX_DEPTH);
	r->pos++;
	skip_space(r);
	if (take(r, close))
		return 0;
	do {
		uint32_t item;

		skip_space(r);
		if (last && r->pos < r->bytes && r->text[r->pos] == close)
			return fail(r, at, "a comma before \"%c\"; expected another %s or no comma",
				    close, object ? "key" : "value");
		if (new_value(r, at, &item))
			return -1;
		*(last ? &r->json->value[last].next : &r->json->value[at].child) = item;
		r->json->value[at].count++;
		last = item;
		if (object && read_member_key(r, at, item))
			return -1;
		if (read_value(r, item, depth + 1))
			return -1;
		skip_space(r);
	} while (take(r, ','));
	if (!take(r, close))
		return unexpected(r, at, object ? "\",\" or \"}\"" : "\",\" or \"]\"");
	return object ? refuse_duplicates(r->json, at, r->err) : 0;
}

/* at's line is its key's; a value without key starts here. */
static int read_value(struct reader *r, uint32_t at, int depth)
{
	struct json_value *v = &r->json->value[at];
	char c = r->pos < r->bytes ? r->text[r->pos] : '\0';
	int code;

	if (c == '{' || c == '[') {
		v->kind = c == '{' ? JSON_OBJECT : JSON_ARRAY;
		code = read_items(r, at, depth);
	} else if (c == '"') {
		uint32_t text, text_bytes;

		v->kind = JSON_STRING;
		code = read_string(r, at, &text, &text_bytes);
		if (!code) {
			v->text = text;
			v->text_bytes = text_bytes;
		}
	} else if (c == '-' || (c >= '0' && c <= '9')) {
		v->kind = JSON_NUMBER;
		code = read_number(r, at);
	} else {
		code = read_word(r, at);
	}
	r->json->value[at].end = r->pos; /* not v: the table may have moved */
	return code;
}

int json_parse(struct json *json, const char *text, size_t bytes, const char *file,
	       struct err *err)
{
	return json_parse_at(json, text, bytes, file, 1, err);
}

int json_parse_at(struct json *json, const char *text, size_t bytes, const char *file,
		  uint32_t line, struct err *err)
{
	struct reader r = {.json = json, .text = text, .line = line, .err = err};
	uint32_t root;

	*json = (struct json){.file = file, .text = text};
	if (bytes > JSON_MAX_BYTES)
		return err_set(err, "%.120s:%u: %zu bytes are too many; expected at most %d MiB", file,
			       line, bytes, JSON_MAX_BYTES >> 20);
	r.bytes = (uint32_t)bytes;
	json->strings = xmalloc(bytes + 1);
	if (bytes >= 3 && !memcmp(text, "\xef\xbb\xbf", 3))
		r.pos = 3; /* some editors put this mark first */
	skip_space(&r);
	if (new_value(&r, 0, &root) || read_value(&r, root, 0))
		goto fail;
	skip_space(&r);
	if (r.pos < r.bytes) {
		unexpected(&r, root, "nothing after the end of the JSON value");
		goto fail;
	}
	return 0;
fail:
	json_fini(json);
	return -1;
}

void json_fini(struct json *json)
{
	free(json->value);
	free(json->strings);
	json->value = NULL;
	json->strings = NULL;
}

/* ---- access ---- */

uint32_t json_get(const struct json *json, uint32_t at, const char *key)
{
	size_t n = strlen(key);

	for (uint32_t c = json->value[at].child; c; c = json->value[c].next)
		if (json->value[c].key_bytes == n && !memcmp(json_key(json, c), key, n))
			return c;
	return 0;
}

const char *json_kind_name(enum json_kind kind)
{
	static const char *const names[] = {"null", "false", "true", "a number",
					    "a string", "an array", "an object"};

	return names[kind];
}

const char *json_key(const struct json *json, uint32_t at)
{
	return json->strings + json->value[at].key;
}

const char *json_text(const struct json *json, uint32_t at)
{
	return json->strings + json->value[at].text;
}

double json_number(const struct json *json, uint32_t at)
{
	const struct json_value *v = &json->value[at];
	char digits[64];
	size_t n = v->end - v->start;

	if (n >= sizeof digits)
		return HUGE_VAL;
	memcpy(digits, json->text + v->start, n);
	digits[n] = '\0';
	return strtod(digits, NULL);
}

char *json_minified(const struct json *json, uint32_t at, size_t *bytes)
{
	const struct json_value *v = &json->value[at];
	char *out = xmalloc((size_t)(v->end - v->start) + 1);
	bool string = false;
	size_t used = 0;

	for (uint32_t i = v->start; i < v->end; i++) {
		char c = json->text[i];

		if (!string && (c == ' ' || c == '\t' || c == '\r' || c == '\n'))
			continue;
		out[used++] = c;
		if (string && c == '\\')
			out[used++] = json->text[++i];
		else if (c == '"')
			string = !string;
	}
	out[used] = '\0';
	*bytes = used;
	return out;
}
