/* Two runs side by side, against simulated queues whose truth is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "base/rng.h"
#include "report/text.h"
#include "run/contrast.h"
#include "run/model.h"

#define US_PER_S 1000000LL

static char *one_task[] = {(char *)"t"};
static char *two_tasks[] = {(char *)"a", (char *)"b"};

/* A run's records, kept to be fed twice. */
struct run {
	struct run_meta meta;
	struct result result;
	struct spans *spans;
	struct rec_sample *sample;
	int count;
	int64_t length_us;
};

static struct contrast_side side_of(const struct run *r)
{
	return (struct contrast_side){"r.brunt", &r->meta, &r->result, r->spans, "A"};
}

static void put(struct run *r, int64_t te_us, int64_t us, int task, bool failed)
{
	if (r->count % 1024 == 0)
		r->sample = xreallocarray(r->sample, (size_t)r->count + 1024, sizeof *r->sample);
	r->sample[r->count++] = (struct rec_sample){
		.rec = {.bytes = sizeof(struct rec_sample), .kind = REC_SAMPLE, .t_us = te_us},
		.t0_us = te_us - us, .ts_us = te_us - us, .th_us = te_us, .t1_us = -1, .to_us = -1, .tn_us = -1,
		.status = failed ? 500 : 200, .task = (uint16_t)task, .flags = SAMPLE_ANSWERED,
		.outcome = failed ? OUTCOME_FAILED : OUTCOME_SUCCEEDED, .error = failed ? ERROR_HTTP_5XX : ERROR_NONE,
		.tokens_in = TOKENS_UNKNOWN, .tokens_out = TOKENS_UNKNOWN, .cached_tokens = TOKENS_UNKNOWN,
		.quality = (float)NAN,
	};
}

static void feed(struct run *r, void (*to)(void *at, const struct rec *rec), void *at)
{
	struct rec_point p = {.rec = {.bytes = sizeof p, .kind = REC_POINT}, .level = 1, .from = 1, .phase = PHASE_LOAD};
	struct rec end = {.bytes = sizeof end, .kind = REC_END, .t_us = r->length_us};

	to(at, &p.rec);
	for (int i = 0; i < r->count; i++)
		to(at, &r->sample[i].rec);
	p.rec.t_us = r->length_us;
	p.phase = PHASE_END;
	to(at, &p.rec);
	to(at, &end);
}

static void to_model(void *at, const struct rec *rec)
{
	model_feed(at, rec);
}

static void to_spans(void *at, const struct rec *rec)
{
	spans_feed(at, rec);
}

static void finish(struct run *r, int tasks)
{
	struct model_config config = {.task_count = tasks, .task_name = (const char *const *)(tasks > 1 ? two_tasks : one_task)};
	struct model *m = model_new(&config);

	r->meta = (struct run_meta){.task_count = tasks, .task_name = tasks > 1 ? two_tasks : one_task, .scenario = (char *)"s", .target = (char *)"http://h/a"};
	feed(r, to_model, m);
	model_result(m, &r->result);
	model_free(m);
	r->spans = spans_new(tasks, r->result.duration_us);
	feed(r, to_spans, r->spans);
}

static void run_fini(struct run *r)
{
	result_fini(&r->result);
	spans_free(r->spans);
	free(r->sample);
}

static double exponential(struct rng *rng, double mean)
{
	return -log1p(-rng_double(rng)) * mean;
}

/* M/M/1 at 80 %, `service_us` on average; `failing`: that share fails. */
static struct run queue_run(uint64_t seed, int requests, double service_us, double failing, int tasks)
{
	struct run r = {0};
	double arrival = 0, free_at = 0;
	struct rng rng;

	rng_seed(&rng, seed, 9);
	for (int i = 0; i < requests; i++) {
		arrival += exponential(&rng, 1250);
		free_at = fmax(arrival, free_at) + exponential(&rng, service_us);
		put(&r, (int64_t)free_at, (int64_t)(free_at - arrival), (int)rng_below(&rng, (uint64_t)tasks),
		    rng_double(&rng) < failing);
	}
	r.length_us = (int64_t)free_at + 1;
	finish(&r, tasks);
	return r;
}

