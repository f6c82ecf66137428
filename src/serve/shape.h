/* The JSON of answers, in one piece and event by event. Any thread. */
#ifndef SERVE_SHAPE_H
#define SERVE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* An answer, or as much of it as is known. */
struct serve_answer {
	uint64_t id;
	int64_t created_s; /* since the epoch */
	const char *model;
	const char *text;
	size_t bytes;
	uint64_t tokens_in, tokens_cached; /* cached: out of tokens_in */
	int tokens_out;
	int turn; /* > 0: a chat task's, said as well */
	bool cut; /* by max_tokens */
};

/* chat.completion. With a turn also `reply`, `turn` and `finish_reason` as the
 * task has them. */
void shape_completion(struct buf *out, const struct serve_answer *answer);
/* What all chat.completion.chunk events of an answer begin with. */
void shape_chunk_head(struct buf *out, const struct serve_answer *answer);
/* What comes after it. */
void shape_chunk_role(struct buf *out);
void shape_chunk_text(struct buf *out, const char *text, size_t bytes);
void shape_chunk_finish(struct buf *out, bool cut);
void shape_chunk_usage(struct buf *out, const struct serve_answer *answer);

/* A task's answer is a JSON object itself: {"delta": …} events put together give
 * it; whole, it has a `usage` beside its own members. */
void shape_delta(struct buf *out, const char *text, size_t bytes);
void shape_task(struct buf *out, const struct serve_answer *answer);

/* {"error": …} as OpenAI's servers say it, and the status beside; param may be
 * NULL. */
void shape_error(struct buf *out, int status, const char *param, const char *message);

#endif
