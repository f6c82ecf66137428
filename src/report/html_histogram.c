#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "html_frame.h"
#include "html_out.h"

#define BARS_MOST 48
#define LABELS_APART 44
#define MERGED_MOST 16
#define OCTAVES_TO_LIMIT 4
#define MARKER_ROWS 8
#define CHARACTER_WIDTH 7.6 /* of a label, about */

/* Bars of `merged` bins of the grid each, from bin `first` on. */
struct bars {
	int first, count, merged;
	uint64_t most, all;
	double low, high; /* logarithms of the axis' ends */
};

static uint64_t bar(const struct timeline *t, const struct bars *b, int i)
{
	uint64_t n = 0;

	for (int k = 0; k < b->merged; k++) {
		int bin = b->first + i * b->merged + k;

		n += bin < LOGGRID_BINS ? t->bins[bin] : 0;
	}
	return n;
}

static double edge_us(const struct bars *b, int i)
{
	int bin = b->first + i * b->merged;

	return loggrid_edge_us(bin < LOGGRID_BINS ? bin : LOGGRID_BINS);
}

static bool is_limit(const struct slo *s)
{
	return s->metric == SLO_LATENCY && !*s->task && s->op <= SLO_AT_MOST;
}

/* A threshold is in the picture as long as it leaves the bars some room. */
static int last_bin(const struct timeline *t, const struct result *r)
{
	int last = LOGGRID_BINS - 1, end;

	while (last && !t->bins[last])
		last--;
	end = last;
	for (int i = 0; i < r->slo_count; i++) {
		int bin = is_limit(&r->slo[i].slo) ? loggrid_bin(llround(fmin(r->slo[i].slo.threshold, 1e17))) : 0;

		if (bin > end && bin <= last + OCTAVES_TO_LIMIT * LOGGRID_PER_OCTAVE)
			end = bin;
	}
	return end;
}

static void find_bars(const struct timeline *t, const struct result *r, struct bars *b)
{
	int last = last_bin(t, r);

	*b = (struct bars){.merged = 1};
	while (b->first < last && !t->bins[b->first])
		b->first++;
	while ((last - b->first) / b->merged + 1 > BARS_MOST && b->merged < MERGED_MOST)
		b->merged *= 2;
	/* One more on either side: what little there is does not fill the picture. */
	b->first = b->first / b->merged * b->merged - b->merged;
	if (b->first < 0)
		b->first = 0;
	b->count = (last - b->first) / b->merged + 2;
	for (int i = 0; i < b->count; i++) {
		uint64_t n = bar(t, b, i);

		b->all += n;
		b->most = n > b->most ? n : b->most;
	}
	b->low = log(edge_us(b, 0));
	b->high = log(edge_us(b, b->count));
}

static double log_x(const struct bars *b, double us)
{
	return FRAME_LEFT + (log(us) - b->low) / (b->high - b->low) * (FRAME_RIGHT - FRAME_LEFT);
}

static void draw_bars(FILE *out, const struct frame *f, const struct timeline *t, const struct bars *b)
{
	for (int i = 0; i < b->count; i++) {
		uint64_t n = bar(t, b, i);
		double x = log_x(b, edge_us(b, i)), width = log_x(b, edge_us(b, i + 1)) - x, y = frame_y(f, (double)n);
		char from[UNITS_BYTES], to[UNITS_BYTES];

		if (!n)
			continue;
		fprintf(out, "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s to %s\n%llu request%s, "
			"%.3g %%</title></rect>\n", x + 0.5, y, fmax(width - 1, 1), FRAME_BOTTOM - y,
			frame_words(CHART_TIME, edge_us(b, i), from), frame_words(CHART_TIME, edge_us(b, i + 1), to),
			(unsigned long long)n, n == 1 ? "" : "s", (double)n * 100 / (double)b->all);
	}
}

