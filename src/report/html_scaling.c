#include "html_scaling.h"

#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "html_frame.h"
#include "html_out.h"
#include "html_words.h"
#include "result_parts.h"
#include "scaling_put.h"

#define ROOM 1.05 /* beyond the highest level */
#define DOT_RADIUS 3.5

/* A picture of one of the two; both have the same levels. */
struct plane {
	FILE *out;
	const struct scaling *s;
	enum load_mode mode; /* of the dots that are drawn: users and rates have no axis in common */
	struct frame frame;
};

static bool drawn(const struct plane *p, const struct scaling_dot *d)
{
	return d->mode == p->mode && d->n && isfinite(d->x) && d->level >= 0 && d->level < 1e12;
}

static bool is_fitted(const struct plane *p)
{
	return p->mode == MODE_CLOSED && p->s->scale.fit != SCALE_NO_FIT;
}

/* An open-loop dot is in no fit, for there is none. */
static bool hollow(const struct scaling_dot *d)
{
	return d->use != DOT_FITTED && d->use != DOT_OPEN;
}

static enum load_mode mode_of(const struct scaling *s)
{
	int closed = 0;

	for (int i = 0; i < s->count; i++)
		closed += s->dot[i].mode == MODE_CLOSED;
	return closed && closed >= s->count - closed ? MODE_CLOSED : MODE_OPEN;
}

static int levels(const struct plane *p)
{
	double low = INFINITY, high = -INFINITY;

	for (int i = 0; i < p->s->count; i++)
		if (drawn(p, &p->s->dot[i])) {
			low = fmin(low, p->s->dot[i].level);
			high = fmax(high, p->s->dot[i].level);
		}
	return high > low ? 2 : high >= low;
}

static void begin(struct plane *p, const char *title, const char *per, const char *legend, enum chart_unit unit, double most)
{
	double top = 0;

	for (int i = 0; i < p->s->count; i++)
		if (drawn(p, &p->s->dot[i]))
			top = fmax(top, p->s->dot[i].level);
	p->frame = (struct frame){.x_end = top > 0 ? top * ROOM : 1};
	frame_scale(&p->frame, unit, most);
	fprintf(p->out, "<figure><figcaption><b>%s%s</b>%s</figcaption>", title, per, legend);
	frame_begin(p->out, title);
	frame_y_axis(p->out, &p->frame, unit);
	frame_level_axis(p->out, &p->frame, p->mode == MODE_OPEN ? "arrivals/s" : "users");
}

/* --- fits ------------------------------------------------------------------- */

/* The fit's value at place i of its curve; 0: at no load. */
static double at_place(const double value[SCALE_CURVE], int i)
{
	return i ? value[i - 1] : 0;
}

static void place(const struct plane *p, const double value[SCALE_CURVE], int i, char command)
{
	double level = p->s->scale.to * i / SCALE_CURVE;

	fprintf(p->out, "%c%.1f %.1f", command, frame_x(&p->frame, level), frame_y(&p->frame, fmax(at_place(value, i), 0)));
}

static void band(const struct plane *p)
{
	const struct scale *s = &p->s->scale;

	fputs("<path class=\"band\" d=\"", p->out);
	for (int i = 0; i <= SCALE_CURVE; i++)
		place(p, s->high, i, i ? 'L' : 'M');
	for (int i = SCALE_CURVE; i >= 0; i--)
		place(p, s->low, i, 'L');
	fputs("z\"/><path class=\"line fit\" d=\"", p->out);
	for (int i = 0; i <= SCALE_CURVE; i++)
		place(p, s->curve, i, i ? 'L' : 'M');
	fputs("\"/>", p->out);
}

static void straight(const struct plane *p, const char *class, double x1, double y1, double x2, double y2, const char *title)
{
	fprintf(p->out, "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"><title>%s</title></line>", class,
		frame_x(&p->frame, x1), frame_y(&p->frame, y1), frame_x(&p->frame, x2), frame_y(&p->frame, y2), title);
}

/* What few users get at most, and what no number of them exceeds. */
static void bounds(const struct plane *p)
{
	const struct bounds *b = &p->s->scale.bounds;
	double end = p->frame.x_end, top = p->frame.y_end;

	if (b->cycle_s > 0)
		straight(p, "bound", 0, 0, fmin(end, top * b->cycle_s), fmin(end / b->cycle_s, top), "where nobody waits");
	if (b->reached)
		straight(p, "bound", 0, b->x_max, end, b->x_max, "more users give no more");
}

