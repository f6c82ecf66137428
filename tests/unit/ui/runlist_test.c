/* The list of runs: what it shows at which size, and what keys do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"
#include "golden.h"
#include "ui/keys.h"
#include "ui/runlist_keys.h"
#include "ui/runlist_view.h"

#define NOW 1795442527LL /* 2026-11-23 14:02:07 */
#define PATH "/home/ada/.local/state/brunt/runs/"

static struct runlist list;

static struct runlist_row made_row(const char *path, int64_t age_s)
{
	return (struct runlist_row){
		.path = path, .name = "", .label = "", .target = "http://localhost:8080", .scenario = "interview-coach",
		.note = "", .argv = "brunt run interview-coach.json -c 20 -z 60s --warmup 10s", .slo = "p95<3s, success>=99%",
		.why = "", .started_s = NOW - age_s, .duration_us = 60000000, .p95_us = 2090000, .requests = 768,
		.errors = 0.0078, .seed = 42, .exit_code = 0,
	};
}

static const struct runlist_row *typical(int *count)
{
	static struct runlist_row row[8];

	for (int i = 0; i < 8; i++)
		row[i] = made_row(PATH "20261123-140207-interview-coach-0000000a.brunt", 0);
	row[0].kind = RUNLIST_RUNNING;
	row[0].duration_us = row[0].p95_us = row[0].requests = row[0].exit_code = -1;
	row[0].errors = NAN;
	row[1] = made_row(PATH "20261123-135000-interview-coach-0000000b.brunt", 727);
	row[1].name = "two slots, no cache";
	row[1].label = "branch=main, host=ada";
	row[1].note = "The first with the new scheduler. The backend was restarted before; the cache was cold, which one sees "
		      "in the first ten seconds and nowhere after that.";
	row[1].pinned = true;
	row[2] = made_row(PATH "20261123-120000-interview-coach-0000000c.brunt", 7200);
	row[2].label = "branch=cache, host=ada";
	row[2].errors = 0.034;
	row[2].exit_code = 3;
	row[3] = made_row(PATH "20261122-120000-default-0000000d.brunt", 93600);
	row[3].scenario = "default";
	row[3].target = "https://model.example.org:8443/v1/chat/completions";
	row[3].p95_us = 87000;
	row[3].errors = 0;
	row[3].duration_us = 3725000000;
	row[4] = made_row(PATH "20261120-120000-interview-coach-0000000e.brunt", 266527);
	row[4].kind = RUNLIST_CUT_OFF;
	row[4].why = "the recording was cut off after 31.2 s";
	row[4].duration_us = 31200000;
	row[4].p95_us = row[4].requests = row[4].exit_code = -1;
	row[4].errors = NAN;
	row[5] = made_row(PATH "notes.brunt", 400000);
	row[5].kind = RUNLIST_UNREADABLE;
	row[5].scenario = row[5].target = row[5].argv = row[5].slo = "";
	row[5].why = "not a brunt run file";
	row[5].duration_us = row[5].p95_us = row[5].requests = row[5].exit_code = -1;
	row[5].errors = NAN;
	row[6] = made_row(PATH "20251120-120000-interview-coach-0000000f.brunt", 366 * 86400);
	row[6].pinned = true;
	row[6].errors = 1;
	row[6].exit_code = 1;
	row[6].p95_us = -1;
	row[7] = made_row("/x/" "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e.brunt", 40000LL * 86400);
	row[7].scenario = "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e"
			  "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e";
	row[7].label = "k=a-label-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on";
	row[7].p95_us = 86400000000;
	row[7].duration_us = 86400000000;
	*count = 8;
	return row;
}

static const struct runlist_row *sixty(int *count)
{
	static struct runlist_row row[60];
	static char path[60][80], name[60][16];

	for (int i = 0; i < 60; i++) {
		snprintf(path[i], sizeof path[i], PATH "%02d.brunt", i);
		snprintf(name[i], sizeof name[i], "run-%02d", i);
		row[i] = made_row(path[i], i * 3600);
		row[i].name = name[i];
	}
	*count = 60;
	return row;
}

static int setup(void **state)
{
	(void)state;
	runlist_init(&list);
	list.row = typical(&list.count);
	list.folder = "/home/ada/.local/state/brunt/runs";
	list.now_s = NOW;
	list.name_most = 63;
	list.note_most = 511;
	list.width = 80;
	list.height = 24;
	return 0;
}

static int setup_sixty(void **state)
{
	setup(state);
	list.row = sixty(&list.count);
	return 0;
}

