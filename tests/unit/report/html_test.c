/* The report is well-formed, says the figures, and nothing from outside is markup. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/archive.h"
#include "base/utf8.h"
#include "../run/records.h"
#include "report/html.h"

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
	/* Over time five, a histogram, phases, two over the load. */
	assert_int_equal(count_of(text, "<svg "), 9);
	assert_int_equal(count_of(text, "<rect class=\"aside\""), 5);
	assert_int_equal(count_of(text, "<text class=\"load\""), 10);
	assert_non_null(strstr(text, "\nusers 8\nin flight 8\ndue, not sent \xe2\x80\x93\n"));
	assert_non_null(strstr(text, ">8 users</text>"));
	assert_non_null(strstr(text, "<title>p99&lt;150ms 150 ms</title>"));
	assert_non_null(strstr(text, "<h2>Tasks</h2>"));
	assert_non_null(strstr(text, "<h2>Operating points</h2>"));
	assert_non_null(strstr(text, "<td class=\"text\">http_5xx</td><td>503</td><td>1</td>"));
	assert_non_null(strstr(text, "ok: not the limit"));
	assert_null(strstr(text, "class=\"note"));
	assert_null(strstr(text, "<dt>HTTP</dt>"));
	/* What there is nothing of has no section. */
	assert_null(strstr(text, "<h2>Marks</h2>"));
	assert_null(strstr(text, "The server, as it says itself"));
	assert_null(strstr(text, "<h2>Tasks beside each other</h2>"));
	assert_null(strstr(text, "<h2>What a cache would do</h2>"));
	assert_null(strstr(text, "<h2>Modes of the latency</h2>"));
	assert_null(strstr(text, ">Sweep<"));
	assert_null(strstr(text, "Micro-experiments"));
	free(text);
	result_fini(&run.result);
}

/* A mark and a scrape more, and what takes a longer run to come about. */
static void dress_up(struct run *run)
{
	struct result *r = &run->result;

	r->mark_count = 3;
	free(r->mark);
	r->mark = calloc(3, sizeof *r->mark);
	r->mark[0] = (struct course_mark){.t_us = 4 * S, .note = "<b>deploy</b>"};
	r->mark[1] = (struct course_mark){.t_us = 4 * S + 1}; /* so near that its number has no room */
	r->mark[2] = (struct course_mark){.t_us = ARCHIVE_TIME_MAX, .note = "beyond the end"};
	r->marks_left_out = 1;
	r->http2_answers = r->http1_answers = 1;
	r->summary.connect.count = 2;
	r->in_flight_mean = 63.84;
	r->modes_count = 1;
	free(r->modes);
	r->modes = calloc(1, sizeof *r->modes);
	*r->modes = (struct result_modes){.t_us = r->point[1].t_us, .task = 1, .sentence = "two modes, 1 ms (90 %) and 2 s (10 %)"};
	r->beside_count = 1;
	r->beside[0] = (struct snap_beside){.task = 0, .added = 2, .level = 4, .without = {50, 20 * MS, 1}, .with = {60, 50 * MS, 1}};
	r->sweep = (struct snap_sweep){.state = SNAP_SWEPT, .text = "plateau: knee at 3.9 users, <i>"};
	r->tried[0] = (struct snap_trial){.state = SNAP_TRIED, .text = "no more than <b>"};
	r->advice.lookups = 1;
	r->advice.hit_us = r->advice.now.rps = r->advice.now.cost = NAN;
	r->server = (struct server_figures){.scrapes = 9, .ok = true, .kind = SERVER_VLLM, .mean = {2.5, NAN, 0.5, NAN},
					    .max = {4, NAN, 0.75, NAN}};
	for (int i = 0; i < run->timeline.count; i++)
		for (int g = 0; g < SERVER_GAUGES; g++)
			run->timeline.bin[i].server[g] = g == SERVER_RUNNING ? i : g == SERVER_KV_USE ? 0.5 : (double)NAN;
}

