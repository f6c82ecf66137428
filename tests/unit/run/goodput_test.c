/* What SLOs ask of each request, what they say of all, and what that makes of
 * the exit code. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/rng.h"
#include "records.h"
#include "run/result.h"

#define near(a, b) assert_true(fabs((double)(a) - (double)(b)) < 1e-9)

static struct model *model_with(const char *const *slo)
{
	static const char *const name[] = {"alpha", "beta"};
	struct slo parsed[SLO_MAX];
	struct err err;
	int n = 0;

	for (; slo[n]; n++)
		if (slo_parse(slo[n], &parsed[n], &err))
			fail_msg("%s", err.text);
	struct model *m = model_new(&(struct model_config){
		.task_count = 2, .task_name = name, .slo = parsed, .slo_count = n});

	feed_point_at(m, 0, PHASE_LOAD, 1);
	return m;
}
#define MODEL(...) model_with((const char *const[]){__VA_ARGS__, NULL})

static union any_sample x;

/* Goodput of all together and of each task, per second of 10. */
static void goodput_is(struct model *m, double together, double alpha, double beta)
{
	const double expected[] = {together, alpha, beta};
	struct result r;

	model_advance(m, 10 * S);
	model_result(m, &r);
	const double got[] = {r.summary.goodput_rps, r.task[0].goodput_rps, r.task[1].goodput_rps};

	for (int i = 0; i < 3; i++)
		if (!(isnan(expected[i]) && isnan(got[i])) &&
		    !(fabs(expected[i] - got[i]) < 1e-9))
			fail_msg("goodput %d is %g, not %g", i, got[i], expected[i]);
	result_fini(&r);
	model_free(m);
}

/* Ten requests of each task, of 100, 200, … 1,000 ms. */
static void feed_ladder(struct model *m)
{
	for (int i = 0; i < 20; i++)
		feed_sample_at(m, 1 * S + i * MS, (i / 2 + 1) * 100 * MS, (uint16_t)(i % 2));
}

static void thresholds(void **state)
{
	static const struct {
		const char *slo[3];
		double alpha, beta; /* of ten */
	} row[] = {
		{{"p95<500ms"}, 4, 4},
		{{"p95<=500ms"}, 5, 5},
		{{"mean<300ms"}, 2, 2},
		/* The highest percentile, whatever its threshold. */
		{{"p99<=900ms", "p50<=200ms"}, 9, 9},
		{{"p50<=200ms", "p99<=900ms"}, 9, 9},
		{{"max<=900ms", "p99<=300ms"}, 9, 9},
		/* Of equal ones the stricter. */
		{{"p95<=500ms", "p95<=300ms"}, 3, 3},
		{{"mean<=500ms", "p50<=300ms"}, 3, 3},
		/* A metric each. */
		{{"p95<=500ms", "service.p50<=200ms"}, 2, 2},
		/* Scenario and task. */
		{{"p95<=500ms", "task:beta.p99<=200ms"}, 5, 2},
		{{"p99<=500ms", "task:beta.p95<=200ms"}, 5, 5},
		{{"task:beta.p95<=200ms"}, NAN, 2},
		/* These ask nothing of single requests. */
		{{"success>=99%", "throughput>=20"}, NAN, NAN},
		{{"p50>200ms"}, NAN, NAN},
		/* Nor does what plain answers have not got. */
		{{"ttft.p99<1us"}, 10, 10},
		{{"quality>=90"}, 10, 10},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct model *m = model_with((const char *const[]){row[i].slo[0], row[i].slo[1], NULL});
		double alpha = isnan(row[i].alpha) ? 10 : row[i].alpha;
		double beta = isnan(row[i].beta) ? 10 : row[i].beta;
		bool asked = !isnan(row[i].alpha) || !isnan(row[i].beta);

		feed_ladder(m);
		/* Who is asked nothing is good as it is. */
		goodput_is(m, asked ? (alpha + beta) / 10 : NAN, row[i].alpha / 10, row[i].beta / 10);
	}
}

/* Twenty gaps, of which so many miss 80 ms. */
static void feed_gaps(struct model *m, int misses)
{
	int64_t gap[20];

	for (int i = 0; i < 20; i++)
		gap[i] = i < misses ? 100 * MS : 10 * MS;
	stream_at(&x, 1 * S, 2 * S, gap, 20, 0);
	model_feed(m, &x.sample.rec);
}

/* n - ceil(q n) of 20 gaps may miss: 1 at p95, none at p99, 2 at p90, 10 at the
 * median; the smallest has to be one of them. */
