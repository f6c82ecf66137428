/* Records made by hand, for the tests of this folder. */
#ifndef TESTS_RUN_RECORDS_H
#define TESTS_RUN_RECORDS_H

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "metrics/gaps.h"
#include "metrics/record.h"
#include "run/model.h"

#define MS INT64_C(1000)
#define S INT64_C(1000000)

static inline struct rec head_of(uint16_t kind, uint64_t bytes, int64_t t_us)
{
	return (struct rec){.bytes = rec_bytes(bytes, 0), .kind = kind, .t_us = t_us};
}

/* A success that was due, sent and answered without delay of ours. */
#define sample_at(te, latency, number)                                         \
	(struct rec_sample)                                                    \
	{                                                                      \
		.rec = head_of(REC_SAMPLE, sizeof(struct rec_sample), te),     \
		.t0_us = (te) - (latency), .ts_us = (te) - (latency),          \
		.th_us = (te), .t1_us = -1, .to_us = -1, .tn_us = -1,          \
		.bytes_in = 100, .bytes_out = 10,                              \
		.tokens_in = TOKENS_UNKNOWN, .tokens_out = TOKENS_UNKNOWN,     \
		.cached_tokens = TOKENS_UNKNOWN, .quality = NAN,               \
		.task = (number), .status = 200, .flags = SAMPLE_ANSWERED,     \
	}

static inline struct rec_point point_at(int64_t t_us, uint8_t phase, uint32_t level)
{
	return (struct rec_point){
		.rec = head_of(REC_POINT, sizeof(struct rec_point), t_us),
		.asked_us = t_us,
		.level = level,
		.phase = phase,
	};
}

static inline struct rec_drops drops_at(int64_t t_us, uint32_t task, uint32_t succeeded,
					uint32_t failed, uint32_t censored)
{
	return (struct rec_drops){
		.rec = head_of(REC_DROPS, sizeof(struct rec_drops), t_us),
		.task = task,
		.count = {succeeded, failed, censored},
	};
}

static inline struct rec_gauge gauge_at(int64_t t_us, uint32_t in_flight, uint64_t started)
{
	return (struct rec_gauge){
		.rec = head_of(REC_GAUGE, sizeof(struct rec_gauge), t_us),
		.users_target = in_flight,
		.users_active = in_flight,
		.in_flight = in_flight,
		.in_flight_us = in_flight * (uint64_t)t_us,
		.planned = started,
		.started = started,
	};
}

/* A scrape; `text` NULL: it has figures, else it says why it has none. */
union any_server {
	struct rec_server server;
	char room[sizeof(struct rec_server) + REC_TEXT_MAX + REC_ALIGN];
};

static inline void server_at(union any_server *out, int64_t t_us, double running, double waiting, const char *text)
{
	size_t n = text ? strlen(text) : 0;

	out->server = (struct rec_server){
		.rec = head_of(REC_SERVER, sizeof *out + n, t_us),
		.running = text ? NAN : running, .waiting = text ? NAN : waiting, .kv_use = NAN,
		.hits = NAN, .lookups = NAN, .hit_ratio = NAN,
		.kind = SERVER_VLLM, .series = 1, .ok = !text, .text_bytes = (uint16_t)n,
	};
	out->server.rec.bytes = rec_bytes(sizeof out->server, n);
	memcpy(out->server.text, text ? text : "", n);
}

/* One of a run of them, at random. */
static inline void random_server_at(union any_server *out, int64_t t_us, struct rng *rng)
{
	bool fails = rng_below(rng, 4) == 0;

	server_at(out, t_us, (double)rng_below(rng, 9), (double)rng_below(rng, 40), fails ? "HTTP 503" : NULL);
	if (!fails) {
		out->server.kv_use = (double)rng_below(rng, 11) / 10;
		out->server.hits = (double)rng_below(rng, 5000);
		out->server.lookups = out->server.hits + (double)rng_below(rng, 5000);
	}
	out->server.scrapes = 1 + (uint64_t)t_us;
	out->server.failed = (uint64_t)t_us / 4;
}

/* A sample with a message: in `room`, which is big enough for any. */
union any_sample {
	struct rec_sample sample;
	char room[sizeof(struct rec_sample) + REC_TEXT_MAX + REC_EXCERPT_MAX + REC_GAPS_MAX];
};

/* A stream that was due at t0, whose tokens came at t1 and after each gap, one
 * event a read, and that ended with the last of them. */
