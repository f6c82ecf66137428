#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../../src/run/honesty.h"

static struct honesty at(const struct honesty *changed, size_t offset, size_t bytes)
{
	struct honesty h = honesty_unknown();

	memcpy((char *)&h + offset, (const char *)changed + offset, bytes);
	return h;
}

#define PCT(field, value)                                                      \
	at(&(struct honesty){.field = (value)}, offsetof(struct honesty, field), sizeof(double))

static struct honesty waiting(double cpu_pct, double core_wait_pct)
{
	struct honesty h = PCT(cpu_pct, cpu_pct);

	h.core_wait_pct = core_wait_pct;
	return h;
}

static struct honesty overdue(double late_pct, uint32_t max_us)
{
	struct honesty h = PCT(late_pct, late_pct);

	h.late_max_us = max_us;
	return h;
}

static struct honesty used(uint32_t fds, uint32_t fd_limit, uint32_t connections, uint32_t ports)
{
	struct honesty h = honesty_unknown();

	h.fds = fds;
	h.fd_limit = fd_limit;
	h.connections = connections;
	h.ports = ports;
	return h;
}

static struct honesty queued(uint64_t requests, int64_t p99_us, int64_t p50_us, double pct)
{
	struct honesty h = PCT(queue_pct, pct);

	h.requests = requests;
	h.queue_high = 0.99;
	h.queue_high_us = p99_us;
	h.service_p50_us = p50_us;
	return h;
}

static struct honesty dropped(uint64_t samples)
{
	struct honesty h = honesty_unknown();

	h.ring_dropped = samples;
	return h;
}

static void is(struct honesty h, enum honesty_cause cause, const char *evidence)
{
	char text[160];

	assert_int_equal(honesty_judge(&h, text, sizeof text), cause);
	assert_string_equal(text, evidence);
}

static void each_cause_and_its_near_misses(void **state)
{
	(void)state;
	is(honesty_unknown(), HONESTY_OK, "");
	is(dropped(3), HONESTY_RING, "3 samples did not fit into a full ring");
	is(dropped(0), HONESTY_OK, "");
	is(used(1019, 1024, 0, 0), HONESTY_FDS, "fds 1019 of 1024");
	is(used(1024, 1024, 0, 0), HONESTY_FDS, "fds 1024 of 1024");
	is(used(1015, 1024, 0, 0), HONESTY_OK, "");
	is(used(1019, 0, 0, 0), HONESTY_OK, ""); /* unknown */
	is(used(10, 1 << 20, 27000, 28232), HONESTY_PORTS, "local ports 27000 of 28232");
	is(used(10, 1 << 20, 26000, 28232), HONESTY_OK, "");
	is(used(10, 1 << 20, 27000, 0), HONESTY_OK, ""); /* a Unix socket */
	is(PCT(throttled_pct, 32), HONESTY_QUOTA, "throttled 32 % of the time by the CPU quota");
	is(PCT(throttled_pct, 270), HONESTY_QUOTA, "throttled 100 % of the time by the CPU quota");
	is(PCT(throttled_pct, 9.9), HONESTY_OK, "");
	is(PCT(steal_pct, 14.6), HONESTY_STEAL, "15 % of the CPU stolen by the machine's host");
	is(PCT(steal_pct, 9.9), HONESTY_OK, "");
	is(PCT(cpu_pct, 93), HONESTY_CPU, "worker thread at 93 % of a core");
	is(PCT(cpu_pct, 85), HONESTY_OK, "");
	is(waiting(41, 52), HONESTY_STARVED, "worker thread waits for a core 52 % of the time, has one 41 %");
	is(waiting(5, 31), HONESTY_STARVED, "worker thread waits for a core 31 % of the time, has one 5 %");
	is(waiting(60, 26), HONESTY_STARVED, "worker thread waits for a core 26 % of the time, has one 60 %");
	is(waiting(60, 24), HONESTY_OK, "");
	is(waiting(5, 29), HONESTY_OK, "");
	is(waiting(93, 4), HONESTY_CPU, "worker thread at 93 % of a core");
	is(overdue(34, 48000), HONESTY_LOOP, "event loop overdue 34 % of the time, by up to 48.0 ms");
	is(overdue(19.9, 900000), HONESTY_OK, ""); /* one long hiccup */
	is(PCT(started_pct, 61), HONESTY_ACHIEVED, "61 % of planned requests started");
	is(PCT(started_pct, 98.2), HONESTY_ACHIEVED, "98.2 % of planned requests started");
	is(PCT(started_pct, 99), HONESTY_OK, "");
	is(queued(100, 41000, 12000, 9), HONESTY_QUEUE,
	   "queue p99 41.0 ms against service p50 12.0 ms: brunt starts requests late");
	is(queued(99, 41000, 12000, 9), HONESTY_OK, "");
	is(queued(100, 12000, 12000, 9), HONESTY_OK, "");
	is(queued(100, 1000, 100, 50), HONESTY_OK, ""); /* what a loop costs */
	is(queued(100, 26000, 100000, 20.6), HONESTY_QUEUE, "queue is 21 % of latency: brunt starts requests late");
	is(queued(100, 26000, 100000, 20), HONESTY_OK, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_cause_and_its_near_misses)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
