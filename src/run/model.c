#include "run/model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "model_priv.h"
#include "slo_judge.h"

static int slo_scope(const struct model *m, const char *task)
{
	if (!*task)
		return 0;
	for (int i = 0; i < m->task_count; i++)
		if (!strcmp(m->task_name[i], task))
			return model_scope(m, i);
	return -1;
}

/* What windows keep only on request. */
static unsigned wanted_timings(const struct model *m)
{
	unsigned wanted = 0;

	for (int i = 0; i < m->slo_count; i++) {
		if (m->slo[i].metric == SLO_TTFB)
			wanted |= 1U << TIMING_TTFB;
		if (m->slo[i].metric == SLO_TTFO)
			wanted |= 1U << TIMING_TTFO;
		if (m->slo[i].metric == SLO_CONNECT)
			wanted |= 1U << TIMING_CONNECT;
	}
	return wanted;
}

static void take_slos(struct model *m, const struct model_config *config)
{
	m->slo_count = config->slo_count < SLO_MAX ? config->slo_count : SLO_MAX;
	m->slo = xcalloc((size_t)m->slo_count + 1, sizeof *m->slo);
	m->slo_scope = xcalloc((size_t)m->slo_count + 1, sizeof *m->slo_scope);
	m->judged = xcalloc((size_t)m->slo_count + 1, sizeof *m->judged);
	for (int i = 0; i < m->slo_count; i++) {
		m->slo[i] = config->slo[i];
		m->slo_scope[i] = slo_scope(m, m->slo[i].task);
	}
	goodput_init(&m->goodput, m->slo, m->slo_count, m->task_count, m->task_name);
}

static void judge(struct model *m)
{
	for (int i = 0; i < m->slo_count; i++)
		m->judged[i] = slo_judge(m, i);
}

struct model_config model_config_of(const struct run_meta *meta, struct slo slo[SLO_MAX])
{
	return (struct model_config){
		.task_count = meta->task_count,
		.task_name = (const char *const *)meta->task_name,
		.task_weight = meta->task_weight,
		.slo = slo,
		.slo_count = slo_parse_all(meta->slo, slo),
		.price_in = meta->price_in,
		.price_out = meta->price_out,
		.respect_retry_after = meta->respect_retry_after,
	};
}

struct model *model_new(const struct model_config *config)
{
	struct model *m = xcalloc(1, sizeof *m);

	m->task_count = config->task_count;
	m->scopes = config->task_count > 1 ? config->task_count + 1 : 1;
	m->task_name = xcalloc((size_t)m->task_count, sizeof *m->task_name);
	for (int i = 0; i < m->task_count; i++)
		m->task_name[i] = xstrdup(config->task_name[i]);
	take_slos(m, config);
	m->pool = hdr_pool_new();
	m->summary = xcalloc((size_t)m->scopes, sizeof *m->summary);
	m->batches = xcalloc((size_t)m->scopes, sizeof *m->batches);
	m->phases = xcalloc((size_t)m->scopes, sizeof *m->phases);
	for (int i = 0; i < m->scopes; i++) {
		tally_init(&m->summary[i], m->pool, model_asked(m, i));
		batches_init(&m->batches[i], m->pool);
	}
	judge(m);
	points_init(&m->points, m->pool, model_asked(m, 0));
	evidence_init(&m->evidence, m->task_count, m->pool);
	model_diagnosis_reset(m);
	points_slos(&m->points, m->slo, m->slo_scope, m->slo_count);
	windows_init(&m->windows, m->scopes, wanted_timings(m), m->pool);
	series_init(&m->series, m->scopes);
	heatmap_init(&m->heatmap, m->scopes);
	phase_columns_init(&m->phase_columns, m->scopes);
	traits_init(&m->traits, m->scopes);
	mixes_init(&m->mixes, m->task_count, config->task_weight, m->pool);
	m->errors = errors_table_new();
	gauges_reset(&m->gauges);
	m->audit.second = -1;
	stalls_init(&m->stalls, m->pool);
	prompts_init(&m->prompts);
	scraped_reset(&m->scraped);
	advisor_init(&m->advisor);
	m->price_in = config->price_in;
	m->price_out = config->price_out;
	m->respect_retry_after = config->respect_retry_after;
	m->scratch = xcalloc(1, sizeof *m->scratch);
	m->scratch->ci_scope = m->scratch->modes_scope = -1;
	m->scratch->scaling_second = -1;
	hdr_init(&m->scratch->time, m->pool, 2);
	slice_init(&m->scratch->second, m->pool);
	return m;
}

