/* The advisor against caches that are simulated plainly: a list of all that happened, in
 * order of time. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../../../src/run/advisor.h"
#include "base/archive.h"
#include "records.h"

#define PROMPTS 4000

struct asked {
	int64_t sent_us, ended_us;
	uint64_t prompt;
	bool missed;
};

/* --- the plain way ---------------------------------------------------------- */

struct plain {
	struct {
		uint64_t key;
		int64_t stored_us;
	} entry[PROMPTS]; /* the most recently used one last */
	int count;
};

static int plain_at(const struct plain *p, uint64_t key)
{
	for (int i = 0; i < p->count; i++)
		if (p->entry[i].key == key)
			return i;
	return -1;
}

static void plain_take_out(struct plain *p, int at)
{
	memmove(&p->entry[at], &p->entry[at + 1], (size_t)(p->count - at - 1) * sizeof p->entry[0]);
	p->count--;
}

static bool plain_find(struct plain *p, uint64_t key, int64_t now_us, int64_t ttl_us)
{
	int at = plain_at(p, key);

	if (at < 0)
		return false;
	int64_t stored_us = p->entry[at].stored_us;

	plain_take_out(p, at);
	if (ttl_us != INT64_MAX && now_us - stored_us >= ttl_us)
		return false;
	p->entry[p->count].key = key;
	p->entry[p->count++].stored_us = stored_us;
	return true;
}

static void plain_put(struct plain *p, uint64_t key, int64_t now_us, int size)
{
	int at = plain_at(p, key);

	if (at >= 0)
		plain_take_out(p, at);
	else if (p->count == size)
		plain_take_out(p, 0);
	p->entry[p->count].key = key;
	p->entry[p->count++].stored_us = now_us;
}

/* Hits among `n` prompts; every step takes the earliest thing that has not happened. */
static uint64_t plain_hits(const struct asked *asked, int n, int64_t ttl_us, int size)
{
	static struct plain p;
	static bool sent[PROMPTS], ended[PROMPTS], missed[PROMPTS];
	uint64_t hits = 0;

	p.count = 0;
	memset(sent, 0, sizeof sent);
	memset(ended, 0, sizeof ended);
	for (;;) {
		int64_t least = INT64_MAX;
		int which = -1;
		bool ends = false;

		for (int i = 0; i < n; i++) {
			if (!sent[i] && asked[i].sent_us < least) {
				least = asked[i].sent_us;
				which = i;
				ends = false;
			}
			if (sent[i] && !ended[i] && missed[i] && asked[i].ended_us <= least) {
				least = asked[i].ended_us;
				which = i;
				ends = true;
			}
		}
		if (which < 0)
			return hits;
		if (ends) {
			ended[which] = true;
			plain_put(&p, asked[which].prompt, least, size);
		} else {
			sent[which] = true;
			missed[which] = !plain_find(&p, asked[which].prompt, least, ttl_us);
			hits += !missed[which];
		}
	}
}

/* --- the advisor ------------------------------------------------------------ */

static struct rec_sample sample_of(const struct asked *asked)
{
	struct rec_sample s = sample_at(asked->ended_us, asked->ended_us - asked->sent_us, 0);

	s.prompt_hash = asked->prompt;
	s.tokens_in = 10;
	s.tokens_out = 5;
	return s;
}

static int by_end(const void *a, const void *b)
{
	const struct asked *x = a, *y = b;

	return (x->ended_us > y->ended_us) - (x->ended_us < y->ended_us);
}

/* No two things at the same moment: each has a microsecond of its own. */
static void make(struct asked *asked, int n, struct rng *rng, uint64_t prompts, int64_t every_us, int64_t longest_us)
{
	int64_t t_us = 0;

	for (int i = 0; i < n; i++) {
		t_us += (int64_t)rng_below(rng, (uint64_t)(2 * every_us));
		asked[i].sent_us = t_us / (2 * PROMPTS) * (2 * PROMPTS) + 2 * i;
		asked[i].ended_us = asked[i].sent_us / (2 * PROMPTS) * (2 * PROMPTS) + 2 * i + 1 +
				    (int64_t)(1 + rng_below(rng, (uint64_t)(longest_us / (2 * PROMPTS)))) * 2 * PROMPTS;
		/* Some are asked for often. */
		asked[i].prompt = 1 + rng_below(rng, 1 + rng_below(rng, prompts));
	}
	qsort(asked, (size_t)n, sizeof *asked, by_end);
}

