#include "ui/term.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "pty.h"
#include "ui/keys.h"

#define RMCUP "\033[?1049l"
#define XTERM ((struct pty_setup){.term = "xterm-256color", .width = 40, .height = 10})

/* --- the children ------------------------------------------------------------ */

static int wake = -1;
static volatile sig_atomic_t got_term;

static void on_term(int number)
{
	const uint64_t one = 1;

	got_term = number;
	ssize_t ignored = write(wake, &one, sizeof one);
	(void)ignored;
}

/* As main does it: handlers first. */
static void open_or_exit(enum color_depth depth)
{
	struct sigaction action = {.sa_handler = on_term};
	struct err err;

	wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	if (term_open(depth, &err) != 0)
		_exit(97);
}

static void show_text(const char *text)
{
	struct canvas canvas;
	int width, height;

	term_size(&width, &height);
	canvas_init(&canvas, width, height);
	view_text(canvas_view(&canvas), 2, 1, PEN(ROLE_ACCENT), text);
	term_show(&canvas);
	canvas_fini(&canvas);
}

static int child_closes(int report)
{
	open_or_exit(COLOR_AUTO);
	show_text("hello-on-screen");
	dprintf(report, "open %d\n", term_is_open());
	while (term_key(1000, wake) != 'q')
		;
	term_close();
	term_close();
	dprintf(report, "open %d\n", term_is_open());
	return 5;
}

static int child_aborts(int report)
{
	(void)report;
	open_or_exit(COLOR_AUTO);
	show_text("hello-on-screen");
	fputs("last-words\n", stderr);
	abort();
}

static int child_faults(int report)
{
	volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)report;
	open_or_exit(COLOR_AUTO);
	show_text("hello-on-screen");
	page[1] = 1;
	return 0;
}

static int child_exits(int report)
{
	(void)report;
	open_or_exit(COLOR_AUTO);
	show_text("hello-on-screen");
	exit(6);
}

static int child_serves_term(int report)
{
	open_or_exit(COLOR_AUTO);
	show_text("hello-on-screen");
	dprintf(report, "ready\n");
	while (!got_term) {
		int key = term_key(20000, wake);

		if (key < 0)
			break;
	}
	term_close();
	printf("the-summary\n");
	fflush(stdout);
	return got_term == SIGTERM ? 0 : 1;
}

static int child_loses_terminal(int report)
{
	int key;

	open_or_exit(COLOR_AUTO);
	signal(SIGHUP, SIG_IGN);
	show_text("hello-on-screen");
	dprintf(report, "ready\n");
	while ((key = term_key(20000, -1)) >= 0)
		;
	show_text("nobody sees this");
	dprintf(report, "key %d then %d\n", key, term_key(20000, -1));
	term_close();
	return 3;
}

static int child_chatters(int report)
{
	open_or_exit(COLOR_AUTO);
	show_text("hello-on-screen");
	fputs("a library says so\n", stderr);
	dprintf(report, "ready\n");
	while (term_key(1000, wake) != 'q')
		;
	term_close();
	fputs("and later\n", stderr);
	return 0;
}

/* Reports the code of each key; '.' ends a line, 'q' the program. */
static int child_reads_keys(int report)
{
	int key, width, height;

	open_or_exit(COLOR_AUTO);
	dprintf(report, "ready\n");
	while ((key = term_key(20000, wake)) != 'q' && key >= 0) {
		if (key == KEY_RESIZE_) {
			term_size(&width, &height);
			dprintf(report, "size %dx%d\n", width, height);
			show_text("hello-on-screen");
		} else if (key) {
			dprintf(report, key == '.' ? "end\n" : "%d ", key);
		}
	}
	term_close();
	return 0;
}

static int child_is_woken(int report)
{
	const uint64_t one = 1;

	open_or_exit(COLOR_AUTO);
	if (write(wake, &one, sizeof one) != sizeof one)
		return 1;
	dprintf(report, "key %d\n", term_key(-1, wake));
	dprintf(report, "key %d\n", term_key(0, -1));
	term_close();
	return 0;
}

