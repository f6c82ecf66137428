#include "ask.h"

#include <cJSON.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "canon.h"

#define BYTES_A_TOKEN 4
/* A message's role and frame. */
#define TOKENS_A_MESSAGE 3
#define MODEL_DEFAULT "brunt-reference"
/* cJSON and what walks its trees recurse. */
#define DEPTH_MAX 100

static int refuse(struct serve_refusal *why, const char *param, const char *text)
{
	why->param = param;
	snprintf(why->text, sizeof why->text, "%s", text);
	return -1;
}

static const cJSON *member(const cJSON *body, const char *name)
{
	const cJSON *value = cJSON_GetObjectItemCaseSensitive(body, name);

	return cJSON_IsNull(value) ? NULL : value;
}

static int read_flag(const cJSON *body, const char *name, bool *out,
		     struct serve_refusal *why)
{
	const cJSON *value = member(body, name);

	if (!value)
		return 0;
	if (!cJSON_IsBool(value))
		return refuse(why, name, "expected true or false");
	*out = cJSON_IsTrue(value);
	return 0;
}

/* *out stays where there is none. */
static int read_count(const cJSON *body, const char *name, int min, int *out,
		      struct serve_refusal *why)
{
	const cJSON *value = member(body, name);

	if (!value)
		return 0;
	if (!cJSON_IsNumber(value) || value->valuedouble < min ||
	    value->valuedouble != floor(value->valuedouble))
		return refuse(why, name,
			      min > 0 ? "expected a whole number of at least 1"
				      : "expected a whole number of at least 0");
	*out = value->valuedouble < SERVE_TOKENS_MAX ? value->valueint : SERVE_TOKENS_MAX;
	return 0;
}

/* All strings in it: what a model would have to read. */
static uint64_t text_bytes(const cJSON *value)
{
	const cJSON *child;
	uint64_t bytes = 0;

	if (cJSON_IsString(value))
		return strlen(value->valuestring);
	cJSON_ArrayForEach(child, value)
		bytes += text_bytes(child);
	return bytes;
}

static int read_messages(const cJSON *messages, bool strict, struct serve_ask *ask,
			 struct serve_refusal *why)
{
	const cJSON *message;
	int users = 0;

	cJSON_ArrayForEach(message, messages) {
		const cJSON *role = cJSON_GetObjectItemCaseSensitive(message, "role");
		const cJSON *content = cJSON_GetObjectItemCaseSensitive(message, "content");

		if (strict && (!cJSON_IsObject(message) || !cJSON_IsString(role)))
			return refuse(why, "messages",
				      "each message is an object with a role");
		if (strict && content && !cJSON_IsString(content) &&
		    !cJSON_IsArray(content) && !cJSON_IsNull(content))
			return refuse(why, "messages",
				      "content is a string, an array of parts or null");
		if (cJSON_IsString(role) && strcmp(role->valuestring, "user") == 0)
			users++;
		ask->tokens_in += TOKENS_A_MESSAGE +
				  (text_bytes(content) + BYTES_A_TOKEN - 1) / BYTES_A_TOKEN;
	}
	if (users > 0)
		ask->turn = users;
	return 0;
}

static int read_model(const cJSON *body, struct serve_ask *ask, struct serve_refusal *why)
{
	const cJSON *model = member(body, "model");

	if (!model) {
		snprintf(ask->model, sizeof ask->model, "%s", MODEL_DEFAULT);
		return 0;
	}
	if (!cJSON_IsString(model) || strlen(model->valuestring) >= sizeof ask->model)
		return refuse(why, "model", "expected a string of at most 127 bytes");
	strcpy(ask->model, model->valuestring);
	return 0;
}

static int read_settings(const cJSON *body, struct serve_ask *ask,
			 struct serve_refusal *why)
{
	const cJSON *options = member(body, "stream_options");
	int n = 1;

	if (read_model(body, ask, why) < 0 ||
	    read_flag(body, "stream", &ask->stream, why) < 0 ||
	    read_flag(body, "ignore_eos", &ask->ignore_eos, why) < 0 ||
	    read_count(body, "max_tokens", 1, &ask->max_tokens, why) < 0 ||
	    read_count(body, "max_completion_tokens", 1, &ask->max_tokens, why) < 0 ||
	    read_count(body, "min_tokens", 0, &ask->min_tokens, why) < 0 ||
	    read_count(body, "n", 1, &n, why) < 0)
		return -1;
	if (n != 1)
		return refuse(why, "n", "this server answers with one choice: expected 1");
	if (options && !cJSON_IsObject(options))
		return refuse(why, "stream_options", "expected an object");
	return read_flag(options, "include_usage", &ask->include_usage, why);
}

