/* The JSON result. Keys and their order are product.md's contract; what is
 * unknown, or not measured yet by this version, is null: no figure is 0 because
 * nothing is known of it. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/clock.h"
#include "base/mem.h"
#include "run/result.h"

/* --- values --------------------------------------------------------------- */

static cJSON *must(cJSON *item)
{
	if (!item)
		abort(); /* out of memory, as in base/mem.h */
	return item;
}

static cJSON *object(cJSON *parent, const char *key)
{
	cJSON *item = must(cJSON_CreateObject());

	if (parent)
		cJSON_AddItemToObject(parent, key, item);
	return item;
}

static cJSON *array(cJSON *parent, const char *key)
{
	cJSON *item = must(cJSON_CreateArray());

	cJSON_AddItemToObject(parent, key, item);
	return item;
}

static void null(cJSON *parent, const char *key)
{
	cJSON_AddItemToObject(parent, key, must(cJSON_CreateNull()));
}

static void boolean(cJSON *parent, const char *key, bool value)
{
	cJSON_AddItemToObject(parent, key, must(cJSON_CreateBool(value)));
}

static void string(cJSON *parent, const char *key, const char *value)
{
	cJSON_AddItemToObject(parent, key,
			      must(value ? cJSON_CreateString(value) : cJSON_CreateNull()));
}

/* Digits as they are: cJSON keeps numbers as doubles, which are exact to 2^53
 * only. */
static void whole(cJSON *parent, const char *key, uint64_t value)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%" PRIu64, value);
	cJSON_AddItemToObject(parent, key, must(cJSON_CreateRaw(digits)));
}

/* Written by us, without the locale's decimal comma. */
static cJSON *decimal_item(double value, int decimals)
{
	char digits[48];
	double whole_part, scale = pow(10, decimals);

	if (!isfinite(value) || fabs(value) > 1e15)
		return must(cJSON_CreateNull());
	double fraction = modf(round(fabs(value) * scale) / scale, &whole_part);
	int64_t f = llround(fraction * scale);

	snprintf(digits, sizeof digits, "%s%.0f.%0*" PRId64, value < 0 ? "-" : "", whole_part,
		 decimals, f);
	return must(cJSON_CreateRaw(digits));
}

static void decimal(cJSON *parent, const char *key, double value, int decimals)
{
	cJSON_AddItemToObject(parent, key, decimal_item(value, decimals));
}

static void seconds(cJSON *parent, const char *key, int64_t us)
{
	decimal(parent, key, (double)us / (double)US_PER_S, 6);
}

/* Users are whole; so are most rates. */
static void level(cJSON *parent, const char *key, double value)
{
	if (value >= 0 && value < 1e15 && value <= floor(value))
		whole(parent, key, (uint64_t)value);
	else
		decimal(parent, key, value, 6);
}

static void milliseconds(cJSON *parent, const char *key, double us)
{
	decimal(parent, key, us / (double)US_PER_MS, 3);
}

/* --- DIST, METRICS -------------------------------------------------------- */

static void interval(cJSON *parent, const char *key, const struct interval *i)
{
	cJSON *pair;

	if (!i->known) {
		null(parent, key);
		return;
	}
	pair = array(parent, key);
	cJSON_AddItemToArray(pair, decimal_item((double)i->low_us / (double)US_PER_MS, 3));
	cJSON_AddItemToArray(pair, decimal_item((double)i->high_us / (double)US_PER_MS, 3));
}

static void ci95(cJSON *o, const struct metrics *m)
{
	cJSON *ci;

	if (!m || (!m->p50.known && !m->p95.known && !m->p99.known)) {
		null(o, "ci95");
		return;
	}
	ci = object(o, "ci95");
	interval(ci, "p50", &m->p50);
	interval(ci, "p95", &m->p95);
	interval(ci, "p99", &m->p99);
}

/* `of` NULL: no intervals are known. */
static void dist_with(cJSON *parent, const char *key, const struct dist *d, const struct metrics *of)
{
	cJSON *o = object(parent, key);
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

	whole(o, "count", d->count);
	for (size_t i = 0; i < sizeof value / sizeof *value; i++)
		milliseconds(o, value[i].key, d->count ? value[i].us : NAN);
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
		null(parent, key);
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
		null(parent, key);
	else
		whole(parent, key, (uint64_t)count);
}