void model_free(struct model *m)
{
	if (!m)
		return;
	hdr_fini(&m->scratch->time);
	slice_fini(&m->scratch->second);
	phase_sums_fini(&m->scratch->phases);
	free(m->scratch);
	errors_table_free(m->errors);
	prompts_fini(&m->prompts);
	advisor_fini(&m->advisor);
	stalls_fini(&m->stalls);
	heatmap_fini(&m->heatmap);
	phase_columns_fini(&m->phase_columns);
	traits_fini(&m->traits);
	mixes_fini(&m->mixes);
	series_fini(&m->series);
	windows_fini(&m->windows);
	evidence_fini(&m->evidence);
	points_fini(&m->points);
	for (int i = 0; i < m->scopes; i++) {
		tally_fini(&m->summary[i]);
		batches_fini(&m->batches[i]);
		phase_sums_fini(&m->phases[i]);
	}
	free(m->phases);
	free(m->summary);
	free(m->batches);
	free(m->judged);
	hdr_pool_free(m->pool);
	goodput_fini(&m->goodput);
	free(m->slo);
	free(m->slo_scope);
	free(m->gaps.us);
	for (int i = 0; i < m->task_count; i++)
		free(m->task_name[i]);
	free(m->task_name);
	free(m);
}

/* The past comes again. Quiet stays: it is about the seek, not about the run. */
void model_reset(struct model *m)
{
	m->t_us = 0;
	m->ended = false;
	m->measured_us = 0;
	m->second_incomplete = false;
	memset(m->books, 0, sizeof m->books);
	m->http1_answers = m->http2_answers = 0;
	memset(&m->audit, 0, sizeof m->audit);
	m->audit.second = -1;
	for (int i = 0; i < m->scopes; i++) {
		tally_reset(&m->summary[i]);
		batches_reset(&m->batches[i]);
		phase_sums_reset(&m->phases[i]);
	}
	judge(m);
	points_restart(&m->points);
	evidence_reset(&m->evidence);
	model_diagnosis_reset(m);
	windows_restart(&m->windows, 0);
	series_restart(&m->series, 0);
	heatmap_reset(&m->heatmap);
	phase_columns_reset(&m->phase_columns);
	traits_reset(&m->traits);
	m->modes_log.count = 0;
	mixes_reset(&m->mixes);
	errors_table_reset(m->errors);
	gauges_reset(&m->gauges);
	stalls_reset(&m->stalls);
	prompts_reset(&m->prompts);
	scraped_reset(&m->scraped);
	advisor_reset(&m->advisor);
	m->sweep = (struct snap_sweep){.state = SNAP_NO_SWEEP};
	m->tried = (struct tried){.now = {.state = SNAP_NO_TRIAL}};
	memset(&m->marks, 0, sizeof m->marks);
}

/* --- time ----------------------------------------------------------------- */

static void close_second(struct model *m)
{
	for (int i = 0; i < m->scopes; i++) {
		struct slice *second = &m->scratch->second;

		windows_second(&m->windows, i, second);
		if (!i && m->points.phase == PHASE_LOAD)
			lamp_second(&m->gauges.lamp, &second->time[TIMING_QUEUE],
				    &second->time[TIMING_SERVICE]);
		series_put(&m->series, i, second);
	}
	scraped_second(&m->scraped, m->series.next);
	if (m->points.phase == PHASE_LOAD)
		advisor_second(&m->advisor, m->gauges.users);
	series_close(&m->series, m->gauges.users, m->second_incomplete);
	windows_next(&m->windows);
	m->second_incomplete = false;
	judge(m);
	model_diagnosis_second(m);
}

