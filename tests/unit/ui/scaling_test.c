/* The view of scaling: goldens of what can happen, all sizes, and what it says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "golden.h"
#include "scaled.h"

static struct snapshot *made_first(void)
{
	struct snapshot *s = made_scaling(octaves + 2, 1);

	snprintf(s->scaling.advice, SCALING_TEXT, "add a second level of load");
	return s;
}

static struct snapshot *made_changed(void)
{
	struct snapshot *s = made_knee();

	for (int i = 0; i < 3; i++)
		s->scaling.dot[i].use = DOT_BEFORE;
	s->scaling.dot[6].use = DOT_SHORT;
	s->scaling.fitted = 3;
	snprintf(s->scaling.changed, SCALING_TEXT, "8 users measured twice: 41.0 and 55.0 req/s, n = 164, 220: the server changed between 00:36 and 01:12; 3 earlier loads left out");
	snprintf(s->scaling.advice, SCALING_TEXT, "hold this level 4 s more");
	snprintf(s->scaling.past_advice, SCALING_TEXT, "the last level was too short by 4 s");
	return s;
}

static struct snapshot *made_client(void)
{
	struct snapshot *s = made_knee();

	s->scaling.dot[5].use = s->scaling.dot[6].use = DOT_CLIENT;
	s->scaling.fitted = 5;
	s->scaling.client = 2;
	snprintf(s->scaling.left_out, SCALING_TEXT, "left out: 2 loads where brunt itself was the limit");
	return s;
}

static struct snapshot *made_open_loop(void)
{
	struct snapshot *s = made_knee();

	s->mode = MODE_OPEN;
	for (int i = 2; i < 7; i++) {
		s->scaling.dot[i].mode = MODE_OPEN;
		s->scaling.dot[i].use = DOT_OPEN;
	}
	s->scaling.fitted = 0;
	s->scaling.open = 5;
	snprintf(s->scaling.advice, SCALING_TEXT, "nothing is fitted over a rate: a closed loop is needed");
	return s;
}

static const struct {
	const char *name;
	struct snapshot *(*make)(void);
} made[] = {
	{"nothing", made_typical}, {"first", made_first}, {"growing", made_growing}, {"knee", made_knee},
	{"changed", made_changed}, {"client", made_client}, {"open", made_open_loop},
};
#define MADE ((int)(sizeof made / sizeof *made))

static struct dashboard scaling_dashboard(void)
{
	struct dashboard d = made_dashboard();

	d.view = VIEW_SCALING;
	d.focus = PANE_SCALING_X;
	return d;
}

static void goldens(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 10}, {40, 24}};
	struct dashboard d = scaling_dashboard();

	(void)state;
	for (int i = 0; i < MADE; i++)
		for (int k = 0; k < (i == 3 ? 5 : 2); k++) {
			struct snapshot *s = made[i].make();
			char name[64];

			snprintf(name, sizeof name, "scaling-%s", made[i].name);
			golden(name, &d, s, sizes[k][0], sizes[k][1]);
			free(s);
		}
}

static void other_glyphs_and_clocks(void **state)
{
	struct dashboard d = scaling_dashboard();
	struct snapshot *s = made_knee();

	(void)state;
	d.glyphs = GLYPHS_ASCII;
	golden("scaling-ascii", &d, s, 80, 24);
	d.glyphs = GLYPHS_BRAILLE;
	s->query.clock = CLOCK_QUEUE;
	golden("scaling-queue", &d, s, 80, 24);
	s->query.clock = CLOCK_RESPONSE;
	d.zoomed = true;
	golden("scaling-zoomed", &d, s, 80, 24);
	free(s);
}

static void every_size(void **state)
{
	(void)state;
	for (int i = 0; i < MADE; i++) {
		struct snapshot *s = made[i].make();

		for (int width = 1; width <= 210; width += width < 90 ? 3 : 17)
			for (int height = 1; height <= 62; height += height < 30 ? 1 : 5) {
				struct dashboard d = scaling_dashboard();

				d.glyphs = (enum glyph_set)((width + height) % GLYPHS_COUNT);
				d.zoomed = (width + height) % 5 == 0;
				d.focus = (enum pane)(PANE_SCALING_X + height % 3);
				free(made_dump(&d, s, width, height, 0));
			}
		free(s);
	}
}

/* The figures that matter stay when there is little room. */
static void small_screens_say_the_knee(void **state)
{
	static const int sizes[][2] = {{40, 10}, {40, 24}, {60, 12}, {80, 24}, {200, 60}};
	struct dashboard d = scaling_dashboard();
	struct snapshot *s = made_knee();

	(void)state;
	for (int k = 0; k < 5; k++) {
		char *text = made_dump(&d, s, sizes[k][0], sizes[k][1], 0);

		assert_non_null(strstr(text, "knee 8 ("));
		free(text);
	}
	free(s);
}

/* Nobody can hold a level of the past. */
static void the_past_is_not_advised(void **state)
{
	struct dashboard d = scaling_dashboard();
	struct snapshot *s = made_changed();

	(void)state;
	for (int past = 0; past < 2; past++) {
		char *text;

		d.replay = past;
		text = made_dump(&d, s, 120, 40, 0);
		assert_int_equal(strstr(text, "hold this level 4 s more") != NULL, !past);
		assert_int_equal(strstr(text, "the last level was too short by 4 s") != NULL, past);
		free(text);
	}
	free(s);
}

static void six_is_its_key(void **state)
{
	struct dashboard d = made_dashboard();

	(void)state;
	assert_int_equal(dashboard_key(&d, NULL, '6', 100).command, COMMAND_REDRAW);
	assert_int_equal(d.view, VIEW_SCALING);
	assert_int_equal(d.focus, PANE_SCALING_X);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goldens),
		cmocka_unit_test(other_glyphs_and_clocks),
		cmocka_unit_test(every_size),
		cmocka_unit_test(small_screens_say_the_knee),
		cmocka_unit_test(the_past_is_not_advised),
		cmocka_unit_test(six_is_its_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