static void feed_all(struct advisor *a, const struct asked *asked, int n)
{
	for (int i = 0; i < n; i++) {
		struct rec_sample s = sample_of(&asked[i]);

		advisor_take(a, &s, true);
	}
}

static void the_same_as_plainly(void **state)
{
	static const struct {
		uint64_t prompts;
		int64_t every_us, longest_us;
	} kind[] = {
		{150, 20 * MS, 1 * S}, {2500, 100 * MS, 2 * S}, {400, 700 * MS, 40 * S}, {3, 2 * S, 4 * S},
	};
	static struct asked asked[PROMPTS];
	struct advisor a;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5, 0);
	advisor_init(&a);
	for (int k = 0; k < 4; k++) {
		int n = k == 1 ? PROMPTS : PROMPTS / 3;

		make(asked, n, &rng, kind[k].prompts, kind[k].every_us, kind[k].longest_us);
		advisor_reset(&a);
		a.longest_us = kind[k].longest_us + 1; /* it has seen such ones */
		feed_all(&a, asked, n);
		advisor_end(&a);
		assert_int_equal(a.count, n);
		for (int c = 0; c < ADVISOR_CELLS; c++)
			assert_int_equal(a.cell[c].hits,
					 plain_hits(asked, n, advice_ttl_us[c / ADVICE_SIZES],
						    (int)advice_size[c % ADVICE_SIZES]));
	}
	advisor_fini(&a);
}

/* One that takes longer than all before it is looked up late; that is near enough. */
static void a_late_one_is_nearly_right(void **state)
{
	static struct asked asked[PROMPTS];
	struct advisor a;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 6, 0);
	advisor_init(&a);
	make(asked, PROMPTS / 2, &rng, 300, 20 * MS, 3 * S);
	feed_all(&a, asked, PROMPTS / 2);
	advisor_end(&a);
	for (int c = 0; c < ADVISOR_CELLS; c++) {
		double plain = (double)plain_hits(asked, PROMPTS / 2, advice_ttl_us[c / ADVICE_SIZES],
						  (int)advice_size[c % ADVICE_SIZES]);

		assert_true(fabs((double)a.cell[c].hits - plain) <= 0.005 * PROMPTS / 2);
	}
	advisor_fini(&a);
}

/* More than may wait: what goes on is right but for the order of a few. */
static void what_waits_is_bounded(void **state)
{
	struct asked one = {.sent_us = 0, .ended_us = 3600 * S, .prompt = 7};
	struct rec_sample s = sample_of(&one);
	struct advisor a;

	(void)state;
	advisor_init(&a);
	advisor_take(&a, &s, true);
	for (int i = 0; i < 3 * ADVISOR_WAITING; i++) {
		one = (struct asked){.sent_us = 3600 * S + i, .ended_us = 3600 * S + i + 1, .prompt = 1 + (uint64_t)i};
		s = sample_of(&one);
		advisor_take(&a, &s, true);
		assert_true(a.lookups.count + a.answers.count <= ADVISOR_WAITING);
	}
	advisor_end(&a);
	assert_int_equal(a.count, 3 * ADVISOR_WAITING + 1);
	assert_int_equal(a.lru[ADVISOR_CELLS - 1].count, 10000);
	advisor_fini(&a);
}

/* Saved half-way and gone on with by another one. */
static void state_is_all_of_it(void **state)
{
	static struct asked asked[PROMPTS];
	struct advisor a, b;
	struct buf saved = {0};
	struct archive out, in;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7, 0);
	advisor_init(&a);
	advisor_init(&b);
	make(asked, PROMPTS, &rng, 900, 50 * MS, 2 * S);
	feed_all(&b, asked + PROMPTS / 2, 500); /* is forgotten */
	feed_all(&a, asked, PROMPTS / 2);
	out = archive_save(&saved);
	advisor_archive(&a, &out);
	in = archive_restore(saved.at, saved.used);
	advisor_archive(&b, &in);
	assert_true(archive_whole(&in));
	feed_all(&a, asked + PROMPTS / 2, PROMPTS / 2);
	feed_all(&b, asked + PROMPTS / 2, PROMPTS / 2);
	advisor_end(&a);
	advisor_end(&b);
	assert_memory_equal(a.cell, b.cell, sizeof a.cell);
	assert_int_equal(a.count, b.count);
	for (size_t cut = 0; cut < saved.used; cut += 1 + saved.used / 300) {
		in = archive_restore(saved.at, cut);
		advisor_reset(&b);
		advisor_archive(&b, &in);
		assert_false(archive_whole(&in));
	}
	buf_fini(&saved);
	advisor_fini(&a);
	advisor_fini(&b);
}

