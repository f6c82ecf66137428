#include "metrics/batches.h"

#include <math.h>
#include <string.h>

#include "base/archive.h"
#include "metrics/student.h"

#define FIRST_LENGTH_US INT64_C(10000)
#define USED_MOST (2 * BATCHES_LEAST) /* fewer, longer batches are less alike */
#define BEYOND_LEAST 250
#define VALUES_LEAST 2000
#define SEEN_LEAST 100
#define EARLY_LEAST 3
#define ALIKE_MOST 50 /* that is a trend rather than a queue: for the batches to tell */

void batches_init(struct batches *b, struct hdr_pool *pool)
{
	memset(b, 0, sizeof *b);
	b->length_us = FIRST_LENGTH_US;
	for (int i = 0; i < BATCHES_MAX; i++)
		hdr_init(&b->time[i], pool, 2);
}

void batches_reset(struct batches *b)
{
	b->length_us = FIRST_LENGTH_US;
	b->count = 0;
	memset(b->all, 0, sizeof b->all);
	memset(b->bad, 0, sizeof b->bad);
	memset(b->sum, 0, sizeof b->sum);
	b->times_alike = b->bad_alike = (struct alike){0};
	for (int i = 0; i < BATCHES_MAX; i++)
		hdr_reset(&b->time[i]);
}

void batches_fini(struct batches *b)
{
	for (int i = 0; i < BATCHES_MAX; i++)
		hdr_fini(&b->time[i]);
}

/* Pairs become one, the rest nothing. */
static void merge_sums(uint64_t sum[BATCHES_MAX])
{
	for (int i = 0; i < BATCHES_MAX / 2; i++)
		sum[i] = sum[2 * i] + sum[2 * i + 1];
	memset(sum + BATCHES_MAX / 2, 0, BATCHES_MAX / 2 * sizeof *sum);
}

static void merge_neighbours(struct batches *b)
{
	for (int i = 0; i < BATCHES_MAX; i++) {
		int to = i / 2;

		if (to == i)
			continue;
		if (i % 2 == 0)
			hdr_reset(&b->time[to]);
		hdr_add(&b->time[to], &b->time[i]);
	}
	for (int i = BATCHES_MAX / 2; i < BATCHES_MAX; i++)
		hdr_reset(&b->time[i]);
	merge_sums(b->all);
	merge_sums(b->bad);
	for (int k = 0; k < BATCH_SUMS; k++)
		merge_sums(b->sum[k]);
	b->length_us *= 2;
	b->count = (b->count + 1) / 2;
}

void batches_add(struct batches *b, int64_t at_us, int64_t us, bool bad)
{
	while (at_us / b->length_us >= BATCHES_MAX)
		merge_neighbours(b);
	int i = (int)(at_us / b->length_us);

	if (i >= b->count)
		b->count = i + 1;
	b->all[i]++;
	b->bad[i] += bad;
	alike_add(&b->bad_alike, bad);
	if (us < 0)
		return;
	hdr_record(&b->time[i], us);
	/* Logarithms: one huge value does not hide what the others have in common. */
	alike_add(&b->times_alike, log((double)us + 1));
}

void batches_sum(struct batches *b, const uint64_t add[BATCH_SUMS])
{
	for (int k = 0; k < BATCH_SUMS; k++)
		b->sum[k][b->count - 1] += add[k];
}

void batches_archive(struct batches *b, struct archive *a)
{
	int doublings = 0;

	while (FIRST_LENGTH_US << doublings < b->length_us)
		doublings++;
	archive_int(a, &doublings, 0, 30);
	if (archive_restoring(a)) {
		batches_reset(b);
		b->length_us = FIRST_LENGTH_US << doublings;
	}
	archive_int(a, &b->count, 0, BATCHES_MAX);
	for (int i = 0; i < b->count; i++) {
		archive_count(a, &b->all[i]);
		archive_count(a, &b->bad[i]);
		for (int k = 0; k < BATCH_SUMS; k++)
			archive_count(a, &b->sum[k][i]);
		hdr_archive(&b->time[i], a);
	}
	alike_archive(&b->times_alike, a);
	alike_archive(&b->bad_alike, a);
}

