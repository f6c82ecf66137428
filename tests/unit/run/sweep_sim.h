/* A server with slots and a queue, and a load on it, in simulated time: what a sweep would
 * see of them. Nothing here knows of the sweep's rules; the settling time is the model's. */
#ifndef TESTS_RUN_SWEEP_SIM_H
#define TESTS_RUN_SWEEP_SIM_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "run/sweep.h"

#define SIM_LOOK_US 50000
#define SIM_POINT_MAX 200000 /* latencies of a point */
#define SIM_QUEUE_MAX 200000
#define SIM_SLOTS_MAX 600

enum sim_service { SIM_FIXED, SIM_EXPONENTIAL, SIM_LOGNORMAL };

struct sim_config {
	int slots;
	double mean_s;
	enum sim_service service;
	double sigma;         /* of the lognormal one */
	double think_s;
	double slow_from_s, slow_to_s, slow_times; /* a server in trouble meanwhile; times 0: never */
	double thrash;        /* each that waits makes serving longer by this share */
	double fails_share;   /* at once, whatever the load */
	int fails_from;       /* so many in flight: a third fails at once; 0: never */
	double limit_rps;     /* beyond it: 429; 0: none */
	double slo_s;         /* p95; 0: none */
	double bound_from_s, bound_to_s; /* brunt is the limit meanwhile */
	double bound_users;    /* and with so many users in any case; 0: never */
};

struct sim_request {
	double due_s;
	bool ends_user; /* closed loop: a user goes on when it ends */
};

struct sim {
	struct sim_config config;
	struct rng rng;
	double now_s;
	/* load */
	enum load_mode mode;
	double level;
	int users; /* at work or thinking */
	double next_arrival_s;
	/* server */
	struct sim_request queue[SIM_QUEUE_MAX], served[SIM_SLOTS_MAX];
	double ends_s[SIM_SLOTS_MAX], thinks_until_s[SIM_QUEUE_MAX];
	int queued, head, busy, thinking;
	double tokens, tokens_at_s;
	/* the point */
	double since_s, settled_s, last_s;
	bool first;
	uint64_t mix;
	uint64_t requests, failed, limited, ok, timed;
	double times_us;
	int seen;
	float latency[SIM_POINT_MAX];
};

