/* The model: everything that is known of a run, built from records alone. It
 * has no clock: it bins by the records' times, so a replay of the same records
 * gives the same numbers. Owned by one thread (collector or report).
 *
 * Memory is bounded by tasks, spread of values and number of load changes, not
 * by the length of the run. */
#ifndef RUN_MODEL_H
#define RUN_MODEL_H

#include "metrics/record.h"
#include "run/result.h"
#include "run/snapshot.h"

struct model_config {
	int task_count;
	const char *const *task_name;
};

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

void model_snapshot(const struct model *model, struct view_query query,
		    struct snapshot *out);
/* All figures so far; result_fini() it. */
void model_result(const struct model *model, struct result *out);

#endif
