/* The one struct through which main steers the workers. Main is its only
 * writer, workers and the collector read it; nothing here blocks. */
#ifndef LOAD_CONTROL_H
#define LOAD_CONTROL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define CONTROL_MAX_USERS 1000000

/* What the load should be, in one 64-bit word so that readers never see half a
 * change: users, paused, generation. */
struct control_level {
	uint32_t users;      /* target, all workers together */
	bool paused;         /* running exchanges finish, none start */
	uint32_t generation; /* grows by one with each change (31 bits) */
};

struct control {
	/* Packed control_level. Main stores (release), workers load (acquire):
	 * asked_us below is written before and belongs to it. */
	_Atomic uint64_t level;
	/* When the last change was asked for, microseconds of run time. */
	_Atomic int64_t asked_us;
	/* No exchange starts at or after this clock_ns() time; INT64_MAX: open.
	 * Ctrl-C moves it to the present. */
	_Atomic int64_t stop_at_ns;
	/* Exchanges still running at this time are cut off (censored). */
	_Atomic int64_t drain_until_ns;
	/* Warm-up ends at this clock_ns() time; fixed before workers start. */
	int64_t warmup_until_ns;
	int64_t start_ns; /* run time 0; fixed before workers start */
	/* Exchanges left to hand out with -n; INT64_MAX: no limit. Workers take
	 * (fetch_sub, relaxed: only the count matters). Counts after the warm-up. */
	_Atomic int64_t tickets;
};

void control_init(struct control *control, int64_t start_ns, uint32_t users);
struct control_level control_level(const struct control *control);
/* Main only. Stores a changed level with the next generation; returns it. */
struct control_level control_set(struct control *control, uint32_t users,
				 bool paused, int64_t now_ns);
int64_t control_run_us(const struct control *control, int64_t clock_ns_value);

#endif
