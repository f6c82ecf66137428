/* The baseline on the screen: what it is found by, what it is scaled to, how it is drawn. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "golden.h"
#include "ui/ghost.h"
#include "ui/widget.h"

/* Somewhat slower than made_typical(), of twice as many requests; one task of its own. */
static struct ghost *made_ghost(void)
{
	static const struct {
		const char *name;
		uint64_t count;
		double p50_us;
	} of[] = {{"", 1600, 1200000}, {"resume-analysis", 800, 1500000}, {"multi-turn", 400, 1400000}, {"summary", 400, 700000}};
	struct ghost *g = calloc(1, sizeof *g + 4 * sizeof g->scope[0]);

	snprintf(g->name, sizeof g->name, "nightly-117");
	g->tasks = 3;
	for (int i = 0; i < 4; i++) {
		struct ghost_shape *shape = &g->scope[i].timing[GHOST_RESPONSE];

		snprintf(g->scope[i].task, SNAP_NAME, "%s", of[i].name);
		shape->dist = made_dist(of[i].count, of[i].p50_us, 0.8);
		made_bins(shape->bins, of[i].count, of[i].p50_us, 2.5);
	}
	return g;
}

static void tasks_are_found_by_name(void **state)
{
	struct snapshot *s = made_typical();
	struct ghost *g = made_ghost();

	(void)state;
	assert_ptr_equal(ghost_find(g, s, -1, GHOST_RESPONSE), &g->scope[0].timing[GHOST_RESPONSE]);
	assert_ptr_equal(ghost_find(g, s, 0, GHOST_RESPONSE), &g->scope[1].timing[GHOST_RESPONSE]);
	assert_null(ghost_find(g, s, 1, GHOST_RESPONSE)); /* only this run has it */
	assert_ptr_equal(ghost_find(g, s, 2, GHOST_RESPONSE), &g->scope[2].timing[GHOST_RESPONSE]);
	assert_null(ghost_find(g, s, 3, GHOST_RESPONSE));  /* there is no such task */
	assert_null(ghost_find(g, s, -1, GHOST_QUEUE));    /* nothing of the kind came */
	assert_null(ghost_find(NULL, s, -1, GHOST_RESPONSE));
	/* A run of one task is that task, whatever else the baseline had. */
	s->task_count = 1;
	assert_ptr_equal(ghost_find(g, s, -1, GHOST_RESPONSE), &g->scope[1].timing[GHOST_RESPONSE]);
	free(s);
	free(g);
}

static void ratios(void **state)
{
	struct ghost *g = made_ghost();
	const struct ghost_shape *shape = &g->scope[0].timing[GHOST_RESPONSE];
	struct dist now = made_dist(10, 1800000, 0.5);
	char text[FORMAT_BYTES];

	(void)state;
	assert_true(fabs(ghost_ratio(&now, now.p50_us, shape, shape->dist.p50_us) - 1.5) < 1e-9);
	assert_true(isnan(ghost_ratio(&now, now.p50_us, shape, 0)));
	assert_true(isnan(ghost_ratio(&now, now.p50_us, NULL, 5)));
	now.count = 0;
	assert_true(isnan(ghost_ratio(&now, now.p50_us, shape, shape->dist.p50_us)));
	assert_string_equal(format_ratio(1, glyphs_of(GLYPHS_ASCII), text), "x1.00");
	assert_string_equal(format_ratio(0.004, glyphs_of(GLYPHS_ASCII), text), "x0.00");
	assert_string_equal(format_ratio(9.996, glyphs_of(GLYPHS_ASCII), text), "x10.0");
	assert_string_equal(format_ratio(99.96, glyphs_of(GLYPHS_ASCII), text), "x100 ");
	assert_string_equal(format_ratio(1e9, glyphs_of(GLYPHS_ASCII), text), "x9999");
	assert_string_equal(format_ratio(NAN, glyphs_of(GLYPHS_ASCII), text), "-");
	free(g);
}

