/* The line that shows the whole run, and jumps along it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "golden.h"
#include "ui/view.h"

#define S INT64_C(1000000)
#define HEIGHT 24

static struct course course;

static void point_at(double s, enum load_phase phase, double level)
{
	course_point(&course, &(struct course_point){
		.t_us = (int64_t)(s * 1e6), .phase = (uint8_t)phase, .level = level});
}

/* 150 s, of which the picture shows 83. */
static struct dashboard replayed(void)
{
	struct dashboard d = made_dashboard();

	course_init(&course);
	course.end_us = 150 * S;
	point_at(0, PHASE_WARMUP, 1);
	point_at(5, PHASE_LOAD, 1);
	point_at(24, PHASE_LOAD, 8);
	point_at(46, PHASE_LOAD, 16);
	point_at(67, PHASE_LOAD, 24);
	point_at(110, PHASE_PAUSE, 24);
	point_at(122, PHASE_LOAD, 48);
	point_at(148, PHASE_DRAIN, 48);
	course_mark(&course, 78 * S, "deploy of the new image");
	course_mark(&course, 130 * S, "");
	course_bad(&course, 41 * S, 3);
	for (int i = 0; i < 8; i++)
		course_bad(&course, (90 + i) * S, 1);
	d.replay = true;
	d.recorded = "2026-11-23 14:02";
	d.course = &course;
	d.play.playing = true;
	d.play.speed = 4;
	d.play.at_us = 83400000;
	d.play.end_us = 150 * S;
	return d;
}

static void goldens(void **state)
{
	static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {40, 10}, {40, 24}};
	struct dashboard d = replayed();
	struct snapshot *s = made_streaming();

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		golden("scrubber", &d, s, sizes[i][0], sizes[i][1]);
	d.glyphs = GLYPHS_ASCII;
	golden("scrubber-ascii", &d, s, 80, 24);
	d = replayed();
	d.view = VIEW_LATENCY;
	golden("scrubber-latency", &d, s, 120, 40);
	d.help = true;
	golden("scrubber-help", &d, s, 80, 24);
	d = replayed();
	/* The past of a live run: it ends now. */
	d.replay = false;
	d.past = true;
	d.play.at_us = 41 * S;
	d.play.end_us = course.end_us = 97 * S;
	golden("scrubber-past", &d, s, 80, 24);
	d.past = false;
	golden("scrubber-live", &d, s, 80, 24);
	free(s);
}

/* --- every width ---------------------------------------------------------------- */

struct row {
	int cells, from, to; /* the line is between its ends */
	uint32_t ch[300];
	uint8_t role[300], attr[300];
};

static void read_row(const struct dashboard *d, const struct snapshot *s, int width, struct row *row)
{
	struct canvas canvas;

	memset(row, 0, sizeof *row);
	canvas_init(&canvas, width, HEIGHT);
	dashboard_draw(d, s, &canvas);
	row->cells = width;
	row->from = row->to = -1;
	for (int x = 0; x < width; x++) {
		const struct cell *c = &canvas.cell[(HEIGHT - 2) * width + x];

		row->ch[x] = c->ch;
		row->role[x] = c->role;
		row->attr[x] = c->attr;
		if (c->ch == 0x251c && row->from < 0)
			row->from = x + 1;
		if (c->ch == 0x2524)
			row->to = x;
	}
	canvas_fini(&canvas);
}

static int cell_of(const struct row *row, int64_t t_us, int64_t end_us)
{
	int cells = row->to - row->from, x = (int)((double)t_us / (double)end_us * cells);

	return row->from + (x < cells ? x : cells - 1);
}

/* Levels are whole: what stands behind a tick is one of those there are. */
static void check_levels(const struct row *row)
{
	for (int x = row->from; x < row->to; x++) {
		char text[8] = "";
		int n = 0;

		if (row->ch[x] != 0x252c)
			continue;
		while (x + 1 + n < row->to && n < 7 && row->ch[x + 1 + n] >= '0' && row->ch[x + 1 + n] <= '9') {
			text[n] = (char)row->ch[x + 1 + n];
			n++;
		}
		if (n)
			assert_true(!strcmp(text, "1") || !strcmp(text, "8") || !strcmp(text, "16") ||
				    !strcmp(text, "24") || !strcmp(text, "48"));
	}
}

