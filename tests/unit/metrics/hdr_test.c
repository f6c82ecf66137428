#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "metrics/hdr.h"

static int setup(void **state)
{
	*state = hdr_pool_new();
	return 0;
}

static int teardown(void **state)
{
	hdr_pool_free(*state);
	return 0;
}

/* --- against sorted arrays ------------------------------------------------ */

enum shape { UNIFORM, LOGNORMAL, CONSTANT, TWO_POINT, SMALL, DAY, WHOLE_RANGE, SHAPES };

static int64_t draw(enum shape shape, struct rng *rng)
{
	switch (shape) {
	case UNIFORM:
		return (int64_t)rng_below(rng, 3000000);
	case LOGNORMAL:
		return (int64_t)(1.4e6 * exp(0.6 * rng_normal(rng)));
	case CONSTANT:
		return 123457;
	case TWO_POINT:
		return rng_below(rng, 10) ? 1501 : 90000001;
	case SMALL:
		return (int64_t)rng_below(rng, 3);
	case DAY:
		return HDR_MAX_US - (int64_t)rng_below(rng, 1000000000);
	default:
		/* Every octave as often as any other. */
		return (int64_t)(HDR_MAX_US * exp2(-37 * rng_double(rng)));
	}
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void check_near(int64_t got, int64_t exact, int figures)
{
	int64_t slack = exact / (figures == 3 ? 1000 : 100);

	if (slack < 1)
		slack = 1;
	/* The highest value of the bucket: never below the exact one. */
	assert_true(got >= exact);
	assert_true(got <= exact + slack);
}

struct above {
	int64_t us;
	uint64_t count;
};

static void count_if_above(void *arg, int64_t low_us, int64_t high_us, uint64_t count)
{
	struct above *a = arg;

	(void)high_us;
	if (low_us > a->us)
		a->count += count;
}

static void check_above(const struct hdr *h, int64_t us)
{
	struct above a = {.us = us};

	hdr_each(h, count_if_above, &a);
	assert_int_equal(hdr_count_above(h, us), a.count);
}

static void check_shape(struct hdr_pool *pool, enum shape shape, size_t n, int figures)
{
	/* Per mille, so that the rank is an exact integer computation here. */
	static const unsigned mille[] = {0, 1, 10, 70, 290, 333, 500, 570, 750, 900, 950, 990, 999, 1000};
	int64_t *v = xmalloc(n * sizeof *v);
	double sum = 0, squares = 0;
	struct hdr h;
	struct rng rng;
	struct dist d;

	rng_seed(&rng, n, (uint64_t)shape);
	hdr_init(&h, pool, figures);
	for (size_t i = 0; i < n; i++) {
		v[i] = draw(shape, &rng);
		hdr_record(&h, v[i]);
		sum += (double)v[i];
	}
	for (size_t i = 0; i < n; i++)
		squares += pow((double)v[i] - sum / (double)n, 2);
	qsort(v, n, sizeof *v, by_value);
	for (size_t i = 0; i < sizeof mille / sizeof *mille; i++) {
		size_t rank = (mille[i] * n + 999) / 1000;

		check_near(hdr_quantile_us(&h, mille[i] / 1000.0), v[rank ? rank - 1 : 0], figures);
		check_above(&h, v[rank ? rank - 1 : 0]);
		check_above(&h, v[rank ? rank - 1 : 0] / 3 * 2);
	}
	assert_int_equal(hdr_quantile_us(&h, 0), v[0]);
	assert_int_equal(hdr_quantile_us(&h, 1), v[n - 1]);
	assert_int_equal(hdr_count_above(&h, v[n - 1]), 0);
	check_above(&h, 0);
	check_above(&h, HDR_MAX_US);

	hdr_dist(&h, &d);
	assert_int_equal(d.count, n);
	assert_int_equal(d.min_us, v[0]);
	assert_int_equal(d.max_us, v[n - 1]);
	assert_int_equal(d.p50_us, hdr_quantile_us(&h, 0.5));
	assert_int_equal(d.p75_us, hdr_quantile_us(&h, 0.75));
	assert_int_equal(d.p90_us, hdr_quantile_us(&h, 0.9));
	assert_int_equal(d.p95_us, hdr_quantile_us(&h, 0.95));
	assert_int_equal(d.p99_us, hdr_quantile_us(&h, 0.99));
	assert_int_equal(d.p999_us, hdr_quantile_us(&h, 0.999));
	assert_true(fabs(d.mean_us - sum / (double)n) <= 1e-9 * sum / (double)n);
	double stddev = sqrt(squares / (double)n);
	assert_true(fabs(d.stddev_us - stddev) <= 1e-6 * stddev + 1e-6);
	hdr_fini(&h);
	free(v);
}

static void quantiles_agree_with_sorted_arrays(void **state)
{
	static const size_t sizes[] = {1, 2, 3, 7, 20, 100, 101, 1000, 20000};

	for (int shape = 0; shape < SHAPES; shape++)
		for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
			check_shape(*state, (enum shape)shape, sizes[i], 3);
			check_shape(*state, (enum shape)shape, sizes[i], 2);
		}
}

