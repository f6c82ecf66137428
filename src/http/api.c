#include "http/api.h"

#include <stddef.h>
#include <string.h>

static const char *const modes[STREAM_MODES] = {
	[STREAM_AUTO] = "auto", [STREAM_SSE] = "sse", [STREAM_NDJSON] = "ndjson",
	[STREAM_WS] = "ws",	[STREAM_OFF] = "off",
};

const char *stream_mode_name(enum stream_mode mode)
{
	return modes[mode];
}

int stream_mode_by_name(const char *name)
{
	for (int i = 0; i < STREAM_MODES; i++)
		if (!strcmp(modes[i], name))
			return i;
	return -1;
}

static const char *const anthropic_header[] = {"anthropic-version: 2023-06-01", NULL};

#define OPENAI_STREAM "\"stream\":true,\"stream_options\":{\"include_usage\":true}"
#define OPENAI_USAGE                                                           \
	.tokens_in = {{.pointer = "/usage/prompt_tokens"}},                    \
	.tokens_out = {{.pointer = "/usage/completion_tokens"}},               \
	.cached = {{.pointer = "/usage/prompt_tokens_details/cached_tokens"}}

/* An event of type `name` has something at `place`. */
#define OF_TYPE(place, name) {.pointer = place, .when = "/type", .is = name}

