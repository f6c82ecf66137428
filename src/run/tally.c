#include "tally.h"

#include <string.h>

#include "base/clock.h"

uint64_t counts_requests(const struct counts *n)
{
	return n->of[OUTCOME_SUCCEEDED] + n->of[OUTCOME_FAILED] + n->of[OUTCOME_CENSORED];
}

void counts_exchange(struct counts *n, const struct exchange *x, bool answered)
{
	n->of[x->outcome]++;
	n->answered += answered && x->answered;
}

void counts_drops(struct counts *n, const struct rec_drops *drops, bool answered)
{
	for (int o = 0; o < OUTCOME_COUNT; o++)
		n->of[o] += drops->count[o];
	if (answered)
		n->answered += drops->count[OUTCOME_SUCCEEDED];
}

static int64_t span(int64_t from_us, int64_t to_us)
{
	int64_t us;

	/* Only a damaged file has times that overflow or run backwards. */
	if (__builtin_sub_overflow(to_us, from_us, &us) || us < 0)
		return 0;
	return us > HDR_MAX_US ? HDR_MAX_US : us;
}

void exchange_of(struct exchange *x, const struct rec_sample *s)
{
	x->sample = s;
	x->outcome = s->outcome < OUTCOME_COUNT ? s->outcome : OUTCOME_FAILED;
	x->answered = s->flags & SAMPLE_ANSWERED;
	x->latency_us = span(s->t0_us, s->rec.t_us);
	x->service_us = span(s->ts_us, s->rec.t_us);
	x->queue_us = span(s->t0_us, s->ts_us);
	x->ttfb_us = s->th_us < 0 ? -1 : span(s->t0_us, s->th_us);
}

#define HISTOGRAMS 8

/* All histograms, for what is done to each of them. */
static void histograms(struct tally *t, struct hdr *h[HISTOGRAMS])
{
	struct hdr *all[HISTOGRAMS] = {&t->latency, &t->service, &t->queue, &t->ttfb,
				       &t->connect, &t->tls,     &t->dns,   &t->failed};

	memcpy(h, all, sizeof all);
}

void tally_init(struct tally *t, struct hdr_pool *pool)
{
	struct hdr *h[HISTOGRAMS];

	memset(t, 0, sizeof *t);
	histograms(t, h);
	for (int i = 0; i < HISTOGRAMS; i++)
		hdr_init(h[i], pool, 3);
}

void tally_reset(struct tally *t)
{
	struct hdr *h[HISTOGRAMS];

	histograms(t, h);
	for (int i = 0; i < HISTOGRAMS; i++)
		hdr_reset(h[i]);
	t->n = (struct counts){0};
	t->bytes_in = 0;
	t->bytes_out = 0;
}

void tally_fini(struct tally *t)
{
	struct hdr *h[HISTOGRAMS];

	histograms(t, h);
	for (int i = 0; i < HISTOGRAMS; i++)
		hdr_fini(h[i]);
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
	/* The phases belong to the connection, so they count also where the
	 * exchange failed later; but not where there was no connection. */
	if ((s->flags & SAMPLE_NEW_CONNECTION) && s->error != ERROR_DNS &&
	    s->error != ERROR_CONNECT) {
		hdr_record(&t->dns, s->dns_us);
		hdr_record(&t->connect, s->connect_us);
		if ((s->flags & SAMPLE_TLS) && s->error != ERROR_TLS)
			hdr_record(&t->tls, s->tls_us);
	}
}

void tally_metrics(const struct tally *t, int64_t measured_us, struct metrics *out)
{
	*out = (struct metrics){
		.requests = counts_requests(&t->n),
		.succeeded = t->n.of[OUTCOME_SUCCEEDED],
		.failed = t->n.of[OUTCOME_FAILED],
		.censored = t->n.of[OUTCOME_CENSORED],
		.answered = t->n.answered,
		.seconds = (double)measured_us / (double)US_PER_S,
		.bytes_in = t->bytes_in,
		.bytes_out = t->bytes_out,
	};
	hdr_dist(&t->latency, &out->latency);
	hdr_dist(&t->service, &out->service);
	hdr_dist(&t->queue, &out->queue);
	hdr_dist(&t->ttfb, &out->ttfb);
	hdr_dist(&t->connect, &out->connect);
	hdr_dist(&t->tls, &out->tls);
	hdr_dist(&t->dns, &out->dns);
	hdr_dist(&t->failed, &out->failed_latency);
}
