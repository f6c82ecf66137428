/* Intervals and verdicts against queues whose truth is known: M/M/1 at utilisation
 * 0.8, whose sojourn time is exponential with mean 1 / (mu - lambda). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"
#include "metrics/batches.h"
#include "metrics/student.h"
#include "metrics/verdict.h"

#define SERVICE_US 1000.0
#define LOAD 0.8
#define MEAN_US (SERVICE_US / (1 - LOAD))

struct queue {
	struct rng rng;
	double arrival_us, free_us;
};

static double exponential(struct queue *s, double mean)
{
	return -log1p(-rng_double(&s->rng)) * mean;
}

/* The next customer's sojourn; leaves at *end_us. */
static double sojourn(struct queue *s, double *end_us)
{
	double start;

	s->arrival_us += exponential(s, SERVICE_US / LOAD);
	start = fmax(s->arrival_us, s->free_us);
	s->free_us = start + exponential(s, SERVICE_US);
	*end_us = s->free_us;
	return s->free_us - s->arrival_us;
}

/* The first so many customers of a queue that was empty, one after another: is there a
 * moment at which all were so far below a threshold that is 2 % below the p95? */
static bool seems_far(uint64_t seed, double load, int customers)
{
	double threshold = 3 / (1 - load) / 1.02, waits = 0, most = 0;
	struct queue s = {.free_us = 0};

	rng_seed(&s.rng, seed, 5);
	for (int n = 1; n <= customers && most * 3 <= threshold; n++) {
		double took = waits + exponential(&s, 1);

		most = fmax(most, took);
		waits = fmax(0, took - exponential(&s, 1 / load));
		if (n >= 101 && most * verdict_far(n) <= threshold)
			return true;
	}
	return false;
}

/* In its steady state: what it holds at first has the law of the long run. */
static struct queue queue_at(uint64_t seed)
{
	struct queue s = {.free_us = 0};

	rng_seed(&s.rng, seed, 3);
	if (rng_double(&s.rng) < LOAD)
		s.free_us = exponential(&s, MEAN_US);
	return s;
}

static double truth_us(double q)
{
	return -MEAN_US * log1p(-q);
}

struct world {
	struct hdr_pool *pool;
	struct batches batches;
	struct hdr all;
};

static int setup(void **state)
{
	static struct world w;

	w.pool = hdr_pool_new();
	batches_init(&w.batches, w.pool);
	hdr_init(&w.all, w.pool, 3);
	*state = &w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	batches_fini(&w->batches);
	hdr_fini(&w->all);
	hdr_pool_free(w->pool);
	return 0;
}

static void fill(struct world *w, uint64_t seed, int n)
{
	struct queue s = queue_at(seed);

	batches_reset(&w->batches);
	hdr_reset(&w->all);
	for (int i = 0; i < n; i++) {
		double end_us, us = sojourn(&s, &end_us);

		batches_add(&w->batches, (int64_t)end_us, (int64_t)us, false);
		hdr_record(&w->all, (int64_t)us);
	}
}

/* As soon as they are given, where they have least to go by. */
static void intervals_cover_under_queueing(void **state)
{
	static const struct {
		double q, least;
		int n;
		uint64_t runs;
	} row[] = {{0.50, 0.92, 2000, 200}, {0.99, 0.85, 25000, 100}};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		double truth = truth_us(row[i].q);
		int given = 0, covered = 0;

		for (uint64_t run = 0; run < row[i].runs; run++) {
			struct interval ci;

			fill(w, 1000 + run, row[i].n);
			batches_interval(&w->batches, &w->all, row[i].q, &ci);
			given += ci.known;
			covered += ci.known && (double)ci.low_us <= truth * 1.001 && truth <= (double)ci.high_us * 1.001;
		}
		print_message("q %.2f: %d of %d have an interval, %d of them cover the truth\n", row[i].q, given,
			      (int)row[i].runs, covered);
		assert_int_equal(given, row[i].runs);
		assert_true(covered >= row[i].least * given);
	}
}

/* Quality is worse in a busy time, and every answer counts for the rate. */
static void fill_sums(struct world *w, uint64_t seed, int n, int64_t *end)
{
	struct queue s = queue_at(seed);
	double end_us = 0;

	batches_reset(&w->batches);
	hdr_reset(&w->all);
	for (int i = 0; i < n; i++) {
		double us = sojourn(&s, &end_us);

		batches_add(&w->batches, (int64_t)end_us, (int64_t)us, false);
		batches_sum(&w->batches, (const uint64_t[BATCH_SUMS]){
			[BATCH_ANSWERED] = 1, [BATCH_TOKENS] = 50 + (uint64_t)i % 101,
			[BATCH_CHECKED] = 1, [BATCH_QUALITY] = us > MEAN_US ? 40 : 100});
		hdr_record(&w->all, (int64_t)us);
	}
	*end = (int64_t)end_us + 1;
}