static void gaps_of_one_request(void **state)
{
	static const struct {
		const char *slo;
		int allowed;
	} row[] = {
		{"itl.p95<80ms", 1}, {"itl.p99<80ms", 0}, {"itl.max<80ms", 0},
		{"itl.p90<80ms", 2}, {"itl.p50<80ms", 10}, {"itl.min<80ms", 19},
		{"itl.mean<=28ms", 4}, /* 4 x 100 + 16 x 10 */
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		for (int misses = 0; misses <= 20; misses++) {
			struct model *m = MODEL(row[i].slo);
			double good = misses <= row[i].allowed ? 0.1 : 0;

			feed_gaps(m, misses);
			goodput_is(m, good, good, 0);
		}
	struct model *m = MODEL("itl.p99<80ms");

	stream_at(&x, 1 * S, 2 * S, NULL, 0, 0); /* no gap to miss it */
	model_feed(m, &x.sample.rec);
	goodput_is(m, 0.1, 0.1, 0);
}

static void other_metrics(void **state)
{
	static const struct {
		const char *slo;
		bool good;
	} row[] = {
		{"ttft.p99<1s", false}, {"ttft.p99<=1s", true},  {"tpot.p99<=20ms", true},
		{"tpot.p99<20ms", false}, {"ttfo.p95<1s", true}, {"ttfb.p95<=1s", true},
		{"ttfb.p95<1s", false},   {"queue.max<1ms", true}, {"connect.p50<3ms", false},
		{"connect.p50<=3ms", true}, {"quality>=66", true}, {"quality>66.7", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct model *m = MODEL(row[i].slo);

		stream_at(&x, 1 * S, 2 * S, (const int64_t[]){10 * MS, 30 * MS}, 2, 1);
		x.sample.flags |= SAMPLE_NEW_CONNECTION;
		x.sample.connect_us = 3 * MS;
		x.sample.quality = 200.0F / 3;
		model_feed(m, &x.sample.rec);
		goodput_is(m, row[i].good / 10.0, 0, row[i].good / 10.0);
	}
}

static double value_of(const struct result *r, int i)
{
	return r->slo[i].value;
}

/* 200 requests, each a little slower than the one before: hardly more than one draw,
 * but of a target that is far off. */
static void alike_but_far(void **state)
{
	struct model *m = MODEL("p95<3s", "p95<500ms", "p95<1ms", "p95<20ms");
	static const enum slo_verdict expected[] = {SLO_PASS, SLO_INCONCLUSIVE, SLO_FAIL, SLO_FAIL};
	struct result r;

	(void)state;
	for (int i = 0; i < 200; i++)
		feed_sample_at(m, 2 * S + i * 10 * MS, 50 * MS + i * MS, 0);
	model_advance(m, 10 * S);
	model_result(m, &r);
	for (int i = 0; i < r.slo_count; i++)
		if (r.slo[i].verdict != expected[i])
			fail_msg("%s: %s", r.slo[i].slo.text, slo_verdict_name(r.slo[i].verdict));
	result_fini(&r);
	model_free(m);
}

/* What the end of the run cut off might have come to either. */
static void cut_off_is_no_failure_yet(void **state)
{
	static const struct {
		int cut_off, failed;
		enum slo_verdict verdict;
	} runs[] = {{0, 0, SLO_PASS}, {9, 0, SLO_INCONCLUSIVE}, {200, 0, SLO_INCONCLUSIVE}, {9, 200, SLO_FAIL}};

	(void)state;
	for (size_t k = 0; k < sizeof runs / sizeof *runs; k++) {
		struct model *m = MODEL("success>=90%");
		struct result r;

		for (int i = 0; i < 300; i++) {
			feed_sample_at(m, 2 * S + i * 4 * MS, (50 + i % 7) * MS, 0);
			if (i < runs[k].failed)
				feed_failure_at(m, 2 * S + i * 4 * MS, 1 * MS, ERROR_RESET, 0, "x");
		}
		for (int i = 0; i < runs[k].cut_off; i++)
			feed_failure_at(m, 5 * S, 1 * S, ERROR_ABORTED, 0, "x");
		model_advance(m, 6 * S);
		model_result(m, &r);
		if (r.slo[0].verdict != runs[k].verdict)
			fail_msg("%zu: %s", k, slo_verdict_name(r.slo[0].verdict));
		result_fini(&r);
		model_free(m);
	}
}

/* What brunt itself held back passes nothing; a miss stays one. */
static void client_bound_passes_nothing(void **state)
{
	struct model *m = MODEL("p95<3s", "p95<1ms", "mean<1s");
	static const enum slo_verdict expected[] = {SLO_INCONCLUSIVE, SLO_FAIL, SLO_INCONCLUSIVE};
	struct rec_gauge g = gauge_at(3 * S, 0, 200);
	struct result r;

	(void)state;
	for (int i = 0; i < 200; i++)
		feed_sample_at(m, 2 * S + i * 4 * MS, (50 + i % 7) * MS, 0);
	g.ring_dropped = 1;
	model_feed(m, &g.rec);
	model_result(m, &r);
	assert_true(r.client_bound);
	for (int i = 0; i < r.slo_count; i++)
		if (r.slo[i].verdict != expected[i])
			fail_msg("%s: %s", r.slo[i].slo.text, slo_verdict_name(r.slo[i].verdict));
	result_fini(&r);
	model_free(m);
}

/* What a cold start holds up says nothing of the long run, were it ten times too slow. */
static void few_are_no_verdict(void **state)
{
	struct model *m = MODEL("p95<3s", "p999<3s", "success>=95%");
	struct result r;

	(void)state;
	for (int n = 1; n <= 20; n++) {
		feed_sample_at(m, 1 * S + n, 30 * S, 0);
		model_advance(m, (32 + n) * S);
		model_result(m, &r);
		assert_int_equal(r.slo[0].verdict, n < 20 ? SLO_INCONCLUSIVE : SLO_FAIL);
		assert_int_equal(r.slo[1].verdict, n < 20 ? SLO_INCONCLUSIVE : SLO_FAIL);
		assert_int_equal(r.slo[2].verdict, SLO_INCONCLUSIVE);
		result_fini(&r);
	}
	model_free(m);
}

/* A backend that falls behind more and more has missed its target, though each answer
 * is like the one before. */
static void overload_is_certain(void **state)
{
	struct model *m = MODEL("p95<500ms");
	struct result r;

	(void)state;
	for (int i = 0; i < 2000; i++)
		feed_sample_at(m, 2 * S + i * 10 * MS, 50 * MS + i * 2 * MS, 0);
	model_advance(m, 40 * S);
	model_result(m, &r);
	assert_int_equal(r.slo[0].verdict, SLO_FAIL);
	result_fini(&r);
	model_free(m);
}

/* What --slo-abort may end a run for. */
static void misses_that_last(void **state)
{
	static const struct {
		const char *slo;
		bool lasts;
	} row[] = {
		{"p95<1s", true},       {"service.p50>=1s", true}, {"success>=99%", true}, {"errors<1%", true},
		{"max<1s", true},       {"max>1s", false},         {"min<1s", false},      {"min>=1s", true},
		{"success>=100%", true}, {"errors<=0%", true},     {"errors>=0%", false},  {"success<=100%", false},
		{"hit_ratio>=1", true}, {"hit_ratio>=0.5", false}, {"mean<1s", false},     {"throughput>=1", false},
		{"quality>=90", false},
	};
	struct snapshot *s = calloc(1, sizeof *s);

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct model *m = MODEL(row[i].slo);

		model_snapshot(m, (struct view_query){.task = -1}, s);
		if (s->slo[0].miss_lasts != row[i].lasts)
			fail_msg("%s", row[i].slo);
		model_free(m);
	}
	free(s);
}

/* Twenty requests of 100 … 1,000 ms in 10 s, and a failure. */
static void values_and_verdicts(void **state)
{
	struct model *m = MODEL("p50<=501ms", "p95<900ms", "mean<1s", "success>=99%", "errors<5%",
				"throughput>=2", "goodput>1.7", "task:beta.max<=1s",
				"ttft.p99<1s", "quality>=90", "output_tokens>1", "hit_ratio>0.5",
				"service.min>=100ms", "task:gone.p95<1s", "ttfb.p99<=2s");
	static const enum slo_verdict expected[] = {
		/* Twenty requests are certain of nothing but their extremes. */
		SLO_INCONCLUSIVE, SLO_INCONCLUSIVE, SLO_INCONCLUSIVE, SLO_INCONCLUSIVE, SLO_INCONCLUSIVE,
		SLO_INCONCLUSIVE, SLO_INCONCLUSIVE, SLO_PASS,
		SLO_INCONCLUSIVE, SLO_INCONCLUSIVE, SLO_INCONCLUSIVE, SLO_INCONCLUSIVE,
		SLO_PASS, SLO_INCONCLUSIVE, SLO_INCONCLUSIVE,
	};
	struct snapshot *s = calloc(1, sizeof *s);
	struct result r;

	(void)state;
	feed_ladder(m);
	feed_failure_at(m, 5 * S, 7 * S, ERROR_CHECK, 0, "status");
	model_advance(m, 10 * S);
	model_result(m, &r);
	assert_int_equal(r.slo_count, 15);
	for (int i = 0; i < r.slo_count; i++)
		if (r.slo[i].verdict != expected[i])
			fail_msg("%s: %s", r.slo[i].slo.text, slo_verdict_name(r.slo[i].verdict));
	near(value_of(&r, 3), 20.0 / 21);
	near(value_of(&r, 4), 1.0 / 21);
	near(value_of(&r, 5), 2);
	near(value_of(&r, 6), 1.8); /* 8 below 900 ms, and beta is asked for 1 s */
	near(value_of(&r, 7), 1 * S);
	near(value_of(&r, 12), 100 * MS);
	assert_true(isnan(value_of(&r, 13)));

	/* The same in windows, of 2 figures. */
	model_snapshot(m, (struct view_query){.task = 1, .window = WINDOW_10S}, s);
	assert_int_equal(s->slo_count, 15);
	for (int i = 0; i < s->slo_count; i++) {
		double all = s->slo[i].all, now = s->slo[i].now;

		assert_string_equal(s->slo[i].slo.text, r.slo[i].slo.text);
		assert_true(isnan(all) == isnan(value_of(&r, i)));
		if (isnan(all))
			continue;
		near(all, value_of(&r, i));
		if (fabs(now / all - 1) > 0.01 && i != 5 && i != 6)
			fail_msg("%s: %g now, %g in all", s->slo[i].slo.text, now, all);
	}
	model_advance(m, 60 * S);
	model_snapshot(m, (struct view_query){.task = -1, .window = WINDOW_10S}, s);
	assert_true(isnan(s->slo[0].now));
	assert_true(!isnan(s->slo[0].all));
	near(s->slo[5].now, 0); /* nothing in 10 s is a throughput of 0 */
	free(s);
	result_fini(&r);
	model_free(m);
}

/* 2,000 requests, every tenth of 1 s, the others of 10 ms; every fiftieth fails. */
static void certain_verdicts(void **state)
{
	struct model *m = MODEL("p95<500ms", "p50<500ms", "p99<2s", "p90<500ms", "success>=90%", "success>=99%",
				"errors<5%", "errors<1%", "p95>500ms", "service.p95<500ms", "success>=98%");
	static const enum slo_verdict expected[] = {
		SLO_FAIL, SLO_PASS, SLO_PASS, SLO_INCONCLUSIVE, SLO_PASS, SLO_FAIL,
		SLO_PASS, SLO_FAIL, SLO_PASS, SLO_FAIL, SLO_INCONCLUSIVE,
	};
	struct snapshot *s = calloc(1, sizeof *s);
	struct result r;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		if (i % 50 == 7)
			feed_failure_at(m, 2 * S + i * 10 * MS, 5 * MS, ERROR_RESET, 0, "x");
		else
			feed_sample_at(m, 2 * S + i * 10 * MS, i % 10 ? 10 * MS : 1 * S, 0);
	}
	model_advance(m, 30 * S);
	model_result(m, &r);
	model_snapshot(m, (struct view_query){.task = -1}, s);
	for (int i = 0; i < r.slo_count; i++) {
		if (r.slo[i].verdict != expected[i])
			fail_msg("%s: %s", r.slo[i].slo.text, slo_verdict_name(r.slo[i].verdict));
		assert_int_equal(s->slo[i].verdict, expected[i]);
	}
	free(s);
	result_fini(&r);
	model_free(m);
}

