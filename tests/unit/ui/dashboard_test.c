#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "ui/layout.h"

#define MAX 10000

static struct dashboard d;
static struct snapshot *s;

static int setup(void **state)
{
	(void)state;
	d = made_dashboard();
	s = made_typical();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	free(s);
	return 0;
}

static struct order press(int code)
{
	return dashboard_key(&d, s, code, MAX);
}

static bool says(const char *what)
{
	char *text = made_dump(&d, s, d.width, d.height, 0);
	bool there = strstr(text, what) != NULL;

	free(text);
	return there;
}

static void users_follow_the_keys(void **state)
{
	struct order o = press('+');

	(void)state;
	assert_int_equal(o.command, COMMAND_LEVEL);
	assert_int_equal((int)o.level, 25);
	assert_int_equal((int)d.level, 25);
	assert_string_equal(d.message, "24 \u2192 25 users (step 1)");
	assert_int_equal(press(']').command, COMMAND_REDRAW);
	assert_string_equal(d.message, "step 5");
	assert_int_equal((int)press('=').level, 30);
	assert_int_equal((int)press('-').level, 25);
	assert_int_equal((int)press('>').level, 50);
	assert_int_equal((int)press('<').level, 25);
	assert_int_equal((int)press('<').level, 12);
}

static void users_stay_in_bounds(void **state)
{
	(void)state;
	d.level = 3;
	d.step = 100;
	assert_int_equal((int)press('-').level, 1);
	assert_int_equal((int)press('-').level, 1);
	assert_int_equal((int)press('<').level, 1);
	assert_string_equal(d.message, "1 user (step 100), the fewest there can be");
	d.level = MAX - 1;
	assert_int_equal((int)press('>').level, MAX);
	assert_non_null(strstr(d.message, "the most"));
	assert_int_equal((int)press('+').level, MAX);
	d.level = UINT32_MAX;
	assert_int_equal((int)press('>').level, MAX);
}

static void the_clock_goes_round(void **state)
{
	(void)state;
	d.message[0] = 0;
	assert_int_equal(dashboard_query(&d).clock, CLOCK_RESPONSE);
	assert_int_equal(press('c').command, COMMAND_REDRAW);
	assert_int_equal(dashboard_query(&d).clock, CLOCK_SERVICE);
	assert_non_null(strstr(d.message, "service clock"));
	press('c');
	assert_int_equal(dashboard_query(&d).clock, CLOCK_QUEUE);
	press('c');
	assert_int_equal(dashboard_query(&d).clock, CLOCK_RESPONSE);
	/* A recording has them, too. */
	d.replay = true;
	press('c');
	assert_int_equal(dashboard_query(&d).clock, CLOCK_SERVICE);
}