#define MEANS_RUNS 400

static double sum_of(const struct world *w, enum batch_sum sum)
{
	double all = 0;

	for (int i = 0; i < w->batches.count; i++)
		all += (double)w->batches.sum[sum][i];
	return all;
}

/* As run/slo_interval.c has them, as soon as it has. */
static bool covers_mean(const struct world *w)
{
	struct standard_error e = batches_error_mean(&w->batches, &w->all);
	double mean = (double)w->all.sum_us / (double)w->all.count;

	return fabs(log(mean / MEAN_US)) <= student_point(e.df) * e.error / mean;
}

static bool covers_rate(const struct world *w, enum batch_sum sum, int64_t us, double truth)
{
	struct standard_error e = batches_error_rate(&w->batches, sum, us);

	return fabs(sum_of(w, sum) / (double)us - truth) <= student_point(e.df) * e.error;
}

static bool covers_quality(const struct world *w)
{
	struct standard_error e = batches_error_quality(&w->batches);

	return fabs(sum_of(w, BATCH_QUALITY) / sum_of(w, BATCH_CHECKED) - (100 - 60 * exp(-1))) <=
	       student_point(e.df) * e.error;
}

static void means_and_rates_cover_under_queueing(void **state)
{
	struct world *w = *state;
	int mean = 0, rate = 0, tokens = 0, quality = 0;
	int64_t us;

	for (uint64_t run = 0; run < MEANS_RUNS; run++) {
		fill_sums(w, 20000 + run, 1000, &us);
		rate += covers_rate(w, BATCH_ANSWERED, us, LOAD / SERVICE_US);
		tokens += covers_rate(w, BATCH_TOKENS, us, 100 * LOAD / SERVICE_US);
		fill_sums(w, 20000 + run, 2000, &us);
		quality += covers_quality(w);
		fill_sums(w, 20000 + run, 5000, &us);
		mean += covers_mean(w);
	}
	print_message("of %d intervals cover: mean %d, rate %d, tokens %d, quality %d\n", MEANS_RUNS, mean, rate,
		      tokens, quality);
	assert_true(mean >= 0.9 * MEANS_RUNS && quality >= 0.9 * MEANS_RUNS);
	assert_true(rate >= 0.9 * MEANS_RUNS && tokens >= 0.9 * MEANS_RUNS);
	/* And say something. */
	assert_true(rate < MEANS_RUNS && quality < MEANS_RUNS);
}

/* Of a mean off the truth on either side, looked at every second, as run/slo_judge.c does:
 * 1: met or missed as is true, -1: not as is true. */
static int judged_mean(const struct world *w, double threshold, int truth)
{
	struct standard_error e = batches_error_mean(&w->batches, &w->all);
	double draws = (double)w->all.count / batches_alike(&w->batches), error, df = draws - 1;
	struct dist d;

	hdr_dist(&w->all, &d);
	error = d.stddev_us / sqrt(draws);
	if (e.error > error) {
		error = e.error;
		df = e.df;
		draws = d.stddev_us / error * (d.stddev_us / error);
	}
	if (!verdict_mean(log(d.mean_us / threshold) * d.mean_us / error, df, draws))
		return 0;
	return (d.mean_us < threshold) == (truth > 0) ? 1 : -1;
}

static void means_are_seldom_judged_wrong(void **state)
{
	static const double off[] = {0.6, 0.9, 1.12, 1.8};
	struct world *w = *state;
	int right = 0, wrong = 0, once = 0;

	for (int run = 0; run < MEANS_RUNS; run++) {
		struct queue s = queue_at(70000 + (uint64_t)run);
		double look_us = 1e6, end_us;
		bool ever = false;
		int last = 0;

		batches_reset(&w->batches);
		hdr_reset(&w->all);
		for (int i = 0; i < 10000; i++) {
			int64_t us = (int64_t)sojourn(&s, &end_us);

			batches_add(&w->batches, (int64_t)end_us, us, false);
			hdr_record(&w->all, us);
			if (end_us < look_us)
				continue;
			last = judged_mean(w, MEAN_US * off[run % 4], off[run % 4] > 1 ? 1 : -1);
			ever |= last < 0;
			look_us += 1e6;
		}
		right += last > 0;
		wrong += last < 0;
		once += ever;
	}
	print_message("means: of %d, %d ended right, %d wrong, %d were wrong at some look\n", MEANS_RUNS, right, wrong,
		      once);
	assert_true(wrong <= MEANS_RUNS / 20 && once <= MEANS_RUNS / 20);
	assert_true(right >= MEANS_RUNS / 5);
}

