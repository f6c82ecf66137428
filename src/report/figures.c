#include "figures.h"

#include <math.h>
#include <stdio.h>

#include "base/clock.h"

#define DASH "\xe2\x80\x93"

const char *figure_percent(uint64_t part, uint64_t whole, char out[UNITS_BYTES])
{
	if (!whole)
		return NULL;
	if (part == whole)
		snprintf(out, UNITS_BYTES, "100 %%");
	else
		snprintf(out, UNITS_BYTES, "%.2f %%",
			 floor((double)part / (double)whole * 1e4) / 1e2);
	return out;
}

const char *figure_failed_share(const struct metrics *m, char out[UNITS_BYTES])
{
	uint64_t failed = m->failed + m->censored;

	if (!m->requests)
		return NULL;
	if (!failed || failed == m->requests)
		snprintf(out, UNITS_BYTES, failed ? "100 %%" : "0 %%");
	else if ((double)failed < 1e-4 * (double)m->requests)
		snprintf(out, UNITS_BYTES, "<0.01 %%");
	else
		snprintf(out, UNITS_BYTES, "%.2f %%", ceil((double)failed / (double)m->requests * 1e4) / 1e2);
	return out;
}

void figure_load(const struct result *r, const struct run_meta *meta, char *out, size_t bytes)
{
	/* A run that ended in its warm-up has no point. */
	const struct result_point asked = {
		.mode = meta->mode, .level = meta->mode == MODE_OPEN ? meta->rate_rps : meta->concurrency};
	const struct result_point *p = r->point_count ? &r->point[0] : &asked;
	char from[UNITS_BYTES], level[RESULT_LEVEL];
	int n = 0;

	if (p->ramp)
		n = snprintf(out, bytes, "%s to ", units_format_level(p->from, from));
	n += snprintf(out + n, bytes - (size_t)n, "%s", result_level(p, level));
	if (p->mode == MODE_OPEN && meta->arrival)
		n += snprintf(out + n, bytes - (size_t)n, " %s", meta->arrival);
	if (r->point_count > 1)
		snprintf(out + n, bytes - (size_t)n, ", +%d load%s", r->point_count - 1, r->point_count == 2 ? "" : "s");
}

void figure_interval(const struct interval *i, const struct metrics *s, char *out, size_t bytes)
{
	char low[UNITS_BYTES], high[UNITS_BYTES];
	double per_s = s->seconds > 0 ? (double)s->latency.count / s->seconds : 0;

	if (i->known)
		snprintf(out, bytes, "%s to %s", units_format_duration(i->low_us * NS_PER_US, low),
			 units_format_duration(i->high_us * NS_PER_US, high));
	else if (i->more > 0 && per_s > 0)
		snprintf(out, bytes, DASH " (%s more)",
			 units_format_duration((int64_t)(i->more / per_s * (double)NS_PER_S), low));
	else
		snprintf(out, bytes, DASH);
}

void figure_slo(const struct slo *slo, char *out, size_t bytes)
{
	char text[SLO_TEXT];

	slo_full_text(slo, text);
	snprintf(out, bytes, "%s", text);
}

const char *figure_http(const struct result *r, char *out, size_t bytes)
{
	uint64_t opened = r->summary.connect.count;
	int n;

	if (!r->http2_answers)
		return NULL;
	n = snprintf(out, bytes, "HTTP/%s, %llu connection%s opened", result_http_version(r), (unsigned long long)opened,
		     opened == 1 ? "" : "s");
	if (!isnan(r->in_flight_mean) && n >= 0 && (size_t)n < bytes)
		snprintf(out + n, bytes - (size_t)n, ", %.1f requests in flight", r->in_flight_mean);
	return out;
}