static void m_changes_the_loop_without_a_bump(void **state)
{
	static struct snapshot now;
	struct order o;

	(void)state;
	now.together.window.rps = 25;
	now.together.window.sessions_rps = 12.8341; /* of two turns each */
	now.gauge.in_flight = 17;
	now.in_flight_mean = NAN; /* of the present load: not known yet */
	d.mode = MODE_CLOSED;
	d.level = 24;
	o = dashboard_key(&d, &now, 'm', MAX);
	assert_int_equal(o.command, COMMAND_LEVEL);
	assert_int_equal(o.mode, MODE_OPEN);
	assert_true(o.level > 12.79 && o.level < 12.81); /* three figures */
	assert_string_equal(d.message, "open loop: rate 12.8/s (step 1): arrivals of sessions, 1.9 requests each");
	d.mode = MODE_CLOSED;
	now.together.window.rps = now.together.window.sessions_rps;
	dashboard_key(&d, &now, 'm', MAX);
	assert_string_equal(d.message, "open loop: rate 12.8/s (step 1): arrivals of requests");
	now.in_flight_mean = 16.8;
	dashboard_key(&d, &now, 'm', MAX);
	assert_string_equal(d.message, "closed loop: 17 users (step 1): so many requests were in flight on average");
	now.in_flight_mean = NAN;
	/* The window reaches back to another load; the present one says itself. */
	d.mode = MODE_CLOSED;
	now.point_count = 1;
	now.point[0] = (struct snap_point){.phase = PHASE_LOAD, .seconds = 0.5, .sessions_rps = 3};
	assert_true(dashboard_key(&d, &now, 'm', MAX).level > 12.79);
	d.mode = MODE_CLOSED;
	now.point[0].seconds = 2;
	assert_true(dashboard_key(&d, &now, 'm', MAX).level < 3.01);
	d.mode = MODE_CLOSED;
	now.point[0].sessions_rps = 0; /* a dead server */
	assert_int_equal(dashboard_key(&d, &now, 'm', MAX).command, COMMAND_REDRAW);
	d.mode = MODE_OPEN;
	now.point_count = 0;
	d.level = 12.8;
	assert_true(press('+').level > 13.7);
	assert_true(press('-').level < 12.9);
	d.level = 0.5;
	assert_true(press('-').level > 0.24); /* it never becomes nothing */
	o = dashboard_key(&d, &now, 'm', MAX);
	assert_int_equal(o.mode, MODE_CLOSED);
	assert_int_equal((int)o.level, 17);
	/* What there is at the moment is chance. */
	d.mode = MODE_OPEN;
	now.in_flight_mean = 11.6;
	assert_int_equal((int)dashboard_key(&d, &now, 'm', MAX).level, 12);
	d.mode = MODE_OPEN;
	now.in_flight_mean = 0.2;
	assert_int_equal((int)dashboard_key(&d, &now, 'm', MAX).level, 1);
	d.mode = MODE_OPEN;
	now.in_flight_mean = 1e12;
	assert_int_equal((int)dashboard_key(&d, &now, 'm', MAX).level, MAX);
	/* Nothing is known yet: nothing changes. */
	now.together.window.sessions_rps = NAN;
	assert_int_equal(dashboard_key(&d, &now, 'm', MAX).command, COMMAND_REDRAW);
	assert_int_equal(d.mode, MODE_CLOSED);
}

static void steps_have_ends(void **state)
{
	static const int up[] = {5, 10, 50, 100, 100};
	static const int down[] = {50, 10, 5, 1, 1};

	(void)state;
	for (int i = 0; i < 5; i++) {
		press(']');
		assert_int_equal(d.step, up[i]);
	}
	for (int i = 0; i < 5; i++) {
		press('[');
		assert_int_equal(d.step, down[i]);
	}
}

static void escape_goes_back_to_the_list(void **state)
{
	(void)state;
	d.replay = true;
	assert_int_equal(press(27).command, COMMAND_REDRAW); /* there is none */
	d.listed = true;
	press('z');
	assert_int_equal(press(27).command, COMMAND_REDRAW);
	assert_false(d.zoomed);
	press('?');
	assert_int_equal(press(27).command, COMMAND_REDRAW);
	assert_false(d.help);
	assert_int_equal(press(27).command, COMMAND_QUIT);
	assert_int_equal(press('q').command, COMMAND_QUIT);
}

static void quitting_asks_while_load_runs(void **state)
{
	(void)state;
	assert_int_equal(press('q').command, COMMAND_REDRAW);
	assert_true(d.quit_asked);
	/* Anything else cancels and does nothing besides. */
	assert_int_equal(press('+').command, COMMAND_REDRAW);
	assert_false(d.quit_asked);
	assert_int_equal((int)d.level, 24);
	press('q');
	assert_int_equal(press(KEY_ESC_).command, COMMAND_REDRAW);
	assert_false(d.quit_asked);
	press('q');
	assert_int_equal(press('q').command, COMMAND_REDRAW);
	assert_false(d.quit_asked);
	press('q');
	assert_int_equal(press(KEY_RESIZE_).command, COMMAND_NONE);
	assert_true(d.quit_asked);
	assert_int_equal(press('y').command, COMMAND_QUIT);
}

static void quitting_is_immediate_after_the_end_and_in_replay(void **state)
{
	(void)state;
	s->ended = true;
	assert_int_equal(press('q').command, COMMAND_QUIT);
	s->ended = false;
	d.replay = true;
	assert_int_equal(press('q').command, COMMAND_QUIT);
}