/* 2,000 answers at 100/s, of 50 to 150 ms, quality 80 or 100, 10 tokens each, some 30/s of
 * them good: means and rates near their targets and far from them. */
static void means_and_rates(void **state)
{
	static const struct {
		const char *slo;
		enum slo_verdict verdict;
	} row[] = {
		{"mean<110ms", SLO_PASS},      {"mean<90ms", SLO_FAIL},          {"mean<100ms", SLO_INCONCLUSIVE},
		{"service.mean<110ms", SLO_PASS}, {"mean>=110ms", SLO_FAIL},     {"throughput>=90", SLO_PASS},
		{"throughput>=120", SLO_FAIL}, {"throughput>=100", SLO_INCONCLUSIVE}, {"output_tokens>=900", SLO_PASS},
		{"output_tokens>=1100", SLO_FAIL}, {"quality>=80", SLO_PASS},    {"quality>=95", SLO_FAIL},
		{"quality>=90.1", SLO_INCONCLUSIVE}, {"quality>=100", SLO_FAIL}, {"hit_ratio>=0.5", SLO_INCONCLUSIVE},
		{"hit_ratio>=0.3", SLO_PASS},  {"goodput>=60", SLO_FAIL},        {"goodput>=20", SLO_PASS},
		{"p95<1s", SLO_PASS},
	};
	enum { ROWS = sizeof row / sizeof *row };
	struct model *m = MODEL(row[0].slo, row[1].slo, row[2].slo, row[3].slo, row[4].slo, row[5].slo, row[6].slo,
				row[7].slo, row[8].slo, row[9].slo, row[10].slo, row[11].slo, row[12].slo, row[13].slo,
				row[14].slo, row[15].slo, row[16].slo, row[17].slo, row[18].slo);
	struct result r;
	struct rng rng;

	(void)state;
	rng_seed(&rng, 5, 0);
	for (int i = 0; i < 2000; i++) {
		struct rec_sample sample =
			sample_at((i + 1) * 10 * MS, 50 * MS + (int64_t)rng_below(&rng, 100 * MS), 0);

		sample.quality = rng_below(&rng, 2) ? 80 : 100;
		sample.tokens_out = 10;
		sample.token_source = TOKENS_FROM_USAGE;
		sample.cache = rng_below(&rng, 2) ? CACHE_HIT : CACHE_MISS;
		model_feed(m, &sample.rec);
	}
	model_advance(m, 20 * S);
	model_result(m, &r);
	for (int i = 0; i < ROWS; i++)
		if (r.slo[i].verdict != row[i].verdict)
			fail_msg("%s: %s", row[i].slo, slo_verdict_name(r.slo[i].verdict));
	assert_true(r.slo[5].low < 100 && r.slo[5].high > 100 && r.slo[5].low > 95);
	assert_true(r.slo[10].low > 85 && r.slo[10].low < r.slo[10].value && r.slo[10].high < 95);
	assert_true(isnan(r.slo[0].low) && isnan(r.slo[14].low)); /* too few; of no batch */
	assert_true(r.slo[2].needs.close || r.slo[2].needs.requests > 0);
	result_fini(&r);
	model_free(m);
}

