#include "report/vllm.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "run/exchange.h"
#include "json_out.h"
#include "run/phases.h"

#define SECONDS_MAX (1 << 20) /* of a run whose busiest second is looked for: 12 days */

struct vllm {
	FILE *out;
	const struct result *result;
	const struct run_meta *meta;
	const char *api, *model;
	int pass;
	bool first; /* of its array */
	struct phases phases;
	struct exchange_room room;
	struct buf item;
	/* Of the first pass: content events a second, and the most in flight. */
	uint32_t *events;
	size_t seconds;
	uint64_t streams;
	bool too_long;
	uint32_t in_flight; /* 0: nobody looked while there was any */
};

/* --- the busiest second --------------------------------------------------- */

static void count_event(struct vllm *v, int64_t t_us)
{
	size_t second = (size_t)(t_us / US_PER_S), room = v->seconds ? v->seconds : 64;

	if (t_us < 0 || second >= SECONDS_MAX) {
		v->too_long = true;
		return;
	}
	if (second >= v->seconds) {
		while (room <= second)
			room *= 2;
		v->events = xreallocarray(v->events, room, sizeof *v->events);
		memset(v->events + v->seconds, 0, (room - v->seconds) * sizeof *v->events);
		v->seconds = room;
	}
	v->events[second]++;
}

static void look(struct vllm *v, const struct exchange *x)
{
	int64_t t_us = x->sample->t1_us;

	if (x->outcome != OUTCOME_SUCCEEDED || t_us < 0)
		return;
	v->streams++;
	count_event(v, t_us);
	for (uint32_t i = 0; i < x->gaps; i++)
		count_event(v, t_us += x->gap_us[i]);
}

static double most_events(const struct vllm *v)
{
	uint32_t most = 0;

	for (size_t i = 0; i < v->seconds; i++)
		most = v->events[i] > most ? v->events[i] : most;
	return v->streams && !v->too_long ? (double)most : NAN;
}

static void look_at_gauge(struct vllm *v, const struct rec_gauge *g)
{
	if (v->phases.now == PHASE_LOAD && g->in_flight > v->in_flight)
		v->in_flight = g->in_flight;
}

/* --- figures -------------------------------------------------------------- */

static void rate(cJSON *o, const char *key, double count, double seconds)
{
	json_decimal(o, key, seconds > 0 ? count / seconds : NAN, 6);
}

static void count_if(cJSON *o, const char *key, double count)
{
	if (isnan(count))
		json_null(o, key);
	else
		json_whole(o, key, (uint64_t)count);
}

static void times(cJSON *o, const char *name, const struct dist *d)
{
	const struct {
		const char *what;
		double us;
	} value[] = {
		{"mean", d->mean_us},         {"median", (double)d->p50_us}, {"std", d->stddev_us},
		{"p50", (double)d->p50_us},   {"p75", (double)d->p75_us},    {"p90", (double)d->p90_us},
		{"p95", (double)d->p95_us},   {"p99", (double)d->p99_us},    {"p99.9", (double)d->p999_us},
	};

	for (size_t i = 0; i < sizeof value / sizeof *value; i++) {
		char key[32];

		snprintf(key, sizeof key, "%s_%s_ms", value[i].what, name);
		json_milliseconds(o, key, d->count ? value[i].us : NAN);
	}
}

/* "2026-11-23T14:02:07.123Z" as "20261123-140207". */
static void date(cJSON *o, const char *iso)
{
	char text[16] = "";
	size_t n = 0;

	for (; iso && *iso && n < 15; iso++)
		if (isdigit((unsigned char)*iso))
			text[n++] = *iso;
		else if (*iso == 'T')
			text[n++] = '-';
	json_string(o, "date", n == 15 ? text : NULL);
}

static void load(cJSON *o, const struct result *r, const struct run_meta *meta)
{
	double users = meta->concurrency;

	for (int i = 0; i < r->point_count; i++)
		if (r->point[i].mode == MODE_CLOSED && r->point[i].level > users)
			users = r->point[i].level;
	if (meta->mode == MODE_CLOSED) {
		json_string(o, "request_rate", "inf");
		json_null(o, "burstiness");
		json_level(o, "max_concurrency", users);
		return;
	}
	if (meta->rate_rps > 0)
		json_level(o, "request_rate", meta->rate_rps);
	else
		json_null(o, "request_rate");
	/* Gaps of a gamma distribution, which has none for those that are all alike. */
	if (meta->arrival && !strcmp(meta->arrival, "poisson"))
		json_decimal(o, "burstiness", 1, 1);
	else
		json_null(o, "burstiness");
	if (r->gauge.in_flight_limit)
		json_whole(o, "max_concurrency", r->gauge.in_flight_limit);
	else
		json_null(o, "max_concurrency");
}

/* Keys of their own, as vLLM has its metadata; none takes another's place. */
static void labels(cJSON *o, char **label)
{
	for (; label && *label; label++) {
		const char *equals = strchr(*label, '=');
		char *key = equals ? xstrndup(*label, (size_t)(equals - *label)) : NULL;

		if (key && !cJSON_GetObjectItemCaseSensitive(o, key))
			json_string(o, key, equals + 1);
		free(key);
	}
}

