/* Every view in every state at every size that people have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden.h"
#include "scaled.h"
#include "ui/layout.h"
#include "ui/region.h"

typedef struct snapshot *maker(void);

static struct snapshot *made_nothing(void)
{
	return NULL;
}

static const struct {
	const char *name;
	maker *make;
} states[] = {
	{"nothing", made_nothing}, {"one-sample", made_one_sample}, {"typical", made_typical},
	{"huge", made_huge},       {"all-errors", made_all_errors}, {"unknown", made_nan},
	{"many-tasks", made_many}, {"streaming", made_streaming},   {"hostile", made_hostile},
	{"scraped", made_scraped}, {"not-scraped", made_not_scraped}, {"uncached", made_uncached},
	{"knee", made_knee},       {"growing", made_growing},
};
#define STATES ((int)(sizeof states / sizeof *states))

static const int sizes[][2] = {
	{200, 60}, {160, 50}, {120, 36}, {100, 30}, {80, 24}, {60, 15}, {40, 10}, {20, 4}, {80, 1},
};
#define SIZES ((int)(sizeof sizes / sizeof *sizes))

static struct snapshot *state[STATES];
static struct course course;

static int make_all(void **unused)
{
	(void)unused;
	for (int i = 0; i < STATES; i++)
		state[i] = states[i].make();
	course_init(&course);
	course.end_us = 150000000;
	for (int i = 0; i < 12; i++)
		course_point(&course, &(struct course_point){.t_us = i * i * 1000000, .phase = PHASE_LOAD, .level = 1 << i});
	course_mark(&course, 78000000, "deploy of image 4711");
	return 0;
}

static int free_all(void **unused)
{
	(void)unused;
	for (int i = 0; i < STATES; i++)
		free(state[i]);
	return 0;
}

/* What panes have drawn is inside the screen, none of it where another pane is, and no
 * number is cut or written over. */
static void check(const struct dashboard *with, int which, int width, int height)
{
	static char taken[100][300];
	static struct regions regions;
	struct dashboard d = *with;
	struct canvas canvas;

	canvas_init(&canvas, width, height);
	d.width = width;
	d.height = height;
	d.regions = &regions;
	dashboard_draw(&d, state[which], &canvas);
	if (canvas.torn) {
		canvas_dump(&canvas, stderr, 0);
		fail_msg("%s, view %d%s%s, focus %d, %dx%d: %d numbers are torn", states[which].name, d.view + 1,
			 d.zoomed ? ", zoomed" : "", d.help ? ", help" : "", d.focus, width, height, canvas.torn);
	}
	memset(taken, 0, sizeof taken);
	for (int i = 0; i < regions.count; i++) {
		const struct region *r = &regions.region[i];

		if (r->kind != REGION_PANE)
			continue;
		assert_true(r->x >= 0 && r->y >= 0 && r->x + r->width <= width && r->y + r->height <= height);
		for (int y = r->y; y < r->y + r->height; y++)
			for (int x = r->x; x < r->x + r->width; x++)
				assert_int_equal(taken[y][x]++, 0);
	}
	canvas_fini(&canvas);
}

/* Live and recorded; with `all` the help, what is asked, and each pane alone, too. */
static void check_views(int width, int height, bool all)
{
	for (int view = 0; view < VIEW_COUNT; view++)
		for (int which = 0; which < STATES; which++) {
			struct dashboard d = made_dashboard();
			enum pane pane[PANE_COUNT];
			int n = layout_panes((enum view_kind)view, pane);

			d.view = (enum view_kind)view;
			check(&d, which, width, height);
			d.replay = true;
			d.recorded = "2026-11-23 14:02";
			d.course = &course;
			d.play.at_us = 83400000;
			d.play.end_us = 150000000;
			check(&d, which, width, height);
			if (!all)
				continue;
			d.replay = false;
			d.help = true;
			check(&d, which, width, height);
			d.help = false;
			d.quit_asked = true;
			check(&d, which, width, height);
			d.quit_asked = false;
			d.zoomed = true;
			for (int i = 0; i < n; i++) {
				d.focus = pane[i];
				check(&d, which, width, height);
			}
		}
}

static void the_sizes_that_people_have(void **unused)
{
	(void)unused;
	for (int i = 0; i < SIZES; i++)
		check_views(sizes[i][0], sizes[i][1], true);
}

/* Wide steps that share no factor, so that every width and height comes up with others. */
static void all_sizes_by_steps(void **unused)
{
	(void)unused;
	for (int width = 1; width <= 300; width += width < 130 ? 9 : 37)
		for (int height = 1; height <= 100; height += height < 44 ? 7 : 19)
			check_views(width, height, false);
}

/* The sizes between those of the other goldens, of a run that goes on and of one that does
 * not answer yet. */
static void between_the_usual_sizes(void **unused)
{
	static const int of[][2] = {{160, 50}, {120, 36}, {100, 30}, {60, 15}};
	static const char *const view[VIEW_COUNT] = {"overview", "latency", "tasks", "phases", "stream", "scaling", "errors", "cache"};
	struct snapshot *s = made_streaming();
	struct dashboard d = made_dashboard();
	char name[64];

	(void)unused;
	for (int v = 0; v < VIEW_COUNT; v++)
		for (int i = 0; i < 4; i++) {
			d.view = (enum view_kind)v;
			snprintf(name, sizeof name, "sizes-%s", view[v]);
			golden(name, &d, s, of[i][0], of[i][1]);
			snprintf(name, sizeof name, "sizes-%s-empty", view[v]);
			if (i & 1)
				golden(name, &d, NULL, of[i][0], of[i][1]);
		}
	golden("sizes-line", &d, s, 80, 1);
	golden("sizes-line-empty", &d, NULL, 80, 1);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sizes_that_people_have),
		cmocka_unit_test(all_sizes_by_steps),
		cmocka_unit_test(between_the_usual_sizes),
	};

	return cmocka_run_group_tests(tests, make_all, free_all);
}
