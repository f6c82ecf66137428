#include <string.h>

#include "base/pointer.h"
#include "json.h"

/* Is `key` what the pointer's step [step, step + bytes) says? */
static bool same_key(const char *key, size_t key_bytes, const char *step, size_t bytes)
{
	size_t k = 0;

	for (size_t i = 0; i < bytes; i++, k++) {
		char c = step[i];

		if (c == '~' && i + 1 < bytes)
			c = step[++i] == '1' ? '/' : '~';
		if (k >= key_bytes || key[k] != c)
			return false;
	}
	return k == key_bytes;
}

static uint32_t step_into(const struct json *json, uint32_t at, const char *step, size_t bytes)
{
	const struct json_value *v = &json->value[at];
	uint32_t c = v->child;

	if (v->kind == JSON_ARRAY) {
		int64_t index = pointer_index(step, bytes);

		if (index < 0)
			return 0;
		while (c && index--)
			c = json->value[c].next;
		return c;
	}
	while (c && !same_key(json_key(json, c), json->value[c].key_bytes, step, bytes))
		c = json->value[c].next;
	return c;
}

int64_t json_pointer(const struct json *json, const char *pointer)
{
	uint32_t at = 0;

	while (*pointer == '/') {
		size_t bytes = strcspn(++pointer, "/");

		at = step_into(json, at, pointer, bytes);
		if (!at)
			return -1;
		pointer += bytes;
	}
	return at;
}
