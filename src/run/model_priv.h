/* Inside the model; shared by model.c, model_snapshot.c and model_result.c. */
#ifndef RUN_MODEL_PRIV_H
#define RUN_MODEL_PRIV_H

#include "advisor.h"
#include "errors_table.h"
#include "evidence.h"
#include "gauges.h"
#include "goodput.h"
#include "heatmap.h"
#include "metrics/batches.h"
#include "marks.h"
#include "mixes.h"
#include "modes_log.h"
#include "phase_columns.h"
#include "model_diagnosis.h"
#include "points.h"
#include "prompts.h"
#include "run/model.h"
#include "scraped.h"
#include "series.h"
#include "slo_judge.h"
#include "stalls.h"
#include "swept.h"
#include "tally.h"
#include "traits.h"
#include "tried.h"
#include "windows.h"

/* Room for what snapshots work out; no part of the model's state. */
struct model_scratch {
	struct hdr time; /* 2 figures */
	struct slice second;
	struct phase_sums phases;
	/* Intervals last worked out, of which scope and closed second. */
	struct interval ci[3];
	int ci_scope;
	int64_t ci_second;
	/* The same of modes. */
	struct snap_modes modes;
	int modes_scope, modes_clock;
	int64_t modes_second;
	struct evidence_point present;
	struct diagnosis diagnosis;
	/* The same of the points; -1: nothing. */
	struct scaling scaling;
	int64_t scaling_second;
	int scaling_points;
};

struct model {
	int task_count;
	/* Scope 0 is all tasks together, 1 + task that task; a single task is
	 * the whole, and its samples are counted once. */
	int scopes;
	char **task_name;
	struct slo *slo;
	int *slo_scope; /* of each; -1: of a task that there is not */
	int slo_count;
	struct goodput goodput;
	struct hdr_pool *pool;
	struct exchange_room gaps; /* of the sample that is being fed */

	int64_t t_us;
	bool quiet, ended;
	uint64_t books[OUTCOME_COUNT]; /* of all finished, warm-up included */
	uint64_t http1_answers, http2_answers; /* begun ones, warm-up included */
	struct {
		int64_t second; /* of the newest gauge that began one; -1: none */
		uint64_t then;  /* finished when it came */
		uint64_t finished[OUTCOME_COUNT]; /* and when the newest of all came */
		bool wrong;
	} audit;
	int64_t measured_us;           /* time in PHASE_LOAD */
	struct tally *summary;         /* one a scope */
	struct batches *batches;       /* the same; measured time */
	struct slo_judged *judged;     /* each SLO, as of the last closed second */
	struct points points;
	struct evidence evidence;
	struct held_diagnosis diagnosis;
	struct windows windows;
	struct series series;
	struct heatmap heatmap;
	struct phase_sums *phases;     /* of the summary; one a scope */
	struct phase_columns phase_columns;
	struct traits traits;          /* of the present point */
	struct modes_log modes_log;
	struct mixes mixes;
	bool second_incomplete; /* the open second lost samples */
	struct errors_table *errors;
	struct gauges gauges;
	struct stalls stalls;
	struct prompts prompts;
	struct scraped scraped;
	struct advisor advisor;
	double price_in, price_out;
	bool respect_retry_after;
	struct snap_sweep sweep;
	struct tried tried;
	struct marks marks;

	struct model_scratch *scratch;
};

void model_reset(struct model *m);
/* What a cache would have done so far. */
void model_advice(const struct model *m, struct advice *out);
/* Is brunt itself the limit at present? `evidence`: LAMP_TEXT. */
bool model_client_now(const struct model *m, char *evidence);

/* -1: all together, as is a task that there is not. */
static inline int model_scope(const struct model *m, int task)
{
	return m->task_count > 1 && task >= 0 && task < m->task_count ? task + 1 : 0;
}

/* Does an SLO ask anything of the scope's single requests? */
static inline bool model_asked(const struct model *m, int scope)
{
	return goodput_asked(&m->goodput, scope - 1);
}

static inline bool model_closed_loop(const struct model *m)
{
	return !m->points.count || m->points.at[m->points.count - 1].mode == MODE_CLOSED;
}

/* Does nothing but brunt make a request wait? In an open loop they may have to
 * wait for those in flight. */
static inline bool model_own_queue(const struct model *m)
{
	return model_closed_loop(m) || lamp_uncapped(&m->gauges.lamp);
}

static inline bool model_balanced(const struct model *m)
{
	const struct rec_gauge *g = &m->gauges.latest;

	return g->planned == g->waiting + g->started &&
	       g->started == m->books[OUTCOME_SUCCEEDED] + m->books[OUTCOME_FAILED] +
				     m->books[OUTCOME_CENSORED];
}

#endif
