#include "ui/tty_out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

static struct {
	int terminal;  /* the caller's */
	FILE *curses;  /* a descriptor of its own: the terminal, or memory while held */
	int memory;
	int tty;       /* the terminal again, never blocking; -1: holding is not possible */
	bool held;
	char *text;    /* what waits: from `at` to `end` */
	size_t at, end, room;
} out = {.terminal = -1, .memory = -1, .tty = -1};

FILE *tty_out_open(int terminal)
{
	char path[64];
	int fd;

	tty_out_close();
	fd = fcntl(terminal, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (fd < 0)
		return NULL;
	out.curses = fdopen(fd, "w");
	if (!out.curses) {
		close(fd);
		return NULL;
	}
	out.terminal = terminal;
	out.memory = memfd_create("frame", MFD_CLOEXEC);
	/* O_NONBLOCK belongs to the open file, and the shell shares ours. Where
	 * opening it again is not allowed (after su), frames may block. */
	snprintf(path, sizeof path, "/proc/self/fd/%d", terminal);
	if (out.memory >= 0)
		out.tty = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return out.curses;
}

void tty_out_close(void)
{
	if (!out.curses)
		return;
	fclose(out.curses);
	if (out.memory >= 0)
		close(out.memory);
	if (out.tty >= 0)
		close(out.tty);
	free(out.text);
	memset(&out, 0, sizeof out);
	out.terminal = out.memory = out.tty = -1;
}

void tty_out_hold(void)
{
	out.held = out.tty >= 0 && dup3(out.memory, fileno(out.curses), O_CLOEXEC) >= 0;
}

static void make_room(size_t bytes)
{
	if (out.at == out.end)
		out.at = out.end = 0;
	if (out.room - out.end >= bytes)
		return;
	out.room = 2 * (out.end + bytes);
	out.text = xrealloc(out.text, out.room);
}

void tty_out_add(const char *text, size_t bytes)
{
	make_room(bytes);
	memcpy(out.text + out.end, text, bytes);
	out.end += bytes;
}

void tty_out_release(void)
{
	off_t bytes;
	ssize_t n;

	if (!out.held)
		return;
	out.held = false;
	dup3(out.terminal, fileno(out.curses), O_CLOEXEC);
	bytes = lseek(out.memory, 0, SEEK_CUR);
	if (bytes <= 0)
		return;
	make_room((size_t)bytes);
	n = pread(out.memory, out.text + out.end, (size_t)bytes, 0);
	if (n > 0)
		out.end += (size_t)n;
	lseek(out.memory, 0, SEEK_SET);
}

void tty_out_drop(void)
{
	out.at = out.end = 0;
}

static bool takes_more(int timeout_ms, bool *gone)
{
	struct pollfd fd = {.fd = out.terminal, .events = POLLOUT};
	const int n = poll(&fd, 1, timeout_ms);

	*gone = n == 1 && (fd.revents & (POLLHUP | POLLERR | POLLNVAL));
	return n == 1;
}

/* As tty_out_drain(), without waiting. */
static int write_some(void)
{
	bool gone;

	while (out.at < out.end) {
		const size_t bytes = out.tty >= 0 ? out.end - out.at : 1;
		ssize_t n;

		if (out.tty < 0 && !takes_more(0, &gone))
			return 1;
		n = write(out.tty >= 0 ? out.tty : out.terminal, out.text + out.at, bytes);

		if (n > 0)
			out.at += (size_t)n;
		else if (n < 0 && errno == EAGAIN)
			return 1;
		else if (n == 0 || errno != EINTR)
			return -1;
	}
	return 0;
}

int tty_out_drain(int timeout_ms)
{
	const int64_t until_ns = clock_ns() + timeout_ms * NS_PER_MS;

	for (;;) {
		int64_t wait_ms = timeout_ms < 0 ? -1 : (until_ns - clock_ns()) / NS_PER_MS;
		int left = write_some();
		bool gone;

		if (left != 1 || (timeout_ms >= 0 && wait_ms <= 0) ||
		    !takes_more((int)wait_ms, &gone))
			return left;
		if (gone)
			return -1;
	}
}
