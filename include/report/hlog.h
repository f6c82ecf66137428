/* A run as an HdrHistogram log (format 1.3, V2 encodings), which other tools of that
 * family read: a line a second and task in which something ended, tagged by the task, of
 * the response times in microseconds that the summary counts. Fed with a run's records,
 * in order. One thread. */
#ifndef REPORT_HLOG_H
#define REPORT_HLOG_H

#include <stdio.h>

#include "metrics/record.h"
#include "run/meta.h"

struct hlog;

/* Writes the head. `meta` outlives it. */
struct hlog *hlog_new(FILE *out, const struct run_meta *meta);
void hlog_feed(struct hlog *hlog, const struct rec *rec);
/* Writes what is left. */
void hlog_free(struct hlog *hlog);

#endif
