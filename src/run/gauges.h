/* What the workers' gauges tell: the last one, in-flight over time for Little's
 * law, the lamp.
 *
 * Figures that follow from several gauges use the first one of each second, for
 * these are in the run file too: so a report agrees with the live run. */
#ifndef RUN_GAUGES_H
#define RUN_GAUGES_H

#include <stdbool.h>
#include <stddef.h>

#include "lamp.h"
#include "metrics/record.h"
#include "run/meta.h"
#include "run/snapshot.h"

#define GAUGES_SECONDS 60

struct gauges {
	bool any;
	struct rec_gauge first, latest;
	int64_t second; /* of the last one used; -1: none */
	int64_t used_us;        /* its time */
	uint64_t used_in_flight_us;
	uint32_t users; /* of the last one used */

	/* For Little's law: over the spans between used ones that are all
	 * measured time, and since the last used one. */
	struct littles {
		int64_t us;             /* measured time */
		uint64_t in_flight_us;  /* its integral, from the workers' own sums */
		uint64_t finished;      /* of these, with a sample: */
		uint64_t sampled, service_us;
	} covered, since;
	/* The same of each of the last seconds, at second modulo GAUGES_SECONDS. */
	struct littles span[GAUGES_SECONDS];

	struct lamp lamp;
};

void gauges_reset(struct gauges *g);
void gauges_take(struct gauges *g, const struct rec_gauge *gauge, int64_t t_us,
		 enum load_phase phase, bool open_loop);
struct archive;
void gauges_archive(struct gauges *g, struct archive *a);
/* Time went on by us, measured. */
void gauges_pass(struct gauges *g, int64_t us);
/* Exchanges finished, measured; service_us -1: lost samples. */
void gauges_finished(struct gauges *g, uint64_t exchanges, int64_t service_us);
/* L / (X * R): what was in flight as the workers counted it, over the same from
 * the samples. NAN: too little is known. */
double gauges_littles_ratio(const struct gauges *g);
/* Of the last `seconds`, at most GAUGES_SECONDS; 0: of the whole run. */
void gauges_littles(const struct gauges *g, int seconds, struct snap_littles *out);
/* Mean in flight in the measured ones of the last seconds, at most GAUGES_SECONDS; NAN:
 * there are none. */
double gauges_in_flight(const struct gauges *g, int seconds);
/* What grew from the first gauge to the latest, of the time between; NAN: unknown. */
double gauges_pct(const struct gauges *g, uint64_t first_us, uint64_t last_us);
/* cpu_pct and worker_cpu_pct. */
void gauges_closing(const struct gauges *g, struct run_closing *out);

#endif
