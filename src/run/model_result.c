#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "model_priv.h"
#include "scaling_of.h"
#include "slo_eval.h"
#include "slo_interval.h"
#include "slo_judge.h"

static void result_points(const struct points *points, struct result *out)
{
	out->point = xcalloc((size_t)points->count, sizeof *out->point);
	for (int i = 0; i < points->count; i++) {
		const struct op_point *from = &points->at[i];
		struct result_point *to = &out->point[out->point_count];

		if (from->phase != PHASE_LOAD)
			continue;
		*to = (struct result_point){
			.t_us = from->t_us,
			.duration_us = from->duration_us,
			.settled_us = point_settled_us(from),
			.settling_us = from->settled_at_us - from->t_us,
			.mode = from->mode,
			.level = from->level,
			.from = from->from,
			.ramp = from->ramp_us > 0,
			.incomplete = from->incomplete,
			.altered = from->altered,
			.client_bound = point_client_bound(from),
		};
		points_metrics(points, i, &to->metrics);
		out->point_count++;
	}
}

static void result_marks(const struct marks *marks, struct result *out)
{
	out->mark_count = marks->count;
	out->mark = xcalloc((size_t)marks->count, sizeof *out->mark);
	memcpy(out->mark, marks->at, (size_t)marks->count * sizeof *out->mark);
	out->marks_left_out = marks->all - (uint64_t)marks->count;
}

static void result_modes(const struct model *m, struct result *out)
{
	struct modes_log log = m->modes_log;

	if (m->points.load >= 0)
		modes_log_take(&log, &m->traits, m->task_name, m->points.at[m->points.load].t_us);
	out->modes_count = log.count;
	out->modes = xcalloc((size_t)log.count, sizeof *out->modes);
	memcpy(out->modes, log.at, (size_t)log.count * sizeof *out->modes);
}

static void result_errors(const struct errors_table *errors, struct result *out)
{
	const struct error_kind *kind[ERRORS_ROOM];

	out->error_count = errors_table_sorted(errors, true, kind);
	out->error = xcalloc((size_t)out->error_count, sizeof *out->error);
	for (int i = 0; i < out->error_count; i++) {
		struct result_error *to = &out->error[i];

		to->error = kind[i]->error;
		to->code = kind[i]->code;
		to->count = kind[i]->measured.count;
		to->alike = kind[i]->alike;
		to->first_us = kind[i]->measured.first_us;
		to->last_us = kind[i]->measured.last_us;
		_Static_assert(sizeof to->message == sizeof kind[i]->message, "same bound");
		memcpy(to->message, kind[i]->message, sizeof to->message);
	}
}

static void result_slos(const struct model *m, struct result *out)
{
	static const struct metrics nothing = {.quality = NAN, .goodput_rps = NAN,
					       .output_tokens_per_s = NAN};

	out->slo_count = m->slo_count;
	for (int i = 0; i < m->slo_count; i++) {
		struct result_slo *to = &out->slo[i];
		int scope = m->slo_scope[i];
		const struct metrics *of;
		struct slo_judged judged;

		to->slo = m->slo[i];
		of = scope < 0 ? &nothing : scope == 0 ? &out->summary : &out->task[scope - 1];
		to->value = slo_value(&to->slo, of);
		to->n = slo_values(&to->slo, of);
		slo_interval(m, i, of, &to->low, &to->high);
		judged = slo_judge(m, i);
		to->verdict = judged.verdict;
		to->needs = judged.needs;
		to->why = judged.why;
		/* What brunt itself held back says nothing good of the server. */
		if (out->client_bound) {
			to->needs = (struct slo_needs){.close = false};
			if (to->verdict == SLO_PASS)
				to->verdict = SLO_INCONCLUSIVE;
			if (to->verdict == SLO_INCONCLUSIVE && to->why.reason != SLO_WHY_NO_VALUES)
				to->why.reason = SLO_WHY_CLIENT;
		}
	}
}

static void result_metrics(const struct model *m, int scope, struct metrics *out)
{
	tally_metrics(&m->summary[scope], m->measured_us, out);
	tally_intervals(&m->summary[scope], &m->batches[scope], out);
}

/* Nothing grew: is that known? */
static double host_pct(const struct model *m, uint64_t first_us, uint64_t last_us)
{
	return m->gauges.latest.fd_limit ? gauges_pct(&m->gauges, first_us, last_us) : NAN;
}

void model_result(const struct model *m, struct result *out)
{
	const struct rec_gauge *g = &m->gauges.latest;
	struct run_closing client = {0};
	struct snap_littles littles;

	gauges_littles(&m->gauges, 0, &littles);

	*out = (struct result){
		.duration_us = m->measured_us,
		.ended_us = m->t_us,
		.task_count = m->task_count,
		.gauge = *g,
		.held = m->gauges.lamp.held,
		.planned = g->planned,
		.waiting = g->waiting,
		.started = g->started,
		.succeeded = m->books[OUTCOME_SUCCEEDED],
		.failed = m->books[OUTCOME_FAILED],
		.censored = m->books[OUTCOME_CENSORED],
		.http1_answers = m->http1_answers,
		.http2_answers = m->http2_answers,
		.balanced = model_balanced(m),
		.throttled_pct = host_pct(m, m->gauges.first.throttled_us, g->throttled_us),
		.steal_pct = host_pct(m, m->gauges.first.steal_us, g->steal_us),
		.loop_late_max_us = m->gauges.lamp.late_max_us,
		.in_flight_mean = littles.in_flight,
		.littles_law_ratio = gauges_littles_ratio(&m->gauges),
	};
	result_metrics(m, 0, &out->summary);
	out->task = xcalloc((size_t)m->task_count, sizeof *out->task);
	for (int i = 0; i < m->task_count; i++)
		result_metrics(m, model_scope(m, i), &out->task[i]);
	phase_sums_snap(&m->phases[0], &out->summary.latency, &out->parts);
	out->task_parts = xcalloc((size_t)m->task_count, sizeof *out->task_parts);
	for (int i = 0; i < m->task_count; i++)
		phase_sums_snap(&m->phases[model_scope(m, i)], &out->task[i].latency, &out->task_parts[i]);
	result_points(&m->points, out);
	result_marks(&m->marks, out);
	result_modes(m, out);
	out->beside_count = mixes_beside(&m->mixes, m->points.load >= 0 ? &m->points.at[m->points.load] : NULL, out->beside);
	result_errors(m->errors, out);
	scaling_of(&m->points, m->t_us, true, &out->scaling);
	model_client(m, &client);
	out->client_bound = client.client_bound;
	result_slos(m, out);
	scraped_figures(&m->scraped, &out->server);
	model_advice(m, &out->advice);
	out->sweep = m->sweep;
	memcpy(out->tried, m->tried.ended, sizeof out->tried);
	model_diagnose(m, true, &out->diagnosis, &(uint64_t){0});
}