/* Failures that come together tell less than as many apart, and the end says so. */
static void one_burst_is_named(void **state)
{
	char text[SLO_WHY_TEXT];

	(void)state;
	for (int apart = 0; apart < 2; apart++) {
		struct model *m = MODEL("success>=97%");
		struct result r;

		for (int i = 0; i < 1000; i++) {
			struct rec_sample sample = sample_at((i + 1) * 20 * MS, 20 * MS, 0);

			if (apart ? i % 10 == 7 : i >= 500 && i < 600)
				sample.error = ERROR_HTTP_5XX, sample.outcome = OUTCOME_FAILED, sample.status = 500;
			model_feed(m, &sample.rec);
		}
		model_advance(m, 20 * S);
		model_result(m, &r);
		assert_int_equal(r.slo[0].verdict, apart ? SLO_FAIL : SLO_INCONCLUSIVE);
		assert_int_equal(r.slo[0].why.reason, apart ? SLO_WHY_NOT : SLO_WHY_BURST);
		slo_format_why(&r.slo[0].why, text);
		assert_string_equal(text, apart ? "" : "all 100 failures of 1000 came in one burst: as sure as 2 of 20");
		result_fini(&r);
		model_free(m);
	}
}

/* An SLO without a verdict says what it waits for, where that can be known; the state
 * of a run keeps it. */
