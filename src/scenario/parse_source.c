#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/secret.h"
#include "parse.h"
#include "template.h"

/* Shows `text` (without quotes) in place of the value. */
static void hide(struct parser *p, uint32_t at, const char *text)
{
	p->span = xreallocarray(p->span, p->span_count + 1, sizeof *p->span);
	p->span[p->span_count++] = (struct span){
		p->json.value[at].start, p->json.value[at].end, xasprintf("\"%s\"", text)};
}

static int by_start(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

char *source_without_secrets(struct parser *p, const char *text, size_t bytes)
{
	size_t room = bytes + 1, used = 0, from = 0;
	char *out;

	if (p->span_count)
		qsort(p->span, p->span_count, sizeof *p->span, by_start);
	for (size_t i = 0; i < p->span_count; i++)
		room += strlen(p->span[i].instead);
	out = xmalloc(room);
	for (size_t i = 0; i < p->span_count; i++) {
		const struct span *s = &p->span[i];
		size_t n = strlen(s->instead);

		memcpy(out + used, text + from, s->start - from);
		used += s->start - from;
		memcpy(out + used, s->instead, n);
		used += n;
		from = s->end;
	}
	memcpy(out + used, text + from, bytes - from);
	out[used + bytes - from] = '\0';
	return out;
}

/* The text with SECRET_SHOWN for each ${env:…}: those are secrets already hidden. */
static char *without_env(const char *text)
{
	struct buf out = {0};
	const char *p, *end;
	size_t bytes;

	while ((p = strstr(text, "${env:")) && (end = strchr(p, '}'))) {
		buf_add(&out, text, (size_t)(p - text));
		buf_puts(&out, SECRET_SHOWN);
		text = end + 1;
	}
	buf_puts(&out, text);
	return buf_take(&out, &bytes);
}

void hide_url(struct parser *p, uint32_t at)
{
	const char *text = json_text(&p->json, at);
	char *masked = without_env(text), *check = secret_url(masked), *shown = secret_url(text);

	/* What a URL may consist of needs no escapes but these two. */
	if (strcmp(check, masked) != 0)
		hide(p, at, strpbrk(shown, "\"\\") ? SECRET_SHOWN : shown);
	free(masked);
	free(check);
	free(shown);
}

/* "Bearer ${env:KEY}" says nothing; "Bearer k${env:KEY}" may. */
static bool only_env(const char *value)
{
	char *masked = without_env(value), *p = masked;
	bool only;

	while (isalpha((unsigned char)*p))
		p++;
	only = !strcmp(masked, SECRET_SHOWN) || (*p == ' ' && !strcmp(p + 1, SECRET_SHOWN));
	free(masked);
	return only;
}

void hide_header(struct parser *p, uint32_t at, const char *name)
{
	if (secret_name(name, strlen(name)) && !only_env(json_text(&p->json, at)))
		hide(p, at, SECRET_SHOWN);
}

/* The parser bounds the depth. What a template makes is no secret of the file. */
void hide_body(struct parser *p, uint32_t at)
{
	const struct json *json = &p->json;

	for (uint32_t v = json->value[at].child; v; v = json->value[v].next) {
		const struct json_value *value = &json->value[v];

		hide_body(p, v);
		if (value->kind != JSON_STRING || !value->key_bytes ||
		    !secret_name(json->strings + value->key, value->key_bytes) || strstr(json_text(json, v), "${"))
			continue;
		hide(p, v, SECRET_SHOWN);
		scenario_add_secret(p->scenario, json_text(json, v));
	}
}

/* What a template makes is no secret of the file here either. The rest of the text stays:
 * the recorded scenario can be driven again. */
void hide_text(struct parser *p, uint32_t at)
{
	const char *text = json_text(&p->json, at), *from = text, *kept = text, *s;
	size_t bytes, length = strlen(text);
	struct buf shown = {0};

	for (; (s = secret_in_body(text, length, from, &bytes)); from = s + bytes) {
		char *value = xstrndup(s, bytes);

		if (!strstr(value, "${")) {
			scenario_add_secret(p->scenario, value);
			buf_json(&shown, kept, (size_t)(s - kept));
			buf_puts(&shown, SECRET_SHOWN);
			kept = s + bytes;
		}
		free(value);
	}
	if (kept != text) {
		buf_json(&shown, kept, strlen(kept));
		buf_terminate(&shown);
		hide(p, at, shown.at);
	}
	buf_fini(&shown);
}

void source_fini(struct parser *p)
{
	for (size_t i = 0; i < p->span_count; i++)
		free(p->span[i].instead);
	free(p->span);
}
