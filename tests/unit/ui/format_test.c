#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "ui/canvas.h"
#include "ui/format.h"

#define G glyphs_of(GLYPHS_BRAILLE)
static char out[FORMAT_BYTES];

static void values_share_a_unit_and_a_width(void **state)
{
	struct unit s = {1e6, "s"}, ms = {1e3, "ms"};

	(void)state;
	assert_string_equal(format_value(1410000, s, G, out), "1.41");
	assert_string_equal(format_value(12840000, s, G, out), "12.8");
	assert_string_equal(format_value(9999999, s, G, out), "10.0");
	assert_string_equal(format_value(871000, ms, G, out), "871");
	assert_string_equal(format_value(870, ms, G, out), "0.87");
	assert_string_equal(format_value(0, ms, G, out), "0.00");
	assert_string_equal(format_value(NAN, s, G, out), "–");
	assert_string_equal(format_value(-1, s, G, out), "–");
	assert_string_equal(format_value(INFINITY, s, G, out), "–");
	assert_string_equal(format_value(-1, s, glyphs_of(GLYPHS_ASCII), out), "-");
	for (double us = 1e-3; us < 1e30; us *= 1.07)
		assert_true(utf8_cells(format_value(us, s, G, out)) <= 5);
}

static void units_follow_the_largest(void **state)
{
	(void)state;
	assert_string_equal(format_unit(2.8e6, 3e6, G).name, "s");
	assert_string_equal(format_unit(280e3, 300e3, G).name, "ms");
	assert_string_equal(format_unit(280, 300, G).name, "µs");
	assert_string_equal(format_unit(280, 300, glyphs_of(GLYPHS_ASCII)).name, "us");
	assert_string_equal(format_unit(NAN, NAN, G).name, "s");
	/* Around one second the run's past decides, so that it does not flicker. */
	assert_string_equal(format_unit(990e3, 1.2e6, G).name, "s");
	assert_string_equal(format_unit(90e3, 1.2e6, G).name, "ms");
}

static void rates_and_counts_keep_their_width(void **state)
{
	(void)state;
	assert_string_equal(format_rate(12.84, G, out), "12.8");
	assert_string_equal(format_rate(0, G, out), "0");
	assert_string_equal(format_rate(NAN, G, out), "–");
	assert_string_equal(format_rate(1e300, G, out), ">999G");
	for (double r = 1e-6; r < 1e40; r *= 1.09)
		assert_true(utf8_cells(format_rate(r, G, out)) <= 5);
	assert_string_equal(format_count(768, out), "768");
	assert_string_equal(format_count(UINT64_MAX, out), ">999G");
	for (uint64_t n = 1; n < UINT64_MAX / 4; n = n * 3 / 2 + 1)
		assert_true(utf8_cells(format_count(n, out)) <= 5);
}

static void percents_never_round_to_all_or_nothing(void **state)
{
	(void)state;
	assert_string_equal(format_percent(1, G, out), "100");
	assert_string_equal(format_percent(0.99999, G, out), "99.9");
	assert_string_equal(format_percent(0.992, G, out), "99.2");
	assert_string_equal(format_percent(0, G, out), "0.0");
	assert_string_equal(format_percent(0.00001, G, out), "<0.1");
	assert_string_equal(format_percent(NAN, G, out), "–");
	assert_string_equal(format_percent(1.5, G, out), "–");
}

static void durations_carry_their_unit(void **state)
{
	(void)state;
	assert_string_equal(format_duration(707106.8, G, out), "707 ms");
	assert_string_equal(format_duration(1414213, G, out), "1.41 s");
	assert_string_equal(format_duration(999600, G, out), "1.00 s");
	assert_string_equal(format_duration(0.95, G, out), "0.95 µs");
	assert_string_equal(format_duration(NAN, G, out), "–");
	assert_string_equal(format_elapsed(83400000, out), "01:23");
	assert_string_equal(format_elapsed(-5, out), "00:00");
	assert_string_equal(format_elapsed(3723000000, out), "1:02:03");
	format_elapsed(INT64_MAX, out);
}

