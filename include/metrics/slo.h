/* SLO expressions: `[task:NAME.]METRIC[.STATISTIC] OP VALUE`, such as `p95<3s`,
 * `ttft.p99<500ms`, `success>=99%`, `task:resume-analysis.p95<3s`. A table of
 * metrics (slo.c) says which there are; a percentile alone is one of `latency`.
 *
 * metrics of time, with STATISTIC one of min p50 p75 p90 p95 p99 p999 max mean
 * (default p95) and VALUE a duration: latency service queue ttfb ttft ttfo tpot
 * itl connect. Others, without STATISTIC: success (share: `99%` or `0.99`),
 * errors (share of failed and censored), quality (0-100), throughput, goodput
 * (per second), output_tokens (per second), hit_ratio (share).
 *
 * White space may stand around all parts and in place of the dot ("latency p95 < 3 s",
 * "p95 latency<3s"). */
#ifndef METRICS_SLO_H
#define METRICS_SLO_H

#include <stdbool.h>

#include "base/err.h"

#define SLO_MAX 32      /* of a run */
#define SLO_TEXT 176    /* bytes of an expression with its task and the NUL */
#define SLO_TASK_NAME 65

enum slo_metric {
	SLO_LATENCY, SLO_SERVICE, SLO_QUEUE, SLO_TTFB, SLO_TTFT, SLO_TTFO, SLO_TPOT,
	SLO_ITL, SLO_CONNECT,
	SLO_TIMES, /* those above are distributions of microseconds */
	SLO_SUCCESS = SLO_TIMES, SLO_ERRORS, SLO_QUALITY, SLO_THROUGHPUT, SLO_GOODPUT,
	SLO_OUTPUT_TOKENS, SLO_HIT_RATIO,
	SLO_METRICS
};

enum slo_statistic {
	SLO_MIN, SLO_P50, SLO_P75, SLO_P90, SLO_P95, SLO_P99, SLO_P999, SLO_MAXIMUM, SLO_MEAN,
	SLO_STATISTICS
};

enum slo_op { SLO_LESS, SLO_AT_MOST, SLO_MORE, SLO_AT_LEAST };

struct slo {
	char text[SLO_TEXT]; /* in the one spelling that is shown: "p95<3s", "ttft.p99<=500ms"; without task */
	char task[SLO_TASK_NAME]; /* "": all together */
	enum slo_metric metric;
	enum slo_statistic statistic; /* of times */
	enum slo_op op;
	double threshold; /* times: microseconds; shares: 0-1; else as written */
};

/* On failure err reads "\"EXPR\": unknown metric \"x\"; expected …". Whether the
 * task exists is the caller's to check. A task's name may contain dots. */
int slo_parse(const char *text, struct slo *out, struct err *err);
/* Puts an expression that names no task on `task`, as a task's own "slo". */
void slo_for_task(struct slo *slo, const char *task);
/* The expression with its task in it, as a run file keeps it. */
void slo_full_text(const struct slo *slo, char out[SLO_TEXT]);
/* Parses texts (NULL at the end; NULL: none), at most SLO_MAX; what does not
 * parse is left out. Returns how many there are. */
int slo_parse_all(char *const *text, struct slo out[SLO_MAX]);
/* 0.5 for p50, 1 for max; the mean counts as 0.5, min as 0. */
double slo_quantile(enum slo_statistic statistic);
/* Does the value meet it? NAN never does. */
bool slo_met(const struct slo *slo, double value);
/* The value for people, with its unit: "2.09 s", "99.2 %", "18.4 /s". */
void slo_format(const struct slo *slo, double value, char *out, int bytes);

enum slo_verdict { SLO_PASS, SLO_FAIL, SLO_INCONCLUSIVE };
const char *slo_verdict_name(enum slo_verdict verdict);

/* What an inconclusive verdict waits for: about so many more requests, that long at the
 * rate so far; 0: unknown. `close`: to the target, so nobody knows. */
struct slo_needs {
	double requests, seconds;
	bool close;
};
/* "about 1,400 more requests (2 min at this rate)", "too close to call"; "" where
 * nothing is known. In brief: "about 1,400 more, 2 min". */
void slo_format_needs(const struct slo_needs *needs, bool brief, char *out, int bytes);

/* Why it is inconclusive. */
enum slo_reason {
	SLO_WHY_NOT,       /* it is not */
	SLO_WHY_NO_VALUES, /* of what it asks about */
	SLO_WHY_FEW,       /* values, for any verdict */
	SLO_WHY_CHANCE,    /* so many may come out like that by chance */
	SLO_WHY_ALIKE,     /* neighbours are, so that they tell as much as `draws` would */
	SLO_WHY_BURST,     /* all that failed did so in one go */
	SLO_WHY_CUT_OFF,   /* what the end of the run cut off decides it */
	SLO_WHY_CLIENT,    /* brunt itself was the limit */
};
struct slo_why {
	enum slo_reason reason;
	double values, hits; /* how many; of them failed (BURST), were cut off (CUT_OFF) */
	double draws;        /* as many independent ones (ALIKE, BURST) */
};
/* "n = 12: fewer than 20 are no verdict"; "" for NOT. At most SLO_WHY_TEXT bytes. */
#define SLO_WHY_TEXT 112
void slo_format_why(const struct slo_why *why, char out[SLO_WHY_TEXT]);

#endif
