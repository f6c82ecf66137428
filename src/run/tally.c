#include "tally.h"

#include <assert.h>
#include <string.h>

#include "base/archive.h"

/* The histograms whose figures are in the result, and where these go; then all. */
#define HISTOGRAMS(X)            \
	X(latency, latency)      \
	X(service, service)      \
	X(queue, queue)          \
	X(ttfb, ttfb)            \
	X(connect, connect)      \
	X(tls, tls)              \
	X(dns, dns)              \
	X(failed, failed_latency) \
	X(ttft, ttft)            \
	X(ttfo, ttfo)            \
	X(tpot, tpot)            \
	X(itl, itl)              \
	X(hit, hit_latency)      \
	X(miss, miss_latency)    \
	X(censored, censored_age)

#define ALL_HISTOGRAMS(X)      \
	HISTOGRAMS(X)          \
	X(failed_service, )    \
	X(failed_queue, )      \
	X(censored_service, )  \
	X(censored_queue, )    \
	X(hit_service, )       \
	X(hit_queue, )         \
	X(miss_service, )      \
	X(miss_queue, )

void tally_init(struct tally *t, struct hdr_pool *pool, bool asked)
{
	memset(t, 0, sizeof *t);
	t->asked = asked;
#define X(h, figure) hdr_init(&t->h, pool, 3);
	ALL_HISTOGRAMS(X)
#undef X
}

void tally_reset(struct tally *t)
{
	t->n = (struct counts){0};
	t->bytes_in = 0;
	t->bytes_out = 0;
#define X(h, figure) hdr_reset(&t->h);
	ALL_HISTOGRAMS(X)
#undef X
}

void tally_fini(struct tally *t)
{
#define X(h, figure) hdr_fini(&t->h);
	ALL_HISTOGRAMS(X)
#undef X
}

void tally_archive(struct tally *t, struct archive *a)
{
	counts_archive(&t->n, a);
	archive_count(a, &t->bytes_in);
	archive_count(a, &t->bytes_out);
#define X(h, figure) hdr_archive(&t->h, a);
	ALL_HISTOGRAMS(X)
#undef X
}

static void record_clocks(struct hdr *response, struct hdr *service, struct hdr *queue, const struct exchange *x)
{
	hdr_record(response, x->latency_us);
	hdr_record(service, x->service_us);
	hdr_record(queue, x->queue_us);
}

static void success(struct tally *t, const struct exchange *x)
{
	if (x->ttft_us >= 0)
		hdr_record(&t->ttft, x->ttft_us);
	if (x->ttfo_us >= 0)
		hdr_record(&t->ttfo, x->ttfo_us);
	if (x->tpot_us >= 0)
		hdr_record(&t->tpot, x->tpot_us);
	for (uint32_t i = 0; i < x->gaps; i++)
		hdr_record(&t->itl, x->gap_us[i]);
	if (x->sample->cache == CACHE_HIT)
		record_clocks(&t->hit, &t->hit_service, &t->hit_queue, x);
	else if (x->sample->cache == CACHE_MISS)
		record_clocks(&t->miss, &t->miss_service, &t->miss_queue, x);
}

void tally_fetch(const struct tally *t, const struct exchange *x)
{
	if (x->outcome == OUTCOME_FAILED)
		return;
	hdr_fetch(&t->latency, x->latency_us);
	hdr_fetch(&t->service, x->service_us);
	hdr_fetch(&t->queue, x->queue_us);
	hdr_fetch(&t->ttfb, x->ttfb_us);
	if (x->ttft_us >= 0)
		hdr_fetch(&t->ttft, x->ttft_us);
	if (x->tpot_us >= 0)
		hdr_fetch(&t->tpot, x->tpot_us);
}

void tally_exchange(struct tally *t, const struct exchange *x, bool measured)
{
	const struct rec_sample *s = x->sample;

	counts_exchange(&t->n, x, measured);
	t->bytes_in += s->bytes_in;
	t->bytes_out += s->bytes_out;
	if (x->outcome == OUTCOME_FAILED) {
		record_clocks(&t->failed, &t->failed_service, &t->failed_queue, x);
	} else {
		record_clocks(&t->latency, &t->service, &t->queue, x);
		if (x->outcome == OUTCOME_CENSORED)
			record_clocks(&t->censored, &t->censored_service, &t->censored_queue, x);
		if (x->ttfb_us >= 0)
			hdr_record(&t->ttfb, x->ttfb_us);
	}
	if (x->outcome == OUTCOME_SUCCEEDED && !x->plain)
		success(t, x);
	if (exchange_connected(x)) {
		hdr_record(&t->dns, s->dns_us);
		hdr_record(&t->connect, s->connect_us);
		if ((s->flags & SAMPLE_TLS) && x->error != ERROR_TLS)
			hdr_record(&t->tls, s->tls_us);
	}
}

const struct hdr *tally_timing(const struct tally *t, enum timing timing)
{
	const struct hdr *const h[TIMINGS] = {
		&t->latency, &t->service, &t->queue,
		[TIMING_FAILED] = &t->failed, &t->failed_service, &t->failed_queue,
		[TIMING_CENSORED] = &t->censored, &t->censored_service, &t->censored_queue,
		[TIMING_HIT] = &t->hit, &t->hit_service, &t->hit_queue,
		[TIMING_MISS] = &t->miss, &t->miss_service, &t->miss_queue,
		[TIMING_TTFT] = &t->ttft, [TIMING_TPOT] = &t->tpot,
		[TIMING_ITL] = &t->itl,   [TIMING_TTFB] = &t->ttfb,
		[TIMING_TTFO] = &t->ttfo, [TIMING_CONNECT] = &t->connect,
	};

	assert(timing < TIMINGS);
	return h[timing];
}

void tally_metrics(const struct tally *t, int64_t measured_us, struct metrics *out)
{
	counts_metrics(&t->n, measured_us, t->asked, out);
	out->bytes_in = t->bytes_in;
	out->bytes_out = t->bytes_out;
#define X(h, figure) hdr_dist(&t->h, &out->figure);
	HISTOGRAMS(X)
#undef X
}

void tally_batch(struct batches *b, const struct exchange *x, int64_t at_us)
{
	struct counts n = {.answered = 0};

	batches_add(b, at_us, x->outcome == OUTCOME_FAILED ? -1 : x->latency_us, x->outcome != OUTCOME_SUCCEEDED);
	counts_exchange(&n, x, true);
	batches_sum(b, (const uint64_t[BATCH_SUMS]){
		[BATCH_ANSWERED] = n.answered, [BATCH_GOOD] = n.good, [BATCH_TOKENS] = n.tokens_out,
		[BATCH_CHECKED] = n.checked, [BATCH_QUALITY] = n.quality});
}

void tally_intervals(const struct tally *t, const struct batches *b, struct metrics *out)
{
	batches_interval(b, &t->latency, 0.5, &out->p50);
	batches_interval(b, &t->latency, 0.95, &out->p95);
	batches_interval(b, &t->latency, 0.99, &out->p99);
}