static const struct contrast_row *row_of(const struct contrast *c, int task, const char *metric)
{
	for (int i = 0; i < c->count; i++)
		if (c->row[i].task == task && !strcmp(c->row[i].metric, metric))
			return &c->row[i];
	return NULL;
}

static struct contrast compare(const struct run *a, const struct run *b)
{
	struct contrast_side x = side_of(a), y = side_of(b);
	struct contrast c;

	assert_null(contrast_refusal(&x, &y));
	contrast_make(&x, &y, &c);
	return c;
}

/* All spans together are the run. */
static void the_figures_are_the_results(void **state)
{
	struct run a = queue_run(1, 5000, 1000, 0.02, 2), b = queue_run(2, 5000, 1000, 0.02, 2);
	struct contrast c = compare(&a, &b);

	(void)state;
	assert_true(row_of(&c, -1, "p95")->a == (double)a.result.summary.latency.p95_us);
	assert_true(row_of(&c, 1, "p50")->b == (double)b.result.task[1].latency.p50_us);
	assert_true(fabs(row_of(&c, -1, "throughput")->a - (double)a.result.summary.ok / a.result.summary.seconds) < 1e-6);
	assert_true(fabs(row_of(&c, 0, "success")->a -
			 (double)a.result.task[0].succeeded / (double)a.result.task[0].requests) < 1e-12);
	assert_null(row_of(&c, -1, "ttft.p50"));
	assert_null(row_of(&c, -1, "quality"));
	contrast_fini(&c);
	run_fini(&a);
	run_fini(&b);
}

static void equal_queues_seldom_differ(void **state)
{
	int wrong = 0;

	(void)state;
	for (uint64_t pair = 0; pair < 200; pair++) {
		struct run a = queue_run(1000 + pair, 4000, 1000, 0.01, 1), b = queue_run(5000 + pair, 4000, 1000, 0.01, 1);
		struct contrast c = compare(&a, &b);

		wrong += c.of[CONTRAST_BETTER] + c.of[CONTRAST_WORSE] > 0;
		contrast_fini(&c);
		run_fini(&a);
		run_fini(&b);
	}
	print_message("%d of 200 pairs of equal runs were called different\n", wrong);
	assert_true(wrong <= 14); /* 7 % */
}

static void a_slower_server_is_worse(void **state)
{
	int found = 0, called_better = 0;

	(void)state;
	/* 75 % busy against 80 %: the latencies are some 30 % apart. */
	for (uint64_t pair = 0; pair < 20; pair++) {
		struct run a = queue_run(100 + pair, 20000, 940, 0, 1), b = queue_run(200 + pair, 20000, 1000, 0, 1);
		struct contrast c = compare(&a, &b);

		found += row_of(&c, -1, "p50")->verdict == CONTRAST_WORSE;
		called_better += c.of[CONTRAST_BETTER];
		contrast_fini(&c);
		run_fini(&a);
		run_fini(&b);
	}
	print_message("p50 worse in %d of 20\n", found);
	assert_true(found >= 12);
	assert_int_equal(called_better, 0);
}

/* Without queueing a few thousand answers tell 5 % apart, and 0 % from it. */
static struct run even_run(uint64_t seed, double mean_us, double failing)
{
	struct run r = {0};
	struct rng rng;

	rng_seed(&rng, seed, 4);
	for (int i = 0; i < 6000; i++)
		put(&r, 1000 + i * 1000LL, (int64_t)(mean_us * exp(0.2 * rng_normal(&rng))), 0, rng_double(&rng) < failing);
	r.length_us = 6001000;
	finish(&r, 1);
	return r;
}

