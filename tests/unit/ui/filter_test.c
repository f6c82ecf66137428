/* What may be typed as a filter, and what it leaves of a picture. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "golden.h"
#include "ui/filter.h"

static char why[FILTER_TEXT];

static void words_make_a_filter(void **state)
{
	static const struct {
		const char *text, *shown;
		int task;
	} rows[] = {
		{"", "", -1},
		{"  ", "", -1},
		{"multi-turn", "multi-turn", 2},
		{"mul", "multi-turn", 2},
		{"QA", "interview-qa", 1}, /* only one has it */
		{"task:res", "resume-analysis", 0},
		{"ok", "ok", -1},
		{"failed", "failed", -1},
		{"err:timeout", "timeout", -1},
		{"err:time", "timeout", -1},
		{"timeout", "timeout", -1},
		{"http_5", "http_5xx", -1},
		{"err:", "failed", -1},
		{"interview err:check", "interview-qa check", 1},
		{"check interview", "interview-qa check", 1},
		{"timeout ok", "ok", -1}, /* the last one counts */
		{"\"multi-turn\"", "multi-turn", 2},
	};
	struct snapshot *s = made_typical();
	char text[FILTER_TEXT];
	struct filter f;
	int task;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (filter_parse(rows[i].text, s, &f, &task, why, sizeof why))
			fail_msg("%s: %s", rows[i].text, why);
		assert_int_equal(task, rows[i].task);
		assert_string_equal(filter_text(&f, s, task, text, sizeof text), rows[i].shown);
		assert_int_equal(filter_is_on(&f), *rows[i].shown != '\0');
		/* What is shown makes the same one. */
		struct filter again;

		assert_int_equal(filter_parse(text, s, &again, &task, why, sizeof why), 0);
		assert_int_equal(again.outcome, f.outcome);
		assert_int_equal(again.error, f.error);
		assert_int_equal(task, rows[i].task);
	}
	free(s);
}

static void what_is_none_says_why(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"mulit", "no \"mulit\"; did you mean \"multi-turn\"?"},
		{"err:tim3", "no \"tim3\"; did you mean \"timeout\"?"},
		{"err:http_", "several begin with http_"},
		{"e", "several begin with e"},
		{"task:ok", "no \"ok\": a task, ok, failed, err:CLASS"},
		{"\033[31m", "no \"\033[31m\": a task, ok, failed, err:CLASS"},
	};
	struct snapshot *s = made_typical();
	struct filter f;
	int task;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_int_equal(filter_parse(rows[i].text, s, &f, &task, why, sizeof why), -1);
		assert_string_equal(why, rows[i].why);
	}
	free(s);
}

static void names_have_blanks(void **state)
{
	struct snapshot *s = made_typical();
	char text[FILTER_TEXT];
	struct filter f;
	int task;

	(void)state;
	snprintf(s->task[1].name, sizeof s->task[1].name, "two words");
	assert_int_equal(filter_parse("\"two words\" failed", s, &f, &task, why, sizeof why), 0);
	assert_int_equal(task, 1);
	assert_string_equal(filter_text(&f, s, task, text, sizeof text), "\"two words\" failed");
	assert_true(filter_complete("ok tw", 3, s, text, sizeof text));
	assert_string_equal(text, "\"two words\"");
	assert_true(filter_complete("task:\"tw", 0, s, text, sizeof text));
	assert_string_equal(text, "task:\"two words\"");
	free(s);
}

static void tab_completes_what_is_certain(void **state)
{
	static const struct {
		const char *text, *to;
	} rows[] = {
		{"mu", "multi-turn"}, {"task:in", "task:interview-qa"}, {"err:h", "err:http_"},
		{"err:tr", "err:truncated"}, {"fa", "failed"}, {"multi-turn", NULL}, {"zz", NULL}, {"", NULL},
	};
	struct snapshot *s = made_typical();
	char out[FILTER_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool done = filter_complete(rows[i].text, 0, s, out, sizeof out);

		assert_int_equal(done, rows[i].to != NULL);
		if (done)
			assert_string_equal(out, rows[i].to);
	}
	free(s);
}

/* --- what it leaves --------------------------------------------------------------- */

