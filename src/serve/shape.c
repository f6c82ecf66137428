#include "shape.h"

#include <inttypes.h>
#include <string.h>

#define TEXT(out, literal) buf_add(out, literal, sizeof(literal) - 1)

static void usage(struct buf *out, const struct serve_answer *answer)
{
	buf_printf(out,
		   "\"usage\":{\"prompt_tokens\":%" PRIu64 ",\"completion_tokens\":%d,"
		   "\"total_tokens\":%" PRIu64
		   ",\"prompt_tokens_details\":{\"cached_tokens\":%" PRIu64 "}}",
		   answer->tokens_in, answer->tokens_out,
		   answer->tokens_in + (uint64_t)answer->tokens_out, answer->tokens_cached);
}

static void head(struct buf *out, const char *object, const struct serve_answer *answer)
{
	buf_printf(out,
		   "{\"id\":\"chatcmpl-%016" PRIx64 "\",\"object\":\"%s\",\"created\":%" PRId64
		   ",\"model\":\"",
		   answer->id, object, answer->created_s);
	buf_json(out, answer->model, strlen(answer->model));
	TEXT(out, "\",");
}

static const char *reason(bool cut)
{
	return cut ? "length" : "stop";
}

void shape_completion(struct buf *out, const struct serve_answer *answer)
{
	head(out, "chat.completion", answer);
	TEXT(out, "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"");
	buf_json(out, answer->text, answer->bytes);
	buf_printf(out, "\"},\"logprobs\":null,\"finish_reason\":\"%s\"}],", reason(answer->cut));
	if (answer->turn > 0) {
		TEXT(out, "\"reply\":\"");
		buf_json(out, answer->text, answer->bytes);
		buf_printf(out, "\",\"turn\":%d,\"finish_reason\":\"%s\",", answer->turn,
			   reason(answer->cut));
	}
	usage(out, answer);
	TEXT(out, "}");
}

void shape_chunk_head(struct buf *out, const struct serve_answer *answer)
{
	head(out, "chat.completion.chunk", answer);
	TEXT(out, "\"choices\":[");
}

void shape_chunk_role(struct buf *out)
{
	TEXT(out, "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
		  "\"finish_reason\":null}]}");
}

void shape_chunk_text(struct buf *out, const char *text, size_t bytes)
{
	TEXT(out, "{\"index\":0,\"delta\":{\"content\":\"");
	buf_json(out, text, bytes);
	TEXT(out, "\"},\"finish_reason\":null}]}");
}

void shape_chunk_finish(struct buf *out, bool cut)
{
	buf_printf(out, "{\"index\":0,\"delta\":{},\"finish_reason\":\"%s\"}]}", reason(cut));
}

void shape_chunk_usage(struct buf *out, const struct serve_answer *answer)
{
	TEXT(out, "],");
	usage(out, answer);
	TEXT(out, "}");
}

void shape_delta(struct buf *out, const char *text, size_t bytes)
{
	TEXT(out, "{\"delta\":\"");
	buf_json(out, text, bytes);
	TEXT(out, "\"}");
}

void shape_task(struct buf *out, const struct serve_answer *answer)
{
	/* All but the object's closing brace. */
	buf_add(out, answer->text, answer->bytes - 1);
	TEXT(out, ",");
	usage(out, answer);
	TEXT(out, "}");
}

static const char *type_of(int status)
{
	return status == 429 ? "rate_limit_error"
			     : status >= 500 ? "server_error" : "invalid_request_error";
}

void shape_error(struct buf *out, int status, const char *param, const char *message)
{
	buf_printf(out, "{\"error\":{\"status\":%d,\"message\":\"", status);
	buf_json(out, message, strlen(message));
	buf_printf(out, "\",\"type\":\"%s\",\"param\":", type_of(status));
	if (param)
		buf_printf(out, "\"%s\"", param);
	else
		TEXT(out, "null");
	buf_printf(out, ",\"code\":%d}}", status);
}
