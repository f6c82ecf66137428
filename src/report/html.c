#include "report/html.h"

#include <math.h>
#include <string.h>

#include "advice_out.h"
#include "base/clock.h"
#include "base/units.h"
#include "figures.h"
#include "diagnosis_put.h"
#include "html_out.h"
#include "html_over_time.h"
#include "html_phases.h"
#include "html_scaling.h"
#include "html_tables.h"
#include "html_words.h"
#include "result_parts.h"

static const char style[] =
#include "html.css.inc"
	;

/* --- head ----------------------------------------------------------------- */

static void fact(FILE *out, const char *name, const char *value)
{
	fputs("<div>", out);
	html_element(out, "dt", NULL, name);
	html_element(out, "dd", NULL, value);
	fputs("</div>", out);
}

/* Nothing is loaded and nothing runs, whatever a name or a message says: the browser is
 * told so as well. */
static void document_begin(FILE *out, const struct run_meta *meta)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\"><head><meta charset=\"utf-8\"/>"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
	      "base-uri 'none'; form-action 'none'\"/>"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>"
	      "<meta name=\"color-scheme\" content=\"light dark\"/><meta name=\"referrer\" content=\"no-referrer\"/>\n<title>", out);
	html_text(out, meta->scenario);
	fprintf(out, " \xe2\x80\x93 brunt</title>\n<style>\n%s</style></head>\n<body>\n", style);
}

/* "2026-11-23T14:02:07.123Z" as "2026-11-23 14:02:07 UTC". */
static void when(FILE *out, const char *started_at)
{
	char text[32];

	if (strlen(started_at) >= 19 && started_at[10] == 'T') {
		snprintf(text, sizeof text, "%.10s %.8s UTC", started_at, started_at + 11);
		started_at = text;
	}
	fact(out, "Started", started_at);
}

static void head(FILE *out, const struct result *r, const struct run_meta *meta)
{
	char text[256];

	fputs("<header>", out);
	html_element(out, "h1", NULL, meta->scenario);
	html_element(out, "p", NULL, meta->target);
	fputs("<dl class=\"facts\">", out);
	when(out, meta->started_at);
	fact(out, "Measured", units_format_duration(r->duration_us * NS_PER_US, text));
	figure_load(r, meta, text, sizeof text);
	fact(out, "Load", text);
	if (figure_http(r, text, sizeof text))
		fact(out, "Connections", text);
	snprintf(text, sizeof text, "%llu", (unsigned long long)meta->seed);
	fact(out, "Seed", text);
	for (char **label = meta->label; label && *label; label++) {
		const char *equals = strchr(*label, '=');

		snprintf(text, sizeof text, "%.*s", (int)(equals ? equals - *label : 0), *label);
		fact(out, text, equals ? equals + 1 : *label);
	}
	fputs("</dl></header>\n", out);
}

static void note(FILE *out, const char *class, const char *what, const char *text)
{
	fprintf(out, "<p class=\"%s\">", class);
	html_element(out, "b", NULL, what);
	fputs(" ", out);
	html_text(out, text);
	fputs("</p>\n", out);
}

static void warnings(FILE *out, const struct result *r, const struct run_closing *closing)
{
	char text[64];

	if (closing->partial)
		note(out, "note", "A partial result:", "the run was interrupted");
	if (*closing->incomplete)
		note(out, "note", "Incomplete:", closing->incomplete);
	if (closing->client_bound)
		note(out, "note bad", "brunt itself was the limit, not the target:", closing->evidence);
	if (!r->balanced && !*closing->incomplete)
		note(out, "note bad", "The books do not balance.", "That is a defect of brunt; trust no figure here");
	if (r->gauge.ring_dropped) {
		snprintf(text, sizeof text, "%llu, counted, but without a time", (unsigned long long)r->gauge.ring_dropped);
		note(out, "note", "Samples were lost:", text);
	}
}

/* --- summary -------------------------------------------------------------- */

#define MORE 128

static void card(FILE *out, const char *name, const char *value, const char *more)
{
	fputs("<div>", out);
	html_element(out, "dt", NULL, name);
	html_element(out, "dd", NULL, value);
	if (more)
		html_element(out, "dd", "more", more);
	fputs("</div>", out);
}

static void rate_card(FILE *out, const char *name, double per_s, const char *more)
{
	char text[UNITS_BYTES], value[UNITS_BYTES + 2];

	if (isnan(per_s))
		return;
	snprintf(value, sizeof value, "%s/s", units_format_rate(per_s, text));
	card(out, name, value, more);
}

static void time_card(FILE *out, const char *name, const struct dist *d, int64_t us, const char *more)
{
	char text[UNITS_BYTES];

	card(out, name, d->count ? units_format_duration(us * NS_PER_US, text) : NULL, more);
}

static void percentile_card(FILE *out, const char *name, const struct metrics *s, int64_t us, const struct interval *i)
{
	char range[64], more[96];

	if (i->known) {
		figure_interval(i, s, range, sizeof range);
		snprintf(more, sizeof more, "95 %% sure: %s", range);
	}
	time_card(out, name, &s->latency, us, i->known ? more : NULL);
}

static const char *of_n(uint64_t n, char out[MORE])
{
	snprintf(out, MORE, "n = %llu", (unsigned long long)n);
	return out;
}

