#include "ui/jobs.h"

#include <signal.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

bool jobs_in_front(void)
{
	pid_t front = tcgetpgrp(STDIN_FILENO);

	return front < 0 || front == getpgrp();
}

/* SIGCONT for this process alone, also while it is stopped. */
static bool wake_up_in(int64_t ns, timer_t *timer)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGCONT};
	struct itimerspec in = {.it_value = {.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S}};

	if (timer_create(CLOCK_MONOTONIC, &event, timer) != 0)
		return false;
	return timer_settime(*timer, 0, &in, NULL) == 0;
}

/* Somebody else than the timer let us go on, and that was meant. */
static volatile sig_atomic_t let_go;

static void went_on(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	if (info->si_code != SI_TIMER)
		let_go = 1;
}

/* Its time is not over: then somebody else woke us, too, though no handler was told. */
static bool runs(timer_t timer)
{
	struct itimerspec left;

	return timer_gettime(timer, &left) == 0 && (left.it_value.tv_sec || left.it_value.tv_nsec);
}

void jobs_stop(bool go_on)
{
	struct sigaction told = {.sa_sigaction = went_on, .sa_flags = SA_SIGINFO | SA_RESTART}, before;

	let_go = 0;
	sigaction(SIGCONT, &told, &before);
	for (int64_t gap_ns = 20 * NS_PER_MS; gap_ns < NS_PER_S && !let_go; gap_ns *= 2) {
		timer_t timer;
		bool timed = go_on && wake_up_in(gap_ns, &timer);
		bool meant = !timed;

		kill(0, SIGTSTP);
		if (timed) {
			meant = runs(timer);
			timer_delete(timer);
		}
		if (meant || !jobs_in_front())
			break;
	}
	sigaction(SIGCONT, &before, NULL);
}
