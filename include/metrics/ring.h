/* A single-producer, single-consumer ring of variable-length records
 * (metrics/record.h) that never blocks: when it is full the producer is told
 * and goes on. Indices are 64-bit and free-running; each side keeps the
 * other's index cached on its own cache line.
 *
 * Beside the records the producer publishes a watermark ("through"): every
 * record with an earlier time is already in the ring. The consumer merges
 * several rings in order of time by it. */
#ifndef METRICS_RING_H
#define METRICS_RING_H

#include <stdint.h>

#include "metrics/record.h"

struct ring;

/* Capacity in bytes is rounded up to a power of two, at least 1 KiB. */
struct ring *ring_new(uint64_t bytes);
void ring_free(struct ring *ring);
uint64_t ring_capacity(const struct ring *ring);

/* --- producer thread ------------------------------------------------------ */

/* Room for one record of `bytes` (a multiple of REC_ALIGN, at most a quarter
 * of the capacity) or NULL when the ring is full, which counts as dropped. The
 * caller fills it, sets rec.bytes = bytes, then commits. One at a time. */
void *ring_reserve(struct ring *ring, uint32_t bytes);
/* Takes the reserved record into the batch, not yet visible. */
void ring_commit(struct ring *ring);
/* Makes all committed records visible (one release store). */
void ring_publish(struct ring *ring);
/* Copies, commits; 0, or -1 when full. Publishing stays the caller's. */
int ring_push(struct ring *ring, const struct rec *rec);
/* Promises that all records with t_us < `t_us` have been published. Call after
 * ring_publish(). INT64_MAX: the producer is done. */
void ring_set_through(struct ring *ring, int64_t t_us);

/* --- consumer thread ------------------------------------------------------ */

/* Read before ring_front(), so that the promise covers what is then seen. */
int64_t ring_through(const struct ring *ring);
/* The oldest record not yet popped, in place, or NULL. Valid until
 * ring_release(). */
const struct rec *ring_front(struct ring *ring);
/* Steps over the front record; its bytes stay untouched until ring_release(). */
void ring_pop(struct ring *ring);
/* Gives the popped bytes back to the producer (one release store). */
void ring_release(struct ring *ring);

/* --- any thread, for display ---------------------------------------------- */

struct ring_stats {
	uint64_t offered; /* records the producer tried to put in */
	uint64_t dropped; /* refused because the ring was full */
	uint64_t used_bytes; /* committed and not yet released */
};
/* offered = taken + dropped once both sides are at rest. */
void ring_stats(const struct ring *ring, struct ring_stats *out);

/* For tests of the wrap-around: both indices start at `index` (a multiple of
 * REC_ALIGN). Before first use only. */
void ring_preset(struct ring *ring, uint64_t index);

#endif
