#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/units.h"
#include "base/utf8.h"
#include "json.h"
#include "scenario/scenario.h"
#include "base/secret.h"

#define WEIGHT_MAX 1e9

/* A secret in the text, replaced in what is recorded of it. */
struct span {
	uint32_t start, end;
	char *instead;
};

struct parser {
	struct json json;
	struct scenario *scenario;
	const char *base;
	struct span *span;
	size_t span_count;
	struct err *err;
};

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

static char *source_without_secrets(struct parser *p, const char *text, size_t bytes)
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

/* ---- what a value must be ---- */

static int expect(struct parser *p, uint32_t at, enum json_kind kind, const char *expected)
{
	enum json_kind is = p->json.value[at].kind;

	if (is == kind)
		return 0;
	return json_err(&p->json, at, NULL, p->err, "is %s; expected %s", json_kind_name(is),
			expected);
}

/* A string without NUL bytes, so that it may be used as a C string. */
static int expect_text(struct parser *p, uint32_t at, const char *expected)
{
	if (expect(p, at, JSON_STRING, expected))
		return -1;
	if (strlen(json_text(&p->json, at)) != p->json.value[at].text_bytes)
		return json_err(&p->json, at, NULL, p->err, "contains \\u0000; expected %s", expected);
	return 0;
}

static int expect_keys(struct parser *p, uint32_t object, const char *const *keys,
		       const char *expected)
{
	for (uint32_t c = p->json.value[object].child; c; c = p->json.value[c].next) {
		const char *const *k = keys;

		while (*k && strcmp(*k, json_key(&p->json, c)) != 0)
			k++;
		/* A key with a NUL may look like one of ours. */
		if (!*k || strlen(*k) != p->json.value[c].key_bytes)
			return json_err(&p->json, c, NULL, p->err, "unknown key; expected %s",
					expected);
	}
	return 0;
}

static int require(struct parser *p, uint32_t object, const char *key, const char *expected,
		   uint32_t *out)
{
	*out = json_get(&p->json, object, key);
	if (!*out)
		return json_err(&p->json, object, key, p->err, "is missing; expected %s", expected);
	return 0;
}

static int take_name(struct parser *p, uint32_t at, char **out)
{
	static const char expected[] = "a name of 1 to 64 bytes";
	const char *s, *end;

	if (expect_text(p, at, expected))
		return -1;
	s = json_text(&p->json, at);
	end = s + p->json.value[at].text_bytes;
	if (s == end)
		return json_err(&p->json, at, NULL, p->err, "is empty; expected %s", expected);
	if (end - s > SCENARIO_NAME_MAX)
		return json_err(&p->json, at, NULL, p->err, "is %zu bytes long; expected %s",
				(size_t)(end - s), expected);
	while (s < end) {
		uint32_t cp;

		s += utf8_decode(s, (size_t)(end - s), &cp);
		if (utf8_width(cp) < 0)
			return json_err(&p->json, at, NULL, p->err,
					"contains U+%04X, which does not print; expected %s", cp,
					expected);
	}
	*out = xstrdup(json_text(&p->json, at));
	return 0;
}

/* ---- headers ---- */

/* Two keys that differ in case are one header; cJSON-like duplicates are found
 * earlier. Objects of headers are small. */
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

static int check_headers(struct parser *p, uint32_t object)
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
		if (secret_name(name, strlen(name)))
			hide(p, c, SECRET_SHOWN);
	}
	return 0;
}

/* `object` 0: there are none. */
static void apply_headers(struct parser *p, uint32_t object, struct scenario *one)
{
	for (uint32_t c = object ? p->json.value[object].child : 0; c; c = p->json.value[c].next) {
		char *line = xasprintf("%s: %s", json_key(&p->json, c), json_text(&p->json, c));

		scenario_set_headers(one, (const char *const[]){line}, 1);
		free(line);
	}
}

static bool has_header(const struct http_request *request, const char *name)
{
	size_t n = strlen(name);

	for (char **h = request->header; *h; h++)
		if (!strncasecmp(*h, name, n) && (*h)[n] == ':')
			return true;
	return false;
}

/* ---- parts of the file ---- */

static void hide_url(struct parser *p, uint32_t at)
{
	char *shown = secret_url(json_text(&p->json, at));

	/* What a URL may consist of needs no escapes but these two. */
	if (strcmp(shown, json_text(&p->json, at)) != 0 && !strpbrk(shown, "\"\\"))
		hide(p, at, shown);
	else if (strcmp(shown, json_text(&p->json, at)) != 0)
		hide(p, at, SECRET_SHOWN);
	free(shown);
}

