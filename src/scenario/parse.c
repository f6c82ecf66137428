/* A scenario file as a whole. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "parse.h"

#define TARGET "http://127.0.0.1:8080"

static int read_target(struct parser *p, uint32_t at)
{
	struct err why;

	if (expect_fixed(p, at, "a base URL such as \"" TARGET "\""))
		return -1;
	if (http_url_check(json_text(&p->json, at), &why))
		return refuse_with(p, at, &why);
	if (strpbrk(json_text(&p->json, at), "?#"))
		return refuse(p, at, NULL,
			      "has a query or a fragment; expected a base URL, to which paths are added");
	hide_url(p, at);
	return 0;
}

static void take_target(struct parser *p)
{
	uint32_t at = json_get(&p->json, 0, "target");

	if (!at && !p->base)
		require(p, 0, "target", "a base URL such as \"" TARGET "\"", &at);
	else if (at && !read_target(p, at) && !p->base)
		p->base = json_text(&p->json, at);
	/* Paths are looked at in any case. */
	if (!p->base)
		p->base = TARGET;
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

static void take_file(struct parser *p)
{
	static const char *const keys[] = {"name", "target", "headers", "data", "tasks", "load", "slo", "prices", NULL};
	uint32_t name;

	if (expect(p, 0, JSON_OBJECT, "an object with name, target and tasks"))
		return;
	expect_keys(p, 0, keys, "name, target, headers, data, tasks, load, slo or prices");
	name = json_get(&p->json, 0, "name");
	if (name)
		take_name(p, name, &p->scenario->name);
	else
		p->scenario->name = name_of_file(p->json.file);
	take_target(p);
	p->scenario->target = xstrdup(p->base);
	check_headers(p, 0);
	take_load(p);
	take_prices(p);
	take_data(p);
	take_tasks(p);
	take_slos(p, json_get(&p->json, 0, "slo"), NULL);
}

int scenario_parse(const char *text, size_t bytes, const char *file, const char *base_url,
		   struct scenario **out, struct faults *faults)
{
	struct parser p = {.base = base_url, .faults = faults};
	struct err err;

	*faults = (struct faults){0};
	if ((base_url && http_url_check(base_url, &err)) || json_parse(&p.json, text, bytes, file, &err))
		return faults_add(faults, 0, &err);
	p.scenario = xcalloc(1, sizeof *p.scenario);
	p.refused = xcalloc(p.json.count, sizeof *p.refused);
	take_file(&p);
	if (!faults->total) {
		p.scenario->source = source_without_secrets(&p, text, bytes);
		*out = p.scenario;
	} else {
		scenario_free(p.scenario);
	}
	source_fini(&p);
	free(p.refused);
	json_fini(&p.json);
	return faults->total ? -1 : 0;
}
