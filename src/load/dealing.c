#include "load/dealing.h"


void deal_mix_of(struct deal_mix *out, const struct mix *mix)
{
	double all = 0, sum = 0;
	int last = 0;

	out->count = mix->count;
	for (int i = 0; i < mix->count; i++) {
		/* Whoever is alone has a weight, whatever it was before. */
		double weight = !mix_sends(mix, i) ? 0 : mix->weight[i] > 0 ? mix->weight[i] : 1;

		all += weight;
		last = weight > 0 ? i : last;
		out->edge[i] = all;
	}
	sum = all > 0 ? all : 1;
	/* No rounding gives a task a request that it is not to have. */
	for (int i = 0; i < mix->count; i++)
		out->edge[i] = i < last ? out->edge[i] / sum : 1;
}

void dealing_init(struct dealing *dealing, const struct scenario *scenario,
		  const struct script_item *script, uint64_t count)
{
	double weight[SCENARIO_MAX_TASKS];
	struct mix mix;

	for (int i = 0; i < scenario->task_count; i++)
		weight[i] = scenario->task[i].weight;
	mix_init(&mix, weight, scenario->task_count);
	deal_mix_of(&dealing->own, &mix);
	dealing->scenario = scenario;
	dealing->script = script;
	dealing->script_count = count;
	atomic_init(&dealing->script_at, 0);
	for (int i = 0; i < SCENARIO_MAX_TASKS; i++)
		atomic_init(&dealing->next[i], 0);
}

static int pick_task(const struct deal_mix *mix, struct rng *rng)
{
	int last = mix->count - 1, task = 0;

	if (last > 0) {
		double x = rng_double(rng);

		while (task < last && x >= mix->edge[task])
			task++;
	}
	return task;
}

bool dealing_next(struct dealing *dealing, const struct deal_mix *mix, struct rng *rng, struct script_item *out)
{
	if (dealing->script) {
		uint64_t at = atomic_fetch_add_explicit(&dealing->script_at, 1, memory_order_relaxed);

		if (at >= dealing->script_count)
			return false;
		*out = dealing->script[at];
		return true;
	}
	out->task = pick_task(mix ? mix : &dealing->own, rng);
	out->number = atomic_fetch_add_explicit(&dealing->next[out->task], 1, memory_order_relaxed);
	return true;
}
