#ifndef RUN_SPANS_PRIV_H
#define RUN_SPANS_PRIV_H

#include "metrics/bootstrap.h"
#include "run/spans.h"
#include "tally.h"

struct spans {
	int tasks, count;
	int64_t measured_us;
	struct hdr_pool *pool;
	struct tally *tally; /* span by span, in each the total and then the tasks */

	/* While it is fed: */
	int64_t t_us, passed_us; /* of the run; of measured time */
	enum load_phase phase;
	bool counting; /* the warm-up is over */
	bool altered;  /* the present point's requests are */
	int64_t altered_us;
	uint64_t left_out;
	struct exchange_room gaps;
};

static inline struct tally *spans_tally(const struct spans *s, int scope, int span)
{
	return &s->tally[span * (s->tasks + 1) + scope];
}

#endif
