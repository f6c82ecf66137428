/* Snapshots made up for tests of the screen: deterministic, no clock. */
#ifndef TESTS_UI_FIXTURE_H
#define TESTS_UI_FIXTURE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/dashboard.h"

struct made {
	uint64_t state;
};

/* splitmix64: the same numbers everywhere. */
static inline double made_unit(struct made *m)
{
	uint64_t z = m->state += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return (double)((z ^ z >> 31) >> 11) / 9007199254740992.0;
}

static inline struct dist made_dist(uint64_t count, double p50_us, double spread)
{
	return (struct dist){
		.count = count,
		.mean_us = p50_us * (1 + spread / 4),
		.stddev_us = p50_us * spread / 2,
		.min_us = (int64_t)(p50_us * (1 - spread * 0.55)),
		.p50_us = (int64_t)p50_us,
		.p75_us = (int64_t)(p50_us * (1 + spread * 0.22)),
		.p90_us = (int64_t)(p50_us * (1 + spread * 0.5)),
		.p95_us = (int64_t)(p50_us * (1 + spread * 0.65)),
		.p99_us = (int64_t)(p50_us * (1 + spread * 1.2)),
		.p999_us = (int64_t)(p50_us * (1 + spread * 1.9)),
		.max_us = (int64_t)(p50_us * (1 + spread * 2.6)),
	};
}

static inline struct snap_numbers made_numbers(uint64_t requests, uint64_t failed, double rps,
					       double p50_us, double spread)
{
	return (struct snap_numbers){
		.requests = requests,
		.succeeded = requests - failed,
		.failed = failed,
		.seconds = rps > 0 ? (double)requests / rps : NAN,
		.rps = rps,
		.ok_rps = requests ? rps * (double)(requests - failed) / (double)requests : NAN,
		.success_rate = requests ? (double)(requests - failed) / (double)requests : NAN,
		.latency = made_dist(requests - failed, p50_us, spread),
		.failed_latency = made_dist(failed, p50_us * 3, 0.2),
		.quality = NAN,
		.goodput_rps = NAN,
		.tokens_out = NAN,
		.output_tokens_per_s = NAN,
		.user_tokens_per_s = NAN,
	};
}

/* A bell over the log grid, `octaves` wide at its foot. */
static inline void made_bins(uint64_t *bins, uint64_t count, double middle_us, double octaves)
{
	int middle = loggrid_bin((int64_t)middle_us);
	double sum = 0, half = octaves * LOGGRID_PER_OCTAVE / 2, share;

	for (int i = (int)-half; i <= half; i++)
		sum += exp(-4.5 * i * i / (half * half));
	for (int i = (int)-half; i <= half; i++) {
		share = exp(-4.5 * i * i / (half * half)) / sum * (double)count;
		if (middle + i >= 0 && middle + i < LOGGRID_BINS)
			bins[middle + i] += (uint64_t)(share + 0.5);
	}
}

/* Where the query is for all tasks, as it is here. */
static inline void made_together(struct snapshot *s)
{
	s->together = (struct snap_task){.name = "all", .share = 1, .window = s->now, .all = s->all};
}

static inline struct snapshot *made_new(void)
{
	struct snapshot *s = calloc(1, sizeof *s);

	s->number = 1;
	s->query.task = -1;
	s->now = s->all = (struct snap_numbers){
		.seconds = NAN, .rps = NAN, .ok_rps = NAN, .success_rate = NAN, .quality = NAN, .goodput_rps = NAN,
		.tokens_out = NAN, .output_tokens_per_s = NAN, .user_tokens_per_s = NAN,
	};
	s->prompts_repeated = NAN;
	for (int i = 0; i < SNAP_SECONDS; i++)
		s->series.tokens[i] = s->series.ttft_p95[i] = s->series.itl_p99[i] = s->series.hit_ratio[i] = NAN;
	made_together(s);
	return s;
}

static inline void made_task(struct snapshot *s, const char *name, double share, struct snap_numbers window,
			     struct snap_numbers all)
{
	struct snap_task *task = &s->task[s->task_count++];

	snprintf(task->name, sizeof task->name, "%s", name);
	task->share = share;
	task->window = window;
	task->all = all;
}

static inline void made_error(struct snapshot *s, enum error_class error, int code, uint64_t count,
			      int last_s, const char *message)
{
	struct snap_error *e = &s->error[s->error_count++];

	s->error_kinds = s->error_count;
	*e = (struct snap_error){.error = error, .code = code, .count = count, .task = -1,
				 .first_us = last_s * 500000LL, .last_us = last_s * 1000000LL};
	snprintf(e->message, sizeof e->message, "%s", message);
}

