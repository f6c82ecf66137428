/* A child on a pseudo terminal for tests: what it writes to the terminal, what
 * it reports through a pipe, and how it ends. All waiting has a deadline. */
#ifndef TESTS_PTY_H
#define TESTS_PTY_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"

#define PTY_DEADLINE_NS (30 * NS_PER_S)

struct pty {
	int master, slave; /* the slave is kept open: its modes are read after the end */
	int report;        /* read end; its end of file is the child's end */
	pid_t pid;
	struct termios modes; /* before the child did anything */
	char out[1 << 18], said[4096];
	size_t out_bytes, said_bytes;
	bool ended;
};

struct pty_setup {
	const char *term; /* NULL: not set */
	int width, height;
	const char *no_color;
};

/* `child` runs with the report's write end and its result is the exit code. */
static inline void pty_start(struct pty *p, struct pty_setup setup, int (*child)(int report))
{
	struct winsize size = {.ws_col = (unsigned short)setup.width,
			       .ws_row = (unsigned short)setup.height};
	static const int normal[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTERM};
	int report[2], go[2];
	char byte;

	memset(p, 0, sizeof *p);
	assert_int_equal(pipe2(report, O_CLOEXEC), 0);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	p->pid = forkpty(&p->master, NULL, NULL, &size);
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		for (size_t i = 0; i < sizeof normal / sizeof *normal; i++)
			signal(normal[i], SIG_DFL);
		close(report[0]);
		close(go[1]);
		unsetenv("LINES");
		unsetenv("COLUMNS");
		unsetenv("NO_COLOR");
		unsetenv("TERM");
		if (setup.term)
			setenv("TERM", setup.term, 1);
		if (setup.no_color)
			setenv("NO_COLOR", setup.no_color, 1);
		if (read(go[0], &byte, 1) != 1)
			_exit(98);
		_exit(child(report[1]));
	}
	close(report[1]);
	close(go[0]);
	p->report = report[0];
	p->slave = open(ptsname(p->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(p->slave >= 0);
	assert_int_equal(tcgetattr(p->slave, &p->modes), 0);
	assert_int_equal(write(go[1], "g", 1), 1);
	close(go[1]);
}

static inline void pty_take(int fd, char *to, size_t *used, size_t room, bool *ended)
{
	ssize_t n = read(fd, to + *used, room - 1 - *used);

	if (n > 0)
		*used += (size_t)n;
	else if (ended)
		*ended = true;
	to[*used] = '\0';
}

/* Reads what comes until `done` holds; false after the deadline. */
static inline bool pty_until(struct pty *p, bool (*done)(struct pty *p, const void *arg),
			     const void *arg)
{
	const int64_t deadline = clock_ns() + PTY_DEADLINE_NS;

	while (!done(p, arg)) {
		struct pollfd fd[2] = {{.fd = p->master, .events = POLLIN},
				       {.fd = p->ended ? -1 : p->report, .events = POLLIN}};

		if (clock_ns() > deadline || poll(fd, 2, 1000) < 0)
			return false;
		if (fd[0].revents & POLLIN)
			pty_take(p->master, p->out, &p->out_bytes, sizeof p->out, NULL);
		if (fd[1].revents)
			pty_take(p->report, p->said, &p->said_bytes, sizeof p->said, &p->ended);
	}
	return true;
}

static inline bool pty_has_out(struct pty *p, const void *text)
{
	return memmem(p->out, p->out_bytes, text, strlen(text)) != NULL;
}

static inline bool pty_has_said(struct pty *p, const void *text)
{
	return strstr(p->said, text) != NULL;
}

static inline bool pty_has_ended(struct pty *p, const void *unused)
{
	(void)unused;
	return p->ended;
}

static inline void pty_key(struct pty *p, const char *bytes)
{
	assert_int_equal(write(p->master, bytes, strlen(bytes)), strlen(bytes));
}

/* The wait status of the child, once it has ended. What it wrote last is still
 * on its way through the terminal for a moment: a mark comes after it. */
static inline int pty_end(struct pty *p)
{
	int status = -1;

	assert_true(pty_until(p, pty_has_ended, NULL));
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	assert_int_equal(write(p->slave, "\nend of it\n", 11), 11);
	assert_true(pty_until(p, pty_has_out, "end of it"));
	return status;
}

static inline void pty_assert_modes(struct pty *p)
{
	struct termios now;

	assert_int_equal(tcgetattr(p->slave, &now), 0);
	assert_int_equal(now.c_lflag, p->modes.c_lflag);
	assert_int_equal(now.c_iflag, p->modes.c_iflag);
	assert_int_equal(now.c_oflag, p->modes.c_oflag);
	assert_memory_equal(now.c_cc, p->modes.c_cc, sizeof now.c_cc);
	assert_true((now.c_lflag & (ECHO | ICANON)) == (ECHO | ICANON));
}

static inline void pty_free(struct pty *p)
{
	close(p->master);
	close(p->slave);
	close(p->report);
}

#endif
