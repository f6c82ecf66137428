/* A run file being played: replayer, collector, and the model between them. What a replay
 * and the past of a live run have in common. Main thread. */
#ifndef RECORD_PLAYER_H
#define RECORD_PLAYER_H

#include "base/err.h"
#include "record/replayer.h"
#include "run/collector.h"

struct player {
	struct replayer *replayer;
	struct collector *collector;
};

/* Takes the reader over, also where it fails. `growing`: as for replayer_start(). */
int player_start(struct player *player, struct reader *reader, double speed, int64_t from_us,
		 bool growing, struct err *err);
void player_stop(struct player *player);
/* Where playing is. Sees to it that states which are no good are done without. */
void player_state(struct player *player, struct replayer_state *out);

#endif