static void what_it_takes(void **state)
{
	struct model *m = MODEL("p95<500ms", "p99<500ms", "task:beta.p95<3s", "ttft.p95<1s", "p50<10s");
	struct snapshot *s = calloc(1, sizeof *s);
	struct rng rng;
	char text[128];
	struct result r;

	(void)state;
	rng_seed(&rng, 3, 0);
	/* Every 67th of 1 s, among 100 that have nothing to do with each other. */
	for (int i = 0; i < 100; i++)
		feed_sample_at(m, 2 * S + i * 100 * MS, rng_below(&rng, 67) ? 300 * MS + (int64_t)rng_below(&rng, 100 * MS) : 1 * S, 0);
	for (int i = 0; i < 10; i++)
		feed_sample_at(m, 12 * S + i * 50 * MS, 350 * MS, 1);
	model_advance(m, 12 * S + 500 * MS);
	model_result(m, &r);
	assert_int_equal(r.slo[0].verdict, SLO_INCONCLUSIVE);
	assert_false(r.slo[0].needs.close);
	assert_in_range((uint64_t)r.slo[0].needs.requests, 20, 20000);
	/* 110 in 12.5 s. */
	near(r.slo[0].needs.seconds / r.slo[0].needs.requests, 12.5 / 110);
	assert_int_equal(r.slo[1].verdict, SLO_INCONCLUSIVE);
	assert_true(r.slo[1].needs.close || r.slo[1].needs.requests > 0);
	/* Twenty at least; of those of its task. */
	assert_true(r.slo[2].needs.requests >= 10);
	assert_true(r.slo[2].needs.seconds >= 12.5);
	slo_format_needs(&r.slo[2].needs, false, text, sizeof text);
	assert_non_null(strstr(text, " more requests ("));
	/* Nobody has seen one: nothing can be said. And nothing is missing of a verdict. */
	assert_true(r.slo[3].needs.requests == 0 && !r.slo[3].needs.close);
	assert_int_equal(r.slo[4].verdict, SLO_PASS);
	assert_true(r.slo[4].needs.requests == 0 && !r.slo[4].needs.close);
	/* And why there is none. */
	assert_int_equal(r.slo[0].why.reason, SLO_WHY_CHANCE);
	assert_true(r.slo[0].why.values >= 110 && r.slo[0].why.values <= 110);
	assert_int_equal(r.slo[2].why.reason, SLO_WHY_FEW);
	assert_int_equal(r.slo[3].why.reason, SLO_WHY_NO_VALUES);
	assert_int_equal(r.slo[4].why.reason, SLO_WHY_NOT);
	model_snapshot(m, (struct view_query){.task = -1}, s);
	assert_true(s->slo[0].needs.requests > 0);
	free(s);
	result_fini(&r);
	model_free(m);
}

