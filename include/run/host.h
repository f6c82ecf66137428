/* What the machine does to this process: CPU quota, steal, descriptors, local
 * ports. Read from /proc and the cgroup by the thread that owns it, once a second
 * of run time; what cannot be read stays 0, unknown. */
#ifndef RUN_HOST_H
#define RUN_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/record.h"

struct host;

/* tcp: connections take local ports. */
struct host *host_new(bool tcp);
void host_free(struct host *host);
/* Fills in a gauge's share, as of the gauge's second. */
void host_fill(struct host *host, struct rec_gauge *gauge);

/* The parsers, for tests. A cgroup's cpu.stat; the first line of /proc/stat, in
 * ticks of 1/hz s, as a mean over `cores`; microseconds, 0: not there. */
uint64_t host_throttled_us(const char *cpu_stat);
uint64_t host_steal_us(const char *stat, long hz, long cores);
/* /proc/sys/net/ipv4/ip_local_port_range: how many there are; 0: not understood. */
uint32_t host_ports(const char *range);
/* Of /proc/self/cgroup: the path in the unified hierarchy, into out; false: none. */
bool host_cgroup(const char *text, char *out, size_t out_bytes);

#endif
