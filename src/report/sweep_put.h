/* Why a sweep stopped, as a part of a result. Private to run/. */
#ifndef REPORT_SWEEP_PUT_H
#define REPORT_SWEEP_PUT_H

#include <cjson/cJSON.h>

#include "run/snapshot.h"

/* In the object `scaling`, which has a null for it: `stop_reason`, where a sweep has ended. */
void sweep_put(cJSON *scaling, const struct snap_sweep *sweep);

#endif
