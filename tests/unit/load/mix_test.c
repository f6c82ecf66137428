/* The mix by hand: what keys do to it, and that their words say the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "load/dealing.h"
#include "load/mix.h"

static char *names[] = {"resume", "resume qa", "qa"};
static const double weights[] = {5, 3, 2};

static bool change(struct mix *mix, enum mix_kind kind, int task, double factor, const char *want)
{
	char text[MIX_TEXT];
	bool done = mix_change(mix, kind, task, factor, names, text);

	if (done)
		assert_string_equal(text, want);
	return done;
}

static void same(const struct mix *a, const struct mix *b)
{
	assert_int_equal(a->solo, b->solo);
	for (int i = 0; i < a->count; i++) {
		assert_int_equal(a->muted[i], b->muted[i]);
		assert_true(a->weight[i] / b->weight[i] > 0.9999 && a->weight[i] / b->weight[i] < 1.0001);
	}
}

static void sends(const struct mix *mix, bool a, bool b, bool c)
{
	assert_int_equal(mix_sends(mix, 0), a);
	assert_int_equal(mix_sends(mix, 1), b);
	assert_int_equal(mix_sends(mix, 2), c);
}

static void solo_and_mute(void **state)
{
	struct mix mix;

	(void)state;
	mix_init(&mix, weights, 3);
	sends(&mix, true, true, true);
	assert_true(change(&mix, MIX_MUTE, 1, 1, "mute resume qa"));
	sends(&mix, true, false, true);
	assert_true(change(&mix, MIX_SOLO, 1, 1, "solo resume qa"));
	sends(&mix, false, true, false);
	assert_true(change(&mix, MIX_SOLO, 2, 1, "solo qa"));
	sends(&mix, false, false, true);
	assert_true(change(&mix, MIX_SOLO, 2, 1, "unsolo qa"));
	sends(&mix, true, false, true);
	assert_true(change(&mix, MIX_MUTE, 0, 1, "mute resume"));
	/* The last one has to go on. */
	assert_false(change(&mix, MIX_MUTE, 2, 1, ""));
	sends(&mix, false, false, true);
	assert_false(change(&mix, MIX_SOLO, 3, 1, ""));
	assert_false(change(&mix, MIX_SOLO, -1, 1, ""));
	assert_true(change(&mix, MIX_WEIGHT, 2, 0.5, "weight qa 1"));
}

static void words_say_it_all(void **state)
{
	struct mix a, b;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5, 0);
	mix_init(&a, weights, 3);
	mix_init(&b, weights, 3);
	for (int i = 0; i < 3000; i++) {
		char text[MIX_TEXT];

		if (mix_change(&a, (enum mix_kind)rng_below(&rng, 3), (int)rng_below(&rng, 3),
			       rng_below(&rng, 2) ? 2 : 0.5, names, text))
			assert_true(mix_read(&b, text, strlen(text), names));
		same(&a, &b);
	}
}

static void other_words_are_nothing(void **state)
{
	static const char *const other[] = {
		"", "users 8", "pause", "solo", "solo ", "solo nobody", "mute resume x", "weight qa", "weight qa nan",
		"weight qa -1", "weight qa 1e300", "weight qa 0", "muteqa", "solo \xff\xfe",
	};
	struct mix mix, before;

	(void)state;
	mix_init(&mix, weights, 3);
	before = mix;
	for (size_t i = 0; i < sizeof other / sizeof *other; i++)
		assert_false(mix_read(&mix, other[i], strlen(other[i]), names));
	same(&mix, &before);
}

/* Nobody muted ever gets a turn, and the others get theirs by weight. */
static void dealt_by_weight(void **state)
{
	struct dealing dealing = {.own.count = 3};
	struct deal_mix deal;
	struct mix mix;
	struct rng rng;
	int n[3] = {0};

	(void)state;
	rng_seed(&rng, 6, 0);
	mix_init(&mix, weights, 3);
	assert_true(change(&mix, MIX_MUTE, 2, 1, "mute qa"));
	deal_mix_of(&deal, &mix);
	assert_true(deal.edge[1] >= 1);
	for (int i = 0; i < 8000; i++) {
		struct script_item item;

		assert_true(dealing_next(&dealing, &deal, &rng, &item));
		n[item.task]++;
	}
	assert_int_equal(n[2], 0);
	assert_in_range(n[0], 4800, 5200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(solo_and_mute),
		cmocka_unit_test(words_say_it_all),
		cmocka_unit_test(other_words_are_nothing),
		cmocka_unit_test(dealt_by_weight),
	};

	return cmocka_run_group_tests_name("mix", tests, NULL, NULL);
}
