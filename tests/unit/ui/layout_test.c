#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ui/layout.h"

static char taken[100][300];
static const struct layout_wants usual = {.tasks = 4, .errors = 2, .classes = 2, .beside = 2};

/* Claims the cells of a rectangle; fails where it leaves the screen or meets
 * another one. */
static void claim(struct rect r, int width, int height, char who)
{
	assert_true(r.x >= 0 && r.y >= 0 && r.width >= 0 && r.height >= 0);
	assert_true(r.x + r.width <= width && r.y + r.height <= height);
	for (int y = r.y; y < r.y + r.height; y++)
		for (int x = r.x; x < r.x + r.width; x++) {
			assert_int_equal(taken[y][x], 0);
			taken[y][x] = who;
		}
}

static void check(enum view_kind view, int width, int height, int tasks, int errors, bool zoomed)
{
	enum pane pane[PANE_COUNT];
	int n = layout_panes(view, pane);
	struct layout_wants wants = {.tasks = tasks, .errors = errors, .classes = errors / 2, .lamps = tasks % 3,
				     .beside = errors % 5, .sweep = errors % 3, .tour = tasks % 4 == 1,
				     .scrubber = tasks % 2, .server = tasks == 4, .advice = tasks == 4,
				     .streams = errors % 3 == 2, .cached = tasks > 4};
	struct layout l;
	bool of_view[PANE_COUNT] = {false};

	layout_compute(view, width, height, wants, zoomed, pane[0], &l);
	for (int y = 0; y < height; y++)
		memset(taken[y], 0, (size_t)width);
	claim(l.head, width, height, 'h');
	claim(l.lamps, width, height, 'l');
	claim(l.sweep, width, height, 'w');
	claim(l.tour, width, height, 't');
	claim(l.bar, width, height, 'b');
	claim(l.scrubber, width, height, 's');
	assert_int_equal(l.scrubber.height, wants.scrubber && height >= 16);
	for (int i = 0; i < n; i++)
		of_view[pane[i]] = true;
	for (int p = 0; p < PANE_COUNT; p++) {
		claim(l.pane[p], width, height, (char)('0' + p));
		if (l.pane[p].height > 0)
			assert_true(of_view[p] && l.pane[p].y >= l.body.y &&
				    l.pane[p].y + l.pane[p].height <= l.body.y + l.body.height);
	}
	assert_int_equal(l.one_line, height == 1);
	assert_true(l.head.width == width && l.head.height >= 1);
	if (height >= 2)
		assert_true(l.bar.width == width && l.bar.height == 1 && l.bar.y == height - 1);
	if (zoomed && height >= 10 && width >= 20)
		assert_true(l.pane[pane[0]].height >= height - 10);
}

static void every_size_is_inside_and_disjoint(void **state)
{
	static const int lists[][2] = {{0, 0}, {4, 2}, {65, 24}};

	(void)state;
	for (int view = 0; view < VIEW_COUNT; view++)
		for (int width = 1; width <= 300; width++)
			for (int height = 1; height <= 100; height++)
				for (int i = 0; i < 3; i++)
					check((enum view_kind)view, width, height, lists[i][0], lists[i][1], false);
}

static void zoom_is_inside(void **state)
{
	(void)state;
	for (int view = 0; view < VIEW_COUNT; view++)
		for (int width = 1; width <= 300; width += 7)
			for (int height = 1; height <= 100; height++)
				check((enum view_kind)view, width, height, 4, 2, true);
}

static void nothing_fits_into_nothing(void **state)
{
	struct layout l;

	(void)state;
	layout_compute(VIEW_OVERVIEW, 0, 0, usual, false, PANE_RATE, &l);
	assert_int_equal(l.head.width * l.head.height, 0);
	layout_compute(VIEW_OVERVIEW, -3, 5, usual, false, PANE_RATE, &l);
	assert_int_equal(l.head.width * l.head.height, 0);
}

