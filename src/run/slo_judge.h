/* Whether the run meets an SLO: pass or fail where that is certain, else
 * inconclusive, and what it would take. */
#ifndef RUN_SLO_JUDGE_H
#define RUN_SLO_JUDGE_H

#include <stdbool.h>

#include "metrics/slo.h"

struct model;

/* A percentile is met when no larger share of values than it allows lies beyond the
 * threshold, a success rate when no larger share failed; these are certain as
 * metrics/verdict.h has it, with draws corrected by how much alike neighbours are.
 * Values that are all ten times beyond the threshold, or below it, are not corrected.
 * Fewer than 20 are no verdict.
 * Where requests that queue are alike, their token times are taken to be as much so.
 * Quality is a share of the best there is. Means and rates are met when they are so many
 * standard errors away that looking again and again does not matter. Extremes, and shares
 * that must be all or none, are compared as they are. */
struct slo_judged {
	enum slo_verdict verdict;
	struct slo_needs needs; /* of inconclusive ones */
	struct slo_why why;     /* they are; NOT of others */
};
struct slo_judged slo_judge(const struct model *m, int slo);
/* Is a miss one that more requests cannot undo? Of what is certain; of a maximum with
 * an upper bound and a minimum with a lower one; of a share that must be none or all.
 * Not of a rate or a mean, which begin anywhere. */
bool slo_miss_lasts(const struct slo *slo);

#endif
