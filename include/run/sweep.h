/* A sweep: which level of load a server can take, found by driving it there. A pure state
 * machine: what was seen and when goes in, what to do comes out; the clock is in what was
 * seen. Main thread.
 *
 * It climbs in doublings, lets each level settle, measures it until throughput and mean
 * latency are tight or its time is out, and stops climbing at a plateau, at an SLO that is
 * missed, at errors, at the cap or when time is out. Then it bisects between the last level
 * that was good and the first that was not, and measures again what its answer rests on, a
 * light load first: two visits of a level that differ get a third one, and it is said. Over
 * a list it takes the levels as they are given. Where no request at all succeeds it stops
 * at once. The operator may take over and give back at any time. */
#ifndef RUN_SWEEP_H
#define RUN_SWEEP_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/record.h"
#include "metrics/slo.h"

#define SWEEP_LEVELS 40 /* different ones of a sweep */
#define SWEEP_LIST_MAX 64
#define SWEEP_VISITS 3
#define SWEEP_BATCHES 32
#define SWEEP_TEXT 320

/* Why it stopped. */
#define SWEEP_STOPS_ALL(X)                                                                \
	X(NOT, "")                     /* it goes on */                                   \
	X(PLATEAU, "plateau")          /* more load gives no more throughput */           \
	X(SLO, "slo")                  /* an SLO is missed */                             \
	X(ERRORS, "errors")            /* too many fail that did not with less load */    \
	X(RATE_LIMIT, "rate-limit")    /* most of these are answers of 429 */             \
	X(CLIENT, "client-bound")      /* brunt itself was the limit */                   \
	X(CAP, "cap")                  /* nothing of that up to the highest level */      \
	X(LIST, "list")                /* the list of levels is done */                   \
	X(TIME, "time")                /* its time was out before any of that */          \
	X(STOPPED, "stopped")          /* by the operator, or by the end of the run */

enum sweep_stop {
#define X(id, name) SWEEP_##id,
	SWEEP_STOPS_ALL(X)
#undef X
	SWEEP_STOPS
};
const char *sweep_stop_name(enum sweep_stop stop);
/* SWEEP_NOT where there is none of that name. */
enum sweep_stop sweep_stop_by_name(const char *name);

struct sweep_config {
	enum load_mode mode;
	/* Without a list: from `start` to at most `cap`, where even the start is too much
	 * down to `least`. Users are whole numbers. */
	double start, cap, least;
	const char *cap_flag; /* "-c", "-q": what the cap is raised with; NULL: nothing */
	int count; /* of the list; 0: none */
	double level[SWEEP_LIST_MAX];
	bool slos; /* there are some: a level is measured until they can be judged */
	int64_t limit_us; /* all of it, -z; 0: 75 s, of a slow server 150 of its answers to one user */
};

/* What is seen of the present point of load, by the response clock; totals since it has
 * settled. All tasks together. */
struct sweep_seen {
	int64_t now_us;   /* run time */
	int64_t since_us; /* when the point began: tells points apart */
	enum load_mode mode;
	double level;
	enum load_mode asked_mode; /* what the load was last asked to be: ahead of the point */
	double asked_level;
	bool settled;     /* it is measured, and its settling time is over */
	bool ended;       /* nothing is sent any more */
	int64_t settles_us; /* until when it settles; 0: not known */
	double seconds;   /* measured */
	uint64_t requests, failed; /* finished; of them failed or censored */
	uint64_t limited; /* of the failed: answered with 429 */
	enum error_class failure; /* of most that failed in the run */
	uint64_t ok, sessions; /* successes; first turns answered */
	uint64_t timed;   /* latencies, of successes and what was censored */
	double times_us;  /* the sum of these */
	int64_t p95_us;
	enum slo_verdict slo; /* of this point; without SLOs, or not yet sure: inconclusive */
	bool client_bound;
	uint64_t mix;     /* which tasks in which shares, as a number */
	uint32_t in_flight;
};

/* One stay at a level. */
struct sweep_visit {
	int64_t since_us; /* when its point began */
	int64_t t_us; /* when it ended */
	bool told;    /* it was disowned, and that was said */
	double seconds;
	uint64_t requests, failed, limited, timed;
	double x, r_s;       /* successes a second, mean latency in seconds */
	double x_off, r_off; /* their relative standard deviations */
	double follows;      /* open loop: sessions answered, as a share of those that were due */
	int64_t p95_us;
	enum slo_verdict slo;
	bool client_bound;
};

struct sweep_level {
	double level;
	int visits;
	struct sweep_visit visit[SWEEP_VISITS];
};

/* The meter of one stay: batches of time, cut where answers came. */
struct sweep_meter {
	struct sweep_seen from, edge, last; /* first answer; last cut; newest answer */
	bool begun, answered;
	int count;
	double length_s; /* of a batch, at least */
	double seconds[SWEEP_BATCHES], answers[SWEEP_BATCHES], timed[SWEEP_BATCHES], times_s[SWEEP_BATCHES];
};

enum sweep_state { SWEEP_IDLE, SWEEP_SETTLING, SWEEP_MEASURING, SWEEP_TAKEN, SWEEP_DONE };

