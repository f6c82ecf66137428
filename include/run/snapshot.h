/* What one frame of the dashboard needs, as plain data, and the view query
 * that asks for it. The collector fills snapshots, main draws them; they cross
 * in a triple buffer in which neither side waits (snapbox).
 *
 * Unknown is NAN in doubles. Times in run-time microseconds. */
#ifndef RUN_SNAPSHOT_H
#define RUN_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/batches.h"
#include "metrics/hdr.h"
#include "metrics/loggrid.h"
#include "metrics/record.h"
#include "metrics/slo.h"
#include "run/advice.h"
#include "run/diagnosis.h"
#include "run/scaling.h"
#include "run/work.h"

#define SNAP_TASKS 64
#define SNAP_SECONDS 600 /* newest seconds of the series */
#define SNAP_POINTS 256  /* newest load changes */
#define SNAP_ERRORS 24   /* most frequent first */
#define SNAP_NAME 64
#define SNAP_TEXT 128
#define SNAP_ALIKE 32    /* different messages of an error: so many or more */
#define SNAP_STALLS 32   /* newest first */
#define SNAP_HEAT_COLUMNS 256
#define SNAP_HEAT_ROWS 64

enum clock_kind { CLOCK_RESPONSE, CLOCK_SERVICE, CLOCK_QUEUE, CLOCK_KINDS };

/* AUTO: the shortest with at least 100 samples; what came since a fresh window
 * was asked for, as long as 60 s reach back to it. */
enum window_kind { WINDOW_AUTO, WINDOW_10S, WINDOW_60S, WINDOW_ALL };

struct view_query {
	uint32_t generation; /* copied into the snapshot that answers it */
	int16_t task;        /* -1: all together */
	uint8_t clock;       /* enum clock_kind */
	uint8_t window;      /* enum window_kind */
};

struct snap_numbers {
	uint64_t requests, succeeded, failed, censored;
	double seconds;      /* measured time they cover */
	double rps;          /* complete answers a second */
	double ok_rps;       /* successes a second */
	double sessions_rps; /* first turns answered a second: what an open loop's rate is of */
	double success_rate; /* 0-1 */
	/* By the query's clock, as hit_latency and miss_latency: */
	struct dist latency; /* succeeded and censored */
	struct dist failed_latency;
	struct dist censored_age; /* at least so long did they take */
	/* Model serving; counts 0 and NAN where nothing of the kind came. */
	double quality;      /* 0-100 */
	double goodput_rps;
	struct dist ttft, tpot, itl;
	uint64_t streams, events, reads;
	double tokens_out;          /* in the window */
	double output_tokens_per_s; /* all streams together */
	double user_tokens_per_s;   /* one stream's own speed: 1 / mean tpot */
	uint64_t cache_hits, cache_misses;
	struct dist hit_latency, miss_latency;
};

/* The phases of a request, one after another; they add up to its latency. */
#define SNAP_PARTS(X)                                             \
	X(QUEUE, "queue", "due, not yet sent: lost inside brunt")  \
	X(DNS, "dns", "the host name, of a new connection")        \
	X(CONNECT, "connect", "a new connection")                  \
	X(TLS, "tls", "the handshake of a new connection")         \
	X(WAIT, "wait", "sent, to the answer's first byte")        \
	X(PREFILL, "prefill", "of streams: from there to the first token") \
	X(BODY, "body", "the rest of the answer")

enum snap_part {
#define X(id, name, help) REQ_##id,
	SNAP_PARTS(X)
#undef X
	REQ_PHASES
};

/* The requests whose ranks are about a percentile of the latency: 45 to 55 %, 93 to 97 %. */
enum snap_band { BAND_P50, BAND_P95, BANDS };

/* What these requests were made of: the means of their phases, which add up to the
 * percentile of the response clock. Microseconds; zeros without requests. */
struct snap_parts {
	uint64_t requests;  /* of which all this is: succeeded and censored */
	uint64_t connected; /* of them: made a connection */
	float us[BANDS][REQ_PHASES];
};

