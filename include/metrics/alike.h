/* How much alike are values that follow each other? Requests that queue are: a thousand
 * of them tell of a backend as little as some ten independent ones. Batches of time
 * see it once they are longer than the queue's memory; this sees it from the first
 * values on. Memory is flat. One thread. */
#ifndef METRICS_ALIKE_H
#define METRICS_ALIKE_H

#include <stdbool.h>
#include <stdint.h>

#define ALIKE_LEVELS 40 /* blocks of 2^0 to 2^39 values */

/* All zero is empty. Values are kept as differences from the first: exact enough. */
struct alike {
	uint64_t count;
	double first, second, last, before; /* `second`, `last`, `before`: differences */
	double lag1, lag2;                  /* sums of products of neighbours, of next neighbours */
	struct alike_level {
		uint64_t count;
		double sum, squares; /* of the blocks' sums */
		double half;         /* the block that waits for its neighbour */
		bool waiting;
	} level[ALIKE_LEVELS];
};

void alike_add(struct alike *a, double value);

struct archive;
void alike_archive(struct alike *a, struct archive *archive);

/* By what the variance of the mean is larger than that of as many independent values,
 * at least 1; at most the number of values. The largest of
 * - the variance of means of blocks, of any length of which there are 16, over that of
 *   the values (batch means: Law, Simulation Modeling and Analysis, ch. 9.5);
 * - (1 + r1) / (1 - r1) for a series of which each value follows from the one before,
 *   and 1 + 2 r1 / (1 - r2 / r1) where such a one is seen through noise (an ARMA(1, 1)'s
 *   sum of autocorrelations), r1 and r2 the autocorrelations, with Kendall's correction
 *   for few values (Kendall, Biometrika 41, 1954). */
double alike_inflation(const struct alike *a);

#endif