static void says_what_it_needs(void **state)
{
	struct world *w = *state;
	struct interval ci;

	fill(w, 1, 1500);
	batches_interval(&w->batches, &w->all, 0.5, &ci);
	assert_false(ci.known);
	assert_int_equal((int)ci.more, 500);
	fill(w, 1, 2100);
	batches_interval(&w->batches, &w->all, 0.5, &ci);
	assert_true(ci.known);
	batches_interval(&w->batches, &w->all, 0.95, &ci);
	assert_false(ci.known);
	assert_int_equal((int)ci.more, 2900);
	batches_interval(&w->batches, &w->all, 0.99, &ci);
	assert_false(ci.known);
	assert_int_equal((int)ci.more, 22900);
}

static void memory_is_flat_and_nothing_is_lost(void **state)
{
	struct world *w = *state;
	uint64_t n = 0;

	fill(w, 2, 200000);
	assert_true(w->batches.count <= BATCHES_MAX && w->batches.count >= BATCHES_MAX / 2);
	for (int i = 0; i < BATCHES_MAX; i++) {
		assert_int_equal(w->batches.time[i].count, w->batches.all[i]);
		n += w->batches.all[i];
	}
	assert_int_equal(n, 200000);
	assert_int_equal(w->batches.length_us % 10000, 0);
}

static void neighbours_that_are_alike_count_less(void **state)
{
	struct world *w = *state;
	struct queue s = queue_at(5);
	double apart;

	fill(w, 5, 20000);
	assert_true(batches_inflation_above(&w->batches, (int64_t)truth_us(0.9)) > 5);
	/* The same law without a queue. */
	batches_reset(&w->batches);
	for (int i = 0; i < 20000; i++)
		batches_add(&w->batches, i * 1000, (int64_t)exponential(&s, MEAN_US), false);
	apart = batches_inflation_above(&w->batches, (int64_t)truth_us(0.9));
	assert_true(apart >= 1 && apart < 2.5);
	assert_true(batches_inflation_bad(&w->batches) <= 1);
}

/* How 1,000 runs ended that were looked at every second. */
struct judged {
	int right, wrong, wrong_once;
};

/* Of a p95 target some way off the truth, on either side. `slower`: by what requests
 * are than 1 ms, and looks at them closer together. */
static struct judged judge(struct world *w, double slower, int requests)
{
	static const double off[] = {0.7, 0.9, 1.12, 1.5};
	struct judged j = {0};

	for (int run = 0; run < 1000; run++) {
		int64_t threshold_us = (int64_t)(truth_us(0.95) * off[run % 4]);
		int truth = off[run % 4] < 1 ? 1 : -1, last = 0;
		struct queue s = queue_at(50000 + (uint64_t)run);
		double look_us = 1e6 / slower, end_us, us;
		bool once = false;

		batches_reset(&w->batches);
		hdr_reset(&w->all);
		for (int i = 0; i < requests; i++) {
			us = sojourn(&s, &end_us);
			if (end_us >= look_us || i == requests - 1) {
				double n = (double)w->all.count, k = (double)hdr_count_above(&w->all, threshold_us);
				double inflation = batches_inflation(&w->batches, threshold_us, hdr_quantile_us(&w->all, 0.95));

				last = verdict_share(k / inflation, n / inflation, 0.05);
				once = once || last == -truth;
				while (look_us <= end_us)
					look_us += 1e6 / slower;
			}
			batches_add(&w->batches, (int64_t)end_us, (int64_t)us, false);
			hdr_record(&w->all, (int64_t)us);
		}
		j.wrong_once += once;
		j.wrong += last == -truth;
		j.right += last == truth;
	}
	print_message("requests of %g ms: of 1000 %d ended right, %d wrong, %d were wrong at some look\n", slower,
		      j.right, j.wrong, j.wrong_once);
	return j;
}