static uint64_t sum(const uint64_t *bins)
{
	uint64_t n = 0;

	for (int i = 0; i < LOGGRID_BINS; i++)
		n += bins[i];
	return n;
}

static struct snapshot *with_timeouts(void)
{
	struct snapshot *s = made_streaming();

	/* Two of the successes were none. */
	s->censored_bins[loggrid_bin(4100000)] = 2;
	s->now.censored = s->now.censored_age.count = 2;
	s->now.failed = 6;
	return s;
}

static void outcomes_are_apart(void **state)
{
	struct snapshot *s = with_timeouts(), *room = calloc(1, sizeof *room);
	uint64_t all = sum(s->ok_bins);
	const struct filter none = {.error = ERROR_NONE}, ok = {.outcome = FILTER_OK},
			    failed = {.outcome = FILTER_FAILED};
	const struct snapshot *x;

	(void)state;
	assert_ptr_equal(filter_apply(&none, -1, s, room), s);
	x = filter_apply(&ok, -1, s, room);
	assert_int_equal(sum(x->ok_bins), all - 2);
	assert_int_equal(sum(x->failed_bins), 0);
	assert_int_equal(x->error_count, 0);
	assert_int_equal(x->now.latency.count, all - 2);
	assert_int_equal(x->now.failed + x->now.censored, 0);
	/* Read off the bins, within half of one. */
	assert_true(fabs((double)x->now.latency.p50_us / (double)s->now.latency.p50_us - 1) < 0.1);
	assert_true(isnan(x->now.latency.mean_us));
	for (int i = 0; i < x->series.count; i++)
		assert_true(x->series.errors[i] == 0);
	/* What is of all together stays. */
	assert_memory_equal(&x->together, &s->together, sizeof x->together);
	assert_memory_equal(x->task, s->task, sizeof x->task);
	x = filter_apply(&failed, -1, s, room);
	assert_int_equal(sum(x->ok_bins), 0);
	assert_int_equal(sum(x->failed_bins), 8);
	assert_int_equal(x->error_count, s->error_count);
	assert_int_equal(x->now.latency.count, 0);
	for (int i = 0; i < x->series.count; i++)
		assert_true(x->series.ok[i] == 0 && x->series.errors[i] == s->series.errors[i]);
	free(room);
	free(s);
}

static void a_class_is_in_errors_and_rates(void **state)
{
	struct snapshot *s = with_timeouts(), *room = calloc(1, sizeof *room);
	const struct filter f = {.outcome = FILTER_FAILED, .error = ERROR_TIMEOUT};
	const struct snapshot *x = filter_apply(&f, -1, s, room);

	(void)state;
	assert_int_equal(x->error_count, 1);
	assert_int_equal(x->error[0].error, ERROR_TIMEOUT);
	for (int i = 0; i < x->series.count; i++)
		assert_true(x->series.errors[i] == (float)s->series.errors_of[ERROR_TIMEOUT][i] &&
			    !x->series.errors_of[ERROR_HTTP_5XX][i]);
	/* Histograms have no classes. */
	assert_memory_equal(x->ok_bins, s->ok_bins, sizeof x->ok_bins);
	assert_memory_equal(x->failed_bins, s->failed_bins, sizeof x->failed_bins);
	free(room);
	free(s);
}

static void a_task_has_its_errors(void **state)
{
	struct snapshot *s = made_typical(), *room = calloc(1, sizeof *room);
	const struct filter f = {.by_task = true};

	(void)state;
	for (int i = 0; i < s->error_count; i++) {
		s->error[i].task = i == 0 ? 2 : -1;
		s->error[i].tasks = i == 0 ? 1U << 2 : 3;
	}
	assert_int_equal(filter_apply(&f, 2, s, room)->error_count, 1);
	assert_int_equal(filter_apply(&f, 0, s, room)->error_count, s->error_count - 1);
	free(room);
	free(s);
}

/* --- on the screen ------------------------------------------------------------------ */

static void type(struct dashboard *d, const struct snapshot *s, const char *keys)
{
	for (; *keys; keys++)
		dashboard_key(d, s, *keys, 100);
}

