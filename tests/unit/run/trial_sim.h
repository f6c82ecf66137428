/* A server of streams in simulated time, with known coefficients, and users of it: what a
 * micro-experiment would see of them. Nothing here knows of its rules. */
#ifndef TESTS_RUN_TRIAL_SIM_H
#define TESTS_RUN_TRIAL_SIM_H

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "run/trial.h"

#define SIM_USERS 256
#define SIM_LOOK_S 0.05

struct sim {
	/* The server. */
	int slots;
	double overhead_s, a_prompt_token_s, a_token_s, slowdown, connect_s, sigma;
	double prompt, prompt_spread; /* tokens; a uniform share of them either way */
	double tokens, ends_at;       /* of an answer, at most; it ends by itself then; 0: never */
	double slow_from_s, slow_times; /* from then on it is another one; times 0: never */
	double failing;               /* share of requests */
	double knows;                 /* of a prompt that it has seen, this share */
	double plain_share;           /* of the answers */
	bool plain, silent;           /* no streams; it says nothing of the prompt's tokens */
	/* The load. */
	int users;
	double padding;
	bool fresh, never_fresh, same;
	/* Inside. */
	struct rng rng;
	double now_s, since_s, settles_s;
	struct sim_job {
		bool there, served;
		double sent_s, setup_s, first_s, prompt, tokens, left, decode; /* first_s < 0: not yet */
		double number;
	} job[SIM_USERS];
	double number;
	struct trial_seen seen;
};

static inline double sim_noise(struct sim *m)
{
	return exp(m->sigma * rng_normal(&m->rng) - m->sigma * m->sigma / 2);
}

static inline double sim_times(const struct sim *m)
{
	return m->slow_times > 0 && m->now_s >= m->slow_from_s ? m->slow_times : 1;
}

static inline int sim_busy(const struct sim *m)
{
	int busy = 0;

	for (int i = 0; i < SIM_USERS; i++)
		busy += m->job[i].there && m->job[i].served;
	return busy;
}

static inline void sim_send(struct sim *m, struct sim_job *j)
{
	double prompt = m->prompt * (1 + m->prompt_spread * (2 * rng_double(&m->rng) - 1)) + m->padding;
	double tokens = m->ends_at > 0 ? fmin(m->tokens, m->ends_at) : m->tokens;

	*j = (struct sim_job){.there = true, .sent_s = m->now_s, .first_s = -1, .prompt = round(prompt),
			      .tokens = tokens, .number = m->number++};
	j->setup_s = m->fresh ? m->connect_s * sim_noise(m) : 0;
	j->left = j->prompt * m->a_prompt_token_s * (m->same ? 1 - m->knows : 1);
	j->left = (m->overhead_s + j->left) * sim_noise(m) * sim_times(m);
	j->decode = (tokens - 1) * m->a_token_s * sim_noise(m) * sim_times(m);
}

static inline void sim_serve(struct sim *m)
{
	for (int busy = sim_busy(m); busy < m->slots; busy++) {
		struct sim_job *next = NULL;

		for (int i = 0; i < SIM_USERS; i++)
			if (m->job[i].there && !m->job[i].served && (!next || m->job[i].number < next->number))
				next = &m->job[i];
		if (!next)
			return;
		next->served = true;
	}
}

static inline void sim_count(struct sim *m, const struct sim_job *j)
{
	double *of = m->seen.work.of, more = j->tokens - 1, setup = j->setup_s;
	/* Connecting is apart from the server's time, as it were on another thread. */
	double first = j->first_s - j->sent_s, decode = m->now_s - j->first_s;

	m->seen.requests++;
	if (m->failing > 0 && rng_double(&m->rng) < m->failing) {
		m->seen.failed++;
		return;
	}
	of[WORK_N]++;
	of[WORK_RESPONSE] += setup + first + decode;
	of[WORK_SETUP] += setup;
	of[WORK_CONNECTED] += m->fresh;
	if (m->plain || (m->plain_share > 0 && rng_double(&m->rng) < m->plain_share))
		return;
	of[WORK_STREAMS]++;
	of[WORK_S_RESPONSE] += setup + first + decode;
	of[WORK_S_SETUP] += setup;
	of[WORK_FIRST] += first;
	of[WORK_DECODE] += decode;
	of[WORK_TOKENS] += more;
	of[WORK_TOKENS_2] += more * more;
	of[WORK_DECODE_TOKENS] += decode * more;
	if (m->silent)
		return;
	of[WORK_TOLD]++;
	of[WORK_PROMPT] += j->prompt;
	of[WORK_PROMPT_2] += j->prompt * j->prompt;
	of[WORK_FIRST_TOLD] += first;
	of[WORK_FIRST_PROMPT] += first * j->prompt;
	of[WORK_CACHED] += m->same ? m->knows * j->prompt : 0;
}

