#include "slo_judge.h"

#include <math.h>

#include "base/clock.h"
#include "metrics/verdict.h"
#include "model_priv.h"
#include "slo_eval.h"
#include "slo_interval.h"
#include "slo_stand.h"

/* So many times the threshold is no matter of chance. */
#define FAR_BEYOND 10
/* Fewer may be what one cold start held up. */
#define REQUESTS_LEAST 20
#define QUALITY_BEST 100

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

#define ALIKE 2 /* an inflation from which it is the reason */

/* Of `all` values, which tell as much as all / inflation. */
static struct slo_why why_of(double all, double inflation)
{
	enum slo_reason reason = !(all > 0) ? SLO_WHY_NO_VALUES : all < REQUESTS_LEAST ? SLO_WHY_FEW
				 : inflation >= ALIKE ? SLO_WHY_ALIKE : SLO_WHY_CHANCE;

	return (struct slo_why){.reason = reason, .values = all, .draws = all / inflation};
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
	if (judged.verdict == SLO_INCONCLUSIVE) {
		judged.why = why_of(all, inflation);
		judged.needs = needs_of(m, scope, fmin(share_needs(hits, all, inflation, 1 - q),
						       far_needs(h, all, slo->threshold, 1 - q)), all);
	}
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

	if (judged.verdict == SLO_INCONCLUSIVE) {
		judged.why = why_of(all, inflation);
		judged.why.hits = failed;
		if (judged.why.reason == SLO_WHY_ALIKE && batches_one_burst(&m->batches[scope]))
			judged.why.reason = SLO_WHY_BURST;
	} else if (of_share(failed - open, all, inflation, allowed, above) != judged.verdict) {
		judged.verdict = SLO_INCONCLUSIVE;
		judged.why = (struct slo_why){.reason = SLO_WHY_CUT_OFF, .values = all, .hits = open};
	}
	if (judged.verdict == SLO_INCONCLUSIVE)
		judged.needs = needs_of(m, scope, share_needs(failed, all, inflation, allowed), all);
	return judged;
}

/* --- what is a share of quality or of the cache's answers ---------------------- */

static struct slo_judged of_part(const struct model *m, int scope, double hits, double all, double inflation,
				 double allowed, bool above)
{
	struct slo_judged judged = {.verdict = of_share(hits, all, inflation, allowed, above)};

	if (judged.verdict == SLO_INCONCLUSIVE) {
		judged.why = why_of(all, inflation);
		judged.needs = needs_of(m, scope, share_needs(hits, all, inflation, allowed), all);
	}
	return judged;
}

/* Answers of half quality are half a failure each: for numbers from 0 to 1 the bound of
 * shares holds as well, for they vary less. */
static struct slo_judged of_quality(const struct model *m, const struct slo *slo, int scope)
{
	const struct counts *n = &m->summary[scope].n;
	double best = QUALITY_BEST * QUALITY_UNIT, all = (double)n->checked;
	bool at_least = slo->op == SLO_MORE || slo->op == SLO_AT_LEAST;

	return of_part(m, scope, all - (double)n->quality / best, all,
		       batches_inflation_quality(&m->batches[scope], best), 1 - slo->threshold / QUALITY_BEST, !at_least);
}

static struct slo_judged of_hits(const struct model *m, const struct slo *slo, int scope)
{
	const struct counts *n = &m->summary[scope].n;

	return of_part(m, scope, (double)n->hits, (double)(n->hits + n->misses), batches_alike(&m->batches[scope]),
		       slo->threshold, slo->op == SLO_MORE || slo->op == SLO_AT_LEAST);
}

/* --- means and rates -------------------------------------------------------------- */

/* Some standard errors away from the threshold, after `all` values. */
static struct slo_judged of_distance(const struct model *m, const struct slo *slo, int scope, double value, double all,
				     double off, double df, double draws)
{
	struct slo_judged judged = {.verdict = SLO_INCONCLUSIVE};

	if (all >= REQUESTS_LEAST && verdict_mean(off, df, draws))
		judged.verdict = slo_met(slo, value) ? SLO_PASS : SLO_FAIL;
	if (judged.verdict == SLO_INCONCLUSIVE) {
		judged.why = why_of(all, all / draws);
		judged.needs = needs_of(m, scope, all * (verdict_mean_times(off, df, draws) - 1), all);
	}
	return judged;
}

