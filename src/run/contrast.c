#include "run/contrast.h"

#include <math.h>
#include <stdlib.h>

#include "base/mem.h"
#include "metrics/student.h"
#include "spans_priv.h"

/* The chance of a difference where there is none, over all rows; measured with queues it
 * is some 2 % more, for a run's own spans know too little of slow changes. */
#define CERTAIN 0.03
#define REQUESTS_LEAST 20
#define BEYOND_LEAST 20 /* values on either side of a quantile */
#define DEVIATION_LEAST 0.0005 /* of a logarithm: what three figures leave */
#define SEED 1

enum kind { THROUGHPUT, SUCCESS, QUALITY, TOKENS, QUANTILE };

/* Rows in order. `margin`: a ratio so near to 1 is the same. */
static const struct measure {
	const char *name;
	enum kind kind;
	enum contrast_unit unit;
	double margin;
	bool more_is_better, total_only;
	enum timing timing;
	double q;
} measures[] = {
	{"throughput", THROUGHPUT, CONTRAST_PER_SECOND, 0.05, true, false, TIMING_RESPONSE, 0},
	{"success", SUCCESS, CONTRAST_SHARE, 0.002, true, false, TIMING_RESPONSE, 0},
	{"quality", QUALITY, CONTRAST_POINTS, 0.01, true, false, TIMING_RESPONSE, 0},
	{"p50", QUANTILE, CONTRAST_TIME, 0.05, false, false, TIMING_RESPONSE, 0.5},
	{"p90", QUANTILE, CONTRAST_TIME, 0.05, false, true, TIMING_RESPONSE, 0.9},
	{"p95", QUANTILE, CONTRAST_TIME, 0.05, false, false, TIMING_RESPONSE, 0.95},
	{"p99", QUANTILE, CONTRAST_TIME, 0.05, false, false, TIMING_RESPONSE, 0.99},
	{"ttft.p50", QUANTILE, CONTRAST_TIME, 0.05, false, true, TIMING_TTFT, 0.5},
	{"ttft.p95", QUANTILE, CONTRAST_TIME, 0.05, false, true, TIMING_TTFT, 0.95},
	{"tpot.p50", QUANTILE, CONTRAST_TIME, 0.05, false, true, TIMING_TPOT, 0.5},
	{"itl.p99", QUANTILE, CONTRAST_TIME, 0.05, false, true, TIMING_ITL, 0.99},
	{"output_tokens", TOKENS, CONTRAST_PER_SECOND, 0.05, true, true, TIMING_RESPONSE, 0},
};
#define MEASURES (int)(sizeof measures / sizeof *measures)

const char *contrast_verdict_name(enum contrast_verdict verdict)
{
	static const char *const name[] = {"UNDECIDED", "SAME", "BETTER", "WORSE"};

	return name[verdict];
}

/* --- a figure of one run ------------------------------------------------------ */

/* A timing's histogram in each span, as bins of all spans together. */
struct bins {
	int64_t *value; /* ascending */
	uint32_t count, room;
	struct {
		uint32_t *bin, *n;
		uint32_t count, room, next;
	} span[BOOTSTRAP_SPANS_MAX];
};

/* Figures of one timing, or a single one of counts. */
struct figures {
	const struct measure *measure; /* `count` of them */
	int count;
	const struct spans *spans;
	int scope;
	struct bins bins;
};

static void add_value(void *arg, int64_t low_us, int64_t high_us, uint64_t n)
{
	struct bins *b = arg;

	(void)low_us;
	(void)n;
	if (b->count == b->room) {
		b->room = b->room ? 2 * b->room : 256;
		b->value = xreallocarray(b->value, b->room, sizeof *b->value);
	}
	b->value[b->count++] = high_us > 0 ? high_us : 1;
}

struct in_span {
	struct bins *bins;
	int span;
};

static void add_to_span(void *arg, int64_t low_us, int64_t high_us, uint64_t n)
{
	struct in_span *in = arg;
	struct bins *b = in->bins;
	uint32_t *next = &b->span[in->span].next, at = b->span[in->span].count;

	(void)low_us;
	while (b->value[*next] < high_us)
		(*next)++;
	if (at == b->span[in->span].room) {
		uint32_t room = b->span[in->span].room = at ? 2 * at : 64;

		b->span[in->span].bin = xreallocarray(b->span[in->span].bin, room, sizeof(uint32_t));
		b->span[in->span].n = xreallocarray(b->span[in->span].n, room, sizeof(uint32_t));
	}
	b->span[in->span].bin[at] = *next;
	b->span[in->span].n[at] = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
	b->span[in->span].count = at + 1;
}

static const struct hdr *timing_in(const struct figures *f, int span)
{
	return tally_timing(spans_tally(f->spans, f->scope, span), f->measure->timing);
}

static void bins_make(struct figures *f, const struct hdr *all)
{
	hdr_each(all, add_value, &f->bins);
	for (int i = 0; i < f->spans->count; i++)
		hdr_each(timing_in(f, i), add_to_span, &(struct in_span){&f->bins, i});
}

