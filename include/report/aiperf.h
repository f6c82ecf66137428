/* A run as AIPerf's per-request records: a JSON object a line and finished exchange, in
 * order of end, the warm-up included and marked. Metrics have AIPerf's names and units,
 * and brunt's definitions (brunt(1) says where they differ); what is unknown is left out
 * of `metrics` and null elsewhere. Fed with a run's records, in order; memory follows the
 * number of users, not of records. One thread. */
#ifndef REPORT_AIPERF_H
#define REPORT_AIPERF_H

#include <stdio.h>

#include "metrics/record.h"
#include "run/meta.h"

struct aiperf;

/* `meta` outlives it. */
struct aiperf *aiperf_new(FILE *out, const struct run_meta *meta);
void aiperf_feed(struct aiperf *aiperf, const struct rec *rec);
void aiperf_free(struct aiperf *aiperf);

#endif