/* The slow ones wait longer, and some of them connect first. */
static inline struct snap_parts made_parts(const struct snap_numbers *n, double prefill)
{
	static const double shares[BANDS][REQ_PHASES] = {
		[BAND_P50] = {0.01, 0, 0, 0, 0.25, 0, 0.74},
		[BAND_P95] = {0.04, 0.003, 0.03, 0.05, 0.45, 0, 0.427},
	};
	const double us[BANDS] = {(double)n->latency.p50_us, (double)n->latency.p95_us};
	struct snap_parts out = {.requests = n->latency.count, .connected = n->latency.count / 31};

	for (int b = 0; b < BANDS; b++)
		for (int i = 0; i < REQ_PHASES; i++) {
			double share = shares[b][i];

			share = i == REQ_PREFILL ? prefill : i == REQ_BODY ? share - prefill : share;
			out.us[b][i] = (float)(share * us[b]);
		}
	return out;
}

/* Over time as the series has p50 and p95. */
static inline void made_phases(struct snapshot *s, double prefill)
{
	struct snap_phases *p = &s->phases;

	s->parts = made_parts(&s->now, prefill);
	s->parts_all = made_parts(&s->all, prefill);
	s->parts_together = s->parts;
	for (int i = 0; i < s->task_count; i++)
		s->parts_of[i] = made_parts(&s->task[i].window, i ? prefill : 0);
	p->length_us = 2000000;
	p->columns = (int)(s->t_us / p->length_us) + 1;
	for (int i = 0; i < p->columns && 2 * i < s->series.count; i++) {
		struct snap_numbers n = {.latency = {
			.count = (uint64_t)(s->series.rps[2 * i] * 2), .p50_us = (int64_t)s->series.p50[2 * i],
			.p95_us = (int64_t)s->series.p95[2 * i],
		}};
		struct snap_parts parts = made_parts(&n, prefill);

		p->requests[i] = n.latency.count;
		memcpy(p->us[i], parts.us, sizeof parts.us);
	}
}

/* Two tasks alone for a while, then all of them. */
static inline void made_beside(struct snapshot *s)
{
	s->silent = s->point[3].silent = 2;
	s->beside_count = 3;
	s->beside[0] = (struct snap_beside){.task = 0, .added = 2, .level = 16,
					    .without = {412, 1210000, 6.1}, .with = {198, 2140000, 3.2}};
	s->beside[1] = (struct snap_beside){.task = 2, .added = 3, .level = 16,
					    .without = {380, 1330000, 6.0}, .with = {97, 2060000, 2.1}};
	s->beside[2] = (struct snap_beside){.task = 1, .added = 1, .others = 1, .level = 8,
					    .without = {21, 700000, 4.4}, .with = {20, 690000, NAN}};
}

static inline void made_modes(struct snapshot *s)
{
	s->modes = (struct snap_modes){
		.requests = 181, .count = 2, .follows = TRAIT_CONNECTION,
		.mode = {{147, 1310000, 2500000}, {34, 4120000, 1e11}},
		.explains = {0.94F, 0.02F, NAN, 0.12F, 0.004F, 0.08F, NAN},
		.typical_mode = 1, .typical_share = 0.97F, .typical = "made a connection",
		.sentence = "two modes (n = 181), 1.31 s (81 %) and 4.12 s (19 %): the split follows new connections "
			    "(4.12 s: made a connection, 97 %)",
	};
}

/* What the series says, drawn anew: as many a second, log-normal about its median. In
 * the seconds before `slow` they wait for what then comes late. */
static inline void made_heat(struct snapshot *s, int slow)
{
	struct snap_heat *h = &s->heat;
	struct made m = {99};

	h->length_us = 500000;
	h->columns = (int)(s->t_us / h->length_us) + 1;
	h->merge = 2;
	h->rows = 40;
	h->first = loggrid_bin(500000) - 8;
	for (int i = 0; i < h->columns; i++) {
		double rps = (double)s->series.rps[i / 2], rest = rps / 2 + made_unit(&m);

		h->failed[i] = i % 2 ? 0 : (uint32_t)s->series.errors[i / 2];
		for (; rest >= 1; rest--) {
			double sum = made_unit(&m) + made_unit(&m) + made_unit(&m) - 1.5;
			double us = (double)s->series.p50[i / 2] * exp(sum * 0.5);
			int row = (loggrid_bin((int64_t)(i / 2 == slow ? us * 2.8 : us)) - h->first) / h->merge;

			if (i / 2 < slow - 2 || i / 2 >= slow)
				h->count[i][row < 0 ? 0 : row < h->rows ? row : h->rows - 1]++;
		}
	}
}

