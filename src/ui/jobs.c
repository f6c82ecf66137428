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

/* Its time is not over: somebody else woke us, and that was meant. */
static bool runs(timer_t timer)
{
	struct itimerspec left;

	return timer_gettime(timer, &left) == 0 && (left.it_value.tv_sec || left.it_value.tv_nsec);
}

void jobs_stop(bool go_on)
{
	for (int64_t gap_ns = 20 * NS_PER_MS; gap_ns < NS_PER_S; gap_ns *= 2) {
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
}
