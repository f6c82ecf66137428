/* HDR histogram (after Gil Tene): integer microseconds from 1 us to 24 h with
 * 2 or 3 significant figures, exact count, sum, sum of squares, minimum and
 * maximum. Counters come in lazily allocated chunks from a pool, so that an
 * empty or narrow histogram is small and memory follows the spread of the
 * values, not the length of the run. Smaller values count as 1 us (0 stays
 * exact in sum, min, max), larger ones in the last bucket.
 *
 * Not thread safe: a pool and its histograms belong to one thread. */
#ifndef METRICS_HDR_H
#define METRICS_HDR_H

#include <stdint.h>

#define HDR_MAX_US 86400000000LL

struct hdr_pool;
struct hdr_pool *hdr_pool_new(void);
void hdr_pool_free(struct hdr_pool *pool);
/* Bytes the pool holds, in use or not. */
uint64_t hdr_pool_bytes(const struct hdr_pool *pool);

struct hdr_chunk;

struct hdr {
	struct hdr_pool *pool;
	struct hdr_chunk **chunk; /* NULL until first record */
	uint64_t count;
	uint64_t sum_us;
	unsigned __int128 sum_sq;
	int64_t min_us, max_us; /* only valid when count > 0 */
	int figures;
};

/* Storage is the caller's; `figures` is 2 or 3. */
void hdr_init(struct hdr *h, struct hdr_pool *pool, int figures);
/* Empties it and gives its chunks back to the pool. Usable again. */
void hdr_reset(struct hdr *h);
void hdr_fini(struct hdr *h);

void hdr_record(struct hdr *h, int64_t us);
void hdr_record_n(struct hdr *h, int64_t us, uint64_t n);

/* Fetches the counter that `us` will be counted in. Counters lie far apart: who counts into
 * several histograms saves most of the waiting when all are fetched before the first. */
void hdr_fetch(const struct hdr *h, int64_t us);

/* Same figures required. Subtracting what was added before leaves min and max
 * as bounds only: hdr_recount_bounds() tightens them to bucket edges. */
void hdr_add(struct hdr *to, const struct hdr *from);
void hdr_subtract(struct hdr *from, const struct hdr *what);
void hdr_recount_bounds(struct hdr *h);

/* The value at rank ceil(q * count): the highest value that shares its bucket,
 * but never outside [min, max]. q in [0, 1]; 0 when empty. */
int64_t hdr_quantile_us(const struct hdr *h, double q);

/* Values in buckets that lie above the one of `us`. */
uint64_t hdr_count_above(const struct hdr *h, int64_t us);

/* Fixed list of statistics, all in one pass. Everything 0 when count is 0. */
struct dist {
	uint64_t count;
	double mean_us, stddev_us; /* population */
	int64_t min_us, p50_us, p75_us, p90_us, p95_us, p99_us, p999_us, max_us;
};
void hdr_dist(const struct hdr *h, struct dist *out);

/* Calls fn(arg, low, high, count) for each non-empty bucket, lowest first;
 * bucket values are low..high inclusive. */
void hdr_each(const struct hdr *h,
	      void (*fn)(void *arg, int64_t low_us, int64_t high_us, uint64_t count),
	      void *arg);

/* Saves or restores all of it but its figures, which must be the same. */
struct archive;
void hdr_archive(struct hdr *h, struct archive *a);

#endif
