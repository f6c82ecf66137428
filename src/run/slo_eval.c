#include "slo_eval.h"

#include <assert.h>
#include <math.h>
#include <stddef.h>

static const size_t dist_at[SLO_TIMES] = {
	[SLO_LATENCY] = offsetof(struct metrics, latency),
	[SLO_SERVICE] = offsetof(struct metrics, service),
	[SLO_QUEUE] = offsetof(struct metrics, queue),
	[SLO_TTFB] = offsetof(struct metrics, ttfb),
	[SLO_TTFT] = offsetof(struct metrics, ttft),
	[SLO_TTFO] = offsetof(struct metrics, ttfo),
	[SLO_TPOT] = offsetof(struct metrics, tpot),
	[SLO_ITL] = offsetof(struct metrics, itl),
	[SLO_CONNECT] = offsetof(struct metrics, connect),
};

struct dist *slo_dist(enum slo_metric metric, struct metrics *m)
{
	assert(metric < SLO_TIMES);
	return (struct dist *)(void *)((char *)m + dist_at[metric]);
}

static const struct dist *dist_of(enum slo_metric metric, const struct metrics *m)
{
	assert(metric < SLO_TIMES);
	return (const struct dist *)(const void *)((const char *)m + dist_at[metric]);
}

static double statistic(const struct dist *d, enum slo_statistic which)
{
	const double us[SLO_STATISTICS] = {
		[SLO_MIN] = (double)d->min_us,   [SLO_P50] = (double)d->p50_us,
		[SLO_P75] = (double)d->p75_us,   [SLO_P90] = (double)d->p90_us,
		[SLO_P95] = (double)d->p95_us,   [SLO_P99] = (double)d->p99_us,
		[SLO_P999] = (double)d->p999_us, [SLO_MAXIMUM] = (double)d->max_us,
		[SLO_MEAN] = d->mean_us,
	};

	return d->count ? us[which] : NAN;
}

static double share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : NAN;
}

double slo_value(const struct slo *slo, const struct metrics *m)
{
	switch (slo->metric) {
	case SLO_SUCCESS:
		return share(m->succeeded, m->requests);
	case SLO_ERRORS:
		return share(m->failed + m->censored, m->requests);
	case SLO_QUALITY:
		return m->quality;
	case SLO_THROUGHPUT:
		return m->seconds > 0 ? (double)m->answered / m->seconds : NAN;
	case SLO_GOODPUT:
		return m->goodput_rps;
	case SLO_OUTPUT_TOKENS:
		return m->output_tokens_per_s;
	case SLO_HIT_RATIO:
		return share(m->cache_hits, m->cache_hits + m->cache_misses);
	default:
		break;
	}
	return statistic(dist_of(slo->metric, m), slo->statistic);
}

uint64_t slo_values(const struct slo *slo, const struct metrics *m)
{
	switch (slo->metric) {
	case SLO_SUCCESS:
	case SLO_ERRORS:
		return m->requests;
	case SLO_QUALITY:
		return m->checked;
	case SLO_THROUGHPUT:
	case SLO_GOODPUT:
	case SLO_OUTPUT_TOKENS:
		return m->answered;
	case SLO_HIT_RATIO:
		return m->cache_hits + m->cache_misses;
	default:
		break;
	}
	return dist_of(slo->metric, m)->count;
}
