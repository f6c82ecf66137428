/* `brunt baseline`: what its table says, apart from where it comes from. */
#ifndef CLI_BASELINE_H
#define CLI_BASELINE_H

#include <stdio.h>

#include "load/dealing.h"
#include "run/result.h"
#include "scenario/scenario.h"

/* Every case of every task, task by task; free(). */
struct script_item *baseline_script(const struct scenario *scenario, uint64_t *count);

/* The table of cases, latency, throughput and quality per task, and a "slo" ready
 * to paste. `partial`: interrupted, so not all cases were tried. */
void baseline_print(FILE *out, const struct scenario *scenario, const struct run_meta *meta,
		    const struct result *result, bool partial);

/* A target with room above what was measured: 1.4 times, rounded up to 1, 1.5,
 * 2, 2.5, 3, 4, 5, 6, 8 or 10 times a power of ten. Microseconds. */
double baseline_target_us(double measured_us);

#endif
