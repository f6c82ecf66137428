/* Is a share above or below what is allowed? Asked again and again, as on a screen,
 * without a growing chance of a wrong answer: the likelihood of the draws under a
 * beta mixture of shares against that under the allowed one is a martingale, which
 * exceeds 1/alpha at any time with a chance of alpha at most (Ville; Robbins,
 * "Statistical methods related to the law of the iterated logarithm", 1970). Pure. */
#ifndef METRICS_VERDICT_H
#define METRICS_VERDICT_H

#include <stdbool.h>

/* -1: below `allowed`; 1: above; 0: not certain. `draws` is the number of independent
 * ones: what was counted over its inflation; `hits` those of them that are beyond.
 * allowed in (0, 1). */
int verdict_share(double hits, double draws, double allowed);

/* About how many more draws verdict_share() needs to be certain, should the share stay
 * what it is; few draws are taken to be nearer to `allowed` than they are, for that is
 * what others like them come to.
 * 0: it is certain. INFINITY: less than a standard error lies between the share and
 * `allowed`, and nothing can be foretold. Simulated, at the median within a factor 2. */
double verdict_share_more(double hits, double draws, double allowed);

/* The same for a mean that is `off` standard errors away from what is allowed, where the
 * error was estimated with `df` degrees of freedom and so many independent draws were
 * made: the mixture of normal laws (Robbins, as above), Student's t turned into a normal
 * deviate (Wallace, Annals of Mathematical Statistics 30, 1959). False: not certain. */
bool verdict_mean(double off, double df, double draws);
/* About how many times as much it takes, should the mean stay what it is; 1: it is
 * certain; INFINITY: less than a standard error away. */
double verdict_mean_times(double off, double df, double draws);

/* How many times below a threshold `count` values must all have been for none of the
 * queues they waited in to have come near it: 10 for the first hundred, then falling
 * with the fourth root, never below 3. Measured, there being no bound for an unknown
 * queue: of queues that fill up from nothing, whose p95 is 2 % above the threshold, at
 * some look up to 20,000 values 0 % (90 % busy) and 2 % (95 %) were all so far below. */
double verdict_far(double count);
/* The least count of which `below` times is enough; INFINITY: no count is. */
double verdict_far_count(double below);

#endif