/* The load climbs 1, 8, 16, 24 users; latency with it. */
static inline void made_diagnosis(struct snapshot *s)
{
	s->diagnosis = (struct diagnosis){
		.cause = CAUSE_QUEUE,
		.lines = 3,
		.sentence = "8 -> 24 users: p95 x 1.9, throughput x 1.4, n = 134, 181; the wait for the first byte takes 93 % of the growth",
		.next = "drive to 48 users to see its end: throughput still grows",
		.past = "a run to 48 users would show its end: throughput still grows",
		.line = {"8 users: latency p50 1.00 s, p95 1.45 s, 6.70/s succeeded (n = 134, 20 s)",
			 "24 users: latency p50 1.41 s, p95 2.09 s, 12.5/s succeeded (n = 181, 14 s)",
			 "the wait for the first byte 880 ms -> 1.40 s on average: +520 ms +- 44.0 ms of +560 ms"},
	};
}

static inline struct snapshot *made_typical(void)
{
	static const struct snap_point points[] = {
		{.t_us = 0, .level = 1, .phase = PHASE_WARMUP, .seconds = 5, .rps = 0.9, .requests = 4,
		 .p50_us = 910000, .p95_us = 1100000, .p99_us = 1200000},
		{.t_us = 5000000, .level = 1, .phase = PHASE_LOAD, .seconds = 17, .rps = 1.0, .requests = 17,
		 .p50_us = 930000, .p95_us = 1210000, .p99_us = 1300000},
		{.t_us = 24000000, .level = 8, .phase = PHASE_LOAD, .seconds = 20, .rps = 6.7, .requests = 134,
		 .p50_us = 1000000, .p95_us = 1450000, .p99_us = 1800000},
		{.t_us = 46000000, .level = 16, .phase = PHASE_LOAD, .seconds = 19, .rps = 11.2, .requests = 213,
		 .failed = 2, .p50_us = 1200000, .p95_us = 1800000, .p99_us = 2300000},
		{.t_us = 67000000, .level = 24, .phase = PHASE_LOAD, .seconds = 14, .rps = 12.8, .requests = 181,
		 .failed = 4, .p50_us = 1410000, .p95_us = 2090000, .p99_us = 2800000},
	};
	struct snapshot *s = made_new();
	struct made m = {42};

	s->t_us = 83400000;
	s->measured_us = 78400000;
	s->phase = PHASE_LOAD;
	s->window = WINDOW_60S;
	s->window_since_us = 23000000;
	s->gauge.users_active = s->gauge.users_target = 24;
	s->gauge.in_flight = 23;
	s->now = made_numbers(768, 6, 12.8, 1410000, 0.8);
	s->all = made_numbers(843, 6, 9.4, 1280000, 1.0);
	made_task(s, "resume-analysis", 0.5, made_numbers(384, 3, 6.4, 1700000, 0.6),
		  made_numbers(421, 3, 4.7, 1600000, 0.8));
	made_task(s, "interview-qa", 0.3, made_numbers(231, 0, 3.9, 1100000, 0.65),
		  made_numbers(254, 0, 2.9, 1010000, 0.8));
	made_task(s, "multi-turn", 0.2, made_numbers(153, 3, 2.5, 1420000, 0.8),
		  made_numbers(168, 3, 1.8, 1300000, 0.9));
	made_bins(s->ok_bins, 762, 1410000, 2.8);
	s->ok_bins[loggrid_bin(4100000)] = 2;
	s->failed_bins[loggrid_bin(4300000)] = 6;
	s->series.first = 0;
	s->series.count = 84;
	s->series.open = true;
	for (int i = 0; i < 84; i++) {
		double users = i < 24 ? 1 : i < 46 ? 8 : i < 67 ? 16 : 24, wobble = made_unit(&m) - 0.5;
		double rps = users / (0.92 + users * 0.04) * (1 + wobble * 0.2);
		double p50 = (0.85 + users * 0.024) * (1 + (made_unit(&m) - 0.5) * 0.1) * 1e6;

		s->series.users[i] = (uint32_t)users;
		s->series.rps[i] = s->series.ok[i] = (float)rps;
		s->series.errors[i] = i == 41 || i == 79 ? 2.0F : i > 70 && i < 73 ? 1.0F : 0;
		s->series.p50[i] = (float)p50;
		s->series.p95[i] = (float)(p50 * (1.3 + made_unit(&m) * 0.25));
		s->series.p99[i] = (float)(p50 * (1.6 + made_unit(&m) * 0.5));
		s->series.max[i] = s->series.p99[i] * 1.2F;
		s->series.errors_of[ERROR_TIMEOUT][i] = i == 41 || (i > 70 && i < 73) ? 1 + (i == 41) : 0;
		s->series.errors_of[ERROR_HTTP_5XX][i] = i == 79 ? 2 : 0;
	}
	s->point_count = (int)(sizeof points / sizeof *points);
	memcpy(s->point, points, sizeof points);
	for (int i = 0; i < s->point_count; i++) {
		s->point[i].timed = s->point[i].requests;
		s->point[i].ok_rps = s->point[i].rps * (1 - (double)s->point[i].failed / (double)s->point[i].requests);
	}
	made_error(s, ERROR_TIMEOUT, 0, 4, 41, "no complete answer within 10 s");
	made_error(s, ERROR_HTTP_5XX, 503, 2, 79, "upstream busy");
	s->succeeded = 837;
	s->failed = 2;
	s->censored = 4;
	memcpy(s->finished, (uint64_t[]){837, 2, 4}, sizeof s->finished);
	s->planned = s->started = 866;
	s->littles = (struct snap_littles){.in_flight = 23.4, .expected = 23.1};
	made_heat(s, 58);
	made_phases(s, 0);
	s->modes = (struct snap_modes){.requests = 181, .count = 1, .follows = -1, .sentence = "one mode (n = 181)"};
	made_together(s);
	made_diagnosis(s);
	return s;
}

