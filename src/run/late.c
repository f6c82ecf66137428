#include "late.h"

#include <stdio.h>

#include "base/units.h"

enum {
	LEAST_REQUESTS = 100, /* fewer are mostly the start, when all come at once */
	LEAST_US = 1000,      /* queue p95: shorter is what any event loop costs */
	MOST_PCT = 20,        /* of the latency */
};

bool late_starts(const struct hdr *queue, const struct hdr *service, char *evidence, size_t bytes)
{
	int64_t p95_us = hdr_quantile_us(queue, 0.95), p50_us = hdr_quantile_us(service, 0.5);
	char late[UNITS_BYTES], served[UNITS_BYTES];
	struct dist q, s;

	if (queue->count < LEAST_REQUESTS || p95_us <= LEAST_US)
		return false;
	hdr_dist(queue, &q);
	hdr_dist(service, &s);

	double pct = 100 * q.mean_us / (q.mean_us + s.mean_us);

	if (pct > MOST_PCT) {
		snprintf(evidence, bytes, "queue is %.0f %% of latency: brunt starts requests late", pct);
		return true;
	}
	if (p95_us <= p50_us)
		return false;
	snprintf(evidence, bytes, "queue p95 is %s, service p50 %s: brunt starts requests late",
		 units_format_duration(p95_us * 1000, late), units_format_duration(p50_us * 1000, served));
	return true;
}