#define SNAP_PART_COLUMNS 64
/* The same over the whole run, by columns as snap_heat has them but longer ones; here
 * they add up to the mean latency of the requests about the percentile. */
struct snap_phases {
	int64_t length_us;
	int columns; /* the last one is still open; 0: nothing is known */
	uint64_t requests[SNAP_PART_COLUMNS];
	float us[SNAP_PART_COLUMNS][BANDS][REQ_PHASES];
};

/* By which attributes requests of different modes may differ; what explains as much as
 * another and comes first is what is told. */
#define SNAP_TRAITS(X)                                            \
	X(CONNECTION, "new connection", "new connections")         \
	X(CACHE, "cache", "the cache")                             \
	X(STATUS, "status", "the status")                          \
	X(TASK, "task", "the task")                                \
	X(TURN, "turn", "the turn")                                \
	X(LENGTH, "prompt length", "the prompt's length")          \
	X(WORKER, "worker", "the worker")

enum trait {
#define X(id, name, follows) TRAIT_##id,
	SNAP_TRAITS(X)
#undef X
	TRAITS
};

/* The modes of the latency at the present load, settling time and ramps left out. */
#define SNAP_MODES 4
struct snap_modes {
	uint64_t requests; /* succeeded and censored */
	int count;         /* 0: too few requests to tell, or no clock that has modes */
	struct {
		uint64_t requests;
		double us;       /* about its median */
		double below_us; /* where the next one begins */
	} mode[SNAP_MODES];      /* shortest first */
	int follows;             /* enum trait; -1: none explains the split */
	float explains[TRAITS];  /* how much of it: 0-1; NAN: all have the same value */
	/* With `follows`: what so many of the rarest mode are. */
	int typical_mode;
	float typical_share;
	char typical[SNAP_NAME];
	char sentence[2 * SNAP_TEXT]; /* all this in ASCII, but for names; "": nothing is known */
};

/* What other tasks did to one, at the same load: its figures in the newest operating point
 * without them, and with them. */
#define SNAP_BESIDE 16
struct snap_beside {
	int task;
	uint64_t added;  /* bit t: task t, which came in addition */
	uint64_t others; /* so many were beside it all along; 0: it was alone */
	uint8_t mode;    /* enum load_mode */
	double level;
	struct {
		uint64_t timed; /* succeeded and censored */
		int64_t p95_us; /* response clock */
		double rps;     /* of these; NAN: unknown */
	} without, with;
};

struct snap_task {
	char name[SNAP_NAME];
	double share; /* of requests in the window, 0-1 */
	struct snap_numbers window, all;
};

/* One value a second; index 0 is second `first`, the last one is still open
 * when `open` is set: its counts are those so far. Percentiles in microseconds,
 * NAN where nothing came. users: active at the second's first gauge. */
struct snap_series {
	int64_t first;
	int count;
	bool open;
	float rps[SNAP_SECONDS], errors[SNAP_SECONDS]; /* complete answers; failed + censored */
	float ok[SNAP_SECONDS];           /* succeeded */
	float p50[SNAP_SECONDS], p95[SNAP_SECONDS], p99[SNAP_SECONDS];
	float max[SNAP_SECONDS];
	uint32_t users[SNAP_SECONDS];
	uint8_t incomplete[SNAP_SECONDS]; /* a full ring lost samples then */
	float tokens[SNAP_SECONDS];       /* output tokens of answers that ended then */
	float ttft_p95[SNAP_SECONDS], itl_p99[SNAP_SECONDS];
	float hit_ratio[SNAP_SECONDS];    /* NAN: no answer said */
	uint16_t errors_of[ERROR_CLASS_COUNT][SNAP_SECONDS]; /* by class; saturates */
};

/* Latency over the whole run: column i is of run time i * length_us to (i + 1) *
 * length_us, the last one is still open. Row r counts the latencies in `merge` bins
 * of the log grid from first + r * merge on; all that there are lie in the rows. A
 * longer run has longer columns, not more: pairs of neighbours become one. */
