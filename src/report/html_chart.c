#include "html_chart.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/units.h"
#include "html_frame.h"
#include "html_out.h"

#define LINES_APART 11 /* of loads that were only gone through; closer ones are left out */
#define CHARACTER_WIDTH 9 /* of a label, about, as on a telephone, where it is larger */
#define NUMBERS_APART 18 /* of marks */
#define FLAG 4 /* half of a mark's sign */

static double value_of(const struct chart *c, const struct timeline_bin *item, int line)
{
	double value = c->line[line].at(item);

	return isfinite(value) && value >= 0 ? value : NAN;
}

static void words(FILE *out, const struct chart *c, const struct timeline_bin *item)
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

static bool has_value(const struct chart *c, const struct timeline *t, int line)
{
	for (int b = 0; b < t->count; b++)
		if (!isnan(value_of(c, &t->bin[b], line)))
			return true;
	return false;
}

static void legend(FILE *out, const struct chart *c, const struct timeline *t)
{
	fputs("<figcaption><b>", out);
	html_text(out, c->title);
	fprintf(out, "%s%s</b>", c->per ? ", " : "", c->per ? c->per : "");
	for (int i = 0; i < c->lines; i++)
		if (has_value(c, t, i))
			html_element(out, "span", c->line[i].class, c->line[i].name);
	fputs("</figcaption>", out);
}

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

static void levels(FILE *out, const struct frame *f, const struct result *r)
{
	double last = -LINES_APART, free_from = 0;

	for (int i = 0; i < r->point_count; i++) {
		const struct result_point *p = &r->point[i];
		double x = frame_x(f, (double)p->t_us);
		char words[RESULT_LEVEL], level[RESULT_LEVEL + 4];

		/* A load that was only gone through is no line of its own. */
		if (i && !p->metrics.requests && x - last < LINES_APART)
			continue;
		fprintf(out, "<line class=\"load\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x, x, FRAME_TOP, FRAME_BOTTOM);
		last = x;
		if (x < free_from)
			continue;
		snprintf(level, sizeof level, "%s%s", p->ramp ? "to " : "", result_level(p, words));
		fprintf(out, "<text class=\"load\" x=\"%.1f\" y=\"%d\">%s</text>", x + 3, FRAME_TOP - 6, level);
		free_from = x + 3 + (double)strlen(level) * CHARACTER_WIDTH;
	}
}

/* A number leads to the list of marks; who points at one reads its note. */
static void marks(FILE *out, const struct frame *f, const struct result *r)
{
	double last = -NUMBERS_APART;

	for (int i = 0; i < r->mark_count; i++) {
		double x = frame_x(f, (double)r->mark[i].t_us);

		fprintf(out, "<g class=\"mark\"><line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x, x, FRAME_TOP, FRAME_BOTTOM);
		fprintf(out, "<path d=\"M%.1f %dl%d %dl-%d %dl-%d -%dz\"/>", x, FRAME_BOTTOM - FLAG, FLAG, FLAG, FLAG, FLAG, FLAG, FLAG);
		if (x - last >= NUMBERS_APART) {
			fprintf(out, "<text x=\"%.1f\" y=\"%d\">%d</text>", x + 4, FRAME_TOP + 11, i + 1);
			last = x;
		}
		fputs("</g>", out);
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

static void marked(FILE *out, const struct result *r, int64_t from_us, int64_t to_us)
{
	for (int i = 0; i < r->mark_count; i++)
		if (r->mark[i].t_us >= from_us && r->mark[i].t_us < to_us) {
			fprintf(out, "\nmark %d%s", i + 1, *r->mark[i].note ? ": " : "");
			html_text(out, r->mark[i].note);
		}
}

static void hover_over_time(FILE *out, const struct frame *f, const struct chart *c, const struct timeline *t,
			    const struct result *r)
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
		fprintf(out, "\n%llu request%s%s", (unsigned long long)bin->requests, bin->requests == 1 ? "" : "s",
			bin->incomplete ? ", some samples lost" : "");
		marked(out, r, from_us, to_us);
		fputs("</title></rect>\n", out);
	}
}

void chart_over_time(FILE *out, const struct chart *c, const struct timeline *t, const struct result *r)
{
	struct frame f = {.x_end = (double)t->end_us};

	frame_scale(&f, c->unit, highest_bin(c, t));
	fputs("<figure>", out);
	legend(out, c, t);
	frame_begin(out, c->title);
	spans(out, &f, t);
	frame_y_axis(out, &f, c->unit);
	frame_time_axis(out, &f, t->end_us);
	levels(out, &f, r);
	marks(out, &f, r);
	for (int i = c->lines - 1; i >= 0; i--)
		line_over_time(out, &f, c, i, t);
	hover_over_time(out, &f, c, t, r);
	fputs("</svg></figure>\n", out);
}
