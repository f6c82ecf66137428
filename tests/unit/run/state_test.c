/* A model restored from what another one saved is that other one: it shows the same,
 * then and from then on. What is damaged is refused, or at least does no harm. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "eventful.h"

static void same_scaling(const struct model *a, const struct model *b)
{
	struct result x, y;

	model_result(a, &x);
	model_result(b, &y);
	assert_memory_equal(&x.scaling, &y.scaling, sizeof x.scaling);
	result_fini(&x);
	result_fini(&y);
}

static void same_snapshots(const struct model *a, const struct model *b)
{
	struct snapshot *x = calloc(1, sizeof *x), *y = calloc(1, sizeof *y);

	for (int i = 0; i < 12; i++) {
		struct view_query q = {
			.task = (int16_t)(i % 4 - 1),
			.clock = (uint8_t)(i % CLOCK_KINDS),
			.window = (uint8_t)(i % 4),
		};

		model_snapshot(a, q, x);
		model_snapshot(b, q, y);
		/* As of some moment of this second; fresh ones below. */
		y->scaling = x->scaling;
		assert_memory_equal(x, y, sizeof *x);
	}
	free(x);
	free(y);
	same_scaling(a, b);
}

static void feed_some(struct model *m, struct rng *rng, int64_t *t_us, int records)
{
	for (int i = 0; i < records; i++)
		model_feed(m, next_record(rng, t_us));
}

static void restored_is_the_same(void **state)
{
	struct model *a = asked_model(), *b = asked_model();
	struct buf saved = {0};
	struct rng rng, other;
	int64_t t = 0, past = 0;

	(void)state;
	rng_seed(&rng, 11, 0);
	rng_seed(&other, 12, 0);
	feed_point_at(a, 0, PHASE_LOAD, 1);
	/* Whatever b knew before is gone. */
	feed_point_at(b, 0, PHASE_LOAD, 3);
	feed_some(b, &other, &past, 9000);
	for (int round = 0; round < 24; round++) {
		feed_some(a, &rng, &t, 1 + (int)rng_below(&other, 4000));
		saved.used = 0;
		save_all(a, &saved);
		assert_true(model_restore(b, saved.at, saved.used));
		assert_int_equal(model_time(a), model_time(b));
		same_snapshots(a, b);
		for (int i = 0; i < 3000; i++) {
			const struct rec *rec = next_record(&rng, &t);

			assert_int_equal(model_feed(a, rec), model_feed(b, rec));
		}
		same_snapshots(a, b);
	}
	same_result(a, b);
	buf_fini(&saved);
	model_free(a);
	model_free(b);
}

/* Nothing has come, or only a little: seconds that were jumped over, no sample. */
static void nearly_empty(void **state)
{
	struct model *a = asked_model(), *b = asked_model();
	struct buf saved = {0};

	(void)state;
	save_all(a, &saved);
	assert_true(model_restore(b, saved.at, saved.used));
	same_snapshots(a, b);
	feed_point_at(a, 0, PHASE_LOAD, 1);
	model_advance(a, 5000 * S);
	feed_sample_at(a, 9000 * S, 5 * S, 1);
	saved.used = 0;
	save_all(a, &saved);
	assert_true(model_restore(b, saved.at, saved.used));
	same_snapshots(a, b);
	buf_fini(&saved);
	model_free(a);
	model_free(b);
}

static void another_model_refuses(void **state)
{
	struct model *a = new_model(3), *b = new_model(1), *c = asked_model();
	struct buf saved = {0};

	(void)state;
	feed_point_at(a, 0, PHASE_LOAD, 1);
	feed_sample_at(a, 1 * S, 5, 1);
	save_all(a, &saved);
	assert_false(model_restore(b, saved.at, saved.used)); /* other tasks */
	assert_false(model_restore(c, saved.at, saved.used)); /* other SLOs */
	assert_false(model_restore(b, "", 0));
	buf_fini(&saved);
	model_free(a);
	model_free(b);
	model_free(c);
}

static void damage_does_no_harm(void **state)
{
	struct model *a = asked_model(), *b = asked_model(), *empty = asked_model();
	struct buf saved = {0};
	struct rng rng;
	int64_t t = 0;
	int refused = 0;

	(void)state;
	rng_seed(&rng, 13, 0);
	feed_point_at(a, 0, PHASE_LOAD, 1);
	feed_some(a, &rng, &t, 3000);
	save_all(a, &saved);
	for (size_t n = 0; n < saved.used; n += 1 + saved.used / 97) {
		assert_false(model_restore(b, saved.at, n));
		same_snapshots(b, empty);
	}
	for (int i = 0; i < 300; i++) {
		size_t at = rng_below(&rng, saved.used);
		char was = saved.at[at];
		struct snapshot *s = calloc(1, sizeof *s);
		struct result r;
		int64_t then = t;

		saved.at[at] = (char)rng_below(&rng, 256);
		refused += !model_restore(b, saved.at, saved.used);
		feed_some(b, &rng, &then, 50);
		model_snapshot(b, (struct view_query){.task = -1}, s);
		model_result(b, &r);
		result_fini(&r);
		free(s);
		saved.at[at] = was;
	}
	assert_true(refused > 20);
	assert_true(model_restore(b, saved.at, saved.used));
	buf_fini(&saved);
	model_free(a);
	model_free(b);
	model_free(empty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(restored_is_the_same),
		cmocka_unit_test(nearly_empty),
		cmocka_unit_test(another_model_refuses),
		cmocka_unit_test(damage_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
