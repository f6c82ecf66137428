/* Figures that could be taken for better than they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

static bool says(const struct dashboard *d, const struct snapshot *s, int width, int height,
		 const char *what)
{
	char *text = made_dump(d, s, width, height, 0);
	bool found = strstr(text, what);

	free(text);
	return found;
}

/* The span that the figures really cover, at every width that has room for any. */
static void the_window_is_named(void **state)
{
	static const int sizes[][2] = {{80, 24}, {80, 40}, {120, 40}, {100, 30}};
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	s->point_count = 1; /* over several loads it is named otherwise */
	for (int i = 0; i < 4; i++) {
		s->together.window.seconds = 59.4;
		assert_true(says(&d, s, sizes[i][0], sizes[i][1], "last 59.4 s"));
		s->together.window.seconds = 59.97;
		assert_true(says(&d, s, sizes[i][0], sizes[i][1], "last 60 s"));
		s->window_fresh = true;
		assert_true(says(&d, s, sizes[i][0], sizes[i][1], "since 00:23"));
		s->window_fresh = false;
		s->window = WINDOW_ALL;
		assert_true(says(&d, s, sizes[i][0], sizes[i][1], "whole run"));
		s->window = WINDOW_60S;
	}
	/* In the head, not only in a graph's title. */
	d.help = true;
	assert_true(says(&d, s, 80, 24, "last 60 s"));
	free(s);
}

/* Sums of an answer that was cut may lack something. */
static void metrics_that_were_cut_say_so(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_scraped();
	static const int sizes[][2] = {{80, 24}, {120, 40}};

	(void)state;
	for (int i = 0; i < 2; i++) {
		*s->server.text = '\0';
		assert_false(says(&d, s, sizes[i][0], sizes[i][1], "4 MiB"));
		snprintf(s->server.text, sizeof s->server.text, "only its first 4 MiB");
		assert_true(says(&d, s, sizes[i][0], sizes[i][1], "waiting, only its first 4 MiB"));
	}
	free(s);
}

/* Beside SLOs, too, where all there is has a row: at least that it failed, and how it begins. */
static void metrics_that_fail_say_so(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_not_scraped();

	(void)state;
	snprintf(s->server.text, sizeof s->server.text, "text/html, line 1 is no Prometheus text");
	made_slo(s, "p95<3s", NULL, 2140000, 2110000);
	made_slo(s, "success>=99%", NULL, 0.992, 0.993);
	for (int view = 0; view < VIEW_COUNT; view++) {
		d.view = (enum view_kind)view;
		assert_true(says(&d, s, 80, 24, "no metrics since 01:11: text/html"));
		assert_true(says(&d, s, 120, 40, "no metrics since 01:11: text/html, line 1 is no Prometheus text"));
	}
	free(s);
}

/* With HTTP/2 requests in flight are not as many connections. */
static void requests_that_share_connections(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	s->gauge.connections = 2;
	assert_false(says(&d, s, 120, 40, "conns"));
	s->http2_answers = 1;
	assert_true(says(&d, s, 120, 40, "in flight 23 over  2 conns"));
	d.view = VIEW_LATENCY;
	assert_true(says(&d, s, 80, 40, "in flight 23.4 over 2 connections"));
	free(s);
}

/* The figures of two loads are of neither. */
static void a_window_over_a_change_says_so(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}};
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	s->together.window.seconds = 10;
	s->window = WINDOW_10S;
	s->t_us = 30000000;
	s->window_since_us = 20000000;
	s->point_count = 3;
	s->point[0] = (struct snap_point){.level = 3, .phase = PHASE_LOAD};
	s->point[1] = (struct snap_point){.t_us = 10000000, .level = 24, .phase = PHASE_LOAD};
	s->point[2] = (struct snap_point){.t_us = 27000000, .level = 32, .phase = PHASE_LOAD};
	for (int i = 0; i < 2; i++) {
		s->point[2].level = 32;
		assert_true(says(&d, s, sizes[i][0], sizes[i][1], " 10 s, 2 loads"));
		assert_true(says(&d, s, sizes[i][0], sizes[i][1], "client ok"));
		/* It has left the window; a pause is no load; nor is the same load another one. */
		s->window_since_us = 27000000;
		assert_false(says(&d, s, sizes[i][0], sizes[i][1], "loads "));
		s->window_since_us = 20000000;
		s->point[2].phase = PHASE_PAUSE;
		assert_false(says(&d, s, sizes[i][0], sizes[i][1], "s, 2 loads"));
		s->point[2].phase = PHASE_LOAD;
		s->point[2].level = 24;
		assert_false(says(&d, s, sizes[i][0], sizes[i][1], "s, 2 loads"));
	}
	free(s);
}