static void log_axis(FILE *out, const struct bars *b)
{
	static const int digits[] = {1, 2, 5};
	/* Two decades and more have room for their beginnings only. */
	int most = b->high - b->low > log(300) ? 1 : 3;
	double last = -LABELS_APART;

	for (double power = 1; power < 1e12; power *= 10)
		for (int i = 0; i < most; i++) {
			double us = power * digits[i], x = log_x(b, us);
			char text[UNITS_BYTES];

			if (x < FRAME_LEFT || x > FRAME_RIGHT)
				continue;
			fprintf(out, "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>", x, x, FRAME_TOP, FRAME_BOTTOM);
			if (x - last < LABELS_APART)
				continue;
			frame_below(out, x, frame_words(CHART_TIME, us, text));
			last = x;
		}
}

struct marker {
	double x, us;
	const char *name, *class;
};

static int by_place(const void *a, const void *b)
{
	double x = ((const struct marker *)a)->x, y = ((const struct marker *)b)->x;

	return (x > y) - (x < y);
}

static int add_marker(struct marker *m, const struct bars *b, double us, const char *name, const char *class)
{
	double x = us > 0 ? log_x(b, us) : 0;

	if (x < FRAME_LEFT || x > FRAME_RIGHT)
		return 0;
	*m = (struct marker){x, us, name, class};
	return 1;
}

/* A label stands in the first row that has room; near the edge left of its line. */
static void draw_marker(FILE *out, const struct marker *m, double row_end[MARKER_ROWS])
{
	double width = (double)strlen(m->name) * CHARACTER_WIDTH;
	bool turned = m->x + width > FRAME_RIGHT;
	double from = turned ? m->x - 3 - width : m->x + 3;
	char text[UNITS_BYTES];
	int row = 0;

	while (row < MARKER_ROWS - 1 && from < row_end[row])
		row++;
	row_end[row] = from + width + 4;
	fprintf(out, "<line class=\"marker %s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"><title>", m->class, m->x, m->x,
		FRAME_TOP - 8, FRAME_BOTTOM);
	html_text(out, m->name);
	fprintf(out, " %s</title></line><text class=\"marker %s%s\" x=\"%.1f\" y=\"%d\">", frame_words(CHART_TIME, m->us, text),
		m->class, turned ? " y" : "", turned ? m->x - 3 : m->x + 3, FRAME_TOP + 14 * row);
	html_text(out, m->name);
	fputs("</text>", out);
}

static void markers(FILE *out, const struct bars *b, const struct result *r)
{
	const struct dist *d = &r->summary.latency;
	double row_end[MARKER_ROWS] = {0};
	struct marker marker[3 + SLO_MAX];
	int n = 0;

	n += add_marker(&marker[n], b, (double)d->p50_us, "p50", "p50");
	n += add_marker(&marker[n], b, (double)d->p95_us, "p95", "p95");
	n += add_marker(&marker[n], b, (double)d->p99_us, "p99", "p99");
	for (int i = 0; i < r->slo_count; i++)
		if (is_limit(&r->slo[i].slo))
			n += add_marker(&marker[n], b, r->slo[i].slo.threshold, r->slo[i].slo.text, "slo");
	qsort(marker, (size_t)n, sizeof *marker, by_place);
	for (int i = 0; i < n; i++)
		draw_marker(out, &marker[i], row_end);
}

void chart_histogram(FILE *out, const struct timeline *t, const struct result *r)
{
	struct frame f = {.x_end = 1};
	struct bars b;

	find_bars(t, r, &b);
	frame_scale(&f, CHART_RATE, (double)b.most);
	if (f.y_step < 1)
		f.y_step = f.y_end = 1;
	fputs("<figure><figcaption><b>Response times</b><span class=\"count\">requests, logarithmic axis</span></figcaption>", out);
	frame_begin(out, "Histogram of response times");
	if (b.all)
		log_axis(out, &b);
	frame_y_axis(out, &f, CHART_RATE);
	if (b.all) {
		draw_bars(out, &f, t, &b);
		markers(out, &b, r);
	}
	fputs("</svg></figure>\n", out);
}
