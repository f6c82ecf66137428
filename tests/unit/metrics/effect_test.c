/* Estimates with their pulls: the figures, and that their intervals hold as often as they
 * say, with errors in common within a piece. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rng.h"
#include "metrics/effect.h"

#define PIECES 24
#define EACH 20
#define RUNS 1000

static bool is(double a, double b)
{
	return fabs(a - b) < 1e-9 * (1 + fabs(b));
}

static void figures(void **state)
{
	static const double y[] = {1, 2, 6}, x[] = {1, 1, 4};
	static const bool two[] = {true, true, false};
	struct effect a, b, c;

	(void)state;
	effect_ratio(y, x, NULL, 3, &a);
	assert_true(is(a.value, 1.5));
	effect_ratio(y, x, two, 3, &b);
	assert_true(is(b.value, 1.5));
	assert_true(is(b.pull[0], -0.25) && is(b.pull[1], 0.25) && is(b.pull[2], 0));
	effect_add(&a, 2, &b, -1, 3, &c);
	assert_true(is(c.value, 1.5) && is(c.pull[0], 2 * a.pull[0] + 0.25));
	effect_times(&a, &b, 3, &c);
	assert_true(is(c.value, 2.25) && is(c.pull[1], 1.5 * (a.pull[1] + 0.25)));
	effect_over(&a, &a, 3, &a);
	assert_true(is(a.value, 1) && is(a.pull[0], 0) && is(a.pull[2], 0));
	assert_true(is(effect_half(&a, 3, 1, 2), 0));
	assert_true(isnan(effect_half(&a, 3, 3, 2)) && isnan(effect_half(&a, 3, 1, 0)));
}

static void lines(void **state)
{
	/* y = 3 + 2 x at x = 1, 2 and 5, 5. */
	static const struct effect_piece piece[] = {{2, 3, 12, 5, 19}, {2, 10, 26, 50, 130}};
	static const struct effect_piece same[] = {{2, 6, 12, 18, 36}, {2, 6, 11, 18, 33}};
	struct effect slope, at_zero;

	(void)state;
	effect_line(piece, NULL, 2, &slope, &at_zero);
	assert_true(is(slope.value, 2) && is(at_zero.value, 3));
	assert_true(is(slope.pull[0], 0) && is(at_zero.pull[1], 0));
	effect_line(same, NULL, 2, &slope, &at_zero);
	assert_true(isnan(slope.value));
}

/* Each piece has an error of its own, which its points have in common. */
static void draw(struct rng *rng, struct effect_piece piece[PIECES])
{
	for (int i = 0; i < PIECES; i++) {
		double common = rng_normal(rng);

		piece[i] = (struct effect_piece){0};
		for (int k = 0; k < EACH; k++) {
			double x = i % 4 + rng_double(rng), y = 5 + 0.5 * x + 0.4 * common + rng_normal(rng);

			piece[i].n++;
			piece[i].x += x;
			piece[i].y += y;
			piece[i].xx += x * x;
			piece[i].xy += x * y;
		}
	}
}

static void intervals_hold(void **state)
{
	int slopes = 0, ratios = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 7, 0);
	for (int r = 0; r < RUNS; r++) {
		struct effect_piece piece[PIECES];
		struct effect slope, at_zero, at_two;
		struct effect two = {.value = 2};

		draw(&rng, piece);
		effect_line(piece, NULL, PIECES, &slope, &at_zero);
		slopes += fabs(slope.value - 0.5) <= effect_half(&slope, PIECES, 2, PIECES - 2);
		effect_times(&slope, &two, PIECES, &at_two);
		effect_add(&at_two, 1, &at_zero, 1, PIECES, &at_two);
		ratios += fabs(at_two.value - 6) <= effect_half(&at_two, PIECES, 2, PIECES - 2);
	}
	assert_true(slopes > 0.92 * RUNS && slopes < 0.98 * RUNS);
	assert_true(ratios > 0.92 * RUNS && ratios < 0.98 * RUNS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures),
		cmocka_unit_test(lines),
		cmocka_unit_test(intervals_hold),
	};

	return cmocka_run_group_tests_name("metrics/effect", tests, NULL, NULL);
}
