/* A run in which everything happens, made from a seed; models and results of it. */
#ifndef TESTS_RUN_EVENTFUL_H
#define TESTS_RUN_EVENTFUL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rng.h"
#include "records.h"

/* The next record of an eventful run. */
static inline const struct rec *next_record(struct rng *rng, int64_t *t_us)
{
	static union {
		union any_sample sample;
		struct rec_point point;
		struct rec_drops drops;
		struct rec_gauge gauge;
		struct rec_event event;
		union any_server server;
		union any_mark mark;
	} x;
	uint64_t dice = rng_below(rng, 1000);

	*t_us += (int64_t)rng_below(rng, 10 * MS);
	if (dice < 3) {
		x.point = point_at(*t_us, (uint8_t)(PHASE_LOAD + rng_below(rng, 2)),
				   (uint32_t)rng_below(rng, 50));
		return &x.point.rec;
	}
	if (dice < 5) {
		x.drops = drops_at(*t_us, (uint32_t)rng_below(rng, 3), 1, 2, 3);
		return &x.drops.rec;
	}
	if (dice < 6) {
		x.event = (struct rec_event){.rec = head_of(REC_EVENT, sizeof x.event, *t_us),
					     .what = EVENT_WINDOW};
		return &x.event.rec;
	}
	if (dice < 7) {
		mark_at(&x.mark, *t_us, *t_us - (int64_t)rng_below(rng, 10 * S), *t_us % 2 ? "deploy" : "");
		return &x.mark.event.rec;
	}
	if (dice < 12) {
		random_server_at(&x.server, *t_us, rng);
		return &x.server.server.rec;
	}
	if (dice < 50) {
		x.gauge = gauge_at(*t_us, (uint32_t)rng_below(rng, 9), (uint64_t)*t_us);
		x.gauge.busiest_cpu_us = (uint64_t)*t_us * 9 / 10;
		x.gauge.core_wait_us = (uint64_t)*t_us / 3;
		x.gauge.loop_late_us = (uint64_t)*t_us / 4;
		x.gauge.loop_late_max_us = (uint32_t)rng_below(rng, 90000);
		x.gauge.throttled_us = (uint64_t)*t_us / 20;
		x.gauge.fds = 12;
		x.gauge.fd_limit = 1024;
		return &x.gauge.rec;
	}
	int64_t latency = (int64_t)exp(10 + 2 * rng_normal(rng));

	if (dice > 700) {
		random_stream_at(&x.sample, *t_us, rng);
		return &x.sample.sample.rec;
	}
	if (dice < 100) {
		failure_at(&x.sample, *t_us, latency,
			   (enum error_class)(1 + rng_below(rng, ERROR_CLASS_COUNT - 1)),
			   (int32_t)rng_below(rng, 40), dice % 2 ? "one" : "two");
	} else {
		x.sample.sample = sample_at(*t_us, latency, (uint16_t)rng_below(rng, 3));
		x.sample.sample.ts_us += latency / 3;
		x.sample.sample.th_us -= latency / 7;
		dress(&x.sample.sample, rng);
	}
	return &x.sample.sample.rec;
}

static inline struct model *asked_model(void)
{
	static const char *const name[] = {"alpha", "beta", "gamma"};
	static const char *const expr[] = {"p95<100ms", "itl.p95<25ms", "task:beta.ttft.p50<20us",
					   "quality>=50", "hit_ratio>0.1", "ttfb.p99<1s",
					   "ttfo.max<1s", "goodput>3"};
	enum { SLOS = sizeof expr / sizeof *expr };
	struct slo slo[SLOS];

	for (int i = 0; i < SLOS; i++)
		assert_int_equal(slo_parse(expr[i], &slo[i], NULL), 0);
	return model_new(&(struct model_config){
		.task_count = 3, .task_name = name, .slo = slo, .slo_count = SLOS});
}

static inline void same_result(const struct model *a, const struct model *b)
{
	struct result x, y;

	model_result(a, &x);
	model_result(b, &y);
	assert_int_equal(x.duration_us, y.duration_us);
	assert_true(x.http1_answers > 0 && x.http1_answers == y.http1_answers);
	assert_int_equal(x.http2_answers, y.http2_answers);
	assert_memory_equal(&x.summary, &y.summary, sizeof x.summary);
	for (int i = 0; i < x.task_count; i++)
		assert_memory_equal(&x.task[i], &y.task[i], sizeof *x.task);
	assert_int_equal(x.point_count, y.point_count);
	for (int i = 0; i < x.point_count; i++)
		assert_memory_equal(&x.point[i].metrics, &y.point[i].metrics,
				    sizeof x.point[i].metrics);
	assert_true(x.mark_count > 0 && x.mark_count == y.mark_count && x.marks_left_out == y.marks_left_out);
	for (int i = 0; i < x.mark_count; i++) {
		assert_int_equal(x.mark[i].t_us, y.mark[i].t_us);
		assert_string_equal(x.mark[i].note, y.mark[i].note);
	}
	assert_int_equal(x.error_count, y.error_count);
	for (int i = 0; i < x.error_count; i++) {
		assert_int_equal(x.error[i].count, y.error[i].count);
		assert_int_equal(x.error[i].code, y.error[i].code);
	}
	assert_true(x.server.scrapes > 0 && x.server.scrapes == y.server.scrapes);
	assert_memory_equal(x.server.mean, y.server.mean, sizeof x.server.mean);
	assert_memory_equal(x.server.last, y.server.last, sizeof x.server.last);
	assert_true(x.advice.lookups > 0 && x.advice.cell[0][0].hit_ratio > 0);
	assert_memory_equal(&x.advice, &y.advice, sizeof x.advice);
	assert_memory_equal(&x.littles_law_ratio, &y.littles_law_ratio, sizeof(double));
	assert_int_equal(x.slo_count, y.slo_count);
	for (int i = 0; i < x.slo_count; i++) {
		assert_true(!isnan(x.slo[i].value));
		assert_memory_equal(&x.slo[i].value, &y.slo[i].value, sizeof(double));
		assert_int_equal(x.slo[i].verdict, y.slo[i].verdict);
		assert_int_equal(x.slo[i].needs.close, y.slo[i].needs.close);
		assert_true(fabs(x.slo[i].needs.requests - y.slo[i].needs.requests) < 1e-9);
	}
	assert_true(x.summary.itl.count && x.summary.goodput_rps > 0 && x.summary.quality > 0);
	assert_true(x.summary.requests > 0);
	result_fini(&x);
	result_fini(&y);
}

/* All that model_restore() wants. */
static inline void save_all(const struct model *m, struct buf *out)
{
	int64_t second = -1;

	model_save(m, out);
	while ((second = model_next_second(m, second)) >= 0)
		model_save_second(m, second, out);
}

#endif