/* A step of a job has ended: its first token, or all of it. */
static inline void sim_ended(struct sim *m, struct sim_job *j)
{
	if (j->first_s < 0) {
		j->first_s = m->now_s;
		j->left = j->decode;
		if (j->left > 0)
			return;
	}
	if (m->now_s > m->settles_s)
		sim_count(m, j);
	j->there = false;
}

static inline void sim_run(struct sim *m, double until_s)
{
	for (;;) {
		struct sim_job *next = NULL;
		int there = 0;
		double pace, dt;

		for (int i = 0; i < SIM_USERS; i++)
			there += m->job[i].there;
		for (int i = 0; i < SIM_USERS && there < m->users; i++)
			if (!m->job[i].there) {
				sim_send(m, &m->job[i]);
				there++;
			}
		sim_serve(m);
		pace = 1 / (1 + m->slowdown * (sim_busy(m) - 1));
		for (int i = 0; i < SIM_USERS; i++)
			if (m->job[i].there && m->job[i].served && (!next || m->job[i].left < next->left))
				next = &m->job[i];
		dt = next ? fmin(next->left / pace, until_s - m->now_s) : until_s - m->now_s;
		for (int i = 0; i < SIM_USERS; i++)
			if (m->job[i].there && m->job[i].served)
				m->job[i].left -= dt * pace;
		m->now_s += dt;
		if (!next || m->now_s >= until_s - 1e-12)
			return;
		sim_ended(m, next);
	}
}

static inline void sim_look(struct sim *m)
{
	m->seen.now_us = (int64_t)(m->now_s * 1e6);
	m->seen.since_us = (int64_t)(m->since_s * 1e6);
	m->seen.settled = m->now_s > m->settles_s;
	m->seen.seconds = fmax(0, m->now_s - m->settles_s);
}

/* The load is different from now on. */
static inline void sim_point(struct sim *m)
{
	double settling = m->seen.requests ? 3 * m->seen.work.of[WORK_RESPONSE] / (double)m->seen.requests : 0;

	m->since_s = m->now_s;
	m->settles_s = m->now_s + fmax(1, settling);
	m->seen = (struct trial_seen){.client_bound = m->seen.client_bound};
}

static inline void sim_set(struct sim *m, enum trial_axis axis, double value)
{
	if (axis == TRIAL_USERS)
		m->users = (int)value;
	else if (axis == TRIAL_OUTPUT)
		m->tokens = value;
	else if (axis == TRIAL_PROMPT)
		m->padding = value;
	else if (axis == TRIAL_CONNECTION)
		m->fresh = value > 0 && !m->never_fresh;
	else
		m->same = value > 0;
	sim_point(m);
}

/* The whole experiment. */
static inline void sim_try(struct sim *m, const struct trial_config *config, uint64_t seed, struct trial *t)
{
	rng_seed(&m->rng, seed, 0);
	m->now_s = 1;
	sim_run(m, 2);
	sim_look(m);
	trial_start(t, config, m->seen.now_us);
	while (trial_going(t) && m->now_s < 2000) {
		struct trial_order o = trial_step(t, &m->seen);

		if (o.action == TRIAL_STEP)
			sim_set(m, config->axis, o.value);
		sim_run(m, m->now_s + SIM_LOOK_S);
		sim_look(m);
	}
}

#endif
