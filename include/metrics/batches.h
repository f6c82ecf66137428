/* A run cut into batches of equal length, from which the uncertainty of its figures
 * follows: requests that queue behind each other are no independent draws, batches
 * longer than the queue's memory nearly are.
 *
 * Memory is flat: when there are BATCHES_MAX of them neighbours are merged and the
 * length doubles. The length of time is measured time, pauses left out. One thread. */
#ifndef METRICS_BATCHES_H
#define METRICS_BATCHES_H

#include <stdbool.h>

#include "metrics/alike.h"
#include "metrics/hdr.h"

#define BATCHES_MAX 64
#define BATCHES_LEAST 20 /* fewer say nothing of a variance */

/* Sums over exchanges: answers, answers that meet what SLOs ask, output tokens; and of
 * those that were checked how many, and their quality in any unit. */
enum batch_sum { BATCH_ANSWERED, BATCH_GOOD, BATCH_TOKENS, BATCH_CHECKED, BATCH_QUALITY, BATCH_SUMS };

struct batches {
	int64_t length_us;
	int count; /* the last one may still grow */
	uint64_t all[BATCHES_MAX], bad[BATCHES_MAX]; /* exchanges; those that failed */
	struct hdr time[BATCHES_MAX];                /* 2 figures */
	uint64_t sum[BATCH_SUMS][BATCHES_MAX];
	struct alike times_alike, bad_alike;
};

void batches_init(struct batches *b, struct hdr_pool *pool);
void batches_reset(struct batches *b);
void batches_fini(struct batches *b);
/* An exchange that ended after at_us of measured time; us < 0: it has no latency. */
void batches_add(struct batches *b, int64_t at_us, int64_t us, bool bad);
/* What the exchange that was added last adds to the sums. */
void batches_sum(struct batches *b, const uint64_t add[BATCH_SUMS]);
struct archive;
void batches_archive(struct batches *b, struct archive *a);

/* 95 % interval of the q-quantile of `all`, the histogram of all that was added. The
 * share of values up to the quantile is a ratio of sums over 20 to 39 batches; its
 * variance is that of the batches' residuals (Cochran, Sampling Techniques, ch. 6),
 * with what batches twice as long add to it added once more ("lugsail": Vats and
 * Flegal, Biometrika 109, 2022), and no less than metrics/alike.h has it. The interval
 * is Student's of the share's log-odds, which keep it within 0 and 1, turned back into
 * values by the histogram. Needs BATCHES_LEAST batches, 2,000 values, and 250 of them
 * beyond the quantile on either side (so 5,000 for p95, 25,000 for p99): a fixed number,
 * for one that follows the sample would be reached by the calm ones first. */
struct interval {
	bool known;
	int64_t low_us, high_us;
	double more; /* unknown: how many values are needed yet; 0: more batches */
};
void batches_interval(const struct batches *b, const struct hdr *all, double q, struct interval *out);
/* The same, where that is not known yet from how much neighbours are alike: as rough as
 * that is early. Needs three independent values' worth beyond the quantile on either side. */
void batches_interval_early(const struct batches *b, const struct hdr *all, double q, struct interval *out);

/* By what the variance of a share is larger than that of as many independent draws,
 * at least 1: of values above threshold_us, or of failures. The larger of what the
 * batches say, where there are enough, and what neighbours do (metrics/alike.h), up to 50. */
double batches_inflation_above(const struct batches *b, int64_t threshold_us);
/* The same; where few values lie above the threshold, or few below, at least that of
 * `usual_us`: too little was seen to call them unlike. */
double batches_inflation(const struct batches *b, int64_t threshold_us, int64_t usual_us);
double batches_inflation_bad(const struct batches *b);
/* The same of quality as a share of the best there is. */
double batches_inflation_quality(const struct batches *b, double best);
/* All that failed, two or more, in batches next to each other: at most a quarter of them. */
bool batches_one_burst(const struct batches *b);
/* By what neighbours alone tell, for what no batch knows of. */
double batches_alike(const struct batches *b);

/* Standard errors, from batches as those of percentiles are; NAN: fewer than
 * BATCHES_LEAST. `df`: degrees of freedom. Of the
 * mean of the times, `all` of which are in a histogram, no less than neighbours tell; of a sum per
 * microsecond, at least that of one value more or less; of the mean quality. */
struct standard_error {
	double error, df;
};
struct standard_error batches_error_mean(const struct batches *b, const struct hdr *all);
struct standard_error batches_error_rate(const struct batches *b, enum batch_sum sum, int64_t measured_us);
struct standard_error batches_error_quality(const struct batches *b);

#endif
