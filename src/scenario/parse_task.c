/* One of "tasks": what all have, however they say what to send. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pointer.h"
#include "parse.h"
#include "template.h"

#define WEIGHT_MAX 1e9
#define POINTER "/choices/0/message/content"
#define TASK_KEYS                                                              \
	"name, weight, slo, headers, timeout, think, checks, capture, and a request or: api, path, "    \
	"stream, model, params, messages, prompt, turns, pointers"

static void take_weight(struct parser *p, uint32_t at, double *out)
{
	*out = 1;
	if (!at || expect(p, at, JSON_NUMBER, "a number above 0"))
		return;
	*out = json_number(&p->json, at);
	if (!(*out > 0 && *out <= WEIGHT_MAX))
		refuse(p, at, NULL, "is out of range; expected a number above 0, at most %.0f", WEIGHT_MAX);
}

void take_slos(struct parser *p, uint32_t at, const char *task)
{
	struct scenario *s = p->scenario;
	struct err why;

	if (!at || expect(p, at, JSON_ARRAY, "an array of expressions such as [\"p95<3s\"]"))
		return;
	for (uint32_t c = p->json.value[at].child; c; c = p->json.value[c].next) {
		struct slo *slo = &s->slo[s->slo_count];

		if (expect_fixed(p, c, "an expression such as \"p95<3s\""))
			continue;
		if (s->slo_count == SLO_MAX) {
			refuse(p, c, NULL, "too many; expected at most %d in a scenario", SLO_MAX);
			return;
		}
		if (slo_parse(json_text(&p->json, c), slo, &why)) {
			refuse_with(p, c, &why);
			continue;
		}
		if (task && *task && slo->task[0] && strcmp(slo->task, task) != 0)
			refuse(p, c, NULL,
			       "names another task; expected one of this task, or its place in the scenario's \"slo\"");
		else if (task)
			slo_for_task(slo, task);
		else if (!p->nameless && scenario_has_task(s, slo->task, &why))
			refuse_with(p, c, &why);
		s->slo_count++;
	}
}

static void take_capture(struct parser *p, uint32_t at, struct task *task)
{
	if (!at || expect(p, at, JSON_OBJECT, "an object such as {\"id\": \"/conversation/id\"}"))
		return;
	if (p->json.value[at].count > SCENARIO_MAX_CAPTURES) {
		refuse(p, at, NULL, "has %u captures; expected at most %d", p->json.value[at].count,
		       SCENARIO_MAX_CAPTURES);
		return;
	}
	task->capture = xcalloc(p->json.value[at].count, sizeof *task->capture);
	for (uint32_t c = p->json.value[at].child; c; c = p->json.value[c].next) {
		const char *name = json_key(&p->json, c);

		if (!is_word(name, p->json.value[c].key_bytes))
			refuse(p, c, NULL, "is no name for templates; expected letters, digits, _ and -");
		else if (!expect_fixed(p, c, "a JSON pointer such as \"" POINTER "\"") &&
			 !pointer_ok(json_text(&p->json, c)))
			refuse(p, c, NULL, "is no JSON pointer; expected one such as \"" POINTER "\"");
		if (p->refused[c])
			continue;
		task->capture[task->capture_count].name = xstrdup(name);
		task->capture[task->capture_count++].pointer = xstrdup(json_text(&p->json, c));
	}
}

/* Other checks look at what the answer says. */
static bool needs_answer(const struct json *json, uint32_t check)
{
	return !json_get(json, check, "status") && !json_get(json, check, "latency") &&
	       !json_get(json, check, "tokens");
}

static int take_check(struct parser *p, uint32_t at, struct check **out)
{
	char member[32] = "", *text;
	struct err why;
	size_t bytes;
	int code;

	if (expect(p, at, JSON_OBJECT, "an object such as {\"status\": 200}"))
		return -1;
	text = json_minified(&p->json, at, &bytes);
	code = check_compile(text, bytes, out, member, &why);
	free(text);
	if (!code)
		return 0;
	if (member[0] && json_get(&p->json, at, member))
		at = json_get(&p->json, at, member);
	return refuse_with(p, at, &why);
}

