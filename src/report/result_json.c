/* The JSON result. Keys and their order are product.md's contract; what is
 * unknown, or not measured yet by this version, is null: no figure is 0 because
 * nothing is known of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "advice_out.h"
#include "base/clock.h"
#include "base/mem.h"
#include "contrast_put.h"
#include "diagnosis_put.h"
#include "json_out.h"
#include "marks_out.h"
#include "report/json.h"
#include "run/result.h"
#include "scaling_put.h"
#include "server_out.h"
#include "sweep_put.h"

/* --- DIST, METRICS -------------------------------------------------------- */

static void interval(cJSON *parent, const char *key, const struct interval *i)
{
	cJSON *pair;

	if (!i->known) {
		json_null(parent, key);
		return;
	}
	pair = json_array(parent, key);
	cJSON_AddItemToArray(pair, json_decimal_item((double)i->low_us / (double)US_PER_MS, 3));
	cJSON_AddItemToArray(pair, json_decimal_item((double)i->high_us / (double)US_PER_MS, 3));
}

static void ci95(cJSON *o, const struct metrics *m)
{
	cJSON *ci;

	if (!m || (!m->p50.known && !m->p95.known && !m->p99.known)) {
		json_null(o, "ci95");
		return;
	}
	ci = json_object(o, "ci95");
	interval(ci, "p50", &m->p50);
	interval(ci, "p95", &m->p95);
	interval(ci, "p99", &m->p99);
}

/* `of` NULL: no intervals are known. */
static void dist_with(cJSON *parent, const char *key, const struct dist *d, const struct metrics *of)
{
	cJSON *o = json_object(parent, key);
	const struct {
		const char *key;
		double us;
	} value[] = {
		{"mean", d->mean_us},           {"stddev", d->stddev_us},
		{"min", (double)d->min_us},     {"p50", (double)d->p50_us},
		{"p75", (double)d->p75_us},     {"p90", (double)d->p90_us},
		{"p95", (double)d->p95_us},     {"p99", (double)d->p99_us},
		{"p999", (double)d->p999_us},   {"max", (double)d->max_us},
	};

	json_whole(o, "count", d->count);
	for (size_t i = 0; i < sizeof value / sizeof *value; i++)
		json_milliseconds(o, value[i].key, d->count ? value[i].us : NAN);
	ci95(o, of);
}

static void dist(cJSON *parent, const char *key, const struct dist *d)
{
	dist_with(parent, key, d, NULL);
}

static void dist_or_null(cJSON *parent, const char *key, const struct dist *d)
{
	if (d->count)
		dist(parent, key, d);
	else
		json_null(parent, key);
}

static const char *source_name(enum token_source source)
{
	return source == TOKENS_FROM_USAGE    ? "usage"
	       : source == TOKENS_FROM_EVENTS ? "events"
					      : NULL;
}

static void count_or_null(cJSON *parent, const char *key, double count)
{
	if (isnan(count))
		json_null(parent, key);
	else
		json_whole(parent, key, (uint64_t)count);
}

static void cache(cJSON *parent, const struct metrics *m)
{
	uint64_t told = m->cache_hits + m->cache_misses;
	cJSON *o;

	if (!told) {
		json_null(parent, "cache");
		return;
	}
	o = json_object(parent, "cache");
	json_whole(o, "hits", m->cache_hits);
	json_whole(o, "misses", m->cache_misses);
	json_decimal(o, "hit_ratio", (double)m->cache_hits / (double)told, 6);
	dist(o, "hit_latency_ms", &m->hit_latency);
	dist(o, "miss_latency_ms", &m->miss_latency);
}

