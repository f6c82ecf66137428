/* How well a worker's loop comes to run: how late it wakes, and how long its
 * thread waits for a core. For its gauge. The worker's thread only.
 *
 * A thread that a quota, steal or other threads keep from running never needs a
 * whole core, so its CPU time alone would look innocent. */
#ifndef LOAD_PULSE_H
#define LOAD_PULSE_H

#include <stdint.h>

#include "metrics/record.h"

struct pulse {
	int schedstat_fd; /* of this thread, kept open; -1: the kernel has none */
	int64_t until_ns; /* the end of the wait under way; 0: it does not wait */
	int64_t late_ns;  /* summed over all waits */
	int64_t late_max_ns; /* since the last gauge that was told */
};

/* In the thread itself. */
void pulse_init(struct pulse *pulse);
void pulse_fini(struct pulse *pulse);

/* The loop is going to wait from now to `until` at most. */
static inline void pulse_wait(struct pulse *pulse, int64_t now_ns, int64_t until_ns)
{
	pulse->until_ns = until_ns > now_ns ? until_ns : 0;
}

/* It is back, whatever kept it. */
static inline void pulse_back(struct pulse *pulse, int64_t now_ns)
{
	int64_t late_ns = now_ns - pulse->until_ns;

	if (!pulse->until_ns || late_ns <= 0)
		return;
	pulse->late_ns += late_ns;
	if (late_ns > pulse->late_max_ns)
		pulse->late_max_ns = late_ns;
}

/* Fills in the gauge's share; its worker_cpu_us is in already. */
void pulse_tell(const struct pulse *pulse, struct rec_gauge *gauge);
/* The gauge has been written. */
static inline void pulse_told(struct pulse *pulse)
{
	pulse->late_max_ns = 0;
}

#endif