/* Of logarithms: how sure a mean is grows with it. */
static struct slo_judged of_mean(const struct model *m, const struct slo *slo, int scope)
{
	const struct tally *t = &m->summary[scope];
	const struct hdr *h = tally_timing(t, timing_of[slo->metric]);
	double all = (double)h->count, draws, error, df;
	struct standard_error batches = {NAN, NAN};
	struct dist d;

	hdr_dist(h, &d);
	/* The gaps of one answer are one draw. */
	if (slo->metric == SLO_ITL && h->count > t->latency.count)
		all = (double)t->latency.count;
	draws = all_far(h, slo->threshold) ? all : all / batches_alike(&m->batches[scope]);
	error = d.stddev_us / sqrt(draws);
	df = draws - 1;
	if (slo->metric == SLO_LATENCY && draws < all)
		batches = batches_error_mean(&m->batches[scope], h);
	if (batches.error > error) {
		error = batches.error;
		df = batches.df;
		draws = d.stddev_us / error * (d.stddev_us / error);
	}
	return of_distance(m, slo, scope, d.mean_us, all, log(d.mean_us / slo->threshold) * d.mean_us / error, df, draws);
}

static struct slo_judged of_rate(const struct model *m, const struct slo *slo, int scope, double value)
{
	struct standard_error e = batches_error_rate(&m->batches[scope], slo_rate_sum(slo), m->measured_us);
	double all = (double)m->summary[scope].n.answered;

	return of_distance(m, slo, scope, value, all, (value - slo->threshold) / (e.error * (double)US_PER_S), e.df,
			   all / batches_alike(&m->batches[scope]));
}

/* Of shares some failures must be allowed, else one is certain and none never. */
static bool some_are_allowed(const struct slo *slo)
{
	return slo->threshold > 0 && slo->threshold < (slo->metric == SLO_QUALITY ? QUALITY_BEST : 1);
}

bool slo_miss_lasts(const struct slo *slo)
{
	bool upper = slo->op == SLO_LESS || slo->op == SLO_AT_MOST;

	if (slo_is_percentile(slo) || slo_is_share(slo))
		return true;
	if (slo->metric < SLO_TIMES)
		return slo->statistic == (upper ? SLO_MAXIMUM : SLO_MIN);
	if (slo->metric == SLO_SUCCESS || slo->metric == SLO_ERRORS || slo->metric == SLO_HIT_RATIO)
		return upper ? slo->threshold <= 0 : slo->threshold >= 1;
	return false;
}

struct slo_judged slo_judge(const struct model *m, int i)
{
	struct slo_judged judged = {.verdict = SLO_INCONCLUSIVE, .why.reason = SLO_WHY_NO_VALUES};
	const struct slo *slo = &m->slo[i];
	int scope = m->slo_scope[i];
	struct metrics x;
	double value;

	if (scope < 0)
		return judged;
	if (slo_is_percentile(slo))
		return of_times(m, slo, scope);
	if (slo_is_share(slo))
		return of_failures(m, slo, scope);
	tally_metrics(&m->summary[scope], m->measured_us, &x);
	value = slo_value(slo, &x);
	if (isnan(value))
		return judged;
	if (slo->metric < SLO_TIMES && slo->statistic == SLO_MEAN)
		return of_mean(m, slo, scope);
	if (slo->metric == SLO_QUALITY && some_are_allowed(slo))
		return of_quality(m, slo, scope);
	if (slo->metric == SLO_HIT_RATIO && some_are_allowed(slo))
		return of_hits(m, slo, scope);
	if (slo_is_rate(slo))
		return of_rate(m, slo, scope, value);
	judged.why.reason = SLO_WHY_NOT;
	judged.verdict = slo_met(slo, value) ? SLO_PASS : SLO_FAIL;
	return judged;
}
