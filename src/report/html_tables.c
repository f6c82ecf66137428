#include "html_tables.h"

#include <math.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/units.h"
#include "figures.h"
#include "html_out.h"
#include "metrics/error_code.h"

#define POINTS_MOST 200 /* rows of operating points, the last ones */
#define CELLS 12
#define COUNT_OF(array) ((int)(sizeof(array) / sizeof *(array)))

static const char *duration(const struct dist *d, double us, char out[UNITS_BYTES])
{
	return d->count ? units_format_duration(llround(us * (double)NS_PER_US), out) : NULL;
}

static const char *rate(uint64_t n, double seconds, char out[UNITS_BYTES])
{
	return seconds > 0 ? units_format_rate((double)n / seconds, out) : NULL;
}

static const char *whole(uint64_t n, char out[UNITS_BYTES])
{
	snprintf(out, UNITS_BYTES, "%llu", (unsigned long long)n);
	return out;
}

/* --- SLOs ----------------------------------------------------------------- */

void html_slos(FILE *out, const struct result *r)
{
	static const struct html_column column[] = {{"Objective", 1}, {"Value", 0}, {"n", 0}, {"Verdict", 0}};
	static const char *const verdict[] = {"\xe2\x9c\x93 pass", "\xe2\x9c\x97 fail", "? inconclusive"};

	if (!r->slo_count)
		return;
	html_table_begin(out, "Service level objectives", column, COUNT_OF(column));
	for (int i = 0; i < r->slo_count; i++) {
		const struct result_slo *s = &r->slo[i];
		char name[SLO_TEXT + SLO_TASK_NAME + 2], value[UNITS_BYTES], n[UNITS_BYTES], needs[SLO_TEXT], why[SLO_WHY_TEXT], said[SLO_TEXT + SLO_WHY_TEXT + 32];

		figure_slo(&s->slo, name, sizeof name);
		slo_format(&s->slo, s->value, value, sizeof value);
		slo_format_needs(&s->needs, false, needs, sizeof needs);
		slo_format_why(&s->why, why);
		snprintf(said, sizeof said, "%s%s%s%s%s", verdict[s->verdict], *why ? ": " : "", why, *needs ? "; " : "", needs);
		const char *cell[] = {name, value, whole(s->n, n), said};

		html_table_row(out, slo_verdict_name(s->verdict), column, COUNT_OF(column), cell);
	}
	html_table_end(out);
}

/* --- times ---------------------------------------------------------------- */

static const struct html_column times_column[] = {
	{"", 1},    {"count", 0}, {"mean", 0}, {"min", 0}, {"p50", 0},   {"p75", 0},
	{"p90", 0}, {"p95", 0},   {"p99", 0},  {"p99.9", 0}, {"max", 0},
};

static void times_row(FILE *out, const char *name, const struct dist *d)
{
	const double us[] = {d->mean_us,	(double)d->min_us, (double)d->p50_us,  (double)d->p75_us, (double)d->p90_us,
			     (double)d->p95_us, (double)d->p99_us, (double)d->p999_us, (double)d->max_us};
	char text[COUNT_OF(us)][UNITS_BYTES], count[UNITS_BYTES];
	const char *cell[COUNT_OF(us) + 2] = {name, whole(d->count, count)};

	if (!d->count)
		return;
	for (int i = 0; i < COUNT_OF(us); i++)
		cell[i + 2] = duration(d, us[i], text[i]);
	html_table_row(out, NULL, times_column, COUNT_OF(times_column), cell);
}

void html_times(FILE *out, const struct metrics *s)
{
	const struct {
		const char *name;
		const struct dist *dist;
	} row[] = {
		{"latency", &s->latency},	   {"service", &s->service},		{"queue", &s->queue},
		{"first byte (ttfb)", &s->ttfb},   {"connect", &s->connect},		{"TLS", &s->tls},
		{"first token (ttft)", &s->ttft},  {"first output (ttfo)", &s->ttfo},	{"per token (tpot)", &s->tpot},
		{"between tokens (itl)", &s->itl}, {"cache hits", &s->hit_latency},	{"cache misses", &s->miss_latency},
		{"failed", &s->failed_latency},
	};

	if (!s->requests)
		return;
	html_table_begin(out, "Times", times_column, COUNT_OF(times_column));
	for (int i = 0; i < COUNT_OF(row); i++)
		times_row(out, row[i].name, row[i].dist);
	html_table_end(out);
}

/* --- tasks ---------------------------------------------------------------- */

