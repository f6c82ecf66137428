/* Plays a worker's part from a run file: a thread that pushes the file's
 * records into a ring at a speed, so that everything right of the ring works
 * as in a live run. Seeking back resets the model and runs the past through it
 * again. Main steers; the thread blocks on its ring, nobody waits for it. */
#ifndef RECORD_REPLAYER_H
#define RECORD_REPLAYER_H

#include "base/err.h"
#include "metrics/ring.h"
#include "record/reader.h"

struct replayer;

/* Takes the reader over. */
int replayer_start(struct reader *reader, double speed, int64_t from_us,
		   struct replayer **out, struct err *err);
struct ring *replayer_ring(struct replayer *replayer);
/* All main thread. Speed 0.1 to 1000 times. */
void replayer_play(struct replayer *replayer, bool on);
void replayer_speed(struct replayer *replayer, double speed);
void replayer_seek(struct replayer *replayer, int64_t to_us);

struct replayer_state {
	int64_t at_us, end_us;
	double speed;
	bool playing, seeking, at_end;
	char trouble[160]; /* "" or why reading stopped */
};
void replayer_state(const struct replayer *replayer, struct replayer_state *out);
/* Ends the thread (also mid-way), closes the reader, frees. The collector must
 * have been told to end or keep draining the ring meanwhile. */
void replayer_stop(struct replayer *replayer);

#endif
