/* Two runs side by side: for each figure its value in both, their ratio, how sure that
 * is, and a verdict. Pure.
 *
 * The uncertainty is that of the logarithm of each figure over block-bootstrap draws of
 * its run's spans (metrics/bootstrap.h); the interval is Student's around the difference
 * of the logarithms, with Welch's degrees of freedom. A verdict holds among all rows
 * together (Holm, 3 %). */
#ifndef RUN_CONTRAST_H
#define RUN_CONTRAST_H

#include <stdbool.h>

#include "run/meta.h"
#include "run/result.h"
#include "run/spans.h"

enum contrast_verdict {
	CONTRAST_UNDECIDED, /* neither of the others is certain */
	CONTRAST_SAME,      /* within the margin, surely */
	CONTRAST_BETTER,    /* B surely differs from A, and for the better */
	CONTRAST_WORSE,
};
const char *contrast_verdict_name(enum contrast_verdict verdict); /* "WORSE" */

enum contrast_unit { CONTRAST_PER_SECOND, CONTRAST_SHARE, CONTRAST_POINTS, CONTRAST_TIME };

struct contrast_row {
	int task; /* -1: all together */
	const char *metric; /* "throughput", "p95", "ttft.p99", … */
	enum contrast_unit unit; /* times are in microseconds */
	double a, b;         /* NAN: unknown */
	double ratio;        /* B / A; NAN: unknown */
	double low, high;    /* 95 % interval of it; NAN: too little came to tell */
	double p;            /* of no difference, Holm's; 1 where it is not known */
	enum contrast_verdict verdict;
};

struct contrast {
	struct contrast_row *row;
	int count;
	int of[CONTRAST_WORSE + 1]; /* rows by verdict */
};

/* One of the two. Tasks are matched by name; the caller has seen to it that one is
 * common. */
struct contrast_side {
	const char *path; /* of its file, to be shown */
	const struct run_meta *meta;
	const struct result *result; /* NULL: it is yet to run; for contrast_refusal() and _warnings() */
	const struct spans *spans;
	const char *name; /* what sentences call it: "A", "the baseline" */
};
void contrast_make(const struct contrast_side *a, const struct contrast_side *b, struct contrast *out);
void contrast_fini(struct contrast *contrast);
/* Requests of A and B, or of a task that both have (in A's order; -1: of all). */
void contrast_requests(const struct contrast_side *a, const struct contrast_side *b, int task, uint64_t n[2]);

/* A sentence why the two cannot be compared; NULL: they can. Static. */
const char *contrast_refusal(const struct contrast_side *a, const struct contrast_side *b);
/* What should be known beside it: calls fn(arg, sentence) for each. */
void contrast_warnings(const struct contrast_side *a, const struct contrast_side *b,
		       void (*fn)(void *arg, const char *sentence), void *arg);

/* Of brunt compare. 4: something is worse; 5: no row has a verdict; else 0. */
int contrast_exit_code(const struct contrast *contrast);
/* Whether enough came for an interval of at least one figure. */
bool contrast_enough(const struct contrast *contrast);

#endif