static void it_is_scaled_to_as_many_requests(void **state)
{
	static const uint64_t none[LOGGRID_BINS];
	uint64_t ok[LOGGRID_BINS] = {[320] = 30, [321] = 10}, then[LOGGRID_BINS] = {[320] = 100, [340] = 300};
	struct dist d = {.count = 40, .p50_us = 1000000, .p95_us = 1000000, .p99_us = 1000000};
	struct histogram_rows rows;
	struct histogram h;

	(void)state;
	histogram_init(&h, ok, none, &d);
	rows = histogram_merge(&h, 40);
	assert_int_equal(rows.rows, 2);
	assert_true(histogram_most(&h, &rows, true) < 30.01);
	h.ghost = then;
	h.ghost_count = 400;
	/* Rows are where the baseline is, too. */
	rows = histogram_merge(&h, 40);
	assert_int_equal(rows.first * 1 + rows.rows * rows.merge, 341);
	assert_true(fabs(histogram_ghost(&h, &rows, 0) - 10) < 1e-9);
	assert_true(fabs(histogram_ghost(&h, &rows, rows.rows - 1) - 30) < 1e-9);
	assert_true(fabs(ghost_scaled(300, 400, 80) - 60) < 1e-9);
	assert_true(ghost_scaled(300, 0, 80) < 1e-9);
	/* Nothing measured is nothing shown. */
	memset(ok, 0, sizeof ok);
	h.count = 0;
	assert_int_equal(histogram_merge(&h, 40).rows, 0);
}

static void b_turns_it_on_and_off(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	struct ghost *g = made_ghost();

	(void)state;
	assert_int_equal(dashboard_key(&d, s, 'b', 100).command, COMMAND_REDRAW);
	assert_string_equal(d.message, "no baseline: --baseline RUN");
	assert_false(d.ghost);
	dashboard_baseline(&d, g);
	assert_true(d.ghost);
	dashboard_key(&d, s, 'b', 100);
	assert_string_equal(d.message, "baseline nightly-117: not shown");
	assert_false(d.ghost);
	d.replay = true;
	dashboard_key(&d, s, 'b', 100);
	assert_non_null(strstr(d.message, "nightly-117: its whole run"));
	assert_true(d.ghost);
	free(s);
	free(g);
}

static void how_it_looks(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {40, 10}};
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	struct ghost *g = made_ghost();

	(void)state;
	dashboard_baseline(&d, g);
	for (int k = 0; k < 3; k++) {
		d.view = VIEW_OVERVIEW;
		d.glyphs = GLYPHS_BRAILLE;
		golden("baseline", &d, s, sizes[k][0], sizes[k][1]);
		d.view = VIEW_LATENCY;
		golden("baseline-latency", &d, s, sizes[k][0], sizes[k][1]);
		d.glyphs = GLYPHS_ASCII;
		golden("baseline-latency-ascii", &d, s, sizes[k][0], sizes[k][1]);
		d.view = VIEW_OVERVIEW;
		golden("baseline-ascii", &d, s, sizes[k][0], sizes[k][1]);
	}
	free(s);
	free(g);
}

/* Turned off, or of a task it does not have. */
static void where_it_is_not(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	struct ghost *g = made_ghost();
	char *with, *without = made_dump(&d, s, 80, 24, 1);

	(void)state;
	dashboard_baseline(&d, g);
	d.ghost = false;
	with = made_dump(&d, s, 80, 24, 1);
	assert_string_equal(with, without);
	free(with);
	free(without);
	d.ghost = true;
	s->query.task = 1;
	with = made_dump(&d, s, 80, 24, 1);
	assert_non_null(strstr(with, "not in the baseline"));
	free(with);
	free(s);
	free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tasks_are_found_by_name),
		cmocka_unit_test(ratios),
		cmocka_unit_test(it_is_scaled_to_as_many_requests),
		cmocka_unit_test(b_turns_it_on_and_off),
		cmocka_unit_test(how_it_looks),
		cmocka_unit_test(where_it_is_not),
	};

	return cmocka_run_group_tests_name("ghost", tests, NULL, NULL);
}
