/* What requests are made of, as a section of the HTML report: stacked bars of the requests
 * about p50 and p95, of each task and all together, and the figures. Nothing where no
 * request came. One thread. */
#ifndef REPORT_HTML_PHASES_H
#define REPORT_HTML_PHASES_H

#include <stdio.h>

#include "run/result.h"

void html_phases(FILE *out, const struct result *r, const struct run_meta *meta);

#endif