static int take_target(struct parser *p)
{
	struct err why;
	uint32_t at = json_get(&p->json, 0, "target");

	if (!at && p->base)
		return 0;
	if (!at)
		return require(p, 0, "target", "a base URL such as \"http://127.0.0.1:8080\"", &at);
	if (expect_text(p, at, "a base URL such as \"http://127.0.0.1:8080\""))
		return -1;
	if (http_url_check(json_text(&p->json, at), &why))
		return json_err(&p->json, at, NULL, p->err, "%s", why.text);
	if (strpbrk(json_text(&p->json, at), "?#"))
		return json_err(&p->json, at, NULL, p->err,
				"has a query or a fragment; expected a base URL, to which paths are added");
	hide_url(p, at);
	if (!p->base)
		p->base = json_text(&p->json, at);
	return 0;
}

static int take_path(struct parser *p, uint32_t request, struct http_request *out)
{
	static const char expected[] = "a path such as \"/api/chat\", or a whole URL";
	uint32_t at = json_get(&p->json, request, "path");
	const char *path = "/";
	struct err why;

	if (at) {
		if (expect_text(p, at, expected))
			return -1;
		path = json_text(&p->json, at);
		if (*path != '/' && strncasecmp(path, "http://", 7) != 0 &&
		    strncasecmp(path, "https://", 8) != 0)
			return json_err(&p->json, at, NULL, p->err,
					"does not begin with \"/\"; expected %s", expected);
		hide_url(p, at);
	}
	out->url = http_url_join(p->base, path);
	if (http_url_check(out->url, &why))
		return json_err(&p->json, at ? at : request, NULL, p->err, "%s", why.text);
	return 0;
}

static int take_body(struct parser *p, uint32_t request, struct http_request *out)
{
	uint32_t json = json_get(&p->json, request, "json");
	uint32_t body = json_get(&p->json, request, "body");

	if (json && body)
		return json_err(&p->json, json > body ? json : body, NULL, p->err,
				"both \"json\" and \"body\" are given; expected one of them");
	if (json) {
		out->body = json_minified(&p->json, json, &out->body_bytes);
	} else if (body) {
		if (expect(p, body, JSON_STRING, "a string; \"json\" takes other values"))
			return -1;
		out->body_bytes = p->json.value[body].text_bytes;
		out->body = xmalloc(out->body_bytes + 1);
		memcpy(out->body, json_text(&p->json, body), out->body_bytes + 1);
	}
	return 0;
}

static int take_request(struct parser *p, uint32_t at, struct task *task)
{
	static const char *const keys[] = {"method", "path", "headers", "json", "body", NULL};
	struct http_request *r = &task->request;
	struct scenario one = {.task = task, .task_count = 1};
	uint32_t method, headers;
	struct err why;

	if (expect(p, at, JSON_OBJECT, "an object such as {\"method\": \"POST\", \"path\": \"/api/chat\"}") ||
	    expect_keys(p, at, keys, "method, path, headers, json or body"))
		return -1;
	headers = json_get(&p->json, at, "headers");
	if (headers && check_headers(p, headers))
		return -1;
	apply_headers(p, json_get(&p->json, 0, "headers"), &one);
	apply_headers(p, headers, &one);
	if (take_path(p, at, r) || take_body(p, at, r))
		return -1;
	if (json_get(&p->json, at, "json") && !has_header(r, "Content-Type"))
		scenario_set_headers(&one, (const char *const[]){"Content-Type: application/json"}, 1);
	method = json_get(&p->json, at, "method");
	if (!method) {
		r->method = xstrdup(r->body ? "POST" : "GET");
		return 0;
	}
	if (expect_text(p, method, "a string such as \"POST\""))
		return -1;
	if (scenario_method_check(json_text(&p->json, method), &why)) {
		char shown[48];

		utf8_clean(json_text(&p->json, method), p->json.value[method].text_bytes, shown,
			   sizeof shown);
		return json_err(&p->json, method, NULL, p->err, "\"%s\" is %s", shown, why.text);
	}
	r->method = xstrdup(json_text(&p->json, method));
	return 0;
}

static int take_task(struct parser *p, uint32_t at, struct task *task)
{
	static const char *const keys[] = {"name", "weight", "request", NULL};
	uint32_t name, weight, request;

	if (expect(p, at, JSON_OBJECT, "an object with name, weight and request") ||
	    expect_keys(p, at, keys, "name, weight or request") ||
	    require(p, at, "name", "a name of 1 to 64 bytes", &name) ||
	    take_name(p, name, &task->name))
		return -1;
	for (const struct task *t = p->scenario->task; t < task; t++)
		if (!strcmp(t->name, task->name))
			return json_err(&p->json, name, NULL, p->err,
					"another task is called so; expected names that differ");
	task->weight = 1;
	weight = json_get(&p->json, at, "weight");
	if (weight) {
		if (expect(p, weight, JSON_NUMBER, "a number above 0"))
			return -1;
		task->weight = json_number(&p->json, weight);
		if (!(task->weight > 0 && task->weight <= WEIGHT_MAX))
			return json_err(&p->json, weight, NULL, p->err,
					"is out of range; expected a number above 0, at most %.0f",
					WEIGHT_MAX);
	}
	return require(p, at, "request", "an object such as {\"path\": \"/api/chat\"}", &request) ||
		       take_request(p, request, task)
		       ? -1 : 0;
}