static void in_the_words_of_the_summary(void **state)
{
	static struct run run;
	char *text;

	(void)state;
	make_run(&run);
	dress_up(&run);
	text = written(&run);
	assert_non_null(strstr(text, "<dt>Connections</dt><dd>HTTP/1.1 and 2, 2 connections opened, 63.8 requests in flight</dd>"));
	/* Two of the server more. */
	assert_int_equal(count_of(text, "<svg "), 11);
	assert_non_null(strstr(text, "<p class=\"words\">vLLM \xc2\xb7 9 scrapes of its metrics, 0 failed</p>"));
	assert_non_null(strstr(text, "<p class=\"words\">running 2.50, at most 4.00 \xc2\xb7 kv cache 50.0 %, at most 75.0 %</p>"));
	assert_non_null(strstr(text, "\nrunning 3\n"));
	assert_non_null(strstr(text, "\nkv cache 50.0 %\ncache hits \xe2\x80\x93"));
	assert_int_equal(count_of(text, ">kv cache</span>"), 1);
	assert_int_equal(count_of(text, ">waiting</span>"), 0); /* it never says */
	/* In seven pictures over time: three signs, two numbers. */
	assert_int_equal(count_of(text, "<g class=\"mark\">"), 21);
	assert_int_equal(count_of(text, ">1</text></g>"), 7);
	assert_int_equal(count_of(text, ">2</text></g>"), 0);
	assert_int_equal(count_of(text, "\nmark 1: &lt;b&gt;deploy&lt;/b&gt;\nmark 2</title>"), 7);
	assert_non_null(strstr(text, "<li><b>00:04</b> &lt;b&gt;deploy&lt;/b&gt;</li>\n<li><b>00:04</b> </li>"));
	assert_non_null(strstr(text, "1 earlier one is not shown."));
	assert_non_null(strstr(text, "<section><h2>Modes of the latency</h2><p class=\"words\">8 users: &lt;/title&gt;"));
	assert_non_null(strstr(text, ": two modes, 1 ms (90 %) and 2 s (10 %)</p>"));
	assert_non_null(strstr(text, "<h3>Sweep</h3><p class=\"words\">plateau: knee at 3.9 users, &lt;i&gt;</p>"));
	assert_non_null(strstr(text, "<section><h2>Micro-experiments</h2><p class=\"words\">"));
	assert_non_null(strstr(text, ": no more than &lt;b&gt;</p>\n</section>"));
	assert_non_null(strstr(text, "<td>4</td><td>alone</td><td>20.0 ms</td><td>50</td><td>50.0 ms</td><td>60</td><td>2.50</td></tr>"));
	assert_non_null(strstr(text, "<h2>What a cache would do</h2><div class=\"wide\"><table><thead><tr><th class=\"text\">a cache of</th>"));
	assert_non_null(strstr(text, "<p class=\"plain\">LRU, of 1 prompt; no hit was seen"));
	free(text);
	/* Nobody answered. */
	run.result.server = (struct server_figures){.scrapes = 1, .failed = 1, .since_us = 2 * S, .mean = {NAN, NAN, NAN, NAN},
						    .max = {NAN, NAN, NAN, NAN}, .text = "HTTP <503>"};
	for (int i = 0; i < run.timeline.count; i++)
		for (int g = 0; g < SERVER_GAUGES; g++)
			run.timeline.bin[i].server[g] = NAN;
	text = written(&run);
	assert_int_equal(count_of(text, "<svg "), 9);
	assert_non_null(strstr(text, "<p class=\"words\">no figures \xc2\xb7 1 scrape of its metrics, 1 failed</p>\n"
				     "<p class=\"words alarm\">failing since 00:02: HTTP &lt;503&gt;</p>"));
	free(text);
	result_fini(&run.result);
}

