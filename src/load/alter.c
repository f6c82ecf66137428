#include "load/alter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LIMIT_DEPTH 2

static const char *const limits[] = {
	"max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens", "num_predict",
};

/* A walk over the members of a JSON text, in order; it need not be whole. */
struct walk {
	const char *at, *end;
	int depth;
	const char *key; /* of the present member */
	size_t key_bytes;
	const char *value; /* where its value begins */
};

static const char *behind_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++)
		p += *p == '\\';
	return p < end ? p + 1 : end;
}

static const char *behind_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
		p++;
	return p;
}

static bool next_member(struct walk *w)
{
	while (w->at < w->end) {
		const char *begin = w->at, *colon;

		if (*begin != '"') {
			w->depth += (*begin == '{' || *begin == '[') - (*begin == '}' || *begin == ']');
			w->at++;
			continue;
		}
		w->at = behind_string(begin, w->end);
		colon = behind_blanks(w->at, w->end);
		if (colon == w->end || *colon != ':')
			continue;
		w->key = begin + 1;
		w->key_bytes = (size_t)(w->at - begin) - 2;
		w->at = w->value = behind_blanks(colon + 1, w->end);
		return true;
	}
	return false;
}

static bool is_key(const struct walk *w, const char *name)
{
	return w->key_bytes == strlen(name) && !memcmp(w->key, name, w->key_bytes);
}

static size_t digits_at(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && p[n] >= '0' && p[n] <= '9')
		n++;
	return n;
}

bool alter_finds_limit(const char *body, size_t bytes, size_t *at, size_t *digits)
{
	struct walk w = {.at = body, .end = body + bytes};

	while (next_member(&w)) {
		for (size_t i = 0; i < sizeof limits / sizeof *limits && w.depth <= LIMIT_DEPTH; i++) {
			*digits = is_key(&w, limits[i]) ? digits_at(w.value, w.end) : 0;
			*at = (size_t)(w.value - body);
			if (*digits)
				return true;
		}
	}
	return false;
}

void alter_body(const struct alteration *a, const char *body, size_t bytes, struct buf *out)
{
	char number[16];
	size_t at, digits;

	out->used = 0;
	if (a->max_tokens && alter_finds_limit(body, bytes, &at, &digits)) {
		snprintf(number, sizeof number, "%" PRIu32, a->max_tokens);
		buf_add(out, body, at);
		buf_puts(out, number);
		body += at + digits;
		bytes -= at + digits;
	}
	buf_add(out, body, bytes);
	buf_terminate(out);
}