static inline struct snapshot *made_one_sample(void)
{
	struct snapshot *s = made_new();

	s->t_us = 1300000;
	s->phase = PHASE_WARMUP;
	s->window = WINDOW_ALL;
	s->gauge.users_active = s->gauge.users_target = s->gauge.in_flight = 1;
	s->now = s->all = made_numbers(1, 0, 0.77, 871000, 0);
	made_task(s, "default", 1, s->now, s->all);
	s->ok_bins[loggrid_bin(871000)] = 1;
	s->heat = (struct snap_heat){.length_us = 500000, .columns = 3, .first = loggrid_bin(871000) / 2 * 2,
				     .merge = 2, .rows = 1, .count = {{1}}};
	s->series.count = 2;
	s->series.open = true;
	s->series.rps[0] = s->series.ok[0] = 1;
	s->series.p50[0] = s->series.p95[0] = s->series.p99[0] = 871000;
	made_phases(s, 0);
	s->point_count = 1;
	s->point[0] = (struct snap_point){.phase = PHASE_WARMUP, .level = 1, .requests = 1, .timed = 1, .seconds = 1.3};
	s->succeeded = 1;
	made_together(s);
	return s;
}

/* What streams add to numbers: one token every `itl_us`. */
static inline void made_stream(struct snap_numbers *n, uint64_t streams, double ttft_us, double itl_us)
{
	n->streams = streams;
	n->ttft = made_dist(streams, ttft_us, 0.9);
	n->tpot = made_dist(streams, itl_us * 1.05, 0.2);
	n->itl = made_dist(streams * 63, itl_us, 0.7);
	n->events = streams * 64;
	n->reads = (uint64_t)((double)n->events / 1.02);
	n->tokens_out = (double)streams * 64;
	n->output_tokens_per_s = n->seconds > 0 ? n->tokens_out / n->seconds : NAN;
	n->user_tokens_per_s = 1e6 / (itl_us * 1.05);
}

/* Certain of whatever the run's value is. */
static inline void made_run(struct snap_slo *slo, double all)
{
	slo->all = all;
	slo->verdict = isnan(all) ? SLO_INCONCLUSIVE : slo_met(&slo->slo, all) ? SLO_PASS : SLO_FAIL;
}

static inline void made_slo(struct snapshot *s, const char *text, const char *task, double now, double all)
{
	struct snap_slo *slo = &s->slo[s->slo_count++];
	struct err err = {0};

	if (slo_parse(text, &slo->slo, &err))
		abort();
	if (task)
		slo_for_task(&slo->slo, task);
	slo->now = now;
	made_run(slo, all);
}

static inline void made_hits(struct snap_numbers *n, uint64_t hits, uint64_t misses)
{
	n->cache_hits = hits;
	n->cache_misses = misses;
	n->hit_latency = made_dist(hits, 210000, 0.5);
	n->miss_latency = made_dist(misses, 1520000, 0.6);
}

/* What caches would have done: larger and longer ones more. */
static inline void made_advice(struct snapshot *s, bool priced)
{
	struct advice *a = &s->advice;

	a->lookups = 843;
	a->hits = 301;
	a->misses = 542;
	a->hit_us = 210000;
	a->closed = true;
	a->span_us = 79000000;
	a->now = (struct advice_figures){0.357, 1120000, 10.1, priced ? 0.412 : NAN};
	for (int t = 0; t < ADVICE_TTLS; t++)
		for (int k = 0; k < ADVICE_SIZES; k++) {
			double hits = 0.21 + 0.12 * (t > 2 ? 2 : t) + 0.06 * k;

			a->cell[t][k] = (struct advice_figures){hits, 1520000 - hits * 1310000, 8 + 9 * hits,
								priced ? 0.64 * (1 - hits) : NAN};
		}
}

