#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/units.h"

#define DAY_NS (86400 * NS_PER_S)

/* --- durations in --------------------------------------------------------- */

static void durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {
		{"0", 0}, {"0s", 0}, {"0.0ms", 0}, {"1us", 1000}, {"1\xc2\xb5s", 1000},
		{"500us", 500000}, {"0.5us", 500}, {"1ms", NS_PER_MS}, {"2s", 2 * NS_PER_S},
		{"3m", 180 * NS_PER_S}, {"1h", 3600 * NS_PER_S}, {"1d", DAY_NS},
		{"1.5s", 1500 * NS_PER_MS}, {"0.1s", 100 * NS_PER_MS}, {"0.3s", 300 * NS_PER_MS},
		{"1m30s", 90 * NS_PER_S}, {"1h1m1s1ms1us", 3661001001000}, {"007s", 7 * NS_PER_S},
		{"365d", 365 * DAY_NS}, {"8760h", 365 * DAY_NS},
	};

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		int64_t ns = -1;
		struct err err;

		if (units_parse_duration(good[i].text, &ns, &err))
			fail_msg("%s: %s", good[i].text, err.text);
		assert_int_equal(ns, good[i].ns);
	}
}

static void not_durations(void **state)
{
	static const char *const bad[] = {
		"", " ", "s", "1", "00", "1.5", "1.s", ".5s", "1..5s", "1.5.2s", "-1s", "-0",
		"+1s", "1 s", "1s ", " 1s", "1S", "1sec", "1e3s", "0x1s", "1s5", "1,5s",
		"nan", "inf", "infs", "nans", "1\xb5s", "1m s", "1ns", "365d1us", "366d",
		"99999999999999999999d", "1s-1s", "1\xd9\xa1s",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t ns = -77;
		struct err err = {""};

		if (!units_parse_duration(bad[i], &ns, &err))
			fail_msg("\"%s\" was taken as %lld ns", bad[i], (long long)ns);
		assert_int_equal(ns, -77);
		assert_true(strlen(err.text) > 10);
		assert_int_equal(units_parse_duration(bad[i], &ns, NULL), -1);
	}
	char digits[2000];
	int64_t ns;
	memset(digits, '9', sizeof digits);
	strcpy(digits + sizeof digits - 2, "s");
	assert_int_equal(units_parse_duration(digits, &ns, NULL), -1);
	digits[0] = '0';
	digits[1] = '.';
	assert_int_equal(units_parse_duration(digits, &ns, NULL), 0);
	assert_int_equal(ns, NS_PER_S);
}

/* --- counts in ------------------------------------------------------------ */

static void counts(void **state)
{
	static const struct {
		const char *text;
		int64_t n;
	} good[] = {
		{"0", 0}, {"1", 1}, {"50", 50}, {"1k", 1000}, {"1K", 1000}, {"2.5M", 2500000},
		{"1G", 1000000000}, {"0.001k", 1}, {"1.000", 1}, {"1.50k", 1500}, {"1.0000k", 1000},
		/* More digits than a double has. */
		{"9007199254740993", 9007199254740993}, {"9223372036854775807", INT64_MAX},
		{"9223372036.854775807G", INT64_MAX}, {"00012", 12},
	};
	struct err err;
	int64_t n;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		n = -1;
		if (units_parse_count(good[i].text, 0, INT64_MAX, &n, &err))
			fail_msg("%s: %s", good[i].text, err.text);
		assert_int_equal(n, good[i].n);
	}
	assert_int_equal(units_parse_count("10k", 1, 10000, &n, &err), 0);
	assert_int_equal(units_parse_count("10001", 1, 10000, &n, &err), -1);
	assert_string_equal(err.text, "10001 is out of range; expected 1 to 10000");
	assert_int_equal(units_parse_count("0", 1, 10000, &n, &err), -1);
	assert_int_equal(units_parse_count("1", 1, 1, &n, &err), 0);
}