static void every_width_shows_what_it_has_room_for(void **state)
{
	struct dashboard d = replayed();
	struct snapshot *s = made_typical();
	static struct row row;

	(void)state;
	memset(s->bad, 0, sizeof s->bad);
	for (int width = 1; width <= 300; width++)
		for (int at = 0; at <= 150; at += 3) {
			int here = 0;

			d.play.at_us = at * S;
			read_row(&d, s, width, &row);
			if (row.from < 0) {
				assert_true(width < 12);
				continue;
			}
			assert_true(row.to - row.from >= 8 && row.to < width);
			for (int x = row.from; x < row.to; x++)
				here += (row.attr[x] & ATTR_REVERSE) != 0;
			assert_int_equal(here, 1);
			assert_true(row.attr[cell_of(&row, at * S, 150 * S)] & ATTR_REVERSE);
			/* Nothing but errors is red, and both stretches of them are seen. */
			int first = 0, second = 0;

			for (int x = row.from; x < row.to; x++) {
				int bad = row.role[x] == ROLE_BAD;

				assert_true(bad == (row.ch[x] == '!') || (bad && row.ch[x] == 0x25b2));
				first += bad && x < cell_of(&row, 60 * S, 150 * S);
				second += bad && x >= cell_of(&row, 60 * S, 150 * S);
			}
			if (row.to - row.from >= 20)
				assert_true(first && second);
			if (row.to - row.from >= 20)
				check_levels(&row);
			if (row.to - row.from >= 16)
				assert_int_equal(row.ch[cell_of(&row, 130 * S, 150 * S)], 0x25c6);
		}
	free(s);
}

/* Wide characters are whole or not there, also where the picture stands on one. */
static void wide_names(void **state)
{
	static const uint32_t want[] = {'a', ' ', 0x65e5, 0, 0x672c, 0, ' ', 'x'};
	struct dashboard d = replayed();
	struct snapshot *s = made_streaming();
	int whole = 0;

	(void)state;
	course_init(&course);
	course.end_us = 150 * S;
	course_mark(&course, 75 * S, "a 日本 x\xcc\x81");
	course_mark(&course, 149 * S, "日");
	for (int width = 20; width < 200; width++)
		for (int at = 70; at < 100; at++) {
			struct row row;
			int x;

			d.play.at_us = at * S;
			read_row(&d, s, width, &row);
			for (x = row.from; x < row.to; x++) {
				assert_true(row.ch[x] != '?');
				assert_true(row.ch[x] != 0 || utf8_width(row.ch[x - 1]) == 2);
				if (utf8_width(row.ch[x]) != 2)
					continue;
				assert_int_equal(row.ch[x + 1], 0);
				assert_int_equal(row.attr[x + 1], row.attr[x]);
			}
			x = cell_of(&row, 75 * S, 150 * S) + 1;
			if (row.from >= 0 && x + 9 <= cell_of(&row, 149 * S, 150 * S)) {
				assert_memory_equal(row.ch + x, want, sizeof want);
				whole++;
			}
			/* The cell where the picture stands is lit, or both of a wide one. */
			x = cell_of(&row, d.play.at_us, 150 * S);
			if (row.from >= 0)
				assert_true(row.attr[x] & ATTR_REVERSE);
		}
	assert_true(whole > 1000);
	free(s);
}

static void what_the_picture_knows_is_there_too(void **state)
{
	struct dashboard d = replayed();
	struct snapshot *s = made_typical();
	static struct row row;
	int bad = 0;

	(void)state;
	/* An old file told nothing beforehand. */
	course_init(&course);
	s->heat.length_us = S;
	s->heat.columns = 84;
	memset(s->bad, 0, sizeof s->bad);
	s->bad[20] = 4;
	read_row(&d, s, 80, &row);
	for (int x = row.from; x < row.to; x++)
		bad += row.ch[x] == '!';
	assert_int_equal(bad, 1);
	assert_int_equal(row.ch[cell_of(&row, 20 * S, 150 * S)], '!');
	d.course = NULL;
	read_row(&d, s, 80, &row);
	assert_int_equal(row.ch[cell_of(&row, 20 * S, 150 * S)], '!');
	/* Nothing at all is known. */
	d.play.end_us = 0;
	read_row(&d, NULL, 80, &row);
	assert_int_equal(row.from, -1);
	free(s);
}

/* --- jumps ---------------------------------------------------------------------- */