static void take_checks(struct parser *p, uint32_t at, struct task *task)
{
	struct check_list *list = &task->checks;

	if (!at || expect(p, at, JSON_ARRAY, "an array of checks such as [{\"status\": 200}]"))
		return;
	if (p->json.value[at].count > CHECKS_MAX) {
		refuse(p, at, NULL, "has %u checks; expected at most %d", p->json.value[at].count, CHECKS_MAX);
		return;
	}
	list->check = xcalloc(p->json.value[at].count, sizeof *list->check);
	for (uint32_t c = p->json.value[at].child; c; c = p->json.value[c].next) {
		if (take_check(p, c, &list->check[list->count]))
			continue;
		list->count++;
		list->needs_answer |= needs_answer(&p->json, c);
	}
}

/* Keys that say what to send without a request. */
static void refuse_form_keys(struct parser *p, uint32_t at)
{
	static const char *const keys[] = {"path", "model", "params", "messages", "prompt", "turns", NULL};

	for (const char *const *key = keys; *key; key++) {
		uint32_t member = json_get(&p->json, at, *key);

		if (member)
			refuse(p, member, NULL,
			       "stands beside a \"request\", which says all that is sent; expected one or the other");
	}
}

static void take_what(struct parser *p, uint32_t at, struct task *task)
{
	uint32_t request = json_get(&p->json, at, "request");
	int code;

	if (!request && (misspelt(p, at, "request") || misspelt(p, at, "api")))
		return;
	if (!request && !json_get(&p->json, at, "api")) {
		refuse(p, at, "request",
		       "is missing; expected an object such as {\"path\": \"/api/chat\"}, or an \"api\"");
		return;
	}
	if (request)
		refuse_form_keys(p, at);
	p->turns = json_get(&p->json, at, "turns") != 0;
	code = take_api(p, at, task);
	if (request)
		take_request(p, at, request, task);
	else if (!code)
		take_api_form(p, at, task);
}

static void take_task_name(struct parser *p, uint32_t at, struct task *task)
{
	uint32_t name;

	if (require(p, at, "name", "a name of 1 to 64 bytes", &name) || take_name(p, name, &task->name)) {
		p->nameless = true;
		task->name = xstrdup("");
		return;
	}
	for (const struct task *t = p->scenario->task; t < task; t++)
		if (!strcmp(t->name, task->name))
			refuse(p, name, NULL, "another task is called so; expected names that differ");
}

static void take_task(struct parser *p, uint32_t at, struct task *task)
{
	static const char *const keys[] = {
		"name", "weight", "slo", "headers", "timeout", "think", "checks", "capture", "request",
		"api", "path", "stream", "model", "params", "messages", "prompt", "turns", "pointers", NULL};
	const struct json *json = &p->json;

	if (expect(p, at, JSON_OBJECT, "an object with name, weight and request")) {
		p->nameless = true;
		task->name = xstrdup("");
		return;
	}
	p->task = at;
	expect_keys(p, at, keys, TASK_KEYS);
	take_task_name(p, at, task);
	take_weight(p, json_get(json, at, "weight"), &task->weight);
	take_duration(p, at, "timeout", true, &task->request.timeout_ns);
	take_duration(p, at, "think", false, &task->think_ns);
	take_slos(p, json_get(json, at, "slo"), task->name);
	check_headers(p, at);
	take_checks(p, json_get(json, at, "checks"), task);
	take_capture(p, json_get(json, at, "capture"), task);
	take_what(p, at, task);
	task->plan.keep = task->checks.needs_answer || task->capture_count || task->turn_count > 1;
	if (!p->faults->total && !task->body && !task->url)
		task_hash(task);
}

void take_tasks(struct parser *p)
{
	struct scenario *s = p->scenario;
	uint32_t tasks, count;

	p->nameless = true;
	if (require(p, 0, "tasks", "an array of tasks", &tasks) ||
	    expect(p, tasks, JSON_ARRAY, "an array of tasks"))
		return;
	count = p->json.value[tasks].count;
	if (count == 0 || count > SCENARIO_MAX_TASKS) {
		refuse(p, tasks, NULL, "has %u tasks; expected 1 to %d", count, SCENARIO_MAX_TASKS);
		return;
	}
	p->nameless = false;
	s->task = xcalloc(count, sizeof *s->task);
	for (uint32_t c = p->json.value[tasks].child; c; c = p->json.value[c].next) {
		struct task *task = &s->task[s->task_count++];

		task->request.header = xcalloc(1, sizeof *task->request.header);
		task->think_ns = -1;
		task->turn_count = 1;
		task->cases = 1;
		take_task(p, c, task);
	}
}
