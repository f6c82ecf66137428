/* A micro-experiment: one thing of the load is stepped by a fixed small plan, and from what
 * each step gave follow the parts that a response is made of and which of them is most of
 * it. A pure state machine: what was seen and when goes in, what to do comes out; the clock
 * is in what was seen. Main thread.
 *
 * Each value is visited twice, there and back, so that a server which is not the same
 * throughout is noticed. A visit settles, then is measured until there are enough answers. */
#ifndef RUN_TRIAL_H
#define RUN_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/record.h"
#include "run/work.h"

#define TRIAL_VALUES 6
#define TRIAL_VISITS (2 * TRIAL_VALUES)
#define TRIAL_PIECES 8 /* that a visit is cut into, at most */
#define TRIAL_TEXT (REC_TEXT_MAX + 1)

struct trial_config {
	enum trial_axis axis;
	int count; /* values, 2 to TRIAL_VALUES, ascending */
	/* USERS: users; OUTPUT: max_tokens; CONNECTION: 0 kept, 1 new; PROMPT: words before the
	 * prompt; REUSE: 0 none is like another, 1 all are the same. */
	double value[TRIAL_VALUES];
};
/* The small plans. `most`: users; tokens. */
void trial_plan_users(double most, struct trial_config *out);
void trial_plan_output(double most, struct trial_config *out);
void trial_plan_prompt(struct trial_config *out);
void trial_plan_pair(enum trial_axis axis, struct trial_config *out); /* CONNECTION, REUSE */

/* What is seen of the present point of load; totals since it has settled. */
struct trial_seen {
	int64_t now_us, since_us; /* run time; when the point began */
	bool settled, ended;      /* ended: nothing is sent any more */
	bool client_bound;
	double seconds; /* measured */
	uint64_t requests, failed;
	struct work work;
};
struct snapshot;
void trial_see(const struct snapshot *snapshot, struct trial_seen *out);

/* One stay at a value, cut where answers came. */
struct trial_visit {
	int value; /* of config.value */
	double seconds, length_s; /* length_s: of a piece, at least */
	uint64_t requests, failed;
	bool client_bound;
	int pieces;
	struct work piece[TRIAL_PIECES];
};

enum trial_state { TRIAL_IDLE, TRIAL_SETTLING, TRIAL_MEASURING, TRIAL_DONE };

struct trial {
	struct trial_config config;
	enum trial_state state;
	int64_t started_us, now_us, settled_us; /* settled_us: of the present visit */
	int64_t point_us;  /* since_us of the point before it */
	bool asked;        /* the load was asked to be as the present visit wants it */
	int done;          /* visits that are over */
	bool cut_short;    /* by the operator, the end of the run, or a step without answers */
	bool unseen;       /* answers came, but no streams whose tokens are counted */
	struct trial_seen edge; /* where the present piece begins */
	struct trial_visit visit[TRIAL_VISITS];
};

enum trial_action { TRIAL_WAIT, TRIAL_STEP, TRIAL_END };
struct trial_order {
	enum trial_action action;
	double value; /* of TRIAL_STEP */
};

void trial_start(struct trial *trial, const struct trial_config *config, int64_t now_us);
/* The next thing to do; TRIAL_END once, when it is DONE. What was seen earlier than the
 * last time is nothing. */
struct trial_order trial_step(struct trial *trial, const struct trial_seen *seen);
/* It ends without a result. */
void trial_stop(struct trial *trial);

/* What the fits are of: of the streams alone, or of any answers. */
static inline enum work_sum trial_counts(enum trial_axis axis)
{
	return axis == TRIAL_CONNECTION || axis == TRIAL_REUSE ? WORK_N : WORK_STREAMS;
}
static inline bool trial_going(const struct trial *trial)
{
	return trial->state == TRIAL_SETTLING || trial->state == TRIAL_MEASURING;
}
static inline int trial_visits(const struct trial *trial)
{
	return 2 * trial->config.count;
}

/* --- what came of it (run/trial_fit.c) --------------------------------------- */

/* What a response is made of, in turn: making a connection, waiting in line, the prompt, what
 * else comes before the first token and is not told apart, the other tokens. */
enum trial_bound { BOUND_CONNECTION, BOUND_QUEUE, BOUND_PREFILL, BOUND_FIRST, BOUND_DECODE, BOUNDS };

struct trial_number {
	double value, half; /* half of the 95 % interval; NAN: unknown */
};

struct trial_fit {
	enum { TRIAL_LACKS, TRIAL_MIXED, TRIAL_BOUND } says; /* LACKS: evidence */
	enum trial_bound bound;  /* the largest part; of BOUND it surely is, and half of the response */
	char lack[120];          /* what is not enough, and how it is */
	uint64_t n, streams;     /* successes; of them streams whose tokens are counted */
	double at;               /* the value that the shares are of */
	struct trial_number share[BOUNDS]; /* of the response, 0-1; NAN: not told apart from others */
	struct trial_number first[2];  /* seconds to the first token, connection made: lowest value, highest */
	struct trial_number a_token;   /* seconds; USERS: with the least users */
	struct trial_number times;     /* USERS: as much at the most users */
	struct trial_number a_prompt_token; /* seconds */
	struct trial_number at_zero; /* PROMPT: seconds to the first token but for the prompt's */
	double tokens[2]; /* of an answer, PROMPT: of a prompt: lowest value, highest */
	struct trial_number response[2]; /* seconds: lowest value, highest */
	/* CONNECTION: what a new one adds to a response; REUSE: what the same prompt takes off. */
	struct trial_number adds, adds_share; /* seconds; of the longer response */
	double cached;    /* REUSE: share of the prompt's tokens that the server had; NAN: unknown */
	bool streamed;    /* it is of the streams: shares are known */
};
void trial_fit(const struct trial *trial, struct trial_fit *out);

/* Words, in run/trial_text.c; `out` has TRIAL_TEXT bytes. */
void trial_steps(const struct trial_config *config, char *out);     /* "1, 2, 4, 8, there and back" */
void trial_value_text(enum trial_axis axis, double value, char *out); /* "4 users" */
void trial_progress(const struct trial *trial, char *out);
void trial_sentence(const struct trial *trial, char *out);

#endif
