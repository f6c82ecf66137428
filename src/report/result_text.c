/* The summary for people: at the end of a plain run, on leaving the dashboard,
 * and from `brunt report`. Figures with their units, a dash for what is not
 * known. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "advice_out.h"
#include "base/clock.h"
#include "base/signs.h"
#include "base/units.h"
#include "base/utf8.h"
#include "diagnosis_put.h"
#include "figures.h"
#include "marks_out.h"
#include "metrics/error_code.h"
#include "result_parts.h"
#include "report/text.h"
#include "run/result.h"
#include "scaling_put.h"
#include "server_out.h"
#include "text_table.h"

#define DOT " \xc2\xb7 "
#define DASH "\xe2\x80\x93"
#define ELLIPSIS "\xe2\x80\xa6"
#define MOST_POINTS 24
#define MOST_ERRORS 20
#define DEFAULT_COLUMNS 80
#define CELL 64
#define MOST_NAME 20 /* of a task, in a table of many columns */
#define RATE_LEAST_S 0.5 /* of a point: a rate over less is chance */

/* --- figures -------------------------------------------------------------- */

static const char *duration(const struct dist *d, double us, char out[UNITS_BYTES])
{
	return d->count ? units_format_duration((int64_t)llround(us * 1000), out) : NULL;
}

static const char *rate(uint64_t n, double seconds, char out[UNITS_BYTES])
{
	return seconds > 0 ? units_format_rate((double)n / seconds, out) : NULL;
}

static const char *count(uint64_t n, char out[UNITS_BYTES])
{
	snprintf(out, UNITS_BYTES, "%llu", (unsigned long long)n);
	return out;
}

static const char *or_dash(const char *text)
{
	return text ? text : DASH;
}

/* Answers that are counted and are not in the rate. */
static uint64_t late(const struct result *r)
{
	uint64_t answers = r->summary.succeeded;

	for (int i = 0; i < r->error_count; i++)
		if (r->error[i].error == ERROR_HTTP_4XX || r->error[i].error == ERROR_HTTP_5XX)
			answers += r->error[i].count;
	return answers > r->summary.answered ? answers - r->summary.answered : 0;
}

char *result_level(const struct result_point *p, char out[RESULT_LEVEL])
{
	char number[UNITS_BYTES];

	units_format_level(p->level, number);
	if (p->mode == MODE_OPEN)
		snprintf(out, RESULT_LEVEL, "%s/s", number);
	else
		snprintf(out, RESULT_LEVEL, "%s user%s", number, p->level >= 0.5 && p->level < 1.5 ? "" : "s");
	return out;
}

/* --- head ----------------------------------------------------------------- */

/* Those who time out are errors, too: " (20 timed out)". */
static const char *timed_out(const struct result *r, char out[UNITS_BYTES + 16])
{
	uint64_t n = 0;

	for (int i = 0; i < r->error_count; i++)
		n += r->error[i].error == ERROR_TIMEOUT ? r->error[i].count : 0;
	*out = '\0';
	if (n)
		snprintf(out, UNITS_BYTES + 16, " (%llu timed out)", (unsigned long long)n);
	return out;
}

/* An answer like any other, and seldom what was meant to be measured. */
static void redirected(const struct text_out *out, const struct metrics *s)
{
	if (s->redirects)
		text_line(out, TEXT_PLAIN, "           %llu answer%s redirect%s that %s not followed; --location follows them",
			  (unsigned long long)s->redirects, s->redirects == 1 ? " was a" : "s were", s->redirects == 1 ? "" : "s",
			  s->redirects == 1 ? "was" : "were");
}

