/* Stalls: gaps between two tokens of a stream beyond 5 x the median gap so far,
 * and moments in which several streams had one at once, which is the server
 * pausing and not one slow answer: "47 of 48 streams paused 820 ms at 31.2 s".
 *
 * Known from finished samples alone, so the evidence of one stall comes in over
 * the time that its streams take to end, and grows. What a stream's long gap
 * must share with a stall to be part of it: at least half of the longer of the
 * two. A stream is under way from its first token to its last.
 *
 * Bounded: the newest stalls, the newest gaps that nobody shares yet, and the
 * newest ended streams. The same records give the same stalls. */
#ifndef RUN_STALLS_H
#define RUN_STALLS_H

#include "exchange.h"
#include "metrics/hdr.h"
#include "run/snapshot.h"

#define STALL_FACTOR 5
#define STALL_LEAST_GAPS 100
#define STALL_LEAST_US 10000 /* what coalescing and timers do is no stall */
#define STALLS_KEPT 64
#define STALLS_LONE 256  /* gaps of a single stream that may become a stall */
#define STALLS_ENDED 4096

struct stall {
	int64_t from_us, to_us; /* what all its gaps have in common */
	int64_t longest_us;
	uint32_t paused, open;  /* streams; paused are open */
	uint64_t last;          /* number of the last stream that is in it */
};

struct stalls {
	struct hdr gap; /* all gaps, 2 figures */
	uint64_t streams;       /* that ended */
	uint64_t gaps;          /* beyond the threshold of their time */
	int64_t longest_us;
	struct stall kept[STALLS_KEPT]; /* of two streams at least; in no order */
	struct stall lone[STALLS_LONE]; /* a ring by lone_next */
	int kept_count;
	uint32_t lone_count, lone_next;
	struct stall_stream {
		int64_t t1_us, tn_us;
	} *ended; /* a ring of STALLS_ENDED by streams; NULL until there is one */
};

void stalls_init(struct stalls *s, struct hdr_pool *pool);
void stalls_fini(struct stalls *s);
void stalls_reset(struct stalls *s);
struct archive;
void stalls_archive(struct stalls *s, struct archive *a);
/* Takes a sample with gaps, whatever became of it. */
void stalls_take(struct stalls *s, const struct exchange *x);
/* 0: fewer than STALL_LEAST_GAPS so far. */
int64_t stalls_threshold_us(const struct stalls *s);
/* The newest first, at most `room`; those in which at least a quarter of the
 * streams under way paused. Returns how many. */
int stalls_common(const struct stalls *s, struct snap_stall *out, int room);

#endif