static void takes(struct advisor *a, int64_t sent_us, int64_t took_us, uint64_t prompt, enum cache_state cache)
{
	struct asked one = {.sent_us = sent_us, .ended_us = sent_us + took_us, .prompt = prompt};
	struct rec_sample s = sample_of(&one);

	s.cache = (uint8_t)cache;
	advisor_take(a, &s, true);
}

static void near(double got, double wanted)
{
	if (isnan(wanted) ? !isnan(got) : fabs(got - wanted) > 1e-9 * fmax(1, fabs(wanted)))
		fail_msg("%.9g instead of %.9g", got, wanted);
}

static void what_it_would_bring(void **state)
{
	struct advisor_run run = {.requests = 4, .measured_s = 8, .rps = 2, .closed = true, .price_in = 3, .price_out = 10};
	const struct advice_figures *ever;
	struct advisor a;
	struct advice v;

	(void)state;
	advisor_init(&a);
	advisor_figures(&a, &run, &v);
	assert_int_equal(v.lookups, 0);
	near(v.cell[0][0].hit_ratio, NAN);
	/* The same prompt four times, 20 s apart: 10 s are too short, a minute is not. */
	for (int i = 0; i < 4; i++)
		takes(&a, i * 20 * S, 2 * S, 9, CACHE_UNKNOWN);
	for (int i = 0; i < 8; i++)
		advisor_second(&a, 1);
	advisor_end(&a);
	advisor_figures(&a, &run, &v);
	assert_int_equal(v.lookups, 4);
	assert_int_equal(v.span_us, 60 * S);
	near(v.now.latency_us, 2 * S);
	near(v.now.hit_ratio, 0);
	near(v.now.cost, (10 * 3 + 5 * 10) / 1e6 * 1000);
	near(v.hit_us, NAN);
	near(v.cell[0][0].hit_ratio, 0);
	near(v.cell[0][0].latency_us, 2 * S);
	near(v.cell[0][0].rps, 2);
	ever = &v.cell[ADVICE_TTLS - 1][0];
	near(ever->hit_ratio, 0.75);
	near(ever->latency_us, 0.5 * S); /* hits taken as free */
	near(ever->cost, v.now.cost / 4);
	/* Rounds of 2 s of which nothing but 0.5 s are left. */
	near(ever->rps, 8);
	/* A second that is not over yet is none of a user less: 5 requests in 10 s as 4 in 8. */
	run.requests = 5;
	run.measured_s = 10;
	advisor_figures(&a, &run, &v);
	near(ever->rps, 2 * 2 / (2 - 1.5 * 4 / 5));
	run.requests = 4;
	run.measured_s = 8;
	/* At a minute it is the third that was stored 40 s before, the fourth 58 s before. */
	near(v.cell[1][0].hit_ratio, 0.75);
	run.closed = false;
	run.price_in = run.price_out = 0;
	advisor_figures(&a, &run, &v);
	near(v.cell[ADVICE_TTLS - 1][0].rps, 2);
	near(v.cell[ADVICE_TTLS - 1][0].cost, NAN);
	advisor_fini(&a);
}

