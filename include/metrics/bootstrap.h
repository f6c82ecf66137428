/* The circular block bootstrap (Politis and Romano, 1992): how much a figure of a run
 * would differ from run to run, told by drawing the run's own spans of time anew, in
 * blocks of neighbours, so that what neighbours have in common stays together. Pure; the
 * same spans and seed give the same answer. */
#ifndef METRICS_BOOTSTRAP_H
#define METRICS_BOOTSTRAP_H

#include <stdint.h>

#define BOOTSTRAP_DRAWS 300
#define BOOTSTRAP_SPANS_MAX 64
#define BOOTSTRAP_FIGURES_MAX 8

/* Spans drawn together: an eighth of them, so that queues forget from block to block. */
int bootstrap_block(int spans);
/* Independent blocks, less one: what Student's distribution is asked with. */
double bootstrap_freedom(int spans);

/* The figures of a run in which span i occurs times[i] times; NAN: there is none. */
typedef void bootstrap_figures(const void *of, const uint32_t times[], double out[]);
/* Standard deviations of `count` figures over the draws; NAN where fewer than half of
 * them have one. 2 to BOOTSTRAP_SPANS_MAX spans, at most BOOTSTRAP_FIGURES_MAX figures. */
void bootstrap_deviations(int spans, uint64_t seed, bootstrap_figures *figures, const void *of, int count,
			  double out[]);

/* Holm's step-down: p[i] becomes the level at which it is significant among all n
 * of them. */
void holm_adjust(double p[], int n);

#endif
