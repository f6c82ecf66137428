#include "advisor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/mem.h"
#include "base/rng.h"

#define PER_MILLION 1e6
#define COST_OF 1000 /* prompts */

void advisor_init(struct advisor *a)
{
	memset(a, 0, sizeof *a);
	for (int c = 0; c < ADVISOR_CELLS; c++)
		lru_init(&a->lru[c], advice_size[c % ADVICE_SIZES], advice_ttl_us[c / ADVICE_SIZES]);
	a->first_us = a->last_us = -1;
}

void advisor_fini(struct advisor *a)
{
	for (int c = 0; c < ADVISOR_CELLS; c++)
		lru_fini(&a->lru[c]);
	free(a->lookups.at);
	free(a->answers.at);
}

void advisor_reset(struct advisor *a)
{
	struct advisor was = *a;

	memset(a, 0, sizeof *a);
	for (int c = 0; c < ADVISOR_CELLS; c++) {
		a->lru[c] = was.lru[c];
		lru_reset(&a->lru[c]);
	}
	a->lookups.at = was.lookups.at;
	a->answers.at = was.answers.at;
	a->first_us = a->last_us = -1;
}

/* --- queues ----------------------------------------------------------------- */

static int64_t time_of(const struct advisor *a, const struct advisor_queue *q, const struct advisor_wait *w)
{
	return q == &a->lookups ? w->sent_us : w->ended_us;
}

static void push(const struct advisor *a, struct advisor_queue *q, const struct advisor_wait *w)
{
	uint32_t i = q->count++, up;

	if (!q->at)
		q->at = xreallocarray(NULL, ADVISOR_WAITING + 1, sizeof *q->at);
	for (; i; i = up) {
		up = (i - 1) / 2;
		if (time_of(a, q, &q->at[up]) <= time_of(a, q, w))
			break;
		q->at[i] = q->at[up];
	}
	q->at[i] = *w;
}

static struct advisor_wait pop(const struct advisor *a, struct advisor_queue *q)
{
	struct advisor_wait first = q->at[0], last = q->at[--q->count];
	uint32_t i = 0, child;

	while ((child = 2 * i + 1) < q->count) {
		if (child + 1 < q->count && time_of(a, q, &q->at[child + 1]) < time_of(a, q, &q->at[child]))
			child++;
		if (time_of(a, q, &last) <= time_of(a, q, &q->at[child]))
			break;
		q->at[i] = q->at[child];
		i = child;
	}
	q->at[i] = last;
	return first;
}

static int64_t next_of(const struct advisor *a, const struct advisor_queue *q)
{
	return q->count ? time_of(a, q, &q->at[0]) : INT64_MAX;
}

/* --- looking up ------------------------------------------------------------- */

static void count_hit(struct advisor_cell *cell, const struct advisor_wait *w)
{
	cell->hits++;
	if (w->cache == CACHE_HIT)
		cell->told++;
	else
		cell->latency_us += w->latency_us;
	cell->tokens_in += w->tokens_in;
	cell->tokens_out += w->tokens_out;
}

static void count(struct advisor *a, const struct advisor_wait *w)
{
	bool hit = w->cache == CACHE_HIT;

	a->count++;
	a->hits += hit;
	a->misses += w->cache == CACHE_MISS;
	a->later += w->later;
	a->partly += w->partly;
	*(hit ? &a->hit_us : &a->rest_us) += w->latency_us;
	a->tokens_in += w->tokens_in;
	a->tokens_out += w->tokens_out;
	a->paid_in += hit ? 0 : w->tokens_in;
	a->paid_out += hit ? 0 : w->tokens_out;
	if (a->first_us < 0 || w->sent_us < a->first_us)
		a->first_us = w->sent_us;
	if (w->sent_us > a->last_us)
		a->last_us = w->sent_us;
}

static void look_up(struct advisor *a)
{
	struct advisor_wait w = pop(a, &a->lookups);

	w.missed = 0;
	for (int c = 0; c < ADVISOR_CELLS; c++) {
		if (!lru_find(&a->lru[c], w.prompt, w.sent_us))
			w.missed = (uint16_t)(w.missed | 1U << c);
		else if (w.counts)
			count_hit(&a->cell[c], &w);
	}
	if (w.counts)
		count(a, &w);
	if (w.missed)
		push(a, &a->answers, &w);
}