static void head(const struct text_out *out, const struct result *r,
		 const struct run_meta *meta, const struct run_closing *closing)
{
	const struct metrics *s = &r->summary;
	char a[UNITS_BYTES], b[UNITS_BYTES], c[UNITS_BYTES], d[UNITS_BYTES + 16], ok[UNITS_BYTES + 32] = "", load[3 * RESULT_LEVEL], spoken[128];
	const char *http;

	figure_load(r, meta, load, sizeof load);
	http = figure_http(r, spoken, sizeof spoken);
	text_line(out, TEXT_BOLD, "brunt %s" DOT "%s" DOT "%s", meta->version, meta->scenario,
		  meta->target);
	text_line(out, TEXT_PLAIN, "%s measured" DOT "%s%s%s" DOT "seed %llu" DOT "%s%s",
		  units_format_duration(r->duration_us * 1000, a), load,
		  http ? DOT : "", http ? http : "",
		  (unsigned long long)meta->seed,
		  meta->started_at, closing->partial ? DOT "interrupted: a partial result" : "");
	if (*closing->incomplete)
		text_line(out, TEXT_ALARM, "%s", closing->incomplete);
	text_line(out, TEXT_PLAIN, "%s", "");
	text_line(out, TEXT_PLAIN, "requests   %llu   succeeded %llu (%s)   failed %llu   censored %llu%s",
		  (unsigned long long)s->requests, (unsigned long long)s->succeeded,
		  or_dash(figure_percent(s->succeeded, s->requests, a)), (unsigned long long)s->failed,
		  (unsigned long long)s->censored, timed_out(r, d));
	/* Errors are quick answers too, and no gain. */
	if (s->ok != s->answered && rate(s->ok, s->seconds, a))
		snprintf(ok, sizeof ok, " (%s succeeded)", a);
	text_line(out, TEXT_PLAIN, "rate       %s requests/s%s   received %s   sent %s",
		  or_dash(rate(s->answered, s->seconds, a)), ok, units_format_bytes(s->bytes_in, b),
		  units_format_bytes(s->bytes_out, c));
	redirected(out, s);
	if (late(r))
		text_line(out, TEXT_PLAIN, "           %llu answer%s came while draining",
			  (unsigned long long)late(r), late(r) == 1 ? "" : "s");
	if (s->censored_age.count)
		text_line(out, TEXT_PLAIN, "censored   %llu cut off or timed out, counted at their age: at least %s",
			  (unsigned long long)s->censored, duration(&s->censored_age, (double)s->censored_age.min_us, a));
}

/* --- latency -------------------------------------------------------------- */

static void latency_row(const struct table *t, const char *name, const struct dist *d)
{
	const double us[] = {(double)d->min_us,  d->mean_us,         (double)d->p50_us,
			     (double)d->p75_us,  (double)d->p90_us,  (double)d->p95_us,
			     (double)d->p99_us,  (double)d->p999_us, (double)d->max_us};
	enum { N = sizeof us / sizeof *us };
	char text[N][UNITS_BYTES];
	const char *cell[N + 1] = {name};

	for (int i = 0; i < N; i++)
		cell[i + 1] = duration(d, us[i], text[i]);
	text_table_row(t, cell);
}

static void latency_table(const struct text_out *out, struct table *t)
{
	static const struct column column[] = {
		{"", 8, 0, true},       {"min", 8, 6, false},  {"mean", 8, 5, false},
		{"p50", 8, 1, false},   {"p75", 8, 9, false},  {"p90", 8, 7, false},
		{"p95", 8, 3, false},   {"p99", 8, 2, false},  {"p99.9", 8, 8, false},
		{"max", 8, 4, false},
	};

	text_line(out, TEXT_PLAIN, "%s", "");
	text_table_init(t, out, column, sizeof column / sizeof *column);
	text_table_head(t);
}

static void row_if(const struct table *t, const char *name, const struct dist *d)
{
	if (d->count)
		latency_row(t, name, d);
}

static void latency(const struct text_out *out, const struct metrics *s)
{
	struct table t;

	latency_table(out, &t);
	latency_row(&t, "response", &s->latency);
	latency_row(&t, "service", &s->service);
	latency_row(&t, "queue", &s->queue);
	row_if(&t, "failed", &s->failed_latency);
}

static void intervals(const struct text_out *out, const struct metrics *s)
{
	char p50[CELL], p95[CELL], p99[CELL];

	if (!s->latency.count)
		return;
	figure_interval(&s->p50, s, p50, sizeof p50);
	figure_interval(&s->p95, s, p95, sizeof p95);
	figure_interval(&s->p99, s, p99, sizeof p99);
	text_line(out, TEXT_PLAIN, "95 %% sure  p50 %s   p95 %s   p99 %s", p50, p95, p99);
}