/* Two of the three tasks stream; the server has a cache, and stalled once. */
static inline struct snapshot *made_streaming(void)
{
	struct snapshot *s = made_typical();
	struct made m = {7};

	made_stream(&s->now, 384, 312000, 20700);
	made_stream(&s->all, 422, 280000, 19800);
	made_stream(&s->task[1].window, 231, 290000, 20100);
	made_stream(&s->task[1].all, 254, 270000, 19500);
	made_stream(&s->task[2].window, 153, 350000, 21800);
	made_stream(&s->task[2].all, 168, 330000, 20900);
	s->now.quality = 92.1;
	s->all.quality = 92.6;
	s->task[0].window.quality = s->task[0].all.quality = 91;
	s->task[1].window.quality = s->task[1].all.quality = 94.2;
	s->now.goodput_rps = 11.9;
	s->all.goodput_rps = 8.9;
	for (int i = 0; i < 3; i++)
		s->task[i].window.goodput_rps = s->task[i].window.rps * 0.93;
	made_bins(s->ttft_bins, 384, 312000, 4);
	made_bins(s->tpot_bins, 384, 21700, 1);
	made_bins(s->itl_bins, 384 * 63, 20700, 3);
	s->itl_bins[loggrid_bin(820000)] = 47;
	made_hits(&s->now, 288, 480);
	made_hits(&s->all, 301, 542);
	made_bins(s->hit_bins, 288, 210000, 2);
	made_bins(s->miss_bins, 480, 1520000, 2.4);
	for (int i = 0; i < 84; i++) {
		double wobble = 1 + (made_unit(&m) - 0.5) * 0.25;

		s->series.tokens[i] = s->series.rps[i] * 32 * (float)wobble;
		s->series.ttft_p95[i] = (float)((200000 + s->series.users[i] * 12000) * wobble);
		s->series.itl_p99[i] = (float)(i == 31 ? 820000 : (24000 + s->series.users[i] * 500) * wobble);
		s->series.hit_ratio[i] = i < 24 ? NAN : (float)(0.2 + (i - 24) * 0.006 * wobble);
	}
	s->stall_gaps = 61;
	s->stall_threshold_us = 104000;
	s->stall_longest_us = 820000;
	s->stall_count = 2;
	s->stall[0] = (struct snap_stall){.t_us = 61700000, .length_us = 131000, .streams = 3, .open = 12};
	s->stall[1] = (struct snap_stall){.t_us = 31200000, .length_us = 820000, .streams = 47, .open = 48};
	s->prompts = 843;
	s->prompts_repeated = 0.357;
	made_advice(s, true);
	made_phases(s, 0.2);
	made_modes(s);
	made_slo(s, "p95<3s", NULL, 2140000, 2110000);
	made_slo(s, "success>=99%", NULL, 0.992, 0.993);
	made_slo(s, "ttft.p99<500ms", NULL, 648000, 582000);
	made_slo(s, "p95<2s", "resume-analysis", 1980000, 2360000);
	snprintf(s->error[1].excerpt, sizeof s->error[1].excerpt,
		 "{\"error\":{\"message\":\"upstream busy, try again\",\"type\":\"overloaded\",\"code\":503}}");
	s->error[0].tasks = 5;
	s->error[1].task = 2;
	s->error[1].tasks = 4;
	made_together(s);
	return s;
}

/* What its metrics say of the typical run: the batch fills, then requests wait. For a
 * while it does not answer. */
static inline void made_server(struct snapshot *s)
{
	struct made m = {3};

	s->server = (struct server_figures){
		.scrapes = 85, .failed = 6, .ok = true, .kind = SERVER_VLLM, .series = 2,
		.last = {8, 15, 0.612, 0.343}, .mean = {6.1, 7.4, 0.41, 0.31}, .max = {8, 17, 0.66, 0.5},
	};
	for (int i = 0; i < s->series.count; i++) {
		double users = s->series.users[i], wobble = made_unit(&m);

		s->server_series[SERVER_RUNNING][i] = (float)fmin(users, 8);
		s->server_series[SERVER_WAITING][i] = (float)floor(users > 8 ? users - 8 - 3 * wobble : 0);
		s->server_series[SERVER_KV_USE][i] = (float)(users / 40);
		s->server_series[SERVER_HIT_RATIO][i] = (float)wobble;
		for (int g = 0; g < SERVER_GAUGES && i > 40 && i < 47; g++)
			s->server_series[g][i] = NAN;
	}
}

static inline struct snapshot *made_scraped(void)
{
	struct snapshot *s = made_typical();

	made_server(s);
	return s;
}

/* Prompts repeat, and nobody has a cache. */
static inline struct snapshot *made_uncached(void)
{
	struct snapshot *s = made_typical();

	s->prompts = 843;
	s->prompts_repeated = 0.357;
	made_advice(s, false);
	s->advice.hits = s->advice.misses = 0;
	s->advice.hit_us = NAN;
	s->advice.now.hit_ratio = 0;
	return s;
}

