/* The embedded default: the reference backend and a load on it, one process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/backend.h"
#include "cli/commands.h"
#include "cli/live.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "serve/serve.h"

/* Few slots and a start below them, so that a handful of + shows the knee. */
#define DEMO_SLOTS 4
#define DEMO_SPEED 10
#define DEMO_USERS 2
#define DEMO_SEED 42 /* everybody sees the same demo */

static const char scenario_text[] =
#include "interview-coach.inc"
	;

static struct serve_config serve_config(const struct options *o)
{
	struct serve_config config = backend_config(o, DEMO_SLOTS, DEMO_SPEED);

	config.bind = "127.0.0.1";
	config.seed = o->seed;
	return config;
}

int cmd_demo(int argc, char **argv)
{
	struct options options;
	struct serve_config config;
	struct serve *serve = NULL;
	struct scenario *scenario = NULL;
	char *line = NULL, url[64];
	struct faults faults;
	struct err err;
	int code = options_start(CLI_DEMO, argc, argv, &options);

	if (code >= 0)
		goto out;
	if (!options.seed_given)
		options.seed = DEMO_SEED;
	live_raise_file_limit();
	signals_install();
	config = serve_config(&options);
	if (serve_open(&config, &serve, &err) || serve_start_thread(serve, &err)) {
		code = options_refuse(&err);
		goto out;
	}
	snprintf(url, sizeof url, "http://127.0.0.1:%d", serve_port(serve));
	if (scenario_parse(scenario_text, strlen(scenario_text), "demo", url, &scenario, &faults)) {
		code = options_refuse_all(&faults);
		goto out;
	}
	if (options_add_slos(&options, scenario, &err)) {
		code = options_refuse(&err);
		goto out;
	}
	if (!options.metrics)
		options.metrics = xasprintf("%s/metrics", url);
	scenario->load.concurrency = DEMO_USERS;
	/* Users live as fast as the backend. */
	for (int t = 0; t < scenario->task_count; t++)
		if (scenario->task[t].think_ns > 0)
			scenario->task[t].think_ns = (int64_t)((double)scenario->task[t].think_ns / config.speed);
	if (options_apply_load(&options, &scenario->load, &err)) {
		code = options_refuse(&err);
		goto out;
	}
	scenario_seed(scenario, options.seed);
	line = options_command_line(CLI_DEMO, argc, argv);
	code = live_run(&options, scenario, line, 2, NULL);
out:
	if (serve)
		serve_stop(serve);
	serve_close(serve);
	free(line);
	scenario_free(scenario);
	options_fini(&options);
	return code;
}