static void read_turn(const cJSON *body, struct serve_ask *ask)
{
	const cJSON *turn = member(body, "turn");

	if (cJSON_IsNumber(turn) && turn->valuedouble >= 1 && turn->valuedouble <= 1e6)
		ask->turn = turn->valueint;
}

/* The tasks' paths take any JSON; what is not an object has no settings. */
static int read_task(const cJSON *body, struct serve_ask *ask, struct serve_refusal *why)
{
	const cJSON *messages = member(body, "messages");

	ask->chat = cJSON_IsArray(messages);
	if (read_settings(body, ask, why) < 0)
		return -1;
	if (ask->chat)
		read_messages(messages, false, ask, why);
	else
		ask->tokens_in = (text_bytes(body) + BYTES_A_TOKEN - 1) / BYTES_A_TOKEN;
	read_turn(body, ask);
	return 0;
}

static int read_chat(const cJSON *body, struct serve_ask *ask, struct serve_refusal *why)
{
	const cJSON *messages = member(body, "messages");

	ask->chat = true;
	if (!cJSON_IsObject(body))
		return refuse(why, NULL, "the body is not a JSON object");
	if (!cJSON_IsArray(messages) || cJSON_GetArraySize(messages) == 0)
		return refuse(why, "messages", "expected an array of at least one message");
	return read_settings(body, ask, why) < 0 ? -1
						 : read_messages(messages, true, ask, why);
}

/* A bare prompt over WebSocket. */
static cJSON *body_of_prompt(const char *text, size_t bytes)
{
	cJSON *body = cJSON_CreateObject();
	cJSON *message = cJSON_CreateObject();
	cJSON *options = cJSON_CreateObject();
	char *prompt = strndup(text, bytes);

	cJSON_AddStringToObject(message, "role", "user");
	cJSON_AddStringToObject(message, "content", prompt ? prompt : "");
	cJSON_AddItemToArray(cJSON_AddArrayToObject(body, "messages"), message);
	/* It has no other way to ask for it. */
	cJSON_AddTrueToObject(options, "include_usage");
	cJSON_AddItemToObject(body, "stream_options", options);
	free(prompt);
	return body;
}

/* Nothing but white space after the value, and no deeper than we recurse. */
static cJSON *parse(const char *text, size_t bytes)
{
	const char *end = NULL;
	int depth = 0, deepest = 0;
	bool quoted = false;

	for (size_t i = 0; i < bytes; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (!quoted && (text[i] == '{' || text[i] == '['))
			deepest = ++depth > deepest ? depth : deepest;
		else if (!quoted && (text[i] == '}' || text[i] == ']'))
			depth--;
	}
	/* cJSON takes any bytes. */
	if (deepest > DEPTH_MAX || utf8_wrong_at(text, bytes) >= 0)
		return NULL;

	cJSON *body = cJSON_ParseWithLengthOpts(text, bytes, &end, false);

	if (!body)
		return NULL;
	while (end < text + bytes && (*end == ' ' || (*end >= '\t' && *end <= '\r')))
		end++;
	if (end == text + bytes)
		return body;
	cJSON_Delete(body);
	return NULL;
}

int serve_ask_read(struct serve_ask *ask, enum serve_ask_kind kind, const char *path,
		   const char *text, size_t bytes, struct serve_refusal *why)
{
	cJSON *body = parse(text, bytes);
	int result;

	*ask = (struct serve_ask){.turn = 1, .max_tokens = -1};
	if (kind == SERVE_ASK_SPOKEN) {
		ask->stream = true;
		if (!cJSON_IsObject(body)) {
			cJSON_Delete(body);
			body = body_of_prompt(text, bytes);
		}
	}
	if (!body)
		return refuse(why, NULL, "the body is not JSON");
	result = kind == SERVE_ASK_TASK ? read_task(body, ask, why)
					: read_chat(body, ask, why);
	if (result == 0) {
		if (ask->tokens_in == 0)
			ask->tokens_in = 1;
		serve_canon_key(path, body, ask->key);
	}
	cJSON_Delete(body);
	return result;
}