static void bins_fini(struct bins *b)
{
	for (int i = 0; i < BOOTSTRAP_SPANS_MAX; i++) {
		free(b->span[i].bin);
		free(b->span[i].n);
	}
	free(b->value);
}

static void log_quantiles(const struct figures *f, const uint32_t times[], double out[])
{
	const struct bins *b = &f->bins;
	double *sum = xcalloc((size_t)b->count + 1, sizeof *sum), all = 0, seen = 0;
	int next = 0;

	for (int i = 0; i < f->spans->count; i++)
		for (uint32_t k = 0; times[i] && k < b->span[i].count; k++) {
			sum[b->span[i].bin[k]] += (double)times[i] * b->span[i].n[k];
			all += (double)times[i] * b->span[i].n[k];
		}
	for (uint32_t k = 0; k < b->count && all > 0; k++) {
		seen += sum[k];
		while (next < f->count && seen >= fmax(1, ceil(f->measure[next].q * all)))
			out[next++] = log((double)b->value[k]);
	}
	while (next < f->count)
		out[next++] = NAN;
	free(sum);
}

/* The sums that a share or a mean is the ratio of. */
static void sums_of(const struct figures *f, const uint32_t times[], double *part, double *whole)
{
	*part = *whole = 0;
	for (int i = 0; i < f->spans->count; i++) {
		const struct counts *n = &spans_tally(f->spans, f->scope, i)->n;
		double seconds = (double)f->spans->measured_us / 1e6 / f->spans->count;
		double parts[] = {[THROUGHPUT] = (double)n->ok, [SUCCESS] = (double)n->of[OUTCOME_SUCCEEDED],
				  [QUALITY] = (double)n->quality / QUALITY_UNIT, [TOKENS] = (double)n->tokens_out};
		double wholes[] = {[THROUGHPUT] = seconds, [SUCCESS] = (double)counts_requests(n),
				   [QUALITY] = (double)n->checked, [TOKENS] = seconds};

		*part += times[i] * parts[f->measure->kind];
		*whole += times[i] * wholes[f->measure->kind];
	}
}

static void logarithms(const void *of, const uint32_t times[], double out[])
{
	const struct figures *f = of;
	double part, whole;

	if (f->measure->kind == QUANTILE) {
		log_quantiles(f, times, out);
		return;
	}
	sums_of(f, times, &part, &whole);
	/* So that all and none have one, too. */
	if (f->measure->kind == SUCCESS)
		out[0] = log((part + 0.5) / (whole + 1));
	else
		out[0] = whole > 0 ? log(part / whole) : NAN;
}

/* --- both ------------------------------------------------------------------------ */

struct known {
	double value;     /* NAN: there is none */
	double log;
	double deviation; /* of the logarithm; NAN: too little came to tell */
	double freedom;
};

static bool enough(const struct measure *measure, double requests, const struct hdr *all)
{
	if (measure->kind == QUANTILE)
		return (double)all->count * fmin(measure->q, 1 - measure->q) >= BEYOND_LEAST;
	return requests >= REQUESTS_LEAST;
}

/* Where nothing failed, something still may: no less than one failure more would say. */
static double least_deviation(const struct measure *measure, double part, double whole)
{
	double failed = (whole - part + 1) / (whole + 2);

	if (measure->kind != SUCCESS)
		return DEVIATION_LEAST;
	return sqrt(failed * (1 - failed) / whole) / fmax(1 - failed, 1e-9);
}

/* Of `count` measures that are asked of one timing. */
static void know(const struct measure *measure, int count, const struct spans *spans, int scope,
		 struct known out[])
{
	struct figures f = {.measure = measure, .count = count, .spans = spans, .scope = scope};
	double part = 0, whole = 0, requests = 0, deviation[BOOTSTRAP_FIGURES_MAX], log_of[BOOTSTRAP_FIGURES_MAX];
	uint32_t once[BOOTSTRAP_SPANS_MAX];
	struct hdr all;

	hdr_init(&all, spans->pool, 3);
	for (int i = 0; i < spans->count; i++) {
		once[i] = 1;
		hdr_add(&all, timing_in(&f, i));
		requests += (double)counts_requests(&spans_tally(spans, scope, i)->n);
	}
	if (measure->kind == QUANTILE)
		bins_make(&f, &all);
	else
		sums_of(&f, once, &part, &whole);
	logarithms(&f, once, log_of);
	if (all.count || measure->kind != QUANTILE)
		bootstrap_deviations(spans->count, SEED, logarithms, &f, count, deviation);
	for (int k = 0; k < count; k++) {
		out[k] = (struct known){NAN, NAN, NAN, bootstrap_freedom(spans->count)};
		if (measure->kind == QUANTILE)
			out[k].value = all.count ? (double)hdr_quantile_us(&all, measure[k].q) : NAN;
		else if (whole > 0 && (part > 0 || measure->kind != TOKENS))
			out[k].value = part / whole;
		if (isnan(out[k].value) || !enough(&measure[k], requests, &all))
			continue;
		out[k].log = log_of[k];
		/* Not by fmax(): of NAN and a number that is the number. */
		if (!isnan(deviation[k]))
			out[k].deviation = fmax(deviation[k], least_deviation(&measure[k], part, whole));
	}
	bins_fini(&f.bins);
	hdr_fini(&all);
}

