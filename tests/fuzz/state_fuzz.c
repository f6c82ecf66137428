/* A saved model with some of its bytes changed, or anything at all, restored: refused, or
 * a model that can be fed and looked at. Input: places and values of bytes, three each, or
 * a state of its own after "whole". */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/run/records.h"
#include "base/buf.h"
#include "run/result.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const char *const name[] = {"alpha", "beta", "gamma"};
static struct buf saved;

static struct model *make(void)
{
	struct slo slo[2];

	slo_parse("p95<100ms", &slo[0], NULL);
	slo_parse("success>=99%", &slo[1], NULL);
	return model_new(&(struct model_config){.task_count = 3, .task_name = name, .slo = slo, .slo_count = 2});
}

static void feed(struct model *m, int64_t from_us, int count)
{
	static union any_sample x;
	struct rng rng;

	rng_seed(&rng, 1, 0);
	for (int i = 0; i < count; i++) {
		int64_t t_us = from_us + i * 20 * MS;

		if (i % 50 == 0) {
			struct rec_gauge g = gauge_at(t_us, 4, (uint64_t)i);

			model_feed(m, &g.rec);
		}
		if (i % 7 == 0)
			failure_at(&x, t_us, 1 * MS, ERROR_HTTP_5XX, 503, "HTTP 503");
		else
			random_stream_at(&x, t_us, &rng);
		model_feed(m, &x.sample.rec);
	}
}

static void save(void)
{
	struct model *m = make();
	int64_t second = -1;

	feed_point_at(m, 0, PHASE_LOAD, 4);
	feed(m, 1 * S, 400);
	model_save(m, &saved);
	while ((second = model_next_second(m, second)) >= 0)
		model_save_second(m, second, &saved);
	model_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct snapshot *s;
	struct model *m = make();
	struct result r;
	char *state;

	if (!saved.used) {
		save();
		s = calloc(1, sizeof *s);
	}
	if (bytes > 5 && !memcmp(data, "whole", 5)) {
		model_restore(m, data + 5, bytes - 5);
	} else {
		state = malloc(saved.used);
		memcpy(state, saved.at, saved.used);
		for (size_t i = 0; i + 2 < bytes; i += 3)
			state[(size_t)(data[i] << 8 | data[i + 1]) % saved.used] = (char)data[i + 2];
		model_restore(m, state, saved.used);
		free(state);
	}
	feed(m, model_time(m) < 1000 * S ? model_time(m) : 0, 60);
	for (int i = 0; i < 4; i++)
		model_snapshot(m, (struct view_query){.task = (int16_t)(i - 1), .clock = (uint8_t)(i % CLOCK_KINDS)}, s);
	model_result(m, &r);
	result_fini(&r);
	model_free(m);
	return 0;
}
