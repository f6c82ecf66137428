/* From the model to plain data for one frame. Runs up to 20 times a second in
 * the collector, so it fills what is needed and leaves the rest of the buffer
 * as it was. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "model_priv.h"
#include "scaling_of.h"
#include "slo_eval.h"
#include "slo_judge.h"

/* Fewer are not enough for a p99. */
#define WINDOW_ENOUGH 100
#define IN_FLIGHT_SECONDS 5

_Static_assert((int)TIMING_RESPONSE == (int)CLOCK_RESPONSE &&
		       (int)TIMING_SERVICE == (int)CLOCK_SERVICE &&
		       (int)TIMING_QUEUE == (int)CLOCK_QUEUE,
	       "a clock is its timing");

/* --- numbers -------------------------------------------------------------- */

/* Over the whole run or in a window; that lasts until the next call. */
static const struct hdr *timing_of(const struct model *m, int scope, enum window_kind window,
				   enum timing timing)
{
	if (window == WINDOW_ALL)
		return tally_timing(&m->summary[scope], timing);
	windows_histogram(&m->windows, scope, window, timing, &m->scratch->time);
	return &m->scratch->time;
}

static void count_metrics(const struct model *m, int scope, enum window_kind window,
			  struct metrics *out)
{
	if (window == WINDOW_ALL) {
		counts_metrics(&m->summary[scope].n, m->measured_us, model_asked(m, scope), out);
	} else {
		struct counts n = windows_counts(&m->windows, scope, window);

		counts_metrics(&n, windows_load_us(&m->windows, window), model_asked(m, scope), out);
	}
}

static void dist_of(const struct model *m, int scope, enum window_kind window,
		    enum timing timing, struct dist *out)
{
	hdr_dist(timing_of(m, scope, window, timing), out);
}

static void numbers(const struct model *m, int scope, enum clock_kind clock,
		    enum window_kind window, struct snap_numbers *out)
{
	struct metrics x;

	count_metrics(m, scope, window, &x);
	out->requests = x.requests;
	out->succeeded = x.succeeded;
	out->failed = x.failed;
	out->censored = x.censored;
	out->seconds = x.seconds;
	out->rps = x.seconds > 0 ? (double)x.answered / x.seconds : NAN;
	out->ok_rps = x.seconds > 0 ? (double)x.ok / x.seconds : NAN;
	out->sessions_rps = x.seconds > 0 ? (double)x.sessions / x.seconds : NAN;
	out->success_rate = x.requests ? (double)x.succeeded / (double)x.requests : NAN;
	dist_of(m, scope, window, timing_by(TIMING_RESPONSE, clock), &out->latency);
	dist_of(m, scope, window, timing_by(TIMING_FAILED, clock), &out->failed_latency);
	dist_of(m, scope, window, timing_by(TIMING_CENSORED, clock), &out->censored_age);
	out->quality = x.quality;
	out->goodput_rps = x.goodput_rps;
	dist_of(m, scope, window, TIMING_TTFT, &out->ttft);
	dist_of(m, scope, window, TIMING_TPOT, &out->tpot);
	dist_of(m, scope, window, TIMING_ITL, &out->itl);
	out->streams = x.streams;
	out->events = x.events;
	out->reads = x.reads;
	out->tokens_out = x.tokens_out;
	out->output_tokens_per_s = x.output_tokens_per_s;
	out->user_tokens_per_s = out->tpot.mean_us > 0 ? (double)US_PER_S / out->tpot.mean_us : NAN;
	out->cache_hits = x.cache_hits;
	out->cache_misses = x.cache_misses;
	dist_of(m, scope, window, timing_by(TIMING_HIT, clock), &out->hit_latency);
	dist_of(m, scope, window, timing_by(TIMING_MISS, clock), &out->miss_latency);
}

/* By all tasks together: rows that stand under each other cover the same time. */
static enum window_kind choose(const struct model *m, enum window_kind asked)
{
	struct counts n;
	uint64_t sixty, all = counts_requests(&m->summary[0].n);

