/* What the requests of the present operating point have in common, by how long they took:
 * per bin of a log grid how many had which value of an attribute. From that follow the
 * modes of the latency (metrics/modes.h) and the attribute that they follow, if any.
 *
 * An attribute explains the split into modes as far as knowing its value leaves less to ask
 * about the mode: I(M;A) / H(M), 0 to 1, less what so many values would explain by chance
 * (Miller and Madow: (modes - 1)(values - 1) / 2n). The split follows the attribute that
 * explains most, and at least half of it. Points with different loads are never mixed, nor
 * is a ramp looked at.
 *
 * By the response and the service clock; of succeeded and censored requests. Scopes as in
 * model_priv.h, but each request is in its task's alone. Memory: 1.9 KiB an octave of
 * latencies, scope and clock. One thread. */
#ifndef RUN_TRAITS_H
#define RUN_TRAITS_H

#include "exchange.h"
#include "metrics/loggrid.h"
#include "metrics/modes.h"

#define TRAIT_OCTAVES (LOGGRID_BINS / LOGGRID_PER_OCTAVE)
#define TRAIT_CLOCKS 2 /* CLOCK_RESPONSE, CLOCK_SERVICE */
#define TRAIT_STATUSES 8
#define TRAIT_LENGTHS 17
#define TRAIT_TURNS 8
#define TRAIT_WORKERS 16

_Static_assert(MODES_MAX == SNAP_MODES, "all that are found are shown");

/* Where an attribute's values are counted: its first cell. The last value of each but the
 * first two is all that there is beyond. The task is known by the scope. */
enum {
	TRAIT_AT_CONNECTION,
	TRAIT_AT_CACHE = TRAIT_AT_CONNECTION + 2,
	TRAIT_AT_STATUS = TRAIT_AT_CACHE + 3,
	TRAIT_AT_LENGTH = TRAIT_AT_STATUS + TRAIT_STATUSES,
	TRAIT_AT_TURN = TRAIT_AT_LENGTH + TRAIT_LENGTHS,
	TRAIT_AT_WORKER = TRAIT_AT_TURN + TRAIT_TURNS,
	TRAIT_CELLS = TRAIT_AT_WORKER + TRAIT_WORKERS
};

struct trait_bin {
	uint64_t requests, sum_us;
	uint32_t of[TRAIT_CELLS];
	/* In how many seconds something came; of scope 0 whatever the task. */
	uint32_t seconds;
	int64_t last_second;
};

struct trait_scope {
	struct trait_bin *octave[TRAIT_CLOCKS][TRAIT_OCTAVES]; /* MODES_PER_OCTAVE each; NULL: none */
};

struct traits {
	int scopes;
	struct trait_scope *scope;
	int statuses;
	uint16_t status[TRAIT_STATUSES - 1]; /* in the order they came */
	/* How many told their prompt's tokens, and of how many only the bytes are known. */
	uint64_t by_tokens, by_bytes;
};

void traits_init(struct traits *t, int scopes);
void traits_fini(struct traits *t);
/* Another operating point begins. */
void traits_reset(struct traits *t);
struct archive;
void traits_archive(struct traits *t, struct archive *a);
/* One that ended now, not a failure. */
void traits_exchange(struct traits *t, int scope, const struct exchange *x, int64_t t_us);
/* Of a scope by a clock; task_name: of each scope but the first. CLOCK_QUEUE: none. */
void traits_modes(const struct traits *t, int scope, enum clock_kind clock, char *const *task_name,
		  struct snap_modes *out);
/* Bytes held. */
uint64_t traits_bytes(const struct traits *t);

#endif
