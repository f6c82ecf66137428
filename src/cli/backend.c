#include "cli/backend.h"

#include "base/clock.h"

#define STALL_NS NS_PER_S
#define SLOW_START_NS (2 * NS_PER_S)

struct serve_config backend_config(const struct options *o, int default_slots,
				   double default_speed)
{
	struct serve_config config = {
		.slots = o->slots >= 0 ? (int)o->slots : default_slots,
		.speed = o->speed >= 0 ? o->speed : default_speed,
		.batch_slowdown = o->batch_slowdown >= 0 ? o->batch_slowdown : 0,
		.cache_ttl_ns = o->cache_ttl_ns,
		.cache_size = (int)o->cache_size,
		.faults = o->faults,
	};

	if (config.faults.stall_ns == 0)
		config.faults.stall_ns = STALL_NS;
	if (config.faults.slow_start_ns == 0)
		config.faults.slow_start_ns = SLOW_START_NS;
	return config;
}