static void usual_sizes_show_every_pane(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}};

	(void)state;
	for (int view = 0; view < VIEW_COUNT; view++)
		for (int i = 0; i < 3; i++) {
			enum pane pane[PANE_COUNT];
			int n = layout_panes((enum view_kind)view, pane);
			struct layout l;

			layout_compute((enum view_kind)view, sizes[i][0], sizes[i][1], usual, false, PANE_TASKS, &l);
			for (int p = 0; p < n; p++)
				/* The verdict has its line there, and what more there is its room. */
				assert_true(l.pane[pane[p]].height > 0 || pane[p] == PANE_SERVER || pane[p] == PANE_ADVICE ||
					    (view == VIEW_TASKS && p >= 5) || (view == VIEW_OVERVIEW && (p >= 8 || (!i && pane[p] == PANE_POINTS))) ||
					    (i < 2 && (pane[p] == PANE_FAILED_TIMES || pane[p] == PANE_CACHE_TASKS)));
		}
}

/* Not the same ones larger: streams, or what is made of answers without them. */
static void large_screens_show_more(void **state)
{
	static const struct {
		bool streams, cached;
		enum pane more[3];
	} of[] = {
		{true, true, {PANE_TTFT_TREND, PANE_TOKENS, PANE_ITL_TREND}},
		{false, true, {PANE_PHASE_TREND, PANE_CLASSES, PANE_RATIO}},
		{false, false, {PANE_PHASE_TREND, PANE_CLASSES, PANE_CLASSES}},
	};
	struct layout small, large;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct layout_wants wants = usual;

		wants.streams = of[i].streams;
		wants.cached = of[i].cached;
		layout_compute(VIEW_OVERVIEW, 120, 36, wants, false, PANE_TASKS, &small);
		layout_compute(VIEW_OVERVIEW, 160, 50, wants, false, PANE_TASKS, &large);
		for (int k = 0; k < 3; k++) {
			assert_int_equal(small.pane[of[i].more[k]].height, 0);
			assert_true(large.pane[of[i].more[k]].height >= 7);
		}
	}
	layout_compute(VIEW_ERRORS, 60, 15, usual, false, PANE_ERRORS, &small);
	layout_compute(VIEW_ERRORS, 200, 60, usual, false, PANE_ERRORS, &large);
	assert_int_equal(small.pane[PANE_FAILING_TASKS].height, 0);
	assert_true(large.pane[PANE_FAILING_TASKS].height && large.pane[PANE_FAILED_TIMES].height);
}

/* Only where it was asked, and where there is room for it. */
static void the_server_stands_under_latency(void **state)
{
	static const int sizes[][2] = {{80, 24}, {80, 50}, {120, 40}, {200, 60}};
	struct layout_wants wants = usual;

	(void)state;
	for (int i = 0; i < 8; i++) {
		const int *size = sizes[i % 4];
		struct layout l;

		wants.server = i < 4;
		layout_compute(VIEW_OVERVIEW, size[0], size[1], wants, false, PANE_TASKS, &l);
		assert_int_equal(l.pane[PANE_SERVER].height > 0, i > 0 && i < 4);
		assert_true(l.pane[PANE_SERVER].height == 0 || l.pane[PANE_SERVER].y > l.pane[PANE_TREND].y);
	}
}

static void all_task_rows_are_there_at_80x24(void **state)
{
	struct layout l;

	(void)state;
	layout_compute(VIEW_OVERVIEW, 80, 24, usual, false, PANE_TASKS, &l);
	assert_int_equal(l.pane[PANE_TASKS].height, 5);
	assert_true(l.pane[PANE_HISTOGRAM].height >= 7);
	assert_true(l.pane[PANE_RATE].height >= 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_size_is_inside_and_disjoint),
		cmocka_unit_test(zoom_is_inside),
		cmocka_unit_test(nothing_fits_into_nothing),
		cmocka_unit_test(usual_sizes_show_every_pane),
		cmocka_unit_test(large_screens_show_more),
		cmocka_unit_test(the_server_stands_under_latency),
		cmocka_unit_test(all_task_rows_are_there_at_80x24),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
