/* Latency over the whole run: how many requests took how long, when. The run's
 * time is cut into columns of equal length, beginning at 0 of run time: warm-up,
 * pauses and settling are shown as they came. When there would be more than
 * HEATMAP_COLUMNS neighbours are merged in pairs and the length doubles, so a column
 * covers the same stretch of time whenever somebody looks, and counts are never
 * lost or moved.
 *
 * A column has, per scope and clock, the counts of succeeded and censored requests
 * on a log grid of HEATMAP_PER_OCTAVE bins an octave (every second edge of
 * metrics/loggrid.h), and, apart from them, how many failed, were censored and were
 * lost by a full ring.
 *
 * Memory does not grow with the run. An octave of latencies that has anything in it
 * takes 8 KiB a scope and clock: three tasks whose latencies spread over 6 octaves
 * take 0.6 MiB, 64 tasks 9 MiB. At most, each octave from 1 us to 36 h in each task
 * by each clock, it is 0.9 MiB a scope. Owned by the model; one thread. */
#ifndef RUN_HEATMAP_H
#define RUN_HEATMAP_H

#include "exchange.h"
#include "run/snapshot.h"

#define HEATMAP_COLUMNS SNAP_HEAT_COLUMNS
#define HEATMAP_PER_OCTAVE 8
/* Shorter ones have next to nothing in them at the rates of model servers; a stall of a
 * second still is seen. Ten hours end at 256 s. */
#define HEATMAP_FIRST_LENGTH_US INT64_C(500000)
#define HEATMAP_OCTAVES (LOGGRID_BINS / LOGGRID_PER_OCTAVE)
#define HEATMAP_BINS (HEATMAP_OCTAVES * HEATMAP_PER_OCTAVE)

/* Counts saturate. */
struct heat_octave {
	uint32_t count[HEATMAP_COLUMNS][HEATMAP_PER_OCTAVE];
};

struct heat_clock {
	int low, high; /* the bins that have something; low > high: none has */
	struct heat_octave *octave[HEATMAP_OCTAVES]; /* NULL: nothing in it so far */
};

struct heat_scope {
	uint32_t failed[HEATMAP_COLUMNS], censored[HEATMAP_COLUMNS], lost[HEATMAP_COLUMNS];
	struct heat_clock by[CLOCK_KINDS];
};

struct heatmap {
	int64_t length_us; /* of a column */
	int64_t t_us;      /* the latest time it was told, within the columns */
	int scopes;
	struct heat_scope *scope;
};

void heatmap_init(struct heatmap *h, int scopes);
void heatmap_fini(struct heatmap *h);
void heatmap_reset(struct heatmap *h);
struct archive;
void heatmap_archive(struct heatmap *h, struct archive *a);
/* Time has come to t_us; what is added from now on came then. Never backwards. */
void heatmap_reach(struct heatmap *h, int64_t t_us);
/* Into the scopes 0 and, where that is another, `scope`. */
void heatmap_exchange(struct heatmap *h, int scope, const struct exchange *x);
void heatmap_drops(struct heatmap *h, int scope, const struct rec_drops *drops);
/* Neighbouring bins are joined until they are SNAP_HEAT_ROWS at most. */
void heatmap_snap(const struct heatmap *h, int scope, enum clock_kind clock, struct snap_heat *out);
/* What failed or was censored, of all scopes together, in the same columns. */
void heatmap_bad(const struct heatmap *h, uint32_t out[SNAP_HEAT_COLUMNS]);
/* Bytes held. */
uint64_t heatmap_bytes(const struct heatmap *h);

#endif