const struct api api_table[] = {
	{
		.name = "openai-chat",
		.path = "/v1/chat/completions",
		.prompt_key = "messages",
		.chat = true,
		.stream = STREAM_SSE,
		.streams = true,
		.stream_body = OPENAI_STREAM,
		.plain_body = "",
		.needs = "",
		.answer = {
			.text = {{.pointer = "/choices/-/delta/content"},
				 {.pointer = "/choices/-/delta/refusal"}},
			/* The second is what newer servers call it. */
			.reasoning = {{.pointer = "/choices/-/delta/reasoning_content"},
				      {.pointer = "/choices/-/delta/reasoning"}},
			.tool = {{.pointer = "/choices/-/delta/tool_calls"},
				 {.pointer = "/choices/-/delta/function_call"}},
			.whole = {{.pointer = "/choices/-/message/content"},
				  {.pointer = "/choices/-/message/refusal"}},
			.instead = {{.pointer = "/choices/-/message/tool_calls"},
				    {.pointer = "/choices/-/message/function_call"},
				    {.pointer = "/choices/-/message/reasoning_content"},
				    {.pointer = "/choices/-/message/reasoning"},
				    {.pointer = "/choices/-/message/audio"}},
			OPENAI_USAGE,
			.error = {{.pointer = "/error"}},
			.end_data = "[DONE]",
			.end_required = true,
		},
	},
	{
		.name = "openai-completions",
		.path = "/v1/completions",
		.prompt_key = "prompt",
		.stream = STREAM_SSE,
		.streams = true,
		.stream_body = OPENAI_STREAM,
		.plain_body = "",
		.needs = "",
		.answer = {
			.text = {{.pointer = "/choices/-/text"}},
			.reasoning = {{.pointer = "/choices/-/reasoning"}},
			.whole = {{.pointer = "/choices/-/text"}},
			.instead = {{.pointer = "/choices/-/reasoning"}},
			OPENAI_USAGE,
			.error = {{.pointer = "/error"}},
			.end_data = "[DONE]",
			.end_required = true,
		},
	},
	{
		.name = "openai-responses",
		.path = "/v1/responses",
		.prompt_key = "input",
		.chat = true,
		.stream = STREAM_SSE,
		.streams = true,
		.stream_body = "\"stream\":true",
		.plain_body = "",
		.needs = "",
		.answer = {
			.text = {OF_TYPE("/delta", "response.output_text.delta"),
				 OF_TYPE("/delta", "response.refusal.delta")},
			.reasoning = {OF_TYPE("/delta", "response.reasoning_text.delta"),
				      OF_TYPE("/delta", "response.reasoning_summary_text.delta")},
			.tool = {OF_TYPE("/delta", "response.function_call_arguments.delta"),
				 OF_TYPE("/delta", "response.custom_tool_call_input.delta"),
				 OF_TYPE("/delta", "response.mcp_call_arguments.delta"),
				 OF_TYPE("/delta", "response.code_interpreter_call_code.delta")},
			.whole = {{"/output/-/content/-/text", "/output/-/content/-/type",
				   "output_text"},
				  {"/output/-/content/-/refusal", "/output/-/content/-/type",
				   "refusal"}},
			/* Each kind of call has one of them; reasoning the last three. */
			.instead = {{.pointer = "/output/-/call_id"},
				    {.pointer = "/output/-/name"},
				    {.pointer = "/output/-/action"},
				    {.pointer = "/output/-/queries"},
				    {.pointer = "/output/-/code"},
				    {.pointer = "/output/-/result"},
				    {.pointer = "/output/-/summary"},
				    {.pointer = "/output/-/content/-/text"},
				    {.pointer = "/output/-/encrypted_content"}},
			.tokens_in = {{.pointer = "/response/usage/input_tokens"},
				      {.pointer = "/usage/input_tokens"}},
			.tokens_out = {{.pointer = "/response/usage/output_tokens"},
				       {.pointer = "/usage/output_tokens"}},
			.cached = {{.pointer =
					    "/response/usage/input_tokens_details/cached_tokens"},
				   {.pointer = "/usage/input_tokens_details/cached_tokens"}},
			.error = {{.pointer = "/response/error"},
				  {.pointer = "/error"},
				  OF_TYPE("/message", "error"),
				  OF_TYPE("/type", "response.failed")},
			.end = {OF_TYPE("/type", "response.completed"),
				OF_TYPE("/type", "response.incomplete"),
				OF_TYPE("/type", "response.failed")},
			.end_required = true,
		},
	},
	{
		.name = "anthropic-messages",
		.path = "/v1/messages",
		.prompt_key = "messages",
		.chat = true,
		.stream = STREAM_SSE,
		.streams = true,
		.stream_body = "\"stream\":true",
		.plain_body = "",
		.needs = "\"max_tokens\":1024",
		.header = anthropic_header,
		.answer = {
			.text = {{.pointer = "/delta/text"}},
			.reasoning = {{.pointer = "/delta/thinking"}},
			.tool = {{.pointer = "/delta/partial_json"}},
			.whole = {{"/content/-/text", "/content/-/type", "text"}},
			.instead = {{.pointer = "/content/-/name"},
				    {.pointer = "/content/-/thinking"},
				    {.pointer = "/content/-/data"}},
			.tokens_in = {{.pointer = "/message/usage/input_tokens"},
				      {.pointer = "/usage/input_tokens"}},
			.tokens_out = {{.pointer = "/message/usage/output_tokens"},
				       {.pointer = "/usage/output_tokens"}},
			.cached = {{.pointer = "/message/usage/cache_read_input_tokens"},
				   {.pointer = "/usage/cache_read_input_tokens"}},
			.uncounted = {{.pointer = "/message/usage/cache_creation_input_tokens"},
				      {.pointer = "/usage/cache_creation_input_tokens"}},
			.cached_uncounted = true,
			.error = {{.pointer = "/error"}, OF_TYPE("/type", "error")},
			.end = {OF_TYPE("/type", "message_stop")},
			.end_required = true,
		},
	},
	{
		.name = "ollama-chat",
		.path = "/api/chat",
		.prompt_key = "messages",
		.chat = true,
		.stream = STREAM_NDJSON,
		.streams = true,
		.stream_body = "\"stream\":true",
		/* It streams where nothing is said. */
		.plain_body = "\"stream\":false",
		.needs = "",
		.answer = {
			.text = {{.pointer = "/message/content"}},
			.reasoning = {{.pointer = "/message/thinking"}},
			.tool = {{.pointer = "/message/tool_calls"}},
			.whole = {{.pointer = "/message/content"}},
			.instead = {{.pointer = "/message/tool_calls"},
				    {.pointer = "/message/thinking"}},
			.tokens_in = {{.pointer = "/prompt_eval_count"}},
			.tokens_out = {{.pointer = "/eval_count"}},
			.error = {{.pointer = "/error"}},
			.end = {{.pointer = "/done"}},
			.end_required = true,
		},
	},
	{
		/* Simple backends, and whatever answers a plain URL: the places
		 * most use, none of which mean different things to two of them. */
		.name = "generic",
		.stream = STREAM_SSE,
		.stream_body = "",
		.plain_body = "",
		.needs = "",
		.answer = {
			.text = {{.pointer = "/delta"},
				 {.pointer = "/text"},
				 {.pointer = "/content"},
				 {.pointer = "/token"},
				 {.pointer = "/token/text"},
				 {.pointer = "/response"},
				 {.pointer = "/delta/text"},
				 {.pointer = "/delta/content"},
				 {.pointer = "/message/content"},
				 {.pointer = "/choices/-/delta/content"},
				 {.pointer = "/choices/-/text"}},
			.reasoning = {{.pointer = "/reasoning"},
				      {.pointer = "/thinking"},
				      {.pointer = "/message/thinking"},
				      {.pointer = "/delta/thinking"},
				      {.pointer = "/choices/-/delta/reasoning_content"},
				      {.pointer = "/choices/-/delta/reasoning"}},
			.tool = {{.pointer = "/choices/-/delta/tool_calls"},
				 {.pointer = "/delta/partial_json"}},
			.whole = {{.pointer = "/reply"},
				  {.pointer = "/answer"},
				  {.pointer = "/text"},
				  {.pointer = "/content"},
				  {.pointer = "/response"},
				  {.pointer = "/summary"},
				  {.pointer = "/output"},
				  {.pointer = "/generated_text"},
				  {.pointer = "/-/generated_text"},
				  {.pointer = "/message/content"},
				  {.pointer = "/choices/-/message/content"},
				  {.pointer = "/choices/-/text"},
				  {"/content/-/text", "/content/-/type", "text"}},
			.tokens_in = {{.pointer = "/usage/prompt_tokens"},
				      {.pointer = "/usage/input_tokens"},
				      {.pointer = "/prompt_eval_count"}},
			.tokens_out = {{.pointer = "/usage/completion_tokens"},
				       {.pointer = "/usage/output_tokens"},
				       {.pointer = "/eval_count"}},
			.cached = {{.pointer = "/usage/prompt_tokens_details/cached_tokens"},
				   {.pointer = "/usage/input_tokens_details/cached_tokens"},
				   {.pointer = "/usage/cache_read_input_tokens"}},
			.error = {{.pointer = "/error"}},
			.end = {{.pointer = "/done"}, OF_TYPE("/type", "message_stop")},
			.end_data = "[DONE]",
			.raw_text = true,
		},
	},
	{.name = NULL},
};

const struct api *api_by_name(const char *name)
{
	for (const struct api *api = api_table; api->name; api++)
		if (!strcmp(api->name, name))
			return api;
	return NULL;
}

const char *api_names(void)
{
	return "openai-chat, openai-completions, openai-responses, anthropic-messages, "
	       "ollama-chat, generic";
}
