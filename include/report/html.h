/* A run's report as one HTML file for people: no script, no network, readable on paper
 * and in the dark. Everything from outside is escaped. */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stdio.h>

#include "run/meta.h"
#include "run/result.h"
#include "run/timeline.h"

void html_report(FILE *out, const struct result *result, const struct run_meta *meta, const struct run_closing *closing,
		 const struct timeline *timeline);

#endif