static void not_counts(void **state)
{
	static const char *const bad[] = {
		"", " ", "k", "-1", "-0", "+1", "1 ", " 1", "1.5", "0.5", "1.", ".5", "1.0000001",
		"1.2345k", "1kk", "1m", "1T", "1e3", "0x10", "1,000", "nan", "inf",
		"9223372036854775808", "18446744073709551615", "18446744073709551616",
		"18446744073709551617", "99999999999999999999999999", "18446744073709551617G",
		"9223372036.854775808G",
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		int64_t n = -77;
		struct err err = {""};

		if (!units_parse_count(bad[i], 0, INT64_MAX, &n, &err))
			fail_msg("\"%s\" was taken as %lld", bad[i], (long long)n);
		assert_int_equal(n, -77);
		assert_true(strlen(err.text) > 10);
	}
}

/* --- out ------------------------------------------------------------------ */

static void assert_duration(int64_t ns, const char *want)
{
	char out[UNITS_BYTES];

	assert_string_equal(units_format_duration(ns, out), want);
}

static void durations_out(void **state)
{
	(void)state;
	assert_duration(0, "0 s");
	assert_duration(-5, "0 s");
	assert_duration(1000, "1.00 \xc2\xb5s");
	assert_duration(87000, "87.0 \xc2\xb5s");
	assert_duration(9994000 / 1000, "9.99 \xc2\xb5s");
	assert_duration(9996, "10.0 \xc2\xb5s");
	assert_duration(99949, "99.9 \xc2\xb5s");
	assert_duration(99951, "100 \xc2\xb5s");
	assert_duration(999499, "999 \xc2\xb5s");
	assert_duration(999500, "1.00 ms");
	assert_duration(932 * NS_PER_MS, "932 ms");
	assert_duration(999499999, "999 ms");
	assert_duration(999500000, "1.00 s");
	assert_duration(1410 * NS_PER_MS, "1.41 s");
	assert_duration(9996 * NS_PER_MS, "10.0 s");
	assert_duration(99900 * NS_PER_MS, "99.9 s");
	assert_duration(100 * NS_PER_S, "1.67 min");
	assert_duration(3600 * NS_PER_S, "60.0 min");
	assert_duration(6000 * NS_PER_S, "1.67 h");
	assert_duration(24 * 3600 * NS_PER_S, "24.0 h");
}

static void assert_rate(double rate, const char *want)
{
	char out[UNITS_BYTES];

	assert_string_equal(units_format_rate(rate, out), want);
}

static void rates_out(void **state)
{
	(void)state;
	assert_rate(0, "0");
	assert_rate(-1, "0");
	assert_rate(NAN, "0");
	assert_rate(1, "1.00");
	assert_rate(12.84, "12.8");
	assert_rate(843, "843");
	assert_rate(9.994, "9.99");
	assert_rate(9.996, "10.0");
	assert_rate(99.94, "99.9");
	assert_rate(99.96, "100");
	assert_rate(999.6, "1000");
	assert_rate(9999.4, "9999");
	assert_rate(9999.5, "10.0k");
	assert_rate(12345, "12.3k");
	assert_rate(99949, "99.9k");
	assert_rate(99951, "100k");
	assert_rate(999499, "999k");
	assert_rate(999501, "1.00M");
	assert_rate(1.2e6, "1.20M");
	assert_rate(999.6e6, "1.00G");
	assert_rate(999.6e9, "1.00T");
	assert_rate(INFINITY, ">999E");
	assert_rate(1e300, ">999E");
}

static void assert_count(uint64_t n, const char *want)
{
	char out[UNITS_BYTES];

	assert_string_equal(units_format_count(n, out), want);
}

static void counts_out(void **state)
{
	(void)state;
	assert_count(0, "0");
	assert_count(731, "731");
	assert_count(9999, "9999");
	assert_count(10000, "10.0k");
	assert_count(12345, "12.3k");
	assert_count(999499, "999k");
	assert_count(999500, "1.00M");
	assert_count(4560000, "4.56M");
	assert_count(999500000, "1.00G");
	assert_count(UINT64_MAX, "18.4E");
}

