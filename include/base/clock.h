/* The clocks. Everything measured uses clock_ns(); wall time is read once a
 * run, for its stamp. Any thread. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define NS_PER_US 1000LL
#define NS_PER_MS 1000000LL
#define NS_PER_S 1000000000LL
#define US_PER_MS 1000LL
#define US_PER_S 1000000LL

/* CLOCK_MONOTONIC, nanoseconds. */
int64_t clock_ns(void);

/* CPU time used so far by the calling thread, by the whole process: ns. */
int64_t clock_thread_cpu_ns(void);
int64_t clock_process_cpu_ns(void);

/* CLOCK_REALTIME, nanoseconds since the epoch. */
int64_t clock_wall_ns(void);

#define CLOCK_ISO_BYTES 32
/* "2026-11-23T14:02:07.123Z" (UTC, milliseconds). */
void clock_iso8601(int64_t wall_ns, char out[CLOCK_ISO_BYTES]);

#endif