static void axes_have_round_ends(void **state)
{
	(void)state;
	assert_true(fabs(format_nice_max(12.8) - 15) < 1e-9);
	assert_true(fabs(format_nice_max(2.8) - 3) < 1e-9);
	assert_true(fabs(format_nice_max(0.13) - 0.15) < 1e-9);
	assert_true(fabs(format_nice_max(501) - 600) < 1e-9);
	/* What is already round stays, though it is no exact binary number. */
	for (double v = 1e-6; v < 1e12; v *= 10)
		assert_true(fabs(format_nice_max(v) / v - 1) < 1e-6);
	assert_true(fabs(format_nice_max(0) - 1) < 1e-9);
	assert_true(fabs(format_nice_max(NAN) - 1) < 1e-9);
	assert_string_equal(format_axis(0.5, out), "0.5");
	assert_string_equal(format_axis(2500, out), "2500");
	assert_string_equal(format_axis(10000, out), "10k");
	assert_string_equal(format_axis(5e6, out), "5000k");
	assert_string_equal(format_axis(1e30, out), "huge");
}

static void quantiles_need_samples(void **state)
{
	(void)state;
	assert_true(format_enough(100, 0.99));
	assert_false(format_enough(99, 0.99));
	assert_true(format_enough(20, 0.95));
	assert_false(format_enough(19, 0.95));
	assert_false(format_enough(0, 0.5));
}

static void text_is_cut_by_cells(void **state)
{
	char text[64];

	(void)state;
	assert_string_equal(format_fit("resume", 6, G, text, sizeof text), "resume");
	assert_string_equal(format_fit("resume", 5, G, text, sizeof text), "resu…");
	assert_string_equal(format_fit("resume", 1, G, text, sizeof text), "…");
	assert_string_equal(format_fit("resume", 0, G, text, sizeof text), "");
	assert_string_equal(format_fit("履歴書", 5, G, text, sizeof text), "履歴…");
	assert_string_equal(format_fit("履歴書", 4, G, text, sizeof text), "履…");
	assert_string_equal(format_fit("resume", 5, glyphs_of(GLYPHS_ASCII), text, sizeof text), "resu~");
	/* No room for the bytes either. */
	char tight[8];
	format_fit("履歴書履歴書", 12, G, tight, sizeof tight);
	assert_true(strlen(tight) < sizeof tight);
}

static void factors(void **state)
{
	(void)state;
	assert_string_equal(format_factor(1.93, G, out), "1.9");
	assert_string_equal(format_factor(0.853, G, out), "0.85");
	assert_string_equal(format_factor(24.2, G, out), "24");
	assert_string_equal(format_factor(NAN, G, out), "–");
	assert_string_equal(format_factor(INFINITY, G, out), "–");
	assert_string_equal(format_change(1.93, G, out), "× 1.9");
	assert_string_equal(format_change(NAN, G, out), "× –");
	assert_string_equal(format_change(0.0996, G, out), "× 0.10");
	/* A fall keeps its figures. */
	assert_string_equal(format_change(1 / 2400.0, G, out), "÷ 2400");
	assert_string_equal(format_change(1e-9, G, out), "÷ >9999");
	assert_string_equal(format_change(1 / 2400.0, glyphs_of(GLYPHS_ASCII), out), "/ 2400");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_share_a_unit_and_a_width),
		cmocka_unit_test(units_follow_the_largest),
		cmocka_unit_test(rates_and_counts_keep_their_width),
		cmocka_unit_test(percents_never_round_to_all_or_nothing),
		cmocka_unit_test(durations_carry_their_unit),
		cmocka_unit_test(axes_have_round_ends),
		cmocka_unit_test(quantiles_need_samples),
		cmocka_unit_test(text_is_cut_by_cells),
		cmocka_unit_test(factors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