static int child_cannot_open(int report)
{
	struct err err = {""};
	int rc = term_open(COLOR_AUTO, &err);

	dprintf(report, "rc %d: %s\n", rc, err.text);
	return term_is_open();
}

static int child_is_held(int report)
{
	struct canvas canvas;
	int key;

	open_or_exit(COLOR_AUTO);
	canvas_init(&canvas, 40, 10);
	dprintf(report, "ready\n");
	while ((key = term_key(20000, wake)) != 'q' && key >= 0)
		if (key == 'n') {
			/* Far more than a terminal takes without being read. */
			for (int i = 0; i < 2000; i++) {
				view_fill(canvas_view(&canvas), 'A' + (uint32_t)i % 26, PEN(ROLE_TEXT));
				term_show(&canvas);
			}
			view_text(canvas_view(&canvas), 0, 0, PEN(ROLE_TEXT), "owed-frame");
			term_show(&canvas);
			dprintf(report, "shown\n");
		} else if (key == '.') {
			dprintf(report, "idle\n");
		}
	term_close();
	canvas_fini(&canvas);
	return 0;
}

static enum color_depth shown_depth;
static const char *shown_theme;

static int child_shows_colors(int report)
{
	struct theme theme;

	open_or_exit(shown_depth);
	if (shown_theme) {
		if (theme_parse(shown_theme, strlen(shown_theme), "t", &theme, NULL) != 0)
			return 1;
		term_theme(&theme);
	}
	show_text("hello-on-screen");
	dprintf(report, "ready\n");
	term_close();
	return 0;
}

static int child_changes_one_cell(int report)
{
	struct canvas canvas;
	int width, height;

	open_or_exit(COLOR_AUTO);
	term_size(&width, &height);
	canvas_init(&canvas, width, height);
	view_fill(canvas_view(&canvas), 'x', PEN(ROLE_TEXT));
	view_text(canvas_view(&canvas), 0, 5, PEN(ROLE_TEXT), "first-frame");
	term_show(&canvas);
	dprintf(report, "first\n");
	while (term_key(20000, -1) != 'n')
		;
	term_show(&canvas); /* nothing differs */
	view_put(canvas_view(&canvas), 7, 7, 'Q', PEN(ROLE_BAD));
	term_show(&canvas);
	dprintf(report, "second\n");
	while (term_key(20000, -1) != 'n')
		;
	term_repaint();
	term_show(&canvas);
	dprintf(report, "third\n");
	while (term_key(20000, -1) != 'n')
		;
	term_close();
	canvas_fini(&canvas);
	return 0;
}

/* --- restoring ---------------------------------------------------------------- */

static void closing_restores_everything(void **state)
{
	static struct pty p;

	(void)state;
	pty_start(&p, XTERM, child_closes);
	assert_true(pty_until(&p, pty_has_out, "hello-on-screen"));
	pty_key(&p, "q");
	int status = pty_end(&p);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 5);
	assert_string_equal(p.said, "open 1\nopen 0\n");
	assert_true(pty_has_out(&p, RMCUP));
	pty_assert_modes(&p);
	pty_free(&p);
}

static void assert_crash_restores(int (*child)(int report), int number)
{
	static struct pty p;

	pty_start(&p, XTERM, child);
	int status = pty_end(&p);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), number);
	assert_true(pty_has_out(&p, "hello-on-screen"));
	assert_true(pty_has_out(&p, RMCUP));
	pty_assert_modes(&p);
	if (number == SIGABRT) /* what a library said last is not lost */
		assert_true(strstr(strstr(p.out, RMCUP), "last-words") != NULL);
	pty_free(&p);
}

static void an_abort_restores_and_stays_an_abort(void **state)
{
	(void)state;
	assert_crash_restores(child_aborts, SIGABRT);
}

static void a_fault_restores_and_stays_a_fault(void **state)
{
	(void)state;
	assert_crash_restores(child_faults, SIGSEGV);
}

static void exit_restores(void **state)
{
	static struct pty p;

	(void)state;
	pty_start(&p, XTERM, child_exits);
	int status = pty_end(&p);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 6);
	assert_true(pty_has_out(&p, RMCUP));
	pty_assert_modes(&p);
	pty_free(&p);
}

