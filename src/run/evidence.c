#include "evidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/archive.h"
#include "base/clock.h"
#include "base/mem.h"
#include "lamp.h"

#define FIRST_LENGTH_US INT64_C(100000)
#define FIELDS (sizeof(struct evidence_sums) / sizeof(uint64_t))
#define KEPT_LEAST 5 /* requests: fewer say nothing later either */
#define BUNCH 4      /* content events a read: what comes so is not seen when it was made */

void evidence_init(struct evidence *e, int tasks, struct hdr_pool *pool)
{
	memset(e, 0, sizeof *e);
	e->tasks = tasks < 1 ? 1 : tasks < EVIDENCE_TASKS ? tasks : EVIDENCE_TASKS;
	e->set = xcalloc((size_t)e->tasks, sizeof *e->set);
	e->task_latency = xcalloc((size_t)e->tasks, sizeof *e->task_latency);
	hdr_init(&e->latency, pool, 2);
	for (int i = 0; i < e->tasks; i++)
		hdr_init(&e->task_latency[i], pool, 2);
	e->length_us = FIRST_LENGTH_US;
}

static void clear_present(struct evidence *e)
{
	e->open = e->ramp = false;
	e->t_us = 0;
	e->level = 0;
	e->mode = 0;
	e->length_us = FIRST_LENGTH_US;
	e->count = 0;
	e->lamp_seconds = e->lamp_bad = 0;
	e->connections = 0;
	e->failed_from_us = e->failed_to_us = 0;
	memset(e->error_of, 0, sizeof e->error_of);
	memset(&e->stream, 0, sizeof e->stream);
	memset(e->set, 0, (size_t)e->tasks * sizeof *e->set);
	hdr_reset(&e->latency);
	for (int i = 0; i < e->tasks; i++)
		hdr_reset(&e->task_latency[i]);
}

void evidence_reset(struct evidence *e)
{
	clear_present(e);
	e->closed_count = 0;
}

void evidence_fini(struct evidence *e)
{
	hdr_fini(&e->latency);
	for (int i = 0; i < e->tasks; i++)
		hdr_fini(&e->task_latency[i]);
	free(e->task_latency);
	free(e->set);
}

/* --- what comes in ---------------------------------------------------------- */

static void sums_add(struct evidence_sums *to, const struct evidence_sums *from)
{
	uint64_t *a = (uint64_t *)to;
	const uint64_t *b = (const uint64_t *)from;

	for (size_t i = 0; i < FIELDS; i++)
		a[i] += b[i];
}

static void set_halve(struct evidence_set *set)
{
	for (int i = 0; i < EVIDENCE_BATCHES / 2; i++) {
		struct evidence_sums pair = set->batch[2 * i];

		sums_add(&pair, &set->batch[2 * i + 1]);
		set->batch[i] = pair;
	}
	memset(set->batch + EVIDENCE_BATCHES / 2, 0, sizeof set->batch / 2);
}

static int batch_of(struct evidence *e, int64_t at_us)
{
	int i;

	while (at_us / e->length_us >= EVIDENCE_BATCHES) {
		set_halve(&e->stream);
		for (int t = 0; t < e->tasks; t++)
			set_halve(&e->set[t]);
		e->length_us *= 2;
		e->count = (e->count + 1) / 2;
	}
	i = (int)(at_us / e->length_us);
	if (i >= e->count)
		e->count = i + 1;
	return i;
}

bool evidence_bunched(uint64_t events, uint64_t reads)
{
	return events >= BUNCH * reads && reads > 0;
}

