#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "serve/serve.h"

/* Without --seed two servers behave the same: it is a reference. */
#define DEFAULT_SEED 1
#define DEFAULT_SLOTS 8
#define DEFAULT_SPEED 1
#define DEFAULT_PORT 8080

static struct serve_config config_of(const struct options *options)
{
	struct serve_config config = backend_config(options, DEFAULT_SLOTS, DEFAULT_SPEED);

	config.bind = options->bind ? options->bind : "127.0.0.1";
	config.port = options->port >= 0 ? (int)options->port : DEFAULT_PORT;
	config.seed = options->seed_given ? options->seed : DEFAULT_SEED;
	return config;
}

/* Every user is a connection, and the usual soft limit is 1,024. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static void say_where(const struct serve_config *config, const struct serve *serve)
{
	int v6 = strchr(config->bind, ':') != NULL;

	/* Whoever started us may wait for this line, and may not read on: the
	 * server is there all the same. */
	printf("serving on http://%s%s%s:%d (%d slot%s, speed %g): POST /api/resume/analyze "
	       "/api/interview/answer /api/chat /v1/chat/completions · GET /ws/chat /healthz "
	       "/metrics\n",
	       v6 ? "[" : "", config->bind, v6 ? "]" : "", serve_port(serve), config->slots,
	       config->slots == 1 ? "" : "s", config->speed);
	if (fflush(stdout))
		clearerr(stdout);
}

static void wait_for_signal(void)
{
	struct pollfd signals = {.fd = signals_fd(), .events = POLLIN};

	while (poll(&signals, 1, -1) < 0 && errno == EINTR)
		;
}

int cmd_serve(int argc, char **argv)
{
	struct options options;
	struct serve_config config;
	struct serve *serve = NULL;
	struct err err;
	int code = options_start(CLI_SERVE, argc, argv, &options);

	if (code >= 0)
		return code;
	config = config_of(&options);
	raise_file_limit();
	signals_install();
	if (serve_open(&config, &serve, &err) < 0 || serve_start_thread(serve, &err) < 0) {
		code = options_refuse(&err);
		goto out;
	}
	say_where(&config, serve);
	wait_for_signal();
	serve_stop(serve);
	code = 0;
out:
	serve_close(serve);
	options_fini(&options);
	return code;
}
