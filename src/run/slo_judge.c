#include "slo_judge.h"

#include <math.h>

#include "base/clock.h"
#include "metrics/verdict.h"
#include "model_priv.h"
#include "slo_eval.h"

/* So many times the threshold is no matter of chance. */
#define FAR_BEYOND 10
/* Fewer may be what one cold start held up. */
#define REQUESTS_LEAST 20

static const enum timing timing_of[SLO_TIMES] = {
	[SLO_LATENCY] = TIMING_RESPONSE, [SLO_SERVICE] = TIMING_SERVICE, [SLO_QUEUE] = TIMING_QUEUE,
	[SLO_TTFB] = TIMING_TTFB,        [SLO_TTFT] = TIMING_TTFT,       [SLO_TTFO] = TIMING_TTFO,
	[SLO_TPOT] = TIMING_TPOT,        [SLO_ITL] = TIMING_ITL,         [SLO_CONNECT] = TIMING_CONNECT,
};

/* A share that must stay at or below `allowed`, or with `above` over it. */
static enum slo_verdict of_share(double hits, double all, double inflation, double allowed, bool above)
{
	int is = all < REQUESTS_LEAST ? 0 : verdict_share(hits / inflation, all / inflation, allowed);

	return !is ? SLO_INCONCLUSIVE : (is > 0) == above ? SLO_PASS : SLO_FAIL;
}

/* How many more of them that takes; INFINITY: nobody knows. */
static double share_needs(double hits, double all, double inflation, double allowed)
{
	return inflation * verdict_share_more(hits / inflation, all / inflation, allowed);
}

/* So many more values, where `all` came among the scope's requests so far. */
static struct slo_needs needs_of(const struct model *m, int scope, double values, double all)
{
	double requests = (double)counts_requests(&m->summary[scope].n), more;

	if (!(all > 0))
		return (struct slo_needs){.close = false};
	if (isinf(values))
		return (struct slo_needs){.close = true};
	more = ceil(fmax(values, REQUESTS_LEAST - all) * requests / all);
	return (struct slo_needs){.requests = more,
				  .seconds = more / requests * (double)m->measured_us / (double)US_PER_S};
}

/* Whatever queue these waited in, none was ever near the threshold. */
static bool all_far(const struct hdr *h, double threshold)
{
	return (double)h->max_us * verdict_far((double)h->count) <= threshold ||
	       (double)h->min_us >= threshold * FAR_BEYOND;
}

/* More of the same may be enough to be far below, where the queue they wait in no
 * longer matters. */
static double far_needs(const struct hdr *h, double all, double threshold, double allowed)
{
	double count = verdict_far_count(threshold / (double)h->max_us);

	return fmax(count - (double)h->count, verdict_share_more(0, all, allowed));
}

static struct slo_judged of_times(const struct model *m, const struct slo *slo, int scope)
{
	const struct tally *t = &m->summary[scope];
	const struct hdr *h = tally_timing(t, timing_of[slo->metric]);
	double q = slo_quantile(slo->statistic), all = (double)h->count, inflation;
	double hits = (double)hdr_count_above(h, (int64_t)slo->threshold);
	int64_t usual_us;
	bool above = slo->op == SLO_MORE || slo->op == SLO_AT_LEAST;
	struct slo_judged judged = {.verdict = SLO_INCONCLUSIVE};

	/* The gaps of one answer are one draw. */
	if (slo->metric == SLO_ITL && h->count > t->latency.count) {
		hits *= (double)t->latency.count / all;
		all = (double)t->latency.count;
	}
	usual_us = hdr_quantile_us(&t->latency, q);
	inflation = all_far(h, slo->threshold) ? 1
		  : batches_inflation(&m->batches[scope],
				      slo->metric == SLO_LATENCY ? (int64_t)slo->threshold : usual_us, usual_us);
	judged.verdict = of_share(hits, all, inflation, 1 - q, above);
	if (judged.verdict == SLO_INCONCLUSIVE)
		judged.needs = needs_of(m, scope, fmin(share_needs(hits, all, inflation, 1 - q),
						       far_needs(h, all, slo->threshold, 1 - q)), all);
	return judged;
}

static struct slo_judged of_failures(const struct model *m, const struct slo *slo, int scope)
{
	const struct counts *n = &m->summary[scope].n;
	double allowed = slo->metric == SLO_SUCCESS ? 1 - slo->threshold : slo->threshold;
	double inflation = batches_inflation_bad(&m->batches[scope]), all = (double)counts_requests(n);
	double failed = (double)(n->of[OUTCOME_FAILED] + n->of[OUTCOME_CENSORED]);
	bool above = (slo->op == SLO_MORE || slo->op == SLO_AT_LEAST) == (slo->metric == SLO_ERRORS);
	/* What the end of the run cut off might have come to either. */
	double open = (double)n->error_of[ERROR_ABORTED];
	struct slo_judged judged = {.verdict = of_share(failed, all, inflation, allowed, above)};

	if (of_share(failed - open, all, inflation, allowed, above) != judged.verdict)
		judged.verdict = SLO_INCONCLUSIVE;
	if (judged.verdict == SLO_INCONCLUSIVE)
		judged.needs = needs_of(m, scope, share_needs(failed, all, inflation, allowed), all);
	return judged;
}

static bool is_percentile(const struct slo *slo)
{
	return slo->metric < SLO_TIMES && slo->statistic >= SLO_P50 && slo->statistic <= SLO_P999;
}

/* Of shares some failures must be allowed, else one is certain and none never. */
static bool is_share(const struct slo *slo)
{
	return (slo->metric == SLO_SUCCESS || slo->metric == SLO_ERRORS) && slo->threshold > 0 && slo->threshold < 1;
}

bool slo_miss_lasts(const struct slo *slo)
{
	bool upper = slo->op == SLO_LESS || slo->op == SLO_AT_MOST;

	if (is_percentile(slo) || is_share(slo))
		return true;
	if (slo->metric < SLO_TIMES)
		return slo->statistic == (upper ? SLO_MAXIMUM : SLO_MIN);
	if (slo->metric == SLO_SUCCESS || slo->metric == SLO_ERRORS || slo->metric == SLO_HIT_RATIO)
		return upper ? slo->threshold <= 0 : slo->threshold >= 1;
	return false;
}

struct slo_judged slo_judge(const struct model *m, int i)
{
	struct slo_judged judged = {.verdict = SLO_INCONCLUSIVE};
	const struct slo *slo = &m->slo[i];
	int scope = m->slo_scope[i];
	struct metrics x;
	double value;

	if (scope < 0)
		return judged;
	if (is_percentile(slo))
		return of_times(m, slo, scope);
	if (is_share(slo))
		return of_failures(m, slo, scope);
	tally_metrics(&m->summary[scope], m->measured_us, &x);
	value = slo_value(slo, &x);
	if (!isnan(value))
		judged.verdict = slo_met(slo, value) ? SLO_PASS : SLO_FAIL;
	return judged;
}