/* All magnitudes, and both sides of each power of ten and of its roundings. */
static void nothing_is_wider_than_promised(void **state)
{
	static const double near[] = {1, 9.994999, 9.995, 9.9951, 9.9999, 99.94999, 99.95,
				      99.9501, 999.4999, 999.5, 999.501, 999.999};
	char out[UNITS_BYTES];

	(void)state;
	for (int exponent = -6; exponent < 20; exponent++)
		for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
			double v = near[i] * pow(10, exponent);

			assert_in_range(strlen(units_format_rate(v, out)), 1, 5);
			if (v < 1.8e19) {
				assert_in_range(strlen(units_format_count((uint64_t)v, out)), 1, 5);
				assert_in_range(strlen(units_format_bytes((uint64_t)v, out)), 3, 8);
			}
			if (v < 365 * 86400e9) {
				int64_t ns = (int64_t)v;
				const char *text = units_format_duration(ns, out);
				/* µ is two bytes; only hours have more than three digits. */
				assert_in_range(strlen(text), 3, 8);
				if (ns < 1000 * 3600 * NS_PER_S)
					assert_null(strstr(text, "1000"));
			}
		}
}

static void costs_out(void **state)
{
	static const struct {
		double cost;
		const char *want;
	} t[] = {
		{0, "0"}, {0.0000234, "2e-05"}, {0.00094, "9e-04"}, {0.00095, "0.0009"}, {0.0012, "0.0012"}, {0.0927, "0.0927"},
		{0.0999, "0.0999"}, {0.09996, "0.100"}, {0.412, "0.412"}, {0.99949, "0.999"}, {0.9996, "1.00"}, {9.996, "10.0"},
		{99.96, "100"}, {1234.5, "1234"}, {999999, "999999"}, {1e6, "1e+06"}, {1e12, "1e+12"},
	};
	char out[UNITS_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		assert_string_equal(units_format_cost(t[i].cost, out), t[i].want);
		assert_in_range(strlen(out), 1, 6);
	}
}

static void bytes_out(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *want;
	} t[] = {
		{0, "0 B"}, {1, "1 B"}, {512, "512 B"}, {999, "999 B"}, {1000, "0.98 KiB"},
		{1024, "1.00 KiB"}, {1229, "1.20 KiB"}, {1 << 20, "1.00 MiB"},
		{4 << 20, "4.00 MiB"}, {1ULL << 40, "1.00 TiB"}, {1ULL << 60, "1.00 EiB"},
		{UINT64_MAX, "16.0 EiB"},
	};
	char out[UNITS_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof t / sizeof *t; i++)
		assert_string_equal(units_format_bytes(t[i].bytes, out), t[i].want);
}

static void elapsed_out(void **state)
{
	char out[UNITS_BYTES];

	(void)state;
	assert_string_equal(units_format_elapsed(0, out), "00:00");
	assert_string_equal(units_format_elapsed(-1, out), "00:00");
	assert_string_equal(units_format_elapsed(999999999, out), "00:00");
	assert_string_equal(units_format_elapsed(83 * NS_PER_S, out), "01:23");
	assert_string_equal(units_format_elapsed(3600 * NS_PER_S - 1, out), "59:59");
	assert_string_equal(units_format_elapsed(3600 * NS_PER_S, out), "1:00:00");
	assert_string_equal(units_format_elapsed(3723 * NS_PER_S, out), "1:02:03");
	assert_string_equal(units_format_elapsed(100 * DAY_NS, out), "2400:00:00");
	assert_true(strlen(units_format_elapsed(INT64_MAX, out)) < UNITS_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations),
		cmocka_unit_test(not_durations),
		cmocka_unit_test(counts),
		cmocka_unit_test(not_counts),
		cmocka_unit_test(durations_out),
		cmocka_unit_test(rates_out),
		cmocka_unit_test(counts_out),
		cmocka_unit_test(nothing_is_wider_than_promised),
		cmocka_unit_test(costs_out),
		cmocka_unit_test(bytes_out),
		cmocka_unit_test(elapsed_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