/* --- shares ----------------------------------------------------------------- */

/* Hits among draws, batch by batch. */
struct shares {
	int count;
	double hits[BATCHES_MAX], draws[BATCHES_MAX];
	double all_hits, all_draws;
};

static void shares_add(struct shares *s, double hits, double draws)
{
	s->hits[s->count] = hits;
	s->draws[s->count++] = draws;
	s->all_hits += hits;
	s->all_draws += draws;
}

/* Pairs become one. */
static void shares_halve(struct shares *s)
{
	int half = s->count / 2;

	for (int i = 0; i < half; i++) {
		s->hits[i] = s->hits[2 * i] + s->hits[2 * i + 1];
		s->draws[i] = s->draws[2 * i] + s->draws[2 * i + 1];
	}
	if (s->count % 2) {
		s->hits[half - 1] += s->hits[s->count - 1];
		s->draws[half - 1] += s->draws[s->count - 1];
	}
	s->count = half;
}

static void shares_join(struct shares *s)
{
	while (s->count >= USED_MOST)
		shares_halve(s);
}

static void shares_above(const struct batches *b, int64_t us, struct shares *out)
{
	*out = (struct shares){0};
	for (int i = 0; i < b->count; i++)
		shares_add(out, (double)hdr_count_above(&b->time[i], us), (double)b->time[i].count);
	shares_join(out);
}

/* Of the ratio of the sums. */
static double variance(const struct shares *s)
{
	double share = s->all_hits / s->all_draws, sum = 0;

	for (int i = 0; i < s->count; i++) {
		double residual = s->hits[i] - share * s->draws[i];

		sum += residual * residual;
	}
	return sum * s->count / (s->count - 1) / (s->all_draws * s->all_draws);
}

/* As if the batches were longer: what twice the length adds is added once more. */
static double long_variance(const struct shares *s)
{
	struct shares pairs = *s;

	shares_halve(&pairs);
	return fmax(variance(s), 2 * variance(&pairs) - variance(s));
}

/* By what neighbours tell. */
static double neighbours(const struct alike *a)
{
	return fmin(alike_inflation(a), ALIKE_MOST);
}

static double inflation(const struct shares *s)
{
	double share = s->all_hits / s->all_draws, independent = share * (1 - share) / s->all_draws;

	if (s->count < BATCHES_LEAST / 2 || !(independent > 0))
		return 1;
	return fmax(1, variance(s) / independent);
}

double batches_inflation_above(const struct batches *b, int64_t threshold_us)
{
	struct shares s;

	shares_above(b, threshold_us, &s);
	return fmax(inflation(&s), neighbours(&b->times_alike));
}

double batches_inflation(const struct batches *b, int64_t threshold_us, int64_t usual_us)
{
	struct shares s;

	shares_above(b, threshold_us, &s);
	if (s.all_hits >= SEEN_LEAST && s.all_draws - s.all_hits >= SEEN_LEAST)
		return fmax(inflation(&s), neighbours(&b->times_alike));
	return fmax(inflation(&s), batches_inflation_above(b, usual_us));
}

double batches_inflation_bad(const struct batches *b)
{
	struct shares s = {0};

	for (int i = 0; i < b->count; i++)
		shares_add(&s, (double)b->bad[i], (double)b->all[i]);
	shares_join(&s);
	return fmax(inflation(&s), neighbours(&b->bad_alike));
}

bool batches_one_burst(const struct batches *b)
{
	int first = b->count, last = -1;
	uint64_t bad = 0;

	for (int i = 0; i < b->count; i++) {
		bad += b->bad[i];
		if (b->bad[i])
			last = i;
		if (b->bad[i] && i < first)
			first = i;
	}
	return bad > 1 && (last - first + 1) * 4 <= b->count;
}

