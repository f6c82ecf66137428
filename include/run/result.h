/* The result of a run as plain data, as product.md's JSON has it; report/ writes it down.
 * Live runs, replays and reports fill it from the same model, so they agree to the digit. */
#ifndef RUN_RESULT_H
#define RUN_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/batches.h"
#include "metrics/course.h"
#include "metrics/hdr.h"
#include "metrics/record.h"
#include "metrics/slo.h"
#include "run/meta.h"
#include "run/scaling.h"
#include "run/snapshot.h"

/* METRICS. A DIST with count 0 is null where product.md allows it. */
struct metrics {
	uint64_t requests, succeeded, failed, censored;
	uint64_t answered;  /* complete answers within measured time */
	uint64_t ok;        /* successes within measured time */
	uint64_t redirects; /* of ok: to another URL, that was not asked */
	uint64_t sessions;  /* of answered: first turns */
	double seconds;     /* measured */
	uint64_t bytes_in, bytes_out;
	struct dist latency, service, queue, ttfb, connect, tls, dns, failed_latency;
	struct dist ttft, ttfo, tpot, itl;
	double quality; /* 0-100, mean over `checked` answers; NAN: none was */
	uint64_t checked; /* of the run and its tasks; 0 of a point */
	double goodput_rps; /* NAN: no SLO asks anything of single requests */
	/* NAN: unknown. Over measured time, warm-up and draining left out. */
	double tokens_in, tokens_out, output_tokens_per_s;
	enum token_source token_source; /* FROM_EVENTS as soon as one answer was */
	uint64_t streams;       /* answers read as streams */
	uint64_t events, reads; /* content events; reads that brought them */
	uint64_t cache_hits, cache_misses;
	struct dist hit_latency, miss_latency;
	struct dist censored_age; /* of those cut off or timed out; they are in latency too */
	/* Of latency; of the summary and the tasks. */
	struct interval p50, p95, p99;
};

struct result_slo {
	struct slo slo;
	double value; /* NAN: unknown */
	uint64_t n;   /* values that it is of */
	enum slo_verdict verdict; /* unknown: SLO_INCONCLUSIVE */
	struct slo_needs needs; /* of inconclusive ones */
	struct slo_why why;
	double low, high; /* the 95 % interval of the value; NAN: unknown */
};

struct result_point {
	int64_t t_us, duration_us, settled_us;
	int64_t settling_us; /* so long after t_us nothing counts */
	enum load_mode mode;
	double level; /* users, or arrivals per second */
	double from;  /* of a ramp its beginning; else as level */
	bool ramp, incomplete;
	bool altered; /* as in snap_point */
	bool client_bound; /* brunt itself was the limit there */
	struct metrics metrics;
};

/* Of an operating point whose latency has several modes. */
struct result_modes {
	int64_t t_us; /* when the point began */
	int task;     /* -1: all together */
	char sentence[2 * SNAP_TEXT]; /* as in snap_modes */
};

struct result_error {
	enum error_class error;
	int32_t code;
	uint64_t count;
	int64_t first_us, last_us;
	uint32_t alike; /* as in snap_error */
	char message[REC_TEXT_MAX + 1];
};

struct result {
	int64_t duration_us; /* measured time */
	int64_t ended_us;    /* run time of the last record */
	struct metrics summary;
	struct snap_parts parts; /* of the summary */
	int task_count;
	struct metrics *task;
	struct snap_parts *task_parts; /* of each */
	int point_count;
	struct result_point *point;
	int mark_count;
	struct course_mark *mark; /* by time */
	uint64_t marks_left_out;  /* earlier ones that there was no room for */
	int beside_count; /* newest first */
	struct snap_beside beside[SNAP_BESIDE];
	int modes_count;
	struct result_modes *modes; /* in order of the points */
	int error_count;
	struct result_error *error;
	int slo_count;
	struct result_slo slo[SLO_MAX];
	struct rec_gauge gauge; /* the last one */
	uint64_t held; /* requests of the summary that in_flight_limit had held back */
	/* Books over the whole run, warm-up included. */
	uint64_t planned, waiting, started, succeeded, failed, censored;
	uint64_t http1_answers, http2_answers; /* begun ones, by the version that was spoken */
	bool balanced;
	bool client_bound;        /* as in run_closing; what an SLO cannot be judged by */
	struct diagnosis diagnosis;
	/* Of the client; shares of the time. NAN, 0: unknown. */
	double throttled_pct, steal_pct;
	uint32_t loop_late_max_us;
	struct server_figures server;
	struct advice advice;
	struct snap_sweep sweep; /* the newest one */
	struct snap_trial tried[TRIAL_AXES]; /* the newest of each axis */
	double in_flight_mean; /* requests, over measured time; NAN: unknown */
	double littles_law_ratio; /* L / (X * R) over measured time; NAN: unknown */
	struct scaling scaling;
};

void result_fini(struct result *result);

/* What of it a list of runs shows. */
struct run_figures result_figures(const struct result *result);

/* "1.1", "2" or "1.1 and 2": what the answers were in; NULL: there were none. */
const char *result_http_version(const struct result *result);

#define RESULT_LEVEL 64
/* A point's load in words: "10 users", "25/s", of a ramp its end. */
char *result_level(const struct result_point *point, char out[RESULT_LEVEL]);

/* The exit code that the figures themselves ask for: 70, 1, 5 (an SLO was asked
 * and brunt itself was the limit), 3 (missed), 5 (inconclusive), or 0. */
int result_exit_code(const struct result *result);

#endif