/* --- model serving -------------------------------------------------------- */

static const char *number(double value, char out[UNITS_BYTES])
{
	if (isnan(value))
		return NULL;
	snprintf(out, UNITS_BYTES, "%.0f", value);
	return out;
}

static void times(const struct text_out *out, const struct metrics *s)
{
	struct table t;

	if (!(s->ttft.count + s->ttfo.count + s->tpot.count + s->itl.count +
	      s->hit_latency.count + s->miss_latency.count))
		return;
	latency_table(out, &t);
	row_if(&t, "ttft", &s->ttft);
	row_if(&t, "ttfo", &s->ttfo);
	row_if(&t, "tpot", &s->tpot);
	row_if(&t, "itl", &s->itl);
	row_if(&t, "hit", &s->hit_latency);
	row_if(&t, "miss", &s->miss_latency);
}

static void tokens(const struct text_out *out, const struct metrics *s)
{
	char in[UNITS_BYTES], made[UNITS_BYTES], rate_text[UNITS_BYTES];

	if (isnan(s->tokens_in) && isnan(s->tokens_out))
		return;
	text_line(out, TEXT_PLAIN, "tokens     in %s   out %s   %s output tokens/s%s",
		  or_dash(number(s->tokens_in, in)), or_dash(number(s->tokens_out, made)),
		  isnan(s->output_tokens_per_s)
			  ? DASH
			  : units_format_rate(s->output_tokens_per_s, rate_text),
		  s->token_source == TOKENS_FROM_EVENTS ? "   (events, where the server gave no usage)"
							: "");
}

static void times_of(const struct dist *d, const char *name, char out[UNITS_BYTES + 16])
{
	if (d->count)
		snprintf(out, UNITS_BYTES + 16, "   %s n = %llu", name, (unsigned long long)d->count);
}

static void streams(const struct text_out *out, const struct metrics *s)
{
	char events[UNITS_BYTES] = DASH, n[3][UNITS_BYTES + 16] = {"", "", ""};

	if (!s->streams)
		return;
	if (s->reads)
		snprintf(events, sizeof events, "%.1f", (double)s->events / (double)s->reads);
	/* What of the times above is not of each stream once. */
	times_of(&s->ttfo, "ttfo", n[0]);
	times_of(&s->tpot, "tpot", n[1]);
	times_of(&s->itl, "itl", n[2]);
	text_line(out, TEXT_PLAIN, "streams    %llu   events %llu   %s events a read%s%s%s",
		  (unsigned long long)s->streams, (unsigned long long)s->events, events, n[0], n[1], n[2]);
}

static void serving(const struct text_out *out, const struct metrics *s)
{
	uint64_t told = s->cache_hits + s->cache_misses;
	char text[UNITS_BYTES];

	times(out, s);
	if (s->streams || told || !isnan(s->tokens_in) || !isnan(s->tokens_out) ||
	    !isnan(s->quality) || !isnan(s->goodput_rps))
		text_line(out, TEXT_PLAIN, "%s", "");
	streams(out, s);
	tokens(out, s);
	if (!isnan(s->quality))
		text_line(out, TEXT_PLAIN, "quality    %.1f of 100   n = %llu", floor(s->quality * 10) / 10,
			  (unsigned long long)s->checked);
	if (told)
		text_line(out, TEXT_PLAIN, "cache      %s hits   hits %llu   misses %llu",
			  figure_percent(s->cache_hits, told, text), (unsigned long long)s->cache_hits,
			  (unsigned long long)s->cache_misses);
	if (!isnan(s->goodput_rps))
		text_line(out, TEXT_PLAIN, "goodput    %s requests/s that meet the SLOs",
			  units_format_rate(s->goodput_rps, text));
}

