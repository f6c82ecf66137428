/* Counters are kept in chunks of 64, taken from the pool when first counted in
 * and returned when a histogram is emptied or all in them is subtracted again. */
#include "metrics/hdr.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "hdr_layout.h"

#define CHUNK_BITS 6
#define CHUNK_COUNTERS (1 << CHUNK_BITS)
#define SLAB_CHUNKS 64

struct hdr_chunk {
	union {
		uint64_t n[CHUNK_COUNTERS];
		struct hdr_chunk *next; /* while in the free list */
	} u;
};

struct slab {
	struct slab *next;
	struct hdr_chunk chunk[SLAB_CHUNKS];
};

struct hdr_pool {
	struct slab *slabs;
	struct hdr_chunk *free;
	uint64_t bytes;
};

/* --- pool ----------------------------------------------------------------- */

struct hdr_pool *hdr_pool_new(void)
{
	struct hdr_pool *pool = xcalloc(1, sizeof *pool);

	pool->bytes = sizeof *pool;
	return pool;
}

void hdr_pool_free(struct hdr_pool *pool)
{
	if (!pool)
		return;
	while (pool->slabs) {
		struct slab *next = pool->slabs->next;

		free(pool->slabs);
		pool->slabs = next;
	}
	free(pool);
}

uint64_t hdr_pool_bytes(const struct hdr_pool *pool)
{
	return pool->bytes;
}

static void chunk_give(struct hdr_pool *pool, struct hdr_chunk *chunk)
{
	chunk->u.next = pool->free;
	pool->free = chunk;
}

static struct hdr_chunk *chunk_take(struct hdr_pool *pool)
{
	if (!pool->free) {
		struct slab *slab = xmalloc(sizeof *slab);

		slab->next = pool->slabs;
		pool->slabs = slab;
		pool->bytes += sizeof *slab;
		for (int i = SLAB_CHUNKS; i--;)
			chunk_give(pool, &slab->chunk[i]);
	}
	struct hdr_chunk *chunk = pool->free;

	pool->free = chunk->u.next;
	memset(chunk, 0, sizeof *chunk);
	return chunk;
}

/* --- layout --------------------------------------------------------------- */

static unsigned last_index(int figures)
{
	return hdr_index_of(figures, HDR_MAX_US);
}

static unsigned chunks_of(int figures)
{
	return (last_index(figures) >> CHUNK_BITS) + 1;
}

/* What a bucket may hold: the first counted one also takes 0, the last one
 * also what is larger than the range. */
static void bounds_of(const struct hdr *h, unsigned index, int64_t *low, int64_t *high)
{
	int shift;

	*low = hdr_low_of(h->figures, index, &shift);
	*high = *low + ((int64_t)1 << shift) - 1;
	if (index == 1 && h->min_us < *low)
		*low = h->min_us;
	if (index == last_index(h->figures) && h->max_us > *high)
		*high = h->max_us;
}

static uint64_t chunk_sum(const struct hdr_chunk *chunk)
{
	uint64_t sum = 0;

	for (int i = 0; i < CHUNK_COUNTERS; i++)
		sum += chunk->u.n[i];
	return sum;
}

/* The table of chunks stays until hdr_fini(): a window that is emptied every
 * second would otherwise ask for it every second. */
static void need_table(struct hdr *h)
{
	if (h->chunk)
		return;
	unsigned n = chunks_of(h->figures);

	h->chunk = xcalloc(n, sizeof *h->chunk);
	h->pool->bytes += n * sizeof *h->chunk;
}

static void forget_figures(struct hdr *h)
{
	h->count = 0;
	h->sum_us = 0;
	h->sum_sq = 0;
	h->min_us = 0;
	h->max_us = 0;
}

void hdr_init(struct hdr *h, struct hdr_pool *pool, int figures)
{
	assert(figures == 2 || figures == 3);
	h->pool = pool;
	h->chunk = NULL;
	h->figures = figures;
	forget_figures(h);
}

void hdr_reset(struct hdr *h)
{
	unsigned n = h->chunk ? chunks_of(h->figures) : 0;

	for (unsigned c = 0; c < n; c++)
		if (h->chunk[c]) {
			chunk_give(h->pool, h->chunk[c]);
			h->chunk[c] = NULL;
		}
	forget_figures(h);
}

void hdr_fini(struct hdr *h)
{
	hdr_reset(h);
	if (h->chunk)
		h->pool->bytes -= chunks_of(h->figures) * sizeof *h->chunk;
	free(h->chunk);
	h->chunk = NULL;
}

/* --- counting ------------------------------------------------------------- */

