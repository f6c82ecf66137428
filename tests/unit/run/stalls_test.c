/* Stalls and repeated prompts, from samples made by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/rng.h"
#include "records.h"

static struct snapshot *look(struct model *m)
{
	static struct snapshot s;

	model_snapshot(m, (struct view_query){.task = -1}, &s);
	return &s;
}

static struct model *started(void)
{
	struct model *m = new_model(2);

	feed_point_at(m, 0, PHASE_LOAD, 48);
	return m;
}

static union any_sample x;

/* A stream of `tokens`, one each 20 ms from t1 on, that stands still for
 * `pause_us` at the first token after `at_us`. Fed when it ends, so streams are
 * made in the order of their ends. */
static void make_stream(union any_sample *out, int64_t t1_us, int tokens, int64_t at_us,
			int64_t pause_us)
{
	int64_t gap[3000], t = t1_us;

	for (int i = 0; i < tokens - 1; i++) {
		gap[i] = 20 * MS;
		if (t <= at_us && at_us < t + 20 * MS)
			gap[i] += pause_us;
		t += gap[i];
	}
	stream_at(out, t1_us - 100 * MS, t1_us, gap, (uint32_t)(tokens - 1), 0);
}

static void threshold(void **state)
{
	struct model *m = started();
	struct snapshot *s;
	int64_t gap[60];

	(void)state;
	for (int i = 0; i < 60; i++)
		gap[i] = 20 * MS;
	gap[10] = 10 * S;
	stream_at(&x, 0, 100 * MS, gap, 60, 0);
	model_feed(m, &x.sample.rec);
	s = look(m);
	assert_int_equal(s->stall_threshold_us, 0); /* 60 gaps are too few */
	assert_int_equal(s->stall_gaps, 0);
	gap[10] = 101 * MS;
	gap[11] = 99 * MS;
	gap[12] = 300 * MS;
	x.sample.rec.t_us = 0;
	stream_at(&x, 15 * S, 16 * S, gap, 60, 1);
	model_feed(m, &x.sample.rec);
	s = look(m);
	assert_in_range(s->stall_threshold_us, 100 * MS, 101 * MS - 1);
	assert_int_equal(s->stall_gaps, 2);
	assert_int_equal(s->stall_longest_us, 300 * MS);
	assert_int_equal(s->stall_count, 0); /* of one stream alone */
	model_free(m);

	/* Gaps of nearly nothing: what a timer does is no stall. */
	m = started();
	for (int i = 0; i < 60; i++)
		gap[i] = i == 30 ? 9 * MS : i == 31 ? 11 * MS : 10;
	for (int i = 0; i < 2; i++) {
		stream_at(&x, i * S, i * S, gap, 60, 0);
		model_feed(m, &x.sample.rec);
	}
	s = look(m);
	assert_int_equal(s->stall_threshold_us, 10 * MS);
	assert_int_equal(s->stall_gaps, 1);
	model_free(m);
}

/* 48 streams under way, 20 ms between tokens, of 200 to 247 tokens; at 2 s 47 of
 * them stand still for 800 ms. Another ended before, another began after. */
static void one_common_stall(void **state)
{
	static union any_sample stream[50];
	struct model *m = started();
	struct snapshot *s;

	(void)state;
	make_stream(&stream[0], 100 * MS, 50, 0, 0);
	for (int i = 0; i < 48; i++)
		make_stream(&stream[1 + i], 200 * MS + i * 7 * MS, 200 + i, i == 20 ? 0 : 2 * S,
			    800 * MS);
	make_stream(&stream[49], 3 * S, 200, 0, 0);
	/* The one that runs on ends first, then the others in their order. */
	model_feed(m, &stream[0].sample.rec);
	model_feed(m, &stream[21].sample.rec);
	for (int i = 0; i < 48; i++) {
		if (i == 20)
			continue;
		model_feed(m, &stream[1 + i].sample.rec);
		s = look(m);
		/* What is known grows as streams end. */
		if (i == 0)
			assert_int_equal(s->stall_count, 0);
		if (i != 10)
			continue;
		assert_int_equal(s->stall_count, 1);
		assert_int_equal(s->stall[0].streams, 11);
		assert_int_equal(s->stall[0].open, 12);
	}
	model_feed(m, &stream[49].sample.rec);
	s = look(m);
	assert_int_equal(s->stall_count, 1);
	assert_int_equal(s->stall[0].streams, 47);
	assert_int_equal(s->stall[0].open, 48);
	assert_int_equal(s->stall[0].length_us, 820 * MS);
	assert_in_range(s->stall[0].t_us, 2 * S - 20 * MS, 2 * S);
	assert_int_equal(s->stall_gaps, 47);
	assert_int_equal(s->stall_longest_us, 820 * MS);
	model_free(m);
}