static inline int sim_compare(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

static inline double sim_p95(struct sim *m)
{
	if (!m->seen)
		return 0;
	qsort(m->latency, (size_t)m->seen, sizeof *m->latency, sim_compare);
	return (double)m->latency[(int)ceil(0.95 * m->seen) - 1];
}

static inline void sim_forget(struct sim *m)
{
	m->requests = m->failed = m->limited = m->ok = m->timed = 0;
	m->times_us = 0;
	m->seen = 0;
}

static inline bool sim_bound(const struct sim *m)
{
	const struct sim_config *c = &m->config;

	return (m->now_s >= c->bound_from_s && m->now_s < c->bound_to_s) || (c->bound_users > 0 && m->level >= c->bound_users);
}

static inline double sim_service_s(struct sim *m)
{
	const struct sim_config *c = &m->config;
	double s = c->mean_s;

	if (c->service == SIM_EXPONENTIAL)
		s *= -log(1 - rng_double(&m->rng));
	if (c->service == SIM_LOGNORMAL)
		s *= exp(c->sigma * rng_normal(&m->rng) - c->sigma * c->sigma / 2);
	if (sim_bound(m))
		s *= 2; /* it is late to see that it ended */
	if (c->slow_times > 0 && m->now_s >= c->slow_from_s && m->now_s < c->slow_to_s)
		s *= c->slow_times;
	return s * (1 + c->thrash * m->queued);
}

static inline void sim_serve(struct sim *m)
{
	while (m->busy < m->config.slots && m->queued) {
		m->served[m->busy] = m->queue[m->head];
		m->ends_s[m->busy++] = m->now_s + sim_service_s(m);
		m->head = (m->head + 1) % SIM_QUEUE_MAX;
		m->queued--;
	}
}

static inline void sim_user_free(struct sim *m);

static inline void sim_finished(struct sim *m, struct sim_request r, bool failed, bool limited)
{
	if (m->now_s > m->settled_s) {
		m->requests++;
		m->failed += failed;
		m->limited += limited;
		m->ok += !failed;
		if (!failed && m->seen < SIM_POINT_MAX) {
			m->timed++;
			m->times_us += (m->now_s - r.due_s) * 1e6;
			m->latency[m->seen++] = (float)(m->now_s - r.due_s);
		}
	}
	if (r.ends_user)
		sim_user_free(m);
}

/* A refusal takes a millisecond of thinking more. */
static inline bool sim_refused(struct sim *m, bool *limited)
{
	const struct sim_config *c = &m->config;

	*limited = false;
	if (c->limit_rps > 0) {
		m->tokens = fmin(c->limit_rps / 10, m->tokens + (m->now_s - m->tokens_at_s) * c->limit_rps);
		m->tokens_at_s = m->now_s;
		*limited = m->tokens < 1;
		if (!*limited)
			m->tokens--;
	}
	return *limited || (c->fails_share > 0 && rng_double(&m->rng) < c->fails_share) ||
	       (c->fails_from && m->queued + m->busy >= c->fails_from && rng_double(&m->rng) < 0.33);
}

static inline void sim_think(struct sim *m, double s)
{
	m->thinks_until_s[m->thinking++] = m->now_s + s;
}

static inline void sim_send(struct sim *m, bool ends_user)
{
	struct sim_request r = {.due_s = m->now_s, .ends_user = false};
	bool limited;

	if (sim_refused(m, &limited)) {
		sim_finished(m, r, true, limited);
		if (ends_user)
			sim_think(m, 0.02);
		return;
	}
	r.ends_user = ends_user;
	m->queue[(m->head + m->queued++) % SIM_QUEUE_MAX] = r;
	sim_serve(m);
}

static inline void sim_user_free(struct sim *m)
{
	if (m->mode == MODE_CLOSED && m->users > (int)m->level) {
		m->users--;
		return;
	}
	if (m->config.think_s > 0)
		sim_think(m, m->config.think_s);
	else
		sim_send(m, true);
}

static inline void sim_set(struct sim *m, enum load_mode mode, double level)
{
	if (!m->first) {
		m->settled_s = m->now_s + fmax(1, 3 * sim_p95(m));
		sim_forget(m);
	} else {
		m->settled_s = m->now_s;
	}
	m->first = false;
	m->since_s = m->now_s + 1e-6;
	m->mode = mode;
	m->level = level;
	m->next_arrival_s = mode == MODE_OPEN ? m->now_s : INFINITY;
	while (mode == MODE_CLOSED && m->users < (int)level) {
		m->users++;
		sim_send(m, true);
	}
}

static inline void sim_start(struct sim *m, const struct sim_config *config, uint64_t seed, enum load_mode mode, double level)
{
	memset(m, 0, offsetof(struct sim, latency));
	m->config = *config;
	m->first = true;
	rng_seed(&m->rng, seed, 1);
	sim_set(m, mode, level);
}

/* The earliest of what happens next. */
static inline void sim_run(struct sim *m, double until_s)
{
	for (;;) {
		double next = fmin(until_s, m->next_arrival_s);
		int slot = -1, thinker = -1;

		for (int i = 0; i < m->busy; i++)
			if (m->ends_s[i] <= next)
				next = m->ends_s[i], slot = i;
		for (int i = 0; i < m->thinking; i++)
			if (m->thinks_until_s[i] <= next)
				next = m->thinks_until_s[i], thinker = i, slot = -1;
		m->now_s = next;
		if (thinker >= 0) {
			m->thinks_until_s[thinker] = m->thinks_until_s[--m->thinking];
			if (m->mode == MODE_CLOSED && m->users > (int)m->level)
				m->users--;
			else
				sim_send(m, true);
		} else if (slot >= 0) {
			struct sim_request r = m->served[slot];

			m->busy--;
			m->served[slot] = m->served[m->busy];
			m->ends_s[slot] = m->ends_s[m->busy];
			sim_serve(m);
			sim_finished(m, r, false, false);
		} else if (m->next_arrival_s <= until_s) {
			m->next_arrival_s += 1 / m->level;
			sim_send(m, false);
		} else {
			return;
		}
	}
}

static inline void sim_look(struct sim *m, struct sweep_seen *out)
{
	double beyond = 0, n;

	*out = (struct sweep_seen){
		.now_us = (int64_t)(m->now_s * 1e6), .since_us = (int64_t)(m->since_s * 1e6),
		.mode = m->mode, .level = m->level, .asked_mode = m->mode, .asked_level = m->level,
		.settled = m->now_s > m->settled_s, .settles_us = (int64_t)(m->settled_s * 1e6),
		.seconds = fmax(0, m->now_s - m->settled_s),
		.requests = m->requests, .failed = m->failed, .limited = m->limited,
		.failure = m->failed ? ERROR_HTTP_5XX : ERROR_NONE,
		.ok = m->ok, .sessions = m->ok, .timed = m->timed, .times_us = m->times_us,
		.p95_us = (int64_t)(sim_p95(m) * 1e6), .slo = SLO_INCONCLUSIVE,
		.client_bound = sim_bound(m),
		.mix = m->mix,
		.in_flight = (uint32_t)(m->queued + m->busy),
	};
	n = m->seen;
	for (int i = m->seen - 1; i >= 0 && (double)m->latency[i] > m->config.slo_s; i--)
		beyond++;
	if (m->config.slo_s > 0 && n >= 20)
		out->slo = beyond > 0.05 * n + 2 * sqrt(0.0475 * n) + 1 ? SLO_FAIL
			   : beyond <= 0.05 * n ? SLO_PASS : SLO_INCONCLUSIVE;
}

#endif