static void phases_are_stacked(void **state)
{
	static struct run run;
	struct snap_parts *p;
	char *text;

	(void)state;
	make_run(&run);
	for (int i = -1; i < 2; i++) {
		p = i < 0 ? &run.result.parts : &run.result.task_parts[i];
		*p = (struct snap_parts){.requests = 100, .connected = 10};
		p->us[BAND_P50][REQ_WAIT] = 100e3F;
		p->us[BAND_P50][REQ_BODY] = 200e3F;
		p->us[BAND_P95][REQ_QUEUE] = 50; /* not to be seen */
		p->us[BAND_P95][REQ_WAIT] = 800e3F;
	}
	run.result.task_parts[1].requests = 0;
	text = written(&run);
	/* One task and all: bars of two parts, bars of two of which one is hardly there. */
	assert_int_equal(count_of(text, "<rect class=\"phase "), 8);
	assert_non_null(strstr(text, "<rect class=\"phase wait\" x=\"60.00\" y=\"20\" width=\"41.80\" height=\"15\"><title>wait 100 ms</title></rect>"
				     "<rect class=\"phase body\" x=\"101.80\" y=\"20\" width=\"83.60\" height=\"15\"><title>body 200 ms</title></rect>"
				     "<text x=\"191.4\" y=\"32\">300 ms</text>"));
	assert_non_null(strstr(text, "<b>Requests about p50 and p95</b><span class=\"wait\">wait</span><span class=\"body\">body</span></figcaption>"));
	assert_non_null(strstr(text, "<td class=\"text\">chat</td><td class=\"text\">p50</td>"));
	assert_int_equal(count_of(text, ">all together</text>"), 1);
	free(text);
	run.result.task_count = 1; /* then all is all there is to say */
	text = written(&run);
	assert_int_equal(count_of(text, "<rect class=\"phase "), 4);
	assert_null(strstr(text, "all together"));
	free(text);
	run.result.parts.requests = 0;
	text = written(&run);
	assert_null(strstr(text, "<h2>Phases</h2>"));
	free(text);
	result_fini(&run.result);
}

static void scaling_with_what_is_fitted(void **state)
{
	static struct run run;
	struct scaling *s = &run.result.scaling;
	char *text;

	(void)state;
	make_run(&run);
	memset(s, 0, sizeof *s);
	s->count = 3;
	for (int i = 0; i < 3; i++)
		s->dot[i] = (struct scaling_dot){
			.t_us = i * 10 * S, .level = 1 << 2 * i, .mode = MODE_CLOSED, .use = i == 2 ? DOT_SHORT : DOT_FITTED, .n = i == 2 ? 1 : 90,
			.x = 5 * (i + 1), .x_low = i == 2 ? (double)NAN : 5 * i + 4, .x_high = i == 2 ? (double)NAN : 5 * i + 6,
			.p50_us = {100 * MS}, .p95_us = {200 * MS}, .p95 = {.known = i == 0, .low_us = 150 * MS, .high_us = 250 * MS}};
	s->fitted = 2;
	s->points = 3;
	s->scale = (struct scale){
		.levels = 2, .fit = SCALE_BOUNDS, .to = 16, .knee = {3.5, 4.5}, .x_max = {9, 11},
		.bounds = {.cycle_s = 0.2, .light = true, .r_min_s = 0.2, .reached = true, .x_max = 10, .knee = 4},
		.whole = {.levels = 3, .slope = 0.01, .at_zero = 0.1, .from = 1, .to = 16, .shape = TREND_STRAIGHT, .r2 = 0.9, .dots = 3}};
	for (int i = 0; i < SCALE_CURVE; i++) {
		s->scale.curve[i] = fmin((i + 1) * 1.25, 10);
		s->scale.low[i] = s->scale.curve[i] * 0.9;
		s->scale.high[i] = s->scale.curve[i] * 1.1;
	}
	strcpy(s->advice, "measure 4 users again to <confirm> it");
	text = written(&run);
	assert_int_equal(count_of(text, "<svg "), 9);
	assert_int_equal(count_of(text, "<path class=\"band\""), 1);
	assert_int_equal(count_of(text, "<line class=\"bound\""), 2);
	assert_int_equal(count_of(text, "<line class=\"trend\""), 1);
	assert_int_equal(count_of(text, ">knee 4</text>"), 2);
	/* A throughput each, two latencies each; one point is in no fit. */
	assert_int_equal(count_of(text, "<circle class=\"ok\""), 2);
	assert_int_equal(count_of(text, "<circle class=\"ok hollow\""), 1);
	assert_int_equal(count_of(text, "<circle class=\"p95"), 3);
	assert_int_equal(count_of(text, "<line class=\"ok\""), 2);
	assert_int_equal(count_of(text, "<line class=\"p95\""), 1);
	assert_non_null(strstr(text, "<title>4 users from 00:10 on\nsucceeded 10.0 (9.00 to 11.0) requests/s\n90 requests</title>"));
	assert_non_null(strstr(text, "<title>16 users from 00:20 on\nnot fitted: too short\np50 100 ms\np95 200 ms\n1 request</title>"));
	assert_non_null(strstr(text, "hollow ones are in no fit"));
	assert_non_null(strstr(text, "<p class=\"words\">knee 4 users (3.5 to 4.5) \xc2\xb7 at most 10.0 requests/s (9 to 11) \xc2\xb7 at least 200 ms \xc2\xb7 n = 2 of 3 points</p>"));
	assert_null(strstr(text, "brunt itself was the limit"));
	assert_non_null(strstr(text, "<p class=\"words\">measure 4 users again to &lt;confirm&gt; it</p>"));
	free(text);
	s->client = 1;
	s->dot[2].use = DOT_CLIENT;
	run.result.point[1].client_bound = true;
	text = written(&run);
	assert_int_equal(count_of(text, " hollow client\""), 3);
	assert_int_equal(count_of(text, "\nnot fitted: brunt itself was the limit\n"), 2);
	assert_non_null(strstr(text, "in no fit, of red ones brunt itself was the limit."));
	assert_non_null(strstr(text, "<td class=\"text\">client-bound</td></tr>"));
	free(text);
	/* Of an open loop nothing is fitted. */
	s->client = 0;
	for (int i = 0; i < 3; i++)
		s->dot[i].mode = MODE_OPEN, s->dot[i].use = DOT_OPEN;
	s->scale.levels = 0;
	s->fitted = 0;
	text = written(&run);
	assert_int_equal(count_of(text, "<svg "), 9);
	assert_int_equal(count_of(text, ">arrivals/s</text>"), 2);
	assert_null(strstr(text, "knee"));
	assert_null(strstr(text, "<path class=\"band\""));
	assert_non_null(strstr(text, "<title>4/s from 00:10 on\n"));
	free(text);
	s->count = 1;
	text = written(&run);
	assert_null(strstr(text, "<h2>Scaling</h2>"));
	free(text);
	result_fini(&run.result);
}

