/* Where a task's requests go, and "request": one written out by hand. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "parse.h"
#include "template.h"

static bool is_web(const char *url)
{
	return !strncasecmp(url, "http://", 7) || !strncasecmp(url, "https://", 8);
}

/* base + path as they are written; with a WebSocket its scheme. */
static char *join(const char *base, const char *path, bool websocket)
{
	char *url = http_url_join(base, path), *web = url;

	if (websocket && is_web(url)) {
		url = xasprintf("ws%s", web + 4);
		free(web);
	}
	return url;
}

/* Everything up to the path is fixed: there is one target. */
static int refuse_template_host(struct parser *p, uint32_t at)
{
	const char *text = json_text(&p->json, at), *host = strstr(text, "://"), *first;

	if (*text == '/' || !host)
		return 0;
	first = strstr(text, "${");
	if (first && first < host + 3 + strcspn(host + 3, "/?#"))
		return refuse(p, at, NULL,
			      "has a template in its host; expected templates behind the host only");
	return 0;
}

static int take_url(struct parser *p, uint32_t blame, uint32_t at, const char *usual, bool websocket,
		    struct task *task)
{
	struct template_builder b = {.parser = p, .task = task, .turn = -1};
	const char *path = at ? json_text(&p->json, at) : usual;
	char *written = join(p->base, path, websocket), *fixed = NULL, *sketch;
	struct err why;
	size_t bytes;
	int code = 0;

	if (!at)
		template_literal(&b, written, strlen(written));
	else
		code = template_text(&b, at, written, strlen(written), FORM_URL);
	if (code) {
		template_drop(&b);
		free(written);
		return -1;
	}
	task->url = template_finish(&b, &fixed, &bytes);
	scenario_add_url_secrets(p->scenario, written);
	/* With "x" for each template: what the URL is but for their values. */
	sketch = task->url ? template_sketch(task->url, "x", &bytes) : fixed;
	if (http_url_check(sketch, &why))
		code = refuse_with(p, blame, &why);
	/* As written it may not be a URL, and the request's must be one. */
	if (task->url && !http_url_check(written, NULL)) {
		task->request.url = written;
		free(sketch);
	} else {
		task->request.url = sketch;
		free(written);
	}
	return code;
}

int take_path(struct parser *p, uint32_t object, const char *usual, struct task *task)
{
	static const char expected[] = "a path such as \"/api/chat\", or a whole URL";
	uint32_t at = json_get(&p->json, object, "path");
	bool websocket = task->plan.stream == STREAM_WS;
	const char *path;

	if (at) {
		if (expect_text(p, at, expected))
			return -1;
		path = json_text(&p->json, at);
		if (*path != '/' && !is_web(path) && !http_is_websocket(path))
			return refuse(p, at, NULL,
				      "does not begin with \"/\"; expected %s", expected);
		hide_url(p, at);
		if (refuse_template_host(p, at))
			return -1;
	}
	if (take_url(p, at ? at : object, at, usual ? usual : "/", websocket, task))
		return -1;
	if (http_is_websocket(task->request.url) && task->plan.stream != STREAM_WS &&
	    task->plan.stream != STREAM_AUTO)
		return refuse(p, at ? at : object, NULL,
			      "is a WebSocket's URL; expected \"stream\": \"ws\" or \"auto\" with it");
	if (http_is_websocket(task->request.url))
		task->plan.stream = STREAM_WS;
	return 0;
}

static void take_body(struct parser *p, uint32_t request, struct task *task)
{
	struct template_builder b = {.parser = p, .task = task, .turn = -1};
	uint32_t json = json_get(&p->json, request, "json");
	uint32_t body = json_get(&p->json, request, "body");
	struct http_request *r = &task->request;
	int code;

	if (json && body) {
		refuse(p, json > body ? json : body, NULL, "both \"json\" and \"body\" are given; expected one of them");
		return;
	}
	if ((!json && !body) || (body && expect(p, body, JSON_STRING, "a string; \"json\" takes other values")))
		return;
	if (json)
		hide_body(p, json);
	else
		hide_text(p, body);
	code = json ? template_json(&b, json) : template_string(&b, body, FORM_TEXT);
	if (code) {
		template_drop(&b);
		return;
	}
	task->body = template_finish(&b, &r->body, &r->body_bytes);
	if (task->body)
		r->body = json_minified(&p->json, json ? json : body, &r->body_bytes);
}

static void take_method(struct parser *p, uint32_t at, struct task *task)
{
	struct http_request *r = &task->request;
	struct err why;

	if (!at) {
		r->method = xstrdup(r->body && task->plan.stream != STREAM_WS ? "POST" : "GET");
		return;
	}
	if (expect_fixed(p, at, "a string such as \"POST\""))
		return;
	if (scenario_method_check(json_text(&p->json, at), &why))
		refuse_with(p, at, &why);
	r->method = xstrdup(json_text(&p->json, at));
}

void take_request(struct parser *p, uint32_t task_at, uint32_t at, struct task *task)
{
	static const char *const keys[] = {"method", "path", "headers", "json", "body", NULL};
	const struct json *json = &p->json;

	if (expect(p, at, JSON_OBJECT, "an object such as {\"method\": \"POST\", \"path\": \"/api/chat\"}"))
		return;
	expect_keys(p, at, keys, "method, path, headers, json or body");
	check_headers(p, at);
	take_headers(p, (const uint32_t[]){json_get(json, 0, "headers"), json_get(json, task_at, "headers"),
					   json_get(json, at, "headers")}, task);
	take_path(p, at, task->plan.api ? task->plan.api->path : NULL, task);
	take_body(p, at, task);
	if (json_get(json, at, "json"))
		add_header(task, "Content-Type: application/json");
	take_method(p, json_get(json, at, "method"), task);
}
