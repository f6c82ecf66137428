/* The tables of the HTML report. Each writes nothing where there is nothing to say. */
#ifndef REPORT_HTML_TABLES_H
#define REPORT_HTML_TABLES_H

#include <stdio.h>

#include "run/result.h"

void html_slos(FILE *out, const struct result *r);
void html_times(FILE *out, const struct metrics *s);
void html_tasks(FILE *out, const struct result *r, const struct run_meta *meta);
void html_points(FILE *out, const struct result *r);
void html_marks(FILE *out, const struct result *r);
void html_errors(FILE *out, const struct result *r);

#endif
