#include "points.h"

#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/mem.h"
#include "lamp.h"

#define HTTP_TOO_MANY 429

void points_init(struct points *p, struct hdr_pool *pool, bool asked)
{
	memset(p, 0, sizeof *p);
	tally_init(&p->tally, pool, asked);
	batches_init(&p->batches, pool);
	points_restart(p);
}

void points_slos(struct points *p, const struct slo *slo, const int *scope, int count)
{
	slo_stand_init(&p->slos, slo, scope, count);
}

void points_fini(struct points *p)
{
	tally_fini(&p->tally);
	batches_fini(&p->batches);
	free(p->at);
}

void points_restart(struct points *p)
{
	tally_reset(&p->tally);
	batches_reset(&p->batches);
	p->limited = 0;
	p->work = (struct work){{0}};
	slo_stand_reset(&p->slos);
	p->count = 0;
	p->load = -1;
	p->phase = PHASE_WARMUP; /* nothing counts until a record says so */
}

static void dist_archive(struct dist *d, struct archive *a)
{
	int64_t *us[] = {&d->min_us, &d->p50_us, &d->p75_us, &d->p90_us,
			 &d->p95_us, &d->p99_us, &d->p999_us, &d->max_us};

	archive_count(a, &d->count);
	if (!d->count)
		return;
	archive_double(a, &d->mean_us);
	archive_double(a, &d->stddev_us);
	for (size_t i = 0; i < sizeof us / sizeof *us; i++)
		archive_time(a, us[i]);
}

static void interval_archive(struct interval *i, struct archive *a)
{
	archive_bool(a, &i->known);
	archive_time(a, &i->low_us);
	archive_time(a, &i->high_us);
	archive_double(a, &i->more);
}

static void metrics_archive(struct metrics *m, struct archive *a)
{
	uint64_t *counts[] = {
		&m->requests, &m->succeeded, &m->failed, &m->censored, &m->answered, &m->ok,
		&m->redirects, &m->sessions, &m->bytes_in, &m->bytes_out, &m->streams, &m->events, &m->reads,
		&m->cache_hits, &m->cache_misses,
	};
	struct dist *dists[] = {
		&m->latency, &m->service, &m->queue, &m->ttfb, &m->connect, &m->tls, &m->dns,
		&m->failed_latency, &m->ttft, &m->ttfo, &m->tpot, &m->itl, &m->hit_latency,
		&m->miss_latency, &m->censored_age,
	};
	double *numbers[] = {
		&m->seconds, &m->quality, &m->goodput_rps, &m->tokens_in, &m->tokens_out,
		&m->output_tokens_per_s,
	};
	uint8_t source = (uint8_t)m->token_source;

	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		archive_count(a, counts[i]);
	for (size_t i = 0; i < sizeof dists / sizeof *dists; i++)
		dist_archive(dists[i], a);
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		archive_double(a, numbers[i]);
	archive_u8(a, &source, TOKENS_FROM_EVENTS);
	m->token_source = (enum token_source)source;
	interval_archive(&m->p50, a);
	interval_archive(&m->p95, a);
	interval_archive(&m->p99, a);
}

static void spread_archive(struct op_spread *s, struct archive *a)
{
	archive_int(a, &s->windows.count, 0, DOT_WINDOWS);
	for (int i = 0; i < s->windows.count; i++) {
		archive_float(a, &s->windows.answers[i]);
		archive_float(a, &s->windows.times_s[i]);
	}
	interval_archive(&s->p50, a);
	interval_archive(&s->p95, a);
	archive_u8(a, &s->slo, STANDS_SURELY_MISSED);
}

static void point_archive(struct op_point *at, bool closed, struct archive *a)
{
	archive_time(a, &at->t_us);
	archive_time(a, &at->settled_at_us);
	archive_i64(a, &at->duration_us, 0, ARCHIVE_TIME_MAX);
	archive_double(a, &at->level);
	archive_double(a, &at->from);
	archive_time(a, &at->ramp_us);
	archive_u8(a, &at->mode, MODE_OPEN);
	archive_u8(a, &at->phase, PHASE_END);
	archive_u64(a, &at->silent, UINT64_MAX);
	archive_u64(a, &at->mix, UINT64_MAX);
	archive_u32(a, &at->lamp_seconds);
	archive_u32(a, &at->lamp_bad);
	archive_bool(a, &at->incomplete);
	archive_bool(a, &at->swept);
	archive_bool(a, &at->disowned);
	archive_bool(a, &at->altered);
	if (!closed || at->phase != PHASE_LOAD)
		return;
	metrics_archive(&at->metrics, a);
	spread_archive(&at->spread, a);
}