static void put_in(struct advisor *a)
{
	struct advisor_wait w = pop(a, &a->answers);

	for (int c = 0; c < ADVISOR_CELLS; c++)
		if (w.missed & 1U << c)
			lru_put(&a->lru[c], w.prompt, w.ended_us);
}

/* An answer that is complete by then is there for who asks then. */
static void one(struct advisor *a)
{
	if (next_of(a, &a->answers) <= next_of(a, &a->lookups))
		put_in(a);
	else
		look_up(a);
}

static void until(struct advisor *a, int64_t t_us)
{
	while (next_of(a, &a->answers) <= t_us || next_of(a, &a->lookups) <= t_us)
		one(a);
}

/* A prefix cache had some of the prompt: the answer was made all the same. Who counts all
 * of it as cached had the whole answer. */
static bool is_partly_cached(const struct rec_sample *s)
{
	return s->cache == CACHE_HIT && s->cached_tokens && s->cached_tokens != TOKENS_UNKNOWN &&
	       s->cached_tokens != s->tokens_in;
}

static uint32_t tokens(uint32_t n)
{
	return n == TOKENS_UNKNOWN ? 0 : n;
}

/* A cache answers again as it did, so that a conversation it has begun goes on as the one it
 * keeps: what tells a later turn from others is what was said, not what a model without a
 * cache has answered in between. */
static uint64_t key_of(const struct rec_sample *s)
{
	return s->turn ? rng_mix((uint64_t)s->turn << 32 | rec_said(s)) : s->prompt_hash;
}

void advisor_take(struct advisor *a, const struct rec_sample *s, bool counts)
{
	int64_t took_us = s->rec.t_us - s->ts_us, latency_us = s->rec.t_us - s->t0_us;
	struct advisor_wait w = {
		.sent_us = s->ts_us, .ended_us = s->rec.t_us, .prompt = key_of(s),
		.tokens_in = tokens(s->tokens_in), .tokens_out = tokens(s->tokens_out),
		.latency_us = (uint32_t)(latency_us < 0 ? 0 : latency_us > UINT32_MAX ? UINT32_MAX : latency_us),
		.cache = s->cache, .counts = counts, .later = s->turn > 0, .partly = is_partly_cached(s),
	};

	if (!s->prompt_hash || s->outcome != OUTCOME_SUCCEEDED)
		return;
	if (w.partly)
		w.cache = CACHE_MISS;
	if (took_us > a->longest_us)
		a->longest_us = took_us;
	while (a->lookups.count + a->answers.count >= ADVISOR_WAITING)
		one(a);
	push(a, &a->lookups, &w);
	/* Who has still to come was sent after that. */
	until(a, s->rec.t_us - a->longest_us - 1);
}

void advisor_second(struct advisor *a, uint32_t users)
{
	a->user_s += users;
	a->seconds++;
}

void advisor_end(struct advisor *a)
{
	until(a, INT64_MAX - 1);
}

/* --- state ------------------------------------------------------------------ */

static void queue_archive(struct advisor_queue *q, struct archive *a)
{
	uint32_t n = q->count;

	archive_u32(a, &n);
	a->bad |= n > ADVISOR_WAITING;
	if (archive_restoring(a)) {
		q->count = 0;
		if (n && !q->at && !a->bad)
			q->at = xreallocarray(NULL, ADVISOR_WAITING + 1, sizeof *q->at);
	}
	for (uint32_t i = 0; i < n && !a->bad; i++) {
		struct advisor_wait w = {0};

		if (!archive_restoring(a))
			w = q->at[i];
		archive_time(a, &w.sent_us);
		archive_time(a, &w.ended_us);
		archive_bytes(a, &w.prompt, sizeof w.prompt);
		archive_u32(a, &w.tokens_in);
		archive_u32(a, &w.tokens_out);
		archive_u32(a, &w.latency_us);
		archive_u16(a, &w.missed);
		archive_u8(a, &w.cache, CACHE_MISS);
		archive_bool(a, &w.counts);
		archive_bool(a, &w.later);
		archive_bool(a, &w.partly);
		if (archive_restoring(a))
			q->at[q->count++] = w;
	}
}

