/* Plain answers as a run of 20,000 a second has them, for what records and plays them. */
#ifndef TESTS_BENCH_SAMPLES_H
#define TESTS_BENCH_SAMPLES_H

#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "metrics/record.h"
#include "run/meta.h"

#define PACE 20000 /* samples a second */

static inline void fill_sample(struct rec_sample *s, struct rng *rng, uint64_t i, int64_t latency_us)
{
	int64_t te = 1 + (int64_t)i * 1000000 / PACE;

	memset(s, 0, sizeof *s);
	s->rec = (struct rec){sizeof *s, REC_SAMPLE, (uint16_t)(i % 8), te};
	s->t0_us = te > latency_us ? te - latency_us : 0;
	s->ts_us = s->t0_us + (te > s->t0_us + 90 ? (int64_t)rng_below(rng, 90) : 0);
	s->th_us = te - (te > s->ts_us ? 1 : 0);
	s->t1_us = s->to_us = s->tn_us = -1;
	s->tokens_in = s->tokens_out = s->cached_tokens = TOKENS_UNKNOWN;
	s->quality = NAN;
	s->bytes_in = 300 + rng_below(rng, 4000);
	s->bytes_out = 180;
	s->seq = i;
	s->user = (uint32_t)rng_below(rng, 1000);
	s->task = (uint16_t)rng_below(rng, 3);
	s->status = 200;
	s->flags = SAMPLE_ANSWERED;
}

static inline struct run_meta bench_meta(void)
{
	static char *task[] = {(char *)"resume", (char *)"interview", (char *)"chat"};
	static char *slo[] = {(char *)"p95<3s", NULL};
	static double weight[] = {5, 3, 2};

	return (struct run_meta){
		.scenario = (char *)"bench", .requests = -1, .duration_us = -1, .dns_us = -1,
		.task_count = 3, .task_name = task, .task_weight = weight, .slo = slo,
	};
}

#endif