static int take_tasks(struct parser *p)
{
	struct scenario *s = p->scenario;
	uint32_t tasks, count;

	if (require(p, 0, "tasks", "an array of tasks", &tasks) ||
	    expect(p, tasks, JSON_ARRAY, "an array of tasks"))
		return -1;
	count = p->json.value[tasks].count;
	if (count == 0 || count > SCENARIO_MAX_TASKS)
		return json_err(&p->json, tasks, NULL, p->err, "has %u tasks; expected 1 to %d", count,
				SCENARIO_MAX_TASKS);
	s->task = xcalloc(count, sizeof *s->task);
	for (uint32_t c = p->json.value[tasks].child; c; c = p->json.value[c].next) {
		struct task *task = &s->task[s->task_count++];

		task->request.header = xcalloc(1, sizeof *task->request.header);
		if (take_task(p, c, task))
			return -1;
	}
	return 0;
}

static int take_count(struct parser *p, uint32_t load, const char *key, double max, int64_t *out)
{
	uint32_t at = json_get(&p->json, load, key);
	double value;

	if (!at)
		return 0;
	if (expect(p, at, JSON_NUMBER, "a whole number"))
		return -1;
	value = json_number(&p->json, at);
	if (!(value >= 1 && value <= max) || value != floor(value))
		return json_err(&p->json, at, NULL, p->err,
				"is out of range; expected a whole number from 1 to %.0f", max);
	*out = (int64_t)value;
	return 0;
}

static int take_duration(struct parser *p, uint32_t load, const char *key, bool above_zero,
			 int64_t *out_ns)
{
	uint32_t at = json_get(&p->json, load, key);
	struct err why;
	char text[120];

	if (!at)
		return 0;
	if (expect_text(p, at, "a duration in quotes such as \"60s\""))
		return -1;
	if (units_parse_duration(json_text(&p->json, at), out_ns, &why))
		return json_err(&p->json, at, NULL, p->err, "%s",
				utf8_clean(why.text, strlen(why.text), text, sizeof text));
	if (above_zero && *out_ns == 0)
		return json_err(&p->json, at, NULL, p->err, "is zero; expected a duration such as \"60s\"");
	return 0;
}

static int take_load(struct parser *p)
{
	static const char *const keys[] = {"concurrency", "requests", "duration", "warmup", "think", NULL};
	struct scenario_load *l = &p->scenario->load;
	uint32_t at = json_get(&p->json, 0, "load");

	*l = (struct scenario_load){.duration_ns = -1, .warmup_ns = -1, .think_ns = -1};
	if (!at)
		return 0;
	return expect(p, at, JSON_OBJECT, "an object such as {\"concurrency\": 20, \"duration\": \"60s\"}") ||
		       expect_keys(p, at, keys, "concurrency, requests, duration, warmup or think") ||
		       take_count(p, at, "concurrency", SCENARIO_MAX_USERS, &l->concurrency) ||
		       take_count(p, at, "requests", SCENARIO_MAX_REQUESTS, &l->requests) ||
		       take_duration(p, at, "duration", true, &l->duration_ns) ||
		       take_duration(p, at, "warmup", false, &l->warmup_ns) ||
		       take_duration(p, at, "think", false, &l->think_ns)
		       ? -1 : 0;
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
	static const char *const keys[] = {"name", "target", "headers", "tasks", "load", NULL};
	uint32_t name, headers;

	if (expect(p, 0, JSON_OBJECT, "an object with name, target and tasks") ||
	    expect_keys(p, 0, keys, "name, target, headers, tasks or load"))
		return -1;
	name = json_get(&p->json, 0, "name");
	if (name && take_name(p, name, &p->scenario->name))
		return -1;
	if (!name)
		p->scenario->name = name_of_file(p->json.file);
	headers = json_get(&p->json, 0, "headers");
	if (take_target(p) || (headers && check_headers(p, headers)) || take_load(p) || take_tasks(p))
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
	for (size_t i = 0; i < p.span_count; i++)
		free(p.span[i].instead);
	free(p.span);
	json_fini(&p.json);
	return code;
}
