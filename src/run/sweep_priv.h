/* Inside the sweep, from the bottom up: the meter of one stay (run/sweep_meter.c), the
 * visits of one level (run/sweep_visits.c), what all levels say (run/sweep_table.c; rates:
 * run/sweep_open.c), what comes next (run/sweep_plan.c) and what is said in the end
 * (run/sweep_end.c). Pure. */
#ifndef RUN_SWEEP_PRIV_H
#define RUN_SWEEP_PRIV_H

#include "run/sweep.h"

#define SWEEP_SETTLE_LEAST_US 1000000 /* as the model has it: max(1 s, 3 x p95) */
#define SWEEP_UNLIKE 0.15             /* two figures of one thing differ from here on, in logarithms */
#define SWEEP_WELL_BELOW 0.6          /* of the knee: nobody waits there */

void sweep_meter_begin(struct sweep_meter *meter);
void sweep_meter_take(struct sweep_meter *meter, const struct sweep_seen *seen);
/* False: too little came to say anything. */
bool sweep_meter_read(const struct sweep_meter *meter, const struct sweep_seen *seen, struct sweep_visit *out);
/* Throughput and mean latency are known well enough for the next step to build on. */
bool sweep_meter_tight(const struct sweep_meter *meter, const struct sweep_visit *read);
/* Of throughput alone, roughly. */
bool sweep_meter_sure(const struct sweep_meter *meter, const struct sweep_visit *read);

double sweep_share(uint64_t part, uint64_t whole);
bool sweep_visits_differ(const struct sweep_level *level);
/* Which two, the earliest; false: all agree. */
bool sweep_visits_unlike(const struct sweep_level *level, int *first, int *then);
/* A visit of `inner` came between two of `outer` that agree. */
bool sweep_visits_bracket(const struct sweep_level *outer, const struct sweep_level *inner);
/* Some visit of `a` came before some of `b`. */
bool sweep_visits_before(const struct sweep_level *a, const struct sweep_level *b);
/* Once less and then as before is a passing trouble; a server that stays slower than it
 * was, or whose visits all differ, was not one server. */
bool sweep_another_server(const struct sweep_level *level);

/* The mean of what several levels say of one thing, in logarithms, weighted by how many
 * answers say so: how sure each one is is itself known from few batches only. */
struct sweep_mean {
	double weight, sum, variance;
};
void sweep_mean_add(struct sweep_mean *mean, double log_value, const struct sweep_visit *visit);
double sweep_mean_log(const struct sweep_mean *mean);
double sweep_mean_off(const struct sweep_mean *mean);

/* Pooled figures, in ascending order of level, of those levels that say something of the
 * server: not where brunt itself was the limit at each visit. */
struct sweep_table {
	const struct sweep *s;
	int count, bound; /* levels; those left out */
	double bound_top; /* the highest of these; 0: there is none */
	double level[SWEEP_LEVELS];
	int at[SWEEP_LEVELS]; /* index in the sweep */
	struct sweep_visit v[SWEEP_LEVELS];
};
void sweep_table_of(const struct sweep *sweep, struct sweep_table *out);
/* Its visits, and how many. */
const struct sweep_level *sweep_table_level(const struct sweep_table *table, int i);
int sweep_table_visits(const struct sweep_table *table, int i);
/* It goes no higher, for brunt itself was the limit there. */
bool sweep_table_bound(const struct sweep_table *table);
/* Too many fail at a level. */
bool sweep_table_errs(const struct sweep_table *table, int i);
/* What is wrong with a level by itself; SWEEP_NOT: nothing. */
enum sweep_stop sweep_table_wrong(const struct sweep_table *table, int i);
int sweep_table_lowest_wrong(const struct sweep_table *table); /* -1: none is */

/* Where the rising and the flat part of the levels meet. */
struct sweep_flat {
	int at, below;       /* the lowest level that gives all; the one before it, -1: there is none */
	double x_max, x_off; /* of the plateau, and its relative standard deviation */
};
/* Of the levels that give as much as the best one. */
void sweep_table_best(const struct sweep_table *table, struct sweep_flat *out);
/* More load gives no more: on two doublings, or on the last one there is; or it gives
 * surely less. */
bool sweep_table_flat(const struct sweep_table *table, struct sweep_flat *out);
/* The same on the last doubling. */
bool sweep_table_levels_off(const struct sweep_table *table);
/* User-seconds an answer takes where nobody waits: N / X at the lowest levels, up to *last,
 * -1: none. */
double sweep_table_cycle(const struct sweep_table *table, double *off, int *last);
/* The level that tells best whether the server is what it was, seen again: of those where
 * nobody waits the highest well below the knee, for it has the most answers, and a server
 * that became faster on the way may be what the ones near the knee are like; -1: none. */
int sweep_table_light(const struct sweep_table *table);
/* Closed loop: what the knee is made of, light loads and the plateau, is of one server: a stay
 * at the one came between two that agree at the other. */
bool sweep_table_confirmed(const struct sweep_table *table);
/* A level to be visited again, for its neighbours do not fit; -1. */
int sweep_table_suspect(const struct sweep_table *table);
/* One that answered faster than higher levels up to *high, which all took as long as each
 * other: of one server, latency stays where it is until users wait, and then goes on to grow;
 * -1. */
int sweep_table_step(const struct sweep_table *table, int *high);
/* One that gave less than both less load and more load did, however often it was visited:
 * no one server does that; -1. */
int sweep_table_valley(const struct sweep_table *table);

/* Of an open loop: */
struct sweep_rates {
	int bad;             /* the lowest rate that was not followed; -1: none */
	double n, low, high; /* the most there is a second, and a 95 % interval; NAN: unknown */
	int less;            /* of which came less than of a higher one: not one server; -1: none */
	bool doubt;          /* the highest rate that was followed is more than came of higher ones,
			      * and was not tried after them */
	bool confirmed;      /* more than one stay says so */
};
void sweep_table_rates(const struct sweep_table *table, struct sweep_rates *out);

struct sweep_plan {
	enum sweep_stop stop; /* SWEEP_NOT: visit `level` */
	double level;
};
/* With `left_us` of time, of which `refine_us` for what only makes a known answer finer. */
struct sweep_plan sweep_plan_next(const struct sweep *sweep, int64_t left_us, int64_t refine_us);

/* Fills in what is to be said. */
void sweep_conclude(struct sweep *sweep);

#endif
