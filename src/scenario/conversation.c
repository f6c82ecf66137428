#include "scenario/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "json.h"
#include "mix.h"
#include "template.h"

struct conversation {
	const struct scenario *scenario;
	const struct task *task; /* of the session; NULL before the first */
	int turn, turns;         /* rendered last, -1: none of this session; all of it */
	const char *row_turn;    /* the row's next turn: behind its quote */
	uint64_t hash;
	uint64_t said; /* of all that was said so far, without the answers */
	struct template_view view;
	struct buf body, url, headers;
	const char **header; /* into `headers`, NULL at the end */
	struct http_variant variant;
};

struct conversation *conversation_new(const struct scenario *scenario)
{
	struct conversation *talk = xcalloc(1, sizeof *talk);
	size_t turns = 0, captures = 0, headers = 0;

	talk->scenario = scenario;
	talk->view.scenario = scenario;
	for (int i = 0; i < scenario->task_count; i++) {
		const struct task *t = &scenario->task[i];
		size_t n = 0;

		while (t->header && t->request.header[n])
			n++;
		headers = n > headers ? n : headers;
		if (t->keeps_answers && (size_t)t->turn_count > turns)
			turns = (size_t)t->turn_count;
		if ((size_t)t->capture_count > captures)
			captures = (size_t)t->capture_count;
	}
	/* Most scenarios need none of these, and there may be 10,000 users. */
	if (scenario->data_count)
		talk->view.row = xcalloc((size_t)scenario->data_count, sizeof *talk->view.row);
	if (turns)
		talk->view.answer_end = xcalloc(turns, sizeof *talk->view.answer_end);
	if (captures) {
		talk->view.captured = xcalloc(captures, sizeof *talk->view.captured);
		talk->view.capture_room = (int)captures;
	}
	if (headers)
		talk->header = xcalloc(headers + 1, sizeof *talk->header);
	return talk;
}

void conversation_free(struct conversation *talk)
{
	if (!talk)
		return;
	for (int i = 0; i < talk->view.capture_room; i++)
		buf_fini(&talk->view.captured[i].text);
	free(talk->view.captured);
	free(talk->view.answer_end);
	free(talk->view.row);
	buf_fini(&talk->view.history);
	buf_fini(&talk->view.answers);
	buf_fini(&talk->view.scratch);
	buf_fini(&talk->body);
	buf_fini(&talk->url);
	buf_fini(&talk->headers);
	free(talk->header);
	free(talk);
}

/* What follows a JSON string whose text starts at p: behind its closing quote. */
static const char *string_end(const char *p)
{
	for (; *p != '"'; p++)
		p += *p == '\\';
	return p + 1;
}

/* The row's turns are an array of strings without white space: ["…","…"]. */
static void begin_row_turns(struct conversation *talk)
{
	const struct piece *piece = talk->task->row_turns->piece;
	enum data_kind kind;
	size_t bytes;
	const char *text = data_text(talk->scenario->data[piece->set],
				     talk->view.row[piece->set], piece->index, &bytes, &kind);

	talk->row_turn = text + 2;
	talk->turns = 0;
	for (const char *p = text; *p != ']'; talk->turns++)
		p = string_end(p + 2);
}

void conversation_begin(struct conversation *talk, int task, uint64_t number, uint32_t user,
			struct rng *rng)
{
	struct template_view *v = &talk->view;

	talk->task = &talk->scenario->task[task];
	talk->turn = -1;
	v->user = user;
	v->rng = rng;
	v->history.used = 0;
	v->answers.used = 0;
	for (int i = 0; i < talk->task->capture_count; i++)
		v->captured[i].there = false;
	for (int i = 0; i < talk->scenario->data_count; i++)
		if (talk->task->uses >> i & 1)
			v->row[i] = data_row(talk->scenario->data[i], number);
	talk->turns = talk->task->turn_count;
	if (talk->task->row_turns)
		begin_row_turns(talk);
}

/* ---- what is said ---- */

static bool is_conversation(const struct task *task)
{
	return task->turn || task->row_turns;
}

/* A chat is an array of messages; other APIs take one text, in which what was
 * said and answered is separated by empty lines. */
static void say(struct conversation *talk)
{
	const struct task *t = talk->task;
	struct buf *history = &talk->view.history;
	bool chat = t->plan.api->chat;

	if (talk->turn == 0 && t->opening)
		template_render(t->opening, &talk->view, history);
	if (history->used)
		buf_puts(history, chat ? "," : "\\n\\n");
	if (chat)
		buf_puts(history, "{\"role\":\"user\",\"content\":\"");
	if (t->row_turns) {
		const char *end = string_end(talk->row_turn);

		/* It is JSON as it is. */
		buf_add(history, talk->row_turn, (size_t)(end - 1 - talk->row_turn));
		talk->row_turn = end + 2;
	} else {
		template_render(t->turn[talk->turn], &talk->view, history);
	}
	if (chat)
		buf_puts(history, "\"}");
}

