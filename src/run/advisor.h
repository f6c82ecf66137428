/* What a cache would do: the prompts of a run go through a cache of each size and time to
 * live of the grid (run/advice.h). A prompt is looked up when it is sent; where it is not
 * there its answer goes in when that is complete. Each cache is bounded, so is what is kept
 * of the prompts.
 *
 * Samples come when their answer is complete, and are to be looked up in order of when they
 * were sent. So they wait here as long as the longest answer took so far: one that takes
 * longer still is looked up late, which is as near as it gets. */
#ifndef RUN_ADVISOR_H
#define RUN_ADVISOR_H

#include <stdbool.h>
#include <stdint.h>

#include "lru.h"
#include "metrics/record.h"
#include "run/advice.h"

struct archive;

#define ADVISOR_CELLS (ADVICE_TTLS * ADVICE_SIZES)
/* What may wait; beyond that the oldest does not any more. */
#define ADVISOR_WAITING 16384

struct advisor_wait {
	int64_t sent_us, ended_us;
	uint64_t prompt;
	uint32_t tokens_in, tokens_out; /* 0: unknown */
	uint32_t latency_us;
	uint16_t missed; /* bit c: cell c wants the answer */
	uint8_t cache;   /* what the server's own did with the whole answer; enum cache_state */
	bool counts;     /* in measured time */
	bool later;      /* a later turn: it has answers in it */
	bool partly;     /* a part of the prompt was in a prefix cache */
};

/* By time; a heap. */
struct advisor_queue {
	struct advisor_wait *at;
	uint32_t count;
};

/* Sums of those that one cache had. */
struct advisor_cell {
	uint64_t hits;
	uint64_t told;       /* of them the server's own cache had, too */
	uint64_t latency_us; /* of the others, as it was */
	uint64_t tokens_in, tokens_out;
};

struct advisor {
	struct lru lru[ADVISOR_CELLS];
	struct advisor_queue lookups, answers; /* by sent_us, by ended_us */
	int64_t longest_us; /* answer */
	/* Of those that count and were looked up: */
	uint64_t count;
	uint64_t hits, misses; /* of the server's own cache */
	uint64_t later, partly;
	uint64_t hit_us, rest_us; /* latency of its hits, of all others */
	uint64_t tokens_in, tokens_out;           /* of all */
	uint64_t paid_in, paid_out;               /* of all but its hits */
	int64_t first_us, last_us;                /* sent; -1: none */
	struct advisor_cell cell[ADVISOR_CELLS];
	uint64_t user_s, seconds; /* users x seconds of measured time; these seconds */
};

void advisor_init(struct advisor *a);
void advisor_fini(struct advisor *a);
void advisor_reset(struct advisor *a);
void advisor_archive(struct advisor *advisor, struct archive *a);
/* All that have a body are taken: what of them is a prompt only the run tells, see
 * advisor_figures(). `counts`: it is in the summary. */
void advisor_take(struct advisor *a, const struct rec_sample *s, bool counts);
/* A second of measured time with so many users is over. */
void advisor_second(struct advisor *a, uint32_t users);
/* Nothing comes any more: what waits is looked up. */
void advisor_end(struct advisor *a);

/* What is known beside the prompts. */
struct advisor_run {
	uint64_t requests;  /* of measured time */
	double measured_s;
	double rps;         /* NAN: unknown */
	bool closed;        /* a closed loop: who waits less asks sooner */
	double price_in, price_out; /* of a million tokens; both 0: unknown */
};
/* Nothing is known where no answer of the run spoke of tokens or of a cache: such a run asks
 * no model. */
void advisor_figures(const struct advisor *a, const struct advisor_run *run, struct advice *out);

#endif
