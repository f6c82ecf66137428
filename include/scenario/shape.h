/* The shape of a load as people write it: rates, ramps and stages, in options and
 * in scenario files alike. */
#ifndef SCENARIO_SHAPE_H
#define SCENARIO_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "metrics/record.h"

#define SHAPE_STAGES_MAX 1000

/* Gaps between arrivals in an open loop; trace: the times of a trace's rows. */
enum arrival_kind { ARRIVAL_CONSTANT, ARRIVAL_POISSON, ARRIVAL_TRACE };

const char *arrival_name(enum arrival_kind kind);
int arrival_by_name(const char *name); /* -1: there is none */

/* A level held (from = to), or a ramp: users or arrivals per second. */
struct load_stage {
	enum load_mode mode;
	double from, to;
	int64_t length_ns; /* above 0 */
	bool paused;
};

/* "20", "1500/m" or a ramp "10/s:50/s"; per second, up to a million. */
int shape_rate(const char *text, double *from, double *to, struct err *err);
/* "30s:20", "1m:10-50" or "1m:5-80/s". A level without a unit is of users, or, with
 * `rates`, a rate too. */
int shape_stage(const char *text, bool rates, struct load_stage *out, struct err *err);

#endif