static void metrics(cJSON *o, const struct metrics *m)
{
	json_whole(o, "requests", m->requests);
	json_whole(o, "succeeded", m->succeeded);
	json_whole(o, "failed", m->failed);
	json_whole(o, "censored", m->censored);
	json_decimal(o, "success_rate",
		m->requests ? (double)m->succeeded / (double)m->requests : NAN, 6);
	json_decimal(o, "quality", m->quality, 3);
	json_decimal(o, "throughput_rps", m->seconds > 0 ? (double)m->answered / m->seconds : NAN, 3);
	json_decimal(o, "goodput_rps", m->goodput_rps, 3);
	dist_with(o, "latency_ms", &m->latency, m);
	dist(o, "service_ms", &m->service);
	dist(o, "queue_ms", &m->queue);
	dist(o, "ttfb_ms", &m->ttfb);
	dist(o, "connect_ms", &m->connect);
	dist(o, "tls_ms", &m->tls);
	dist(o, "dns_ms", &m->dns);
	dist_or_null(o, "failed_latency_ms", &m->failed_latency);
	dist_or_null(o, "ttft_ms", &m->ttft);
	dist_or_null(o, "ttfo_ms", &m->ttfo);
	dist_or_null(o, "tpot_ms", &m->tpot);
	dist_or_null(o, "itl_ms", &m->itl);
	count_or_null(o, "tokens_in", m->tokens_in);
	count_or_null(o, "tokens_out", m->tokens_out);
	json_decimal(o, "output_tokens_per_s", m->output_tokens_per_s, 3);
	json_string(o, "token_source", source_name(m->token_source));
	json_whole(o, "bytes_in", m->bytes_in);
	json_whole(o, "bytes_out", m->bytes_out);
	cache(o, m);
}

/* Of the run, or of a task. */
static void metrics_of_all(cJSON *o, const struct metrics *m)
{
	metrics(o, m);
	json_whole(o, "checked", m->checked);
}

/* --- the parts ------------------------------------------------------------ */

static const char *mode_name(enum load_mode mode)
{
	return mode == MODE_OPEN ? "open" : "closed";
}

static void add_label(cJSON *run, char *const *label)
{
	cJSON *o;

	if (!label || !*label) {
		json_null(run, "label");
		return;
	}
	o = json_object(run, "label");
	for (; *label; label++) {
		const char *equals = strchr(*label, '=');
		char *key = equals ? xstrndup(*label, (size_t)(equals - *label)) : xstrdup(*label);

		/* As on every command line, the last one counts. */
		cJSON_DeleteItemFromObjectCaseSensitive(o, key);
		json_string(o, key, equals ? equals + 1 : "");
		free(key);
	}
}

static void add_run(cJSON *root, const struct result *r, const struct run_meta *meta,
		    const struct run_closing *closing)
{
	cJSON *o = json_object(root, "run");

	json_string(o, "started_at", meta->started_at);
	json_seconds(o, "duration_s", r->duration_us);
	json_string(o, "target", meta->target);
	json_string(o, "scenario", meta->scenario);
	json_whole(o, "seed", meta->seed);
	add_label(o, meta->label);
	json_boolean(o, "partial", closing->partial || *closing->incomplete || !closing->known);
	if (closing->known)
		json_whole(o, "exit_code", (uint64_t)closing->exit_code);
	else
		json_null(o, "exit_code");
	json_string(o, "http_version", result_http_version(r));
}

static void add_load(cJSON *root, const struct run_meta *meta)
{
	cJSON *o = json_object(root, "load");

	json_string(o, "mode", mode_name(meta->mode));
	if (meta->mode == MODE_CLOSED)
		json_whole(o, "concurrency", meta->concurrency);
	else
		json_null(o, "concurrency");
	if (meta->mode == MODE_OPEN)
		json_level(o, "rate_rps", meta->rate_rps);
	else
		json_null(o, "rate_rps");
	if (meta->arrival)
		json_string(o, "arrival", meta->arrival);
	else
		json_null(o, "arrival");
	if (meta->requests >= 0)
		json_whole(o, "requests", (uint64_t)meta->requests);
	else
		json_null(o, "requests");
	json_seconds(o, "warmup_s", meta->warmup_us);
}