static void escape_closes_and_never_quits(void **state)
{
	(void)state;
	press('z');
	assert_true(d.zoomed);
	press('?');
	assert_true(d.help);
	press(KEY_ESC_);
	assert_false(d.help);
	assert_true(d.zoomed);
	press(KEY_ESC_);
	assert_false(d.zoomed);
	for (int i = 0; i < 5; i++)
		assert_int_not_equal(press(KEY_ESC_).command, COMMAND_QUIT);
	d.replay = true;
	assert_int_not_equal(press(KEY_ESC_).command, COMMAND_QUIT);
}

static void help_takes_the_keys(void **state)
{
	static const int closing[] = {'q', '?', KEY_F1_, KEY_ESC_};

	(void)state;
	for (int i = 0; i < 4; i++) {
		press('?');
		assert_true(d.help);
		assert_int_equal(press(closing[i]).command, COMMAND_REDRAW);
		assert_false(d.help);
		assert_false(d.quit_asked);
	}
	press('?');
	assert_int_equal(press('+').command, COMMAND_REDRAW);
	assert_int_equal((int)d.level, 24);
	press(KEY_UP_);
	assert_int_equal(d.help_top, 0);
	press(KEY_DOWN_);
	press(KEY_PGDN_);
	assert_int_equal(d.help_top, 11);
	press(KEY_PGUP_);
	assert_int_equal(d.help_top, 1);
	for (int i = 0; i < 100; i++)
		press(KEY_PGDN_);
	assert_in_range(d.help_top, 12, 200);
	/* Where the size is known no key goes further than the last page shows,
	 * so that the first key back moves it. */
	d.width = 80;
	d.height = 24;
	press(KEY_END_);
	int end = d.help_top;
	press(KEY_PGDN_);
	assert_int_equal(d.help_top, end);
	press(KEY_UP_);
	assert_int_equal(d.help_top, end - 1);
	d.height = 200;
	press(KEY_PGDN_);
	assert_int_equal(d.help_top, 0);
	assert_int_equal(press('L' & 0x1f).command, COMMAND_REPAINT);
	assert_true(d.help);
}

/* Page by page, however small: nothing of it is beyond reach. */
static void help_is_read_through_at_every_size(void **state)
{
	static const int sizes[][2] = {{200, 60}, {120, 36}, {80, 24}, {60, 15}, {40, 10}, {20, 4}, {80, 1}};

	(void)state;
	d.help = true;
	for (int k = 0; k < 7; k++) {
		char *seen = calloc(1, 1 << 20);

		d.width = sizes[k][0];
		d.height = sizes[k][1];
		d.help_top = 0;
		for (int before = -1; d.help_top != before; press(KEY_PGDN_)) {
			char *text = made_dump(&d, s, d.width, d.height, 0);

			strcat(seen, text);
			free(text);
			before = d.help_top;
			assert_true(strlen(seen) < 1 << 19);
		}
		for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++)
			if (row->where & LIVE) {
				char start[12];

				snprintf(start, sizeof start, "%.11s", action_info(row->action)->help);
				if (!strstr(seen, start) || !strstr(seen, row->name))
					fail_msg("%dx%d: no %s, %s", d.width, d.height, row->name, start);
			}
		assert_non_null(strstr(seen, "client-bound"));
		free(seen);
	}
}

static void help_lists_every_key_of_its_kind_of_run(void **state)
{
	char *text;

	(void)state;
	d.help = true;
	for (int replay = 0; replay < 2; replay++) {
		d.replay = replay;
		text = made_dump(&d, s, 160, 80, 0);
		for (const struct key_row *row = key_table(); row->action != ACTION_NONE; row++)
			if (row->where & (replay ? REPLAY : LIVE)) {
				char start[24];

				snprintf(start, sizeof start, "%.20s", action_info(row->action)->help);
				assert_non_null(strstr(text, start));
				assert_non_null(strstr(text, row->name));
			}
		free(text);
	}
}