static struct op_point *append(struct points *p)
{
	if (p->count == p->room) {
		p->room = p->room ? 2 * p->room : 16;
		p->at = xreallocarray(p->at, (size_t)p->room, sizeof *p->at);
	}
	p->at[p->count] = (struct op_point){0};
	return &p->at[p->count++];
}

void points_archive(struct points *p, struct archive *a)
{
	uint8_t phase = (uint8_t)p->phase;
	int count = p->count;

	if (archive_restoring(a))
		points_restart(p);
	archive_int(a, &count, 0, INT32_MAX);
	archive_int(a, &p->load, -1, count - 1);
	archive_u8(a, &phase, PHASE_END);
	p->phase = (enum load_phase)phase;
	for (int i = 0; i < count && !a->bad; i++)
		point_archive(archive_restoring(a) ? append(p) : &p->at[i], i != p->load, a);
	tally_archive(&p->tally, a);
	batches_archive(&p->batches, a);
	archive_count(a, &p->limited);
	work_archive(&p->work, a);
	slo_stand_archive(&p->slos, a);
	a->bad |= p->phase == PHASE_LOAD && p->load < 0;
}

int64_t point_settled_us(const struct op_point *point)
{
	int64_t us = point->duration_us - (point->settled_at_us - point->t_us);

	return us > 0 ? us : 0;
}

void points_metrics(const struct points *p, int i, struct metrics *out)
{
	if (i != p->load) {
		*out = p->at[i].metrics;
		return;
	}
	tally_metrics(&p->tally, point_settled_us(&p->at[i]), out);
	out->checked = 0; /* a saved state has none of a point that is over, and all are alike */
	tally_intervals(&p->tally, &p->batches, out);
}

/* The batches that were measured in full, as at most DOT_WINDOWS: pairs where there are more. */
static void windows_of(const struct batches *b, int64_t settled_us, struct dot_windows *out)
{
	int64_t whole = settled_us / b->length_us;
	int count = whole < BATCHES_MAX ? (int)whole : BATCHES_MAX, each = count > DOT_WINDOWS ? 2 : 1;

	_Static_assert(BATCHES_MAX <= 2 * DOT_WINDOWS, "pairs are enough");
	*out = (struct dot_windows){.count = count / each};
	for (int i = 0; i < out->count * each; i++) {
		out->answers[i / each] += (float)(b->all[i] - b->bad[i]);
		out->times_s[i / each] += (float)((double)b->time[i].sum_us / (double)US_PER_S);
	}
}

void points_spread(const struct points *p, int i, struct op_spread *out)
{
	if (i != p->load) {
		*out = p->at[i].spread;
		return;
	}
	windows_of(&p->batches, point_settled_us(&p->at[i]), &out->windows);
	batches_interval_early(&p->batches, &p->tally.latency, 0.5, &out->p50);
	batches_interval_early(&p->batches, &p->tally.latency, 0.95, &out->p95);
	out->slo = (uint8_t)slo_stand_verdict(&p->slos, &p->tally.latency, &p->batches);
}

void points_windows(const struct points *p, int i, struct dot_windows *out)
{
	if (i == p->load)
		windows_of(&p->batches, point_settled_us(&p->at[i]), out);
	else
		*out = p->at[i].spread.windows;
}

void points_flow(const struct points *p, int i, struct point_flow *out)
{
	const struct metrics *m = &p->at[i].metrics;
	const struct counts *n = &p->tally.n;

	if (i == p->load)
		*out = (struct point_flow){counts_requests(n), p->tally.bytes_in, n->streams, n->events, n->reads};
	else
		*out = (struct point_flow){m->requests, m->bytes_in, m->streams, m->events, m->reads};
}

/* A point that follows on another needs time until what was under way at the
 * old level has drained from its statistics. */
static int64_t settling_us(const struct tally *before)
{
	int64_t us = 3 * hdr_quantile_us(&before->latency, 0.95);

	return us > US_PER_S ? us : US_PER_S;
}