static void what_is_the_same_is_said(void **state)
{
	struct run a = even_run(1, 50000, 0), b = even_run(2, 50000, 0), slow = even_run(3, 60000, 0), bad = even_run(4, 50000, 0.03);
	struct contrast c = compare(&a, &b);

	(void)state;
	assert_int_equal(row_of(&c, -1, "p50")->verdict, CONTRAST_SAME);
	assert_int_equal(row_of(&c, -1, "throughput")->verdict, CONTRAST_SAME);
	assert_int_equal(row_of(&c, -1, "success")->verdict, CONTRAST_SAME);
	assert_int_equal(contrast_exit_code(&c), 0);
	contrast_fini(&c);
	c = compare(&a, &slow);
	assert_int_equal(contrast_exit_code(&c), 4);
	assert_int_equal(row_of(&c, -1, "p50")->verdict, CONTRAST_WORSE);
	assert_true(row_of(&c, -1, "p50")->low < 1.2 && row_of(&c, -1, "p50")->high > 1.2);
	contrast_fini(&c);
	c = compare(&slow, &a);
	assert_int_equal(row_of(&c, -1, "p95")->verdict, CONTRAST_BETTER);
	contrast_fini(&c);
	c = compare(&a, &bad);
	assert_int_equal(row_of(&c, -1, "success")->verdict, CONTRAST_WORSE);
	contrast_fini(&c);
	run_fini(&a);
	run_fini(&b);
	run_fini(&slow);
	run_fini(&bad);
}

static void too_few_are_undecided(void **state)
{
	struct run a = queue_run(1, 300, 1000, 0, 1), b = queue_run(2, 300, 3000, 0, 1), few = queue_run(3, 10, 1000, 0, 1);
	struct contrast c = compare(&a, &b);

	(void)state;
	/* 300 values have three beyond their p99. */
	assert_int_equal(row_of(&c, -1, "p99")->verdict, CONTRAST_UNDECIDED);
	assert_true(isnan(row_of(&c, -1, "p99")->low) && row_of(&c, -1, "p99")->ratio > 1);
	assert_true(contrast_enough(&c));
	contrast_fini(&c);
	c = compare(&a, &few);
	assert_int_equal(c.of[CONTRAST_UNDECIDED], c.count);
	assert_int_equal(contrast_exit_code(&c), 5);
	assert_false(contrast_enough(&c));
	/* That nothing failed among ten says little. */
	assert_int_equal(row_of(&c, -1, "success")->verdict, CONTRAST_UNDECIDED);
	contrast_fini(&c);
	run_fini(&a);
	run_fini(&b);
	run_fini(&few);
}

static void count_one(void *arg, const char *sentence)
{
	(void)sentence;
	++*(int *)arg;
}

static int warnings(const struct run *a, const struct run *b)
{
	struct contrast_side x = side_of(a), y = side_of(b);
	int n = 0;

	contrast_warnings(&x, &y, count_one, &n);
	return n;
}

static void keep_sentence(void *arg, const char *sentence)
{
	strcat(strcat((char *)arg, sentence), "|");
}

static void a_run_that_is_yet_to_come(void **state)
{
	struct run a = queue_run(1, 300, 1000, 0, 1);
	struct run_meta meta = {.task_count = 1, .task_name = one_task, .scenario = (char *)"s", .target = (char *)"http://h/a",
				.definitions = RUN_DEFINITIONS, .concurrency = 1};
	struct contrast_side x = side_of(&a), y = {.meta = &meta, .name = "this run"};
	char said[1000] = "";

	(void)state;
	x.name = "the baseline";
	a.meta.concurrency = 1;
	assert_null(contrast_refusal(&x, &y)); /* whose definitions are not known */
	a.meta.definitions = RUN_DEFINITIONS;
	assert_null(contrast_refusal(&x, &y));
	contrast_warnings(&x, &y, keep_sentence, said);
	assert_string_equal(said, "");
	meta.concurrency = 8;
	meta.scenario = (char *)"another";
	contrast_warnings(&x, &y, keep_sentence, said);
	assert_string_equal(said, "the loads differ: the baseline had 1 user, this run 8 users|the scenarios differ|");
	a.meta.definitions = RUN_DEFINITIONS + 1;
	assert_non_null(strstr(contrast_refusal(&x, &y), "defined differently"));
	a.meta.definitions = 0;
	meta.mode = MODE_OPEN;
	assert_non_null(strstr(contrast_refusal(&x, &y), "closed loop"));
	meta.mode = MODE_CLOSED;
	meta.task_name = two_tasks;
	assert_string_equal(contrast_refusal(&x, &y), "they have no task in common");
	run_fini(&a);
}