/* Users send: the warm-up and what is measured. */
static bool load_is_on(const struct model *m)
{
	return m->points.phase == PHASE_WARMUP || m->points.phase == PHASE_LOAD;
}

/* Within the open second, at most to its end. */
static void pass_to(struct model *m, int64_t t_us)
{
	if (load_is_on(m))
		windows_pass(&m->windows, t_us - m->t_us);
	m->t_us = t_us;
}

static void end_second(struct model *m)
{
	pass_to(m, (m->windows.second + 1) * US_PER_S);
	close_second(m);
}

/* Times come from records only, and a damaged file may hold any. */
static void move_to(struct model *m, int64_t t_us)
{
	int64_t passed, second = t_us / US_PER_S;

	/* Compared, not subtracted: a replay seeking back says INT64_MIN. */
	if (t_us <= m->t_us)
		return;
	passed = t_us - m->t_us;
	if (m->points.phase == PHASE_LOAD) {
		m->measured_us += passed;
		points_pass(&m->points, passed);
		gauges_pass(&m->gauges, passed);
	}
	if (second > m->windows.second)
		end_second(m);
	if (second - m->windows.second > SERIES_SECONDS) {
		windows_restart(&m->windows, second);
		series_restart(&m->series, second);
		scraped_restart(&m->scraped);
		m->t_us = second * US_PER_S;
	}
	while (second > m->windows.second)
		end_second(m);
	pass_to(m, t_us);
	heatmap_reach(&m->heatmap, t_us);
	phase_columns_reach(&m->phase_columns, t_us);
}

/* --- records -------------------------------------------------------------- */

static void feed_phases(struct model *m, int scope, const struct exchange *x, bool counting)
{
	for (int i = 0; i < (scope ? 2 : 1); i++) {
		int of = i ? scope : 0;

		phase_columns_exchange(&m->phase_columns, of, x);
		if (counting)
			phase_sums_exchange(&m->phases[of], x);
	}
}

static void feed_sample(struct model *m, const struct rec_sample *s)
{
	bool counting = points_counting(&m->points);
	bool measured = m->points.phase == PHASE_LOAD;
	int scope = model_scope(m, s->task);
	struct exchange x;

	exchange_of(&x, s);
	exchange_parts(&x);
	exchange_bins(&x);
	exchange_gaps(&x, &m->gaps);
	if (x.good && m->goodput.asked)
		x.good = goodput_met(&m->goodput, &x);
	if (counting) {
		tally_fetch(&m->summary[0], &x);
		if (scope)
			tally_fetch(&m->summary[scope], &x);
		tally_fetch(&m->points.tally, &x);
	}
	m->books[x.outcome]++;
	if (s->status)
		++*(s->flags & SAMPLE_HTTP2 ? &m->http2_answers : &m->http1_answers);
	windows_exchange(&m->windows, 0, &x, load_is_on(m));
	if (scope)
		windows_exchange(&m->windows, scope, &x, load_is_on(m));
	heatmap_exchange(&m->heatmap, scope, &x);
	if (x.outcome != OUTCOME_FAILED)
		feed_phases(m, scope, &x, counting);
	if (counting) {
		tally_exchange(&m->summary[0], &x, measured);
		if (scope)
			tally_exchange(&m->summary[scope], &x, measured);
		points_exchange(&m->points, &x, scope, m->t_us);
		if (x.outcome != OUTCOME_FAILED && points_taking(&m->points, m->t_us) && !points_ramp(&m->points)) {
			traits_exchange(&m->traits, scope, &x, m->t_us);
			mixes_exchange(&m->mixes, &x);
		}
		if (points_taking(&m->points, m->t_us))
			evidence_exchange(&m->evidence, s->task, &x, points_settled_us(&m->points));
	}
	if (measured) {
		tally_batch(&m->batches[0], &x, m->measured_us);
		if (scope)
			tally_batch(&m->batches[scope], &x, m->measured_us);
	}
	if (measured)
		gauges_finished(&m->gauges, 1, x.service_us);
	if (counting && (s->flags & SAMPLE_HELD))
		lamp_held(&m->gauges.lamp);
	stalls_take(&m->stalls, &x);
	prompts_take(&m->prompts, s);
	advisor_take(&m->advisor, s, counting);
	if (x.outcome != OUTCOME_SUCCEEDED)
		errors_table_count(m->errors, s, m->t_us, counting);
}

