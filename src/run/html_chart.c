#include "html_chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/units.h"
#include "html_frame.h"
#include "html_out.h"

#define MARKS_APART 46 /* labels of operating points; closer ones are left out */

static double value_of(const struct chart *c, const void *item, int line)
{
	double value = c->line[line].at(item);

	return isfinite(value) && value >= 0 ? value : NAN;
}

static void words(FILE *out, const struct chart *c, const void *item)
{
	char text[UNITS_BYTES];

	for (int i = 0; i < c->lines; i++) {
		double value = value_of(c, item, i);

		fprintf(out, "\n%s ", c->line[i].name);
		if (isnan(value))
			fputs("\xe2\x80\x93", out);
		else
			fprintf(out, "%s%s%s", frame_words(c->unit, value, text), c->per ? " " : "", c->per ? c->per : "");
	}
}

static void legend(FILE *out, const struct chart *c)
{
	fputs("<figcaption><b>", out);
	html_text(out, c->title);
	fprintf(out, "%s%s</b>", c->per ? ", " : "", c->per ? c->per : "");
	for (int i = 0; i < c->lines; i++)
		html_element(out, "span", c->line[i].class, c->line[i].name);
	fputs("</figcaption>", out);
}

/* --- over time ------------------------------------------------------------ */

static double highest_bin(const struct chart *c, const struct timeline *t)
{
	double most = 0;

	for (int b = 0; b < t->count; b++)
		for (int i = 0; i < c->lines; i++)
			most = fmax(most, value_of(c, &t->bin[b], i));
	return most;
}

static double middle(const struct timeline *t, int bin)
{
	double from = (double)bin * (double)t->bin_us, to = fmin(from + (double)t->bin_us, (double)t->end_us);

	return (from + to) / 2;
}

static void spans(FILE *out, const struct frame *f, const struct timeline *t)
{
	static const char *const name[] = {[PHASE_WARMUP] = "warm-up", [PHASE_PAUSE] = "pause", [PHASE_DRAIN] = "draining"};

	for (int i = 0; i < t->span_count; i++) {
		const struct timeline_span *s = &t->span[i];
		double x = frame_x(f, (double)s->from_us), width = frame_x(f, (double)s->to_us) - x;

		if (s->phase < PHASE_END && name[s->phase] && width > 0)
			fprintf(out, "<rect class=\"aside\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s</title></rect>",
				x, FRAME_TOP, width, FRAME_BOTTOM - FRAME_TOP, name[s->phase]);
	}
}