static void sigterm_reaches_main_and_the_summary_is_printed(void **state)
{
	static struct pty p;

	(void)state;
	pty_start(&p, XTERM, child_serves_term);
	assert_true(pty_until(&p, pty_has_said, "ready"));
	kill(p.pid, SIGTERM);
	int status = pty_end(&p);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(pty_has_out(&p, RMCUP));
	assert_true(strstr(strstr(p.out, RMCUP), "the-summary") != NULL);
	pty_assert_modes(&p);
	pty_free(&p);
}

static void a_lost_terminal_is_noticed(void **state)
{
	static struct pty p;
	int status;

	(void)state;
	pty_start(&p, XTERM, child_loses_terminal);
	assert_true(pty_until(&p, pty_has_said, "ready"));
	close(p.slave);
	close(p.master);
	p.master = p.slave = -1;
	assert_true(pty_until(&p, pty_has_ended, NULL));
	assert_int_equal(waitpid(p.pid, &status, 0), p.pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	assert_string_equal(p.said, "ready\nkey -1 then -1\n");
	close(p.report);
}

static void stderr_waits_for_the_end(void **state)
{
	static struct pty p;

	(void)state;
	pty_start(&p, XTERM, child_chatters);
	assert_true(pty_until(&p, pty_has_said, "ready"));
	assert_true(pty_until(&p, pty_has_out, "hello-on-screen"));
	pty_key(&p, "q");
	int status = pty_end(&p);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	const char *left = strstr(p.out, RMCUP);
	assert_non_null(left);
	assert_non_null(strstr(left, "a library says so"));
	assert_ptr_equal(strstr(p.out, "a library says so"), strstr(left, "a library says so"));
	assert_true(strstr(left, "and later") > strstr(left, "a library says so"));
	pty_free(&p);
}

/* Ctrl-S: drawing goes on without waiting, Ctrl-Q brings the newest picture. */
static void a_held_terminal_holds_nothing_up(void **state)
{
	static struct pty p;

	(void)state;
	pty_start(&p, XTERM, child_is_held);
	assert_true(pty_until(&p, pty_has_said, "ready"));
	pty_key(&p, "\x13");
	pty_key(&p, "n");
	assert_true(pty_until(&p, pty_has_said, "shown"));
	assert_false(pty_has_out(&p, "owed-frame"));
	pty_key(&p, "\x11");
	assert_true(pty_until(&p, pty_has_out, "owed-frame"));
	pty_key(&p, ".");
	assert_true(pty_until(&p, pty_has_said, "idle"));
	pty_key(&p, "\x13");
	pty_key(&p, "q");
	int status = pty_end(&p);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(pty_has_out(&p, RMCUP));
	pty_assert_modes(&p);
	pty_free(&p);
}

/* --- input --------------------------------------------------------------------- */

static void keys_become_codes(void **state)
{
	static const struct {
		const char *bytes;
		int want[3];
	} cases[] = {
		{"x", {'x'}}, {" ", {' '}}, {"\t", {'\t'}}, {"\r", {'\r'}},
		{"\x0c", {12}}, {"\x1a", {26}}, {"é", {0xe9}}, {"世", {0x4e16}},
		{"\033", {KEY_ESC_}}, {"\033x", {KEY_ESC_, 'x'}},
		{"\033[A", {KEY_UP_}}, {"\033OA", {KEY_UP_}}, {"\033OB", {KEY_DOWN_}},
		{"\033[C", {KEY_RIGHT_}}, {"\033OD", {KEY_LEFT_}},
		{"\033[H", {KEY_HOME_}}, {"\033OH", {KEY_HOME_}}, {"\033[1~", {KEY_HOME_}},
		{"\033[F", {KEY_END_}}, {"\033[4~", {KEY_END_}},
		{"\033[5~", {KEY_PGUP_}}, {"\033[6~", {KEY_PGDN_}},
		{"\033[Z", {KEY_BACKTAB_}}, {"\033OP", {KEY_F1_}}, {"\033[11~", {KEY_F1_}},
		/* No letter of a sequence acts as a key. */
		{"\033[P", {0}}, {"\033[1;5P", {0}}, {"\033[?1;2c", {0}},
		{"\033[15~", {0}}, {"\033[200~", {0}}, {"\033O5P", {0}},
	};
	static struct pty p;
	char want[4096] = "ready\n";

	(void)state;
	pty_start(&p, XTERM, child_reads_keys);
	assert_true(pty_until(&p, pty_has_said, "ready"));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t used = strlen(want);

		for (int k = 0; k < 3 && cases[i].want[k]; k++)
			used += (size_t)snprintf(want + used, sizeof want - used, "%d ", cases[i].want[k]);
		snprintf(want + used, sizeof want - used, "end\n");
		pty_key(&p, cases[i].bytes);
		pty_key(&p, ".");
		if (!pty_until(&p, pty_has_said, want))
			assert_string_equal(p.said, want);
	}
	pty_key(&p, "q");
	assert_true(WIFEXITED(pty_end(&p)));
	assert_string_equal(p.said, want);
	pty_free(&p);
}