static void count_error(struct evidence *e, struct evidence_sums *b, const struct exchange *x)
{
	e->error_of[x->error]++;
	if (x->error != ERROR_CHECK) {
		if (!e->failed_from_us)
			e->failed_from_us = x->sample->rec.t_us;
		e->failed_to_us = x->sample->rec.t_us;
	}
	switch (x->error) {
	case ERROR_HTTP_4XX:
		b->limited += x->sample->status == 429;
		break;
	case ERROR_DNS:
	case ERROR_CONNECT:
	case ERROR_TLS:
		b->unconnected++;
		break;
	case ERROR_NONE:
	case ERROR_CHECK:
	case ERROR_ABORTED:
	case ERROR_CLASS_COUNT:
		break;
	case ERROR_TIMEOUT:
	case ERROR_RESET:
	case ERROR_PROTOCOL:
	case ERROR_TRUNCATED:
	case ERROR_HTTP_5XX:
	case ERROR_STREAM_ERROR:
	case ERROR_EMPTY:
		b->upstream++;
		break;
	}
}

static bool is_stream(const struct rec_sample *s)
{
	return (s->flags & SAMPLE_STREAM) && s->t1_us >= 0 && !evidence_bunched(s->events, s->reads);
}

/* Only a damaged file has times that run backwards or never end. */
static int64_t between(int64_t from_us, int64_t to_us)
{
	int64_t us;

	if (__builtin_sub_overflow(to_us, from_us, &us) || us < 0)
		return 0;
	return us > HDR_MAX_US ? HDR_MAX_US : us;
}

static void times(struct evidence_set *set, struct evidence_sums *b, const struct exchange *x)
{
	const struct rec_sample *s = x->sample;
	int64_t first_us = is_stream(s) ? s->t1_us : s->th_us;
	int64_t connect = exchange_connected(x) ? (int64_t)s->dns_us + s->connect_us + s->tls_us : 0;
	int64_t wait = between(s->ts_us, first_us);

	if (connect > wait)
		connect = wait;
	wait -= connect;
	b->timed++;
	b->part_us[PART_CONNECT] += (uint64_t)connect;
	b->part_us[PART_WAIT] += (uint64_t)wait;
	b->part_us[PART_BODY] += (uint64_t)between(first_us, s->rec.t_us);
	set->wait_sq += (double)wait * (double)wait / 1e12;
	set->streams += is_stream(s);
	set->hidden += !is_stream(s) && s->tokens_out != TOKENS_UNKNOWN && s->tokens_out > 1;
	if (is_stream(s) && s->tn_us >= 0 && s->tokens_out != TOKENS_UNKNOWN && s->tokens_out > 1) {
		b->gaps += s->tokens_out - 1;
		b->gap_us += (uint64_t)between(s->t1_us, s->tn_us);
	}
}

void evidence_exchange(struct evidence *e, int task, const struct exchange *x, int64_t at_us)
{
	int slot = task < e->tasks ? task : e->tasks - 1, i = batch_of(e, at_us);
	struct evidence_set *set = &e->set[slot];
	struct evidence_sums *b = &set->batch[i];

	if (x->error == ERROR_ABORTED)
		return;
	b->requests++;
	b->ok += x->outcome == OUTCOME_SUCCEEDED;
	e->connections += exchange_connected(x);
	if (x->outcome != OUTCOME_SUCCEEDED)
		count_error(e, b, x);
	if (x->outcome != OUTCOME_FAILED) {
		hdr_record(&e->latency, x->latency_us);
		if (e->tasks > 1)
			hdr_record(&e->task_latency[slot], x->latency_us);
	}
	if ((x->outcome != OUTCOME_SUCCEEDED && x->error != ERROR_CHECK) || x->sample->th_us < 0)
		return;
	times(set, b, x);
	if (is_stream(x->sample))
		times(&e->stream, &e->stream.batch[i], x);
}

/* --- figures ---------------------------------------------------------------- */

/* Sums of a and of what it is a ratio to, batch by batch. */
struct ratio {
	int count;
	double a[EVIDENCE_BATCHES], per[EVIDENCE_BATCHES];
};

static double variance(const struct ratio *r, double mean, double per)
{
	double sum = 0;

	for (int i = 0; i < r->count; i++) {
		double residual = r->a[i] - mean * r->per[i];

		sum += residual * residual;
	}
	return r->count > 1 ? sum * r->count / (r->count - 1) / (per * per) : NAN;
}

/* The ratio of the sums, and its standard error by the batches' residuals; what batches
 * twice as long add to it is added once more (metrics/batches.h). */
