/* Which successes count as goodput: those that themselves meet, per metric, the
 * SLO threshold with the highest percentile, as vLLM, AIPerf and DistServe count
 * it: p95<3s asks each request for less than 3 s. The mean counts as a p50; of
 * equal percentiles the stricter threshold counts.
 *
 * Single requests are asked for upper bounds of times (`<`, `<=`) and lower
 * bounds of quality (`>`, `>=`). The scenario's SLOs ask every task, a task's
 * own that task. Of an answer that has no such figure (no token, no new
 * connection, no check) nothing is asked.
 *
 * itl is of gaps: a request meets itl.p99<80ms when at most n - ceil(0.99 n) of
 * its n gaps miss 80 ms, and itl.mean when its own mean gap does. */
#ifndef RUN_GOODPUT_H
#define RUN_GOODPUT_H

#include "exchange.h"
#include "metrics/slo.h"

enum { GOODPUT_ASKS = SLO_TIMES + 1 }; /* a time each, and quality */

struct goodput_task {
	const struct slo *ask[GOODPUT_ASKS];
	int count;
};

struct goodput {
	int task_count;
	/* One a task; the last one for a task that there is not. */
	struct goodput_task *task;
	bool asked; /* some task is asked something */
};

/* `slo` must outlive it. */
void goodput_init(struct goodput *g, const struct slo *slo, int slo_count, int task_count,
		  char *const *task_name);
void goodput_fini(struct goodput *g);
/* Is anything asked of this task's requests (-1: of any)? */
bool goodput_asked(const struct goodput *g, int task);
/* Does a success meet what is asked of its task? */
/* Microseconds of one exchange, but for gaps; -1: it has none. */
int64_t goodput_time_us(const struct exchange *x, enum slo_metric metric);
bool goodput_met(const struct goodput *g, const struct exchange *x);

#endif
