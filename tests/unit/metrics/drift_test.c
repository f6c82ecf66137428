/* Latency that changes with time alone, and latency that only varies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/rng.h"
#include "metrics/drift.h"

/* Half a second at first, `per_s` more each second; `off`: of a window's mean. */
static struct dot_windows windows_of(struct rng *rng, int count, double seconds, double per_s, double off)
{
	struct dot_windows w = {.count = count};

	for (int i = 0; i < count; i++) {
		double t = (i + 0.5) * seconds / count;

		w.answers[i] = (float)(10 + i % 7);
		w.times_s[i] = w.answers[i] * (float)((0.5 + per_s * t) * (1 + off * rng_normal(rng)));
	}
	return w;
}

static void a_line_is_found(void **state)
{
	struct rng rng;
	struct dot_windows w;
	struct drift drift;

	(void)state;
	rng_seed(&rng, 1, 0);
	w = windows_of(&rng, 20, 40, 0.01, 0);
	w.answers[3] = w.times_s[3] = 0; /* a window without an answer is none */
	assert_true(drift_of(&w, 40, &drift));
	assert_true(fabs(drift.per_s - 0.01) < 1e-6);
	assert_true(drift.error < 1e-6);
}

/* The error is what it says: one in some 22 is beyond two of them. */
static void chance_is_within_its_error(void **state)
{
	double squares = 0;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 2, 0);
	for (int round = 0; round < 2000; round++) {
		struct dot_windows w = windows_of(&rng, 32, 20, -0.002, 0.05);
		struct drift drift;

		assert_true(drift_of(&w, 20, &drift));
		squares += (drift.per_s + 0.002) * (drift.per_s + 0.002) / (drift.error * drift.error) / 2000;
	}
	assert_true(squares > 0.8 && squares < 1.3);
}

static void few_say_nothing(void **state)
{
	struct rng rng;
	struct dot_windows w;
	struct drift drift;

	(void)state;
	rng_seed(&rng, 3, 0);
	w = windows_of(&rng, DOT_WINDOWS_LEAST - 1, 10, 0.01, 0.1);
	assert_false(drift_of(&w, 10, &drift));
	w = windows_of(&rng, DOT_WINDOWS_LEAST, 10, 0.01, 0.1);
	assert_true(drift_of(&w, 10, &drift));
	assert_false(drift_of(&w, 0, &drift));
	w.answers[0] = 0;
	assert_false(drift_of(&w, 10, &drift));
	assert_false(drift_of(&(struct dot_windows){.count = 0}, 10, &drift));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_found),
		cmocka_unit_test(chance_is_within_its_error),
		cmocka_unit_test(few_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