struct sweep_knee {
	bool known;
	double n, low, high; /* users, or arrivals per second; a 95 % interval */
};

struct sweep {
	struct sweep_config config;
	enum sweep_state state;
	int64_t started_us, taken_us; /* the latter: since when the operator has it */
	int64_t idle_us;              /* that he had it altogether */
	int64_t now_us;
	int64_t step_us, settled_us;  /* when the present step was asked for, when it had settled */
	int64_t step_limit_us;        /* of measuring it */
	bool paced;                   /* enough is known of it for that to stand */
	double level;                 /* of the present step */
	int64_t point_us;             /* since_us of the point before it; -1: any */
	bool down;                    /* it is lower than the one before */
	bool asked;                   /* the load was asked to change to it */
	int next;                     /* of the list */
	int count;                    /* levels, in ascending order */
	struct sweep_level at[SWEEP_LEVELS];
	int steps;                    /* visits so far */
	uint64_t hopeless;            /* requests, none of which succeeded: it stopped for that; else 0 */
	enum error_class failure;     /* of most of these */
	uint64_t mix;                 /* that these are of */
	int other_mix;                /* levels that were measured with another one, and forgotten */
	int64_t settles_at_us;        /* of the present step; 0: not known */
	struct sweep_meter meter;
	/* When DONE: */
	enum sweep_stop stop;
	struct sweep_knee knee;
	double x_max, x_off;          /* of the plateau, else the most there was; its relative standard deviation */
	double r_min_s;               /* NAN: unknown, as x_max */
	double capacity;              /* the largest level that met the SLOs; NAN: none did, or none are */
	bool capacity_least;          /* nothing beyond it was measured */
	bool confirmed;               /* a light load was as before, seen again after the plateau; of
				       * rates: more than one stay went beyond it */
	bool unsteady;                /* the server was not the same throughout */
	int differs;                  /* index of a level whose visits differ; -1: none */
	int step, step_high; /* answers took longer from above the one up to the other, and no
			      * longer in between: another server, as long as `step` was seen once;
			      * -1: none */
	int valley;                   /* of one that gave less than those beside it; -1: none */
	int bound;                    /* levels left out of all that: brunt itself was the limit */
	bool above;                   /* even the lowest level was too much */
	double lowest;                /* which is this one */
};

enum sweep_action { SWEEP_WAIT, SWEEP_SET, SWEEP_END };
struct sweep_order {
	enum sweep_action action;
	double level; /* of SWEEP_SET */
};

/* How many levels of the list its limit has about time for, with a server that answers
 * quickly; all of them without a limit or a list. *needs_us: what all take. */
int sweep_fits(const struct sweep_config *config, int64_t *needs_us);

struct snapshot;
/* What a snapshot shows of it; `asked`: as main has it, ahead of the snapshot. */
void sweep_see(const struct snapshot *snapshot, enum load_mode asked_mode, double asked_level, struct sweep_seen *out);

void sweep_start(struct sweep *sweep, const struct sweep_config *config, int64_t now_us);
/* The next thing to do; SWEEP_END once, when it is DONE. What was seen earlier than the
 * last time is nothing. */
struct sweep_order sweep_step(struct sweep *sweep, const struct sweep_seen *seen);
/* The operator changes the load himself: the step is given up, what is known stays. */
void sweep_take_over(struct sweep *sweep, int64_t now_us);
/* `left_us`: until the run ends, which went on meanwhile; -1: it is open. */
void sweep_give_back(struct sweep *sweep, int64_t now_us, int64_t left_us);
struct scaling;
/* One knee for a run, and one largest load within the SLOs: when DONE, those of the fits over
 * all points, where they have one of the sweep's own loop. */
void sweep_adopt(struct sweep *sweep, const struct scaling *fit);
/* It ends with what is known. */
void sweep_stop(struct sweep *sweep, enum sweep_stop why);

static inline bool sweep_going(const struct sweep *sweep)
{
	return sweep->state == SWEEP_SETTLING || sweep->state == SWEEP_MEASURING;
}

/* A visit that two others of its level agree against, told once: when its point began.
 * False: there is none. */
bool sweep_disowns(struct sweep *sweep, int64_t *since_us);

/* Of those that agree: one figure for a level. */
void sweep_pooled(const struct sweep_level *level, struct sweep_visit *out);
/* How much longer it may take. */
int64_t sweep_left_us(const struct sweep *sweep);
/* How much longer this level settles, or is measured; 0: that is not known. */
int64_t sweep_step_left_us(const struct sweep *sweep);
/* It has more time than others, for an answer takes so long. */
bool sweep_slow(const struct sweep *sweep);
/* Where the load should stay: at the knee, or at the largest level that meets the SLOs where
 * that is lower; NAN: neither is known. */
double sweep_rest(const struct sweep *sweep);

/* Words, in run/sweep_text.c. `out` has SWEEP_TEXT bytes. */
void sweep_progress(const struct sweep *sweep, char *out);      /* "8 of at most 512 users: ..." */
void sweep_visited(const struct sweep *sweep, double level, char *out); /* the last stay there */
void sweep_sentence(const struct sweep *sweep, char *out);      /* why it stopped, what was found */

#endif
