/* The form of a task in which brunt puts the request together, as the API's row in
 * http/api.h says: model, messages, prompt or turns, params. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "parse.h"
#include "template.h"

/* The body while it is put together. */
struct request_form {
	struct parser *parser;
	struct task *task;
	const struct api *api;
	uint32_t params;
	struct template_builder b;
	bool first;
};

static void put(struct request_form *f, const char *text)
{
	template_literal(&f->b, text, strlen(text));
}

static void next_member(struct request_form *f)
{
	if (!f->first)
		put(f, ",");
	f->first = false;
}

static int put_message(struct request_form *f, struct template_builder *b, uint32_t at)
{
	struct parser *p = f->parser;
	uint32_t role, content;
	int code;

	if (expect(p, at, JSON_OBJECT, "an object such as {\"role\": \"user\", \"content\": \"Hello\"}"))
		return -1;
	code = require(p, at, "role", "a string such as \"user\"", &role) ||
	       expect_text(p, role, "a string such as \"user\"") ? -1 : 0;
	code |= require(p, at, "content", "the message's text", &content);
	return code | template_json(b, at);
}

/* Of all "messages", with commas, into `b`. */
static int put_messages(struct request_form *f, struct template_builder *b, uint32_t at)
{
	struct parser *p = f->parser;
	int code = 0;

	if (!f->api->chat)
		return refuse(p, at, NULL,
			      "are for chats, and %s takes one text; expected \"prompt\" or \"turns\"",
			      f->api->name);
	if (expect(p, at, JSON_ARRAY, "an array such as [{\"role\": \"user\", \"content\": \"Hello\"}]"))
		return -1;
	if (!p->json.value[at].count)
		return refuse(p, at, NULL, "is empty; expected at least one message");
	for (uint32_t c = p->json.value[at].child; c; c = p->json.value[c].next) {
		if (c != p->json.value[at].child)
			template_literal(b, ",", 1);
		code |= put_message(f, b, c);
	}
	return code;
}

static int take_turn_texts(struct request_form *f, uint32_t at)
{
	struct parser *p = f->parser;
	uint32_t count;
	int code = 0;

	if (expect(p, at, JSON_ARRAY, "an array of texts such as [\"Hello\", \"Tell me more\"]"))
		return -1;
	count = p->json.value[at].count;
	if (count == 0 || count > SCENARIO_MAX_TURNS)
		return refuse(p, at, NULL, "has %u turns; expected 1 to %d", count,
			      SCENARIO_MAX_TURNS);
	f->task->turn = xcalloc(count, sizeof *f->task->turn);
	f->task->turn_count = (int)count;
	count = 0;
	for (uint32_t c = p->json.value[at].child; c; c = p->json.value[c].next) {
		struct template_builder b = {.parser = p, .task = f->task, .turn = (int)count};

		if (expect(p, c, JSON_STRING, "a text, what the user says") ||
		    template_string(&b, c, FORM_JSON)) {
			template_drop(&b);
			code = -1;
			count++;
			continue;
		}
		f->task->turn[count++] = template_finish(&b, NULL, NULL);
	}
	return code;
}

/* Is the JSON text an array of strings? Their number, or -1. */
static int count_strings(const char *text, size_t bytes, const char *file)
{
	struct json json;
	struct err err;
	int count = 0;

	if (json_parse(&json, text, bytes, file, &err))
		return -1;
	if (json.value[0].kind != JSON_ARRAY)
		count = -1;
	for (uint32_t c = json.value[0].child; c && count >= 0; c = json.value[c].next)
		count = json.value[c].kind == JSON_STRING ? count + 1 : -1;
	json_fini(&json);
	return count;
}

/* "${chats.turns}": each row has its own. */
static int take_row_turns(struct request_form *f, uint32_t at)
{
	struct parser *p = f->parser;
	struct template_builder b = {.parser = p, .task = f->task, .turn = -1};
	const struct data_set *set;
	const struct piece *piece;

	if (template_string(&b, at, FORM_VALUE)) {
		template_drop(&b);
		return -1;
	}
	f->task->row_turns = template_finish(&b, NULL, NULL);
	piece = f->task->row_turns->piece;
	if (f->task->row_turns->count != 1 || piece->kind != PIECE_DATA)
		return refuse(p, at, NULL,
			      "is no array and no field of data; expected [\"Hello\", \"Tell me more\"] or such as \"${chats.turns}\"");
	set = p->scenario->data[piece->set];
	for (uint64_t row = 0; row < data_rows(set); row++) {
		enum data_kind kind;
		size_t bytes;
		const char *text = data_text(set, row, piece->index, &bytes, &kind);
		int count = kind == DATA_JSON ? count_strings(text, bytes, data_file(set)) : -1;

		if (count < 1 || count > SCENARIO_MAX_TURNS) {
			struct err why;

			err_set(&why, "%.200s:%u: \"%.60s\" is not 1 to %d turns; expected an array of strings",
				data_file(set), data_line(set, row), json_text(&p->json, at), SCENARIO_MAX_TURNS);
			return refuse_elsewhere(p, at, &why);
		}
		if (count > f->task->turn_count)
			f->task->turn_count = count;
	}
	return 0;
}

static int put_turns(struct request_form *f, uint32_t turns, uint32_t messages)
{
	struct template_builder opening = {.parser = f->parser, .task = f->task, .turn = -1};
	int code = f->parser->json.value[turns].kind == JSON_STRING ? take_row_turns(f, turns)
								    : take_turn_texts(f, turns);

	if (messages) {
		code |= put_messages(f, &opening, messages);
		f->task->opening = template_finish(&opening, NULL, NULL);
	}
	put(f, f->api->chat ? "[" : "\"");
	template_piece(&f->b, (struct piece){.kind = PIECE_HISTORY});
	put(f, f->api->chat ? "]" : "\"");
	return code;
}

