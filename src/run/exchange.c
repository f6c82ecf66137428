#include "exchange.h"

#include <math.h>
#include <string.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/mem.h"
#include "metrics/gaps.h"
#include "metrics/hdr.h"
#include "metrics/loggrid.h"

static int64_t span(int64_t from_us, int64_t to_us)
{
	int64_t us;

	/* Only a damaged file has times that overflow or run backwards. */
	if (__builtin_sub_overflow(to_us, from_us, &us) || us < 0)
		return 0;
	return us > HDR_MAX_US ? HDR_MAX_US : us;
}

static int64_t span_if(int64_t from_us, int64_t to_us)
{
	return to_us < 0 ? -1 : span(from_us, to_us);
}

/* The mean gap to the nearest microsecond. */
static int64_t tpot_us(const struct rec_sample *s)
{
	if (s->t1_us < 0 || s->tn_us < 0 || s->tokens_out == TOKENS_UNKNOWN || s->tokens_out < 2)
		return -1;
	int64_t gaps = (int64_t)s->tokens_out - 1;

	return (span(s->t1_us, s->tn_us) + gaps / 2) / gaps;
}

static bool is_plain(const struct rec_sample *s)
{
	return s->outcome == OUTCOME_SUCCEEDED && s->error == ERROR_NONE &&
	       !(s->flags & SAMPLE_STREAM) && s->t1_us < 0 && s->to_us < 0 && !s->gap_bytes &&
	       s->cache == CACHE_UNKNOWN && s->tokens_in == TOKENS_UNKNOWN &&
	       s->tokens_out == TOKENS_UNKNOWN && isnan(s->quality);
}

void exchange_of(struct exchange *x, const struct rec_sample *s)
{
	x->sample = s;
	x->outcome = s->outcome < OUTCOME_COUNT ? s->outcome : OUTCOME_FAILED;
	x->error = s->error < ERROR_CLASS_COUNT ? s->error : ERROR_NONE;
	x->answered = s->flags & SAMPLE_ANSWERED;
	x->plain = is_plain(s);
	x->good = x->outcome == OUTCOME_SUCCEEDED;
	x->latency_us = span(s->t0_us, s->rec.t_us);
	x->service_us = span(s->ts_us, s->rec.t_us);
	x->queue_us = span(s->t0_us, s->ts_us);
	x->ttfb_us = span_if(s->t0_us, s->th_us);
	x->ttft_us = x->ttfo_us = x->tpot_us = -1;
	x->gap_us = NULL;
	x->gaps = 0;
	if (x->outcome == OUTCOME_SUCCEEDED && !x->plain) {
		x->ttft_us = span_if(s->t0_us, s->t1_us);
		x->ttfo_us = span_if(s->t0_us, s->to_us);
		x->tpot_us = tpot_us(s);
	}
}

void exchange_bins(struct exchange *x)
{
	for (int c = 0; c < CLOCK_KINDS; c++)
		x->bin[c] = (int16_t)loggrid_bin(exchange_by(x, (enum clock_kind)c));
}

/* What is left of a stretch that ends at `end_us` (-1: never came), at most `*rest_us`. */
static int64_t part(int64_t from_us, int64_t end_us, int64_t *rest_us)
{
	int64_t us = end_us < 0 ? *rest_us : span(from_us, end_us);

	if (us > *rest_us)
		us = *rest_us;
	*rest_us -= us;
	return us;
}

void exchange_parts(struct exchange *x)
{
	const struct rec_sample *s = x->sample;
	int64_t rest = x->latency_us, made;

	memset(x->part_us, 0, sizeof x->part_us);
	x->part_us[REQ_QUEUE] = part(s->t0_us, s->ts_us, &rest);
	made = rest;
	if (exchange_connected(x)) {
		x->part_us[REQ_DNS] = part(0, s->dns_us, &rest);
		x->part_us[REQ_CONNECT] = part(0, s->connect_us, &rest);
		x->part_us[REQ_TLS] = part(0, s->tls_us, &rest);
	}
	made -= rest;
	/* Nothing came of it: it waited to its end. */
	x->part_us[REQ_WAIT] = part(s->ts_us + made, s->th_us, &rest);
	if (s->t1_us >= 0 && s->th_us >= 0)
		x->part_us[REQ_PREFILL] = part(s->th_us, s->t1_us, &rest);
	x->part_us[REQ_BODY] = rest;
}

/* --- counts --------------------------------------------------------------- */

#define FIELDS (sizeof(struct counts) / sizeof(uint64_t))

void exchange_gaps(struct exchange *x, struct exchange_room *room)
{
	const struct rec_sample *s = x->sample;
	struct gaps_reader reader;
	int64_t us;

	if (!s->gap_bytes)
		return;
	/* A gap takes a byte at least. */
	if (room->room < s->gap_bytes) {
		room->us = xreallocarray(room->us, s->gap_bytes, sizeof *room->us);
		room->room = s->gap_bytes;
	}
	gaps_read(&reader, rec_gaps(s), s->gap_bytes);
	while (x->gaps < s->gap_bytes && gaps_next(&reader, &us))
		room->us[x->gaps++] = us < HDR_MAX_US ? us : HDR_MAX_US;
	x->gap_us = room->us;
}

