#include "ui/rescue.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK_BYTES (64 * 1024)

/* Sanitizers end the process without a signal; where there is one it lets us in
 * before it does. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
#define CRASHES (sizeof crashes / sizeof *crashes)

static struct {
	volatile sig_atomic_t armed;
	int tty;
	struct termios saved;
	char text[512];
	volatile sig_atomic_t bytes;
	struct sigaction before[CRASHES];
	stack_t stack, stack_before;
	int stderr_saved, stderr_memory; /* -1: stderr is left alone */
} rescue = {.stderr_saved = -1, .stderr_memory = -1};

/* From here to on_crash() only async-signal-safe functions. */

static void write_all(int fd, const char *text, size_t bytes)
{
	while (bytes) {
		ssize_t n = write(fd, text, bytes);

		if (n <= 0)
			return;
		text += n;
		bytes -= (size_t)n;
	}
}

static void release_stderr(void)
{
	char part[1024];
	off_t at = 0;
	ssize_t n;

	if (rescue.stderr_saved < 0)
		return;
	dup2(rescue.stderr_saved, STDERR_FILENO);
	while ((n = pread(rescue.stderr_memory, part, sizeof part, at)) > 0) {
		write_all(STDERR_FILENO, part, (size_t)n);
		at += n;
	}
	close(rescue.stderr_saved);
	close(rescue.stderr_memory);
	rescue.stderr_saved = rescue.stderr_memory = -1;
}

static void restore(void)
{
	struct pollfd tty = {.fd = rescue.tty, .events = POLLOUT};

	if (!rescue.armed)
		return;
	rescue.armed = 0;
	/* In the background tcsetattr() would stop us instead of dying. */
	signal(SIGTTOU, SIG_IGN);
	/* A terminal that is not read must not keep a dying process. */
	if (poll(&tty, 1, 100) == 1 && (tty.revents & POLLOUT))
		write_all(rescue.tty, rescue.text, (size_t)rescue.bytes);
	tcsetattr(rescue.tty, TCSANOW, &rescue.saved);
	release_stderr();
}

static void on_crash(int number, siginfo_t *info, void *context)
{
	(void)context;
	restore();
	for (size_t i = 0; i < CRASHES; i++)
		if (crashes[i] == number)
			sigaction(number, &rescue.before[i], NULL);
	/* A fault happens again on return, with its address intact; what was
	 * sent has to be sent again. */
	if (info->si_code <= 0)
		raise(number);
}

static void hold_stderr(void)
{
	int memory, saved;

	if (!isatty(STDERR_FILENO))
		return;
	memory = memfd_create("stderr", MFD_CLOEXEC);
	saved = dup(STDERR_FILENO);
	if (memory < 0 || saved < 0 || dup2(memory, STDERR_FILENO) < 0) {
		if (memory >= 0)
			close(memory);
		if (saved >= 0)
			close(saved);
		return;
	}
	rescue.stderr_memory = memory;
	rescue.stderr_saved = saved;
}

void rescue_arm(int tty, const struct termios *saved)
{
	static char stack[STACK_BYTES];
	struct sigaction action = {.sa_sigaction = on_crash};

	rescue.tty = tty;
	rescue.saved = *saved;
	hold_stderr();
	rescue.stack = (stack_t){.ss_sp = stack, .ss_size = sizeof stack};
	sigaltstack(&rescue.stack, &rescue.stack_before);
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &action, &rescue.before[i]);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(restore);
	rescue.armed = 1;
}

void rescue_text(const char *text, size_t bytes)
{
	/* Empty while it is being written. */
	rescue.bytes = 0;
	if (bytes > sizeof rescue.text)
		bytes = sizeof rescue.text;
	memcpy(rescue.text, text, bytes);
	rescue.bytes = (sig_atomic_t)bytes;
}

void rescue_disarm(void)
{
	if (!rescue.armed)
		return;
	rescue.armed = 0;
	for (size_t i = 0; i < CRASHES; i++)
		sigaction(crashes[i], &rescue.before[i], NULL);
	sigaltstack(&rescue.stack_before, NULL);
	release_stderr();
}
