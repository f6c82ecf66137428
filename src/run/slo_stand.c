#include "slo_stand.h"

#include "base/archive.h"
#include "goodput.h"
#include "metrics/verdict.h"

#define REQUESTS_LEAST 20 /* fewer may be what one cold start held up */

bool slo_is_percentile(const struct slo *slo)
{
	return slo->metric < SLO_TIMES && slo->statistic >= SLO_P50 && slo->statistic <= SLO_P999;
}

bool slo_is_share(const struct slo *slo)
{
	return (slo->metric == SLO_SUCCESS || slo->metric == SLO_ERRORS) && slo->threshold > 0 && slo->threshold < 1;
}

void slo_stand_init(struct slo_stand *s, const struct slo *slo, const int *scope, int count)
{
	*s = (struct slo_stand){.slo = slo, .scope = scope, .count = count};
}

void slo_stand_reset(struct slo_stand *s)
{
	for (int i = 0; i < s->count; i++)
		s->asked[i] = s->beyond[i] = 0;
}

void slo_stand_archive(struct slo_stand *s, struct archive *a)
{
	for (int i = 0; i < s->count; i++) {
		archive_double(a, &s->asked[i]);
		archive_double(a, &s->beyond[i]);
	}
}

/* The gaps of one answer are one draw. */
static bool gaps_beyond(const struct exchange *x, const struct slo *slo, double *share)
{
	uint32_t beyond = 0;

	if (!x->gaps)
		return false;
	for (uint32_t i = 0; i < x->gaps; i++)
		beyond += (double)x->gap_us[i] > slo->threshold;
	*share = (double)beyond / x->gaps;
	return true;
}

static bool time_beyond(const struct exchange *x, const struct slo *slo, double *share)
{
	int64_t us;

	/* A failure's times are no latency. */
	if (x->outcome == OUTCOME_FAILED && slo->metric != SLO_CONNECT)
		return false;
	us = goodput_time_us(x, slo->metric);
	*share = (double)us > slo->threshold;
	return us >= 0;
}

void slo_stand_exchange(struct slo_stand *s, const struct exchange *x, int scope)
{
	for (int i = 0; i < s->count; i++) {
		const struct slo *slo = &s->slo[i];
		double share = x->outcome != OUTCOME_SUCCEEDED;
		bool asked;

		if (s->scope[i] < 0 || (s->scope[i] && s->scope[i] != scope))
			continue;
		asked = slo_is_share(slo)		? true
			: !slo_is_percentile(slo)	? false
			: slo->metric != SLO_ITL	? time_beyond(x, slo, &share)
			: x->outcome == OUTCOME_SUCCEEDED && gaps_beyond(x, slo, &share);
		if (!asked)
			continue;
		s->asked[i]++;
		s->beyond[i] += share;
	}
}

/* By how much fewer the independent ones are. */
static double inflation(const struct slo *slo, const struct hdr *latency, const struct batches *b)
{
	int64_t usual_us;

	if (slo_is_share(slo))
		return batches_inflation_bad(b);
	usual_us = hdr_quantile_us(latency, slo_quantile(slo->statistic));
	return batches_inflation(b, slo->metric == SLO_LATENCY && !*slo->task ? (int64_t)slo->threshold : usual_us,
				 usual_us);
}

static double allowed_of(const struct slo *slo)
{
	return slo->metric < SLO_TIMES	      ? 1 - slo_quantile(slo->statistic)
	       : slo->metric == SLO_SUCCESS   ? 1 - slo->threshold
					      : slo->threshold;
}

/* Does it ask for many beyond the threshold, rather than for few? */
static bool asks_many(const struct slo *slo)
{
	bool lower = slo->op == SLO_MORE || slo->op == SLO_AT_LEAST;

	return slo->metric == SLO_SUCCESS ? !lower : lower;
}

static enum slo_standing one(const struct slo_stand *s, int i, const struct hdr *latency, const struct batches *b)
{
	const struct slo *slo = &s->slo[i];
	double allowed = allowed_of(slo), by;
	bool met = (s->beyond[i] > allowed * s->asked[i]) == asks_many(slo);
	int sure = 0;

	if (s->asked[i] >= REQUESTS_LEAST) {
		by = inflation(slo, latency, b);
		sure = verdict_share(s->beyond[i] / by, s->asked[i] / by, allowed);
	}
	if (!sure)
		return met ? STANDS_MET : STANDS_MISSED;
	return (sure > 0) == asks_many(slo) ? STANDS_SURELY_MET : STANDS_SURELY_MISSED;
}

enum slo_standing slo_stand_verdict(const struct slo_stand *s, const struct hdr *latency, const struct batches *b)
{
	enum slo_standing worst = STANDS_UNKNOWN;

	for (int i = 0; i < s->count; i++) {
		enum slo_standing is;

		if (!(s->asked[i] > 0))
			continue;
		is = one(s, i, latency, b);
		if (is > worst)
			worst = is;
	}
	return worst;
}