/* It is ill. */
static inline struct snapshot *made_not_scraped(void)
{
	struct snapshot *s = made_scraped();

	s->server.ok = false;
	s->server.since_us = s->t_us - 12300000;
	snprintf(s->server.text, sizeof s->server.text, "HTTP 503");
	for (int g = 0; g < SERVER_GAUGES; g++) {
		s->server.last[g] = NAN;
		for (int i = s->series.count - 13; i < s->series.count; i++)
			s->server_series[g][i] = NAN;
	}
	return s;
}

/* As large as the types allow. */
static inline struct snapshot *made_huge(void)
{
	struct snapshot *s = made_typical();

	s->t_us = INT64_MAX / 2;
	s->series.first = s->t_us / 1000000 - 83;
	s->gauge.users_active = s->gauge.users_target = s->gauge.in_flight = s->gauge.connections = UINT32_MAX;
	s->http2_answers = UINT64_MAX;
	s->now = s->all = made_numbers(UINT64_MAX / 2, UINT64_MAX / 4, 1e300, 8.6e10, 0.1);
	for (int i = 0; i < s->task_count; i++)
		s->task[i].window = s->task[i].all = s->now;
	for (int i = 0; i < LOGGRID_BINS; i++)
		s->ok_bins[i] = s->failed_bins[i] = UINT64_MAX / LOGGRID_BINS / 4;
	for (int i = 0; i < s->series.count; i++) {
		s->series.rps[i] = s->series.ok[i] = 3e38F;
		s->series.p50[i] = s->series.p95[i] = 1e30F;
		s->series.p99[i] = i % 7 ? 3e38F : INFINITY;
		s->series.errors[i] = 1e38F;
	}
	for (int i = 0; i < s->point_count; i++) {
		s->point[i].level = UINT32_MAX;
		s->point[i].requests = s->point[i].failed = UINT64_MAX;
		s->point[i].timed = UINT64_MAX;
		s->point[i].rps = s->point[i].ok_rps = s->point[i].seconds = INFINITY;
		s->point[i].p99_us = s->point[i].p95_us = INT64_MAX;
		s->point[i].t_us = i == 2 ? -5000000 : INT64_MAX / 2 - i;
	}
	s->settling_until_us = INT64_MAX;
	for (int i = 0; i < s->task_count; i++)
		s->parts_of[i] = made_parts(&s->task[i].window, 0.2);
	s->parts = s->parts_all = s->parts_together = s->parts_of[0];
	s->phases.length_us = INT64_MAX / 64;
	s->phases.columns = SNAP_PART_COLUMNS;
	for (int i = 0; i < SNAP_PART_COLUMNS; i++) {
		s->phases.requests[i] = UINT64_MAX;
		for (int k = 0; k < REQ_PHASES; k++)
			s->phases.us[i][BAND_P50][k] = s->phases.us[i][BAND_P95][k] = i % 5 ? 3e38F : INFINITY;
	}
	s->heat.length_us = INT64_MAX / 256;
	made_modes(s);
	s->modes.requests = UINT64_MAX;
	memset(s->modes.sentence, 'W', sizeof s->modes.sentence - 1);
	for (int i = 0; i < s->modes.count; i++) {
		s->modes.mode[i].requests = UINT64_MAX;
		s->modes.mode[i].us = s->modes.mode[i].below_us = 1e300;
	}
	s->heat.columns = SNAP_HEAT_COLUMNS;
	s->heat.first = 0;
	s->heat.merge = 16;
	s->heat.rows = LOGGRID_BINS / 16;
	for (int i = 0; i < SNAP_HEAT_COLUMNS; i++) {
		s->heat.failed[i] = s->heat.censored[i] = s->heat.lost[i] = UINT32_MAX;
		for (int r = 0; r < SNAP_HEAT_ROWS; r++)
			s->heat.count[i][r] = UINT32_MAX;
	}
	made_stream(&s->now, UINT64_MAX / 128, 8e10, 4e10);
	s->now.reads = 1;
	made_hits(&s->now, UINT64_MAX / 2, UINT64_MAX / 2);
	s->now.output_tokens_per_s = s->now.user_tokens_per_s = 1e300;
	s->now.goodput_rps = INFINITY;
	s->now.quality = 100;
	s->all = s->now;
	for (int i = 0; i < s->task_count; i++)
		s->task[i].window = s->task[i].all = s->now;
	for (int i = 0; i < LOGGRID_BINS; i++)
		s->ttft_bins[i] = s->tpot_bins[i] = s->itl_bins[i] = s->hit_bins[i] = s->miss_bins[i] = s->ok_bins[i];
	for (int i = 0; i < s->series.count; i++) {
		s->series.tokens[i] = s->series.ttft_p95[i] = s->series.itl_p99[i] = i % 5 ? 3e38F : INFINITY;
		s->series.hit_ratio[i] = 1;
		for (int c = 1; c < ERROR_CLASS_COUNT; c++)
			s->series.errors_of[c][i] = UINT16_MAX;
	}
	s->stall_gaps = UINT64_MAX;
	s->stall_threshold_us = s->stall_longest_us = INT64_MAX;
	s->stall_count = SNAP_STALLS;
	for (int i = 0; i < SNAP_STALLS; i++)
		s->stall[i] = (struct snap_stall){INT64_MAX, INT64_MAX, UINT32_MAX, UINT32_MAX};
	s->server = (struct server_figures){.scrapes = UINT64_MAX, .failed = UINT64_MAX, .ok = true, .since_us = INT64_MIN,
					    .kind = UINT8_MAX, .series = UINT16_MAX};
	for (int g = 0; g < SERVER_GAUGES; g++) {
		s->server.last[g] = g % 2 ? INFINITY : 1e300;
		for (int i = 0; i < s->series.count; i++)
			s->server_series[g][i] = i % 5 ? 3e38F : INFINITY;
	}
	s->advice = (struct advice){.lookups = UINT64_MAX, .hits = UINT64_MAX, .hit_us = 1e300, .span_us = INT64_MAX,
				    .now = {1, 1e300, INFINITY, 1e300}};
	for (int c = 0; c < ADVICE_TTLS * ADVICE_SIZES; c++)
		s->advice.cell[c / ADVICE_SIZES][c % ADVICE_SIZES] =
			(struct advice_figures){c % 2, c % 3 ? INFINITY : 1e300, 1e300, c % 4 ? 1e300 : INFINITY};
	s->prompts = UINT64_MAX;
	s->prompts_repeated = 1;
	s->warming = true;
	made_slo(s, "p95<3s", NULL, 1e300, INFINITY);
	made_slo(s, "output_tokens>=20", NULL, 1e300, 1e300);
	for (int i = 0; i < s->error_count; i++) {
		s->error[i].count = UINT64_MAX;
		s->error[i].code = INT32_MIN;
		s->error[i].last_us = INT64_MAX;
	}
	s->failed = s->censored = s->succeeded = UINT64_MAX / 4;
	made_together(s);
	return s;
}