/* The server has a cache of its own: what a hit takes is known, and what of it was its. */
static void beside_the_servers_own(void **state)
{
	struct advisor_run run = {.requests = 4, .rps = 2, .price_in = 1, .price_out = 1};
	struct advisor a;
	struct advice v;

	(void)state;
	advisor_init(&a);
	takes(&a, 0, 2 * S, 9, CACHE_MISS);
	takes(&a, 20 * S, 100 * MS, 9, CACHE_HIT);
	takes(&a, 25 * S, 2 * S, 8, CACHE_MISS);
	takes(&a, 30 * S, 2 * S, 9, CACHE_MISS); /* it had let go of it */
	advisor_end(&a);
	advisor_figures(&a, &run, &v);
	assert_int_equal(v.hits, 1);
	assert_int_equal(v.misses, 3);
	near(v.now.hit_ratio, 0.25);
	near(v.hit_us, 100 * MS);
	near(v.now.cost, 45 / 1e6 / 4 * 1000);
	/* 10 s: misses at 20 s what the server had, has at 30 s what went in at 20.1. */
	near(v.cell[0][0].hit_ratio, 0.25);
	near(v.cell[0][0].latency_us, (3 * 2.0 * S + 100 * MS) / 4);
	near(v.cell[ADVICE_TTLS - 1][0].hit_ratio, 0.5);
	near(v.cell[ADVICE_TTLS - 1][0].latency_us, (2 * 2.0 * S + 2 * 100 * MS) / 4);
	near(v.cell[ADVICE_TTLS - 1][0].cost, 30 / 1e6 / 4 * 1000);
	advisor_fini(&a);
}

/* Warm-up fills caches and is not counted; failures and what has no prompt are nothing. */
static void what_counts(void **state)
{
	struct asked one = {.sent_us = 0, .ended_us = 1 * S, .prompt = 4};
	struct rec_sample s = sample_of(&one);
	struct advisor a;

	(void)state;
	advisor_init(&a);
	advisor_take(&a, &s, false);
	one.sent_us = 2 * S;
	one.ended_us = 3 * S;
	s = sample_of(&one);
	advisor_take(&a, &s, true);
	s.outcome = OUTCOME_FAILED;
	advisor_take(&a, &s, true);
	s.outcome = OUTCOME_SUCCEEDED;
	s.prompt_hash = 0;
	advisor_take(&a, &s, true);
	advisor_end(&a);
	assert_int_equal(a.count, 1);
	assert_int_equal(a.cell[0].hits, 1);
	advisor_fini(&a);
}

/* An API that tells no tokens is a model's where another task of the run shows that one is
 * asked; where none does it may be anything. */
static void who_tells_no_tokens(void **state)
{
	struct advisor_run run = {.requests = 4, .rps = 2};
	struct asked one = {.sent_us = 0, .ended_us = 1 * S, .prompt = 4};
	struct rec_sample plain = sample_of(&one), chat;
	struct advisor a;
	struct advice v;

	(void)state;
	advisor_init(&a);
	plain.tokens_in = plain.tokens_out = TOKENS_UNKNOWN;
	advisor_take(&a, &plain, true);
	one = (struct asked){.sent_us = 2 * S, .ended_us = 3 * S, .prompt = 4};
	plain.ts_us = plain.t0_us = 2 * S;
	plain.rec.t_us = 3 * S;
	advisor_take(&a, &plain, true);
	advisor_figures(&a, &run, &v);
	assert_int_equal(v.lookups, 0);
	assert_int_equal(v.span_us, 0);
	near(v.now.latency_us, NAN);
	near(v.cell[0][0].hit_ratio, NAN);
	one.prompt = 5;
	chat = sample_of(&one);
	advisor_take(&a, &chat, true);
	advisor_end(&a);
	advisor_figures(&a, &run, &v);
	assert_int_equal(v.lookups, 3);
	near(v.cell[0][0].hit_ratio, 1.0 / 3);
	advisor_fini(&a);
}

/* A prefix cache that had the prompt in part answered nothing by itself. */
static void a_prefix_is_no_answer(void **state)
{
	static const struct {
		uint32_t in, cached;
		bool hit, partly;
	} kind[] = {
		{100, 100, true, false},  /* as brunt serve counts it */
		{100, 96, false, true},   /* as vLLM does */
		{4, 96, false, true},     /* as Anthropic does: beside the rest */
		{100, TOKENS_UNKNOWN, true, false}, /* a header said it */
		{100, 0, true, false},    /* with the usage of the answer it kept */
		{TOKENS_UNKNOWN, 96, false, true},
	};
	struct advisor_run run = {.requests = 1, .rps = 1, .price_in = 1, .price_out = 1};
	struct asked one = {.sent_us = 0, .ended_us = 1 * S, .prompt = 4};
	char text[ADVICE_CAVEATS][ADVICE_TEXT];
	struct advisor a;
	struct advice v;

	(void)state;
	advisor_init(&a);
	for (size_t i = 0; i < sizeof kind / sizeof *kind; i++) {
		struct rec_sample s = sample_of(&one);

		advisor_reset(&a);
		s.cache = CACHE_HIT;
		s.tokens_in = kind[i].in;
		s.cached_tokens = kind[i].cached;
		advisor_take(&a, &s, true);
		advisor_end(&a);
		advisor_figures(&a, &run, &v);
		assert_int_equal(v.hits, kind[i].hit);
		assert_int_equal(v.misses, !kind[i].hit);
		assert_int_equal(v.partly, kind[i].partly);
		assert_int_equal(v.hit_us > 0, kind[i].hit);
		assert_int_equal(v.now.cost > 0, !kind[i].hit); /* it is paid for */
		assert_int_equal(advice_caveats(&v, text), kind[i].partly);
		if (kind[i].partly)
			assert_string_equal(text[0], "a prefix cache had a part of 1 prompt: no whole answers");
	}
	advisor_fini(&a);
}

