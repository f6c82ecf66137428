#include "base/units.h"

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

/* Reads digits with an optional fraction, nothing else: no sign, no exponent,
 * no hexadecimal, whatever the locale. Returns the end or NULL. */
static const char *read_decimal(const char *s, double *out)
{
	double value = 0, scale = 1;
	const char *start = s;

	for (; isdigit((unsigned char)*s); s++)
		value = value * 10 + (*s - '0');
	if (s == start)
		return NULL;
	if (*s == '.') {
		s++;
		if (!isdigit((unsigned char)*s))
			return NULL;
		for (; isdigit((unsigned char)*s); s++) {
			scale /= 10;
			value += (*s - '0') * scale;
		}
	}
	*out = value;
	return s;
}

int units_parse_duration(const char *text, int64_t *out_ns, struct err *err)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = {
		{"us", 1e3}, {"\xc2\xb5s", 1e3}, {"ms", 1e6}, {"s", 1e9},
		{"m", 60e9}, {"h", 3600e9}, {"d", 86400e9},
	};
	const double limit_ns = 365 * 86400e9;
	double total = 0;
	const char *s = text;

	if (!strcmp(text, "0")) {
		*out_ns = 0;
		return 0;
	}
	if (*s == '-')
		return err_set(err, "\"%.40s\" is negative; expected a duration such as 500ms, 2s or 3m", text);
	do {
		double value;
		const char *end = read_decimal(s, &value);

		if (!end)
			goto bad;
		size_t len = 0;
		while (end[len] && !isdigit((unsigned char)end[len]))
			len++;
		if (!len)
			return err_set(err, "\"%.40s\" has no unit; expected a duration such as 500ms, 2s or 3m", text);
		size_t u;
		for (u = 0; u < sizeof units / sizeof *units; u++)
			if (strlen(units[u].name) == len && !memcmp(units[u].name, end, len))
				break;
		if (u == sizeof units / sizeof *units)
			goto bad;
		total += value * units[u].ns;
		s = end + len;
	} while (*s);
	if (!(total <= limit_ns))
		return err_set(err, "\"%.40s\" is more than 365 days", text);
	*out_ns = (int64_t)llround(total);
	return 0;
bad:
	return err_set(err, "\"%.40s\" is not a duration; expected one such as 500us, 2s, 3m or 1h", text);
}

/* true where the value no longer fits. */
static bool append_digit(uint64_t *value, int digit)
{
	return __builtin_mul_overflow(*value, 10U, value) ||
	       __builtin_add_overflow(*value, (unsigned)digit, value);
}

/* Exact, because a seed has more digits than a double: the digits are shifted
 * by the suffix, and what stays behind the point must be zeros. Returns -1 where
 * it is not a whole number; one too large for 64 bits gives UINT64_MAX. */
static int read_whole(const char *s, uint64_t *out)
{
	uint64_t value = 0;
	bool too_large = false;
	const char *point = NULL, *start = s;
	int shift = 0;

	for (; isdigit((unsigned char)*s); s++)
		too_large |= append_digit(&value, *s - '0');
	if (s == start)
		return -1;
	if (*s == '.') {
		point = ++s;
		while (isdigit((unsigned char)*s))
			s++;
		if (s == point)
			return -1;
	}
	if (!strcmp(s, "k") || !strcmp(s, "K"))
		shift = 3;
	else if (!strcmp(s, "M"))
		shift = 6;
	else if (!strcmp(s, "G"))
		shift = 9;
	else if (*s)
		return -1;
	for (; shift > 0; shift--)
		too_large |= append_digit(&value, point && point < s ? *point++ - '0' : 0);
	for (; point && point < s; point++)
		if (*point != '0')
			return -1;
	*out = too_large ? UINT64_MAX : value;
	return 0;
}

int units_parse_count(const char *text, int64_t min, int64_t max, int64_t *out,
		      struct err *err)
{
	uint64_t value;

	if (*text == '-')
		return err_set(err, "\"%.40s\" is negative; expected a whole number from %lld to %lld",
			       text, (long long)min, (long long)max);
	if (read_whole(text, &value))
		return err_set(err, "\"%.40s\" is not a whole number; expected one from %lld to %lld, such as 50 or 2k",
			       text, (long long)min, (long long)max);
	if (value > INT64_MAX || (int64_t)value < min || (int64_t)value > max)
		return err_set(err, "%.40s is out of range; expected %lld to %lld", text,
			       (long long)min, (long long)max);
	*out = (int64_t)value;
	return 0;
}