static void interval_line(const struct text_out *out, const struct result_slo *s)
{
	char low[UNITS_BYTES], high[UNITS_BYTES];

	if (isnan(s->low) || isnan(s->high))
		return;
	slo_format(&s->slo, s->low, low, sizeof low);
	slo_format(&s->slo, s->high, high, sizeof high);
	text_line(out, TEXT_DIM, "  95 %% sure: %s to %s", low, high);
}

static void slos(const struct text_out *out, const struct result *r)
{
	static const char *const verdict[] = {"pass", "FAIL", "inconclusive"};
	static const enum text_style style[] = {TEXT_PLAIN, TEXT_ALARM, TEXT_BOLD};
	static const struct column column[] = {
		{"slo", 40, 2, true}, {"value", 12, 1, false}, {"n", 9, 3, false}, {"", 2, 1, true},
		{"verdict", 13, 0, true},
	};
	struct table t;

	if (!r->slo_count)
		return;
	text_line(out, TEXT_PLAIN, "%s", "");
	text_table_init(&t, out, column, sizeof column / sizeof *column);
	text_table_head(&t);
	for (int i = 0; i < r->slo_count; i++) {
		const struct result_slo *s = &r->slo[i];
		char name[SLO_TEXT + SLO_TASK_NAME + 2], value[UNITS_BYTES], n[UNITS_BYTES], needs[CELL + UNITS_BYTES], why[SLO_WHY_TEXT];

		figure_slo(&s->slo, name, sizeof name);
		slo_format(&s->slo, s->value, value, sizeof value);
		const char *cell[] = {name, value, count(s->n, n), "", verdict[s->verdict]};

		text_table_styled(&t, style[s->verdict], cell);
		/* Those of percentiles are beside them already. */
		if (s->slo.metric >= SLO_TIMES || s->slo.statistic == SLO_MEAN)
			interval_line(out, s);
		slo_format_why(&s->why, why);
		if (*why)
			text_line(out, TEXT_DIM, "  inconclusive: %s", why);
		slo_format_needs(&s->needs, false, needs, sizeof needs);
		if (*needs)
			text_line(out, TEXT_DIM, "  %s", needs);
	}
}

/* --- tasks ---------------------------------------------------------------- */

static void tasks(const struct text_out *out, const struct result *r,
		  const struct run_meta *meta)
{
	struct column column[] = {
		{"task", 4, 0, true},      {"requests", 10, 2, false}, {"req/s", 8, 3, false},
		{"success", 9, 4, false}, {"p50", 8, 5, false},       {"p95", 8, 1, false},
		{"p99", 8, 6, false},     {"max", 8, 7, false},
	};
	struct table t;
	/* What the other columns leave of 80. */
	int most = out->columns > DEFAULT_COLUMNS ? out->columns - DEFAULT_COLUMNS + 21 : 21;

	if (r->task_count < 2 || meta->task_count < r->task_count)
		return;
	for (int i = 0; i < r->task_count; i++) {
		int width = utf8_cells(meta->task_name[i]);

		column[0].width = width > column[0].width ? width : column[0].width;
	}
	if (column[0].width > most)
		column[0].width = most;
	text_line(out, TEXT_PLAIN, "%s", "");
	text_table_init(&t, out, column, sizeof column / sizeof *column);
	text_table_head(&t);
	for (int i = 0; i < r->task_count; i++) {
		const struct metrics *m = &r->task[i];
		const struct dist *d = &m->latency;
		char text[7][UNITS_BYTES];
		const char *cell[] = {
			meta->task_name[i],
			count(m->requests, text[0]),
			rate(m->answered, m->seconds, text[1]),
			figure_percent(m->succeeded, m->requests, text[2]),
			duration(d, (double)d->p50_us, text[3]),
			duration(d, (double)d->p95_us, text[4]),
			duration(d, (double)d->p99_us, text[5]),
			duration(d, (double)d->max_us, text[6]),
		};

		text_table_row(&t, cell);
	}
}

/* --- phases --------------------------------------------------------------- */

