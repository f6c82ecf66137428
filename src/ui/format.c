#include "ui/format.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "base/utf8.h"
#include "ui/canvas.h"

char *format_glyph(uint32_t glyph, char out[GLYPH_BYTES])
{
	out[utf8_encode(glyph, out)] = '\0';
	return out;
}

const char *format_arrow(const struct glyphs *glyphs)
{
	return glyphs->rule < 0x80 ? "->" : "\xe2\x86\x92";
}

static char *unknown(const struct glyphs *glyphs, char out[FORMAT_BYTES])
{
	return format_glyph(glyphs->unknown, out);
}

struct unit format_unit(double now_us, double run_us, const struct glyphs *glyphs)
{
	double now = now_us > 0 ? now_us : 0, run = run_us > 0 ? run_us : 0;

	/* A run that has seen seconds stays in them until a tenth is the most
	 * there is: two figures are left then. */
	if (now >= 1e6 || (run >= 1e6 && now >= 1e5) || (now <= 0 && (run >= 1e6 || run <= 0)))
		return (struct unit){1e6, "s"};
	if (now >= 1e3 || run >= 1e3)
		return (struct unit){1e3, "ms"};
	return (struct unit){1, glyphs->micro};
}

char *format_value(double us, struct unit unit, const struct glyphs *glyphs, char out[FORMAT_BYTES])
{
	double v = us / unit.us;

	if (!(v >= 0) || isinf(v))
		return unknown(glyphs, out);
	if (v < 99999.5)
		snprintf(out, FORMAT_BYTES, "%.*f", v < 9.995 ? 2 : v < 99.95 ? 1 : 0, v);
	else if (v < 9999.5e3)
		snprintf(out, FORMAT_BYTES, "%.0fk", v / 1e3);
	else if (v < 9999.5e6)
		snprintf(out, FORMAT_BYTES, "%.0fM", v / 1e6);
	else
		snprintf(out, FORMAT_BYTES, ">9999");
	return out;
}

char *format_rate(double per_second, const struct glyphs *glyphs, char out[FORMAT_BYTES])
{
	char text[UNITS_BYTES];

	if (!(per_second >= 0))
		return unknown(glyphs, out);
	if (per_second >= 999.4e9)
		snprintf(out, FORMAT_BYTES, ">999G");
	else
		snprintf(out, FORMAT_BYTES, "%s", units_format_rate(per_second, text));
	return out;
}

char *format_percent(double share, const struct glyphs *glyphs, char out[FORMAT_BYTES])
{
	if (!(share >= 0 && share <= 1))
		return unknown(glyphs, out);
	double percent = share * 100;

	if (share >= 1)
		snprintf(out, FORMAT_BYTES, "100");
	else if (percent > 0 && percent < 0.1)
		snprintf(out, FORMAT_BYTES, "<0.1");
	else
		snprintf(out, FORMAT_BYTES, "%.1f", percent > 99.9 ? 99.9 : percent);
	return out;
}

char *format_ratio(double ratio, const struct glyphs *glyphs, char out[FORMAT_BYTES])
{
	char number[FORMAT_BYTES];

	if (!(ratio >= 0))
		return unknown(glyphs, out);
	if (ratio >= 9999.5)
		snprintf(number, sizeof number, "9999");
	else
		snprintf(number, sizeof number, "%.*f", ratio < 9.995 ? 2 : ratio < 99.95 ? 1 : 0, ratio);
	snprintf(out, FORMAT_BYTES, "%s%-4s", glyphs->times, number);
	return out;
}

char *format_level(double level, char out[FORMAT_BYTES])
{
	char text[UNITS_BYTES];

	snprintf(out, FORMAT_BYTES, "%s", units_format_level(level, text));
	return out;
}

char *format_count(uint64_t n, char out[FORMAT_BYTES])
{
	char text[UNITS_BYTES];

	if (n >= 999400000000U)
		snprintf(out, FORMAT_BYTES, ">999G");
	else
		snprintf(out, FORMAT_BYTES, "%s", units_format_count(n, text));
	return out;
}