static cJSON *figures(const struct vllm *v)
{
	const struct metrics *s = &v->result->summary;
	cJSON *o = json_object(NULL, NULL);

	date(o, v->meta->started_at);
	json_string(o, "endpoint_type", v->api);
	json_string(o, "backend", v->api);
	json_string(o, "label", v->meta->scenario);
	json_string(o, "model_id", v->model);
	json_null(o, "tokenizer_id");
	json_whole(o, "num_prompts", s->requests);
	load(o, v->result, v->meta);
	json_seconds(o, "duration", v->result->duration_us);
	json_whole(o, "completed", s->succeeded);
	json_whole(o, "failed", s->failed + s->censored);
	count_if(o, "total_input_tokens", s->tokens_in);
	count_if(o, "total_output_tokens", s->tokens_out);
	rate(o, "request_throughput", (double)s->ok, s->seconds);
	json_decimal(o, "request_goodput", s->goodput_rps, 6);
	rate(o, "output_throughput", s->tokens_out, s->seconds);
	rate(o, "total_token_throughput", s->tokens_in + s->tokens_out, s->seconds);
	count_if(o, "max_output_tokens_per_s", most_events(v));
	count_if(o, "max_concurrent_requests", v->in_flight ? (double)v->in_flight : (double)NAN);
	times(o, "ttft", &s->ttft);
	times(o, "tpot", &s->tpot);
	times(o, "itl", &s->itl);
	times(o, "e2el", &s->latency);
	return o;
}

static const char *const arrays[VLLM_PASSES] = {
	NULL, "input_lens", "output_lens", "ttfts", "itls", "latencies", "start_times", "errors",
};

/* All but the end of the object, to which the arrays are added. */
static void put_figures(struct vllm *v)
{
	cJSON *o = figures(v);
	char *text;

	for (int i = 1; i < VLLM_PASSES; i++)
		json_null(o, arrays[i]); /* no label takes their names */
	labels(o, v->meta->label);
	for (int i = 1; i < VLLM_PASSES; i++)
		cJSON_DeleteItemFromObjectCaseSensitive(o, arrays[i]);
	text = cJSON_Print(o);
	if (!text)
		abort();
	fprintf(v->out, "%.*s", (int)(strlen(text) - strlen("\n}")), text);
	cJSON_free(text);
	cJSON_Delete(o);
}

/* --- arrays --------------------------------------------------------------- */

static void seconds(struct buf *b, int64_t us)
{
	buf_printf(b, "%lld.%06lld", us / US_PER_S, us % US_PER_S);
}

static void seconds_if(struct buf *b, int64_t us)
{
	if (us < 0)
		buf_puts(b, "null");
	else
		seconds(b, us);
}

static void tokens(struct buf *b, uint32_t count)
{
	if (count == TOKENS_UNKNOWN)
		buf_puts(b, "null");
	else
		buf_number(b, count);
}

static void gaps(struct buf *b, const struct exchange *x)
{
	buf_puts(b, "[");
	for (uint32_t i = 0; i < x->gaps; i++) {
		if (i)
			buf_puts(b, ", ");
		seconds(b, x->gap_us[i]);
	}
	buf_puts(b, "]");
}

/* "" where there is none. */
static void error(struct buf *b, const struct exchange *x)
{
	const char *text = x->sample->text;
	size_t bytes = x->sample->text_bytes;

	buf_puts(b, "\"");
	if (x->outcome != OUTCOME_SUCCEEDED) {
		buf_puts(b, error_class_name(x->error));
		if (bytes)
			buf_puts(b, ": ");
		buf_json(b, text, bytes);
	}
	buf_puts(b, "\"");
}

static void item(struct buf *b, int pass, const struct exchange *x)
{
	switch (pass) {
	case 1:
		tokens(b, x->sample->tokens_in);
		break;
	case 2:
		tokens(b, x->sample->tokens_out);
		break;
	case 3:
		seconds_if(b, x->ttft_us);
		break;
	case 4:
		gaps(b, x);
		break;
	case 5:
		seconds(b, x->latency_us);
		break;
	case 6:
		seconds(b, x->sample->t0_us < 0 ? 0 : x->sample->t0_us);
		break;
	default:
		error(b, x);
		break;
	}
}

/* --- passes --------------------------------------------------------------- */

struct vllm *vllm_new(FILE *out, const struct result *result, const struct run_meta *meta, const char *api,
		      const char *model)
{
	struct vllm *v = xcalloc(1, sizeof *v);

	v->out = out;
	v->result = result;
	v->meta = meta;
	v->api = api;
	v->model = model;
	return v;
}

void vllm_pass(struct vllm *v, int pass)
{
	if (pass == 1)
		put_figures(v);
	if (pass > 1)
		fputs("]", v->out);
	if (pass)
		fprintf(v->out, ",\n\t\"%s\":\t[", arrays[pass]);
	v->pass = pass;
	v->first = true;
	v->phases = (struct phases){0};
}

void vllm_feed(struct vllm *v, const struct rec *rec)
{
	struct exchange x;

	phases_take(&v->phases, rec);
	if (rec->kind == REC_GAUGE && !v->pass)
		look_at_gauge(v, (const struct rec_gauge *)rec);
	if (rec->kind != REC_SAMPLE || !v->phases.counting)
		return;
	exchange_of(&x, (const struct rec_sample *)rec);
	exchange_gaps(&x, &v->room);
	if (!v->pass) {
		look(v, &x);
		return;
	}
	v->item.used = 0;
	if (!v->first)
		buf_puts(&v->item, ", ");
	item(&v->item, v->pass, &x);
	fwrite(v->item.at, 1, v->item.used, v->out);
	v->first = false;
}

void vllm_free(struct vllm *v)
{
	fputs("]\n}\n", v->out);
	buf_fini(&v->item);
	free(v->events);
	free(v->room.us);
	free(v);
}
