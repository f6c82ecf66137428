#include "fault.h"

#include "base/rng.h"

/* Apart from the streams that times and answers are drawn from. */
#define SEED_APART 0x6661756c74733aull

const char *const serve_fault_names[SERVE_FAULTS] = {
	[SERVE_FAULT_NONE] = "none",
	[SERVE_FAULT_REJECT] = "reject",
	[SERVE_FAULT_FAIL] = "fail",
	[SERVE_FAULT_RESET] = "reset",
	[SERVE_FAULT_TRUNCATE] = "truncate",
	[SERVE_FAULT_INBAND] = "inband_error",
	[SERVE_FAULT_STALL] = "stall",
	[SERVE_FAULT_SLOW_START] = "slow_start",
};

struct serve_fate serve_fate_draw(const struct serve_faults *faults, uint64_t seed,
				  uint64_t number)
{
	const double rates[SERVE_FAULTS] = {
		[SERVE_FAULT_REJECT] = faults->reject,
		[SERVE_FAULT_FAIL] = faults->fail,
		[SERVE_FAULT_RESET] = faults->reset,
		[SERVE_FAULT_TRUNCATE] = faults->truncate,
		[SERVE_FAULT_INBAND] = faults->inband_error,
		[SERVE_FAULT_STALL] = faults->stall,
		[SERVE_FAULT_SLOW_START] = faults->slow_start,
	};
	struct serve_fate fate = {.ends = SERVE_FAULT_NONE};
	bool hit[SERVE_FAULTS];
	struct rng rng;

	rng_seed(&rng, seed ^ SEED_APART, number);
	for (int i = SERVE_FAULT_REJECT; i < SERVE_FAULTS; i++)
		hit[i] = rng_double(&rng) < rates[i];
	for (int i = SERVE_FAULT_REJECT; i <= SERVE_FAULT_INBAND && !fate.ends; i++)
		if (hit[i])
			fate.ends = (enum serve_fault)i;
	if (fate.ends == SERVE_FAULT_REJECT)
		fate.status = 429;
	else if (fate.ends == SERVE_FAULT_FAIL)
		fate.status = rng_below(&rng, 2) ? 503 : 500;
	fate.stalls = hit[SERVE_FAULT_STALL];
	fate.starts_slowly = hit[SERVE_FAULT_SLOW_START];
	return fate;
}

int64_t serve_fault_model_ns(const struct serve_faults *faults, int64_t real_ns)
{
	int64_t every_ns = faults->common_every_ns, length_ns = faults->common_length_ns;
	int64_t pauses, within_ns;

	if (length_ns <= 0 || real_ns < every_ns)
		return real_ns;
	pauses = real_ns / every_ns;
	within_ns = real_ns % every_ns;
	return real_ns - (pauses - 1) * length_ns -
	       (within_ns < length_ns ? within_ns : length_ns);
}

int64_t serve_fault_real_ns(const struct serve_faults *faults, int64_t model_ns)
{
	int64_t every_ns = faults->common_every_ns, length_ns = faults->common_length_ns;

	if (length_ns <= 0 || model_ns < every_ns)
		return model_ns;
	/* The first pause is over when the model goes beyond every_ns; each later
	 * one comes after every_ns - length_ns of work. */
	return model_ns + length_ns * (1 + (model_ns - every_ns) / (every_ns - length_ns));
}