static void phase_row(const struct table *t, const char *name, enum snap_band band, const struct snap_parts *p)
{
	char text[REQ_PHASES][UNITS_BYTES], number[UNITS_BYTES], of[UNITS_BYTES + 4];
	const char *cell[REQ_PHASES + 3] = {band == BAND_P50 ? name : "", band == BAND_P50 ? "p50" : "p95"};

	for (int i = 0; i < REQ_PHASES; i++)
		cell[i + 2] = p->us[band][i] >= 0.5F
				      ? units_format_duration((int64_t)llround((double)p->us[band][i]) * 1000, text[i]) : NULL;
	snprintf(of, sizeof of, "of %s", units_format_count(p->requests, number));
	cell[REQ_PHASES + 2] = band == BAND_P50 ? figure_percent(p->connected, p->requests, number) : of;
	text_table_row(t, cell);
}

/* What the requests about a percentile were made of. */
void result_text_phases(const struct text_out *out, const struct result *r, const struct run_meta *meta)
{
	struct column column[] = {
		{"phases", 7, 0, true}, {"about", 6, 0, true},
#define X(id, name, help) {name, 8, REQ_##id == REQ_DNS ? 8 : REQ_##id == REQ_TLS ? 7 : 1, false},
		SNAP_PARTS(X)
#undef X
		{"new", 8, 6, false},
	};
	bool several = r->task_count > 1 && meta->task_count >= r->task_count;
	struct table t;

	if (!r->parts.requests)
		return;
	for (int i = 0; several && i < r->task_count; i++)
		if (utf8_cells(meta->task_name[i]) + 1 > column[0].width)
			column[0].width = utf8_cells(meta->task_name[i]) + 1;
	if (out->columns <= DEFAULT_COLUMNS && column[0].width > MOST_NAME)
		column[0].width = MOST_NAME;
	text_line(out, TEXT_PLAIN, "%s", "");
	text_table_init(&t, out, column, sizeof column / sizeof *column);
	text_table_head(&t);
	for (int i = several ? 0 : r->task_count; i <= r->task_count; i++)
		for (int b = 0; b < BANDS; b++)
			if (i == r->task_count || r->task_parts[i].requests)
				phase_row(&t, i < r->task_count ? meta->task_name[i] : "all", (enum snap_band)b,
					  i < r->task_count ? &r->task_parts[i] : &r->parts);
	text_line(out, TEXT_DIM, "the mean of the requests ranked 45" DASH "55 %%, 93" DASH "97 %%; new: made a connection");
}

/* --- operating points ----------------------------------------------------- */

static void point_row(const struct table *t, const struct result_point *p)
{
	const struct metrics *m = &p->metrics;
	const struct dist *d = &m->latency;
	char at[UNITS_BYTES], words[RESULT_LEVEL], level[RESULT_LEVEL + 4], settled[UNITS_BYTES], text[7][UNITS_BYTES];

	snprintf(level, sizeof level, "%s%s", p->ramp ? "to " : "", result_level(p, words));
	const char *cell[] = {
		units_format_elapsed(p->t_us * 1000, at),
		level,
		p->settled_us ? units_format_duration(p->settled_us * 1000, settled) : NULL,
		count(m->requests, text[0]),
		m->seconds >= RATE_LEAST_S ? rate(m->ok, m->seconds, text[1]) : NULL,
		figure_failed_share(m, text[2]),
		duration(d, (double)d->p50_us, text[3]),
		duration(d, (double)d->p95_us, text[4]),
		duration(d, (double)d->p99_us, text[5]),
		p->incomplete ? " samples lost" : p->client_bound ? " client-bound" : p->altered ? " altered" : "",
	};
	text_table_row(t, cell);
}

/* It did not last longer than it took to settle, so nothing was counted. */
static bool all_settling(const struct result_point *p)
{
	return !p->metrics.requests && !p->settled_us;
}

/* Point `i` or, of several that were all settling, all of them; returns how many. */
static int points_row(const struct table *t, const struct result *r, int i)
{
	char at[UNITS_BYTES], level[RESULT_LEVEL], longer[UNITS_BYTES];
	int64_t longest_us = US_PER_S; /* no settling time is shorter */
	int n = 0;

	for (; i + n < r->point_count && all_settling(&r->point[i + n]); n++)
		if (r->point[i + n].settling_us > longest_us)
			longest_us = r->point[i + n].settling_us;
	if (!n) {
		point_row(t, &r->point[i]);
		return 1;
	}
	if (n == 1)
		result_level(&r->point[i], level);
	else
		snprintf(level, sizeof level, "%d loads", n);
	text_line(t->out, TEXT_DIM, "%-8s%s, all settling, which took up to %s",
		  units_format_elapsed(r->point[i].t_us * 1000, at), level,
		  units_format_duration(longest_us * 1000, longer));
	return n;
}