static void cache(cJSON *parent, const struct metrics *m)
{
	uint64_t told = m->cache_hits + m->cache_misses;
	cJSON *o;

	if (!told) {
		null(parent, "cache");
		return;
	}
	o = object(parent, "cache");
	whole(o, "hits", m->cache_hits);
	whole(o, "misses", m->cache_misses);
	decimal(o, "hit_ratio", (double)m->cache_hits / (double)told, 6);
	dist(o, "hit_latency_ms", &m->hit_latency);
	dist(o, "miss_latency_ms", &m->miss_latency);
}

static void metrics(cJSON *o, const struct metrics *m)
{
	whole(o, "requests", m->requests);
	whole(o, "succeeded", m->succeeded);
	whole(o, "failed", m->failed);
	whole(o, "censored", m->censored);
	decimal(o, "success_rate",
		m->requests ? (double)m->succeeded / (double)m->requests : NAN, 6);
	decimal(o, "quality", m->quality, 3);
	decimal(o, "throughput_rps", m->seconds > 0 ? (double)m->answered / m->seconds : NAN, 3);
	decimal(o, "goodput_rps", m->goodput_rps, 3);
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
	decimal(o, "output_tokens_per_s", m->output_tokens_per_s, 3);
	string(o, "token_source", source_name(m->token_source));
	whole(o, "bytes_in", m->bytes_in);
	whole(o, "bytes_out", m->bytes_out);
	cache(o, m);
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
		null(run, "label");
		return;
	}
	o = object(run, "label");
	for (; *label; label++) {
		const char *equals = strchr(*label, '=');
		char *key = equals ? xstrndup(*label, (size_t)(equals - *label)) : xstrdup(*label);

		/* As on every command line, the last one counts. */
		cJSON_DeleteItemFromObjectCaseSensitive(o, key);
		string(o, key, equals ? equals + 1 : "");
		free(key);
	}
}

static void add_run(cJSON *root, const struct result *r, const struct run_meta *meta,
		    const struct run_closing *closing)
{
	cJSON *o = object(root, "run");

	string(o, "started_at", meta->started_at);
	seconds(o, "duration_s", r->duration_us);
	string(o, "target", meta->target);
	string(o, "scenario", meta->scenario);
	whole(o, "seed", meta->seed);
	add_label(o, meta->label);
	boolean(o, "partial", closing->partial || *closing->incomplete || !closing->known);
	if (closing->known)
		whole(o, "exit_code", (uint64_t)closing->exit_code);
	else
		null(o, "exit_code");
}

static void add_load(cJSON *root, const struct run_meta *meta)
{
	cJSON *o = object(root, "load");

	string(o, "mode", mode_name(meta->mode));
	if (meta->mode == MODE_CLOSED)
		whole(o, "concurrency", meta->concurrency);
	else
		null(o, "concurrency");
	if (meta->mode == MODE_OPEN)
		level(o, "rate_rps", meta->rate_rps);
	else
		null(o, "rate_rps");
	if (meta->arrival)
		string(o, "arrival", meta->arrival);
	else
		null(o, "arrival");
	if (meta->requests >= 0)
		whole(o, "requests", (uint64_t)meta->requests);
	else
		null(o, "requests");
	seconds(o, "warmup_s", meta->warmup_us);
}

static void add_tasks(cJSON *root, const struct result *r, const struct run_meta *meta)
{
	cJSON *o = object(root, "tasks");

	for (int i = 0; i < r->task_count && i < meta->task_count; i++)
		metrics(object(o, meta->task_name[i]), &r->task[i]);
}

static void add_points(cJSON *root, const struct result *r)
{
	cJSON *all = array(root, "points");

	for (int i = 0; i < r->point_count; i++) {
		const struct result_point *p = &r->point[i];
		cJSON *o = object(NULL, NULL);

		cJSON_AddItemToArray(all, o);
		seconds(o, "t_s", p->t_us);
		string(o, "mode", mode_name(p->mode));
		level(o, "level", p->level);
		boolean(o, "ramp", p->ramp);
		seconds(o, "duration_s", p->duration_us);
		seconds(o, "settled_s", p->settled_us);
		metrics(o, &p->metrics);
	}
}

