/* How long a model takes: prefill by the length of the prompt, then so long a
 * token. Drawn once a request, before it is known how the answer is wanted, so
 * that a stream takes as long as the same answer in one piece. Any thread. */
#ifndef SERVE_PACE_H
#define SERVE_PACE_H

#include <stdint.h>

#include "base/clock.h"
#include "base/rng.h"

#define SERVE_PREFILL_NS_A_TOKEN (NS_PER_MS / 2) /* 2,000 tokens a second */
#define SERVE_DECODE_NS_A_TOKEN (25 * NS_PER_MS) /* 40 tokens a second */
#define SERVE_PREFILL_SIGMA 0.1 /* of the logarithm of a request's prefill */
#define SERVE_DECODE_SIGMA 0.15 /* of the logarithm of its decoding */
#define SERVE_STEP_SIGMA 0.15   /* of the logarithm of one token's time */

/* At speed 1, one at a time; each at least 1 ns. */
struct serve_pace {
	int64_t prefill_ns;
	int64_t decode_ns; /* of all tokens */
};

/* Two means (one log-normal factor each, of mean 1): tokens_in ×
 * SERVE_PREFILL_NS_A_TOKEN, tokens_out × SERVE_DECODE_NS_A_TOKEN. */
struct serve_pace serve_pace_draw(struct rng *rng, uint64_t tokens_in, int tokens_out);
/* For a whole time known beforehand: the prompt's prefill, but at most half of
 * it, and the rest. */
struct serve_pace serve_pace_split(int64_t whole_ns, uint64_t tokens_in);
/* The time of the next of `tokens` tokens (> 0) that take left_ns together; the
 * last takes what is left. */
int64_t serve_pace_step(struct rng *rng, int64_t left_ns, int tokens);

#endif