static inline struct snapshot *made_all_errors(void)
{
	struct snapshot *s = made_typical();

	s->now = made_numbers(60, 60, 0, 0, 0);
	s->now.failed_latency = made_dist(60, 400, 1);
	s->all = s->now;
	s->now.latency = s->all.latency = (struct dist){0};
	s->error_count = 0;
	made_error(s, ERROR_CONNECT, 111, 60, 83, "connection refused");
	memset(s->ok_bins, 0, sizeof s->ok_bins);
	memset(s->failed_bins, 0, sizeof s->failed_bins);
	memset(s->heat.count, 0, sizeof s->heat.count);
	s->heat.rows = 0;
	memset(&s->phases, 0, sizeof s->phases);
	memset(s->parts_of, 0, sizeof s->parts_of);
	s->parts = s->parts_all = s->parts_together = (struct snap_parts){0};
	for (int i = 0; i < s->heat.columns; i++)
		s->heat.failed[i] = (uint32_t)(i % 3);
	made_bins(s->failed_bins, 60, 400, 2);
	for (int i = 0; i < s->series.count; i++) {
		s->series.rps[i] = s->series.ok[i] = 0;
		s->series.errors[i] = 1 + (float)(i % 3);
		s->series.p50[i] = s->series.p95[i] = s->series.p99[i] = NAN;
		for (int c = 0; c < ERROR_CLASS_COUNT; c++)
			s->series.errors_of[c][i] = (uint16_t)(c == ERROR_CONNECT ? 1 + i % 3 : 0);
	}
	for (int i = 0; i < s->task_count; i++) {
		s->task[i].window = s->now;
		s->task[i].all = s->all;
	}
	for (int i = 0; i < s->point_count; i++) {
		s->point[i].failed = s->point[i].requests;
		s->point[i].p50_us = s->point[i].p95_us = s->point[i].p99_us = 0;
		s->point[i].rps = s->point[i].ok_rps = 0;
		s->point[i].timed = 0;
	}
	s->succeeded = 0;
	s->failed = 60;
	s->censored = 0;
	s->client_bound = true;
	snprintf(s->evidence, sizeof s->evidence, "worker 0 used 98 %% of its core for 5 s");
	made_together(s);
	return s;
}

