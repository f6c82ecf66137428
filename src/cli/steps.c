#include "cli/steps.h"

#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

void steps_init(struct steps *s)
{
	*s = (struct steps){.last = {.phase = PHASE_END}};
}

void steps_take(struct steps *s, const struct rec_point *p)
{
	bool load = s->last.phase == PHASE_LOAD, pause = s->last.phase == PHASE_PAUSE;
	int64_t length_ns = (p->rec.t_us - s->began_us) * NS_PER_US;

	/* A pause before the first load has nothing to go on from. */
	if (length_ns > 0 && (load || s->last.phase == PHASE_WARMUP || (pause && s->count))) {
		if (!s->count)
			s->since_us = s->began_us;
		s->stage = xreallocarray(s->stage, (size_t)s->count + 1, sizeof *s->stage);
		s->stage[s->count++] = (struct load_stage){
			.mode = (enum load_mode)s->last.mode,
			.from = s->last.ramp_us ? s->last.from : s->last.level,
			.to = s->last.level,
			.length_ns = length_ns,
			.paused = pause,
		};
		s->measured_ns += load ? length_ns : 0;
	}
	s->began_us = p->rec.t_us;
	s->last = *p;
}

/* From the first stages. */
static void cut(struct steps *s, int64_t ns)
{
	int gone = 0;

	while (gone < s->count && s->stage[gone].length_ns <= ns)
		ns -= s->stage[gone++].length_ns;
	s->count -= gone;
	memmove(s->stage, s->stage + gone, (size_t)s->count * sizeof *s->stage);
	if (s->count && ns > 0) {
		struct load_stage *first = &s->stage[0];

		first->from += (first->to - first->from) * ((double)ns / (double)first->length_ns);
		first->length_ns -= ns;
	}
}

int64_t steps_lead_ns(struct steps *s, int64_t recorded_ns, int64_t warmup_ns)
{
	int64_t lead_ns = recorded_ns - s->since_us * NS_PER_US;

	/* A run that was left while it was paused ended then. */
	while (s->count && s->stage[s->count - 1].paused)
		s->count--;
	if (lead_ns < 0)
		return 0;
	if (lead_ns <= warmup_ns)
		return lead_ns;
	cut(s, lead_ns - warmup_ns);
	return warmup_ns;
}