static void add_tasks(cJSON *root, const struct result *r, const struct run_meta *meta)
{
	cJSON *o = json_object(root, "tasks");

	for (int i = 0; i < r->task_count && i < meta->task_count; i++)
		metrics_of_all(json_object(o, meta->task_name[i]), &r->task[i]);
}

static void add_points(cJSON *root, const struct result *r)
{
	cJSON *all = json_array(root, "points");

	for (int i = 0; i < r->point_count; i++) {
		const struct result_point *p = &r->point[i];
		cJSON *o = json_object(NULL, NULL);

		cJSON_AddItemToArray(all, o);
		json_seconds(o, "t_s", p->t_us);
		json_string(o, "mode", mode_name(p->mode));
		json_level(o, "level", p->level);
		json_boolean(o, "ramp", p->ramp);
		json_seconds(o, "duration_s", p->duration_us);
		json_seconds(o, "settled_s", p->settled_us);
		json_boolean(o, "client_bound", p->client_bound);
		metrics(o, &p->metrics);
	}
}

static void add_errors(cJSON *root, const struct result *r)
{
	cJSON *all = json_array(root, "errors");

	for (int i = 0; i < r->error_count; i++) {
		const struct result_error *e = &r->error[i];
		cJSON *o = json_object(NULL, NULL);

		cJSON_AddItemToArray(all, o);
		json_string(o, "class", error_class_name(e->error));
		if (e->code)
			cJSON_AddItemToObject(o, "code", json_must(cJSON_CreateNumber(e->code)));
		else
			json_null(o, "code");
		json_string(o, "message", e->message);
		json_whole(o, "count", e->count);
		json_seconds(o, "first_s", e->first_us);
		json_seconds(o, "last_s", e->last_us);
	}
}

/* Times in milliseconds as everywhere else; the rest as slo.h has it. */
static cJSON *slo_number(const struct result_slo *r, double value)
{
	return r->slo.metric < SLO_TIMES ? json_decimal_item(value / (double)US_PER_MS, 3) : json_decimal_item(value, 6);
}

static void slo_value_of(cJSON *o, const struct result_slo *r)
{
	cJSON *pair;

	cJSON_AddItemToObject(o, "value", slo_number(r, r->value));
	if (isnan(r->low) || isnan(r->high)) {
		json_null(o, "ci95");
		return;
	}
	pair = json_array(o, "ci95");
	cJSON_AddItemToArray(pair, slo_number(r, r->low));
	cJSON_AddItemToArray(pair, slo_number(r, r->high));
}

static void add_slos(cJSON *root, const struct result *r)
{
	cJSON *all = json_array(root, "slo");

	for (int i = 0; i < r->slo_count; i++) {
		const struct result_slo *s = &r->slo[i];
		cJSON *o = json_object(NULL, NULL);

		cJSON_AddItemToArray(all, o);
		json_string(o, "expr", s->slo.text);
		json_string(o, "task", *s->slo.task ? s->slo.task : NULL);
		slo_value_of(o, s);
		json_whole(o, "n", s->n);
		json_string(o, "verdict", slo_verdict_name(s->verdict));
		if (s->needs.requests > 0 && s->needs.requests < 1e15)
			json_whole(o, "needs_requests", (uint64_t)s->needs.requests);
		else
			json_null(o, "needs_requests");
	}
}

/* 0: unknown */
static void whole_known(cJSON *o, const char *name, uint32_t value)
{
	if (value)
		json_whole(o, name, value);
	else
		json_null(o, name);
}

