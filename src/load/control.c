#include "load/control.h"

#include "base/clock.h"

/* users: bits 0-31, paused: bit 32, generation: bits 33-63 */
static uint64_t pack(struct control_level level)
{
	return (uint64_t)level.users | (uint64_t)level.paused << 32 |
	       (uint64_t)level.generation << 33;
}

void control_init(struct control *control, int64_t start_ns, uint32_t users)
{
	struct control_level level = {.users = users, .generation = 1};

	atomic_init(&control->level, pack(level));
	atomic_init(&control->asked_us, 0);
	atomic_init(&control->stop_at_ns, INT64_MAX);
	atomic_init(&control->drain_until_ns, INT64_MAX);
	atomic_init(&control->tickets, INT64_MAX);
	control->warmup_until_ns = start_ns;
	control->start_ns = start_ns;
}

struct control_level control_level(const struct control *control)
{
	/* acquire: pairs with the release store in control_set() */
	uint64_t word = atomic_load_explicit(&control->level, memory_order_acquire);

	return (struct control_level){
		.users = (uint32_t)word,
		.paused = word >> 32 & 1,
		.generation = (uint32_t)(word >> 33),
	};
}

struct control_level control_set(struct control *control, uint32_t users,
				 bool paused, int64_t now_ns)
{
	struct control_level level = control_level(control);

	level.users = users;
	level.paused = paused;
	level.generation = (level.generation + 1) & 0x7fffffff;
	atomic_store_explicit(&control->asked_us, control_run_us(control, now_ns),
			      memory_order_relaxed);
	/* release: makes asked_us visible with it; pairs with control_level() */
	atomic_store_explicit(&control->level, pack(level), memory_order_release);
	return level;
}

int64_t control_run_us(const struct control *control, int64_t clock_ns_value)
{
	return (clock_ns_value - control->start_ns) / NS_PER_US;
}