/* No error, and seldom what was meant to be measured. */
/* What waits for the limit of requests in flight is counted apart, and named. */
static void the_limit_is_named(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	char *text;

	(void)state;
	d.mode = MODE_OPEN;
	s->waiting = 180;
	s->gauge.in_flight_limit = 8;
	for (uint32_t held = 0; held < 2; held++) {
		s->gauge.held = held ? 178 : GAUGE_UNKNOWN;
		text = made_dump(&d, s, 160, 50, 0);
		assert_non_null(strstr(text, "waiting  180"));
		assert_int_equal(!!strstr(text, "178 for --max-in-flight 8"), held);
		free(text);
		d.view = VIEW_LATENCY;
		text = made_dump(&d, s, 160, 50, 0);
		assert_int_equal(!!strstr(text, "180 waiting (178 for --max-in-flight 8) + "), held);
		free(text);
		d.view = VIEW_OVERVIEW;
	}
	free(s);
}

static void redirects_are_told(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	s->error_count = s->error_kinds = 0;
	s->failed = s->censored = 0;
	assert_false(says(&d, s, 80, 24, "redirect"));
	s->redirects = 120;
	assert_true(says(&d, s, 80, 24, "none, but 120 redirects: -L follows"));
	assert_true(says(&d, s, 120, 40, "none, but 120 redirects: -L follows"));
	free(s);
}

static bool bar_says(const struct dashboard *d, const struct snapshot *s, const char *what)
{
	char *text = made_dump(d, s, 80, 24, 0), *bar = text;

	for (int y = 0; y < 23; y++)
		bar = strchr(bar, '\n') + 1;
	bar[strcspn(bar, "\n")] = '\0';
	bool found = strstr(bar, what);

	free(text);
	return found;
}

/* Before the load has changed the keys for that are the first to know. */
static void the_key_bar_follows_the_run(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	s->point_count = 1;
	s->point[0].phase = PHASE_LOAD;
	assert_true(bar_says(&d, s, "+ - load  > < double halve  s sweep  ? help  q quit"));
	d.load_paused = true;
	assert_true(bar_says(&d, s, "P pause load"));
	d.load_paused = false;
	s->point_count = 2;
	s->point[1].phase = PHASE_LOAD;
	assert_true(bar_says(&d, s, "+ - load  P pause load  Space freeze  ? help  q quit"));
	d.view = VIEW_ERRORS;
	assert_true(bar_says(&d, s, "Enter open"));
	d.view = VIEW_OVERVIEW;
	d.replay = true;
	assert_true(bar_says(&d, s, "Space play  Left Right time  "));
	free(s);
}

static uint64_t cells_of(const struct dashboard *d, const struct snapshot *s, enum role role, uint32_t ch)
{
	struct canvas canvas;
	uint64_t n = 0;

	canvas_init(&canvas, 120, 40);
	dashboard_draw(d, s, &canvas);
	for (int i = 0; i < 120 * 40; i++)
		n += canvas.cell[i].role == role && (!ch || canvas.cell[i].ch == ch);
	canvas_fini(&canvas);
	return n;
}

/* A server that answers 503 at once when it is full: 59 successes a second as
 * before, and ten times the answers. */
static struct snapshot *made_refusing(void)
{
	struct snapshot *s = made_typical();

	s->point_count = 2;
	s->point[0] = (struct snap_point){.level = 3, .phase = PHASE_LOAD, .seconds = 10, .rps = 59, .ok_rps = 59,
					  .requests = 590, .timed = 590, .p50_us = 50000, .p95_us = 52000, .p99_us = 53000};
	s->point[1] = (struct snap_point){.t_us = 10000000, .level = 6, .phase = PHASE_LOAD, .seconds = 10, .rps = 550,
					  .ok_rps = 59, .requests = 5500, .failed = 4910, .timed = 590,
					  .p50_us = 50000, .p95_us = 51000, .p99_us = 53000};
	return s;
}

static void errors_are_no_gain(void **state)
{
	static const int width[] = {80, 100, 120, 200};
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_refusing();

	*s->diagnosis.sentence = '\0'; /* its place is theirs */
	(void)state;
	assert_true(says(&d, s, 120, 40, "3 → 6 users: succeeded × 1.0, p95 × 0.98, errors"));
	assert_true(says(&d, s, 120, 40, "89.3 %"));
	assert_true(says(&d, s, 80, 24, "3 → 6 users: succeeded × 1.0, p95 × 0.98, errors 0.0 % → 89.3 %"));
	for (int zoomed = 0; zoomed < 2; zoomed++)
		for (int i = 0; i < 4; i++) {
			d.zoomed = zoomed;
			d.focus = PANE_POINTS;
			if (!zoomed && width[i] < 100)
				continue; /* one line only */
			assert_true(says(&d, s, width[i], 40, "failed"));
			assert_true(says(&d, s, width[i], 40, "ok/s"));
			assert_true(says(&d, s, width[i], 40, "89.3 %"));
			assert_false(says(&d, s, width[i], 40, " 550 "));
		}
	/* Without any the shorter word. */
	s->point[1].failed = 0;
	assert_true(says(&d, s, 120, 40, "3 → 6 users: throughput × 1.0, p95 × 0.98 (n ="));
	free(s);
}

