/* The operating points: every load change there was, and the statistics of each
 * stretch of load. Only the present one has histograms; a closed one keeps its
 * derived figures. */
#ifndef RUN_POINTS_H
#define RUN_POINTS_H

#include "metrics/dots.h"
#include "slo_stand.h"
#include "tally.h"
#include "work_sums.h"

/* How sure a point's figures are, for the fits over points (run/scaling.h). */
struct op_spread {
	struct dot_windows windows; /* whole ones */
	struct interval p50, p95;   /* of latency, early ones too */
	uint8_t slo;                /* enum slo_standing */
};

struct op_point {
	int64_t t_us;
	int64_t settled_at_us; /* settling time ends here; t_us: there is none */
	int64_t duration_us;   /* measured time so far */
	double level, from; /* users, or arrivals per second */
	int64_t ramp_us;    /* from -> level; 0: no ramp */
	uint8_t mode, phase;
	uint64_t silent;    /* bit t: task t is not sent (run/mixes.h) */
	uint64_t mix;       /* of which tasks in which shares: mixes_signature() */
	/* Settled seconds that the lamp has judged, and those in which brunt itself was the limit. */
	uint32_t lamp_seconds, lamp_bad;
	bool incomplete;
	bool swept; /* a sweep made it */
	bool disowned; /* and found that it was of passing trouble */
	bool altered; /* a step of a micro-experiment whose requests were not the scenario's own */
	struct metrics metrics; /* of closed load points */
	struct op_spread spread; /* the same */
};

struct points {
	struct op_point *at;
	int count, room;
	enum load_phase phase;
	/* The load point that samples go into: the present one, or the one
	 * before a pause or the end; -1: none (warm-up). */
	int load;
	/* Its statistics, settling time left out. */
	struct tally tally;
	struct batches batches;
	uint64_t limited; /* answered with 429 */
	struct work work; /* of what was settled within measured time */
	struct slo_stand slos;
};

void points_init(struct points *p, struct hdr_pool *pool, bool asked);
/* What each point is held against; they last as long as the points. Scopes as in model_priv.h. */
void points_slos(struct points *p, const struct slo *slo, const int *scope, int count);
void points_fini(struct points *p);
void points_restart(struct points *p);

struct archive;
void points_archive(struct points *p, struct archive *a);

void points_open(struct points *p, const struct rec_point *change, int64_t t_us);
/* The newest one is a sweep's. */
void points_swept(struct points *p);
/* The one that began then, if there is one. */
void points_disown(struct points *p, int64_t t_us);
/* The newest one is of requests that are not the scenario's own. */
void points_altered(struct points *p);
/* From one gauge to the next the lamp judged so many seconds, so many of them bad. */
void points_lamp(struct points *p, int64_t from_us, int64_t to_us, uint32_t seconds, uint32_t bad);
/* Brunt itself was the limit for too much of it: its figures are not the server's. */
bool point_client_bound(const struct op_point *point);
/* Time went on by us in the present phase. */
void points_pass(struct points *p, int64_t us);
/* Samples of now are in the summary. */
bool points_counting(const struct points *p);
void points_exchange(struct points *p, const struct exchange *x, int scope, int64_t t_us);
void points_drops(struct points *p, const struct rec_drops *drops, int64_t t_us);
/* Will the present load point be over with this change? A pause does not end it yet. */
bool points_ends(const struct points *p, const struct rec_point *change);
/* The load is changing all the time. */
bool points_ramp(const struct points *p);
/* Index of the point that samples of now belong to. */
uint32_t points_index(const struct points *p);

/* Is what ends now, at t_us, in the present point's statistics and within measured time? */
bool points_taking(const struct points *p, int64_t t_us);
/* The present load point's measured time without settling time; 0: there is none. */
int64_t points_settled_us(const struct points *p);
/* Measured time without settling time. */
int64_t point_settled_us(const struct op_point *point);
/* Figures of point `i`, present or closed; zeros where it is not a load point. */
void points_metrics(const struct points *p, int i, struct metrics *out);
/* The same for how sure they are. */
void points_spread(const struct points *p, int i, struct op_spread *out);
/* Of the same alone what costs little to ask for. */
void points_windows(const struct points *p, int i, struct dot_windows *out);
struct point_flow {
	uint64_t requests, bytes_in, streams, events, reads;
};
void points_flow(const struct points *p, int i, struct point_flow *out);

#endif
