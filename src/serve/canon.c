#include "canon.h"

#include <math.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Say who asks or how the answer is to come, not what it is. */
static const char *const aside[] = {
	"stream", "stream_options", "user", "metadata", "request_id",
	"safety_identifier", "store", "prompt_cache_key",
};

static bool is_aside(const char *name)
{
	for (size_t i = 0; i < sizeof aside / sizeof *aside; i++)
		if (strcmp(name, aside[i]) == 0)
			return true;
	return false;
}

static void write_value(const cJSON *value, bool top, struct buf *out);

static void write_text(const char *text, struct buf *out)
{
	buf_add(out, "\"", 1);
	buf_json(out, text, strlen(text));
	buf_add(out, "\"", 1);
}

static void write_number(double number, struct buf *out)
{
	/* 1 and 1.0 and 10e-1 are one number; all beyond the range are another. */
	if (isinf(number))
		buf_puts(out, number > 0 ? "1e999" : "-1e999");
	else if (fabs(number) < 1e15 && number == floor(number))
		buf_printf(out, "%.0f", number == 0 ? 0 : number);
	else
		buf_printf(out, "%.17g", number);
}

struct member {
	const cJSON *value;
	size_t place;
};

/* Of members with the same name the first stays first. */
static int by_name(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order = strcmp(x->value->string, y->value->string);

	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static void write_object(const cJSON *object, bool top, struct buf *out)
{
	size_t count = 0;
	const cJSON *value;

	cJSON_ArrayForEach(value, object)
		count++;

	struct member *members = xreallocarray(NULL, count + 1, sizeof *members);

	count = 0;
	cJSON_ArrayForEach(value, object) {
		if (top && is_aside(value->string))
			continue;
		members[count] = (struct member){value, count};
		count++;
	}
	qsort(members, count, sizeof *members, by_name);
	buf_add(out, "{", 1);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			buf_add(out, ",", 1);
		write_text(members[i].value->string, out);
		buf_add(out, ":", 1);
		write_value(members[i].value, false, out);
	}
	buf_add(out, "}", 1);
	free(members);
}

static void write_array(const cJSON *array, struct buf *out)
{
	const cJSON *value;
	bool first = true;

	buf_add(out, "[", 1);
	cJSON_ArrayForEach(value, array) {
		if (!first)
			buf_add(out, ",", 1);
		first = false;
		write_value(value, false, out);
	}
	buf_add(out, "]", 1);
}

static void write_value(const cJSON *value, bool top, struct buf *out)
{
	if (cJSON_IsObject(value))
		write_object(value, top, out);
	else if (cJSON_IsArray(value))
		write_array(value, out);
	else if (cJSON_IsString(value))
		write_text(value->valuestring, out);
	else if (cJSON_IsNumber(value))
		write_number(value->valuedouble, out);
	else
		buf_puts(out, cJSON_IsNull(value) ? "null"
						  : cJSON_IsTrue(value) ? "true" : "false");
}

void serve_canon_text(const cJSON *body, struct buf *out)
{
	write_value(body, true, out);
}

void serve_canon_key(const char *path, const cJSON *body,
		     unsigned char key[SERVE_KEY_BYTES])
{
	struct buf text = {0};

	buf_add(&text, path, strlen(path) + 1);
	serve_canon_text(body, &text);
	/* Cannot fail but for memory. */
	if (!EVP_Digest(text.at, text.used, key, NULL, EVP_sha256(), NULL))
		abort();
	buf_fini(&text);
}
