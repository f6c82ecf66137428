/* Buckets as distances from the one before, so that any layout of chunks can take
 * them in again. */
#include "metrics/hdr.h"

#include "base/archive.h"

#define SUM_MAX (UINT64_C(1) << 62)
#define BUCKETS_MAX 65536 /* more than 3 figures have */

struct walk {
	struct archive *archive;
	int64_t last_us;
	uint64_t buckets;
};

static void count_bucket(void *arg, int64_t low_us, int64_t high_us, uint64_t count)
{
	struct walk *walk = arg;

	(void)low_us, (void)high_us, (void)count;
	walk->buckets++;
}

static void save_bucket(void *arg, int64_t low_us, int64_t high_us, uint64_t count)
{
	struct walk *walk = arg;
	uint64_t step = (uint64_t)(low_us - walk->last_us);

	(void)high_us;
	archive_u64(walk->archive, &step, HDR_MAX_US);
	archive_count(walk->archive, &count);
	walk->last_us = low_us;
}

static void restore_buckets(struct hdr *h, struct archive *a, uint64_t buckets)
{
	int64_t at_us = 0;

	for (uint64_t i = 0; i < buckets && !a->bad; i++) {
		uint64_t step = 0, count = 0;

		archive_u64(a, &step, HDR_MAX_US);
		archive_count(a, &count);
		at_us += (int64_t)step;
		/* A sum of counts beyond any single one's limit is none either. */
		if (at_us > HDR_MAX_US || !count || h->count + count > ARCHIVE_COUNT_MAX) {
			a->bad = true;
			return;
		}
		hdr_record_n(h, at_us, count);
	}
}

void hdr_archive(struct hdr *h, struct archive *a)
{
	struct walk walk = {.archive = a};
	uint64_t high = (uint64_t)(h->sum_sq >> 64), low = (uint64_t)h->sum_sq;

	hdr_each(h, count_bucket, &walk);
	archive_u64(a, &walk.buckets, BUCKETS_MAX);
	if (!walk.buckets) {
		if (archive_restoring(a))
			hdr_reset(h);
		return;
	}
	if (!archive_restoring(a)) {
		hdr_each(h, save_bucket, &walk);
	} else {
		hdr_reset(h);
		restore_buckets(h, a, walk.buckets);
	}
	/* Exact, which the buckets are not. */
	archive_u64(a, &h->sum_us, SUM_MAX);
	archive_u64(a, &high, UINT64_MAX);
	archive_u64(a, &low, UINT64_MAX);
	archive_i64(a, &h->min_us, 0, ARCHIVE_TIME_MAX);
	archive_i64(a, &h->max_us, h->min_us, ARCHIVE_TIME_MAX);
	if (a->bad && archive_restoring(a))
		hdr_reset(h);
	else
		h->sum_sq = (unsigned __int128)high << 64 | low;
}