/* One long gap, and long gaps that only touch, are nobody's stall. */
static void what_is_not_common(void **state)
{
	struct model *m = started();
	struct snapshot *s;

	(void)state;
	for (int i = 0; i < 40; i++) {
		/* One pauses for 500 ms each 400 ms: a fifth is shared. */
		make_stream(&x, 100 * MS, 1000 + i, (i + 1) * 400 * MS, 500 * MS);
		model_feed(m, &x.sample.rec);
	}
	s = look(m);
	assert_int_equal(s->stall_gaps, 40);
	assert_int_equal(s->stall_count, 0);
	model_free(m);

	/* Two of 40 at the same moment: shared, but not by a quarter. */
	m = started();
	for (int i = 0; i < 40; i++) {
		make_stream(&x, 100 * MS, 1000 + i, i % 20 ? 0 : 5 * S, 500 * MS);
		model_feed(m, &x.sample.rec);
	}
	s = look(m);
	assert_int_equal(s->stall_gaps, 2);
	assert_int_equal(s->stall_count, 0);
	model_free(m);
}

/* The newest come first, as many as there is room for; memory stays. */
static void many_stalls(void **state)
{
	struct model *m = started(), *again = started();
	static struct snapshot first;
	uint64_t early = 0;

	(void)state;
	for (int k = 0; k < 2; k++)
		for (int i = 0; i < 200; i++)
			for (int j = 0; j < 4; j++) {
				make_stream(&x, i * 3 * S + j * MS, 100, i * 3 * S + S,
					    (100 + i) * MS);
				model_feed(k ? again : m, &x.sample.rec);
				if (i == 100)
					early = model_bytes(k ? again : m);
			}
	model_snapshot(m, (struct view_query){.task = -1}, &first);
	assert_int_equal(first.stall_count, SNAP_STALLS);
	for (int i = 0; i < SNAP_STALLS; i++) {
		assert_int_equal(first.stall[i].streams, 4);
		assert_int_equal(first.stall[i].open, 4);
		assert_int_equal(first.stall[i].length_us, (20 + 100 + 199 - i) * MS);
		assert_in_range(first.stall[i].t_us, (199 - i) * 3 * S + S - 20 * MS,
				(199 - i) * 3 * S + S);
	}
	assert_memory_equal(look(again)->stall, first.stall, sizeof first.stall);
	assert_in_range(model_bytes(again), 1, early + early / 4);
	model_free(m);
	model_free(again);
}

/* --- prompts --------------------------------------------------------------- */

static void feed_prompt(struct model *m, int64_t t_us, uint64_t hash, uint32_t tokens_in)
{
	struct rec_sample s = sample_at(t_us, MS, 0);

	s.prompt_hash = hash;
	s.tokens_in = tokens_in;
	model_feed(m, &s.rec);
}

static void near(double a, double b)
{
	if (!(fabs(a - b) < 1e-9))
		fail_msg("%g is not %g", a, b);
}

static void repeated_prompts(void **state)
{
	struct model *m = started();

	(void)state;
	assert_true(isnan(look(m)->prompts_repeated));
	for (int i = 0; i < 100; i++) {
		feed_prompt(m, i * MS, 7, TOKENS_UNKNOWN); /* a plain POST */
		feed_prompt(m, i * MS, 0, 9);              /* no body */
	}
	assert_int_equal(look(m)->prompts, 0);
	assert_true(isnan(look(m)->prompts_repeated));
	/* 20 prompts over and over: all but the first 20 repeat. */
	for (int i = 0; i < 80; i++) {
		feed_prompt(m, S + i * MS, 1000 + (uint64_t)(i % 20), 9);
		assert_true(look(m)->warming == (i >= 49));
	}
	assert_int_equal(look(m)->prompts, 80);
	near(look(m)->prompts_repeated, 0.75);
	/* Half and no more is no warning. */
	for (int i = 0; i < 40; i++)
		feed_prompt(m, 2 * S + i * MS, 5000 + (uint64_t)i, 9);
	near(look(m)->prompts_repeated, 0.5);
	assert_true(!look(m)->warming);
	model_free(m);
}

/* A million prompts, of which 30 % had been sent before: far more than are
 * kept, and still well known. */
static void more_prompts_than_are_kept(void **state)
{
	struct model *m = started();
	uint64_t sent = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5, 0);
	for (int i = 0; i < 1000000; i++) {
		bool repeat = sent && rng_below(&rng, 10) < 3;

		feed_prompt(m, i, repeat ? 1 + rng_below(&rng, sent) : ++sent, 9);
	}
	assert_int_equal(look(m)->prompts, 1000000);
	if (fabs(look(m)->prompts_repeated - 0.3) > 0.01)
		fail_msg("%g", look(m)->prompts_repeated);
	model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threshold),
		cmocka_unit_test(one_common_stall),
		cmocka_unit_test(what_is_not_common),
		cmocka_unit_test(many_stalls),
		cmocka_unit_test(repeated_prompts),
		cmocka_unit_test(more_prompts_than_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
