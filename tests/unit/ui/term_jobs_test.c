/* Job control, with a small shell between us and the program: Ctrl-Z, kill
 * -TSTP, kill -STOP, then bg and fg. */
#include "ui/term.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "pty.h"
#include "ui/keys.h"

static int commands[2]; /* to the shell: 'f' fg, 'b' bg */

static int job(int report)
{
	struct canvas canvas;
	struct err err;
	int key, width, height, shows = 0, beats = 0;

	term_use_mouse(true);
	if (term_open(COLOR_AUTO, &err) != 0)
		return 97;
	term_size(&width, &height);
	canvas_init(&canvas, width, height);
	view_text(canvas_view(&canvas), 0, 0, PEN(ROLE_TEXT), "picture-0");
	term_show(&canvas);
	dprintf(report, "job %d\n", (int)getpid());
	while ((key = term_key(20000, -1)) != 'q' && key >= 0) {
		if (key == 26)
			term_suspend("brunt is suspended", false);
		if (key == KEY_RESIZE_) {
			view_printf(canvas_view(&canvas), 0, 0, PEN(ROLE_TEXT), "picture-%d", ++shows);
			term_show(&canvas);
		}
		if (key == 0)
			dprintf(report, "beat %d\n", ++beats);
	}
	term_close();
	canvas_fini(&canvas);
	return key == 'q' ? 0 : 96;
}

static int shell(int report)
{
	pid_t pid;
	int status, stops = 0;
	char command;

	signal(SIGTTOU, SIG_IGN);
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		tcsetpgrp(STDIN_FILENO, getpgrp());
		signal(SIGTTOU, SIG_DFL);
		_exit(job(report));
	}
	setpgid(pid, pid);
	tcsetpgrp(STDIN_FILENO, pid);
	while (waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status)) {
		struct termios modes;

		tcsetpgrp(STDIN_FILENO, getpgrp());
		tcgetattr(STDIN_FILENO, &modes);
		dprintf(report, "stop %d by %d, %s\n", ++stops, WSTOPSIG(status),
			(modes.c_lflag & (ECHO | ICANON)) == (ECHO | ICANON) ? "sane" : "raw");
		if (read(commands[0], &command, 1) != 1)
			return 95;
		if (command == 'b') {
			kill(-pid, SIGCONT);
			/* As bash does: a running job is only put in front. */
			if (read(commands[0], &command, 1) != 1)
				return 95;
			tcsetpgrp(STDIN_FILENO, pid);
		} else {
			tcsetpgrp(STDIN_FILENO, pid);
			kill(-pid, SIGCONT);
		}
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 94;
}

static void tell(const char *command)
{
	assert_int_equal(write(commands[1], command, 1), 1);
}

/* What was said last about it. */
static bool has_mouse(const struct pty *p)
{
	const char *last = NULL, *next = p->out;

	while ((next = strstr(next, "\033[?1000")) != NULL)
		last = next++;
	return last && last[strlen("\033[?1000")] == 'h';
}

static bool has_mouse_again(struct pty *p, const void *unused)
{
	(void)unused;
	return has_mouse(p);
}

static void stopping_and_coming_back(void **state)
{
	const struct pty_setup setup = {"xterm-256color", 40, 10, NULL};
	static struct pty p;
	struct termios modes;
	const char *left;

	(void)state;
	assert_int_equal(pipe2(commands, O_CLOEXEC), 0);
	pty_start(&p, setup, shell);
	assert_true(pty_until(&p, pty_has_out, "picture-0"));
	assert_true(pty_until(&p, pty_has_said, "job "));
	pid_t pid = (pid_t)atoi(strstr(p.said, "job ") + 4);
	assert_true(pty_until(&p, has_mouse_again, NULL));

	pty_key(&p, "\x1a");
	assert_true(pty_until(&p, pty_has_said, "stop 1 by 20, sane"));
	assert_true(pty_until(&p, pty_has_out, "brunt is suspended"));
	assert_false(has_mouse(&p));
	left = strstr(p.out, "\033[?1049l");
	assert_non_null(left);
	assert_non_null(strstr(left, "brunt is suspended"));
	tell("f");
	/* All cells are written again, in the screen of its own. */
	assert_true(pty_until(&p, pty_has_out, "picture-1"));
	assert_non_null(strstr(left, "\033[?1049h"));
	assert_true(pty_until(&p, has_mouse_again, NULL));

	kill(pid, SIGTSTP);
	assert_true(pty_until(&p, pty_has_said, "stop 2 by 20, sane"));
	tell("b");
	/* In the background it runs, and leaves the terminal alone. */
	assert_true(pty_until(&p, pty_has_said, "beat 2"));
	assert_int_equal(tcgetattr(p.slave, &modes), 0);
	assert_true((modes.c_lflag & (ECHO | ICANON)) == (ECHO | ICANON));
	assert_false(pty_has_out(&p, "picture-2"));
	assert_false(has_mouse(&p));
	tell("f");
	assert_true(pty_until(&p, pty_has_out, "picture-2"));
	assert_int_equal(tcgetattr(p.slave, &modes), 0);
	assert_int_equal(modes.c_lflag & (ECHO | ICANON), 0);

	kill(pid, SIGSTOP); /* leaves no time to tidy up */
	assert_true(pty_until(&p, pty_has_said, "stop 3 by 19"));
	tell("f");
	assert_true(pty_until(&p, pty_has_out, "picture-3"));
	pty_key(&p, "q");
	int status = pty_end(&p);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	pty_assert_modes(&p);
	assert_false(has_mouse(&p));
	pty_free(&p);
	close(commands[0]);
	close(commands[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stopping_and_coming_back),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