static void the_picture_follows_what_is_typed(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = with_timeouts();

	(void)state;
	type(&d, s, "/mul");
	assert_int_equal(dashboard_query(&d).task, 2);
	type(&d, s, "\t");
	assert_string_equal(d.prompt.text, "multi-turn");
	type(&d, s, " xyz\r");
	/* What is none is not taken, and the load does not change. */
	assert_int_equal(d.asking, ASKING_FILTER);
	assert_string_equal(d.filter_why, "no \"xyz\": a task, ok, failed, err:CLASS");
	assert_int_equal(dashboard_query(&d).task, 2);
	type(&d, s, "\x17" "failed\r");
	assert_int_equal(d.asking, ASKING_NOTHING);
	assert_int_equal(d.filter.outcome, FILTER_FAILED);
	/* It can be changed, and is there to be changed. */
	type(&d, s, "/");
	assert_string_equal(d.prompt.text, "multi-turn failed");
	type(&d, s, "\r");
	assert_true(filter_is_on(&d.filter));
	/* Another row is another task: that part of it is over. */
	type(&d, s, "k");
	assert_false(d.filter.by_task);
	assert_int_equal(d.filter.outcome, FILTER_FAILED);
	d.zoomed = true;
	type(&d, s, "\033");
	assert_false(filter_is_on(&d.filter));
	assert_true(d.zoomed);
	type(&d, s, "/resume\r");
	assert_int_equal(dashboard_query(&d).task, 0);
	type(&d, s, "\033");
	assert_int_equal(dashboard_query(&d).task, -1);
	type(&d, s, "/ok\033");
	assert_false(filter_is_on(&d.filter));
	type(&d, s, "/ok\r/\x15\r");
	assert_false(filter_is_on(&d.filter));
	/* Nothing is known yet. */
	type(&d, NULL, "/ok\t\r");
	assert_false(filter_is_on(&d.filter));
	free(s);
}

static void requests_behind_are_filtered(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = with_timeouts();

	(void)state;
	d.width = 80;
	d.height = 24;
	type(&d, s, "/ok\r\r");
	assert_true(d.exemplar.query.ok_only);
	type(&d, s, "/\x15timeout\r\r");
	assert_true(d.exemplar.query.failures_only);
	assert_int_equal(d.exemplar.query.class, ERROR_TIMEOUT);
	type(&d, s, "\033\r");
	assert_int_equal(d.exemplar.query.class, ERROR_NONE);
	assert_false(d.exemplar.query.ok_only || d.exemplar.query.failures_only);
	free(s);
}

static void filtered_golden(const char *name, struct dashboard *d, struct snapshot *s, int width, int height)
{
	struct snapshot *room = calloc(1, sizeof *room);

	s->query.task = (int16_t)(d->cursor - 1);
	golden(name, d, dashboard_filtered(d, s, room), width, height);
	free(room);
}

static void goldens(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = with_timeouts();

	(void)state;
	type(&d, s, "/fail");
	filtered_golden("filter-typed", &d, s, 80, 24);
	type(&d, s, "ed\r");
	filtered_golden("filter-failed", &d, s, 120, 40);
	filtered_golden("filter-failed", &d, s, 80, 24);
	filtered_golden("filter-failed", &d, s, 40, 10);
	d.view = VIEW_LATENCY;
	filtered_golden("filter-failed-latency", &d, s, 80, 24);
	type(&d, s, "/\x15ok\r");
	filtered_golden("filter-ok-latency", &d, s, 120, 40);
	d.view = VIEW_ERRORS;
	filtered_golden("filter-ok-errors", &d, s, 80, 24);
	type(&d, s, "/\x15multi timeout\r");
	filtered_golden("filter-class-errors", &d, s, 80, 24);
	d.view = VIEW_OVERVIEW;
	filtered_golden("filter-class", &d, s, 120, 40);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_make_a_filter),
		cmocka_unit_test(what_is_none_says_why),
		cmocka_unit_test(names_have_blanks),
		cmocka_unit_test(tab_completes_what_is_certain),
		cmocka_unit_test(outcomes_are_apart),
		cmocka_unit_test(a_class_is_in_errors_and_rates),
		cmocka_unit_test(a_task_has_its_errors),
		cmocka_unit_test(the_picture_follows_what_is_typed),
		cmocka_unit_test(requests_behind_are_filtered),
		cmocka_unit_test(goldens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