/* 1..n are all exact in the first octave: the quantile is the rank itself. */
static void ranks_are_not_off_by_rounding(void **state)
{
	struct hdr h;

	hdr_init(&h, *state, 3);
	for (unsigned n = 1; n <= 1000; n++) {
		hdr_record(&h, n);
		for (unsigned percent = 0; percent <= 100; percent++) {
			unsigned rank = (percent * n + 99) / 100;

			assert_int_equal(hdr_quantile_us(&h, percent / 100.0), rank ? rank : 1);
		}
		assert_int_equal(hdr_quantile_us(&h, 0.999), (999 * n + 999) / 1000);
		assert_int_equal(hdr_quantile_us(&h, 1.0 / 3), (n + 2) / 3);
		assert_int_equal(hdr_quantile_us(&h, 1e-12), 1);
	}
	hdr_fini(&h);
}

static void ranks_of_very_many(void **state)
{
	const uint64_t tera = 1000000000000;
	struct hdr h;

	/* Here q * n has no more room for the fraction in a double. */
	hdr_init(&h, *state, 3);
	hdr_record_n(&h, 1, 9999 * (tera / 10000));
	hdr_record_n(&h, 2, tera / 10000);
	assert_int_equal(hdr_quantile_us(&h, 0.9999), 1);
	hdr_record_n(&h, 2, 1);
	assert_int_equal(hdr_quantile_us(&h, 0.9999), 2);
	hdr_fini(&h);
}

/* --- the ends of the range ------------------------------------------------ */

static void empty_is_zero(void **state)
{
	static const struct dist zero;
	struct dist d;
	struct hdr h;

	hdr_init(&h, *state, 3);
	hdr_record_n(&h, 77, 0);
	assert_int_equal(h.count, 0);
	assert_null(h.chunk);
	assert_int_equal(hdr_quantile_us(&h, 0.5), 0);
	hdr_dist(&h, &d);
	assert_int_equal(d.count, 0);
	assert_int_equal(d.p50_us, zero.p50_us);
	assert_int_equal(d.max_us, 0);
	assert_true(d.mean_us == 0 && d.stddev_us == 0);
	hdr_reset(&h);
	hdr_fini(&h);
}

static void zero_stays_exact(void **state)
{
	struct hdr h;

	hdr_init(&h, *state, 3);
	hdr_record(&h, 0);
	assert_int_equal(h.min_us, 0);
	assert_int_equal(h.max_us, 0);
	assert_int_equal(h.sum_us, 0);
	assert_int_equal(hdr_quantile_us(&h, 1), 0);
	hdr_record(&h, 10);
	assert_int_equal(hdr_quantile_us(&h, 0), 0);
	assert_int_equal(hdr_quantile_us(&h, 0.5), 1);
	assert_int_equal(hdr_quantile_us(&h, 1), 10);
	assert_int_equal(h.sum_us, 10);
	/* A clock that runs backwards must not make it worse than 0. */
	hdr_record(&h, -7);
	assert_int_equal(h.min_us, 0);
	assert_int_equal(h.sum_us, 10);
	hdr_fini(&h);
}

static void beyond_a_day(void **state)
{
	const int64_t week = 7 * HDR_MAX_US;
	struct hdr h;

	hdr_init(&h, *state, 3);
	hdr_record_n(&h, 1000, 98);
	hdr_record(&h, HDR_MAX_US);
	assert_int_equal(hdr_quantile_us(&h, 1), HDR_MAX_US);
	hdr_record(&h, week);
	assert_int_equal(h.max_us, week);
	assert_int_equal(h.sum_us, (uint64_t)(98 * 1000 + HDR_MAX_US + week));
	assert_int_equal(hdr_quantile_us(&h, 0.98), 1000);
	assert_int_equal(hdr_quantile_us(&h, 1), week);
	hdr_fini(&h);
}

