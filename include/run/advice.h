/* What a cache of whole answers would have done with the prompts of a run: a small grid of
 * times to live and sizes. Plain data. Unknown is NAN. */
#ifndef RUN_ADVICE_H
#define RUN_ADVICE_H

#include <stdbool.h>
#include <stdint.h>

#define ADVICE_TTLS 5
#define ADVICE_SIZES 3

/* The grid: INT64_MAX is for ever; entries. */
static const int64_t advice_ttl_us[ADVICE_TTLS] = {10000000, 60000000, 300000000, 3600000000, INT64_MAX};
static const uint32_t advice_size[ADVICE_SIZES] = {100, 1000, 10000};

struct advice_figures {
	double hit_ratio;  /* 0-1 */
	double latency_us; /* mean, of prompts */
	double rps;        /* all requests; an open loop's stays as planned */
	double cost;       /* of 1000 prompts, in the scenario's currency */
};

struct advice {
	uint64_t lookups; /* prompts of measured time that were answered; 0: nothing is known */
	uint64_t hits, misses; /* as the answers said of the server's own cache of whole answers */
	uint64_t later;   /* later turns of conversations: the same where the same was said */
	uint64_t partly;  /* misses of which a prefix cache had a part of the prompt */
	bool closed;      /* a closed loop, in which more is asked where hits come sooner */
	double hit_us;    /* mean latency of such a hit; NAN: none was seen, and a hit is taken as free */
	int64_t span_us;  /* from the first to the last: a longer time to live is not tried out */
	struct advice_figures now; /* hit_ratio: of all lookups */
	struct advice_figures cell[ADVICE_TTLS][ADVICE_SIZES];
};

/* Why figures of the grid are bounds, and what is not in them: sentences, the first one
 * matters most. Returns how many. */
#define ADVICE_CAVEATS 3
#define ADVICE_TEXT 96 /* bytes */
int advice_caveats(const struct advice *advice, char out[ADVICE_CAVEATS][ADVICE_TEXT]);

#endif