static struct evidence_mean mean_of(const struct ratio *r)
{
	struct ratio pairs = {.count = r->count / 2};
	double a = 0, per = 0, mean, one, two;

	for (int i = 0; i < r->count; i++) {
		a += r->a[i];
		per += r->per[i];
	}
	if (!(per > 0))
		return (struct evidence_mean){NAN, NAN};
	mean = a / per;
	for (int i = 0; i < pairs.count; i++) {
		pairs.a[i] = r->a[2 * i] + r->a[2 * i + 1];
		pairs.per[i] = r->per[2 * i] + r->per[2 * i + 1];
	}
	if (r->count % 2 && pairs.count) {
		pairs.a[pairs.count - 1] += r->a[r->count - 1];
		pairs.per[pairs.count - 1] += r->per[r->count - 1];
	}
	one = variance(r, mean, per);
	two = variance(&pairs, mean, per);
	return (struct evidence_mean){mean, sqrt(two > one ? 2 * two - one : one)};
}

/* Of field over field, both by their place in struct evidence_sums. */
static struct evidence_mean ratio_of(const struct evidence_sums batch[], int count, size_t a, size_t per)
{
	struct ratio r = {.count = count};

	for (int i = 0; i < count; i++) {
		r.a[i] = (double)((const uint64_t *)&batch[i])[a];
		r.per[i] = (double)((const uint64_t *)&batch[i])[per];
	}
	return mean_of(&r);
}

#define FIELD(name) (offsetof(struct evidence_sums, name) / sizeof(uint64_t))

static struct evidence_mean service_of(const struct evidence_sums batch[], int count)
{
	struct ratio r = {.count = count};

	for (int i = 0; i < count; i++) {
		r.per[i] = (double)batch[i].timed;
		for (int p = 0; p < PARTS; p++)
			r.a[i] += (double)batch[i].part_us[p];
	}
	return mean_of(&r);
}

static void figures(const struct evidence_sums batch[], int count, const struct evidence_set *set,
		    struct evidence_figures *out)
{
	double wait;

	*out = (struct evidence_figures){.hidden = set->hidden, .streams = set->streams};
	for (int i = 0; i < count; i++) {
		out->timed += batch[i].timed;
		out->gaps += batch[i].gaps;
	}
	out->service = service_of(batch, count);
	for (int p = 0; p < PARTS; p++)
		out->part[p] = ratio_of(batch, count, FIELD(part_us) + (size_t)p, FIELD(timed));
	out->gap = ratio_of(batch, count, FIELD(gap_us), FIELD(gaps));
	wait = out->part[PART_WAIT].mean / 1e6;
	out->wait_sd = sqrt(fmax(set->wait_sq / (double)out->timed - wait * wait, 0)) * 1e6;
}

/* A second's share of successes varies, too. The last batch is not full. */
static struct evidence_mean rate_of(const struct evidence *e, const struct evidence_sums batch[], double seconds)
{
	struct ratio r = {.count = e->count > 1 ? e->count - 1 : 0};
	uint64_t ok = 0;

	for (int i = 0; i < r.count; i++) {
		r.a[i] = (double)batch[i].ok;
		r.per[i] = (double)e->length_us / (double)US_PER_S;
	}
	for (int i = 0; i < e->count; i++)
		ok += batch[i].ok;
	return (struct evidence_mean){seconds > 0 ? (double)ok / seconds : NAN, mean_of(&r).error};
}

/* So many hits among so few may be chance whatever the batches say. */
static struct evidence_mean share_of(const struct evidence_sums batch[], int count, size_t field, uint64_t requests)
{
	struct evidence_mean m = ratio_of(batch, count, field, FIELD(requests));
	double chance;

	/* None among few is not none for certain. */
	chance = (m.mean * (double)requests + 1) / ((double)requests + 2);
	m.error = fmax(m.error, sqrt(chance * (1 - chance) / (double)requests));
	return m;
}

