/* What the workers' gauges tell: the last one, in-flight over time for Little's
 * law, CPU for the verdict on the client.
 *
 * Figures that follow from several gauges use the first one of each second, for
 * these are in the run file too: so a report agrees with the live run. */
#ifndef RUN_GAUGES_H
#define RUN_GAUGES_H

#include <stdbool.h>
#include <stddef.h>

#include "metrics/record.h"
#include "run/meta.h"

#define CLIENT_BOUND_PCT 85 /* of a core, the busiest worker thread */
#define GAUGES_KEPT 3

struct gauges {
	bool any;
	struct rec_gauge first, latest;
	int64_t second; /* of the last one used; -1: none */
	int64_t used_us;        /* its time */
	uint64_t used_in_flight_us;
	struct {
		int64_t t_us;
		uint64_t busiest_cpu_us;
	} kept[GAUGES_KEPT]; /* the last ones used, newest first */
	int kept_count;
	uint32_t users; /* of the last one used */

	/* For Little's law: over the spans between used ones that are all
	 * measured time, and since the last used one. */
	struct littles {
		int64_t us;             /* measured time */
		uint64_t in_flight_us;  /* its integral, from the workers' own sums */
		uint64_t finished;      /* of these, with a sample: */
		uint64_t sampled, service_us;
	} covered, since;

	double busy_pct;  /* the busiest worker thread in about the last 2 s */
	double worst_pct; /* of busy_pct */
	int64_t bound_us; /* measured time in which it was too high */
};

void gauges_reset(struct gauges *g);
void gauges_take(struct gauges *g, const struct rec_gauge *gauge, int64_t t_us,
		 bool measured);
/* Time went on by us, measured. */
void gauges_pass(struct gauges *g, int64_t us);
/* Exchanges finished, measured; service_us -1: lost samples. */
void gauges_finished(struct gauges *g, uint64_t exchanges, int64_t service_us);
/* L / (X * R): what was in flight as the workers counted it, over the same from
 * the samples. NAN: too little is known. */
double gauges_littles_ratio(const struct gauges *g);
/* Is the CPU or the ring the limit right now? `evidence` gets why, or "". */
bool gauges_bound_now(const struct gauges *g, char *evidence, size_t bytes);
void gauges_closing(const struct gauges *g, int64_t measured_us, struct run_closing *out);

#endif