static double welch(const struct known *a, const struct known *b)
{
	double x = a->deviation * a->deviation, y = b->deviation * b->deviation;

	return (x + y) * (x + y) / (x * x / a->freedom + y * y / b->freedom);
}

static void add_row(struct contrast *c, const struct measure *measure, int task, const struct known *a,
		    const struct known *b)
{
	struct contrast_row row = {
		.task = task, .metric = measure->name, .unit = measure->unit,
		.a = a->value, .b = b->value,
		.ratio = a->value > 0 ? b->value / a->value : NAN,
		.low = NAN, .high = NAN, .p = 1,
	};
	double apart = b->log - a->log, deviation = hypot(a->deviation, b->deviation);

	if (isnan(a->value) && isnan(b->value))
		return;
	if (isfinite(apart) && isfinite(deviation) && deviation > 0) {
		double freedom = welch(a, b), by = student_point(freedom) * deviation;

		row.low = exp(apart - by);
		row.high = exp(apart + by);
		row.p = student_beyond(fabs(apart) / deviation, freedom);
		/* Within the margin as sure as the interval is. */
		if (row.low >= 1 / (1 + measure->margin) && row.high <= 1 + measure->margin)
			row.verdict = CONTRAST_SAME;
		else
			row.verdict = (apart > 0) == measure->more_is_better ? CONTRAST_BETTER : CONTRAST_WORSE;
	}
	c->row = xreallocarray(c->row, (size_t)c->count + 1, sizeof *c->row);
	c->row[c->count++] = row;
}

/* Those from `first` on that are asked of one timing. */
static int group_of(int first)
{
	int n = 1;

	while (measures[first].kind == QUANTILE && first + n < MEASURES && measures[first + n].kind == QUANTILE &&
	       measures[first + n].timing == measures[first].timing)
		n++;
	return n;
}

static void add_rows(struct contrast *c, const struct spans *a, int scope_a, const struct spans *b, int scope_b)
{
	for (int i = 0, n; i < MEASURES; i += n) {
		struct known x[BOOTSTRAP_FIGURES_MAX], y[BOOTSTRAP_FIGURES_MAX];

		n = group_of(i);
		if (scope_a && measures[i].total_only)
			continue;
		know(&measures[i], n, a, scope_a, x);
		know(&measures[i], n, b, scope_b, y);
		for (int k = 0; k < n; k++)
			if (!scope_a || !measures[i + k].total_only)
				add_row(c, &measures[i + k], scope_a - 1, &x[k], &y[k]);
	}
}

/* What is different has to be so among all that were asked. */
static void settle(struct contrast *c)
{
	double *p = xcalloc((size_t)c->count + 1, sizeof *p);

	for (int i = 0; i < c->count; i++)
		p[i] = c->row[i].p;
	holm_adjust(p, c->count);
	for (int i = 0; i < c->count; i++) {
		struct contrast_row *row = &c->row[i];

		row->p = p[i];
		if (row->verdict != CONTRAST_SAME && p[i] >= CERTAIN)
			row->verdict = CONTRAST_UNDECIDED;
		c->of[row->verdict]++;
	}
	free(p);
}

void contrast_make(const struct contrast_side *a, const struct contrast_side *b, struct contrast *out)
{
	*out = (struct contrast){0};
	add_rows(out, a->spans, 0, b->spans, 0);
	/* A single task is all there is. */
	for (int i = 0; i < a->meta->task_count && a->meta->task_count > 1; i++) {
		int other = run_meta_task(b->meta, a->meta->task_name[i]);

		if (other >= 0)
			add_rows(out, a->spans, 1 + i, b->spans, 1 + other);
	}
	settle(out);
}

int contrast_exit_code(const struct contrast *c)
{
	if (c->of[CONTRAST_WORSE])
		return 4;
	return c->of[CONTRAST_UNDECIDED] == c->count ? 5 : 0;
}

bool contrast_enough(const struct contrast *c)
{
	for (int i = 0; i < c->count; i++)
		if (isfinite(c->row[i].low))
			return true;
	return false;
}

void contrast_requests(const struct contrast_side *a, const struct contrast_side *b, int task, uint64_t n[2])
{
	int other = task < 0 ? -1 : run_meta_task(b->meta, a->meta->task_name[task]);

	n[0] = task < 0 ? a->result->summary.requests : a->result->task[task].requests;
	n[1] = task < 0 ? b->result->summary.requests : other < 0 ? 0 : b->result->task[other].requests;
}

void contrast_fini(struct contrast *contrast)
{
	free(contrast->row);
}