static void verdicts_are_seldom_wrong(void **state)
{
	struct judged fast = judge(*state, 1, 6000), slow = judge(*state, 100, 400);

	assert_true(fast.wrong <= 50 && fast.wrong_once <= 50);
	assert_true(fast.right >= 200);
	/* After ten requests already, all of one busy time. */
	assert_true(slow.wrong <= 50 && slow.wrong_once <= 50);
	assert_true(slow.right >= 20);
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

#define FORETOLD_AT 1000
#define FORETOLD_RUNS 160
#define CUSTOMERS_MOST 300000

/* Of how many more requests a p95 target will have its verdict, said after FORETOLD_AT of
 * them: over how many it then took. NAN: it had one by then, or it was too close. */
static double foretold(struct world *w, uint64_t seed, double off)
{
	int64_t threshold_us = (int64_t)(truth_us(0.95) * off);
	struct queue s = queue_at(seed);
	double forecast = 0;

	batches_reset(&w->batches);
	hdr_reset(&w->all);
	for (int i = 1; i <= CUSTOMERS_MOST; i++) {
		double end_us, us = sojourn(&s, &end_us), hits, inflation, draws;

		batches_add(&w->batches, (int64_t)end_us, (int64_t)us, false);
		hdr_record(&w->all, (int64_t)us);
		if (i < FORETOLD_AT || i % (FORETOLD_AT / 4))
			continue;
		hits = (double)hdr_count_above(&w->all, threshold_us);
		inflation = batches_inflation(&w->batches, threshold_us, hdr_quantile_us(&w->all, 0.95));
		draws = i / inflation;
		if (verdict_share(hits / inflation, draws, 0.05))
			return forecast > 0 ? forecast / (i - FORETOLD_AT) : NAN;
		if (i == FORETOLD_AT)
			forecast = inflation * verdict_share_more(hits / inflation, draws, 0.05);
		if (isinf(forecast))
			return NAN;
	}
	return forecast / CUSTOMERS_MOST;
}

static void what_a_queue_needs_is_foretold(void **state)
{
	static const double off[] = {0.6, 0.8, 1.3, 1.6};
	double ratio[FORETOLD_RUNS], half;
	int count = 0;

	for (uint64_t run = 0; run < FORETOLD_RUNS; run++) {
		double r = foretold(*state, 7000 + run, off[run % 4]);

		if (!isnan(r))
			ratio[count++] = r;
	}
	qsort(ratio, (size_t)count, sizeof *ratio, ascending);
	half = ratio[count / 2];
	print_message("%d of %d foretold, at the median %.2f of what it took, half of them %.2f to %.2f\n", count,
		      FORETOLD_RUNS, half, ratio[count / 4], ratio[3 * count / 4]);
	assert_true(count >= FORETOLD_RUNS / 4);
	assert_true(half >= 0.5 && half <= 2);
}

static void far_below_is_seldom_the_beginning_of_a_queue(void **state)
{
	static const struct {
		double load;
		int most; /* of 1,000 */
	} of[] = {{0.8, 0}, {0.9, 5}, {0.95, 50}};

	(void)state;
	assert_true(verdict_far(20) == 10 && verdict_far(1e9) == 3);
	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		int wrong = 0;

		for (uint64_t seed = 0; seed < 1000; seed++)
			wrong += seems_far(seed, of[i].load, 20000);
		print_message("%g %% busy: %d of 1000\n", 100 * of[i].load, wrong);
		assert_in_range(wrong, 0, of[i].most);
	}
}

static void small_samples(void **state)
{
	(void)state;
	/* All alike, far off: certain. */
	assert_int_equal(verdict_share(0, 200, 0.05), -1);
	assert_int_equal(verdict_share(20, 20, 0.05), 1);
	/* Too few to tell. */
	assert_int_equal(verdict_share(0, 20, 0.01), 0);
	assert_int_equal(verdict_share(0, 50, 0.05), 0);
	assert_int_equal(verdict_share(1, 20, 0.05), 0);
	assert_int_equal(verdict_share(50, 1000, 0.05), 0);
	assert_int_equal(verdict_share(0, 0, 0.05), 0);
	assert_int_equal(verdict_share(5, 10, 0), 0);
}

/* Fair draws at the very limit, looked at after each: seldom called either way. */
static void looking_often_does_not_help(void **state)
{
	struct rng rng;
	int called = 0;

	(void)state;
	rng_seed(&rng, 11, 0);
	for (int run = 0; run < 500; run++) {
		double hits = 0;

		for (int n = 1; n <= 2000; n++) {
			hits += rng_double(&rng) < 0.05;
			if (verdict_share(hits, n, 0.05)) {
				called++;
				break;
			}
		}
	}
	print_message("%d of 500\n", called);
	assert_true(called <= 20); /* 2 % of 500 is 10 */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(intervals_cover_under_queueing, setup, teardown),
		cmocka_unit_test_setup_teardown(means_and_rates_cover_under_queueing, setup, teardown),
		cmocka_unit_test_setup_teardown(means_are_seldom_judged_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(says_what_it_needs, setup, teardown),
		cmocka_unit_test_setup_teardown(memory_is_flat_and_nothing_is_lost, setup, teardown),
		cmocka_unit_test_setup_teardown(neighbours_that_are_alike_count_less, setup, teardown),
		cmocka_unit_test_setup_teardown(verdicts_are_seldom_wrong, setup, teardown),
		cmocka_unit_test_setup_teardown(what_a_queue_needs_is_foretold, setup, teardown),
		cmocka_unit_test(far_below_is_seldom_the_beginning_of_a_queue),
		cmocka_unit_test(small_samples),
		cmocka_unit_test(looking_often_does_not_help),
	};

	return cmocka_run_group_tests_name("batches", tests, NULL, NULL);
}
