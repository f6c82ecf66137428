#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "parse.h"
#include "template.h"

/* Two keys that differ in case are one header; json_parse() has refused equal
 * ones. Objects of headers are small. */
static void refuse_same_header(struct parser *p, uint32_t object, uint32_t at)
{
	for (uint32_t c = p->json.value[object].child; c != at; c = p->json.value[c].next)
		if (!strcasecmp(json_key(&p->json, c), json_key(&p->json, at)))
			refuse(p, at, NULL, "the same header as \"%.40s\" on line %u (case makes no difference); expected it once",
			       json_key(&p->json, c), p->json.value[c].line);
}

#define HEADERS_MAX 100

static void check_header(struct parser *p, uint32_t object, uint32_t c)
{
	const char *name = json_key(&p->json, c);
	char *line = xasprintf("%s: x", name);
	int bad = http_header_check(line, NULL);

	free(line);
	if (bad || strlen(name) != p->json.value[c].key_bytes || strchr(name, ':')) {
		refuse(p, c, NULL, "bad header name; expected letters, digits and -, such as X-Trace");
		return;
	}
	if (expect_text(p, c, "a string, the header's value"))
		return;
	line = xasprintf("%s: %s", name, json_text(&p->json, c));
	bad = http_header_check(line, NULL);
	free(line);
	if (bad)
		refuse(p, c, NULL, "contains a control character; expected one line of text");
	refuse_same_header(p, object, c);
	hide_header(p, c, name);
}

void check_headers(struct parser *p, uint32_t object)
{
	uint32_t at = json_get(&p->json, object, "headers");

	if (!at || expect(p, at, JSON_OBJECT, "an object of strings such as {\"Accept\": \"text/plain\"}"))
		return;
	if (p->json.value[at].count > HEADERS_MAX)
		refuse(p, at, NULL, "has %u headers; expected at most %d", p->json.value[at].count, HEADERS_MAX);
	else
		for (uint32_t c = p->json.value[at].child; c; c = p->json.value[c].next)
			check_header(p, at, c);
}

/* The place of the header of that name, or the one after the last. */
static size_t place_of(const struct task *task, const char *name, size_t bytes)
{
	size_t i = 0;

	for (; task->request.header[i]; i++)
		if (strcspn(task->request.header[i], ":") == bytes &&
		    !strncasecmp(task->request.header[i], name, bytes))
			break;
	return i;
}

static void put_header(struct task *task, char *line, struct template *template)
{
	struct http_request *r = &task->request;
	size_t i = place_of(task, line, strcspn(line, ":"));

	if (!r->header[i]) {
		r->header = xreallocarray(r->header, i + 2, sizeof *r->header);
		r->header[i + 1] = NULL;
		if (task->header)
			task->header = xreallocarray(task->header, i + 2, sizeof *task->header);
		if (task->header)
			task->header[i] = task->header[i + 1] = NULL;
	} else {
		free(r->header[i]);
		if (task->header)
			template_free(task->header[i]);
	}
	r->header[i] = line;
	if (template && !task->header) {
		size_t n = 0;

		while (r->header[n])
			n++;
		task->header = xcalloc(n + 1, sizeof *task->header);
	}
	if (task->header)
		task->header[i] = template;
}

void scenario_set_header(struct scenario *scenario, struct task *task, const char *line)
{
	put_header(task, xstrdup(line), NULL);
	scenario_add_header_secret(scenario, line);
}

static void take_one(struct parser *p, uint32_t at, struct task *task)
{
	struct template_builder b = {.parser = p, .task = task, .turn = -1};
	char *prefix = xasprintf("%s: ", json_key(&p->json, at)), *fixed = NULL;
	struct template *template;
	size_t bytes;

	template_literal(&b, prefix, strlen(prefix));
	if (template_string(&b, at, FORM_HEADER)) {
		template_drop(&b);
	} else {
		template = template_finish(&b, &fixed, &bytes);
		if (template)
			put_header(task, xasprintf("%s%s", prefix, json_text(&p->json, at)), template);
		else
			scenario_set_header(p->scenario, task, fixed);
	}
	free(fixed);
	free(prefix);
}

void take_headers(struct parser *p, const uint32_t object[3], struct task *task)
{
	for (int i = 0; i < 3; i++)
		for (uint32_t c = object[i] && !p->refused[object[i]] ? p->json.value[object[i]].child : 0; c;
		     c = p->json.value[c].next)
			if (!p->refused[c])
				take_one(p, c, task);
}

void add_header(struct task *task, const char *line)
{
	if (!task->request.header[place_of(task, line, strcspn(line, ":"))])
		put_header(task, xstrdup(line), NULL);
}
