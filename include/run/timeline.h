/* A whole run cut into at most TIMELINE_BINS bins of equal length, however long it is,
 * and its histogram on the fixed grid: what the pictures of a report are drawn from. The
 * dashboard's series keep their last hour only. One thread. */
#ifndef RUN_TIMELINE_H
#define RUN_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/loggrid.h"
#include "metrics/record.h"
#include "run/snapshot.h"

#define TIMELINE_BINS 180
#define TIMELINE_SPANS 64

/* What the load was, as the workers counted it. */
enum timeline_load {
	LOAD_USERS,     /* active; of a closed loop */
	LOAD_IN_FLIGHT, /* requests */
	LOAD_WAITING,   /* due and not sent, for too many are in flight; of an open loop */
	TIMELINE_LOADS
};

/* Per second of the bin; the last one may be shorter than the others. Percentiles of
 * response times as the summary counts them (the warm-up has them, too); -1: nothing
 * came. */
struct timeline_bin {
	double ok_rps, failed_rps; /* failed: with censored */
	double tokens_rps;         /* output tokens of the answers that ended in it */
	int64_t p50_us, p95_us, p99_us;
	int64_t ttft_p50_us, ttft_p95_us;
	/* The load, and what the server said of itself: means of gauges and scrapes, each of
	 * which stands for a second and a half where no other comes; NAN: none came. */
	double load[TIMELINE_LOADS], server[SERVER_GAUGES];
	uint64_t requests;
	bool incomplete; /* samples were lost */
};

/* A stretch that is no measured time: warm-up, pause, drain. */
struct timeline_span {
	int64_t from_us, to_us;
	enum load_phase phase;
};

struct timeline {
	int64_t end_us, bin_us;
	int count; /* bins */
	struct timeline_bin bin[TIMELINE_BINS];
	int span_count; /* the first ones */
	struct timeline_span span[TIMELINE_SPANS];
	/* Response times of what the summary counts: succeeded and censored. */
	uint64_t bins[LOGGRID_BINS];
};

/* Reads a run's records, in order, into *out. */
struct timeline_reader;
/* `end_us`, `requests`: how long the run is and how many there are, from which the length
 * of a bin follows: a nice number that leaves enough requests in one. */
struct timeline_reader *timeline_new(struct timeline *out, int64_t end_us, uint64_t requests);
void timeline_feed(struct timeline_reader *reader, const struct rec *rec);
/* Closes the last bin. */
void timeline_free(struct timeline_reader *reader);

#endif