static void recordings_say_what_acts_elsewhere(void **state)
{
	(void)state;
	d.replay = true;
	assert_int_equal(press('+').command, COMMAND_REDRAW);
	assert_string_equal(d.message, "this is a recording: + acts in a live run only");
	assert_int_equal((int)d.level, 24);
	assert_int_equal(press('P').command, COMMAND_REDRAW);
	d.replay = false;
	assert_int_equal(press(KEY_RESIZE_).command, COMMAND_NONE);
}

static void a_key_that_does_nothing_says_so(void **state)
{
	static const int silent[] = {0x7f, 1, 0x80, 0xad, KEY_NONE_, KEY_PGUP_, KEY_RESIZE_, KEY_MOUSE_};

	(void)state;
	d.message[0] = '\0';
	assert_int_equal(press('%').command, COMMAND_REDRAW);
	assert_string_equal(d.message, "no such key here: %; ? shows all");
	assert_int_equal(press(0xe9).command, COMMAND_REDRAW);
	assert_string_equal(d.message, "no such key here: \xc3\xa9; ? shows all");
	d.message[0] = '\0';
	/* Control characters, keys without a sign, and what is no key. */
	for (size_t i = 0; i < sizeof silent / sizeof *silent; i++)
		assert_int_equal(press(silent[i]).command, COMMAND_NONE);
	assert_string_equal(d.message, "");
}

/* The picture is of the past; keys are for the load of now. */
static void the_past_of_a_live_run(void **state)
{
	(void)state;
	assert_int_equal(press(KEY_LEFT_).value, -5);
	assert_int_equal(press(KEY_HOME_).value, INT32_MIN);
	assert_int_equal(press(KEY_END_).value, INT32_MAX);
	d.past = true;
	d.width = 120;
	d.height = 40;
	d.level = 77;
	d.play.at_us = 41000000;
	d.play.end_us = 150000000;
	s->ended = true;
	assert_true(says("past 00:41, now 02:30"));
	assert_false(says("77")); /* nothing says that so many users are in the picture */
	assert_int_equal(press(' ').command, COMMAND_PLAY);
	assert_false(d.frozen);
	assert_int_equal(press('+').level, 78);
	assert_int_equal(press('m').command, COMMAND_REDRAW);
	assert_non_null(strstr(d.message, "End first"));
	/* What is over there is not over. */
	press('q');
	assert_true(d.quit_asked);
	assert_int_equal(press('y').command, COMMAND_QUIT);
	s->ended = false;
}

static void replay_keys(void **state)
{
	(void)state;
	d.replay = true;
	assert_int_equal(press(' ').command, COMMAND_PLAY);
	assert_int_equal(press(KEY_LEFT_).value, -5);
	assert_int_equal(press(KEY_RIGHT_).command, COMMAND_SEEK);
	assert_int_equal(press('l').value, 5);
	assert_int_equal(press(KEY_HOME_).value, INT32_MIN);
	assert_int_equal(press(KEY_END_).value, INT32_MAX);
	assert_int_equal(press('>').command, COMMAND_SPEED);
	assert_int_equal(press('>').value, 1);
	assert_int_equal(press('<').value, -1);
}

static void the_cursor_asks_for_its_task(void **state)
{
	(void)state;
	assert_int_equal(dashboard_query(&d).task, -1);
	assert_int_equal(press(KEY_UP_).command, COMMAND_REDRAW);
	assert_int_equal(d.cursor, 0);
	press('j');
	assert_int_equal(dashboard_query(&d).task, 0);
	for (int i = 0; i < 9; i++)
		press(KEY_DOWN_);
	assert_int_equal(d.cursor, 3);
	assert_int_equal(dashboard_query(&d).task, 2);
	/* One task is all there is. */
	d.cursor = 0;
	s->task_count = 1;
	press('j');
	assert_int_equal(d.cursor, 0);
	assert_int_equal(dashboard_key(&d, NULL, 'j', MAX).command, COMMAND_REDRAW);
	assert_int_equal(d.cursor, 0);
}