static void widen(struct hdr *h, int64_t min_us, int64_t max_us)
{
	if (!h->count || min_us < h->min_us)
		h->min_us = min_us;
	if (!h->count || max_us > h->max_us)
		h->max_us = max_us;
}

static int64_t in_range(int64_t us)
{
	return us < 1 ? 1 : us > HDR_MAX_US ? HDR_MAX_US : us;
}

void hdr_record(struct hdr *h, int64_t us)
{
	hdr_record_n(h, us, 1);
}

void hdr_fetch(const struct hdr *h, int64_t us)
{
	unsigned index;

	if (!h->chunk)
		return;
	index = hdr_index_of(h->figures, in_range(us));
	if (h->chunk[index >> CHUNK_BITS])
		__builtin_prefetch(&h->chunk[index >> CHUNK_BITS]->u.n[index % CHUNK_COUNTERS], 1);
}

void hdr_record_n(struct hdr *h, int64_t us, uint64_t n)
{
	if (!n)
		return;
	if (us < 0)
		us = 0;
	need_table(h);
	unsigned index = hdr_index_of(h->figures, in_range(us));
	struct hdr_chunk **chunk = &h->chunk[index >> CHUNK_BITS];

	if (!*chunk)
		*chunk = chunk_take(h->pool);
	(*chunk)->u.n[index % CHUNK_COUNTERS] += n;
	widen(h, us, us);
	h->count += n;
	h->sum_us += (uint64_t)us * n;
	h->sum_sq += (unsigned __int128)(uint64_t)us * (uint64_t)us * n;
}

void hdr_add(struct hdr *to, const struct hdr *from)
{
	assert(to != from && to->figures == from->figures);
	if (!from->count)
		return;
	need_table(to);
	for (unsigned c = 0; c < chunks_of(from->figures); c++) {
		const struct hdr_chunk *src = from->chunk[c];

		if (!src)
			continue;
		if (!to->chunk[c])
			to->chunk[c] = chunk_take(to->pool);
		for (int i = 0; i < CHUNK_COUNTERS; i++)
			to->chunk[c]->u.n[i] += src->u.n[i];
	}
	widen(to, from->min_us, from->max_us);
	to->count += from->count;
	to->sum_us += from->sum_us;
	to->sum_sq += from->sum_sq;
}

void hdr_subtract(struct hdr *from, const struct hdr *what)
{
	assert(from != what && from->figures == what->figures);
	assert(from->count >= what->count);
	if (!what->count)
		return;
	if (from->count == what->count) {
		hdr_reset(from);
		return;
	}
	for (unsigned c = 0; c < chunks_of(what->figures); c++) {
		const struct hdr_chunk *src = what->chunk[c];
		struct hdr_chunk *dst = from->chunk[c];
		uint64_t left = 0;

		if (!src)
			continue;
		assert(dst);
		for (int i = 0; i < CHUNK_COUNTERS; i++) {
			assert(dst->u.n[i] >= src->u.n[i]);
			dst->u.n[i] -= src->u.n[i];
			left |= dst->u.n[i];
		}
		if (!left) {
			chunk_give(from->pool, dst);
			from->chunk[c] = NULL;
		}
	}
	from->count -= what->count;
	from->sum_us -= what->sum_us;
	from->sum_sq -= what->sum_sq;
}

void hdr_recount_bounds(struct hdr *h)
{
	unsigned lowest = 0, highest = 0;
	int64_t low, high, unused;

	if (!h->count)
		return;
	for (unsigned c = 0; c < chunks_of(h->figures); c++) {
		if (!h->chunk[c])
			continue;
		for (unsigned i = 0; i < CHUNK_COUNTERS; i++)
			if (h->chunk[c]->u.n[i]) {
				highest = c * CHUNK_COUNTERS + i;
				if (!lowest)
					lowest = highest;
			}
	}
	bounds_of(h, lowest, &low, &unused);
	bounds_of(h, highest, &unused, &high);
	if (low > h->min_us)
		h->min_us = low;
	if (high < h->max_us)
		h->max_us = high;
}

/* --- reading -------------------------------------------------------------- */

/* ceil(q * count) without the errors of floating point: a q that was written
 * with at most nine decimals is taken as that decimal (0.07 * 100 is 7, though
 * the product of the doubles is above it). */
static uint64_t rank_of(double q, uint64_t count)
{
	const uint64_t giga = 1000000000;

	assert(q >= 0 && q <= 1);
	uint64_t nano = (uint64_t)llround(q * 1e9);
	if ((double)nano / 1e9 == q)
		return (uint64_t)(((unsigned __int128)nano * count + giga - 1) / giga);
	double rank = ceil(q * (double)count);
	return rank < (double)count ? (uint64_t)rank : count;
}