	if (asked != WINDOW_AUTO)
		return asked;
	n = windows_counts(&m->windows, 0, WINDOW_10S);
	if (counts_requests(&n) >= WINDOW_ENOUGH)
		return WINDOW_10S;
	/* Who asked for a fresh window wants to see it fill. */
	if (windows_fresh_in(&m->windows, WINDOW_60S))
		return WINDOW_60S;
	n = windows_counts(&m->windows, 0, WINDOW_60S);
	sixty = counts_requests(&n);
	/* In a warm-up and after it the summary may know less. */
	return sixty >= WINDOW_ENOUGH || all < sixty ? WINDOW_60S : WINDOW_ALL;
}

/* --- bins ----------------------------------------------------------------- */

static void bin(void *arg, int64_t low_us, int64_t high_us, uint64_t count)
{
	uint64_t *bins = arg;

	bins[loggrid_bin(low_us + (high_us - low_us) / 2)] += count;
}

static void bins_of(const struct model *m, int scope, enum window_kind window,
		    enum timing timing, uint64_t bins[LOGGRID_BINS])
{
	memset(bins, 0, LOGGRID_BINS * sizeof *bins);
	hdr_each(timing_of(m, scope, window, timing), bin, bins);
}

/* --- the parts of a snapshot ---------------------------------------------- */

static void snap_figures(const struct model *m, int scope, struct snapshot *out)
{
	enum clock_kind clock = out->query.clock;
	enum window_kind window = out->window;
	const struct {
		enum timing timing;
		uint64_t *bins;
	} grid[] = {
		{timing_by(TIMING_RESPONSE, clock), out->ok_bins},
		{timing_by(TIMING_FAILED, clock), out->failed_bins},
		{timing_by(TIMING_CENSORED, clock), out->censored_bins},
		{timing_by(TIMING_HIT, clock), out->hit_bins},
		{timing_by(TIMING_MISS, clock), out->miss_bins},
		{TIMING_TTFT, out->ttft_bins},
		{TIMING_TPOT, out->tpot_bins},
		{TIMING_ITL, out->itl_bins},
	};

	numbers(m, scope, clock, WINDOW_ALL, &out->all);
	if (window == WINDOW_ALL) {
		out->now = out->all;
		out->window_since_us = 0;
		out->window_fresh = false;
	} else {
		numbers(m, scope, clock, window, &out->now);
		out->window_since_us = windows_since(&m->windows, window);
		out->window_fresh = windows_fresh_in(&m->windows, window);
	}
	for (size_t i = 0; i < sizeof grid / sizeof *grid; i++)
		bins_of(m, scope, window, grid[i].timing, grid[i].bins);
}

static uint64_t requests_in(const struct model *m, int scope, enum window_kind window)
{
	if (window == WINDOW_ALL)
		return counts_requests(&m->summary[scope].n);
	struct counts n = windows_counts(&m->windows, scope, window);

	return counts_requests(&n);
}

static void snap_task(const struct model *m, int scope, const char *name, uint64_t together,
		      const struct snapshot *snap, struct snap_task *out)
{
	enum clock_kind clock = snap->query.clock;

	snprintf(out->name, sizeof out->name, "%s", name);
	numbers(m, scope, clock, WINDOW_ALL, &out->all);
	if (snap->window == WINDOW_ALL)
		out->window = out->all;
	else
		numbers(m, scope, clock, snap->window, &out->window);
	out->share = together ? (double)out->window.requests / (double)together : NAN;
}

static void snap_tasks(const struct model *m, struct snapshot *out)
{
	uint64_t together = requests_in(m, 0, out->window);

	out->task_count = m->task_count < SNAP_TASKS ? m->task_count : SNAP_TASKS;
	snap_task(m, 0, "all", together, out, &out->together);
	for (int i = 0; i < out->task_count; i++)
		snap_task(m, model_scope(m, i), m->task_name[i], together, out, &out->task[i]);
}