struct snap_heat {
	int64_t length_us;
	int columns;            /* 1 to SNAP_HEAT_COLUMNS; 0: nothing is known */
	int first, merge, rows; /* merge: 2, 4, 8, 16; rows 0: no latency yet */
	uint32_t count[SNAP_HEAT_COLUMNS][SNAP_HEAT_ROWS]; /* succeeded and censored */
	uint32_t failed[SNAP_HEAT_COLUMNS], censored[SNAP_HEAT_COLUMNS];
	uint32_t lost[SNAP_HEAT_COLUMNS]; /* samples that a full ring refused */
};

/* What the server says of itself (--metrics). */
enum server_gauge {
	SERVER_RUNNING,   /* requests */
	SERVER_WAITING,   /* requests */
	SERVER_KV_USE,    /* share of its key-value cache, 0-1 */
	SERVER_HIT_RATIO, /* of its prompt or prefix cache, 0-1, since the scrape before */
	SERVER_GAUGES
};

struct server_figures {
	uint64_t scrapes, failed; /* 0 scrapes: nobody asked it, and nothing else is known */
	bool ok;          /* the newest scrape has figures */
	int64_t since_us; /* since when scrapes succeed, or fail for whatever reason */
	uint8_t kind;     /* enum server_kind, of the newest that had figures */
	uint16_t series;  /* label sets that were added up */
	char text[SNAP_TEXT]; /* why it failed, or what is wrong all the same; "" */
	/* NAN: unknown. last: of the newest scrape, if it is ok; mean and max over measured
	 * time; point: mean over the present operating point, of point_n scrapes. */
	double last[SERVER_GAUGES], mean[SERVER_GAUGES], max[SERVER_GAUGES], point[SERVER_GAUGES];
	uint64_t n[SERVER_GAUGES]; /* scrapes that mean and max are of */
	double lookups; /* of its cache in measured time: what the mean hit ratio is of; 0: not counted */
	uint64_t point_n;
};

struct snap_point {
	int64_t t_us;
	double level; /* users (closed loop), arrivals per second (open); of a ramp its end */
	double from;  /* of a ramp its beginning; else as level */
	int64_t ramp_us; /* how long it is; 0: none */
	uint8_t phase; /* enum load_phase */
	uint8_t mode;  /* enum load_mode */
	bool swept;    /* a sweep made it */
	bool altered;  /* a step of a micro-experiment with requests of its own */
	bool client_bound; /* brunt itself was the limit there */
	/* Of the point so far, settling time left out: */
	double seconds, rps, ok_rps; /* complete answers, successes a second */
	int64_t settling_us; /* which is so long */
	double sessions_rps;         /* of the present point; NAN: unknown */
	uint64_t requests, failed; /* failed: with censored */
	uint64_t timed; /* of requests: those the percentiles are of */
	int64_t p50_us, p95_us, p99_us; /* the query's clock */
	uint64_t silent; /* bit t: task t is not sent, by a key */
};

/* Little's law, L = X R, over the window's measured seconds: what was in flight as
 * the workers counted it, and what the samples say. NAN: too little is known. */
struct snap_littles {
	double in_flight, expected;
};

struct snap_error {
	enum error_class error;
	int32_t code;
	uint64_t count;
	int64_t first_us, last_us;
	int task; /* -1: several */
	uint64_t tasks; /* bit t: seen in task t */
	uint32_t alike; /* different messages that differ in numbers and ids only; 0: unknown */
	char message[SNAP_TEXT]; /* the first of them */
	char excerpt[REC_EXCERPT_MAX + 1]; /* of the first such answer; "" */
};

/* A moment in which streams said nothing: gaps of several streams beyond
 * 5 x the median gap that overlap. */
struct snap_stall {
	int64_t t_us, length_us; /* where the overlap begins; its longest gap */
	uint32_t streams;        /* that paused */
	uint32_t open;           /* that were under way then */
};

struct snap_slo {
	struct slo slo;
	double now, all; /* in the window; over the whole run. NAN: unknown */
	enum slo_verdict verdict; /* over the whole run, as of the last closed second */
	struct slo_needs needs;   /* the same, of inconclusive ones */
	bool miss_lasts; /* more requests could not undo one */
};

/* The load point of now by the response clock, all tasks, settling time left out; of which
 * a sweep is steered (run/sweep.h). */
