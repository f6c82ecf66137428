#include "gauges.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

void gauges_reset(struct gauges *g)
{
	memset(g, 0, sizeof *g);
	g->second = -1;
}

/* The busiest thread's CPU since the oldest gauge kept; about a second at least
 * so that a single burst is no verdict. */
static double busy_pct(const struct gauges *g)
{
	int last = g->kept_count - 1;

	if (last < 1)
		return 0;
	int64_t us = g->kept[0].t_us - g->kept[last].t_us;
	uint64_t now = g->kept[0].busiest_cpu_us, then = g->kept[last].busiest_cpu_us;

	if (us < US_PER_S * 9 / 10 || now < then)
		return 0;
	return 100 * (double)(now - then) / (double)us;
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
		 bool measured)
{
	g->latest = *gauge;
	g->latest.rec.t_us = t_us;
	if (!g->any)
		g->first = g->latest;
	g->any = true;
	if (t_us / US_PER_S <= g->second)
		return;

	memmove(&g->kept[1], &g->kept[0], sizeof g->kept - sizeof g->kept[0]);
	g->kept[0].t_us = t_us;
	g->kept[0].busiest_cpu_us = gauge->busiest_cpu_us;
	if (g->kept_count < GAUGES_KEPT)
		g->kept_count++;
	g->busy_pct = busy_pct(g);
	if (g->busy_pct > g->worst_pct)
		g->worst_pct = g->busy_pct;
	if (measured && g->busy_pct > CLIENT_BOUND_PCT)
		g->bound_us += g->kept[0].t_us - g->kept[1].t_us;
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

static bool lost(const struct gauges *g, char *evidence, size_t bytes)
{
	if (!g->latest.ring_dropped)
		return false;
	snprintf(evidence, bytes, "%llu samples did not fit into a full ring",
		 (unsigned long long)g->latest.ring_dropped);
	return true;
}

bool gauges_bound_now(const struct gauges *g, char *evidence, size_t bytes)
{
	*evidence = 0;
	if (lost(g, evidence, bytes))
		return true;
	if (g->busy_pct <= CLIENT_BOUND_PCT)
		return false;
	snprintf(evidence, bytes, "worker thread at %.0f %% of a core", g->busy_pct);
	return true;
}

static double mean_pct(uint64_t first, uint64_t last, int64_t us)
{
	return us > 0 && last >= first ? 100 * (double)(last - first) / (double)us : NAN;
}

void gauges_closing(const struct gauges *g, int64_t measured_us, struct run_closing *out)
{
	int64_t us = g->latest.rec.t_us - g->first.rec.t_us;

	out->cpu_pct = mean_pct(g->first.process_cpu_us, g->latest.process_cpu_us, us);
	out->worker_cpu_pct = mean_pct(g->first.busiest_cpu_us, g->latest.busiest_cpu_us, us);
	out->evidence[0] = 0;
	out->client_bound = lost(g, out->evidence, sizeof out->evidence);
	if (!out->client_bound && g->bound_us * 5 > measured_us) {
		out->client_bound = true;
		snprintf(out->evidence, sizeof out->evidence,
			 "worker thread at up to %.0f %% of a core, over %d %% for %.0f of %.0f s",
			 g->worst_pct, CLIENT_BOUND_PCT, (double)g->bound_us / (double)US_PER_S,
			 (double)measured_us / (double)US_PER_S);
	}
}