static void knee(const struct plane *p)
{
	const struct scale *s = &p->s->scale;
	double x = frame_x(&p->frame, s->bounds.knee);
	bool turned = x > FRAME_RIGHT - 80;
	char words[64];

	if (!is_fitted(p) || isnan(s->bounds.knee))
		return;
	snprintf(words, sizeof words, "knee %.3g", s->bounds.knee);
	if (isfinite(s->knee.low) && isfinite(s->knee.high))
		fprintf(p->out, "<rect class=\"aside\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>", frame_x(&p->frame, s->knee.low),
			FRAME_TOP, fmax(frame_x(&p->frame, s->knee.high) - frame_x(&p->frame, s->knee.low), 0), FRAME_BOTTOM - FRAME_TOP);
	fprintf(p->out, "<line class=\"marker slo\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x, x, FRAME_TOP, FRAME_BOTTOM);
	fprintf(p->out, "<text class=\"marker slo%s\" x=\"%.1f\" y=\"%d\">%s</text>", turned ? " y" : "", turned ? x - 4 : x + 4,
		FRAME_TOP - 8, words);
}

/* --- dots ------------------------------------------------------------------- */

static void dot(const struct plane *p, const char *class, const struct scaling_dot *d, double value, double low, double high)
{
	double x = frame_x(&p->frame, d->level);

	if (isfinite(low) && isfinite(high) && high > low)
		fprintf(p->out, "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/>", class, x, x,
			frame_y(&p->frame, fmax(low, 0)), frame_y(&p->frame, high));
	fprintf(p->out, "<circle class=\"%s%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", class, d->use == DOT_CLIENT ? " hollow client" : hollow(d) ? " hollow" : "", x,
		frame_y(&p->frame, value), DOT_RADIUS);
}

/* "8 users from 00:45 on", and why it is in no fit. */
static void hover_begin(const struct plane *p, const struct scaling_dot *d)
{
	static const char *const why[] = {
		[DOT_SHORT] = "\nnot fitted: too short", [DOT_BEFORE] = "\nnot fitted: before the server changed",
		[DOT_LOSSY] = "\nnot fitted: samples were lost", [DOT_CLIENT] = "\nnot fitted: brunt itself was the limit",
		[DOT_FITTED] = "", [DOT_OPEN] = "",
	};
	const struct result_point of = {.mode = (enum load_mode)d->mode, .level = d->level};
	char level[RESULT_LEVEL], from[UNITS_BYTES];

	fprintf(p->out, "<rect class=\"hover\" x=\"%.1f\" y=\"%d\" width=\"12\" height=\"%d\"><title>%s from %s on%s",
		frame_x(&p->frame, d->level) - 6, FRAME_TOP, FRAME_BOTTOM - FRAME_TOP, result_level(&of, level),
		units_format_elapsed(d->t_us * NS_PER_US, from), why[d->use <= DOT_CLIENT ? d->use : DOT_FITTED]);
}

static void hover_value(const struct plane *p, const char *name, enum chart_unit unit, double value, double low, double high,
			const char *per)
{
	char text[UNITS_BYTES];

	fprintf(p->out, "\n%s %s", name, frame_words(unit, value, text));
	if (isfinite(low) && isfinite(high)) {
		fprintf(p->out, " (%s to ", frame_words(unit, low, text));
		fprintf(p->out, "%s)", frame_words(unit, high, text));
	}
	fputs(per, p->out);
}

static void hover_end(const struct plane *p, const struct scaling_dot *d)
{
	fprintf(p->out, "\n%llu request%s</title></rect>\n", (unsigned long long)d->n, d->n == 1 ? "" : "s");
}

/* --- the pictures ----------------------------------------------------------- */

static void throughput(struct plane *p)
{
	const struct scaling *s = p->s;
	const char *legend = "";
	double most = 0;

	for (int i = 0; i < s->count; i++)
		if (drawn(p, &s->dot[i])) {
			most = fmax(most, s->dot[i].x);
			/* One that is hardly known does not make the others small. */
			if (s->dot[i].x_high < 2 * s->dot[i].x)
				most = fmax(most, s->dot[i].x_high);
		}
	if (is_fitted(p))
		legend = s->scale.fit == SCALE_USL
				 ? "<span class=\"fit\">USL, 95 % band</span>" : "<span class=\"fit\">bounds, 95 % band</span>";
	begin(p, "Throughput over load", ", requests/s", legend, CHART_RATE, most);
	if (is_fitted(p)) {
		band(p);
		bounds(p);
	}
	knee(p);
	for (int i = 0; i < s->count; i++)
		if (drawn(p, &s->dot[i]))
			dot(p, "ok", &s->dot[i], s->dot[i].x, s->dot[i].x_low, s->dot[i].x_high);
	for (int i = 0; i < s->count; i++) {
		const struct scaling_dot *d = &s->dot[i];

		if (!drawn(p, d))
			continue;
		hover_begin(p, d);
		hover_value(p, "succeeded", CHART_RATE, d->x, d->x_low, d->x_high, " requests/s");
		hover_end(p, d);
	}
	fputs("</svg></figure>\n", p->out);
}

static double edge(const struct interval *i, int64_t us)
{
	return i->known ? (double)us : (double)NAN;
}

static const struct trend *trend_of(const struct plane *p)
{
	const struct trend *t = is_fitted(p) ? scaling_trend(p->s) : NULL;

	return t && isfinite(t->slope) && isfinite(t->at_zero) ? t : NULL;
}

/* The straight line is of the mean. */
static void trend(const struct plane *p)
{
	const struct trend *t = trend_of(p);

	if (t)
		straight(p, "trend", t->from, fmax((t->at_zero + t->slope * t->from) * (double)US_PER_S, 0), t->to,
			 fmax((t->at_zero + t->slope * t->to) * (double)US_PER_S, 0), "the mean, as a straight line");
}

static void latency(struct plane *p)
{
	const struct scaling *s = p->s;
	double most = 0;

	for (int i = 0; i < s->count; i++)
		if (drawn(p, &s->dot[i]))
			most = fmax(most, (double)s->dot[i].p95_us[CLOCK_RESPONSE]);
	begin(p, "Latency over load", "",
	      trend_of(p) ? "<span class=\"p50\">p50</span><span class=\"p95\">p95</span><span class=\"fit\">the mean, straight</span>"
			  : "<span class=\"p50\">p50</span><span class=\"p95\">p95</span>", CHART_TIME, most);
	trend(p);
	knee(p);
	for (int i = 0; i < s->count; i++) {
		const struct scaling_dot *d = &s->dot[i];

		if (!drawn(p, d))
			continue;
		dot(p, "p95", d, (double)d->p95_us[CLOCK_RESPONSE], edge(&d->p95, d->p95.low_us), edge(&d->p95, d->p95.high_us));
		dot(p, "p50", d, (double)d->p50_us[CLOCK_RESPONSE], edge(&d->p50, d->p50.low_us), edge(&d->p50, d->p50.high_us));
	}
	for (int i = 0; i < s->count; i++) {
		const struct scaling_dot *d = &s->dot[i];

		if (!drawn(p, d))
			continue;
		hover_begin(p, d);
		hover_value(p, "p50", CHART_TIME, (double)d->p50_us[CLOCK_RESPONSE], edge(&d->p50, d->p50.low_us),
			    edge(&d->p50, d->p50.high_us), "");
		hover_value(p, "p95", CHART_TIME, (double)d->p95_us[CLOCK_RESPONSE], edge(&d->p95, d->p95.low_us),
			    edge(&d->p95, d->p95.high_us), "");
		hover_end(p, d);
	}
	fputs("</svg></figure>\n", p->out);
}

static bool any_hollow(const struct plane *p)
{
	for (int i = 0; i < p->s->count; i++)
		if (drawn(p, &p->s->dot[i]) && hollow(&p->s->dot[i]))
			return true;
	return false;
}

void html_scaling(FILE *out, const struct result *r)
{
	struct plane p = {.out = out, .s = &r->scaling, .mode = mode_of(&r->scaling)};
	struct html_words words;

	if (levels(&p) < 2 && r->sweep.state != SNAP_SWEPT)
		return;
	fputs("<section><h2>Scaling</h2>\n", out);
	if (levels(&p) > 1) {
		fputs("<div class=\"charts\">\n", out);
		throughput(&p);
		latency(&p);
		fprintf(out, "</div>\n<p class=\"plain\">Each dot is an operating point, settling time left out%s%s.</p>\n",
			any_hollow(&p) ? "; hollow ones are in no fit" : "",
			r->scaling.client ? ", of red ones brunt itself was the limit" : "");
	}
	html_words_begin(&words, out, NULL);
	scaling_text(&words.out, &r->scaling);
	if (r->sweep.state == SNAP_SWEPT)
		html_element(out, "h3", NULL, "Sweep");
	result_text_sweep(&words.out, r);
	html_words_end(&words);
	fputs("</section>\n", out);
}
