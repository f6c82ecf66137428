/* Plays a worker's part from a run file: a thread that pushes the file's
 * records into a ring at a speed, so that everything right of the ring works
 * as in a live run. Seeking restores the newest state of the model that the file has
 * before that moment and runs what is left through it; without one it begins at the
 * start. When a speed asks for more than can be run through it goes in steps, from
 * state to state. Main steers; the thread blocks on its ring, nobody waits for it.
 *
 * In the ring: a record with t_us < through may be fed as soon as it is seen,
 * RESET, STATE, QUIET and END at any time. A STATE ahead of what was pushed takes the
 * model there. Before a RESET the replayer waits until the
 * ring is empty, then takes through back to INT64_MIN and only then publishes
 * the RESET: a consumer for which a through read before a RESET does not
 * hold after it never advances past what it was given. At the end of the file
 * END comes, and the replayer holds: seeking back goes on from there. */
#ifndef RECORD_REPLAYER_H
#define RECORD_REPLAYER_H

#include "base/err.h"
#include "metrics/ring.h"
#include "record/reader.h"

struct replayer;

/* Takes the reader over; plays at once. `growing`: the run is still being recorded: each
 * seek finds what has come since, and at rest the file is left alone. */
int replayer_start(struct reader *reader, double speed, int64_t from_us, bool growing,
		   struct replayer **out, struct err *err);
struct ring *replayer_ring(struct replayer *replayer);
/* All main thread. Speed 0.1 to 1000 times. */
void replayer_play(struct replayer *replayer, bool on);
void replayer_speed(struct replayer *replayer, double speed);
void replayer_seek(struct replayer *replayer, int64_t to_us);
/* The file's states are no good: from the start again to where it was, without them. */
void replayer_distrust(struct replayer *replayer);

struct replayer_state {
	int64_t at_us, end_us; /* at_us: while seeking, where to */
	double speed;
	bool playing, seeking, at_end; /* at the end it is not playing */
	bool steps; /* playing from state to state: too fast for every sample */
	char trouble[160]; /* "" or why reading stopped */
};
void replayer_state(const struct replayer *replayer, struct replayer_state *out);
/* Plays no more, also mid-way: REC_END follows what has been played so far,
 * through becomes INT64_MAX, so that the collector ends as after a live run.
 * Main; then collector_join(). */
void replayer_end(struct replayer *replayer);
/* Ends the thread (also mid-way, also when nobody drains the ring), closes the
 * reader, frees with the ring. Nobody may use the ring any more. */
void replayer_stop(struct replayer *replayer);

#endif
