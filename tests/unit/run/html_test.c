/* The report is well-formed, says the figures, and nothing from outside is markup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "records.h"
#include "run/html.h"

#define HOSTILE "</title><script>alert(1)</script>&<img src=x onerror='a\"b'>\n\x1b[2J\xff\xe2\x80\xae]]>"

/* Elements are closed in the order in which they were opened, attributes are quoted, and
 * nothing but the five entities of XML is written with an ampersand. */
static void assert_well_formed(const char *text)
{
	const char *name[64];
	size_t bytes[64];
	int depth = 0;

	assert_int_equal(utf8_wrong_at(text, strlen(text)), -1);
	assert_memory_equal(text, "<!DOCTYPE html>\n", 16);
	for (const char *p = text + 16; *p; p++) {
		if (*p == '&') {
			size_t n = strcspn(p, ";");

			assert_true((n == 3 && (!memcmp(p, "&lt", n) || !memcmp(p, "&gt", n))) || (n == 4 && !memcmp(p, "&amp", n)) ||
				    (n == 4 && !memcmp(p, "&#39", n)) || (n == 5 && !memcmp(p, "&quot", n)));
		}
		assert_true(*p == '\n' || (unsigned char)*p >= 0x20);
		if (*p != '<')
			continue;
		bool closes = p[1] == '/';
		const char *from = p + 1 + closes, *q = from + strcspn(from, " />");

		if (closes) {
			assert_true(depth > 0);
			depth--;
			assert_int_equal(q - from, bytes[depth]);
			assert_memory_equal(from, name[depth], bytes[depth]);
			assert_int_equal(*q, '>');
			p = q;
			continue;
		}
		assert_in_range(*from, 'a', 'z');
		assert_in_range(depth, 0, 63);
		name[depth] = from;
		bytes[depth++] = (size_t)(q - from);
		while (*q == ' ') {
			q += 1 + strcspn(q + 1, "=<>");
			assert_memory_equal(q, "=\"", 2);
			q += 2 + strcspn(q + 2, "\"<");
			assert_int_equal(*q++, '"');
		}
		if (*q == '/') {
			depth--;
			q++;
		}
		assert_int_equal(*q, '>');
		p = q;
	}
	assert_int_equal(depth, 0);
}

static int count_of(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

struct run {
	struct run_meta meta;
	struct run_closing closing;
	struct result result;
	struct timeline timeline;
};

static char *tasks[] = {(char *)"chat", (char *)HOSTILE};
static char *labels[] = {(char *)"team=" HOSTILE, (char *)HOSTILE, NULL};

static char *written(const struct run *run)
{
	char *text;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	html_report(out, &run->result, &run->meta, &run->closing, &run->timeline);
	fclose(out);
	assert_well_formed(text);
	return text;
}

/* Warm-up, two loads, streams, failures with hostile messages. */
static void make_run(struct run *run)
{
	static const char *const expr[] = {"p95<3s", "p99<150ms", "success>=99%"};
	static const int64_t gap[] = {10 * MS, 20 * MS};
	static union any_sample x;
	struct slo slo[3];
	const struct rec *rec[400];
	static struct rec_sample sample[300];
	struct rec_point point[] = {point_at(0, PHASE_WARMUP, 1), point_at(2 * S, PHASE_LOAD, 4), point_at(11 * S, PHASE_LOAD, 8),
				    point_at(32 * S, PHASE_END, 8)};
	struct rec_gauge gauge = gauge_at(31 * S, 8, 302);
	struct timeline_reader *reader;
	struct model *m;
	int n = 0;

	for (int i = 0; i < 3; i++)
		assert_int_equal(slo_parse(expr[i], &slo[i], NULL), 0);
	m = model_new(&(struct model_config){.task_count = 2, .task_name = (const char *const *)tasks, .slo = slo, .slo_count = 3});
	rec[n++] = &point[0].rec;
	for (int i = 0; i < 300; i++) {
		sample[i] = sample_at(i * 100 * MS + 50 * MS, (20 + i * 37 % 100) * MS, (uint16_t)(i % 2));
		if (i == 20)
			rec[n++] = &point[1].rec;
		if (i == 110)
			rec[n++] = &point[2].rec;
		rec[n++] = &sample[i].rec;
	}
	stream_at(&x, 30 * S, 30 * S + 500 * MS, gap, 2, 0);
	rec[n++] = &x.sample.rec;
	rec[n++] = &gauge.rec;
	rec[n++] = &point[3].rec;
	reader = timeline_new(&run->timeline, 32 * S, 302);
	for (int i = 0; i < n; i++) {
		model_feed(m, rec[i]);
		timeline_feed(reader, rec[i]);
		if (i == 150)
			feed_failure_at(m, rec[i]->t_us, 1 * MS, ERROR_HTTP_5XX, 503, HOSTILE);
	}
	timeline_free(reader);
	model_result(m, &run->result);
	model_free(m);
	run->meta = (struct run_meta){
		.version = (char *)"0.1.0", .started_at = (char *)"2026-11-23T14:02:07.123Z", .target = (char *)"http://" HOSTILE,
		.scenario = (char *)HOSTILE, .label = labels, .seed = 42, .concurrency = 4, .task_count = 2, .task_name = tasks};
	run->closing = (struct run_closing){.known = true, .cpu_pct = 12, .worker_cpu_pct = NAN};
}

static void all_of_a_run(void **state)
{
	static struct run run;
	char *text;

	(void)state;
	make_run(&run);
	text = written(&run);
	assert_non_null(strstr(text, "2026-11-23 14:02:07 UTC"));
	assert_non_null(strstr(text, "<dd>4 users, +1 load</dd>"));
	assert_non_null(strstr(text, "<dt>Requests</dt><dd>282</dd>"));
	assert_non_null(strstr(text, "<dt>Success</dt><dd>99.64 %</dd>"));
	assert_non_null(strstr(text, "<tr class=\"pass\"><td class=\"text\">p95&lt;3s</td>"));
	assert_non_null(strstr(text, "<td class=\"text\">success&gt;=99%</td>"));
	/* Over time four, a histogram, two against the load. */
	assert_int_equal(count_of(text, "<svg "), 7);
	assert_int_equal(count_of(text, "<rect class=\"aside\""), 4);
	assert_int_equal(count_of(text, "<text class=\"mark\""), 8);
	assert_non_null(strstr(text, ">8 users</text>"));
	assert_non_null(strstr(text, "<title>p99&lt;150ms 150 ms</title>"));
	assert_non_null(strstr(text, "<h2>Tasks</h2>"));
	assert_non_null(strstr(text, "<h2>Operating points</h2>"));
	assert_non_null(strstr(text, "<td class=\"text\">http_5xx</td><td>503</td><td>1</td>"));
	assert_non_null(strstr(text, "ok: not the limit"));
	assert_null(strstr(text, "class=\"note"));
	free(text);
	result_fini(&run.result);
}

static void nothing_from_outside_is_markup(void **state)
{
	static const char shown[] = "&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&lt;img src=x "
				    "onerror=&#39;a&quot;b&#39;&gt;  [2J\xef\xbf\xbd ]]&gt;";
	static struct run run;
	char *text;

	(void)state;
	make_run(&run);
	run.closing.client_bound = true;
	memcpy(run.closing.evidence, HOSTILE, sizeof HOSTILE);
	memcpy(run.closing.incomplete, HOSTILE, sizeof HOSTILE);
	run.meta.version = run.meta.started_at = (char *)HOSTILE;
	text = written(&run);
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "<img"));
	/* Title, heading, target, when, a label, task, two warnings, version. The other label
	 * has its "=" in the middle, the message was made printable already. */
	assert_int_equal(count_of(text, shown), 9);
	/* Nothing to load, nothing to follow: the one address is the name of XHTML. */
	assert_int_equal(count_of(text, "http://"), 2);
	assert_null(strstr(text, "href"));
	assert_null(strstr(text, "src=\""));
	assert_null(strstr(text, "url("));
	assert_null(strstr(text, "@import"));
	free(text);
	result_fini(&run.result);
}