static void one_is_no_plural(void **state)
{
	static struct run run;
	char *text;

	(void)state;
	make_run(&run);
	run.timeline.bin[0].requests = 1;
	memset(run.timeline.bins, 0, sizeof run.timeline.bins);
	run.timeline.bins[loggrid_bin(50 * MS)] = 1;
	text = written(&run);
	assert_non_null(strstr(text, "\n1 request</title>"));
	assert_non_null(strstr(text, "\n1 request, 100 %</title>"));
	assert_null(strstr(text, "\n1 requests"));
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
	dress_up(&run);
	run.meta.version = run.meta.started_at = (char *)HOSTILE;
	text = written(&run);
	assert_null(strstr(text, "<script"));
	assert_null(strstr(text, "<img"));
	/* Title, heading, target, when, a label, two warnings, version; a task in its table,
	 * that of phases, modes, beside another. The other label has its "=" in the middle, the
	 * message was made printable already, above the bars the task is cut. */
	assert_int_equal(count_of(text, shown), 12);
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
	run.timeline.bin[5].server[SERVER_WAITING] = SERVER_FIGURE_MAX;
	run.timeline.bin[6].server[SERVER_HIT_RATIO] = 1e300;
	run.result.server.scrapes = 1;
	run.result.point[0].level = 1e9;
	run.result.point[1].level = 0;
	run.result.scaling.dot[0].level = 1e11;
	run.result.scaling.dot[1].x = 1e300;
	run.result.scaling.dot[1].p95_us[CLOCK_RESPONSE] = HDR_MAX_US;
	run.result.parts.us[BAND_P95][REQ_BODY] = 1e15F;
	run.result.parts.us[BAND_P50][REQ_BODY] = -1;
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
		cmocka_unit_test(in_the_words_of_the_summary),
		cmocka_unit_test(phases_are_stacked),
		cmocka_unit_test(scaling_with_what_is_fitted),
		cmocka_unit_test(one_is_no_plural),
		cmocka_unit_test(nothing_from_outside_is_markup),
		cmocka_unit_test(what_is_wrong_is_said_first),
		cmocka_unit_test(a_run_of_nothing),
		cmocka_unit_test(no_figure_breaks_a_picture),
	};

	return cmocka_run_group_tests_name("html", tests, NULL, NULL);
}