static void answer(struct conversation *talk, const struct answer_report *report)
{
	struct buf *history = &talk->view.history;
	bool chat = talk->task->plan.api->chat;

	buf_puts(history, chat ? ",{\"role\":\"assistant\",\"content\":\"" : "\\n\\n");
	buf_json(history, report->text, report->text_bytes);
	if (chat)
		buf_puts(history, "\"}");
}

static void render_headers(struct conversation *talk)
{
	const struct task *t = talk->task;
	size_t count = 0;

	talk->headers.used = 0;
	for (; t->request.header[count]; count++) {
		if (t->header[count]) {
			template_render(t->header[count], &talk->view, &talk->headers);
			*buf_reserve(&talk->headers, 1) = '\0';
			talk->headers.used++;
		}
	}
	/* Only now the text stays where it is. */
	for (size_t i = 0, at = 0; i < count; i++) {
		talk->header[i] = t->header[i] ? talk->headers.at + at : t->request.header[i];
		if (t->header[i])
			at += strlen(talk->header[i]) + 1;
	}
	talk->header[count] = NULL;
}

/* The hash of a later turn has that of what was said in it. */
static void take_down(struct conversation *talk, size_t from)
{
	const struct buf *history = &talk->view.history;

	if (talk->turn == 0) {
		talk->said = talk->hash;
		return;
	}
	talk->said = mix_bytes(talk->said, history->at + from, history->used - from);
	talk->hash = mix_turn(talk->hash, talk->said);
}

const struct http_variant *conversation_next(struct conversation *talk, uint64_t seq)
{
	const struct task *t = talk->task;
	const struct http_request *r = &t->request;
	struct http_variant *v = &talk->variant;
	size_t said_from;

	talk->turn++;
	talk->view.seq = seq;
	talk->hash = t->hash;
	if (!t->body && !t->url && !t->header)
		return NULL;
	*v = (struct http_variant){0};
	said_from = talk->view.history.used;
	if (is_conversation(t))
		say(talk);
	if (t->url) {
		talk->url.used = 0;
		template_render(t->url, &talk->view, &talk->url);
		buf_terminate(&talk->url);
		v->url = talk->url.at;
	}
	if (t->header) {
		render_headers(talk);
		v->header = talk->header;
	}
	if (t->body) {
		talk->body.used = 0;
		template_render(t->body, &talk->view, &talk->body);
		buf_terminate(&talk->body);
		v->body = talk->body.at;
		v->body_bytes = talk->body.used;
	}
	if (t->body || (t->url && r->body))
		talk->hash = mix_request(r->method, v->url ? v->url : r->url,
					 v->body ? v->body : r->body,
					 v->body ? v->body_bytes : r->body_bytes);
	if (is_conversation(t))
		take_down(talk, said_from);
	return v;
}

uint64_t conversation_hash(const struct conversation *talk)
{
	return talk->hash;
}

int conversation_turn(const struct conversation *talk)
{
	return talk->turn;
}

bool conversation_goes_on(const struct conversation *talk)
{
	return talk->turn + 1 < talk->turns;
}

/* ---- what is heard ---- */

static void keep(struct captured *out, const struct json *json, uint32_t at)
{
	const struct json_value *v = &json->value[at];

	out->there = true;
	out->string = v->kind == JSON_STRING;
	out->text.used = 0;
	if (out->string)
		buf_add(&out->text, json_text(json, at), v->text_bytes);
	else
		buf_add(&out->text, json->text + v->start, v->end - v->start);
}

/* Reading the answer allocates; few tasks capture, and an answer is read once. */
static int capture(struct conversation *talk, const struct answer_report *r, const char **why)
{
	const struct task *t = talk->task;
	struct json json;
	int code = 0;

	if (r->streamed ? r->text_total > r->text_bytes : r->body_total > r->body_bytes) {
		*why = "the answer is too long to capture from";
		return -1;
	}
	if (json_parse(&json, r->streamed ? r->text : r->body,
		       r->streamed ? r->text_bytes : r->body_bytes, "answer", NULL)) {
		*why = "the answer is not JSON: nothing to capture";
		return -1;
	}
	for (int i = 0; i < t->capture_count && !code; i++) {
		int64_t at = json_pointer(&json, t->capture[i].pointer);

		if (at < 0) {
			*why = "the answer has nothing where a capture points";
			code = -1;
		} else {
			keep(&talk->view.captured[i], &json, (uint32_t)at);
		}
	}
	json_fini(&json);
	return code;
}

int conversation_heard(struct conversation *talk, const struct answer_report *report,
		       const char **why)
{
	const struct task *t = talk->task;
	struct template_view *v = &talk->view;

	if (is_conversation(t) && conversation_goes_on(talk))
		answer(talk, report);
	if (t->keeps_answers) {
		buf_add(&v->answers, report->text, report->text_bytes);
		v->answer_end[talk->turn] = v->answers.used;
	}
	return t->capture_count ? capture(talk, report, why) : 0;
}
