#include "gauges.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"

void gauges_reset(struct gauges *g)
{
	memset(g, 0, sizeof *g);
	g->second = -1;
}

/* The span since the last used gauge counts when all of it was measured. */
static void cover(struct gauges *g, const struct rec_gauge *gauge, int64_t t_us)
{
	struct littles *to = &g->covered, *from = &g->since;

	if (g->second >= 0 && from->us == t_us - g->used_us &&
	    gauge->in_flight_us >= g->used_in_flight_us) {
		to->us += from->us;
		to->in_flight_us += gauge->in_flight_us - g->used_in_flight_us;
		to->finished += from->finished;
		to->sampled += from->sampled;
		to->service_us += from->service_us;
	}
	*from = (struct littles){0};
	g->used_us = t_us;
	g->used_in_flight_us = gauge->in_flight_us;
}

void gauges_take(struct gauges *g, const struct rec_gauge *gauge, int64_t t_us,
		 enum load_phase phase, bool open_loop)
{
	bool whole; /* the time since the last one used was measured */

	g->latest = *gauge;
	g->latest.rec.t_us = t_us;
	if (!g->any)
		g->first = g->latest;
	g->any = true;
	g->lamp.ring_dropped = gauge->ring_dropped;
	if (t_us / US_PER_S <= g->second)
		return;

	whole = g->second >= 0 && g->since.us == t_us - g->used_us;
	lamp_gauge(&g->lamp, &g->latest, phase, whole, open_loop);
	cover(g, gauge, t_us);
	g->second = t_us / US_PER_S;
	g->users = gauge->users_active;
}

void gauges_pass(struct gauges *g, int64_t us)
{
	g->since.us += us;
}

void gauges_finished(struct gauges *g, uint64_t exchanges, int64_t service_us)
{
	g->since.finished += exchanges;
	if (service_us >= 0) {
		g->since.sampled += exchanges;
		g->since.service_us += (uint64_t)service_us;
	}
}

double gauges_littles_ratio(const struct gauges *g)
{
	/* Below this the ends of the run weigh more than its middle. */
	enum { LEAST_FINISHED = 20 };
	const struct littles *c = &g->covered;

	if (c->us < US_PER_S || c->sampled < LEAST_FINISHED || !c->service_us || !c->in_flight_us)
		return NAN;
	return (double)c->in_flight_us / (double)c->finished /
	       ((double)c->service_us / (double)c->sampled);
}

double gauges_pct(const struct gauges *g, uint64_t first_us, uint64_t last_us)
{
	int64_t us = g->latest.rec.t_us - g->first.rec.t_us;

	return us > 0 && last_us >= first_us ? 100 * (double)(last_us - first_us) / (double)us : NAN;
}

void gauges_closing(const struct gauges *g, struct run_closing *out)
{
	out->cpu_pct = gauges_pct(g, g->first.process_cpu_us, g->latest.process_cpu_us);
	out->worker_cpu_pct = gauges_pct(g, g->first.busiest_cpu_us, g->latest.busiest_cpu_us);
}