/* --- vectors published for HdrHistogram ----------------------------------- */

static bool equivalent_to(int64_t got, int64_t want)
{
	return got >= want && got < want + want / 1024 + 1;
}

static void published_vectors(void **state)
{
	struct dist d;
	struct hdr h;

	/* 10,000 values of 1,000 and one of 100,000,000 */
	hdr_init(&h, *state, 3);
	for (int i = 0; i < 10000; i++)
		hdr_record(&h, 1000);
	hdr_record(&h, 100000000);
	assert_int_equal(h.count, 10001);
	assert_int_equal(hdr_quantile_us(&h, 0.3), 1000);
	assert_int_equal(hdr_quantile_us(&h, 0.99), 1000);
	assert_int_equal(hdr_quantile_us(&h, 0.9999), 1000);
	assert_true(equivalent_to(hdr_quantile_us(&h, 0.99999), 100000000));
	assert_int_equal(hdr_quantile_us(&h, 1), 100000000);
	hdr_dist(&h, &d);
	assert_int_equal(d.min_us, 1000);
	assert_int_equal(d.max_us, 100000000);
	double mean = (10000 * 1000.0 + 100000000) / 10001;
	assert_true(fabs(d.mean_us - mean) < 1e-9 * mean);
	double sd = sqrt((10000 * pow(1000 - mean, 2) + pow(100000000 - mean, 2)) / 10001);
	assert_true(fabs(d.stddev_us - sd) < 1e-9 * sd);

	/* The same corrected for an expected interval of 10,000: the long value
	 * stands for 10,000 of 10,000, 20,000 ... 100,000,000. */
	for (int64_t v = 100000000 - 10000; v >= 10000; v -= 10000)
		hdr_record(&h, v);
	assert_int_equal(h.count, 20000);
	assert_int_equal(hdr_quantile_us(&h, 0.3), 1000);
	assert_int_equal(hdr_quantile_us(&h, 0.5), 1000);
	assert_true(equivalent_to(hdr_quantile_us(&h, 0.75), 50000000));
	assert_true(equivalent_to(hdr_quantile_us(&h, 0.9), 80000000));
	assert_true(equivalent_to(hdr_quantile_us(&h, 0.99), 98000000));
	assert_true(equivalent_to(hdr_quantile_us(&h, 0.999), 99800000));
	hdr_fini(&h);
}

/* --- buckets -------------------------------------------------------------- */

struct walk {
	int64_t last_high;
	uint64_t count;
	int buckets, figures;
};

static void walk_one(void *arg, int64_t low, int64_t high, uint64_t count)
{
	struct walk *w = arg;

	assert_true(low > w->last_high);
	assert_true(high >= low);
	assert_true(count > 0);
	assert_true(high - low <= 1 + low / (w->figures == 3 ? 1000 : 100));
	w->last_high = high;
	w->count += count;
	w->buckets++;
}

static void buckets_in_order(void **state)
{
	for (int figures = 2; figures <= 3; figures++) {
		struct walk w = {.last_high = -1, .figures = figures};
		struct rng rng;
		struct hdr h;

		rng_seed(&rng, 5, 0);
		hdr_init(&h, *state, figures);
		hdr_each(&h, walk_one, &w);
		assert_int_equal(w.buckets, 0);
		for (int i = 0; i < 20000; i++)
			hdr_record(&h, draw(WHOLE_RANGE, &rng));
		hdr_each(&h, walk_one, &w);
		assert_int_equal(w.count, 20000);
		assert_true(w.buckets > 1000);
		hdr_fini(&h);
	}
}

static void inside(void *arg, int64_t low, int64_t high, uint64_t count)
{
	int64_t us = *(int64_t *)arg;

	assert_int_equal(count, 1);
	assert_true(us >= low && us <= high);
}

static void a_value_lies_in_its_bucket(void **state)
{
	struct hdr h;

	hdr_init(&h, *state, 3);
	for (int bit = 0; bit < 38; bit++)
		for (int64_t off = -2; off <= 2; off++) {
			int64_t us = ((int64_t)1 << bit) + off;

			if (us < 0)
				continue;
			hdr_record(&h, us);
			hdr_each(&h, inside, &us);
			assert_int_equal(hdr_quantile_us(&h, 0.5), us);
			hdr_reset(&h);
		}
	hdr_fini(&h);
}