static char *dump(int width, int height)
{
	struct canvas canvas;
	char *text = NULL;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	list.width = width;
	list.height = height;
	canvas_init(&canvas, width, height);
	runlist_draw(&list, &canvas);
	canvas_dump(&canvas, out, 1);
	canvas_fini(&canvas);
	fclose(out);
	return text;
}

static void shot(const char *name, int width, int height)
{
	golden_text(name, width, height, dump(width, height));
}

static struct runlist_order press(int code)
{
	return runlist_key(&list, code);
}

static void type(const char *text)
{
	for (; *text; text++)
		press(*text);
}

static void pictures(void **state)
{
	static const int sizes[][2] = {{200, 60}, {120, 40}, {80, 24}, {60, 14}, {40, 10}, {30, 5}, {60, 1}, {1, 1}};

	(void)state;
	list.cursor = 1;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		shot("runs", sizes[i][0], sizes[i][1]);
	list.glyphs = GLYPHS_ASCII;
	shot("runs-ascii", 120, 40);
}

static void each_kind_in_detail(void **state)
{
	static const char *const name[] = {"running", NULL, "missed", NULL, "cut-off", "unreadable", "failed", "wide"};

	(void)state;
	for (int i = 0; i < list.count; i++) {
		char file[32];

		list.cursor = i;
		snprintf(file, sizeof file, "runs-%s", name[i] ? name[i] : "");
		if (name[i])
			shot(file, 80, 24);
	}
}

static void empty_says_what_to_do(void **state)
{
	(void)state;
	runlist_rows(&list, NULL, 0);
	shot("runs-none", 80, 24);
	shot("runs-none", 40, 10);
	assert_int_equal(press('\r').command, RUNLIST_REDRAW);
	assert_string_equal(list.message, "there is no run yet");
	press('d');
	assert_int_equal(list.mode, RUNLIST_BROWSE);
	press(KEY_DOWN_);
	press(KEY_END_);
	assert_null(runlist_here(&list));
	assert_int_equal(press('q').command, RUNLIST_QUIT);
}

static void questions(void **state)
{
	(void)state;
	list.cursor = 1;
	press('?');
	shot("runs-help", 80, 24);
	shot("runs-help", 40, 10);
	press(KEY_END_);
	shot("runs-help-end", 40, 10);
	press(KEY_ESC_);
	press('e');
	shot("runs-note", 80, 24);
	press(KEY_ESC_);
	press('d');
	shot("runs-delete", 80, 24);
	shot("runs-delete", 40, 1);
	press('x');
	press('/');
	type("BRANCH");
	shot("runs-filter", 80, 24);
}

/* Everything at every size, with the cursor everywhere. */
static void every_size(void **state)
{
	(void)state;
	for (int mode = RUNLIST_BROWSE; mode <= RUNLIST_DELETE; mode++)
		for (int width = 1; width <= 130; width += width < 50 ? 1 : 9)
			for (int height = 1; height <= 45; height++) {
				struct runlist_parts p = runlist_parts(width, height);

				assert_true(p.head.height >= 0 && p.table.height > 0 && p.details.height >= 0 && p.rows > 0);
				assert_int_equal(p.head.height + p.table.height + p.details.height + p.bar.height, height);
				list.mode = (enum runlist_mode)mode;
				prompt_start(&list.prompt, list.row[1].note, 511);
				list.cursor = (width + height) % list.count;
				free(dump(width, height));
			}
}

static void moving(void **state)
{
	(void)state;
	press('j');
	press(KEY_DOWN_);
	assert_int_equal(list.cursor, 2);
	press('k');
	assert_int_equal(list.cursor, 1);
	press(KEY_UP_);
	press(KEY_UP_);
	assert_int_equal(list.cursor, 0);
	press(KEY_END_);
	assert_int_equal(list.cursor, 59);
	press(KEY_DOWN_);
	assert_int_equal(list.cursor, 59);
	press(KEY_HOME_);
	assert_int_equal(list.cursor, 0);
	press(KEY_PGDN_);
	assert_int_equal(list.cursor, runlist_parts(80, 24).rows - 1);
	press(KEY_PGDN_);
	press(KEY_PGUP_);
	press(KEY_PGUP_);
	assert_int_equal(list.cursor, 0);
	assert_int_equal(list.top, 0);
	/* It scrolls only as far as it must. */
	for (int i = 0; i < 30; i++)
		press('j');
	assert_int_equal(list.top, 30 - runlist_parts(80, 24).rows + 1);
	press('k');
	assert_int_equal(list.top, 30 - runlist_parts(80, 24).rows + 1);
	shot("runs-sixty", 80, 24);
}

