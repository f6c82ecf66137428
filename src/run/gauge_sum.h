/* Workers tell their own shares; the model and the run file take the sum of
 * each worker's latest. */
#ifndef RUN_GAUGE_SUM_H
#define RUN_GAUGE_SUM_H

#include <stdbool.h>

#include "metrics/record.h"

struct gauge_sum {
	int workers;
	int heard;    /* how many are in the sum */
	struct {
		bool heard;
		struct rec_gauge latest;
	} *worker;
};

void gauge_sum_init(struct gauge_sum *sum, int workers);
void gauge_sum_fini(struct gauge_sum *sum);
/* A worker's latest, or NULL: it ended. */
void gauge_sum_take(struct gauge_sum *sum, int worker, const struct rec_gauge *gauge);
/* The run file has the sum: what is since then starts over. */
void gauge_sum_recorded(struct gauge_sum *sum);
/* False until every worker has told its share: half a sum is no figure. */
bool gauge_sum_total(const struct gauge_sum *sum, int64_t t_us, struct rec_gauge *out);

#endif
