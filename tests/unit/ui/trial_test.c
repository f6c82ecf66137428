/* Micro-experiments on the screen: the menu, what one does, what it found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture.h"
#include "golden.h"

static const int sizes[][2] = {{80, 24}, {120, 40}, {40, 10}};

static struct dashboard with_menu(void)
{
	struct dashboard d = made_dashboard();

	for (int i = 0; i < TRIAL_AXES; i++)
		snprintf(d.trial_words[i], sizeof d.trial_words[i], "no max_tokens in the body of chat");
	d.trial_can[TRIAL_USERS] = true;
	snprintf(d.trial_words[TRIAL_USERS], sizeof d.trial_words[0], "1, 2, 4, 8, there and back");
	return d;
}

static void how_it_looks(void **state)
{
	struct dashboard d = with_menu();
	struct snapshot *s = made_typical();

	(void)state;
	for (int k = 0; k < 3; k++) {
		d.width = sizes[k][0];
		d.height = sizes[k][1];
		d.trials.open = true;
		golden("trial-menu", &d, s, d.width, d.height);
		d.trials.open = false;
		snprintf(d.trial, sizeof d.trial, "users: 4 users, step 3 of 8, n 128; x or a load key stops it");
		s->trial.state = SNAP_TRIES;
		golden("trial-going", &d, s, d.width, d.height);
		d.trial[0] = '\0';
		s->trial.state = SNAP_TRIED;
		s->trial.t_us = s->point[s->point_count - 1].t_us;
		snprintf(s->trial.text, sizeof s->trial.text,
			 "queue-bound with 8 users, n = 917: response 66 %% +-1 waiting, 33 %% +-1 decode; ttft 1.86 ms +-0.05 with "
			 "1 user, 128 ms +-5; 1.22 ms +-0.04 a token, then x 1.03 +-0.04");
		golden("trial-ended", &d, s, d.width, d.height);
		s->trial.state = SNAP_NO_TRIAL;
	}
	free(s);
}

static struct order press(struct dashboard *d, const struct snapshot *s, int code)
{
	return dashboard_key(d, s, code, 512);
}

static void keys(void **state)
{
	struct dashboard d = with_menu();
	struct snapshot *s = made_typical();
	struct order o;

	(void)state;
	assert_int_equal(press(&d, s, 'x').command, COMMAND_REDRAW);
	assert_true(d.trials.open);
	/* What cannot be tried says why. */
	assert_int_equal(press(&d, s, 'j').command, COMMAND_REDRAW);
	assert_int_equal(press(&d, s, '\r').command, COMMAND_REDRAW);
	assert_string_equal(d.message, "output length: no max_tokens in the body of chat");
	assert_true(d.trials.open);
	/* Nothing reaches the load from here. */
	assert_int_equal(press(&d, s, '+').command, COMMAND_REDRAW);
	assert_int_equal(press(&d, s, KEY_ESC_).command, COMMAND_REDRAW);
	assert_false(d.trials.open);
	press(&d, s, 'x');
	while (d.trials.cursor != TRIAL_USERS)
		press(&d, s, 'k');
	o = press(&d, s, '\r');
	assert_int_equal(o.command, COMMAND_TRIAL);
	assert_int_equal(o.value, TRIAL_USERS);
	assert_false(d.trials.open);
	press(&d, s, 'x');
	o = press(&d, s, '1');
	assert_int_equal(o.command, COMMAND_TRIAL);
	/* While one goes on x stops it. */
	snprintf(d.trial, sizeof d.trial, "users: begins");
	o = press(&d, s, 'x');
	assert_int_equal(o.command, COMMAND_TRIAL);
	assert_int_equal(o.value, -1);
	assert_false(d.trials.open);
	/* Of a recording there is nothing to try. */
	d.replay = true;
	d.trial[0] = '\0';
	assert_int_equal(press(&d, s, 'x').command, COMMAND_REDRAW);
	assert_false(d.trials.open);
	assert_non_null(strstr(d.message, "x acts in a live run only"));
	free(s);
}

/* Of two results the newer is shown, and none once the load has changed. */
static void one_line(void **state)
{
	struct dashboard d = made_dashboard();
	struct snapshot *s = made_typical();
	int64_t last_us = s->point[s->point_count - 1].t_us;
	char *text;

	(void)state;
	d.replay = true;
	s->trial = (struct snap_trial){.state = SNAP_TRIED, .t_us = last_us, .text = "decode-bound with 8 users"};
	s->sweep.state = SNAP_SWEPT;
	s->sweep.t_us = last_us + 1;
	strcpy(s->sweep.text, "plateau: knee at 9.4 users");
	text = made_dump(&d, s, 80, 24, 0);
	assert_non_null(strstr(text, " sweep  plateau"));
	assert_null(strstr(text, " experiment  "));
	free(text);
	s->trial.t_us = last_us + 2;
	text = made_dump(&d, s, 80, 24, 0);
	assert_non_null(strstr(text, " experiment  decode-bound"));
	assert_null(strstr(text, " sweep  "));
	free(text);
	s->sweep.state = SNAP_NO_SWEEP;
	s->trial.t_us = last_us - 1;
	text = made_dump(&d, s, 80, 24, 0);
	assert_null(strstr(text, " experiment  "));
	free(text);
	s->trial.state = SNAP_TRIES;
	text = made_dump(&d, s, 80, 24, 0);
	assert_non_null(strstr(text, " experiment  under way"));
	free(text);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(how_it_looks),
		cmocka_unit_test(keys),
		cmocka_unit_test(one_line),
	};

	return cmocka_run_group_tests_name("ui/trial", tests, NULL, NULL);
}