static void cards(FILE *out, const struct metrics *s)
{
	uint64_t told = s->cache_hits + s->cache_misses;
	char text[UNITS_BYTES], more[MORE];

	fputs("<dl class=\"cards\">", out);
	snprintf(more, sizeof more, "%llu failed, %llu cut off or timed out", (unsigned long long)s->failed,
		 (unsigned long long)s->censored);
	card(out, "Requests", units_format_count(s->requests, text), more);
	card(out, "Success", figure_percent(s->succeeded, s->requests, text), NULL);
	snprintf(more, sizeof more, "%s answers/s of any status", units_format_rate((double)s->answered / s->seconds, text));
	rate_card(out, "Throughput", s->seconds > 0 ? (double)s->ok / s->seconds : (double)NAN, s->ok == s->answered ? NULL : more);
	rate_card(out, "Goodput", s->goodput_rps, "meet what the SLOs ask of each");
	percentile_card(out, "Latency p50", s, s->latency.p50_us, &s->p50);
	percentile_card(out, "Latency p95", s, s->latency.p95_us, &s->p95);
	percentile_card(out, "Latency p99", s, s->latency.p99_us, &s->p99);
	if (s->ttft.count)
		time_card(out, "First token p95", &s->ttft, s->ttft.p95_us, of_n(s->ttft.count, more));
	if (s->itl.count)
		time_card(out, "Between tokens p99", &s->itl, s->itl.p99_us, of_n(s->itl.count, more));
	rate_card(out, "Output tokens", s->output_tokens_per_s,
		  s->token_source == TOKENS_FROM_EVENTS ? "events, where the server gave no usage" : NULL);
	if (!isnan(s->quality)) {
		snprintf(text, sizeof text, "%.1f", floor(s->quality * 10) / 10);
		snprintf(more, sizeof more, "of 100, n = %llu", (unsigned long long)s->checked);
		card(out, "Quality", text, more);
	}
	if (told)
		card(out, "Cache hits", figure_percent(s->cache_hits, told, text), of_n(told, more));
	fputs("</dl>\n", out);
}

/* --- in the words of the summary ------------------------------------------- */

static void modes(FILE *out, const struct result *r, const struct run_meta *meta)
{
	struct html_words words;

	html_words_begin(&words, out, "Modes of the latency");
	result_text_modes(&words.out, r, meta);
	html_words_end(&words);
}

static void beside(FILE *out, const struct result *r, const struct run_meta *meta)
{
	struct html_words words;

	html_words_begin(&words, out, "Tasks beside each other");
	result_text_beside(&words.out, r, meta);
	html_words_end(&words);
}

static void tried(FILE *out, const struct result *r)
{
	struct html_words words;

	html_words_begin(&words, out, "Micro-experiments");
	result_text_tried(&words.out, r);
	html_words_end(&words);
}

static void cache(FILE *out, const struct result *r)
{
	struct html_words words;

	html_words_begin(&words, out, "What a cache would do");
	advice_text(&words.out, &r->advice);
	html_words_end(&words);
}

/* --- client --------------------------------------------------------------- */

static void percent_fact(FILE *out, const char *name, double pct, const char *of)
{
	char text[48];

	snprintf(text, sizeof text, "%.0f %% %s", pct, of);
	fact(out, name, isnan(pct) ? NULL : text);
}

static void client(FILE *out, const struct result *r, const struct run_closing *closing)
{
	const struct dist *queue = &r->summary.queue;
	char text[UNITS_BYTES], ratio[32];

	fputs("<section><h2>brunt itself</h2><dl class=\"columns\">", out);
	fact(out, "Verdict", closing->client_bound ? "client-bound" : closing->known ? "ok: not the limit" : NULL);
	percent_fact(out, "Process", closing->cpu_pct, "of a core");
	percent_fact(out, "Busiest worker", closing->worker_cpu_pct, "of a core");
	fact(out, "Queue p99", queue->count ? units_format_duration(queue->p99_us * NS_PER_US, text) : NULL);
	fact(out, "Event loop late by at most",
	     r->loop_late_max_us ? units_format_duration(r->loop_late_max_us * NS_PER_US, text) : NULL);
	fact(out, "Samples lost", units_format_count(r->gauge.ring_dropped, text));
	snprintf(ratio, sizeof ratio, "%.3f", r->littles_law_ratio);
	fact(out, "In flight / (rate \xc3\x97 service)", isnan(r->littles_law_ratio) ? NULL : ratio);
	fputs("</dl><p class=\"plain\">", out);
	fprintf(out, "Books: planned %llu = waiting %llu + started %llu; started = succeeded %llu + failed %llu + censored %llu, "
		"warm-up included%s.",
		(unsigned long long)r->planned, (unsigned long long)r->waiting, (unsigned long long)r->started,
		(unsigned long long)r->succeeded, (unsigned long long)r->failed, (unsigned long long)r->censored,
		r->balanced ? "" : *closing->incomplete ? "; open, for the recording has no end" : ": they do not balance");
	fputs("</p></section>\n", out);
}

void html_report(FILE *out, const struct result *r, const struct run_meta *meta, const struct run_closing *closing,
		 const struct timeline *timeline)
{
	document_begin(out, meta);
	head(out, r, meta);
	warnings(out, r, closing);
	diagnosis_html(out, &r->diagnosis);
	html_slos(out, r);
	cards(out, &r->summary);
	html_over_time(out, r, timeline);
	modes(out, r, meta);
	html_server(out, r, timeline);
	html_phases(out, r, meta);
	html_scaling(out, r);
	tried(out, r);
	html_times(out, &r->summary);
	html_tasks(out, r, meta);
	beside(out, r, meta);
	html_points(out, r);
	html_marks(out, r);
	html_errors(out, r);
	cache(out, r);
	client(out, r, closing);
	fputs("<footer>brunt ", out);
	html_text(out, meta->version);
	fputs(" \xc2\xb7 latency counts from when a request was due, with timeouts at their age; the warm-up is shown and "
	      "in no total.</footer>\n</body></html>\n", out);
}
