/* Operating points as dots: what one level of load gave, how sure that is, and the
 * windows of time it was measured in, from which the sureness follows. Requests that
 * queue behind each other are no independent draws; windows longer than the queue's
 * memory nearly are. Pure, no allocation. */
#ifndef METRICS_DOTS_H
#define METRICS_DOTS_H

#include <stdbool.h>

#include "base/rng.h"

#define DOT_WINDOWS 32
#define DOT_WINDOWS_LEAST 6 /* fewer say nothing of a variance */
#define DOTS_MAX 40         /* that one fit takes */

/* Windows of equal length, in order of time. */
struct dot_windows {
	int count; /* 0 to DOT_WINDOWS */
	float answers[DOT_WINDOWS]; /* good ones that ended in it */
	float times_s[DOT_WINDOWS]; /* the sum of their latencies */
};

struct dot {
	double level;        /* users of a closed loop, > 0 */
	double x, r_s;       /* good answers a second; their mean latency, seconds; > 0 */
	double x_off, r_off; /* relative standard deviations of these, DOT_OFF_LEAST or more */
};
/* Nothing is measured better: clocks, edges of windows. */
#define DOT_OFF_LEAST 0.004

/* Sets the deviations of a dot with a throughput and a latency: those that the moving
 * block bootstrap would have (Kuensch, Annals of Statistics 17, 1989; in closed form, no
 * draws), blocks as in metrics/bootstrap.h, corrected for how few they are. False: there are
 * fewer windows than DOT_WINDOWS_LEAST, or nothing in them. */
bool dot_sure(struct dot *dot, const struct dot_windows *windows);
/* Student's distribution is asked with so many degrees of freedom. */
double dot_freedom(const struct dot_windows *windows);
/* What draws are made of: filled once, drawn from many times. */
struct dot_draws {
	int count, block;
	double wide; /* few blocks vary too little among themselves */
	double answers[2 * DOT_WINDOWS + 1], times_s[2 * DOT_WINDOWS + 1]; /* sums up to a window, twice around */
};
void dot_draws_init(struct dot_draws *draws, const struct dot_windows *windows);
/* One draw: the dot as windows drawn anew, in blocks, would have shown it. */
void dot_redraw(const struct dot *dot, const struct dot_draws *draws, struct rng *rng, struct dot *out);

#endif
