#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "golden.h"

/* The response clock's figures by another: queue is what remains of them in
 * brunt, some tens of microseconds. */
static struct snapshot *made_by(enum clock_kind clock)
{
	struct snapshot *s = made_streaming();
	double p50_us = clock == CLOCK_QUEUE ? 48 : 1390000;

	s->query.clock = (uint8_t)clock;
	s->now.latency = made_dist(762, p50_us, 0.8);
	s->all.latency = made_dist(837, p50_us, 1);
	for (int i = 0; i < s->task_count; i++) {
		struct snap_task *task = &s->task[i];

		task->window.latency = made_dist(task->window.succeeded, p50_us * (1 + 0.1 * i), 0.7);
		task->all.latency = made_dist(task->all.succeeded, p50_us * (1 + 0.1 * i), 0.9);
	}
	memset(s->ok_bins, 0, sizeof s->ok_bins);
	made_bins(s->ok_bins, 762, p50_us, 2.8);
	for (int i = 0; i < s->point_count; i++) {
		s->point[i].p50_us = (int64_t)p50_us;
		s->point[i].p95_us = (int64_t)(p50_us * 1.4);
		s->point[i].p99_us = (int64_t)(p50_us * 2);
	}
	for (int i = 0; i < s->series.count; i++) {
		s->series.p50[i] = (float)p50_us;
		s->series.p95[i] = (float)(p50_us * 1.4);
		s->series.p99[i] = (float)(p50_us * 2);
	}
	made_together(s);
	return s;
}

static const char *const name_of[CLOCK_KINDS] = {"latency", "service", "queue"};

static void screens(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 10}, {60, 1}};
	static const struct {
		enum view_kind view;
		const char *name;
	} views[] = {
		{VIEW_OVERVIEW, "overview"}, {VIEW_LATENCY, "latency"}, {VIEW_TASKS, "tasks"},
		{VIEW_STREAM, "stream"},     {VIEW_CACHE, "cache"},
		{VIEW_PHASES, "phases"},
	};

	(void)state;
	for (int clock = CLOCK_SERVICE; clock < CLOCK_KINDS; clock++)
		for (int v = 0; v < (int)(sizeof views / sizeof *views); v++)
			for (int k = 0; k < (v ? 2 : 5); k++) {
				struct snapshot *s = made_by((enum clock_kind)clock);
				struct dashboard d = made_dashboard();
				char name[64];

				d.view = views[v].view;
				snprintf(name, sizeof name, "clock-%s-%s", name_of[clock], views[v].name);
				golden(name, &d, s, sizes[k][0], sizes[k][1]);
				free(s);
			}
}

/* Wherever there is room for a percentile there is room for its clock. */
static void the_clock_is_named_at_every_size(void **state)
{
	(void)state;
	for (int clock = CLOCK_SERVICE; clock < CLOCK_KINDS; clock++) {
		struct snapshot *s = made_by((enum clock_kind)clock);

		for (int width = 1; width <= 200; width += 3)
			for (int height = 1; height <= 60; height += height < 4 ? 1 : 7) {
				struct dashboard d = made_dashboard();
				char *text = made_dump(&d, s, width, height, 0);

				if (strstr(text, "p99") && !strstr(text, name_of[clock]))
					fail_msg("%dx%d does not say %s:\n%s", width, height, name_of[clock], text);
				free(text);
			}
		free(s);
	}
}

/* Bytes before it in its line. */
static int column_of(const char *text, const char *what)
{
	size_t bytes = strlen(what);
	int column = 0;

	for (size_t i = 0; text[i]; i++) {
		if (!strncmp(&text[i], what, bytes))
			return column;
		column = text[i] == '\n' ? 0 : column + 1;
	}
	fail_msg("\"%s\" is not there", what);
	return -1;
}

/* Where the numbers stand does not depend on the clock but for the cell that a
 * longer unit takes. Below 40 cells the line drops p50 and p95 for the name. */
static void percentiles_keep_their_place(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 10}, {60, 8}};

	(void)state;
	for (int k = 0; k < (int)(sizeof sizes / sizeof *sizes); k++) {
		int at[CLOCK_KINDS];

		for (int clock = 0; clock < CLOCK_KINDS; clock++) {
			struct snapshot *s = made_by((enum clock_kind)clock);
			struct dashboard d = made_dashboard();
			char *text = made_dump(&d, s, sizes[k][0], sizes[k][1], 0);

			at[clock] = column_of(text, "p99 ");
			free(text);
			free(s);
		}
		assert_int_equal(at[CLOCK_SERVICE], at[CLOCK_RESPONSE]);
		assert_in_range(at[CLOCK_QUEUE], at[CLOCK_RESPONSE] - 1, at[CLOCK_RESPONSE]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(screens),
		cmocka_unit_test(the_clock_is_named_at_every_size),
		cmocka_unit_test(percentiles_keep_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