static void what_is_wrong_is_said_first(void **state)
{
	static struct run run;
	char *text;

	(void)state;
	make_run(&run);
	run.closing.partial = true;
	strcpy(run.closing.incomplete, "the recording was cut off after 5 s");
	run.result.gauge.ring_dropped = 7;
	text = written(&run);
	assert_non_null(strstr(text, "<b>A partial result:</b> the run was interrupted"));
	assert_non_null(strstr(text, "<b>Incomplete:</b> the recording was cut off after 5 s"));
	assert_non_null(strstr(text, "7, counted, but without a time"));
	assert_true(strstr(text, "A partial result") < strstr(text, "Requests"));
	free(text);
	run.closing.incomplete[0] = '\0';
	run.result.balanced = false;
	text = written(&run);
	assert_non_null(strstr(text, "The books do not balance"));
	free(text);
	result_fini(&run.result);
}

static void a_run_of_nothing(void **state)
{
	static struct run run;
	struct model *m = new_model(1);
	char *text;

	(void)state;
	timeline_free(timeline_new(&run.timeline, 0, 0));
	model_result(m, &run.result);
	model_free(m);
	run.meta = (struct run_meta){.version = (char *)"", .started_at = (char *)"", .target = (char *)"", .scenario = (char *)"",
				     .task_count = 1, .task_name = tasks};
	run.closing = (struct run_closing){.cpu_pct = NAN, .worker_cpu_pct = NAN};
	text = written(&run);
	assert_non_null(strstr(text, "<dt>Requests</dt><dd>0</dd>"));
	assert_non_null(strstr(text, "<dt>Latency p50</dt><dd>\xe2\x80\x93</dd>"));
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf"));
	free(text);
	result_fini(&run.result);
}

/* Times and levels that only a damaged file has. */
static void no_figure_breaks_a_picture(void **state)
{
	static struct run run;
	char *text;

	(void)state;
	make_run(&run);
	run.timeline.bin[3].p99_us = HDR_MAX_US;
	run.timeline.bin[4].ok_rps = 1e300;
	run.timeline.bins[0] = run.timeline.bins[LOGGRID_BINS - 1] = UINT64_MAX / 4;
	run.result.point[0].level = 1e9;
	run.result.point[1].level = 0;
	run.result.point[1].t_us = 366 * 86400 * S;
	run.result.summary.latency.p99_us = HDR_MAX_US;
	text = written(&run);
	assert_null(strstr(text, "nan"));
	free(text);
	result_fini(&run.result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_a_run),
		cmocka_unit_test(nothing_from_outside_is_markup),
		cmocka_unit_test(what_is_wrong_is_said_first),
		cmocka_unit_test(a_run_of_nothing),
		cmocka_unit_test(no_figure_breaks_a_picture),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