static void nothing_succeeded_has_no_percentiles(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_all_errors();

	(void)state;
	d.zoomed = true;
	d.focus = PANE_POINTS;
	assert_false(says(&d, s, 120, 40, "0.00"));
	assert_true(says(&d, s, 120, 40, "–"));
	s->client_bound = false;
	assert_true(says(&d, s, 120, 40, "succeeded × –, p95 × –, errors 100 % → 100 %"));
	free(s);
}

/* Steps of a sweep by key: nothing was measured there. */
static void loads_passed_through_are_one_row(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	d.zoomed = true;
	d.focus = PANE_POINTS;
	s->point_count = 0;
	for (int i = 0; i < 9; i++)
		s->point[s->point_count++] =
			(struct snap_point){.t_us = i * 1000000, .level = 1 + (uint32_t)i, .phase = PHASE_LOAD, .rps = NAN, .ok_rps = NAN, .settling_us = 500000 * (i + 2)};
	s->point[0].requests = s->point[0].timed = 40;
	s->point[0].seconds = 10;
	s->point[2].phase = PHASE_PAUSE;
	assert_true(says(&d, s, 120, 40, "00:01 2 users, all settling: hold longer than 1.50 s"));
	assert_true(says(&d, s, 120, 40, "00:02 pause"));
	assert_true(says(&d, s, 120, 40, "00:03 5 loads, all settling: hold longer than 4.50 s"));
	assert_false(says(&d, s, 120, 40, "8 users"));
	assert_true(says(&d, s, 40, 24, "00:03 5 loads, all settling: hold l…"));
	assert_false(says(&d, s, 120, 40, "had 0 requests"));
	assert_true(says(&d, s, 120, 40, "9 users: 0 of the 20 requests needed to compare"));
	s->point[8].requests = 30;
	s->point[0].requests = 0;
	assert_true(says(&d, s, 120, 40, "one load so far, 9 users"));
	assert_false(says(&d, s, 120, 40, "had 0 requests"));
	/* The present one stays. */
	assert_true(says(&d, s, 120, 40, "00:08 9 users"));
	free(s);
}

/* They are drawn on top of what succeeded, and lighter. */
static void failures_look_different(void **state)
{
	static const uint32_t glyph[GLYPHS_COUNT] = {0x2895, 0x2592, ':'};
	static const char *const says_so[GLYPHS_COUNT] = {
		"5.90 ok  ⢕ 49.1 failed", "5.90 ok  ▒ 49.1 failed", "5.90 ok  : 49.1 failed"};
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	s->now.seconds = 10;
	s->now.ok_rps = 5.9;
	s->now.failed = 491;
	for (int i = 0; i < s->series.count; i++) {
		s->series.rps[i] = 55;
		s->series.ok[i] = 6;
		s->series.errors[i] = 49;
	}
	d.zoomed = true;
	d.focus = PANE_RATE;
	for (int g = 0; g < GLYPHS_COUNT; g++) {
		d.glyphs = (enum glyph_set)g;
		assert_true(says(&d, s, 120, 40, says_so[g]));
		/* Nine tenths of 36 rows. */
		assert_true(cells_of(&d, s, ROLE_BAD, 0) > 1000);
		assert_true(cells_of(&d, s, ROLE_RATE, 0) > 100);
		assert_int_equal(cells_of(&d, s, ROLE_RATE, glyph[g]), 0);
		assert_int_equal(cells_of(&d, s, ROLE_BAD, g == GLYPHS_BRAILLE ? 0x28ff : g == GLYPHS_BLOCK ? 0x2588 : '#'), 0);
	}
	/* At 80 columns as well. */
	d.zoomed = false;
	assert_true(says(&d, s, 80, 24, "49.1 failed"));
	free(s);
}

static void histogram_of_failures(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_all_errors();

	(void)state;
	d.zoomed = true;
	d.focus = PANE_HISTOGRAM;
	assert_true(says(&d, s, 120, 40, "0 ok  56 failed"));
	assert_true(says(&d, s, 120, 40, "   ok failed"));
	assert_true(cells_of(&d, s, ROLE_BAD, 0x2592) > 100);
	d.view = VIEW_LATENCY;
	assert_true(cells_of(&d, s, ROLE_BAD, 0x2588) > 100);
	/* Beside successes they keep their own rows, and nothing is called failed
	 * where there is none. */
	memset(s->failed_bins, 0, sizeof s->failed_bins);
	made_bins(s->ok_bins, 60, 400, 2);
	s->now = made_numbers(60, 0, 6, 400, 1);
	d.view = VIEW_OVERVIEW;
	assert_false(says(&d, s, 120, 40, "failed"));
	free(s);
}