static inline void stream_at(union any_sample *out, int64_t t0_us, int64_t t1_us,
			     const int64_t *gap_us, uint32_t gaps, uint16_t task)
{
	struct gaps writer;
	int64_t tn_us = t1_us;

	out->sample = sample_at(0, 0, task);
	gaps_init(&writer, (uint8_t *)out->sample.text);
	for (uint32_t i = 0; i < gaps; i++) {
		gaps_put(&writer, gap_us[i]);
		tn_us += gap_us[i];
	}
	out->sample.rec.bytes = rec_bytes(sizeof out->sample, writer.used);
	out->sample.rec.t_us = tn_us;
	out->sample.t0_us = out->sample.ts_us = t0_us;
	out->sample.th_us = out->sample.t1_us = t1_us;
	out->sample.tn_us = tn_us;
	out->sample.gap_bytes = writer.used;
	out->sample.events = out->sample.reads = out->sample.tokens_out = gaps + 1;
	out->sample.token_source = TOKENS_FROM_EVENTS;
	out->sample.flags |= SAMPLE_STREAM;
}

static inline void failure_at(union any_sample *out, int64_t te_us, int64_t latency_us,
			      enum error_class error, int32_t code, const char *message)
{
	size_t n = strlen(message);

	out->sample = sample_at(te_us, latency_us, 0);
	out->sample.error = (uint8_t)error;
	out->sample.outcome = error == ERROR_TIMEOUT || error == ERROR_ABORTED
				      ? OUTCOME_CENSORED
				      : OUTCOME_FAILED;
	out->sample.code = code;
	out->sample.flags = error == ERROR_HTTP_4XX || error == ERROR_HTTP_5XX ? SAMPLE_ANSWERED : 0;
	out->sample.text_bytes = (uint16_t)n;
	memcpy(out->sample.text, message, n);
	out->sample.rec.bytes = rec_bytes(sizeof out->sample, n);
}

static inline uint32_t feed_sample_at(struct model *m, int64_t te_us, int64_t latency_us,
				      uint16_t task)
{
	struct rec_sample s = sample_at(te_us, latency_us, task);

	return model_feed(m, &s.rec);
}

static inline void feed_point_at(struct model *m, int64_t t_us, uint8_t phase, uint32_t level)
{
	struct rec_point p = point_at(t_us, phase, level);

	model_feed(m, &p.rec);
}

static inline void feed_failure_at(struct model *m, int64_t te_us, int64_t latency_us,
				   enum error_class error, int32_t code, const char *message)
{
	union any_sample s;

	failure_at(&s, te_us, latency_us, error, code, message);
	model_feed(m, &s.sample.rec);
}

static inline void feed_event_at(struct model *m, int64_t t_us, uint16_t what)
{
	struct rec_event e = {.rec = head_of(REC_EVENT, sizeof e, t_us), .what = what};

	model_feed(m, &e.rec);
}

/* A mark: put at the end of what has come, of whatever moment. */
union any_mark {
	struct rec_event event;
	char room[sizeof(struct rec_event) + REC_TEXT_MAX + REC_ALIGN];
};

static inline void mark_at(union any_mark *out, int64_t t_us, int64_t of_us, const char *note)
{
	size_t n = strlen(note);

	out->event = (struct rec_event){.rec = head_of(REC_EVENT, sizeof out->event + n, t_us), .value = of_us,
					.what = EVENT_MARK, .text_bytes = (uint16_t)n};
	memcpy(out->event.text, note, n);
}

/* What an answer of a model server may have besides, at random. */
static inline void dress(struct rec_sample *s, struct rng *rng)
{
	s->prompt_hash = rng_below(rng, 500);
	s->cache = (uint8_t)rng_below(rng, CACHE_MISS + 1);
	if (rng_below(rng, 2))
		s->quality = (float)rng_below(rng, 7) * 100 / 6;
	if (rng_below(rng, 2)) {
		s->tokens_in = (uint32_t)rng_below(rng, 900);
		s->tokens_out = 1 + (uint32_t)rng_below(rng, 90);
		s->token_source = TOKENS_FROM_USAGE;
	}
}

/* A stream that ends at te, with up to 20 gaps of which few are long. */
static inline void random_stream_at(union any_sample *out, int64_t te_us, struct rng *rng)
{
	int64_t gap[20], all_us = 0;
	uint32_t gaps = (uint32_t)rng_below(rng, 21);

	for (uint32_t i = 0; i < gaps; i++) {
		gap[i] = (int64_t)rng_below(rng, 20 * MS) + (rng_below(rng, 50) ? 0 : 300 * MS);
		all_us += gap[i];
	}
	if (te_us < all_us) {
		gaps = 0;
		all_us = 0;
	}
	stream_at(out, te_us - all_us - (int64_t)rng_below(rng, 50), te_us - all_us, gap, gaps,
		  (uint16_t)rng_below(rng, 3));
	if (out->sample.t0_us < 0)
		out->sample.t0_us = out->sample.ts_us = 0;
	out->sample.reads = 1 + (uint32_t)rng_below(rng, gaps + 1);
	if (rng_below(rng, 4) == 0)
		out->sample.to_us = out->sample.tn_us;
	dress(&out->sample, rng);
}

static inline struct model *new_model(int tasks)
{
	static const char *const name[] = {"alpha", "beta", "gamma"};

	return model_new(&(struct model_config){.task_count = tasks, .task_name = name});
}

#endif