static void exit_codes(void **state)
{
	static const struct {
		const char *slo[2];
		bool succeeded, bound, balanced;
		int code;
	} row[] = {
		{{"p95<1s"}, true, false, true, 0},
		{{"p95<1us"}, true, false, true, 3},
		{{"ttft.p95<1s"}, true, false, true, 5},
		{{"ttft.p95<1s", "p95<1us"}, true, false, true, 3},
		{{"p95<1us"}, true, true, true, 5},
		{{"p95<1s"}, true, true, true, 5},
		{{NULL}, true, true, true, 0},
		{{"p95<1s"}, false, true, true, 1},
		{{"p95<1us"}, true, true, false, 70},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		struct model *m = model_with((const char *const[]){row[i].slo[0], row[i].slo[1], NULL});
		struct rec_gauge g = gauge_at(3 * S, 0, row[i].balanced ? 200 : 201);
		struct result r;

		for (int k = 0; k < 200; k++)
			if (row[i].succeeded)
				feed_sample_at(m, 1 * S + k * 5 * MS, 5 * MS, 0);
			else
				feed_failure_at(m, 1 * S + k * 5 * MS, 5 * MS, ERROR_RESET, 0, "x");
		g.ring_dropped = row[i].bound; /* brunt itself was too slow */
		model_feed(m, &g.rec);
		model_result(m, &r);
		assert_int_equal(r.client_bound, row[i].bound);
		assert_int_equal(result_exit_code(&r), row[i].code);
		result_fini(&r);
		model_free(m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thresholds),
		cmocka_unit_test(gaps_of_one_request),
		cmocka_unit_test(other_metrics),
		cmocka_unit_test(few_are_no_verdict),
		cmocka_unit_test(misses_that_last),
		cmocka_unit_test(values_and_verdicts),
		cmocka_unit_test(certain_verdicts),
		cmocka_unit_test(means_and_rates),
		cmocka_unit_test(what_it_takes),
		cmocka_unit_test(one_burst_is_named),
		cmocka_unit_test(alike_but_far),
		cmocka_unit_test(cut_off_is_no_failure_yet),
		cmocka_unit_test(overload_is_certain),
		cmocka_unit_test(client_bound_passes_nothing),
		cmocka_unit_test(exit_codes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