void advisor_archive(struct advisor *advisor, struct archive *a)
{
	uint64_t *sum[] = {
		&advisor->count, &advisor->hits, &advisor->misses, &advisor->later, &advisor->partly, &advisor->hit_us, &advisor->rest_us,
		&advisor->tokens_in, &advisor->tokens_out, &advisor->paid_in, &advisor->paid_out, &advisor->user_s,
		&advisor->seconds,
	};

	for (size_t i = 0; i < sizeof sum / sizeof *sum; i++)
		archive_count(a, sum[i]);
	archive_time(a, &advisor->longest_us);
	archive_time(a, &advisor->first_us);
	archive_time(a, &advisor->last_us);
	queue_archive(&advisor->lookups, a);
	queue_archive(&advisor->answers, a);
	a->bad |= advisor->lookups.count + advisor->answers.count > ADVISOR_WAITING;
	for (int c = 0; c < ADVISOR_CELLS; c++) {
		struct advisor_cell *cell = &advisor->cell[c];

		archive_count(a, &cell->hits);
		archive_count(a, &cell->told);
		archive_count(a, &cell->latency_us);
		archive_count(a, &cell->tokens_in);
		archive_count(a, &cell->tokens_out);
		a->bad |= cell->hits > advisor->count || cell->told > advisor->hits ||
			  cell->latency_us > advisor->rest_us || cell->tokens_in > advisor->tokens_in ||
			  cell->tokens_out > advisor->tokens_out;
		lru_archive(&advisor->lru[c], a);
	}
}

/* --- figures ---------------------------------------------------------------- */

static double cost(const struct advisor *a, const struct advisor_run *run, uint64_t in, uint64_t out)
{
	if ((run->price_in <= 0 && run->price_out <= 0) || (!a->tokens_in && !a->tokens_out))
		return NAN;
	return ((double)in * run->price_in + (double)out * run->price_out) / PER_MILLION / (double)a->count * COST_OF;
}

static bool asks_a_model(const struct advisor *a)
{
	return a->tokens_in || a->tokens_out || a->hits || a->misses;
}

/* A user's round becomes shorter by what the prompts in it do: N users finish N / round. */
static double throughput(const struct advisor *a, const struct advisor_run *run, double gain_us)
{
	double round_us, share;

	if (!run->closed || !run->requests)
		return run->rps;
	if (!a->seconds)
		return NAN;
	round_us = (double)a->user_s / (double)a->seconds * run->measured_s * 1e6 / (double)run->requests;
	share = fmin((double)a->count / (double)run->requests, 1);
	gain_us *= share;
	/* Too short a run for its users to be known, or nothing is left of the round. */
	return round_us > 0 && gain_us < round_us ? run->rps * round_us / (round_us - gain_us) : NAN;
}

static void cell_figures(const struct advisor *a, const struct advisor_run *run, const struct advisor_cell *cell,
			 const struct advice *advice, struct advice_figures *out)
{
	double n = (double)a->count, rest = n - (double)a->hits;
	double miss_us = rest > 0 ? (double)a->rest_us / rest : advice->hit_us;
	double hit_us = isnan(advice->hit_us) ? 0 : advice->hit_us;

	out->hit_ratio = (double)cell->hits / n;
	out->latency_us = ((double)(a->rest_us - cell->latency_us) + (double)(a->hits - cell->told) * miss_us +
			   (double)cell->hits * hit_us) / n;
	out->rps = throughput(a, run, advice->now.latency_us - out->latency_us);
	out->cost = cost(a, run, a->tokens_in - cell->tokens_in, a->tokens_out - cell->tokens_out);
}

void advisor_figures(const struct advisor *a, const struct advisor_run *run, struct advice *out)
{
	static const struct advice_figures unknown = {NAN, NAN, NAN, NAN};

	bool known = asks_a_model(a);

	out->lookups = known ? a->count : 0;
	out->hits = a->hits;
	out->misses = a->misses;
	out->later = a->later;
	out->partly = a->partly;
	out->closed = run->closed;
	out->hit_us = a->hits ? (double)a->hit_us / (double)a->hits : NAN;
	out->span_us = known ? a->last_us - a->first_us : 0;
	out->now = unknown;
	if (known) {
		out->now.hit_ratio = (double)a->hits / (double)a->count;
		out->now.latency_us = (double)(a->hit_us + a->rest_us) / (double)a->count;
		out->now.rps = run->rps;
		out->now.cost = cost(a, run, a->paid_in, a->paid_out);
	}
	for (int c = 0; c < ADVISOR_CELLS; c++) {
		struct advice_figures *cell = &out->cell[c / ADVICE_SIZES][c % ADVICE_SIZES];

		*cell = unknown;
		if (known)
			cell_figures(a, run, &a->cell[c], out, cell);
	}
}
