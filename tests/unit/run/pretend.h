/* A model server of which the truth is known, as the records that a run against it would
 * leave: simulated time, users or Poisson arrivals, a line in front of slots, decoding that
 * slows with what is served beside it, and faults. */
#ifndef TESTS_RUN_PRETEND_H
#define TESTS_RUN_PRETEND_H

#include "records.h"

#define PRETEND_TASKS 3
#define PRETEND_STAGES 8
#define PRETEND_USERS 256
#define PRETEND_SLOTS 512
#define PRETEND_SAMPLES 60000

struct pretend_stage {
	double seconds, level;
	double weight[PRETEND_TASKS]; /* all 0: the first task alone */
	double ramp_s; /* as the run tells it; what comes is of the level */
};

struct pretend {
	/* The server. */
	int slots;
	double prefill_ms, gap_ms, noise; /* noise: sigma of the logarithm */
	int tokens;
	double slowdown;          /* of decoding, by each other busy slot */
	double size[PRETEND_TASKS]; /* of a task's work; 0: 1 */
	double connect_ms, connect_user_ms; /* the latter by each user: an accept queue */
	bool reconnect;           /* for each request */
	double limit_rps;         /* 0: none */
	double fail, fail_user;   /* share, and more of it by each user */
	double stall_at_s, stall_s;
	double slower_from_s, slower;
	double slower_per_s;      /* so much of its work comes on top each second, whatever the load */
	double hang;              /* share that is never answered */
	double longer_user;       /* so much longer an answer is by each user: what is asked, not the server */
	bool even;                /* each answer of as many tokens, made without noise */
	/* What is seen of it. */
	bool stream, told; /* told: tokens, where they are not streamed */
	bool early_head;   /* sent before the line */
	bool bunched;      /* streams that a proxy holds up to their end */
	/* The load. */
	bool open;
	double think_ms, timeout_ms;
	int stages;
	struct pretend_stage stage[PRETEND_STAGES];
	double cpu_pct; /* of the busiest worker; 0: 10 */
	double bound_from_s, bound_to_s; /* 100 meanwhile */
};

struct pretend_run {
	struct rng rng;
	const struct pretend *p;
	double free_s[PRETEND_SLOTS], bucket, bucket_s;
	int count;
	struct rec_sample *sample;
};

static inline double pretend_noise(struct pretend_run *r)
{
	return exp(r->p->noise * rng_normal(&r->rng) - r->p->noise * r->p->noise / 2);
}

static inline int pretend_task(struct pretend_run *r, const struct pretend_stage *stage)
{
	double all = 0, at;

	for (int t = 0; t < PRETEND_TASKS; t++)
		all += stage->weight[t];
	at = rng_double(&r->rng) * all;
	for (int t = 0; t < PRETEND_TASKS; t++) {
		at -= stage->weight[t];
		if (at < 0)
			return t;
	}
	return 0;
}

static inline double pretend_failed(struct pretend_run *r, double t, double te, int task, enum error_class error,
				    uint16_t status)
{
	struct rec_sample *s = &r->sample[r->count++];

	*s = sample_at((int64_t)(te * 1e6), (int64_t)((te - t) * 1e6), (uint16_t)task);
	s->status = status;
	s->code = status;
	s->error = (uint8_t)error;
	s->outcome = error == ERROR_TIMEOUT ? OUTCOME_CENSORED : OUTCOME_FAILED;
	s->flags = status ? SAMPLE_ANSWERED : 0;
	s->th_us = status ? s->rec.t_us : -1;
	return te;
}

/* A request at t; returns when it has ended. */
static inline double pretend_request(struct pretend_run *r, double t, const struct pretend_stage *stage)
{
	const struct pretend *p = r->p;
	int task = pretend_task(r, stage), slot = 0, busy = 0;
	double size = p->size[task] > 0 ? p->size[task] : 1, start, first, te, connect = 0;
	struct rec_sample *s;
	uint32_t tokens = p->even ? (uint32_t)p->tokens :  (uint32_t)p->tokens - (uint32_t)p->tokens / 4 + (uint32_t)rng_below(&r->rng, (uint64_t)p->tokens / 2 + 1);

	tokens += (uint32_t)(p->longer_user * stage->level * tokens);
	if (p->limit_rps > 0) {
		r->bucket = fmin(r->bucket + (t - r->bucket_s) * p->limit_rps, p->limit_rps / 5 + 1);
		r->bucket_s = t;
		if (r->bucket < 1)
			return pretend_failed(r, t, t + 0.02 * pretend_noise(r), task, ERROR_HTTP_4XX, 429);
		r->bucket -= 1;
	}
	if (rng_double(&r->rng) < p->fail + p->fail_user * stage->level)
		return pretend_failed(r, t, t + 0.05 * pretend_noise(r), task, ERROR_HTTP_5XX, 503);
	if (p->reconnect)
		connect = (p->connect_ms + p->connect_user_ms * stage->level) / 1e3 * pretend_noise(r);
	if (p->hang > 0 && rng_double(&r->rng) < p->hang)
		return pretend_failed(r, t, t + p->timeout_ms / 1e3, task, ERROR_TIMEOUT, 0);
	for (int i = 1; i < p->slots; i++)
		slot = r->free_s[i] < r->free_s[slot] ? i : slot;
	start = fmax(t + connect, r->free_s[slot]);
	if (p->stall_s > 0 && start >= p->stall_at_s && start < p->stall_at_s + p->stall_s)
		start = p->stall_at_s + p->stall_s;
	for (int i = 0; i < p->slots; i++)
		busy += r->free_s[i] > start;
	if (p->slower > 0 && start >= p->slower_from_s)
		size *= p->slower;
	size *= 1 + p->slower_per_s * start;
	first = start + p->prefill_ms / 1e3 * size * pretend_noise(r);
	te = first + tokens * p->gap_ms / 1e3 * size * (1 + p->slowdown * busy) * (p->even ? 1 : pretend_noise(r));
	r->free_s[slot] = te;
	if (p->timeout_ms > 0 && te > t + p->timeout_ms / 1e3)
		return pretend_failed(r, t, t + p->timeout_ms / 1e3, task, ERROR_TIMEOUT, 0);
	s = &r->sample[r->count++];
	*s = sample_at((int64_t)(te * 1e6), (int64_t)((te - t) * 1e6), (uint16_t)task);
	if (connect > 0) {
		s->flags |= SAMPLE_NEW_CONNECTION;
		s->connect_us = (uint32_t)(connect * 1e6);
	}
	if (p->stream || p->told) {
		s->tokens_out = tokens;
		s->token_source = TOKENS_FROM_USAGE;
	}
	if (p->stream) {
		s->flags |= SAMPLE_STREAM;
		s->th_us = s->t1_us = p->bunched ? s->rec.t_us - (s->rec.t_us > s->ts_us + 300 ? 200 : 0) : (int64_t)(first * 1e6);
		s->tn_us = s->rec.t_us;
		s->events = tokens;
		s->reads = p->bunched ? 1 : tokens;
	} else {
		s->th_us = p->early_head ? s->ts_us + (int64_t)(connect * 1e6) + 300 : s->rec.t_us - (s->rec.t_us > s->ts_us + 300 ? 200 : 0);
	}
	return te;
}

