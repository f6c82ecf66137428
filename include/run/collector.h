/* The collector thread: the one reader of every ring. Merges their records in
 * order of time, stamps load changes, feeds the model and the recorder's ring,
 * publishes snapshots. Never draws, never touches a disk.
 *
 * Live, main announces load changes through `changes` and the collector stamps
 * each with the time up to which it has merged, so that every sample falls
 * clearly on one side. In a replay the records bring their own. */
#ifndef RUN_COLLECTOR_H
#define RUN_COLLECTOR_H

#include "base/err.h"
#include "metrics/ring.h"
#include "run/exemplars.h"
#include "run/host.h"
#include "run/model.h"
#include "run/snapshot.h"

struct collector_config {
	struct model_config model;
	struct ring *const *ring; /* producers: workers, or one replayer */
	int ring_count;
	/* Main's announcements: REC_POINT and REC_EVENT, or NULL (replay). A point
	 * with a t_us is planned and comes exactly then, unless one without has come
	 * before; the t_us of others is ignored, asked_us is kept. */
	struct ring *changes;
	/* Live: what a scraper tells (run/scraper.h), taken in when it has come; or NULL. */
	struct ring *server;
	struct ring *record; /* the recorder's, or NULL */
	struct exemplars *exemplars; /* live: where they are kept; outlives it; or NULL */
	struct host *host;   /* live: read by the collector; outlives it; or NULL */
	int64_t start_ns;    /* live: run time 0 */
	/* Live: phase changes known beforehand, stamped exactly. Read atomically
	 * (control.h); NULL in a replay. */
	const _Atomic int64_t *stop_at_ns;
	int64_t warmup_until_ns; /* 0: none */
	bool stop_is_drain;  /* -z: what ends after stop_at is drained */
};

struct collector;
int collector_start(const struct collector_config *config, struct collector **out,
		    struct err *err);
/* Where the snapshots appear. */
struct snapbox *collector_snapbox(struct collector *collector);
/* Publish at once (a key was pressed, a query changed). Main. */
void collector_wake(struct collector *collector);
/* Asks the collector to finish although producers have not ended. It goes on
 * emptying their rings, so that none of them waits for room, until
 * collector_join(). Any thread. */
void collector_stop(struct collector *collector);
/* All producers have ended and everything is in the model; in a replay until
 * the past comes again. Any thread. */
bool collector_ended(const struct collector *collector);
/* Of a replay: a state that the run file has is damaged or another version's; what is
 * shown since then is not the run. Any thread. */
bool collector_refused(const struct collector *collector);
/* Waits for the end of all producers (or collector_stop()), joins, gives the
 * final figures. Until then it answers view queries, also after the end. */
void collector_join(struct collector *collector, struct result *out);
/* After the join: the client's share of the closing, as model_client(). */
void collector_client(const struct collector *collector, struct run_closing *out);
void collector_free(struct collector *collector);

#endif
