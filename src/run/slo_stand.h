/* How a stretch of load stands to the SLOs, those of single tasks too, without a histogram
 * for each: of its requests so many were asked, and so many of these miss the threshold.
 * What is no share of requests (means, extremes, rates, quality) is not asked here. */
#ifndef RUN_SLO_STAND_H
#define RUN_SLO_STAND_H

#include "exchange.h"
#include "metrics/batches.h"
#include "metrics/slo.h"
#include "run/scaling.h"

bool slo_is_percentile(const struct slo *slo);
/* A success or error rate; some failures must be allowed, else one is certain and none never. */
bool slo_is_share(const struct slo *slo);

struct slo_stand {
	const struct slo *slo; /* the model's */
	const int *scope;      /* of each; -1: of a task that there is not */
	int count;
	double asked[SLO_MAX], beyond[SLO_MAX];
};

void slo_stand_init(struct slo_stand *s, const struct slo *slo, const int *scope, int count);
void slo_stand_reset(struct slo_stand *s);
struct archive;
void slo_stand_archive(struct slo_stand *s, struct archive *a);
/* `scope`: of its task. */
void slo_stand_exchange(struct slo_stand *s, const struct exchange *x, int scope);
/* To all of them together; `latency`, `batches`: of the same requests, all tasks. */
enum slo_standing slo_stand_verdict(const struct slo_stand *s, const struct hdr *latency,
				    const struct batches *batches);

#endif
