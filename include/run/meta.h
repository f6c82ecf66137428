/* What is known of a run beside its records: known at the start (meta) and at
 * the end (closing). Both are written into the run file and into the result.
 * Strings are owned by the struct. */
#ifndef RUN_META_H
#define RUN_META_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/record.h"

/* Of the metrics: figures with other ones do not mean the same. */
#define RUN_DEFINITIONS 1

struct run_meta {
	char *version;    /* of brunt */
	int definitions;  /* RUN_DEFINITIONS of that version; 0: not known */
	char *started_at; /* ISO 8601, UTC */
	char *target;
	char *scenario;   /* its name */
	char *source;     /* scenario text or NULL */
	char *argv;       /* the command line, shell-quoted, secrets redacted */
	char **label;     /* "K=V", NULL at the end; may be NULL */
	uint64_t seed;
	uint32_t run_id;
	enum load_mode mode;
	int64_t requests;    /* -n; -1: none */
	int64_t duration_us; /* -z; -1: none */
	int64_t warmup_us;   /* 0: none */
	bool respect_retry_after; /* false, too: a former version's file does not say */
	uint32_t concurrency; /* users asked for at the start; open loop: 0 */
	double price_in, price_out; /* of a million tokens; both 0: none are known */
	double rate_rps;      /* arrivals per second at the start; closed loop: 0 */
	char *arrival;        /* open loop: "constant", "poisson", "trace"; or NULL */
	int64_t dns_us;      /* what the one look-up took; -1: none was needed */
	int worker_count;
	int task_count;
	char **task_name;
	double *task_weight;
	char **slo; /* expressions, NULL at the end; may be NULL */
};

/* The summary in a few figures: what a list of runs shows without reading them. */
struct run_figures {
	bool known;
	uint64_t requests, succeeded, failed, censored;
	int64_t p95_us;      /* of latency; -1: there was none */
	int64_t duration_us; /* measured time */
};

struct run_closing {
	bool known;      /* false: the file was never closed (kill -9) */
	bool partial;    /* interrupted */
	/* Of a run file that lacks something: a sentence; "" it is whole. */
	char incomplete[256];
	int exit_code;
	/* Of one core, mean over the run: the process, its busiest worker thread.
	 * NAN: unknown. */
	double cpu_pct, worker_cpu_pct;
	bool client_bound;
	char evidence[160]; /* why, or "" */
	struct run_figures figures; /* of former versions' files: not known */
};

/* The task of that name; -1: there is none. */
int run_meta_task(const struct run_meta *meta, const char *name);
void run_meta_fini(struct run_meta *meta);

#endif
