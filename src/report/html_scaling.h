/* How the system scales, as a section of the HTML report: throughput and latency over the
 * level of load, with what is fitted through them, in the words of the summary; and what a
 * sweep found. Nothing where there were fewer than two levels and no sweep. One thread. */
#ifndef REPORT_HTML_SCALING_H
#define REPORT_HTML_SCALING_H

#include <stdio.h>

#include "run/result.h"

void html_scaling(FILE *out, const struct result *r);

#endif