double batches_inflation_quality(const struct batches *b, double best)
{
	struct shares s = {0};

	for (int i = 0; i < b->count; i++)
		shares_add(&s, (double)b->sum[BATCH_QUALITY][i] / best, (double)b->sum[BATCH_CHECKED][i]);
	shares_join(&s);
	return inflation(&s);
}

double batches_alike(const struct batches *b)
{
	return neighbours(&b->times_alike);
}

/* --- standard errors ---------------------------------------------------------- */

static struct standard_error error_of(struct shares *s, double least)
{
	shares_join(s);
	if (s->count < BATCHES_LEAST || !(s->all_draws > 0))
		return (struct standard_error){NAN, NAN};
	return (struct standard_error){fmax(sqrt(long_variance(s)), least), s->count - 1};
}

struct standard_error batches_error_mean(const struct batches *b, const struct hdr *all)
{
	struct shares s = {0};
	struct dist d;

	for (int i = 0; i < b->count; i++)
		shares_add(&s, (double)b->time[i].sum_us, (double)b->time[i].count);
	hdr_dist(all, &d);
	return error_of(&s, d.count ? d.stddev_us * sqrt(neighbours(&b->times_alike) / (double)d.count) : 0);
}

struct standard_error batches_error_rate(const struct batches *b, enum batch_sum sum, int64_t measured_us)
{
	double values = 0, all = 0;
	struct shares s = {0};

	/* To the end of what was measured: where nothing came, too. */
	for (int i = 0; i < BATCHES_MAX && i * b->length_us < measured_us; i++) {
		int64_t left_us = measured_us - i * b->length_us;

		shares_add(&s, (double)b->sum[sum][i], (double)(left_us < b->length_us ? left_us : b->length_us));
		values += (double)b->sum[BATCH_ANSWERED][i];
		all += (double)b->sum[sum][i];
	}
	return error_of(&s, values > 0 ? all / values / (double)measured_us : 0);
}

struct standard_error batches_error_quality(const struct batches *b)
{
	struct shares s = {0};

	for (int i = 0; i < b->count; i++)
		shares_add(&s, (double)b->sum[BATCH_QUALITY][i], (double)b->sum[BATCH_CHECKED][i]);
	return error_of(&s, 0);
}

/* --- intervals -------------------------------------------------------------- */

/* Where the log-odds of a share are `by` away: between 0 and 1 whatever that is. */
static double share_away(double share, double by)
{
	return 1 / (1 + (1 - share) / share * exp(-by));
}

static void between(const struct hdr *all, double q, double by, struct interval *out)
{
	out->known = true;
	out->low_us = hdr_quantile_us(all, share_away(q, -by));
	out->high_us = hdr_quantile_us(all, share_away(q, by));
}

void batches_interval(const struct batches *b, const struct hdr *all, double q, struct interval *out)
{
	double needed = fmax(VALUES_LEAST, BEYOND_LEAST / fmin(q, 1 - q)), least, by;
	struct shares s;

	*out = (struct interval){.known = false};
	if ((double)all->count < needed) {
		out->more = ceil(needed - (double)all->count);
		return;
	}
	shares_above(b, hdr_quantile_us(all, q), &s);
	if (s.count < BATCHES_LEAST)
		return;
	/* No less than what neighbours alone tell. */
	least = q * (1 - q) / (double)all->count * neighbours(&b->times_alike);
	by = student_point(s.count - 1) * sqrt(fmax(long_variance(&s), least)) / (q * (1 - q));
	between(all, q, by, out);
}

void batches_interval_early(const struct batches *b, const struct hdr *all, double q, struct interval *out)
{
	double draws;

	batches_interval(b, all, q, out);
	draws = (double)all->count / neighbours(&b->times_alike);
	if (!out->known && draws * fmin(q, 1 - q) >= EARLY_LEAST)
		between(all, q, student_point(draws - 1) / sqrt(draws * q * (1 - q)), out);
}