struct snap_present {
	int64_t since_us;  /* when the point began */
	bool settled;      /* it is measured, and has settled */
	enum load_mode mode;
	double level;
	double seconds;    /* measured */
	uint64_t requests, failed; /* failed: with censored */
	uint64_t limited;  /* of failed: answered with 429 */
	uint64_t ok, sessions; /* within measured time: successes, first turns answered */
	uint64_t timed;    /* latencies, and their sum in microseconds */
	double times_us;
	int64_t p95_us;
	uint64_t mix; /* of tasks, in which shares: run/mixes.h */
	/* By the lamp's seconds of this point alone; before there are any: unknown. */
	bool judged, client_bound;
	enum slo_verdict slo; /* of all SLOs together, here; inconclusive: none, or not sure yet */
	struct work work;  /* of the successes */
};

#define SNAP_SWEEP 320
/* What the newest sweep of the run said of itself. */
struct snap_sweep {
	enum { SNAP_NO_SWEEP, SNAP_SWEEPS, SNAP_SWEEP_HELD, SNAP_SWEPT } state;
	int64_t t_us; /* when it began; or ended, where it has */
	char text[SNAP_SWEEP]; /* ended: why it stopped, ": ", what was found */
};

/* What the newest micro-experiment of the run said of itself. */
struct snap_trial {
	enum { SNAP_NO_TRIAL, SNAP_TRIES, SNAP_TRIED } state;
	uint8_t axis;  /* enum trial_axis */
	int64_t t_us;  /* when it began; or ended, where it has */
	char text[REC_TEXT_MAX + 1]; /* what it does; ended: what was found */
};

struct snapshot {
	uint32_t generation; /* of the query it answers */
	uint64_t number;     /* grows by one with each snapshot */
	int64_t t_us;        /* run time it stands for */
	int64_t measured_us; /* measured time so far */
	enum load_phase phase;
	enum load_mode mode;
	double level; /* users or arrivals per second now, on a ramp too */
	bool ended;
	int64_t settling_until_us; /* of the present point; 0: none */

	struct rec_gauge gauge; /* latest */
	struct view_query query;
	enum window_kind window; /* the one AUTO chose */
	int64_t window_since_us; /* where it starts */
	bool window_fresh;       /* with a fresh window's beginning */

	struct snap_numbers now; /* query.task in the window */
	struct snap_numbers all; /* the same over the whole run */
	struct snap_task together; /* all tasks, whatever the query: the head, "all" */
	int task_count;
	struct snap_task task[SNAP_TASKS];
	/* Of query.task in the window; by query.clock where there are several: */
	uint64_t ok_bins[LOGGRID_BINS]; /* succeeded and censored */
	uint64_t failed_bins[LOGGRID_BINS];
	uint64_t censored_bins[LOGGRID_BINS]; /* of ok_bins those that are censored */
	uint64_t hit_bins[LOGGRID_BINS], miss_bins[LOGGRID_BINS];
	uint64_t ttft_bins[LOGGRID_BINS], tpot_bins[LOGGRID_BINS], itl_bins[LOGGRID_BINS];
	struct snap_series series;          /* query.task, query.clock */
	struct snap_heat heat;              /* the same */
	struct server_figures server;
	float server_series[SERVER_GAUGES][SNAP_SECONDS]; /* at the index of `series` */
	uint32_t bad[SNAP_HEAT_COLUMNS];    /* in its columns, of all tasks: failed and censored */
	struct snap_modes modes;            /* query.task, query.clock: as of the last closed second */
	struct snap_phases phases;          /* query.task */
	struct snap_parts parts, parts_all; /* query.task: in the window, over the whole run */
	struct snap_parts parts_together;   /* all tasks, whatever the query; in the window */
	struct snap_parts parts_of[SNAP_TASKS]; /* the same of each task */
	int point_count; /* oldest first; the last one is present */
	struct snap_point point[SNAP_POINTS];
	uint64_t silent; /* bit t: task t is not sent at present, by a key */
	int beside_count; /* newest first */
	struct snap_beside beside[SNAP_BESIDE];
	int error_count;
	int error_kinds; /* of all there were */
	uint64_t redirects; /* answers of the whole run: to another URL, that was not asked */
	struct snap_error error[SNAP_ERRORS];