int units_parse_rate(const char *text, bool nothing, double max, double *out, struct err *err)
{
	static const struct {
		const char *name;
		double seconds;
	} per[] = {
		{"", 1}, {"/s", 1}, {"/sec", 1}, {"/m", 60}, {"/min", 60}, {"/h", 3600}, {"/hour", 3600},
	};
	double value, factor = 1;
	const char *s = read_decimal(text, &value);
	size_t u;

	if (s && (*s == 'k' || *s == 'K' || *s == 'M'))
		factor = *s++ == 'M' ? 1e6 : 1e3;
	for (u = 0; s && u < sizeof per / sizeof *per && strcmp(per[u].name, s); u++)
		;
	if (!s || u == sizeof per / sizeof *per)
		return err_set(err, "\"%.40s\" is not a rate; expected one such as 20, 1.5k, 0.7/s or 90/m", text);
	value *= factor / per[u].seconds;
	if (!(value > 0) && !nothing)
		return err_set(err, "\"%.40s\" sends nothing; expected a rate above 0, such as 20 or 90/m", text);
	if (value > max)
		return err_set(err, "\"%.40s\" is out of range; expected at most %.0f a second", text, max);
	*out = value;
	return 0;
}

/* Three significant figures of a value below 1000. */
static void three_figures(double v, const char *unit, char out[UNITS_BYTES])
{
	int digits = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;

	snprintf(out, UNITS_BYTES, "%.*f%s", digits, v, unit);
}

char *units_format_duration(int64_t ns, char out[UNITS_BYTES])
{
	double v = (double)ns;

	if (v <= 0)
		snprintf(out, UNITS_BYTES, "0 s");
	else if (v < 999.5e3)
		three_figures(v / 1e3, " \xc2\xb5s", out);
	else if (v < 999.5e6)
		three_figures(v / 1e6, " ms", out);
	else if (v < 100e9)
		three_figures(v / 1e9, " s", out);
	else if (v < 6000e9)
		three_figures(v / 60e9, " min", out);
	else
		three_figures(v / 3600e9, " h", out);
	return out;
}

static char *si(double v, char out[UNITS_BYTES])
{
	static const char *const unit[] = {"k", "M", "G", "T", "P", "E"};
	size_t u = 0;

	for (v /= 1e3; v >= 999.5 && u < 5; u++)
		v /= 1e3;
	if (v < 999.5)
		three_figures(v, unit[u], out);
	else
		snprintf(out, UNITS_BYTES, ">999E");
	return out;
}

char *units_format_cost(double c, char out[UNITS_BYTES])
{
	int digits = c < 0.09995 ? 4 : c < 0.9995 ? 3 : c < 9.995 ? 2 : c < 99.95 ? 1 : 0;

	if (!(c > 0))
		strcpy(out, "0");
	else if (c < 0.00095 || c >= 999999.5)
		snprintf(out, UNITS_BYTES, "%.0e", c);
	else
		snprintf(out, UNITS_BYTES, "%.*f", digits, c);
	return out;
}

char *units_format_rate(double r, char out[UNITS_BYTES])
{
	if (!(r > 0))
		snprintf(out, UNITS_BYTES, "0");
	else if (r < 9999.5)
		snprintf(out, UNITS_BYTES, "%.*f", r < 9.995 ? 2 : r < 99.95 ? 1 : 0, r);
	else
		return si(r, out);
	return out;
}

char *units_format_count(uint64_t n, char out[UNITS_BYTES])
{
	if (n < 10000) {
		snprintf(out, UNITS_BYTES, "%llu", (unsigned long long)n);
		return out;
	}
	return si((double)n, out);
}

char *units_format_level(double level, char out[UNITS_BYTES])
{
	double whole = nearbyint(level);

	/* What was written as a number is to be read as that number. */
	if (fabs(level - whole) < 1e-6 * fabs(level) || fabs(level) >= 1e6)
		snprintf(out, UNITS_BYTES, "%.0f", whole);
	else
		snprintf(out, UNITS_BYTES, "%.*g", level < 100 ? 3 : 4, level);
	return out;
}

char *units_format_bytes(uint64_t bytes, char out[UNITS_BYTES])
{
	static const char *const unit[] = {" B", " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
	double v = (double)bytes;
	int u = 0;

	while (v >= 999.5 && u < 6) {
		v /= 1024;
		u++;
	}
	if (u == 0)
		snprintf(out, UNITS_BYTES, "%llu B", (unsigned long long)bytes);
	else
		three_figures(v, unit[u], out);
	return out;
}

char *units_format_elapsed(int64_t ns, char out[UNITS_BYTES])
{
	long long s = ns < 0 ? 0 : ns / NS_PER_S;

	if (s < 3600)
		snprintf(out, UNITS_BYTES, "%02lld:%02lld", s / 60, s % 60);
	else
		snprintf(out, UNITS_BYTES, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
	return out;
}