static void parts_of(const struct model *m, int scope, enum window_kind window, struct snap_parts *out)
{
	const struct phase_sums *sums = &m->phases[scope];
	struct dist latency;

	if (window != WINDOW_ALL) {
		windows_phases(&m->windows, scope, window, &m->scratch->phases);
		sums = &m->scratch->phases;
	}
	dist_of(m, scope, window, TIMING_RESPONSE, &latency);
	phase_sums_snap(sums, &latency, out);
}

/* By the response clock, whatever is asked: the phases of the others are among its. */
static void snap_phases(const struct model *m, int scope, struct snapshot *out)
{
	phase_columns_snap(&m->phase_columns, scope, &out->phases);
	for (int i = -1; i < out->task_count; i++) {
		struct snap_parts *to = i < 0 ? &out->parts_together : &out->parts_of[i];
		int of = i < 0 ? 0 : model_scope(m, i);

		parts_of(m, of, out->window, to);
		if (of == scope)
			out->parts = *to;
	}
	parts_of(m, scope, WINDOW_ALL, &out->parts_all);
}

static void snap_series(const struct model *m, int scope, struct snapshot *out)
{
	struct slice *open = NULL;

	/* Exactly at a second's end there is nothing of the next one. */
	if (m->t_us > m->windows.second * US_PER_S) {
		open = &m->scratch->second;
		windows_second(&m->windows, scope, open);
	}
	series_copy(&m->series, scope, out->query.clock, open, m->gauges.users,
		    m->second_incomplete, &out->series);
}

static const struct dist *clock_dist(const struct metrics *metrics, enum clock_kind clock)
{
	return clock == CLOCK_SERVICE ? &metrics->service
	       : clock == CLOCK_QUEUE ? &metrics->queue : &metrics->latency;
}

static void snap_point(const struct model *m, int i, enum clock_kind clock, struct snap_point *out)
{
	const struct op_point *from = &m->points.at[i];
	bool present = i == m->points.load;
	const struct counts *n = &m->points.tally.n;
	struct dist latency = *clock_dist(&from->metrics, clock);
	uint64_t answered = present ? n->answered : from->metrics.answered;
	uint64_t ok = present ? n->ok : from->metrics.ok;

	if (present)
		hdr_dist(tally_timing(&m->points.tally, timing_by(TIMING_RESPONSE, clock)), &latency);
	*out = (struct snap_point){
		.t_us = from->t_us,
		.level = from->level,
		.phase = from->phase,
		.mode = from->mode,
		.from = from->from,
		.ramp_us = from->ramp_us,
		.silent = from->silent,
		.swept = from->swept,
		.altered = from->altered,
		.client_bound = point_client_bound(from),
		.settling_us = from->settled_at_us - from->t_us,
		.seconds = (double)point_settled_us(from) / (double)US_PER_S,
		.rps = NAN,
		.ok_rps = NAN,
		.sessions_rps = NAN,
		.requests = present ? counts_requests(n) : from->metrics.requests,
		.failed = present ? n->of[OUTCOME_FAILED] + n->of[OUTCOME_CENSORED]
				  : from->metrics.failed + from->metrics.censored,
		.timed = latency.count,
		.p50_us = latency.p50_us,
		.p95_us = latency.p95_us,
		.p99_us = latency.p99_us,
	};
	if (out->seconds > 0) {
		out->rps = (double)answered / out->seconds;
		out->ok_rps = (double)ok / out->seconds;
		if (present)
			out->sessions_rps = (double)n->sessions / out->seconds;
	}
}

static double level_at(const struct op_point *p, int64_t t_us)
{
	int64_t gone_us = t_us - p->t_us;

	if (gone_us >= p->ramp_us)
		return p->level;
	return p->from + (p->level - p->from) * ((double)gone_us / (double)p->ramp_us);
}