static void errors_are_answers_that_did_not_succeed(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_all_errors();

	(void)state;
	assert_true(says(&d, s, 120, 40, "no successful answers yet"));
	assert_false(says(&d, s, 120, 40, "no answers yet"));
	memset(s->failed_bins, 0, sizeof s->failed_bins);
	assert_true(says(&d, s, 120, 40, "no successful answers in this window"));
	free(s);
}

static void one_message_stands_for_many(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();

	(void)state;
	d.view = VIEW_ERRORS;
	s->error[0].alike = 1;
	assert_false(says(&d, s, 120, 40, "alike"));
	s->error[0].alike = 12;
	assert_true(says(&d, s, 120, 40, "alike     12 different messages"));
	s->error[0].alike = SNAP_ALIKE;
	assert_true(says(&d, s, 120, 40, "alike     32 or more different messages"));
	free(s);
}

/* Zoom shows what there was no room for, not the same with blank rows. */
static void zoomed_tasks_have_all_columns(void **state)
{
	static const char *const column[] = {"share", "req/s", "p50", "p95", "p99", "mean", "max", "failed", "ok",
					     "quality", "ttft p95", "requests", "last 60 s", "whole run"};
	static const enum view_kind view[] = {VIEW_OVERVIEW, VIEW_TASKS};
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_streaming();

	(void)state;
	d.zoomed = true;
	d.focus = PANE_TASKS;
	for (int v = 0; v < 2; v++)
		for (size_t i = 0; i < sizeof column / sizeof *column; i++) {
			d.view = view[v];
			if (!says(&d, s, 80, 24, column[i]))
				fail_msg("no %s in:\n%s", column[i], made_dump(&d, s, 80, 24, 0));
		}
	free(s);
	s = made_typical();
	assert_false(says(&d, s, 80, 24, "ttft"));
	free(s);
}

/* What a figure is stands above it, before the last lifetimes do. */
static void figures_of_a_cache_have_their_names(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_streaming();

	(void)state;
	d.view = VIEW_CACHE;
	for (int height = 20; height <= 24; height++) {
		assert_true(says(&d, s, 80, height, "hits, %"));
		assert_true(says(&d, s, 80, height, "for ever"));
	}
	free(s);
}

/* The last row with text that is not the key bar, of what is shown. */
static void last_row(const struct dashboard *d, const struct snapshot *s, int height, char out[512])
{
	char *text = made_dump(d, s, 80, height, 0), *at = text;

	*out = '\0';
	for (int y = 0; y < height - 1 && at; y++) {
		char *end = strchr(at, '\n');

		if (end > at)
			snprintf(out, 512, "%.*s", (int)(end - at), at);
		at = end ? end + 1 : NULL;
	}
	free(text);
}

/* SLOs take rows from the help: its end is reached all the same. */
static void the_end_of_help_is_reached(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_streaming();
	char whole[512], end[512];

	(void)state;
	d.help = true;
	last_row(&d, s, 200, whole);
	for (int height = 24; height < 44; height += 4) {
		d.help_top = 0;
		d.width = 80;
		d.height = height;
		dashboard_key(&d, s, KEY_END_, 100);
		last_row(&d, s, height, end);
		assert_string_equal(end, whole);
	}
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_window_is_named),
		cmocka_unit_test(metrics_that_were_cut_say_so),
		cmocka_unit_test(metrics_that_fail_say_so),
		cmocka_unit_test(requests_that_share_connections),
		cmocka_unit_test(a_window_over_a_change_says_so),
		cmocka_unit_test(the_limit_is_named),
		cmocka_unit_test(redirects_are_told),
		cmocka_unit_test(the_key_bar_follows_the_run),
		cmocka_unit_test(errors_are_no_gain),
		cmocka_unit_test(nothing_succeeded_has_no_percentiles),
		cmocka_unit_test(loads_passed_through_are_one_row),
		cmocka_unit_test(failures_look_different),
		cmocka_unit_test(histogram_of_failures),
		cmocka_unit_test(errors_are_answers_that_did_not_succeed),
		cmocka_unit_test(one_message_stands_for_many),
		cmocka_unit_test(zoomed_tasks_have_all_columns),
		cmocka_unit_test(figures_of_a_cache_have_their_names),
		cmocka_unit_test(the_end_of_help_is_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