bool evidence_present(const struct evidence *e, int64_t settled_us, const struct lamp *lamp, struct evidence_point *out)
{
	struct evidence_sums batch[EVIDENCE_BATCHES] = {{0}};
	struct evidence_set whole = {.hidden = 0};

	memset(out, 0, sizeof *out);
	if (!e->open || e->ramp)
		return false;
	for (int t = 0; t < e->tasks; t++) {
		const struct evidence_set *set = &e->set[t];

		for (int i = 0; i < e->count; i++)
			sums_add(&batch[i], &set->batch[i]);
		whole.hidden += set->hidden;
		whole.streams += set->streams;
		whole.wait_sq += set->wait_sq;
		figures(set->batch, e->count, set, &out->task[t].of);
		if (e->tasks > 1) {
			out->task[t].p50_us = hdr_quantile_us(&e->task_latency[t], 0.5);
			out->task[t].p95_us = hdr_quantile_us(&e->task_latency[t], 0.95);
		}
	}
	out->t_us = e->t_us;
	out->level = e->level;
	out->mode = e->mode;
	out->seconds = (double)settled_us / (double)US_PER_S;
	out->lamp_seconds = lamp->seconds - e->lamp_seconds;
	out->lamp_bad = lamp->bad_seconds - e->lamp_bad;
	out->connections = e->connections;
	memcpy(out->error_of, e->error_of, sizeof out->error_of);
	out->failed_from_us = e->failed_from_us;
	out->failed_to_us = e->failed_to_us;
	for (int i = 0; i < e->count; i++) {
		out->requests += batch[i].requests;
		out->batches = (uint8_t)(out->batches + (batch[i].requests > 0));
	}
	figures(batch, e->count, &whole, &out->all);
	figures(e->stream.batch, e->count, &e->stream, &out->stream);
	out->ok_rps = rate_of(e, batch, out->seconds);
	out->limited = share_of(batch, e->count, FIELD(limited), out->requests);
	out->upstream = share_of(batch, e->count, FIELD(upstream), out->requests);
	out->unconnected = share_of(batch, e->count, FIELD(unconnected), out->requests);
	out->p50_us = hdr_quantile_us(&e->latency, 0.5);
	out->p95_us = hdr_quantile_us(&e->latency, 0.95);
	out->latencies = e->latency.count;
	return true;
}

/* --- points ----------------------------------------------------------------- */

/* The lowest or the highest of its loop. */
static bool is_extreme(const struct evidence *e, int i)
{
	bool lowest = true, highest = true;

	for (int k = 0; k < e->closed_count; k++) {
		if (e->closed[k].mode != e->closed[i].mode)
			continue;
		/* Of equal ones the newest. */
		lowest &= e->closed[k].level > e->closed[i].level || (e->closed[k].level >= e->closed[i].level && k <= i);
		highest &= e->closed[k].level < e->closed[i].level || (e->closed[k].level <= e->closed[i].level && k <= i);
	}
	return lowest || highest;
}

static void make_room(struct evidence *e)
{
	int gone = 0;

	if (e->closed_count < EVIDENCE_POINTS)
		return;
	while (is_extreme(e, gone))
		gone++; /* of each loop two are at most */
	memmove(&e->closed[gone], &e->closed[gone + 1], (size_t)(e->closed_count - gone - 1) * sizeof *e->closed);
	e->closed_count--;
}

void evidence_leave_out(struct evidence *e)
{
	e->open = false;
}

void evidence_change(struct evidence *e, const struct rec_point *change, int64_t t_us, int64_t settled_us,
		     const struct lamp *lamp)
{
	if (change->phase != PHASE_LOAD && change->phase != PHASE_WARMUP)
		return;
	if (e->open && !e->ramp) {
		make_room(e);
		if (evidence_present(e, settled_us, lamp, &e->closed[e->closed_count]) &&
		    e->closed[e->closed_count].requests >= KEPT_LEAST)
			e->closed_count++;
	}
	clear_present(e);
	if (change->phase != PHASE_LOAD)
		return;
	e->open = true;
	e->ramp = change->ramp_us > 0;
	e->t_us = t_us;
	e->level = change->level;
	e->mode = change->mode;
	e->lamp_seconds = lamp->seconds;
	e->lamp_bad = lamp->bad_seconds;
}