static bool points_failed(const struct result *r)
{
	for (int i = 0; i < r->point_count; i++)
		if (r->point[i].metrics.failed + r->point[i].metrics.censored)
			return true;
	return false;
}

static void points(const struct text_out *out, const struct result *r)
{
	bool any = points_failed(r);
	const struct column column[] = {
		{"from", 8, 0, true},      {"load", 11, 1, true},     {"settled", 8, 7, false},
		{"requests", 9, 5, false}, {"ok/s", 8, 3, false},     {"failed", 9, any ? 3 : 6, false},
		{"p50", 8, 4, false},      {"p95", 8, 2, false},      {"p99", 8, 8, false},
		{"", 13, 9, true},
	};
	struct table t;
	int skip = r->point_count > MOST_POINTS ? r->point_count - MOST_POINTS : 0;

	/* One point is the summary again. */
	if (r->point_count < 2)
		return;
	text_line(out, TEXT_PLAIN, "%s", "");
	text_table_init(&t, out, column, sizeof column / sizeof *column);
	text_table_head(&t);
	if (skip)
		text_line(out, TEXT_DIM, ELLIPSIS " %d earlier", skip);
	for (int i = skip; i < r->point_count;)
		i += points_row(&t, r, i);
}

/* --- tasks beside each other ---------------------------------------------- */

static void beside_row(const struct table *t, const struct snap_beside *b, const struct run_meta *meta)
{
	char task[2 * CELL], with[2 * CELL] = "", level[UNITS_BYTES], load[CELL], text[6][UNITS_BYTES], ratio[CELL];
	size_t used = 0;

	snprintf(task, sizeof task, "%s", b->task < meta->task_count ? meta->task_name[b->task] : "");
	for (int i = 0; i < meta->task_count && i < SNAP_TASKS && used < sizeof with; i++)
		if (b->added >> i & 1)
			used += (size_t)snprintf(with + used, sizeof with - used, "%s%s", used ? ", " : "", meta->task_name[i]);
	units_format_level(b->level, level);
	snprintf(load, sizeof load, b->mode == MODE_OPEN ? "%s/s" : "%s", level);
	snprintf(ratio, sizeof ratio, "%.2f", b->without.p95_us > 0 ? (double)b->with.p95_us / (double)b->without.p95_us : NAN);
	const char *cell[] = {
		task, " ", with, load, b->others ? "beside" : "alone",
		units_format_duration(b->without.p95_us * 1000, text[0]), count(b->without.timed, text[1]),
		units_format_duration(b->with.p95_us * 1000, text[2]), count(b->with.timed, text[3]),
		b->without.p95_us > 0 ? ratio : NULL,
	};
	text_table_row(t, cell);
}

/* "p95 of A alone and with B". */
void result_text_beside(const struct text_out *out, const struct result *r, const struct run_meta *meta)
{
	struct column column[] = {
		{"p95 of", 7, 0, true}, {"", 1, 0, true}, {"with", 5, 0, true}, {"load", 6, 5, false}, {"", 8, 6, false},
		{"without", 9, 1, false}, {"n", 7, 4, false}, {"with", 9, 1, false}, {"n", 7, 3, false}, {"ratio", 7, 2, false},
	};
	int longest = 0;
	struct table t;

	if (!r->beside_count)
		return;
	for (int i = 0; i < meta->task_count; i++)
		if (utf8_cells(meta->task_name[i]) > longest)
			longest = utf8_cells(meta->task_name[i]);
	longest = out->columns <= DEFAULT_COLUMNS && longest > MOST_NAME ? MOST_NAME : longest;
	column[0].width = column[2].width = longest > 7 ? longest : 7;
	text_line(out, TEXT_PLAIN, "%s", "");
	text_table_init(&t, out, column, sizeof column / sizeof *column);
	text_table_head(&t);
	for (int i = 0; i < r->beside_count; i++)
		beside_row(&t, &r->beside[i], meta);
}