/* --- adding and subtracting ----------------------------------------------- */

struct list {
	uint64_t n;
	int64_t low[6000];
	uint64_t count[6000];
};

static void collect(void *arg, int64_t low, int64_t high, uint64_t count)
{
	struct list *l = arg;

	(void)high;
	assert_true(l->n < 6000);
	l->low[l->n] = low;
	l->count[l->n++] = count;
}

static void assert_same_counters(const struct hdr *a, const struct hdr *b)
{
	struct list *x = xcalloc(1, sizeof *x), *y = xcalloc(1, sizeof *y);

	assert_int_equal(a->count, b->count);
	assert_int_equal(a->sum_us, b->sum_us);
	assert_true(a->sum_sq == b->sum_sq);
	hdr_each(a, collect, x);
	hdr_each(b, collect, y);
	assert_int_equal(x->n, y->n);
	assert_memory_equal(x->low, y->low, sizeof x->low);
	assert_memory_equal(x->count, y->count, sizeof x->count);
	free(x);
	free(y);
}

static void add_and_subtract_round_trip(void **state)
{
	struct hdr a, b, ab, twin;
	struct rng rng;

	for (int figures = 2; figures <= 3; figures++) {
		hdr_init(&a, *state, figures);
		hdr_init(&b, *state, figures);
		hdr_init(&ab, *state, figures);
		hdr_init(&twin, *state, figures);
		rng_seed(&rng, 9, (uint64_t)figures);
		for (int i = 0; i < 3000; i++) {
			int64_t x = draw(LOGNORMAL, &rng), y = draw(WHOLE_RANGE, &rng);

			hdr_record(&a, x);
			hdr_record(&b, y);
			hdr_record(&twin, x);
			hdr_record(&twin, y);
		}
		hdr_add(&ab, &a);
		assert_same_counters(&ab, &a);
		assert_int_equal(ab.min_us, a.min_us);
		assert_int_equal(ab.max_us, a.max_us);
		hdr_add(&ab, &b);
		assert_same_counters(&ab, &twin);
		assert_int_equal(ab.min_us, twin.min_us);
		assert_int_equal(ab.max_us, twin.max_us);

		hdr_subtract(&ab, &b);
		assert_same_counters(&ab, &a);
		assert_true(ab.min_us <= a.min_us && ab.max_us >= a.max_us);
		hdr_recount_bounds(&ab);
		assert_true(ab.min_us <= a.min_us && ab.max_us >= a.max_us);
		check_near(a.min_us, ab.min_us, figures);
		check_near(ab.max_us, a.max_us, figures);
		/* The bounds differ from the exact ones by less than a bucket, and
		 * only the two outermost quantiles can see it. */
		assert_int_equal(hdr_quantile_us(&ab, 0.5), hdr_quantile_us(&a, 0.5));

		hdr_subtract(&ab, &a);
		assert_int_equal(ab.count, 0);
		assert_int_equal(ab.sum_us, 0);
		assert_true(ab.sum_sq == 0);
		hdr_recount_bounds(&ab);
		hdr_record(&ab, 50);
		assert_int_equal(ab.min_us, 50);
		assert_int_equal(ab.max_us, 50);
		hdr_fini(&a);
		hdr_fini(&b);
		hdr_fini(&ab);
		hdr_fini(&twin);
	}
}

static void bounds_at_the_ends_stay_true(void **state)
{
	struct hdr h, what;

	hdr_init(&h, *state, 3);
	hdr_init(&what, *state, 3);
	hdr_record(&h, 0);
	hdr_record(&h, 5000);
	hdr_record(&h, 3 * HDR_MAX_US);
	hdr_record(&what, 5000);
	hdr_subtract(&h, &what);
	hdr_recount_bounds(&h);
	assert_int_equal(h.min_us, 0);
	assert_int_equal(h.max_us, 3 * HDR_MAX_US);
	hdr_fini(&h);
	hdr_fini(&what);
}

