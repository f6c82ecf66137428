/* How many modes a distribution of times has, on a log grid, by what a distribution with
 * one mode cannot do: of three places of equal width the middle one has never the lowest
 * density. So a valley is significant where the lower of the highest places on either side
 * has so many more than the valley that, were the density there at least as high, it would
 * come about once in a million times (the Chernoff bound of a binomial with p = 1/2);
 * and it must be at most half as high. Log-normal, exponential, gamma and Pareto times have
 * one mode on a log axis, so none of them has a valley but by chance.
 *
 * Places are three or five bins wide: modes closer than a factor of 1.7 are one. Requests that came
 * all at once do not make a mode: it needs to have come up in several seconds. Pure. */
#ifndef METRICS_MODES_H
#define METRICS_MODES_H

#include <stdint.h>

#define MODES_PER_OCTAVE 8
#define MODES_MAX 4
#define MODES_LEAST 50 /* fewer times than that say nothing */

struct modes {
	int count;          /* 0: too few to tell; 1: nothing says that there are more */
	int end[MODES_MAX]; /* mode i has the bins from end[i - 1] (0) to below end[i] */
};

/* Counts in bins of 1/MODES_PER_OCTAVE octave; `seconds`: in how many different seconds
 * something came into each. The lowest bins may be narrower than the clock's tick: those
 * below `first` count as one. */
void modes_find(const uint64_t *count, const uint32_t *seconds, int bins, int first, struct modes *out);

#endif