void counts_archive(struct counts *n, struct archive *a)
{
	uint64_t *field = (uint64_t *)n;

	for (size_t i = 0; i < FIELDS; i++)
		archive_count(a, &field[i]);
}

uint64_t counts_requests(const struct counts *n)
{
	return n->of[OUTCOME_SUCCEEDED] + n->of[OUTCOME_FAILED] + n->of[OUTCOME_CENSORED];
}

void counts_add(struct counts *to, const struct counts *from)
{
	uint64_t *a = (uint64_t *)to;
	const uint64_t *b = (const uint64_t *)from;

	for (size_t i = 0; i < FIELDS; i++)
		a[i] += b[i];
}

void counts_subtract(struct counts *from, const struct counts *what)
{
	uint64_t *a = (uint64_t *)from;
	const uint64_t *b = (const uint64_t *)what;

	for (size_t i = 0; i < FIELDS; i++)
		a[i] -= b[i];
}

static void count_tokens(struct counts *n, const struct rec_sample *s)
{
	if (s->tokens_in != TOKENS_UNKNOWN) {
		n->told_in++;
		n->tokens_in += s->tokens_in;
	}
	if (s->tokens_out != TOKENS_UNKNOWN) {
		n->told_out++;
		n->tokens_out += s->tokens_out;
		n->by_events += s->token_source == TOKENS_FROM_EVENTS;
	}
}

/* 304 is an answer of its own. */
static bool is_redirect(uint16_t status)
{
	return (status >= 301 && status <= 303) || status == 307 || status == 308;
}

void counts_exchange(struct counts *n, const struct exchange *x, bool measured)
{
	const struct rec_sample *s = x->sample;

	n->of[x->outcome]++;
	n->answered += measured && x->answered;
	n->ok += measured && x->outcome == OUTCOME_SUCCEEDED;
	n->redirects += measured && x->outcome == OUTCOME_SUCCEEDED && is_redirect(s->status);
	n->sessions += measured && x->answered && !s->turn;
	n->good += measured && x->good;
	if (x->plain)
		return;
	if (x->error != ERROR_NONE)
		n->error_of[x->error]++;
	if (!isnan(s->quality)) {
		n->checked++;
		n->quality += (uint64_t)llround(fmin(fmax((double)s->quality, 0), 100) *
						QUALITY_UNIT);
	}
	if (s->flags & SAMPLE_STREAM) {
		n->streams++;
		n->events += s->events;
		n->reads += s->reads;
	}
	if (x->outcome != OUTCOME_SUCCEEDED)
		return;
	n->hits += s->cache == CACHE_HIT;
	n->misses += s->cache == CACHE_MISS;
	if (measured)
		count_tokens(n, s);
}

void counts_drops(struct counts *n, const struct rec_drops *drops, bool measured)
{
	for (int o = 0; o < OUTCOME_COUNT; o++)
		n->of[o] += drops->count[o];
	if (measured) {
		n->answered += drops->count[OUTCOME_SUCCEEDED];
		n->ok += drops->count[OUTCOME_SUCCEEDED];
	}
}

static enum token_source source_of(const struct counts *n)
{
	if (!n->told_out)
		return TOKENS_FROM_NOWHERE;
	return n->by_events ? TOKENS_FROM_EVENTS : TOKENS_FROM_USAGE;
}

void counts_metrics(const struct counts *n, int64_t measured_us, bool asked,
		    struct metrics *out)
{
	double seconds = (double)measured_us / (double)US_PER_S;
	bool timed = measured_us > 0;

	*out = (struct metrics){
		.requests = counts_requests(n),
		.succeeded = n->of[OUTCOME_SUCCEEDED],
		.failed = n->of[OUTCOME_FAILED],
		.censored = n->of[OUTCOME_CENSORED],
		.answered = n->answered,
		.ok = n->ok,
		.redirects = n->redirects,
		.sessions = n->sessions,
		.seconds = seconds,
		.quality = n->checked ? (double)n->quality / (double)n->checked / QUALITY_UNIT : NAN,
		.checked = n->checked,
		.goodput_rps = asked && timed ? (double)n->good / seconds : NAN,
		.tokens_in = n->told_in ? (double)n->tokens_in : NAN,
		.tokens_out = n->told_out ? (double)n->tokens_out : NAN,
		.output_tokens_per_s = n->told_out && timed ? (double)n->tokens_out / seconds : NAN,
		.token_source = source_of(n),
		.streams = n->streams,
		.events = n->events,
		.reads = n->reads,
		.cache_hits = n->hits,
		.cache_misses = n->misses,
	};
}