void html_tasks(FILE *out, const struct result *r, const struct run_meta *meta)
{
	static const struct html_column column[] = {
		{"task", 1}, {"requests", 0}, {"answers/s", 0}, {"success", 0}, {"p50", 0},
		{"p95", 0},  {"p99", 0},      {"max", 0},	{"ttft p95", 0}, {"quality", 0},
	};

	if (r->task_count < 2 || meta->task_count < r->task_count)
		return;
	html_table_begin(out, "Tasks", column, COUNT_OF(column));
	for (int i = 0; i < r->task_count; i++) {
		const struct metrics *m = &r->task[i];
		const struct dist *d = &m->latency;
		char text[CELLS][UNITS_BYTES], quality[UNITS_BYTES];

		snprintf(quality, sizeof quality, "%.1f", floor(m->quality * 10) / 10);
		const char *cell[] = {
			meta->task_name[i],
			whole(m->requests, text[0]),
			rate(m->answered, m->seconds, text[1]),
			figure_percent(m->succeeded, m->requests, text[2]),
			duration(d, (double)d->p50_us, text[3]),
			duration(d, (double)d->p95_us, text[4]),
			duration(d, (double)d->p99_us, text[5]),
			duration(d, (double)d->max_us, text[6]),
			duration(&m->ttft, (double)m->ttft.p95_us, text[7]),
			isnan(m->quality) ? NULL : quality,
		};

		html_table_row(out, NULL, column, COUNT_OF(column), cell);
	}
	html_table_end(out);
}

/* --- operating points ----------------------------------------------------- */

static const struct html_column points_column[] = {
	{"from", 1}, {"load", 1},      {"settled for", 0}, {"requests", 0}, {"ok/s", 0},
	{"failed", 0}, {"p50", 0}, {"p95", 0},	   {"p99", 0},	    {"", 1},
};

static void points_row(FILE *out, const struct result_point *p)
{
	const struct metrics *m = &p->metrics;
	const struct dist *d = &m->latency;
	char from[UNITS_BYTES], words[RESULT_LEVEL], level[RESULT_LEVEL + 4], text[CELLS][UNITS_BYTES];

	snprintf(level, sizeof level, "%s%s", p->ramp ? "to " : "", result_level(p, words));
	const char *cell[] = {
		units_format_elapsed(p->t_us * NS_PER_US, from),
		level,
		p->settled_us ? units_format_duration(p->settled_us * NS_PER_US, text[0]) : NULL,
		whole(m->requests, text[1]),
		rate(m->ok, m->seconds, text[2]),
		figure_failed_share(m, text[3]),
		duration(d, (double)d->p50_us, text[4]),
		duration(d, (double)d->p95_us, text[5]),
		duration(d, (double)d->p99_us, text[6]),
		p->incomplete ? "samples lost" : p->client_bound ? "client-bound" : "",
	};

	html_table_row(out, m->requests ? NULL : "dim", points_column, COUNT_OF(points_column), cell);
}

void html_points(FILE *out, const struct result *r)
{
	int skip = r->point_count > POINTS_MOST ? r->point_count - POINTS_MOST : 0;

	/* One point is the summary again. */
	if (r->point_count < 2)
		return;
	html_table_begin(out, "Operating points", points_column, COUNT_OF(points_column));
	for (int i = skip; i < r->point_count; i++)
		points_row(out, &r->point[i]);
	html_table_end(out);
	fputs("<p class=\"plain\">Without the settling time after each change of load.", out);
	if (skip)
		fprintf(out, " %d earlier ones are not shown.", skip);
	fputs("</p>\n", out);
}

/* --- marks ---------------------------------------------------------------- */

/* Their numbers are those in the pictures. */
void html_marks(FILE *out, const struct result *r)
{
	char at[UNITS_BYTES];

	if (!r->mark_count)
		return;
	fputs("<section><h2>Marks</h2><ol>\n", out);
	for (int i = 0; i < r->mark_count; i++) {
		fputs("<li>", out);
		html_element(out, "b", NULL, units_format_elapsed(r->mark[i].t_us * NS_PER_US, at));
		fputs(" ", out);
		html_text(out, r->mark[i].note);
		fputs("</li>\n", out);
	}
	fputs("</ol>", out);
	if (r->marks_left_out)
		fprintf(out, "<p class=\"plain\">%llu earlier one%s not shown.</p>", (unsigned long long)r->marks_left_out,
			r->marks_left_out == 1 ? " is" : "s are");
	fputs("</section>\n", out);
}

/* --- errors --------------------------------------------------------------- */

void html_errors(FILE *out, const struct result *r)
{
	static const struct html_column column[] = {
		{"error", 1}, {"code", 0}, {"count", 0}, {"first", 0}, {"last", 0}, {"message", 1},
	};

	if (!r->error_count)
		return;
	html_table_begin(out, "Errors", column, COUNT_OF(column));
	for (int i = 0; i < r->error_count; i++) {
		const struct result_error *e = &r->error[i];
		char code[ERROR_CODE_TEXT], count[UNITS_BYTES], first[UNITS_BYTES], last[UNITS_BYTES], message[REC_TEXT_MAX + 32];

		error_code_text(e->error, e->code, code);
		if (e->alike > 1)
			snprintf(message, sizeof message, "%u%s alike: %s", e->alike, e->alike < SNAP_ALIKE ? "" : "+", e->message);
		else
			snprintf(message, sizeof message, "%s", e->message);
		const char *cell[] = {
			error_class_name(e->error),
			*code ? code : NULL,
			whole(e->count, count),
			units_format_elapsed(e->first_us * NS_PER_US, first),
			units_format_elapsed(e->last_us * NS_PER_US, last),
			message,
		};

		html_table_row(out, NULL, column, COUNT_OF(column), cell);
	}
	html_table_end(out);
}
