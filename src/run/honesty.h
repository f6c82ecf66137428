/* Is brunt itself the limit? A pure function from figures of a span of time (about
 * a second, a window, the whole run) to the cause and its evidence. When the lamp
 * goes on and off is lamp.c's. */
#ifndef RUN_HONESTY_H
#define RUN_HONESTY_H

#include <stddef.h>
#include <stdint.h>

/* The first that applies is the one that is told. */
enum honesty_cause {
	HONESTY_OK,
	HONESTY_RING,     /* samples were lost */
	HONESTY_FDS,      /* no descriptor is left */
	HONESTY_PORTS,    /* no local port is left */
	HONESTY_QUOTA,    /* the CPU quota holds brunt up */
	HONESTY_STEAL,    /* the machine's host has given its CPU to others */
	HONESTY_CPU,      /* a worker needs all of its core */
	HONESTY_STARVED,  /* a worker waits for a core */
	HONESTY_LOOP,     /* a worker's loop wakes late */
	HONESTY_ACHIEVED, /* fewer requests start than are planned */
	HONESTY_QUEUE,    /* requests start late */
	HONESTY_CAUSES
};

/* Shares in percent, NAN where unknown; counts 0 where unknown. */
struct honesty {
	double cpu_pct;       /* of one core: the busiest worker thread */
	double core_wait_pct; /* of the time: the worker that waited most for a core */
	double throttled_pct; /* of the time, all cores together */
	double steal_pct;     /* of the time, mean over the cores */
	double late_pct;      /* of the time: how late the waits of a loop ended */
	uint32_t late_max_us;
	double started_pct;   /* of what came due, where nothing but brunt held it up */
	uint64_t ring_dropped;
	uint32_t fds, fd_limit;
	uint32_t connections, ports;
	/* Of the same requests; where nothing but brunt makes one wait. */
	uint64_t requests;
	double queue_high; /* the quantile: 0.99, of few requests 0.9 */
	int64_t queue_high_us, service_p50_us;
	double queue_pct; /* of the mean latency */
};

/* Everything unknown. */
struct honesty honesty_unknown(void);
/* `evidence` gets a sentence with the figures, or "". */
enum honesty_cause honesty_judge(const struct honesty *h, char *evidence, size_t bytes);

#endif
