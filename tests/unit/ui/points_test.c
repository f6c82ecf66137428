/* The table of operating points: where rows are few the loads have them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"

static int rows_with(const char *text, const char *what)
{
	int n = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		n++;
	return n;
}

static void ends_take_no_load_s_place(void **state)
{
	enum { LOADS = 10 };
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	const struct snap_point load = s->point[0];
	char *text;

	(void)state;
	s->point_count = LOADS + 2;
	for (int i = 0; i < LOADS + 2; i++) {
		s->point[i] = load;
		s->point[i].level = 20 + i;
		s->point[i].phase = i < LOADS ? PHASE_LOAD : i == LOADS ? PHASE_DRAIN : PHASE_END;
		s->point[i].t_us = (60 + 20 * i) * 1000000;
	}
	text = made_dump(&d, s, 120, 40, 0);
	assert_int_equal(rows_with(text, "draining"), 0);
	assert_non_null(strstr(text, "04:00 29 users"));
	free(text);
	/* Where all fit, they are there. */
	d.zoomed = true;
	d.focus = PANE_POINTS;
	text = made_dump(&d, s, 120, 40, 0);
	assert_int_equal(rows_with(text, "draining"), 1);
	assert_int_equal(rows_with(text, ":00 2") + rows_with(text, ":20 2") + rows_with(text, ":40 2"), LOADS);
	free(text);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_take_no_load_s_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