static char *summary(const struct run *a, const struct run *b, int columns)
{
	struct contrast_side x = side_of(a), y = side_of(b);
	struct contrast c = compare(a, b);
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	contrast_summary(out, &c, &x, &y, columns, false);
	fclose(out);
	contrast_fini(&c);
	return text;
}

static void a_summary_has_what_differs(void **state)
{
	struct run a = even_run(1, 50000, 0), b = even_run(2, 50000, 0), slow = even_run(3, 60000, 0), few = queue_run(3, 10, 1000, 0, 1);
	char *text;

	(void)state;
	a.meta.started_at = (char *)"2026-11-23";
	text = summary(&a, &slow, 80);
	assert_non_null(strstr(text, "baseline  r.brunt"));
	assert_non_null(strstr(text, "p50"));
	assert_non_null(strstr(text, "WORSE than the baseline: 4 of 6 figures, 0 better, "));
	assert_null(strstr(text, "throughput")); /* the same in both */
	free(text);
	text = summary(&a, &b, 80);
	assert_non_null(strstr(text, "not worse than the baseline: "));
	assert_null(strstr(text, "p50"));
	free(text);
	slow.meta.started_at = (char *)"2026-11-23";
	text = summary(&slow, &a, 80);
	assert_non_null(strstr(text, "BETTER than the baseline: 4 of 6 figures, none worse, "));
	free(text);
	text = summary(&a, &few, 80);
	assert_non_null(strstr(text, "UNDECIDED: too few requests"));
	free(text);
	run_fini(&a);
	run_fini(&b);
	run_fini(&slow);
	run_fini(&few);
}

static void what_cannot_be_compared(void **state)
{
	struct run a = queue_run(1, 300, 1000, 0, 1), b = queue_run(2, 300, 1000, 0, 1), two = queue_run(2, 300, 1000, 0, 2), none = {0};
	struct contrast_side x = side_of(&a), y = side_of(&b), z = side_of(&two), empty;

	(void)state;
	none.length_us = US_PER_S;
	finish(&none, 1);
	empty = side_of(&none);
	assert_null(contrast_refusal(&x, &y));
	assert_string_equal(contrast_refusal(&x, &empty), "the second has no measured requests");
	assert_string_equal(contrast_refusal(&empty, &x), "the first has no measured requests");
	assert_string_equal(contrast_refusal(&x, &z), "they have no task in common");
	assert_int_equal(warnings(&a, &b), 0);
	b.meta.target = (char *)"http://other:8080/a";
	assert_int_equal(warnings(&a, &b), 0);
	b.meta.target = (char *)"http://h/b";
	assert_int_equal(warnings(&a, &b), 1);
	b.meta.scenario = (char *)"another";
	assert_int_equal(warnings(&a, &b), 1);
	b.result.point[0].level = 20;
	assert_int_equal(warnings(&a, &b), 2);
	b.result.client_bound = true;
	assert_int_equal(warnings(&a, &b), 3);
	b.result.point[0].mode = MODE_OPEN;
	assert_non_null(strstr(contrast_refusal(&x, &y), "closed loop"));
	run_fini(&a);
	run_fini(&b);
	run_fini(&two);
	run_fini(&none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_figures_are_the_results),
		cmocka_unit_test(equal_queues_seldom_differ),
		cmocka_unit_test(a_slower_server_is_worse),
		cmocka_unit_test(what_is_the_same_is_said),
		cmocka_unit_test(too_few_are_undecided),
		cmocka_unit_test(a_run_that_is_yet_to_come),
		cmocka_unit_test(a_summary_has_what_differs),
		cmocka_unit_test(what_cannot_be_compared),
	};

	return cmocka_run_group_tests_name("contrast", tests, NULL, NULL);
}
