/* What each operating point keeps for the diagnosis (run/diagnose.h): where the time of
 * its requests went and what failed, with how sure that is, together and by task.
 *
 * The present point is cut into batches of equal length, merged in pairs as it grows
 * (metrics/batches.h has the reasons); a closed one keeps its figures. Memory is flat: a
 * bounded number of points and tasks, later tasks counted as one. One thread. */
#ifndef RUN_EVIDENCE_H
#define RUN_EVIDENCE_H

#include "exchange.h"
#include "metrics/hdr.h"

#define EVIDENCE_POINTS 16 /* closed ones; the lowest and highest of a loop outlive others */
#define EVIDENCE_TASKS 16  /* the last one is the last task or all from there on */
#define EVIDENCE_BATCHES 32

/* service = CONNECT + WAIT + BODY. WAIT ends with the first token of a stream, else with
 * the first byte; of a kept connection CONNECT is 0. */
enum evidence_part { PART_CONNECT, PART_WAIT, PART_BODY, PARTS };

/* All uint64_t: an array. Times in microseconds. */
struct evidence_sums {
	uint64_t requests; /* all but those cut off by the run's end */
	uint64_t timed;    /* answered as asked for, be it with a failed check */
	uint64_t part_us[PARTS];
	uint64_t gaps, gap_us; /* between tokens: tn - t1 over tokens - 1 */
	uint64_t ok;
	uint64_t limited;     /* 429 */
	uint64_t upstream;    /* failed there: 5xx, reset, truncated, in-band, timeouts */
	uint64_t unconnected; /* dns, connect, tls */
};

struct evidence_set {
	struct evidence_sums batch[EVIDENCE_BATCHES];
	uint64_t hidden;  /* of timed: tokens, and none is seen to come, be it that they come in bunches */
	uint64_t streams; /* of timed */
	double wait_sq;   /* sum of squared waits in s^2 */
};

struct evidence_mean {
	double mean, error; /* standard error */
};

/* Of a set of exchanges; times in microseconds. */
struct evidence_figures {
	uint64_t timed, gaps, hidden, streams;
	struct evidence_mean service, part[PARTS], gap;
	double wait_sd;
};

struct evidence_point {
	int64_t t_us;
	double level, seconds; /* measured, settling time left out */
	uint8_t mode;
	uint8_t batches; /* in which something ended */
	uint32_t lamp_seconds, lamp_bad; /* brunt itself was the limit in so many of them */
	uint64_t requests, connections; /* connections: that requests made */
	uint64_t error_of[ERROR_CLASS_COUNT];
	int64_t failed_from_us, failed_to_us; /* of those, checks aside: the first and the last; where there are any */
	struct evidence_mean ok_rps, limited, upstream, unconnected; /* the last three: shares */
	int64_t p50_us, p95_us; /* latency */
	uint64_t latencies;
	struct evidence_figures all, stream; /* `stream`: of what was streamed alone */
	struct {
		struct evidence_figures of;
		int64_t p50_us, p95_us;
	} task[EVIDENCE_TASKS];
};

struct evidence {
	int tasks; /* at most EVIDENCE_TASKS */
	/* The present point. */
	bool open, ramp;
	int64_t t_us, length_us;
	double level;
	uint8_t mode;
	int count; /* batches begun */
	uint32_t lamp_seconds, lamp_bad; /* when it began */
	uint64_t connections, error_of[ERROR_CLASS_COUNT];
	int64_t failed_from_us, failed_to_us; /* 0: none failed */
	struct evidence_set stream, *set; /* `set`: one a task */
	struct hdr latency, *task_latency; /* 2 figures; the latter where there are several */
	int closed_count;
	struct evidence_point closed[EVIDENCE_POINTS]; /* oldest first */
};

void evidence_init(struct evidence *e, int tasks, struct hdr_pool *pool);
void evidence_fini(struct evidence *e);
void evidence_reset(struct evidence *e);
struct archive;
void evidence_archive(struct evidence *e, struct archive *a);

struct lamp;
/* The load is different from t_us on; settled_us: measured time of the point before. */
void evidence_change(struct evidence *e, const struct rec_point *change, int64_t t_us, int64_t settled_us,
		     const struct lamp *lamp);
/* The present point is none of those that are compared. */
void evidence_leave_out(struct evidence *e);
/* An exchange of the present point, at_us into its measured time. */
void evidence_exchange(struct evidence *e, int task, const struct exchange *x, int64_t at_us);
/* Tokens that come so are held up on the way: the first says nothing of when it was made. */
bool evidence_bunched(uint64_t events, uint64_t reads);
/* Of the present point; false: there is none, or it is a ramp. */
bool evidence_present(const struct evidence *e, int64_t settled_us, const struct lamp *lamp, struct evidence_point *out);

#endif
