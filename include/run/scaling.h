/* How the system under load scales, from the run's operating points: plain data, the same
 * live, in a report and in a replay. Each settled point of a closed loop, of the mix of
 * tasks that is sent now, is a dot on X(N) and R(N); metrics/scale.h says what the dots say together. Open-loop points are dots
 * over the rate, of which nothing is fitted: the rate is what was asked for, and the
 * latency beyond what can be served grows with time rather than with the rate. */
#ifndef RUN_SCALING_H
#define RUN_SCALING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/batches.h"
#include "metrics/scale.h"

#define SCALING_DOTS DOTS_MAX
#define SCALING_TEXT 192
#define SCALING_CLOCKS 3 /* in the order of enum clock_kind */

/* How a point stands to the SLOs that ask for a share of requests; in order of how bad. */
enum slo_standing {
	STANDS_UNKNOWN, /* none asks, or nothing came */
	STANDS_SURELY_MET, STANDS_MET, STANDS_MISSED, STANDS_SURELY_MISSED
};

/* Why a dot is in the fits or not. */
enum scaling_use {
	DOT_FITTED,
	DOT_OPEN,   /* another kind of load */
	DOT_SHORT,  /* too little was measured: hold it longer */
	DOT_BEFORE, /* measured before the system changed */
	DOT_LOSSY,  /* samples were lost */
	DOT_CLIENT  /* brunt itself was the limit there */
};

struct scaling_dot {
	int64_t t_us;    /* when the point began */
	double level;    /* users; arrivals per second in an open loop */
	uint8_t mode;    /* enum load_mode */
	uint8_t use;     /* enum scaling_use */
	uint8_t slo;     /* enum slo_standing */
	bool present;    /* still measured */
	double seconds;  /* measured, settling time left out */
	uint64_t n;      /* latencies, of successes and what was censored */
	uint64_t failed; /* with censored */
	double x, x_low, x_high; /* successes per second; 95 % interval, NAN unknown */
	/* By each clock, microseconds: */
	double mean_us[SCALING_CLOCKS];
	int64_t p50_us[SCALING_CLOCKS], p95_us[SCALING_CLOCKS];
	/* Response clock; rough while there are few: */
	double mean_low_us, mean_high_us;
	struct interval p50, p95;
};

/* One level was visited twice, and gave surely something else: the newest such. */
struct scaling_change {
	double level; /* NAN: there is none */
	int64_t from_us, to_us; /* when the two points began */
	double x[2], mean_us[2]; /* successes a second; latency */
	uint64_t n[2];           /* requests */
	int before; /* dots left out of the fits, for they were measured before `to_us` */
};

struct scaling {
	int count; /* in order of time */
	struct scaling_dot dot[SCALING_DOTS];
	int points;   /* settled ones there were; those beyond SCALING_DOTS are left out */
	int fitted, open; /* dots that are in the fits; open-loop ones */
	int other_mix; /* settled points that are no dots, for they sent other tasks than now, or in other shares */
	int client; /* dots left out of all that is said, for brunt itself was the limit */
	struct scale scale; /* of those fitted; response clock */
	bool confirmed;   /* a level from the knee on was measured twice, and gave the same */
	/* The largest level that met the SLOs, of those tried, all below it having met them;
	 * the largest that surely did, the smallest that surely did not. NAN: unknown. */
	bool slo_asked;
	uint8_t slo_mode; /* enum load_mode: of which levels these are */
	double slo_capacity, slo_low, slo_high;
	struct scaling_change change;
	double hold_s; /* so much longer, until the present point is a dot in the fits; 0: it is */
	double drive_to; /* the level that would tell most; NAN: none is known to */
	/* Sentences; "" where there is nothing to say. */
	char advice[SCALING_TEXT];  /* what would tell more */
	char past_advice[SCALING_TEXT], past_no_usl[SCALING_TEXT]; /* where the load can no longer be changed */
	char changed[SCALING_TEXT]; /* that the system did */
	char left_out[SCALING_TEXT]; /* what is in no fit, and why */
	char no_usl[SCALING_TEXT];  /* why there is no such curve */
};

#define SCALING_TREND_LEVELS 3
/* The line that answers "does latency grow linearly": beyond the knee where there are two
 * levels, and so a slope (three, and so a test), else of all dots; NULL: of neither. */
static inline const struct trend *scaling_trend(const struct scaling *s)
{
	return s->scale.beyond.levels >= SCALING_TREND_LEVELS - 1 ? &s->scale.beyond
	       : s->scale.whole.levels >= SCALING_TREND_LEVELS	  ? &s->scale.whole : NULL;
}

#endif
