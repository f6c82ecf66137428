#include "run/phases.h"

void phases_take(struct phases *phases, const struct rec *rec)
{
	const struct rec_point *p = (const struct rec_point *)rec;

	if (rec->kind != REC_POINT || p->phase > PHASE_END)
		return;
	phases->now = (enum load_phase)p->phase;
	phases->counting |= p->phase == PHASE_LOAD;
	phases->level = p->level;
}

const char *phases_name(const struct phases *phases)
{
	static const char *const names[] = {
		[PHASE_WARMUP] = "warmup", [PHASE_LOAD] = "load", [PHASE_PAUSE] = "pause",
		[PHASE_DRAIN] = "drain",   [PHASE_END] = "end",
	};

	return names[phases->counting ? phases->now : PHASE_WARMUP];
}
