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

static void write_value(const cJSON *value, bool top, struct sbuf *out);

static void write_text(const char *text, struct sbuf *out)
{
	sbuf_add(out, "\"", 1);
	sbuf_json(out, text, strlen(text));
	sbuf_add(out, "\"", 1);
}

static void write_number(double number, struct sbuf *out)
{
	/* 1 and 1.0 and 10e-1 are one number; all beyond the range are another. */
	if (isinf(number))
		sbuf_text(out, number > 0 ? "1e999" : "-1e999");
	else if (fabs(number) < 1e15 && number == floor(number))
		sbuf_printf(out, "%.0f", number == 0 ? 0 : number);
	else
		sbuf_printf(out, "%.17g", number);
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

static void write_object(const cJSON *object, bool top, struct sbuf *out)
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
	sbuf_add(out, "{", 1);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			sbuf_add(out, ",", 1);
		write_text(members[i].value->string, out);
		sbuf_add(out, ":", 1);
		write_value(members[i].value, false, out);
	}
	sbuf_add(out, "}", 1);
	free(members);
}

static void write_array(const cJSON *array, struct sbuf *out)
{
	const cJSON *value;
	bool first = true;

	sbuf_add(out, "[", 1);
	cJSON_ArrayForEach(value, array) {
		if (!first)
			sbuf_add(out, ",", 1);
		first = false;
		write_value(value, false, out);
	}
	sbuf_add(out, "]", 1);
}

static void write_value(const cJSON *value, bool top, struct sbuf *out)
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
		sbuf_text(out, cJSON_IsNull(value) ? "null"
						  : cJSON_IsTrue(value) ? "true" : "false");
}

void serve_canon_text(const cJSON *body, struct sbuf *out)
{
	write_value(body, true, out);
}

void serve_canon_key(const char *path, const cJSON *body,
		     unsigned char key[SERVE_KEY_BYTES])
{
	struct sbuf text = {0};

	sbuf_add(&text, path, strlen(path) + 1);
	serve_canon_text(body, &text);
	/* Cannot fail but for memory. */
	if (!EVP_Digest(text.data, text.bytes, key, NULL, EVP_sha256(), NULL))
		abort();
	sbuf_fini(&text);
}
