/* The collector's work without its thread: takes what the rings hold, in order
 * of time, to the model and to the recorder's ring. */
#ifndef RUN_FEEDER_H
#define RUN_FEEDER_H

#include "gauge_sum.h"
#include "run/collector.h"

struct producer {
	struct ring *ring;
	const struct rec *head; /* the ring's front, or NULL */
	bool ended;             /* its REC_END came */
	int popped;             /* since the last release */
};

struct feeder {
	struct collector_config config;
	struct model *model;
	struct producer *producer;
	int running; /* producers that have not ended */
	struct gauge_sum gauges;
	bool refused;         /* a state of the run file was not the model's */
	int64_t gauge_second; /* of the last gauge in the run file; -1: none */
	uint64_t lost;        /* records that the recorder's ring refused */
	uint64_t fed;         /* records so far: has anything changed? */
	int64_t fed_us;       /* the newest time fed */
	/* The last state that went to the run file. */
	uint64_t state_fed;
	int64_t state_us;
	size_t state_bytes;
	int64_t second_saved; /* the newest that went there; -1: none */
	bool ended;

	/* Live only. */
	bool started;           /* the initial point is in */
	bool warm;              /* the end of the warm-up is ahead */
	bool draining;          /* the load has ended */
	struct rec_point point; /* the newest */
	/* Changes that main planned beforehand, in order; those before `planned_at`
	 * have come. */
	struct rec_point *planned;
	int planned_at, planned_count, planned_room;
};

void feeder_init(struct feeder *f, const struct collector_config *config);
void feeder_fini(struct feeder *f);
/* One pass over all rings. Returns how many records it took. Bounded: a replay
 * that seeks at full speed does not keep it from the snapshots. */
int feeder_pass(struct feeder *f);
/* Takes what there is and ends, whatever the producers do. */
void feeder_finish(struct feeder *f);
/* Throws away what comes. Returns how much. */
int feeder_discard(struct feeder *f);

#endif