/* --- saved ------------------------------------------------------------------ */

static void set_archive(struct evidence_set *set, int count, struct archive *a)
{
	for (int i = 0; i < count; i++)
		for (size_t f = 0; f < FIELDS; f++)
			archive_count(a, &((uint64_t *)&set->batch[i])[f]);
	archive_count(a, &set->hidden);
	archive_count(a, &set->streams);
	archive_double(a, &set->wait_sq);
}

static void mean_archive(struct evidence_mean *m, struct archive *a)
{
	archive_double(a, &m->mean);
	archive_double(a, &m->error);
}

static void figures_archive(struct evidence_figures *f, struct archive *a)
{
	archive_count(a, &f->timed);
	archive_count(a, &f->gaps);
	archive_count(a, &f->hidden);
	archive_count(a, &f->streams);
	mean_archive(&f->service, a);
	for (int p = 0; p < PARTS; p++)
		mean_archive(&f->part[p], a);
	mean_archive(&f->gap, a);
	archive_double(a, &f->wait_sd);
}

static void point_archive(struct evidence_point *p, int tasks, struct archive *a)
{
	archive_time(a, &p->t_us);
	archive_double(a, &p->level);
	archive_double(a, &p->seconds);
	archive_u8(a, &p->mode, MODE_OPEN);
	archive_u8(a, &p->batches, EVIDENCE_BATCHES);
	archive_u32(a, &p->lamp_seconds);
	archive_u32(a, &p->lamp_bad);
	archive_count(a, &p->requests);
	archive_count(a, &p->connections);
	for (int c = 0; c < ERROR_CLASS_COUNT; c++)
		archive_count(a, &p->error_of[c]);
	archive_time(a, &p->failed_from_us);
	archive_time(a, &p->failed_to_us);
	mean_archive(&p->ok_rps, a);
	mean_archive(&p->limited, a);
	mean_archive(&p->upstream, a);
	mean_archive(&p->unconnected, a);
	archive_time(a, &p->p50_us);
	archive_time(a, &p->p95_us);
	archive_count(a, &p->latencies);
	figures_archive(&p->all, a);
	figures_archive(&p->stream, a);
	for (int t = 0; t < tasks; t++) {
		figures_archive(&p->task[t].of, a);
		archive_time(a, &p->task[t].p50_us);
		archive_time(a, &p->task[t].p95_us);
	}
}

void evidence_archive(struct evidence *e, struct archive *a)
{
	int doublings = 0;

	while (FIRST_LENGTH_US << doublings < e->length_us)
		doublings++;
	archive_int(a, &doublings, 0, 30);
	if (archive_restoring(a)) {
		evidence_reset(e);
		e->length_us = FIRST_LENGTH_US << doublings;
	}
	archive_bool(a, &e->open);
	archive_bool(a, &e->ramp);
	archive_time(a, &e->t_us);
	archive_double(a, &e->level);
	archive_u8(a, &e->mode, MODE_OPEN);
	archive_int(a, &e->count, 0, EVIDENCE_BATCHES);
	archive_u32(a, &e->lamp_seconds);
	archive_u32(a, &e->lamp_bad);
	archive_count(a, &e->connections);
	for (int c = 0; c < ERROR_CLASS_COUNT; c++)
		archive_count(a, &e->error_of[c]);
	archive_time(a, &e->failed_from_us);
	archive_time(a, &e->failed_to_us);
	set_archive(&e->stream, e->count, a);
	hdr_archive(&e->latency, a);
	for (int t = 0; t < e->tasks; t++) {
		set_archive(&e->set[t], e->count, a);
		hdr_archive(&e->task_latency[t], a);
	}
	archive_int(a, &e->closed_count, 0, EVIDENCE_POINTS);
	for (int i = 0; i < e->closed_count && !a->bad; i++) {
		if (archive_restoring(a))
			memset(&e->closed[i], 0, sizeof e->closed[i]);
		point_archive(&e->closed[i], e->tasks, a);
	}
}