/* --- sweep ---------------------------------------------------------------- */

void result_text_sweep(const struct text_out *out, const struct result *r)
{
	char text[SNAP_SWEEP];

	if (r->sweep.state != SNAP_SWEPT)
		return;
	text_line(out, TEXT_PLAIN, "%s", "");
	text_wrap(out, 11, "sweep      %s", signs_set(r->sweep.text, &signs_unicode, text, sizeof text));
}

void result_text_tried(const struct text_out *out, const struct result *r)
{
	char text[REC_TEXT_MAX + 1];

	for (int i = 0, told = 0; i < TRIAL_AXES; i++) {
		if (r->tried[i].state != SNAP_TRIED)
			continue;
		if (!told++)
			text_line(out, TEXT_PLAIN, "%s", "");
		text_wrap(out, 11, "tried      %s: %s", trial_axis_name((enum trial_axis)i),
			  signs_set(r->tried[i].text, &signs_unicode, text, sizeof text));
	}
}

/* --- modes ---------------------------------------------------------------- */

static const struct result_point *point_at(const struct result *r, int64_t t_us)
{
	for (int i = 0; i < r->point_count; i++)
		if (r->point[i].t_us == t_us)
			return &r->point[i];
	return NULL;
}

/* Of each load that had several; nothing is said of one. */
void result_text_modes(const struct text_out *out, const struct result *r, const struct run_meta *meta)
{
	if (r->modes_count)
		text_line(out, TEXT_PLAIN, "%s", "");
	for (int i = 0; i < r->modes_count; i++) {
		const struct result_modes *m = &r->modes[i];
		const struct result_point *p = point_at(r, m->t_us);
		char level[RESULT_LEVEL] = "";

		if (p && r->point_count > 1)
			result_level(p, level);
		text_wrap(out, 11, "modes      %s%s%s%s%s", level, *level ? ": " : "",
			  m->task >= 0 && m->task < meta->task_count ? meta->task_name[m->task] : "",
			  m->task >= 0 ? ": " : "", m->sentence);
	}
}

/* --- errors --------------------------------------------------------------- */

static void errors(const struct text_out *out, const struct result *r)
{
	struct column column[] = {
		{"error", 13, 0, true}, {"code", 5, 4, true},  {"count", 8, 1, false},
		{"when", 15, 3, false}, {"", 2, 2, true},      {"message", 0, 2, true},
	};
	struct table t;
	int shown = r->error_count < MOST_ERRORS ? r->error_count : MOST_ERRORS, room;

	if (!r->error_count)
		return;
	for (int i = 0; i < shown; i++) {
		int wide = (int)strlen(error_code_text(r->error[i].error, r->error[i].code, (char[ERROR_CODE_TEXT]){0}));

		column[1].width = wide > column[1].width ? wide : column[1].width;
	}
	/* The message takes what the others leave. */
	room = out->columns - 38 - column[1].width;
	column[5].width = room > 15 ? room : 15;
	text_line(out, TEXT_PLAIN, "%s", "");
	text_table_init(&t, out, column, sizeof column / sizeof *column);
	text_table_head(&t);
	for (int i = 0; i < shown; i++) {
		const struct result_error *e = &r->error[i];
		char message[REC_TEXT_MAX + 32];
		char code[ERROR_CODE_TEXT], n[UNITS_BYTES], first[UNITS_BYTES], last[UNITS_BYTES], when[CELL];

		error_code_text(e->error, e->code, code);
		if (e->alike > 1)
			snprintf(message, sizeof message, "%u%s alike: %s", e->alike,
				 e->alike < SNAP_ALIKE ? "" : "+", e->message);
		else
			snprintf(message, sizeof message, "%s", e->message);
		units_format_elapsed(e->first_us * 1000, first);
		units_format_elapsed(e->last_us * 1000, last);
		if (strcmp(first, last))
			snprintf(when, sizeof when, "%s" DASH "%s", first, last);
		else
			snprintf(when, sizeof when, "%s", first);
		const char *cell[] = {error_class_name(e->error), *code ? code : NULL,
				      count(e->count, n), when, "", message};
		text_table_row(&t, cell);
	}
	if (shown < r->error_count)
		text_line(out, TEXT_DIM, ELLIPSIS " %d more kinds", r->error_count - shown);
}

