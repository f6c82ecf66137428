#include "tally.h"

#include <assert.h>
#include <string.h>

/* Every histogram of a tally and where its figures go. */
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
	X(miss, miss_latency)

void tally_init(struct tally *t, struct hdr_pool *pool, bool asked)
{
	memset(t, 0, sizeof *t);
	t->asked = asked;
#define X(h, figure) hdr_init(&t->h, pool, 3);
	HISTOGRAMS(X)
#undef X
}

void tally_reset(struct tally *t)
{
	t->n = (struct counts){0};
	t->bytes_in = 0;
	t->bytes_out = 0;
#define X(h, figure) hdr_reset(&t->h);
	HISTOGRAMS(X)
#undef X
}

void tally_fini(struct tally *t)
{
#define X(h, figure) hdr_fini(&t->h);
	HISTOGRAMS(X)
#undef X
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
		hdr_record(&t->hit, x->latency_us);
	else if (x->sample->cache == CACHE_MISS)
		hdr_record(&t->miss, x->latency_us);
}

void tally_exchange(struct tally *t, const struct exchange *x, bool measured)
{
	const struct rec_sample *s = x->sample;

	counts_exchange(&t->n, x, measured);
	t->bytes_in += s->bytes_in;
	t->bytes_out += s->bytes_out;
	if (x->outcome == OUTCOME_FAILED) {
		hdr_record(&t->failed, x->latency_us);
	} else {
		hdr_record(&t->latency, x->latency_us);
		hdr_record(&t->service, x->service_us);
		hdr_record(&t->queue, x->queue_us);
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
		[TIMING_RESPONSE] = &t->latency, [TIMING_SERVICE] = &t->service,
		[TIMING_QUEUE] = &t->queue,      [TIMING_FAILED] = &t->failed,
		[TIMING_TTFT] = &t->ttft,        [TIMING_TPOT] = &t->tpot,
		[TIMING_ITL] = &t->itl,          [TIMING_HIT] = &t->hit,
		[TIMING_MISS] = &t->miss,        [TIMING_TTFB] = &t->ttfb,
		[TIMING_TTFO] = &t->ttfo,        [TIMING_CONNECT] = &t->connect,
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
