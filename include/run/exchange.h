/* What one finished exchange says of itself: its times, worked out once from the moments
 * of its sample, for all who count them. What counts for whom:
 * - ttft, ttfo, tpot, itl: of successes alone;
 * - latency, service, queue, ttfb: of successes, and of what was cut off or timed out at
 *   its age; those of failures are apart.
 * Any thread; nothing is kept. */
#ifndef RUN_EXCHANGE_H
#define RUN_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/record.h"
#include "run/snapshot.h"

/* Microseconds, never negative; -1: unknown. */
struct exchange {
	const struct rec_sample *sample;
	enum outcome outcome;
	enum error_class error;
	bool answered;
	bool plain; /* a success without tokens, checks or a word of a cache */
	bool good;  /* a success; taken back by who knows the SLOs */
	int64_t latency_us, service_us, queue_us;
	int64_t ttfb_us;
	int64_t ttft_us, ttfo_us, tpot_us; /* of successes */
	int64_t part_us[REQ_PHASES]; /* of exchange_parts(); they add up to latency_us */
	int16_t bin[CLOCK_KINDS];    /* of exchange_bins(): of metrics/loggrid.h, by each clock */
	const int64_t *gap_us; /* exchange_gaps(); of any outcome */
	uint32_t gaps;
};

void exchange_of(struct exchange *x, const struct rec_sample *sample);
/* Works out its phases. */
void exchange_parts(struct exchange *x);
/* Looks up its times in the grid, once for all who count by it. */
void exchange_bins(struct exchange *x);
/* Room for the gaps of one exchange, which grows to REC_GAPS_MAX; all zero at first. Its
 * `us` is the caller's to free. */
struct exchange_room {
	int64_t *us;
	uint32_t room;
};
/* Reads them once, for all who count them; valid until the room is used again. */
void exchange_gaps(struct exchange *x, struct exchange_room *room);

static inline int64_t exchange_by(const struct exchange *x, enum clock_kind clock)
{
	return clock == CLOCK_SERVICE ? x->service_us : clock == CLOCK_QUEUE ? x->queue_us : x->latency_us;
}

static inline bool exchange_connected(const struct exchange *x)
{
	/* The phases belong to the connection, so they count also where the
	 * exchange failed later; but not where there was no connection. */
	return (x->sample->flags & SAMPLE_NEW_CONNECTION) && x->error != ERROR_DNS &&
	       x->error != ERROR_CONNECT;
}

#endif