static void snap_points(const struct model *m, struct snapshot *out)
{
	const struct points *p = &m->points;
	int skip = p->count > SNAP_POINTS ? p->count - SNAP_POINTS : 0;
	const struct op_point *present = p->count ? &p->at[p->count - 1] : NULL;

	out->point_count = p->count - skip;
	for (int i = 0; i < out->point_count; i++)
		snap_point(m, skip + i, out->query.clock, &out->point[i]);
	out->phase = p->phase;
	out->mode = present ? present->mode : MODE_CLOSED;
	out->level = present ? level_at(present, m->t_us) : 0;
	out->settling_until_us = 0;
	if (p->phase == PHASE_LOAD && m->t_us < present->settled_at_us)
		out->settling_until_us = present->settled_at_us;
}

static const struct op_point *present_load(const struct model *m)
{
	return m->points.load >= 0 ? &m->points.at[m->points.load] : NULL;
}

static void snap_mixes(const struct model *m, struct snapshot *out)
{
	memset(out->beside, 0, sizeof out->beside);
	out->silent = mixes_silent(&m->mixes);
	out->beside_count = mixes_beside(&m->mixes, present_load(m), out->beside);
}

static enum slo_verdict stands(const struct points *p)
{
	switch (slo_stand_verdict(&p->slos, &p->tally.latency, &p->batches)) {
	case STANDS_SURELY_MET:
	case STANDS_MET:
		return SLO_PASS;
	case STANDS_SURELY_MISSED:
		return SLO_FAIL;
	case STANDS_MISSED:
	case STANDS_UNKNOWN:
		break;
	}
	return SLO_INCONCLUSIVE;
}

static void snap_present(const struct model *m, struct snap_present *out)
{
	const struct points *p = &m->points;
	const struct op_point *at = p->load >= 0 ? &p->at[p->load] : NULL;
	const struct tally *t = &p->tally;
	uint64_t bad = t->n.of[OUTCOME_FAILED] + t->n.of[OUTCOME_CENSORED];

	*out = (struct snap_present){.slo = SLO_INCONCLUSIVE};
	if (!at)
		return;
	*out = (struct snap_present){
		.since_us = at->t_us,
		.settled = p->phase == PHASE_LOAD && !at->ramp_us && m->t_us >= at->settled_at_us,
		.mode = at->mode,
		.level = at->level,
		.seconds = (double)point_settled_us(at) / (double)US_PER_S,
		.requests = counts_requests(&t->n),
		.failed = bad,
		.limited = p->limited,
		.ok = t->n.ok,
		.sessions = t->n.sessions,
		.timed = t->latency.count,
		.work = p->work,
		.times_us = (double)t->latency.sum_us,
		.p95_us = hdr_quantile_us(&t->latency, 0.95),
		.mix = at->mix,
		.judged = at->lamp_seconds > 0,
		.client_bound = point_client_bound(at),
		/* Nobody else asks so often. */
		.slo = m->sweep.state == SNAP_SWEEPS ? stands(p) : SLO_INCONCLUSIVE,
	};
}

static void copy_text(char *to, size_t room, const char *from)
{
	size_t n = strlen(from);

	if (n >= room) {
		n = room - 1;
		/* Never cut inside a code point. */
		while (n && (from[n] & 0xc0) == 0x80)
			n--;
	}
	memcpy(to, from, n);
	to[n] = 0;
}

static void snap_errors(const struct model *m, struct snapshot *out)
{
	const struct error_kind *kind[ERRORS_ROOM];
	int n = errors_table_sorted(m->errors, false, kind);

	out->error_kinds = n;
	out->redirects = m->summary[0].n.redirects;
	out->error_count = n < SNAP_ERRORS ? n : SNAP_ERRORS;
	for (int i = 0; i < out->error_count; i++) {
		struct snap_error *to = &out->error[i];

		to->error = kind[i]->error;
		to->code = kind[i]->code;
		to->task = kind[i]->task;
		to->tasks = kind[i]->tasks;
		to->alike = kind[i]->alike;
		_Static_assert(sizeof to->excerpt == sizeof kind[i]->excerpt, "same bound");
		memcpy(to->excerpt, kind[i]->excerpt, sizeof to->excerpt);
		to->count = kind[i]->all.count;
		to->first_us = kind[i]->all.first_us;
		to->last_us = kind[i]->all.last_us;
		copy_text(to->message, sizeof to->message, kind[i]->message);
	}
}