static void marks(FILE *out, const struct frame *f, const struct result *r)
{
	double last = -MARKS_APART;

	for (int i = 0; i < r->point_count; i++) {
		const struct result_point *p = &r->point[i];
		double x = frame_x(f, (double)p->t_us);
		char level[RESULT_LEVEL];

		/* A load that was only gone through is no line of its own. */
		if (i && !p->metrics.requests && x - last < MARKS_APART / 4.0)
			continue;
		fprintf(out, "<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x, x, FRAME_TOP, FRAME_BOTTOM);
		if (x - last < MARKS_APART)
			continue;
		fprintf(out, "<text class=\"mark\" x=\"%.1f\" y=\"%d\">%s%s</text>", x + 3, FRAME_TOP - 6, p->ramp ? "to " : "",
			result_level(p, level));
		last = x;
	}
}

static void line_over_time(FILE *out, const struct frame *f, const struct chart *c, int line, const struct timeline *t)
{
	bool drawing = false;

	fprintf(out, "<path class=\"line %s\" d=\"", c->line[line].class);
	for (int b = 0; b < t->count; b++) {
		double value = value_of(c, &t->bin[b], line);

		if (!isnan(value))
			fprintf(out, "%s%.1f %.1f", drawing ? "L" : "M", frame_x(f, middle(t, b)), frame_y(f, value));
		/* A point alone is a dot. */
		if (!isnan(value) && !drawing)
			fputs("h0", out);
		drawing = !isnan(value);
	}
	fputs("\"/>", out);
}

static void hover_over_time(FILE *out, const struct frame *f, const struct chart *c, const struct timeline *t)
{
	for (int b = 0; b < t->count; b++) {
		const struct timeline_bin *bin = &t->bin[b];
		int64_t from_us = b * t->bin_us, to_us = from_us + t->bin_us < t->end_us ? from_us + t->bin_us : t->end_us;
		double x = frame_x(f, (double)from_us);
		char from[UNITS_BYTES], to[UNITS_BYTES];

		fprintf(out, "<rect class=\"hover\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"><title>%s to %s", x, FRAME_TOP,
			frame_x(f, (double)to_us) - x, FRAME_BOTTOM - FRAME_TOP, frame_moment(from_us, t->bin_us, from),
			frame_moment(to_us, t->bin_us, to));
		words(out, c, bin);
		fprintf(out, "\n%llu requests%s</title></rect>\n", (unsigned long long)bin->requests,
			bin->incomplete ? ", some samples lost" : "");
	}
}

void chart_over_time(FILE *out, const struct chart *c, const struct timeline *t, const struct result *r)
{
	struct frame f = {.x_end = (double)t->end_us};

	frame_scale(&f, c->unit, highest_bin(c, t));
	fputs("<figure>", out);
	legend(out, c);
	frame_begin(out, c->title);
	spans(out, &f, t);
	frame_y_axis(out, &f, c->unit);
	frame_time_axis(out, &f, t->end_us);
	marks(out, &f, r);
	for (int i = c->lines - 1; i >= 0; i--)
		line_over_time(out, &f, c, i, t);
	hover_over_time(out, &f, c, t);
	fputs("</svg></figure>\n", out);
}

/* --- over the load -------------------------------------------------------- */

static bool drawn(const struct result_point *p, enum load_mode mode)
{
	return !p->ramp && p->mode == mode && p->metrics.requests;
}

static int by_level(const void *a, const void *b)
{
	const struct result_point *p = *(const struct result_point *const *)a, *q = *(const struct result_point *const *)b;

	return p->level < q->level ? -1 : p->level > q->level ? 1 : p->t_us < q->t_us ? -1 : p->t_us > q->t_us;
}

/* Users and rates have no axis in common: those that there are of first. */
static int sorted(const struct result *r, const struct result_point ***out)
{
	int n = 0;

	*out = xcalloc((size_t)r->point_count + 1, sizeof **out);
	for (int i = 0; i < r->point_count; i++)
		if (drawn(&r->point[i], r->point[0].mode))
			(*out)[n++] = &r->point[i];
	qsort(*out, (size_t)n, sizeof **out, by_level);
	return n;
}

int chart_levels(const struct result *r)
{
	const struct result_point **point;
	int n = sorted(r, &point), levels = n > 0;

	for (int i = 1; i < n; i++)
		levels += point[i]->level > point[i - 1]->level;
	free(point);
	return levels;
}

static void line_over_load(FILE *out, const struct frame *f, const struct chart *c, int line,
			   const struct result_point *const *point, int n)
{
	fprintf(out, "<path class=\"line thin %s\" d=\"", c->line[line].class);
	for (int i = 0, drawing = 0; i < n; i++) {
		double value = value_of(c, point[i], line);

		if (isnan(value))
			continue;
		fprintf(out, "%s%.1f %.1f", drawing++ ? "L" : "M", frame_x(f, point[i]->level), frame_y(f, value));
	}
	fputs("\"/>", out);
	for (int i = 0; i < n; i++) {
		double value = value_of(c, point[i], line);

		if (!isnan(value))
			fprintf(out, "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>", c->line[line].class,
				frame_x(f, point[i]->level), frame_y(f, value));
	}
}

static void hover_over_load(FILE *out, const struct frame *f, const struct chart *c, const struct result_point *p)
{
	char level[RESULT_LEVEL], from[UNITS_BYTES];

	fprintf(out, "<rect class=\"hover\" x=\"%.1f\" y=\"%d\" width=\"12\" height=\"%d\"><title>%s from %s on",
		frame_x(f, p->level) - 6, FRAME_TOP, FRAME_BOTTOM - FRAME_TOP, result_level(p, level),
		units_format_elapsed(p->t_us * NS_PER_US, from));
	words(out, c, p);
	fprintf(out, "\n%llu requests</title></rect>\n", (unsigned long long)p->metrics.requests);
}

void chart_over_load(FILE *out, const struct chart *c, const struct result *r)
{
	const struct result_point **point;
	int n = sorted(r, &point);
	double most = 0;
	struct frame f;

	f.x_end = n ? point[n - 1]->level * 1.05 : 1;
	for (int k = 0; k < n; k++)
		for (int i = 0; i < c->lines; i++)
			most = fmax(most, value_of(c, point[k], i));
	frame_scale(&f, c->unit, most);
	fputs("<figure>", out);
	legend(out, c);
	frame_begin(out, c->title);
	frame_y_axis(out, &f, c->unit);
	frame_level_axis(out, &f, n && point[0]->mode == MODE_OPEN ? "arrivals/s" : "users");
	for (int i = c->lines - 1; i >= 0; i--)
		line_over_load(out, &f, c, i, point, n);
	for (int i = 0; i < n; i++)
		hover_over_load(out, &f, c, point[i]);
	fputs("</svg></figure>\n", out);
	free(point);
}
