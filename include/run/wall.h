/* The wall-clock stamp of a run, as a number. */
#ifndef RUN_WALL_H
#define RUN_WALL_H

#include <stdint.h>

/* "2026-11-23T14:02:07.123Z" as nanoseconds since the epoch; -1: it is none. */
int64_t wall_ns(const char *iso);

#endif
