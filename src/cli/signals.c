#include "cli/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static volatile sig_atomic_t interrupts, termination;
static int fd = -1;

static void on_signal(int sig)
{
	int saved = errno;
	uint64_t one = 1;

	if (sig == SIGINT)
		interrupts = interrupts + 1;
	else if (!termination)
		termination = sig;
	if (write(fd, &one, sizeof one) < 0) {
		/* full: it is readable already */
	}
	errno = saved;
}

void signals_install(void)
{
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	struct sigaction action;

	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fd < 0)
		abort();
	memset(&action, 0, sizeof action);
	sigfillset(&action.sa_mask);
	action.sa_handler = on_signal;
	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
		sigaction(caught[i], &action, NULL);
	action.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &action, NULL);
}

int signals_fd(void)
{
	return fd;
}

void signals_drain(void)
{
	uint64_t count;

	while (read(fd, &count, sizeof count) > 0)
		;
}

int signals_interrupts(void)
{
	return interrupts;
}

int signals_termination(void)
{
	return termination;
}