static void a_resize_is_a_key(void **state)
{
	struct winsize size = {.ws_col = 61, .ws_row = 3};
	static struct pty p;

	(void)state;
	pty_start(&p, XTERM, child_reads_keys);
	assert_true(pty_until(&p, pty_has_said, "ready"));
	assert_int_equal(ioctl(p.master, TIOCSWINSZ, &size), 0);
	assert_true(pty_until(&p, pty_has_said, "size 61x3"));
	assert_true(pty_until(&p, pty_has_out, "hello-on-screen"));
	size.ws_col = size.ws_row = 1;
	assert_int_equal(ioctl(p.master, TIOCSWINSZ, &size), 0);
	assert_true(pty_until(&p, pty_has_said, "size 1x1"));
	size.ws_col = 300, size.ws_row = 100;
	assert_int_equal(ioctl(p.master, TIOCSWINSZ, &size), 0);
	assert_true(pty_until(&p, pty_has_said, "size 300x100"));
	pty_key(&p, "q");
	int status = pty_end(&p);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	pty_free(&p);
}

static void another_descriptor_wakes(void **state)
{
	static struct pty p;

	(void)state;
	pty_start(&p, XTERM, child_is_woken);
	assert_true(WIFEXITED(pty_end(&p)));
	assert_string_equal(p.said, "key 0\nkey 0\n");
	pty_free(&p);
}

/* --- terminals ------------------------------------------------------------------ */

static void a_terminal_we_cannot_use_is_an_error(void **state)
{
	static const struct {
		const char *term, *word;
	} cases[] = {
		{NULL, "rc -1: TERM is not set"},
		{"no-such-terminal", "rc -1: TERM=no-such-terminal: "},
		{"dumb", "rc -1: TERM=dumb: "},
	};
	static struct pty p;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		pty_start(&p, (struct pty_setup){cases[i].term, 80, 24, NULL}, child_cannot_open);
		int status = pty_end(&p);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
		assert_true(pty_has_said(&p, cases[i].word));
		pty_assert_modes(&p);
		pty_free(&p);
	}
}

static bool has_color(struct pty *p)
{
	/* 30 to 37, 40 to 47, 90 to 97 with or without others before. */
	for (size_t i = 0; i + 3 < p->out_bytes; i++)
		if ((p->out[i] == '[' || p->out[i] == ';') && strchr("349", p->out[i + 1]) &&
		    p->out[i + 2] >= '0' && p->out[i + 2] <= '8' &&
		    (p->out[i + 3] == 'm' || p->out[i + 3] == ';'))
			return true;
	return false;
}

static void assert_colors(struct pty_setup setup, enum color_depth depth, const char *theme,
			  bool colored, const char *sequence)
{
	static struct pty p;

	shown_depth = depth;
	shown_theme = theme;
	pty_start(&p, setup, child_shows_colors);
	int status = pty_end(&p);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	assert_true(pty_has_out(&p, "hello-on-screen"));
	assert_int_equal(has_color(&p), colored);
	if (sequence)
		assert_true(pty_has_out(&p, sequence));
	pty_free(&p);
}

