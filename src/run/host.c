#include "run/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"

#define CGROUP_ROOT "/sys/fs/cgroup"
#define FILE_BYTES 2048

struct host {
	int cpu_stat_fd; /* of the nearest cgroup with a quota; -1: none has */
	uint32_t ports;  /* 0: unknown, or none are taken */
	int64_t second;  /* of the figures; -1: none yet */
	uint64_t throttled_us, steal_us;
	uint32_t fds, fd_limit;
};

/* --- parsers -------------------------------------------------------------- */

uint64_t host_throttled_us(const char *cpu_stat)
{
	const char *at = strstr(cpu_stat, "throttled_usec ");

	return at ? strtoull(at + strlen("throttled_usec "), NULL, 10) : 0;
}

/* "cpu  user nice system idle iowait irq softirq steal …" */
uint64_t host_steal_us(const char *stat, long hz, long cores)
{
	unsigned long long steal;

	if (hz <= 0 || cores <= 0 ||
	    sscanf(stat, "cpu %*u %*u %*u %*u %*u %*u %*u %llu", &steal) != 1)
		return 0;
	return steal * (uint64_t)US_PER_S / (uint64_t)hz / (uint64_t)cores;
}

uint32_t host_ports(const char *range)
{
	unsigned first, last;

	if (sscanf(range, "%5u %5u", &first, &last) != 2 || last < first || last > 65535)
		return 0;
	return last - first + 1;
}

bool host_cgroup(const char *text, char *out, size_t out_bytes)
{
	const char *at = strncmp(text, "0::", 3) ? strstr(text, "\n0::") : text;
	size_t n;

	if (!at)
		return false;
	at += *at == '\n';
	at += 3;
	n = strcspn(at, "\n");
	if (*at != '/' || n >= out_bytes)
		return false;
	memcpy(out, at, n);
	out[n] = '\0';
	return true;
}

/* --- reading -------------------------------------------------------------- */

static bool read_at(int fd, char out[FILE_BYTES])
{
	ssize_t n = fd < 0 ? -1 : pread(fd, out, FILE_BYTES - 1, 0);

	out[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static bool read_file(const char *path, char out[FILE_BYTES])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool any = read_at(fd, out);

	if (fd >= 0)
		close(fd);
	return any;
}

/* A quota may be set on this cgroup or on any above it. */
static int open_cpu_stat(void)
{
	char text[FILE_BYTES], group[1024], path[1200];

	if (!read_file("/proc/self/cgroup", text) || !host_cgroup(text, group, sizeof group))
		return -1;
	for (;;) {
		char *slash = strrchr(group, '/');

		snprintf(path, sizeof path, CGROUP_ROOT "%s/cpu.max", group);
		if (read_file(path, text) && strncmp(text, "max", 3) != 0) {
			snprintf(path, sizeof path, CGROUP_ROOT "%s/cpu.stat", group);
			return open(path, O_RDONLY | O_CLOEXEC);
		}
		if (!slash)
			return -1;
		*slash = '\0';
	}
}

struct host *host_new(bool tcp)
{
	struct host *h = xcalloc(1, sizeof *h);
	char text[FILE_BYTES];

	h->second = -1;
	h->cpu_stat_fd = open_cpu_stat();
	if (tcp && read_file("/proc/sys/net/ipv4/ip_local_port_range", text))
		h->ports = host_ports(text);
	return h;
}

void host_free(struct host *h)
{
	if (!h)
		return;
	if (h->cpu_stat_fd >= 0)
		close(h->cpu_stat_fd);
	free(h);
}

/* Descriptors are given out lowest first: below the lowest free one all are in
 * use, and that is all of them when they run out. Counting them would mean to list
 * thousands. */
static void look_at_descriptors(struct host *h, int lowest)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	h->fd_limit = limit.rlim_cur < UINT32_MAX ? (uint32_t)limit.rlim_cur : UINT32_MAX;
	h->fds = lowest >= 0 ? (uint32_t)lowest : errno == EMFILE ? h->fd_limit : 0;
}

static void look(struct host *h)
{
	char text[FILE_BYTES];
	int fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);

	look_at_descriptors(h, fd);
	if (read_at(fd, text))
		h->steal_us = host_steal_us(text, sysconf(_SC_CLK_TCK), sysconf(_SC_NPROCESSORS_ONLN));
	if (fd >= 0)
		close(fd);
	if (read_at(h->cpu_stat_fd, text))
		h->throttled_us = host_throttled_us(text);
}

void host_fill(struct host *h, struct rec_gauge *gauge)
{
	int64_t second = gauge->rec.t_us / US_PER_S;

	if (second != h->second)
		look(h);
	h->second = second;
	gauge->throttled_us = h->throttled_us;
	gauge->steal_us = h->steal_us;
	gauge->fds = h->fds;
	gauge->fd_limit = h->fd_limit;
	gauge->ports = h->ports;
}