static int put_prompt(struct request_form *f, uint32_t at)
{
	if (expect(f->parser, at, JSON_STRING, "a text, what the user says"))
		return -1;
	if (f->api->chat)
		put(f, "[{\"role\":\"user\",\"content\":");
	if (template_json(&f->b, at))
		return -1;
	if (f->api->chat)
		put(f, "}]");
	return 0;
}

static int put_said(struct request_form *f, uint32_t task_at)
{
	struct parser *p = f->parser;
	const struct json *json = &p->json;
	uint32_t messages = json_get(json, task_at, "messages");
	uint32_t prompt = json_get(json, task_at, "prompt");
	uint32_t turns = json_get(json, task_at, "turns");

	if (!messages && !prompt && !turns &&
	    (misspelt(p, task_at, "messages") || misspelt(p, task_at, "prompt") || misspelt(p, task_at, "turns")))
		return -1;
	if (!messages && !prompt && !turns)
		return refuse(p, task_at, f->api->chat ? "messages" : "prompt",
			      "is missing; expected \"messages\" (of chats), \"prompt\" or \"turns\"");
	if (prompt && (messages || turns))
		return refuse(p, prompt, NULL,
			      "stands beside \"%s\"; expected one of them", messages ? "messages" : "turns");
	next_member(f);
	put(f, "\"");
	put(f, f->api->prompt_key);
	put(f, "\":");
	if (turns)
		return put_turns(f, turns, messages);
	if (prompt)
		return put_prompt(f, prompt);
	put(f, "[");
	if (put_messages(f, &f->b, messages))
		return -1;
	put(f, "]");
	return 0;
}

static int put_params(struct request_form *f, bool model)
{
	struct parser *p = f->parser;
	int code = 0;

	if (!f->params)
		return 0;
	if (expect(p, f->params, JSON_OBJECT, "an object such as {\"max_tokens\": 128}"))
		return -1;
	for (uint32_t c = p->json.value[f->params].child; c; c = p->json.value[c].next) {
		const char *key = json_key(&p->json, c);

		if (!strcmp(key, f->api->prompt_key) || (model && !strcmp(key, "model")))
			code = refuse(p, c, NULL, "is given by the task already; expected it in one place");
		next_member(f);
		code |= template_key(&f->b, c);
		put(f, ":");
		code |= template_json(&f->b, c);
	}
	return code;
}

/* Members of the API's row ("\"a\":1,\"b\":2"), but those that params brings. */
static void put_row(struct request_form *f, const char *members)
{
	char *text = xasprintf("{%s}", members ? members : "");
	struct json json;
	struct err err;

	if (!json_parse(&json, text, strlen(text), f->api->name, &err)) {
		for (uint32_t c = json.value[0].child; c; c = json.value[c].next) {
			if (f->params && json_get(&f->parser->json, f->params, json_key(&json, c)))
				continue;
			next_member(f);
			put(f, "\"");
			put(f, json_key(&json, c));
			put(f, "\":");
			template_literal(&f->b, text + json.value[c].start,
					 json.value[c].end - json.value[c].start);
		}
		json_fini(&json);
	}
	free(text);
}

static bool wants_stream(const struct task *task)
{
	return task->plan.stream == STREAM_AUTO ? task->plan.api->streams
						: task->plan.stream != STREAM_OFF;
}

static int put_body(struct request_form *f, uint32_t task_at)
{
	struct parser *p = f->parser;
	uint32_t model = json_get(&p->json, task_at, "model");
	int code = 0;

	put(f, "{");
	if (model) {
		next_member(f);
		put(f, "\"model\":");
		code = expect_text(p, model, "a model's name") || template_json(&f->b, model) ? -1 : 0;
	}
	code |= put_said(f, task_at);
	code |= put_params(f, model != 0);
	if (code)
		return -1;
	put_row(f, f->api->needs);
	put_row(f, wants_stream(f->task) ? f->api->stream_body : f->api->plain_body);
	put(f, "}");
	return 0;
}

static void add_headers(struct task *task)
{
	enum stream_mode mode = task->plan.stream;

	add_header(task, "Content-Type: application/json");
	for (const char *const *h = task->plan.api->header; h && *h; h++)
		add_header(task, *h);
	if (mode == STREAM_AUTO && wants_stream(task))
		mode = task->plan.api->stream;
	if (mode == STREAM_SSE)
		add_header(task, "Accept: text/event-stream");
	else if (mode == STREAM_NDJSON)
		add_header(task, "Accept: application/x-ndjson");
}

void take_api_form(struct parser *p, uint32_t task_at, struct task *task)
{
	const struct json *json = &p->json;
	struct request_form f = {.parser = p, .task = task, .api = task->plan.api,
			 .params = json_get(json, task_at, "params"),
			 .b = {.parser = p, .task = task, .turn = -1}, .first = true};
	struct http_request *r = &task->request;

	if (!f.api->prompt_key) {
		refuse(p, json_get(json, task_at, "api"), NULL,
		       "has no place of its own for a prompt; expected a \"request\" that has it");
		return;
	}
	take_headers(p, (const uint32_t[]){json_get(json, 0, "headers"), json_get(json, task_at, "headers"), 0}, task);
	take_path(p, task_at, f.api->path, task);
	if (f.params)
		hide_body(p, f.params);
	if (put_body(&f, task_at)) {
		template_drop(&f.b);
		return;
	}
	task->body = template_finish(&f.b, &r->body, &r->body_bytes);
	if (task->body)
		r->body = template_sketch(task->body, "", &r->body_bytes);
	r->method = xstrdup(task->plan.stream == STREAM_WS ? "GET" : "POST");
	add_headers(task);
}
