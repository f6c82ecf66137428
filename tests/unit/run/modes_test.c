/* Modes of a run's requests, and which attribute they follow: mixtures whose truth is
 * known, through the model. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "records.h"

static struct snapshot *snap;

static int setup(void **state)
{
	(void)state;
	snap = calloc(1, sizeof *snap);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(snap);
	return 0;
}

/* A new second each time: modes are those of the last closed one. */
static const struct snap_modes *look(struct model *m, int task, enum clock_kind clock)
{
	model_advance(m, model_time(m) + S);
	model_snapshot(m, (struct view_query){.task = (int16_t)task, .clock = (uint8_t)clock}, snap);
	return &snap->modes;
}

static double spread(struct rng *rng)
{
	return exp(0.2 * (rng_double(rng) + rng_double(rng) + rng_double(rng) - 1.5));
}

/* One of five is slow, and by that differs in `trait` from the others; -1: in nothing. All
 * else is by chance. `noise`: so many of them all the same have what the others have. */
static void feed(struct model *m, struct rng *rng, int count, int trait, double noise)
{
	int64_t t = model_time(m);

	for (int i = 0; i < count; i++) {
		bool slow = rng_double(rng) < 0.2, differs = rng_double(rng) < noise ? rng_below(rng, 2) : slow;
		int64_t latency = (int64_t)((slow ? 412e3 : 38e3) * spread(rng));
		struct rec_sample s = sample_at(t + 100 * MS, latency, 0);
		bool by[TRAITS];

		t = s.rec.t_us;
		for (int a = 0; a < TRAITS; a++)
			by[a] = a == trait ? differs : rng_below(rng, 2);
		s.task = by[TRAIT_TASK] ? 1 + (uint16_t)rng_below(rng, 2) : 0;
		s.flags |= by[TRAIT_CONNECTION] ? SAMPLE_NEW_CONNECTION : 0;
		s.cache = by[TRAIT_CACHE] ? CACHE_MISS : CACHE_HIT;
		s.status = by[TRAIT_STATUS] ? 206 : 200;
		s.turn = by[TRAIT_TURN] ? 3 : (uint16_t)rng_below(rng, 3);
		s.tokens_in = by[TRAIT_LENGTH] ? 600 : 40;
		s.rec.worker = by[TRAIT_WORKER] ? 3 : (uint16_t)rng_below(rng, 3);
		model_feed(m, &s.rec);
	}
}

static void the_split_follows_what_it_was_made_by(void **state)
{
	static const char *const typical[TRAITS] = {
		[TRAIT_CONNECTION] = "made a connection", [TRAIT_CACHE] = "miss", [TRAIT_STATUS] = "206",
		[TRAIT_TASK] = "", [TRAIT_TURN] = "turn 4", [TRAIT_LENGTH] = "512-1023 tokens", [TRAIT_WORKER] = "worker 3",
	};

	(void)state;
	for (int trait = 0; trait < TRAITS; trait++)
		for (int seed = 0; seed < 20; seed++) {
			struct model *m = new_model(3);
			const struct snap_modes *modes;
			struct rng rng;

			rng_seed(&rng, (uint64_t)seed, 0);
			feed_point_at(m, 0, PHASE_LOAD, 1);
			feed(m, &rng, 600, trait, seed % 2 ? 0.04 : 0);
			modes = look(m, -1, CLOCK_RESPONSE);
			assert_int_equal(modes->requests, 600);
			assert_int_equal(modes->count, 2);
			assert_int_equal(modes->follows, trait);
			assert_true(fabs(modes->mode[0].us / 38e3 - 1) < 0.09);
			assert_true(fabs(modes->mode[1].us / 412e3 - 1) < 0.09);
			assert_true(fabs((double)modes->mode[1].requests - 120) < 40);
			assert_non_null(strstr(modes->typical, typical[trait]));
			for (int a = 0; a < TRAITS; a++)
				assert_true(a == trait || modes->explains[a] < 0.05F);
			model_free(m);
		}
}

/* An attribute that says something of the mode, but not most of it, is not followed. */
static void no_attribute_is_said_to_be_none(void **state)
{
	(void)state;
	for (int seed = 0; seed < 100; seed++) {
		struct model *m = new_model(3);
		const struct snap_modes *modes;
		struct rng rng;

		rng_seed(&rng, (uint64_t)seed, 0);
		feed_point_at(m, 0, PHASE_LOAD, 1);
		feed(m, &rng, 300, seed % 2 ? -1 : TRAIT_CONNECTION, seed % 2 ? 0 : 0.6);
		modes = look(m, -1, CLOCK_RESPONSE);
		assert_int_equal(modes->count, 2);
		assert_int_equal(modes->follows, -1);
		assert_non_null(strstr(modes->sentence, "no attribute explains it"));
		model_free(m);
	}
}

