/* Four indices in one direction, never taken modulo the capacity:
 *
 *     head (released) <= read (popped) <= tail (published) <= write (committed)
 *
 * The producer moves write and copies it to tail when it publishes; the
 * consumer moves read and copies it to head when it releases. A record is
 * always contiguous: one that does not fit before the end of the buffer is
 * preceded by a REC_PAD that fills the rest, and both become visible together.
 *
 * What only one side uses lies on a line of its own, apart from what that side
 * publishes, so that the other side's polling does not slow its counting. */
#include "metrics/ring.h"

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Two cache lines: x86 prefetches them in pairs, some ARM lines are as long. */
#define LINE 128
#define LEAST_CAPACITY 1024
/* How far before its turn a line is asked for: some 20 records. */
#define AHEAD 4096

/* x86 compilers leave the write hint out unless told that the processor knows it;
 * one that does not takes it for nothing. */
#if defined __x86_64__
#define WRITE_HINT __attribute__((target("prfchw")))
#else
#define WRITE_HINT
#endif

struct ring {
	/* Set before the threads start. */
	alignas(LINE) char *data;
	uint64_t capacity, mask;

	/* The producer's. The three atomics have one writer and are atomic only
	 * for ring_stats(), so their stores are relaxed: plain moves. */
	alignas(LINE) _Atomic uint64_t write;
	_Atomic uint64_t committed, dropped; /* records */
	uint64_t head_cache; /* head when last looked at; never ahead of it */
	uint64_t reserved;   /* bytes of pad and record, 0: none reserved */
	struct rec *record;  /* the reserved record and its bytes */
	uint32_t record_bytes;

	/* What the producer publishes. */
	alignas(LINE) _Atomic uint64_t tail;
	_Atomic int64_t through;

	/* The consumer's. */
	alignas(LINE) uint64_t read;
	uint64_t tail_cache; /* tail when last looked at; never ahead of it */

	/* What the consumer publishes. */
	alignas(LINE) _Atomic uint64_t head;
};

struct ring *ring_new(uint64_t bytes)
{
	struct ring *ring = xaligned(LINE, sizeof *ring);
	uint64_t capacity = LEAST_CAPACITY;

	assert(bytes <= UINT64_MAX / 4);
	while (capacity < bytes)
		capacity *= 2;
	ring->capacity = capacity;
	ring->mask = capacity - 1;
	/* Zeroed, so that the page faults come now and not in a worker. */
	ring->data = xaligned(LINE, capacity);
	ring_preset(ring, 0);
	return ring;
}

void ring_free(struct ring *ring)
{
	if (!ring)
		return;
	free(ring->data);
	free(ring);
}

uint64_t ring_capacity(const struct ring *ring)
{
	return ring->capacity;
}

void ring_preset(struct ring *ring, uint64_t index)
{
	assert(index % REC_ALIGN == 0);
	/* Relaxed: the threads that use the ring are started afterwards. */
	atomic_store_explicit(&ring->write, index, memory_order_relaxed);
	atomic_store_explicit(&ring->tail, index, memory_order_relaxed);
	atomic_store_explicit(&ring->head, index, memory_order_relaxed);
	ring->head_cache = index;
	ring->read = index;
	ring->tail_cache = index;
}

/* One more in a counter that only this thread writes. */
static void count(_Atomic uint64_t *counter)
{
	/* Relaxed, partner: ring_stats(). Nothing else hangs on the value. */
	uint64_t n = atomic_load_explicit(counter, memory_order_relaxed);

	atomic_store_explicit(counter, n + 1, memory_order_relaxed);
}

/* --- producer thread ------------------------------------------------------ */

/* The lines to be written some records on lie in the consumer's cache: asked for
 * now, they are here when their turn comes. */
WRITE_HINT
static inline void prefetch_for_write(const struct ring *ring, uint64_t index, uint64_t bytes)
{
	for (uint64_t i = 0; i < bytes; i += LINE / 2)
		__builtin_prefetch(ring->data + ((index + i) & ring->mask), 1);
}