static void a_filter(void **state)
{
	(void)state;
	list.cursor = 25;
	press('/');
	type("RUN-3");
	assert_int_equal(runlist_shown(&list), 10);
	assert_int_equal(list.cursor, 30);
	press('\r');
	assert_int_equal(list.mode, RUNLIST_BROWSE);
	press(KEY_END_);
	assert_int_equal(list.cursor, 39);
	press('j');
	assert_int_equal(list.cursor, 39);
	press(KEY_HOME_);
	assert_int_equal(list.cursor, 30);
	/* Taken up again. */
	press('/');
	type("x");
	assert_int_equal(runlist_shown(&list), 0);
	assert_null(runlist_here(&list));
	press('\r');
	assert_int_equal(press('\r').command, RUNLIST_REDRAW);
	assert_string_equal(list.message, "no run matches the filter; Esc shows all");
	press(KEY_ESC_);
	assert_int_equal(runlist_shown(&list), 60);
	assert_non_null(runlist_here(&list));
	press('/');
	type("run-5");
	press(KEY_ESC_);
	assert_int_equal(runlist_shown(&list), 60);
}

static void the_cursor_stays_on_its_run(void **state)
{
	struct runlist_row other[60], less[60];

	(void)state;
	list.cursor = 10;
	memcpy(other, list.row + 3, 57 * sizeof *other);
	runlist_rows(&list, other, 57);
	assert_int_equal(list.cursor, 7);
	/* Gone: near it, and nothing is asked of another run. */
	press('d');
	memcpy(less, other, 7 * sizeof *less);
	memcpy(less + 7, other + 8, 49 * sizeof *less);
	runlist_rows(&list, less, 56);
	assert_int_equal(list.cursor, 7);
	assert_int_equal(list.mode, RUNLIST_BROWSE);
	list.cursor = 55;
	runlist_rows(&list, less, 5);
	assert_int_equal(list.cursor, 4);
	press('n');
	runlist_rows(&list, other, 5);
	assert_int_equal(list.mode, RUNLIST_NAME);
}

static void orders(void **state)
{
	(void)state;
	list.cursor = 1;
	assert_int_equal(press('\r').command, RUNLIST_OPEN);
	assert_int_equal(press('p').command, RUNLIST_PIN);
	assert_int_equal(press('r').command, RUNLIST_RELOAD);
	assert_int_equal(press('t').value, 1);
	assert_int_equal(press('T').value, -1);
	assert_int_equal(press('Z').command, RUNLIST_NONE);
	press('n');
	assert_string_equal(list.prompt.text, "two slots, no cache");
	press('U' & 0x1f);
	type(" a  q ");
	assert_int_equal(press('\r').command, RUNLIST_RENAME);
	assert_string_equal(list.prompt.text, "a q");
	press('N');
	press(KEY_ESC_);
	press('e');
	assert_int_equal(press('\r').command, RUNLIST_WRITE_NOTE);
	/* q in a text is a letter; Ctrl-Z is what it always is. */
	press('e');
	assert_int_equal(press('q').command, RUNLIST_REDRAW);
	assert_int_equal(press('Z' & 0x1f).command, RUNLIST_SUSPEND);
	assert_int_equal(list.mode, RUNLIST_NOTE);
	press(KEY_ESC_);
	/* What cannot be read can be deleted, no more. */
	list.cursor = 5;
	assert_int_equal(press('\r').command, RUNLIST_REDRAW);
	assert_string_equal(list.message, "notes.brunt: not a brunt run file");
	press('n');
	assert_int_equal(list.mode, RUNLIST_BROWSE);
	press('d');
	assert_int_equal(list.mode, RUNLIST_DELETE);
}

static void deleting_asks(void **state)
{
	(void)state;
	assert_int_equal(press('d').command, RUNLIST_REDRAW);
	assert_int_equal(press(KEY_RESIZE_).command, RUNLIST_NONE);
	assert_int_equal(list.mode, RUNLIST_DELETE);
	assert_int_equal(press('\r').command, RUNLIST_REDRAW);
	press('d');
	assert_int_equal(press('d').command, RUNLIST_REDRAW);
	assert_int_equal(list.mode, RUNLIST_BROWSE);
	press('d');
	assert_int_equal(press('y').command, RUNLIST_REMOVE);
}

