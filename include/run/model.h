/* The model: everything that is known of a run, built from records alone. It
 * has no clock: it bins by the records' times, so a replay of the same records
 * gives the same numbers. Owned by one thread (collector or report).
 *
 * Memory is bounded by tasks, spread of values and number of load changes, not
 * by the length of the run.
 *
 * The counts of lost samples (REC_DROPS) are in all counts; those of them that
 * succeeded are in the throughput too. */
#ifndef RUN_MODEL_H
#define RUN_MODEL_H

#include "base/buf.h"
#include "metrics/record.h"
#include "metrics/slo.h"
#include "run/meta.h"
#include "run/result.h"
#include "run/snapshot.h"

struct model_config {
	int task_count;
	const char *const *task_name; /* copied */
	const double *task_weight; /* copied; as the run began. NULL: all the same */
	const struct slo *slo; /* copied; tasks named as in task_name */
	int slo_count;
	double price_in, price_out; /* of a million tokens, as in run_meta */
	bool respect_retry_after;
};

/* Of a recorded run; `slo` is where its SLOs go, and has to last as long as the config. */
struct model_config model_config_of(const struct run_meta *meta, struct slo slo[SLO_MAX]);

struct model;
struct model *model_new(const struct model_config *config);
void model_free(struct model *model);

/* Takes one record; they come in order of t_us. A sample's te <= the time of a
 * REC_POINT that comes later belongs to the point before. Returns the number
 * of the operating point a sample was put in (for the run file's column). */
uint32_t model_feed(struct model *model, const struct rec *rec);
/* Nothing earlier than t_us comes any more: closes seconds, moves windows. */
void model_advance(struct model *model, int64_t t_us);
int64_t model_time(const struct model *model);
/* A seek is under way: no snapshots until it is done. Outlives REC_RESET. */
bool model_quiet(const struct model *model);
/* REC_END has come. */
bool model_ended(const struct model *model);

/* Appends the state, all but whether it is quiet, and but the seconds of the windows that
 * will not change any more: many states have the same ones, and they are most of it. */
void model_save(const struct model *model, struct buf *out);
/* Such a second, by when it began: the oldest still in a window after second `after`
 * (-1: of all); -1: none. */
int64_t model_next_second(const struct model *model, int64_t after);
/* Appends it. */
void model_save_second(const struct model *model, int64_t second, struct buf *out);
/* Takes a state and behind it the seconds there were when it was saved, in order. In a
 * model of the same configuration: it goes on as if all that was fed before had been fed
 * to it. False: it is damaged or another version's, and the model is empty now. */
bool model_restore(struct model *model, const void *state, size_t bytes);

void model_snapshot(const struct model *model, struct view_query query,
		    struct snapshot *out);
/* All figures so far; result_fini() it. */
void model_result(const struct model *model, struct result *out);

/* What the gauges and the queue say of brunt itself: fills cpu_pct and worker_cpu_pct (NAN:
 * unknown), client_bound and evidence; leaves the rest of *out alone. */
void model_client(const struct model *model, struct run_closing *out);
/* Bytes of histogram and heatmap memory held, for tests and the dashboard's own cost. */
uint64_t model_bytes(const struct model *model);

#endif