static void feed_drops(struct model *m, const struct rec_drops *d)
{
	bool measured = m->points.phase == PHASE_LOAD;
	int scope = model_scope(m, d->task <= UINT16_MAX ? (int)d->task : -1);

	for (int o = 0; o < OUTCOME_COUNT; o++)
		m->books[o] += d->count[o];
	windows_drops(&m->windows, 0, d, load_is_on(m));
	if (scope)
		windows_drops(&m->windows, scope, d, load_is_on(m));
	heatmap_drops(&m->heatmap, scope, d);
	m->second_incomplete = true;
	if (points_counting(&m->points)) {
		counts_drops(&m->summary[0].n, d, measured);
		if (scope)
			counts_drops(&m->summary[scope].n, d, measured);
		points_drops(&m->points, d, m->t_us);
	}
	if (measured)
		for (int o = 0; o < OUTCOME_COUNT; o++)
			gauges_finished(&m->gauges, d->count[o], -1);
}

/* By the first gauge of each second, as a run file has them. Since the one before
 * every worker has told its share anew, so what had finished by then has started. */
static void audit(struct model *m, const struct rec_gauge *g)
{
	uint64_t finished = m->books[OUTCOME_SUCCEEDED] + m->books[OUTCOME_FAILED] + m->books[OUTCOME_CENSORED];

	memcpy(m->audit.finished, m->books, sizeof m->audit.finished);
	if (m->t_us / US_PER_S <= m->audit.second)
		return;
	m->audit.wrong = g->planned != g->waiting + g->started || m->audit.then > g->started;
	m->audit.second = m->t_us / US_PER_S;
	m->audit.then = finished;
}

static void feed_gauge(struct model *m, const struct rec_gauge *g)
{
	const struct lamp *lamp = &m->gauges.lamp;
	uint32_t seconds = lamp->seconds, bad = lamp->bad_seconds;
	int64_t from_us = lamp->last.rec.t_us;

	audit(m, g);
	gauges_take(&m->gauges, g, m->t_us, m->points.phase, !model_closed_loop(m));
	if (lamp->seconds > seconds)
		points_lamp(&m->points, from_us, m->t_us, lamp->seconds - seconds, lamp->bad_seconds - bad);
}

/* Which tasks the newest point sends. */
static void take_mix(struct model *m)
{
	struct op_point *at = &m->points.at[m->points.count - 1];

	at->silent = mixes_silent(&m->mixes);
	at->mix = mixes_signature(&m->mixes);
}

static void feed_point(struct model *m, const struct rec_point *p)
{
	if (p->phase > PHASE_END)
		return;
	if (points_ends(&m->points, p)) {
		const struct op_point *over = &m->points.at[m->points.load];

		if (!over->altered)
			modes_log_take(&m->modes_log, &m->traits, m->task_name, over->t_us);
		traits_reset(&m->traits);
		mixes_close(&m->mixes, over);
	}
	evidence_change(&m->evidence, p, m->t_us, points_settled_us(&m->points), &m->gauges.lamp);
	points_open(&m->points, p, m->t_us);
	take_mix(m);
	scraped_point(&m->scraped);
}

