#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rng.h"
#include "cli/commands.h"
#include "cli/from.h"
#include "cli/live.h"
#include "cli/options.h"
#include "cli/signals.h"

/* Short, so that it can be typed again: the run says it, --seed repeats it. */
static uint64_t fresh_seed(void)
{
	struct rng rng;

	rng_seed(&rng, (uint64_t)clock_wall_ns(), (uint64_t)getpid());
	return 1 + rng_below(&rng, 999999);
}

int cmd_run(int argc, char **argv)
{
	struct options options;
	struct scenario *scenario = NULL;
	struct from *from = NULL;
	char *line = NULL;
	struct faults faults;
	struct err err;
	int code = options_start(CLI_RUN, argc, argv, &options);

	if (code >= 0)
		goto out;
	if (options.from) {
		code = from_run(argc, argv, &options, &from, &scenario, &err) ? options_refuse(&err) : -1;
		if (code >= 0)
			goto out;
	}
	if (options_load_data(&options, &err)) {
		code = options_refuse(&err);
		goto out;
	}
	if (!scenario && options_scenario(&options, &scenario, &faults)) {
		code = options_refuse_all(&faults);
		goto out;
	}
	if (options_apply_load(&options, &scenario->load, &err)) {
		code = options_refuse(&err);
		goto out;
	}
	if (!options.seed_given)
		options.seed = fresh_seed();
	scenario_seed(scenario, options.seed);
	options_sweep_warn(&options, stderr);
	line = options_command_line(CLI_RUN, argc, argv);
	signals_install();
	code = live_run(&options, scenario, line, 1, NULL);
out:
	free(line);
	scenario_free(scenario);
	options_fini(&options);
	from_free(from);
	return code;
}