static int64_t value_of(const struct hdr *h, unsigned index)
{
	int64_t low, high;

	bounds_of(h, index, &low, &high);
	if (high > h->max_us)
		high = h->max_us;
	return high < h->min_us ? h->min_us : high;
}

/* The values at `n` ranks, which ascend. One pass over the chunks. */
static void values_at(const struct hdr *h, const uint64_t *rank, int n, int64_t *out)
{
	uint64_t seen = 0;
	int k = 0;

	/* Below the first value there is only the minimum. */
	while (k < n && !rank[k])
		out[k++] = h->min_us;
	for (unsigned c = 0; k < n && c < chunks_of(h->figures); c++) {
		if (!h->chunk[c])
			continue;
		uint64_t sum = chunk_sum(h->chunk[c]);

		if (seen + sum < rank[k]) {
			seen += sum;
			continue;
		}
		for (unsigned i = 0; i < CHUNK_COUNTERS; i++) {
			seen += h->chunk[c]->u.n[i];
			while (k < n && seen >= rank[k])
				out[k++] = value_of(h, c * CHUNK_COUNTERS + i);
		}
	}
	assert(k == n);
}

int64_t hdr_quantile_us(const struct hdr *h, double q)
{
	int64_t value = 0;

	if (h->count) {
		uint64_t rank = rank_of(q, h->count);

		values_at(h, &rank, 1, &value);
	}
	return value;
}

/* Population variance, by n * sum_sq - sum^2. The integers are exact, so equal
 * values give exactly 0; only sums beyond 128 bits take the way by doubles. */
static double variance_of(const struct hdr *h)
{
	unsigned __int128 a, b = (unsigned __int128)h->sum_us * h->sum_us;
	double n = (double)h->count;

	if (!__builtin_mul_overflow(h->sum_sq, (unsigned __int128)h->count, &a) && a >= b)
		return (double)(a - b) / n / n;
	double mean = (double)h->sum_us / n;
	return fmax(0, (double)h->sum_sq / n - mean * mean);
}

void hdr_dist(const struct hdr *h, struct dist *out)
{
	static const double q[] = {0.5, 0.75, 0.9, 0.95, 0.99, 0.999};
	enum { N = sizeof q / sizeof *q };
	uint64_t rank[N];
	int64_t value[N];

	memset(out, 0, sizeof *out);
	if (!h->count)
		return;
	for (int i = 0; i < N; i++)
		rank[i] = rank_of(q[i], h->count);
	values_at(h, rank, N, value);
	*out = (struct dist){
		.count = h->count,
		.mean_us = (double)h->sum_us / (double)h->count,
		.stddev_us = sqrt(variance_of(h)),
		.min_us = h->min_us,
		.p50_us = value[0],
		.p75_us = value[1],
		.p90_us = value[2],
		.p95_us = value[3],
		.p99_us = value[4],
		.p999_us = value[5],
		.max_us = h->max_us,
	};
}

uint64_t hdr_count_above(const struct hdr *h, int64_t us)
{
	unsigned first = 0;
	uint64_t count = 0;

	if (!h->count || us >= h->max_us)
		return 0;
	/* 0 shares its bucket with 1 only where there is a 0. */
	if (us > 0 || h->min_us < 1)
		first = hdr_index_of(h->figures, us < 1 ? 1 : us > HDR_MAX_US ? HDR_MAX_US : us) + 1;
	for (unsigned c = first >> CHUNK_BITS; c < chunks_of(h->figures); c++) {
		if (!h->chunk[c])
			continue;
		for (unsigned i = c == first >> CHUNK_BITS ? first % CHUNK_COUNTERS : 0; i < CHUNK_COUNTERS; i++)
			count += h->chunk[c]->u.n[i];
	}
	return count;
}

void hdr_each(const struct hdr *h,
	      void (*fn)(void *arg, int64_t low_us, int64_t high_us, uint64_t count),
	      void *arg)
{
	if (!h->count)
		return;
	for (unsigned c = 0; c < chunks_of(h->figures); c++) {
		if (!h->chunk[c])
			continue;
		for (unsigned i = 0; i < CHUNK_COUNTERS; i++) {
			uint64_t n = h->chunk[c]->u.n[i];
			int64_t low, high;

			if (!n)
				continue;
			bounds_of(h, c * CHUNK_COUNTERS + i, &low, &high);
			fn(arg, low, high, n);
		}
	}
}