static void the_errors_view_has_a_cursor_of_its_own(void **state)
{
	char *text;

	(void)state;
	press('j');
	press('7');
	assert_int_equal(d.view, VIEW_ERRORS);
	assert_int_equal(press(KEY_UP_).command, COMMAND_REDRAW);
	assert_int_equal(d.error_cursor, 0);
	for (int i = 0; i < 9; i++)
		press('j');
	assert_int_equal(d.error_cursor, 1);
	assert_int_equal(d.cursor, 1);
	text = made_dump(&d, s, 80, 24, 0);
	assert_non_null(strstr(text, "▸ http_5xx 503"));
	assert_non_null(strstr(text, "http_5xx 503: the server failed"));
	free(text);
	/* Fewer of them after a seek back. */
	s->error_count = 1;
	text = made_dump(&d, s, 80, 24, 0);
	assert_non_null(strstr(text, "▸ timeout"));
	free(text);
	s->error_count = 0;
	press('k');
	press('j');
	assert_int_equal(d.error_cursor, 0);
	assert_int_equal(dashboard_key(&d, NULL, 'j', MAX).command, COMMAND_REDRAW);
	assert_int_equal(d.error_cursor, 0);
}

/* In the focused heatmap keys move a cell; its place is a time and a latency, which
 * stay when the run goes on, and the newest column goes with it. */
static void the_heatmap_has_a_cursor_in_two_directions(void **state)
{
	(void)state;
	for (int replay = 0; replay < 2; replay++) {
		d.replay = replay;
		d.width = 120;
		d.height = 40;
		press('2');
		d.focus = PANE_HEATMAP;
		assert_true(says(" 01:23 to 01:24 "));
		press(KEY_HOME_);
		assert_true(says(" 00:00 to 00:01 "));
		assert_int_equal(press(KEY_RIGHT_).command, COMMAND_REDRAW);
		assert_true(says(" 00:01 to 00:02 "));
		press('h');
		press(KEY_LEFT_);
		assert_true(says(" 00:00 to 00:01 "));
		for (int i = 0; i < 60; i++)
			press('l');
		assert_true(says(" 01:00 to 01:01 "));
		s->heat.columns += 20;
		s->t_us += 10000000;
		assert_true(says(" 01:00 to 01:01 "));
		press(KEY_END_);
		assert_true(says(" 01:33 to 01:34 "));
		s->heat.columns += 2;
		s->t_us += 1000000;
		assert_true(says(" 01:34 to 01:35 "));
		press('l');
		assert_true(says(" 01:34 to 01:35 "));
		s->heat.columns -= 22;
		s->t_us -= 11000000;
		d.heat_t_us = 60000000;
		for (int i = 0; i < 40; i++)
			press(KEY_UP_);
		assert_int_equal(d.cursor, 0);
		press('j');
		assert_true(says(" 3.67 to 4.76 s "));
		/* Where it is not seen it has no keys: the task's cursor has them, and in a
		 * recording time. */
		d.height = 10;
		d.width = 40;
		press('j');
		assert_int_equal(d.cursor, 1);
		assert_int_equal(press(KEY_LEFT_).command, COMMAND_SEEK);
		d.cursor = 0;
		d.height = 40;
		press('1');
		assert_int_equal(press(KEY_LEFT_).command, COMMAND_SEEK);
		d.heat_t_us = INT64_MAX;
		d.heat_bin = -1;
	}
	/* Before anything is known. */
	press('2');
	d.focus = PANE_HEATMAP;
	assert_int_equal(dashboard_key(&d, NULL, KEY_LEFT_, MAX).command, COMMAND_REDRAW);
	s->heat.rows = s->heat.columns = 0;
	assert_int_equal(press(KEY_UP_).command, COMMAND_REDRAW);
	assert_int_equal(d.heat_bin, -1);
}

