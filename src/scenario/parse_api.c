/* "api", "pointers" and "stream": how a task's answers come and are read. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pointer.h"
#include "parse.h"

/* ---- "pointers" of the generic API ---- */

enum pointer { AT_TEXT, AT_DELTA, AT_REASONING, AT_IN, AT_OUT, AT_CACHED, AT_ERROR, AT_END, POINTERS };

static const char *const pointer_keys[] = {
	[AT_TEXT] = "text",	     [AT_DELTA] = "delta",	  [AT_REASONING] = "reasoning",
	[AT_IN] = "tokens_in",	     [AT_OUT] = "tokens_out",	  [AT_CACHED] = "cached",
	[AT_ERROR] = "error",	     [AT_END] = "end",		  [POINTERS] = NULL};

/* In place of all the row has there. */
static void put_place(struct api_place place[API_PLACES], const char *pointer)
{
	memset(place, 0, API_PLACES * sizeof *place);
	place[0].pointer = pointer;
}

static void apply_pointers(struct api_answer *a, const char *const text[POINTERS])
{
	const char *whole = text[AT_TEXT] ? text[AT_TEXT] : text[AT_DELTA];
	const char *delta = text[AT_DELTA] ? text[AT_DELTA] : text[AT_TEXT];
	struct {
		struct api_place *place;
		const char *pointer;
	} put[] = {{a->whole, whole},		   {a->text, delta},
		   {a->reasoning, text[AT_REASONING]}, {a->tokens_in, text[AT_IN]},
		   {a->tokens_out, text[AT_OUT]},  {a->cached, text[AT_CACHED]},
		   {a->error, text[AT_ERROR]},	   {a->end, text[AT_END]}};

	for (size_t i = 0; i < sizeof put / sizeof *put; i++)
		if (put[i].pointer)
			put_place(put[i].place, put[i].pointer);
	if (text[AT_END])
		a->end_required = true;
}

static int take_pointers(struct parser *p, uint32_t at, struct task *task)
{
	const char *text[POINTERS] = {NULL};
	size_t bytes = sizeof(struct api), longest;
	char *room;
	int code;

	if (expect(p, at, JSON_OBJECT, "an object such as {\"text\": \"/answer\", \"delta\": \"/token\"}"))
		return -1;
	code = expect_keys(p, at, pointer_keys, "text, delta, reasoning, tokens_in, tokens_out, cached, error or end");
	for (uint32_t c = p->json.value[at].child; c; c = p->json.value[c].next) {
		if (expect_fixed(p, c, "a JSON pointer such as \"/answer/text\""))
			code = -1;
		else if (!pointer_ok(json_text(&p->json, c)))
			code = refuse(p, c, NULL, "is no JSON pointer; expected one such as \"/answer/text\"");
		else if (pointer_steps(json_text(&p->json, c), &longest) > API_POINTER_STEPS)
			code = refuse(p, c, NULL, "leads too deep; expected at most %d steps", API_POINTER_STEPS);
		bytes += p->json.value[c].text_bytes + 1;
	}
	if (code)
		return -1;
	task->own_api = xmalloc(bytes);
	*task->own_api = *task->plan.api;
	room = (char *)(task->own_api + 1);
	for (int i = 0; i < POINTERS; i++) {
		uint32_t member = json_get(&p->json, at, pointer_keys[i]);

		if (!member)
			continue;
		text[i] = strcpy(room, json_text(&p->json, member));
		room += strlen(room) + 1;
	}
	apply_pointers(&task->own_api->answer, text);
	task->plan.api = task->own_api;
	return 0;
}

/* ---- which API, and how it streams ---- */

static int take_stream(struct parser *p, uint32_t at, struct task *task)
{
	static const char expected[] = "auto, sse, ndjson, ws or off";
	int mode;

	if (!at)
		return 0;
	if (expect_text(p, at, expected))
		return -1;
	mode = stream_mode_by_name(json_text(&p->json, at));
	if (mode < 0)
		return refuse_word(p, at, "is no way to stream", expected);
	if (!task->plan.api && (mode == STREAM_SSE || mode == STREAM_NDJSON))
		return refuse(p, at, NULL,
			      "stands without an \"api\"; expected one that reads the events, such as \"generic\"");
	task->plan.stream = (enum stream_mode)mode;
	return 0;
}

int take_api(struct parser *p, uint32_t task_at, struct task *task)
{
	uint32_t at = json_get(&p->json, task_at, "api");
	uint32_t pointers = json_get(&p->json, task_at, "pointers");

	if (at) {
		if (expect_text(p, at, api_names()))
			return -1;
		task->plan.api = api_by_name(json_text(&p->json, at));
		if (!task->plan.api)
			return refuse_word(p, at, "is no API known here", api_names());
	}
	if (!at && misspelt(p, task_at, "api"))
		return -1;
	/* The others' places are known. */
	if (pointers && (!at || strcmp(task->plan.api->name, "generic") != 0)) {
		refuse(p, pointers, NULL,
		       "stands without \"api\": \"generic\"; expected them together");
		pointers = 0;
	}
	if (pointers)
		take_pointers(p, pointers, task);
	return take_stream(p, json_get(&p->json, task_at, "stream"), task);
}