static void add_client(cJSON *root, const struct result *r, const struct run_closing *closing)
{
	cJSON *o = json_object(root, "client");
	const struct dist *queue = &r->summary.queue;

	json_decimal(o, "cpu_pct", closing->cpu_pct, 1);
	json_decimal(o, "worker_cpu_pct", closing->worker_cpu_pct, 1);
	json_milliseconds(o, "queue_p99_ms", queue->count ? (double)queue->p99_us : NAN);
	json_whole(o, "ring_dropped", r->gauge.ring_dropped);
	json_milliseconds(o, "loop_lag_max_ms", r->loop_late_max_us ? (double)r->loop_late_max_us : NAN);
	json_decimal(o, "throttled_pct", r->throttled_pct, 1);
	json_decimal(o, "steal_pct", r->steal_pct, 1);
	json_whole(o, "connections_opened", r->summary.connect.count);
	json_decimal(o, "in_flight_mean", r->in_flight_mean, 1);
	whole_known(o, "fd_used", r->gauge.fds);
	whole_known(o, "fd_limit", r->gauge.fd_limit);
	json_string(o, "verdict", closing->client_bound ? "client-bound" : closing->known ? "ok" : NULL);
	json_string(o, "evidence", closing->evidence[0] ? closing->evidence : NULL);
}

static void add_audit(cJSON *root, const struct result *r)
{
	cJSON *o = json_object(root, "audit");

	json_whole(o, "planned", r->planned);
	json_whole(o, "waiting", r->waiting);
	json_whole(o, "started", r->started);
	json_whole(o, "succeeded", r->succeeded);
	json_whole(o, "failed", r->failed);
	json_whole(o, "censored", r->censored);
	json_decimal(o, "littles_law_ratio", r->littles_law_ratio, 3);
}

/* Only where there were some. */
static void add_experiments(cJSON *root, const struct result *r)
{
	cJSON *all = NULL;

	for (int i = 0; i < TRIAL_AXES; i++) {
		const struct snap_trial *t = &r->tried[i];
		cJSON *o;

		if (t->state != SNAP_TRIED)
			continue;
		all = all ? all : json_array(root, "experiments");
		o = json_object(NULL, NULL);
		cJSON_AddItemToArray(all, o);
		json_string(o, "axis", trial_axis_name((enum trial_axis)i));
		json_seconds(o, "ended_s", t->t_us);
		json_string(o, "found", t->text);
	}
}

char *result_json(const struct result *r, const struct run_meta *meta,
		  const struct run_closing *closing)
{
	return result_json_beside(r, meta, closing, NULL);
}

char *result_json_beside(const struct result *r, const struct run_meta *meta, const struct run_closing *closing,
			 const struct result_baseline *baseline)
{
	cJSON *root = json_object(NULL, NULL), *o;
	char *text, *line;

	o = json_object(root, "brunt");
	json_string(o, "version", meta->version);
	json_whole(o, "schema", 1);
	json_whole(o, "definitions", RUN_DEFINITIONS);
	add_run(root, r, meta, closing);
	add_load(root, meta);
	metrics_of_all(json_object(root, "summary"), &r->summary);
	add_tasks(root, r, meta);
	add_points(root, r);
	marks_put(root, r);
	add_errors(root, r);
	add_slos(root, r);
	add_client(root, r, closing);
	add_audit(root, r);
	if (baseline && baseline->contrast)
		contrast_put(json_object(root, "baseline"), baseline->contrast, baseline->baseline, baseline->run);
	else if (baseline)
		json_null(root, "baseline");
	if (r->point_count) {
		cJSON *scaling = scaling_put(root, &r->scaling);

		sweep_put(scaling, &r->sweep);
		diagnosis_put(scaling, &r->diagnosis);
	} else {
		json_null(root, "scaling");
	}
	add_experiments(root, r);
	if (r->advice.lookups)
		advice_put(json_object(root, "cache_advice"), &r->advice);
	if (r->server.scrapes)
		server_put(json_object(root, "server"), &r->server);
	text = cJSON_Print(root);
	if (!text)
		abort();
	line = xasprintf("%s\n", text);
	cJSON_free(text);
	cJSON_Delete(root);
	return line;
}