/* --- books and client ----------------------------------------------------- */

static void books(const struct text_out *out, const struct result *r,
		  const struct run_closing *closing)
{
	enum text_style style = r->balanced ? TEXT_PLAIN : TEXT_ALARM;
	const char *verdict = r->balanced ? "" : ": THE BOOKS DO NOT BALANCE";
	uint32_t kept = r->gauge.held;
	char held[64] = "";

	text_line(out, TEXT_PLAIN, "%s", "");
	if (!r->balanced && *closing->incomplete) {
		text_line(out, TEXT_PLAIN,
			  "books: open, the recording has no end: succeeded %llu + failed %llu + censored %llu",
			  (unsigned long long)r->succeeded, (unsigned long long)r->failed,
			  (unsigned long long)r->censored);
		return;
	}
	if (kept && kept != GAUGE_UNKNOWN)
		snprintf(held, sizeof held, " (%u for --max-in-flight %u)", kept, r->gauge.in_flight_limit);
	text_line(out, style, "books: planned = %llu = waiting %llu%s + started %llu%s",
		  (unsigned long long)r->planned, (unsigned long long)r->waiting, held,
		  (unsigned long long)r->started, verdict);
	text_line(out, style, "       started = %llu = succeeded %llu + failed %llu + censored %llu",
		  (unsigned long long)r->started, (unsigned long long)r->succeeded,
		  (unsigned long long)r->failed, (unsigned long long)r->censored);
}

static void client(const struct text_out *out, const struct result *r,
		   const struct run_closing *closing)
{
	const struct dist *queue = &r->summary.queue;
	char cpu[UNITS_BYTES] = DASH, p99[UNITS_BYTES], held[96] = "";

	if (r->held)
		snprintf(held, sizeof held, DOT "%llu request%s waited for --max-in-flight", (unsigned long long)r->held,
			 r->held == 1 ? "" : "s");
	if (isfinite(closing->worker_cpu_pct))
		snprintf(cpu, sizeof cpu, "%.0f %%", closing->worker_cpu_pct);
	if (closing->client_bound)
		text_line(out, TEXT_ALARM, "client: brunt itself was the limit: %s",
			  closing->evidence);
	else
		text_line(out, TEXT_PLAIN,
			  "client: %s" DOT "busiest worker %s of a core" DOT "queue p99 %s%s",
			  closing->known ? "ok" : DASH, cpu,
			  or_dash(duration(queue, (double)queue->p99_us, p99)), held);
	if (r->gauge.record_lost)
		text_line(out, TEXT_ALARM, "run file: %llu records did not get into it",
			  (unsigned long long)r->gauge.record_lost);
}

void result_text(FILE *file, const struct result *r, const struct run_meta *meta,
		 const struct run_closing *closing, int columns, bool color)
{
	const struct text_out out = {file, columns > 0 ? columns : DEFAULT_COLUMNS, color, NULL};

	head(&out, r, meta, closing);
	latency(&out, &r->summary);
	intervals(&out, &r->summary);
	serving(&out, &r->summary);
	advice_text(&out, &r->advice);
	server_text(&out, &r->server);
	slos(&out, r);
	tasks(&out, r, meta);
	result_text_phases(&out, r, meta);
	points(&out, r);
	marks_text(&out, r);
	result_text_beside(&out, r, meta);
	result_text_modes(&out, r, meta);
	scaling_text(&out, &r->scaling);
	result_text_sweep(&out, r);
	result_text_tried(&out, r);
	errors(&out, r);
	books(&out, r, closing);
	client(&out, r, closing);
	diagnosis_text(&out, &r->diagnosis);
}
