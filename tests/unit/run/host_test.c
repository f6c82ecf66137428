#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/clock.h"
#include "run/host.h"

static void what_files_say(void **state)
{
	char group[32];

	(void)state;
	assert_int_equal(host_throttled_us("usage_usec 7\nnr_periods 12\nnr_throttled 3\n"
					   "throttled_usec 91234\nnr_bursts 0\n"), 91234);
	assert_int_equal(host_throttled_us("usage_usec 7\n"), 0);
	assert_int_equal(host_throttled_us(""), 0);
	/* 50 ticks of 10 ms on two cores. */
	assert_int_equal(host_steal_us("cpu  1 2 3 4 5 6 7 50 9 10\ncpu0 1", 100, 2), 250000);
	assert_int_equal(host_steal_us("cpu  1 2 3", 100, 2), 0);
	assert_int_equal(host_steal_us("intr 1 2 3 4 5 6 7 8", 100, 2), 0);
	assert_int_equal(host_steal_us("cpu  1 2 3 4 5 6 7 50", 0, 0), 0);
	assert_int_equal(host_ports("32768\t60999\n"), 28232);
	assert_int_equal(host_ports("60999 32768"), 0);
	assert_int_equal(host_ports("1 70000"), 0);
	assert_int_equal(host_ports("x"), 0);
	assert_true(host_cgroup("0::/user.slice/a\n", group, sizeof group));
	assert_string_equal(group, "/user.slice/a");
	assert_true(host_cgroup("9:cpu:/x\n0::/\n", group, sizeof group));
	assert_string_equal(group, "/");
	assert_false(host_cgroup("9:cpu:/x\n10::/\n", group, sizeof group));
	assert_false(host_cgroup("0::/a-name-that-is-longer-than-its-room", group, sizeof group));
	assert_false(host_cgroup("", group, sizeof group));
}

static void descriptors_that_run_out(void **state)
{
	struct host *h = host_new(true);
	struct rec_gauge g = {.rec.t_us = 1};
	struct rlimit old, now;

	(void)state;
	getrlimit(RLIMIT_NOFILE, &old);
	host_fill(h, &g);
	assert_int_equal(g.fd_limit, old.rlim_cur);
	assert_in_range(g.fds, 1, old.rlim_cur - 1);
	assert_true(g.ports > 0);
	now = old;
	now.rlim_cur = g.fds;
	setrlimit(RLIMIT_NOFILE, &now);
	/* Within a second it does not look again. */
	g.rec.t_us = US_PER_S - 1;
	host_fill(h, &g);
	assert_int_equal(g.fd_limit, old.rlim_cur);
	g.rec.t_us = US_PER_S;
	host_fill(h, &g);
	setrlimit(RLIMIT_NOFILE, &old);
	assert_int_equal(g.fd_limit, now.rlim_cur);
	assert_int_equal(g.fds, now.rlim_cur);
	host_free(h);
	h = host_new(false);
	host_fill(h, &g);
	assert_int_equal(g.ports, 0);
	host_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_files_say),
		cmocka_unit_test(descriptors_that_run_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