/* Where a cache changes what is asked, and how often, its hits are a bound. */
static void hits_at_least(void **state)
{
	struct advisor_run run = {.requests = 2, .rps = 1, .closed = true};
	struct asked one = {.sent_us = 0, .ended_us = 1 * S, .prompt = 4};
	char text[ADVICE_CAVEATS][ADVICE_TEXT];
	struct rec_sample s = sample_of(&one);
	struct advisor a;
	struct advice v;

	(void)state;
	advisor_init(&a);
	advisor_take(&a, &s, true);
	advisor_figures(&a, &run, &v);
	assert_int_equal(advice_caveats(&v, text), 0); /* nothing repeats */
	one = (struct asked){.sent_us = 2 * S, .ended_us = 3 * S, .prompt = 4};
	s = sample_of(&one);
	advisor_take(&a, &s, true);
	advisor_end(&a);
	advisor_figures(&a, &run, &v);
	assert_int_equal(advice_caveats(&v, text), 1);
	assert_non_null(strstr(text[0], "ask sooner"));
	run.closed = false;
	advisor_figures(&a, &run, &v);
	assert_int_equal(advice_caveats(&v, text), 0);
	advisor_fini(&a);
}

/* Two conversations that say the same: a model answers each otherwise, a cache does not, so
 * the second one's later turns would have found the first one's. Not another turn's, nor what
 * else was said. */
static void what_was_said_makes_a_turn(void **state)
{
	static const struct {
		uint64_t hash;
		uint16_t turn;
		bool hit;
	} told[] = {
		{0x1111111100000007, 0, false}, {0xaaaaaaaa00000008, 1, false}, {0xbbbbbbbb00000009, 2, false},
		{0x1111111100000007, 0, true},  {0xcccccccc00000008, 1, true},  {0xdddddddd00000009, 2, true},
		{0xcccccccc0000000a, 1, false}, {0xcccccccc00000009, 1, false}, {0x2222222200000007, 0, false},
	};
	struct advisor_run run = {.requests = 9, .rps = 1};
	char text[ADVICE_CAVEATS][ADVICE_TEXT];
	struct advisor a;
	struct advice v;
	uint64_t hits = 0;

	(void)state;
	advisor_init(&a);
	for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
		struct asked one = {.sent_us = (int64_t)i * S, .ended_us = (int64_t)i * S + 500 * MS, .prompt = told[i].hash};
		struct rec_sample s = sample_of(&one);

		s.turn = told[i].turn;
		advisor_take(&a, &s, true);
		advisor_end(&a);
		hits += told[i].hit;
		assert_int_equal(a.cell[ADVISOR_CELLS - 1].hits, hits);
	}
	advisor_figures(&a, &run, &v);
	assert_int_equal(v.later, 6);
	assert_int_equal(advice_caveats(&v, text), 1);
	assert_non_null(strstr(text[0], "where the same was said"));
	advisor_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_as_plainly),
		cmocka_unit_test(a_late_one_is_nearly_right),
		cmocka_unit_test(what_waits_is_bounded),
		cmocka_unit_test(state_is_all_of_it),
		cmocka_unit_test(what_it_would_bring),
		cmocka_unit_test(beside_the_servers_own),
		cmocka_unit_test(what_counts),
		cmocka_unit_test(who_tells_no_tokens),
		cmocka_unit_test(a_prefix_is_no_answer),
		cmocka_unit_test(hits_at_least),
		cmocka_unit_test(what_was_said_makes_a_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
