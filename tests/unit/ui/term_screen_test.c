/* What a terminal makes of our frames, curses' and our own: the same canvas, cell for
 * cell. The terminal is tmux; the program in it is this one, called with a folder. */
#include "ui/term.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/keys.h"

static const char *self;

/* --- the program in tmux ------------------------------------------------------- */

static uint32_t seed = 42;

static uint32_t next(uint32_t below)
{
	seed = seed * 1664525u + 1013904223u;
	return (seed >> 8) % below;
}

static void scribble(struct canvas *canvas)
{
	static const uint32_t some[] = {'a', ' ', 0x28ff, 0x4e16, 0x2588, 0xe9, 'Z', 0x2500};
	struct view view = canvas_view(canvas);
	int corner_x = canvas->width - 1, corner_y = canvas->height - 1;

	for (int i = 0; i < 60; i++)
		view_put(view, (int)next((uint32_t)canvas->width), (int)next((uint32_t)canvas->height),
			 some[next(8)],
			 (struct pen){.role = (enum role)next(ROLE_COUNT), .level = (uint8_t)next(101),
				      .attr = (uint8_t)next(16)});
	view_put(view, corner_x, corner_y, 'A' + next(26), PEN(ROLE_TEXT));
	if (next(4) == 0)
		view_fill(view_part(view, (int)next(40), (int)next(10), (int)next(30), 3),
			  some[next(8)], PEN(ROLE_HEAT));
}

/* Complete when it has its name. */
static void write_dump(const struct canvas *canvas, const char *dir, int number)
{
	char *part = xasprintf("%s/part", dir), *whole = xasprintf("%s/%d", dir, number);
	FILE *out = fopen(part, "w");

	if (!out)
		exit(9);
	canvas_dump(canvas, out, 0);
	fclose(out);
	if (rename(part, whole) != 0)
		exit(9);
	free(part);
	free(whole);
}

/* 'n': twenty frames more; 'c': a quarter of it cleared; 'p': all again. Each
 * key, and each resize, leaves a dump. */
static int program(const char *dir)
{
	struct canvas canvas;
	struct err err;
	int key, width, height, number = 0;

	setlocale(LC_ALL, "");
	if (term_open(COLOR_AUTO, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	term_size(&width, &height);
	canvas_init(&canvas, width, height);
	term_show(&canvas);
	write_dump(&canvas, dir, number++);
	while ((key = term_key(20000, -1)) != 'q' && key >= 0) {
		if (key == 0)
			continue;
		if (key == KEY_RESIZE_) {
			term_size(&width, &height);
			canvas_resize(&canvas, width, height);
			for (int y = 0; y < height; y++)
				view_printf(canvas_view(&canvas), 0, y, PEN(ROLE_TEXT), "line %d of %dx%d", y, width, height);
		}
		for (int i = 0; key == 'n' && i < 20; i++) {
			scribble(&canvas);
			term_show(&canvas);
		}
		if (key == 'c')
			view_fill(view_part(canvas_view(&canvas), 0, 0, width / 2, height / 2), ' ', PEN(ROLE_TEXT));
		if (key == 'p')
			term_repaint();
		term_show(&canvas);
		write_dump(&canvas, dir, number++);
	}
	term_close();
	canvas_fini(&canvas);
	return key != 'q';
}

/* --- the test ------------------------------------------------------------------- */

static char *dir;

static char *run(const char *arguments)
{
	char *command = xasprintf("tmux -S %s/socket -f %s/conf %s 2>&1", dir, dir, arguments);
	FILE *in = popen(command, "r");
	char *out = xcalloc(1, 1 << 16);

	assert_non_null(in);
	out[fread(out, 1, (1 << 16) - 1, in)] = '\0';
	pclose(in);
	free(command);
	return out;
}

static char *read_dump(int number)
{
	char *path = xasprintf("%s/%d", dir, number);
	FILE *in = fopen(path, "r");
	char *out = NULL;

	if (in) {
		out = xcalloc(1, 1 << 16);
		out[fread(out, 1, (1 << 16) - 1, in)] = '\0';
		fclose(in);
	}
	free(path);
	return out;
}

/* Blanks at the ends of lines, and empty lines at the end, mean nothing. */
static void trim(char *text)
{
	char *to = text, *keep = text;

	for (char *from = text; *from; from++) {
		if (*from == '\n')
			to = keep;
		*to++ = *from;
		if (*from != ' ')
			keep = to;
	}
	to = keep;
	while (to > text && to[-1] == '\n')
		to--;
	*to = '\0';
}

static void assert_screen(int number)
{
	const int64_t deadline = clock_ns() + 30 * NS_PER_S;
	char *screen = NULL, *want = NULL;

	do {
		free(screen);
		screen = run("capture-pane -p");
		trim(screen);
		if (!want && (want = read_dump(number)))
			trim(want);
	} while ((!want || strcmp(screen, want) != 0) && clock_ns() < deadline);
	assert_non_null(want);
	assert_string_equal(screen, want);
	free(screen);
	free(want);
}

static void press(const char *key)
{
	char *arguments = xasprintf("send-keys %s", key);

	free(run(arguments));
	free(arguments);
}

/* *state: what COLORTERM says. */
static int start(void **state)
{
	char *conf, *arguments;
	FILE *out;

	dir = xstrdup("/tmp/brunt-screen-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	conf = xasprintf("%s/conf", dir);
	out = fopen(conf, "w");
	free(conf);
	if (!out)
		return -1;
	fputs("set -g status off\nset -g escape-time 0\nset -g default-terminal screen-256color\n", out);
	fclose(out);
	arguments = xasprintf("new-session -d -x 70 -y 17 \"COLORTERM=%s '%s' %s\"", (const char *)*state, self, dir);
	free(run(arguments));
	free(arguments);
	return 0;
}

static int stop(void **state)
{
	char *command = xasprintf("rm -rf '%s'", dir);
	int rc;

	(void)state;
	free(run("kill-server"));
	rc = system(command);
	free(command);
	free(dir);
	return rc;
}

static void the_screen_is_the_canvas(void **state)
{
	int number = 0;

	(void)state;
	assert_screen(number++);
	for (int i = 0; i < 5; i++) {
		press("n");
		assert_screen(number++);
	}
	press("c");
	assert_screen(number++);
	press("p");
	assert_screen(number++);
	free(run("resize-window -x 41 -y 9"));
	assert_screen(number++);
	press("n");
	assert_screen(number++);
	free(run("resize-window -x 120 -y 40"));
	assert_screen(number++);
	press("n");
	assert_screen(number++);
	press("q");
}

int main(int argc, char **argv)
{
	static char curses[] = "", ours[] = "truecolor";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate_setup_teardown(the_screen_is_the_canvas, start, stop, curses),
		cmocka_unit_test_prestate_setup_teardown(the_screen_is_the_canvas, start, stop, ours),
	};

	self = realpath(argv[0], NULL);
	if (argc == 2)
		return program(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