static double slo_of(const struct model *m, int i, enum window_kind window)
{
	static const enum timing timing[SLO_TIMES] = {
		[SLO_LATENCY] = TIMING_RESPONSE, [SLO_SERVICE] = TIMING_SERVICE,
		[SLO_QUEUE] = TIMING_QUEUE,      [SLO_TTFB] = TIMING_TTFB,
		[SLO_TTFT] = TIMING_TTFT,        [SLO_TTFO] = TIMING_TTFO,
		[SLO_TPOT] = TIMING_TPOT,        [SLO_ITL] = TIMING_ITL,
		[SLO_CONNECT] = TIMING_CONNECT,
	};
	const struct slo *slo = &m->slo[i];
	int scope = m->slo_scope[i];
	struct metrics x;

	if (scope < 0)
		return NAN;
	count_metrics(m, scope, window, &x);
	if (slo->metric < SLO_TIMES)
		dist_of(m, scope, window, timing[slo->metric], slo_dist(slo->metric, &x));
	return slo_value(slo, &x);
}

static void snap_slos(const struct model *m, struct snapshot *out)
{
	out->slo_count = m->slo_count;
	for (int i = 0; i < m->slo_count; i++) {
		out->slo[i].slo = m->slo[i];
		out->slo[i].all = slo_of(m, i, WINDOW_ALL);
		out->slo[i].now = slo_of(m, i, out->window);
		out->slo[i].verdict = m->judged[i].verdict;
		out->slo[i].needs = m->judged[i].needs;
		out->slo[i].miss_lasts = slo_miss_lasts(&m->slo[i]);
	}
}

static void snap_streams(const struct model *m, struct snapshot *out)
{
	out->stall_gaps = m->stalls.gaps;
	out->stall_longest_us = m->stalls.longest_us;
	out->stall_threshold_us = stalls_threshold_us(&m->stalls);
	out->stall_count = stalls_common(&m->stalls, out->stall, SNAP_STALLS);
	out->prompts = m->prompts.count;
	out->prompts_repeated = prompts_repeated(&m->prompts);
	out->warming = prompts_warming(&m->prompts);
	model_advice(m, &out->advice);
}

bool model_client_now(const struct model *m, char *evidence)
{
	struct hdr *queue = &m->scratch->time, *service = &m->scratch->second.time[TIMING_SERVICE];

	if (!model_own_queue(m))
		return lamp_now(&m->gauges.lamp, NULL, NULL, evidence);
	windows_histogram(&m->windows, 0, WINDOW_10S, TIMING_QUEUE, queue);
	windows_histogram(&m->windows, 0, WINDOW_10S, TIMING_SERVICE, service);
	return lamp_now(&m->gauges.lamp, queue, service, evidence);
}

/* When the run is over the verdict is the result's. */
static bool client_bound(const struct model *m, char evidence[LAMP_TEXT])
{
	struct run_closing closing = {0};

	if (!m->ended)
		return model_client_now(m, evidence);
	model_client(m, &closing);
	memcpy(evidence, closing.evidence, LAMP_TEXT);
	return closing.client_bound;
}

/* Once a second is enough: they are of the whole run. */
static void snap_intervals(const struct model *m, int scope, struct snapshot *out)
{
	static const double q[3] = {0.5, 0.95, 0.99};
	struct model_scratch *s = m->scratch;

	if (s->ci_scope != scope || s->ci_second != m->windows.second || m->ended)
		for (int i = 0; i < 3; i++)
			batches_interval(&m->batches[scope], &m->summary[scope].latency, q[i], &s->ci[i]);
	s->ci_scope = scope;
	s->ci_second = m->windows.second;
	memcpy(out->ci, s->ci, sizeof out->ci);
}