WRITE_HINT
void *ring_reserve(struct ring *ring, uint32_t bytes)
{
	/* Relaxed: our own index. */
	uint64_t write = atomic_load_explicit(&ring->write, memory_order_relaxed);
	uint64_t at = write & ring->mask;
	uint64_t to_end = ring->capacity - at;
	uint64_t need = bytes;

	assert(bytes % REC_ALIGN == 0 && bytes >= sizeof(struct rec));
	assert(bytes <= ring->capacity / 4);
	if (bytes > to_end)
		need += to_end;
	if (need > ring->capacity - (write - ring->head_cache)) {
		/* Acquire, partner: the release of head in ring_release(). The
		 * consumer has finished reading all bytes before head, so we may
		 * overwrite them. */
		ring->head_cache = atomic_load_explicit(&ring->head, memory_order_acquire);
		if (need > ring->capacity - (write - ring->head_cache)) {
			count(&ring->dropped);
			return NULL;
		}
	}
	if (need > bytes) {
		/* The rest may be 8 bytes only, so t_us stays unwritten. Writing
		 * it now is safe even if the record is never committed: the room
		 * is ours, and write has not moved. */
		struct rec *pad = (struct rec *)(void *)(ring->data + at);

		pad->bytes = (uint32_t)to_end;
		pad->kind = REC_PAD;
		at = 0;
	}
	prefetch_for_write(ring, write + AHEAD, bytes);
	ring->reserved = need;
	ring->record = (struct rec *)(void *)(ring->data + at);
	ring->record_bytes = bytes;
	return ring->record;
}

void ring_commit(struct ring *ring)
{
	uint64_t write = atomic_load_explicit(&ring->write, memory_order_relaxed);

	assert(ring->reserved);
	assert(ring->record->bytes == ring->record_bytes && ring->record->kind != REC_PAD);
	/* Relaxed, partner: ring_stats(). The consumer goes by tail. */
	atomic_store_explicit(&ring->write, write + ring->reserved, memory_order_relaxed);
	ring->reserved = 0;
	count(&ring->committed);
}

void ring_publish(struct ring *ring)
{
	uint64_t write = atomic_load_explicit(&ring->write, memory_order_relaxed);

	/* Release, partner: the acquire of tail in ring_front(). Whoever sees the
	 * new tail sees the records before it whole. */
	atomic_store_explicit(&ring->tail, write, memory_order_release);
}

int ring_push(struct ring *ring, const struct rec *rec)
{
	void *room = ring_reserve(ring, rec->bytes);

	if (!room)
		return -1;
	memcpy(room, rec, rec->bytes);
	ring_commit(ring);
	return 0;
}

void ring_set_through(struct ring *ring, int64_t t_us)
{
	/* Release, partner: the acquire in ring_through(). The store of tail
	 * came before, so who sees the promise also finds the records. */
	atomic_store_explicit(&ring->through, t_us, memory_order_release);
}

/* --- consumer thread ------------------------------------------------------ */

int64_t ring_through(const struct ring *ring)
{
	/* Acquire, partner: the release in ring_set_through(). */
	return atomic_load_explicit(&ring->through, memory_order_acquire);
}

const struct rec *ring_front(struct ring *ring)
{
	for (;;) {
		if (ring->read == ring->tail_cache) {
			/* Acquire, partner: the release of tail in ring_publish(). */
			ring->tail_cache = atomic_load_explicit(&ring->tail, memory_order_acquire);
			if (ring->read == ring->tail_cache)
				return NULL;
		}
		const struct rec *rec =
			(const struct rec *)(const void *)(ring->data + (ring->read & ring->mask));

		if (rec->kind != REC_PAD)
			return rec;
		ring->read += rec->bytes;
	}
}

void ring_pop(struct ring *ring)
{
	const struct rec *rec = ring_front(ring);

	assert(rec);
	ring->read += rec->bytes;
}

void ring_release(struct ring *ring)
{
	/* Release, partner: the acquire of head in ring_reserve(). All our reads
	 * of the popped bytes come before the producer may overwrite them. */
	atomic_store_explicit(&ring->head, ring->read, memory_order_release);
}

/* --- any thread ----------------------------------------------------------- */

void ring_stats(const struct ring *ring, struct ring_stats *out)
{
	/* Acquire, partner: the release in ring_release(). Through it the write
	 * index read next is at least this head. */
	uint64_t head = atomic_load_explicit(&ring->head, memory_order_acquire);
	/* Relaxed, partners: ring_commit() and count(). */
	uint64_t write = atomic_load_explicit(&ring->write, memory_order_relaxed);
	uint64_t used = write - head;

	out->dropped = atomic_load_explicit(&ring->dropped, memory_order_relaxed);
	out->offered = out->dropped +
		       atomic_load_explicit(&ring->committed, memory_order_relaxed);
	/* The two indices are of different moments. */
	out->used_bytes = used < ring->capacity ? used : ring->capacity;
}