static void add_errors(cJSON *root, const struct result *r)
{
	cJSON *all = array(root, "errors");

	for (int i = 0; i < r->error_count; i++) {
		const struct result_error *e = &r->error[i];
		cJSON *o = object(NULL, NULL);

		cJSON_AddItemToArray(all, o);
		string(o, "class", error_class_name(e->error));
		if (e->code)
			cJSON_AddItemToObject(o, "code", must(cJSON_CreateNumber(e->code)));
		else
			null(o, "code");
		string(o, "message", e->message);
		whole(o, "count", e->count);
		seconds(o, "first_s", e->first_us);
		seconds(o, "last_s", e->last_us);
	}
}

/* Times in milliseconds as everywhere else; the rest as slo.h has it. */
static void slo_value_of(cJSON *o, const struct result_slo *r)
{
	if (r->slo.metric < SLO_TIMES)
		milliseconds(o, "value", r->value);
	else
		decimal(o, "value", r->value, 6);
}

static void add_slos(cJSON *root, const struct result *r)
{
	cJSON *all = array(root, "slo");

	for (int i = 0; i < r->slo_count; i++) {
		const struct result_slo *s = &r->slo[i];
		cJSON *o = object(NULL, NULL);

		cJSON_AddItemToArray(all, o);
		string(o, "expr", s->slo.text);
		string(o, "task", *s->slo.task ? s->slo.task : NULL);
		slo_value_of(o, s);
		string(o, "verdict", slo_verdict_name(s->verdict));
	}
}

/* 0: unknown */
static void whole_known(cJSON *o, const char *name, uint32_t value)
{
	if (value)
		whole(o, name, value);
	else
		null(o, name);
}

static void add_client(cJSON *root, const struct result *r, const struct run_closing *closing)
{
	cJSON *o = object(root, "client");
	const struct dist *queue = &r->summary.queue;

	decimal(o, "cpu_pct", closing->cpu_pct, 1);
	decimal(o, "worker_cpu_pct", closing->worker_cpu_pct, 1);
	milliseconds(o, "queue_p99_ms", queue->count ? (double)queue->p99_us : NAN);
	whole(o, "ring_dropped", r->gauge.ring_dropped);
	milliseconds(o, "loop_lag_max_ms", r->loop_late_max_us ? (double)r->loop_late_max_us : NAN);
	decimal(o, "throttled_pct", r->throttled_pct, 1);
	decimal(o, "steal_pct", r->steal_pct, 1);
	whole_known(o, "fd_used", r->gauge.fds);
	whole_known(o, "fd_limit", r->gauge.fd_limit);
	string(o, "verdict", closing->client_bound ? "client-bound" : closing->known ? "ok" : NULL);
	string(o, "evidence", closing->evidence[0] ? closing->evidence : NULL);
}

static void add_audit(cJSON *root, const struct result *r)
{
	cJSON *o = object(root, "audit");

	whole(o, "planned", r->planned);
	whole(o, "waiting", r->waiting);
	whole(o, "started", r->started);
	whole(o, "succeeded", r->succeeded);
	whole(o, "failed", r->failed);
	whole(o, "censored", r->censored);
	decimal(o, "littles_law_ratio", r->littles_law_ratio, 3);
}

char *result_json(const struct result *r, const struct run_meta *meta,
		  const struct run_closing *closing)
{
	cJSON *root = object(NULL, NULL), *o;
	char *text, *line;

	o = object(root, "brunt");
	string(o, "version", meta->version);
	whole(o, "schema", 1);
	whole(o, "definitions", 1);
	add_run(root, r, meta, closing);
	add_load(root, meta);
	metrics(object(root, "summary"), &r->summary);
	add_tasks(root, r, meta);
	add_points(root, r);
	add_errors(root, r);
	add_slos(root, r);
	add_client(root, r, closing);
	add_audit(root, r);
	null(root, "scaling");
	text = cJSON_Print(root);
	if (!text)
		abort();
	line = xasprintf("%s\n", text);
	cJSON_free(text);
	cJSON_Delete(root);
	return line;
}
