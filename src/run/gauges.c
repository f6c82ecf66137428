#include "gauges.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "gauge_archive.h"

void gauges_reset(struct gauges *g)
{
	memset(g, 0, sizeof *g);
	g->second = -1;
}

static void littles_archive(struct littles *l, struct archive *a)
{
	archive_time(a, &l->us);
	archive_count(a, &l->in_flight_us);
	archive_count(a, &l->finished);
	archive_count(a, &l->sampled);
	archive_count(a, &l->service_us);
}

void gauges_archive(struct gauges *g, struct archive *a)
{
	archive_bool(a, &g->any);
	gauge_archive(&g->first, a);
	gauge_archive(&g->latest, a);
	archive_i64(a, &g->second, -1, ARCHIVE_TIME_MAX);
	archive_time(a, &g->used_us);
	archive_count(a, &g->used_in_flight_us);
	archive_u32(a, &g->users);
	littles_archive(&g->covered, a);
	littles_archive(&g->since, a);
	for (int i = 0; i < GAUGES_SECONDS; i++)
		littles_archive(&g->span[i], a);
	lamp_archive(&g->lamp, a);
}

static void add(struct littles *to, const struct littles *from)
{
	to->us += from->us;
	to->in_flight_us += from->in_flight_us;
	to->finished += from->finished;
	to->sampled += from->sampled;
	to->service_us += from->service_us;
}

/* The span since the last used gauge counts when all of it was measured. */
static void cover(struct gauges *g, const struct rec_gauge *gauge, int64_t t_us)
{
	int64_t second = t_us / US_PER_S;
	struct littles *from = &g->since;

	for (int64_t i = g->second + 1; i <= second && i <= g->second + GAUGES_SECONDS; i++)
		g->span[i % GAUGES_SECONDS] = (struct littles){0};
	if (g->second >= 0 && from->us == t_us - g->used_us &&
	    gauge->in_flight_us >= g->used_in_flight_us) {
		from->in_flight_us = gauge->in_flight_us - g->used_in_flight_us;
		add(&g->covered, from);
		g->span[second % GAUGES_SECONDS] = *from;
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

static void littles_of(const struct littles *c, struct snap_littles *out)
{
	/* Below this the ends weigh more than the middle. */
	enum { LEAST_FINISHED = 20 };

	*out = (struct snap_littles){NAN, NAN};
	if (c->us < US_PER_S || c->sampled < LEAST_FINISHED || !c->service_us || !c->in_flight_us)
		return;
	out->in_flight = (double)c->in_flight_us / (double)c->us;
	out->expected = (double)c->finished / (double)c->us * ((double)c->service_us / (double)c->sampled);
}

double gauges_littles_ratio(const struct gauges *g)
{
	struct snap_littles l;

	littles_of(&g->covered, &l);
	return l.in_flight / l.expected;
}

void gauges_littles(const struct gauges *g, int seconds, struct snap_littles *out)
{
	struct littles sum = {0};

	if (!seconds) {
		littles_of(&g->covered, out);
		return;
	}
	for (int64_t i = g->second; i >= 0 && i > g->second - seconds; i--)
		add(&sum, &g->span[i % GAUGES_SECONDS]);
	littles_of(&sum, out);
}

double gauges_in_flight(const struct gauges *g, int seconds)
{
	struct littles sum = {0};

	for (int64_t i = g->second; i >= 0 && i > g->second - seconds; i--)
		add(&sum, &g->span[i % GAUGES_SECONDS]);
	return sum.us > 0 ? (double)sum.in_flight_us / (double)sum.us : NAN;
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
