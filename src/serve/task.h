/* What the reference backend can be asked, how long that takes and what it
 * answers: functions of (seed, number of the request). Any thread. */
#ifndef SERVE_TASK_H
#define SERVE_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"
#include "base/buf.h"

enum serve_task_id {
	SERVE_TASK_RESUME,
	SERVE_TASK_INTERVIEW,
	SERVE_TASK_CHAT,
	SERVE_TASKS,
};

struct serve_task {
	const char *path;
	double mean_s; /* of the log-normal service time, one at a time */
	double sigma;  /* of its logarithm */
};

extern const struct serve_task serve_tasks[SERVE_TASKS];

/* The stream of one request; the service time is drawn from it first, the
 * answer after that. */
void serve_task_rng(struct rng *rng, uint64_t seed, uint64_t number);
/* At speed 1; more than 0. */
int64_t serve_task_service_ns(const struct serve_task *task, struct rng *rng);

#define SERVE_ANSWER_BYTES 2048
/* Writes one JSON object of a few hundred bytes, terminated; returns its
 * length. turn: of the conversation, from 1; for the chat. */
size_t serve_task_answer(const struct serve_task *task, struct rng *rng, int turn,
			 char out[SERVE_ANSWER_BYTES]);
/* What the chat says, as text alone: the reply of serve_task_answer(). */
size_t serve_task_reply(struct rng *rng, char *out, size_t bytes);

#define SERVE_PROSE_TOKENS 45 /* median of what is said unasked */
/* Appends sentences: about SERVE_PROSE_TOKENS tokens or min_tokens, whichever is
 * more, but never more than max_tokens (> 0; 0: no limit); with fill exactly as
 * many as that. Returns the number, and in *cut whether max_tokens ended it. */
int serve_task_prose(struct rng *rng, int min_tokens, int max_tokens, bool fill,
		     struct buf *out, bool *cut);

#endif
