#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/near.h"
#include "base/units.h"
#include "base/utf8.h"
#include "parse.h"
#include "template.h"

int expect(struct parser *p, uint32_t at, enum json_kind kind, const char *expected)
{
	enum json_kind is = p->json.value[at].kind;

	if (is == kind)
		return 0;
	return refuse(p, at, NULL, "is %s; expected %s", json_kind_name(is),
		      expected);
}

/* A string without NUL bytes, so that it may be used as a C string. */
int expect_text(struct parser *p, uint32_t at, const char *expected)
{
	if (expect(p, at, JSON_STRING, expected))
		return -1;
	if (strlen(json_text(&p->json, at)) != p->json.value[at].text_bytes)
		return refuse(p, at, NULL, "contains \\u0000; expected %s", expected);
	return 0;
}

static int refuse_key(struct parser *p, uint32_t at, const char *const *keys, const char *expected)
{
	const char *key = json_key(&p->json, at);
	size_t bytes = p->json.value[at].key_bytes;
	struct near near = near_to(key, bytes);
	char shown[48], said[NEAR_SAID];

	/* With a NUL it would be shown as one that is expected. */
	for (; *keys && strlen(key) == bytes; keys++)
		near_offer(&near, *keys);
	return refuse(p, at, NULL, "unknown key \"%s\"; %s",
		      utf8_clean(key, bytes, shown, sizeof shown),
		      near_or(&near, said, "expected %s", expected));
}

int expect_keys(struct parser *p, uint32_t object, const char *const *keys, const char *expected)
{
	int code = 0;

	for (uint32_t c = p->json.value[object].child; c; c = p->json.value[c].next) {
		const char *const *k = keys;

		while (*k && strcmp(*k, json_key(&p->json, c)) != 0)
			k++;
		/* A key with a NUL may look like one of ours. */
		if (!*k || strlen(*k) != p->json.value[c].key_bytes)
			code = refuse_key(p, c, keys, expected);
	}
	return code;
}

int require(struct parser *p, uint32_t object, const char *key, const char *expected,
	    uint32_t *out)
{
	*out = json_get(&p->json, object, key);
	if (!*out)
		return misspelt(p, object, key) ? -1 : refuse(p, object, key, "is missing; expected %s", expected);
	return 0;
}

int expect_fixed(struct parser *p, uint32_t at, const char *expected)
{
	if (expect_text(p, at, expected))
		return -1;
	if (template_there(p, at))
		return refuse(p, at, NULL,
			      "has a template, which has no place here; expected %s", expected);
	return 0;
}

int take_name(struct parser *p, uint32_t at, char **out)
{
	static const char expected[] = "a name of 1 to 64 bytes";
	const char *s, *end;

	if (expect_fixed(p, at, expected))
		return -1;
	s = json_text(&p->json, at);
	end = s + p->json.value[at].text_bytes;
	if (s == end)
		return refuse(p, at, NULL, "is empty; expected %s", expected);
	if (end - s > SCENARIO_NAME_MAX)
		return refuse(p, at, NULL, "is %zu bytes long; expected %s",
			      (size_t)(end - s), expected);
	while (s < end) {
		uint32_t cp;

		s += utf8_decode(s, (size_t)(end - s), &cp);
		if (utf8_width(cp) < 0)
			return refuse(p, at, NULL,
				      "contains U+%04X, which does not print; expected %s", cp,
				      expected);
	}
	*out = xstrdup(json_text(&p->json, at));
	return 0;
}

int take_count(struct parser *p, uint32_t object, const char *key, double max, int64_t *out)
{
	uint32_t at = json_get(&p->json, object, key);
	double value;

	if (!at)
		return 0;
	if (expect(p, at, JSON_NUMBER, "a whole number"))
		return -1;
	value = json_number(&p->json, at);
	if (!(value >= 1 && value <= max) || value != floor(value))
		return refuse(p, at, NULL,
			      "is out of range; expected a whole number from 1 to %.0f", max);
	*out = (int64_t)value;
	return 0;
}

int take_duration(struct parser *p, uint32_t object, const char *key, bool above_zero,
		  int64_t *out_ns)
{
	uint32_t at = json_get(&p->json, object, key);
	struct err why;

	if (!at)
		return 0;
	if (expect_text(p, at, "a duration in quotes such as \"60s\""))
		return -1;
	if (units_parse_duration(json_text(&p->json, at), out_ns, &why))
		return refuse_with(p, at, &why);
	if (above_zero && *out_ns == 0)
		return refuse(p, at, NULL, "is zero; expected a duration such as \"60s\"");
	return 0;
}

bool is_word(const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		if (!isalnum((unsigned char)text[i]) && text[i] != '_' && text[i] != '-')
			return false;
	return bytes > 0;
}
