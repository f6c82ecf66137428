#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "closed_queue.h"
#include "metrics/scale.h"

static const int octaves[] = {1, 2, 4, 8, 16, 32, 64, 128};

struct ladder {
	int count;
	struct dot dot[DOTS_MAX];
	struct dot_windows windows[DOTS_MAX];
	struct scale scale;
};

/* So many users one after the other, each measured so long. */
static void climb(struct ladder *l, const struct closed_queue *like, uint64_t seed, const int *users, int count,
		  double seconds)
{
	struct closed_queue q = *like;

	rng_seed(&q.rng, seed, 1);
	l->count = count;
	for (int i = 0; i < count; i++) {
		q.users = users[i];
		closed_queue_run(&q, 10 * (q.service_s + q.think_s), seconds, 32, &l->dot[i], &l->windows[i]);
	}
	scale_fit(l->dot, l->windows, count, users[count - 1], &l->scale);
}

struct score {
	int reached, knee, x_max, covered, x_covered;
};

/* How many of 20 come within 20 % of the knee and 5 % of the throughput. */
static struct score score_of(const struct closed_queue *q, double seconds)
{
	double knee = q->slots * (q->service_s + q->think_s) / q->service_s, x_max = q->slots / q->service_s;
	struct score score = {0};
	struct ladder l;

	for (uint64_t seed = 1; seed <= 20; seed++) {
		const struct scale *s = &l.scale;

		climb(&l, q, seed, octaves, 8, seconds);
		score.reached += s->bounds.reached;
		score.knee += fabs(s->bounds.knee / knee - 1) < 0.2;
		score.x_max += fabs(s->bounds.x_max / x_max - 1) < 0.05;
		score.covered += s->knee.low < knee && knee < s->knee.high;
		score.x_covered += s->x_max.low < x_max && x_max < s->x_max.high;
	}
	return score;
}

static void slots_come_back(void **state)
{
	static const int slots[] = {4, 8, 32};

	(void)state;
	for (int i = 0; i < 3; i++) {
		const struct closed_queue q = {.slots = slots[i], .service_s = 0.1, .spread = 0.3};
		struct score s = score_of(&q, 5);

		assert_int_equal(s.reached, 20);
		assert_int_equal(s.knee, 20);
		assert_int_equal(s.x_max, 20);
		assert_true(s.covered >= 18);
		assert_true(s.x_covered >= 18);
	}
}

/* M/M/4 with users that think four times as long as they are served: a round knee. */
static void slots_come_back_through_think_time(void **state)
{
	const struct closed_queue q = {.slots = 4, .service_s = 0.1, .think_s = 0.4, .spread = 1};
	struct score s = score_of(&q, 20);

	(void)state;
	assert_true(s.reached >= 19);
	assert_true(s.knee >= 19);
	assert_true(s.x_max >= 18);
	assert_true(s.covered >= 18);
}

/* Whatever chance does, nothing is said of a knee that was not reached. */
static void no_knee_before_it(void **state)
{
	static const int by_one[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
	const struct closed_queue q = {.slots = 32, .service_s = 0.1, .spread = 0.5};
	int told = 0;
	struct ladder l;

	(void)state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		climb(&l, &q, seed, octaves, 5, 3);
		told += l.scale.bounds.reached || !isnan(l.scale.bounds.knee) || !isnan(l.scale.knee.low);
		climb(&l, &q, seed, octaves, 6, 3);
		told += l.scale.bounds.reached;
		climb(&l, &q, seed, by_one, 10, 3);
		told += l.scale.bounds.reached;
	}
	assert_int_equal(told, 0);
}

