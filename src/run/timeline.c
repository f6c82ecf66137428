#include "run/timeline.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "exchange.h"
#include "metrics/hdr.h"
#include "run/phases.h"
#include "scraped.h"

#define BINS_LEAST 12    /* for a picture */
#define REQUESTS_A_BIN 10 /* that percentiles mean anything */

struct timeline_reader {
	struct timeline *out;
	struct phases phases;
	struct hdr_pool *pool;
	struct hdr latency, ttft; /* of the present bin */
	struct scraped scraped;
	struct scraped_sum server[SERVER_GAUGES], load[TIMELINE_LOADS];
	double load_last[TIMELINE_LOADS]; /* of the newest gauge */
	int64_t gauge_us;                 /* when it came; -1: none did */
	uint64_t in_flight_us;
	bool open_loop;
	uint64_t ok, failed, tokens;
	int now; /* the present bin */
	bool incomplete;
	bool in_span; /* the last one kept is still open */
};

static int64_t bin_length(int64_t end_us, uint64_t requests)
{
	static const int64_t nice_ms[] = {100,	200,   500,   1000,  2000,   5000,   10000,  15000,
					  30000, 60000, 120000, 300000, 600000, 900000, 1800000, 3600000};
	double wanted_us = requests ? (double)end_us / (double)requests * REQUESTS_A_BIN : 0;
	int64_t most_us = end_us / BINS_LEAST;
	size_t i = 0, last = sizeof nice_ms / sizeof *nice_ms - 1;

	while (i < last && end_us / (nice_ms[i] * US_PER_MS) >= TIMELINE_BINS)
		i++;
	while (i < last && (double)(nice_ms[i] * US_PER_MS) < wanted_us && nice_ms[i + 1] * US_PER_MS <= most_us)
		i++;
	/* Beyond a week whole days will do. */
	int64_t us = nice_ms[i] * US_PER_MS;
	while (end_us / us >= TIMELINE_BINS)
		us += 86400 * US_PER_S;
	return us;
}

struct timeline_reader *timeline_new(struct timeline *out, int64_t end_us, uint64_t requests)
{
	struct timeline_reader *r = xcalloc(1, sizeof *r);

	*out = (struct timeline){.end_us = end_us > 0 ? end_us : 1};
	out->bin_us = bin_length(out->end_us, requests);
	out->count = (int)((out->end_us - 1) / out->bin_us) + 1;
	r->out = out;
	r->pool = hdr_pool_new();
	hdr_init(&r->latency, r->pool, 3);
	hdr_init(&r->ttft, r->pool, 3);
	scraped_reset(&r->scraped);
	r->gauge_us = -1;
	return r;
}

static int64_t quantile(const struct hdr *h, double q)
{
	return h->count ? hdr_quantile_us(h, q) : -1;
}

/* `last` of t_us: what stands where nothing came. */
static void close_means(struct scraped_sum *sum, int count, const double *last, bool stands, double *out)
{
	for (int i = 0; i < count; i++) {
		out[i] = sum[i].n ? sum[i].sum / (double)sum[i].n : stands ? last[i] : NAN;
		sum[i] = (struct scraped_sum){0};
	}
}

static void close_gauges(struct timeline_reader *r, int64_t from_us, struct timeline_bin *bin)
{
	close_means(r->server, SERVER_GAUGES, r->scraped.last, r->scraped.ok && from_us - r->scraped.t_us <= SCRAPED_STANDS_US,
		    bin->server);
	close_means(r->load, TIMELINE_LOADS, r->load_last, r->gauge_us >= 0 && from_us - r->gauge_us <= SCRAPED_STANDS_US,
		    bin->load);
}

static void close_bin(struct timeline_reader *r)
{
	struct timeline *t = r->out;
	int64_t from_us = r->now * t->bin_us, left_us = t->end_us - from_us;
	double seconds = (double)(left_us < t->bin_us ? left_us : t->bin_us) / (double)US_PER_S;

	t->bin[r->now] = (struct timeline_bin){
		.ok_rps = (double)r->ok / seconds,
		.failed_rps = (double)r->failed / seconds,
		.tokens_rps = (double)r->tokens / seconds,
		.p50_us = quantile(&r->latency, 0.5),
		.p95_us = quantile(&r->latency, 0.95),
		.p99_us = quantile(&r->latency, 0.99),
		.ttft_p50_us = quantile(&r->ttft, 0.5),
		.ttft_p95_us = quantile(&r->ttft, 0.95),
		.requests = r->ok + r->failed,
		.incomplete = r->incomplete,
	};
	close_gauges(r, from_us, &t->bin[r->now]);
	hdr_reset(&r->latency);
	hdr_reset(&r->ttft);
	r->ok = r->failed = r->tokens = 0;
	r->incomplete = false;
}