static inline struct snapshot *made_nan(void)
{
	struct snapshot *s = made_typical();
	struct snap_numbers unknown = {.requests = 3, .seconds = NAN, .rps = NAN, .ok_rps = NAN, .success_rate = NAN};

	unknown.latency.mean_us = unknown.failed_latency.mean_us = NAN;
	s->now = s->all = unknown;
	for (int i = 0; i < s->task_count; i++) {
		s->task[i].window = s->task[i].all = unknown;
		s->task[i].share = NAN;
	}
	for (int i = 0; i < s->series.count; i++)
		s->series.rps[i] = s->series.ok[i] = s->series.errors[i] = s->series.p50[i] = s->series.p95[i] = s->series.p99[i] = NAN;
	for (int i = 0; i < s->point_count; i++)
		s->point[i].rps = s->point[i].ok_rps = s->point[i].seconds = NAN;
	made_slo(s, "p95<3s", NULL, NAN, NAN);
	memset(s->ok_bins, 0, sizeof s->ok_bins);
	memset(s->failed_bins, 0, sizeof s->failed_bins);
	made_together(s);
	return s;
}

/* 64 tasks, long names with wide characters, ten kinds of error. */
static inline struct snapshot *made_many(void)
{
	struct snapshot *s = made_typical();
	char name[SNAP_NAME];

	s->task_count = 0;
	s->error_count = 0;
	for (int i = 0; i < SNAP_TASKS; i++) {
		snprintf(name, sizeof name, i % 3 ? "task-%02d-履歴書の分析と面接" : "task-%02d-a-name-that-is-much-longer", i);
		made_task(s, name, 1.0 / SNAP_TASKS, made_numbers(12, 0, 0.2, 900000 + i * 20000, 0.5),
			  made_numbers(14 + (uint64_t)i * 3, i % 9 == 0, 0.15, 850000 + i * 20000, 0.7));
	}
	for (int i = 0; i < SNAP_TASKS; i++) {
		made_stream(&s->task[i].window, 12, 300000 + i * 10000, 20000 + i * 1000);
		s->task[i].window.quality = i % 7 ? 90 + i / 10.0 : NAN;
	}
	made_stream(&s->now, 768, 400000, 40000);
	made_stream(&s->all, 900, 400000, 40000);
	made_phases(s, 0.2);
	for (int i = 0; i < 12; i++)
		made_slo(s, i % 3 ? "ttft.p99<500ms" : "p95<1s", s->task[i].name, i % 4 == 3 ? 2e6 : 480000, 990000);
	for (int i = 0; i < 10; i++)
		made_error(s, (enum error_class)(1 + i), i == 7 ? 404 : i == 8 ? 502 : 0, 40 - (uint64_t)i, 20 + i,
			   "面接 an answer that nobody expected, at some length");
	s->error_kinds = 13;
	s->failed = 400;
	made_together(s);
	return s;
}

/* Text from servers that means no good, and such that is merely wide. */
static inline struct snapshot *made_hostile(void)
{
	struct snapshot *s = made_streaming();

	s->error_count = 0;
	made_error(s, ERROR_HTTP_5XX, 500, 9, 60, "\033[31mred\033[0m \033]0;owned\007 \r\nnext line\ttab");
	snprintf(s->error[0].excerpt, sizeof s->error[0].excerpt,
		 "<html>\n\t<title>\033[2J500</title>\x9b\x31m\u202e\u200b\xff\xfe e\u0301 \b\b\b</html>");
	made_error(s, ERROR_CHECK, 0, 4, 70, "面接の質問に対する答えが空でした 「スコア」がありません");
	snprintf(s->error[1].excerpt, sizeof s->error[1].excerpt, "{\"答え\":\"\",\"理由\":\"😀 モデルが停止しました\"}");
	made_error(s, ERROR_STREAM_ERROR, 0, 2, 81, "");
	snprintf(s->task[1].name, sizeof s->task[1].name, "面接\033[7m\u202eqa");
	s->failed = 15;
	s->censored = 0;
	for (int i = 0; i < 84; i++) {
		s->series.errors_of[ERROR_CHECK][i] = i % 21 == 20;
		s->series.errors_of[ERROR_STREAM_ERROR][i] = i > 79 && i < 82;
	}
	s->warming = true;
	s->now.reads = s->now.events / 4;
	return s;
}

static inline struct dashboard made_dashboard(void)
{
	struct dashboard d;

	dashboard_init(&d);
	d.name = "interview-coach";
	d.target = "http://localhost:8080";
	d.seed = 42;
	d.level = 24;
	return d;
}

static inline char *made_dump(const struct dashboard *d, const struct snapshot *s, int width, int height, int roles)
{
	struct canvas canvas;
	char *text = NULL;
	size_t bytes = 0;
	FILE *out = open_memstream(&text, &bytes);

	canvas_init(&canvas, width, height);
	dashboard_draw(d, s, &canvas);
	canvas_dump(&canvas, out, roles);
	fclose(out);
	canvas_fini(&canvas);
	return text;
}

#endif