static void words(void **state)
{
	struct model *m = new_model(1);
	struct rng rng;

	(void)state;
	rng_seed(&rng, 3, 0);
	feed_point_at(m, 0, PHASE_LOAD, 1);
	assert_string_equal(look(m, -1, CLOCK_RESPONSE)->sentence, "");
	for (int i = 0; i < 100; i++)
		feed_sample_at(m, 2 * S + i * 200 * MS, i % 5 ? 38 * MS : 412 * MS, 0);
	assert_string_equal(look(m, -1, CLOCK_RESPONSE)->sentence,
			    "two modes (n = 100), 38.0 ms (80 %) and 412 ms (20 %): no attribute explains it");
	for (int i = 0; i < 900; i++) {
		struct rec_sample s = sample_at(30 * S + i * 100 * MS, i % 10 ? 38 * MS : 412 * MS, 0);

		s.flags |= i % 10 ? 0 : SAMPLE_NEW_CONNECTION;
		model_feed(m, &s.rec);
	}
	assert_string_equal(look(m, -1, CLOCK_RESPONSE)->sentence,
			    "two modes (n = 1000), 38.0 ms (89 %) and 412 ms (11 %): the split follows new connections "
			    "(412 ms: made a connection, 82 %)");
	assert_string_equal(look(m, -1, CLOCK_QUEUE)->sentence, "");
	model_free(m);
}

/* Two loads with one mode each are not two modes; each load's are kept. */
static void loads_are_never_mixed(void **state)
{
	struct model *m = new_model(3);
	struct result r;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 4, 0);
	feed_point_at(m, 0, PHASE_LOAD, 1);
	for (int i = 0; i < 300; i++)
		feed_sample_at(m, i * 100 * MS, 38 * MS, 0);
	feed_point_at(m, 30 * S, PHASE_LOAD, 9);
	for (int i = 0; i < 300; i++)
		feed_sample_at(m, 30 * S + i * 100 * MS, 412 * MS, 0);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE)->count, 1);
	feed_point_at(m, 70 * S, PHASE_LOAD, 3);
	feed(m, &rng, 400, TRAIT_TASK, 0);
	feed_point_at(m, 140 * S, PHASE_LOAD, 1);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE)->count, 0);
	feed(m, &rng, 1200, TRAIT_CACHE, 0);
	model_result(m, &r);
	assert_int_equal(r.modes_count, 1 + 4);
	assert_int_equal(r.modes[0].t_us, 70 * S);
	assert_int_equal(r.modes[0].task, -1);
	assert_non_null(strstr(r.modes[0].sentence, "follows the task"));
	for (int i = 1; i < 5; i++) {
		assert_int_equal(r.modes[i].t_us, 140 * S);
		assert_int_equal(r.modes[i].task, i - 2);
		assert_non_null(strstr(r.modes[i].sentence, "follows the cache ("));
		assert_non_null(strstr(r.modes[i].sentence, ": miss, 99 %)") ? r.modes[i].sentence
									     : strstr(r.modes[i].sentence, ": miss, 100 %)"));
	}
	result_fini(&r);
	model_free(m);
}

/* While it climbs every latency comes. */
static void ramps_are_left_out(void **state)
{
	struct model *m = new_model(1);
	struct rec_point ramp = point_at(0, PHASE_LOAD, 9);

	(void)state;
	ramp.from = 1;
	ramp.ramp_us = 60 * S;
	model_feed(m, &ramp.rec);
	for (int i = 0; i < 300; i++)
		feed_sample_at(m, i * 100 * MS, (i < 150 ? 30 : 300) * MS, 0);
	assert_int_equal(look(m, -1, CLOCK_RESPONSE)->requests, 0);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_split_follows_what_it_was_made_by, setup, teardown),
		cmocka_unit_test_setup_teardown(no_attribute_is_said_to_be_none, setup, teardown),
		cmocka_unit_test_setup_teardown(words, setup, teardown),
		cmocka_unit_test_setup_teardown(loads_are_never_mixed, setup, teardown),
		cmocka_unit_test_setup_teardown(ramps_are_left_out, setup, teardown),
	};

	return cmocka_run_group_tests_name("modes", tests, NULL, NULL);
}
