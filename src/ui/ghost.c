#include "ui/ghost.h"

#include <math.h>
#include <string.h>

const struct ghost_shape *ghost_find(const struct ghost *ghost, const struct snapshot *s, int task,
				     enum ghost_timing timing)
{
	const struct ghost_scope *scope = NULL;

	/* A single task is all there is, whatever else the baseline had. */
	if (task < 0 && s->task_count == 1)
		task = 0;
	if (!ghost || task >= s->task_count)
		return NULL;
	if (task < 0)
		scope = &ghost->scope[0];
	for (int i = 0; task >= 0 && i < ghost->tasks && !scope; i++)
		if (!strcmp(ghost->scope[1 + i].task, s->task[task].name))
			scope = &ghost->scope[1 + i];
	return scope && scope->timing[timing].dist.count ? &scope->timing[timing] : NULL;
}

double ghost_ratio(const struct dist *now, int64_t now_us, const struct ghost_shape *shape, int64_t then_us)
{
	return now->count && shape && then_us > 0 ? (double)now_us / (double)then_us : NAN;
}

double ghost_scaled(uint64_t count, uint64_t all, uint64_t now)
{
	return all ? (double)count * (double)now / (double)all : 0;
}
