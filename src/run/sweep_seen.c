#include "run/sweep.h"
#include "run/snapshot.h"

static enum error_class most_failed(const struct snapshot *s)
{
	uint64_t count[ERROR_CLASS_COUNT] = {0};
	enum error_class most = ERROR_NONE;

	for (int i = 0; i < s->error_count; i++) {
		enum error_class c = s->error[i].error;

		count[c] += s->error[i].count;
		if (count[c] > count[most])
			most = c;
	}
	return most;
}

void sweep_see(const struct snapshot *s, enum load_mode asked_mode, double asked_level, struct sweep_seen *out)
{
	const struct snap_present *p = &s->present;

	*out = (struct sweep_seen){
		.now_us = s->t_us,
		.since_us = p->since_us,
		.mode = p->mode,
		.level = p->level,
		.asked_mode = asked_mode,
		.asked_level = asked_level,
		.settled = p->settled,
		.ended = s->ended || s->phase >= PHASE_DRAIN,
		.settles_us = s->settling_until_us,
		.seconds = p->seconds,
		.requests = p->requests,
		.failed = p->failed,
		.limited = p->limited,
		.failure = most_failed(s),
		.ok = p->ok,
		.sessions = p->sessions,
		.timed = p->timed,
		.times_us = p->times_us,
		.p95_us = p->p95_us,
		.slo = p->slo,
		/* The lamp remembers the level before, and of requests that start late it alone knows. */
		.client_bound = p->client_bound || (s->client_bound && (!p->judged || p->mode == MODE_OPEN)),
		.mix = p->mix,
		.in_flight = s->gauge.in_flight,
	};
}