static void feed_sweep(struct model *m, const struct rec_event *e)
{
	swept_event(&m->sweep, e);
	if (swept_what(e) == SWEEP_SET_LEVEL)
		points_swept(&m->points);
	else if (swept_what(e) == SWEEP_DISOWNED)
		points_disown(&m->points, e->value >> 8);
}

/* Altered requests are of another system: nothing that is said of several points is of
 * theirs. */
static void feed_trial(struct model *m, const struct rec_event *e)
{
	tried_event(&m->tried, e);
	if (!tried_alters(e))
		return;
	points_altered(&m->points);
	evidence_leave_out(&m->evidence);
}

/* What a key did comes behind the point that it made. */
static void feed_event(struct model *m, const struct rec_event *e)
{
	if (e->what == EVENT_WINDOW)
		windows_fresh(&m->windows, m->t_us);
	else if (e->what == EVENT_SWEEP)
		feed_sweep(m, e);
	else if (e->what == EVENT_TRIAL)
		feed_trial(m, e);
	else if (e->what == EVENT_MARK)
		marks_event(&m->marks, e);
	else if (mixes_event(&m->mixes, e, m->task_name) && m->points.count)
		take_mix(m);
}

uint32_t model_feed(struct model *m, const struct rec *rec)
{
	/* The kinds without a time of their own. */
	if (rec->kind == REC_RESET) {
		model_reset(m);
		return 0;
	}
	if (rec->kind == REC_QUIET) {
		m->quiet = ((const struct rec_quiet *)rec)->on;
		return 0;
	}
	move_to(m, rec->t_us);
	switch (rec->kind) {
	case REC_SAMPLE:
		feed_sample(m, (const struct rec_sample *)rec);
		break;
	case REC_DROPS:
		feed_drops(m, (const struct rec_drops *)rec);
		break;
	case REC_GAUGE:
		feed_gauge(m, (const struct rec_gauge *)rec);
		break;
	case REC_SERVER:
		scraped_take(&m->scraped, (const struct rec_server *)rec, m->t_us,
			     m->points.phase == PHASE_LOAD);
		break;
	case REC_POINT:
		feed_point(m, (const struct rec_point *)rec);
		break;
	case REC_EVENT:
		feed_event(m, (const struct rec_event *)rec);
		break;
	case REC_END:
		m->ended = true;
		advisor_end(&m->advisor);
		model_diagnosis_second(m);
		break;
	default:
		break;
	}
	return points_index(&m->points);
}

void model_advance(struct model *m, int64_t t_us)
{
	move_to(m, t_us);
}

/* --- questions ------------------------------------------------------------ */

int64_t model_time(const struct model *m)
{
	return m->t_us;
}

bool model_quiet(const struct model *m)
{
	return m->quiet;
}

bool model_ended(const struct model *m)
{
	return m->ended;
}

void model_client(const struct model *m, struct run_closing *out)
{
	const struct tally *all = &m->summary[0];
	bool own = model_own_queue(m) && lamp_run_uncapped(&m->gauges.lamp);

	gauges_closing(&m->gauges, out);
	out->client_bound = lamp_run(&m->gauges.lamp, own ? &all->queue : NULL,
				     own ? &all->service : NULL, out->evidence);
}

void model_advice(const struct model *m, struct advice *out)
{
	const struct counts *n = &m->summary[0].n;
	struct advisor_run run = {
		.requests = counts_requests(n),
		.measured_s = (double)m->measured_us / US_PER_S,
		.rps = m->measured_us > 0 ? (double)n->answered * US_PER_S / (double)m->measured_us : NAN,
		.closed = model_closed_loop(m),
		.price_in = m->price_in,
		.price_out = m->price_out,
	};

	advisor_figures(&m->advisor, &run, out);
}

uint64_t model_bytes(const struct model *m)
{
	return hdr_pool_bytes(m->pool) + heatmap_bytes(&m->heatmap) + phase_columns_bytes(&m->phase_columns) +
	       traits_bytes(&m->traits);
}
