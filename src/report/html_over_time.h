/* The pictures of the HTML report over the time of the run, and the histogram. One
 * thread. */
#ifndef REPORT_HTML_OVER_TIME_H
#define REPORT_HTML_OVER_TIME_H

#include <stdio.h>

#include "run/result.h"
#include "run/timeline.h"

/* What was measured, and the load. */
void html_over_time(FILE *out, const struct result *r, const struct timeline *t);
/* What the server said of itself; nothing where nobody asked it. */
void html_server(FILE *out, const struct result *r, const struct timeline *t);

#endif
