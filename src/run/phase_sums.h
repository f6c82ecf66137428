/* What the phases of requests come to, by how long these took: per bin of a coarse
 * log grid how many there were, and the sum of each phase. From that follows what
 * the requests about a percentile were made of.
 *
 * Percentiles of single phases do not add up to one of the latency, since different
 * requests are slow in different phases. So a percentile's composition is the mean of
 * each phase over the requests whose ranks lie about it: BAND_P50 and BAND_P95. Those
 * means add up to these requests' mean latency. Of a bin that a band's end cuts the
 * share inside counts.
 *
 * Of succeeded and censored requests, as latency is; by the response clock. Sums are of
 * whole microseconds and can be subtracted again. An octave that has anything in it takes
 * 288 bytes. One thread. */
#ifndef RUN_PHASE_SUMS_H
#define RUN_PHASE_SUMS_H

#include "exchange.h"
#include "metrics/loggrid.h"
#include "run/snapshot.h"

#define PHASE_PER_OCTAVE 4
#define PHASE_OCTAVES (LOGGRID_BINS / LOGGRID_PER_OCTAVE)

struct phase_cell {
	uint64_t requests;
	uint64_t connected; /* that made a connection */
	uint64_t us[REQ_PHASES];
};

struct phase_sums {
	uint64_t requests;
	struct phase_cell *octave[PHASE_OCTAVES]; /* PHASE_PER_OCTAVE each; NULL: nothing so far */
};

/* All zero at first. */
void phase_sums_fini(struct phase_sums *p);
void phase_sums_reset(struct phase_sums *p);
struct archive;
void phase_sums_archive(struct phase_sums *p, struct archive *a);
/* Nothing of what failed. */
void phase_sums_exchange(struct phase_sums *p, const struct exchange *x);
void phase_sums_add(struct phase_sums *to, const struct phase_sums *from);
void phase_sums_subtract(struct phase_sums *from, const struct phase_sums *what);
/* Bytes held. */
uint64_t phase_sums_bytes(const struct phase_sums *p);

/* Means of each phase, microseconds; zeros without requests. */
void phase_sums_band(const struct phase_sums *p, enum snap_band band, double us[REQ_PHASES]);
/* The same as long as the percentiles that are known more exactly, so that what is
 * shown adds up to them. */
void phase_sums_snap(const struct phase_sums *p, const struct dist *latency, struct snap_parts *out);

#endif
