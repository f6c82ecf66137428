/* Charts of a report as SVG: lines over time, a histogram. Colours are
 * classes of the page's style sheet. Whatever is hovered over says its figures, by a
 * <title>, so that no script is needed. One thread. */
#ifndef REPORT_HTML_CHART_H
#define REPORT_HTML_CHART_H

#include <stdint.h>
#include <stdio.h>

#include "run/result.h"
#include "run/timeline.h"

#define CHART_LINES 3

/* What a chart's values are, for its axis and its words. */
enum chart_unit { CHART_TIME, CHART_RATE, CHART_COUNT, CHART_SHARE };

struct chart_line {
	const char *name;  /* "p95" */
	const char *class; /* of the style sheet */
	double (*at)(const struct timeline_bin *bin); /* NAN: none */
};

struct chart {
	const char *title;
	enum chart_unit unit;
	const char *per; /* behind a rate: "requests/s" */
	int lines;
	struct chart_line line[CHART_LINES];
};

/* Over the time of the run, with its operating points and marks. */
void chart_over_time(FILE *out, const struct chart *chart, const struct timeline *t, const struct result *r);
/* Response times on a logarithmic axis, with percentiles and the thresholds of SLOs. */
void chart_histogram(FILE *out, const struct timeline *t, const struct result *r);

#endif