/* A second's span ends with its first gauge, so the one in which the load changed is of
 * two loads. */
static double in_flight_mean(const struct model *m)
{
	const struct points *p = &m->points;
	int64_t seconds = p->count ? m->gauges.second - p->at[p->count - 1].t_us / US_PER_S - 1 : 0;

	return gauges_in_flight(&m->gauges, seconds < IN_FLIGHT_SECONDS ? (int)seconds : IN_FLIGHT_SECONDS);
}

/* Once a second, too. */
static void snap_modes(const struct model *m, int scope, struct snapshot *out)
{
	struct model_scratch *s = m->scratch;
	int clock = out->query.clock;

	if (s->modes_scope != scope || s->modes_clock != clock || s->modes_second != m->windows.second || m->ended)
		traits_modes(&m->traits, scope, (enum clock_kind)clock, m->task_name, &s->modes);
	s->modes_scope = scope;
	s->modes_clock = clock;
	s->modes_second = m->windows.second;
	out->modes = s->modes;
}

/* The fits draw hundreds of times: once a second, and when a point is new. */
static void snap_scaling(const struct model *m, struct snapshot *out)
{
	struct model_scratch *s = m->scratch;

	if (s->scaling_second != m->windows.second || s->scaling_points != m->points.count || m->ended)
		scaling_of(&m->points, m->t_us, m->ended, &s->scaling);
	s->scaling_second = m->windows.second;
	s->scaling_points = m->points.count;
	out->scaling = s->scaling;
}

static void snap_books(const struct model *m, struct snapshot *out)
{
	const struct rec_gauge *g = &m->gauges.latest;

	out->gauge = *g;
	out->planned = g->planned;
	out->waiting = g->waiting;
	out->started = g->started;
	out->succeeded = m->books[OUTCOME_SUCCEEDED];
	out->failed = m->books[OUTCOME_FAILED];
	out->censored = m->books[OUTCOME_CENSORED];
	out->http1_answers = m->http1_answers;
	out->http2_answers = m->http2_answers;
	out->books_open = !model_balanced(m);
	memcpy(out->finished, m->ended ? m->books : m->audit.finished, sizeof out->finished);
	out->books_wrong = m->ended ? out->books_open : m->audit.wrong;
	out->in_flight_mean = in_flight_mean(m);
	out->client_bound = client_bound(m, out->evidence);
	gauges_littles(&m->gauges, out->window == WINDOW_10S ? 10 : out->window == WINDOW_60S ? 60 : 0, &out->littles);
}

void model_snapshot(const struct model *m, struct view_query query, struct snapshot *out)
{
	if (query.task < 0 || query.task >= m->task_count)
		query.task = -1;
	if (query.clock >= CLOCK_KINDS)
		query.clock = CLOCK_RESPONSE;
	if (query.window > WINDOW_ALL)
		query.window = WINDOW_AUTO;

	int scope = model_scope(m, query.task);

	out->generation = query.generation;
	out->number = 0; /* its publisher counts */
	out->t_us = m->t_us;
	out->measured_us = m->measured_us;
	out->ended = m->ended;
	out->query = query;
	out->window = choose(m, query.window);
	snap_figures(m, scope, out);
	snap_intervals(m, scope, out);
	snap_modes(m, scope, out);
	snap_tasks(m, out);
	snap_series(m, scope, out);
	heatmap_snap(&m->heatmap, scope, query.clock, &out->heat);
	scraped_snap(&m->scraped, out);
	heatmap_bad(&m->heatmap, out->bad);
	snap_phases(m, scope, out);
	snap_points(m, out);
	snap_scaling(m, out);
	snap_mixes(m, out);
	snap_errors(m, out);
	snap_slos(m, out);
	snap_streams(m, out);
	snap_books(m, out);
	snap_present(m, &out->present);
	out->sweep = m->sweep;
	out->trial = m->tried.now;
	out->diagnosis = m->diagnosis.said;
}