bool points_ends(const struct points *p, const struct rec_point *change)
{
	return p->load >= 0 && (change->phase == PHASE_LOAD || change->phase == PHASE_WARMUP);
}

bool points_ramp(const struct points *p)
{
	return p->load >= 0 && p->at[p->load].ramp_us > 0;
}

void points_open(struct points *p, const struct rec_point *change, int64_t t_us)
{
	struct op_point *at;
	int64_t settling = 0;

	if (points_ends(p, change)) {
		settling = settling_us(&p->tally);
		points_metrics(p, p->load, &p->at[p->load].metrics);
		points_spread(p, p->load, &p->at[p->load].spread);
		tally_reset(&p->tally);
		batches_reset(&p->batches);
		p->limited = 0;
		p->work = (struct work){{0}};
		slo_stand_reset(&p->slos);
		p->load = -1;
	}
	at = append(p);
	*at = (struct op_point){
		.t_us = t_us,
		.settled_at_us = t_us,
		.level = change->level,
		.mode = change->mode,
		.phase = change->phase,
		.from = change->from,
		.ramp_us = change->ramp_us,
	};
	if (change->phase == PHASE_LOAD) {
		at->settled_at_us += settling;
		p->load = p->count - 1;
	}
	p->phase = change->phase;
}

void points_swept(struct points *p)
{
	if (p->count)
		p->at[p->count - 1].swept = true;
}

void points_altered(struct points *p)
{
	if (p->count)
		p->at[p->count - 1].altered = true;
}

void points_disown(struct points *p, int64_t t_us)
{
	for (int i = 0; i < p->count; i++)
		if (p->at[i].t_us == t_us)
			p->at[i].disowned = true;
}

/* A second that began while it settled is its own where most of it came later. */
void points_lamp(struct points *p, int64_t from_us, int64_t to_us, uint32_t seconds, uint32_t bad)
{
	struct op_point *at = p->load >= 0 ? &p->at[p->load] : NULL;

	if (!at || from_us + (to_us - from_us) / 2 < at->settled_at_us)
		return;
	at->lamp_seconds += seconds;
	at->lamp_bad += bad;
}

bool point_client_bound(const struct op_point *point)
{
	return lamp_bound(point->lamp_bad, point->lamp_seconds);
}

void points_pass(struct points *p, int64_t us)
{
	if (p->phase == PHASE_LOAD)
		p->at[p->load].duration_us += us;
}

bool points_counting(const struct points *p)
{
	return p->load >= 0;
}

/* Later than the settling time; also once load has been measured that long,
 * which it was not when a pause cut the settling time short. */
static bool settled(const struct points *p, int64_t t_us)
{
	const struct op_point *at = &p->at[p->load];

	return t_us > at->settled_at_us &&
	       (p->phase == PHASE_LOAD || point_settled_us(at) > 0);
}

/* The first point has no settling time, and what ends at its very first
 * microsecond is its own. */
static bool takes(const struct points *p, int64_t t_us)
{
	const struct op_point *at = &p->at[p->load];

	return at->settled_at_us == at->t_us || settled(p, t_us);
}

bool points_taking(const struct points *p, int64_t t_us)
{
	return p->phase == PHASE_LOAD && takes(p, t_us);
}

int64_t points_settled_us(const struct points *p)
{
	return p->load >= 0 ? point_settled_us(&p->at[p->load]) : 0;
}

void points_exchange(struct points *p, const struct exchange *x, int scope, int64_t t_us)
{
	if (!takes(p, t_us))
		return;
	tally_exchange(&p->tally, x, p->phase == PHASE_LOAD);
	p->limited += x->sample->status == HTTP_TOO_MANY && x->outcome != OUTCOME_SUCCEEDED;
	slo_stand_exchange(&p->slos, x, scope);
	if (p->phase != PHASE_LOAD)
		return;
	tally_batch(&p->batches, x, point_settled_us(&p->at[p->load]));
	work_exchange(&p->work, x);
}

void points_drops(struct points *p, const struct rec_drops *drops, int64_t t_us)
{
	p->at[p->load].incomplete = true;
	if (takes(p, t_us))
		counts_drops(&p->tally.n, drops, p->phase == PHASE_LOAD);
}

uint32_t points_index(const struct points *p)
{
	if (p->load >= 0)
		return (uint32_t)p->load;
	return p->count ? (uint32_t)p->count - 1 : 0;
}