	int slo_count;
	struct snap_slo slo[SLO_MAX];
	/* Stalls: single gaps beyond 5 x the median so far, and common ones. */
	uint64_t stall_gaps;
	int64_t stall_threshold_us; /* 0: not yet known (fewer than 100 gaps) */
	int64_t stall_longest_us;
	int stall_count;
	struct snap_stall stall[SNAP_STALLS];
	/* Of requests with a prompt: how many, and how many had been sent before
	 * (NAN: none has one). `warming`: so many repeat that a server's prefix
	 * cache, rather than the server, may be measured. */
	uint64_t prompts;
	double prompts_repeated; /* share, 0-1 */
	bool warming;
	struct advice advice;

	/* The books. */
	uint64_t planned, waiting, started, succeeded, failed, censored;
	uint64_t http1_answers, http2_answers; /* begun ones, by the version that was spoken */
	struct snap_littles littles;
	/* The mean of the last five seconds, of the present load alone, as the workers
	 * counted it; NAN: not a second yet. */
	double in_flight_mean;
	struct interval ci[3]; /* of query.task, response clock, whole run: p50, p95, p99 */
	struct scaling scaling; /* all tasks; as of the last closed second, or a newer point */
	bool books_open; /* exchanges are under way: started is ahead */
	/* Outcomes finished when the gauge that says started came. Each worker told its
	 * share up to 100 ms before, so of several some finished since then. */
	uint64_t finished[OUTCOME_COUNT];
	bool books_wrong; /* they cannot balance any more, or did not at the end */
	bool client_bound;
	char evidence[160];
	struct snap_present present;
	struct snap_sweep sweep;
	struct snap_trial trial;
	struct diagnosis diagnosis; /* as of the last closed second */
};

/* --- exemplars: the requests behind a cell (run/exemplars.h finds them) ---------- */

#define SNAP_EXEMPLARS 64 /* that are shown at once */

/* What is asked for. All conditions hold together; times by the query's clock. */
struct exemplar_query {
	int16_t task;        /* -1: of any */
	uint8_t clock;       /* enum clock_kind */
	bool failures_only;
	bool timed_only;     /* succeeded and censored: those that a heatmap counts */
	bool ok_only;        /* succeeded */
	uint8_t class;       /* enum error_class; ERROR_NONE: any, and what did not fail */
	int16_t error;       /* enum error_class; -1: any */
	int32_t code;        /* with `error` */
	char message[SNAP_TEXT]; /* with `error`; one of the same kind */
	int64_t low_us, high_us; /* latency: from low to below high */
	int64_t from_us, to_us;  /* when the answer ended: from, to below to */
	int64_t until_us;        /* nothing later than this is known yet */
};

/* What there is: the slowest first; of an error the newest first. Where nothing fits
 * entirely the `nearest`, the nearest first. */
struct exemplar_list {
	int count;
	int fitting; /* of all that are kept; `count` of them are in the list */
	int kept;    /* altogether, until until_us */
	bool nearest;
	const struct rec_exemplar *rec[SNAP_EXEMPLARS];
	bool slowest[SNAP_EXEMPLARS]; /* of its task */
	void *own; /* what they point into */
};

/* The triple buffer. */
struct snapbox;
struct snapbox *snapbox_new(void);
void snapbox_free(struct snapbox *box);
/* Collector: a snapshot to fill, then make it the newest. */
struct snapshot *snapbox_write(struct snapbox *box);
void snapbox_publish(struct snapbox *box);
/* Main: the newest one (NULL before the first); stays valid and unchanged until
 * the next call. *fresh tells whether it is another one than last time. */
const struct snapshot *snapbox_read(struct snapbox *box, bool *fresh);
/* Main asks; the collector reads (any order of calls, the newest wins). */
void snapbox_ask(struct snapbox *box, struct view_query query);
struct view_query snapbox_asked(struct snapbox *box);

#endif
