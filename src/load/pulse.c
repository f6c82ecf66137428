#include "pulse.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

void pulse_init(struct pulse *pulse)
{
	*pulse = (struct pulse){
		.schedstat_fd = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC),
	};
}

void pulse_fini(struct pulse *pulse)
{
	if (pulse->schedstat_fd >= 0)
		close(pulse->schedstat_fd);
	pulse->schedstat_fd = -1;
}

/* "time on a core, time waiting for one, slices", in nanoseconds. */
static uint64_t core_wait_us(const struct pulse *pulse)
{
	char text[96];
	char *wait;
	ssize_t n = -1;

	if (pulse->schedstat_fd >= 0)
		n = pread(pulse->schedstat_fd, text, sizeof text - 1, 0);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	wait = strchr(text, ' ');
	return wait ? strtoull(wait, NULL, 10) / NS_PER_US : 0;
}

void pulse_tell(const struct pulse *pulse, struct rec_gauge *gauge)
{
	int64_t max_us = pulse->late_max_ns / NS_PER_US;

	gauge->core_wait_us = core_wait_us(pulse);
	gauge->loop_late_us = (uint64_t)(pulse->late_ns / NS_PER_US);
	gauge->loop_late_max_us = max_us < UINT32_MAX ? (uint32_t)max_us : UINT32_MAX;
}