char *format_duration(double us, const struct glyphs *glyphs, char out[FORMAT_BYTES])
{
	if (!(us >= 0) || us > 9e15)
		return unknown(glyphs, out);
	/* Edges of bins: 999.6 us must not read "1000 us". */
	if (us >= 999.5e3)
		format_value(us, (struct unit){1e6, "s"}, glyphs, out);
	else if (us >= 999.5)
		format_value(us, (struct unit){1e3, "ms"}, glyphs, out);
	else
		format_value(us, (struct unit){1, glyphs->micro}, glyphs, out);
	size_t n = strlen(out);
	snprintf(out + n, FORMAT_BYTES - n, " %s", us >= 999.5e3 ? "s" : us >= 999.5 ? "ms" : glyphs->micro);
	return out;
}

char *format_elapsed(int64_t us, char out[FORMAT_BYTES])
{
	char text[UNITS_BYTES];

	if (us > INT64_MAX / 1000)
		us = INT64_MAX / 1000;
	snprintf(out, FORMAT_BYTES, "%s", units_format_elapsed(us < 0 ? 0 : us * 1000, text));
	return out;
}

char *format_axis(double v, char out[FORMAT_BYTES])
{
	static const char *const prefix[] = {"k", "M", "G", "T"};
	int p = -1;

	while (v >= 9999.5 && p < 3) {
		v /= 1e3;
		p++;
	}
	if (!(v < 9999.5)) {
		snprintf(out, FORMAT_BYTES, "huge");
		return out;
	}
	snprintf(out, FORMAT_BYTES, "%.4g%s", v, p < 0 ? "" : prefix[p]);
	return out;
}

char *format_factor(double factor, const struct glyphs *glyphs, char out[FORMAT_BYTES])
{
	if (!(factor >= 0) || isinf(factor))
		return unknown(glyphs, out);
	if (factor >= 9999.5)
		snprintf(out, FORMAT_BYTES, ">9999");
	else
		snprintf(out, FORMAT_BYTES, "%.*f", factor < 0.995 ? 2 : factor < 9.95 ? 1 : 0, factor);
	return out;
}

char *format_change(double factor, const struct glyphs *glyphs, char out[FORMAT_BYTES])
{
	const char *sign = glyphs->times;
	char number[FORMAT_BYTES];

	/* "x 0.00" says nothing of a fall; "/ 2400" does. */
	if (factor > 0 && factor < 0.0995) {
		sign = glyphs->rule < 0x80 ? "/" : "\xc3\xb7";
		factor = 1 / factor;
	}
	snprintf(out, FORMAT_BYTES, "%s %.15s", sign, format_factor(factor, glyphs, number));
	return out;
}

double format_nice_max(double v)
{
	/* Close enough to each other that no graph is half empty. */
	static const double nice[] = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8};

	if (!(v > 0) || isinf(v))
		return 1;
	double power = pow(10, floor(log10(v)));

	/* A value that is one of them but for rounding must not jump a step. */
	v /= power * (1 + 1e-9);
	for (size_t i = 0; i < sizeof nice / sizeof *nice; i++)
		if (v <= nice[i])
			return power * nice[i];
	return power * 10;
}

bool format_enough(uint64_t n, double q)
{
	return (double)n * (1 - q) >= 1 - 1e-9;
}

char *format_fit(const char *text, int cells, const struct glyphs *glyphs, char *out, size_t bytes)
{
	char cut[GLYPH_BYTES];
	size_t used = 0, length = strlen(text), room;
	int width = 0;

	if (cells <= 0 || bytes < GLYPH_BYTES + 1) {
		if (bytes)
			*out = '\0';
		return out;
	}
	room = bytes - GLYPH_BYTES;
	if (utf8_cells(text) <= cells && length < room) {
		memcpy(out, text, length + 1);
		return out;
	}
	for (size_t i = 0; i < length;) {
		uint32_t cp;
		size_t n = utf8_decode(text + i, length - i, &cp);
		int w = utf8_width(cp);

		if (w < 0)
			w = 1;
		if (width + w > cells - 1 || used + n >= room)
			break;
		memcpy(out + used, text + i, n);
		used += n;
		width += w;
		i += n;
	}
	format_glyph(glyphs->ellipsis, cut);
	memcpy(out + used, cut, strlen(cut) + 1);
	return out;
}