static void jumps_go_from_place_to_place(void **state)
{
	static const struct {
		int64_t to_us;
		const char *what;
	} on[] = {
		{5 * S, "1 user"},       {24 * S, "8 users"},   {41 * S, "errors"},
		{46 * S, "16 users"},    {67 * S, "24 users"},  {78 * S, "mark \"deploy of the new image\""},
		{90 * S, "errors"},      {91 * S, "errors"},    {92 * S, "errors"},
	};
	char what[96];
	int64_t at_us = 0;

	(void)state;
	replayed();
	for (size_t i = 0; i < sizeof on / sizeof *on; i++) {
		at_us = landmark_find(&course, at_us, 1, what, sizeof what);
		assert_int_equal(at_us, on[i].to_us);
		assert_string_equal(what, on[i].what);
	}
	assert_int_equal(landmark_find(&course, 79 * S, -1, what, sizeof what), 78 * S);
	assert_int_equal(landmark_find(&course, 149 * S, 1, what, sizeof what), -1);
	assert_int_equal(landmark_find(&course, 0, -1, what, sizeof what), -1);
	assert_int_equal(landmark_find(&course, 150 * S, -1, what, sizeof what), 148 * S);
	assert_string_equal(what, "drain");
}

static void keys_jump(void **state)
{
	struct dashboard d = replayed();
	struct order o;

	(void)state;
	o = dashboard_key(&d, NULL, '.', 1);
	assert_int_equal(o.command, COMMAND_GOTO);
	assert_int_equal(o.t_us, 90 * S);
	assert_string_equal(d.message, "01:30: errors");
	d.play.playing = false;
	o = dashboard_key(&d, NULL, ',', 1);
	assert_int_equal(o.t_us, 78 * S);
	/* A moment later it is not the same one again. */
	d.play.playing = true;
	d.play.at_us = 79 * S;
	o = dashboard_key(&d, NULL, ',', 1);
	assert_int_equal(o.t_us, 67 * S);
	d.play.at_us = 150 * S;
	o = dashboard_key(&d, NULL, '.', 1);
	assert_int_equal(o.command, COMMAND_REDRAW);
	assert_string_equal(d.message, "no mark, load change or error after this");
	d.course = NULL;
	assert_int_equal(dashboard_key(&d, NULL, ',', 1).command, COMMAND_REDRAW);
}

/* --- marks ---------------------------------------------------------------------- */

static struct order type(struct dashboard *d, const struct snapshot *s, const char *keys)
{
	struct order o = {.command = COMMAND_NONE};

	for (; *keys; keys++)
		o = dashboard_key(d, s, *keys, 100);
	return o;
}

static void a_mark_is_of_the_moment_of_its_key(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	struct order o;

	(void)state;
	assert_int_equal(type(&d, s, "w").command, COMMAND_REDRAW);
	golden("mark", &d, s, 80, 24);
	golden("mark", &d, s, 60, 1);
	/* The keys are the prompt's: no load changes. */
	s->t_us += 9 * S;
	assert_int_equal(type(&d, s, "+q ").command, COMMAND_REDRAW);
	assert_false(d.quit_asked);
	o = type(&d, s, "x\r");
	assert_int_equal(o.command, COMMAND_MARK);
	assert_int_equal(o.t_us, 83400000);
	assert_string_equal(o.note, "+q x");
	/* A plain one. */
	o = type(&d, s, "w\n");
	assert_int_equal(o.command, COMMAND_MARK);
	assert_string_equal(o.note, "");
	assert_int_equal(o.t_us, s->t_us);
	/* None. */
	o = type(&d, s, "wabc\033");
	assert_int_equal(o.command, COMMAND_REDRAW);
	assert_int_equal(d.asking, ASKING_NOTHING);
	/* The screen goes on being one of a terminal. */
	type(&d, s, "w");
	assert_int_equal(type(&d, s, "\032").command, COMMAND_SUSPEND);
	assert_int_equal(type(&d, s, "\014").command, COMMAND_REPAINT);
	assert_int_equal(d.asking, ASKING_NOTE);
	o = type(&d, s, "\r");
	d.past = true;
	d.play.at_us = 7 * S;
	o = type(&d, s, "wpast\r");
	assert_int_equal(o.t_us, 7 * S);
	free(s);
}

static void marks_are_on_every_axis_of_time(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_streaming();

	(void)state;
	course_init(&course);
	course_mark(&course, 55 * S, "deploy");
	course_mark(&course, 200 * S, "not yet");
	d.course = &course;
	golden("marked", &d, s, 120, 40);
	golden("marked", &d, s, 80, 24);
	d.view = VIEW_LATENCY;
	golden("marked-latency", &d, s, 80, 24);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goldens),
		cmocka_unit_test(every_width_shows_what_it_has_room_for),
		cmocka_unit_test(wide_names),
		cmocka_unit_test(what_the_picture_knows_is_there_too),
		cmocka_unit_test(jumps_go_from_place_to_place),
		cmocka_unit_test(keys_jump),
		cmocka_unit_test(a_mark_is_of_the_moment_of_its_key),
		cmocka_unit_test(marks_are_on_every_axis_of_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
