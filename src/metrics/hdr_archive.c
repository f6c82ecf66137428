/* Counters as runs of buckets that follow each other: how many empty ones come before,
 * how many there are, and their counts. Most are a byte. */
#include "base/archive.h"
#include "hdr_layout.h"
#include "metrics/hdr.h"

#define SUM_MAX (UINT64_C(1) << 62)
#define BUCKETS_MAX 65536 /* more than 3 figures have */

/* Each run is written when it has ended, since its length comes first. */
struct runs {
	struct archive *archive;
	int figures;
	unsigned end;    /* the bucket behind the last run that was written */
	unsigned first;  /* of the present one */
	uint64_t length; /* of the present one; 0: there is none yet */
	uint64_t count[256];
};

static void end_run(struct runs *r)
{
	uint64_t skipped = r->first - r->end;

	archive_u64(r->archive, &r->length, sizeof r->count / sizeof *r->count);
	if (!r->length)
		return;
	archive_u64(r->archive, &skipped, BUCKETS_MAX);
	for (uint64_t i = 0; i < r->length; i++)
		archive_count(r->archive, &r->count[i]);
	r->end = r->first + (unsigned)r->length;
	r->length = 0;
}

static void save_bucket(void *arg, int64_t low_us, int64_t high_us, uint64_t count)
{
	struct runs *r = arg;
	unsigned index = hdr_index_of(r->figures, low_us < 1 ? 1 : low_us);

	(void)high_us;
	if (r->length && (index != r->first + r->length || r->length == sizeof r->count / sizeof *r->count))
		end_run(r);
	if (!r->length)
		r->first = index;
	r->count[r->length++] = count;
}

static void save_buckets(const struct hdr *h, struct archive *a)
{
	struct runs runs = {.archive = a, .figures = h->figures};

	hdr_each(h, save_bucket, &runs);
	if (runs.length)
		end_run(&runs);
	end_run(&runs);
}

static void restore_run(struct hdr *h, struct archive *a, uint64_t *index, uint64_t length)
{
	uint64_t skipped = 0;

	archive_u64(a, &skipped, BUCKETS_MAX);
	*index += skipped;
	for (; length && !a->bad; length--, ++*index) {
		uint64_t count = 0;
		int shift;

		archive_count(a, &count);
		/* A sum of counts beyond any single one's limit is none either. */
		if (*index > hdr_index_of(h->figures, HDR_MAX_US) || !count ||
		    h->count + count > ARCHIVE_COUNT_MAX)
			a->bad = true;
		else
			hdr_record_n(h, hdr_low_of(h->figures, (unsigned)*index, &shift), count);
	}
}

static void restore_buckets(struct hdr *h, struct archive *a)
{
	uint64_t index = 0, length;

	hdr_reset(h);
	do {
		length = 0;
		archive_u64(a, &length, 256);
		if (length)
			restore_run(h, a, &index, length);
	} while (length && !a->bad);
}

void hdr_archive(struct hdr *h, struct archive *a)
{
	uint64_t high = (uint64_t)(h->sum_sq >> 64), low = (uint64_t)h->sum_sq;

	if (archive_restoring(a))
		restore_buckets(h, a);
	else
		save_buckets(h, a);
	if (!h->count)
		return;
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
