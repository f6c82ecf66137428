#include "honesty.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/units.h"

enum {
	CPU_PCT = 85,       /* of a core: a thread's bursts no longer fit in */
	CORE_WAIT_PCT = 30, /* of the time; beside others on a busy machine it is a few */
	THROTTLED_PCT = 10,
	STEAL_PCT = 10,
	LATE_PCT = 20,     /* of the time; a timer that is 60 us late each 10 ms: 0.6 */
	STARTED_PCT = 99,
	SPARE_FDS = 8,     /* run files, /proc, the terminal need one now and then */
	PORTS_PCT = 95,
	REQUESTS = 100,    /* fewer are mostly the start, when all come at once */
	QUEUE_US = 1000,   /* queue p99 or p90: shorter is what any event loop costs */
	QUEUE_PCT = 20,    /* of the latency */
};

static const char *span(int64_t us, char out[UNITS_BYTES])
{
	return units_format_duration(us * NS_PER_US, out);
}

/* --- each cause: does it apply, and its words ------------------------------ */

static bool ring(const struct honesty *h, char *out, size_t bytes)
{
	snprintf(out, bytes, "%" PRIu64 " samples did not fit into a full ring", h->ring_dropped);
	return h->ring_dropped > 0;
}

static bool fds(const struct honesty *h, char *out, size_t bytes)
{
	snprintf(out, bytes, "fds %u of %u", h->fds, h->fd_limit);
	return h->fd_limit && h->fds + (uint64_t)SPARE_FDS >= h->fd_limit;
}

static bool ports(const struct honesty *h, char *out, size_t bytes)
{
	snprintf(out, bytes, "local ports %u of %u", h->connections, h->ports);
	return h->ports && h->connections * UINT64_C(100) >= h->ports * (uint64_t)PORTS_PCT;
}

static bool quota(const struct honesty *h, char *out, size_t bytes)
{
	snprintf(out, bytes, "throttled %.0f %% of the time by the CPU quota", fmin(h->throttled_pct, 100));
	return h->throttled_pct > THROTTLED_PCT;
}

static bool steal(const struct honesty *h, char *out, size_t bytes)
{
	snprintf(out, bytes, "%.0f %% of the CPU stolen by the machine's host", h->steal_pct);
	return h->steal_pct > STEAL_PCT;
}

static bool cpu(const struct honesty *h, char *out, size_t bytes)
{
	snprintf(out, bytes, "worker thread at %.0f %% of a core", h->cpu_pct);
	return h->cpu_pct > CPU_PCT;
}

/* It would need more than there is, or waits often. */
static bool starved(const struct honesty *h, char *out, size_t bytes)
{
	snprintf(out, bytes, "worker thread waits for a core %.0f %% of the time, has one %.0f %%",
		 h->core_wait_pct, h->cpu_pct);
	return h->core_wait_pct > CORE_WAIT_PCT || h->cpu_pct + h->core_wait_pct > CPU_PCT;
}

static bool loop(const struct honesty *h, char *out, size_t bytes)
{
	char max[UNITS_BYTES];

	snprintf(out, bytes, "event loop overdue %.0f %% of the time, by up to %s",
		 fmin(h->late_pct, 100), span(h->late_max_us, max));
	return h->late_pct > LATE_PCT;
}

static bool achieved(const struct honesty *h, char *out, size_t bytes)
{
	snprintf(out, bytes, "%.*f %% of planned requests started", h->started_pct < 90 ? 0 : 1,
		 h->started_pct);
	return h->started_pct < STARTED_PCT;
}

static bool queue(const struct honesty *h, char *out, size_t bytes)
{
	char high[UNITS_BYTES], p50[UNITS_BYTES];

	*out = '\0';
	if (h->requests < REQUESTS || h->queue_high_us <= QUEUE_US)
		return false;
	if (h->queue_pct > QUEUE_PCT) {
		snprintf(out, bytes, "queue is %.0f %% of latency: brunt starts requests late",
			 h->queue_pct);
		return true;
	}
	snprintf(out, bytes, "queue p%.0f %s against service p50 %s: brunt starts requests late",
		 100 * h->queue_high, span(h->queue_high_us, high), span(h->service_p50_us, p50));
	return h->queue_high_us > h->service_p50_us;
}

static bool (*const applies[HONESTY_CAUSES])(const struct honesty *h, char *out, size_t bytes) = {
	[HONESTY_RING] = ring,       [HONESTY_FDS] = fds,           [HONESTY_PORTS] = ports,
	[HONESTY_QUOTA] = quota,     [HONESTY_STEAL] = steal,       [HONESTY_CPU] = cpu,
	[HONESTY_STARVED] = starved, [HONESTY_LOOP] = loop,         [HONESTY_ACHIEVED] = achieved,
	[HONESTY_QUEUE] = queue,
};

struct honesty honesty_unknown(void)
{
	return (struct honesty){
		.cpu_pct = NAN, .core_wait_pct = NAN, .throttled_pct = NAN, .steal_pct = NAN,
		.late_pct = NAN, .started_pct = NAN, .queue_pct = NAN,
	};
}

enum honesty_cause honesty_judge(const struct honesty *h, char *evidence, size_t bytes)
{
	for (int i = HONESTY_OK + 1; i < HONESTY_CAUSES; i++)
		if (applies[i](h, evidence, bytes))
			return (enum honesty_cause)i;
	*evidence = '\0';
	return HONESTY_OK;
}