static void colours_follow_terminal_flag_and_environment(void **state)
{
	static const char blue[] = "theme[hi_fg]=\"#0000ff\"\ntheme[main_bg]=\"#000000\"";
	const struct pty_setup xterm = {"xterm", 40, 10, NULL}, vt100 = {"vt100", 40, 10, NULL};
	struct pty_setup no_color = XTERM, empty = XTERM;

	(void)state;
	no_color.no_color = "1";
	empty.no_color = "";
	assert_colors(XTERM, COLOR_AUTO, blue, true, "38;5;21");
	assert_colors(XTERM, COLOR_AUTO, blue, true, "48;5;16");
	assert_colors(empty, COLOR_AUTO, blue, true, "38;5;21");
	assert_colors(XTERM, COLOR_16, blue, true, "\033[36m");
	assert_colors(XTERM, COLOR_NEVER, blue, false, NULL);
	assert_colors(no_color, COLOR_AUTO, blue, false, NULL);
	assert_colors(no_color, COLOR_256, blue, true, "38;5;21");
	assert_colors(xterm, COLOR_256, blue, true, "\033[36m");
	assert_colors(vt100, COLOR_256, blue, false, NULL);
	assert_colors(XTERM, COLOR_AUTO, "theme[hi_fg]=\"\"", true, NULL);
	assert_colors(XTERM, COLOR_AUTO, NULL, true, "38;5;");
}

static void only_what_differs_is_written(void **state)
{
	static struct pty p;
	size_t before;

	(void)state;
	pty_start(&p, XTERM, child_changes_one_cell);
	assert_true(pty_until(&p, pty_has_said, "first\n"));
	assert_true(pty_until(&p, pty_has_out, "first-frame"));
	/* 390 cells and the last frame's tail have come once this mark has. */
	assert_int_equal(write(p.slave, "\033]mark\a", 7), 7);
	assert_true(pty_until(&p, pty_has_out, "mark"));
	before = p.out_bytes;
	pty_key(&p, "n");
	assert_true(pty_until(&p, pty_has_said, "second\n"));
	assert_true(pty_until(&p, pty_has_out, "Q"));
	assert_in_range(p.out_bytes - before, 1, 60);
	before = p.out_bytes;
	pty_key(&p, "n");
	assert_true(pty_until(&p, pty_has_said, "third\n"));
	pty_key(&p, "n");
	assert_true(WIFEXITED(pty_end(&p)));
	assert_true(p.out_bytes - before > 390);
	pty_free(&p);
}

static void a_pipe_is_no_terminal(void **state)
{
	struct err err;

	(void)state;
	/* The test runner gives us no terminal on stdin. */
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC), saved = dup(STDIN_FILENO);
	dup2(null, STDIN_FILENO);
	assert_int_equal(term_open(COLOR_AUTO, &err), -1);
	dup2(saved, STDIN_FILENO);
	close(null);
	close(saved);
	assert_non_null(strstr(err.text, "needs a terminal"));
	assert_false(term_is_open());
	assert_int_equal(term_key(0, -1), -1);
	term_close();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closing_restores_everything),
		cmocka_unit_test(an_abort_restores_and_stays_an_abort),
		cmocka_unit_test(a_fault_restores_and_stays_a_fault),
		cmocka_unit_test(exit_restores),
		cmocka_unit_test(sigterm_reaches_main_and_the_summary_is_printed),
		cmocka_unit_test(a_lost_terminal_is_noticed),
		cmocka_unit_test(stderr_waits_for_the_end),
		cmocka_unit_test(a_held_terminal_holds_nothing_up),
		cmocka_unit_test(keys_become_codes),
		cmocka_unit_test(a_resize_is_a_key),
		cmocka_unit_test(another_descriptor_wakes),
		cmocka_unit_test(a_terminal_we_cannot_use_is_an_error),
		cmocka_unit_test(colours_follow_terminal_flag_and_environment),
		cmocka_unit_test(only_what_differs_is_written),
		cmocka_unit_test(a_pipe_is_no_terminal),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
