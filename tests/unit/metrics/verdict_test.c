/* How much more is needed: forecasts against what it then took. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/rng.h"
#include "metrics/verdict.h"

#define RUNS 60
#define DRAWS_MOST 50000
#define LOOKS 7

static const int look_at[LOOKS] = {20, 50, 100, 200, 500, 1000, 2000};

struct ratios {
	double of[16 * RUNS]; /* forecast / what it took */
	int count, close;
};

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(struct ratios *r)
{
	qsort(r->of, (size_t)r->count, sizeof *r->of, ascending);
	return r->of[r->count / 2];
}

/* Draws until it is certain; adds how good each forecast on the way was. */
static void watch(uint64_t seed, double share, double allowed, struct ratios looks[LOOKS])
{
	double forecast[LOOKS], hits = 0;
	int n = 0, seen = 0;
	struct rng rng;

	rng_seed(&rng, seed, 7);
	while (n < DRAWS_MOST && !verdict_share(hits, n, allowed)) {
		hits += rng_double(&rng) < share;
		n++;
		if (seen < LOOKS && n == look_at[seen])
			forecast[seen++] = verdict_share_more(hits, n, allowed);
	}
	for (int i = 0; i < seen && look_at[i] < n; i++) {
		struct ratios *r = &looks[i];

		if (isinf(forecast[i]))
			r->close++;
		else
			r->of[r->count++] = forecast[i] / (n - look_at[i]);
	}
}

static void what_is_needed_is_foretold_within_a_factor_two(void **state)
{
	static const double allowed[] = {0.05, 0.01, 0.5}, off[] = {0.2, 0.5, 0.7, 1.4, 1.9};
	static struct ratios looks[LOOKS];
	uint64_t seed = 100;

	(void)state;
	for (size_t a = 0; a < sizeof allowed / sizeof *allowed; a++)
		for (size_t o = 0; o < sizeof off / sizeof *off; o++)
			for (int run = 0; run < RUNS; run++)
				watch(seed++, allowed[a] * off[o], allowed[a], looks);
	for (int i = 0; i < LOOKS; i++) {
		double half = median(&looks[i]);

		print_message("after %d draws: %d forecasts, at the median %.2f of what it took; %d too close\n",
			      look_at[i], looks[i].count, half, looks[i].close);
		assert_true(looks[i].count >= RUNS);
		assert_true(half >= 0.5 && half <= 2);
	}
}

/* A mean on the very target, looked at after each draw: seldom called either way. */
static void looking_at_a_mean_often_does_not_help(void **state)
{
	struct rng rng;
	int called = 0;

	(void)state;
	rng_seed(&rng, 12, 0);
	for (int run = 0; run < 400; run++) {
		double sum = 0, squares = 0;

		for (int n = 1; n <= 1000; n++) {
			double x = rng_normal(&rng);

			sum += x;
			squares += x * x;
			if (n >= 20 &&
			    verdict_mean(sum / n / sqrt((squares / n - sum / n * (sum / n)) / (n - 1)), n - 1, n)) {
				called++;
				break;
			}
		}
	}
	print_message("%d of 400\n", called);
	assert_true(called <= 16);
}

static void what_a_mean_needs(void **state)
{
	(void)state;
	assert_true(verdict_mean(8, 100, 100) && verdict_mean_times(8, 100, 100) == 1);
	assert_false(verdict_mean(2, 100, 100));
	assert_true(verdict_mean_times(2, 100, 100) > 2 && verdict_mean_times(2, 100, 100) < 5);
	assert_true(isinf(verdict_mean_times(0.9, 100, 100)));
	/* Few degrees of freedom: the error itself is hardly known. */
	assert_false(verdict_mean(4, 5, 100));
	/* Nothing is known. */
	assert_false(verdict_mean(NAN, 5, 100) || verdict_mean(8, NAN, 100) || verdict_mean(8, 5, 0));
	assert_true(isinf(verdict_mean_times(NAN, 5, 100)));
}

static void edges(void **state)
{
	double more;

	(void)state;
	/* Certain: nothing is needed; so it is at the number that was foretold. */
	assert_true(verdict_share_more(0, 500, 0.05) == 0);
	more = verdict_share_more(20, 1000, 0.05);
	assert_true(more == 0);
	more = verdict_share_more(35, 1000, 0.05);
	assert_true(more > 500 && more < 2000);
	assert_int_equal(verdict_share(35, 1000, 0.05), 0);
	assert_int_equal(verdict_share(35 * (1 + more * 1.05 / 1000), 1000 + more * 1.05, 0.05), -1);
	/* On the very target, and next to it. */
	assert_true(isinf(verdict_share_more(50, 1000, 0.05)));
	assert_true(isinf(verdict_share_more(56, 1000, 0.05)));
	assert_true(isfinite(verdict_share_more(62, 1000, 0.05)));
	/* None of a few is what there may be to come. */
	more = verdict_share_more(0, 20, 0.01);
	assert_true(more > 300 && more < 3000);
	/* Nothing to go by. */
	assert_true(isinf(verdict_share_more(0, 0, 0.05)));
	assert_true(isinf(verdict_share_more(5, 10, 0)));
}

static void how_many_must_be_far_below(void **state)
{
	(void)state;
	assert_true(verdict_far_count(10) == 0 && isinf(verdict_far_count(2.9)));
	for (double below = 3.1; below < 10; below += 0.5) {
		double count = verdict_far_count(below);

		assert_true(verdict_far(count * 1.001) <= below);
		assert_true(verdict_far(count * 0.98) > below);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_needed_is_foretold_within_a_factor_two),
		cmocka_unit_test(looking_at_a_mean_often_does_not_help),
		cmocka_unit_test(what_a_mean_needs),
		cmocka_unit_test(edges),
		cmocka_unit_test(how_many_must_be_far_below),
	};

	return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
