#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "parse.h"
#include "template.h"

/* Two keys that differ in case are one header; json_parse() has refused equal
 * ones. Objects of headers are small. */
static int refuse_same_header(struct parser *p, uint32_t object, uint32_t at)
{
	for (uint32_t c = p->json.value[object].child; c != at; c = p->json.value[c].next)
		if (!strcasecmp(json_key(&p->json, c), json_key(&p->json, at)))
			return json_err(&p->json, at, NULL, p->err,
					"the same header as \"%.40s\" on line %u (case makes no difference); expected it once",
					json_key(&p->json, c), p->json.value[c].line);
	return 0;
}

#define HEADERS_MAX 100

int check_headers(struct parser *p, uint32_t object)
{
	if (expect(p, object, JSON_OBJECT, "an object of strings such as {\"Accept\": \"text/plain\"}"))
		return -1;
	if (p->json.value[object].count > HEADERS_MAX)
		return json_err(&p->json, object, NULL, p->err,
				"has %u headers; expected at most %d", p->json.value[object].count,
				HEADERS_MAX);
	for (uint32_t c = p->json.value[object].child; c; c = p->json.value[c].next) {
		const char *name = json_key(&p->json, c);
		char *line = xasprintf("%s: x", name);
		int bad = http_header_check(line, NULL);

		free(line);
		if (bad || strlen(name) != p->json.value[c].key_bytes || strchr(name, ':'))
			return json_err(&p->json, c, NULL, p->err,
					"bad header name; expected letters, digits and -, such as X-Trace");
		if (expect_text(p, c, "a string, the header's value"))
			return -1;
		line = xasprintf("%s: %s", name, json_text(&p->json, c));
		bad = http_header_check(line, NULL);
		free(line);
		if (bad)
			return json_err(&p->json, c, NULL, p->err,
					"contains a control character; expected one line of text");
		if (refuse_same_header(p, object, c))
			return -1;
		hide_header(p, c, name);
	}
	return 0;
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

static int take_one(struct parser *p, uint32_t at, struct task *task)
{
	struct template_builder b = {.parser = p, .task = task, .turn = -1};
	char *prefix = xasprintf("%s: ", json_key(&p->json, at)), *fixed = NULL;
	struct template *template;
	size_t bytes;
	int code;

	template_literal(&b, prefix, strlen(prefix));
	code = template_string(&b, at, FORM_HEADER);
	if (code) {
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
	return code;
}

int take_headers(struct parser *p, const uint32_t object[3], struct task *task)
{
	for (int i = 0; i < 3; i++)
		for (uint32_t c = object[i] ? p->json.value[object[i]].child : 0; c;
		     c = p->json.value[c].next)
			if (take_one(p, c, task))
				return -1;
	return 0;
}

void add_header(struct task *task, const char *line)
{
	if (!task->request.header[place_of(task, line, strcspn(line, ":"))])
		put_header(task, xstrdup(line), NULL);
}
