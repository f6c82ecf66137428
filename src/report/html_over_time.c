#include "html_over_time.h"

#include <math.h>

#include "base/clock.h"
#include "base/units.h"
#include "html_chart.h"
#include "html_words.h"
#include "server_out.h"

static double known_us(int64_t us)
{
	return us < 0 ? (double)NAN : (double)us;
}

#define OF_BIN(name, value)                                      \
	static double bin_##name(const struct timeline_bin *bin) \
	{                                                        \
		return value;                                    \
	}
OF_BIN(ok, bin->ok_rps)
OF_BIN(failed, bin->failed_rps)
OF_BIN(tokens, bin->tokens_rps)
OF_BIN(p50, known_us(bin->p50_us))
OF_BIN(p95, known_us(bin->p95_us))
OF_BIN(p99, known_us(bin->p99_us))
OF_BIN(ttft_p50, known_us(bin->ttft_p50_us))
OF_BIN(ttft_p95, known_us(bin->ttft_p95_us))
OF_BIN(users, bin->load[LOAD_USERS])
OF_BIN(in_flight, bin->load[LOAD_IN_FLIGHT])
OF_BIN(held, bin->load[LOAD_WAITING])
OF_BIN(running, bin->server[SERVER_RUNNING])
OF_BIN(waiting, bin->server[SERVER_WAITING])
OF_BIN(kv_use, bin->server[SERVER_KV_USE])
OF_BIN(hit_ratio, bin->server[SERVER_HIT_RATIO])

static const struct chart throughput = {
	"Throughput", CHART_RATE, "requests/s", 2, {{"succeeded", "ok", bin_ok}, {"failed", "bad", bin_failed}}};
static const struct chart latency = {
	"Latency", CHART_TIME, NULL, 3, {{"p50", "p50", bin_p50}, {"p95", "p95", bin_p95}, {"p99", "p99", bin_p99}}};
static const struct chart first_token = {
	"Time to first token", CHART_TIME, NULL, 2, {{"p50", "p50", bin_ttft_p50}, {"p95", "p95", bin_ttft_p95}}};
static const struct chart output_tokens = {"Output tokens", CHART_RATE, "tokens/s", 1, {{"all streams", "ok", bin_tokens}}};
static const struct chart load = {
	"Load", CHART_COUNT, NULL, 3, {{"users", "p95", bin_users}, {"in flight", "ok", bin_in_flight}, {"due, not sent", "bad", bin_held}}};
static const struct chart requests_there = {
	"Requests in the server", CHART_COUNT, NULL, 2, {{"running", "ok", bin_running}, {"waiting", "wait", bin_waiting}}};
static const struct chart caches_there = {
	"Caches of the server", CHART_SHARE, NULL, 2, {{"kv cache", "p95", bin_kv_use}, {"cache hits", "p50", bin_hit_ratio}}};

static const double *loads_of(const struct timeline_bin *bin)
{
	return bin->load;
}

static const double *server_of(const struct timeline_bin *bin)
{
	return bin->server;
}

static bool any_above(double least, const struct timeline *t, const double *(*of)(const struct timeline_bin *bin), int gauge)
{
	for (int i = 0; i < t->count; i++)
		if (of(&t->bin[i])[gauge] > least)
			return true;
	return false;
}

void html_over_time(FILE *out, const struct result *r, const struct timeline *t)
{
	const struct metrics *s = &r->summary;
	char each[UNITS_BYTES];

	fputs("<section class=\"charts\">\n", out);
	chart_over_time(out, &throughput, t, r);
	chart_over_time(out, &latency, t, r);
	/* A log of histograms knows of no load. */
	if (any_above(0, t, loads_of, LOAD_IN_FLIGHT))
		chart_over_time(out, &load, t, r);
	if (s->ttft.count)
		chart_over_time(out, &first_token, t, r);
	if (s->tokens_out > 0)
		chart_over_time(out, &output_tokens, t, r);
	chart_histogram(out, t, r);
	fputs("</section>\n<p class=\"plain\">", out);
	fprintf(out, "Over time: a value each %s. Dashed lines begin an operating point; shaded time is not measured%s.",
		units_format_duration(t->bin_us * NS_PER_US, each), r->mark_count ? "; numbers are of marks" : "");
	fputs("</p>\n", out);
}

void html_server(FILE *out, const struct result *r, const struct timeline *t)
{
	bool requests = any_above(-1, t, server_of, SERVER_RUNNING) || any_above(-1, t, server_of, SERVER_WAITING);
	bool caches = any_above(-1, t, server_of, SERVER_KV_USE) || any_above(-1, t, server_of, SERVER_HIT_RATIO);
	struct html_words words;

	if (!r->server.scrapes)
		return;
	fputs("<section><h2>The server, as it says itself</h2>\n", out);
	if (requests || caches)
		fputs("<div class=\"charts\">\n", out);
	if (requests)
		chart_over_time(out, &requests_there, t, r);
	if (caches)
		chart_over_time(out, &caches_there, t, r);
	if (requests || caches)
		fputs("</div>\n", out);
	html_words_begin(&words, out, NULL);
	server_text(&words.out, &r->server);
	html_words_end(&words);
	fputs("</section>\n", out);
}