static void move_to(struct timeline_reader *r, int64_t t_us)
{
	int64_t bin = t_us > 0 ? t_us / r->out->bin_us : 0;

	/* What ends with the run belongs to its last bin. */
	if (bin >= r->out->count)
		bin = r->out->count - 1;
	for (; r->now < bin; r->now++)
		close_bin(r);
}

static void feed_sample(struct timeline_reader *r, const struct rec_sample *s)
{
	struct exchange x;

	exchange_of(&x, s);
	r->ok += x.outcome == OUTCOME_SUCCEEDED;
	r->failed += x.outcome != OUTCOME_SUCCEEDED;
	if (x.outcome == OUTCOME_FAILED)
		return;
	hdr_record(&r->latency, x.latency_us);
	if (r->phases.counting)
		r->out->bins[loggrid_bin(x.latency_us)]++;
	if (x.ttft_us >= 0)
		hdr_record(&r->ttft, x.ttft_us);
	if (x.outcome == OUTCOME_SUCCEEDED && s->tokens_out != TOKENS_UNKNOWN)
		r->tokens += s->tokens_out;
}

static void feed_server(struct timeline_reader *r, const struct rec_server *s)
{
	scraped_take(&r->scraped, s, s->rec.t_us, false);
	for (int g = 0; g < SERVER_GAUGES; g++)
		scraped_sum_take(&r->server[g], r->scraped.last[g]);
}

/* In flight: the mean since the gauge before, where that is told. */
static void feed_gauge(struct timeline_reader *r, const struct rec_gauge *g)
{
	int64_t passed_us = g->rec.t_us - r->gauge_us;
	bool told = r->gauge_us >= 0 && passed_us > 0 && g->in_flight_us >= r->in_flight_us && g->in_flight_us;

	r->load_last[LOAD_USERS] = r->open_loop ? (double)NAN : g->users_active;
	r->load_last[LOAD_IN_FLIGHT] = told ? (double)(g->in_flight_us - r->in_flight_us) / (double)passed_us : g->in_flight;
	r->load_last[LOAD_WAITING] = r->open_loop ? (double)g->waiting : (double)NAN;
	r->gauge_us = g->rec.t_us;
	r->in_flight_us = g->in_flight_us;
	for (int i = 0; i < TIMELINE_LOADS; i++)
		scraped_sum_take(&r->load[i], r->load_last[i]);
}

static void feed_drops(struct timeline_reader *r, const struct rec_drops *d)
{
	r->ok += d->count[OUTCOME_SUCCEEDED];
	r->failed += (uint64_t)d->count[OUTCOME_FAILED] + d->count[OUTCOME_CENSORED];
	r->incomplete = true;
}

/* A change of load within the warm-up goes on with its span. */
static void feed_point(struct timeline_reader *r, enum load_phase before, const struct rec_point *p)
{
	struct timeline *t = r->out;
	enum load_phase now = r->phases.now;
	int64_t t_us = p->rec.t_us;

	r->open_loop = p->mode == MODE_OPEN;
	if (before == now && r->in_span)
		return;
	if (r->in_span)
		t->span[t->span_count - 1].to_us = t_us;
	r->in_span = now != PHASE_LOAD && now != PHASE_END && t->span_count < TIMELINE_SPANS;
	if (r->in_span)
		t->span[t->span_count++] = (struct timeline_span){.from_us = t_us, .to_us = t->end_us, .phase = now};
}

void timeline_feed(struct timeline_reader *r, const struct rec *rec)
{
	enum load_phase before = r->phases.now;

	move_to(r, rec->t_us);
	phases_take(&r->phases, rec);
	if (rec->kind == REC_SAMPLE)
		feed_sample(r, (const struct rec_sample *)rec);
	else if (rec->kind == REC_DROPS)
		feed_drops(r, (const struct rec_drops *)rec);
	else if (rec->kind == REC_GAUGE)
		feed_gauge(r, (const struct rec_gauge *)rec);
	else if (rec->kind == REC_SERVER)
		feed_server(r, (const struct rec_server *)rec);
	else if (rec->kind == REC_POINT)
		feed_point(r, before, (const struct rec_point *)rec);
}

void timeline_free(struct timeline_reader *r)
{
	while (r->now < r->out->count - 1) {
		close_bin(r);
		r->now++;
	}
	close_bin(r);
	hdr_fini(&r->latency);
	hdr_fini(&r->ttft);
	hdr_pool_free(r->pool);
	free(r);
}
