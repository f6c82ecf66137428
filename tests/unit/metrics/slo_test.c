#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/slo.h"

static struct slo parsed(const char *text)
{
	struct slo slo;
	struct err err = {""};

	if (slo_parse(text, &slo, &err))
		fail_msg("%s: %s", text, err.text);
	return slo;
}

static void all_parts(void **state)
{
	static const struct {
		const char *text, *task;
		enum slo_metric metric;
		enum slo_statistic statistic;
		enum slo_op op;
		double threshold;
	} row[] = {
		{"p95<3s", "", SLO_LATENCY, SLO_P95, SLO_LESS, 3e6},
		{"latency < 3s", "", SLO_LATENCY, SLO_P95, SLO_LESS, 3e6},
		{" ttft.p99 <= 500ms ", "", SLO_TTFT, SLO_P99, SLO_AT_MOST, 5e5},
		{"p99.9<3s", "", SLO_LATENCY, SLO_P999, SLO_LESS, 3e6},
		{"ttft.p99.9<3s", "", SLO_TTFT, SLO_P999, SLO_LESS, 3e6},
		{"task:a.b.ttft.p99.9<3s", "a.b", SLO_TTFT, SLO_P999, SLO_LESS, 3e6},
		{"task:a.p99.9<3s", "a", SLO_LATENCY, SLO_P999, SLO_LESS, 3e6},
		{"itl.p99<80ms", "", SLO_ITL, SLO_P99, SLO_LESS, 8e4},
		{"mean<1.5s", "", SLO_LATENCY, SLO_MEAN, SLO_LESS, 1.5e6},
		{"success>=99%", "", SLO_SUCCESS, SLO_P95, SLO_AT_LEAST, 0.99},
		{"success>=0.99", "", SLO_SUCCESS, SLO_P95, SLO_AT_LEAST, 0.99},
		{"errors<1%", "", SLO_ERRORS, SLO_P95, SLO_LESS, 0.01},
		{"quality>=90", "", SLO_QUALITY, SLO_P95, SLO_AT_LEAST, 90},
		{"throughput>20", "", SLO_THROUGHPUT, SLO_P95, SLO_MORE, 20},
		{"hit_ratio>=50%", "", SLO_HIT_RATIO, SLO_P95, SLO_AT_LEAST, 0.5},
		{"task:resume-analysis.p95<3s", "resume-analysis", SLO_LATENCY, SLO_P95, SLO_LESS, 3e6},
		{"task:a.b.ttft.p50<1s", "a.b", SLO_TTFT, SLO_P50, SLO_LESS, 1e6},
		{"task:a.b.quality>=90", "a.b", SLO_QUALITY, SLO_P95, SLO_AT_LEAST, 90},
		{"task:v1.5.max<1s", "v1.5", SLO_LATENCY, SLO_MAXIMUM, SLO_LESS, 1e6},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct slo slo = parsed(row[i].text);

		assert_string_equal(slo.task, row[i].task);
		assert_int_equal(slo.metric, row[i].metric);
		assert_int_equal(slo.statistic, row[i].statistic);
		assert_int_equal(slo.op, row[i].op);
		assert_true(fabs(slo.threshold - row[i].threshold) < 1e-9 * row[i].threshold);
	}
}