static void latency_beyond_the_knee_is_linear(void **state)
{
	const struct closed_queue q = {.slots = 8, .service_s = 0.1, .spread = 0.3};
	struct ladder l;

	(void)state;
	climb(&l, &q, 1, octaves, 8, 5);
	assert_int_equal(l.scale.beyond.shape, TREND_STRAIGHT);
	assert_true(fabs(l.scale.beyond.slope * 80 - 1) < 0.1);
	assert_true(l.scale.beyond.r2 > 0.98);
	assert_int_equal(l.scale.levels, 8);
	assert_int_equal(l.scale.fit, SCALE_BOUNDS);
	assert_int_equal(l.scale.usl.says, USL_MISFIT);
	/* The band is around the fit. */
	for (int i = 0; i < SCALE_CURVE; i++)
		assert_true(l.scale.low[i] <= l.scale.curve[i] && l.scale.curve[i] <= l.scale.high[i] &&
			    l.scale.high[i] < 1.2 * l.scale.curve[i]);
	assert_true(fabs(l.scale.curve[SCALE_CURVE - 1] / 80 - 1) < 0.05);
}

/* What slows down by those served beside it follows the law, beyond its peak too. */
static void usl_where_it_holds(void **state)
{
	struct ladder l = {.count = 8};
	struct usl truth = {.lambda = 50, .sigma = 0.03, .kappa = 0.0005};
	struct rng rng;

	(void)state;
	rng_seed(&rng, 9, 0);
	for (int i = 0; i < 8; i++) {
		l.windows[i].count = 32;
		for (int k = 0; k < 32; k++) {
			l.windows[i].answers[k] = (float)(usl_x(&truth, octaves[i]) * (1 + 0.1 * rng_normal(&rng)));
			l.windows[i].times_s[k] = (float)octaves[i];
		}
		l.dot[i] = (struct dot){.level = octaves[i], .x = usl_x(&truth, octaves[i])};
		l.dot[i].r_s = l.dot[i].level / l.dot[i].x;
		assert_true(dot_sure(&l.dot[i], &l.windows[i]));
	}
	scale_fit(l.dot, l.windows, 8, 128, &l.scale);
	assert_int_equal(l.scale.usl.says, USL_HOLDS);
	assert_int_equal(l.scale.fit, SCALE_USL);
	assert_true(l.scale.peak.low < 44.05 && 44.05 < l.scale.peak.high);
	assert_true(l.scale.peak.high < 60);
	assert_true(l.scale.bounds.passed);
	assert_true(l.scale.low[31] < usl_x(&truth, 64) && usl_x(&truth, 64) < l.scale.high[31]);
}

static void one_dot_is_no_fit(void **state)
{
	const struct closed_queue q = {.slots = 8, .service_s = 0.1, .spread = 0.3};
	struct ladder l;

	(void)state;
	climb(&l, &q, 1, octaves, 1, 5);
	assert_int_equal(l.scale.fit, SCALE_NO_FIT);
	assert_false(l.scale.bounds.reached);
	assert_true(fabs(l.scale.bounds.r_min_s - 0.1) < 0.01);
	scale_fit(l.dot, l.windows, 0, 1, &l.scale);
	assert_int_equal(l.scale.fit, SCALE_NO_FIT);
	assert_true(isnan(l.scale.bounds.x_max));
}

/* The same level again, and what became slower in between. */
static void a_change_of_the_system_is_seen(void **state)
{
	int same = 0, slower = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++) {
		struct closed_queue q = {.slots = 8, .users = 16, .service_s = 0.1, .spread = 0.3};
		struct dot before, after;
		struct dot_windows bw, aw;

		rng_seed(&q.rng, seed, 2);
		closed_queue_run(&q, 1, 5, 32, &before, &bw);
		closed_queue_run(&q, 1, 5, 32, &after, &aw);
		same += !scale_changed(&before, &bw, &after, &aw);
		q.service_s = 0.15;
		closed_queue_run(&q, 1, 5, 32, &after, &aw);
		slower += scale_changed(&before, &bw, &after, &aw);
	}
	assert_int_equal(same, 100);
	assert_int_equal(slower, 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slots_come_back),
		cmocka_unit_test(slots_come_back_through_think_time),
		cmocka_unit_test(no_knee_before_it),
		cmocka_unit_test(latency_beyond_the_knee_is_linear),
		cmocka_unit_test(usl_where_it_holds),
		cmocka_unit_test(one_dot_is_no_fit),
		cmocka_unit_test(a_change_of_the_system_is_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
