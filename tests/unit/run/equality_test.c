/* The model has no clock and no memory of how it was asked: the same records
 * give the same numbers, whenever somebody looks; and it does not grow. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "eventful.h"

/* Snapshots are compared as memory: both buffers start as zeros and the same
 * questions fill the same parts. */
static void looking_changes_nothing(void **state)
{
	struct model *a = asked_model(), *b = asked_model();
	struct snapshot *x = calloc(1, sizeof *x), *y = calloc(1, sizeof *y);
	struct snapshot *extra = calloc(1, sizeof *extra);
	struct rec reset = head_of(REC_RESET, sizeof reset, 0);
	int64_t second = 0;

	(void)state;
	/* The second one has a past which it is told to forget. */
	feed_point_at(b, 0, PHASE_LOAD, 7);
	for (int i = 0; i < 5000; i++)
		feed_sample_at(b, i * 30 * MS, i, (uint16_t)(i % 3));
	model_feed(b, &reset);
	for (int k = 0; k < 2; k++) {
		struct rng rng;
		int64_t t = 0;

		rng_seed(&rng, 7, 0);
		feed_point_at(a, 0, PHASE_LOAD, 1);
		feed_point_at(b, 0, PHASE_LOAD, 1);
		for (int i = 0; i < 40000; i++) {
			const struct rec *rec = next_record(&rng, &t);

			if (rec->t_us / S > second) {
				struct view_query q = {
					.task = (int16_t)(second % 4 - 1),
					.clock = (uint8_t)(second % CLOCK_KINDS),
					.window = (uint8_t)(second % 4),
				};

				second = rec->t_us / S;
				model_advance(a, second * S);
				model_advance(b, second * S - 1); /* in other steps */
				model_advance(b, second * S);
				model_snapshot(a, q, x);
				model_snapshot(b, q, y);
				assert_memory_equal(x, y, sizeof *x);
			}
			assert_int_equal(model_feed(a, rec), model_feed(b, rec));
			if (i % 50 == 0) {
				model_advance(b, t);
				model_snapshot(b, (struct view_query){.task = 1}, extra);
			}
		}
		model_snapshot(a, (struct view_query){.task = -1}, extra);
		assert_true(extra->stall_gaps > 0 && extra->prompts > 0 && extra->warming);
		same_result(a, b);
		/* And all of it again, after a reset. */
		model_feed(a, &reset);
		model_feed(b, &reset);
		second = 0;
	}
	free(x);
	free(y);
	free(extra);
	model_free(a);
	model_free(b);
}

/* Streams too: 120,000 of them with a million gaps, some of them cache hits, which
 * have a histogram by each clock. */
static void memory_of_streams_is_flat(void **state)
{
	static union any_sample x;
	struct model *m = asked_model();
	uint64_t early = 0, late = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3, 0);
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int64_t i = 0; i < 120000; i++) {
		random_stream_at(&x, i * 3 * MS, &rng);
		x.sample.prompt_hash = rng_next(&rng);
		model_feed(m, &x.sample.rec);
		if (i == 40000)
			early = model_bytes(m);
		if (i > 40000 && model_bytes(m) > late)
			late = model_bytes(m);
	}
	assert_true(early > 0);
	assert_in_range(late, early, early + early / 8);
	assert_in_range(late, 1, 30 << 20);
	model_free(m);
}

static void memory_is_flat(void **state)
{
	struct model *m = new_model(3);
	struct rng rng;
	uint64_t early = 0, late = 0;

	(void)state;
	rng_seed(&rng, 3, 0);
	feed_point_at(m, 0, PHASE_LOAD, 1);
	/* A million samples in 1,000 seconds, from 8 us to 30 s. */
	for (int64_t i = 0; i < 1000000; i++) {
		double latency = exp(8 + 1.5 * rng_normal(&rng));

		latency = latency < 8 ? 8 : latency > 3e7 ? 3e7 : latency;
		feed_sample_at(m, i * 1000, (int64_t)latency, (uint16_t)(i % 3));
		if (i == 100000)
			early = model_bytes(m);
		if (i > 100000 && model_bytes(m) > late)
			late = model_bytes(m);
	}
	/* Rarer values ask for a few more chunks; length does not. */
	assert_true(early > 0);
	assert_in_range(late, early, early + early / 8);
	assert_in_range(late, 1, 16 << 20);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(looking_changes_nothing),
		cmocka_unit_test(memory_is_flat),
		cmocka_unit_test(memory_of_streams_is_flat),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
