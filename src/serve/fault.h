/* Which faults a request meets, and the clock that all streams pause by.
 * Functions of (seed, number of the request, rates). Any thread. */
#ifndef SERVE_FAULT_H
#define SERVE_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "serve/serve.h"

enum serve_fault {
	SERVE_FAULT_NONE,
	SERVE_FAULT_REJECT, /* 429 with Retry-After, at once */
	SERVE_FAULT_FAIL,   /* 500 or 503, at once */
	/* Half-way through the answer: */
	SERVE_FAULT_RESET,
	SERVE_FAULT_TRUNCATE,
	SERVE_FAULT_INBAND, /* streams only */
	/* Beside the others: */
	SERVE_FAULT_STALL,
	SERVE_FAULT_SLOW_START,
	SERVE_FAULTS,
};

extern const char *const serve_fault_names[SERVE_FAULTS];

struct serve_fate {
	enum serve_fault ends; /* NONE to INBAND: at most one, the first that hits */
	int status;            /* of REJECT and FAIL */
	bool stalls, starts_slowly;
};

/* Each rate has a draw of its own, so that changing one moves no other. */
struct serve_fate serve_fate_draw(const struct serve_faults *faults, uint64_t seed,
				  uint64_t number);

/* Time at which the model works: it stands still while all streams pause, from
 * common_every_ns on for common_length_ns, and so on. Times are since the start;
 * serve_fault_real_ns() is the inverse, and the end of the pause where the clock
 * stands. */
int64_t serve_fault_model_ns(const struct serve_faults *faults, int64_t real_ns);
int64_t serve_fault_real_ns(const struct serve_faults *faults, int64_t model_ns);

#endif
