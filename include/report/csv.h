/* A run as CSV (RFC 4180) for spreadsheets: a header line, then a row a finished
 * exchange in order of end, the warm-up included and marked. Unknown is empty. Fed with
 * a run's records, in order; memory does not grow with their number. One thread. */
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include <stdio.h>

#include "metrics/record.h"
#include "run/meta.h"

struct csv;

/* Writes the header line. `meta` outlives it. */
struct csv *csv_new(FILE *out, const struct run_meta *meta);
void csv_feed(struct csv *csv, const struct rec *rec);
void csv_free(struct csv *csv);

#endif
