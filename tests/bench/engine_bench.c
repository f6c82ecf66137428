/* A closed loop on one thread through the engine alone: what a request costs in
 * CPU and a connection in memory. A BODY is posted; over a WebSocket the first
 * message is the answer. Certificates are not checked.
 * usage: engine_bench URL CONNECTIONS SECONDS [BODY] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "http/engine.h"

struct bench {
	struct http_request request;
	int64_t until_ns;
	uint64_t done, failed, in_flight, seq, new_connections;
};

struct user {
	struct bench *bench;
	struct engine_conn *conn;
};

static void start(struct user *user)
{
	char id[40];

	snprintf(id, sizeof id, "%016llx", (unsigned long long)user->bench->seq++);
	user->bench->in_flight++;
	engine_start(user->conn, &user->bench->request, NULL, id);
}

static void on_message(void *owner, const char *bytes, size_t length, int64_t ns)
{
	struct user *user = owner;

	(void)bytes;
	(void)length;
	(void)ns;
	engine_complete(user->conn);
}

static void on_done(void *owner, const struct engine_result *result)
{
	struct user *user = owner;
	struct bench *bench = user->bench;

	bench->in_flight--;
	bench->done++;
	bench->new_connections += result->new_connection;
	if (result->error) {
		if (!bench->failed++)
			fprintf(stderr, "first failure: %s\n", result->message);
	}
	if (result->te_ns < bench->until_ns)
		start(user);
}

static long rss_kib(void)
{
	long pages = 0, ignored;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f) {
		if (fscanf(f, "%ld %ld", &ignored, &pages) != 2)
			pages = 0;
		fclose(f);
	}
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	static char *no_headers[] = {NULL};
	struct bench bench = {0};
	struct engine_config config = {.timeout_ns = 60 * NS_PER_S,
				       .connect_timeout_ns = 10 * NS_PER_S,
				       .idle_timeout_ns = 30 * NS_PER_S,
				       .insecure = true};
	struct engine_callbacks on = {.on_done = on_done};
	struct rusage before, after;
	struct engine *engine;
	struct user *user;
	struct err err;
	int64_t from;
	long rss_before, rss_after;
	int users;
	double user_us, sys_us;

	if (argc != 4 && argc != 5) {
		fprintf(stderr, "usage: engine_bench URL CONNECTIONS SECONDS [BODY]\n");
		return 2;
	}
	users = atoi(argv[2]);
	bench.request = (struct http_request){
		.method = (char *)(argc == 5 ? "POST" : "GET"),
		.url = argv[1],
		.header = no_headers,
		.body = argv[4],
		.body_bytes = argc == 5 ? strlen(argv[4]) : 0};
	if (argv[1][0] == 'w')
		on.on_data = on_message;
	if (users < 1 || engine_global_init(&err) ||
	    engine_open(&config, &on, &engine, &err)) {
		fprintf(stderr, "%s\n", users < 1 ? "CONNECTIONS: 1 or more" : err.text);
		return 2;
	}
	rss_before = rss_kib();
	user = xcalloc((size_t)users, sizeof *user);
	for (int i = 0; i < users; i++) {
		user[i].bench = &bench;
		user[i].conn = engine_conn_new(engine, &user[i]);
		if (!user[i].conn) {
			fprintf(stderr, "no more than %d connections\n", i);
			return 1;
		}
	}
	getrusage(RUSAGE_SELF, &before);
	from = clock_ns();
	bench.until_ns = from + (int64_t)(atof(argv[3]) * 1e9);
	for (int i = 0; i < users; i++)
		start(&user[i]);
	while (bench.in_flight)
		engine_run(engine, clock_ns() + NS_PER_S);
	getrusage(RUSAGE_SELF, &after);
	rss_after = rss_kib();
	user_us = (seconds(after.ru_utime) - seconds(before.ru_utime)) * 1e6;
	sys_us = (seconds(after.ru_stime) - seconds(before.ru_stime)) * 1e6;
	printf("requests %llu failed %llu connections %u opened %llu rate %.0f/s "
	       "cpu_us_per_request %.2f user %.2f sys %.2f rss_kib_per_connection %.1f\n",
	       (unsigned long long)bench.done, (unsigned long long)bench.failed,
	       engine_connections(engine), (unsigned long long)bench.new_connections,
	       (double)bench.done / ((double)(clock_ns() - from) / 1e9),
	       (user_us + sys_us) / (double)bench.done, user_us / (double)bench.done,
	       sys_us / (double)bench.done,
	       (double)(rss_after - rss_before) / users);
	for (int i = 0; i < users; i++)
		engine_conn_close(user[i].conn);
	engine_close(engine);
	engine_global_fini();
	free(user);
	return bench.failed > 0;
}