static void ages(void **state)
{
	static const struct {
		int64_t s;
		const char *text;
	} cases[] = {
		{-5, "now"}, {0, "now"}, {1, "1 s"}, {59, "59 s"}, {60, "1 m"}, {3599, "59 m"}, {3600, "1 h"}, {86399, "23 h"},
		{86400, "1 d"}, {364 * 86400, "364d"}, {365 * 86400, "1 y"}, {40000LL * 86400, "109y"}, {INT64_MAX, "now"},
	};
	char out[FORMAT_BYTES];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(runlist_age(cases[i].s, out), cases[i].text);
}

static void keys(void **state)
{
	bool has_key[RUNLIST_ACTION_COUNT] = {true};

	(void)state;
	for (const struct runlist_key_row *a = runlist_key_table(); a->action != RUNLIST_DO_NONE; a++) {
		has_key[a->action] = true;
		assert_in_range(strlen(a->name), 1, 6);
		assert_int_equal(runlist_action_of(a->code), a->action);
		for (const struct runlist_key_row *b = a + 1; b->action != RUNLIST_DO_NONE; b++)
			assert_int_not_equal(a->code, b->code);
		/* What both can do has the same keys in the dashboard. */
		if (a->action >= RUNLIST_DO_THEME_NEXT)
			assert_int_not_equal(key_action(a->code, REPLAY), ACTION_NONE);
	}
	for (int i = 0; i < RUNLIST_ACTION_COUNT; i++)
		assert_true(has_key[i]);
}

static void typing(void **state)
{
	struct prompt p;

	(void)state;
	prompt_start(&p, "b\xc3\xbcro", 8);
	assert_int_equal(prompt_key(&p, 0x20ac), PROMPT_CHANGED); /* three bytes: the end */
	assert_int_equal(prompt_key(&p, 'x'), PROMPT_NOTHING);
	assert_string_equal(p.text, "b\xc3\xbcro\xe2\x82\xac");
	prompt_key(&p, 0x7f);
	assert_string_equal(p.text, "b\xc3\xbcro");
	for (int i = 0; i < 3; i++)
		prompt_key(&p, KEY_LEFT_);
	prompt_key(&p, 'D' & 0x1f);
	assert_string_equal(p.text, "bro");
	prompt_key(&p, 'H' & 0x1f);
	prompt_key(&p, 'H' & 0x1f);
	assert_string_equal(p.text, "ro");
	prompt_key(&p, KEY_END_);
	prompt_key(&p, KEY_RIGHT_);
	prompt_key(&p, ' ');
	prompt_key(&p, 'x');
	prompt_key(&p, 'W' & 0x1f);
	assert_string_equal(p.text, "ro ");
	prompt_key(&p, KEY_HOME_);
	prompt_key(&p, KEY_LEFT_);
	prompt_key(&p, '>');
	assert_string_equal(p.text, ">ro ");
	/* Neither keys beyond characters nor control characters get in. */
	assert_int_equal(prompt_key(&p, KEY_F1_), PROMPT_NOTHING);
	assert_int_equal(prompt_key(&p, 0x9b), PROMPT_NOTHING);
	assert_int_equal(prompt_key(&p, 7), PROMPT_NOTHING);
	assert_int_equal(prompt_key(&p, '\r'), PROMPT_ACCEPTED);
	assert_int_equal(prompt_key(&p, KEY_ESC_), PROMPT_CANCELLED);
	/* An old text may be longer than what is allowed. */
	prompt_start(&p, "0123456789", 4);
	assert_string_equal(p.text, "0123");
	prompt_key(&p, 'U' & 0x1f);
	assert_string_equal(p.text, "");
}

/* --- the mouse --- */

static struct regions regions;

/* A line of the picture, which notes what is where. */
static const char *line_of(int width, int height, int y)
{
	static char line[1024];
	char *text, *at;

	list.regions = &regions;
	text = at = dump(width, height);
	for (int i = 0; i < y; i++)
		at = strchr(at, '\n') + 1;
	snprintf(line, sizeof line, "%.*s", (int)strcspn(at, "\n"), at);
	free(text);
	return line;
}

static struct runlist_order mouse(enum mouse_act act, int x, int y)
{
	return runlist_mouse(&list, (struct mouse){act, x, y});
}

