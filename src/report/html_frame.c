#include "html_frame.h"

#include <math.h>

#include "base/clock.h"
#include "html_out.h"

#define Y_STEPS 4
#define TIME_STEPS 8
#define LEVEL_STEPS 8

/* 1, 2 or 5 times a power of ten, not below `least`. */
static double nice(double least)
{
	double power = pow(10, floor(log10(least))), digit = least / power;

	return power * (digit <= 1.0001 ? 1 : digit <= 2.0001 ? 2 : digit <= 5.0001 ? 5 : 10);
}

void frame_scale(struct frame *f, enum chart_unit unit, double most)
{
	/* Where nothing came there is an axis all the same. */
	if (!(most > 0))
		most = unit == CHART_TIME ? (double)US_PER_S : 1;
	f->y_step = nice(most / Y_STEPS);
	f->y_end = f->y_step * ceil(most / f->y_step);
}

double frame_x(const struct frame *f, double value)
{
	double share = fmin(fmax(value / f->x_end, 0), 1);

	return FRAME_LEFT + share * (FRAME_RIGHT - FRAME_LEFT);
}

double frame_y(const struct frame *f, double value)
{
	return FRAME_BOTTOM - fmin(value / f->y_end, 1) * (FRAME_BOTTOM - FRAME_TOP);
}

char *frame_words(enum chart_unit unit, double value, char out[UNITS_BYTES])
{
	if (unit == CHART_SHARE)
		snprintf(out, UNITS_BYTES, "%.1f %%", value * 100);
	else if (unit == CHART_COUNT)
		units_format_level(value, out);
	else if (unit == CHART_TIME)
		units_format_duration(llround(value * (double)NS_PER_US), out);
	else
		units_format_rate(value, out);
	return out;
}

char *frame_moment(int64_t t_us, int64_t step_us, char out[UNITS_BYTES])
{
	if (step_us % US_PER_S == 0)
		return units_format_elapsed(t_us * NS_PER_US, out);
	snprintf(out, UNITS_BYTES, "%.1f s", (double)t_us / (double)US_PER_S);
	return out;
}

void frame_begin(FILE *out, const char *title)
{
	frame_begin_of(out, title, FRAME_HEIGHT);
}

void frame_begin_of(FILE *out, const char *title, int height)
{
	fprintf(out, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", FRAME_WIDTH, height);
	html_text(out, title);
	fputs("\">", out);
}

/* What is a multiple of ten of a unit needs no decimals: 200 ms, not 200.0 ms. */
char *frame_tick(enum chart_unit unit, double value, char out[UNITS_BYTES])
{
	if (unit == CHART_SHARE) {
		snprintf(out, UNITS_BYTES, "%.4g %%", value * 100);
		return out;
	}
	if (unit == CHART_TIME && value < 100e6 && value > 0) {
		double shown = value < 1e3 ? value : value < 1e6 ? value / 1e3 : value / 1e6;

		snprintf(out, UNITS_BYTES, "%.4g %s", shown, value < 1e3 ? "\xc2\xb5s" : value < 1e6 ? "ms" : "s");
		return out;
	}
	if (unit == CHART_RATE && value < 10000) {
		snprintf(out, UNITS_BYTES, "%.4g", value);
		return out;
	}
	return frame_words(unit, value, out);
}

void frame_y_axis(FILE *out, const struct frame *f, enum chart_unit unit)
{
	for (int i = 0; i * f->y_step < f->y_end * 1.001; i++) {
		double value = i * f->y_step, y = frame_y(f, value);
		char text[UNITS_BYTES];

		fprintf(out, "<line class=\"%s\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", i ? "grid" : "axis", FRAME_LEFT,
			FRAME_RIGHT, y, y);
		fprintf(out, "<text class=\"y\" x=\"%d\" y=\"%.1f\">%s</text>", FRAME_LEFT - 6, y + 4,
			i ? frame_tick(unit, value, text) : "0");
	}
}

void frame_below(FILE *out, double x, const char *text)
{
	fprintf(out, "<text class=\"x\" x=\"%.1f\" y=\"%d\">", x, FRAME_BOTTOM + 17);
	html_text(out, text);
	fputs("</text>", out);
}

void frame_time_axis(FILE *out, const struct frame *f, int64_t end_us)
{
	static const int64_t nice_ms[] = {100,	  200,	  500,	  1000,	  2000,	   5000,    10000,   15000,    30000,	60000,
					  120000, 300000, 600000, 900000, 1800000, 3600000, 7200000, 14400000, 43200000, 86400000};
	size_t i = 0, last = sizeof nice_ms / sizeof *nice_ms - 1;
	int64_t step_us;
	char text[UNITS_BYTES];

	while (i < last && end_us / (nice_ms[i] * US_PER_MS) > TIME_STEPS)
		i++;
	step_us = nice_ms[i] * US_PER_MS;
	while (end_us / step_us > TIME_STEPS)
		step_us *= 2;
	for (int64_t t = 0; t <= end_us; t += step_us)
		frame_below(out, frame_x(f, (double)t), frame_moment(t, step_us, text));
}

void frame_level_axis(FILE *out, const struct frame *f, const char *unit)
{
	double step = nice(f->x_end / LEVEL_STEPS);
	char text[UNITS_BYTES];

	for (int i = 0; i * step <= f->x_end; i++) {
		/* The last one is the unit's place. */
		if ((i + 1) * step > f->x_end && i)
			break;
		frame_below(out, frame_x(f, i * step), units_format_level(i * step, text));
	}
	fprintf(out, "<text class=\"y\" x=\"%d\" y=\"%d\">%s</text>", FRAME_RIGHT, FRAME_BOTTOM + 17, unit);
}