/* They are of the task under the cursor, and never of all together. */
static void keys_of_the_mix(void **state)
{
	static const struct {
		int key;
		enum command command;
		double factor;
	} keys[] = {{'o', COMMAND_SOLO, 1}, {'u', COMMAND_MUTE, 1}, {'}', COMMAND_WEIGHT, 2}, {'{', COMMAND_WEIGHT, 0.5}};

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct order o;

		d.cursor = 0;
		assert_int_equal(press(keys[i].key).command, COMMAND_REDRAW);
		assert_non_null(strstr(d.message, "which task"));
		d.cursor = 2;
		o = press(keys[i].key);
		assert_int_equal(o.command, keys[i].command);
		assert_int_equal(o.value, 1);
		assert_true(o.level == keys[i].factor);
	}
	s->task_count = 1;
	assert_int_equal(press('u').command, COMMAND_REDRAW);
	assert_non_null(strstr(d.message, "there is one task"));
	d.replay = true;
	assert_int_equal(press('o').command, COMMAND_REDRAW);
	assert_non_null(strstr(d.message, "live run only"));
}

static void focus_goes_round_the_panes_of_the_view(void **state)
{
	(void)state;
	for (int view = 0; view < VIEW_COUNT; view++) {
		enum pane pane[PANE_COUNT], start;
		/* Nobody asked the server for anything, there were no prompts, and the overview's
		 * six further graphs and the tasks' two are on large screens only. */
		int n = layout_panes((enum view_kind)view, pane) - (view == VIEW_OVERVIEW ? 7 : view == VIEW_TASKS ? 2 : view == VIEW_CACHE);

		press("12345678"[view]);
		assert_int_equal(d.view, view);
		start = d.focus;
		for (int i = 0; i < n; i++) {
			press('\t');
			assert_true((d.focus == start) == (i == n - 1));
		}
		press(KEY_BACKTAB_);
		press('\t');
		assert_int_equal(d.focus, start);
	}
}

static void a_view_key_leaves_zoom_and_keeps_a_focus_that_exists(void **state)
{
	(void)state;
	press('z');
	press('2');
	assert_false(d.zoomed);
	assert_int_equal(d.focus, PANE_HISTOGRAM);
	press('3');
	assert_int_equal(d.focus, PANE_HISTOGRAM);
}

static void other_commands(void **state)
{
	(void)state;
	assert_int_equal(press('P').command, COMMAND_PAUSE);
	assert_int_equal(press('r').command, COMMAND_FRESH);
	assert_int_equal(press('t').value, 1);
	assert_int_equal(press('T').command, COMMAND_THEME);
	assert_int_equal(press('T').value, -1);
	assert_int_equal(press('Z' & 0x1f).command, COMMAND_SUSPEND);
	assert_int_equal(press('L' & 0x1f).command, COMMAND_REPAINT);
	press('g');
	assert_int_equal(d.glyphs, GLYPHS_BLOCK);
	assert_string_equal(d.message, "glyphs: block");
	press(' ');
	assert_true(d.frozen);
	press(' ');
	assert_false(d.frozen);
}

static void a_key_clears_the_message(void **state)
{
	(void)state;
	press('+');
	assert_int_not_equal(d.message[0], '\0');
	press('j');
	assert_string_equal(d.message, "");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(users_follow_the_keys),
		TEST(users_stay_in_bounds),
		TEST(the_clock_goes_round),
		TEST(m_changes_the_loop_without_a_bump),
		TEST(steps_have_ends),
		TEST(quitting_asks_while_load_runs),
		TEST(escape_goes_back_to_the_list),
		TEST(quitting_is_immediate_after_the_end_and_in_replay),
		TEST(escape_closes_and_never_quits),
		TEST(help_takes_the_keys),
		TEST(help_is_read_through_at_every_size),
		TEST(help_lists_every_key_of_its_kind_of_run),
		TEST(recordings_say_what_acts_elsewhere),
		TEST(a_key_that_does_nothing_says_so),
		TEST(the_past_of_a_live_run),
		TEST(replay_keys),
		TEST(the_cursor_asks_for_its_task),
		TEST(the_errors_view_has_a_cursor_of_its_own),
		TEST(the_heatmap_has_a_cursor_in_two_directions),
		TEST(keys_of_the_mix),
		TEST(focus_goes_round_the_panes_of_the_view),
		TEST(a_view_key_leaves_zoom_and_keeps_a_focus_that_exists),
		TEST(other_commands),
		TEST(a_key_clears_the_message),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