static void a_click_chooses_a_run_and_another_opens_it(void **state)
{
	static const int sizes[][2] = {{200, 60}, {80, 24}, {40, 10}, {20, 4}};
	int clicks = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (int filtered = 0; filtered < 2; filtered++) {
			const int width = sizes[i][0], height = sizes[i][1];

			setup_sixty(NULL);
			if (filtered)
				type("/1\r");
			for (int y = 0; y < height; y++) {
				struct region_hit hit;
				const char *line = line_of(width, height, y);

				hit = region_at(&regions, 5, y, REGION_RUN);
				if (!hit.region || hit.what == runlist_place(&list))
					continue;
				assert_int_equal(mouse(MOUSE_CLICK, 5, y).command, RUNLIST_REDRAW);
				line = line_of(width, height, y);
				if (!strstr(line, "▸") || !strstr(line, runlist_here(&list)->name))
					fail_msg("%dx%d: \"%s\" is not %s", width, height, line, runlist_here(&list)->name);
				assert_int_equal(mouse(MOUSE_CLICK, 5, y).command, RUNLIST_OPEN);
				clicks++;
			}
		}
	assert_true(clicks > 60);
}

static void the_wheel_moves_in_the_list_and_in_the_help(void **state)
{
	(void)state;
	line_of(80, 24, 0);
	assert_int_equal(mouse(MOUSE_WHEEL_DOWN, 5, 4).command, RUNLIST_REDRAW);
	assert_int_equal(mouse(MOUSE_WHEEL_DOWN, 5, 4).command, RUNLIST_REDRAW);
	mouse(MOUSE_WHEEL_UP, 5, 4);
	assert_int_equal(list.cursor, 1);
	assert_int_equal(mouse(MOUSE_WHEEL_LEFT, 5, 4).command, RUNLIST_NONE);
	assert_int_equal(mouse(MOUSE_WHEEL_DOWN, 5, 0).command, RUNLIST_NONE);
	assert_int_equal(mouse(MOUSE_CLICK, 500, 500).command, RUNLIST_NONE);
	press('?');
	line_of(80, 10, 0);
	mouse(MOUSE_WHEEL_DOWN, 5, 4);
	assert_int_equal(list.help_top, 3);
	assert_int_equal(list.cursor, 1);
	mouse(MOUSE_CLICK, 3, 9); /* "Esc close" */
	assert_int_equal(list.mode, RUNLIST_BROWSE);
}

/* Neither a row nor the wheel answers it. */
static void a_question_is_answered_by_its_answers(void **state)
{
	struct region_hit hit;
	int y = 0, x = 0;

	(void)state;
	press('d');
	for (; y < 23; y++) {
		line_of(80, 24, 0);
		assert_int_equal(mouse(MOUSE_CLICK, 10, y).command, RUNLIST_NONE);
		assert_int_equal(mouse(MOUSE_WHEEL_DOWN, 10, y).command, RUNLIST_NONE);
	}
	assert_int_equal(list.mode, RUNLIST_DELETE);
	while (x < 80 && (hit = region_at(&regions, x, 23, REGION_KEY)).what != 'n')
		x++;
	assert_int_equal(line_of(80, 24, 23)[x], 'n');
	assert_int_equal(mouse(MOUSE_CLICK, x, 23).command, RUNLIST_REDRAW);
	assert_int_equal(list.mode, RUNLIST_BROWSE);
	press('d');
	assert_int_equal(line_of(80, 24, 23)[x - 4], 'y');
	assert_int_equal(mouse(MOUSE_CLICK, x - 4, 23).command, RUNLIST_REMOVE);
}

static void keys_of_the_list_are_clicked(void **state)
{
	const char *line = line_of(120, 24, 23), *at = strstr(line, "n name");

	(void)state;
	assert_non_null(at);
	assert_int_equal(mouse(MOUSE_CLICK, (int)(at - line) + 4, 23).command, RUNLIST_REDRAW);
	assert_int_equal(list.mode, RUNLIST_NAME);
	/* While something is typed only keys count. */
	line_of(120, 24, 0);
	for (int y = 0; y < 24; y++)
		assert_int_equal(mouse(MOUSE_CLICK, 20, y).command, RUNLIST_NONE);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup(f, setup)
#define SIXTY(f) cmocka_unit_test_setup(f, setup_sixty)
	const struct CMUnitTest tests[] = {
		TEST(pictures), TEST(each_kind_in_detail), TEST(empty_says_what_to_do), TEST(questions), TEST(every_size),
		SIXTY(moving),  SIXTY(a_filter),           SIXTY(the_cursor_stays_on_its_run), TEST(orders),
		TEST(deleting_asks), TEST(ages), TEST(keys), TEST(typing),
		SIXTY(a_click_chooses_a_run_and_another_opens_it), TEST(the_wheel_moves_in_the_list_and_in_the_help),
		TEST(a_question_is_answered_by_its_answers), TEST(keys_of_the_list_are_clicked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