/* A minute's window over changing latencies: what the model does each second. */
static void window_of_seconds(void **state)
{
	enum { SECONDS = 200, KEEP = 10, EACH = 50 };
	struct hdr second[KEEP], window, fresh;
	struct rng rng;

	rng_seed(&rng, 3, 0);
	hdr_init(&window, *state, 2);
	for (int i = 0; i < KEEP; i++)
		hdr_init(&second[i], *state, 2);
	for (int s = 0; s < SECONDS; s++) {
		struct hdr *now = &second[s % KEEP];

		hdr_subtract(&window, now);
		hdr_reset(now);
		for (int i = 0; i < EACH; i++)
			hdr_record(now, draw((enum shape)(s / 20 % SHAPES), &rng));
		hdr_add(&window, now);
		hdr_recount_bounds(&window);

		hdr_init(&fresh, *state, 2);
		for (int i = 0; i < KEEP; i++)
			hdr_add(&fresh, &second[i]);
		assert_same_counters(&window, &fresh);
		assert_true(window.min_us <= fresh.min_us && window.max_us >= fresh.max_us);
		hdr_fini(&fresh);
	}
	for (int i = 0; i < KEEP; i++)
		hdr_fini(&second[i]);
	hdr_fini(&window);
}

/* --- memory --------------------------------------------------------------- */

static void chunks_go_back_to_the_pool(void **state)
{
	struct hdr_pool *pool = *state;
	uint64_t empty = hdr_pool_bytes(pool);
	struct hdr h, other;
	struct rng rng;

	hdr_init(&h, pool, 3);
	assert_int_equal(hdr_pool_bytes(pool), empty);
	hdr_record(&h, 1000000);
	uint64_t one = hdr_pool_bytes(pool);
	assert_true(one > empty && one < 64 * 1024);
	/* More of the same takes no more memory. */
	for (int i = 0; i < 100000; i++)
		hdr_record(&h, 1000000 + i % 100);
	assert_int_equal(hdr_pool_bytes(pool), one);

	rng_seed(&rng, 8, 0);
	for (int i = 0; i < 100000; i++)
		hdr_record(&h, draw(WHOLE_RANGE, &rng));
	uint64_t full = hdr_pool_bytes(pool);
	assert_true(full > 200 * 1024 && full < 300 * 1024);
	for (int round = 0; round < 20; round++) {
		hdr_reset(&h);
		assert_int_equal(hdr_quantile_us(&h, 1), 0);
		for (int i = 0; i < 10000; i++)
			hdr_record(&h, draw(WHOLE_RANGE, &rng));
	}
	assert_int_equal(hdr_pool_bytes(pool), full);

	/* What one gives back another uses, and gets it empty. */
	hdr_reset(&h);
	hdr_init(&other, pool, 3);
	hdr_record(&other, 7);
	hdr_record(&h, 7);
	uint64_t both = hdr_pool_bytes(pool);
	for (int i = 0; i < 1000; i++)
		hdr_record(&other, draw(LOGNORMAL, &rng));
	assert_int_equal(hdr_pool_bytes(pool), both);
	assert_int_equal(hdr_quantile_us(&h, 1), 7);

	/* Subtracting everything in a chunk frees it as well. */
	struct hdr sum;
	hdr_init(&sum, pool, 3);
	hdr_record(&sum, 3);
	for (int round = 0; round < 20; round++) {
		hdr_add(&sum, &other);
		hdr_subtract(&sum, &other);
		assert_int_equal(sum.count, 1);
	}
	int chunks = 0;
	for (int i = 0; i < 400; i++)
		chunks += sum.chunk[i] != NULL;
	assert_int_equal(chunks, 1);
	hdr_fini(&sum);
	hdr_fini(&h);
	hdr_fini(&other);
}

static void constant_values_have_no_spread(void **state)
{
	struct dist d;
	struct hdr h;

	hdr_init(&h, *state, 3);
	hdr_record_n(&h, HDR_MAX_US - 1, 1000003);
	hdr_dist(&h, &d);
	assert_true(d.stddev_us == 0);
	assert_int_equal(d.p50_us, HDR_MAX_US - 1);
	hdr_fini(&h);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(quantiles_agree_with_sorted_arrays),
		TEST(ranks_are_not_off_by_rounding),
		TEST(ranks_of_very_many),
		TEST(empty_is_zero),
		TEST(zero_stays_exact),
		TEST(beyond_a_day),
		TEST(published_vectors),
		TEST(buckets_in_order),
		TEST(a_value_lies_in_its_bucket),
		TEST(add_and_subtract_round_trip),
		TEST(bounds_at_the_ends_stay_true),
		TEST(window_of_seconds),
		TEST(chunks_go_back_to_the_pool),
		TEST(constant_values_have_no_spread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
