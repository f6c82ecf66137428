/* A scenario file as a whole. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "parse.h"

static int take_target(struct parser *p)
{
	struct err why;
	uint32_t at = json_get(&p->json, 0, "target");

	if (!at && p->base)
		return 0;
	if (!at)
		return require(p, 0, "target", "a base URL such as \"http://127.0.0.1:8080\"", &at);
	if (expect_fixed(p, at, "a base URL such as \"http://127.0.0.1:8080\""))
		return -1;
	if (http_url_check(json_text(&p->json, at), &why))
		return refuse_with(p, at, &why);
	if (strpbrk(json_text(&p->json, at), "?#"))
		return json_err(&p->json, at, NULL, p->err,
				"has a query or a fragment; expected a base URL, to which paths are added");
	hide_url(p, at);
	if (!p->base)
		p->base = json_text(&p->json, at);
	return 0;
}

/* Without "name" a scenario is called as its file, without folder and ending. */
static char *name_of_file(const char *file)
{
	const char *base = strrchr(file, '/'), *dot;
	char name[SCENARIO_NAME_MAX + 1];

	base = base ? base + 1 : file;
	dot = strrchr(base, '.');
	utf8_clean(base, dot && dot > base ? (size_t)(dot - base) : strlen(base), name, sizeof name);
	return xstrdup(name[0] ? name : "scenario");
}

static int take_file(struct parser *p)
{
	static const char *const keys[] = {"name", "target", "headers", "data", "tasks", "load", "slo", "prices", NULL};
	const struct json *json = &p->json;
	uint32_t name, headers;

	if (expect(p, 0, JSON_OBJECT, "an object with name, target and tasks") ||
	    expect_keys(p, 0, keys, "name, target, headers, data, tasks, load, slo or prices"))
		return -1;
	name = json_get(json, 0, "name");
	if (name && take_name(p, name, &p->scenario->name))
		return -1;
	if (!name)
		p->scenario->name = name_of_file(json->file);
	headers = json_get(json, 0, "headers");
	if (take_target(p) || (headers && check_headers(p, headers)) || take_load(p) || take_prices(p) || take_data(p) ||
	    take_tasks(p) || take_slos(p, json_get(json, 0, "slo"), NULL))
		return -1;
	p->scenario->target = xstrdup(p->base);
	return 0;
}

int scenario_parse(const char *text, size_t bytes, const char *file, const char *base_url,
		   struct scenario **out, struct err *err)
{
	struct parser p = {.base = base_url, .err = err};
	int code;

	if (base_url && http_url_check(base_url, err))
		return -1;
	if (json_parse(&p.json, text, bytes, file, err))
		return -1;
	p.scenario = xcalloc(1, sizeof *p.scenario);
	code = take_file(&p);
	if (!code) {
		p.scenario->source = source_without_secrets(&p, text, bytes);
		*out = p.scenario;
	} else {
		scenario_free(p.scenario);
	}
	source_fini(&p);
	json_fini(&p.json);
	return code;
}
