/* A live run from options to exit code; `run` and `demo` share it. */
#ifndef CLI_LIVE_H
#define CLI_LIVE_H

#include "cli/options.h"
#include "http/engine.h"
#include "load/dealing.h"
#include "run/result.h"
#include "scenario/scenario.h"

/* Raises the soft limit of open files to the hard one; returns it. */
long live_raise_file_limit(void);

/* What the options say of connections; points into them. */
struct engine_config live_engine_config(const struct options *options);

/* Given cases one after another instead of a load, and a result of its own. */
struct live_script {
	const struct script_item *item;
	uint64_t count;
	void (*print)(FILE *out, const struct scenario *scenario, const struct run_meta *meta,
		      const struct result *result, bool partial);
};

/* `descriptors_per_user`: 1, or 2 where the target is in this process. `script`
 * may be NULL. signals_install() must have been called. */
int live_run(const struct options *options, const struct scenario *scenario,
	     const char *command_line, int descriptors_per_user, const struct live_script *script);

#endif