/* However it was written: one SLO is shown in one way. */
static void one_spelling(void **state)
{
	static const struct {
		const char *given, *shown;
	} row[] = {
		{"p95<3s", "p95<3s"}, {"p95 < 3 s", "p95<3s"}, {"latency p95 < 3s", "p95<3s"}, {"latency.p95<3s", "p95<3s"},
		{"p95 latency<3\ts", "p95<3s"}, {"latency<3s", "p95<3s"}, {" ttft.p99 <= 500 ms ", "ttft.p99<=500ms"},
		{"ttft  p99 <=500ms", "ttft.p99<=500ms"}, {"ttft<1s", "ttft.p95<1s"}, {"p99.9<3s", "p999<3s"},
		{"ttft p99.9<3s", "ttft.p999<3s"}, {"success >= 99 %", "success>=99%"}, {"success>=0.99", "success>=0.99"},
		{"throughput > 20", "throughput>20"}, {"task:my chat.p95 < 3 s", "p95<3s"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct slo slo = parsed(row[i].given);

		assert_string_equal(slo.text, row[i].shown);
		/* It reads as itself again. */
		assert_string_equal(parsed(slo.text).text, row[i].shown);
	}
	assert_string_equal(parsed("task:my chat.p95 < 3 s").task, "my chat");
}

/* What a run file keeps of it is not cut, however much white space there was. */
static void white_space(void **state)
{
	char text[128];

	(void)state;
	snprintf(text, sizeof text, "task:chat.p95<%100s3s", "");
	assert_string_equal(parsed(text).text, "p95<3s");
}

static void refusals(void **state)
{
	static const struct {
		const char *text, *why;
	} row[] = {
		{"", "no comparison"},
		{"p95", "no comparison"},
		{"p95=3s", "no comparison"},
		{"p94<3s", "unknown metric \"p94\"; expected latency"},
		{"latancy<3s", "unknown metric \"latancy\"; did you mean \"latency\"?"},
		{"maxx<3s", "unknown metric \"maxx\"; expected"},
		{"latency.meen<3s", "unknown statistic \"meen\"; did you mean \"mean\"?"},
		{"ttft.p94<3s", "unknown statistic \"p94\"; expected min"},
		{"quality.p95>=90", "no statistic"},
		{"p95<3", "a duration"},
		{"p95<", "a duration"},
		{"p95<1 2s", "a duration"},
		{"p95<3 . 5s", "a duration"},
		{"latency p95 p99<3s", "unknown"},
		{"p95 p99<3s", "unknown"},
		{"quality p95>=90", "did you mean \"quality\"?"},
		{"success>=99", "a share"},
		{"success>=-1%", "a share"},
		{"quality>=101", "0 to 100"},
		{"throughput>0x10", "per second"},
		{"throughput>1%", "per second"},
		{"throughput>1.2.3", "per second"},
		{"task:.p95<3s", "bad task name"},
		{"task:chat<3s", "no metric"},
		{"task:chat.nothing<3s", "no metric"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct slo slo = {.text = "untouched"};
		struct err err = {""};

		assert_int_equal(slo_parse(row[i].text, &slo, &err), -1);
		if (!strstr(err.text, row[i].why))
			fail_msg("%s: %s", row[i].text, err.text);
		assert_string_equal(slo.text, "untouched");
	}
}

static void control_characters_do_not_reach_messages(void **state)
{
	struct slo slo;
	struct err err = {""};

	(void)state;
	assert_int_equal(slo_parse("p9\033[31m5<3s", &slo, &err), -1);
	assert_null(strchr(err.text, '\033'));
}

static void met_or_not(void **state)
{
	struct slo less = parsed("p95<3s"), most = parsed("p95<=3s");
	struct slo more = parsed("quality>90"), least = parsed("quality>=90");

	(void)state;
	assert_true(slo_met(&less, 2999999));
	assert_false(slo_met(&less, 3000000));
	assert_true(slo_met(&most, 3000000));
	assert_false(slo_met(&more, 90));
	assert_true(slo_met(&least, 90));
	assert_false(slo_met(&less, NAN));
	assert_false(slo_met(&least, NAN));
}

static void a_task_stays(void **state)
{
	struct slo own = parsed("p95<3s"), other = parsed("task:b.p95<3s");

	(void)state;
	slo_for_task(&own, "a");
	slo_for_task(&other, "a");
	assert_string_equal(own.task, "a");
	assert_string_equal(other.task, "b");
}

static void written_with_its_task(void **state)
{
	struct slo own = parsed("p95<3s"), other = parsed("task:b.c.ttft.p50<3s"), back;
	char text[SLO_TEXT], many[200];
	char *list[] = {text, "nonsense", "quality>=90", NULL};
	struct slo all[SLO_MAX];

	(void)state;
	slo_full_text(&own, text);
	assert_string_equal(text, "p95<3s");
	slo_full_text(&other, text);
	assert_string_equal(text, "task:b.c.ttft.p50<3s");
	slo_for_task(&own, "b.c");
	slo_full_text(&own, text);
	assert_string_equal(text, "task:b.c.p95<3s");
	back = parsed(text);
	assert_string_equal(back.task, "b.c");
	assert_string_equal(back.text, "p95<3s");
	assert_int_equal(slo_parse_all(list, all), 2);
	assert_int_equal(all[1].metric, SLO_QUALITY);
	assert_int_equal(slo_parse_all(NULL, all), 0);
	memset(many, ' ', sizeof many);
	memcpy(many, "p95<", 4);
	memcpy(many + 150, "3s", 3);
	assert_int_equal(slo_parse(many, &back, NULL), -1);
}

static const char *shown(const char *slo, double value)
{
	static char out[32];
	struct slo s = parsed(slo);

	slo_format(&s, value, out, sizeof out);
	return out;
}

static void values_have_units(void **state)
{
	(void)state;
	assert_string_equal(shown("p95<3s", 2090000), "2.09 s");
	assert_string_equal(shown("success>=99%", 0.99996), "99.99 %");
	assert_string_equal(shown("success>=99%", 1), "100 %");
	assert_string_equal(shown("quality>=90", 92.3), "92.3");
	assert_string_equal(shown("throughput>=20", 18.4), "18.4 /s");
	assert_string_equal(shown("p95<3s", NAN), "–");
}

static void needs(void **state)
{
	static const struct {
		struct slo_needs needs;
		const char *text, *brief;
	} row[] = {
		{{.requests = 1361, .seconds = 117}, "about 1,400 more requests (2 min at this rate)",
		 "about 1,400 more, 2 min"},
		{{.requests = 41, .seconds = 61}, "about 41 more requests (61 s at this rate)", "about 41 more, 61 s"},
		{{.requests = 2.2, .seconds = 0.3}, "about 3 more requests (1 s at this rate)", "about 3 more, 1 s"},
		{{.requests = 1234567, .seconds = 200000}, "about 1,300,000 more requests (3 days at this rate)",
		 "about 1,300,000 more, 3 days"},
		{{.requests = 9999, .seconds = 7200}, "about 10,000 more requests (2 h at this rate)",
		 "about 10,000 more, 2 h"},
		{{.close = true}, "too close to call", "too close to call"},
		{{.requests = 1e12, .seconds = 10}, "too close to call", "too close to call"},
		{{.close = false}, "", ""},
	};
	char text[100];

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		slo_format_needs(&row[i].needs, false, text, sizeof text);
		assert_string_equal(text, row[i].text);
		slo_format_needs(&row[i].needs, true, text, sizeof text);
		assert_string_equal(text, row[i].brief);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_parts),
		cmocka_unit_test(one_spelling),
		cmocka_unit_test(white_space),
		cmocka_unit_test(refusals),
		cmocka_unit_test(control_characters_do_not_reach_messages),
		cmocka_unit_test(met_or_not),
		cmocka_unit_test(a_task_stays),
		cmocka_unit_test(written_with_its_task),
		cmocka_unit_test(values_have_units),
		cmocka_unit_test(needs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