static inline int pretend_order(const void *a, const void *b)
{
	int64_t x = ((const struct rec_sample *)a)->rec.t_us, y = ((const struct rec_sample *)b)->rec.t_us;

	return x < y ? -1 : x > y;
}

static inline void pretend_stage_closed(struct pretend_run *r, const struct pretend_stage *stage, double next_s[], double from,
					double to)
{
	for (int u = 0; u < (int)stage->level; u++)
		if (next_s[u] < from)
			next_s[u] = from + u * 1e-3;
	while (r->count < PRETEND_SAMPLES) {
		int first = 0;

		for (int u = 1; u < (int)stage->level; u++)
			first = next_s[u] < next_s[first] ? u : first;
		if (next_s[first] >= to)
			return;
		next_s[first] = pretend_request(r, next_s[first], stage) + r->p->think_ms / 1e3 * pretend_noise(r);
	}
}

static inline void pretend_stage_open(struct pretend_run *r, const struct pretend_stage *stage, double from, double to)
{
	for (double t = from; r->count < PRETEND_SAMPLES;) {
		t += -log(1 - rng_double(&r->rng)) / stage->level;
		if (t >= to)
			return;
		pretend_request(r, t, stage);
	}
}

static inline void pretend_gauge(struct model *m, int64_t second, const struct pretend *p)
{
	struct rec_gauge g = gauge_at(second * S, 1, 0);

	g.busiest_cpu_us = (uint64_t)((double)second * (p->cpu_pct > 0 ? p->cpu_pct : 10) * 1e4);
	g.busiest_cpu_us += (uint64_t)(fmax(0, fmin((double)second, p->bound_to_s) - p->bound_from_s) * 9e5);
	model_feed(m, &g.rec);
}

/* Feeds the whole run; `look` (may be NULL) is called after each second of it. */
static inline void pretend_feed(struct model *m, const struct pretend *p, uint64_t seed, void (*look)(struct model *m, void *arg),
				void *arg)
{
	struct pretend_run r = {.p = p, .sample = malloc(PRETEND_SAMPLES * sizeof *r.sample)};
	double next_s[PRETEND_USERS], from = 0, at[PRETEND_STAGES + 1] = {0};
	int64_t second = 0;
	int stage = 0;

	rng_seed(&r.rng, seed, 0);
	for (int u = 0; u < PRETEND_USERS; u++)
		next_s[u] = -1;
	for (int i = 0; i < p->stages; i++) {
		if (p->open)
			pretend_stage_open(&r, &p->stage[i], from, from + p->stage[i].seconds);
		else
			pretend_stage_closed(&r, &p->stage[i], next_s, from, from + p->stage[i].seconds);
		from += p->stage[i].seconds;
		at[i + 1] = from;
	}
	qsort(r.sample, (size_t)r.count, sizeof *r.sample, pretend_order);
	for (int i = 0; i <= r.count; i++) {
		int64_t end_us = (int64_t)(at[p->stages] * 1e6);
		int64_t t_us = i < r.count && r.sample[i].rec.t_us < end_us ? r.sample[i].rec.t_us : end_us;

		while (second * S <= t_us || (stage < p->stages && (int64_t)(at[stage] * 1e6) <= t_us)) {
			if (stage < p->stages && (int64_t)(at[stage] * 1e6) <= second * S) {
				struct rec_point point = point_at((int64_t)(at[stage] * 1e6), PHASE_LOAD, 0);

				point.level = point.from = p->stage[stage].level;
				point.mode = p->open ? MODE_OPEN : MODE_CLOSED;
				point.ramp_us = (int64_t)(p->stage[stage].ramp_s * 1e6);
				model_feed(m, &point.rec);
				stage++;
				continue;
			}
			pretend_gauge(m, second, p);
			if (look && second)
				look(m, arg);
			second++;
		}
		if (i == r.count || r.sample[i].rec.t_us >= end_us)
			break;
		model_feed(m, &r.sample[i].rec);
	}
	free(r.sample);
}

#endif
