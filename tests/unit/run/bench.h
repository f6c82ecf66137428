/* A server with slots in simulated time, driven through levels as by hand, and what the
 * model makes of it. */
#ifndef TESTS_RUN_BENCH_H
#define TESTS_RUN_BENCH_H

#include "records.h"

#define BENCH_USERS 128

/* Users that ask again as soon as they have their answer, served in order. */
struct bench {
	struct model *m;
	struct rng rng;
	int slots;
	double mean_us, sigma; /* of a service; of its logarithm */
	double cpu_pct; /* of brunt's busiest worker */
	uint64_t cpu_us;
	int64_t now_us, gauge_s;
	int users, waiting, first, busy;
	int queue[BENCH_USERS];
	bool alone[BENCH_USERS]; /* neither waits nor is served */
	int64_t due_us[BENCH_USERS], done_us[BENCH_USERS]; /* done: -1: not served */
};

static inline void bench_open(struct bench *b, int slots, double mean_us, uint64_t seed)
{
	static const char *const expr[] = {"p95<400ms", "task:beta.p95<10s"};
	static const char *const name[] = {"alpha", "beta"};
	struct slo slo[2];

	for (int i = 0; i < 2; i++)
		assert_int_equal(slo_parse(expr[i], &slo[i], NULL), 0);
	memset(b, 0, sizeof *b);
	b->m = model_new(&(struct model_config){.task_count = 2, .task_name = name, .slo = slo, .slo_count = 2});
	b->slots = slots;
	b->mean_us = mean_us;
	b->sigma = 0.3;
	rng_seed(&b->rng, seed, 0);
	for (int u = 0; u < BENCH_USERS; u++) {
		b->alone[u] = true;
		b->done_us[u] = -1;
	}
}

static inline void ask(struct bench *b, int user)
{
	b->alone[user] = false;
	b->due_us[user] = b->now_us;
	b->queue[(b->first + b->waiting++) % BENCH_USERS] = user;
}

static inline void serve(struct bench *b)
{
	while (b->waiting && b->busy < b->slots) {
		int u = b->queue[b->first];

		b->first = (b->first + 1) % BENCH_USERS;
		b->waiting--;
		b->busy++;
		b->done_us[u] = b->now_us + 1 + (int64_t)(b->mean_us * exp(b->sigma * rng_normal(&b->rng) - b->sigma * b->sigma / 2));
	}
}

static inline void gauges_to(struct bench *b, int64_t t_us)
{
	for (; b->gauge_s * S <= t_us; b->gauge_s++) {
		struct rec_gauge g = gauge_at(b->gauge_s * S, 1, 0);

		g.busiest_cpu_us = b->cpu_us += (uint64_t)(b->cpu_pct * 1e4);
		model_feed(b->m, &g.rec);
	}
}

/* So many users, for so long. */
static inline void drive(struct bench *b, int users, int64_t us)
{
	int64_t end_us = b->now_us + us;

	feed_point_at(b->m, b->now_us, PHASE_LOAD, (uint32_t)users);
	b->users = users;
	for (int u = 0; u < users; u++)
		if (b->alone[u])
			ask(b, u);
	for (;;) {
		int next = -1;

		serve(b);
		for (int u = 0; u < BENCH_USERS; u++)
			if (b->done_us[u] >= 0 && (next < 0 || b->done_us[u] < b->done_us[next]))
				next = u;
		if (next < 0 || b->done_us[next] > end_us)
			break;
		b->now_us = b->done_us[next];
		gauges_to(b, b->now_us);
		feed_sample_at(b->m, b->now_us, b->now_us - b->due_us[next], (uint16_t)(next % 2));
		b->done_us[next] = -1;
		b->busy--;
		b->alone[next] = true;
		if (next < b->users)
			ask(b, next);
	}
	b->now_us = end_us;
	gauges_to(b, end_us);
	model_advance(b->m, end_us);
}

static inline struct scaling scaling_now(struct model *m)
{
	struct result r;
	struct scaling s;

	model_result(m, &r);
	s = r.scaling;
	result_fini(&r);
	return s;
}

#endif
