#include "pace.h"

#include <math.h>

/* Of mean 1. */
static double noise(struct rng *rng, double sigma)
{
	return exp(sigma * rng_normal(rng) - sigma * sigma / 2);
}

struct serve_pace serve_pace_draw(struct rng *rng, uint64_t tokens_in, int tokens_out)
{
	double prefill_ns = (double)tokens_in * (double)SERVE_PREFILL_NS_A_TOKEN;
	double decode_ns = tokens_out * (double)SERVE_DECODE_NS_A_TOKEN;

	prefill_ns *= noise(rng, SERVE_PREFILL_SIGMA);
	decode_ns *= noise(rng, SERVE_DECODE_SIGMA);
	return (struct serve_pace){(int64_t)prefill_ns + 1, (int64_t)decode_ns + 1};
}

struct serve_pace serve_pace_split(int64_t whole_ns, uint64_t tokens_in)
{
	int64_t prefill_ns = whole_ns / 2;

	if (tokens_in < (uint64_t)(prefill_ns / SERVE_PREFILL_NS_A_TOKEN))
		prefill_ns = (int64_t)tokens_in * SERVE_PREFILL_NS_A_TOKEN;
	return (struct serve_pace){prefill_ns, whole_ns - prefill_ns};
}

int64_t serve_pace_step(struct rng *rng, int64_t left_ns, int tokens)
{
	double step_ns;

	if (tokens <= 1)
		return left_ns;
	step_ns = (double)left_ns / tokens * noise(rng, SERVE_STEP_SIGMA);
	return step_ns < (double)left_ns ? (int64_t)step_ns : left_ns;
}
