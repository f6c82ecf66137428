#include "load/dealing.h"

#include <stdlib.h>

#include "base/mem.h"

void dealing_init(struct dealing *dealing, const struct scenario *scenario,
		  const struct script_item *script, uint64_t count)
{
	double *edge = xcalloc((size_t)scenario->task_count, sizeof *edge);
	double all = 0, sum = 0;

	for (int i = 0; i < scenario->task_count; i++)
		all += scenario->task[i].weight;
	for (int i = 0; i < scenario->task_count; i++) {
		sum += scenario->task[i].weight;
		edge[i] = sum / all;
	}
	dealing->scenario = scenario;
	dealing->edge = edge;
	dealing->script = script;
	dealing->script_count = count;
	atomic_init(&dealing->script_at, 0);
	for (int i = 0; i < SCENARIO_MAX_TASKS; i++)
		atomic_init(&dealing->next[i], 0);
}

void dealing_fini(struct dealing *dealing)
{
	free((void *)dealing->edge);
	dealing->edge = NULL;
}

static int pick_task(const struct dealing *dealing, struct rng *rng)
{
	int last = dealing->scenario->task_count - 1, task = 0;

	if (last > 0) {
		double x = rng_double(rng);

		while (task < last && x >= dealing->edge[task])
			task++;
	}
	return task;
}

bool dealing_next(struct dealing *dealing, struct rng *rng, struct script_item *out)
{
	if (dealing->script) {
		uint64_t at = atomic_fetch_add_explicit(&dealing->script_at, 1, memory_order_relaxed);

		if (at >= dealing->script_count)
			return false;
		*out = dealing->script[at];
		return true;
	}
	out->task = pick_task(dealing, rng);
	out->number = atomic_fetch_add_explicit(&dealing->next[out->task], 1, memory_order_relaxed);
	return true;
}
